/* b_json.c: module `json`: Lua values from JSON and back. SPDX-License-Identifier: Apache-2.0 */
#include "../core/json.h"

#include <math.h>
#include <stdio.h>

#include "bind.h"

#define WORK_META "ifx.json.work"

/* What one call holds outside Lua's memory; a userdata, so that no error in between leaks it. */
typedef struct Work {
  json_t *value;
  IfxBuf out;
  size_t depth;
  bool pretty;
  bool first; /* nothing stands in the open list or object yet */
  bool keyed; /* a key has been written, its value has not */
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

static bool fits(const Work *w, IfxErr *err) {
  if (w->out.failed) return ifx_err_nomem(err);
  /* A table shared many times over is small, its text is not. */
  if (w->out.len <= IFX_JSON_MAX_BYTES) return true;
  return ifx_err_set(err, IFX_E_LIMIT, "more than %zu bytes of JSON", IFX_JSON_MAX_BYTES);
}

static void new_line(Work *w) {
  if (!w->pretty) return;
  ifx_buf_byte(&w->out, '\n');
  ifx_buf_fill(&w->out, ' ', 2 * w->depth);
}

/* What stands before a key, or before a value that has none. */
static void separate(Work *w) {
  if (w->depth == 0) return;
  if (!w->first) ifx_buf_byte(&w->out, ',');
  new_line(w);
  w->first = false;
}

static void start_value(Work *w) {
  if (!w->keyed) separate(w);
  w->keyed = false;
}

static bool put_text(Work *w, const char *text, IfxErr *err) {
  start_value(w);
  ifx_buf_str(&w->out, text);
  return fits(w, err);
}

static bool put_begin(void *self, bool list, size_t count, IfxErr *err) {
  Work *w = self;
  (void)count;
  if (!put_text(w, list ? "[" : "{", err)) return false;
  w->depth++;
  w->first = true;
  return true;
}

static bool put_end(void *self, bool list, size_t count, IfxErr *err) {
  Work *w = self;
  w->depth--;
  w->first = false;
  if (count > 0) new_line(w);
  ifx_buf_byte(&w->out, list ? ']' : '}');
  return fits(w, err);
}

static bool put_key(void *self, const char *text, size_t len, IfxErr *err) {
  Work *w = self;
  separate(w);
  if (!ifx_json_write_string(&w->out, text, len))
    return ifx_err_set(err, IFX_E_ARGUMENT, "a key that is not valid UTF-8");
  ifx_buf_str(&w->out, w->pretty ? ": " : ":");
  w->keyed = true;
  return true;
}

static bool put_string(void *self, const char *text, size_t len, IfxErr *err) {
  Work *w = self;
  start_value(w);
  if (!ifx_json_write_string(&w->out, text, len))
    return ifx_err_set(err, IFX_E_ARGUMENT, "a string that is not valid UTF-8");
  return fits(w, err);
}

static bool put_integer(void *self, int64_t v, IfxErr *err) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)v);
  return put_text(self, text, err);
}

static bool put_real(void *self, double v, IfxErr *err) {
  Work *w = self;
  if (!isfinite(v)) return ifx_err_set(err, IFX_E_ARGUMENT, "a number that is not finite");
  start_value(w);
  ifx_buf_real(&w->out, v);
  return fits(w, err);
}

static bool put_boolean(void *self, bool v, IfxErr *err) {
  return put_text(self, v ? "true" : "false", err);
}

static bool put_null(void *self, IfxErr *err) { return put_text(self, "null", err); }

static const IfxSink sink = {put_begin,   put_end,  put_key,     put_string,
                             put_integer, put_real, put_boolean, put_null};

static int json_encode_value(lua_State *L) {
  if (lua_isnone(L, 1)) return ifx_raise_argument(L, 1, "value expected, got nothing");
  lua_settop(L, 2);
  bool pretty = ifx_field_boolean(L, 2, "pretty", false);
  int keys = ifx_field_keys(L, 2);
  Work *w = work_new(L);
  w->pretty = pretty;
  ifx_walk(L, 1, keys, "json.encode", &sink, w);
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
