/* buf.c: a growing byte buffer. SPDX-License-Identifier: Apache-2.0 */
#include "buf.h"

#include <float.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *ifx_buf_room(IfxBuf *b, size_t n) {
  if (b->failed) return NULL;
  if (n >= SIZE_MAX / 4 - b->len) {
    b->failed = true;
    return NULL;
  }
  if (b->len + n + 1 > b->cap) {
    size_t cap = b->cap ? b->cap : 64;
    while (cap < b->len + n + 1) cap *= 2;
    char *data = realloc(b->data, cap);
    if (!data) {
      b->failed = true;
      return NULL;
    }
    b->data = data;
    b->cap = cap;
  }
  return b->data + b->len;
}

void ifx_buf_add(IfxBuf *b, const void *bytes, size_t n) {
  char *to = ifx_buf_room(b, n);
  if (!to) return;
  if (n) memcpy(to, bytes, n);
  b->len += n;
  b->data[b->len] = '\0';
}

void ifx_buf_str(IfxBuf *b, const char *s) { ifx_buf_add(b, s, strlen(s)); }

void ifx_buf_byte(IfxBuf *b, char c) {
  char *to = b->cap - b->len > 1 && !b->failed ? b->data + b->len : ifx_buf_room(b, 1);
  if (!to) return;
  to[0] = c;
  to[1] = '\0';
  b->len++;
}

void ifx_buf_fill(IfxBuf *b, char c, size_t n) {
  char *to = ifx_buf_room(b, n);
  if (!to) return;
  memset(to, c, n);
  b->len += n;
  b->data[b->len] = '\0';
}

void ifx_buf_fmt(IfxBuf *b, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  int n = vsnprintf(NULL, 0, fmt, ap);
  va_end(ap);
  char *to = n < 0 ? NULL : ifx_buf_room(b, (size_t)n);
  if (!to) return;
  va_start(ap, fmt);
  vsnprintf(to, (size_t)n + 1, fmt, ap);
  va_end(ap);
  b->len += (size_t)n;
}

void ifx_buf_real(IfxBuf *b, double value) {
  char text[40];
  bool subnormal = value > -DBL_MIN && value < DBL_MIN;
  for (int digits = subnormal ? 1 : DBL_DIG; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  ifx_buf_str(b, text);
  if (!strpbrk(text, ".e")) ifx_buf_str(b, ".0");
}

void ifx_buf_free(IfxBuf *b) {
  free(b->data);
  *b = (IfxBuf){0};
}
