/* test_node_fields.c: fields that specs name. SPDX-License-Identifier: Apache-2.0 */
#include "core/node_fields.h"

#include <stdlib.h>

#include "check.h"
#include "core/yaml.h"

typedef struct Put {
  IfxFieldEdit edit;
  const IfxNode *value;
  int calls, fresh;
} Put;

static const IfxNode *set(IfxFieldEdit *e, const IfxNode *value) {
  Put *p = (Put *)e;
  p->calls++;
  p->fresh += e->fresh;
  if (value->kind >= IFX_NODE_LIST) {
    e->why = "no scalar";
    return NULL;
  }
  return p->value;
}

static const IfxNode *keep(IfxFieldEdit *e, const IfxNode *value) {
  ((Put *)e)->calls++;
  return value;
}

static const IfxNode *merge(IfxFieldEdit *e, const IfxNode *value) {
  return ifx_node_put(e->tree, value, "k", 1, ((Put *)e)->value);
}

static const IfxNode *read(IfxTree *t, const char *text) {
  IfxYamlStream *stream;
  IfxErr err;
  CHECK(ifx_yaml_parse(text, strlen(text), NULL, &stream, &err));
  const IfxNode *n = ifx_yaml_node(t, stream->docs[0].root, IFX_YAML_SCHEMA_GO, &err);
  ifx_yaml_free(stream);
  return n;
}

static IfxErr last;

/* What `object` is after one edit of a spec; its text is the caller's. NULL: refused, see `last`.
 */
static char *edited(const IfxFieldSpec *spec, const char *object, Put *p) {
  IfxFields *f = ifx_fields_new();
  IfxTree *t = ifx_tree_new();
  const IfxNode *n = read(t, object);
  IfxBuf out = {0};
  IfxErr err;
  IfxNodeType type = ifx_node_type(n);
  p->edit.tree = t;
  p->edit.err = &last;
  p->value = ifx_node_string(t, "v");
  CHECK(ifx_fields_add(f, spec, &err));
  n = ifx_fields_edit(f, n, &type, &p->edit);
  if (n) CHECK(ifx_yaml_write_canonical(&out, n, &err));
  ifx_fields_free(f);
  ifx_tree_release(t);
  return out.data;
}

static void becomes(const char *path, bool create, const char *object, const char *want) {
  Put p = {.edit = {.change = set, .made = IFX_NODE_STRING}};
  IfxFieldSpec spec = {.path = path, .create = create};
  char *got = edited(&spec, object, &p);
  if (!want) {
    CHECK(got == NULL);
    CHECK_STR(last.kind, IFX_E_CONFIG);
  } else {
    CHECK_STR(got ? got : last.message, want);
  }
  free(got);
}

static void test_paths(void) {
  becomes("a/b", false, "a: {b: 1}", "a:\n  b: v\n");
  becomes("/a/b", false, "a: {b: 1}", "a:\n  b: v\n");
  becomes("a/b", false, "a: [{b: 1}, {c: 2}, null, [{b: 3}]]",
          "a:\n- b: v\n- c: 2\n- null\n- - b: v\n");
  becomes("a/x.y\\/z", false, "a: {x.y/z: 1, x.y: 2}", "a:\n  x.y: 2\n  x.y/z: v\n");
  becomes("a/b", false, "a: {c: 1}", "a:\n  c: 1\n");
  becomes("a/b", false, "a: null", "a: null\n");
  becomes("a/b", false, "a: {b: null}", "a:\n  b: v\n");
  becomes("a", false, "a: 1\nb: 2", "a: v\nb: 2\n");
}

static void test_create(void) {
  becomes("a/b", true, "c: 1", "a:\n  b: v\nc: 1\n");
  becomes("a/b", true, "a: null", "a:\n  b: v\n");
  becomes("a/b", true, "a: [{}, {b: 1}]", "a:\n- b: v\n- b: v\n");
  becomes("a[]/b", true, "c: 1", "c: 1\n");
  becomes("a[]/b", true, "a: null", "a: []\n");
  becomes("a[]/b", false, "a: {b: 1}", "a:\n  b: v\n");
}

static void test_fresh(void) {
  Put p = {.edit = {.change = set, .made = IFX_NODE_STRING}};
  IfxFieldSpec spec = {.path = "a/b", .create = true};
  free(edited(&spec, "a: [{}, {b: 1}, {b: null}]", &p));
  CHECK_INT(p.calls, 3);
  CHECK_INT(p.fresh, 2);
}

static void test_maps(void) {
  Put p = {.edit = {.change = merge, .made = IFX_NODE_MAP}};
  IfxFieldSpec spec = {.path = "a/b", .create = true};
  char *got = edited(&spec, "a: {b: {x: 1}}", &p);
  CHECK_STR(got, "a:\n  b:\n    k: v\n    x: 1\n");
  free(got);
  got = edited(&spec, "c: 1", &p);
  CHECK_STR(got, "a:\n  b:\n    k: v\nc: 1\n");
  free(got);
}

static void test_any_depth(void) {
  becomes("**/xs[]/i", false, "a: {xs: [{i: 1, xs: [{i: 2}]}]}\nxs: 3\nb: [{xs: {i: 4}}]",
          "a:\n  xs:\n  - i: v\n    xs:\n    - i: v\nb:\n- xs:\n    i: 4\nxs: 3\n");
  becomes("**/xs[]/i", false, "xs: null", "xs: null\n");
  becomes("**/xs[]/i", false, "xs: [1]", NULL);
}

static void test_refused(void) {
  becomes("a/b", false, "a: 1", NULL);
  CHECK_STR(last.message,
            "considering field 'a/b' of object [noKind].[noVer].[noGrp]/[noName].[noNs]: "
            "expected sequence or mapping node");
  CHECK_INT((int)last.line, 1);
  becomes("a/b", false, "{apiVersion: g/v1, kind: K, metadata: {name: n, namespace: s},\n a: [x]}",
          NULL);
  CHECK_STR(last.message,
            "considering field 'a/b' of object K.v1.g/n.s: expected sequence or mapping node");
  CHECK_INT((int)last.line, 2);
  becomes("a", false, "a: {}", NULL);
  CHECK(strstr(last.message, "no scalar") != NULL);
  becomes("", true, "a: {}", NULL);
  becomes("a//b", true, "a: {}", NULL);
  becomes("a/0", true, "a: {}", NULL);
  becomes("a/[x=y]", true, "a: {}", NULL);
  becomes("a/*", true, "a: {}", NULL);
}

static void only_for(IfxFieldSpec spec, bool fits) {
  Put p = {.edit = {.change = keep}};
  spec.path = "x";
  free(edited(&spec, "apiVersion: apps/v1\nkind: Deployment\nx: 1", &p));
  CHECK_INT(p.calls, fits);
}

static void test_types(void) {
  only_for((IfxFieldSpec){0}, true);
  only_for((IfxFieldSpec){.kind = "Deployment"}, true);
  only_for((IfxFieldSpec){.kind = "Deploy"}, false);
  only_for((IfxFieldSpec){.group = "apps", .version = "v1", .kind = "Deployment"}, true);
  only_for((IfxFieldSpec){.group = "batch"}, false);
  only_for((IfxFieldSpec){.version = "v2"}, false);
}

static void test_each(void) {
  Put p = {.edit = {.change = keep, .each = true}};
  IfxFieldSpec spec = {.path = "x"};
  free(edited(&spec, "x: [1, {a: 2}, [3]]", &p));
  CHECK_INT(p.calls, 3);
  p = (Put){.edit = {.change = keep}};
  free(edited(&spec, "x: [1, {a: 2}, [3]]", &p));
  CHECK_INT(p.calls, 1);
}

/* Nothing changed: the same node, and nothing of the tree is used. */
static void test_same(void) {
  IfxTree *t = ifx_tree_new();
  IfxFields *f = ifx_fields_new();
  const IfxNode *n = read(t, "a: [{b: 1}]");
  IfxNodeType type = ifx_node_type(n);
  Put p = {.edit = {.tree = t, .change = keep, .err = &last}};
  IfxErr err;
  CHECK(ifx_fields_add(f, &(IfxFieldSpec){.path = "a/b", .create = true}, &err));
  CHECK(ifx_fields_add(f, &(IfxFieldSpec){.path = "a/c"}, &err));
  CHECK_INT((int)ifx_fields_count(f), 2);
  CHECK(ifx_fields_edit(f, n, &type, &p.edit) == n);
  CHECK_INT(p.calls, 1);
  ifx_fields_free(f);
  ifx_tree_release(t);
}

static void test_long_paths(void) {
  char path[1100];
  IfxErr err = {0};
  IfxFields *f = ifx_fields_new();
  for (size_t i = 0; i < sizeof path; i++) path[i] = i % 2 ? '/' : 'a';
  path[999] = '\0';
  CHECK(ifx_fields_add(f, &(IfxFieldSpec){.path = path}, &err));
  path[999] = '/';
  path[1001] = '\0';
  CHECK(!ifx_fields_add(f, &(IfxFieldSpec){.path = path}, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
  CHECK_INT((int)ifx_fields_count(f), 1);
  ifx_fields_free(f);
}

int main(void) {
  test_paths();
  test_long_paths();
  test_create();
  test_fresh();
  test_maps();
  test_any_depth();
  test_refused();
  test_types();
  test_each();
  test_same();
  return CHECK_END();
}
