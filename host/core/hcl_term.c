/* hcl_term.c: literals, names, calls, collections and for-expressions. SPDX-License-Identifier:
 * Apache-2.0 */
#include <string.h>

#include "hcl_impl.h"

static uint32_t leaf(IfxHclParser *p, IfxHclKind kind) {
  uint32_t n = ifx_hcl_node(p, kind, ifx_hcl_read(p)->start);
  return n ? ifx_hcl_done(p, n) : 0;
}

/* Digits, one point, one exponent behind it. */
static uint32_t parse_number(IfxHclParser *p) {
  const IfxHclToken *t = &p->tokens[p->at];
  uint32_t points = 0, exponents = 0;
  bool bad = false;
  for (uint32_t i = t->start; i < t->end; i++) {
    char c = p->text[i];
    points += c == '.';
    exponents += c == 'e' || c == 'E';
    bad |= c == '.' && exponents > 0;
  }
  if (bad || points > 1 || exponents > 1)
    return ifx_hcl_error(p, t->start, "%.*s is not a number",
                         (int)(t->end - t->start > 40 ? 40 : t->end - t->start),
                         p->text + t->start);
  return leaf(p, IFX_HCL_NUMBER);
}

/* ---- brackets ---- */

/* Line breaks count no more until the caller puts p->newlines back. */
static uint32_t open_bracket(IfxHclParser *p, IfxHclKind kind, bool newlines) {
  uint32_t n = ifx_hcl_node(p, kind, ifx_hcl_read(p)->start);
  p->newlines = newlines;
  return n;
}

static uint32_t close_bracket(IfxHclParser *p, uint32_t n, bool newlines_before) {
  ifx_hcl_read(p);
  p->newlines = newlines_before;
  return ifx_hcl_done(p, n);
}

static uint32_t parse_paren(IfxHclParser *p) {
  bool before = p->newlines;
  uint32_t n = open_bracket(p, IFX_HCL_PAREN, false);
  uint32_t value = n ? ifx_hcl_expression(p) : 0;
  if (!value) return 0;
  ifx_hcl_adopt(p, n, value);
  if (ifx_hcl_peek(p) != IFX_HT_CPAREN) return ifx_hcl_unexpected(p, ")");
  return close_bracket(p, n, before);
}

/* Expressions with commas between, and one behind the last if it likes. */
static bool parse_list(IfxHclParser *p, uint32_t n, IfxHclTokenType closer, const char *what) {
  while (ifx_hcl_peek(p) != closer) {
    uint32_t item = ifx_hcl_expression(p);
    if (!item) return false;
    ifx_hcl_adopt(p, n, item);
    IfxHclTokenType next = ifx_hcl_peek(p);
    if (next == IFX_HT_ELLIPSIS && closer == IFX_HT_CPAREN) {
      ifx_hcl_read(p);
      p->tree->nodes[n].flags |= IFX_HCL_EXPAND;
      return ifx_hcl_peek(p) == closer || ifx_hcl_unexpected(p, ") behind ...");
    }
    if (next == closer) return true;
    if (!ifx_hcl_expect(p, IFX_HT_COMMA, what)) return false;
  }
  return true;
}

/* name(…) or space::name(…); the name is read. */
static uint32_t parse_call(IfxHclParser *p, const IfxHclToken *name) {
  uint32_t n = ifx_hcl_node(p, IFX_HCL_CALL, name->start);
  if (!n) return 0;
  while (ifx_hcl_peek(p) == IFX_HT_SCOPE) {
    ifx_hcl_read(p);
    if (!ifx_hcl_expect(p, IFX_HT_IDENT, "a name behind ::")) return 0;
  }
  p->tree->nodes[n].name = name->start;
  p->tree->nodes[n].name_end = p->end;
  if (!ifx_hcl_expect(p, IFX_HT_OPAREN, "( of a function call")) return 0;
  bool before = p->newlines;
  p->newlines = false;
  if (!parse_list(p, n, IFX_HT_CPAREN, "a comma or )")) return 0;
  return close_bracket(p, n, before);
}

static uint32_t parse_word(IfxHclParser *p) {
  bool keyword =
      ifx_hcl_next_is(p, "true") || ifx_hcl_next_is(p, "false") || ifx_hcl_next_is(p, "null");
  const IfxHclToken *t = ifx_hcl_read(p);
  IfxHclTokenType next = ifx_hcl_peek(p);
  if (next == IFX_HT_OPAREN || next == IFX_HT_SCOPE) return parse_call(p, t);
  uint32_t n = ifx_hcl_node(p, keyword ? IFX_HCL_KEYWORD : IFX_HCL_VARIABLE, t->start);
  if (!n) return 0;
  p->tree->nodes[n].name = t->start;
  p->tree->nodes[n].name_end = p->tree->nodes[n].end = t->end;
  return n;
}

/* ---- for ---- */

static bool for_name(IfxHclParser *p, uint32_t parent) {
  if (ifx_hcl_peek(p) != IFX_HT_IDENT) return ifx_hcl_unexpected(p, "the name of a variable");
  uint32_t n = leaf(p, IFX_HCL_NAME);
  if (!n) return false;
  p->tree->nodes[n].name = p->tree->nodes[n].start;
  p->tree->nodes[n].name_end = p->tree->nodes[n].end;
  ifx_hcl_adopt(p, parent, n);
  return true;
}

bool ifx_hcl_for_names(IfxHclParser *p, uint32_t parent) {
  if (!for_name(p, parent)) return false;
  if (ifx_hcl_peek(p) == IFX_HT_COMMA) {
    ifx_hcl_read(p);
    if (!for_name(p, parent)) return false;
  }
  if (!ifx_hcl_next_is(p, "in")) return ifx_hcl_unexpected(p, "in");
  ifx_hcl_read(p);
  return true;
}

static bool adopt_expression(IfxHclParser *p, uint32_t n) {
  uint32_t value = ifx_hcl_expression(p);
  if (value) ifx_hcl_adopt(p, n, value);
  return value != 0;
}

/* Key and value of an object, the value of a tuple. */
static bool for_result(IfxHclParser *p, uint32_t n, bool object) {
  if (!adopt_expression(p, n)) return false;
  bool arrow = ifx_hcl_peek(p) == IFX_HT_ARROW;
  if (arrow != object)
    return ifx_hcl_unexpected(p,
                              object ? "=> and the value of an object" : "] (a tuple has no keys)");
  if (object) {
    ifx_hcl_read(p);
    p->tree->nodes[n].flags |= IFX_HCL_HAS_KEY;
    if (!adopt_expression(p, n)) return false;
  }
  if (ifx_hcl_peek(p) != IFX_HT_ELLIPSIS) return true;
  if (!object) return ifx_hcl_unexpected(p, "] (only objects are grouped)");
  ifx_hcl_read(p);
  p->tree->nodes[n].flags |= IFX_HCL_EXPAND;
  return true;
}

/* Behind the bracket: "for" is the next token. */
static uint32_t parse_for(IfxHclParser *p, uint32_t n, bool object, bool newlines_before) {
  p->tree->nodes[n].kind = IFX_HCL_FOR;
  p->newlines = false;
  ifx_hcl_read(p);
  if (!ifx_hcl_for_names(p, n) || !adopt_expression(p, n)) return 0;
  if (!ifx_hcl_expect(p, IFX_HT_COLON, ": behind the collection")) return 0;
  if (!for_result(p, n, object)) return 0;
  if (ifx_hcl_next_is(p, "if")) {
    ifx_hcl_read(p);
    p->tree->nodes[n].flags |= IFX_HCL_CONDITIONED;
    if (!adopt_expression(p, n)) return 0;
  }
  if (ifx_hcl_peek(p) != (object ? IFX_HT_CBRACE : IFX_HT_CBRACK))
    return ifx_hcl_unexpected(p, object ? "} of the for-expression" : "] of the for-expression");
  return close_bracket(p, n, newlines_before);
}

/* ---- collections ---- */

static uint32_t parse_tuple(IfxHclParser *p) {
  bool before = p->newlines;
  uint32_t n = open_bracket(p, IFX_HCL_TUPLE, false);
  if (!n) return 0;
  if (ifx_hcl_next_is(p, "for")) return parse_for(p, n, false, before);
  if (!parse_list(p, n, IFX_HT_CBRACK, "a comma or ]")) return 0;
  return close_bracket(p, n, before);
}

static bool parse_pair(IfxHclParser *p, uint32_t object) {
  uint32_t key = ifx_hcl_expression(p);
  uint32_t n = key ? ifx_hcl_wrap(p, IFX_HCL_ITEM, key) : 0;
  if (!n) return false;
  ifx_hcl_adopt(p, object, n);
  IfxHclTokenType next = ifx_hcl_peek(p);
  if (next != IFX_HT_EQUAL && next != IFX_HT_COLON)
    return ifx_hcl_unexpected(p, "= between key and value");
  ifx_hcl_read(p);
  if (!adopt_expression(p, n)) return false;
  ifx_hcl_done(p, n);
  next = ifx_hcl_peek(p);
  if (next == IFX_HT_CBRACE) return true;
  if (next != IFX_HT_COMMA && next != IFX_HT_NEWLINE)
    return ifx_hcl_unexpected(p, "the end of the line, a comma or }");
  ifx_hcl_read(p);
  return true;
}

static uint32_t parse_object(IfxHclParser *p) {
  bool before = p->newlines;
  uint32_t n = open_bracket(p, IFX_HCL_OBJECT, false);
  if (!n) return 0;
  if (ifx_hcl_next_is(p, "for")) return parse_for(p, n, true, before);
  p->newlines = true;
  for (;;) {
    IfxHclTokenType next = ifx_hcl_peek(p);
    if (next == IFX_HT_CBRACE) return close_bracket(p, n, before);
    if (next == IFX_HT_NEWLINE)
      ifx_hcl_read(p);
    else if (!parse_pair(p, n))
      return 0;
  }
}

uint32_t ifx_hcl_term(IfxHclParser *p) {
  switch (ifx_hcl_peek(p)) {
  case IFX_HT_NUMBER: return parse_number(p);
  case IFX_HT_IDENT: return parse_word(p);
  case IFX_HT_OQUOTE:
  case IFX_HT_OHEREDOC: return ifx_hcl_template(p);
  case IFX_HT_OPAREN: return parse_paren(p);
  case IFX_HT_OBRACK: return parse_tuple(p);
  case IFX_HT_OBRACE: return parse_object(p);
  default: return ifx_hcl_unexpected(p, "a value");
  }
}
