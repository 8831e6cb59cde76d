/* hcl_edit_spot.c: where in a body something new goes. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "hcl_doc_impl.h"

#define STEP "  " /* indentation of a body, where no neighbour shows another */

bool ifx_hcl_short_body(const IfxHclDoc *d, uint32_t body) {
  const IfxHclNode *node = &d->tree.nodes[body];
  uint32_t n = node->first;
  while (n && d->tree.nodes[n].kind == IFX_HCL_LABEL) n = d->tree.nodes[n].next;
  size_t end = n ? d->tree.nodes[n].start : node->inner_end;
  return body && !memchr(d->text + node->inner, '\n', end - node->inner);
}

static void indent_like(const IfxHclDoc *d, IfxHclSpot *s, size_t at) {
  s->indent = ifx_hcl_line_start(d, at);
  s->indent_end = ifx_hcl_past_blanks(d, s->indent);
}

/* As the body's last item that begins its line, else one step more than the block. */
static void find_indent(const IfxHclDoc *d, IfxHclSpot *s, uint32_t body) {
  const IfxHclTree *t = &d->tree;
  uint32_t beside = 0;
  for (uint32_t n = t->nodes[body].first; n; n = t->nodes[n].next)
    if (t->nodes[n].kind != IFX_HCL_LABEL && ifx_hcl_first_on_line(d, t->nodes[n].start))
      beside = n;
  if (beside) {
    indent_like(d, s, t->nodes[beside].start);
  } else if (body) {
    indent_like(d, s, t->nodes[body].start);
    s->deeper = true;
  }
}

IfxHclSpot ifx_hcl_end_of_body(const IfxHclDoc *d, uint32_t body) {
  const IfxHclNode *node = &d->tree.nodes[body];
  IfxHclSpot s = {.start = node->inner_end, .end = node->inner_end};
  find_indent(d, &s, body);
  if (ifx_hcl_short_body(d, body)) {
    s.kept = ifx_hcl_past_blanks(d, node->inner);
    s.kept_end = s.end;
    while (s.kept_end > s.kept && ifx_hcl_is_blank(d->text[s.kept_end - 1])) s.kept_end--;
    s.start = node->inner;
    s.fresh = s.opened = true;
    return s;
  }
  size_t line = ifx_hcl_line_start(d, s.end);
  if (!body) {
    s.fresh = line < d->len;
  } else if (ifx_hcl_past_blanks(d, line) == s.end) {
    s.start = s.end = line;
  } else {
    s.fresh = s.opened = true; /* a comment stands before the brace */
    s.kept = s.kept_end = s.start;
  }
  return s;
}

IfxHclSpot ifx_hcl_behind(const IfxHclDoc *d, uint32_t item) {
  IfxHclSpot s = {0};
  size_t eol = ifx_hcl_rest_of_line(d, d->tree.nodes[item].end);
  size_t n = ifx_hcl_break(d->text, d->len, eol);
  s.start = s.end = eol + n;
  s.fresh = n == 0;
  indent_like(d, &s, d->tree.nodes[item].start);
  return s;
}

void ifx_hcl_spot_indent(const IfxHclDoc *d, const IfxHclSpot *s, IfxBuf *out) {
  ifx_buf_add(out, d->text + s->indent, s->indent_end - s->indent);
  if (s->deeper) ifx_buf_str(out, STEP);
}

void ifx_hcl_spot_begin(const IfxHclDoc *d, const IfxHclSpot *s, IfxBuf *out) {
  if (s->fresh) ifx_buf_str(out, ifx_hcl_eol(d));
  if (s->kept == s->kept_end) return;
  ifx_hcl_spot_indent(d, s, out);
  ifx_buf_add(out, d->text + s->kept, s->kept_end - s->kept);
  ifx_buf_str(out, ifx_hcl_eol(d));
}

/* Back to the closing brace: it stands under the first character of its block. */
void ifx_hcl_spot_end(const IfxHclDoc *d, const IfxHclSpot *s, uint32_t body, IfxBuf *out) {
  IfxHclSpot brace = {0};
  if (!s->opened) return;
  indent_like(d, &brace, d->tree.nodes[body].start);
  ifx_hcl_spot_indent(d, &brace, out);
}
