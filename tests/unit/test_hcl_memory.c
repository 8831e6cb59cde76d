/* test_hcl_memory.c: each allocation of reading, editing and formatting HCL fails.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "core/hcl.h"
#include "failing_memory.h"

#ifndef FAILING_MEMORY

int main(void) { return CHECK_END(); }

#else

static const char *text = "a = [1, \"${x}\"]\nb \"l\" {\n  c = <<-E\n    t\n  E\n}\n";

typedef bool (*Work)(IfxHclDoc *d, IfxErr *err);

static bool set_old(IfxHclDoc *d, IfxErr *err) {
  return ifx_hcl_set(d, 0, "a", 1, "{ x = \"\\n\" }", 12, err);
}
static bool set_new(IfxHclDoc *d, IfxErr *err) { return ifx_hcl_set(d, 1, "n", 1, "1", 1, err); }
static bool drop(IfxHclDoc *d, IfxErr *err) { return ifx_hcl_remove(d, ifx_hcl_block(d, 1), err); }
static bool add(IfxHclDoc *d, IfxErr *err) {
  return ifx_hcl_append(d, 1, "e {\n  f = <<E\nx\nE\n}", 19, err);
}
static bool put(IfxHclDoc *d, IfxErr *err) { return ifx_hcl_replace(d, 5, 6, "2", 1, err); }

static bool format(IfxHclDoc *d, IfxErr *err) {
  IfxBuf out = {0};
  bool ok = ifx_hcl_format(d->text, d->len, &out, err);
  ifx_buf_free(&out);
  return ok;
}

/* With allocation `number` failing the work is done, or refused with the text as it was. */
static bool work_failing(Work work, long number) {
  IfxHclDoc d = {0};
  IfxErr err = {0};
  long before = held;
  CHECK(ifx_hcl_open(&d, text, strlen(text), "f", &err));
  calls = 0;
  failing = number;
  bool done = work(&d, &err);
  failing = 0;
  if (!done) CHECK_STR(err.kind, IFX_E_MEMORY);
  if (!done) CHECK_STR(d.text, text);
  CHECK(set_new(&d, &err)); /* the document is whole */
  ifx_hcl_close(&d);
  CHECK_INT(held, before);
  return done && calls < number;
}

static bool open_failing(long number) {
  IfxHclDoc d = {0};
  IfxErr err = {0};
  long before = held;
  calls = 0;
  failing = number;
  bool done = ifx_hcl_open(&d, text, strlen(text), "f", &err);
  failing = 0;
  if (!done) CHECK(d.text == NULL && strcmp(err.kind, IFX_E_MEMORY) == 0);
  ifx_hcl_close(&d);
  CHECK_INT(held, before);
  return done && calls < number;
}

int main(void) {
  Work all[] = {set_old, set_new, drop, add, put, format};
  long number = 1;
  while (!open_failing(number) && number < 1000) number++;
  CHECK(number > 4 && number < 1000);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    for (number = 1; !work_failing(all[i], number) && number < 1000;) number++;
    CHECK(number > 4 && number < 1000);
  }
  return CHECK_END();
}

#endif
