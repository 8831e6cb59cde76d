/* test_stop.c: long work ends when the program was asked to end, short work does not.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/stop.h"
#include "core/yaml.h"

#include "check.h"

static bool reads(const char *piece, int times, IfxErr *err) {
  IfxBuf text = {0}, found = {0};
  for (int i = 0; i < times; i++) ifx_buf_str(&text, piece);
  IfxTree *t = ifx_tree_new();
  bool ok = t && !text.failed && ifx_yaml_manifests(t, text.data, text.len, &found, err);
  ifx_tree_release(t);
  ifx_buf_free(&text);
  ifx_buf_free(&found);
  return ok;
}

int main(void) {
  IfxErr err = {0};
  CHECK(!ifx_stopped(&err));
  CHECK(reads("- a\n", 100000, &err));
  CHECK(reads("a: 1\n---\n", 2000, &err));
  ifx_stop();
  CHECK(ifx_stopped(&err));
  CHECK(reads("- a\n", 1000, &err));
  CHECK(reads("a: 1\n---\n", 100, &err));
  CHECK(!reads("- a\n", 100000, &err));
  CHECK_STR(err.kind, IFX_E_CANCELLED);
  err = (IfxErr){0};
  CHECK(!reads("a: 1\n---\n", 2000, &err));
  CHECK_STR(err.kind, IFX_E_CANCELLED);
  return CHECK_END();
}
