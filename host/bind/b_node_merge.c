/* b_node_merge.c: strategic merge of nodes. SPDX-License-Identifier: Apache-2.0 */
#include "../core/node_merge.h"

#include <stdio.h>

#include "bind.h"

#define META "ifx.node.merge_keys"

/* Merge keys, which keep the tree that they were read from. */
typedef struct Handle {
  IfxTree *tree;
  const IfxMergeKeys *keys;
} Handle;

static int keys_gc(lua_State *L) {
  Handle *h = luaL_checkudata(L, 1, META);
  ifx_tree_release(h->tree);
  *h = (Handle){0};
  return 0;
}

static int raise(lua_State *L, const char *op, IfxErr *err) {
  snprintf(err->op, sizeof err->op, "%s", op);
  return ifx_raise(L, err);
}

/* The metatable, made where it is first needed. */
static void set_meta(lua_State *L) {
  if (luaL_newmetatable(L, META)) {
    lua_pushcfunction(L, keys_gc);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__gc");
    lua_setfield(L, -2, "__close");
  }
  lua_setmetatable(L, -2);
}

/* merge_keys(description): types, compiled. */
int ifx_node_merge_keys(lua_State *L) {
  const IfxNodeHandle *n = ifx_check_node(L, 1);
  IfxErr err;
  Handle *h = lua_newuserdatauv(L, sizeof *h, 0);
  *h = (Handle){0};
  set_meta(L);
  h->tree = ifx_tree_new();
  ifx_err_nomem(&err);
  if (h->tree && ifx_tree_use(h->tree, n->tree)) h->keys = ifx_merge_keys(h->tree, n->node, &err);
  return h->keys ? 1 : raise(L, "node.merge_keys", &err);
}

/* node:merge(patch, keys): nil when nothing is left. */
int ifx_node_merge_with(lua_State *L) {
  const IfxNodeHandle *n = ifx_check_node(L, 1), *patch = ifx_check_node(L, 2);
  const Handle *h = lua_isnoneornil(L, 3) ? NULL : luaL_testudata(L, 3, META);
  const IfxNode *merged;
  IfxErr err;
  if (!h && !lua_isnoneornil(L, 3))
    return ifx_raise_argument(L, 3, "merge keys expected, got %s", luaL_typename(L, 3));
  IfxTree *tree = ifx_push_tree(L);
  ifx_err_nomem(&err);
  if (!ifx_tree_use(tree, n->tree) || !ifx_tree_use(tree, patch->tree) ||
      !ifx_node_merge(tree, n->node, patch->node, h ? h->keys : NULL, &merged, &err))
    return raise(L, "node:merge", &err);
  ifx_err_nomem(&err);
  if (merged && !(merged = ifx_node_spread(tree, n->node, merged)))
    return raise(L, "node:merge", &err);
  if (merged)
    ifx_push_node(L, tree, merged);
  else
    lua_pushnil(L);
  return 1;
}
