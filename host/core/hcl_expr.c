/* hcl_expr.c: operators, conditions and the steps behind a term. SPDX-License-Identifier:
 * Apache-2.0 */
#include <string.h>

#include "hcl_impl.h"

/* ---- steps: .name .0 .* [expression] [*] ---- */

/* A step becomes a child of the traversal `*n`, which is made around the term at its first. */
static bool add_step(IfxHclParser *p, uint32_t *n, uint32_t step) {
  if (!step) return false;
  if (p->tree->nodes[*n].kind != IFX_HCL_TRAVERSAL) *n = ifx_hcl_wrap(p, IFX_HCL_TRAVERSAL, *n);
  if (!*n) return false;
  ifx_hcl_adopt(p, *n, ifx_hcl_done(p, step));
  ifx_hcl_done(p, *n);
  return true;
}

static uint32_t dot_step(IfxHclParser *p, bool *splat) {
  uint32_t start = ifx_hcl_read(p)->start;
  IfxHclTokenType type = ifx_hcl_peek(p);
  if (type != IFX_HT_IDENT && type != IFX_HT_NUMBER && type != IFX_HT_STAR)
    return ifx_hcl_unexpected(p, "a name behind the point");
  if (type == IFX_HT_STAR && *splat)
    return ifx_hcl_error(p, start, "a second .* behind .*; the form [*] can follow one");
  const IfxHclToken *t = ifx_hcl_read(p);
  if (type == IFX_HT_NUMBER && memchr(p->text + t->start, '.', t->end - t->start)) {
    ifx_hcl_error(p, t->start, "two numbers in a row behind a point");
    ifx_err_hint(p->err, "write indexes in brackets: [0][1]");
    return 0;
  }
  if (type == IFX_HT_STAR) {
    *splat = true;
    return ifx_hcl_node(p, IFX_HCL_SPLAT, start);
  }
  uint32_t n = ifx_hcl_node(p, IFX_HCL_STEP, start);
  if (!n) return 0;
  p->tree->nodes[n].name = t->start;
  p->tree->nodes[n].name_end = t->end;
  return n;
}

static uint32_t bracket_step(IfxHclParser *p) {
  uint32_t start = ifx_hcl_read(p)->start;
  if (ifx_hcl_peek(p) == IFX_HT_STAR) {
    ifx_hcl_read(p);
    if (!ifx_hcl_expect(p, IFX_HT_CBRACK, "] behind [*")) return 0;
    return ifx_hcl_node(p, IFX_HCL_SPLAT, start);
  }
  uint32_t n = ifx_hcl_node(p, IFX_HCL_INDEX, start);
  bool before = p->newlines;
  p->newlines = false;
  uint32_t key = n ? ifx_hcl_expression(p) : 0;
  if (!key || !ifx_hcl_expect(p, IFX_HT_CBRACK, "]")) return 0;
  p->newlines = before;
  ifx_hcl_adopt(p, n, key);
  return n;
}

static uint32_t parse_steps(IfxHclParser *p) {
  uint32_t n = ifx_hcl_term(p);
  bool splat = false; /* behind .* only names and numbers follow until the next bracket */
  while (n) {
    IfxHclTokenType type = ifx_hcl_peek(p);
    if (type != IFX_HT_DOT && type != IFX_HT_OBRACK) break;
    if (type == IFX_HT_OBRACK) splat = false;
    uint32_t step = type == IFX_HT_DOT ? dot_step(p, &splat) : bracket_step(p);
    if (!add_step(p, &n, step)) return 0;
  }
  return n;
}

/* ---- operators ---- */

#define LEVELS 6

/* How tightly a binary operator binds, from 1; 0: it is none. */
static int level_of(IfxHclTokenType type) {
  switch (type) {
  case IFX_HT_OR: return 1;
  case IFX_HT_AND: return 2;
  case IFX_HT_EQ:
  case IFX_HT_NE: return 3;
  case IFX_HT_GT:
  case IFX_HT_GE:
  case IFX_HT_LT:
  case IFX_HT_LE: return 4;
  case IFX_HT_PLUS:
  case IFX_HT_MINUS: return 5;
  case IFX_HT_STAR:
  case IFX_HT_SLASH:
  case IFX_HT_PERCENT: return LEVELS;
  default: return 0;
  }
}

static uint32_t parse_operand(IfxHclParser *p) {
  IfxHclTokenType type = ifx_hcl_peek(p);
  if (type != IFX_HT_MINUS && type != IFX_HT_BANG) return parse_steps(p);
  if (!ifx_hcl_deeper(p)) return 0;
  uint32_t n = ifx_hcl_node(p, IFX_HCL_UNARY, ifx_hcl_read(p)->start);
  uint32_t operand = n ? parse_operand(p) : 0;
  if (!operand) return 0;
  ifx_hcl_adopt(p, n, operand);
  p->depth--;
  return ifx_hcl_done(p, n);
}

static uint32_t parse_binary(IfxHclParser *p, int level) {
  if (level > LEVELS) return parse_operand(p);
  uint32_t n = parse_binary(p, level + 1);
  bool wrapped = false;
  while (n && level_of(ifx_hcl_peek(p)) == level) {
    if (!wrapped) n = ifx_hcl_wrap(p, IFX_HCL_BINARY, n);
    wrapped = true;
    ifx_hcl_read(p);
    uint32_t right = n ? parse_binary(p, level + 1) : 0;
    if (!right) return 0;
    ifx_hcl_adopt(p, n, right);
    ifx_hcl_done(p, n);
  }
  return n;
}

/* c ? a : d ? b : e is read as c ? a : (d ? b : e), and kept in one node. */
uint32_t ifx_hcl_expression(IfxHclParser *p) {
  if (!ifx_hcl_deeper(p)) return 0;
  uint32_t n = parse_binary(p, 1);
  if (n && ifx_hcl_peek(p) == IFX_HT_QUESTION) n = ifx_hcl_wrap(p, IFX_HCL_CONDITIONAL, n);
  while (n && ifx_hcl_peek(p) == IFX_HT_QUESTION) {
    ifx_hcl_read(p);
    uint32_t then = ifx_hcl_expression(p);
    if (!then) return 0;
    ifx_hcl_adopt(p, n, then);
    if (!ifx_hcl_expect(p, IFX_HT_COLON, ": of the condition (c ? a : b)")) return 0;
    uint32_t otherwise = parse_binary(p, 1);
    if (!otherwise) return 0;
    ifx_hcl_adopt(p, n, otherwise);
    ifx_hcl_done(p, n);
  }
  p->depth--;
  return n;
}
