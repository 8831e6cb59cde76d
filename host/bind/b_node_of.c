/* b_node_of.c: nodes made of Lua values. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "../core/node.h"
#include "bind.h"

typedef IfxNodeHandle Handle;

static const IfxNode *of_value(lua_State *L, IfxTree *t, int at, int depth);

static const IfxNode *of_list(lua_State *L, IfxTree *t, int at, int depth) {
  size_t count = lua_rawlen(L, at);
  const IfxNode **items = ifx_tree_alloc(t, (count + 1) * sizeof *items);
  if (!items) ifx_raise_memory(L);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, at, (lua_Integer)i + 1);
    items[i] = of_value(L, t, lua_gettop(L), depth + 1);
    lua_pop(L, 1);
  }
  return ifx_node_list(t, items, count);
}

static const IfxNode *of_map(lua_State *L, IfxTree *t, int at, int depth) {
  size_t count = 0, i = 0;
  for (lua_pushnil(L); lua_next(L, at); lua_pop(L, 1)) count++;
  IfxField *fields = ifx_tree_alloc(t, (count + 1) * sizeof *fields);
  if (!fields) ifx_raise_memory(L);
  for (lua_pushnil(L); lua_next(L, at); lua_pop(L, 1), i++) {
    size_t len;
    if (lua_type(L, -2) != LUA_TSTRING) ifx_raise_argument(L, 1, "a map has texts for keys");
    const char *key = lua_tolstring(L, -2, &len);
    fields[i].key = ifx_node_scalar(t, IFX_NODE_STRING, key, len);
    fields[i].value = of_value(L, t, lua_gettop(L), depth + 1);
    if (!fields[i].key) ifx_raise_memory(L);
  }
  return ifx_node_map(t, fields, count);
}

static const IfxNode *of_scalar(lua_State *L, IfxTree *t, int at) {
  size_t len;
  IfxNodeKind kind = IFX_NODE_STRING;
  switch (lua_type(L, at)) {
  case LUA_TBOOLEAN:
    return ifx_node_scalar(t, IFX_NODE_BOOL, lua_toboolean(L, at) ? "true" : "false",
                           lua_toboolean(L, at) ? 4 : 5);
  case LUA_TNUMBER: kind = lua_isinteger(L, at) ? IFX_NODE_INT : IFX_NODE_REAL; break;
  case LUA_TSTRING: break;
  default:
    if (ifx_is_null(L, at)) return ifx_node_scalar(t, IFX_NODE_NULL, "null", 4);
    ifx_raise_argument(L, 1, "a %s is no value", luaL_typename(L, at));
  }
  lua_pushvalue(L, at); /* the conversion of a number must not change it where it stands */
  const char *text = lua_tolstring(L, -1, &len);
  const IfxNode *n = ifx_node_scalar(t, kind, text, len);
  lua_pop(L, 1);
  return n;
}

/* The node at `at` as it is, or one made of the Lua value there. Raises. */
static const IfxNode *of_value(lua_State *L, IfxTree *t, int at, int depth) {
  const Handle *h = ifx_test_node(L, at);
  const IfxNode *n;
  luaL_checkstack(L, 10, "deep value");
  if (depth > IFX_MAX_DEPTH) ifx_raise_argument(L, 1, "a value so deep, or one that holds itself");
  if (h)
    n = ifx_tree_use(t, h->tree) ? h->node : NULL;
  else if (!lua_istable(L, at))
    n = of_scalar(L, t, at);
  else
    n = ifx_is_list(L, at) ? of_list(L, t, at, depth) : of_map(L, t, at, depth);
  if (!n) ifx_raise_memory(L);
  return n;
}

const IfxNode *ifx_node_of(lua_State *L, IfxTree *t, int at) { return of_value(L, t, at, 1); }
