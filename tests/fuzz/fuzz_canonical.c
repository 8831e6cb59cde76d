/* fuzz_canonical.c: values that are printed are read as the same ones. SPDX-License-Identifier:
 * Apache-2.0 */
/* The input: a value in prefix form. A byte says list, map or text and how much of it. */
#include <stdlib.h>
#include <string.h>

#include "core/yaml.h"

#define DEEPEST 20

typedef struct Input {
  const uint8_t *at, *end;
  IfxTree *tree;
  bool lost; /* a text that the form does not keep: U+0085, and << as a key */
} Input;

static const IfxNode *text(Input *in, size_t len) {
  if (len > (size_t)(in->end - in->at)) len = (size_t)(in->end - in->at);
  for (size_t i = 0; i + 1 < len; i++)
    in->lost = in->lost || memcmp(in->at + i, "\xC2\x85", 2) == 0;
  const IfxNode *n = ifx_node_scalar(in->tree, IFX_NODE_STRING, (const char *)in->at, len);
  in->at += len;
  return n;
}

static const IfxNode *value(Input *in, int depth) {
  uint8_t head = in->at < in->end ? *in->at++ : 0;
  size_t count = head % 5;
  const IfxNode *items[4];
  IfxField fields[4];
  if (head < 128 || depth == DEEPEST) return text(in, head % 128);
  for (size_t i = 0; i < count && head < 192; i++) items[i] = value(in, depth + 1);
  if (head < 192) return ifx_node_list(in->tree, items, count);
  size_t made = 0;
  for (size_t i = 0; i < count; i++) {
    fields[made].key = text(in, in->at < in->end ? *in->at++ : 0);
    in->lost = in->lost || ifx_node_is_text(fields[made].key, "<<");
    fields[made].value = value(in, depth + 1);
    const IfxNode *before = ifx_node_map(in->tree, fields, made);
    if (!ifx_node_find(before, fields[made].key->text, fields[made].key->count)) made++;
  }
  return ifx_node_map(in->tree, fields, made);
}

static void check(Input *in, const IfxNode *n) {
  IfxBuf out = {0};
  IfxErr err = {0};
  IfxYamlStream *stream;
  if (ifx_yaml_write_canonical(&out, n, &err)) {
    if (!ifx_yaml_parse(out.data, out.len, NULL, &stream, &err) || stream->ndocs != 1) abort();
    const IfxNode *back = ifx_yaml_node(in->tree, stream->docs[0].root, IFX_YAML_SCHEMA_GO, &err);
    if (!in->lost && (!back || !ifx_node_equal(n, back))) abort();
    ifx_yaml_free(stream);
  } else if (!err.kind || strcmp(err.kind, IFX_E_PARSE) != 0 || !*err.message) {
    abort();
  }
  ifx_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Input in = {.at = data, .end = data + size, .tree = ifx_tree_new()};
  check(&in, value(&in, 0));
  ifx_tree_release(in.tree);
  return 0;
}
