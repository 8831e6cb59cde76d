/* regex.c: regular expressions as tools write them, on PCRE2. SPDX-License-Identifier: Apache-2.0
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#define MATCH_LIMIT 1000000  /* steps from one place of a text; a path takes some dozens */
#define TOTAL_LIMIT 20000000 /* from all places of a text that is as long as a path */
#define HEAP_LIMIT  20000    /* KiB */

struct IfxRegex {
  pcre2_code *code;
  pcre2_match_context *limits;
};

/* What PCRE2 would read, and Go refuses, at `s[at]`: a word for it, or NULL. */
static const char *not_in_go(const char *s, size_t len, size_t at) {
  static const struct {
    const char *text, *what;
  } groups[] = {{"(?=", "looking ahead"},   {"(?!", "looking ahead"},
                {"(?<=", "looking back"},   {"(?<!", "looking back"},
                {"(?>", "an atomic group"}, {"(?|", "a branch reset"},
                {"(?#", "a comment"},       {"(?(", "a condition"},
                {"(?&", "a recursion"},     {"(?P=", "a backreference"},
                {"(?P>", "a recursion"},    {"(?'", "a name in quotes"},
                {"(?R", "a recursion"},     {"(?+", "a recursion"},
                {"(?C", "a callout"},       {"(*", "a verb of backtracking"},
                {"(?^", "a reset of flags"}};
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
    size_t n = strlen(groups[i].text);
    if (len - at >= n && memcmp(s + at, groups[i].text, n) == 0) return groups[i].what;
  }
  size_t digit = at + 2 + (len - at > 2 && s[at + 2] == '-');
  if (s[at] == '(' && digit < len && s[at + 1] == '?' && s[digit] >= '0' && s[digit] <= '9')
    return "a recursion";
  bool counted =
      s[at] == '}' && at > 0 && ((s[at - 1] >= '0' && s[at - 1] <= '9') || s[at - 1] == ',');
  bool repeats = counted || s[at] == '*' || s[at] == '+' || s[at] == '?';
  if (repeats && at + 1 < len && s[at + 1] == '+') return "a repetition that never gives back";
  return NULL;
}

/* A letter of (?flags) at `at` that Go does not have: its place; else 0. */
static size_t foreign_flag(const char *s, size_t len, size_t at) {
  if (at + 1 >= len || s[at] != '(' || s[at + 1] != '?') return 0;
  for (size_t i = at + 2; i < len && ((s[i] >= 'a' && s[i] <= 'z') || s[i] == 'U' || s[i] == '-');
       i++)
    if (!strchr("imsU-", s[i])) return i;
  return 0;
}

/* Escapes that both know with one meaning; in Go a digit is a number in octal, of two digits or
 * more. */
static bool escape_of_go(const char *s, size_t len, size_t at) {
  char c = s[at + 1];
  if (c >= '1' && c <= '7') return at + 2 < len && s[at + 2] >= '0' && s[at + 2] <= '7';
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '8' || c == '9';
  return !letter || strchr("AbBdDsSwWzpPQEafnrtx", c) != NULL;
}

static bool refuse(IfxErr *err, size_t at, const char *what) {
  ifx_err_set(err, IFX_E_PARSE, "%s: Go's expressions do not know it", what);
  return ifx_err_at(err, 1, (uint32_t)at + 1);
}

/* The last byte of "[:alpha:]" at `at`; `at`: none begins here. */
static size_t named_class(const char *s, size_t len, size_t at) {
  size_t i = at + 2;
  if (at + 1 >= len || s[at] != '[' || s[at + 1] != ':') return at;
  while (i < len && ((s[i] >= 'a' && s[i] <= 'z') || s[i] == '^')) i++;
  return i + 1 < len && s[i] == ':' && s[i + 1] == ']' ? i + 1 : at;
}

/* Go's syntax is a part of PCRE2's: what lies beyond it is refused. */
static bool is_go(const char *s, size_t len, IfxErr *err) {
  bool class = false;
  for (size_t at = 0; at < len; at++) {
    if (s[at] == '\\' && at + 1 < len) {
      if (!escape_of_go(s, len, at)) return refuse(err, at, "this escape");
      if (s[at + 1] == 'Q') { /* literal up to \E */
        while (at + 2 < len && !(s[at + 1] == '\\' && s[at + 2] == 'E')) at++;
      }
      at++;
    } else if (class) {
      if (s[at] == ']') class = false;
      at = named_class(s, len, at);
    } else if (s[at] == '[') {
      class = true;
      if (at + 1 < len && s[at + 1] == '^') at++;
      if (at + 1 < len && s[at + 1] == ']') at++; /* the first one is a member */
    } else {
      const char *what = not_in_go(s, len, at);
      if (what) return refuse(err, at, what);
      size_t flag = foreign_flag(s, len, at);
      if (flag) return refuse(err, flag, "this flag");
    }
  }
  return true;
}

/* ---- compiling ---- */

static pcre2_code *compile(const char *source, size_t len, IfxRegexSyntax syntax, IfxErr *err) {
  uint32_t options =
      PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE;
  if (syntax == IFX_REGEX_GO)
    options |= PCRE2_DOLLAR_ENDONLY;
  else
    options &= ~PCRE2_NO_AUTO_CAPTURE; /* there may be references to groups by number */
  pcre2_compile_context *context = pcre2_compile_context_create(NULL);
  if (!context) return ifx_err_nomem(err), NULL;
  pcre2_set_newline(context, PCRE2_NEWLINE_LF);
  int code;
  PCRE2_SIZE at;
  pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)source, len, options, &code, &at, context);
  pcre2_compile_context_free(context);
  if (compiled) return compiled;
  char why[160];
  pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
  bool large = code == PCRE2_ERROR_PATTERN_TOO_LARGE;
  if (code == PCRE2_ERROR_HEAP_FAILED) {
    ifx_err_nomem(err);
  } else {
    ifx_err_set(err, large ? IFX_E_LIMIT : IFX_E_PARSE, "%s", why);
    ifx_err_at(err, 1, (uint32_t)at + 1);
  }
  return NULL;
}

IfxRegex *ifx_regex_new(const char *source, size_t len, IfxRegexSyntax syntax, IfxErr *err) {
  if (len > IFX_REGEX_MAX) {
    ifx_err_set(err, IFX_E_LIMIT, "an expression of more than %zu bytes", IFX_REGEX_MAX);
    return NULL;
  }
  if (syntax == IFX_REGEX_GO && !is_go(source, len, err)) return NULL;
  IfxRegex *re = calloc(1, sizeof *re);
  if (!re) return ifx_err_nomem(err), NULL;
  re->code = compile(source, len, syntax, err);
  if (!re->code) return ifx_regex_free(re), NULL;
  re->limits = pcre2_match_context_create(NULL);
  if (!re->limits) {
    ifx_err_nomem(err);
    return ifx_regex_free(re), NULL;
  }
  pcre2_set_heap_limit(re->limits, HEAP_LIMIT);
  return re;
}

void ifx_regex_free(IfxRegex *re) {
  if (!re) return;
  pcre2_match_context_free(re->limits);
  pcre2_code_free(re->code);
  free(re);
}

/* ---- matching ---- */

/* PCRE2 counts anew at each place where a match may begin. Walking through the text and back takes
 * as many steps as it is long. */
static uint32_t steps_for(size_t len) {
  size_t shared = TOTAL_LIMIT / (len + 1), walk = len < MATCH_LIMIT / 2 ? 2 * len : MATCH_LIMIT;
  size_t steps = shared > walk ? shared : walk;
  return (uint32_t)(steps < MATCH_LIMIT ? steps : MATCH_LIMIT);
}

static IfxRegexFound fail(int code, IfxErr *err) {
  char why[160];
  pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
  if (code == PCRE2_ERROR_NOMEMORY)
    ifx_err_nomem(err);
  else
    ifx_err_set(err, IFX_E_LIMIT, "the expression takes too many steps on this text: %s", why);
  return IFX_REGEX_ERROR;
}

IfxRegexFound ifx_regex_find(const IfxRegex *re, const char *text, size_t len, size_t from,
                             size_t *first, size_t *end, IfxErr *err) {
  /* Made for each call: it keeps the frames of the longest way back, up to HEAP_LIMIT. One pair:
   * the whole match, not its groups. */
  pcre2_match_data *match = pcre2_match_data_create(1, NULL);
  if (!match) return ifx_err_nomem(err), IFX_REGEX_ERROR;
  pcre2_set_match_limit(re->limits, steps_for(len - from));
  int n = pcre2_match(re->code, (PCRE2_SPTR)text, len, from, 0, match, re->limits);
  if (n >= 0) {
    *first = pcre2_get_ovector_pointer(match)[0];
    *end = pcre2_get_ovector_pointer(match)[1];
  }
  pcre2_match_data_free(match);
  if (n >= 0) return IFX_REGEX_YES;
  return n == PCRE2_ERROR_NOMATCH ? IFX_REGEX_NO : fail(n, err);
}
