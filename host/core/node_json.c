/* node_json.c: values as Go's encoding/json writes them. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "node.h"

/* ---- texts ---- */

static char short_escape(unsigned char c) {
  static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
  const char *at = c ? strchr(from, c) : NULL;
  return at ? to[at - from] : 0;
}

/* U+2028 and U+2029, which end lines in JavaScript. */
static bool ends_line(const char *s, size_t left) {
  return left >= 3 && memcmp(s, "\xE2\x80", 2) == 0 && (s[2] == '\xA8' || s[2] == '\xA9');
}

static void put_string(IfxBuf *out, const char *s, size_t len) {
  char code[8];
  ifx_buf_byte(out, '"');
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)s[i];
    char escape = short_escape(c);
    if (escape) {
      ifx_buf_byte(out, '\\');
      ifx_buf_byte(out, escape);
    } else if (c < ' ' || c == '<' || c == '>' || c == '&') {
      snprintf(code, sizeof code, "\\u%04x", c);
      ifx_buf_str(out, code);
    } else if (ends_line(s + i, len - i)) {
      ifx_buf_str(out, s[i + 2] == '\xA8' ? "\\u2028" : "\\u2029");
      i += 2;
    } else {
      ifx_buf_byte(out, (char)c);
    }
  }
  ifx_buf_byte(out, '"');
}

/* ---- numbers ---- */

/* The shortest digits that read back as the same double: no exponent from 1e-6 to below 1e21. */
static void put_number(IfxBuf *out, double v) {
  char text[40], digits[24];
  int precision = 0;
  size_t count = 0;
  do snprintf(text, sizeof text, "%.*e", precision, v);
  while (strtod(text, NULL) != v && ++precision < 17);
  const char *s = text;
  if (*s == '-') ifx_buf_byte(out, *s++);
  for (; *s != 'e'; s++)
    if (*s != '.') digits[count++] = *s;
  int power = atoi(s + 1);
  double size = fabs(v);
  if (size != 0 && (size < 1e-6 || size >= 1e21)) {
    ifx_buf_byte(out, digits[0]);
    if (count > 1) ifx_buf_byte(out, '.');
    ifx_buf_add(out, digits + 1, count - 1);
    snprintf(text, sizeof text, "e%+d", power);
    ifx_buf_str(out, text);
    return;
  }
  if (power < 0) ifx_buf_str(out, "0.");
  if (power < 0) ifx_buf_fill(out, '0', (size_t)-power - 1);
  size_t whole = power < 0 ? count : (size_t)power + 1;
  ifx_buf_add(out, digits, count < whole ? count : whole);
  if (count < whole) ifx_buf_fill(out, '0', whole - count);
  if (count > whole) ifx_buf_byte(out, '.');
  if (count > whole) ifx_buf_add(out, digits + whole, count - whole);
}

/* ---- lists and maps ---- */

static bool put(IfxBuf *out, const IfxNode *n);

static int by_bytes(const void *a, const void *b) {
  const IfxNode *x = (*(const IfxField *const *)a)->key, *y = (*(const IfxField *const *)b)->key;
  int order = memcmp(x->text, y->text, x->count < y->count ? x->count : y->count);
  return order ? order : (x->count > y->count) - (x->count < y->count);
}

static bool put_map(IfxBuf *out, const IfxNode *n) {
  const IfxField **fields = malloc((n->count + 1) * sizeof *fields);
  bool ok = fields != NULL;
  for (size_t i = 0; ok && i < n->count; i++) fields[i] = &n->fields[i];
  if (ok) qsort(fields, n->count, sizeof *fields, by_bytes);
  ifx_buf_byte(out, '{');
  for (size_t i = 0; ok && i < n->count; i++) {
    if (i) ifx_buf_byte(out, ',');
    put_string(out, fields[i]->key->text, fields[i]->key->count);
    ifx_buf_byte(out, ':');
    ok = put(out, fields[i]->value);
  }
  ifx_buf_byte(out, '}');
  free(fields);
  return ok;
}

static bool put_list(IfxBuf *out, const IfxNode *n) {
  ifx_buf_byte(out, '[');
  for (size_t i = 0; i < n->count; i++) {
    if (i) ifx_buf_byte(out, ',');
    if (!put(out, n->items[i])) return false;
  }
  ifx_buf_byte(out, ']');
  return true;
}

static bool put(IfxBuf *out, const IfxNode *n) {
  switch (n->kind) {
  case IFX_NODE_LIST: return put_list(out, n);
  case IFX_NODE_MAP: return put_map(out, n);
  case IFX_NODE_INT:
  case IFX_NODE_REAL: put_number(out, strtod(n->text, NULL)); return true;
  case IFX_NODE_NULL:
  case IFX_NODE_BOOL: ifx_buf_add(out, n->text, n->count); return true;
  default: put_string(out, n->text, n->count); return true;
  }
}

bool ifx_node_json(IfxBuf *out, const IfxNode *n) { return put(out, n) && !out->failed; }
