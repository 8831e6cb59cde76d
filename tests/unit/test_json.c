/* test_json.c: reading JSON strictly, with places; writing strings. SPDX-License-Identifier:
 * Apache-2.0 */
#include "core/json.h"

#include "check.h"

#include <stdlib.h>

static json_t *parse(const char *text) {
  IfxErr e;
  json_t *v = ifx_json_parse(text, strlen(text), NULL, &e);
  if (!v) fprintf(stderr, "%s: %s\n", text, e.message);
  CHECK(v != NULL);
  return v;
}

static void refused_n(const char *text, size_t len, const char *kind, int line, int column,
                      const char *message) {
  IfxErr e = {0};
  json_t *v = ifx_json_parse(text, len, NULL, &e);
  CHECK(v == NULL);
  json_decref(v);
  CHECK_STR(e.kind, kind);
  CHECK_STR(e.message, message);
  CHECK_INT(e.line, line);
  CHECK_INT(e.column, column);
}

static void refused(const char *text, int line, int column, const char *message) {
  refused_n(text, strlen(text), "parse", line, column, message);
}

static void reads_integers_exactly(void) {
  json_t *v = parse("[9223372036854775807, -9223372036854775808, 9007199254740993, 1.0, -0.0]");
  CHECK_INT(json_integer_value(json_array_get(v, 0)), INT64_MAX);
  CHECK_INT(json_integer_value(json_array_get(v, 1)), INT64_MIN);
  CHECK_INT(json_integer_value(json_array_get(v, 2)), 9007199254740993);
  CHECK(json_is_real(json_array_get(v, 3)));
  CHECK(json_is_real(json_array_get(v, 4)));
  json_decref(v);
}

static void refuses_numbers_with_their_place(void) {
  refused("[1,\n  18446744073709551616]", 2, 3,
          "number 18446744073709551616 does not fit into 64 bits");
  refused("[\"\xC3\xA9\", -9223372036854775809]", 1, 7,
          "number -9223372036854775809 does not fit into 64 bits");
  refused("{\"a\": 1e400}", 1, 7, "number 1e400 does not fit into 64 bits");
  refused("[01]", 1, 2, "invalid token near '0'");
  refused("[1.]", 1, 2, "invalid token near '1.'");
  refused("[NaN]", 1, 2, "invalid token near 'NaN'");
}

static void refuses_keys_with_their_place(void) {
  refused("{\"a\":1,\n \"b\":2, \"a\":3}", 2, 9, "key \"a\" stands twice in one object");
  refused("{\"\\\"\\\\\":1, \"\\\"\\\\\":3}", 1, 12, "key \"\\\"\\\\\" stands twice in one object");
  refused("{\"a\":1, \"\\u0061\":3}", 1, 9, "key \"\\u0061\" stands twice in one object");
  refused("{\"x\": {\"a\\u0000b\": 1}}", 1, 8, "key \"a\\u0000b\" holds a NUL character");
}

static void refuses_broken_text(void) {
  refused("", 1, 1, "there is no value");
  refused("[1,\n", 2, 1, "the text ends too early: ']' expected near end of file");
  refused("{\"a\": \"b", 1, 9, "the text ends too early: premature end of input near '\"b'");
  refused("\"abc\\", 1, 5, "invalid escape near '\"abc\\'");
  refused("[1] x", 1, 5, "end of file expected near 'x'");
  refused("{} {}", 1, 4, "end of file expected near '{'");
  refused("nul", 1, 1, "invalid token near 'nul'");
  refused("[1,]", 1, 4, "unexpected token near ']'");
  refused("{\"a\" \"b\"}", 1, 6, "':' expected near '\"b\"'");
  refused("[\"\\q\"]", 1, 4, "invalid escape near '\"\\q'");
  refused("[\"\\ud800\"]", 1, 2, "invalid Unicode '\\uD800' near '\"\\ud800\"'");
  refused("// a\n1", 1, 1, "invalid token near '/'");
  refused("'a'", 1, 1, "invalid token near '''");
}

static void refuses_bad_bytes(void) {
  refused("[\"a\nb\"]", 1, 4, "control character 0x0A inside a string");
  refused_n("[\"a\0b\"]", 7, "parse", 1, 4, "control character 0x00 inside a string");
  refused("[\"\xC3\xA9\xFF\"]", 1, 4, "byte 0xFF is not valid UTF-8");
  refused("[\"\xC0\x80\"]", 1, 3, "byte 0xC0 is not valid UTF-8");
  refused("[\"\xE0\x80\x80\"]", 1, 3, "byte 0xE0 is not valid UTF-8");
  refused("[\"\xED\xA0\x80\"]", 1, 3, "byte 0xED is not valid UTF-8");
  refused("[\"\xF4\x90\x80\x80\"]", 1, 3, "byte 0xF4 is not valid UTF-8");
  refused("[\"\xE2\x82\"]", 1, 3, "byte 0xE2 is not valid UTF-8");
  refused("[\xFF]", 1, 2, "byte 0xFF outside a string");
  refused_n("[\0]", 3, "parse", 1, 2, "byte 0x00 outside a string");
}

static void keeps_limits(void) {
  IfxErr e;
  char deep[512] = "";
  for (int i = 0; i < 201; i++) strcat(deep, "[");
  refused_n(deep, strlen(deep), "limit", 1, 201, "nested more than 200 levels deep");
  IfxJsonLimits bytes = {.max_bytes = 3}, values = {.max_values = 3}, depth = {.max_depth = 2};
  CHECK(!ifx_json_parse("1234", 4, &bytes, &e));
  CHECK_STR(e.message, "4 bytes of JSON, more than the 3 allowed");
  CHECK(!ifx_json_parse("[1,2,3]", 7, &values, &e));
  CHECK_STR(e.message, "more than 3 values");
  CHECK_INT(e.column, 5);
  json_t *v = ifx_json_parse("[[\"[[[,,,\"]]", 12, &depth, &e);
  CHECK(v != NULL);
  json_decref(v);
}

static void keeps_order_marks_and_nul(void) {
  json_t *v = parse("\xEF\xBB\xBF {\"z\": 1, \"a\": \"x\\u0000\xC3\xA9\\ud83d\\ude00\", \"m\": 2}");
  void *it = json_object_iter(v);
  CHECK_STR(json_object_iter_key(it), "z");
  it = json_object_iter_next(v, it);
  CHECK_STR(json_object_iter_key(it), "a");
  json_t *s = json_object_iter_value(it);
  CHECK_INT(json_string_length(s), 8);
  CHECK(memcmp(json_string_value(s), "x\0\xC3\xA9\xF0\x9F\x98\x80", 8) == 0);
  CHECK_STR(json_object_iter_key(json_object_iter_next(v, it)), "m");
  json_decref(v);
}

static void writes_strings(void) {
  IfxBuf out = {0};
  CHECK(ifx_json_write_string(&out, "", 0));
  CHECK(ifx_json_write_string(&out, "a\"\\/\b\f\n\r\t\x01\x7F\0z", 13));
  CHECK_STR(out.data, "\"\"\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7F\\u0000z\"");
  size_t before = out.len;
  CHECK(!ifx_json_write_string(&out, "ok \xFF", 4));
  CHECK_INT(out.len, before);
  ifx_buf_free(&out);
}

int main(void) {
  reads_integers_exactly();
  refuses_numbers_with_their_place();
  refuses_keys_with_their_place();
  refuses_broken_text();
  refuses_bad_bytes();
  keeps_limits();
  keeps_order_marks_and_nul();
  writes_strings();
  return CHECK_END();
}
