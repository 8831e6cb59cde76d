/* node_merge.c: strategic merge of maps and scalars. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "node_merge_impl.h"

#define VERB "$patch"

void *ifx_merge_fail(IfxMerge *m, const IfxNode *at, const char *what) {
  if (m->failed) return NULL;
  m->failed = true;
  ifx_err_set(m->err, IFX_E_PARSE, "%s", what);
  if (at && at->line) ifx_err_at(m->err, at->line, 1);
  return NULL;
}

void *ifx_merge_no_memory(IfxMerge *m) {
  m->failed = true;
  ifx_err_nomem(m->err);
  return NULL;
}

#define MOST_LOOKS ((uint64_t)1 << 29) /* some seconds */

bool ifx_merge_look(IfxMerge *m, const IfxNode *at, uint64_t count) {
  m->looked += count;
  if (m->looked <= MOST_LOOKS) return true;
  if (m->failed) return false;
  ifx_merge_fail(m, at, "lists or maps too long to be merged");
  m->err->kind = IFX_E_LIMIT;
  return ifx_err_hint(m->err, "the work grows with the square of their length: divide the object");
}

static const char *name_of(const IfxNode *n) {
  return n->kind == IFX_NODE_MAP    ? "MappingNode"
         : n->kind == IFX_NODE_LIST ? "SequenceNode"
                                    : "ScalarNode";
}

const IfxNode *ifx_merge_wrong_kind(IfxMerge *m, const char *wanted, const IfxNode *got) {
  char text[100] = "wrong node kind: expected ";
  strcat(strcat(strcat(text, wanted), " but got "), name_of(got));
  return ifx_merge_fail(m, got, text);
}

/* ---- $patch ---- */

IfxVerb ifx_merge_verb(const IfxNode *value) {
  if (ifx_node_is_text(value, "merge")) return IFX_MERGE_MERGE;
  if (ifx_node_is_text(value, "replace")) return IFX_MERGE_REPLACE;
  return ifx_node_is_text(value, "delete") ? IFX_MERGE_DELETE : IFX_MERGE_UNKNOWN;
}

IfxVerb ifx_merge_take_verb(IfxMerge *m, const IfxNode **map) {
  const IfxNode *value = ifx_node_get(*map, VERB);
  if (!value) return IFX_MERGE_MERGE;
  IfxVerb verb = ifx_merge_verb(value);
  if (verb == IFX_MERGE_UNKNOWN) return verb;
  const IfxNode *rest = ifx_node_put(m->tree, *map, VERB, strlen(VERB), NULL);
  if (rest)
    *map = rest;
  else
    ifx_merge_no_memory(m);
  return verb;
}

/* ---- maps ---- */

typedef struct Fields {
  IfxField *list;
  size_t count;
  bool changed; /* against the map that they were taken from */
} Fields;

/* The field of a map that has the key of `f`, looked for from *from on: both maps stand in the same
 * order, so it is mostly the next one. */
static const IfxNode *counterpart(IfxMerge *m, const IfxNode *map, const IfxField *f,
                                  size_t *from) {
  if (!map) return NULL;
  for (size_t i = 0; i < map->count; i++) {
    size_t at = (*from + i) % map->count;
    const IfxNode *key = map->fields[at].key;
    if (key->count != f->key->count || memcmp(key->text, f->key->text, key->count) != 0) continue;
    *from = at + 1;
    return map->fields[at].value;
  }
  ifx_merge_look(m, map, map->count);
  return NULL;
}

static void add(IfxMerge *m, const IfxMergeType *type, Fields *out, const IfxField *f,
                const IfxNode *at, const IfxNode *patch) {
  if (f->key->count == 0) { /* the name of no field, but of what kyaml takes for the value itself */
    ifx_merge_fail(m, f->key,
                   "wrong node kind: expected ScalarNode but got MappingNode, which has "
                   "an empty key");
    return;
  }
  const IfxNode *value = ifx_merge_values(m, ifx_merge_field(type, f->key), at, patch);
  if (value) out->list[out->count++] = (IfxField){f->key, value};
  out->changed = out->changed || value != at;
}

/* Field by field, also where the patch has none: what is null and written as nothing goes. */
static const IfxNode *fields(IfxMerge *m, const IfxMergeType *type, const IfxNode *at,
                             const IfxNode *patch) {
  size_t most = at->count + (patch ? patch->count : 0), from = 0;
  Fields out = {.list = ifx_tree_alloc(m->tree, (most + 1) * sizeof *out.list)};
  if (!out.list) return ifx_merge_no_memory(m);
  for (size_t i = 0; i < at->count && !m->failed; i++) {
    const IfxField *f = &at->fields[i];
    add(m, type, &out, f, f->value, at == patch ? f->value : counterpart(m, patch, f, &from));
  }
  from = 0;
  for (size_t i = 0; patch && patch != at && i < patch->count && !m->failed; i++) {
    const IfxField *f = &patch->fields[i];
    if (!counterpart(m, at, f, &from)) add(m, type, &out, f, NULL, f->value);
  }
  if (m->failed) return NULL;
  if (!out.changed) return at;
  const IfxNode *map = ifx_node_map(m->tree, out.list, out.count);
  return map ? map : ifx_merge_no_memory(m);
}

/* What is new is merged with itself: its own nulls and verbs count too. */
static const IfxNode *maps(IfxMerge *m, const IfxMergeType *type, const IfxNode *at,
                           const IfxNode *patch) {
  bool same = at == patch, new = ifx_merge_nothing(at);
  if (!patch) return fields(m, type, at, NULL);
  if (patch->kind == IFX_NODE_NULL) return NULL;
  IfxVerb verb = ifx_merge_take_verb(m, &patch);
  if (verb == IFX_MERGE_UNKNOWN && !new)
    return ifx_merge_fail(m, patch, "unknown patch strategy: $patch is replace, delete or merge");
  if (m->failed || verb == IFX_MERGE_DELETE) return NULL;
  return fields(m, type, new || same || verb == IFX_MERGE_REPLACE ? patch : at, patch);
}

/* ---- all values ---- */

/* What takes the place of a text in quotes stands in quotes. */
static const IfxNode *scalars(IfxMerge *m, const IfxNode *at, const IfxNode *patch) {
  if (!patch) return at;
  if (patch->kind == IFX_NODE_NULL) return NULL;
  if (!at) return patch;
  const IfxNode *placed = ifx_node_quote(m->tree, patch, ifx_node_quoted(at) ? at->quote : 0);
  return placed ? placed : ifx_merge_no_memory(m);
}

/* Both are nothing: only a null that is written out, and that the patch does not speak of, stays.
 */
static const IfxNode *nulls(const IfxNode *at, const IfxNode *patch) {
  return at && !patch && at->count > 0 ? at : NULL;
}

static bool is_alike(const IfxNode *a, const IfxNode *b) {
  bool scalar = a->kind < IFX_NODE_LIST;
  return ifx_merge_nothing(b) || (scalar ? b->kind < IFX_NODE_LIST : b->kind == a->kind);
}

const IfxNode *ifx_merge_values(IfxMerge *m, const IfxMergeType *type, const IfxNode *at,
                                const IfxNode *patch) {
  const IfxNode *first = ifx_merge_nothing(at) ? patch : at;
  if (ifx_merge_nothing(first)) return nulls(at, patch);
  if (!is_alike(first, patch)) return ifx_merge_wrong_kind(m, name_of(first), patch);
  if (!type) type = ifx_merge_type(m->keys, at);
  if (!type) type = ifx_merge_type(m->keys, patch);
  if (first->kind == IFX_NODE_MAP) return maps(m, type, at, patch);
  if (first->kind == IFX_NODE_LIST && type && type->keys)
    return ifx_merge_lists(m, type, at, patch);
  if (first->kind == IFX_NODE_LIST)
    return !patch ? at : patch->kind == IFX_NODE_NULL ? NULL : patch;
  return scalars(m, at, patch);
}

/* A map that is replaced at the very top stays as it was: what is merged is its fields. */
bool ifx_node_merge(IfxTree *t, const IfxNode *n, const IfxNode *patch, const IfxMergeKeys *keys,
                    const IfxNode **out, IfxErr *err) {
  IfxMerge m = {.tree = t, .keys = keys, .err = err};
  const IfxNode *merged = ifx_merge_values(&m, NULL, n, patch);
  bool replaced = merged && n->kind == IFX_NODE_MAP && patch->kind == IFX_NODE_MAP &&
                  ifx_merge_verb(ifx_node_get(patch, VERB)) == IFX_MERGE_REPLACE;
  *out = replaced ? n : merged;
  return !m.failed;
}
