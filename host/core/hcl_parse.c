/* hcl_parse.c: tokens to blocks and attributes; what all of the parser shares.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hcl_impl.h"

/* ---- errors ---- */

uint32_t ifx_hcl_error(IfxHclParser *p, uint32_t at, const char *fmt, ...) {
  char message[256];
  uint32_t line, column;
  va_list args;
  va_start(args, fmt);
  vsnprintf(message, sizeof message, fmt, args);
  va_end(args);
  ifx_err_set(p->err, IFX_E_PARSE, "%s", message);
  ifx_hcl_locate(p->text, at, &line, &column);
  ifx_err_at(p->err, line, column);
  return 0;
}

uint32_t ifx_hcl_unexpected(IfxHclParser *p, const char *what) {
  IfxHclTokenType type = ifx_hcl_peek(p);
  const IfxHclToken *t = &p->tokens[p->at];
  uint32_t n = t->end - t->start;
  if (type == IFX_HT_EOF)
    return ifx_hcl_error(p, t->start, "%s expected, found the end of the file", what);
  if (type == IFX_HT_NEWLINE)
    return ifx_hcl_error(p, t->start, "%s expected, found the end of the line", what);
  if (type == IFX_HT_OHEREDOC) return ifx_hcl_error(p, t->start, "%s expected, found <<", what);
  return ifx_hcl_error(p, t->start, "%s expected, found %.*s", what,
                       ifx_hcl_cut(p->text + t->start, n, 40), p->text + t->start);
}

bool ifx_hcl_deeper(IfxHclParser *p) {
  if (++p->depth <= IFX_HCL_MAX_DEPTH) return true;
  ifx_hcl_error(p, p->tokens[p->at].start,
                "blocks and expressions inside each other, deeper than %u", IFX_HCL_MAX_DEPTH);
  p->err->kind = IFX_E_LIMIT;
  return false;
}

/* ---- tokens ---- */

IfxHclTokenType ifx_hcl_peek(IfxHclParser *p) {
  for (;; p->at++) {
    const IfxHclToken *t = &p->tokens[p->at];
    if (t->type == IFX_HT_NEWLINE && p->newlines) return IFX_HT_NEWLINE;
    if (t->type == IFX_HT_COMMENT && p->newlines && p->text[t->end - 1] == '\n')
      return IFX_HT_NEWLINE; /* the comment holds the break that ends its line */
    if (t->type != IFX_HT_NEWLINE && t->type != IFX_HT_COMMENT) return (IfxHclTokenType)t->type;
  }
}

const IfxHclToken *ifx_hcl_read(IfxHclParser *p) {
  IfxHclTokenType type = ifx_hcl_peek(p);
  const IfxHclToken *t = &p->tokens[p->at];
  if (type != IFX_HT_EOF) p->at++;
  if (type != IFX_HT_NEWLINE) p->end = t->end;
  return t;
}

bool ifx_hcl_next_is(IfxHclParser *p, const char *keyword) {
  size_t n = strlen(keyword);
  if (ifx_hcl_peek(p) != IFX_HT_IDENT) return false;
  const IfxHclToken *t = &p->tokens[p->at];
  return t->end - t->start == n && memcmp(p->text + t->start, keyword, n) == 0;
}

bool ifx_hcl_expect(IfxHclParser *p, IfxHclTokenType type, const char *what) {
  if (ifx_hcl_peek(p) != type) return ifx_hcl_unexpected(p, what);
  ifx_hcl_read(p);
  return true;
}

/* ---- nodes ---- */

uint32_t ifx_hcl_node(IfxHclParser *p, IfxHclKind kind, uint32_t start) {
  IfxHclTree *t = p->tree;
  if (t->count == t->cap) {
    uint32_t cap = t->cap ? t->cap * 2 : 256;
    IfxHclNode *bigger = realloc(t->nodes, cap * sizeof *bigger);
    if (!bigger) {
      ifx_err_nomem(p->err);
      return 0;
    }
    t->nodes = bigger;
    t->cap = cap;
  }
  t->nodes[t->count] = (IfxHclNode){.start = start, .end = start, .kind = (uint8_t)kind};
  return t->count++;
}

void ifx_hcl_adopt(IfxHclParser *p, uint32_t parent, uint32_t child) {
  IfxHclNode *nodes = p->tree->nodes;
  nodes[child].up = parent;
  nodes[child].index = nodes[parent].count++;
  if (nodes[parent].last)
    nodes[nodes[parent].last].next = child;
  else
    nodes[parent].first = child;
  nodes[parent].last = child;
}

uint32_t ifx_hcl_wrap(IfxHclParser *p, IfxHclKind kind, uint32_t child) {
  uint32_t n = ifx_hcl_node(p, kind, p->tree->nodes[child].start);
  if (n) ifx_hcl_adopt(p, n, child);
  return n;
}

uint32_t ifx_hcl_done(IfxHclParser *p, uint32_t n) {
  p->tree->nodes[n].end = p->end;
  return n;
}

/* ---- bodies ---- */

static bool parse_body(IfxHclParser *p, uint32_t parent, IfxHclTokenType closer);

static uint32_t parse_attribute(IfxHclParser *p, const IfxHclToken *name) {
  uint32_t n = ifx_hcl_node(p, IFX_HCL_ATTRIBUTE, name->start);
  if (!n) return 0;
  p->tree->nodes[n].name = name->start;
  p->tree->nodes[n].name_end = name->end;
  ifx_hcl_read(p); /* = */
  uint32_t value = ifx_hcl_expression(p);
  if (!value) return 0;
  ifx_hcl_adopt(p, n, value);
  return ifx_hcl_done(p, n);
}

static bool end_of_line(IfxHclParser *p, const char *what) {
  IfxHclTokenType type = ifx_hcl_peek(p);
  if (type == IFX_HT_NEWLINE || type == IFX_HT_EOF) {
    ifx_hcl_read(p);
    return true;
  }
  ifx_hcl_unexpected(p, what);
  if (type == IFX_HT_COMMA)
    ifx_err_hint(p->err, "arguments are separated by line breaks, not by commas");
  return false;
}

/* "{ name = value }": one attribute, on one line. */
static bool parse_short_body(IfxHclParser *p, uint32_t block) {
  if (ifx_hcl_peek(p) != IFX_HT_IDENT) return ifx_hcl_unexpected(p, "an argument or }");
  const IfxHclToken *name = ifx_hcl_read(p);
  if (ifx_hcl_peek(p) != IFX_HT_EQUAL) {
    ifx_hcl_unexpected(p, "=");
    return ifx_err_hint(p->err, "a nested block begins on a line of its own");
  }
  uint32_t n = parse_attribute(p, name);
  if (!n) return false;
  ifx_hcl_adopt(p, block, n);
  if (ifx_hcl_peek(p) == IFX_HT_CBRACE) return true;
  ifx_hcl_unexpected(p, "}");
  return ifx_err_hint(p->err, "a block on one line holds one argument: put each on its own line");
}

static bool parse_labels(IfxHclParser *p, uint32_t block) {
  for (;;) {
    IfxHclTokenType type = ifx_hcl_peek(p);
    if (type != IFX_HT_IDENT && type != IFX_HT_OQUOTE) break;
    uint32_t label = ifx_hcl_label(p);
    if (!label) return false;
    ifx_hcl_adopt(p, block, label);
  }
  if (ifx_hcl_peek(p) == IFX_HT_OBRACE) return true;
  ifx_hcl_unexpected(p, "a label or {");
  if (p->tokens[p->at].type == IFX_HT_EQUAL)
    ifx_err_hint(p->err, "a block has no \"=\" before its \"{\"; an argument has one name");
  return false;
}

static uint32_t parse_block(IfxHclParser *p, const IfxHclToken *type) {
  uint32_t n = ifx_hcl_node(p, IFX_HCL_BLOCK, type->start);
  if (!n || !ifx_hcl_deeper(p)) return 0;
  p->tree->nodes[n].name = type->start;
  p->tree->nodes[n].name_end = type->end;
  if (!parse_labels(p, n)) return 0;
  p->tree->nodes[n].inner = ifx_hcl_read(p)->end;
  IfxHclTokenType next = ifx_hcl_peek(p);
  bool several = next == IFX_HT_NEWLINE || next == IFX_HT_EOF || next == IFX_HT_CBRACE;
  if (several ? !parse_body(p, n, IFX_HT_CBRACE) : !parse_short_body(p, n)) return 0;
  p->tree->nodes[n].inner_end = ifx_hcl_read(p)->start;
  p->depth--;
  return ifx_hcl_done(p, n);
}

static bool parse_item(IfxHclParser *p, uint32_t parent) {
  const IfxHclToken *name = ifx_hcl_read(p);
  IfxHclTokenType next = ifx_hcl_peek(p);
  bool block = next == IFX_HT_OQUOTE || next == IFX_HT_OBRACE || next == IFX_HT_IDENT;
  if (!block && next != IFX_HT_EQUAL)
    return ifx_hcl_unexpected(p, "= (of an argument), a label or { (of a block)");
  uint32_t n = block ? parse_block(p, name) : parse_attribute(p, name);
  if (!n) return false;
  ifx_hcl_adopt(p, parent, n);
  return end_of_line(p, block ? "the end of the line behind a block"
                              : "the end of the line behind an argument");
}

/* ---- an argument twice ---- */

static int by_name(const void *a, const void *b, void *tree) {
  const IfxHclTree *t = tree;
  const IfxHclNode *x = &t->nodes[*(const uint32_t *)a], *y = &t->nodes[*(const uint32_t *)b];
  uint32_t n = x->name_end - x->name, m = y->name_end - y->name;
  int order = memcmp(t->text + x->name, t->text + y->name, n < m ? n : m);
  if (order == 0) order = (n > m) - (n < m);
  return order ? order : (x->start > y->start) - (x->start < y->start);
}

static bool refuse_double(IfxHclParser *p, uint32_t first, uint32_t second) {
  const IfxHclNode *a = &p->tree->nodes[first], *b = &p->tree->nodes[second];
  uint32_t line, column, n = b->name_end - b->name;
  ifx_hcl_locate(p->text, a->start, &line, &column);
  return ifx_hcl_error(p, b->start, "the argument %.*s stands in line %u already",
                       ifx_hcl_cut(p->text + b->name, n, 60), p->text + b->name, line);
}

static bool check_names(IfxHclParser *p, uint32_t body) {
  IfxHclTree *t = p->tree;
  uint32_t *list = malloc((t->nodes[body].count + 1) * sizeof *list), count = 0;
  if (!list) return ifx_err_nomem(p->err);
  for (uint32_t n = t->nodes[body].first; n; n = t->nodes[n].next)
    if (t->nodes[n].kind == IFX_HCL_ATTRIBUTE) list[count++] = n;
  qsort_r(list, count, sizeof *list, by_name, t);
  bool ok = true;
  for (uint32_t i = 1; ok && i < count; i++) {
    const IfxHclNode *a = &t->nodes[list[i - 1]];
    if (ifx_hcl_named(t, list[i], t->text + a->name, a->name_end - a->name))
      ok = refuse_double(p, list[i - 1], list[i]);
  }
  free(list);
  return ok;
}

/* To the closer, which is left to the caller. */
static bool parse_body(IfxHclParser *p, uint32_t parent, IfxHclTokenType closer) {
  for (;;) {
    IfxHclTokenType next = ifx_hcl_peek(p);
    if (next == closer) return check_names(p, parent);
    if (next == IFX_HT_NEWLINE) {
      ifx_hcl_read(p);
      continue;
    }
    if (next == IFX_HT_EOF)
      return ifx_hcl_error(p, p->tree->nodes[parent].start, "this block is not closed by }");
    if (next != IFX_HT_IDENT) {
      ifx_hcl_unexpected(p, "an argument or a block");
      if (next == IFX_HT_OQUOTE) ifx_err_hint(p->err, "the name of an argument has no quotes");
      return false;
    }
    if (!parse_item(p, parent)) return false;
  }
}

/* ---- whole texts ---- */

static bool parse_file(IfxHclParser *p, bool body) {
  IfxHclTree *t = p->tree;
  if (!ifx_hcl_index_lines(t)) return ifx_err_nomem(p->err);
  ifx_hcl_node(p, IFX_HCL_FILE, 0);
  if (!t->nodes) return false; /* number 0 is no answer here */
  t->nodes[0].inner = (uint32_t)ifx_hcl_bom(t->text, t->len);
  t->nodes[0].end = t->nodes[0].inner_end = (uint32_t)t->len;
  if (body) return parse_body(p, 0, IFX_HT_EOF);
  uint32_t n = ifx_hcl_expression(p);
  if (!n) return false;
  ifx_hcl_adopt(p, 0, n);
  if (ifx_hcl_peek(p) == IFX_HT_NEWLINE) ifx_hcl_read(p); /* behind a heredoc */
  return ifx_hcl_peek(p) == IFX_HT_EOF || ifx_hcl_unexpected(p, "the end of the expression");
}

static bool parse_whole(IfxHclTree *t, const char *text, size_t len, bool body,
                        IfxHclTokens *tokens, IfxErr *err) {
  *t = (IfxHclTree){.text = text, .len = len};
  if (len > IFX_HCL_MAX_BYTES)
    return ifx_err_set(err, IFX_E_LIMIT, "%zu bytes; at most %zu can be read", len,
                       IFX_HCL_MAX_BYTES);
  if (!ifx_hcl_scan(text, len, tokens, err)) return false;
  IfxHclParser p = {.tree = t, .text = text, .tokens = tokens->items, .newlines = true, .err = err};
  if (parse_file(&p, body)) return true;
  ifx_hcl_free(t);
  return false;
}

bool ifx_hcl_parse_tokens(IfxHclTree *t, const char *text, size_t len, IfxHclTokens *tokens,
                          IfxErr *err) {
  return parse_whole(t, text, len, true, tokens, err);
}

bool ifx_hcl_parse(IfxHclTree *t, const char *text, size_t len, IfxErr *err) {
  IfxHclTokens tokens = {0};
  bool ok = parse_whole(t, text, len, true, &tokens, err);
  free(tokens.items);
  return ok;
}

bool ifx_hcl_check_expression(const char *text, size_t len, IfxErr *err) {
  IfxHclTokens tokens = {0};
  IfxHclTree t = {0};
  IfxBuf line = {0};
  ifx_buf_add(&line, text, len);
  ifx_buf_byte(&line, '\n'); /* which the marker of a heredoc wants */
  bool ok = !line.failed || ifx_err_nomem(err);
  ok = ok && parse_whole(&t, line.data, line.len, false, &tokens, err);
  const IfxHclNode *n = ok ? &t.nodes[t.nodes[0].first] : NULL;
  if (n && (n->start != 0 || n->end != len))
    ok = ifx_err_set(err, IFX_E_ARGUMENT, "an expression alone is wanted, without comments");
  free(tokens.items);
  ifx_hcl_free(&t);
  ifx_buf_free(&line);
  return ok;
}

void ifx_hcl_free(IfxHclTree *t) {
  free(t->nodes);
  free(t->lines);
  *t = (IfxHclTree){0};
}
