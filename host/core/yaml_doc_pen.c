/* yaml_doc_pen.c: the style of what stands around. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "yaml_doc_impl.h"

static bool is_block(const IfxYamlNode *n, IfxYamlKind kind) {
  return n->kind == kind && n->style == IFX_YAML_BLOCK;
}

static bool quoted(const IfxYamlNode *n) {
  return n->kind == IFX_YAML_SCALAR && (n->style == IFX_YAML_SINGLE || n->style == IFX_YAML_DOUBLE);
}

/* The style of `n` if somebody chose it: quotes that the string does not need. */
static IfxYamlStyle chosen_style(const IfxYamlNode *n) {
  bool free_choice = n && quoted(n) && ifx_yaml_plain_ok(n->value, n->value_len, false);
  return free_choice ? (IfxYamlStyle)n->style : IFX_YAML_PLAIN;
}

/* The next node of a document in the order of the text, keys included. */
static const IfxYamlNode *after(const IfxYamlNode *n) {
  if ((n->kind == IFX_YAML_SEQ || n->kind == IFX_YAML_MAP) && n->first) return n->first;
  while (n && !n->next) n = n->parent;
  return n ? n->next : NULL;
}

/* Columns between a block map and a block collection of `kind` that is a value of it. */
static bool offset_of(const IfxYdoc *d, const IfxYamlNode *map, const IfxYamlNode *value,
                      IfxYamlKind kind, size_t *offset) {
  if (!map || !is_block(map, IFX_YAML_MAP) || !is_block(value, kind)) return false;
  if (ydoc_same_line(d, map->start, value->start)) return false;
  size_t outer = ydoc_column(d, map->start), inner = ydoc_column(d, value->start);
  if (inner < outer + (kind == IFX_YAML_MAP)) return false;
  *offset = inner - outer;
  return true;
}

/* The same among the values of one map. */
static bool offset_in(const IfxYdoc *d, const IfxYamlNode *map, IfxYamlKind kind, size_t *offset) {
  for (const IfxYamlNode *key = map->first; key; key = key->next->next)
    if (offset_of(d, map, key->next, kind, offset)) return true;
  return false;
}

/* From the nearest: the collection itself, what is above it, then the first in the document. */
static size_t find_offset(const IfxYdoc *d, const IfxYamlNode *box, IfxYamlKind kind, size_t dflt) {
  size_t offset;
  const IfxYamlNode *root = NULL;
  for (const IfxYamlNode *n = box; n; root = n, n = n->parent)
    if (n->kind == IFX_YAML_MAP && offset_in(d, n, kind, &offset)) return offset;
  for (const IfxYamlNode *n = root; n; n = after(n))
    if (offset_of(d, n->parent, n, kind, &offset)) return offset;
  return dflt;
}

static IfxYamlStyle find_quote(const IfxYamlNode *box, const IfxYamlNode *beside) {
  if (beside && quoted(beside)) return beside->style;
  for (const IfxYamlNode *n = box ? box->first : NULL; n; n = n->next)
    if (quoted(n)) return n->style;
  while (box && box->parent) box = box->parent;
  for (; box; box = after(box))
    if (quoted(box)) return box->style;
  return IFX_YAML_DOUBLE;
}

/* What stands between two neighbours, if it is nothing but `mark` and white space of one line. */
static void copy_separator(const IfxYdoc *d, size_t from, size_t to, char mark, char out[8]) {
  size_t n = to - from, marks = 0;
  if (to <= from || n > 6) return;
  for (size_t i = from; i < to; i++) {
    if (d->text[i] == mark)
      marks++;
    else if (d->text[i] != ' ')
      return;
  }
  if (marks != 1) return;
  memcpy(out, d->text + from, n);
  out[n] = '\0';
}

static void flow_separators(Pen *pen, const IfxYdoc *d, const IfxYamlNode *box) {
  const IfxYamlNode *first = box->first;
  if (!first) return;
  if (box->kind == IFX_YAML_SEQ) {
    if (first->next) copy_separator(d, first->end, first->next->props, ',', pen->comma);
    return;
  }
  const IfxYamlNode *value = first->next;
  if (value->end > value->props) copy_separator(d, first->end, value->props, ':', pen->colon);
  if (value->next) copy_separator(d, value->end, value->next->props, ',', pen->comma);
}

/* Spaces after the dash of the first item. */
static size_t find_pad(const IfxYdoc *d, const IfxYamlNode *list) {
  const IfxYamlNode *item = list->first;
  if (!item || !ydoc_same_line(d, list->start, item->props) || item->props <= list->start + 1)
    return 1;
  return item->props - list->start - 1;
}

void ydoc_pen(Pen *pen, const IfxYdoc *d, const IfxYamlNode *box, const IfxYamlNode *beside,
              size_t at) {
  *pen = (Pen){.pad = 1, .comma = ", ", .colon = ": "};
  ydoc_break_near(d, at, pen->eol);
  pen->step = find_offset(d, box, IFX_YAML_MAP, 2);
  pen->list = find_offset(d, box, IFX_YAML_SEQ, 0);
  pen->style = chosen_style(beside);
  pen->quote = find_quote(box, beside);
  pen->key_style = IFX_YAML_PLAIN;
  if (!box) return;
  if (box->kind == IFX_YAML_MAP) pen->key_style = chosen_style(box->first);
  if (box->style == IFX_YAML_FLOW) flow_separators(pen, d, box);
  if (is_block(box, IFX_YAML_SEQ)) pen->pad = find_pad(d, box);
}
