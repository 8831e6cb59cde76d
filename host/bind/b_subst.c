/* b_subst.c: module `subst`: variables of a text replaced by their values. SPDX-License-Identifier:
 * Apache-2.0 */
#include "../core/subst.h"

#include <stdio.h>
#include <string.h>

#include "bind.h"

#define TEXT_META "ifx.subst.text"

static int text_gc(lua_State *L) {
  ifx_buf_free(luaL_checkudata(L, 1, TEXT_META));
  return 0;
}

static IfxBuf *push_text(lua_State *L) {
  IfxBuf *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (IfxBuf){0};
  luaL_setmetatable(L, TEXT_META);
  lua_toclose(L, -1);
  return b;
}

/* The variables of the table at `arg`, in a userdata left on the stack; their bytes stay anchored
 * by the table. */
static IfxVariable *check_variables(lua_State *L, int arg, size_t *count) {
  ifx_check_table(L, arg);
  *count = 0;
  for (lua_pushnil(L); lua_next(L, arg); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
      ifx_raise_argument(L, arg, "variables are texts by their names");
    ++*count;
  }
  IfxVariable *vars = lua_newuserdatauv(L, (*count + 1) * sizeof *vars, 0);
  IfxVariable *v = vars;
  for (lua_pushnil(L); lua_next(L, arg); lua_pop(L, 1), v++) {
    v->name = lua_tolstring(L, -2, &v->name_len);
    v->value = lua_tolstring(L, -1, &v->value_len);
  }
  ifx_variables_sort(vars, *count);
  return vars;
}

/* The names in `b`, each once, in the order of their first use. */
static void push_names(lua_State *L, const IfxBuf *b) {
  lua_Integer n = 0;
  lua_newtable(L);
  ifx_mark_list(L);
  lua_newtable(L); /* those that are listed */
  for (size_t i = 0; i < b->len; i += strlen(b->data + i) + 1) {
    if (lua_getfield(L, -1, b->data + i) == LUA_TNIL) {
      lua_pushstring(L, b->data + i);
      lua_rawseti(L, -4, ++n);
      lua_pushboolean(L, 1);
      lua_setfield(L, -3, b->data + i);
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

/* expand(text, variables, {strict, file}) */
static int subst_expand(lua_State *L) {
  size_t len, count;
  IfxErr err;
  lua_settop(L, 3);
  const char *text = ifx_check_string(L, 1, &len);
  bool strict = ifx_field_boolean(L, 3, "strict", false);
  const char *file = ifx_field_string(L, 3, "file", NULL, NULL);
  const IfxVariable *vars = check_variables(L, 2, &count);
  IfxBuf *out = push_text(L), *unset = push_text(L);
  if (!ifx_subst(out, unset, text, len, vars, count, strict, &err)) {
    snprintf(err.op, sizeof err.op, "subst.expand");
    if (file) snprintf(err.file, sizeof err.file, "%s", file);
    return ifx_raise(L, &err);
  }
  lua_pushlstring(L, out->data ? out->data : "", out->len);
  push_names(L, unset);
  return 2;
}

static const luaL_Reg functions[] = {{"expand", subst_expand}, {NULL, NULL}};

int luaopen_subst(lua_State *L) {
  luaL_newmetatable(L, TEXT_META);
  lua_pushcfunction(L, text_gc);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "__gc");
  lua_setfield(L, -2, "__close");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
