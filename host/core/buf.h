/* buf.h: a growing byte buffer. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_BUF_H
#define IFX_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise to start. `data` is always followed by a NUL byte once anything was added.
 * Adding never raises; the first failed allocation sets `failed` and later adds do nothing,
 * so a writer checks once at its end. */
typedef struct IfxBuf {
  char *data;
  size_t len;
  size_t cap;
  bool failed;
} IfxBuf;

void ifx_buf_add(IfxBuf *b, const void *bytes, size_t n);
void ifx_buf_str(IfxBuf *b, const char *s);
void ifx_buf_byte(IfxBuf *b, char c);
void ifx_buf_fill(IfxBuf *b, char c, size_t n);
void ifx_buf_fmt(IfxBuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The shortest decimal that reads back as the same finite number, always recognisable as a real:
 * "1.0", "0.1", "1e+300". */
void ifx_buf_real(IfxBuf *b, double value);

/* Make room for n more bytes and return where they go (NULL when memory is gone);
 * the caller then adds to `len` what it wrote. */
char *ifx_buf_room(IfxBuf *b, size_t n);

/* Free and reset to empty; harmless when repeated. */
void ifx_buf_free(IfxBuf *b);

#endif
