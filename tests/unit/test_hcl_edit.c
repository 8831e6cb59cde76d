/* test_hcl_edit.c: edits of HCL documents: what they write, what they leave, what they refuse.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "core/hcl.h"

static IfxHclDoc doc;
static IfxErr err;

static void open_doc(const char *text) {
  ifx_hcl_close(&doc);
  CHECK(ifx_hcl_open(&doc, text, strlen(text), "x.tf", &err));
}

static void check_set(const char *text, uint32_t id, const char *name, const char *expr,
                      const char *want) {
  open_doc(text);
  CHECK(ifx_hcl_set(&doc, id, name, strlen(name), expr, strlen(expr), &err));
  CHECK_STR(doc.text, want);
}

static void test_set(void) {
  check_set("a = 1 # c\n", 0, "a", " [\n 2 ]\n", "a = [\n 2 ] # c\n");
  check_set("a = <<E\nx\nE\nb=2\n", 0, "a", "1", "a = 1\nb=2\n");
  check_set("a = 1\n", 0, "a", "<<E\nx\nE\n", "a = <<E\nx\nE\n");
  check_set("a = 1", 0, "b", "<<E\nx\nE", "a = 1\nb = <<E\nx\nE\n");
  check_set("", 0, "a", "1", "a = 1\n");
  check_set("\xEF\xBB\xBF", 0, "a", "1",
            "\xEF\xBB\xBF"
            "a = 1\n");
  check_set("abc = 1 # x\n\nb {}\n", 0, "d", "2", "abc = 1 # x\nd   = 2\n\nb {}\n");
  check_set("\xC3\xA4 = 1\n", 0, "b", "2", "\xC3\xA4 = 1\nb = 2\n");
  check_set("a = 1\n", 0, "long", "2", "a = 1\nlong = 2\n");
  check_set("abc = [\n1]\n", 0, "d", "2", "abc = [\n1]\nd = 2\n");
  check_set("b {}\n", 1, "a", "1", "b {\n  a = 1\n}\n");
  check_set("  b { abc = 1 }\n", 1, "a", "1", "  b {\n    abc = 1\n    a   = 1\n  }\n");
  check_set("b {\r\n}\r\n", 1, "a", "1", "b {\r\n  a = 1\r\n}\r\n");
  check_set("b {\n\tc {}\n}\n", 1, "a", "1", "b {\n\tc {}\n\ta = 1\n}\n");
  check_set("b {\n    x = 1 /* y\n z */ // w\n    c {}\n}\n", 1, "a", "1",
            "b {\n    x = 1 /* y\n z */ // w\n    a = 1\n    c {}\n}\n");
  check_set("b {\n/* c */ }\n", 1, "a", "1", "b {\n/* c */ \n  a = 1\n}\n");
}

static void check_set_refused(const char *text, const char *name, const char *expr,
                              const char *kind) {
  open_doc(text);
  CHECK(!ifx_hcl_set(&doc, 0, name, strlen(name), expr, strlen(expr), &err));
  CHECK_STR(err.kind, kind);
  CHECK_STR(doc.text, text);
}

static void test_set_refused(void) {
  check_set_refused("a = 1\n", "a", "", IFX_E_PARSE);
  check_set_refused("a = 1\n", "a", "1 2", IFX_E_PARSE);
  check_set_refused("a = 1\n", "a", "1\nb = 2", IFX_E_PARSE);
  check_set_refused("a = 1\n", "a", "1 # c", IFX_E_ARGUMENT);
  check_set_refused("a = 1\n", "a", "/* c */ 1", IFX_E_ARGUMENT);
  check_set_refused("a = 1\n", "", "1", IFX_E_ARGUMENT);
  check_set_refused("a = 1\n", "1a", "1", IFX_E_ARGUMENT);
  check_set_refused("a = 1\n", "a.b", "1", IFX_E_ARGUMENT);
  open_doc("b { a = 1 }\n");
  CHECK(!ifx_hcl_set(&doc, 1, "a", 1, "<<E\nx\nE", 7, &err));
  CHECK_STR(err.kind, IFX_E_PARSE);
  CHECK_STR(err.file, "x.tf");
  CHECK_STR(doc.text, "b { a = 1 }\n");
}

/* Remove the item whose name is `name`. */
static void check_remove(const char *text, const char *name, const char *want) {
  open_doc(text);
  uint32_t n = doc.tree.nodes[0].first;
  while (n && !ifx_hcl_named(&doc.tree, n, name, strlen(name))) n = ifx_hcl_next(&doc.tree, n);
  CHECK(n && ifx_hcl_remove(&doc, n, &err));
  CHECK_STR(doc.text, want);
}

static void test_remove(void) {
  check_remove("x = 1\n", "x", "");
  check_remove("x = 1", "x", "");
  check_remove("a = 1\nx = <<E\nt\nE\nb = 2\n", "x", "a = 1\nb = 2\n");
  check_remove("a = 1\n\n# c\n// d\nx = 1 # e\n\nb = 2\n", "x", "a = 1\n\nb = 2\n");
  check_remove("# head\n\nx {\n}\n\n\nb = 2\n", "x", "# head\n\nb = 2\n");
  check_remove("x {\n}\n\nb = 2\n", "x", "b = 2\n");
  check_remove("a = 1\n\nx {\n}\n", "x", "a = 1\n");
  check_remove("a = 1\nx = 1\n\nb = 2\n", "x", "a = 1\n\nb = 2\n");
  check_remove("a = 1\n\nx = 1\nb = 2\n", "x", "a = 1\n\nb = 2\n");
  check_remove("b {\n  x = 1\n\n  a = 1\n}\n", "x", "b {\n  a = 1\n}\n");
  check_remove("b {\n  a = 1\n\n  /* c\n d */\n  x = 1\n}\n", "x", "b {\n  a = 1\n}\n");
  check_remove("b {\r\n  x = 1\r\n}\r\n", "x", "b {\r\n}\r\n");
  check_remove("b { x = 1 }\n", "x", "b {}\n");
  check_remove("b { /* c */ x = 1 }\n", "x", "b { /* c */ }\n");
  check_remove("a = <<E\n# t\nE\nx = 1\n", "x", "a = <<E\n# t\nE\n");
  check_remove("a = 1 /* c\n d */\nx = 1\n", "x", "a = 1 /* c\n d */\n");
  check_remove("a = 1\nx = 1 /* c\n d */\n", "x", "a = 1\n");
  check_remove("/* a\n/* b\n\n# c */\n// d\nx = 1\n", "x", "");
  check_remove("a = 1 /* b\n # c */ # d\n# e\nx = 1\n", "x", "a = 1 /* b\n # c */ # d\n");
  check_remove("# a\n\t\n# b\nx = 1", "x", "# a\n");
}

static void check_append(const char *text, uint32_t id, const char *add, const char *want) {
  open_doc(text);
  CHECK(ifx_hcl_append(&doc, id, add, strlen(add), &err));
  CHECK_STR(doc.text, want);
}

static void test_append(void) {
  check_append("", 0, "\na = 1\n\n", "a = 1\n");
  check_append("a = 1", 0, "b {\n}", "a = 1\n\nb {\n}\n");
  check_append("a = 1\n", 0, "b = 2", "a = 1\nb = 2\n");
  check_append("a = 1\n\n", 0, "b {}", "a = 1\n\nb {}\n");
  check_append("# head\n", 0, "b {}", "# head\n\nb {}\n");
  check_append("b {\n}\n", 0, "a = 1", "b {\n}\n\na = 1\n");
  check_append("b {}\n", 1, "c {\n  d = 1\n\n  e = 2 # f\n}",
               "b {\n  c {\n    d = 1\n\n    e = 2 # f\n  }\n}\n");
  check_append("b {\r\n  a = 1\r\n}\r\n", 1, "c {\n}",
               "b {\r\n  a = 1\r\n\r\n  c {\r\n  }\r\n}\r\n");
  check_append("b {\n  c {}\n}\n", 2, "d = 1", "b {\n  c {\n    d = 1\n  }\n}\n");
  check_append("b {}\n", 1, "a = <<E\nx\n  E\nc = 1", "b {\n  a = <<E\nx\n  E\n  c = 1\n}\n");
  check_append("b {}\n", 1, "a = <<-E\nx\n\n E\n", "b {\n  a = <<-E\n  x\n\n   E\n}\n");
  check_append("b {}\n", 1, "a = <<-E\nx ${y ~}\n E\n", "b {\n  a = <<-E\nx ${y ~}\n E\n}\n");
}

static void test_append_refused(void) {
  const char *bad[] = {"", "\n", "a = ", "}", "a = 1 }", "x = 1"};
  open_doc("x = 1\n");
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CHECK(!ifx_hcl_append(&doc, 0, bad[i], strlen(bad[i]), &err));
    CHECK_STR(err.kind, i < 2 ? IFX_E_ARGUMENT : IFX_E_PARSE);
    CHECK_STR(doc.text, "x = 1\n");
  }
}

static void check_replace(const char *text, size_t start, size_t end, const char *put,
                          const char *want) {
  open_doc(text);
  bool ok = ifx_hcl_replace(&doc, start, end, put, strlen(put), &err);
  CHECK(ok == (want != NULL));
  CHECK_STR(doc.text, want ? want : text);
}

static void test_replace(void) {
  check_replace("a = \"x\"\n", 5, 6, "y${z}", "a = \"y${z}\"\n");
  check_replace("a = 1\n", 5, 5, " + 2", "a = 1 + 2\n");
  check_replace("a = 1\n", 4, 4, "2 + ", "a = 2 + 1\n");
  check_replace("b \"l\" {}\n", 2, 5, "\"m\"", "b \"m\" {}\n");
  check_replace("b \"l\" {\n c \"d\" {}\n}\n", 3, 4, "mm", "b \"mm\" {\n c \"d\" {}\n}\n");
  check_replace("a = <<E\nx\nE\n", 8, 9, "yy", "a = <<E\nyy\nE\n");
  check_replace("a = 1\n", 4, 5, "1\nb = 2", NULL);
  check_replace("a = 1\n", 4, 5, "1 # c", NULL);
  check_replace("a = 1\n", 4, 5, "", NULL);
  check_replace("a = 1\n", 0, 1, "b", NULL);
  check_replace("b { a = 1 }\n", 8, 9, "1 }\nc { a = 1", NULL);
  check_replace("b \"l\" {}\n", 2, 5, "\"l\" {}\nc", NULL);
  check_replace("a = [1]\nb = [2]\n", 5, 14, "3", NULL);
}

/* Blocks are known by their ids through edits before, inside and behind them. */
static void test_ids(void) {
  open_doc("a {}\nb {\n  c {}\n}\nd {}\n");
  CHECK(ifx_hcl_append(&doc, 2, "n {}", 4, &err));
  CHECK(ifx_hcl_set(&doc, 1, "x", 1, "1", 1, &err));
  CHECK(ifx_hcl_named(&doc.tree, ifx_hcl_block(&doc, 3), "c", 1));
  CHECK(ifx_hcl_named(&doc.tree, ifx_hcl_block(&doc, 4), "d", 1));
  CHECK(ifx_hcl_named(&doc.tree, ifx_hcl_block(&doc, 5), "n", 1));
  CHECK_INT(ifx_hcl_id(&doc, ifx_hcl_block(&doc, 5)), 5);
  CHECK(ifx_hcl_remove(&doc, ifx_hcl_block(&doc, 2), &err));
  CHECK(!ifx_hcl_block(&doc, 2) && !ifx_hcl_block(&doc, 3) && !ifx_hcl_block(&doc, 5));
  CHECK(ifx_hcl_append(&doc, 0, "e {}", 4, &err));
  CHECK(ifx_hcl_named(&doc.tree, ifx_hcl_block(&doc, 4), "d", 1));
  CHECK(ifx_hcl_named(&doc.tree, ifx_hcl_block(&doc, 6), "e", 1));
  CHECK_STR(doc.text, "a {\n  x = 1\n}\nd {}\n\ne {}\n");
}

/* The new text is longer than all that stands before it. */
static void test_ids_behind(void) {
  const char *text = "nested {\n  much = \"longer than what stands before\"\n}\n";
  open_doc("a {\n}\nb {\n}\nc {\n}\n");
  CHECK(ifx_hcl_append(&doc, 1, text, strlen(text), &err));
  CHECK(ifx_hcl_named(&doc.tree, ifx_hcl_block(&doc, 2), "b", 1));
  CHECK(ifx_hcl_named(&doc.tree, ifx_hcl_block(&doc, 3), "c", 1));
  CHECK(ifx_hcl_named(&doc.tree, ifx_hcl_block(&doc, 4), "nested", 6));
}

int main(void) {
  test_set();
  test_set_refused();
  test_remove();
  test_append();
  test_append_refused();
  test_replace();
  test_ids();
  test_ids_behind();
  ifx_hcl_close(&doc);
  return CHECK_END();
}
