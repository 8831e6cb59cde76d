/* b_yaml_doc.c: yaml.document, edited by bytes. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "../core/yaml_doc.h"
#include "bind.h"

#define DOCUMENT_META "ifx.yaml.document"

typedef struct Document {
  IfxYdoc doc;
  IfxYbuild build; /* the value of the edit that runs */
} Document;

static Document *check_document(lua_State *L) {
  Document *d = luaL_testudata(L, 1, DOCUMENT_META);
  if (!d)
    ifx_raise_argument(L, 1, "yaml document expected, got %s; call its methods with a colon",
                       luaL_typename(L, 1));
  return d;
}

static int document_close(lua_State *L) {
  Document *d = check_document(L);
  ifx_ydoc_close(&d->doc);
  ifx_ybuild_free(&d->build);
  return 0;
}

/* The document, which close() has not emptied. */
static Document *open_document(lua_State *L) {
  Document *d = check_document(L);
  if (!d->doc.stream) ifx_raise_argument(L, 1, "the document is closed");
  return d;
}

static int yaml_document(lua_State *L) {
  size_t len;
  IfxErr err;
  const char *text = ifx_check_string(L, 1, &len);
  const char *file = ifx_field_string(L, 2, "file", NULL, NULL);
  IfxYamlSchema schema = (IfxYamlSchema)ifx_field_yaml_schema(L, 2);
  Document *d = lua_newuserdatauv(L, sizeof *d, 0);
  memset(d, 0, sizeof *d);
  luaL_setmetatable(L, DOCUMENT_META);
  if (ifx_ydoc_open(&d->doc, text, len, schema, file, &err)) return 1;
  snprintf(err.op, sizeof err.op, "yaml.document");
  return ifx_raise(L, &err);
}

/* ---- arguments ---- */

static void read_step(lua_State *L, int arg, bool pattern, lua_Integer i, IfxYstep *s) {
  if (lua_type(L, -1) == LUA_TSTRING) {
    s->key = lua_tolstring(L, -1, &s->len);
    s->kind = IFX_YSTEP_KEY;
    if (pattern && strcmp(s->key, "*") == 0) s->kind = IFX_YSTEP_ANY;
    if (pattern && strcmp(s->key, "**") == 0) s->kind = IFX_YSTEP_DEEP;
  } else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1 &&
             lua_tointeger(L, -1) <= UINT32_MAX) {
    s->kind = IFX_YSTEP_INDEX;
    s->index = (uint32_t)lua_tointeger(L, -1);
  } else {
    ifx_raise_argument(L, arg,
                       "step %lld: a key (string) or an item's number from 1 expected, got %s",
                       (long long)i, luaL_tolstring(L, -1, NULL));
  }
}

/* The list at `arg` as a path; its steps live in a userdata that is left on the stack, its keys in
 * the list. The number of the document stands at `doc_arg`; `dflt` is what its absence means. */
static IfxYpath check_path(lua_State *L, int arg, bool pattern, int doc_arg, uint32_t dflt) {
  ifx_check_table(L, arg);
  bool given = !lua_isnoneornil(L, doc_arg);
  lua_Integer doc = given ? ifx_check_integer(L, doc_arg, 1, UINT32_MAX) : dflt;
  lua_Integer n = (lua_Integer)lua_rawlen(L, arg);
  IfxYstep *steps = lua_newuserdatauv(L, (size_t)(n ? n : 1) * sizeof *steps, 0);
  memset(steps, 0, (size_t)n * sizeof *steps);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, arg, i);
    read_step(L, arg, pattern, i, &steps[i - 1]);
    lua_pop(L, 1);
  }
  return (IfxYpath){.steps = steps, .count = (size_t)n, .doc = (uint32_t)doc};
}

/* ---- questions ---- */

static void set_string(lua_State *L, const char *name, const char *s, size_t len) {
  lua_pushlstring(L, s, len);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, size_t n) {
  lua_pushinteger(L, (lua_Integer)n);
  lua_setfield(L, -2, name);
}

static void set_path(lua_State *L, const IfxYdoc *d, const IfxYplace *p) {
  lua_Integer n = 0;
  for (const IfxYplace *up = p; up->up != IFX_YPLACE_ROOT; up = &d->places[up->up]) n++;
  lua_createtable(L, (int)n, 0);
  ifx_mark_list(L);
  for (; n > 0; p = &d->places[p->up]) {
    const IfxYamlNode *key = p->key && p->key->kind == IFX_YAML_ALIAS ? p->key->first : p->key;
    if (key)
      lua_pushlstring(L, key->value, key->value_len);
    else
      lua_pushinteger(L, p->index);
    lua_rawseti(L, -2, n--);
  }
  lua_setfield(L, -2, "path");
}

static IfxYamlReading reading(const IfxYdoc *d, const char *op) {
  return (IfxYamlReading){.schema = d->schema, .op = op, .file = d->file};
}

/* A number that has no value (too big, a tag that does not fit) leaves `value` out: its text is
 * there. */
static void set_scalar(lua_State *L, const IfxYdoc *d, const IfxYamlNode *n) {
  size_t start, end;
  IfxYamlType type = ifx_yaml_resolve(n, d->schema).type;
  IfxYamlReading how = reading(d, "yaml.document:query");
  if (type != IFX_YAML_TOO_BIG && type != IFX_YAML_BAD && type != IFX_YAML_BINARY) {
    ifx_push_yaml(L, n, &how);
    lua_setfield(L, -2, "value");
  }
  set_string(L, "text", n->value, n->value_len);
  if (!ifx_ydoc_inner(d, n, &start, &end)) return;
  set_integer(L, "inner_start", start + 1);
  set_integer(L, "inner_stop", end);
}

static void push_match(lua_State *L, const IfxYdoc *d, const IfxYplace *p) {
  static const char *const kinds[] = {"scalar", "seq", "map", "alias"};
  static const char *const styles[] = {"plain",  "single", "double", "literal",
                                       "folded", "block",  "flow"};
  const IfxYamlNode *n = p->node;
  lua_createtable(L, 0, 14);
  set_integer(L, "doc", p->doc);
  set_path(L, d, p);
  lua_pushstring(L, kinds[n->kind]);
  lua_setfield(L, -2, "kind");
  set_integer(L, "start", n->start + 1);
  set_integer(L, "stop", n->end);
  set_integer(L, "line", n->line);
  set_integer(L, "column", n->column);
  if (p->key) set_integer(L, "key_line", p->key->line);
  if (n->tag) set_string(L, "tag", n->tag, strlen(n->tag));
  if (n->anchor) set_string(L, "anchor", n->anchor, strlen(n->anchor));
  if (n->kind == IFX_YAML_ALIAS) {
    set_string(L, "alias", n->value, strlen(n->value));
    return;
  }
  lua_pushstring(L, styles[n->style]);
  lua_setfield(L, -2, "style");
  if (n->kind == IFX_YAML_SCALAR) set_scalar(L, d, n);
}

static int document_query(lua_State *L) {
  Document *d = open_document(L);
  IfxErr err;
  IfxYpath pattern = check_path(L, 2, true, 3, 0);
  if (!ifx_ydoc_query(&d->doc, &pattern, &err)) return ifx_raise(L, &err);
  lua_Integer n = 0;
  lua_newtable(L);
  ifx_mark_list(L);
  for (size_t i = 0; i < d->doc.nplaces; i++) {
    if (!d->doc.places[i].match) continue;
    push_match(L, &d->doc, &d->doc.places[i]);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

static int document_at(lua_State *L) {
  Document *d = open_document(L);
  IfxYpath path = check_path(L, 2, false, 3, 1);
  IfxErr err;
  const IfxYplace *p = ifx_ydoc_at(&d->doc, &path, &err);
  if (!p && err.kind) return ifx_raise(L, &err);
  if (!p) {
    lua_pushnil(L);
    return 1;
  }
  push_match(L, &d->doc, p);
  return 1;
}

static int document_get(lua_State *L) {
  Document *d = open_document(L);
  IfxYpath path = check_path(L, 2, false, 3, 1);
  const IfxYamlNode *n = ifx_ydoc_get(&d->doc, &path);
  IfxYamlReading how = reading(&d->doc, "yaml.document:get");
  if (!n) {
    lua_pushnil(L);
    return 1;
  }
  ifx_push_yaml(L, n, &how);
  return 1;
}

static int document_value(lua_State *L) {
  Document *d = open_document(L);
  const IfxYamlStream *s = d->doc.stream;
  lua_Integer n = lua_isnoneornil(L, 2) ? 1 : ifx_check_integer(L, 2, 1, UINT32_MAX);
  IfxYamlReading how = reading(&d->doc, "yaml.document:value");
  if ((size_t)n > s->ndocs) {
    lua_pushnil(L);
    if (n == 1) return 1;
    return ifx_raise_argument(L, 2, "document %lld of %zu", (long long)n, s->ndocs);
  }
  ifx_push_yaml(L, s->docs[n - 1].root, &how);
  return 1;
}

static int document_text(lua_State *L) {
  Document *d = open_document(L);
  lua_pushlstring(L, d->doc.text, d->doc.len);
  return 1;
}

static int document_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)open_document(L)->doc.stream->ndocs);
  return 1;
}

/* ---- values for edits ---- */

static bool build_begin(void *self, bool list, size_t count, IfxErr *err) {
  (void)count, (void)err;
  ifx_ybuild_begin(self, list ? IFX_YVAL_SEQ : IFX_YVAL_MAP);
  return true;
}

static bool build_end(void *self, bool list, size_t count, IfxErr *err) {
  (void)list, (void)count, (void)err;
  ifx_ybuild_end(self);
  return true;
}

static bool build_string(void *self, const char *text, size_t len, IfxErr *err) {
  if (!ifx_yaml_is_utf8(text, len))
    return ifx_err_set(err, IFX_E_ARGUMENT, "a string that is not valid UTF-8");
  ifx_ybuild_str(self, text, len);
  return true;
}

static bool build_integer(void *self, int64_t v, IfxErr *err) {
  (void)err;
  ifx_ybuild_int(self, v);
  return true;
}

static bool build_real(void *self, double v, IfxErr *err) {
  (void)err;
  ifx_ybuild_real(self, v);
  return true;
}

static bool build_boolean(void *self, bool v, IfxErr *err) {
  (void)err;
  ifx_ybuild_bool(self, v);
  return true;
}

static bool build_null(void *self, IfxErr *err) {
  (void)err;
  ifx_ybuild_null(self);
  return true;
}

static const IfxSink sink = {build_begin,   build_end,  build_string,  build_string,
                             build_integer, build_real, build_boolean, build_null};

/* The Lua value at `arg`, kept in the document until the edit is done. */
static const IfxYval *check_value(lua_State *L, Document *d, int arg, const char *op) {
  IfxErr err;
  if (lua_isnoneornil(L, arg))
    ifx_raise_argument(L, arg, "value expected, got nothing; null is ifx.null");
  ifx_ybuild_free(&d->build);
  ifx_walk(L, arg, 0, op, &sink, &d->build);
  const IfxYval *v = ifx_ybuild_value(&d->build, &err);
  if (!v) ifx_raise(L, &err);
  return v;
}

/* ---- edits ---- */

/* What an edit returns: the document, or its error. */
static int edited(lua_State *L, Document *d, bool done, IfxErr *err, const char *op) {
  ifx_ybuild_free(&d->build);
  if (!done) {
    snprintf(err->op, sizeof err->op, "%s", op);
    return ifx_raise(L, err);
  }
  lua_pushvalue(L, 1);
  return 1;
}

static int document_set(lua_State *L) {
  static const char *op = "yaml.document:set";
  Document *d = open_document(L);
  IfxErr err;
  lua_settop(L, 4);
  IfxYpath path = check_path(L, 2, false, 4, 1);
  const IfxYval *v = check_value(L, d, 3, op);
  return edited(L, d, ifx_ydoc_set(&d->doc, &path, v, &err), &err, op);
}

static int document_insert(lua_State *L) {
  static const char *op = "yaml.document:insert";
  Document *d = open_document(L);
  IfxErr err;
  lua_settop(L, 5);
  uint32_t index = (uint32_t)ifx_check_integer(L, 3, 1, UINT32_MAX);
  IfxYpath path = check_path(L, 2, false, 5, 1);
  const IfxYval *v = check_value(L, d, 4, op);
  return edited(L, d, ifx_ydoc_insert(&d->doc, &path, index, v, &err), &err, op);
}

static int document_append(lua_State *L) {
  static const char *op = "yaml.document:append";
  Document *d = open_document(L);
  IfxErr err;
  lua_settop(L, 4);
  IfxYpath path = check_path(L, 2, false, 4, 1);
  const IfxYval *v = check_value(L, d, 3, op);
  return edited(L, d, ifx_ydoc_insert(&d->doc, &path, 0, v, &err), &err, op);
}

static int document_delete(lua_State *L) {
  Document *d = open_document(L);
  IfxErr err;
  IfxYpath path = check_path(L, 2, false, 3, 1);
  return edited(L, d, ifx_ydoc_delete(&d->doc, &path, &err), &err, "yaml.document:delete");
}

static int document_rename(lua_State *L) {
  Document *d = open_document(L);
  IfxErr err;
  size_t len;
  const char *key = ifx_check_string(L, 3, &len);
  lua_settop(L, 4);
  IfxYpath path = check_path(L, 2, false, 4, 1);
  return edited(L, d, ifx_ydoc_rename(&d->doc, &path, key, len, &err), &err,
                "yaml.document:rename");
}

static const luaL_Reg methods[] = {
    {"append", document_append}, {"at", document_at},         {"close", document_close},
    {"delete", document_delete}, {"get", document_get},       {"insert", document_insert},
    {"query", document_query},   {"rename", document_rename}, {"set", document_set},
    {"text", document_text},     {"value", document_value},   {NULL, NULL}};
static const luaL_Reg metamethods[] = {
    {"__gc", document_close}, {"__close", document_close}, {"__len", document_len}, {NULL, NULL}};

void ifx_open_yaml_document(lua_State *L) {
  luaL_newmetatable(L, DOCUMENT_META);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_pushcfunction(L, yaml_document);
  lua_setfield(L, -2, "document");
}
