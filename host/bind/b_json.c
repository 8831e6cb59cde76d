/* b_json.c: module `json`: Lua values from JSON and back. SPDX-License-Identifier: Apache-2.0 */
#include "../core/json.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"

#define WORK_META "ifx.json.work"

/* What one call holds outside Lua's memory; a userdata, so that no error in between leaks it. */
typedef struct Work {
  json_t *value;
  IfxBuf out;
} Work;

static void work_free(Work *w) {
  json_decref(w->value);
  w->value = NULL;
  ifx_buf_free(&w->out);
}

static int work_close(lua_State *L) {
  work_free(luaL_checkudata(L, 1, WORK_META));
  return 0;
}

static Work *work_new(lua_State *L) {
  Work *w = lua_newuserdatauv(L, sizeof *w, 0);
  *w = (Work){0};
  luaL_setmetatable(L, WORK_META);
  return w;
}

/* ---- decode ---- */

static void push_value(lua_State *L, json_t *v, bool order);

static void push_list(lua_State *L, json_t *v, bool order) {
  size_t n = json_array_size(v);
  lua_createtable(L, (int)n, 0);
  ifx_mark_list(L);
  for (size_t i = 0; i < n; i++) {
    push_value(L, json_array_get(v, i), order);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void push_map(lua_State *L, json_t *v, bool order) {
  lua_Integer n = 0;
  if (order)
    lua_createtable(L, (int)json_object_size(v), 0); /* the keys, in their order */
  else
    lua_pushnil(L);
  lua_createtable(L, 0, (int)json_object_size(v));
  for (void *it = json_object_iter(v); it; it = json_object_iter_next(v, it)) {
    lua_pushstring(L, json_object_iter_key(it)); /* never holds a NUL: the parser refuses it */
    if (order) {
      lua_pushvalue(L, -1);
      lua_rawseti(L, -4, ++n);
    }
    push_value(L, json_object_iter_value(it), order);
    lua_rawset(L, -3);
  }
  if (order) ifx_set_order(L, -1, -2);
  lua_remove(L, -2);
}

static void push_value(lua_State *L, json_t *v, bool order) {
  luaL_checkstack(L, 8, "JSON");
  switch (json_typeof(v)) {
  case JSON_OBJECT: push_map(L, v, order); break;
  case JSON_ARRAY: push_list(L, v, order); break;
  case JSON_STRING: lua_pushlstring(L, json_string_value(v), json_string_length(v)); break;
  case JSON_INTEGER: lua_pushinteger(L, json_integer_value(v)); break;
  case JSON_REAL: lua_pushnumber(L, json_real_value(v)); break;
  case JSON_TRUE:
  case JSON_FALSE: lua_pushboolean(L, json_is_true(v)); break;
  case JSON_NULL: ifx_push_null(L); break;
  }
}

static int json_decode_text(lua_State *L) {
  size_t len;
  IfxErr err;
  const char *text = ifx_check_string(L, 1, &len);
  const char *file = ifx_field_string(L, 2, "file", "", NULL);
  bool order = ifx_field_boolean(L, 2, "order", false);
  Work *w = work_new(L);
  w->value = ifx_json_parse(text, len, NULL, &err);
  if (!w->value) {
    snprintf(err.op, sizeof err.op, "json.decode");
    snprintf(err.file, sizeof err.file, "%s", file);
    return ifx_raise(L, &err);
  }
  push_value(L, w->value, order);
  work_free(w);
  return 1;
}

/* ---- encode ---- */

/* The place of a value: which table it is (NULL while it is none) and under which key it stands in
 * `up`. */
typedef struct Place {
  const struct Place *up; /* NULL: the value that was given */
  const void *table;
  const char *key; /* NULL: an item of a list, at `index` */
  size_t key_len;
  lua_Integer index;
  int depth;
} Place;

typedef struct Encoder {
  lua_State *L;
  IfxBuf *out;
  int ranks; /* stack index of the table key -> rank made of the option `keys`, or 0 */
  bool pretty;
} Encoder;

typedef struct Key {
  const char *text; /* anchored by the map it is a key of */
  size_t len;
  lua_Integer rank; /* keys that have none come last */
} Key;

static bool is_name(const char *s, size_t len) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  return len > 0 && (s[0] < '0' || s[0] > '9') && strspn(s, letters) == len;
}

/* Append the place to the message: $.items[3].name */
static void describe(IfxErr *err, const Place *p) {
  if (p->up) describe(err, p->up);
  size_t used = strlen(err->message), room = sizeof err->message - used;
  char *to = err->message + used;
  if (!p->up)
    snprintf(to, room, "$");
  else if (!p->key)
    snprintf(to, room, "[%lld]", (long long)p->index);
  else
    snprintf(to, room, is_name(p->key, p->key_len) ? ".%s" : "[\"%s\"]", p->key);
}

static void refuse(Encoder *e, const Place *p, const char *kind, const char *fmt, ...)
    __attribute__((format(printf, 4, 5), noreturn));
static void refuse(Encoder *e, const Place *p, const char *kind, const char *fmt, ...) {
  IfxErr err;
  char why[160];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(why, sizeof why, fmt, ap);
  va_end(ap);
  ifx_err_set(&err, kind, "%s at ", why);
  snprintf(err.op, sizeof err.op, "json.encode");
  describe(&err, p);
  ifx_raise(e->L, &err);
  __builtin_unreachable();
}

static void encode_value(Encoder *e, Place *p);

static void separate(Encoder *e, const Place *p, bool first) {
  if (!first) ifx_buf_byte(e->out, ',');
  if (!e->pretty) return;
  ifx_buf_byte(e->out, '\n');
  ifx_buf_fill(e->out, ' ', 2 * (size_t)p->depth);
}

static void finish(Encoder *e, const Place *p, char bracket) {
  if (e->pretty) {
    ifx_buf_byte(e->out, '\n');
    ifx_buf_fill(e->out, ' ', 2 * (size_t)p->depth);
  }
  ifx_buf_byte(e->out, bracket);
}

static size_t count_keys(lua_State *L, int table) {
  size_t n = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) n++;
  return n;
}

static void encode_list(Encoder *e, int table, const Place *p) {
  size_t n = lua_rawlen(e->L, table);
  if (count_keys(e->L, table) != n)
    refuse(e, p, IFX_E_ARGUMENT, "a list with holes, or with keys beside its items");
  ifx_buf_byte(e->out, '[');
  for (size_t i = 1; i <= n; i++) {
    Place item = {.up = p, .index = (lua_Integer)i, .depth = p->depth + 1};
    separate(e, &item, i == 1);
    lua_rawgeti(e->L, table, item.index);
    encode_value(e, &item);
    lua_pop(e->L, 1);
  }
  if (n > 0)
    finish(e, p, ']');
  else
    ifx_buf_byte(e->out, ']');
}

/* Push a table key -> rank made of the list at `keys`. */
static void push_ranks(lua_State *L, int keys) {
  keys = lua_absindex(L, keys);
  lua_Integer n = (lua_Integer)lua_rawlen(L, keys);
  lua_createtable(L, 0, (int)n);
  for (lua_Integer i = 1; i <= n; i++) {
    if (lua_rawgeti(L, keys, i) == LUA_TNIL) {
      lua_pop(L, 1);
      continue;
    }
    lua_pushinteger(L, i);
    lua_rawset(L, -3);
  }
}

static int compare_keys(const void *left, const void *right) {
  const Key *a = left, *b = right;
  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  int c = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
  return c ? c : (a->len > b->len) - (a->len < b->len);
}

/* Push a userdata that holds the keys of the map, sorted by their rank in `ranks` (0: none has
 * one), then by their bytes. */
static Key *push_keys(Encoder *e, int map, int ranks, size_t n, const Place *p) {
  lua_State *L = e->L;
  Key *keys = lua_newuserdatauv(L, (n ? n : 1) * sizeof *keys, 0);
  size_t i = 0;
  for (lua_pushnil(L); i < n && lua_next(L, map); lua_pop(L, 1), i++) {
    if (lua_type(L, -2) != LUA_TSTRING)
      refuse(e, p, IFX_E_ARGUMENT, "a map with a key of type %s", luaL_typename(L, -2));
    keys[i].text = lua_tolstring(L, -2, &keys[i].len);
    keys[i].rank = LUA_MAXINTEGER;
    if (!ranks) continue;
    lua_pushvalue(L, -2);
    if (lua_rawget(L, ranks) != LUA_TNIL) keys[i].rank = lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
  qsort(keys, n, sizeof *keys, compare_keys);
  return keys;
}

static void encode_map(Encoder *e, int table, const Place *p) {
  lua_State *L = e->L;
  int ranks = e->ranks;
  if (ifx_push_order(L, table)) {
    push_ranks(L, -1);
    ranks = lua_gettop(L);
  }
  size_t n = count_keys(L, table);
  Key *keys = push_keys(e, table, ranks, n, p);
  ifx_buf_byte(e->out, '{');
  for (size_t i = 0; i < n; i++) {
    Place item = {.up = p, .key = keys[i].text, .key_len = keys[i].len, .depth = p->depth + 1};
    separate(e, &item, i == 0);
    if (!ifx_json_write_string(e->out, keys[i].text, keys[i].len))
      refuse(e, p, IFX_E_ARGUMENT, "a key that is not valid UTF-8");
    ifx_buf_str(e->out, e->pretty ? ": " : ":");
    lua_pushlstring(L, keys[i].text, keys[i].len);
    lua_rawget(L, table);
    encode_value(e, &item);
    lua_pop(L, 1);
  }
  if (n > 0)
    finish(e, p, '}');
  else
    ifx_buf_byte(e->out, '}');
}

static void encode_table(Encoder *e, Place *p) {
  int table = lua_gettop(e->L);
  p->table = lua_topointer(e->L, table);
  for (const Place *outer = p->up; outer; outer = outer->up)
    if (outer->table == p->table) refuse(e, p, IFX_E_ARGUMENT, "a table that holds itself");
  if (p->depth >= IFX_JSON_MAX_DEPTH)
    refuse(e, p, IFX_E_LIMIT, "nested more than %d levels deep", IFX_JSON_MAX_DEPTH);
  if (ifx_is_list(e->L, table))
    encode_list(e, table, p);
  else
    encode_map(e, table, p);
  lua_settop(e->L, table);
}

static void encode_number(Encoder *e, const Place *p) {
  if (lua_isinteger(e->L, -1)) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(e->L, -1));
    ifx_buf_str(e->out, text);
    return;
  }
  double real = lua_tonumber(e->L, -1);
  if (!isfinite(real)) refuse(e, p, IFX_E_ARGUMENT, "a number that is not finite");
  ifx_buf_real(e->out, real);
}

static void encode_string(Encoder *e, const Place *p) {
  size_t len;
  const char *s = lua_tolstring(e->L, -1, &len);
  if (!ifx_json_write_string(e->out, s, len))
    refuse(e, p, IFX_E_ARGUMENT, "a string that is not valid UTF-8");
}

/* The value on top of the stack. */
static void encode_value(Encoder *e, Place *p) {
  luaL_checkstack(e->L, 12, "JSON");
  /* A table shared many times over is small, its text is not. */
  if (e->out->len > IFX_JSON_MAX_BYTES)
    refuse(e, p, IFX_E_LIMIT, "more than %zu bytes of JSON", IFX_JSON_MAX_BYTES);
  switch (lua_type(e->L, -1)) {
  case LUA_TTABLE: encode_table(e, p); break;
  case LUA_TSTRING: encode_string(e, p); break;
  case LUA_TNUMBER: encode_number(e, p); break;
  case LUA_TBOOLEAN: ifx_buf_str(e->out, lua_toboolean(e->L, -1) ? "true" : "false"); break;
  default:
    if (!ifx_is_null(e->L, -1))
      refuse(e, p, IFX_E_ARGUMENT, "a value of type %s", luaL_typename(e->L, -1));
    ifx_buf_str(e->out, "null");
  }
}

static int json_encode_value(lua_State *L) {
  if (lua_isnone(L, 1)) return ifx_raise_argument(L, 1, "value expected, got nothing");
  Encoder e = {.L = L, .pretty = ifx_field_boolean(L, 2, "pretty", false)};
  lua_settop(L, 2);
  if (!lua_isnil(L, 2) && lua_getfield(L, 2, "keys") != LUA_TNIL) {
    if (!lua_istable(L, 3))
      return ifx_raise_argument(L, 2, "field 'keys': list expected, got %s", luaL_typename(L, 3));
    push_ranks(L, 3);
    e.ranks = lua_gettop(L);
  }
  Work *w = work_new(L);
  e.out = &w->out;
  lua_pushvalue(L, 1);
  encode_value(&e, &(Place){0});
  if (w->out.failed) {
    IfxErr err;
    ifx_err_nomem(&err);
    return ifx_raise(L, &err);
  }
  lua_pushlstring(L, w->out.data, w->out.len);
  work_free(w);
  return 1;
}

static const luaL_Reg functions[] = {
    {"decode", json_decode_text}, {"encode", json_encode_value}, {NULL, NULL}};
static const luaL_Reg work_methods[] = {
    {"__gc", work_close}, {"__close", work_close}, {NULL, NULL}};

int luaopen_json(lua_State *L) {
  luaL_newmetatable(L, WORK_META);
  luaL_setfuncs(L, work_methods, 0);
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
