/* node_merge_keys.c: what types say of lists that merge. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "node_merge.h"

struct IfxMergeKeys {
  IfxMergeType names;   /* its fields: types by their name */
  IfxMergeType objects; /* its fields: API versions, whose fields are kinds */
};

typedef struct Reading {
  IfxTree *tree;
  IfxMergeKeys *keys;
  IfxErr *err;
} Reading;

static bool refuse(const Reading *r, const IfxNode *at, const char *what) {
  ifx_err_set(r->err, IFX_E_PARSE, "%s", what);
  return at->line ? ifx_err_at(r->err, at->line, 1) : false;
}

static void *room(const Reading *r, size_t size) {
  void *p = ifx_tree_alloc(r->tree, size);
  if (!p) ifx_err_nomem(r->err);
  return p;
}

static const IfxMergeType *find(const IfxMergeType *in, const IfxNode *name) {
  for (size_t i = 0; i < in->count; i++) {
    const IfxNode *n = in->fields[i].name;
    if (n->count == name->count && memcmp(n->text, name->text, n->count) == 0)
      return in->fields[i].type;
  }
  return NULL;
}

/* Fields without types yet, as many as `n` has. */
static IfxMergeField *take_names(const Reading *r, const IfxNode *n, const char *what,
                                 IfxMergeType *type) {
  size_t count = n ? n->count : 0;
  if (n && n->kind != IFX_NODE_MAP) {
    refuse(r, n, what);
    return NULL;
  }
  IfxMergeField *fields = room(r, (count + 1) * sizeof *fields);
  if (!fields) return NULL;
  for (size_t i = 0; i < count; i++) fields[i] = (IfxMergeField){.name = n->fields[i].key};
  type->fields = fields;
  type->count = count;
  return fields;
}

static const IfxMergeType *read_type(const Reading *r, const IfxNode *n);

static bool read_fields(const Reading *r, const IfxNode *n, const char *what, IfxMergeType *type) {
  IfxMergeField *fields = take_names(r, n, what, type);
  for (size_t i = 0; fields && i < type->count; i++)
    if (!(fields[i].type = read_type(r, n->fields[i].value))) return false;
  return fields != NULL;
}

static bool read_keys(const Reading *r, const IfxNode *n, IfxMergeType *type) {
  bool ok = !n || (n->kind == IFX_NODE_LIST && n->count > 0 && n->count <= IFX_MERGE_KEYS);
  for (size_t i = 0; ok && n && i < n->count; i++)
    ok = n->items[i]->kind == IFX_NODE_STRING && (n->items[i]->count > 0 || n->count == 1);
  type->keys = n;
  return ok || refuse(r, n, "keys: a list of one to eight names, or of one empty text");
}

static bool read_part(const Reading *r, const IfxNode *n, const IfxMergeType **part) {
  *part = n ? read_type(r, n) : NULL;
  return !n || *part;
}

static bool fill(const Reading *r, const IfxNode *n, IfxMergeType *type) {
  if (n->kind != IFX_NODE_MAP) return refuse(r, n, "a type is a map: fields, any, items, keys");
  return read_part(r, ifx_node_get(n, "any"), &type->any) &&
         read_part(r, ifx_node_get(n, "items"), &type->items) &&
         read_keys(r, ifx_node_get(n, "keys"), type) &&
         read_fields(r, ifx_node_get(n, "fields"), "fields: a map of names and types", type);
}

/* A type by its name, or one that is described where it is used. */
static const IfxMergeType *read_type(const Reading *r, const IfxNode *n) {
  if (n->kind == IFX_NODE_STRING) {
    const IfxMergeType *named = find(&r->keys->names, n);
    if (!named) refuse(r, n, "a type is named that `types` does not have");
    return named;
  }
  IfxMergeType *type = room(r, sizeof *type);
  if (!type) return NULL;
  *type = (IfxMergeType){0};
  return fill(r, n, type) ? type : NULL;
}

/* All names stand before the first type is read: types may name each other, and themselves. */
static bool read_types(const Reading *r, const IfxNode *n) {
  IfxMergeType *names = &r->keys->names;
  IfxMergeField *fields = take_names(r, n, "types: a map of names and types", names);
  IfxMergeType *types = fields ? room(r, (names->count + 1) * sizeof *types) : NULL;
  if (!types) return false;
  for (size_t i = 0; i < names->count; i++) {
    types[i] = (IfxMergeType){0};
    fields[i].type = &types[i];
  }
  for (size_t i = 0; i < names->count; i++)
    if (!fill(r, n->fields[i].value, &types[i])) return false;
  return true;
}

static bool read_objects(const Reading *r, const IfxNode *n) {
  static const char what[] = "objects: a map of API versions, kinds and types";
  IfxMergeType *objects = &r->keys->objects;
  IfxMergeField *versions = take_names(r, n, what, objects);
  for (size_t i = 0; versions && i < objects->count; i++) {
    IfxMergeType *kinds = room(r, sizeof *kinds);
    if (!kinds) return false;
    *kinds = (IfxMergeType){0};
    if (!read_fields(r, n->fields[i].value, what, kinds)) return false;
    versions[i].type = kinds;
  }
  return versions != NULL;
}

const IfxMergeKeys *ifx_merge_keys(IfxTree *t, const IfxNode *description, IfxErr *err) {
  Reading r = {.tree = t, .err = err};
  if (description->kind != IFX_NODE_MAP) {
    refuse(&r, description, "a map of types and objects is wanted");
    return NULL;
  }
  r.keys = room(&r, sizeof *r.keys);
  if (!r.keys) return NULL;
  *r.keys = (IfxMergeKeys){0};
  bool ok = read_types(&r, ifx_node_get(description, "types")) &&
            read_objects(&r, ifx_node_get(description, "objects"));
  return ok ? r.keys : NULL;
}

static bool is_text(const IfxNode *n) { return n && n->kind < IFX_NODE_LIST && n->count; }

const IfxMergeType *ifx_merge_type(const IfxMergeKeys *keys, const IfxNode *map) {
  const IfxNode *version = ifx_node_get(map, "apiVersion"), *kind = ifx_node_get(map, "kind");
  if (!keys || !is_text(version) || !is_text(kind)) return NULL;
  const IfxMergeType *kinds = find(&keys->objects, version);
  return kinds ? find(kinds, kind) : NULL;
}

const IfxMergeType *ifx_merge_field(const IfxMergeType *type, const IfxNode *name) {
  const IfxMergeType *field = type ? find(type, name) : NULL;
  return field || !type ? field : type->any;
}
