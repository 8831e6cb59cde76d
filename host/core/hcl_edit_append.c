/* hcl_edit_append.c: blocks and arguments at the end of a body. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "hcl_doc_impl.h"

/* Lines of a text that keep their bytes: those of heredocs, which would come to mean another. */
typedef struct Fixed {
  uint32_t start, end; /* lines that begin in here */
} Fixed;

/* Does `<<-` take away again what is put before its lines? Not where an edge is trimmed, or where
 * its lines are also those of an expression. */
static bool moves(const IfxHclTree *t, const IfxHclNode *heredoc) {
  if (!(heredoc->flags & IFX_HCL_FLUSH)) return false;
  for (uint32_t c = heredoc->first; c; c = t->nodes[c].next) {
    const IfxHclNode *part = &t->nodes[c];
    if (part->kind == IFX_HCL_TEXT) continue;
    if (part->flags & (IFX_HCL_TRIM_LEFT | IFX_HCL_TRIM_RIGHT)) return false;
    if (memchr(t->text + part->start, '\n', part->end - part->start)) return false;
  }
  return true;
}

static Fixed *find_fixed(const IfxHclTree *t, size_t *count) {
  Fixed *list = malloc((t->count + 1) * sizeof *list);
  *count = 0;
  for (uint32_t n = t->nodes[0].first; list && n; n = ifx_hcl_next(t, n)) {
    const IfxHclNode *node = &t->nodes[n];
    if (node->kind != IFX_HCL_HEREDOC) continue;
    bool inner = *count && node->start < list[*count - 1].end; /* of one that is fixed as a whole */
    if (!inner && !moves(t, node))
      list[(*count)++] = (Fixed){.start = node->inner, .end = node->end};
  }
  return list;
}

/* One line without its break; `fixed`: as it is, with its own break. */
static void add_line(const IfxHclDoc *d, const IfxHclSpot *s, const char *line, size_t len,
                     bool fixed, IfxBuf *out) {
  size_t content = len;
  while (content && ifx_hcl_is_white(line[content - 1])) content--;
  if (fixed) {
    ifx_buf_add(out, line, len);
    return;
  }
  if (content) ifx_hcl_spot_indent(d, s, out);
  while (len && ifx_hcl_is_break(line[len - 1])) len--;
  ifx_buf_add(out, line, content ? len : 0);
  ifx_buf_str(out, ifx_hcl_eol(d));
}

static bool add_lines(const IfxHclDoc *d, const IfxHclSpot *s, const IfxHclTree *t, IfxBuf *out) {
  size_t count, k = 0;
  Fixed *fixed = find_fixed(t, &count);
  if (!fixed) return false;
  for (size_t at = 0; at < t->len;) {
    const char *lf = memchr(t->text + at, '\n', t->len - at);
    size_t next = lf ? (size_t)(lf - t->text) + 1 : t->len;
    while (k < count && fixed[k].end < at) k++;
    bool inside = k < count && at >= fixed[k].start && at < fixed[k].end;
    add_line(d, s, t->text + at, next - at, inside, out);
    at = next;
  }
  free(fixed);
  return true;
}

static uint32_t first_item(const IfxHclTree *t, uint32_t body) {
  uint32_t n = t->nodes[body].first;
  while (n && t->nodes[n].kind == IFX_HCL_LABEL) n = t->nodes[n].next;
  return n;
}

/* Between what is there and the new text: unless both are arguments, or nothing is there. */
static bool wants_empty_line(const IfxHclDoc *d, const IfxHclSpot *s, uint32_t body,
                             const IfxHclTree *t) {
  const IfxHclNode *node = &d->tree.nodes[body];
  uint32_t mine = first_item(&d->tree, body) ? node->last : 0, first = first_item(t, 0);
  bool blocks = (mine && d->tree.nodes[mine].kind == IFX_HCL_BLOCK) ||
                (first && t->nodes[first].kind == IFX_HCL_BLOCK);
  size_t next, line = s->start;
  if (!blocks || (!mine && (body || s->start <= node->inner))) return false;
  if (s->fresh || s->start == 0) return true;
  line = ifx_hcl_line_start(d, s->start - 1);
  return !ifx_hcl_blank_line(d, line, &next);
}

static bool append_tree(IfxHclDoc *d, uint32_t id, const IfxHclTree *t, IfxErr *err) {
  uint32_t body = ifx_hcl_block(d, id);
  IfxHclSpot s = ifx_hcl_end_of_body(d, body);
  IfxBuf out = {0};
  ifx_hcl_spot_begin(d, &s, &out);
  if (wants_empty_line(d, &s, body, t)) ifx_buf_str(&out, ifx_hcl_eol(d));
  if (!add_lines(d, &s, t, &out)) out.failed = true;
  ifx_hcl_spot_end(d, &s, body, &out);
  return ifx_hcl_commit(d, s.start, s.end, &out, err);
}

bool ifx_hcl_append(IfxHclDoc *d, uint32_t id, const char *text, size_t len, IfxErr *err) {
  IfxHclTree t;
  IfxBuf copy = {0};
  while (len && ifx_hcl_is_break(*text)) text++, len--;
  while (len && ifx_hcl_is_white(text[len - 1])) len--;
  ifx_buf_add(&copy, text, len);
  ifx_buf_byte(&copy, '\n'); /* which the marker of a heredoc wants */
  if (copy.failed) {
    ifx_buf_free(&copy);
    return ifx_err_nomem(err);
  }
  bool ok = ifx_hcl_parse(&t, copy.data, copy.len, err);
  if (ok && len == 0) ok = ifx_err_set(err, IFX_E_ARGUMENT, "there is nothing to add");
  ok = ok && append_tree(d, id, &t, err);
  ifx_hcl_free(&t);
  ifx_buf_free(&copy);
  return ok;
}
