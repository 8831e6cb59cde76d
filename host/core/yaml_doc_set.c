/* yaml_doc_set.c: a node gets another value. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_doc_impl.h"

/* The parts of a value: [start, end) on the line of its key or dash, what else stands on that line
 * up to `tail` (a comment), and the lines below up to `bottom`, before its break. */
typedef struct Parts {
  size_t start, end;
  size_t tail;
  size_t bottom;
  bool below;   /* a block collection that begins on a line below its key, dash or properties */
  bool compact; /* a block collection that begins on the line of its dash, or is the root */
} Parts;

static bool is_block_box(const IfxYamlNode *n) {
  return (n->kind == IFX_YAML_SEQ || n->kind == IFX_YAML_MAP) && n->style == IFX_YAML_BLOCK;
}

static size_t token_end(const IfxYdoc *d, size_t at) {
  while (at < d->len && !strchr(" \t", d->text[at]) && !ifx_yaml_break_at(d->text, d->len, at))
    at++;
  return at;
}

/* After the last property ('&anchor', '!tag') of a node. */
static size_t props_end(const IfxYdoc *d, const IfxYamlNode *n) {
  size_t at = n->props, end = at;
  while (at < n->start && (d->text[at] == '&' || d->text[at] == '!')) {
    end = token_end(d, at);
    at = ifx_yaml_skip_blank(d->text, d->len, end);
  }
  return end;
}

/* Where a value would begin that follows on the line: after the properties, the colon or the dash.
 */
static size_t head_of(const Edit *e) {
  const IfxYamlNode *n = e->node, *box = n->parent;
  if (n->props < n->start) return props_end(e->d, n);
  if (e->key) return ydoc_after_colon(e->d, e->key);
  if (box && is_block_box(box)) return ydoc_dash(e->d, box, e->position) + 1;
  return n->start;
}

static Parts parts_of(const Edit *e, size_t head) {
  const IfxYdoc *d = e->d;
  const IfxYamlNode *n = e->node;
  Parts p = {.start = n->start, .end = n->end};
  if (n->start == n->end) p.start = p.end = head;
  if (ydoc_is_block_scalar(n)) {
    p.end = token_end(d, n->start);
    p.tail = ydoc_line_end(d, n->start);
    p.bottom = ydoc_entry_end(d, n);
    if (p.bottom < p.tail) p.bottom = p.tail;
    return p;
  }
  if (is_block_box(n)) {
    p.below = !ydoc_same_line(d, head, n->start);
    p.compact = !p.below;
    p.bottom = ydoc_entry_end(d, n);
    p.end = p.compact ? p.bottom : head;
    p.tail = p.bottom;
    if (p.compact) return p;
    size_t line = ydoc_line_start(d, n->start); /* comments above the first entry stay */
    p.start = head;
    p.tail = line - ifx_yaml_break_before(d->text, head, line);
    return p;
  }
  p.tail = p.bottom = ydoc_line_end(d, p.end);
  return p;
}

/* ---- tags ---- */

static bool standard_tag_fits(const char *name, IfxYvalKind kind) {
  static const struct {
    const char *name;
    IfxYvalKind kind;
  } fits[] = {{"str", IFX_YVAL_STR},   {"int", IFX_YVAL_INT},   {"float", IFX_YVAL_REAL},
              {"bool", IFX_YVAL_BOOL}, {"null", IFX_YVAL_NULL}, {"seq", IFX_YVAL_SEQ},
              {"map", IFX_YVAL_MAP}};
  for (size_t i = 0; i < sizeof fits / sizeof *fits; i++)
    if (strcmp(fits[i].name, name) == 0) return fits[i].kind == kind;
  return false;
}

static IfxYamlKind node_kind(const IfxYval *v) {
  return v->kind == IFX_YVAL_SEQ   ? IFX_YAML_SEQ
         : v->kind == IFX_YVAL_MAP ? IFX_YAML_MAP
                                   : IFX_YAML_SCALAR;
}

/* Keep a tag that fits the new value, take away a standard one that does not, refuse to guess about
 * others. */
static bool settle_tag(Edit *e) {
  static const char standard[] = "tag:yaml.org,2002:";
  const IfxYamlNode *n = e->node;
  if (!n->tag || n->props >= n->start) return true;
  if (strncmp(n->tag, standard, sizeof standard - 1) != 0) {
    if (node_kind(e->value) == n->kind &&
        (n->kind != IFX_YAML_SCALAR || e->value->kind == IFX_YVAL_STR))
      return true;
    ydoc_fail(e->d, n, e->err, IFX_E_UNSUPPORTED,
              "the value has the tag %s, which only its application understands", n->tag);
    return ifx_err_hint(e->err, "write a value of the same kind, or delete the entry first");
  }
  if (standard_tag_fits(n->tag + sizeof standard - 1, e->value->kind)) return true;
  size_t at = n->props;
  while (at < n->start && e->d->text[at] != '!')
    at = ifx_yaml_skip_blank(e->d->text, e->d->len, token_end(e->d, at));
  size_t end = token_end(e->d, at);
  while (at > 0 && e->d->text[at - 1] == ' ') at--;
  edit_cut(e, at, end);
  return true;
}

/* ---- the three forms a new value can have ---- */

static void put_on_line(Edit *e, Pen *pen, const Parts *p, bool flow) {
  edit_cut(e, p->start, p->end);
  if (p->start == p->end) ifx_buf_byte(pen->out, ' ');
  if (flow)
    ydoc_write_flow(pen, e->value);
  else
    ydoc_write_scalar(pen, e->value, false);
  if (p->bottom > p->tail) edit_cut(e, p->tail, p->bottom);
}

/* The column of the text of the old block scalar, 0 when it has none; *digit: its header names it.
 */
static size_t old_column(const Edit *e, long parent, bool *digit) {
  const IfxYdoc *d = e->d;
  *digit = false;
  for (size_t i = e->node->start + 1; i < d->len && strchr("+-123456789", d->text[i]); i++) {
    if (d->text[i] < '1' || d->text[i] > '9') continue;
    *digit = true;
    return (size_t)((parent > 0 ? parent : 0) + d->text[i] - '0');
  }
  for (size_t at = ydoc_line_next(d, e->node->start); at < e->node->end;
       at = ydoc_line_next(d, at)) {
    size_t text = ydoc_skip_spaces(d, at);
    if (text < d->len && !ifx_yaml_break_at(d->text, d->len, text)) return text - at;
  }
  return 0;
}

static void put_block_scalar(Edit *e, Pen *pen, const Parts *p, size_t column, long parent) {
  const IfxYval *v = e->value;
  bool was = ydoc_is_block_scalar(e->node), digit = false;
  size_t old = was ? old_column(e, parent, &digit) : 0;
  if (old && (long)old > parent) column = old;
  bool folded = was && e->node->style == IFX_YAML_FOLDED && ydoc_literal_ok(v->str, v->len, true);
  BlockHead head = {.mark = folded ? '>' : '|', .parent = parent, .column = column, .digit = digit};
  head.keep = was && ydoc_keeps_blank(e->d, e->node);
  edit_cut(e, p->start, p->end);
  if (p->start == p->end) ifx_buf_byte(pen->out, ' ');
  ydoc_literal_head(pen, v, &head);
  edit_cut(e, p->below ? ydoc_line_end(e->d, p->end) : p->tail, p->bottom);
  ydoc_literal_body(pen, v, folded, column);
}

static bool has_comment(const IfxYdoc *d, const Parts *p) {
  size_t at = ydoc_skip_spaces(d, p->end);
  return at < p->tail && d->text[at] == '#';
}

static void put_collection(Edit *e, Pen *pen, const Parts *p, size_t column, bool inline_ok) {
  size_t start = p->start;
  if (p->compact || (inline_ok && !p->below && !has_comment(e->d, p))) {
    edit_cut(e, start, p->bottom);
    if (p->start == p->end) ifx_buf_byte(pen->out, ' ');
    ydoc_write_block(pen, e->value, column);
    return;
  }
  size_t old = p->below ? ydoc_column(e->d, e->node->start) : 0;
  bool shallow = e->key && e->value->kind == IFX_YVAL_MAP && e->node->parent &&
                 old <= ydoc_column(e->d, e->node->parent->start);
  if (p->below && !shallow) {
    edit_cut(e, e->node->start, p->bottom);
    ydoc_write_block(pen, e->value, old);
    return;
  }
  while (start > 0 && start < p->end && e->d->text[start - 1] == ' ') start--;
  if (start < p->end) edit_cut(e, start, p->end);
  edit_cut(e, p->tail, p->bottom);
  ifx_buf_str(pen->out, pen->eol);
  ifx_buf_fill(pen->out, ' ', column);
  ydoc_write_block(pen, e->value, column);
}

/* ---- which of them ---- */

static bool wants_block_scalar(const Edit *e, const Pen *pen) {
  const IfxYval *v = e->value;
  if (e->one_line || v->kind != IFX_YVAL_STR) return false;
  if (ydoc_is_block_scalar(e->node)) return ydoc_literal_ok(v->str, v->len, false);
  return ydoc_as_literal(pen, v);
}

static const IfxYamlNode *neighbour(const Edit *e) {
  const IfxYamlNode *n = e->node, *before = NULL;
  if (n->kind == IFX_YAML_SCALAR && n->start < n->end) return n;
  if (n->kind == IFX_YAML_SEQ && n->style == IFX_YAML_FLOW && n->first) return n->first;
  if (n->kind == IFX_YAML_MAP && n->style == IFX_YAML_FLOW && n->first) return n->first->next;
  if (!n->parent) return NULL;
  for (const IfxYamlNode *c = n->parent->first; c && c != n && c != e->key; c = c->next) before = c;
  return before;
}

static bool replace_in_flow(Edit *e, Pen *pen, size_t head) {
  Parts p = {.start = e->node->start, .end = e->node->end};
  bool no_colon = e->key && head == 0;
  if (p.start == p.end) p.start = p.end = no_colon ? e->key->end : head;
  p.tail = p.bottom = p.end;
  if (no_colon) {
    edit_cut(e, p.start, p.end);
    ifx_buf_byte(pen->out, ':');
  }
  put_on_line(e, pen, &p, true);
  return true;
}

bool edit_replace(Edit *e) {
  IfxYamlNode *n = e->node, *box = n->parent;
  size_t head = head_of(e);
  Pen pen;
  bool stays_flow = (n->kind == IFX_YAML_SEQ || n->kind == IFX_YAML_MAP) &&
                    n->style == IFX_YAML_FLOW && n->count > 0;
  ydoc_pen(&pen, e->d, box && !stays_flow ? box : n, neighbour(e), n->start);
  pen.out = &e->ins;
  pen.one_line = e->one_line;
  if (n->kind == IFX_YAML_SCALAR && (n->style == IFX_YAML_SINGLE || n->style == IFX_YAML_DOUBLE))
    pen.style = n->style;
  if (!settle_tag(e)) return false;
  if (ydoc_in_flow(box)) return replace_in_flow(e, &pen, head);
  if (head == 0 && e->key)
    return ydoc_fail(e->d, e->key, e->err, IFX_E_UNSUPPORTED,
                     "the key is explicit (\"? key\") and has no value");
  Parts p = parts_of(e, head);
  long parent = box ? (long)ydoc_column(e->d, box->start) : -1;
  bool list = e->value->kind == IFX_YVAL_SEQ;
  size_t column = !box ? 0 : (size_t)parent + (list ? pen.list : pen.step);
  if (!box && ydoc_first_on_line(e->d, n->start)) column = ydoc_column(e->d, n->start);
  if (box && !e->key) column = (size_t)parent + 1 + pen.pad;
  if (box && !e->key && p.start < p.end && ydoc_same_line(e->d, head, p.start))
    column = ydoc_column(e->d, p.start);
  if (stays_flow && ydoc_is_block(e->value))
    put_on_line(e, &pen, &p, true);
  else if (wants_block_scalar(e, &pen))
    put_block_scalar(e, &pen, &p, box ? column : pen.step, parent);
  else if (ydoc_is_block(e->value))
    put_collection(e, &pen, &p, column, !e->key);
  else
    put_on_line(e, &pen, &p, false);
  return true;
}

/* Below the '---', or at the end of a text that has none. */
bool edit_empty(Edit *e) {
  const IfxYdoc *d = e->d;
  const IfxYamlDoc *doc = d->stream->ndocs ? &d->stream->docs[e->path->doc - 1] : NULL;
  size_t at = d->len, stop = d->len;
  Pen pen;
  if (doc && doc->explicit_start)
    for (at = doc->start; at < stop && strncmp(d->text + at, "---", 3) != 0;)
      at = ydoc_line_next(d, at);
  if (doc && doc->explicit_start) at = ydoc_line_end(d, at);
  ydoc_pen(&pen, d, NULL, NULL, at);
  pen.out = &e->ins;
  pen.one_line = true;
  edit_cut(e, at, at);
  bool above = at > ydoc_line_start(d, at);
  if (above) ifx_buf_str(pen.out, pen.eol);
  if (ydoc_is_block(e->value))
    ydoc_write_block(&pen, e->value, 0);
  else
    ydoc_write_scalar(&pen, e->value, false);
  if (!above) ifx_buf_str(pen.out, pen.eol);
  return true;
}
