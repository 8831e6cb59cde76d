/* fuzz_yaml_edit.c: any edit of any text is right. SPDX-License-Identifier: Apache-2.0 */
#include "../unit/yaml_doc_random.h"

/* The first eight bytes choose the edits, the rest is the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  IfxYdoc d = {0};
  IfxErr err;
  KitEdit e;
  KitRandom r = {.bytes = data, .left = 8};
  if (size < 8) return 0;
  if (!ifx_ydoc_open(&d, (const char *)data + 8, size - 8, IFX_YAML_SCHEMA_CORE, NULL, &err))
    return 0;
  const char *problem = kit_random_edit(&d, &r, &e, &err);
  if (problem) {
    fprintf(stderr, "%s\n", problem);
    abort();
  }
  ifx_ydoc_close(&d);
  return 0;
}
