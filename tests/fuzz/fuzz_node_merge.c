/* fuzz_node_merge.c: values under any patch can be printed and read again, or are refused.
 * SPDX-License-Identifier: Apache-2.0 */
/* The input: merge keys, a value, a patch, documents between --- lines. */
#include <stdlib.h>
#include <string.h>

#include "core/node_merge.h"
#include "core/yaml.h"

/* What is printed is read as the same value, unless the value has no text. */
static void check_text(IfxTree *t, const IfxNode *n) {
  IfxBuf text = {0}, found = {0}, again = {0};
  IfxErr err;
  if (ifx_yaml_write_canonical(&text, n, &err)) {
    if (!ifx_yaml_manifests(t, text.data, text.len, &found, &err)) abort();
    const IfxNode *back = n;
    if (found.len) memcpy(&back, found.data, sizeof back);
    if (!ifx_yaml_write_canonical(&again, back, &err)) abort();
  }
  ifx_buf_free(&text);
  ifx_buf_free(&found);
  ifx_buf_free(&again);
}

static void check_merge(IfxTree *t, const IfxNode *const docs[3]) {
  const IfxNode *merged = NULL;
  IfxErr err = {0};
  const IfxMergeKeys *keys = ifx_merge_keys(t, docs[0], &err);
  if (!keys && !err.kind) abort();
  if (ifx_node_merge(t, docs[1], docs[2], keys, &merged, &err)) {
    if (merged) check_text(t, merged);
  } else if (!err.kind || !*err.message) {
    abort();
  }
}

static void check_patch(IfxTree *t, const IfxNode *const docs[3]) {
  IfxErr err = {0};
  const IfxNode *patched = ifx_node_patch(t, docs[1], docs[2], &err);
  if (patched) patched = ifx_yaml_through_json(t, patched, &err);
  if (patched)
    check_text(t, patched);
  else if (!err.kind || !*err.message)
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  IfxTree *t = ifx_tree_new();
  IfxBuf found = {0};
  IfxErr err;
  const IfxNode *docs[3];
  if (size < 20000 && ifx_yaml_manifests(t, (const char *)data, size, &found, &err) &&
      found.len >= sizeof docs) {
    memcpy(docs, found.data, sizeof docs);
    check_merge(t, docs);
    check_patch(t, docs);
  }
  ifx_buf_free(&found);
  ifx_tree_release(t);
  return 0;
}
