/* bind.c: what every binding shares: errors, argument readers, marks. SPDX-License-Identifier:
 * Apache-2.0 */
#include "bind.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERR_META  "ifx.err"
#define LIST_META "ifx.list"
#define ORDERS    "ifx.orders"

static void set_string(lua_State *L, const char *name, const char *value) {
  if (!value || !*value) return;
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, lua_Integer value) {
  if (!value) return;
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

void ifx_push_err(lua_State *L, const IfxErr *e) {
  lua_createtable(L, 0, 8);
  set_string(L, "kind", e->kind ? e->kind : IFX_E_INTERNAL);
  set_string(L, "op", e->op);
  set_string(L, "message", e->message);
  set_string(L, "hint", e->hint);
  set_string(L, "file", e->file);
  set_integer(L, "line", e->line);
  set_integer(L, "column", e->column);
  set_integer(L, "status", e->status);
  if (e->retry) {
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "retry");
  }
  luaL_setmetatable(L, ERR_META);
}

int ifx_raise(lua_State *L, const IfxErr *e) {
  ifx_push_err(L, e);
  return lua_error(L);
}

int ifx_raise_memory(lua_State *L) {
  IfxErr e;
  ifx_err_nomem(&e);
  return ifx_raise(L, &e);
}

/* The name under which the running C function was called, for messages. */
static const char *called_as(lua_State *L) {
  lua_Debug ar;
  if (lua_getstack(L, 0, &ar) && lua_getinfo(L, "n", &ar) && ar.name) return ar.name;
  return "?";
}

/* Where the caller stands, so that a wrong argument can be found. */
static void set_caller(lua_State *L, IfxErr *e) {
  lua_Debug ar;
  if (!lua_getstack(L, 1, &ar) || !lua_getinfo(L, "Sl", &ar) || ar.currentline <= 0) return;
  snprintf(e->file, sizeof e->file, "%s", ar.source[0] == '@' ? ar.source + 1 : ar.short_src);
  e->line = (uint32_t)ar.currentline;
}

int ifx_raise_argument(lua_State *L, int arg, const char *fmt, ...) {
  IfxErr e;
  char why[300];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(why, sizeof why, fmt, ap);
  va_end(ap);
  if (arg > 0)
    ifx_err_set(&e, IFX_E_ARGUMENT, "bad argument #%d to '%s' (%s)", arg, called_as(L), why);
  else
    ifx_err_set(&e, IFX_E_ARGUMENT, "bad argument to '%s' (%s)", called_as(L), why);
  set_caller(L, &e);
  return ifx_raise(L, &e);
}

static int raise_type(lua_State *L, int arg, const char *wanted) {
  return ifx_raise_argument(L, arg, "%s expected, got %s", wanted, luaL_typename(L, arg));
}

const char *ifx_check_string(lua_State *L, int arg, size_t *len) {
  if (lua_type(L, arg) != LUA_TSTRING) raise_type(L, arg, "string");
  return lua_tolstring(L, arg, len);
}

lua_Integer ifx_check_integer(lua_State *L, int arg, lua_Integer min, lua_Integer max) {
  int ok = 0;
  lua_Integer n = lua_type(L, arg) == LUA_TNUMBER ? lua_tointegerx(L, arg, &ok) : 0;
  if (!ok) raise_type(L, arg, "integer");
  if (n < min || n > max)
    ifx_raise_argument(L, arg, "between %lld and %lld expected, got %lld", (long long)min,
                       (long long)max, (long long)n);
  return n;
}

double ifx_check_number(lua_State *L, int arg, double min, double max) {
  if (lua_type(L, arg) != LUA_TNUMBER) raise_type(L, arg, "number");
  double n = lua_tonumber(L, arg);
  if (!(n >= min && n <= max))
    ifx_raise_argument(L, arg, "between %g and %g expected, got %g", min, max, n);
  return n;
}

void ifx_check_table(lua_State *L, int arg) {
  if (lua_type(L, arg) != LUA_TTABLE) raise_type(L, arg, "table");
}

/* Push the field and return its type; LUA_TNIL (nothing pushed) when the table or the field is
 * absent. */
static int push_field(lua_State *L, int opts, const char *name) {
  if (lua_isnoneornil(L, opts)) return LUA_TNIL;
  ifx_check_table(L, opts);
  int type = lua_getfield(L, opts, name);
  if (type == LUA_TNIL) lua_pop(L, 1);
  return type;
}

static void check_field(lua_State *L, int opts, const char *name, bool ok, const char *wanted) {
  if (!ok)
    ifx_raise_argument(L, opts, "field '%s': %s expected, got %s", name, wanted,
                       luaL_typename(L, -1));
}

const char *ifx_field_string(lua_State *L, int opts, const char *name, const char *dflt,
                             size_t *len) {
  int type = push_field(L, opts, name);
  if (type == LUA_TNIL) {
    if (len) *len = dflt ? strlen(dflt) : 0;
    return dflt;
  }
  check_field(L, opts, name, type == LUA_TSTRING, "string");
  const char *s = lua_tolstring(L, -1, len);
  lua_pop(L, 1);
  return s;
}

lua_Integer ifx_field_integer(lua_State *L, int opts, const char *name, lua_Integer dflt) {
  int ok = 0, type = push_field(L, opts, name);
  if (type == LUA_TNIL) return dflt;
  lua_Integer n = type == LUA_TNUMBER ? lua_tointegerx(L, -1, &ok) : 0;
  check_field(L, opts, name, ok, "integer");
  lua_pop(L, 1);
  return n;
}

double ifx_field_number(lua_State *L, int opts, const char *name, double dflt) {
  int type = push_field(L, opts, name);
  if (type == LUA_TNIL) return dflt;
  check_field(L, opts, name, type == LUA_TNUMBER, "number");
  double n = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return n;
}

bool ifx_field_boolean(lua_State *L, int opts, const char *name, bool dflt) {
  int type = push_field(L, opts, name);
  if (type == LUA_TNIL) return dflt;
  check_field(L, opts, name, type == LUA_TBOOLEAN, "boolean");
  bool b = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return b;
}

void ifx_mark_list(lua_State *L) { luaL_setmetatable(L, LIST_META); }

bool ifx_is_list(lua_State *L, int idx) {
  if (lua_type(L, idx) != LUA_TTABLE) return false;
  idx = lua_absindex(L, idx);
  if (lua_getmetatable(L, idx)) {
    luaL_getmetatable(L, LIST_META);
    bool marked = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (marked) return true;
  }
  bool filled = lua_rawgeti(L, idx, 1) != LUA_TNIL;
  lua_pop(L, 1);
  return filled;
}

void ifx_push_null(lua_State *L) { lua_pushlightuserdata(L, NULL); }

bool ifx_is_null(lua_State *L, int idx) {
  return lua_islightuserdata(L, idx) && lua_touserdata(L, idx) == NULL;
}

void ifx_set_order(lua_State *L, int map, int keys) {
  map = lua_absindex(L, map);
  keys = lua_absindex(L, keys);
  lua_getfield(L, LUA_REGISTRYINDEX, ORDERS);
  lua_pushvalue(L, map);
  lua_pushvalue(L, keys);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

bool ifx_push_order(lua_State *L, int map) {
  map = lua_absindex(L, map);
  lua_getfield(L, LUA_REGISTRYINDEX, ORDERS);
  lua_pushvalue(L, map);
  if (lua_rawget(L, -2) == LUA_TNIL) {
    lua_pop(L, 2);
    return false;
  }
  lua_remove(L, -2);
  return true;
}

static int null_tostring(lua_State *L) {
  if (lua_touserdata(L, 1) == NULL)
    lua_pushliteral(L, "null");
  else
    lua_pushfstring(L, "%s: %p", luaL_typename(L, 1), lua_touserdata(L, 1));
  return 1;
}

void ifx_open_values(lua_State *L) {
  luaL_newmetatable(L, LIST_META);
  lua_pop(L, 1);
  luaL_newmetatable(L, ERR_META);
  lua_pop(L, 1);
  lua_createtable(L, 0, 0); /* orders: a key keeps its order alive, nothing keeps the key alive */
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_setfield(L, LUA_REGISTRYINDEX, ORDERS);
  lua_pushlightuserdata(L, NULL); /* the metatable is shared by all light userdata */
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, null_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}
