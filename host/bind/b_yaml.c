/* b_yaml.c: module `yaml`: Lua values from YAML and back. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "../core/yaml.h"
#include "bind.h"

#define WORK_META "ifx.yaml.work"

/* What one call holds outside Lua's memory; a userdata, so that no error in between leaks it. */
typedef struct Work {
  IfxYamlStream *stream;
  IfxBuf out;
  IfxYamlWriter writer;
  IfxYamlFrame frames[IFX_MAX_DEPTH];
  int depth;
} Work;

static void work_free(Work *w) {
  ifx_yaml_free(w->stream);
  w->stream = NULL;
  ifx_buf_free(&w->out);
}

static int work_close(lua_State *L) {
  work_free(luaL_checkudata(L, 1, WORK_META));
  return 0;
}

static Work *work_new(lua_State *L) {
  Work *w = lua_newuserdatauv(L, sizeof *w, 0);
  memset(w, 0, sizeof *w);
  luaL_setmetatable(L, WORK_META);
  return w;
}

/* --- decode
 * --------------------------------------------------------------------------------------- */

static void raise_at(lua_State *L, const IfxYamlReading *how, IfxErr *err) {
  snprintf(err->op, sizeof err->op, "%s", how->op);
  snprintf(err->file, sizeof err->file, "%s", how->file ? how->file : "");
  ifx_raise(L, err);
}

static const IfxYamlNode *behind_alias(const IfxYamlNode *n) {
  return n->kind == IFX_YAML_ALIAS ? n->first : n;
}

static void push_binary(lua_State *L, const IfxYamlNode *n, const IfxYamlReading *how) {
  IfxErr err;
  Work *w = work_new(L);
  if (!ifx_yaml_binary(n, &w->out, &err)) raise_at(L, how, &err);
  lua_pushlstring(L, w->out.data ? w->out.data : "", w->out.len);
  work_free(w);
  lua_remove(L, -2);
}

static void push_scalar(lua_State *L, const IfxYamlNode *n, const IfxYamlReading *how) {
  IfxYamlValue v;
  IfxErr err;
  if (!ifx_yaml_value(n, (IfxYamlSchema)how->schema, &v, &err)) raise_at(L, how, &err);
  switch (v.type) {
  case IFX_YAML_NULL: ifx_push_null(L); break;
  case IFX_YAML_BOOL: lua_pushboolean(L, v.boolean); break;
  case IFX_YAML_INT: lua_pushinteger(L, v.integer); break;
  case IFX_YAML_REAL: lua_pushnumber(L, v.real); break;
  case IFX_YAML_BINARY: push_binary(L, n, how); break;
  default: lua_pushlstring(L, n->value, n->value_len);
  }
}

static void push_list(lua_State *L, const IfxYamlNode *n, const IfxYamlReading *how) {
  lua_Integer i = 0;
  lua_createtable(L, (int)n->count, 0);
  ifx_mark_list(L);
  for (const IfxYamlNode *c = n->first; c; c = c->next) {
    ifx_push_yaml(L, c, how);
    lua_rawseti(L, -2, ++i);
  }
}

/* A map that is being filled: where its table and its order (0: none) stand on the stack. */
typedef struct Map {
  int table, order;
  lua_Integer keys;
  bool converted; /* some key is not its own text, so that equal keys may come from different texts
                   */
} Map;

/* Is the key on top of the stack in the table already? */
static bool has_key(lua_State *L, const Map *m) {
  lua_pushvalue(L, -1);
  bool has = lua_rawget(L, m->table) != LUA_TNIL;
  lua_pop(L, 1);
  return has;
}

/* Set the key on top of the stack to the node's value, and pop it. */
static void set_key(lua_State *L, Map *m, const IfxYamlNode *value, const IfxYamlReading *how) {
  if (m->order) {
    lua_pushvalue(L, -1);
    lua_rawseti(L, m->order, ++m->keys);
  }
  ifx_push_yaml(L, value, how);
  lua_rawset(L, m->table);
}

static void refuse_twice(lua_State *L, const IfxYamlNode *node, const char *key,
                         const IfxYamlReading *how) {
  IfxErr err;
  ifx_err_set(&err, IFX_E_PARSE, "key \"%.60s\" stands twice in one mapping, once in another form",
              key);
  ifx_err_at(&err, node->line, node->column);
  raise_at(L, how, &err);
}

/* Take the mapping's own keys; `absent`: only those that the table does not have yet, as a merge
 * does. Returns the number of merge keys. */
static size_t take_own(lua_State *L, Map *m, const IfxYamlNode *map, bool absent,
                       const IfxYamlReading *how) {
  size_t merges = 0;
  IfxYamlKey key;
  IfxErr err;
  for (const IfxYamlNode *k = map->first; k; k = k->next->next) {
    if (!ifx_yaml_key(k, (IfxYamlSchema)how->schema, &key, &err)) raise_at(L, how, &err);
    if (key.merge) {
      merges++;
      continue;
    }
    lua_pushlstring(L, key.text, key.len);
    m->converted = m->converted || key.converted;
    bool seen = (absent || m->converted) && has_key(L, m);
    if (seen && !absent) refuse_twice(L, k, key.text, how);
    if (seen)
      lua_pop(L, 1);
    else
      set_key(L, m, k->next, how);
  }
  return merges;
}

static void merge_all(lua_State *L, Map *m, const IfxYamlNode *map, size_t merges,
                      const IfxYamlReading *how);

static void merge_one(lua_State *L, Map *m, const IfxYamlNode *at, const IfxYamlReading *how) {
  const IfxYamlNode *source = behind_alias(at);
  if (source->kind != IFX_YAML_MAP) {
    IfxErr err;
    ifx_err_set(&err, IFX_E_PARSE, "<< merges a mapping or a list of mappings, nothing else");
    ifx_err_hint(&err, "quote it to have a key \"<<\"");
    ifx_err_at(&err, at->line, at->column);
    raise_at(L, how, &err);
  }
  luaL_checkstack(L, 8, "YAML");
  merge_all(L, m, source, take_own(L, m, source, true, how), how);
}

/* A key that is there wins over a merged one, an earlier source over a later one, and a later `<<`
 * over an earlier one, which is what readers agree on that allow two of them. */
static void merge_all(lua_State *L, Map *m, const IfxYamlNode *map, size_t merges,
                      const IfxYamlReading *how) {
  IfxYamlKey key;
  IfxErr err;
  if (merges == 0) return;
  const IfxYamlNode **values = lua_newuserdatauv(L, merges * sizeof *values, 0);
  size_t n = 0;
  for (const IfxYamlNode *k = map->first; k; k = k->next->next)
    if (ifx_yaml_key(k, (IfxYamlSchema)how->schema, &key, &err) && key.merge) values[n++] = k->next;
  while (n > 0) {
    const IfxYamlNode *from = values[--n], *list = behind_alias(from);
    if (list->kind != IFX_YAML_SEQ)
      merge_one(L, m, from, how);
    else
      for (const IfxYamlNode *c = list->first; c; c = c->next) merge_one(L, m, c, how);
  }
  lua_pop(L, 1);
}

static void push_map(lua_State *L, const IfxYamlNode *n, const IfxYamlReading *how) {
  Map m = {0};
  if (how->order) {
    lua_createtable(L, (int)n->count, 0);
    m.order = lua_gettop(L);
  }
  lua_createtable(L, 0, (int)n->count);
  m.table = lua_gettop(L);
  merge_all(L, &m, n, take_own(L, &m, n, false, how), how);
  if (!m.order) return;
  ifx_set_order(L, m.table, m.order);
  lua_remove(L, m.order);
}

void ifx_push_yaml(lua_State *L, const IfxYamlNode *n, const IfxYamlReading *how) {
  luaL_checkstack(L, 8, "YAML");
  if (n) n = behind_alias(n);
  if (!n)
    ifx_push_null(L);
  else if (n->kind == IFX_YAML_SEQ)
    push_list(L, n, how);
  else if (n->kind == IFX_YAML_MAP)
    push_map(L, n, how);
  else
    push_scalar(L, n, how);
}

int ifx_field_yaml_schema(lua_State *L, int opts) {
  const char *name = ifx_field_string(L, opts, "schema", "kubernetes", NULL);
  if (strcmp(name, "kubernetes") == 0) return IFX_YAML_SCHEMA_KUBERNETES;
  if (strcmp(name, "core") == 0) return IFX_YAML_SCHEMA_CORE;
  if (strcmp(name, "kyaml") == 0) return IFX_YAML_SCHEMA_GO;
  return ifx_raise_argument(
      L, opts, "field 'schema': 'kubernetes', 'core' or 'kyaml' expected, got '%s'", name);
}

/* The text at 1 parsed under the options at 2. Pushes the userdata that owns the result. */
static Work *parse(lua_State *L, IfxYamlReading *how, const char *op) {
  size_t len;
  IfxErr err;
  const char *text = ifx_check_string(L, 1, &len);
  *how = (IfxYamlReading){.schema = ifx_field_yaml_schema(L, 2),
                          .order = ifx_field_boolean(L, 2, "order", false),
                          .op = op,
                          .file = ifx_field_string(L, 2, "file", NULL, NULL)};
  Work *w = work_new(L);
  if (!ifx_yaml_parse(text, len, NULL, &w->stream, &err)) raise_at(L, how, &err);
  return w;
}

/* Empty documents, as a last '---' leaves one, do not count. */
static int yaml_decode(lua_State *L) {
  IfxYamlReading how;
  IfxErr err;
  Work *w = parse(L, &how, "yaml.decode");
  const IfxYamlNode *root = NULL;
  for (size_t i = 0; i < w->stream->ndocs; i++) {
    const IfxYamlNode *next = w->stream->docs[i].root;
    if (root && next) {
      ifx_err_set(&err, IFX_E_PARSE, "a second document begins here, where one is expected");
      ifx_err_hint(&err, "yaml.decode_all reads all documents of a text");
      ifx_err_at(&err, next->line, next->column);
      raise_at(L, &how, &err);
    }
    if (next) root = next;
  }
  if (w->stream->ndocs == 0)
    lua_pushnil(L);
  else
    ifx_push_yaml(L, root, &how);
  work_free(w);
  return 1;
}

static int yaml_decode_all(lua_State *L) {
  IfxYamlReading how;
  Work *w = parse(L, &how, "yaml.decode_all");
  lua_createtable(L, (int)w->stream->ndocs, 0);
  ifx_mark_list(L);
  for (size_t i = 0; i < w->stream->ndocs; i++) {
    ifx_push_yaml(L, w->stream->docs[i].root, &how);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  work_free(w);
  return 1;
}

/* --- encode
 * --------------------------------------------------------------------------------------- */

static bool put_begin(void *self, bool list, size_t count, IfxErr *err) {
  Work *w = self;
  (void)err;
  IfxYamlKind kind = list ? IFX_YAML_SEQ : IFX_YAML_MAP;
  if (count == 0)
    ifx_yaml_put_empty(&w->writer, kind);
  else
    ifx_yaml_put_begin(&w->writer, &w->frames[w->depth++], kind);
  return true;
}

static bool put_end(void *self, bool list, size_t count, IfxErr *err) {
  Work *w = self;
  (void)list, (void)err;
  if (count == 0) return true;
  ifx_yaml_put_end(&w->writer);
  w->depth--;
  return true;
}

static bool put_key(void *self, const char *text, size_t len, IfxErr *err) {
  Work *w = self;
  if (!ifx_yaml_is_utf8(text, len))
    return ifx_err_set(err, IFX_E_ARGUMENT, "a key that is not valid UTF-8");
  ifx_yaml_put_key(&w->writer, text, len);
  return true;
}

static bool fits(const Work *w, IfxErr *err) {
  if (w->out.failed) return ifx_err_nomem(err);
  if (w->out.len <= IFX_YAML_MAX_BYTES) return true;
  return ifx_err_set(err, IFX_E_LIMIT, "more than %zu bytes of YAML", (size_t)IFX_YAML_MAX_BYTES);
}

static bool put_string(void *self, const char *text, size_t len, IfxErr *err) {
  Work *w = self;
  ifx_yaml_put_string(&w->writer, text, len);
  return fits(w, err);
}

static bool put_integer(void *self, int64_t v, IfxErr *err) {
  Work *w = self;
  ifx_yaml_put_int(&w->writer, v);
  return fits(w, err);
}

static bool put_real(void *self, double v, IfxErr *err) {
  Work *w = self;
  ifx_yaml_put_real(&w->writer, v);
  return fits(w, err);
}

static bool put_boolean(void *self, bool v, IfxErr *err) {
  Work *w = self;
  ifx_yaml_put_bool(&w->writer, v);
  return fits(w, err);
}

static bool put_null(void *self, IfxErr *err) {
  Work *w = self;
  ifx_yaml_put_null(&w->writer);
  return fits(w, err);
}

static const IfxSink sink = {put_begin,   put_end,  put_key,     put_string,
                             put_integer, put_real, put_boolean, put_null};

/* Check value and options at 1 and 2; leaves the list `keys`, if there is one, and the work. */
static Work *start_encode(lua_State *L, int *keys) {
  if (lua_isnone(L, 1)) ifx_raise_argument(L, 1, "value expected, got nothing");
  lua_settop(L, 2);
  bool lists = ifx_field_boolean(L, 2, "indent_lists", false);
  lua_Integer indent = ifx_field_integer(L, 2, "indent", 2);
  if (indent < 2 || indent > 8)
    ifx_raise_argument(L, 2, "field 'indent': between 2 and 8 expected, got %lld",
                       (long long)indent);
  *keys = ifx_field_keys(L, 2);
  Work *w = work_new(L);
  w->writer = (IfxYamlWriter){.out = &w->out, .indent = (uint32_t)indent, .indent_lists = lists};
  return w;
}

static int finish_encode(lua_State *L, Work *w) {
  IfxErr err;
  if (w->out.failed) {
    ifx_err_nomem(&err);
    return ifx_raise(L, &err);
  }
  lua_pushlstring(L, w->out.data ? w->out.data : "", w->out.len);
  work_free(w);
  return 1;
}

static int yaml_encode(lua_State *L) {
  int keys;
  Work *w = start_encode(L, &keys);
  ifx_walk(L, 1, keys, "yaml.encode", &sink, w);
  return finish_encode(L, w);
}

static int yaml_encode_all(lua_State *L) {
  int keys;
  ifx_check_table(L, 1);
  Work *w = start_encode(L, &keys);
  lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
  for (lua_Integer i = 1; i <= n; i++) {
    ifx_buf_str(&w->out, "---\n");
    lua_rawgeti(L, 1, i);
    ifx_walk(L, -1, keys, "yaml.encode_all", &sink, w);
    lua_pop(L, 1);
  }
  return finish_encode(L, w);
}

/* --- scalar and the module
 * ------------------------------------------------------------------------ */

static int yaml_scalar(lua_State *L) {
  static const char *const names[] = {"plain", "single", "double"};
  size_t len, style = 0;
  const char *text = ifx_check_string(L, 1, &len);
  const char *name = lua_isnoneornil(L, 2) ? "plain" : ifx_check_string(L, 2, NULL);
  bool flow = lua_toboolean(L, 3);
  while (style < 3 && strcmp(names[style], name) != 0) style++;
  if (style == 3)
    return ifx_raise_argument(L, 2, "'plain', 'single' or 'double' expected, got '%s'", name);
  if (!ifx_yaml_is_utf8(text, len))
    return ifx_raise_argument(L, 1, "a text that is not valid UTF-8");
  Work *w = work_new(L);
  if (style == 0)
    ifx_yaml_write_string(&w->out, text, len, IFX_YAML_DOUBLE, flow);
  else
    ifx_yaml_write_quoted(&w->out, text, len, style == 1 ? IFX_YAML_SINGLE : IFX_YAML_DOUBLE);
  return finish_encode(L, w);
}

static const luaL_Reg functions[] = {{"decode", yaml_decode}, {"decode_all", yaml_decode_all},
                                     {"encode", yaml_encode}, {"encode_all", yaml_encode_all},
                                     {"scalar", yaml_scalar}, {NULL, NULL}};
static const luaL_Reg work_methods[] = {
    {"__gc", work_close}, {"__close", work_close}, {NULL, NULL}};

int luaopen_yaml(lua_State *L) {
  luaL_newmetatable(L, WORK_META);
  luaL_setfuncs(L, work_methods, 0);
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  ifx_open_yaml_document(L);
  return 1;
}
