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
  while (at < d->len && (d->text[at] == ' ' || d->text[at] == '\t')) at++;
  return at;
}

bool ifx_hcl_first_on_line(const IfxHclDoc *d, size_t at) {
  return ifx_hcl_past_blanks(d, ifx_hcl_line_start(d, at)) == at;
}

size_t ifx_hcl_rest_of_line(const IfxHclDoc *d, size_t at) {
  for (;;) {
    size_t next = ifx_hcl_past_blanks(d, at), left = d->len - next;
    const char *s = d->text + next;
    if (left == 0 || ifx_hcl_break(d->text, d->len, next)) return next;
    if (*s == '#' || (left > 1 && s[0] == '/' && s[1] == '/')) {
      const char *eol = memchr(s, '\n', left);
      next = eol ? (size_t)(eol - d->text) : d->len;
      return next > at && eol && eol[-1] == '\r' ? next - 1 : next;
    }
    const char *close = left > 1 && s[0] == '/' && s[1] == '*' ? memmem(s, left, "*/", 2) : NULL;
    if (!close) return at;
    at = (size_t)(close - d->text) + 2;
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

/* The start of the comment lines that end with the line before `at`; `at` when there are none. */
static size_t comment_above(const IfxHclDoc *d, size_t at, size_t bound) {
  size_t line = ifx_hcl_line_start(d, at - 1), first = ifx_hcl_past_blanks(d, line), end = at - 1;
  if (line < bound) return at;
  if (d->text[first] == '#' || (d->text[first] == '/' && d->text[first + 1] == '/')) return line;
  while (end > line &&
         (d->text[end - 1] == ' ' || d->text[end - 1] == '\t' || d->text[end - 1] == '\r'))
    end--;
  if (end < line + 2 || d->text[end - 1] != '/' || d->text[end - 2] != '*') return at;
  for (size_t open = end - 2; open-- > bound;)
    if (d->text[open] == '/' && d->text[open + 1] == '*')
      return ifx_hcl_first_on_line(d, open) && ifx_hcl_line_start(d, open) >= bound
                 ? ifx_hcl_line_start(d, open)
                 : at;
  return at;
}

size_t ifx_hcl_comments_above(const IfxHclDoc *d, size_t at, size_t bound) {
  while (at > bound) {
    size_t above = comment_above(d, at, bound);
    if (above == at) break;
    at = above;
  }
  return at;
}
