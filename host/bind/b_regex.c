/* b_regex.c: module `regex`: regular expressions of Go and Python. SPDX-License-Identifier:
 * Apache-2.0 */
#include "../core/regex.h"

#include <stdio.h>
#include <string.h>

#include "bind.h"

#define REGEX "ifx.regex"

static IfxRegexSyntax check_syntax(lua_State *L, int arg) {
  if (lua_isnoneornil(L, arg)) return IFX_REGEX_GO;
  const char *name = ifx_check_string(L, arg, NULL);
  if (strcmp(name, "python") == 0) return IFX_REGEX_PYTHON;
  if (strcmp(name, "go") != 0)
    ifx_raise_argument(L, arg, "'go' or 'python' expected, got '%s'", name);
  return IFX_REGEX_GO;
}

static int raise_from(lua_State *L, const char *op, IfxErr *err) {
  snprintf(err->op, sizeof err->op, "regex.%s", op);
  return ifx_raise(L, err);
}

static int regex_compile(lua_State *L) {
  size_t len;
  IfxErr err;
  const char *source = ifx_check_string(L, 1, &len);
  IfxRegexSyntax syntax = check_syntax(L, 2);
  IfxRegex **handle = lua_newuserdatauv(L, sizeof *handle, 0);
  *handle = NULL;
  luaL_setmetatable(L, REGEX);
  *handle = ifx_regex_new(source, len, syntax, &err);
  return *handle ? 1 : raise_from(L, "compile", &err);
}

static int regex_quote(lua_State *L) {
  size_t len;
  luaL_Buffer b;
  const char *text = ifx_check_string(L, 1, &len);
  luaL_buffinit(L, &b);
  for (size_t i = 0; i < len; i++) {
    if (text[i] && strchr("\\.+*?()|[]{}^$", text[i])) luaL_addchar(&b, '\\');
    luaL_addchar(&b, text[i]);
  }
  luaL_pushresult(&b);
  return 1;
}

static int re_close(lua_State *L) {
  IfxRegex **handle = luaL_checkudata(L, 1, REGEX);
  ifx_regex_free(*handle);
  *handle = NULL;
  return 0;
}

static IfxRegexFound find(lua_State *L, const char *op, size_t *first, size_t *end) {
  size_t len;
  IfxErr err;
  IfxRegex **handle = luaL_checkudata(L, 1, REGEX);
  if (!*handle) ifx_raise_argument(L, 1, "it is closed");
  const char *text = ifx_check_string(L, 2, &len);
  lua_Integer from = lua_isnoneornil(L, 3) ? 1 : ifx_check_integer(L, 3, 1, (lua_Integer)len + 1);
  IfxRegexFound found = ifx_regex_find(*handle, text, len, (size_t)from - 1, first, end, &err);
  if (found == IFX_REGEX_ERROR) raise_from(L, op, &err);
  return found;
}

static int re_match(lua_State *L) {
  size_t first, end;
  lua_settop(L, 2);
  lua_pushboolean(L, find(L, "match", &first, &end) == IFX_REGEX_YES);
  return 1;
}

static int re_find(lua_State *L) {
  size_t first, end;
  if (find(L, "find", &first, &end) == IFX_REGEX_NO) return 0;
  lua_pushinteger(L, (lua_Integer)first + 1);
  lua_pushinteger(L, (lua_Integer)end);
  return 2;
}

static const luaL_Reg functions[] = {
    {"compile", regex_compile}, {"quote", regex_quote}, {NULL, NULL}};
static const luaL_Reg methods[] = {
    {"match", re_match}, {"find", re_find}, {"close", re_close}, {NULL, NULL}};
static const luaL_Reg meta[] = {{"__gc", re_close}, {"__close", re_close}, {NULL, NULL}};

int luaopen_regex(lua_State *L);
int luaopen_regex(lua_State *L) {
  luaL_newmetatable(L, REGEX);
  luaL_setfuncs(L, meta, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
