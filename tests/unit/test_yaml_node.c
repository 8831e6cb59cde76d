/* test_yaml_node.c: YAML as values, and values as they are printed. SPDX-License-Identifier:
 * Apache-2.0 */
#include "core/node.h"

#include <stdlib.h>

#include "check.h"
#include "core/yaml.h"

/* What kubectl kustomize prints for a field of a resource; NULL: it refuses to. */
static const struct {
  const char *spelled, *printed;
} scalars[] = {
    {"yes", "\"yes\""},
    {"no", "\"no\""},
    {"y", "\"y\""},
    {"on", "\"on\""},
    {"off", "\"off\""},
    {"Yes", "\"Yes\""},
    {"ON", "\"ON\""},
    {"true", "true"},
    {"True", "true"},
    {"TRUE", "true"},
    {"false", "false"},
    {"null", "null"},
    {"Null", "null"},
    {"NULL", "null"},
    {"~", "null"},
    {"1", "1"},
    {"01", "1"},
    {"017", "15"},
    {"0o17", "15"},
    {"0O17", "15"},
    {"0x1F", "31"},
    {"0b101", "5"},
    {"1_000", "1000"},
    {"0777", "511"},
    {"08", "8"},
    {"09", "9"},
    {"+1", "1"},
    {"-1", "-1"},
    {"-0", "0"},
    {"1.0", "1"},
    {"1.50", "1.5"},
    {"1.", "1"},
    {".5", "0.5"},
    {"1e3", "1000"},
    {"1E3", "1000"},
    {"1e-3", "0.001"},
    {"1e+3", "1000"},
    {"1.5e3", "1500"},
    {"1e21", "1e+21"},
    {"1e20", "1e+20"},
    {"1e-7", "1e-07"},
    {"0.000001", "1e-06"},
    {"0.0000001", "1e-07"},
    {"100000000000000000000", "1e+20"},
    {"123456789012345678901234567890", "1.2345678901234568e+29"},
    {"9223372036854775807", "9223372036854775807"},
    {"9223372036854775808", "9223372036854775808"},
    {"18446744073709551615", "18446744073709551615"},
    {"18446744073709551616", "1.8446744073709552e+19"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"-9223372036854775809", "-9.223372036854776e+18"},
    {".inf", NULL},
    {"-.inf", NULL},
    {".nan", NULL},
    {"2020-01-01", "\"2020-01-01T00:00:00Z\""},
    {"2020-1-1", "\"2020-01-01T00:00:00Z\""},
    {"2020-01-01T00:00:00Z", "\"2020-01-01T00:00:00Z\""},
    {"2020-01-01t00:00:00.123+02:00", "\"2020-01-01T00:00:00.123+02:00\""},
    {"12:30:45", "\"12:30:45\""},
    {"1:20", "\"1:20\""},
    {"190:20:30", "\"190:20:30\""},
    {"1.2.3", "1.2.3"},
    {"0x1.8p3", "0x1.8p3"},
    {"1__0", "10"},
    {"0.1", "0.1"},
    {"3.14159265358979323846", "3.141592653589793"},
    {"1e400", "1e400"},
    {"-.5", "-0.5"},
    {"+.5", "0.5"},
    {"0.", "0"},
    {"00", "0"},
    {"-017", "-15"},
    {"0x", "0x"},
    {"1e", "1e"},
    {"1.0e0", "1"},
    {"12e03", "12000"},
    {".e1", ".e1"},
    {"=", "="},
    {"<<x", "<<x"},
    {"0b2", "0b2"},
    {"0o8", "0o8"},
    {"0xFFFFFFFFFFFFFFFF", "18446744073709551615"},
    {"0x1FFFFFFFFFFFFFFFF", "0x1FFFFFFFFFFFFFFFF"},
    {"1_0.5", "10.5"},
    {"!!str 1", "\"1\""},
    {"2.0", "2"},
    {"1e2", "100"},
    {"100e-2", "1"},
    {"16777217.0", "16777217"},
    {"1.7976931348623157e308", "1.7976931348623157e+308"},
    {"5e-324", "5e-324"},
    {"0.30000000000000004", "0.30000000000000004"},
    {"9007199254740993", "9007199254740993"},
    {"9007199254740993.0", "9007199254740992"},
};

/* The document as it is printed; NULL: the error says why not. Freed by the caller. */
static char *printed(const char *text, IfxErr *err) {
  IfxYamlStream *s;
  IfxBuf out = {0};
  IfxTree *t = ifx_tree_new();
  if (!ifx_yaml_parse(text, strlen(text), NULL, &s, err)) {
    ifx_tree_release(t);
    return NULL;
  }
  const IfxNode *n = ifx_yaml_node(t, s->docs[0].root, IFX_YAML_SCHEMA_GO, err);
  ifx_yaml_free(s); /* nodes hold nothing of it */
  if (n) n = ifx_yaml_reread(t, n, err);
  bool ok = n && ifx_yaml_write_canonical(&out, n, err);
  ifx_tree_release(t);
  if (!ok) ifx_buf_free(&out);
  return out.data;
}

static void prints(const char *text, const char *want) {
  IfxErr err = {0};
  char *got = printed(text, &err);
  CHECK_STR(got ? got : err.message, want);
  free(got);
}

static void refuses(const char *text, uint32_t line, const char *message) {
  IfxErr err = {0};
  char *got = printed(text, &err);
  CHECK(!got);
  if (!strstr(err.message, message)) CHECK_STR(err.message, message);
  CHECK_INT(err.line, line);
  free(got);
}

static void test_scalars(void) {
  for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
    char text[100], want[100];
    snprintf(text, sizeof text, "v: %s\n", scalars[i].spelled);
    snprintf(want, sizeof want, "v: %s\n", scalars[i].printed ? scalars[i].printed : "");
    if (scalars[i].printed)
      prints(text, want);
    else
      refuses(text, 1, "has no form in JSON");
  }
}

static void test_strings(void) {
  prints("{a: 'yes', b: \"n\", c: '1', d: x, e: '', f: ' x', g: '0777', h: 'a: b', i: '12:30:45', "
         "j: '~'}",
         "a: \"yes\"\nb: \"n\"\nc: \"1\"\nd: x\ne: \"\"\nf: ' x'\ng: \"0777\"\nh: 'a: b'\n"
         "i: \"12:30:45\"\nj: \"~\"\n");
  prints("a: |\n  x\n  y\nb: |-\n  x\n\n  y\nc: |+\n  x\n\nd: \" x\\ny\"\n",
         "a: |\n  x\n  y\nb: |-\n  x\n\n  y\nc: |+\n  x\n\nd: |2-\n   x\n  y\n");
  prints("a: word word word word word word word word word word word word word word word word word "
         "word\n",
         "a: word word word word word word word word word word word word word word word word\n"
         "  word word\n");
  prints("a: {}\nb: []\nc: [1, [2, 3], {d: 4}]\ne: {f: {g: [h]}}\n",
         "a: {}\nb: []\nc:\n- 1\n- - 2\n  - 3\n- d: 4\ne:\n  f:\n    g:\n    - h\n");
  prints("creationTimestamp: null\nspec:\n", "creationTimestamp: null\nspec: null\n");
}

static void test_order(void) {
  prints(
      "{b: 0, ab: 0, aB: 0, a1b: 0, a10: 0, a9: 0, a01b: 0, a.b: 0, a-b: 0, A: 0, '10': 0, '2': 0,"
      " '1': 0, _x: 0}",
      "_x: 0\n\"1\": 0\n\"2\": 0\n\"10\": 0\nA: 0\na-b: 0\na.b: 0\na01b: 0\na9: 0\na10: 0\na1b: 0\n"
      "aB: 0\nab: 0\nb: 0\n");
}

static void test_anchors(void) {
  prints("base: &b {x: 1, y: [2]}\nuse: *b\nmore: {<<: *b, y: 3}\nlist: {<<: [{x: 9, z: 8}, *b]}\n",
         "base:\n  x: 1\n  \"y\":\n  - 2\nlist:\n  x: 9\n  \"y\":\n  - 2\n  z: 8\nmore:\n  x: 1\n  "
         "\"y\": 3\n"
         "use:\n  x: 1\n  \"y\":\n  - 2\n");
  refuses("a: 1\nb: {<<: 5}\n", 2, "<< merges a mapping");
}

/* What goyaml.v3 makes of folded texts when it writes and reads them. */
static void test_folded(void) {
  prints("a: >\n  one\n  two\n\n  three\n", "a: |\n  one two\n  three\n");
  prints("a: >-\n  one\n    two\n  three\n", "a: |-\n  one\n\n    two\n  three\n");
  prints("a: |-\n  one\n    two\n  three\n", "a: |-\n  one\n    two\n  three\n");
  prints("a: {b: , c}\nd:\n", "a:\n  b: \"\"\n  c: \"\"\nd: null\n");
  refuses("a: 1\nb: |1\n \tx\n", 2, "found a tab character");
}

/* What goyaml reads otherwise than libyaml; NULL: refused, as `want` says. */
static void reads_go(const char *text, const char *printed_as, const char *want) {
  IfxErr err = {0};
  IfxYamlStream *s;
  IfxBuf out = {0};
  IfxTree *t = ifx_tree_new();
  bool ok = ifx_yaml_parse_go(text, strlen(text), NULL, &s, &err);
  if (ok) {
    CHECK_INT(s->ndocs, 1);
    const IfxNode *n = ifx_yaml_node(t, s->docs[0].root, IFX_YAML_SCHEMA_GO, &err);
    CHECK(n && ifx_yaml_write_canonical(&out, n, &err));
    ifx_yaml_free(s);
  }
  CHECK_STR(out.data ? out.data : err.message, printed_as ? printed_as : want);
  ifx_buf_free(&out);
  ifx_tree_release(t);
}

static void test_go(void) {
  reads_go("a: [x?]", NULL, "did not find expected ',' or ']'");
  reads_go("a: {b: c ?d}", NULL, "did not find expected ',' or '}'");
  reads_go("a: \"\\\\/\"", "a: \\/\n", NULL);
  reads_go("a: \"x\\/\"", NULL, "found unknown escape character");
  reads_go("a: 1\n...\n[{", "a: 1\n", NULL);
  reads_go("a: 1\n...\n`", NULL,
           "found character that cannot start any token while scanning for the next token");
  reads_go("\xEF\xBB\xBF"
           "a: [é:, b:]",
           "a:\n- 'é:'\n- 'b:'\n", NULL);
  reads_go("a: [\xEE\x80\x80:]\nb: {c:,d:}",
           "a:\n- '\xEE\x80\x80:'\nb:\n  'c:': null\n  'd:': null\n", NULL);
  reads_go("a: [b:, {]", NULL, "did not find expected node content while parsing a flow node");
  reads_go("a: [!x, b]", NULL, "a tag ends at white space: put a blank behind it");
  IfxBuf text = {0};
  ifx_buf_str(&text, "a: [");
  for (int i = 0; i < 200; i++) ifx_buf_str(&text, "b:, ");
  ifx_buf_add(&text, "]", 2);
  reads_go(text.data, NULL, "found unexpected ':' while scanning a plain scalar");
  ifx_buf_free(&text);
}

static void test_refusals(void) {
  refuses("a: 1\nb: {8080: x}\n", 2, "\"8080\" is a key that is no string");
  refuses("a: 1\nb: {true: y}\n", 2, "\"true\" is a key that is no string");
  refuses("a: 1\nb: {2020-01-01: y}\n", 2, "\"2020-01-01\" is a key that is no string");
  refuses("a: 1\n~: y\n", 2, "\"~\" is a key that is no string");
  prints("a: 1\ntrue: y\n2020-01-01: 1\n", "\"2020-01-01\": 1\na: 1\n\"true\": \"y\"\n");
  refuses("a: 1\n[b]: y\n", 2, "a key is a text");
  refuses("a: !!int x\n", 1, "\"x\" is not the number that its place asks for");
  refuses("a: !!int 1.5\n", 1, "\"1.5\" is not the number that its place asks for");
  refuses("a: !!bool yes\n", 1, "is not what its tag says");
  refuses("a: !!null 1e2\n", 1, "\"1e2\" is written where null is");
  refuses("a: !!timestamp x\n", 1, "\"x\" is not the date that its place asks for");
}

static void test_trees(void) {
  IfxTree *first = ifx_tree_new(), *second = ifx_tree_new(), *third = ifx_tree_new();
  const IfxNode *key = ifx_node_string(first, "key"), *value = ifx_node_string(second, "value");
  const IfxNode *map = ifx_node_map(third, &(IfxField){key, value}, 1);
  CHECK(ifx_tree_use(third, first) && ifx_tree_use(third, second) && ifx_tree_use(third, first));
  CHECK(ifx_tree_use(second, first) && ifx_tree_use(first, first));
  ifx_tree_release(first);
  ifx_tree_release(second);
  CHECK(ifx_node_is_text(ifx_node_get(map, "key"), "value"));
  CHECK(ifx_node_get(map, "other") == NULL && ifx_node_get(NULL, "key") == NULL);
  CHECK(ifx_node_get(value, "key") == NULL && !ifx_node_is_text(map, "value"));
  IfxTree *shared = ifx_tree_share(third);
  ifx_tree_release(third);
  CHECK(ifx_node_is_text(map->fields[0].key, "key"));
  ifx_tree_release(shared);
  ifx_tree_release(NULL);
}

/* The document after a JSON patch, as it is printed. */
static void patches(const char *text, const char *patch, const char *want) {
  IfxErr err = {0};
  IfxYamlStream *s, *p;
  IfxBuf out = {0};
  IfxTree *t = ifx_tree_new();
  CHECK(ifx_yaml_parse(text, strlen(text), NULL, &s, &err));
  CHECK(ifx_yaml_parse(patch, strlen(patch), NULL, &p, &err));
  const IfxNode *n = ifx_yaml_node(t, s->docs[0].root, IFX_YAML_SCHEMA_GO, &err);
  const IfxNode *ops = ifx_yaml_node(t, p->docs[0].root, IFX_YAML_SCHEMA_KUBERNETES, &err);
  n = ifx_node_patch(t, n, ops, &err);
  if (n) n = ifx_yaml_through_json(t, n, &err);
  if (n) CHECK(ifx_yaml_write_canonical(&out, n, &err));
  CHECK_STR(n ? out.data : err.message, want);
  ifx_buf_free(&out);
  ifx_tree_release(t);
  ifx_yaml_free(s);
  ifx_yaml_free(p);
}

static void test_patches(void) {
  patches("a: {b: [1, 2]}",
          "[{op: add, path: /a/c, value: yes}, {op: add, path: /a/b/-, value: 3}]",
          "a:\n  b:\n  - 1\n  - 2\n  - 3\n  c: true\n");
  patches("a: [1, 2]", "[{op: add, path: /a/0, value: 0}, {op: add, path: /a/-1, value: 9}]",
          "a:\n- 0\n- 1\n- 2\n- 9\n");
  patches("a: [1, 2]", "[{op: remove, path: /a/-1}, {op: replace, path: /a/0, value: {x: 0777}}]",
          "a:\n- x: 511\n");
  patches("a: 1", "[{op: replace, path: /b, value: 2}, {op: test, path: /a, value: 1}]",
          "a: 1\nb: 2\n");
  patches("{a: {x: 1}, b: {}}",
          "[{op: move, from: /a/x, path: /b/y}, {op: copy, from: /b/y, path: /c}]",
          "a: {}\nb:\n  \"y\": 1\nc: 1\n");
  patches("{a/b: 1, c~d: 2}", "[{op: remove, path: /a~1b}, {op: replace, path: /c~0d, value: 3}]",
          "c~d: 3\n");
  patches("a: 9007199254740993\nb: 9223372036854775807\nc: [18446744073709551615, 12]\nd: "
          "-9223372036854775808",
          "[]",
          "a: 9007199254740992\nb: 9223372036854776000\nc:\n- 1.8446744073709552e+19\n- 12\n"
          "d: -9.223372036854776e+18\n");
  patches("a: 1", "[{op: add, path: /b/c, value: 1}]",
          "add operation does not apply: doc is missing path: /b/c");
  patches("a: 1", "[{op: remove, path: /b}]",
          "remove operation does not apply: unable to remove nonexistent key: b");
  patches("a: [1]", "[{op: add, path: /a/3, value: 1}]",
          "add operation does not apply: unable to access invalid index: 3");
  patches("a: [1]", "[{op: replace, path: /a/1, value: 1}]",
          "replace operation does not apply: unable to access invalid index: 1");
  patches("a: 1", "[{op: test, path: /a, value: 2}]",
          "test operation does not apply: testing value /a failed");
  patches("a: 1", "{op: add}", "a JSON patch is a list of operations");
  patches("a: 1", "[{op: push, path: /a}]",
          "an operation of a JSON patch has op: add, remove, replace, move, copy or test");
  patches("a: 1", "[{op: add}]", "an operation of a JSON patch has a path: /spec/replicas");
}

/* `before`, `unit` so many times, `after`. */
static char *repeated(IfxBuf *out, const char *before, const char *unit, size_t times,
                      const char *after) {
  ifx_buf_str(out, before);
  for (size_t i = 0; i < times; i++) ifx_buf_str(out, unit);
  ifx_buf_add(out, after, strlen(after) + 1);
  return out->data;
}

static void test_growing_patches(void) {
  IfxBuf text = {0};
  patches("{a: {x: 1}}",
          repeated(&text, "[", "{op: copy, from: /a, path: /b}, {op: copy, from: '', path: /a},",
                   60, "]"),
          "a value that holds more than 8000000 others");
  text.len = 0;
  patches("{a: {}}", repeated(&text, "[", "{op: copy, from: /a, path: /a/a},", 100000, "]"),
          "a value of more than 500 levels");
  text.len = 0;
  patches("{a: {}}", repeated(&text, "[{op: remove, path: \"", "/a", 100000, "\"}]"),
          "an operation of a JSON patch with a path of more steps than a value has levels");
  text.len = 0;
  patches("{a: {}}", repeated(&text, "[{op: move, path: /b, from: \"", "/a", 100000, "\"}]"),
          "an operation of a JSON patch with a path of more steps than a value has levels");
  ifx_buf_free(&text);
}

/* Of equal keys own ones count before merged ones, and of those the first: in time. */
static void test_merged_keys(void) {
  IfxBuf text = {0};
  prints(
      "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2, <<: *a}\nc: {z: 3, <<: [*b, *a]}\n",
      "a:\n  x: 1\n  \"y\": 1\nb:\n  x: 1\n  \"y\": 2\n  z: 2\nc:\n  x: 1\n  \"y\": 2\n  z: 3\n");
  ifx_buf_str(&text, "a: &a\n");
  for (int i = 0; i < 200000; i++) {
    char line[32];
    snprintf(line, sizeof line, "  k%d: 1\n", i);
    ifx_buf_str(&text, line);
  }
  ifx_buf_str(&text, "b:\n  <<: *a\n");
  IfxErr err = {0};
  IfxYamlStream *s;
  IfxTree *t = ifx_tree_new();
  CHECK(ifx_yaml_parse(text.data, text.len, NULL, &s, &err));
  const IfxNode *n = ifx_yaml_node(t, s->docs[0].root, IFX_YAML_SCHEMA_GO, &err);
  CHECK(n && ifx_node_get(n, "b")->count == 200000);
  ifx_tree_release(t);
  ifx_yaml_free(s);
  ifx_buf_free(&text);
}

int main(void) {
  test_scalars();
  test_strings();
  test_order();
  test_anchors();
  test_folded();
  test_go();
  test_refusals();
  test_trees();
  test_patches();
  test_growing_patches();
  test_merged_keys();
  return CHECK_END();
}
