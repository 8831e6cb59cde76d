/* yaml_write.c: strings and reals as scalars of one line. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml_impl.h"

bool ifx_yaml_is_utf8(const char *text, size_t len) {
  for (size_t i = 0, n; i < len; i += n)
    if (ifx_yaml_char(text + i, len - i, &n) == 0 && text[i] != '\0') return false;
  return true;
}

bool ifx_yaml_is_clear(uint32_t c) {
  if (c >= 0x20 && c < 0x7F) return true;
  return c >= 0xA0 && c != 0x2028 && c != 0x2029 && c != 0xFEFF && ifx_yaml_char_ok(c);
}

static bool all_clear(const char *text, size_t len) {
  for (size_t i = 0, n; i < len; i += n)
    if (!ifx_yaml_is_clear(ifx_yaml_char(text + i, len - i, &n))) return false;
  return true;
}

/* Dates and base 60 are strings in both schemas, but not for every reader (YAML 1.1 at large,
 * goyaml.v3). */
static bool is_old_number(const char *s) {
  if (strcmp(s, "=") == 0) return true;
  size_t sign = s[0] == '-' || s[0] == '+', digits = strspn(s + sign, "0123456789_");
  if (digits == 0) return false;
  if (s[sign + digits] == ':') return true;
  return digits == 4 && sign == 0 && s[4] == '-' && s[5] >= '0' && s[5] <= '9';
}

/* Does the text mean itself to every reader? Nothing but a number can be long and mean something
 * else. */
static bool is_string(const char *text, size_t len) {
  char copy[128];
  if (len >= sizeof copy) return !strchr("+-.0123456789", text[0]);
  memcpy(copy, text, len);
  copy[len] = '\0';
  IfxYamlNode n = {.value = copy, .value_len = len, .style = IFX_YAML_PLAIN};
  return ifx_yaml_resolve(&n, IFX_YAML_SCHEMA_KUBERNETES).type == IFX_YAML_STR &&
         ifx_yaml_resolve(&n, IFX_YAML_SCHEMA_CORE).type == IFX_YAML_STR && !is_old_number(copy);
}

static bool starts_plain(const char *s, size_t len, bool flow) {
  if (s[0] == '-' || ((s[0] == '?' || s[0] == ':') && !flow)) {
    if (len == 1 || s[1] == ' ') return false;
    if (flow && strchr(",[]{}", s[1])) return false;
  } else if (strchr("?:,[]{}#&*!|>'\"%@`", s[0])) {
    return false;
  }
  bool marker = len >= 3 && (memcmp(s, "---", 3) == 0 || memcmp(s, "...", 3) == 0);
  return !(marker && (len == 3 || s[3] == ' '));
}

bool ifx_yaml_plain_ok(const char *s, size_t len, bool flow) {
  if (len == 0 || s[0] == ' ' || s[len - 1] == ' ' || s[len - 1] == ':') return false;
  if (!starts_plain(s, len, flow) || !all_clear(s, len)) return false;
  for (size_t i = 0; i + 1 < len; i++)
    if ((s[i] == ':' && s[i + 1] == ' ') || (s[i] == ' ' && s[i + 1] == '#')) return false;
  for (size_t i = 0; flow && i < len; i++)
    if (strchr(",[]{}?", s[i])) return false;
  return is_string(s, len);
}

void ifx_yaml_write_escape(IfxBuf *out, uint32_t c) {
  static const char short_names[] = "0......abtnvfr.............e";
  if (c == '"' || c == '\\')
    ifx_buf_fmt(out, "\\%c", (int)c);
  else if (c < sizeof short_names - 1 && short_names[c] != '.')
    ifx_buf_fmt(out, "\\%c", short_names[c]);
  else if (c < 0x100)
    ifx_buf_fmt(out, "\\x%02X", (unsigned)c);
  else
    ifx_buf_fmt(out, c < 0x10000 ? "\\u%04X" : "\\U%08X", (unsigned)c);
}

static void write_double(IfxBuf *out, const char *s, size_t len) {
  ifx_buf_byte(out, '"');
  size_t done = 0;
  for (size_t i = 0, n; i < len; i += n) {
    uint32_t c = ifx_yaml_char(s + i, len - i, &n);
    if (n == 0) n = 1;
    if (ifx_yaml_is_clear(c) && c != '"' && c != '\\') continue;
    ifx_buf_add(out, s + done, i - done);
    ifx_yaml_write_escape(out, c);
    done = i + n;
  }
  ifx_buf_add(out, s + done, len - done);
  ifx_buf_byte(out, '"');
}

static void write_single(IfxBuf *out, const char *s, size_t len) {
  ifx_buf_byte(out, '\'');
  for (size_t i = 0; i < len; i++) {
    if (s[i] == '\'') ifx_buf_byte(out, '\'');
    ifx_buf_byte(out, s[i]);
  }
  ifx_buf_byte(out, '\'');
}

void ifx_yaml_write_quoted(IfxBuf *out, const char *s, size_t len, IfxYamlStyle prefer) {
  if (prefer == IFX_YAML_SINGLE && all_clear(s, len))
    write_single(out, s, len);
  else
    write_double(out, s, len);
}

void ifx_yaml_write_string(IfxBuf *out, const char *s, size_t len, IfxYamlStyle prefer, bool flow) {
  if (ifx_yaml_plain_ok(s, len, flow))
    ifx_buf_add(out, s, len);
  else
    ifx_yaml_write_quoted(out, s, len, prefer);
}

/* YAML 1.1 readers want a dot before an exponent. */
void ifx_yaml_write_real(IfxBuf *out, double v) {
  char exponent[8];
  size_t mark = out->len;
  if (!isfinite(v)) {
    ifx_buf_str(out, isnan(v) ? ".nan" : v > 0 ? ".inf" : "-.inf");
    return;
  }
  ifx_buf_real(out, v);
  char *e = out->failed ? NULL : strchr(out->data + mark, 'e');
  if (!e || strchr(out->data + mark, '.')) return;
  snprintf(exponent, sizeof exponent, "%s", e);
  out->len = (size_t)(e - out->data);
  ifx_buf_fmt(out, ".0%s", exponent);
}
