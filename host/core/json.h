/* json.h: strict reading of JSON into jansson's values, and the pieces of writing it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_JSON_H
#define IFX_JSON_H

#include <jansson.h>

#include "buf.h"
#include "err.h"

/* For reading and for writing; depth counts lists and objects inside each other. */
#define IFX_JSON_MAX_BYTES ((size_t)64 << 20)
#define IFX_JSON_MAX_DEPTH 200

typedef struct IfxJsonLimits {
  size_t max_bytes;   /* 0: default IFX_JSON_MAX_BYTES */
  uint32_t max_depth; /* 0: default IFX_JSON_MAX_DEPTH; never more than jansson's 2048 */
  size_t max_values;  /* 0: default 8 million */
} IfxJsonLimits;

/* Read one value of any type; the caller owns it (json_decref). A byte order mark before it is
 * skipped. Refused with line and column: what RFC 8259 does not allow, text after the value,
 * invalid UTF-8, a key twice in one object, a key that holds NUL, integers outside 64 bits, reals
 * that overflow, what exceeds `limits` (NULL: the defaults). Objects keep the order of their keys.
 * NULL on failure. */
json_t *ifx_json_parse(const char *text, size_t len, const IfxJsonLimits *limits, IfxErr *err);

/* Append a quoted string. False, with nothing appended, when `s` is not UTF-8. */
bool ifx_json_write_string(IfxBuf *out, const char *s, size_t len);

#endif
