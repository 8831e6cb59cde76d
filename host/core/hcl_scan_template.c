/* hcl_scan_template.c: the text of strings and heredocs to tokens. SPDX-License-Identifier:
 * Apache-2.0 */
#include <string.h>

#include "hcl_impl.h"

/* Bytes of "${", "%{", "${~" or "%{~" at `at`; 0: none begins here. */
static size_t sequence_at(const IfxHclScan *s, size_t at) {
  if (at + 1 >= s->len || s->text[at + 1] != '{') return 0;
  if (s->text[at] != '$' && s->text[at] != '%') return 0;
  return at + 2 < s->len && s->text[at + 2] == '~' ? 3 : 2;
}

/* "$${" and "%%{" stand for "${" and "%{". */
static bool escaped_sequence(const IfxHclScan *s, size_t at) {
  char c = s->text[at];
  return (c == '$' || c == '%') && at + 2 < s->len && s->text[at + 1] == c &&
         s->text[at + 2] == '{';
}

static bool begin_sequence(IfxHclScan *s, size_t n) {
  size_t open = s->at;
  IfxHclTokenType type = s->text[open] == '$' ? IFX_HT_INTERP : IFX_HT_CONTROL;
  return ifx_hcl_emit(s, type, open, open + n) && ifx_hcl_push(s, IFX_HS_SEQUENCE, open);
}

/* The length of what stands at `at` and stays together; 0: not UTF-8. */
static size_t unit(const IfxHclScan *s, size_t at, bool quoted) {
  size_t n, next;
  if (escaped_sequence(s, at)) return 3;
  ifx_hcl_char(s->text + at, s->len - at, &n);
  if (!n || !quoted || s->text[at] != '\\' || at + 1 >= s->len) return n;
  if (s->text[at + 1] == '\n' || s->text[at + 1] == '\r') return 1;
  ifx_hcl_char(s->text + at + 1, s->len - at - 1, &next);
  return next ? 1 + next : 0;
}

bool ifx_hcl_scan_quoted(IfxHclScan *s) {
  const IfxHclFrame *f = &s->frames[s->depth];
  size_t n = sequence_at(s, s->at), at = s->at;
  if (n) return begin_sequence(s, n);
  while (at < s->len && s->text[at] != '"' && !sequence_at(s, at)) {
    if (s->text[at] == '\n' || s->text[at] == '\r') {
      ifx_hcl_scan_fail(s, f->open, "this string is not closed on its line");
      return ifx_err_hint(s->err, "close the quote, or write a text of several lines as a heredoc");
    }
    n = unit(s, at, true);
    if (!n) return ifx_hcl_scan_fail(s, at, "these bytes are not UTF-8");
    at += n;
  }
  if (at > s->at) return ifx_hcl_emit(s, IFX_HT_TEXT, s->at, at);
  s->depth--;
  return ifx_hcl_emit(s, IFX_HT_CQUOTE, at, at + 1);
}

static size_t past_space(const IfxHclScan *s, size_t at, size_t stop) {
  size_t n;
  while (at < stop && s->text[at] != '\r' && (n = ifx_hcl_space(s->text + at, stop - at))) at += n;
  return at;
}

/* Is the line at `at`, which ends with a break at `stop`, the closing marker? */
static bool closes(const IfxHclScan *s, size_t at, size_t stop) {
  const IfxHclFrame *f = &s->frames[s->depth];
  size_t n = f->marker_end - f->marker;
  at = past_space(s, at, stop);
  if (stop - at < n || memcmp(s->text + at, s->text + f->marker, n) != 0) return false;
  at = past_space(s, at + n, stop);
  return at == stop || (at + 1 == stop && s->text[at] == '\r');
}

static bool close_heredoc(IfxHclScan *s, size_t stop) {
  size_t eol = s->text[stop - 1] == '\r' ? stop - 1 : stop;
  return ifx_hcl_emit(s, IFX_HT_CHEREDOC, s->at, eol) &&
         ifx_hcl_emit(s, IFX_HT_NEWLINE, eol, stop + 1);
}

/* To the end of the line, or to a sequence. */
static size_t text_end(const IfxHclScan *s, size_t *bad) {
  size_t at = s->at, n;
  *bad = 0;
  while (at < s->len && !sequence_at(s, at)) {
    size_t eol = ifx_hcl_break(s->text, s->len, at);
    if (eol) return at + eol;
    n = unit(s, at, false);
    if (!n || s->text[at] == '\r') {
      *bad = at + 1;
      return at;
    }
    at += n;
  }
  return at;
}

bool ifx_hcl_scan_heredoc(IfxHclScan *s) {
  IfxHclFrame *f = &s->frames[s->depth];
  size_t n = sequence_at(s, s->at), bad;
  if (f->line_start) {
    const char *stop = memchr(s->text + s->at, '\n', s->len - s->at);
    size_t line_end = stop ? (size_t)(stop - s->text) : 0;
    if (stop && closes(s, s->at, line_end)) {
      if (!close_heredoc(s, line_end)) return false;
      s->depth--;
      return true;
    }
  }
  if (n) {
    f->line_start = false;
    return begin_sequence(s, n);
  }
  size_t end = text_end(s, &bad);
  if (bad && s->text[bad - 1] == '\r')
    return ifx_hcl_scan_fail(s, bad - 1, "a carriage return that ends no line");
  if (bad) return ifx_hcl_scan_fail(s, bad - 1, "these bytes are not UTF-8");
  f->line_start = s->text[end - 1] == '\n';
  return ifx_hcl_emit(s, IFX_HT_TEXT, s->at, end);
}
