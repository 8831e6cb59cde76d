/* test_node_merge.c: strategic merge. SPDX-License-Identifier: Apache-2.0 */
#include "core/node_merge.h"

#include "check.h"
#include "core/yaml.h"

static const char description[] =
    "types:\n"
    "  containers: {keys: [name], items: {fields: {env: {keys: [name]}, args: {},\n"
    "    ports: {keys: [containerPort, protocol]}}}}\n"
    "  tree: {fields: {name: {}, children: {keys: [name], items: tree}}}\n"
    "objects:\n"
    "  v1:\n"
    "    Pod: {fields: {spec: {fields: {containers: containers}},\n"
    "      metadata: {fields: {finalizers: {keys: ['']}}}}}\n"
    "    Map: {fields: {of: {any: {keys: [name]}}}}\n"
    "    Tree: tree\n";

#define POD "apiVersion: v1\nkind: Pod\n"

/* What kubectl kustomize prints for such fields of a resource; NULL: it refuses to. */
static const struct {
  const char *name, *base, *patch, *merged;
} cases[] = {
    {"maps by key", "a: {x: 1, y: 2}\nb: 1\n", "a: {y: 3, z: 4}\n",
     "a:\n  x: 1\n  \"y\": 3\n  z: 4\nb: 1\n"},
    {"null takes away", "a: {x: 1, y: 2}\nb: 1\n", "a: {y: null, x: ~}\nb:\n", "a: {}\n"},
    {"nulls of what is new go", "a: 1\n", "b: {x: null, y: {z: null, v: [null, {w: null}]}}\n",
     "a: 1\nb:\n  \"y\":\n    v:\n    - null\n    - w: null\n"},
    {"nulls that are written out stay", "a: null\nb: ~\nc:\nd: {e: }\n", "f: 1\n",
     "a: null\nb: null\nd: {}\nf: 1\n"},
    {"a null target takes the value", "a: null\n", "a: {b: [1]}\n", "a:\n  b:\n  - 1\n"},
    {"what takes the place of a quoted text is a text", "a: \"1\"\nb: 1\nc: x\nd: |\n  x\n",
     "a: 2\nb: \"2\"\nc: 2\nd: 2020-01-01\n", "a: \"2\"\nb: \"2\"\nc: 2\nd: \"2020-01-01\"\n"},
    {"unknown lists are replaced", "a: [{name: x, y: 1}]\n", "a: [{name: x, $patch: delete}]\n",
     "a:\n- $patch: delete\n  name: x\n"},
    {"$patch in maps", "a: {x: 1}\nb: {x: 1}\nc: {x: 1}\n",
     "a: {$patch: delete}\nb: {$patch: replace, y: 2, z: null}\nc: {$patch: merge, y: 2}\n"
     "d: {$patch: delete}\ne: {$patch: replace, f: {$patch: delete, g: 1}}\n",
     "b:\n  \"y\": 2\nc:\n  x: 1\n  \"y\": 2\ne: {}\n"},
    {"$patch: delete of all", "a: 1\n", "$patch: delete\n", ""},
    {"$patch: replace of all does nothing", "a: 1\n", "$patch: replace\nb: 2\n", "a: 1\n"},
    {"an unknown $patch", "a: {x: 1}\n", "a: {$patch: remove}\n", NULL},
    {"a map meets a list", "a: {x: 1}\n", "a: [1]\n", NULL},
    {"a list meets a scalar", "a: [1]\n", "a: b\n", NULL},
    {"a scalar meets a map", "a: 1\n", "a: {b: 1}\n", NULL},

    {"items of the patch come first", POD "spec: {containers: [{name: a, image: x}, {name: b}]}\n",
     POD "spec: {containers: [{name: new}, {name: b, image: y}]}\n",
     POD "spec:\n  containers:\n  - name: new\n  - image: \"y\"\n    name: b\n"
         "  - image: x\n    name: a\n"},
    {"a list that is new", POD, POD "spec: {containers: [{name: a, x: null}, {name: a, b: 1}]}\n",
     POD "spec:\n  containers:\n  - b: 1\n    name: a\n"},
    {"items of items",
     POD "spec: {containers: [{name: a, env: [{name: A}, {name: B, value: x}]}]}\n",
     POD "spec: {containers: [{name: a, env: [{name: B, value: z}]}]}\n",
     POD "spec:\n  containers:\n  - env:\n    - name: B\n      value: z\n    - name: A\n"
         "    name: a\n"},
    {"an item is deleted", POD "spec: {containers: [{name: a}, {name: b}]}\n",
     POD "spec: {containers: [{name: a, $patch: delete}, {name: c, $patch: delete}]}\n",
     POD "spec:\n  containers:\n  - name: b\n"},
    {"an item that is replaced comes back",
     POD "spec: {containers: [{name: a, x: 1}, {name: b}]}\n",
     POD "spec: {containers: [{name: a, $patch: replace, z: 1}]}\n",
     POD "spec:\n  containers:\n  - name: a\n    x: 1\n  - name: b\n"},
    {"a list is replaced", POD "spec: {containers: [{name: a}, {name: b}]}\n",
     POD "spec: {containers: [{$patch: replace}, {name: c, x: null}]}\n",
     POD "spec:\n  containers:\n  - name: c\n"},
    {"a list is deleted", POD "spec: {containers: [{name: a}], x: 1}\n",
     POD "spec: {containers: [{$patch: delete}, {name: c}]}\n", POD "spec:\n  x: 1\n"},
    {"a list is taken away", POD "spec: {containers: [{name: a}], x: 1}\n",
     POD "spec: {containers: null}\n", POD "spec:\n  x: 1\n"},
    {"an unknown $patch in a list", POD "spec: {containers: [{name: a}]}\n",
     POD "spec: {containers: [{$patch: remove}]}\n", NULL},
    {"an item twice: the last, where the first was",
     POD "spec: {containers: [{name: a, x: 1}, {name: b}, {name: a, x: 2}]}\n", POD,
     POD "spec:\n  containers:\n  - name: a\n    x: 2\n  - name: b\n"},
    {"an item of the patch without a key empties the list", POD "spec: {containers: [{name: a}]}\n",
     POD "spec: {containers: [{image: x}]}\n", POD "spec:\n  containers: []\n"},
    {"an item without a key drives out the others",
     POD "spec: {containers: [{name: a}, {image: x}, {name: b}]}\n",
     POD "spec: {containers: [{name: c}]}\n", POD "spec:\n  containers:\n  - image: x\n"},
    {"with two keys the order stays",
     POD "spec: {containers: [{name: a, ports: [{containerPort: 80, protocol: TCP}, "
         "{containerPort: 80, protocol: UDP}]}]}\n",
     POD "spec: {containers: [{name: a, ports: [{containerPort: 80, protocol: UDP, name: u}]}]}\n",
     POD "spec:\n  containers:\n  - name: a\n    ports:\n    - containerPort: 80\n"
         "      protocol: TCP\n    - containerPort: 80\n      name: u\n      protocol: UDP\n"},
    {"what lacks a second key that another has is lost",
     POD "spec: {containers: [{name: a, ports: [{containerPort: 80, protocol: TCP}]}]}\n",
     POD "spec: {containers: [{name: a, ports: [{containerPort: 80, name: x}]}]}\n",
     POD "spec:\n  containers:\n  - name: a\n    ports:\n    - containerPort: 80\n"
         "      protocol: TCP\n"},
    {"a second key that nobody has",
     POD "spec: {containers: [{name: a, ports: [{containerPort: 80, name: x}]}]}\n",
     POD "spec: {containers: [{name: a, ports: [{containerPort: 80, hostPort: 1}]}]}\n",
     POD "spec:\n  containers:\n  - name: a\n    ports:\n    - containerPort: 80\n"
         "      hostPort: 1\n      name: x\n"},
    {"plain texts are united", POD "metadata: {finalizers: [a, b]}\n",
     POD "metadata: {finalizers: [c, b]}\n", POD "metadata:\n  finalizers:\n  - c\n  - b\n  - a\n"},
    {"fields that are not named", "apiVersion: v1\nkind: Map\nof: {x: [{name: a, y: 1}]}\n",
     "of: {x: [{name: a, z: 1}]}\n",
     "apiVersion: v1\nkind: Map\nof:\n  x:\n  - name: a\n    \"y\": 1\n    z: 1\n"},
    {"types that hold themselves",
     "apiVersion: v1\nkind: Tree\nchildren: [{name: a, children: [{name: b, children: []}]}]\n",
     "children: [{name: a, children: [{name: b, x: 1}]}]\n",
     "apiVersion: v1\nchildren:\n- children:\n  - children: []\n    name: b\n    x: 1\n  name: a\n"
     "kind: Tree\n"},
    {"objects in what nothing is known of",
     "object: {apiVersion: v1, kind: Pod, spec: {containers: [{name: a}]}}\n",
     "object: {spec: {containers: [{name: b}]}}\n",
     "object:\n  apiVersion: v1\n  kind: Pod\n  spec:\n    containers:\n    - name: b\n"
     "    - name: a\n"},
};

static const IfxNode *read(IfxTree *t, const char *text) {
  IfxBuf found = {0};
  IfxErr err;
  const IfxNode *n = NULL;
  if (ifx_yaml_manifests(t, text, strlen(text), &found, &err) && found.len)
    memcpy(&n, found.data, sizeof n);
  ifx_buf_free(&found);
  return n;
}

static void check_case(IfxTree *t, const IfxMergeKeys *keys, size_t i) {
  const IfxNode *base = read(t, cases[i].base), *patch = read(t, cases[i].patch), *merged = NULL;
  IfxBuf before = {0}, text = {0}, after = {0};
  IfxErr err = {0};
  int failed = check_failed;
  ifx_yaml_write_canonical(&before, base, &err);
  bool ok = ifx_node_merge(t, base, patch, keys, &merged, &err);
  CHECK(ok == (cases[i].merged != NULL));
  if (ok && merged) CHECK(ifx_yaml_write_canonical(&text, merged, &err));
  if (ok) CHECK_STR(text.data ? text.data : "", cases[i].merged);
  if (!ok) CHECK(err.kind && strcmp(err.kind, IFX_E_PARSE) == 0 && err.line > 0);
  ifx_yaml_write_canonical(&after, base, &err);
  CHECK_STR(after.data, before.data);
  if (check_failed > failed) fprintf(stderr, "in: %s\n", cases[i].name);
  ifx_buf_free(&before);
  ifx_buf_free(&text);
  ifx_buf_free(&after);
}

static void test_refused(IfxTree *t) {
  static const char *const wrong[] = {"[]",
                                      "types: []",
                                      "objects: []",
                                      "objects: {v1: []}",
                                      "objects: {v1: {Pod: unknown}}",
                                      "types: {a: {keys: name}}",
                                      "types: {a: {keys: []}}",
                                      "types: {a: {keys: [x, '']}}",
                                      "types: {a: {keys: [1]}}",
                                      "types: {a: {fields: []}}",
                                      "types: {a: {fields: {x: y}}}",
                                      "types: {a: {items: 1}}",
                                      "types: {a: {any: b}}",
                                      "types: {a: b}",
                                      "types: {a: {keys: [a, b, c, d, e, f, g, h, i]}}"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    IfxErr err = {0};
    const IfxNode *n = read(t, wrong[i]);
    CHECK(n && !ifx_merge_keys(t, n, &err));
    CHECK(err.kind && strcmp(err.kind, IFX_E_PARSE) == 0);
  }
}

/* Lists and maps without anything in common, which are looked through for each other. */
static void test_long(IfxTree *t, const IfxMergeKeys *keys, const char *head, const char *item) {
  IfxBuf texts[2] = {{0}, {0}};
  IfxErr err = {0};
  const IfxNode *out;
  for (int which = 0; which < 2; which++) {
    ifx_buf_str(&texts[which], head);
    for (int i = 0; i < 40000; i++) {
      char line[64];
      snprintf(line, sizeof line, item, which ? 'a' : 'b', i);
      ifx_buf_str(&texts[which], line);
    }
    ifx_buf_byte(&texts[which], '\0');
  }
  const IfxNode *at = read(t, texts[0].data), *patch = read(t, texts[1].data);
  CHECK(!ifx_node_merge(t, at, patch, keys, &out, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
  for (int which = 0; which < 2; which++) ifx_buf_free(&texts[which]);
}

int main(void) {
  IfxTree *t = ifx_tree_new();
  IfxErr err = {0};
  const IfxMergeKeys *keys = ifx_merge_keys(t, read(t, description), &err);
  CHECK(keys != NULL);
  for (size_t i = 0; keys && i < sizeof cases / sizeof *cases; i++) check_case(t, keys, i);
  test_refused(t);
  test_long(t, keys, "a:\n", "  %c%d: 1\n");
  test_long(t, keys, POD "spec:\n  containers:\n", "  - {name: %c%d}\n");
  ifx_tree_release(t);
  return CHECK_END();
}
