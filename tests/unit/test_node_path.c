/* test_node_path.c: paths of replacements: what they lead to and what is written there.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/node_path.h"

#include <stdlib.h>

#include "check.h"
#include "core/yaml.h"

static const char object[] = "meta: {labels: {a.b/c: dotted}}\n"
                             "n: 5\n"
                             "none: ~\n"
                             "date: 2019-01-01\n"
                             "quoted: \"x\"\n"
                             "empty: []\n"
                             "words: [a, b]\n"
                             "list:\n"
                             "- {name: \"one\", image: nginx:1}\n"
                             "- {name: two, image: nginx:2}\n";

static IfxTree *tree;
static const IfxNode *top;

static const IfxNode *parse(const char *text) {
  IfxErr err;
  IfxYamlStream *stream = NULL;
  if (!ifx_yaml_parse(text, strlen(text), NULL, &stream, &err)) exit(2);
  const IfxNode *n = ifx_yaml_node(tree, stream->docs[0].root, IFX_YAML_SCHEMA_GO, &err);
  ifx_yaml_free(stream);
  return n;
}

static IfxBuf line;

/* The text of a value on one line; what failed, or "nothing". */
static const char *shown(const IfxNode *n, const IfxErr *err) {
  IfxErr print;
  line.len = 0;
  if (!n) {
    ifx_buf_str(&line, err->kind ? err->message : "nothing");
    return line.data;
  }
  if (!ifx_yaml_write_canonical(&line, n, &print)) return "unprintable";
  for (char *s = line.data; *s; s++)
    if (*s == '\n') *s = s[1] ? '|' : '\0';
  return line.data;
}

static const char *source(const char *path) {
  IfxErr err;
  IfxNodePath *p = ifx_node_path_new(path, strlen(path), IFX_PATH_SOURCE, &err);
  const char *out = shown(p ? ifx_node_lookup(top, p, &err) : NULL, &err);
  ifx_node_path_free(p);
  return out;
}

static void test_sources(void) {
  static const struct {
    const char *path, *leads_to;
  } cases[] = {
      {"n", "5"},
      {".n", "5"},
      {"meta.labels.[a.b/c]", "dotted"},
      {"meta.labels.a\\.b/c", "dotted"},
      {"words.0", "a"},
      {"words.-", "b"},
      {"empty.-", "nothing"},
      {"words.2", "nothing"},
      {"words.[=b]", "b"},
      {"words.[=c]", "nothing"},
      {"list.[name=two].image", "nginx:2"},
      {" list . [name=one] .. image ", "nginx:1"},
      {"none.x", "nothing"},
      {"missing.x", "nothing"},
      {"words.*", "wildcard is not supported in PathGetter"},
      {"words.-1", "array index -1 cannot be negative"},
      {"n.x", "wrong node kind: expected MappingNode but got ScalarNode"},
      {"words.x", "wrong node kind: expected MappingNode but got SequenceNode"},
      {"meta.0", "wrong node kind: expected SequenceNode but got MappingNode"},
      {"words.[x]", "list path element must contain fieldName=fieldValue for element to match: "
                    "'[x]' has no ="},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    CHECK_STR(source(cases[i].path), cases[i].leads_to);
}

/* An expression is a text that stands somewhere, ^ its beginning, $ its end. */
static bool matches(void *self, size_t step, const char *text, size_t len) {
  size_t count;
  const IfxStep *s = &ifx_node_path_steps(self, &count)[step];
  const char *of = s->value;
  size_t n = s->value_len;
  bool start = n && *of == '^', stop = n && of[n - 1] == '$';
  of += start;
  n -= (size_t)start + stop;
  for (size_t i = 0; i + n <= len; i++)
    if (memcmp(text + i, of, n) == 0 && (!start || i == 0) && (!stop || i + n == len)) return true;
  return false;
}

typedef struct Writing {
  const char *path, *value;
  bool create;
  const char *delimiter;
  int64_t index;
} Writing;

static const char *written(Writing w, const char *field) {
  IfxErr err = {0};
  size_t places = 0;
  IfxNodePath *p = ifx_node_path_new(w.path, strlen(w.path), IFX_PATH_TARGET, &err);
  IfxReplacement how = {.value = parse(w.value),
                        .create = w.create,
                        .delimiter = w.delimiter,
                        .delimiter_len = w.delimiter ? strlen(w.delimiter) : 0,
                        .index = w.index,
                        .kind_of = ifx_yaml_kind,
                        .matches = matches,
                        .self = p};
  const IfxNode *n = p ? ifx_node_replace(tree, top, p, &how, &places, &err) : NULL;
  const char *out = n && !places ? "no place" : shown(n ? ifx_node_get(n, field) : NULL, &err);
  CHECK(!n || places || n == top);
  ifx_node_path_free(p);
  return out;
}

static void test_scalars_keep_their_kind(void) {
  CHECK_STR(written((Writing){"n", "\"80\""}, "n"), "80");
  CHECK_STR(written((Writing){"n", "yes"}, "n"), "unprintable");
  CHECK_STR(written((Writing){"n", "1.5"}, "n"), "unprintable");
  CHECK_STR(written((Writing){"n", "[a]"}, "n"), "unprintable");
  CHECK_STR(written((Writing){"none", "80"}, "none"), "unprintable");
  CHECK_STR(written((Writing){"date", "80"}, "date"), "unprintable");
  CHECK_STR(written((Writing){"date", "2020-1-2"}, "date"), "\"2020-01-02T00:00:00Z\"");
  CHECK_STR(written((Writing){"quoted", "80"}, "quoted"), "\"80\"");
  CHECK_STR(written((Writing){"words", "\"80\""}, "words"), "\"80\"");
  CHECK_STR(written((Writing){"empty", "{a: b}"}, "empty"), "a: b");
}

static void test_places(void) {
  CHECK_STR(written((Writing){"words.*", "c"}, "words"), "- c|- c");
  CHECK_STR(written((Writing){"words.[=^b$]", "c"}, "words"), "- a|- c");
  CHECK_STR(written((Writing){"words.[=b].0.1", "c"}, "words"), "- a|- c");
  CHECK_STR(written((Writing){"words.+1", "c"}, "words"), "- a|- c");
  CHECK_STR(written((Writing){"words.2", "c"}, "words"),
            "index 2 specified but only 2 elements found");
  CHECK_STR(written((Writing){"list.[name=o].image", "c"}, "list"),
            "- image: c|  name: one|- image: c|  name: two");
  CHECK_STR(written((Writing){"list.[name=^one$].image", "c"}, "list"), "no place");
  CHECK_STR(written((Writing){"list.[name=^\"one\"$].image", "c"}, "list"),
            "- image: c|  name: one|- image: nginx:2|  name: two");
  CHECK_STR(written((Writing){"none.x", "c"}, "none"), "no place");
  CHECK_STR(written((Writing){"missing", "c"}, "missing"), "no place");
  CHECK_STR(written((Writing){"empty.*.x", "c"}, "empty"), "no place");
  CHECK_STR(written((Writing){"n.", "c"}, "n"), "no place");
  CHECK_STR(written((Writing){"meta.", "c"}, "n"),
            "wrong node kind: expected ScalarNode but got MappingNode");
  CHECK_STR(written((Writing){"words.*.x", "c"}, "n"),
            "wrong node kind: expected MappingNode but got ScalarNode");
  CHECK_STR(written((Writing){"meta.*", "c"}, "n"),
            "wrong node kind: expected SequenceNode but got MappingNode");
}

static void test_created(void) {
  CHECK_STR(written((Writing){.path = "new", .value = "\"80\"", .create = true}, "new"), "80");
  CHECK_STR(written((Writing){.path = "new", .value = "\"\"", .create = true}, "new"), "null");
  CHECK_STR(written((Writing){.path = "new.0.[a.b]", .value = "[x]", .create = true}, "new"),
            "- a.b:|  - x");
  CHECK_STR(written((Writing){.path = "empty.[name=9].x", .value = "y", .create = true}, "empty"),
            "- name: 9|  x: \"y\"");
  CHECK_STR(
      written((Writing){.path = "empty.[name=z].name", .value = "\"8\"", .create = true}, "empty"),
      "- name: 8");
  CHECK_STR(written((Writing){.path = "empty.[=z]", .value = "q", .create = true}, "empty"), "- q");
  CHECK_STR(written((Writing){.path = "none.x.y", .value = "q", .create = true}, "none"), "null");
  CHECK_STR(written((Writing){.path = "empty.1", .value = "q", .create = true}, "empty"),
            "index 1 specified but only 0 elements found");
  CHECK_STR(written((Writing){.path = "empty.[=^z$]", .value = "q", .create = true}, "empty"),
            "an item made for [=^z$] is not matched by it");
  CHECK_STR(written((Writing){.path = "new.*.x", .value = "q", .create = true}, "new"),
            "wrong node kind: expected SequenceNode but got MappingNode");
}

static const char *part(const char *path, const char *delimiter, int64_t index) {
  return written((Writing){path, "NEW", false, delimiter, index}, "list");
}

static void test_parts(void) {
  CHECK_STR(part("list.0.image", ":", 0),
            "- image: NEW:1|  name: one|- image: nginx:2|  name: two");
  CHECK_STR(part("list.0.image", ":", 1),
            "- image: nginx:NEW|  name: one|- image: nginx:2|  name: two");
  CHECK_STR(part("list.0.image", ":", 9),
            "- image: nginx:1:NEW|  name: one|- image: nginx:2|  name: two");
  CHECK_STR(part("list.0.image", ":", -1),
            "- image: NEW:nginx:1|  name: one|- image: nginx:2|  name: two");
  CHECK_STR(part("list.0.image", "in", 1),
            "- image: nginNEW|  name: one|- image: nginx:2|  name: two");
  CHECK_STR(part("list", ":", 0), "delimiter option can only be used with scalar nodes");
}

static void test_long_paths(void) {
  char path[1200];
  memset(path, '.', sizeof path);
  for (size_t i = 0; i < sizeof path; i += 2) path[i] = 'a';
  path[999] = '\0';
  CHECK_STR(written((Writing){.path = path, .value = "q", .create = true}, "n"), "5");
  path[999] = '.';
  path[1001] = '\0';
  CHECK_STR(written((Writing){.path = path, .value = "q", .create = true}, "n"),
            "a path of more than 500 steps");
}

int main(void) {
  tree = ifx_tree_new();
  top = parse(object);
  test_sources();
  test_scalars_keep_their_kind();
  test_places();
  test_created();
  test_parts();
  test_long_paths();
  ifx_buf_free(&line);
  ifx_tree_release(tree);
  return CHECK_END();
}
