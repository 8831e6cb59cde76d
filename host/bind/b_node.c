/* b_node.c: the module node: immutable values in C, read and printed. SPDX-License-Identifier:
 * Apache-2.0 */
#include "../core/node.h"

#include <stdio.h>
#include <string.h>

#include "../core/yaml.h"
#include "bind.h"

#define META      "ifx.node"
#define TREE_META "ifx.node.tree"
#define TEXT_META "ifx.node.text"

/* A node, which keeps its tree. */
typedef struct Handle {
  IfxTree *tree;
  const IfxNode *node;
} Handle;

static Handle *check_node(lua_State *L, int arg) {
  Handle *h = luaL_testudata(L, arg, META);
  if (!h) ifx_raise_argument(L, arg, "node expected, got %s", luaL_typename(L, arg));
  return h;
}

static int node_gc(lua_State *L) {
  Handle *h = luaL_checkudata(L, 1, META);
  ifx_tree_release(h->tree);
  *h = (Handle){0};
  return 0;
}

static int tree_gc(lua_State *L) {
  IfxTree **box = luaL_checkudata(L, 1, TREE_META);
  ifx_tree_release(*box);
  *box = NULL;
  return 0;
}

static int text_gc(lua_State *L) {
  ifx_buf_free(luaL_checkudata(L, 1, TEXT_META));
  return 0;
}

static void push_node(lua_State *L, IfxTree *tree, const IfxNode *node) {
  Handle *h = lua_newuserdatauv(L, sizeof *h, 0);
  *h = (Handle){.node = node};
  luaL_setmetatable(L, META);
  h->tree = ifx_tree_share(tree);
}

/* A tree that is released with the call, unless nodes of it are pushed. */
static IfxTree *push_tree(lua_State *L) {
  IfxTree **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, TREE_META);
  lua_toclose(L, -1);
  *box = ifx_tree_new();
  if (!*box) luaL_error(L, "out of memory");
  return *box;
}

static IfxBuf *push_text(lua_State *L) {
  IfxBuf *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (IfxBuf){0};
  luaL_setmetatable(L, TEXT_META);
  lua_toclose(L, -1);
  return b;
}

static int raise_from(lua_State *L, const char *op, const char *file, IfxErr *err) {
  snprintf(err->op, sizeof err->op, "%s", op);
  if (file && err->line) snprintf(err->file, sizeof err->file, "%s", file);
  return ifx_raise(L, err);
}

/* manifests(text, {file}): the documents of a text. */
static int node_manifests(lua_State *L) {
  size_t len;
  IfxErr err;
  const char *text = ifx_check_string(L, 1, &len);
  const char *file = ifx_field_string(L, 2, "file", NULL, NULL);
  IfxTree *tree = push_tree(L);
  IfxBuf *found = push_text(L);
  if (!ifx_yaml_manifests(tree, text, len, found, &err))
    return raise_from(L, "node.manifests", file, &err);
  size_t count = found->len / sizeof(const IfxNode *);
  lua_createtable(L, (int)count, 0);
  ifx_mark_list(L);
  for (size_t i = 0; i < count; i++) {
    const IfxNode *n;
    memcpy(&n, found->data + i * sizeof n, sizeof n);
    push_node(L, tree, n);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* print(node or list of nodes): their canonical text, --- between. */
static int node_print(lua_State *L) {
  IfxErr err;
  bool list = lua_istable(L, 1);
  lua_Integer count = list ? (lua_Integer)lua_rawlen(L, 1) : 1;
  IfxBuf *out = push_text(L);
  for (lua_Integer i = 1; i <= count; i++) {
    if (list)
      lua_rawgeti(L, 1, i);
    else
      lua_pushvalue(L, 1);
    const Handle *h = luaL_testudata(L, -1, META);
    if (!h) return ifx_raise_argument(L, 1, "a node, or a list of nodes expected");
    if (i > 1) ifx_buf_str(out, "---\n");
    if (!ifx_yaml_write_canonical(out, h->node, &err))
      return raise_from(L, "node.print", NULL, &err);
    lua_pop(L, 1);
  }
  lua_pushlstring(L, out->data ? out->data : "", out->len);
  return 1;
}

static void push_found(lua_State *L, const Handle *h, const IfxNode *n) {
  if (!n)
    lua_pushnil(L);
  else if (n->kind >= IFX_NODE_LIST)
    push_node(L, h->tree, n);
  else if (n->kind == IFX_NODE_NULL)
    ifx_push_null(L);
  else
    lua_pushlstring(L, n->text, n->count);
}

/* node:get(step, …): texts are keys, integers items from 1. */
static int node_get(lua_State *L) {
  const Handle *h = check_node(L, 1);
  const IfxNode *n = h->node;
  for (int i = 2, top = lua_gettop(L); i <= top && n; i++) {
    if (lua_isinteger(L, i)) {
      lua_Integer at = lua_tointeger(L, i);
      n = n->kind == IFX_NODE_LIST && at >= 1 && (size_t)at <= n->count ? n->items[at - 1] : NULL;
    } else {
      size_t len;
      const char *key = ifx_check_string(L, i, &len);
      n = ifx_node_find(n, key, len);
    }
  }
  push_found(L, h, n);
  return 1;
}

static int node_len(lua_State *L) {
  const Handle *h = check_node(L, 1);
  lua_pushinteger(L, h->node->kind >= IFX_NODE_LIST ? (lua_Integer)h->node->count : 0);
  return 1;
}

static int node_line(lua_State *L) {
  lua_pushinteger(L, check_node(L, 1)->node->line);
  return 1;
}

static int node_kind(lua_State *L) {
  static const char *const kinds[] = {"null", "boolean", "integer", "real",
                                      "time", "string",  "list",    "map"};
  lua_pushstring(L, kinds[check_node(L, 1)->node->kind]);
  return 1;
}

static const luaL_Reg functions[] = {
    {"manifests", node_manifests}, {"print", node_print}, {NULL, NULL}};
static const luaL_Reg methods[] = {
    {"get", node_get}, {"kind", node_kind}, {"line", node_line}, {NULL, NULL}};

static void make_meta(lua_State *L, const char *name, lua_CFunction close) {
  luaL_newmetatable(L, name);
  lua_pushcfunction(L, close);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "__gc");
  lua_setfield(L, -2, "__close");
}

int luaopen_node(lua_State *L) {
  make_meta(L, TREE_META, tree_gc);
  make_meta(L, TEXT_META, text_gc);
  make_meta(L, META, node_gc);
  lua_pushcfunction(L, node_len);
  lua_setfield(L, -2, "__len");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 3);
  luaL_newlib(L, functions);
  return 1;
}
