/* yaml_doc_block.c: entries of block collections. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_doc_impl.h"

/* One entry: its dash or key, and its value. */
typedef struct Entry {
  size_t start;
  IfxYamlNode *key; /* NULL: an item */
  IfxYamlNode *value;
} Entry;

static Entry entry_at(const Edit *e, uint32_t position) {
  bool map = e->node->kind == IFX_YAML_MAP;
  IfxYamlNode *n = e->node->first;
  for (uint32_t i = 0; i < position; i++) n = map ? n->next->next : n->next;
  if (map) return (Entry){.start = n->props, .key = n, .value = n->next};
  return (Entry){.start = ydoc_dash(e->d, e->node, position), .value = n};
}

/* Where the comment lines begin that belong to an entry (see ifx_ydoc_delete), or its own line. */
static size_t with_comments(const Edit *e, const Entry *entry, uint32_t position) {
  const IfxYdoc *d = e->d;
  size_t line = ydoc_line_start(d, entry->start), column = entry->start - line;
  if (position == 0) return line;
  Entry before = entry_at(e, position - 1);
  size_t last = ydoc_line_start(d, ydoc_entry_end(d, before.value));
  for (size_t at = line; at > last;) {
    size_t above = ydoc_line_start(d, at - ifx_yaml_break_before(d->text, last, at));
    if (above <= last) return at;
    size_t text = ydoc_skip_spaces(d, above);
    if (d->text[text] != '#' || text - above != column) return line;
    at = above;
  }
  return line;
}

static void write_entry(Edit *e, Pen *pen, size_t column) {
  bool item = e->node->kind == IFX_YAML_SEQ;
  if (item) {
    ifx_buf_byte(pen->out, '-');
  } else {
    ydoc_write_key(pen, e->name, false);
    ifx_buf_byte(pen->out, ':');
  }
  ydoc_write_after(pen, e->value, column, item);
}

/* The text ends inside a block scalar: a line after it would give that value the break it lacks. */
static bool refuse_open_end(const Edit *e, const IfxYamlNode *before) {
  const IfxYamlNode *leaf = ydoc_last_leaf(before);
  if (!ydoc_is_block_scalar(leaf) || ydoc_entry_end(e->d, before) < e->d->len || !leaf->value_len ||
      memchr(e->d->text + leaf->start, '-', 3))
    return false;
  ydoc_fail(e->d, leaf, e->err, IFX_E_UNSUPPORTED,
            "the text ends inside a block scalar, without a line break");
  ifx_err_hint(e->err, "end the text with a line break first");
  return true;
}

bool edit_add_block(Edit *e) {
  const IfxYdoc *d = e->d;
  Entry beside = entry_at(e, e->position ? e->position - 1 : 0);
  Entry first = entry_at(e, 0);
  if (edit_refuse_explicit(e, first.key) || refuse_open_end(e, beside.value)) return false;
  size_t column = ydoc_column(d, first.start), end = ydoc_entry_end(d, beside.value);
  bool last = e->position == e->node->count;
  Pen pen;
  /* The last entry stands before the break of the line above, and that line must end as it did. */
  ydoc_pen(&pen, d, e->node, beside.value, last ? end : beside.start);
  pen.out = &e->ins;
  pen.one_line = e->one_line;
  if (last) {
    edit_cut(e, end, end);
    ifx_buf_str(pen.out, pen.eol);
    ifx_buf_fill(pen.out, ' ', column);
    write_entry(e, &pen, column);
    return true;
  }
  Entry after = entry_at(e, e->position);
  bool first_on_line = ydoc_first_on_line(d, after.start);
  size_t at = first_on_line ? with_comments(e, &after, e->position) : after.start;
  edit_cut(e, at, at);
  if (first_on_line) ifx_buf_fill(pen.out, ' ', column);
  write_entry(e, &pen, column);
  ifx_buf_str(pen.out, pen.eol);
  if (!first_on_line) ifx_buf_fill(pen.out, ' ', column);
  return true;
}

/* The first entry of a collection that stands behind a dash: what follows takes its place. */
static void delete_behind_dash(Edit *e, size_t start, size_t end) {
  const IfxYdoc *d = e->d;
  for (size_t n; (n = ifx_yaml_break_at(d->text, d->len, end)) > 0;)
    end = ydoc_skip_spaces(d, end + n);
  edit_cut(e, start, end);
}

bool edit_delete_block(Edit *e) {
  const IfxYdoc *d = e->d;
  Entry gone = entry_at(e, e->position);
  size_t end = ydoc_entry_end(d, gone.value);
  if (!ydoc_first_on_line(d, gone.start)) {
    delete_behind_dash(e, gone.start, end);
    return true;
  }
  size_t start = with_comments(e, &gone, e->position), next = ydoc_line_next(d, end);
  const IfxYamlNode *leaf = e->position ? ydoc_last_leaf(entry_at(e, e->position - 1).value) : NULL;
  bool lines = leaf && ydoc_is_block_scalar(leaf);
  if (lines && ydoc_keeps_blank(d, leaf))
    next = ydoc_past_blank(d, next); /* or that value would grow */
  size_t above = start - ifx_yaml_break_before(d->text, 0, start);
  bool is_theirs = lines && leaf->end > above;  /* the break ends the block scalar above */
  if (next == end && !is_theirs) start = above; /* the text ends without a break: it stays so */
  edit_cut(e, start, next);
  return true;
}
