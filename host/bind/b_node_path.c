/* b_node_path.c: node.source and node.target: paths as replacements write them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "../core/node_path.h"

#include <stdio.h>
#include <string.h>

#include "../core/yaml.h"
#include "bind.h"

#define SOURCE_META "ifx.node.source"
#define TARGET_META "ifx.node.target"

static int path_gc(lua_State *L) {
  IfxNodePath **box = lua_touserdata(L, 1);
  ifx_node_path_free(*box);
  *box = NULL;
  return 0;
}

static int raise_from(lua_State *L, const char *op, IfxErr *err) {
  snprintf(err->op, sizeof err->op, "%s", op);
  return ifx_raise(L, err);
}

static IfxNodePath *push_path(lua_State *L, const char *meta, IfxPathUse use, const char *op) {
  size_t len;
  IfxErr err;
  const char *text = ifx_check_string(L, 1, &len);
  IfxNodePath **box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = NULL;
  luaL_setmetatable(L, meta);
  *box = ifx_node_path_new(text, len, use, &err);
  if (!*box) raise_from(L, op, &err);
  return *box;
}

/* node.source(path) */
static int node_source(lua_State *L) {
  push_path(L, SOURCE_META, IFX_PATH_SOURCE, "node.source");
  return 1;
}

static const IfxNodePath *check_path(lua_State *L, const char *meta) {
  IfxNodePath **box = luaL_checkudata(L, 1, meta);
  if (!*box) ifx_raise_argument(L, 1, "it is closed");
  return *box;
}

/* source:get(node) */
static int source_get(lua_State *L) {
  IfxErr err;
  const IfxNodePath *path = check_path(L, SOURCE_META);
  const IfxNodeHandle *h = ifx_check_node(L, 2);
  const IfxNode *n = ifx_node_lookup(h->node, path, &err);
  if (!n && err.kind) return raise_from(L, "source:get", &err);
  if (n)
    ifx_push_node(L, h->tree, n);
  else
    lua_pushnil(L);
  return 1;
}

/* A text that is no expression: it matches where it stands. */
static bool is_literal(const IfxStep *step) {
  return !strpbrk(step->value, "\\.+*?()|[]{}^$") && strlen(step->value) == step->value_len;
}

/* node.target(path, compile): `compile` makes expressions of the values in [field=value]; they
 * stand in the path's user value at the number of their step, from 1. */
static int node_target(lua_State *L) {
  size_t count;
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  const IfxStep *steps =
      ifx_node_path_steps(push_path(L, TARGET_META, IFX_PATH_TARGET, "node.target"), &count);
  lua_newtable(L);
  for (size_t i = 0; i < count; i++) {
    if (steps[i].kind != IFX_STEP_ITEM || is_literal(&steps[i])) continue;
    lua_pushvalue(L, 2);
    lua_pushlstring(L, steps[i].value, steps[i].value_len);
    lua_call(L, 1, 1);
    lua_rawseti(L, 4, (lua_Integer)i + 1);
  }
  lua_setiuservalue(L, 3, 1);
  return 1;
}

/* What an expression is asked with. */
typedef struct Asking {
  lua_State *L;
  const IfxNodePath *path;
  int compiled; /* where the table of expressions is */
} Asking;

static bool matches(void *self, size_t step, const char *text, size_t len) {
  const Asking *a = self;
  size_t count;
  const IfxStep *s = &ifx_node_path_steps(a->path, &count)[step];
  if (is_literal(s)) return memmem(text, len, s->value, s->value_len) != NULL;
  luaL_checkstack(a->L, 4, "deep value");
  lua_rawgeti(a->L, a->compiled, (lua_Integer)step + 1);
  lua_getfield(a->L, -1, "match");
  lua_insert(a->L, -2);
  lua_pushlstring(a->L, text, len);
  lua_call(a->L, 2, 1);
  bool yes = lua_toboolean(a->L, -1);
  lua_pop(a->L, 1);
  return yes;
}

/* target:put(node, value, {create, delimiter, index}): the changed node, and how many places. */
static int target_put(lua_State *L) {
  IfxErr err;
  size_t places, len = 0;
  const IfxNodePath *path = check_path(L, TARGET_META);
  const IfxNodeHandle *h = ifx_check_node(L, 2), *value = ifx_check_node(L, 3);
  lua_settop(L, 4);
  const char *delimiter = ifx_field_string(L, 4, "delimiter", NULL, &len);
  Asking asking = {.L = L, .path = path, .compiled = 5};
  IfxReplacement how = {.value = value->node,
                        .create = ifx_field_boolean(L, 4, "create", false),
                        .delimiter = len ? delimiter : NULL,
                        .delimiter_len = len,
                        .index = ifx_field_integer(L, 4, "index", 0),
                        .kind_of = ifx_yaml_kind,
                        .matches = matches,
                        .self = &asking};
  lua_getiuservalue(L, 1, 1);
  IfxTree *tree = ifx_push_tree(L);
  bool ok = ifx_tree_use(tree, h->tree) && ifx_tree_use(tree, value->tree);
  const IfxNode *n = ok ? ifx_node_replace(tree, h->node, path, &how, &places, &err) : NULL;
  if (!ok || (n && !(n = ifx_node_spread(tree, h->node, n)))) ifx_err_nomem(&err);
  if (!n) return raise_from(L, "target:put", &err);
  ifx_push_node(L, tree, n);
  lua_pushinteger(L, (lua_Integer)places);
  return 2;
}

static void make_meta(lua_State *L, const char *name, const char *method, lua_CFunction function) {
  luaL_newmetatable(L, name);
  lua_pushcfunction(L, path_gc);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "__gc");
  lua_setfield(L, -2, "__close");
  lua_newtable(L);
  lua_pushcfunction(L, function);
  lua_setfield(L, -2, method);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

void ifx_open_node_path(lua_State *L) {
  make_meta(L, SOURCE_META, "get", source_get);
  make_meta(L, TARGET_META, "put", target_put);
  lua_pushcfunction(L, node_source);
  lua_setfield(L, -2, "source");
  lua_pushcfunction(L, node_target);
  lua_setfield(L, -2, "target");
}
