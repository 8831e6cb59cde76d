/* hcl_format.c: the white space of the canonical style. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "hcl_impl.h"

/* A line of tokens: what leads, from the "=" of an argument on, the comment that ends it. Tokens
 * are counted, so the lines of a heredoc belong to the one that it begins on. */
typedef struct Line {
  uint32_t lead, assign, comment, end; /* each part ends where the next begins */
} Line;

typedef struct Format {
  const char *text;
  const IfxHclToken *tokens;
  uint32_t ntokens; /* without EOF */
  uint32_t *spaces; /* before each token */
  Line *lines;
  uint32_t nlines;
} Format;

static int bracket(const IfxHclToken *t) {
  switch (t->type) {
  case IFX_HT_OBRACE:
  case IFX_HT_OBRACK:
  case IFX_HT_OPAREN:
  case IFX_HT_CONTROL:
  case IFX_HT_INTERP: return 1;
  case IFX_HT_CBRACE:
  case IFX_HT_CBRACK:
  case IFX_HT_CPAREN:
  case IFX_HT_SEQ_END: return -1;
  default: return 0;
  }
}

static bool ends_line(const Format *f, uint32_t i) {
  const IfxHclToken *t = &f->tokens[i];
  return t->type == IFX_HT_NEWLINE || (t->type == IFX_HT_COMMENT && f->text[t->end - 1] == '\n');
}

/* ---- lines ---- */

/* An argument is aligned when its brackets are closed on its line. */
static uint32_t find_assign(const Format *f, const Line *l) {
  uint32_t at = l->lead + 1;
  int open = 0;
  while (at < l->comment && f->tokens[at].type != IFX_HT_EQUAL) at++;
  for (uint32_t i = at; i < l->comment; i++) open += bracket(&f->tokens[i]);
  return at < l->comment && open == 0 ? at : l->comment;
}

static bool split_lines(Format *f) {
  uint32_t count = 1, start = 0;
  for (uint32_t i = 0; i < f->ntokens; i++) count += ends_line(f, i);
  f->lines = malloc(count * sizeof *f->lines);
  if (!f->lines) return false;
  for (uint32_t i = 0; i < f->ntokens; i++) {
    if (!ends_line(f, i) && i + 1 < f->ntokens) continue;
    Line l = {.lead = start, .end = i + 1};
    l.comment = i > start && f->tokens[i].type == IFX_HT_COMMENT ? i : l.end;
    l.assign = find_assign(f, &l);
    f->lines[f->nlines++] = l;
    start = i + 1;
  }
  return true;
}

/* ---- indentation ---- */

/* Brackets that a line opens more than it closes are one step together, however many they are. */
typedef struct Steps {
  uint32_t *opened; /* per step: its brackets */
  uint32_t count;
} Steps;

static void close_brackets(Steps *s, uint32_t closed) {
  while (closed > 0 && s->count > 0) {
    uint32_t *top = &s->opened[s->count - 1];
    if (closed < *top) {
      *top -= closed;
      return;
    }
    closed -= *top;
    s->count--;
  }
}

static int balance(const Format *f, const Line *l) {
  int sum = 0;
  for (uint32_t i = l->lead; i < l->assign; i++) {
    sum += bracket(&f->tokens[i]);
    if (f->tokens[i].type == IFX_HT_OHEREDOC) break;
  }
  for (uint32_t i = l->assign; i < l->comment; i++) sum += bracket(&f->tokens[i]);
  return sum;
}

static bool indent(Format *f) {
  Steps s = {.opened = malloc((f->nlines + 1) * sizeof *s.opened)};
  if (!s.opened) return false;
  for (uint32_t i = 0; i < f->nlines; i++) {
    const Line *l = &f->lines[i];
    int sum = balance(f, l);
    if (f->tokens[l->lead].type == IFX_HT_NEWLINE) continue; /* nothing stands before its break */
    if (sum < 0) close_brackets(&s, (uint32_t)-sum);
    f->spaces[l->lead] = 2 * s.count;
    if (sum > 0) s.opened[s.count++] = (uint32_t)sum;
  }
  free(s.opened);
  return true;
}

/* ---- spaces between tokens ---- */

#define NOTHING IFX_HT_EOF /* before the first token of a part */

/* A minus behind one of these is a sign, not an operator. */
static bool wants_operand(IfxHclTokenType before) {
  switch (before) {
  case NOTHING:
  case IFX_HT_OPAREN:
  case IFX_HT_OBRACE:
  case IFX_HT_OBRACK:
  case IFX_HT_EQUAL:
  case IFX_HT_COLON:
  case IFX_HT_COMMA:
  case IFX_HT_QUESTION:
  case IFX_HT_PLUS:
  case IFX_HT_STAR:
  case IFX_HT_SLASH:
  case IFX_HT_PERCENT:
  case IFX_HT_MINUS:
  case IFX_HT_EQ:
  case IFX_HT_NE:
  case IFX_HT_GT:
  case IFX_HT_GE:
  case IFX_HT_LT:
  case IFX_HT_LE:
  case IFX_HT_AND:
  case IFX_HT_OR:
  case IFX_HT_BANG: return true;
  default: return false;
  }
}

static bool in_template(IfxHclTokenType left, IfxHclTokenType right) {
  return left == IFX_HT_TEXT || left == IFX_HT_OQUOTE || left == IFX_HT_OHEREDOC ||
         right == IFX_HT_TEXT || right == IFX_HT_CQUOTE || right == IFX_HT_CHEREDOC;
}

/* Parts of one name, and what keeps to the token before it. */
static bool sticks(IfxHclTokenType left, IfxHclTokenType right) {
  return right == IFX_HT_NEWLINE || (left == IFX_HT_IDENT && right == IFX_HT_OPAREN) ||
         (left == IFX_HT_IDENT && right == IFX_HT_SCOPE) ||
         (left == IFX_HT_SCOPE && right == IFX_HT_IDENT) || left == IFX_HT_DOT ||
         right == IFX_HT_DOT || right == IFX_HT_COMMA || right == IFX_HT_ELLIPSIS;
}

/* "in" of a for-expression, by what stands before it. */
static bool is_in(const Format *f, const IfxHclToken *t, IfxHclTokenType before) {
  return t->type == IFX_HT_IDENT && before == IFX_HT_IDENT && t->end - t->start == 2 &&
         memcmp(f->text + t->start, "in", 2) == 0;
}

/* "0 .1" and "0 .e5" are two steps of a traversal, "0.1" and "0.e5" are numbers. */
static bool would_merge(const Format *f, const IfxHclToken *left) {
  const IfxHclToken *t = left + 2;
  if (left->type != IFX_HT_NUMBER || left[1].type != IFX_HT_DOT) return false;
  if (t->type == IFX_HT_NUMBER) return true;
  return t->type == IFX_HT_IDENT && (f->text[t->start] | 0x20) == 'e' &&
         f->text[t->start + 1] >= '0' && f->text[t->start + 1] <= '9';
}

static bool space_between(const Format *f, IfxHclTokenType before, const IfxHclToken *left,
                          const IfxHclToken *next) {
  IfxHclTokenType l = (IfxHclTokenType)left->type, r = (IfxHclTokenType)next->type;
  if (would_merge(f, left)) return true;
  if (sticks(l, r)) return false;
  if (l == IFX_HT_COMMA) return true;
  if (in_template(l, r)) return false;
  if (is_in(f, left, before)) return true;
  if (r == IFX_HT_OBRACK && (l == IFX_HT_IDENT || l == IFX_HT_NUMBER || bracket(left) < 0))
    return false;
  if (l == IFX_HT_BANG) return false;
  if (l == IFX_HT_MINUS) return !wants_operand(before);
  if (l == IFX_HT_OBRACE || r == IFX_HT_CBRACE) return !(l == IFX_HT_OBRACE && r == IFX_HT_CBRACE);
  if ((l == IFX_HT_INTERP || l == IFX_HT_CONTROL) && r == IFX_HT_OBRACE) return true;
  if (l == IFX_HT_CBRACE && r == IFX_HT_SEQ_END) return true;
  if (l == IFX_HT_SEQ_END && (r == IFX_HT_INTERP || r == IFX_HT_CONTROL)) return false;
  return bracket(left) <= 0 && bracket(next) >= 0;
}

static void space_part(Format *f, uint32_t from, uint32_t to) {
  for (uint32_t i = from; i + 1 < to; i++) {
    IfxHclTokenType before = i > from ? (IfxHclTokenType)f->tokens[i - 1].type : NOTHING;
    f->spaces[i + 1] = space_between(f, before, &f->tokens[i], &f->tokens[i + 1]);
  }
}

/* ---- alignment ---- */

static uint32_t columns(const Format *f, uint32_t from, uint32_t to) {
  size_t sum = 0;
  for (uint32_t i = from; i < to; i++) {
    const IfxHclToken *t = &f->tokens[i];
    sum += f->spaces[i] + ifx_hcl_width(f->text + t->start, t->end - t->start);
  }
  return (uint32_t)sum;
}

static uint32_t aligned(const Line *l, bool comments) { return comments ? l->comment : l->assign; }

static bool has(const Line *l, bool comments) {
  return aligned(l, comments) < (comments ? l->end : l->comment);
}

/* Lines that follow each other and have the part: it begins one column behind the longest. */
static void align(Format *f, bool comments) {
  for (uint32_t i = 0, next; i < f->nlines; i = next) {
    uint32_t most = 0;
    for (next = i; next < f->nlines && has(&f->lines[next], comments); next++) {
      const Line *l = &f->lines[next];
      uint32_t n = f->spaces[aligned(l, comments)] = columns(f, l->lead, aligned(l, comments));
      if (n > most) most = n;
    }
    for (uint32_t k = i; k < next; k++) {
      uint32_t *spaces = &f->spaces[aligned(&f->lines[k], comments)];
      *spaces = most - *spaces + 1;
    }
    if (next == i) next++;
  }
}

static bool run(Format *f) {
  if (!split_lines(f) || !indent(f)) return false;
  for (uint32_t i = 0; i < f->nlines; i++) {
    space_part(f, f->lines[i].lead, f->lines[i].assign);
    space_part(f, f->lines[i].assign, f->lines[i].comment);
  }
  align(f, false);
  align(f, true);
  return true;
}

/* Alignment to one long line can be more than memory holds. */
static bool small_enough(const Format *f, IfxErr *err) {
  size_t sum = 0;
  for (uint32_t i = 0; i < f->ntokens; i++)
    sum += f->spaces[i] + (f->tokens[i].end - f->tokens[i].start);
  return sum <= IFX_HCL_MAX_BYTES ||
         ifx_err_set(err, IFX_E_LIMIT,
                     "in canonical style the text has %zu bytes; at most %zu are "
                     "possible",
                     sum, IFX_HCL_MAX_BYTES);
}

static bool format_tokens(const char *text, const IfxHclTokens *tokens, IfxBuf *out, IfxErr *err) {
  Format f = {.text = text, .tokens = tokens->items, .ntokens = tokens->count - 1};
  f.spaces = calloc(tokens->count, sizeof *f.spaces);
  bool ok = (f.spaces && run(&f)) || ifx_err_nomem(err);
  ok = ok && small_enough(&f, err);
  for (uint32_t i = 0; ok && i < f.ntokens; i++) {
    ifx_buf_fill(out, ' ', f.spaces[i]);
    ifx_buf_add(out, text + f.tokens[i].start, f.tokens[i].end - f.tokens[i].start);
  }
  uint32_t end = f.ntokens ? f.tokens[f.ntokens - 1].end : 0;
  ifx_buf_fill(out, ' ',
               f.tokens[f.ntokens].start - end); /* what ends the text unterminated stays */
  free(f.spaces);
  free(f.lines);
  return ok && (!out->failed || ifx_err_nomem(err));
}

bool ifx_hcl_format(const char *text, size_t len, IfxBuf *out, IfxErr *err) {
  IfxHclTokens tokens = {0};
  IfxBuf modern = {0};
  bool ok = ifx_hcl_modernize(text, len, &modern, err) &&
            ifx_hcl_scan(modern.data, modern.len, &tokens, err);
  ok = ok && format_tokens(modern.data, &tokens, out, err);
  free(tokens.items);
  ifx_buf_free(&modern);
  return ok;
}
