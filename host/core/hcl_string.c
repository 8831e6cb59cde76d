/* hcl_string.c: what strings stand for, and strings as literals. SPDX-License-Identifier:
 * Apache-2.0 */
#include <string.h>

#include "hcl_impl.h"

/* ---- escapes ---- */

static void add_char(IfxBuf *out, uint32_t c) {
  unsigned char u[4];
  size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  static const unsigned char heads[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = n; i-- > 1; c >>= 6) u[i] = (unsigned char)(0x80 | (c & 0x3F));
  u[0] = (unsigned char)(heads[n] | c);
  ifx_buf_add(out, u, n);
}

static int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \uXXXX or \UXXXXXXXX: its length, 0 when it is none. */
static size_t unicode_escape(const char *s, size_t left, IfxBuf *out) {
  size_t digits = s[1] == 'u' ? 4 : 8;
  uint32_t c = 0;
  if (left < 2 + digits) return 0;
  for (size_t i = 0; i < digits; i++) {
    int h = hex_of(s[2 + i]);
    if (h < 0) return 0;
    c = c << 4 | (uint32_t)h;
  }
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
  add_char(out, c);
  return 2 + digits;
}

/* The escape at `s`: its length, 0 when it is none. */
static size_t escape(const char *s, size_t left, IfxBuf *out, const char **why) {
  static const char from[] = "nrt\"\\", to[] = "\n\r\t\"\\";
  const char *known = left > 1 && s[1] ? strchr(from, s[1]) : NULL;
  *why = "no escape begins like this; a backslash is written \\\\";
  if (known) {
    ifx_buf_byte(out, to[known - from]);
    return 2;
  }
  if (left < 2 || (s[1] != 'u' && s[1] != 'U')) return 0;
  *why = "no character: \\u wants four hexadecimal digits, \\U eight";
  return unicode_escape(s, left, out);
}

static bool template_escape(const char *s, size_t left) {
  return left > 2 && (s[0] == '$' || s[0] == '%') && s[1] == s[0] && s[2] == '{';
}

static bool resolve(const char *text, size_t len, bool quoted, IfxBuf *out, size_t *bad,
                    const char **why) {
  for (size_t i = 0, n; i < len; i += n) {
    n = 1;
    if (template_escape(text + i, len - i)) {
      ifx_buf_add(out, text + i + 1, 2);
      n = 3;
    } else if (quoted && text[i] == '\\') {
      n = escape(text + i, len - i, out, why);
      *bad = i;
      if (!n) return false;
    } else {
      ifx_buf_byte(out, text[i]);
    }
  }
  return true;
}

bool ifx_hcl_unescape(const char *text, size_t len, IfxBuf *out, size_t *bad, const char **why) {
  return resolve(text, len, true, out, bad, why);
}

void ifx_hcl_text(const IfxHclTree *t, uint32_t n, IfxBuf *out) {
  const IfxHclNode *node = &t->nodes[n];
  bool quoted = t->nodes[node->up].kind == IFX_HCL_QUOTED;
  size_t bad;
  const char *why;
  resolve(t->text + node->start, node->end - node->start, quoted, out, &bad, &why);
}

/* ---- heredocs ---- */

/* White space characters that the line begins with; UINT32_MAX: it is nothing else. */
static uint32_t indent_of(const char *line, size_t len) {
  uint32_t count = 0;
  size_t i = 0, n;
  while (i < len && (n = ifx_hcl_space(line + i, len - i))) {
    i += n;
    count++;
  }
  return i == len && len && line[len - 1] == '\n' ? UINT32_MAX : count;
}

/* Each text is a line: only sequences part them further. */
static void add_heredoc(const IfxHclTree *t, uint32_t n, IfxBuf *out) {
  uint32_t least = UINT32_MAX;
  bool flush = t->nodes[n].flags & IFX_HCL_FLUSH;
  for (uint32_t c = t->nodes[n].first; c; c = t->nodes[c].next) {
    const IfxHclNode *line = &t->nodes[c];
    uint32_t indent = indent_of(t->text + line->start, line->end - line->start);
    if (indent < least) least = indent;
  }
  for (uint32_t c = t->nodes[n].first; c; c = t->nodes[c].next) {
    const char *line = t->text + t->nodes[c].start;
    size_t len = t->nodes[c].end - t->nodes[c].start, skip = 0, bad;
    const char *why;
    bool blank = indent_of(line, len) == UINT32_MAX;
    for (uint32_t i = 0; flush && !blank && i < least; i++)
      skip += ifx_hcl_space(line + skip, len - skip);
    resolve(line + skip, len - skip, false, out, &bad, &why);
  }
}

bool ifx_hcl_string(const IfxHclTree *t, uint32_t n, IfxBuf *out) {
  const IfxHclNode *node = &t->nodes[n];
  size_t bad;
  const char *why;
  if (node->kind == IFX_HCL_LABEL)
    return resolve(t->text + node->inner, node->inner_end - node->inner, node->inner > node->start,
                   out, &bad, &why);
  for (uint32_t c = node->first; c; c = t->nodes[c].next)
    if (t->nodes[c].kind != IFX_HCL_TEXT) return false;
  if (node->kind == IFX_HCL_HEREDOC) {
    add_heredoc(t, n, out);
    return true;
  }
  for (uint32_t c = node->first; c; c = t->nodes[c].next) ifx_hcl_text(t, c, out);
  return true;
}

/* ---- names ---- */

void ifx_hcl_call_name(const IfxHclTree *t, uint32_t n, IfxBuf *out) {
  const IfxHclNode *call = &t->nodes[n];
  for (const char *s = t->text + call->name, *end = t->text + call->name_end; s < end; s++) {
    if (*s == '#' || (*s == '/' && s[1] == '/'))
      s = memchr(s, '\n', (size_t)(end - s));
    else if (*s == '/')
      s = (const char *)memmem(s + 2, (size_t)(end - s) - 2, "*/", 2) + 1;
    else if (!ifx_hcl_is_white(*s))
      ifx_buf_byte(out, *s);
  }
}

/* ---- literals ---- */

static bool printable(uint32_t c) {
  return c >= 0x20 && (c < 0x7F || c > 0x9F) && c != 0x2028 && c != 0x2029 && c != 0xFEFF;
}

void ifx_hcl_quote(IfxBuf *out, const char *text, size_t len) {
  static const char from[] = "\n\r\t\"\\", to[] = "nrt\"\\";
  ifx_buf_byte(out, '"');
  for (size_t i = 0, n; i < len; i += n) {
    uint32_t c = ifx_hcl_char(text + i, len - i, &n);
    const char *known = c && c < 0x80 ? strchr(from, (int)c) : NULL;
    if (!n) n = 1; /* not UTF-8: the caller has checked */
    if (known)
      ifx_buf_fmt(out, "\\%c", to[known - from]);
    else if (!printable(c))
      ifx_buf_fmt(out, c > 0xFFFF ? "\\U%08x" : "\\u%04x", (unsigned)c);
    else if ((c == '$' || c == '%') && i + 1 < len && text[i + 1] == '{')
      ifx_buf_fmt(out, "%c%c", (char)c, (char)c);
    else
      ifx_buf_add(out, text + i, n);
  }
  ifx_buf_byte(out, '"');
}
