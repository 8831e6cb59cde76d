/* json.c: strict reading of JSON into jansson's values, and the pieces of writing it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <ctype.h>
#include <string.h>

/* The length of the UTF-8 sequence at `s`, of which `n` > 0 bytes are there; 0 when it is none. */
static size_t sequence(const unsigned char *s, size_t n) {
  if (s[0] < 0x80) return 1;
  size_t len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
  if (s[0] < 0xC2 || s[0] > 0xF4 || len > n) return 0;
  for (size_t i = 1; i < len; i++) {
    if ((s[i] & 0xC0) != 0x80) return 0;
  }
  bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
  bool surrogate = s[0] == 0xED && s[1] > 0x9F;
  bool beyond = s[0] == 0xF4 && s[1] > 0x8F;
  return overlong || surrogate || beyond ? 0 : len;
}

static bool fail_at(IfxErr *err, const char *text, size_t offset) {
  uint32_t line = 1, column = 1;
  for (size_t i = 0; i < offset; i++) {
    if (text[i] == '\n') {
      line++;
      column = 1;
    } else if ((text[i] & 0xC0) != 0x80) {
      column++;
    }
  }
  return ifx_err_at(err, line, column);
}

/* Where a string that begins at text[i] ends: the offset after its closing quote, or `len`. jansson
 * reports raw control characters and bad bytes too, but without the place where they stand. */
static bool skip_string(const char *text, size_t len, size_t *i, IfxErr *err) {
  size_t at = *i + 1;
  while (at < len && text[at] != '"') {
    unsigned char c = (unsigned char)text[at];
    size_t n = sequence((const unsigned char *)text + at, len - at);
    if (n == 0) {
      ifx_err_set(err, IFX_E_PARSE, "byte 0x%02X is not valid UTF-8", c);
      return fail_at(err, text, at);
    }
    if (c < 0x20) {
      ifx_err_set(err, IFX_E_PARSE, "control character 0x%02X inside a string", c);
      ifx_err_hint(err, "write it as \\u%04X", c);
      return fail_at(err, text, at);
    }
    at += c == '\\' && at + 1 < len && (text[at + 1] == '"' || text[at + 1] == '\\') ? 2 : n;
  }
  *i = at < len ? at + 1 : len;
  return true;
}

/* One pass before jansson's: limits are kept before memory is spent, and what jansson cannot place
 * is placed. */
static bool scan(const char *text, size_t len, const IfxJsonLimits *limits, IfxErr *err) {
  size_t depth = 0, values = 1;
  for (size_t i = 0; i < len;) {
    if (text[i] == '"') {
      if (!skip_string(text, len, &i, err)) return false;
      continue;
    }
    unsigned char c = (unsigned char)text[i];
    if (c >= 0x7F || (c < 0x20 && !isspace(c))) {
      ifx_err_set(err, IFX_E_PARSE, "byte 0x%02X outside a string", c);
      return fail_at(err, text, i);
    }
    bool open = c == '[' || c == '{';
    if (open && ++depth > limits->max_depth) {
      ifx_err_set(err, IFX_E_LIMIT, "nested more than %u levels deep", limits->max_depth);
      return fail_at(err, text, i);
    }
    if ((c == ']' || c == '}') && depth > 0) depth--;
    if ((open || c == ',') && ++values > limits->max_values) {
      ifx_err_set(err, IFX_E_LIMIT, "more than %zu values", limits->max_values);
      return fail_at(err, text, i);
    }
    i++;
  }
  return true;
}

static bool in_word(char c) {
  return isalnum((unsigned char)c) || c == '+' || c == '-' || c == '.';
}

/* jansson names the place after the token it stumbled over; people look for where it begins. */
static size_t token_start(const char *text, size_t end) {
  size_t at = end ? end - 1 : 0;
  if (text[at] == '"') {
    while (at > 0) {
      size_t slashes = 0;
      at--;
      while (text[at] == '"' && slashes < at && text[at - slashes - 1] == '\\') slashes++;
      if (text[at] == '"' && slashes % 2 == 0) break;
    }
    return at;
  }
  while (at > 0 && in_word(text[at]) && in_word(text[at - 1])) at--;
  return at;
}

static bool refuse(const char *text, size_t len, const json_error_t *why, IfxErr *err) {
  if (json_error_code(why) == json_error_out_of_memory) return ifx_err_nomem(err);
  if (json_error_code(why) == json_error_premature_end_of_input) {
    ifx_err_set(err, IFX_E_PARSE, len ? "the text ends too early: %s" : "there is no value",
                why->text);
    return fail_at(err, text, len);
  }
  size_t end = (size_t)why->position < len ? (size_t)why->position : len;
  size_t start = token_start(text, end);
  int shown = end - start > 80 ? 80 : (int)(end - start);
  switch (json_error_code(why)) {
  case json_error_duplicate_key:
    ifx_err_set(err, IFX_E_PARSE, "key %.*s stands twice in one object", shown, text + start);
    break;
  case json_error_null_byte_in_key:
    ifx_err_set(err, IFX_E_PARSE, "key %.*s holds a NUL character", shown, text + start);
    break;
  case json_error_numeric_overflow:
    ifx_err_set(err, IFX_E_PARSE, "number %.*s does not fit into 64 bits", shown, text + start);
    ifx_err_hint(err, "write it as a string");
    break;
  default: ifx_err_set(err, IFX_E_PARSE, "%s", why->text);
  }
  return fail_at(err, text, start);
}

json_t *ifx_json_parse(const char *text, size_t len, const IfxJsonLimits *limits, IfxErr *err) {
  IfxJsonLimits l = limits ? *limits : (IfxJsonLimits){0};
  if (l.max_bytes == 0) l.max_bytes = IFX_JSON_MAX_BYTES;
  if (l.max_depth == 0) l.max_depth = IFX_JSON_MAX_DEPTH;
  if (l.max_values == 0) l.max_values = 8000000;
  if (len > l.max_bytes) {
    ifx_err_set(err, IFX_E_LIMIT, "%zu bytes of JSON, more than the %zu allowed", len, l.max_bytes);
    return NULL;
  }
  if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
    text += 3;
    len -= 3;
  }
  if (!scan(text, len, &l, err)) return NULL;
  json_error_t why;
  json_t *value =
      json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
  if (!value) refuse(text, len, &why, err);
  return value;
}

static void write_escape(IfxBuf *out, unsigned char c) {
  static const char letters[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
  const char *known = c ? strchr(letters, c) : NULL;
  if (known) {
    ifx_buf_byte(out, '\\');
    ifx_buf_byte(out, names[known - letters]);
  } else {
    ifx_buf_fmt(out, "\\u%04x", c);
  }
}

bool ifx_json_write_string(IfxBuf *out, const char *s, size_t len) {
  const unsigned char *u = (const unsigned char *)s;
  size_t before = out->len, plain = 0, i = 0;
  ifx_buf_byte(out, '"');
  while (i < len) {
    size_t n = sequence(u + i, len - i);
    if (n == 0) {
      out->len = before;
      return false;
    }
    if (u[i] < 0x20 || u[i] == '"' || u[i] == '\\') {
      ifx_buf_add(out, s + plain, i - plain);
      write_escape(out, u[i]);
      plain = i + 1;
    }
    i += n;
  }
  ifx_buf_add(out, s + plain, len - plain);
  ifx_buf_byte(out, '"');
  return true;
}
