/* hcl_edit_lines.c: lines, comments and empty lines around what is edited. SPDX-License-Identifier:
 * Apache-2.0 */
#include <string.h>

#include "hcl_doc_impl.h"

size_t ifx_hcl_line_start(const IfxHclDoc *d, size_t at) {
  size_t bom = ifx_hcl_bom(d->text, d->len);
  while (at > bom && d->text[at - 1] != '\n') at--;
  return at;
}

size_t ifx_hcl_past_blanks(const IfxHclDoc *d, size_t at) {
  while (at < d->len && (ifx_hcl_is_blank(d->text[at]))) at++;
  return at;
}

bool ifx_hcl_first_on_line(const IfxHclDoc *d, size_t at) {
  return ifx_hcl_past_blanks(d, ifx_hcl_line_start(d, at)) == at;
}

/* Where the comment at `at` ends, one of a line before its break; `at`: none begins here. */
static size_t comment_end(const IfxHclDoc *d, size_t at) {
  const char *s = d->text + at;
  size_t left = d->len - at;
  if (left > 1 && s[0] == '/' && s[1] == '*') {
    const char *close = memmem(s + 2, left - 2, "*/", 2);
    return close ? (size_t)(close - d->text) + 2 : at;
  }
  if (left == 0 || !(*s == '#' || (left > 1 && s[0] == '/' && s[1] == '/'))) return at;
  const char *lf = memchr(s, '\n', left);
  size_t end = lf ? (size_t)(lf - d->text) : d->len;
  return lf && lf[-1] == '\r' ? end - 1 : end;
}

size_t ifx_hcl_rest_of_line(const IfxHclDoc *d, size_t at) {
  for (;;) {
    size_t next = ifx_hcl_past_blanks(d, at), end = comment_end(d, next);
    bool line_ends = next == d->len || ifx_hcl_break(d->text, d->len, next);
    if (end == next) return line_ends ? next : at;
    at = end;
  }
}

const char *ifx_hcl_eol(const IfxHclDoc *d) {
  const char *lf = d->len ? memchr(d->text, '\n', d->len) : NULL;
  return lf && lf > d->text && lf[-1] == '\r' ? "\r\n" : "\n";
}

bool ifx_hcl_blank_line(const IfxHclDoc *d, size_t at, size_t *next) {
  size_t end = ifx_hcl_past_blanks(d, at), eol = ifx_hcl_break(d->text, d->len, end);
  *next = end + eol;
  return eol > 0;
}

/* Between two items stand comments and white space only. */
size_t ifx_hcl_comments_above(const IfxHclDoc *d, size_t at, size_t bound) {
  size_t run = at; /* where the comments begin that no empty line parts from `at` */
  bool empty = false;
  for (size_t i = bound, end; i < at; i = end) {
    end = comment_end(d, i);
    bool opens = end > i && run == at && ifx_hcl_first_on_line(d, i);
    if (opens && ifx_hcl_line_start(d, i) >= bound) run = ifx_hcl_line_start(d, i);
    if (end > i) {
      empty = false;
    } else if (d->text[end++] == '\n') {
      if (empty) run = at;
      empty = true;
    }
  }
  return run;
}
