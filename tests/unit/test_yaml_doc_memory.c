/* test_yaml_doc_memory.c: each allocation of an edit fails. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "failing_memory.h"
#include "yaml_doc_kit.h"

#ifndef FAILING_MEMORY

int main(void) { return CHECK_END(); }

#else

static const char *text = "a: x\nl:\n  - one\n  - two\nm: {k: v}\n";

/* The edit with allocation `number` failing: it is done, or refused with the text as it was. */
static bool edit_failing(char op, const char *path_text, const char *arg, long number) {
  IfxYdoc d = {0};
  IfxErr err = {0};
  KitPath path;
  long before = held;
  CHECK(ifx_ydoc_open(&d, text, strlen(text), IFX_YAML_SCHEMA_CORE, "f", &err));
  calls = 0;
  failing = number;
  bool done = kit_edit(&d, op, kit_path(&path, path_text, 1), 1, arg, &err);
  failing = 0;
  if (!done) CHECK_STR(err.kind, IFX_E_MEMORY);
  if (!done) CHECK_STR(d.text, text);
  IfxYamlStream *again; /* the tree is whole: another edit works */
  CHECK(kit_edit(&d, 's', kit_path(&path, "a", 1), 0, "z", &err));
  CHECK(ifx_yaml_parse(d.text, d.len, NULL, &again, &err));
  ifx_yaml_free(again);
  ifx_ydoc_close(&d);
  CHECK_INT(held, before);
  return done && calls < number;
}

static void check_edit(char op, const char *path, const char *arg) {
  long number = 1;
  while (!edit_failing(op, path, arg, number) && number < 1000) number++;
  CHECK(number > 2 && number < 1000);
}

static void test_query(void) {
  IfxYdoc d = {0};
  IfxErr err = {0};
  KitPath path;
  CHECK(ifx_ydoc_open(&d, text, strlen(text), IFX_YAML_SCHEMA_CORE, NULL, &err));
  calls = 0;
  failing = 1;
  CHECK(!ifx_ydoc_query(&d, kit_path(&path, "**", 1), &err));
  CHECK_STR(err.kind, IFX_E_MEMORY);
  calls = 0;
  CHECK(ifx_ydoc_at(&d, kit_path(&path, "a", 1), &err) == NULL);
  CHECK_STR(err.kind, IFX_E_MEMORY);
  failing = 0;
  CHECK(ifx_ydoc_query(&d, kit_path(&path, "**", 1), &err));
  ifx_ydoc_close(&d);
}

int main(void) {
  check_edit('s', "a", "new");
  check_edit('s', "a", "[x, {y: \"one\\ntwo\"}]");
  check_edit('s', "fresh", "1");
  check_edit('i', "l", "zero");
  check_edit('d', "l/#1", "");
  check_edit('d', "m/k", "");
  check_edit('r', "l", "list");
  test_query();
  return CHECK_END();
}

#endif
