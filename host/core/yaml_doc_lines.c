/* yaml_doc_lines.c: lines and columns around nodes. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_doc_impl.h"

static size_t text_start(const IfxYdoc *d) {
  return d->len >= 3 && memcmp(d->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

size_t ydoc_line_start(const IfxYdoc *d, size_t at) {
  size_t first = text_start(d);
  while (at > first && ifx_yaml_break_before(d->text, first, at) == 0) at--;
  return at > first ? at : first;
}

size_t ydoc_line_end(const IfxYdoc *d, size_t at) {
  while (at < d->len && ifx_yaml_break_at(d->text, d->len, at) == 0) at++;
  return at;
}

size_t ydoc_line_next(const IfxYdoc *d, size_t at) {
  at = ydoc_line_end(d, at);
  return at + ifx_yaml_break_at(d->text, d->len, at);
}

size_t ydoc_column(const IfxYdoc *d, size_t at) { return at - ydoc_line_start(d, at); }

size_t ydoc_skip_spaces(const IfxYdoc *d, size_t at) {
  while (at < d->len && (d->text[at] == ' ' || d->text[at] == '\t')) at++;
  return at;
}

bool ydoc_first_on_line(const IfxYdoc *d, size_t at) {
  return ydoc_skip_spaces(d, ydoc_line_start(d, at)) == at;
}

bool ydoc_same_line(const IfxYdoc *d, size_t a, size_t b) {
  return ydoc_line_start(d, a) == ydoc_line_start(d, b);
}

void ydoc_break_near(const IfxYdoc *d, size_t at, char out[4]) {
  size_t end = ydoc_line_end(d, at), n = ifx_yaml_break_at(d->text, d->len, end);
  if (n == 0) {
    size_t start = ydoc_line_start(d, at), first = text_start(d);
    n = ifx_yaml_break_before(d->text, first, start);
    end = start - n;
  }
  memcpy(out, n ? d->text + end : "\n", n ? n : 1);
  out[n ? n : 1] = '\0';
}

/* ---- nodes ---- */

bool ydoc_in_flow(const IfxYamlNode *n) {
  for (; n; n = n->parent)
    if ((n->kind == IFX_YAML_SEQ || n->kind == IFX_YAML_MAP) && n->style == IFX_YAML_FLOW)
      return true;
  return false;
}

IfxYamlNode *ydoc_last_child(const IfxYamlNode *n) {
  IfxYamlNode *last = n->first;
  while (last && last->next) last = last->next;
  return last;
}

const IfxYamlNode *ydoc_last_leaf(const IfxYamlNode *n) {
  while ((n->kind == IFX_YAML_SEQ || n->kind == IFX_YAML_MAP) && n->style == IFX_YAML_BLOCK &&
         n->first)
    n = ydoc_last_child(n);
  return n;
}

bool ydoc_keeps_blank(const IfxYdoc *d, const IfxYamlNode *n) {
  for (size_t i = n->start + 1; i < n->end; i++) {
    if (d->text[i] == '+') return true;
    if (d->text[i] != '-' && (d->text[i] < '1' || d->text[i] > '9')) break;
  }
  return false;
}

size_t ydoc_past_blank(const IfxYdoc *d, size_t at) {
  while (at < d->len) {
    size_t end = ydoc_skip_spaces(d, at);
    size_t n = ifx_yaml_break_at(d->text, d->len, end);
    if (n == 0) return end == d->len ? end : at;
    at = end + n;
  }
  return at;
}

bool ydoc_is_block_scalar(const IfxYamlNode *n) {
  return n->kind == IFX_YAML_SCALAR &&
         (n->style == IFX_YAML_LITERAL || n->style == IFX_YAML_FOLDED);
}

size_t ydoc_entry_end(const IfxYdoc *d, const IfxYamlNode *value) {
  const IfxYamlNode *leaf = ydoc_last_leaf(value);
  if (!ydoc_is_block_scalar(leaf)) return ydoc_line_end(d, leaf->end);
  size_t end = leaf->end;
  if (ydoc_keeps_blank(d, leaf)) end = ydoc_past_blank(d, ydoc_line_next(d, end ? end - 1 : 0));
  return end - ifx_yaml_break_before(d->text, leaf->start, end);
}

size_t ydoc_after_colon(const IfxYdoc *d, const IfxYamlNode *key) {
  size_t at = ifx_yaml_skip_blank(d->text, d->len, key->end);
  return at < d->len && d->text[at] == ':' ? at + 1 : 0;
}

size_t ydoc_dash(const IfxYdoc *d, const IfxYamlNode *list, uint32_t position) {
  if (position == 0) return list->start;
  const IfxYamlNode *before = list->first;
  while (--position) before = before->next;
  return ifx_yaml_skip_blank(d->text, d->len, ydoc_entry_end(d, before));
}

bool ydoc_explicit_key(const IfxYdoc *d, const IfxYamlNode *key) {
  size_t at = key->props;
  while (at > 0 && (d->text[at - 1] == ' ' || d->text[at - 1] == '\t')) at--;
  bool apart = at < key->props || key->props == key->end;
  if (at == 0 || !apart || d->text[at - 1] != '?') return false;
  at--;
  return at == 0 || ydoc_first_on_line(d, at) || strchr(" \t,{[", d->text[at - 1]);
}
