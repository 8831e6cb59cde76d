/* b_node.c: the module node: immutable values in C, read and printed. SPDX-License-Identifier:
 * Apache-2.0 */
#include "../core/node.h"

#include <stdio.h>
#include <string.h>

#include "../core/node_store.h"
#include "../core/yaml.h"
#include "bind.h"

#define TREE_META "ifx.node.tree"
#define TEXT_META "ifx.node.text"

typedef IfxNodeHandle Handle;

static const char META[] = "ifx.node";

/* By its first word, which builds of many objects ask too often to look for metatables by name. */
static Handle *to_handle(lua_State *L, int arg) {
  Handle *h = lua_type(L, arg) == LUA_TUSERDATA ? lua_touserdata(L, arg) : NULL;
  return h && lua_rawlen(L, arg) == sizeof *h && h->type == META ? h : NULL;
}

/* NULL: no node. Raises for one that is closed. */
const Handle *ifx_test_node(lua_State *L, int arg) {
  const Handle *h = to_handle(L, arg);
  if (h && !h->node) ifx_raise_argument(L, arg, "it is closed");
  return h;
}

const Handle *ifx_check_node(lua_State *L, int arg) {
  const Handle *h = ifx_test_node(L, arg);
  if (!h) ifx_raise_argument(L, arg, "node expected, got %s", luaL_typename(L, arg));
  return h;
}

static int node_gc(lua_State *L) {
  Handle *h = to_handle(L, 1);
  if (!h) return luaL_typeerror(L, 1, META);
  ifx_tree_release(h->tree);
  *h = (Handle){.type = META};
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

void ifx_push_node(lua_State *L, IfxTree *tree, const IfxNode *node) {
  Handle *h = lua_newuserdatauv(L, sizeof *h, 0);
  *h = (Handle){.type = META, .node = node};
  luaL_setmetatable(L, META);
  h->tree = ifx_tree_share(tree);
}

IfxTree *ifx_push_tree(lua_State *L) {
  IfxTree **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, TREE_META);
  lua_toclose(L, -1);
  *box = ifx_tree_new();
  if (!*box) ifx_raise_memory(L);
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

/* A tree that is there already, in place of the new one at the top. */
static IfxTree *push_shared(lua_State *L, IfxTree *tree) {
  IfxTree **box = lua_touserdata(L, -1);
  ifx_tree_release(*box);
  return *box = tree;
}

/* manifests(text, {file, share}): the documents of a text. */
static int node_manifests(lua_State *L) {
  size_t len;
  IfxErr err;
  const char *text = ifx_check_string(L, 1, &len);
  const char *file = ifx_field_string(L, 2, "file", NULL, NULL);
  bool share = ifx_field_boolean(L, 2, "share", false);
  IfxBuf *found = push_text(L);
  IfxTree *tree = ifx_push_tree(L), *known = share ? ifx_node_store_get(text, len, found) : NULL;
  if (known) tree = push_shared(L, known);
  if (!known && !ifx_yaml_manifests(tree, text, len, found, &err))
    return raise_from(L, "node.manifests", file, &err);
  if (share && !known) ifx_node_store_put(text, len, tree, found);
  size_t count = found->len / sizeof(const IfxNode *);
  lua_createtable(L, (int)count, 0);
  ifx_mark_list(L);
  for (size_t i = 0; i < count; i++) {
    const IfxNode *n;
    memcpy(&n, found->data + i * sizeof n, sizeof n);
    ifx_push_node(L, tree, n);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* document(text, {file, schema, repeated_keys}): the first document of a text; null: none. */
static int node_document(lua_State *L) {
  size_t len;
  IfxErr err;
  IfxYamlStream *stream;
  const char *text = ifx_check_string(L, 1, &len);
  const char *file = ifx_field_string(L, 2, "file", NULL, NULL);
  int schema = ifx_field_yaml_schema(L, 2);
  IfxYamlLimits limits = {.repeated_keys = ifx_field_boolean(L, 2, "repeated_keys", false)};
  IfxTree *tree = ifx_push_tree(L);
  if (!ifx_yaml_parse_go(text, len, &limits, &stream, &err))
    return raise_from(L, "node.document", file, &err);
  IfxYamlNode *root = stream->ndocs ? stream->docs[0].root : NULL;
  const IfxNode *n = root ? ifx_yaml_node(tree, root, (IfxYamlSchema)schema, &err)
                          : ifx_node_scalar(tree, IFX_NODE_NULL, "", 0);
  ifx_yaml_free(stream);
  if (!n) return raise_from(L, "node.document", file, &err);
  ifx_push_node(L, tree, n);
  return 1;
}

/* print(nodes, first, enough): their text, --- between; and the next node when there is enough. */
static int node_print(lua_State *L) {
  IfxErr err;
  lua_Integer i = lua_isnoneornil(L, 2) ? 1 : ifx_check_integer(L, 2, 1, INT64_MAX);
  lua_Integer enough = lua_isnoneornil(L, 3) ? INT64_MAX : ifx_check_integer(L, 3, 1, INT64_MAX);
  bool list = lua_istable(L, 1);
  lua_Integer count = list ? (lua_Integer)lua_rawlen(L, 1) : 1;
  IfxBuf *out = push_text(L);
  IfxTree *tree = ifx_push_tree(L);
  for (; i <= count && out->len < (size_t)enough; i++) {
    if (list)
      lua_rawgeti(L, 1, i);
    else
      lua_pushvalue(L, 1);
    const Handle *h = ifx_test_node(L, -1);
    if (!h) return ifx_raise_argument(L, 1, "a node, or a list of nodes expected");
    if (i > 1) ifx_buf_str(out, "---\n");
    const IfxNode *n = ifx_yaml_reread(tree, h->node, &err);
    if (!n || !ifx_yaml_write_canonical(out, n, &err))
      return raise_from(L, "node.print", NULL, &err);
    lua_pop(L, 1);
  }
  lua_pushlstring(L, out->data ? out->data : "", out->len);
  if (i > count) return 1;
  lua_pushinteger(L, i);
  return 2;
}

static void push_found(lua_State *L, const Handle *h, const IfxNode *n) {
  if (!n)
    lua_pushnil(L);
  else if (n->kind >= IFX_NODE_LIST)
    ifx_push_node(L, h->tree, n);
  else if (n->kind == IFX_NODE_NULL)
    ifx_push_null(L);
  else
    lua_pushlstring(L, n->text, n->count);
}

/* ---- made of Lua values, and changed copies ---- */

static int node_of(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  IfxTree *tree = ifx_push_tree(L);
  ifx_push_node(L, tree, ifx_node_of(L, tree, 1));
  return 1;
}

/* `n` with `value` (NULL: nothing) where the steps from `i` to `last` lead; maps on the way are
 * made. */
static const IfxNode *changed(lua_State *L, IfxTree *t, const IfxNode *n, int i, int last,
                              const IfxNode *value) {
  if (i > last) return value;
  luaL_checkstack(L, 4, "long path");
  const IfxNode *below, *out;
  if (lua_isinteger(L, i)) {
    lua_Integer at = lua_tointeger(L, i);
    if (!n || n->kind != IFX_NODE_LIST || at < 1 || (size_t)at > n->count)
      ifx_raise_argument(L, i, "there is no item %d", (int)at);
    below = changed(L, t, n->items[at - 1], i + 1, last, value);
    out = ifx_node_put_item(t, n, (size_t)at - 1, below);
  } else {
    size_t len;
    const char *key = ifx_check_string(L, i, &len);
    if (n && n->kind == IFX_NODE_NULL) n = NULL;
    if (n && n->kind != IFX_NODE_MAP)
      ifx_raise_argument(L, i, "'%s' is asked of what is no map", key);
    below = ifx_node_find(n, key, len);
    if (!below && !value) return n; /* it is not there already */
    below = changed(L, t, below, i + 1, last, value);
    out = ifx_node_put(t, n, key, len, below);
  }
  if (!out) ifx_raise_memory(L);
  return out;
}

/* node:with(value, step, …) */
static int node_with(lua_State *L) {
  const Handle *h = ifx_check_node(L, 1);
  int top = lua_gettop(L);
  if (top < 3) return ifx_raise_argument(L, 3, "a path expected");
  IfxTree *tree = ifx_push_tree(L);
  if (!ifx_tree_use(tree, h->tree)) return ifx_raise_memory(L);
  const IfxNode *value = lua_isnil(L, 2) ? NULL : ifx_node_of(L, tree, 2);
  const IfxNode *n = changed(L, tree, h->node, 3, top, value);
  ifx_push_node(L, tree, n ? n : h->node);
  return 1;
}

/* node:texts(key, …): the map there with its scalars as strings; an empty one, or null, taken away.
 */
static int node_texts(lua_State *L) {
  const Handle *h = ifx_check_node(L, 1);
  const IfxNode *n = h->node;
  int top = lua_gettop(L);
  if (top < 2) return ifx_raise_argument(L, 2, "a path expected");
  for (int i = 2; i <= top; i++) n = ifx_node_get(n, ifx_check_string(L, i, NULL));
  bool nothing = n && (n->kind == IFX_NODE_NULL || (n->kind == IFX_NODE_MAP && n->count == 0));
  IfxTree *tree = ifx_push_tree(L);
  const IfxNode *texts = NULL;
  if (n && !nothing)
    texts = n->kind == IFX_NODE_MAP ? ifx_node_texts(tree, n, ifx_yaml_key_kind) : n;
  if (n && !nothing && !texts) return ifx_raise_memory(L);
  if (texts == n) {
    lua_pushvalue(L, 1);
    return 1;
  }
  if (!ifx_tree_use(tree, h->tree)) return ifx_raise_memory(L);
  ifx_push_node(L, tree, changed(L, tree, h->node, 2, top, texts));
  return 1;
}

/* node:patch(operations) */
static int node_patch(lua_State *L) {
  const Handle *h = ifx_check_node(L, 1), *operations = ifx_check_node(L, 2);
  IfxErr err;
  IfxTree *tree = ifx_push_tree(L);
  if (!ifx_tree_use(tree, h->tree) || !ifx_tree_use(tree, operations->tree))
    return ifx_raise_memory(L);
  const IfxNode *n = ifx_yaml_reread(tree, h->node, &err);
  if (n) n = ifx_node_patch(tree, n, operations->node, &err);
  if (n) n = ifx_yaml_through_json(tree, n, &err);
  if (!n) return raise_from(L, "node:patch", NULL, &err);
  ifx_push_node(L, tree, n);
  return 1;
}

/* node:json(): as Go's encoding/json writes what it read from JSON. */
static int node_json(lua_State *L) {
  const Handle *h = ifx_check_node(L, 1);
  IfxErr err;
  IfxBuf *out = push_text(L);
  IfxTree *tree = ifx_push_tree(L);
  const IfxNode *n = ifx_yaml_reread(tree, h->node, &err);
  if (n) n = ifx_yaml_through_json(tree, n, &err);
  if (!n) return raise_from(L, "node:json", NULL, &err);
  if (!ifx_node_json(out, n)) return ifx_raise_memory(L);
  lua_pushlstring(L, out->data, out->len);
  return 1;
}

/* ---- questions ---- */

/* What stands at the path in arguments 2 …: texts are keys, integers items from 1. */
static const IfxNode *at_path(lua_State *L, const IfxNode *n) {
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
  return n;
}

static int node_get(lua_State *L) {
  const Handle *h = ifx_check_node(L, 1);
  push_found(L, h, at_path(L, h->node));
  return 1;
}

static int node_len(lua_State *L) {
  const Handle *h = ifx_check_node(L, 1);
  lua_pushinteger(L, h->node->kind >= IFX_NODE_LIST ? (lua_Integer)h->node->count : 0);
  return 1;
}

static int node_line(lua_State *L) {
  lua_pushinteger(L, ifx_check_node(L, 1)->node->line);
  return 1;
}

/* node:keys(): of a map, in the order in which it is printed; of anything else none. */
static int node_keys(lua_State *L) {
  const IfxNode *n = ifx_check_node(L, 1)->node;
  size_t count = n->kind == IFX_NODE_MAP ? n->count : 0;
  lua_createtable(L, (int)count, 0);
  ifx_mark_list(L);
  for (size_t i = 0; i < count; i++) {
    lua_pushlstring(L, n->fields[i].key->text, n->fields[i].key->count);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static void push_value(lua_State *L, const IfxNode *n);

static void push_scalar(lua_State *L, const IfxNode *n) {
  IfxYamlNode yaml = {.value = n->text, .value_len = n->count, .style = IFX_YAML_PLAIN};
  IfxYamlValue v = ifx_yaml_resolve(&yaml, IFX_YAML_SCHEMA_KUBERNETES);
  bool plain = n->kind < IFX_NODE_TIME;
  if (n->kind == IFX_NODE_NULL)
    ifx_push_null(L);
  else if (plain && v.type == IFX_YAML_BOOL)
    lua_pushboolean(L, v.boolean);
  else if (plain && v.type == IFX_YAML_INT)
    lua_pushinteger(L, v.integer);
  else if (plain && v.type == IFX_YAML_REAL)
    lua_pushnumber(L, v.real);
  else
    lua_pushlstring(L, n->text, n->count);
}

static void push_list(lua_State *L, const IfxNode *n) {
  lua_createtable(L, (int)n->count, 0);
  ifx_mark_list(L);
  for (size_t i = 0; i < n->count; i++) {
    push_value(L, n->items[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void push_value(lua_State *L, const IfxNode *n) {
  luaL_checkstack(L, 6, "deep value");
  if (n->kind < IFX_NODE_LIST) {
    push_scalar(L, n);
  } else if (n->kind == IFX_NODE_LIST) {
    push_list(L, n);
  } else {
    lua_createtable(L, 0, (int)n->count);
    for (size_t i = 0; i < n->count; i++) {
      lua_pushlstring(L, n->fields[i].key->text, n->fields[i].key->count);
      push_value(L, n->fields[i].value);
      lua_rawset(L, -3);
    }
  }
}

/* node:value(): as a Lua value. */
static int node_value(lua_State *L) {
  push_value(L, ifx_check_node(L, 1)->node);
  return 1;
}

/* node:kind(step, …): nil where nothing stands. */
static int node_kind(lua_State *L) {
  const IfxNode *n = at_path(L, ifx_check_node(L, 1)->node);
  static const char *const kinds[] = {"null", "boolean", "integer", "real",
                                      "time", "string",  "list",    "map"};
  lua_pushstring(L, n ? kinds[n->kind] : NULL);
  return 1;
}

/* node:equal(other): the same value, wherever it comes from? */
static int node_equal(lua_State *L) {
  lua_pushboolean(L, ifx_node_equal(ifx_check_node(L, 1)->node, ifx_check_node(L, 2)->node));
  return 1;
}

/* let_go(): what texts were parsed into is kept for no thread any more. */
static int node_let_go(lua_State *L) {
  (void)L;
  ifx_node_store_clear();
  return 0;
}

static const luaL_Reg functions[] = {{"manifests", node_manifests},
                                     {"document", node_document},
                                     {"of", node_of},
                                     {"print", node_print},
                                     {"merge_keys", ifx_node_merge_keys},
                                     {"let_go", node_let_go},
                                     {NULL, NULL}};
static const luaL_Reg methods[] = {
    {"get", node_get},     {"with", node_with},   {"patch", node_patch},
    {"kind", node_kind},   {"line", node_line},   {"keys", node_keys},
    {"texts", node_texts}, {"value", node_value}, {"merge", ifx_node_merge_with},
    {"equal", node_equal}, {"json", node_json},   {NULL, NULL}};

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
  ifx_open_node_fields(L);
  ifx_open_node_path(L);
  return 1;
}
