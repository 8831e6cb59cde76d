/* yaml_doc_kit.h: documents, paths, values as text. SPDX-License-Identifier: Apache-2.0 */
#ifndef YAML_DOC_KIT_H
#define YAML_DOC_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/yaml_doc.h"

#define KIT_STEPS 70

/* A path as text: keys between slashes, '#' and an item's number, '*' and '**'; "" is the root.
 * `space` holds the keys. */
typedef struct KitPath {
  IfxYstep steps[KIT_STEPS];
  char space[1024];
  IfxYpath path;
} KitPath;

static IfxYstep kit_step(char *word) {
  IfxYstep s = {.kind = IFX_YSTEP_KEY, .key = word, .len = strlen(word)};
  if (strcmp(word, "*") == 0) s.kind = IFX_YSTEP_ANY;
  if (strcmp(word, "**") == 0) s.kind = IFX_YSTEP_DEEP;
  if (word[0] == '#')
    s = (IfxYstep){.kind = IFX_YSTEP_INDEX, .index = (uint32_t)strtoul(word + 1, NULL, 10)};
  return s;
}

static const IfxYpath *kit_path(KitPath *p, const char *text, uint32_t doc) {
  snprintf(p->space, sizeof p->space, "%s", text);
  p->path = (IfxYpath){.steps = p->steps, .doc = doc};
  for (char *word = p->space; *text && word;) {
    char *slash = strchr(word, '/');
    if (slash) *slash = '\0';
    p->steps[p->path.count++] = kit_step(word);
    word = slash ? slash + 1 : NULL;
  }
  return &p->path;
}

static void kit_scalar(IfxYbuild *b, const IfxYamlNode *n) {
  IfxYamlValue v = ifx_yaml_resolve(n, IFX_YAML_SCHEMA_CORE);
  switch (v.type) {
  case IFX_YAML_NULL: ifx_ybuild_null(b); break;
  case IFX_YAML_BOOL: ifx_ybuild_bool(b, v.boolean); break;
  case IFX_YAML_INT: ifx_ybuild_int(b, v.integer); break;
  case IFX_YAML_REAL: ifx_ybuild_real(b, v.real); break;
  default: ifx_ybuild_str(b, n->value, n->value_len);
  }
}

static void kit_node(IfxYbuild *b, const IfxYamlNode *n) {
  if (n->kind == IFX_YAML_ALIAS) n = n->first;
  if (n->kind == IFX_YAML_SCALAR) {
    kit_scalar(b, n);
    return;
  }
  ifx_ybuild_begin(b, n->kind == IFX_YAML_SEQ ? IFX_YVAL_SEQ : IFX_YVAL_MAP);
  for (const IfxYamlNode *c = n->first; c; c = c->next) kit_node(b, c);
  ifx_ybuild_end(b);
}

/* The value that a YAML text means; NULL when it is none. */
static const IfxYval *kit_value(IfxYbuild *b, const char *text, IfxErr *err) {
  IfxYdoc d = {0};
  ifx_ybuild_free(b);
  if (!ifx_ydoc_open(&d, text, strlen(text), IFX_YAML_SCHEMA_CORE, "value", err)) return NULL;
  if (d.stream->ndocs && d.stream->docs[0].root)
    kit_node(b, d.stream->docs[0].root);
  else
    ifx_ybuild_null(b);
  ifx_ydoc_close(&d);
  return ifx_ybuild_value(b, err);
}

/* One edit as a test or a fuzzer names it: 's' set, 'i' insert at `index`, 'd' delete, 'r' rename
 * to `arg`. */
static bool kit_edit(IfxYdoc *d, char op, const IfxYpath *path, uint32_t index, const char *arg,
                     IfxErr *err) {
  IfxYbuild b = {0};
  bool done = false;
  const IfxYval *v = op == 's' || op == 'i' ? kit_value(&b, arg, err) : NULL;
  if (op == 's' && v) done = ifx_ydoc_set(d, path, v, err);
  if (op == 'i' && v) done = ifx_ydoc_insert(d, path, index, v, err);
  if (op == 'd') done = ifx_ydoc_delete(d, path, err);
  if (op == 'r') done = ifx_ydoc_rename(d, path, arg, strlen(arg), err);
  ifx_ybuild_free(&b);
  return done;
}

#endif
