/* hcl_scan.c: HCL text to tokens, outside of templates. SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hcl_impl.h"

bool ifx_hcl_scan_fail(IfxHclScan *s, size_t at, const char *fmt, ...) {
  char message[256];
  uint32_t line, column;
  va_list args;
  va_start(args, fmt);
  vsnprintf(message, sizeof message, fmt, args);
  va_end(args);
  ifx_err_set(s->err, IFX_E_PARSE, "%s", message);
  ifx_hcl_locate(s->text, at, &line, &column);
  return ifx_err_at(s->err, line, column);
}

bool ifx_hcl_emit(IfxHclScan *s, IfxHclTokenType type, size_t start, size_t end) {
  IfxHclTokens *out = s->out;
  if (out->count == IFX_HCL_MAX_TOKENS)
    return ifx_err_set(s->err, IFX_E_LIMIT, "more than %u words and signs in one file",
                       IFX_HCL_MAX_TOKENS);
  if (out->count == out->cap) {
    uint32_t cap = out->cap ? out->cap * 2 : 256;
    IfxHclToken *bigger = realloc(out->items, cap * sizeof *bigger);
    if (!bigger) return ifx_err_nomem(s->err);
    out->items = bigger;
    out->cap = cap;
  }
  out->items[out->count++] =
      (IfxHclToken){.start = (uint32_t)start, .end = (uint32_t)end, .type = (uint8_t)type};
  s->at = end;
  return true;
}

bool ifx_hcl_push(IfxHclScan *s, IfxHclMode mode, size_t open) {
  if (s->depth == IFX_HCL_MAX_DEPTH) {
    ifx_hcl_scan_fail(s, open, "templates inside each other, deeper than %u", IFX_HCL_MAX_DEPTH);
    s->err->kind = IFX_E_LIMIT;
    return false;
  }
  s->frames[++s->depth] = (IfxHclFrame){.mode = (uint8_t)mode, .open = (uint32_t)open};
  return true;
}

size_t ifx_hcl_break(const char *text, size_t len, size_t at) {
  if (at < len && text[at] == '\n') return 1;
  return at + 1 < len && text[at] == '\r' && text[at + 1] == '\n' ? 2 : 0;
}

/* ---- words and numbers ---- */

static size_t ident_end(const IfxHclScan *s, size_t at) {
  size_t n;
  uint32_t c = at < s->len ? ifx_hcl_char(s->text + at, s->len - at, &n) : 0;
  if (!c || !ifx_hcl_id_start(c)) return at;
  for (at += n; at < s->len; at += n) {
    c = ifx_hcl_char(s->text + at, s->len - at, &n);
    if (!n || !ifx_hcl_id_more(c)) break;
  }
  return at;
}

static bool digit_at(const IfxHclScan *s, size_t at) {
  return at < s->len && s->text[at] >= '0' && s->text[at] <= '9';
}

/* Digits, points and exponents as far as they go, but no point at the end. */
static size_t number_end(const IfxHclScan *s, size_t at) {
  size_t end = at + 1;
  for (size_t i = end; i < s->len;) {
    char c = s->text[i];
    size_t sign = i + 1 < s->len && (s->text[i + 1] == '+' || s->text[i + 1] == '-');
    if (digit_at(s, i))
      end = ++i;
    else if (c == '.')
      i++;
    else if ((c == 'e' || c == 'E') && digit_at(s, i + 1 + sign))
      end = i += 2 + sign;
    else
      break;
  }
  return end;
}

/* ---- comments, heredocs, signs ---- */

static bool scan_comment(IfxHclScan *s) {
  const char *from = s->text + s->at;
  size_t left = s->len - s->at;
  bool block = left > 1 && from[1] == '*' && from[0] == '/';
  const char *stop = block ? memmem(from + 2, left - 2, "*/", 2) : memchr(from, '\n', left);
  if (block && !stop) return ifx_hcl_scan_fail(s, s->at, "this comment is not closed by */");
  size_t end = stop ? (size_t)(stop - s->text) + (block ? 2 : 1) : s->len;
  return ifx_hcl_emit(s, IFX_HT_COMMENT, s->at, end);
}

/* "<<MARK" or "<<-MARK" with its line break; "<<" is nothing else. */
static bool scan_heredoc_start(IfxHclScan *s) {
  size_t marker = s->at + 2, open = s->at;
  if (marker < s->len && s->text[marker] == '-') marker++;
  size_t end = ident_end(s, marker), eol = ifx_hcl_break(s->text, s->len, end);
  if (end == marker)
    return ifx_hcl_scan_fail(s, open, "<< begins a heredoc, and its marker must follow: <<EOT");
  if (!eol)
    return ifx_hcl_scan_fail(s, end, "the line must end behind the marker of a heredoc (<<%.*s)",
                             ifx_hcl_cut(s->text + marker, end - marker, 40), s->text + marker);
  if (!ifx_hcl_emit(s, IFX_HT_OHEREDOC, open, end + eol)) return false;
  if (!ifx_hcl_push(s, IFX_HS_HEREDOC, open)) return false;
  IfxHclFrame *f = &s->frames[s->depth];
  f->marker = (uint32_t)marker;
  f->marker_end = (uint32_t)end;
  f->line_start = true;
  return true;
}

typedef struct Sign {
  char text[4];
  uint8_t type;
} Sign;

/* Longer ones first. */
static const Sign signs[] = {
    {"...", IFX_HT_ELLIPSIS}, {"==", IFX_HT_EQ},     {"!=", IFX_HT_NE},    {">=", IFX_HT_GE},
    {"<=", IFX_HT_LE},        {"&&", IFX_HT_AND},    {"||", IFX_HT_OR},    {"=>", IFX_HT_ARROW},
    {"::", IFX_HT_SCOPE},     {"[", IFX_HT_OBRACK},  {"]", IFX_HT_CBRACK}, {"(", IFX_HT_OPAREN},
    {")", IFX_HT_CPAREN},     {".", IFX_HT_DOT},     {",", IFX_HT_COMMA},  {"*", IFX_HT_STAR},
    {"/", IFX_HT_SLASH},      {"%", IFX_HT_PERCENT}, {"+", IFX_HT_PLUS},   {"-", IFX_HT_MINUS},
    {"=", IFX_HT_EQUAL},      {"<", IFX_HT_LT},      {">", IFX_HT_GT},     {"!", IFX_HT_BANG},
    {"?", IFX_HT_QUESTION},   {":", IFX_HT_COLON}};

static const Sign *sign_at(const IfxHclScan *s) {
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    size_t n = strlen(signs[i].text);
    if (s->len - s->at >= n && memcmp(s->text + s->at, signs[i].text, n) == 0) return &signs[i];
  }
  return NULL;
}

static bool refuse(IfxHclScan *s) {
  char c = s->text[s->at];
  size_t n;
  uint32_t u = ifx_hcl_char(s->text + s->at, s->len - s->at, &n);
  if (!n) return ifx_hcl_scan_fail(s, s->at, "these bytes are not UTF-8");
  if (c == '\'') {
    ifx_hcl_scan_fail(s, s->at, "a string cannot stand in single quotes");
    return ifx_err_hint(s->err, "write it in double quotes");
  }
  if (c == ';') {
    ifx_hcl_scan_fail(s, s->at, "';' separates nothing in HCL");
    return ifx_err_hint(s->err, "put each argument on a line of its own");
  }
  if (c == '&' || c == '|' || c == '^' || c == '~')
    return ifx_hcl_scan_fail(s, s->at, "'%c' is not an operator: HCL knows &&, || and !", c);
  if (u == 0x201C || u == 0x201D) {
    ifx_hcl_scan_fail(s, s->at, "a typographic quotation mark");
    return ifx_err_hint(s->err, "write straight double quotes");
  }
  if (u < 0x20) return ifx_hcl_scan_fail(s, s->at, "a control character (0x%02x)", (unsigned)u);
  return ifx_hcl_scan_fail(s, s->at, "'%.*s' has no meaning here", (int)n, s->text + s->at);
}

/* ---- one token ---- */

static bool scan_brace(IfxHclScan *s, bool tilde) {
  IfxHclFrame *f = &s->frames[s->depth];
  size_t end = s->at + 1 + tilde;
  if (s->text[s->at] == '{') {
    f->braces++;
    return ifx_hcl_emit(s, IFX_HT_OBRACE, s->at, end);
  }
  if (f->mode == IFX_HS_SEQUENCE && f->braces == 0) {
    s->depth--;
    return ifx_hcl_emit(s, IFX_HT_SEQ_END, s->at, end);
  }
  if (tilde) return ifx_hcl_scan_fail(s, s->at, "~} closes a template sequence, and none is open");
  if (f->braces) f->braces--;
  return ifx_hcl_emit(s, IFX_HT_CBRACE, s->at, end);
}

static bool scan_quote(IfxHclScan *s) {
  return ifx_hcl_push(s, IFX_HS_QUOTED, s->at) && ifx_hcl_emit(s, IFX_HT_OQUOTE, s->at, s->at + 1);
}

static bool scan_main(IfxHclScan *s) {
  char c = s->text[s->at], next = s->at + 1 < s->len ? s->text[s->at + 1] : '\0';
  size_t eol = ifx_hcl_break(s->text, s->len, s->at), end;
  if (ifx_hcl_is_blank(c)) {
    s->at++;
    return true;
  }
  if (eol) return ifx_hcl_emit(s, IFX_HT_NEWLINE, s->at, s->at + eol);
  if (c == '#' || (c == '/' && (next == '/' || next == '*'))) return scan_comment(s);
  if (c == '"') return scan_quote(s);
  if (c == '{' || c == '}') return scan_brace(s, false);
  if (c == '~' && next == '}') return scan_brace(s, true);
  if (digit_at(s, s->at)) return ifx_hcl_emit(s, IFX_HT_NUMBER, s->at, number_end(s, s->at));
  end = ident_end(s, s->at);
  if (end > s->at) return ifx_hcl_emit(s, IFX_HT_IDENT, s->at, end);
  if (c == '<' && next == '<') return scan_heredoc_start(s);
  const Sign *sign = sign_at(s);
  if (!sign) return refuse(s);
  return ifx_hcl_emit(s, (IfxHclTokenType)sign->type, s->at, s->at + strlen(sign->text));
}

/* The text ended while something is open. */
static bool unclosed(IfxHclScan *s) {
  const IfxHclFrame *f = &s->frames[s->depth];
  if (f->mode == IFX_HS_QUOTED) return ifx_hcl_scan_fail(s, f->open, "this string is not closed");
  if (f->mode == IFX_HS_SEQUENCE)
    return ifx_hcl_scan_fail(s, f->open, "%.2s is not closed by }", s->text + f->open);
  size_t n = f->marker_end - f->marker;
  ifx_hcl_scan_fail(s, f->open, "this heredoc is not closed: no line holds only its marker %.*s",
                    ifx_hcl_cut(s->text + f->marker, n, 40), s->text + f->marker);
  return ifx_err_hint(s->err, "the closing marker needs a line break behind it");
}

bool ifx_hcl_scan(const char *text, size_t len, IfxHclTokens *out, IfxErr *err) {
  IfxHclScan *s = calloc(1, sizeof *s);
  if (!s) return ifx_err_nomem(err);
  *s = (IfxHclScan){.text = text, .len = len, .at = ifx_hcl_bom(text, len), .out = out, .err = err};
  bool ok = true;
  while (ok && s->at < len) {
    uint8_t mode = s->frames[s->depth].mode;
    if (mode == IFX_HS_QUOTED)
      ok = ifx_hcl_scan_quoted(s);
    else if (mode == IFX_HS_HEREDOC)
      ok = ifx_hcl_scan_heredoc(s);
    else
      ok = scan_main(s);
  }
  if (ok && s->depth > 0) ok = unclosed(s);
  ok = ok && ifx_hcl_emit(s, IFX_HT_EOF, len, len);
  free(s);
  return ok;
}
