/* node_edit.c: changed copies of lists and maps. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "node.h"

static bool has_key(const IfxField *f, const char *key, size_t len) {
  return f->key->count == len && memcmp(f->key->text, key, len) == 0;
}

const IfxNode *ifx_node_put(IfxTree *t, const IfxNode *map, const char *key, size_t len,
                            const IfxNode *value) {
  size_t count = map ? map->count : 0, n = 0;
  IfxField *fields = ifx_tree_alloc(t, (count + 1) * sizeof *fields);
  bool found = false;
  if (!fields) return NULL;
  for (size_t i = 0; i < count; i++) {
    bool same = has_key(&map->fields[i], key, len);
    found = found || same;
    if (same && !value) continue;
    fields[n++] = (IfxField){map->fields[i].key, same ? value : map->fields[i].value};
  }
  if (!found && value) {
    const IfxNode *name = ifx_node_scalar(t, IFX_NODE_STRING, key, len);
    if (!name) return NULL;
    fields[n++] = (IfxField){name, value};
  }
  return ifx_node_map(t, fields, n);
}

/* The items before `at`, then `value` (NULL: none), then those from `rest` on. */
static const IfxNode *spliced(IfxTree *t, const IfxNode *list, size_t at, const IfxNode *value,
                              size_t rest) {
  const IfxNode **items = ifx_tree_alloc(t, (list->count + 1) * sizeof *items);
  size_t n = at;
  if (!items) return NULL;
  if (at) memcpy(items, list->items, at * sizeof *items);
  if (value) items[n++] = value;
  for (size_t i = rest; i < list->count; i++) items[n++] = list->items[i];
  return ifx_node_list(t, items, n);
}

const IfxNode *ifx_node_put_item(IfxTree *t, const IfxNode *list, size_t at, const IfxNode *value) {
  return spliced(t, list, at, value, at + 1);
}

const IfxNode *ifx_node_insert(IfxTree *t, const IfxNode *list, size_t at, const IfxNode *value) {
  return spliced(t, list, at, value, at);
}

/* Written anew, it is folded no more. */
static const IfxNode *of_kind(IfxTree *t, const IfxNode *n, IfxNodeKind kind) {
  if (n->kind == kind && n->quote != '>') return n;
  bool scalar = n->kind < IFX_NODE_LIST;
  return ifx_node_scalar(t, kind, scalar ? n->text : "", scalar ? n->count : 0);
}

static bool is_text_field(const IfxField *f, IfxNodeKindOf kind_of) {
  return f->value->kind == IFX_NODE_STRING && f->value->quote != '>' &&
         f->key->kind == kind_of(f->key->text, f->key->count);
}

const IfxNode *ifx_node_texts(IfxTree *t, const IfxNode *map, IfxNodeKindOf kind_of) {
  size_t same = 0;
  while (same < map->count && is_text_field(&map->fields[same], kind_of)) same++;
  if (same == map->count) return map;
  IfxField *fields = ifx_tree_alloc(t, map->count * sizeof *fields);
  if (!fields) return NULL;
  for (size_t i = 0; i < map->count; i++) {
    const IfxField *f = &map->fields[i];
    fields[i] = (IfxField){of_kind(t, f->key, kind_of(f->key->text, f->key->count)),
                           of_kind(t, f->value, IFX_NODE_STRING)};
    if (!fields[i].key || !fields[i].value) return NULL;
  }
  return ifx_node_map(t, fields, map->count);
}

const IfxNode *ifx_node_quote(IfxTree *t, const IfxNode *n, char quote) {
  if (n->quote == '!') return n; /* its tag stays with it, in quotes too */
  if (quote == '!') quote = 0;
  uint8_t kind = quote ? IFX_NODE_STRING : n->kind;
  if (n->quote == quote && n->kind == kind) return n;
  IfxNode *out = ifx_tree_alloc(t, sizeof *out);
  if (!out) return NULL;
  *out = *n;
  out->kind = kind;
  out->quote = quote;
  return out;
}

static bool count_nodes(const IfxNode *n, size_t depth, size_t *left, IfxErr *err) {
  if (depth > IFX_NODE_MAX_DEPTH)
    return ifx_err_set(err, IFX_E_LIMIT, "a value of more than %d levels", IFX_NODE_MAX_DEPTH);
  size_t count = n->kind >= IFX_NODE_LIST ? n->count : 0;
  if (count >= *left) {
    ifx_err_set(err, IFX_E_LIMIT, "a value that holds more than %d others", IFX_NODE_MAX_COUNT);
    return ifx_err_hint(err, "is a value copied into itself, again and again?");
  }
  *left -= count;
  for (size_t i = 0; i < count; i++) {
    const IfxNode *below = n->kind == IFX_NODE_LIST ? n->items[i] : n->fields[i].value;
    if (below->kind >= IFX_NODE_LIST && !count_nodes(below, depth + 1, left, err)) return false;
  }
  return true;
}

bool ifx_node_check(const IfxNode *n, IfxErr *err) {
  size_t left = IFX_NODE_MAX_COUNT;
  return count_nodes(n, 1, &left, err);
}

bool ifx_node_equal(const IfxNode *a, const IfxNode *b) {
  if (a == b) return true;
  if (a->kind != b->kind || a->count != b->count) return false;
  if (a->kind == IFX_NODE_LIST) {
    for (size_t i = 0; i < a->count; i++)
      if (!ifx_node_equal(a->items[i], b->items[i])) return false;
    return true;
  }
  if (a->kind != IFX_NODE_MAP) return memcmp(a->text, b->text, a->count) == 0;
  for (size_t i = 0; i < a->count; i++) { /* both stand in the same order */
    const IfxField *x = &a->fields[i], *y = &b->fields[i];
    if (!has_key(x, y->key->text, y->key->count) || !ifx_node_equal(x->value, y->value))
      return false;
  }
  return true;
}
