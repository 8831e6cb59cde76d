/* test_yaml_scalar.c: scalars read and written. SPDX-License-Identifier: Apache-2.0 */
#include "core/yaml.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "yaml_scalars.h"

/* YAML 1.2.2, section 10.3.2; numbers that 64 bits cannot hold are refused. */
static const Row core[] = {
    {"", "null"},
    {"~", "null"},
    {"null", "null"},
    {"Null", "null"},
    {"NULL", "null"},
    {"nULL", "\"nULL\""},
    {"true", "true"},
    {"True", "true"},
    {"TRUE", "true"},
    {"false", "false"},
    {"False", "false"},
    {"FALSE", "false"},
    {"yes", "\"yes\""},
    {"no", "\"no\""},
    {"on", "\"on\""},
    {"off", "\"off\""},
    {"y", "\"y\""},
    {"n", "\"n\""},
    {"0", "0"},
    {"-0", "0"},
    {"+1", "1"},
    {"017", "17"},
    {"08", "8"},
    {"0o17", "15"},
    {"0O17", "\"0O17\""},
    {"0x1F", "31"},
    {"0X1F", "\"0X1F\""},
    {"-0x1F", "\"-0x1F\""},
    {"-0o7", "\"-0o7\""},
    {"0b101", "\"0b101\""},
    {"1_000", "\"1_000\""},
    {"1.0", "1.0"},
    {"1.", "1.0"},
    {".5", "0.5"},
    {"-.5", "-0.5"},
    {".", "\".\""},
    {"1e3", "1000.0"},
    {"1E-3", "0.001"},
    {"1e", "\"1e\""},
    {".inf", ".inf"},
    {"-.INF", "-.inf"},
    {"+.Inf", ".inf"},
    {".NaN", ".nan"},
    {"-.nan", "\"-.nan\""},
    {"inf", "\"inf\""},
    {"1:20", "\"1:20\""},
    {"2020-01-01", "\"2020-01-01\""},
    {"9223372036854775807", "9223372036854775807"},
    {"9223372036854775808", "too big"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"-9223372036854775809", "too big"},
    {"0xFFFFFFFFFFFFFFFF", "too big"},
    {"1e400", "too big"},
    {"'1'", "\"1\""},
    {"!!str 1", "\"1\""},
    {"!!int \"0o17\"", "15"},
    {"!!int 0b1", "bad"},
    {"!!bool yes", "bad"},
    {"!!bool 'true'", "true"},
    {"!!float 1", "1.0"},
    {"!local 1", "\"1\""},
    {"! 1", "\"1\""},
};

static void show(IfxBuf *out, const IfxYamlNode *n, IfxYamlSchema schema) {
  IfxYamlValue v = n ? ifx_yaml_resolve(n, schema) : (IfxYamlValue){.type = IFX_YAML_NULL};
  IfxErr err;
  IfxBuf bytes = {0};
  switch (v.type) {
  case IFX_YAML_NULL: ifx_buf_str(out, "null"); break;
  case IFX_YAML_BOOL: ifx_buf_str(out, v.boolean ? "true" : "false"); break;
  case IFX_YAML_INT: ifx_buf_fmt(out, "%lld", (long long)v.integer); break;
  case IFX_YAML_REAL: ifx_yaml_write_real(out, v.real); break;
  case IFX_YAML_TOO_BIG: ifx_buf_str(out, "too big"); break;
  case IFX_YAML_BAD: ifx_buf_str(out, "bad"); break;
  case IFX_YAML_BINARY:
    if (ifx_yaml_binary(n, &bytes, &err))
      ifx_buf_fmt(out, "\"%s\"", bytes.data);
    else
      ifx_buf_str(out, "bad");
    ifx_buf_free(&bytes);
    break;
  default: ifx_buf_fmt(out, "\"%s\"", n->value);
  }
}

/* Reals are compared as numbers: Go and ifx place the exponent differently. */
static bool same(const char *got, const char *want) {
  char *end;
  if (strcmp(got, want) == 0) return true;
  return strchr(want, '.') && strchr(got, '.') && got[0] != '.' && want[0] != '"' &&
         strtod(got, NULL) == strtod(want, &end) && *end == '\0';
}

static void check_rows(const Row *rows, size_t count, IfxYamlSchema schema) {
  for (size_t i = 0; i < count; i++) {
    IfxBuf text = {0}, got = {0};
    IfxYamlStream *s;
    IfxErr err;
    ifx_buf_fmt(&text, "v: %s\n", rows[i].text);
    CHECK(ifx_yaml_parse(text.data, text.len, NULL, &s, &err));
    if (s) show(&got, s->docs[0].root->first->next, schema);
    if (!same(got.data ? got.data : "", rows[i].means)) fprintf(stderr, "%s: ", rows[i].text);
    CHECK(same(got.data ? got.data : "", rows[i].means));
    ifx_yaml_free(s);
    ifx_buf_free(&text);
    ifx_buf_free(&got);
  }
}

/* Keys as sigs.k8s.io/yaml v1.4.0 turns them into JSON's; "-" is an error there too. */
static const Row keys[] = {
    {"a", "a"},
    {"1", "1"},
    {"0x1F", "31"},
    {"yes", "true"},
    {"n", "false"},
    {"1.5", "1.5"},
    {"1e3", "1000"},
    {"0.1", "0.1"},
    {"123456789.5", "1.2345679e+08"},
    {"3.141592653589793", "3.1415927"},
    {"1.0", "1"},
    {"16777217.0", "1.6777216e+07"},
    {"-1.5e-10", "-1.5e-10"},
    {".inf", ".inf"},
    {"2020-01-01", "2020-01-01"},
    {"1e400", "1e400"},
    {"'1'", "1"},
    {"\"<<\"", "<<"},
    {"!!str yes", "yes"},
    {"~", "-"},
    {"null", "-"},
    {"18446744073709551615", "-"},
    {"[1]", "-"},
    {"{a: b}", "-"},
};

static void test_keys(void) {
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    IfxBuf text = {0};
    IfxYamlStream *s;
    IfxErr err;
    IfxYamlKey key;
    ifx_buf_fmt(&text, "%s: v\n", keys[i].text);
    CHECK(ifx_yaml_parse(text.data, text.len, NULL, &s, &err));
    if (s) {
      bool ok = ifx_yaml_key(s->docs[0].root->first, IFX_YAML_SCHEMA_KUBERNETES, &key, &err);
      CHECK_STR(ok ? key.text : "-", keys[i].means);
      CHECK(ok || err.line == 1);
    }
    ifx_yaml_free(s);
    ifx_buf_free(&text);
  }
}

/* ---- writing ---- */

static void check_written(const char *text, IfxYamlStyle prefer, bool flow, const char *want) {
  IfxBuf out = {0};
  ifx_yaml_write_string(&out, text, strlen(text), prefer, flow);
  CHECK_STR(out.data, want);
  ifx_buf_free(&out);
}

static void test_strings(void) {
  static const char *plain[] = {
      "a",         "a b", "a:b",  "http://x/y?z#w", "-f",   "--flag=1", "é",
      "nginx:1.2", "./x", "$(A)", "1.2.3",          "v1",   "a#b",      "?x",
      ":80",       "a'b", "x=1",  "10.0.0.0/8",     "~user"};
  static const char *quoted[] = {
      "",           " a",    "a ",      "a: b", "a:",    "a #b",  "-",   "- a",
      "?",          ": a",   "yes",     "y",    "null",  "~",     "1",   "0x1F",
      "1e3",        ".5",    "017",     "08",   "1_0",   "0b1",   "*a",  "&a",
      "!a",         "|",     ">",       "%a",   "@a",    "`a",    "[a",  "{a",
      "]",          "}",     ",",       "'a'",  "\"a\"", "#a",    "<<",  "=",
      "2020-01-01", "12:30", "1:20:30", ".inf", "---",   "--- a", "...", "18446744073709551616",
      "1e400"};
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
    check_written(plain[i], IFX_YAML_SINGLE, false, plain[i]);
  for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++) {
    CHECK(!ifx_yaml_plain_ok(quoted[i], strlen(quoted[i]), false));
    CHECK(!ifx_yaml_plain_ok(quoted[i], strlen(quoted[i]), true));
  }
  check_written("a,b", IFX_YAML_DOUBLE, false, "a,b");
  check_written("a,b", IFX_YAML_DOUBLE, true, "\"a,b\"");
  check_written("a?b", IFX_YAML_SINGLE, true, "'a?b'");
  check_written(":80", IFX_YAML_SINGLE, true, "':80'");
  check_written("a:b", IFX_YAML_SINGLE, true, "a:b");
  check_written("it's: x", IFX_YAML_SINGLE, false, "'it''s: x'");
  check_written("a\"\\: ", IFX_YAML_DOUBLE, false, "\"a\\\"\\\\: \"");
  check_written("a\n\tb\x1b\x01", IFX_YAML_SINGLE, false, "\"a\\n\\tb\\e\\x01\"");
  check_written("a\xC2\x85\xE2\x80\xA8\xEF\xBB\xBF", IFX_YAML_SINGLE, false,
                "\"a\\x85\\u2028\\uFEFF\"");
  IfxBuf out = {0};
  ifx_yaml_write_string(&out, "a\0b", 3, IFX_YAML_DOUBLE, false);
  ifx_yaml_write_quoted(&out, "a", 1, IFX_YAML_SINGLE);
  CHECK_STR(out.data, "\"a\\0b\"'a'");
  ifx_buf_free(&out);
}

static void test_reals(void) {
  static const struct {
    double v;
    const char *want;
  } rows[] = {{1, "1.0"},
              {-0.0, "-0.0"},
              {1.5, "1.5"},
              {0.1, "0.1"},
              {1000, "1000.0"},
              {1e16, "1.0e+16"},
              {1e21, "1.0e+21"},
              {1e-7, "1.0e-07"},
              {0.30000000000000004, "0.30000000000000004"},

              {1.7976931348623157e308, "1.7976931348623157e+308"},
              {INFINITY, ".inf"},
              {-INFINITY, "-.inf"},
              {NAN, ".nan"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    IfxBuf out = {0};
    ifx_yaml_write_real(&out, rows[i].v);
    CHECK_STR(out.data, rows[i].want);
    ifx_buf_free(&out);
  }
}

int main(void) {
  check_rows(kubernetes, sizeof kubernetes / sizeof *kubernetes, IFX_YAML_SCHEMA_KUBERNETES);
  check_rows(core, sizeof core / sizeof *core, IFX_YAML_SCHEMA_CORE);
  test_keys();
  test_strings();
  test_reals();
  return CHECK_END();
}
