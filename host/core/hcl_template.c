/* hcl_template.c: quoted templates, heredocs and labels. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "hcl_impl.h"

static bool check_escapes(IfxHclParser *p, const IfxHclToken *t) {
  IfxBuf out = {0};
  size_t bad;
  const char *why;
  bool ok = ifx_hcl_unescape(p->text + t->start, t->end - t->start, &out, &bad, &why);
  bool failed = out.failed;
  ifx_buf_free(&out);
  if (failed) return ifx_err_nomem(p->err);
  return ok || ifx_hcl_error(p, t->start + (uint32_t)bad, "%s", why);
}

static uint32_t parse_text(IfxHclParser *p, bool quoted) {
  const IfxHclToken *t = ifx_hcl_read(p);
  if (quoted && memchr(p->text + t->start, '\\', t->end - t->start) && !check_escapes(p, t))
    return 0;
  uint32_t n = ifx_hcl_node(p, IFX_HCL_TEXT, t->start);
  return n ? ifx_hcl_done(p, n) : 0;
}

/* ---- ${ } and %{ } ---- */

static uint32_t open_sequence(IfxHclParser *p, IfxHclKind kind) {
  const IfxHclToken *t = ifx_hcl_read(p);
  uint32_t n = ifx_hcl_node(p, kind, t->start);
  if (n && t->end - t->start == 3) p->tree->nodes[n].flags |= IFX_HCL_TRIM_LEFT;
  return n;
}

static uint32_t close_sequence(IfxHclParser *p, uint32_t n) {
  if (ifx_hcl_peek(p) != IFX_HT_SEQ_END) {
    ifx_hcl_unexpected(p, "} of the template sequence");
    ifx_err_hint(p->err, "is it meant for another program? \"$${\" stands for \"${\"");
    return 0;
  }
  const IfxHclToken *t = ifx_hcl_read(p);
  if (t->end - t->start == 2) p->tree->nodes[n].flags |= IFX_HCL_TRIM_RIGHT;
  return ifx_hcl_done(p, n);
}

static uint32_t parse_interpolation(IfxHclParser *p) {
  uint32_t n = open_sequence(p, IFX_HCL_INTERP);
  uint32_t value = n ? ifx_hcl_expression(p) : 0;
  if (!value) return 0;
  ifx_hcl_adopt(p, n, value);
  return close_sequence(p, n);
}

/* Does the directive fit to those that are open since `base`? */
static bool match_directive(IfxHclParser *p, uint32_t at, char what, uint32_t base) {
  uint8_t *top = p->nopen > base ? &p->open[p->nopen - 1] : NULL;
  if (what == 'i' || what == 'f') {
    if (p->nopen == sizeof p->open) {
      ifx_hcl_error(p, at, "more than %zu directives inside each other", sizeof p->open);
      p->err->kind = IFX_E_LIMIT;
      return false;
    }
    p->open[p->nopen++] = (uint8_t)what;
    return true;
  }
  if (what == 'e' && top && *top == 'i') {
    *top = 'e';
    return true;
  }
  bool ends = top && (what == 'E' ? *top != 'f' : what == 'F' && *top == 'f');
  if (ends) p->nopen--;
  return ends || ifx_hcl_error(p, at, "no directive is open that this one could belong to");
}

static uint32_t parse_directive(IfxHclParser *p, uint32_t base) {
  static const struct {
    const char *word;
    char what;
  } words[] = {{"if", 'i'}, {"else", 'e'}, {"endif", 'E'}, {"for", 'f'}, {"endfor", 'F'}};
  uint32_t n = open_sequence(p, IFX_HCL_DIRECTIVE);
  size_t i = 0;
  while (n && i < 5 && !ifx_hcl_next_is(p, words[i].word)) i++;
  if (!n || i == 5) return n ? ifx_hcl_unexpected(p, "if, else, endif, for or endfor") : 0;
  const IfxHclToken *t = ifx_hcl_read(p);
  p->tree->nodes[n].name = t->start;
  p->tree->nodes[n].name_end = t->end;
  char what = words[i].what;
  if (!match_directive(p, p->tree->nodes[n].start, what, base)) return 0;
  if (what == 'f' && !ifx_hcl_for_names(p, n)) return 0;
  if (what == 'f' || what == 'i') {
    uint32_t value = ifx_hcl_expression(p);
    if (!value) return 0;
    ifx_hcl_adopt(p, n, value);
  }
  return close_sequence(p, n);
}

/* ---- templates ---- */

static uint32_t open_template(IfxHclParser *p) {
  const IfxHclToken *t = ifx_hcl_read(p);
  bool quoted = t->type == IFX_HT_OQUOTE;
  uint32_t n = ifx_hcl_node(p, quoted ? IFX_HCL_QUOTED : IFX_HCL_HEREDOC, t->start);
  if (!n) return 0;
  IfxHclNode *node = &p->tree->nodes[n];
  node->inner = t->end;
  if (quoted) return n;
  bool flush = p->text[t->start + 2] == '-';
  node->flags = flush ? IFX_HCL_FLUSH : 0;
  node->name = t->start + 2 + flush;
  node->name_end = t->end - (p->text[t->end - 2] == '\r' ? 2 : 1);
  return n;
}

static uint32_t parse_part(IfxHclParser *p, bool quoted, uint32_t base) {
  switch (p->tokens[p->at].type) {
  case IFX_HT_TEXT: return parse_text(p, quoted);
  case IFX_HT_INTERP: return parse_interpolation(p);
  default: return parse_directive(p, base);
  }
}

uint32_t ifx_hcl_template(IfxHclParser *p) {
  bool before = p->newlines, quoted = p->tokens[p->at].type == IFX_HT_OQUOTE;
  IfxHclTokenType closer = quoted ? IFX_HT_CQUOTE : IFX_HT_CHEREDOC;
  uint32_t base = p->nopen, n = open_template(p);
  p->newlines = false;
  while (n && p->tokens[p->at].type != closer) {
    uint32_t part = parse_part(p, quoted, base);
    if (!part) return 0;
    ifx_hcl_adopt(p, n, part);
    if (p->tree->nodes[part].kind == IFX_HCL_DIRECTIVE && p->tree->nodes[part].count > 1)
      p->tree->nodes[n].flags |= IFX_HCL_LOOPS;
  }
  if (!n) return 0;
  if (p->nopen > base)
    return ifx_hcl_error(p, p->tree->nodes[n].start, "%%{ %s } in this template has no %s",
                         p->open[p->nopen - 1] == 'f' ? "for" : "if",
                         p->open[p->nopen - 1] == 'f' ? "%{ endfor }" : "%{ endif }");
  p->tree->nodes[n].inner_end = ifx_hcl_read(p)->start;
  p->newlines = before;
  return ifx_hcl_done(p, n);
}

uint32_t ifx_hcl_label(IfxHclParser *p) {
  const IfxHclToken *t = ifx_hcl_read(p);
  bool quoted = t->type == IFX_HT_OQUOTE;
  uint32_t n = ifx_hcl_node(p, IFX_HCL_LABEL, t->start);
  if (!n) return 0;
  p->tree->nodes[n].inner = quoted ? t->end : t->start;
  p->tree->nodes[n].inner_end = t->end;
  if (quoted && p->tokens[p->at].type == IFX_HT_TEXT) {
    t = ifx_hcl_read(p);
    p->tree->nodes[n].inner_end = t->end;
    if (!check_escapes(p, t)) return 0;
  }
  if (quoted && p->tokens[p->at].type != IFX_HT_CQUOTE)
    return ifx_hcl_unexpected(p, "the end of a label, which is constant");
  if (quoted) ifx_hcl_read(p);
  return ifx_hcl_done(p, n);
}
