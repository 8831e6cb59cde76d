/* yaml_emit.c: values in block style, from events. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_impl.h"

#define LONGEST_KEY 1000 /* libyaml reads "key:" only if the colon comes within 1024 characters */

static size_t column_of(const IfxYamlWriter *w) { return w->top ? w->top->column : 0; }

/* To where the next entry of the open collection begins. */
static void start_entry(IfxYamlWriter *w) {
  if (!w->in_line) ifx_buf_fill(w->out, ' ', column_of(w));
  w->in_line = false;
}

/* To where a value begins; `gap` is what stands between it and its key or dash. */
static void start_value(IfxYamlWriter *w, bool gap) {
  if (w->top && w->top->seq) {
    start_entry(w);
    ifx_buf_byte(w->out, '-');
  }
  if (gap && w->top) ifx_buf_byte(w->out, ' ');
}

static void put_word(IfxYamlWriter *w, const char *word) {
  start_value(w, true);
  ifx_buf_str(w->out, word);
  ifx_buf_byte(w->out, '\n');
}

void ifx_yaml_put_null(IfxYamlWriter *w) { put_word(w, "null"); }

void ifx_yaml_put_bool(IfxYamlWriter *w, bool v) { put_word(w, v ? "true" : "false"); }

void ifx_yaml_put_empty(IfxYamlWriter *w, IfxYamlKind kind) {
  put_word(w, kind == IFX_YAML_SEQ ? "[]" : "{}");
}

void ifx_yaml_put_int(IfxYamlWriter *w, int64_t v) {
  start_value(w, true);
  ifx_buf_fmt(w->out, "%lld\n", (long long)v);
}

void ifx_yaml_put_real(IfxYamlWriter *w, double v) {
  start_value(w, true);
  ifx_yaml_write_real(w->out, v);
  ifx_buf_byte(w->out, '\n');
}

/* ---- strings ---- */

/* Several lines, none of which needs an escape, and at least one of them with something to see. */
static bool literal_ok(const char *s, size_t len) {
  bool visible = false;
  for (size_t i = 0, n; i < len; i += n) {
    uint32_t c = ifx_yaml_char(s + i, len - i, &n);
    if (c == ' ' || c == '\t' || c == '\n') continue;
    if (!ifx_yaml_is_clear(c)) return false;
    visible = true;
  }
  return visible && memchr(s, '\n', len);
}

static void put_literal(IfxYamlWriter *w, const char *s, size_t len) {
  size_t step = !w->top || w->top->seq ? 2 : w->indent, column = column_of(w) + step;
  start_value(w, true);
  ifx_buf_byte(w->out, '|');
  if (strchr(" \t\n", s[0])) ifx_buf_fmt(w->out, "%zu", step);
  bool ends = s[len - 1] == '\n';
  if (!ends)
    ifx_buf_byte(w->out, '-');
  else if (s[len - 2] == '\n')
    ifx_buf_byte(w->out, '+');
  ifx_buf_byte(w->out, '\n');
  for (size_t i = 0, n; i < len; i += n + 1) {
    const char *nl = memchr(s + i, '\n', len - i);
    n = nl ? (size_t)(nl - s) - i : len - i;
    if (n) ifx_buf_fill(w->out, ' ', column);
    ifx_buf_add(w->out, s + i, n);
    ifx_buf_byte(w->out, '\n');
  }
}

static void put_binary(IfxYamlWriter *w, const unsigned char *s, size_t len) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  start_value(w, true);
  ifx_buf_str(w->out, "!!binary ");
  for (size_t i = 0; i < len; i += 3) {
    size_t left = len - i;
    uint32_t bits = (uint32_t)s[i] << 16;
    if (left > 1) bits |= (uint32_t)s[i + 1] << 8;
    if (left > 2) bits |= s[i + 2];
    char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63],
                    left > 1 ? digits[bits >> 6 & 63] : '=', left > 2 ? digits[bits & 63] : '='};
    ifx_buf_add(w->out, four, sizeof four);
  }
  ifx_buf_byte(w->out, '\n');
}

void ifx_yaml_put_string(IfxYamlWriter *w, const char *s, size_t len) {
  if (!ifx_yaml_is_utf8(s, len)) {
    put_binary(w, (const unsigned char *)s, len);
  } else if (literal_ok(s, len)) {
    put_literal(w, s, len);
  } else {
    start_value(w, true);
    ifx_yaml_write_string(w->out, s, len, IFX_YAML_DOUBLE, false);
    ifx_buf_byte(w->out, '\n');
  }
}

/* ---- collections ---- */

void ifx_yaml_put_key(IfxYamlWriter *w, const char *s, size_t len) {
  start_entry(w);
  size_t mark = w->out->len;
  ifx_yaml_write_string(w->out, s, len, IFX_YAML_DOUBLE, false);
  if (w->out->len - mark > LONGEST_KEY) { /* again as an explicit key */
    w->out->len = mark;
    ifx_buf_str(w->out, "? ");
    ifx_yaml_write_string(w->out, s, len, IFX_YAML_DOUBLE, false);
    ifx_buf_byte(w->out, '\n');
    ifx_buf_fill(w->out, ' ', column_of(w));
  }
  ifx_buf_byte(w->out, ':');
}

void ifx_yaml_put_begin(IfxYamlWriter *w, IfxYamlFrame *f, IfxYamlKind kind) {
  bool seq = kind == IFX_YAML_SEQ, item = w->top && w->top->seq;
  size_t step = !w->top ? 0 : item ? 2 : seq && !w->indent_lists ? 0 : w->indent;
  *f = (IfxYamlFrame){.up = w->top, .column = column_of(w) + step, .seq = seq};
  start_value(w, item);
  if (w->top && !item) ifx_buf_byte(w->out, '\n');
  w->in_line = item;
  w->top = f;
}

void ifx_yaml_put_end(IfxYamlWriter *w) { w->top = w->top->up; }
