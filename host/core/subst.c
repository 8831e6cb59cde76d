/* subst.c: a text with variables, read and written in one pass. SPDX-License-Identifier: Apache-2.0
 */
#include "subst.h"

#include <stdlib.h>
#include <string.h>

#include "subst_impl.h"

#define MAX_DEPTH 200
#define MAX_STEPS ((uint64_t)1 << 28) /* of all patterns of a text */

typedef struct Reader {
  const char *text;
  size_t at, len;
  const IfxVariable *vars;
  size_t count;
  bool strict;
  IfxBuf *unset;
  uint64_t steps;
  size_t made; /* bytes that variables became so far */
  int depth;
  IfxErr missing; /* the first variable that strictness misses: told where the text is right */
  IfxErr *err;
} Reader;

/* ---- variables ---- */

static int compare_names(const char *a, size_t a_len, const char *b, size_t b_len) {
  int c = memcmp(a, b, a_len < b_len ? a_len : b_len);
  return c ? c : (a_len > b_len) - (a_len < b_len);
}

static int compare_variables(const void *a, const void *b) {
  const IfxVariable *x = a, *y = b;
  return compare_names(x->name, x->name_len, y->name, y->name_len);
}

void ifx_variables_sort(IfxVariable *vars, size_t count) {
  if (count) qsort(vars, count, sizeof *vars, compare_variables);
}

static const IfxVariable *find(const Reader *r, IfxSlice name) {
  IfxVariable key = {.name = name.at, .name_len = name.len};
  return r->count ? bsearch(&key, r->vars, r->count, sizeof key, compare_variables) : NULL;
}

/* ---- places ---- */

static bool place(Reader *r, IfxErr *err, size_t at) {
  uint32_t line = 1, column = 1;
  for (size_t i = 0; i < at && i < r->len; i++) {
    if (r->text[i] == '\n') {
      line++;
      column = 1;
    } else if (((unsigned char)r->text[i] & 0xC0) != 0x80) {
      column++;
    }
  }
  return ifx_err_at(err, line, column);
}

/* What is wrong in the ${ that begins at `start`. */
static bool refuse(Reader *r, size_t start, const char *message) {
  ifx_err_set(r->err, IFX_E_PARSE, "%s", message);
  ifx_err_hint(r->err, "a ${ that is meant as it is, is written $${");
  return place(r, r->err, start);
}

#define BAD_SUBSTITUTION "bad substitution"
#define BAD_WORD         "unable to parse substitution within function"

static void miss(Reader *r, IfxSlice name, size_t start) {
  if (r->strict && !r->missing.kind) {
    ifx_err_set(&r->missing, IFX_E_NOT_FOUND, "variable not set (strict mode): \"%.*s\"",
                (int)(name.len > 200 ? 200 : name.len), name.at);
    place(r, &r->missing, start);
  }
  if (r->unset) {
    ifx_buf_add(r->unset, name.at, name.len);
    ifx_buf_byte(r->unset, '\0');
  }
}

/* ---- reading ---- */

/* A NUL ends the text, wherever it stands. */
static int peek(const Reader *r) { return r->at < r->len ? (unsigned char)r->text[r->at] : '\0'; }

static bool opens(const Reader *r) {
  return r->at + 1 < r->len && r->text[r->at] == '$' && r->text[r->at + 1] == '{';
}

static bool take(Reader *r, char c) {
  if (c == '\0' || peek(r) != c) return false;
  r->at++;
  return true;
}

static IfxSlice read_name(Reader *r) {
  size_t start = r->at;
  for (uint32_t c;;) {
    size_t n = ifx_subst_decode((IfxSlice){r->text + r->at, r->len - r->at}, &c);
    if (n == 0 || !ifx_subst_in_name(c)) break;
    r->at += n;
  }
  return (IfxSlice){r->text + start, r->at - start};
}

static bool escaped(const Reader *r) {
  if (r->at + 1 >= r->len) return false;
  char next = r->text[r->at + 1];
  return r->text[r->at] == '$' ? next == '$'
                               : r->text[r->at] == '\\' && (next == '/' || next == '\\');
}

static bool read_braces(Reader *r, IfxBuf *out);

/* A word up to one of the bytes of `ends` or the next ${, or just one ${…}. */
static bool read_word(Reader *r, size_t start, const char *ends, bool escapes, IfxBuf *out) {
  if (opens(r)) return read_braces(r, out);
  size_t before = r->at;
  while (peek(r) && !strchr(ends, peek(r)) && !opens(r)) {
    if (escapes && escaped(r)) r->at++;
    ifx_buf_byte(out, r->text[r->at++]);
  }
  return r->at > before || refuse(r, start, BAD_WORD);
}

/* What stands between ${ and }: the name, the operator, its words. */
typedef struct Call {
  size_t start; /* of the ${ */
  IfxSlice name, op;
  IfxBuf words;    /* one after the other */
  size_t stops[2]; /* where the first two end */
  size_t count;
} Call;

static bool call_word(Reader *r, Call *c, const char *ends, bool escapes) {
  if (!read_word(r, c->start, ends, escapes, &c->words)) return false;
  if (c->count < 2) c->stops[c->count] = c->words.len;
  c->count++;
  return true;
}

static void operator_of(Reader *r, Call *c, size_t len) {
  c->op = (IfxSlice){r->text + r->at, len};
  r->at += len;
}

static bool close_call(Reader *r, Call *c) {
  return take(r, '}') || refuse(r, c->start, BAD_SUBSTITUTION);
}

/* As many of `a` and `b` as stand here, two at most. */
static size_t run_of(const Reader *r, char a, char b) {
  size_t n = 0;
  while (n < 2 && r->at + n < r->len && (r->text[r->at + n] == a || r->text[r->at + n] == b)) n++;
  return n;
}

static bool read_defaults(Reader *r, Call *c) {
  operator_of(r, c, peek(r) == '=' ? 1 : 2);
  while (peek(r) != '}')
    if (!call_word(r, c, "}", false)) return false;
  return close_call(r, c);
}

static bool read_part(Reader *r, Call *c) {
  /* what follows the colon is asked for in a way that only a character of one byte survives */
  uint32_t next;
  size_t at = r->at + 1;
  if (ifx_subst_decode((IfxSlice){r->text + at, r->len - at}, &next) != 1)
    return refuse(r, c->start, BAD_SUBSTITUTION);
  operator_of(r, c, 1);
  if (!call_word(r, c, ":}", false)) return false;
  if (peek(r) == '}') return close_call(r, c);
  size_t colons = r->at;
  while (take(r, ':')) continue;
  if (r->at == colons) return refuse(r, c->start, BAD_SUBSTITUTION);
  return call_word(r, c, "}", false) && close_call(r, c);
}

static bool read_replacement(Reader *r, Call *c) {
  size_t second = r->at + 1;
  bool two = second < r->len && strchr("/#%", r->text[second]) && r->text[second];
  operator_of(r, c, two ? 2 : 1);
  if (!call_word(r, c, "/", true)) return false;
  size_t slashes = r->at;
  while (take(r, '/')) continue;
  if (r->at == slashes) return refuse(r, c->start, BAD_SUBSTITUTION);
  if (peek(r) != '}' && !call_word(r, c, "}", true)) return false;
  return close_call(r, c);
}

static bool read_trimming(Reader *r, Call *c) {
  operator_of(r, c, run_of(r, (char)peek(r), (char)peek(r)));
  return call_word(r, c, "}", false) && close_call(r, c);
}

static bool read_length(Reader *r, Call *c) {
  operator_of(r, c, 1);
  c->name = read_name(r);
  if (c->name.len == 0) return refuse(r, c->start, BAD_SUBSTITUTION);
  return close_call(r, c);
}

static bool read_call(Reader *r, Call *c) {
  if (peek(r) == '#') return read_length(r, c);
  c->name = read_name(r);
  if (c->name.len == 0) return refuse(r, c->start, "unable to parse variable name");
  char next = r->at + 1 < r->len ? r->text[r->at + 1] : '\0';
  switch (peek(r)) {
  case ':': return next && strchr("=-?+", next) ? read_defaults(r, c) : read_part(r, c);
  case '=': return read_defaults(r, c);
  case ',':
  case '^': operator_of(r, c, run_of(r, ',', '^')); return close_call(r, c);
  case '/': return read_replacement(r, c);
  case '#':
  case '%': return read_trimming(r, c);
  default: return take(r, '}') || refuse(r, c->start, "missing closing brace");
  }
}

/* ---- writing ---- */

static bool has_default(IfxSlice op) {
  return op.len && (op.at[0] == '=' || (op.len == 2 && op.at[0] == ':'));
}

static bool write_call(Reader *r, const Call *c, IfxBuf *out) {
  const IfxVariable *v = find(r, c->name);
  if (!v && !has_default(c->op)) miss(r, c->name, c->start);
  IfxSlice value = v ? (IfxSlice){v->value, v->value_len} : (IfxSlice){"", 0};
  const char *all = c->words.data ? c->words.data : "";
  IfxSlice words[2] = {{all, c->words.len}, {"", 0}};
  size_t count = c->count;
  if (has_default(c->op)) {
    count = count ? 1 : 0;
  } else if (count) {
    words[0].len = c->stops[0];
    if (count > 1) words[1] = (IfxSlice){all + c->stops[0], c->stops[1] - c->stops[0]};
  }
  return ifx_subst_apply(out, c->op, value, words, count, &r->steps, r->err) ||
         place(r, r->err, c->start);
}

static bool count_made(Reader *r, size_t start, size_t bytes) {
  r->made += bytes;
  if (r->made <= IFX_SUBST_MAX_BYTES) return true;
  ifx_err_set(r->err, IFX_E_LIMIT, "variables become more than %zu bytes", IFX_SUBST_MAX_BYTES);
  ifx_err_hint(r->err, "is a long value put here again and again?");
  return place(r, r->err, start);
}

static bool read_braces(Reader *r, IfxBuf *out) {
  Call c = {.start = r->at};
  r->at += 2;
  if (++r->depth > MAX_DEPTH) {
    ifx_err_set(r->err, IFX_E_LIMIT, "substitutions within each other, %d deep", MAX_DEPTH);
    return place(r, r->err, c.start);
  }
  bool ok = read_call(r, &c);
  size_t before = out->len; /* what stands for a word came before it, and was counted */
  ok = ok && write_call(r, &c, out) && count_made(r, c.start, out->len - before);
  r->depth--;
  if (c.words.failed) out->failed = true;
  ifx_buf_free(&c.words);
  return ok;
}

/* Plain text up to the next ${ or $$. */
static void copy_text(Reader *r, IfxBuf *out) {
  size_t start = r->at;
  const char *dollar = memchr(r->text + start, '$', r->len - start);
  r->at = dollar ? (size_t)(dollar - r->text) : r->len;
  ifx_buf_add(out, r->text + start, r->at - start);
}

bool ifx_subst(IfxBuf *out, IfxBuf *unset, const char *text, size_t len, const IfxVariable *vars,
               size_t count, bool strict, IfxErr *err) {
  const char *nul = memchr(text, '\0', len);
  Reader r = {.text = text, .len = len, .vars = vars, .count = count, .strict = strict};
  r.unset = unset;
  r.steps = MAX_STEPS;
  r.err = err;
  if (nul) r.len = (size_t)(nul - text);
  while (r.at < r.len) {
    if (opens(&r)) {
      if (!read_braces(&r, out)) return false;
    } else if (r.text[r.at] == '$') {
      ifx_buf_byte(out, '$');
      r.at += r.at + 1 < r.len && r.text[r.at + 1] == '$' ? 2 : 1;
    } else {
      copy_text(&r, out);
    }
  }
  if (r.missing.kind) {
    *err = r.missing;
    return false;
  }
  return !(out->failed || (unset && unset->failed)) || ifx_err_nomem(err);
}
