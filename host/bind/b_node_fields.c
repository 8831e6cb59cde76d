/* b_node_fields.c: node.fields: the places that specs name by kind and path.
 * SPDX-License-Identifier: Apache-2.0 */
#include "../core/node_fields.h"

#include <stdio.h>
#include <string.h>

#include "../core/yaml.h"
#include "bind.h"

#define META "ifx.node.fields"

typedef struct Fields {
  IfxFields *list;
  bool each;
  IfxNodeKind made; /* by `map` */
} Fields;

static Fields *check_fields(lua_State *L, int arg) {
  Fields *f = luaL_testudata(L, arg, META);
  if (!f || !f->list) ifx_raise_argument(L, arg, "fields expected, got %s", luaL_typename(L, arg));
  return f;
}

static int fields_gc(lua_State *L) {
  Fields *f = luaL_checkudata(L, 1, META);
  ifx_fields_free(f->list);
  f->list = NULL;
  return 0;
}

/* fields(specs, {each, create}) */
static int node_fields(lua_State *L) {
  ifx_check_table(L, 1);
  IfxErr err;
  bool each = ifx_field_boolean(L, 2, "each", false);
  bool create = ifx_field_boolean(L, 2, "create", false);
  Fields *f = lua_newuserdatauv(L, sizeof *f, 0);
  *f = (Fields){.each = each, .made = create ? IFX_NODE_STRING : IFX_NODE_NULL};
  luaL_setmetatable(L, META);
  f->list = ifx_fields_new();
  if (!f->list) return ifx_raise_memory(L);
  for (lua_Integer i = 1, n = (lua_Integer)lua_rawlen(L, 1); i <= n; i++) {
    lua_rawgeti(L, 1, i);
    int at = lua_gettop(L);
    if (!lua_istable(L, at)) return ifx_raise_argument(L, 1, "item %d is no field spec", (int)i);
    IfxFieldSpec spec = {.group = ifx_field_string(L, at, "group", "", NULL),
                         .version = ifx_field_string(L, at, "version", "", NULL),
                         .kind = ifx_field_string(L, at, "kind", "", NULL),
                         .path = ifx_field_string(L, at, "path", "", NULL),
                         .create = ifx_field_boolean(L, at, "create", false)};
    if (!ifx_fields_add(f->list, &spec, &err)) {
      snprintf(err.op, sizeof err.op, "node.fields");
      return ifx_raise(L, &err);
    }
    lua_settop(L, at - 1);
  }
  return 1;
}

/* ---- one edit ---- */

/* Argument 1 of both methods are the fields, 2 is the object. */
typedef struct Edit {
  IfxFieldEdit edit;
  lua_State *L;
  IfxTree **box;        /* who holds edit.tree: map, whose function sees nodes of it */
  const IfxNode *value; /* put */
  bool if_empty;
} Edit;

static const char *expected(const IfxNode *n, const char *scalar, const char *list,
                            const char *map) {
  return n->kind == IFX_NODE_LIST ? list : n->kind == IFX_NODE_MAP ? map : scalar;
}

/* A scalar in the place of `old`, whose quotes it keeps: what is quoted is a text. Else `quote` is
 * 0, or ? for one that does not say its kind. */
static const IfxNode *in_place(IfxTree *t, const IfxNode *old, IfxNodeKind kind, const char *text,
                               size_t len, char quote) {
  if (ifx_node_quoted(old)) {
    kind = IFX_NODE_STRING;
    quote = old->quote;
  }
  if (old->kind == kind && old->quote == quote && old->count == len &&
      memcmp(old->text, text, len) == 0)
    return old;
  const IfxNode *n = ifx_node_scalar(t, kind, text, len);
  if (n) ((IfxNode *)(uintptr_t)n)->quote = quote; /* nobody else has seen it yet */
  return n;
}

static const IfxNode *put_scalar(IfxFieldEdit *e, const IfxNode *old) {
  const Edit *p = (Edit *)e;
  if (old->kind >= IFX_NODE_LIST) {
    e->why = expected(old, NULL, "wrong node kind: expected ScalarNode but got SequenceNode",
                      "wrong node kind: expected ScalarNode but got MappingNode");
    return NULL;
  }
  if (p->if_empty && !e->fresh && old->kind != IFX_NODE_NULL && old->count > 0) return old;
  return in_place(e->tree, old, (IfxNodeKind)p->value->kind, p->value->text, p->value->count, 0);
}

static const IfxNode *put_fields(IfxFieldEdit *e, const IfxNode *old) {
  const Edit *p = (Edit *)e;
  if (old->kind == IFX_NODE_NULL) return old;
  if (old->kind != IFX_NODE_MAP) {
    e->why = expected(old, "wrong node kind: expected MappingNode but got ScalarNode",
                      "wrong node kind: expected MappingNode but got SequenceNode", NULL);
    return NULL;
  }
  const IfxNode *map = old;
  for (size_t i = 0; i < p->value->count && map; i++) {
    const IfxField *f = &p->value->fields[i];
    const IfxNode *has = ifx_node_find(map, f->key->text, f->key->count);
    if (!has && ifx_yaml_key_kind(f->key->text, f->key->count) != IFX_NODE_STRING) {
      e->why = "a new key that is no text when nobody quotes it";
      return NULL;
    }
    const IfxNode *v = f->value;
    if (has && ifx_node_equal(has, v)) continue;
    if (has && v->kind < IFX_NODE_LIST) /* in place of another it is a value of its own */
      v = ifx_node_scalar(e->tree, (IfxNodeKind)v->kind, v->text, v->count);
    map = v ? ifx_node_put(e->tree, map, f->key->text, f->key->count, v) : NULL;
  }
  return map;
}

/* What the text on top of the stack is in the place of `old`. */
static const IfxNode *rewritten(lua_State *L, IfxTree *t, const IfxNode *old) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  bool is_text = old->kind >= IFX_NODE_LIST || ifx_node_quoted(old);
  return in_place(t, old, is_text ? IFX_NODE_STRING : ifx_yaml_kind(text, len), text, len, '?');
}

static const IfxNode *call(IfxFieldEdit *e, const IfxNode *old) {
  Edit *p = (Edit *)e;
  lua_State *L = p->L;
  static const char *const kinds[] = {"null", "boolean", "integer", "real",
                                      "time", "string",  "list",    "map"};
  if (old->kind == IFX_NODE_NULL) return old;
  lua_pushvalue(L, 3);
  if (old->kind >= IFX_NODE_LIST)
    ifx_push_node(L, e->tree, old);
  else
    lua_pushlstring(L, old->text, old->count);
  lua_pushinteger(L, (lua_Integer)e->spec + 1);
  lua_pushstring(L, kinds[old->kind]);
  lua_call(L, 3, 1);
  const IfxNode *now = old;
  if (lua_type(L, -1) == LUA_TSTRING)
    now = rewritten(L, e->tree, old);
  else if (!lua_isnil(L, -1)) {
    IfxTree *next = ifx_tree_after(e->tree);
    if (!next) ifx_raise_memory(L);
    e->tree = *p->box = next;
    now = ifx_node_of(L, next, lua_gettop(L));
  }
  lua_pop(L, 1);
  return now;
}

/* The type of an object as a table at `at` says it; else, or for 0, as the object does. */
static IfxNodeType type_of(lua_State *L, int at, const IfxNode *object) {
  if (!at || lua_isnil(L, at)) return ifx_node_type(object);
  IfxNodeType t = {0};
  t.group = ifx_field_string(L, at, "group", "", &t.group_len);
  t.version = ifx_field_string(L, at, "version", "", &t.version_len);
  t.kind = ifx_field_string(L, at, "kind", "", &t.kind_len);
  return t;
}

static int run(lua_State *L, const char *op, Edit *p, int type_at) {
  const Fields *f = check_fields(L, 1);
  const IfxNodeHandle *h = ifx_check_node(L, 2);
  IfxNodeType type = type_of(L, type_at, h->node);
  IfxErr err;
  p->edit.err = &err;
  p->L = L;
  const IfxNode *n = ifx_fields_edit(f->list, h->node, &type, &p->edit);
  if (n && n != h->node && !(n = ifx_node_spread(p->edit.tree, h->node, n))) ifx_err_nomem(&err);
  if (!n) {
    snprintf(err.op, sizeof err.op, "%s", op);
    return ifx_raise(L, &err);
  }
  if (n == h->node)
    lua_pushvalue(L, 2);
  else
    ifx_push_node(L, p->edit.tree, n);
  return 1;
}

/* A tree for what an edit makes, which may hold nodes of the object. */
static void push_edit_tree(lua_State *L, Edit *p, const IfxNodeHandle *object) {
  p->edit.tree = ifx_push_tree(L);
  p->box = lua_touserdata(L, -1);
  if (!ifx_tree_use(p->edit.tree, object->tree)) ifx_raise_memory(L);
}

/* fields:put(object, value, {if_empty}) */
static int fields_put(lua_State *L) {
  const IfxNodeHandle *h = (check_fields(L, 1), ifx_check_node(L, 2));
  luaL_checkany(L, 3);
  lua_settop(L, 4);
  Edit p = {.if_empty = ifx_field_boolean(L, 4, "if_empty", false)};
  push_edit_tree(L, &p, h);
  p.value = ifx_node_of(L, p.edit.tree, 3);
  bool map = p.value->kind == IFX_NODE_MAP;
  if (p.value->kind == IFX_NODE_LIST) return ifx_raise_argument(L, 3, "a scalar or a map expected");
  p.edit.made = map ? IFX_NODE_MAP : IFX_NODE_STRING;
  p.edit.change = map ? put_fields : put_scalar;
  return run(L, "fields:put", &p, 0);
}

/* fields:map(object, function(value, spec, kind), type) */
static int fields_map(lua_State *L) {
  const Fields *f = check_fields(L, 1);
  const IfxNodeHandle *h = ifx_check_node(L, 2);
  luaL_checktype(L, 3, LUA_TFUNCTION);
  lua_settop(L, 4);
  Edit p = {.edit = {.change = call, .each = f->each, .made = f->made}};
  push_edit_tree(L, &p, h);
  return run(L, "fields:map", &p, 4);
}

static int fields_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)ifx_fields_count(check_fields(L, 1)->list));
  return 1;
}

static const luaL_Reg methods[] = {{"put", fields_put}, {"map", fields_map}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {
    {"__gc", fields_gc}, {"__close", fields_gc}, {"__len", fields_len}, {NULL, NULL}};

void ifx_open_node_fields(lua_State *L) {
  luaL_newmetatable(L, META);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_pushcfunction(L, node_fields);
  lua_setfield(L, -2, "fields");
}
