/* yaml_place.c: bytes, characters, lines and breaks of a YAML text. SPDX-License-Identifier:
 * Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "yaml_impl.h"

static size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

uint32_t ifx_yaml_char(const char *text, size_t left, size_t *length) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const unsigned char *s = (const unsigned char *)text;
  size_t n = *length = sequence_length(s[0]);
  if (n == 0 || n > left) return 0;
  if (n == 1) return s[0];
  uint32_t c = s[0] & (0xFFu >> (n + 1));
  for (size_t i = 1; i < n; i++) {
    if ((s[i] & 0xC0) != 0x80) return 0;
    c = c << 6 | (s[i] & 0x3F);
  }
  return c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) ? 0 : c;
}

static bool refuse(IfxYamlPlaces *p, size_t at, uint32_t c, IfxErr *err) {
  if (c == 0 && p->text[at] != '\0')
    ifx_err_set(err, IFX_E_PARSE, "byte 0x%02X is not UTF-8", (unsigned char)p->text[at]);
  else
    ifx_err_set(err, IFX_E_PARSE, "control character U+%04X is not allowed in YAML", (unsigned)c);
  ifx_err_hint(err,
               c == 0 ? "save the file as UTF-8 text; is it a binary file?"
                      : "write it as an escape in double quotes: \"\\u%04X\"",
               (unsigned)c);
  ifx_yaml_line_of(p, at);
  return ifx_err_at(err, p->line, p->column);
}

bool ifx_yaml_char_ok(uint32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  if (c >= 0x7F && c < 0xA0) return c == 0x85;
  return c != 0xFFFE && c != 0xFFFF;
}

#define EACH(byte) (UINT64_MAX / 255 * (byte)) /* the byte in all eight places of a word */

/* Past characters from space to tilde, eight at a time as long as it goes. */
static size_t skip_printable(const char *text, size_t len, size_t i) {
  for (; len - i >= 8; i += 8) {
    uint64_t w, del;
    memcpy(&w, text + i, 8);
    del = w ^ EACH(0x7F);
    uint64_t control = (w - EACH(0x20)) & ~w, delete = (del - EACH(1)) & ~del;
    if ((w | control | delete) & EACH(0x80)) break;
  }
  while (i < len && text[i] >= 0x20 && text[i] < 0x7F) i++;
  return i;
}

bool ifx_yaml_places_init(IfxYamlPlaces *p, const char *text, size_t len, IfxErr *err) {
  *p = (IfxYamlPlaces){.text = text, .len = len, .ascii = true, .line = 1, .column = 1};
  const unsigned char *s = (const unsigned char *)text;
  if (len >= 2 && ((s[0] == 0xFF && s[1] == 0xFE) || (s[0] == 0xFE && s[1] == 0xFF))) {
    ifx_err_set(err, IFX_E_PARSE, "the text is UTF-16, not UTF-8");
    ifx_err_hint(err, "convert it: iconv -f UTF-16 -t UTF-8");
    return ifx_err_at(err, 1, 1);
  }
  if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) p->base = 3;
  p->pos = p->seen = p->base;
  for (size_t i = p->base; (i = skip_printable(text, len, i)) < len;) {
    size_t n;
    uint32_t c = ifx_yaml_char(text + i, len - i, &n);
    if (c == 0 || !ifx_yaml_char_ok(c)) return refuse(p, i, c, err);
    if (n > 1) p->ascii = false;
    i += n;
  }
  return true;
}

size_t ifx_yaml_byte_of(IfxYamlPlaces *p, size_t index) {
  size_t byte = p->base + index;
  if (p->ascii) return byte < p->len ? byte : p->len;
  while (p->chars < index && p->pos < p->len) {
    p->pos += sequence_length((unsigned char)p->text[p->pos]);
    p->chars++;
  }
  while (p->chars > index) {
    do p->pos--;
    while (((unsigned char)p->text[p->pos] & 0xC0) == 0x80);
    p->chars--;
  }
  return p->pos;
}

void ifx_yaml_line_of(IfxYamlPlaces *p, size_t byte) {
  if (byte > p->len) byte = p->len;
  if (byte < p->seen) {
    p->seen = p->base;
    p->line = p->column = 1;
  }
  for (const char *lf;
       (lf = memchr(p->text + p->seen, '\n', byte > p->seen ? byte - p->seen : 0));) {
    p->seen = (size_t)(lf - p->text) + 1;
    p->line++;
    p->column = 1;
  }
  if (p->ascii) {
    if (byte > p->seen) p->column += (uint32_t)(byte - p->seen);
  } else {
    for (size_t i = p->seen; i < byte; i++) p->column += ((unsigned char)p->text[i] & 0xC0) != 0x80;
  }
  if (byte > p->seen) p->seen = byte;
}

size_t ifx_yaml_break_at(const char *text, size_t len, size_t i) {
  if (i >= len) return 0;
  if (text[i] == '\n') return 1;
  if (text[i] == '\r') return i + 1 < len && text[i + 1] == '\n' ? 2 : 1;
  if (len - i >= 2 && memcmp(text + i, "\xC2\x85", 2) == 0) return 2;
  if (len - i >= 3 && memcmp(text + i, "\xE2\x80", 2) == 0 &&
      (text[i + 2] == '\xA8' || text[i + 2] == '\xA9'))
    return 3;
  return 0;
}

size_t ifx_yaml_break_before(const char *text, size_t start, size_t i) {
  for (size_t n = 3; n >= 1; n--)
    if (i >= start + n && ifx_yaml_break_at(text, i, i - n) == n) return n;
  return 0;
}

/* A byte order mark, which libyaml passes over at the beginning of any line. */
static bool is_mark(const char *text, size_t len, size_t i) {
  return len - i >= 3 && memcmp(text + i, "\xEF\xBB\xBF", 3) == 0 &&
         (i == 0 || ifx_yaml_break_before(text, 0, i) > 0);
}

size_t ifx_yaml_skip_blank(const char *text, size_t len, size_t i) {
  for (size_t n; i < len;) {
    if (text[i] == ' ' || text[i] == '\t')
      i++;
    else if ((n = ifx_yaml_break_at(text, len, i)) > 0)
      i += n;
    else if (is_mark(text, len, i))
      i += 3;
    else if (text[i] != '#')
      break;
    else
      while (i < len && !ifx_yaml_break_at(text, len, i)) i++;
  }
  return i;
}

/* libyaml ends an anchor at the first character that cannot be in one: `&a:b` is the text ":b". */
static size_t skip_prop(const char *text, size_t len, size_t i) {
  if (text[i] == '!') {
    while (i < len && text[i] != ' ' && text[i] != '\t' && !ifx_yaml_break_at(text, len, i)) i++;
    return i;
  }
  for (i++; i < len; i++) {
    char c = text[i], letter = c | 0x20;
    if (!(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-') break;
  }
  return i;
}

size_t ifx_yaml_skip_props(const char *text, size_t len, size_t i) {
  while (i < len && (text[i] == '&' || text[i] == '!'))
    i = ifx_yaml_skip_blank(text, len, skip_prop(text, len, i));
  return i;
}

/* The header of a block scalar: past its line; *indent is the digit of its indicator or 0. */
static size_t block_header(const char *text, size_t i, size_t stop, int *indent, bool *keep) {
  *indent = 0;
  *keep = false;
  for (i++; i < stop && strchr("+-123456789", text[i]); i++) {
    if (text[i] == '+') *keep = true;
    if (text[i] >= '1' && text[i] <= '9') *indent = text[i] - '0';
  }
  size_t n = 0;
  while (i < stop && (n = ifx_yaml_break_at(text, stop, i)) == 0) i++;
  return i + n;
}

/* Columns of the first line with content below a header. */
static size_t found_indent(const char *text, size_t i, size_t stop) {
  for (size_t column = 0; i < stop;) {
    size_t n = ifx_yaml_break_at(text, stop, i);
    if (n == 0 && text[i] != ' ') return column;
    column = n ? 0 : column + 1;
    i += n ? n : 1;
  }
  return SIZE_MAX;
}

size_t ifx_yaml_block_end(const char *text, size_t start, size_t stop, int parent) {
  int digit;
  bool keep;
  size_t body = block_header(text, start, stop, &digit, &keep);
  if (keep) return stop > body ? stop : body;
  size_t indent =
      digit ? (size_t)((parent > 0 ? parent : 0) + digit) : found_indent(text, body, stop);
  size_t end = stop;
  while (end > body) { /* take whole lines of indentation off the end */
    size_t n = ifx_yaml_break_before(text, body, end), i = end - n;
    while (i > body && text[i - 1] == ' ') i--;
    bool blank = i == body || ifx_yaml_break_before(text, body, i) > 0;
    if (!blank || end - n - i > indent) break;
    end = i;
  }
  return end > body ? end : body;
}

void ifx_yaml_quote(char *out, size_t size, const char *text, size_t len) {
  size_t keep = len < 60 ? len : 60;
  while (keep > 0 && keep < len && ((unsigned char)text[keep] & 0xC0) == 0x80) keep--;
  snprintf(out, size, "\"%.*s%s\"", (int)keep, text, keep < len ? "…" : "");
  for (char *c = out; *c; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = '?';
}
