/* b_err.c: module `err`: the one structured error. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "bind.h"

#define META "ifx.err"

static const char *const kinds[] = {
    IFX_E_ARGUMENT, IFX_E_PARSE,     IFX_E_NOT_FOUND, IFX_E_EXISTS,      IFX_E_PERMISSION,
    IFX_E_IO,       IFX_E_PROCESS,   IFX_E_LIMIT,     IFX_E_BUDGET,      IFX_E_MEMORY,
    IFX_E_TIMEOUT,  IFX_E_CANCELLED, IFX_E_CONFLICT,  IFX_E_STALE,       IFX_E_GRANT,
    IFX_E_TRUST,    IFX_E_CONFIG,    IFX_E_PLUGIN,    IFX_E_UNSUPPORTED, IFX_E_INTERNAL,
};

static bool known_kind(const char *kind) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i], kind) == 0) return true;
  return false;
}

static bool is_error(lua_State *L, int idx) {
  if (lua_type(L, idx) != LUA_TTABLE || !lua_getmetatable(L, idx)) return false;
  luaL_getmetatable(L, META);
  bool same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

/* new(fields): a copy of the fields as an error. Raises kind 'argument' for an unknown kind. */
static int err_new(lua_State *L) {
  ifx_check_table(L, 1);
  const char *kind = ifx_field_string(L, 1, "kind", NULL, NULL);
  if (!kind || !known_kind(kind))
    return ifx_raise_argument(L, 1, "field 'kind': one of the known kinds expected, got '%s'",
                              kind ? kind : "nil");
  lua_createtable(L, 0, 8);
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
  luaL_setmetatable(L, META);
  return 1;
}

static int err_raise(lua_State *L) {
  err_new(L);
  return lua_error(L);
}

static int err_is(lua_State *L) {
  bool yes = is_error(L, 1);
  if (yes && !lua_isnoneornil(L, 2)) {
    lua_getfield(L, 1, "kind");
    yes = lua_rawequal(L, -1, 2);
  }
  lua_pushboolean(L, yes);
  return 1;
}

/* wrap(e, op): a new error of the same kind whose cause is e. */
static int err_wrap(lua_State *L) {
  static const char *const kept[] = {"kind", "retry", "status", "hint"};
  luaL_checkany(L, 1);
  ifx_check_string(L, 2, NULL);
  lua_createtable(L, 0, 6);
  lua_pushvalue(L, 2);
  lua_setfield(L, -2, "op");
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "cause");
  if (is_error(L, 1)) {
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
      lua_getfield(L, 1, kept[i]);
      lua_setfield(L, -2, kept[i]);
    }
  } else {
    lua_pushliteral(L, IFX_E_PLUGIN);
    lua_setfield(L, -2, "kind");
  }
  luaL_setmetatable(L, META);
  return 1;
}

/* Append the text of field `name` of the error at `e`, between `before` and `after`. */
static void add_field(lua_State *L, luaL_Buffer *b, int e, const char *name, const char *before,
                      const char *after) {
  lua_getfield(L, e, name);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return;
  }
  luaL_tolstring(L, -1, NULL);
  lua_remove(L, -2);
  lua_pushfstring(L, "%s%s%s", before, lua_tostring(L, -1), after);
  lua_remove(L, -2);
  luaL_addvalue(b);
}

static bool has_field(lua_State *L, int e, const char *name) {
  bool has = lua_getfield(L, e, name) != LUA_TNIL;
  lua_pop(L, 1);
  return has;
}

/* "op: message (file:line:column): cause" */
static int err_tostring(lua_State *L) {
  luaL_Buffer b;
  ifx_check_table(L, 1);
  bool said = has_field(L, 1, "message"), caused = has_field(L, 1, "cause");
  luaL_buffinit(L, &b);
  add_field(L, &b, 1, "op", "", said || caused ? ": " : "");
  add_field(L, &b, 1, "message", "", "");
  if (has_field(L, 1, "file")) {
    add_field(L, &b, 1, "file", said ? " (" : "(", "");
    add_field(L, &b, 1, "line", ":", "");
    add_field(L, &b, 1, "column", ":", "");
    luaL_addchar(&b, ')');
  }
  add_field(L, &b, 1, "cause", said ? ": " : "", "");
  luaL_pushresult(&b);
  return 1;
}

static const luaL_Reg functions[] = {
    {"new", err_new}, {"raise", err_raise}, {"wrap", err_wrap}, {"is", err_is}, {NULL, NULL}};

int luaopen_err(lua_State *L) {
  luaL_getmetatable(L, META);
  lua_pushcfunction(L, err_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pushliteral(L, META);
  lua_setfield(L, -2, "__name");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  lua_createtable(L, sizeof kinds / sizeof *kinds, 0);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    lua_pushstring(L, kinds[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  ifx_mark_list(L);
  lua_setfield(L, -2, "kinds");
  return 1;
}
