/* test_yaml_doc.c: questions to YAML documents. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "yaml_doc_kit.h"

/* ---- questions ---- */

static void describe(const IfxYdoc *d, char *out, size_t size) {
  size_t used = 0;
  out[0] = '\0';
  for (size_t i = 0; i < d->nplaces; i++) {
    const IfxYplace *p = &d->places[i];
    if (!p->match || used >= size) continue;
    used += (size_t)snprintf(out + used, size - used, "%s%u:%u:%.*s", used ? " " : "",
                             (unsigned)p->doc, (unsigned)p->node->line,
                             (int)(p->node->end - p->node->start), d->text + p->node->start);
  }
}

static void check_query(const char *text, const char *pattern, uint32_t doc, const char *want) {
  IfxYdoc d = {0};
  IfxErr err;
  KitPath path;
  char got[512];
  CHECK(ifx_ydoc_open(&d, text, strlen(text), IFX_YAML_SCHEMA_KUBERNETES, NULL, &err));
  CHECK(ifx_ydoc_query(&d, kit_path(&path, pattern, doc), &err));
  describe(&d, got, sizeof got);
  CHECK_STR(got, want);
  ifx_ydoc_close(&d);
}

static void test_query(void) {
  static const char *text = "a: {b: 1, c: [2, 3]}\nd:\n  b: 4\n---\nb: [{b: 5}]\n";
  check_query(text, "a/b", 0, "1:1:1");
  check_query(text, "*/b", 0, "1:1:1 1:3:4");
  check_query(text, "**/b", 0, "1:1:1 1:3:4 2:5:[{b: 5}] 2:5:5");
  check_query(text, "**/b", 2, "2:5:[{b: 5}] 2:5:5");
  check_query(text, "**/**/b/**/b", 0, "2:5:5");
  check_query(text, "a/c/*", 1, "1:1:2 1:1:3");
  check_query(text, "a/c/#2", 1, "1:1:3");
  check_query(text, "**/#1", 0, "1:1:2 2:5:{b: 5}");
  check_query(text, "a/c/1", 1, "");
  check_query(text, "d", 0, "1:3:b: 4");
  check_query("b: *x\na: &x {b: 1}\n" + 6, "**/b", 0, "1:1:1");
  check_query("a: &x {b: 1}\nc: *x\n<<: *x\n", "*", 0, "1:1:{b: 1} 1:2:*x 1:3:*x");
  check_query("", "**", 0, "");
}

static void test_query_limit(void) {
  IfxYdoc d = {0};
  IfxErr err;
  IfxYstep deep[64];
  IfxYpath path = {.steps = deep, .count = 64};
  for (size_t i = 0; i < 64; i++) deep[i] = (IfxYstep){.kind = IFX_YSTEP_DEEP};
  CHECK(ifx_ydoc_open(&d, "a: {b: 1}\n", 10, IFX_YAML_SCHEMA_CORE, NULL, &err));
  CHECK(!ifx_ydoc_query(&d, &path, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
  path.count = 63;
  CHECK(ifx_ydoc_query(&d, &path, &err));
  CHECK_INT(d.nplaces, 3);
  ifx_ydoc_close(&d);
}

static void check_get(const char *text, const char *path_text, const char *want) {
  IfxYdoc d = {0};
  IfxErr err;
  KitPath path;
  CHECK(ifx_ydoc_open(&d, text, strlen(text), IFX_YAML_SCHEMA_KUBERNETES, NULL, &err));
  const IfxYamlNode *n = ifx_ydoc_get(&d, kit_path(&path, path_text, 1));
  CHECK_STR(n ? n->value : "(none)", want);
  ifx_ydoc_close(&d);
}

static void test_get(void) {
  static const char *text =
      "base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\nalias: *b\n"
      "one:\n  <<: *b\n  x: 9\nlist:\n  <<: [*m, *b]\ndeep:\n  <<: {<<: *b, q: 5}\n";
  check_get(text, "alias/x", "1");
  check_get(text, "one/x", "9");
  check_get(text, "one/y", "2");
  check_get(text, "list/y", "3");
  check_get(text, "list/x", "1");
  check_get(text, "deep/x", "1");
  check_get(text, "deep/q", "5");
  check_get(text, "one/nothing", "(none)");
  check_get(text, "one/#1", "(none)");
  check_get("a: &a {k: 1}\nb: &b {k: 2}\nc:\n  <<: *a\n  <<: *b\n", "c/k",
            "2"); /* as decode reads it */
  check_get("8080: x\n'*': y\n", "8080", "x");
}

static void test_at(void) {
  IfxYdoc d = {0};
  IfxErr err;
  KitPath path;
  CHECK(ifx_ydoc_open(&d, "a:\n- x\n- b: 'y'\n", 16, IFX_YAML_SCHEMA_CORE, NULL, &err));
  const IfxYplace *p = ifx_ydoc_at(&d, kit_path(&path, "a/#2/b", 1), &err);
  CHECK(p && strcmp(p->node->value, "y") == 0 && p->key && p->key->line == 3);
  CHECK_INT(d.nplaces, 4);
  CHECK(ifx_ydoc_at(&d, kit_path(&path, "a/#3", 1), &err) == NULL);
  CHECK(ifx_ydoc_at(&d, kit_path(&path, "a", 2), &err) == NULL);
  ifx_ydoc_close(&d);
}

static void check_inner(const char *text, const char *want) {
  IfxYdoc d = {0};
  IfxErr err;
  KitPath path;
  char got[64] = "(none)";
  size_t start, end;
  CHECK(ifx_ydoc_open(&d, text, strlen(text), IFX_YAML_SCHEMA_CORE, NULL, &err));
  const IfxYplace *p = ifx_ydoc_at(&d, kit_path(&path, "a", 1), &err);
  if (p && ifx_ydoc_inner(&d, p->node, &start, &end))
    snprintf(got, sizeof got, "%zu:%.*s", start, (int)(end - start), d.text + start);
  CHECK_STR(got, want);
  ifx_ydoc_close(&d);
}

static void test_inner(void) {
  check_inner("a: x y\n", "3:x y");
  check_inner("a: 'x y'\n", "4:x y");
  check_inner("a: 'it''s'\n", "(none)");
  check_inner("a: \"x\\n\"\n", "(none)");
  check_inner("a: x\n  y\n", "(none)");
  check_inner("a: ''\n", "4:");
  check_inner("a:\n", "2:");
  check_inner("a: |\n  xy\n", "7:xy\n");
  check_inner("a: |-\n  xy\n", "8:xy");
  check_inner("a: |\n  x\n  y\n", "(none)");
  check_inner("a: [1]\n", "(none)");
}

/* ---- messages, documents, limits ---- */

static void check_message(char op, const char *path_text, const char *want) {
  static const char *text = "spec:\n  containers:\n  - image: x\n  \"a.b\": {}\nx: *n\n";
  IfxYdoc d = {0};
  IfxErr err = {0};
  KitPath path;
  char whole[128];
  snprintf(whole, sizeof whole, "n: &n {k: 0}\n%s", text);
  CHECK(ifx_ydoc_open(&d, whole, strlen(whole), IFX_YAML_SCHEMA_CORE, "f.yaml", &err));
  CHECK(!kit_edit(&d, op, kit_path(&path, path_text, 1), 0, "1", &err));
  CHECK_STR(err.message, want);
  CHECK_STR(err.file, "f.yaml");
  ifx_ydoc_close(&d);
}

static void test_messages(void) {
  check_message('s', "spec/containers/#2/image", "spec.containers has 1 items, no item 2");
  check_message('d', "spec/containers/#1/tag", "spec.containers[1] has no key tag");
  check_message('s', "spec/none/x", "spec has no key none");
  check_message('s', "nothing/x", "the document has no key nothing");
  check_message('s', "spec/containers/#1/image/x",
                "spec.containers[1].image is a scalar: it has no key x");
  check_message('s', "spec/a.b/x/y", "spec[\"a.b\"] has no key x");
  check_message('s', "x/k", "x is the alias *n: an edit below it would change line 1");
  check_message('s', "n/k", "editing n.k would also change what *n stands for in line 6");
}

static void test_documents(void) {
  static const char *text = "# one\na: 1\n---\n# two\na: 2\n...\n---\n";
  IfxYdoc d = {0};
  IfxErr err;
  KitPath path;
  CHECK(ifx_ydoc_open(&d, text, strlen(text), IFX_YAML_SCHEMA_CORE, NULL, &err));
  CHECK_INT(d.stream->ndocs, 3);
  CHECK(kit_edit(&d, 's', kit_path(&path, "a", 2), 0, "x", &err));
  CHECK(kit_edit(&d, 's', kit_path(&path, "b", 1), 0, "y", &err));
  CHECK(kit_edit(&d, 's', kit_path(&path, "c", 3), 0, "z", &err));
  CHECK_STR(d.text, "# one\na: 1\nb: \"y\"\n---\n# two\na: x\n...\n---\nc: z\n");
  CHECK(!kit_edit(&d, 's', kit_path(&path, "a", 4), 0, "x", &err));
  CHECK_STR(err.kind, IFX_E_ARGUMENT);
  ifx_ydoc_close(&d);
  ifx_ydoc_close(&d);
}

static void test_bad_values(void) {
  IfxYdoc d = {0};
  IfxErr err;
  IfxYbuild b = {0};
  KitPath path;
  CHECK(ifx_ydoc_open(&d, "a: 1\n", 5, IFX_YAML_SCHEMA_CORE, NULL, &err));
  ifx_ybuild_str(&b, "\xFF", 1);
  CHECK(!ifx_ydoc_set(&d, kit_path(&path, "a", 1), ifx_ybuild_value(&b, &err), &err));
  CHECK_STR(err.kind, IFX_E_ARGUMENT);
  ifx_ybuild_free(&b);
  for (int i = 0; i < 201; i++) ifx_ybuild_begin(&b, IFX_YVAL_SEQ);
  for (int i = 0; i < 201; i++) ifx_ybuild_end(&b);
  CHECK(ifx_ybuild_value(&b, &err) == NULL);
  CHECK_STR(err.kind, IFX_E_LIMIT);
  ifx_ybuild_free(&b);
  ifx_ybuild_begin(&b, IFX_YVAL_MAP);
  ifx_ybuild_str(&b, "two\nlines", 9);
  ifx_ybuild_null(&b);
  ifx_ybuild_end(&b);
  CHECK(!ifx_ydoc_set(&d, kit_path(&path, "a", 1), ifx_ybuild_value(&b, &err), &err));
  CHECK_STR(err.kind, IFX_E_ARGUMENT);
  CHECK_STR(d.text, "a: 1\n");
  ifx_ybuild_free(&b);
  ifx_ydoc_close(&d);
}

static void test_open_fails(void) {
  IfxYdoc d = {0};
  IfxErr err;
  CHECK(!ifx_ydoc_open(&d, "a: [1\n", 6, IFX_YAML_SCHEMA_CORE, "bad.yaml", &err));
  CHECK_STR(err.kind, IFX_E_PARSE);
  CHECK_STR(err.file, "bad.yaml");
  CHECK(err.line > 0 && d.text == NULL);
}

int main(void) {
  test_query();
  test_query_limit();
  test_get();
  test_at();
  test_inner();
  test_messages();
  test_documents();
  test_bad_values();
  test_open_fails();
  return CHECK_END();
}
