/* fuzz_json.c: what is read, written and read again is the same value; what is refused has a place.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(cond)                                                                                 \
  do {                                                                                             \
    if (!(cond)) {                                                                                 \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #cond);                         \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

static void write(IfxBuf *out, json_t *v) {
  const char *key;
  json_t *item;
  size_t i, n = 0;
  switch (json_typeof(v)) {
  case JSON_OBJECT:
    ifx_buf_byte(out, '{');
    json_object_foreach(v, key, item) {
      if (n++) ifx_buf_byte(out, ',');
      MUST(ifx_json_write_string(out, key, strlen(key)));
      ifx_buf_byte(out, ':');
      write(out, item);
    }
    ifx_buf_byte(out, '}');
    break;
  case JSON_ARRAY:
    ifx_buf_byte(out, '[');
    json_array_foreach(v, i, item) {
      if (i) ifx_buf_byte(out, ',');
      write(out, item);
    }
    ifx_buf_byte(out, ']');
    break;
  case JSON_STRING:
    MUST(ifx_json_write_string(out, json_string_value(v), json_string_length(v)));
    break;
  case JSON_INTEGER: ifx_buf_fmt(out, "%lld", (long long)json_integer_value(v)); break;
  case JSON_REAL: ifx_buf_real(out, json_real_value(v)); break;
  case JSON_TRUE: ifx_buf_str(out, "true"); break;
  case JSON_FALSE: ifx_buf_str(out, "false"); break;
  case JSON_NULL: ifx_buf_str(out, "null"); break;
  }
}

static void check_values(const char *text, size_t len) {
  IfxErr err = {0};
  json_t *v = ifx_json_parse(text, len, NULL, &err);
  if (!v) {
    MUST(err.kind && err.message[0] && err.line >= 1 && err.column >= 1);
    return;
  }
  IfxBuf out = {0};
  write(&out, v);
  MUST(!out.failed);
  json_t *again = ifx_json_parse(out.data, out.len, NULL, &err);
  MUST(again && json_equal(v, again));
  json_decref(again);
  json_decref(v);
  ifx_buf_free(&out);
}

static void check_string(const char *bytes, size_t len) {
  IfxErr err;
  IfxBuf out = {0};
  if (ifx_json_write_string(&out, bytes, len)) {
    json_t *s = ifx_json_parse(out.data, out.len, NULL, &err);
    MUST(s && json_string_length(s) == len && memcmp(json_string_value(s), bytes, len) == 0);
    json_decref(s);
  }
  ifx_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  check_values((const char *)data, size);
  check_string((const char *)data, size);
  return 0;
}
