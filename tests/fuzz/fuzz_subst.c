/* fuzz_subst.c: texts with variables of any bytes. SPDX-License-Identifier: Apache-2.0 */
#include "core/subst.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check(bool ok) {
  if (!ok) abort();
}

/* What is refused is refused at a place of the text; a text without ${ and $$ stays as it is. */
static void try_text(const char *text, size_t len, const char *value, size_t value_len,
                     bool strict) {
  IfxErr err = {0};
  IfxBuf out = {0}, unset = {0};
  IfxVariable vars[] = {{"b", 1, "x/y", 3}, {"a", 1, value, value_len}};
  ifx_variables_sort(vars, 2);
  bool ok = ifx_subst(&out, &unset, text, len, vars, 2, strict, &err);
  check(ok || (err.kind && err.line > 0 && err.column > 0));
  check(unset.len == 0 || unset.data[unset.len - 1] == '\0');
  if (!memmem(text, len, "${", 2) && !memmem(text, len, "$$", 2)) check(ok && out.len <= len);
  ifx_buf_free(&out);
  ifx_buf_free(&unset);
}

/* The input is the value of a, a NUL, the text. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  const char *value = (const char *)data;
  const char *nul = size ? memchr(value, '\0', size) : NULL;
  if (!nul) return 0;
  size_t value_len = (size_t)(nul - value), len = size - value_len - 1;
  try_text(nul + 1, len, value, value_len, false);
  try_text(nul + 1, len, value, value_len, true);
  return 0;
}
