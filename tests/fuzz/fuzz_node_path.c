/* fuzz_node_path.c: any text is a path that leads somewhere or is refused; what is written along it
 * can be found again. SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/node_path.h"
#include "core/yaml.h"

/* Stands for an expression: its text somewhere in the value. */
static bool matches(void *self, size_t step, const char *text, size_t len) {
  size_t count;
  const IfxStep *s = &ifx_node_path_steps(self, &count)[step];
  if (step >= count || s->kind != IFX_STEP_ITEM) abort();
  return s->value_len == 0 || (len && memmem(text, len, s->value, s->value_len));
}

static void must_print(const IfxNode *n) {
  IfxBuf out = {0};
  IfxErr err = {0};
  if (!ifx_yaml_write_canonical(&out, n, &err) && !err.kind) abort();
  ifx_buf_free(&out);
}

static void put(IfxTree *t, const IfxNode *n, const char *path, size_t len, uint8_t options) {
  IfxErr err = {0};
  size_t places = 0;
  IfxNodePath *p = ifx_node_path_new(path, len, IFX_PATH_TARGET, &err);
  if (!p && !err.kind) abort();
  if (!p) return;
  IfxReplacement how = {.value = options & 1 ? n : ifx_node_string(t, "8"),
                        .create = options & 2,
                        .delimiter = options & 4 ? "." : NULL,
                        .delimiter_len = options & 4 ? 1 : 0,
                        .index = (options >> 4) - 4,
                        .kind_of = ifx_yaml_kind,
                        .matches = matches,
                        .self = p};
  const IfxNode *out = ifx_node_replace(t, n, p, &how, &places, &err);
  if (!out && !err.kind) abort();
  if (out && !places && out != n) abort();
  if (out) must_print(out);
  ifx_node_path_free(p);
}

static void get(const IfxNode *n, const char *path, size_t len) {
  IfxErr err = {0};
  IfxNodePath *p = ifx_node_path_new(path, len, IFX_PATH_SOURCE, &err);
  if (!p && !err.kind) abort();
  const IfxNode *found = p ? ifx_node_lookup(n, p, &err) : NULL;
  if (found) must_print(found);
  ifx_node_path_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A byte of options, the path in the first line, the object behind it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  IfxBuf found = {0};
  IfxErr err;
  const char *text = (const char *)data + 1;
  const char *stop = size > 1 ? memchr(text, '\n', size - 1) : NULL;
  if (!stop) return 0;
  size_t path = (size_t)(stop - text), rest = size - path - 2;
  IfxTree *t = ifx_tree_new();
  if (ifx_yaml_manifests(t, stop + 1, rest, &found, &err) && found.len) {
    const IfxNode *n;
    memcpy(&n, found.data, sizeof n);
    get(n, text, path);
    put(t, n, text, path, data[0]);
  }
  ifx_buf_free(&found);
  ifx_tree_release(t);
  return 0;
}
