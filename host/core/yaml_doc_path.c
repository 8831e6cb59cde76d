/* yaml_doc_path.c: following a path, saying where it ends. SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "yaml_doc_impl.h"

bool ydoc_key_text(const IfxYamlNode *key, const char **text, size_t *len) {
  if (key->kind == IFX_YAML_ALIAS) key = key->first;
  if (key->kind != IFX_YAML_SCALAR) return false;
  *text = key->value;
  *len = key->value_len;
  return true;
}

static IfxYamlNode *find_key(const IfxYamlNode *map, const IfxYstep *step, uint32_t *position) {
  *position = 0;
  for (IfxYamlNode *key = map->first; key; key = key->next->next, ++*position) {
    const char *text;
    size_t len;
    if (!ydoc_key_text(key, &text, &len)) continue;
    if (len == step->len && memcmp(text, step->key, len) == 0) return key;
  }
  return NULL;
}

static IfxYamlNode *find_item(const IfxYamlNode *seq, uint32_t index) {
  if (index < 1 || index > seq->count) return NULL;
  IfxYamlNode *item = seq->first;
  while (--index) item = item->next;
  return item;
}

static bool step_into(Reach *r, const IfxYstep *step) {
  if (r->node->kind == IFX_YAML_MAP && step->kind == IFX_YSTEP_KEY) {
    uint32_t position;
    IfxYamlNode *key = find_key(r->node, step, &position);
    if (!key) return false;
    *r = (Reach){.node = key->next, .key = key, .position = position, .steps = r->steps + 1};
    return true;
  }
  if (r->node->kind != IFX_YAML_SEQ || step->kind != IFX_YSTEP_INDEX) return false;
  IfxYamlNode *item = find_item(r->node, step->index);
  if (!item) return false;
  *r = (Reach){.node = item, .position = step->index - 1, .steps = r->steps + 1};
  return true;
}

Reach ydoc_reach(const IfxYamlNode *root, const IfxYpath *path, size_t steps) {
  Reach r = {.node = (IfxYamlNode *)root};
  for (size_t i = 0; root && i < steps; i++)
    if (!step_into(&r, &path->steps[i])) break;
  return r;
}

/* ---- as a reader sees it ---- */

static const IfxYamlNode *aliased(const IfxYamlNode *n) {
  return n && n->kind == IFX_YAML_ALIAS ? n->first : n;
}

static const IfxYamlNode *lookup_merged(const IfxYamlNode *source, const IfxYstep *step,
                                        IfxYamlSchema schema) {
  source = aliased(source);
  if (source->kind == IFX_YAML_MAP) return ydoc_lookup(source, step, schema);
  if (source->kind != IFX_YAML_SEQ) return NULL;
  for (const IfxYamlNode *one = source->first; one; one = one->next) {
    const IfxYamlNode *map = aliased(one);
    const IfxYamlNode *found = map->kind == IFX_YAML_MAP ? ydoc_lookup(map, step, schema) : NULL;
    if (found) return found;
  }
  return NULL;
}

static bool is_merge(const IfxYamlNode *key, IfxYamlSchema schema) {
  return key->kind == IFX_YAML_SCALAR && ifx_yaml_resolve(key, schema).type == IFX_YAML_MERGE;
}

const IfxYamlNode *ydoc_lookup(const IfxYamlNode *map, const IfxYstep *step, IfxYamlSchema schema) {
  uint32_t position;
  const IfxYamlNode *key = find_key(map, step, &position), *found = NULL;
  if (key && !is_merge(key, schema)) return key->next;
  for (key = map->first; key; key = key->next->next) {
    const IfxYamlNode *merged =
        is_merge(key, schema) ? lookup_merged(key->next, step, schema) : NULL;
    if (merged) found = merged; /* of two merge keys the later one wins, as in decode */
  }
  return found;
}

const IfxYamlNode *ifx_ydoc_get(const IfxYdoc *d, const IfxYpath *path) {
  if (path->doc < 1 || path->doc > d->stream->ndocs) return NULL;
  const IfxYamlNode *n = aliased(d->stream->docs[path->doc - 1].root);
  for (size_t i = 0; n && i < path->count; i++) {
    const IfxYstep *step = &path->steps[i];
    if (n->kind == IFX_YAML_MAP && step->kind == IFX_YSTEP_KEY)
      n = ydoc_lookup(n, step, d->schema);
    else if (n->kind == IFX_YAML_SEQ && step->kind == IFX_YSTEP_INDEX)
      n = find_item(n, step->index);
    else
      return NULL;
    n = aliased(n);
  }
  return n;
}

/* ---- messages ---- */

bool ydoc_fail(const IfxYdoc *d, const IfxYamlNode *node, IfxErr *err, const char *kind,
               const char *fmt, ...) {
  char message[sizeof err->message];
  va_list args;
  va_start(args, fmt);
  vsnprintf(message, sizeof message, fmt, args);
  va_end(args);
  ifx_err_set(err, kind, "%s", message);
  snprintf(err->file, sizeof err->file, "%s", d->file);
  return node ? ifx_err_at(err, node->line, node->column) : false;
}

/* A key that reads as one word in a path; others are shown as ["key"]. */
static bool simple_key(const IfxYstep *s) {
  for (size_t i = 0; i < s->len; i++) {
    unsigned char c = (unsigned char)s->key[i];
    if (c <= ' ' || c == '.' || c == '[' || c == '"' || c == 0x7f) return false;
  }
  return s->len > 0;
}

static void add_step(char *out, size_t size, const IfxYstep *s, bool first) {
  size_t used = strlen(out);
  char quoted[80];
  out += used;
  size -= used;
  if (s->kind == IFX_YSTEP_INDEX) {
    snprintf(out, size, "[%u]", (unsigned)s->index);
  } else if (simple_key(s)) {
    snprintf(out, size, "%s%.*s", first ? "" : ".", (int)(s->len > 60 ? 60 : s->len), s->key);
  } else {
    ifx_yaml_quote(quoted, sizeof quoted, s->key, s->len);
    snprintf(out, size, "[%s]", quoted);
  }
}

void ydoc_path_text(char *out, size_t size, const IfxYpath *path, size_t steps) {
  snprintf(out, size, "%s", steps ? "" : "the document");
  for (size_t i = 0; i < steps; i++) add_step(out, size, &path->steps[i], i == 0);
}
