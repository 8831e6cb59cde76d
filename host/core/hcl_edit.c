/* hcl_edit.c: setting, removing, adding and replacing. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "hcl_doc_impl.h"

/* ---- set ---- */

static bool is_name(const char *name, size_t len) {
  size_t n;
  for (size_t i = 0; i < len; i += n) {
    uint32_t c = ifx_hcl_char(name + i, len - i, &n);
    if (!n || !(i ? ifx_hcl_id_more(c) : ifx_hcl_id_start(c))) return false;
  }
  return len > 0;
}

static void trim(const char **text, size_t *len) {
  while (*len && ifx_hcl_is_white((*text)[*len - 1])) --*len;
  while (*len && ifx_hcl_is_white(**text)) ++*text, --*len;
}

static uint32_t last_attribute(const IfxHclDoc *d, uint32_t body) {
  uint32_t last = 0;
  for (uint32_t n = d->tree.nodes[body].first; n; n = d->tree.nodes[n].next)
    if (d->tree.nodes[n].kind == IFX_HCL_ATTRIBUTE) last = n;
  return last;
}

/* Columns from the name of an attribute to its "=", when it is one line; else 0. */
static size_t to_equals(const IfxHclDoc *d, uint32_t attribute) {
  const IfxHclNode *a = &d->tree.nodes[attribute];
  size_t at = ifx_hcl_past_blanks(d, a->name_end);
  if (!attribute || d->text[at] != '=') return 0;
  if (memchr(d->text + a->start, '\n', a->end - a->start)) return 0;
  return ifx_hcl_width(d->text + a->start, at - a->start);
}

static bool add_attribute(IfxHclDoc *d, uint32_t body, const char *name, size_t name_len,
                          const char *expr, size_t len, IfxErr *err) {
  uint32_t beside = last_attribute(d, body);
  IfxHclSpot s = beside && !ifx_hcl_short_body(d, body) ? ifx_hcl_behind(d, beside)
                                                        : ifx_hcl_end_of_body(d, body);
  size_t width = ifx_hcl_width(name, name_len), equals = to_equals(d, beside);
  IfxBuf out = {0};
  ifx_hcl_spot_begin(d, &s, &out);
  ifx_hcl_spot_indent(d, &s, &out);
  ifx_buf_add(&out, name, name_len);
  ifx_buf_fill(&out, ' ', equals > width ? equals - width : 1);
  ifx_buf_str(&out, "= ");
  ifx_buf_add(&out, expr, len);
  ifx_buf_str(&out, ifx_hcl_eol(d));
  ifx_hcl_spot_end(d, &s, body, &out);
  return ifx_hcl_commit(d, s.start, s.end, &out, err);
}

bool ifx_hcl_set(IfxHclDoc *d, uint32_t id, const char *name, size_t name_len, const char *expr,
                 size_t len, IfxErr *err) {
  uint32_t body = ifx_hcl_block(d, id), n = ifx_hcl_attribute(d, body, name, name_len);
  trim(&expr, &len);
  if (!is_name(name, name_len))
    return ifx_err_set(err, IFX_E_ARGUMENT, "not the name of an argument: %.*s",
                       ifx_hcl_cut(name, name_len, 60), name);
  if (!ifx_hcl_check_expression(expr, len, err)) return false;
  if (!n) return add_attribute(d, body, name, name_len, expr, len, err);
  const IfxHclNode *old = &d->tree.nodes[d->tree.nodes[n].first];
  IfxBuf out = {0};
  ifx_buf_add(&out, expr, len);
  return ifx_hcl_commit(d, old->start, old->end, &out, err);
}

/* ---- remove ---- */

/* From an item that shares its line with the braces around it. */
static bool remove_inline(IfxHclDoc *d, const IfxHclNode *n, IfxErr *err) {
  const IfxHclNode *body = &d->tree.nodes[n->up];
  size_t start = n->start, end = ifx_hcl_past_blanks(d, n->end);
  IfxBuf out = {0};
  while (start > body->inner && ifx_hcl_is_blank(d->text[start - 1])) start--;
  if (start > body->inner || end < body->inner_end) ifx_buf_byte(&out, ' ');
  return ifx_hcl_commit(d, start, end, &out, err);
}

static size_t blank_lines_above(const IfxHclDoc *d, size_t at, size_t bound) {
  size_t next;
  while (at > bound) {
    size_t line = ifx_hcl_line_start(d, at - 1);
    if (line < bound || !ifx_hcl_blank_line(d, line, &next)) break;
    at = line;
  }
  return at;
}

bool ifx_hcl_remove(IfxHclDoc *d, uint32_t node, IfxErr *err) {
  const IfxHclNode *n = &d->tree.nodes[node], *body = &d->tree.nodes[n->up];
  if (!ifx_hcl_first_on_line(d, n->start)) return remove_inline(d, n, err);
  size_t bound = body->inner, next;
  for (uint32_t c = body->first; c != node; c = d->tree.nodes[c].next)
    if (d->tree.nodes[c].kind != IFX_HCL_LABEL) bound = d->tree.nodes[c].end;
  size_t start = ifx_hcl_comments_above(d, ifx_hcl_line_start(d, n->start), bound);
  size_t end = ifx_hcl_rest_of_line(d, n->end);
  end += ifx_hcl_break(d->text, d->len, end);
  size_t above = blank_lines_above(d, start, bound), below = end;
  while (ifx_hcl_blank_line(d, below, &next)) below = next;
  bool first = above <= body->inner || ifx_hcl_line_start(d, above - 1) < body->inner;
  bool last = ifx_hcl_past_blanks(d, below) >= body->inner_end;
  IfxBuf none = {0};
  if (below > end && (above < start || first))
    end = below;
  else if (last)
    start = above;
  return ifx_hcl_commit(d, start, end, &none, err);
}

/* ---- replace ---- */

bool ifx_hcl_replace(IfxHclDoc *d, size_t start, size_t end, const char *text, size_t len,
                     IfxErr *err) {
  const IfxHclTree *t = &d->tree;
  bool inside = false;
  for (uint32_t n = t->nodes[0].first; n && !inside; n = ifx_hcl_next(t, n)) {
    uint32_t span = t->nodes[n].kind == IFX_HCL_ATTRIBUTE ? t->nodes[n].first : n;
    if (span == n && t->nodes[n].kind != IFX_HCL_LABEL) continue;
    inside = t->nodes[span].start <= start && end <= t->nodes[span].end;
  }
  if (!inside)
    return ifx_hcl_refuse(d, start, err, "this span is not inside of one expression or label");
  IfxBuf out = {0};
  ifx_buf_add(&out, text, len);
  return ifx_hcl_commit(d, start, end, &out, err);
}
