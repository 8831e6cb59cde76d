/* yaml_doc_flow.c: entries of flow collections. SPDX-License-Identifier: Apache-2.0 */
#include "yaml_doc_impl.h"

/* One entry: from its key or properties to the end of its value. */
typedef struct Entry {
  size_t start, end;
  const IfxYamlNode *value;
} Entry;

static Entry entry_at(const Edit *e, uint32_t position) {
  bool map = e->node->kind == IFX_YAML_MAP;
  const IfxYamlNode *n = e->node->first;
  for (uint32_t i = 0; i < position; i++) n = map ? n->next->next : n->next;
  Entry entry = {.start = n->props, .end = n->end, .value = n};
  if (!map) return entry;
  size_t colon = ydoc_after_colon(e->d, n);
  entry.value = n->next;
  entry.end = entry.value->end > n->end ? entry.value->end : n->end;
  if (colon > entry.end) entry.end = colon;
  return entry;
}

/* After the comma that follows an entry, 0 when there is none. */
static size_t after_comma(const Edit *e, size_t end) {
  size_t at = ifx_yaml_skip_blank(e->d->text, e->d->len, end);
  return e->d->text[at] == ',' ? at + 1 : 0;
}

static bool is_comment(const IfxYdoc *d, size_t at) { return at < d->len && d->text[at] == '#'; }

/* After the comment that follows on the same line, or at the end of the white space. */
static size_t past_comment(const IfxYdoc *d, size_t at) {
  at = ydoc_skip_spaces(d, at);
  return is_comment(d, at) ? ydoc_line_end(d, at) : at;
}

static bool ends_line(const IfxYdoc *d, size_t at) { return at == ydoc_line_end(d, at); }

static void write_entry(Edit *e, Pen *pen) {
  if (e->name) {
    ydoc_write_key(pen, e->name, true);
    ydoc_write_colon(pen);
  }
  ydoc_write_flow(pen, e->value);
}

/* Is `entry` the first thing on its line, and not on that of the bracket? */
static bool own_line(const Edit *e, const Entry *entry) {
  return ydoc_first_on_line(e->d, entry->start) &&
         !ydoc_same_line(e->d, e->node->start, entry->start);
}

static void add_first(Edit *e, Pen *pen) {
  size_t at = e->node->start + 1;
  edit_cut(e, at, at);
  write_entry(e, pen);
}

/* After the last entry; on a line of its own when that one has its own. */
static void add_last(Edit *e, Pen *pen) {
  Entry last = entry_at(e, e->node->count - 1);
  size_t comma = after_comma(e, last.end);
  if (!own_line(e, &last)) {
    edit_cut(e, last.end, last.end);
    ifx_buf_str(pen->out, pen->comma);
    write_entry(e, pen);
    return;
  }
  size_t line = past_comment(e->d, comma ? comma : last.end);
  if (!comma) {
    edit_cut(e, last.end, last.end);
    ifx_buf_byte(pen->out, ',');
  }
  edit_cut(e, line, line);
  ifx_buf_str(pen->out, pen->eol);
  ifx_buf_fill(pen->out, ' ', ydoc_column(e->d, last.start));
  write_entry(e, pen);
  if (comma) ifx_buf_byte(pen->out, ',');
}

bool edit_add_flow(Edit *e) {
  Pen pen;
  const IfxYamlNode *n = e->node;
  Entry beside = {.start = n->start};
  if (n->count) beside = entry_at(e, e->position ? e->position - 1 : 0);
  ydoc_pen(&pen, e->d, n, beside.value, beside.start);
  pen.out = &e->ins;
  if (n->count == 0) {
    add_first(e, &pen);
  } else if (e->position == n->count) {
    add_last(e, &pen);
  } else {
    Entry after = entry_at(e, e->position);
    bool own = own_line(e, &after);
    edit_cut(e, after.start, after.start);
    write_entry(e, &pen);
    ifx_buf_str(pen.out, own ? "," : pen.comma);
    if (own) ifx_buf_str(pen.out, pen.eol);
    if (own) ifx_buf_fill(pen.out, ' ', ydoc_column(e->d, after.start));
  }
  return true;
}

/* The only entry: the brackets close up when nothing but white space is left between them. */
static void delete_only(Edit *e, const Entry *gone) {
  size_t inside = e->node->start + 1, close = e->node->end - 1;
  size_t comma = after_comma(e, gone->end), end = comma ? comma : gone->end;
  size_t left = inside, right = end;
  while (left < gone->start &&
         (e->d->text[left] == ' ' || ifx_yaml_break_at(e->d->text, e->d->len, left)))
    left++;
  while (right < close &&
         (e->d->text[right] == ' ' || ifx_yaml_break_at(e->d->text, e->d->len, right)))
    right++;
  bool bare = left == gone->start && right == close;
  edit_cut(e, bare ? inside : gone->start, bare ? close : end);
}

/* The last of several: the comma before it goes too, unless there is one after it. */
static void delete_last(Edit *e, const Entry *gone) {
  const IfxYdoc *d = e->d;
  Entry before = entry_at(e, e->position - 1);
  size_t comma = after_comma(e, before.end), trailing = after_comma(e, gone->end);
  size_t end = trailing ? trailing : gone->end, rest = past_comment(d, end);
  bool own = own_line(e, gone) && ends_line(d, rest);
  if (!own && ydoc_same_line(d, before.end, gone->start)) {
    edit_cut(e, before.end, gone->end); /* a comma after it stays as the new last one's */
    return;
  }
  if (!trailing) edit_cut(e, comma - 1, comma);
  size_t start = own ? ydoc_line_start(d, gone->start) : gone->start;
  edit_cut(e, start, own ? ydoc_line_next(d, rest) : end);
}

static void delete_inner(Edit *e, const Entry *gone) {
  const IfxYdoc *d = e->d;
  size_t end = after_comma(e, gone->end), rest = past_comment(d, end);
  if (own_line(e, gone) && ends_line(d, rest))
    edit_cut(e, ydoc_line_start(d, gone->start), ydoc_line_next(d, rest));
  else
    edit_cut(e, gone->start, ydoc_skip_spaces(d, end));
}

bool edit_delete_flow(Edit *e) {
  Entry gone = entry_at(e, e->position);
  if (e->node->count == 1)
    delete_only(e, &gone);
  else if (e->position + 1 == e->node->count)
    delete_last(e, &gone);
  else
    delete_inner(e, &gone);
  return true;
}
