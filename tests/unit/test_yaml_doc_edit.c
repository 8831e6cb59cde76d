/* test_yaml_doc_edit.c: edits of YAML documents. SPDX-License-Identifier: Apache-2.0 */
#include <glob.h>

#include "check.h"
#include "yaml_doc_random.h"

/* ---- edits ---- */

typedef struct Case {
  char op;
  const char *path;
  const char *arg; /* the value as YAML, or the new key; insert: "INDEX VALUE" */
  const char *before;
  const char *after; /* NULL: refused with `kind` */
  const char *kind;
} Case;

static void run_case(const Case *c) {
  IfxYdoc d = {0};
  IfxErr err = {0};
  KitPath path;
  char *arg = (char *)c->arg;
  uint32_t index = c->op == 'i' ? (uint32_t)strtoul(arg, &arg, 10) : 0;
  if (c->op == 'i' && *arg == ' ') arg++;
  CHECK(
      ifx_ydoc_open(&d, c->before, strlen(c->before), IFX_YAML_SCHEMA_KUBERNETES, "f.yaml", &err));
  bool done = kit_edit(&d, c->op, kit_path(&path, c->path, 1), index, arg, &err);
  if (c->after) {
    if (!done || strcmp(d.text, c->after) != 0)
      fprintf(stderr, "%c %s %s: %s %s\n", c->op, c->path, c->arg, done ? "" : err.kind,
              done ? "" : err.message);
    CHECK(done);
    CHECK_STR(d.text, c->after);
  } else {
    if (done) fprintf(stderr, "%c %s %s: not refused\n", c->op, c->path, c->arg);
    CHECK(!done);
    CHECK_STR(done ? "" : err.kind, c->kind);
    CHECK_STR(d.text, c->before);
  }
  ifx_ydoc_close(&d);
}

static void run_cases(const Case *cases, size_t n) {
  for (size_t i = 0; i < n; i++) run_case(&cases[i]);
}

#define RUN(cases) run_cases(cases, sizeof cases / sizeof *cases)

static void test_set_scalars(void) {
  static const Case cases[] = {
      {'s', "a", "y", "a: x # c\nb: 2\n", "a: \"y\" # c\nb: 2\n"}, /* y is a boolean to some */
      {'s', "a", "new", "a: x # c\nb: 2\n", "a: new # c\nb: 2\n"},
      {'s', "a", "new", "a:   'old'   \r\nb: 2\r\n", "a:   'new'   \r\nb: 2\r\n"},
      {'s', "a", "it's", "a: 'old'\n", "a: 'it''s'\n"},
      {'s', "a", "new", "a: \"old\"\n", "a: \"new\"\n"},
      {'s', "a", "7", "a: \"old\"\n", "a: 7\n"},
      {'s', "a", "'7'", "a: \"old\"\n", "a: \"7\"\n"},
      {'s', "a", "'7'", "b: 'q'\na: 5\n", "b: 'q'\na: '7'\n"},
      {'s', "a", "true", "a: x\n", "a: true\n"},
      {'s', "a", "1.0", "a: x\n", "a: 1.0\n"},
      {'s', "a", "null", "a: x\n", "a: null\n"},
      {'s', "a", "v", "a:\nb: 1\n", "a: v\nb: 1\n"},
      {'s', "a", "v", "a: # c\nb: 1\n", "a: v # c\nb: 1\n"},
      {'s', "a", "v", "a:", "a: v"},
      {'s', "a/#2", "z", "a:\n- x\n-\n- y\n", "a:\n- x\n- z\n- y\n"},
      {'s', "a/#1", "z", "a:\n  - x # one\n  - y\n", "a:\n  - z # one\n  - y\n"},
      {'s', "a", "z", "a: one\n  two\nb: 1\n", "a: z\nb: 1\n"},
      {'s', "a", "z", "a:\n  one\nb: 1\n", "a:\n  z\nb: 1\n"},
      {'s', "a", "z",
       "\xEF\xBB\xBF"
       "a: x\n",
       "\xEF\xBB\xBF"
       "a: z\n"},
      {'s', "\xC3\xA9", "z", "\xC3\xA9: \xC3\xA9\nb: 1\n", "\xC3\xA9: z\nb: 1\n"},
      {'s', "", "z", "x\n", "z\n"},
      {'s', "a/b", "z", "a: {b: x, c: 1}\n", "a: {b: z, c: 1}\n"},
      {'s', "a/b", "'x, y'", "a: {b: x}\n", "a: {b: \"x, y\"}\n"},
      {'s', "a/b", "z", "a: {b}\n", "a: {b: z}\n"},
      {'s', "a/b", "z", "a: {b: , c: 1}\n", "a: {b: z , c: 1}\n"},
      {'s', "a", "7", "a: !!str x\n", "a: 7\n"},
      {'s', "a", "'7'", "a: !!str x\n", "a: !!str \"7\"\n"},
      {'s', "a", "z", "a: !Ref x\n", "a: !Ref z\n"},
      {'s', "a", "{b: 1}", "a: !Ref x\n", NULL, IFX_E_UNSUPPORTED},
      {'s', "a", "z", "a: &k x\n", "a: &k z\n"},
      {'s', "a", "z", "a: x\r\n", "a: z\r\n"},
      {'s', "a", "x", "a:   x\n", "a:   x\n"},
      {'s', "a", "31", "a: 0x1F\n", "a: 0x1F\n"}, /* it says so already */
      {'s', "a", "\"one\\ntwo\"", "a: \"x\"\n", "a: \"one\\ntwo\"\n"},
  };
  RUN(cases);
}

static void test_set_block_scalars(void) {
  static const Case cases[] = {
      {'s', "a", "\"one\\ntwo\\n\"", "a: |\n  x\n\nb: 1\n", "a: |\n  one\n  two\n\nb: 1\n"},
      {'s', "a", "\"one\\ntwo\"", "a: |-  # c\n    x\nb: 1\n",
       "a: |-  # c\n    one\n    two\nb: 1\n"},
      {'s', "a", "\"one\\n\"", "a: |+\n  x\nb: 1\n", "a: |+\n  one\nb: 1\n"},
      {'s', "a", "\"one\\n\\n\"", "a: |+\n  x\n\n\nb: 1\n", "a: |+\n  one\n\nb: 1\n"},
      {'s', "a", "\"one\\n\"", "a: |-\n  x\nb: 1\n", "a: |\n  one\nb: 1\n"},
      {'s', "a", "\"  one\\ntwo\"", "a: |-\n  x\nb: 1\n", "a: |2-\n    one\n  two\nb: 1\n"},
      {'s', "a", "\"one\\n\\ntwo\\nthree\\n\"", "a: >\n  x\n  y\nb: 1\n",
       "a: >\n  one\n\n\n  two\n\n  three\nb: 1\n"},
      {'s', "a", "z", "a: >-\n  x\n  y\n", "a: >-\n  z\n"},
      {'s', "a", "5", "a: |\n  x\n  y\nb: 1\n", "a: 5\nb: 1\n"},
      {'s', "a", "''", "a: |\n  x\nb: 1\n", "a: \"\"\nb: 1\n"},
      {'s', "a", "\"one\\ntwo\"", "a: x # c\nb: 1\n", "a: |- # c\n  one\n  two\nb: 1\n"},
      {'s', "m/a", "\"one\\ntwo\\n\"", "m:\r\n    a: x\r\n    b: 1\r\n",
       "m:\r\n    a: |\r\n        one\r\n        two\r\n    b: 1\r\n"},
      {'s', "a/#1", "\"one\\ntwo\"", "a:\n- x\n- y\n", "a:\n- |-\n  one\n  two\n- y\n"},
      {'s', "a", "\"one\\ntwo\"", "a:\n  b: 1\nc: 2\n", "a: |-\n  one\n  two\nc: 2\n"},
      {'s', "a", "\"tab\\tand\\r\\nmore\"", "a: x\n", "a: \"tab\\tand\\r\\nmore\"\n"},
      {'s', "a", "\"one\\ntwo\"", "{a: x}\n", "{a: \"one\\ntwo\"}\n"},
      {'s', "a", "\"one\\ntwo\"", "a: x\n    # deep\nb: 1\n",
       "a: \"one\\ntwo\"\n    # deep\nb: 1\n"},
      {'s', "a", "\"one\\ntwo\\n\"", "a: x", "a: \"one\\ntwo\\n\""},
  };
  RUN(cases);
}

static void test_set_collections(void) {
  static const Case cases[] = {
      {'s', "a", "{x: 1, w: [p, q]}", "a: 1 # c\nb: 2\n",
       "a: # c\n  x: 1\n  w:\n  - p\n  - q\nb: 2\n"},
      {'s', "a", "{x: 1, w: [p, q]}", "l:\n    - 1\na: 1\n",
       "l:\n    - 1\na:\n  x: 1\n  w:\n      - p\n      - q\n"},
      {'s', "a", "[p, {q: 1, r: 2}]", "a:\nb: 2\n", "a:\n- p\n- q: 1\n  r: 2\nb: 2\n"},
      {'s', "a", "[]", "a:\n  b: 1\n  c: 2\nd: 1\n", "a: []\nd: 1\n"},
      {'s', "a", "{x: 1}", "a:\n  # why\n  b: 1\n  c: 2 # two\nd: 1\n",
       "a:\n  # why\n  x: 1\nd: 1\n"},
      {'s', "a", "{x: 1}", "a:\n- b\n- c\nd: 1\n", "a:\n  x: 1\nd: 1\n"},
      {'s', "a", "[x]", "a:\n    b: 1\nd: 1\n", "a:\n    - x\nd: 1\n"},
      {'s', "a/#1", "{x: 1, w: 2}", "a:\n  - p\n  - q\n", "a:\n  - x: 1\n    w: 2\n  - q\n"},
      {'s', "a/#1", "{x: 1, w: 2}", "a:\n  - p # c\n  - q\n",
       "a:\n  - # c\n    x: 1\n    w: 2\n  - q\n"},
      {'s', "a/#1", "p", "a:\n  - x: 1\n    y: 2 # c\n  - q\n", "a:\n  - p\n  - q\n"},
      {'s', "a/#1", "{z: 3}", "a:\n  - x: 1\n    y: 2\n  - q\n", "a:\n  - z: 3\n  - q\n"},
      {'s', "a", "[x, w]", "a: [b, c] # c\n", "a: [x, w] # c\n"},
      {'s', "a", "[x, w]", "{\"a\":[\"b\",\"c\"]}", "{\"a\":[\"x\",\"w\"]}"},
      {'s', "a", "{x: {w: [1, z]}}", "{a: 1, b: 2}\n", "{a: {x: {w: [1, z]}}, b: 2}\n"},
      {'s', "a", "[x]", "a: []\nb: 1\n", "a:\n- x\nb: 1\n"},
      {'s', "a", "{x: 1}", "a: &k\n  b: 1\n", "a: &k\n  x: 1\n"},
      {'s', "a", "z", "a: &k\n  b: 1\n", "a: &k z\n"},
      {'s', "a", "z", "a: !!map\n  b: 1\n", "a: z\n"},
      {'s', "", "{x: 1}", "a: 1\nb: 2\n", "x: 1\n"},
      {'s', "", "{x: 1}", "--- a # c\n", "--- # c\nx: 1\n"},
      {'s', "a", "[[1, 2], [3]]", "a: x\n", "a:\n- - 1\n  - 2\n- - 3\n"},
  };
  RUN(cases);
}

static void test_add(void) {
  static const Case cases[] = {
      {'s', "c", "3", "a: 1\nb: 2 # two\n# end\n", "a: 1\nb: 2 # two\nc: 3\n# end\n"},
      {'s', "c", "3", "a: 1\r\nb: 2", "a: 1\r\nb: 2\r\nc: 3"},
      {'s', "c", "3", "a: |\r\n  x\n---\nb: 1\n", "a: |\r\n  x\nc: 3\n---\nb: 1\n"},
      {'s', "m/c", "3", "m:\n    b: 2\n\nz: 1\n", "m:\n    b: 2\n    c: 3\n\nz: 1\n"},
      {'s', "m/#1/c", "3", "m:\n- b: 2\n- z\n", "m:\n- b: 2\n  c: 3\n- z\n"},
      {'s', "c", "3", "a: |+\n  x\n\nz: |+\n  y\n\n", "a: |+\n  x\n\nz: |+\n  y\n\nc: 3\n"},
      {'s', "c", "3", "a: |\n  x\n\n# end\n", "a: |\n  x\nc: 3\n\n# end\n"},
      {'s', "c", "v", "a: 'x'\n", "a: 'x'\nc: 'v'\n"},
      {'s', "c", "v", "a: '5'\n", "a: '5'\nc: v\n"},
      {'s', "c", "'6'", "a: '5'\n", "a: '5'\nc: '6'\n"},
      {'s', "a/c", "3", "a: {b: 1}\n", "a: {b: 1, c: 3}\n"},
      {'s', "a/c", "3", "a: { b: 1 }\n", "a: { b: 1, c: 3 }\n"},
      {'s', "a/c", "3", "{\"a\":{\"b\":1,\"d\":2}}", "{\"a\":{\"b\":1,\"d\":2,\"c\":3}}"},
      {'s', "a/c", "3", "a: {\n  b: 1, # one\n  d: 2 # two\n}\n",
       "a: {\n  b: 1, # one\n  d: 2, # two\n  c: 3\n}\n"},
      {'s', "a/c", "3", "a: {\n  b: 1,\n}\n", "a: {\n  b: 1,\n  c: 3,\n}\n"},
      {'s', "a/c", "3", "a: {}\nb: 1\n", "a:\n  c: 3\nb: 1\n"},
      {'s', "a/c", "3", "a:\nb: 1\n", "a:\n  c: 3\nb: 1\n"},
      {'s', "a/c", "3", "a: null # none\nb: 1\n", "a: # none\n  c: 3\nb: 1\n"},
      {'s', "a/c", "3", "x: [{a: }]\na: { # c\n}\n", "x: [{a: }]\na: {c: 3 # c\n}\n"},
      {'s', "a/b/c", "3", "a: 1\n", NULL, IFX_E_NOT_FOUND},
      {'s', "a/c", "3", "a: 1\n", NULL, IFX_E_NOT_FOUND},
      {'s', "x/c", "3", "a: 1\n", NULL, IFX_E_NOT_FOUND},
      {'s', "#1", "3", "a: 1\n", NULL, IFX_E_NOT_FOUND},
      {'s', "a", "1", "", "a: 1\n"},
      {'s', "a", "1", "# only this\n", "# only this\na: 1\n"},
      {'s', "a", "1", "# only this", "# only this\na: 1"},
      {'s', "a", "1", "---\n# c\n", "---\na: 1\n# c\n"},
      {'s', "c", "{x: [1]}", "l:\n  - 1\n", "l:\n  - 1\nc:\n  x:\n    - 1\n"},
      {'s', "c", "3", "a: |\n  x", NULL, IFX_E_UNSUPPORTED},
      {'s', "c", "3", "a: |-\n  x", "a: |-\n  x\nc: 3"},
      {'s', "c", "3", "? a\n: 1\n", NULL, IFX_E_UNSUPPORTED},
      {'s', "a: b", "3", "x: 1\n", "x: 1\n\"a: b\": 3\n"},
      {'s', "c", "3", "x:\n  - a\n  # - b\n", "x:\n  - a\nc: 3\n  # - b\n"},
  };
  RUN(cases);
}

static void test_insert(void) {
  static const Case cases[] = {
      {'i', "a", "0 z", "a:\n- x\n- y # last\nb: 1\n", "a:\n- x\n- y # last\n- z\nb: 1\n"},
      {'i', "a", "3 z", "a:\n  - x\n  - y", "a:\n  - x\n  - y\n  - z"},
      {'i', "a", "1 z", "a:\n  - x\n", "a:\n  - z\n  - x\n"},
      {'i', "a", "2 z", "a:\n  - x # one\n  # about y\n  - y\n",
       "a:\n  - x # one\n  - z\n  # about y\n  - y\n"},
      {'i', "a", "2 z", "a:\n  - x\n\n  # heading\n  - y\n",
       "a:\n  - x\n\n  # heading\n  - z\n  - y\n"},
      {'i', "a", "2 {p: 1, q: 2}", "a:\n-   x: 1\n-   y: 2\n",
       "a:\n-   x: 1\n-   p: 1\n    q: 2\n-   y: 2\n"},
      {'i', "a", "0 z", "a:\n- 'x'\n", "a:\n- 'x'\n- 'z'\n"},
      {'i', "a", "0 z", "a:\r\n- x\r\n", "a:\r\n- x\r\n- z\r\n"},
      {'i', "a", "0 z", "a: []\nb: 1\n", "a:\n- z\nb: 1\n"},
      {'i', "a", "0 z", "a: []\nb:\n  - 1\n", "a:\n  - z\nb:\n  - 1\n"},
      {'i', "a", "0 z", "a:\nb: 1\n", "a:\n- z\nb: 1\n"},
      {'i', "a", "0 z", "a: [] # none\n", "a: # none\n- z\n"},
      {'i', "a", "0 z", "a: [x, y]\n", "a: [x, y, z]\n"},
      {'i', "a", "1 z", "a: [x, y]\n", "a: [z, x, y]\n"},
      {'i', "a", "2 z", "a: [ 'x','y' ]\n", "a: [ 'x','z','y' ]\n"},
      {'i', "a", "0 z", "a: [x,]\n", "a: [x, z,]\n"},
      {'i', "a", "0 z", "a: [\n  x, # one\n  y\n]\n", "a: [\n  x, # one\n  y,\n  z\n]\n"},
      {'i', "a", "1 z", "a: [\n  x,\n  y\n]\n", "a: [\n  z,\n  x,\n  y\n]\n"},
      {'i', "a/#1", "1 z", "a:\n- - x\n  - y\n", "a:\n- - z\n  - x\n  - y\n"},
      {'i', "a/#1", "0 z", "a:\n- - x\n  - y\n", "a:\n- - x\n  - y\n  - z\n"},
      {'i', "", "0 z", "", "- z\n"},
      {'i', "", "0 z", "- x\n", "- x\n- z\n"},
      {'i', "a", "4 z", "a:\n- x\n- y\n", NULL, IFX_E_ARGUMENT},
      {'i', "a", "0 z", "a: x\n", NULL, IFX_E_ARGUMENT},
      {'i', "a/b", "0 z", "a: x\n", NULL, IFX_E_NOT_FOUND},
      {'i', "a", "0 \"one\\ntwo\\n\"", "a:\n- x\n", "a:\n- x\n- |\n  one\n  two\n"},
      {'i', "a", "0 z", "a:\n- |\n  x\n\n\n# end\n", "a:\n- |\n  x\n- z\n\n\n# end\n"},
  };
  RUN(cases);
}

static void test_delete(void) {
  static const Case cases[] = {
      {'d', "a", "", "a: 1 # c\nb: 2\n", "b: 2\n"},
      {'d', "b", "", "a: 1\nb: 2", "a: 1"},
      {'d', "b", "", "a: 1\r\nb:\r\n  - x\r\n  - y # c\r\nc: 3\r\n", "a: 1\r\nc: 3\r\n"},
      {'d', "b", "", "a: 1\n# about b\n# more\nb: 2\nc: 3\n", "a: 1\nc: 3\n"},
      {'d', "b", "", "a: 1\n\n# heading\nb: 2\nc: 3\n", "a: 1\n\n# heading\nc: 3\n"},
      {'d', "b", "", "a: 1\n# far\n\n# near\nb: 2\nc: 3\n", "a: 1\n# far\n\n# near\nc: 3\n"},
      {'d', "m/b", "", "m:\n  a: 1\n# elsewhere\n  b: 2\n", "m:\n  a: 1\n# elsewhere\n"},
      {'d', "a", "", "# licence\na: 1\nb: 2\n", "# licence\nb: 2\n"},
      {'d', "m/#2", "", "m:\n  - x\n  # about y\n  - y # c\n  - z\n", "m:\n  - x\n  - z\n"},
      {'d', "m/#1", "", "m:\n  # apps\n  - x # c\nn: 1\n", "m: []\n  # apps\nn: 1\n"},
      {'d', "m/#1", "", "m:\n- x\n", "m: []\n"},
      {'d', "m/#1", "", "m:\n- x", "m: []"},
      {'d', "m/a", "", "m:\n  a: 1\nn: 1\n", "m: {}\nn: 1\n"},
      {'d', "m", "", "m:\n  a: 1\n", "{}\n"},
      {'d', "m/#1/a", "", "m:\n- a: 1\n  b: 2\n", "m:\n- b: 2\n"},
      {'d', "m/#1/a", "", "m:\n- a: 1 # c\n  # about b\n  b: 2\n", "m:\n- # about b\n  b: 2\n"},
      {'d', "m/#1/a", "", "m:\n- a: 1\n- z\n", "m:\n- {}\n- z\n"},
      {'d', "m/#1/#1", "", "m:\n- - a\n  - b\n", "m:\n- - b\n"},
      {'d', "a", "", "a: |+\n  x\n\nb: 1\n", "b: 1\n"},
      {'d', "a", "", "a: |\n  x\n\nb: 1\n", "\nb: 1\n"},
      {'d', "b", "", "a: |\n  x\nb: 1", "a: |\n  x\n"},
      {'d', "b", "", "a: |-\n  x\nb: 1", "a: |-\n  x\n"},
      {'d', "b", "", "a: |+\n  x\n\nb: 1\n\nc: 2\n",
       "a: |+\n  x\n\nc: 2\n"}, /* or the value of a would grow */
      {'d', "a/#1", "", "a: [x, y, z]\n", "a: [y, z]\n"},
      {'d', "a/#2", "", "a: [x, y, z]\n", "a: [x, z]\n"},
      {'d', "a/#3", "", "a: [x, y, z]\n", "a: [x, y]\n"},
      {'d', "a/#1", "", "a: [ x ]\n", "a: []\n"},
      {'d', "a/#2", "", "a: [\n  x,\n  y # c\n]\n", "a: [\n  x\n]\n"},
      {'d', "a/#2", "", "a: [\n  x, # one\n  y,\n]\n", "a: [\n  x, # one\n]\n"},
      {'d', "a/#1", "", "a: [\n  x, # one\n  y # two\n]\n", "a: [\n  y # two\n]\n"},
      {'d', "a/b", "", "a: {b: 1, c: 2}\n", "a: {c: 2}\n"},
      {'d', "a/c", "", "a: {b: 1, c: }\n", "a: {b: 1 }\n"},
      {'d', "a/x", "", "a: {b: 1}\n", NULL, IFX_E_NOT_FOUND},
      {'d', "", "", "a: 1\n", NULL, IFX_E_ARGUMENT},
      {'d', "a", "", "? a\n: 1\nb: 2\n", NULL, IFX_E_UNSUPPORTED},
      {'d', "a/#1/b", "", "a: [b: 1, c]\n", NULL, IFX_E_UNSUPPORTED},
  };
  RUN(cases);
}

static void test_rename(void) {
  static const Case cases[] = {
      {'r', "a", "b", "a : 1 # c\n", "b : 1 # c\n"},
      {'r', "a", "b", "'a': 1\n", "'b': 1\n"},
      {'r', "m/a", "yes", "m: {a: 1}\n", "m: {\"yes\": 1}\n"},
      {'r', "a", "a", "a: 1\n", "a: 1\n"},
      {'r', "", "x", "a: 1\n", NULL, IFX_E_ARGUMENT},
      {'r', "8", "8", "8: 1\n", "\"8\": 1\n"}, /* a number is another key than its text */
      {'r', "a", "b", "a: 1\nb: 2\n", NULL, IFX_E_EXISTS},
      {'r', "a/#1", "b", "a: [x]\n", NULL, IFX_E_ARGUMENT},
      {'r', "x", "b", "a: 1\n", NULL, IFX_E_NOT_FOUND},
      {'r', "a", "b", "&k a: 1\nc: *k\n", NULL, IFX_E_UNSUPPORTED},
  };
  RUN(cases);
}

static void test_anchors(void) {
  static const Case cases[] = {
      {'s', "a/x", "2", "a: &k {x: 1}\nb: *k\n", NULL, IFX_E_UNSUPPORTED},
      {'s', "a", "2", "a: &k 1\nb: *k\n", NULL, IFX_E_UNSUPPORTED},
      {'d', "a", "", "a: &k 1\nb: *k\n", NULL, IFX_E_UNSUPPORTED},
      {'d', "m", "", "m: {a: &k 1}\nb: *k\n", NULL, IFX_E_UNSUPPORTED},
      {'d', "m", "", "m: {a: &k 1, b: *k}\nn: 1\n", "n: 1\n"},
      {'s', "b", "2", "a: &k 1\nb: *k\n", "a: &k 1\nb: 2\n"},
      {'s', "b/x", "2", "a: &k {x: 1}\nb: *k\n", NULL, IFX_E_UNSUPPORTED},
      {'d', "b", "", "a: &k 1\nb: *k\n", "a: &k 1\n"},
      {'d', "b/#1", "", "a: &k {x: 1}\nb: [*k, 2]\n", "a: &k {x: 1}\nb: [2]\n"},
      {'s', "b/x", "2", "a: &k {x: 1}\nb:\n  <<: *k\n", "a: &k {x: 1}\nb:\n  <<: *k\n  x: 2\n"},
      {'s', "b/x/y", "2", "a: &k {x: {y: 1}}\nb:\n  <<: *k\n", NULL, IFX_E_UNSUPPORTED},
      {'i', "a", "0 2", "a: &k\n- 1\nb: *k\n", NULL, IFX_E_UNSUPPORTED},
      {'i', "a", "0 2", "a: &k\n- 1\nb: 1\n", "a: &k\n- 1\n- 2\nb: 1\n"},
      {'s', "n", "2", "n: 1\na: &k 1\nb: *k\n", "n: 2\na: &k 1\nb: *k\n"},
  };
  RUN(cases);
}

/* ---- edits that are proved by one line ---- */

static void check_patch(const char *before, const char *path_text, const char *value,
                        bool in_place) {
  IfxYdoc d = {0};
  IfxErr err = {0};
  KitPath path;
  CHECK(ifx_ydoc_open(&d, before, strlen(before), IFX_YAML_SCHEMA_CORE, NULL, &err));
  const IfxYamlStream *tree = d.stream;
  CHECK(kit_edit(&d, 's', kit_path(&path, path_text, 1), 0, value, &err));
  if ((d.stream == tree) != in_place)
    fprintf(stderr, "%s: %s\n", before, in_place ? "parsed" : "not parsed");
  CHECK((d.stream == tree) == in_place);
  const char *problem = kit_tree(&d);
  CHECK_STR(problem ? problem : "", "");
  ifx_ydoc_close(&d);
}

static void test_patches(void) {
  check_patch("a:\n  - x\n  - b: 1 # c\nz: 2\n", "a/#2/b", "longer", true);
  check_patch("a:\n  - x\n  -\nz: 2\n---\nq: 1\n", "a/#2", "v", true);
  check_patch("\xEF\xBB\xBF"
              "a: \xC3\xA9\r\nb: 1\r\n",
              "a", "\xC3\xA9\xC3\xA9", true);
  check_patch("a: &k x\nb: *k\nc: 1\n", "c", "2", true);
  check_patch("a: {b: 1, c: 2}\n", "a/b", "long", false); /* what follows on the line moves */
  check_patch("a:\n  x\nb: 1\n", "a", "z", false);
  check_patch("a: !!str x\nb: 1\n", "a", "z", false);
  check_patch("a: x\nb: 1\n", "a", "\"one\\ntwo\"", false);
  check_patch("\rd d:", "d d", "'a: b'", true); /* a column is counted from the last LF */
  check_patch("a:\n- x\xC2\x85"
              "b:\n- y\n",
              "a/#1", "'[x'", false);
}

/* ---- random edits of real files ---- */

#define EDITS_PER_FILE 12

static long read_whole(const char *path, char *out, size_t size) {
  FILE *f = fopen(path, "rb");
  if (!f) return -1;
  size_t n = fread(out, 1, size - 1, f);
  fclose(f);
  out[n] = '\0';
  return n < size - 1 ? (long)n : -1;
}

typedef struct Tally {
  long files, done, refused;
} Tally;

static void edit_file(const char *path, uint64_t seed, Tally *t) {
  static char text[1 << 20];
  IfxYdoc d = {0};
  IfxErr err;
  KitEdit e;
  KitRandom r = {.state = seed};
  long n = read_whole(path, text, sizeof text);
  if (n < 0 || !ifx_ydoc_open(&d, text, (size_t)n, IFX_YAML_SCHEMA_CORE, path, &err)) return;
  t->files++;
  for (int i = 0; i < EDITS_PER_FILE; i++) {
    const char *problem = kit_random_edit(&d, &r, &e, &err);
    bool defect = problem || (err.kind && strcmp(err.kind, IFX_E_INTERNAL) == 0);
    if (defect) {
      char shown[256];
      IfxErr again = err;
      fprintf(stderr, "%s, edit %d, %c %s: %s\n", path, i, e.op, e.arg,
              problem ? problem : again.message);
      snprintf(shown, sizeof shown, "%s", d.text);
      fprintf(stderr, "%s\n", shown);
    }
    CHECK(!defect);
    if (err.kind)
      t->refused++;
    else
      t->done++;
  }
  ifx_ydoc_close(&d);
}

static void test_random_edits(void) {
  static const char *folder = "../shared/conformance/kustomize";
  glob_t found;
  Tally t = {0};
  if (glob("../shared/conformance/kustomize/*/in/*.y*ml", 0, NULL, &found) != 0) {
    printf("pending: %s is absent\n", folder);
    return;
  }
  for (size_t i = 0; i < found.gl_pathc; i++) edit_file(found.gl_pathv[i], 1000 + i, &t);
  globfree(&found);
  printf("%ld files: %ld edits, %ld refused\n", t.files, t.done, t.refused);
  CHECK(t.files > 0 && t.refused * 4 < t.done);
}

int main(void) {
  test_set_scalars();
  test_set_block_scalars();
  test_set_collections();
  test_add();
  test_insert();
  test_delete();
  test_rename();
  test_anchors();
  test_patches();
  test_random_edits();
  return CHECK_END();
}
