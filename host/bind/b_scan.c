/* b_scan.c: module `scan`: many strings searched at once, words that look like paths.
 * SPDX-License-Identifier: Apache-2.0 */
#include "../core/scan.h"
#include "bind.h"

#define MATCHER "ifx.scan.matcher"
#define SET     "ifx.scan.set"
#define SIGNS   "ifx.scan.signs"

typedef struct Strings {
  const char **bytes;
  size_t *lengths;
  size_t n;
} Strings;

/* The list at `arg` as C arrays, anchored by one userdata left on the stack; the strings stay
 * anchored by the list. Raises when an item is not a string. */
static Strings check_strings(lua_State *L, int arg) {
  ifx_check_table(L, arg);
  Strings s = {.n = lua_rawlen(L, arg)};
  s.bytes = lua_newuserdatauv(L, (s.n + 1) * (sizeof *s.bytes + sizeof *s.lengths), 0);
  s.lengths = (size_t *)(s.bytes + s.n + 1);
  for (size_t i = 0; i < s.n; i++) {
    lua_rawgeti(L, arg, (lua_Integer)i + 1);
    if (lua_type(L, -1) != LUA_TSTRING)
      ifx_raise_argument(L, arg, "item %d is a %s, not a string", (int)i + 1, luaL_typename(L, -1));
    s.bytes[i] = lua_tolstring(L, -1, &s.lengths[i]);
    lua_pop(L, 1);
  }
  return s;
}

static void **new_handle(lua_State *L, const char *type) {
  void **handle = lua_newuserdatauv(L, sizeof *handle, 0);
  *handle = NULL;
  luaL_setmetatable(L, type);
  return handle;
}

static void *check_open(lua_State *L, const char *type) {
  void **handle = luaL_checkudata(L, 1, type);
  if (*handle == NULL) ifx_raise_argument(L, 1, "it is closed");
  return *handle;
}

static int b_matcher(lua_State *L) {
  IfxErr e = {0};
  void **handle = new_handle(L, MATCHER);
  Strings s = check_strings(L, 1);
  *handle = ifx_matcher_new(s.bytes, s.lengths, s.n, &e);
  if (*handle == NULL) return ifx_raise(L, &e);
  lua_pop(L, 1);
  return 1;
}

static int matcher_close(lua_State *L) {
  void **handle = luaL_checkudata(L, 1, MATCHER);
  ifx_matcher_free(*handle);
  *handle = NULL;
  return 0;
}

typedef struct Found {
  lua_State *L;
  lua_Integer n;
} Found;

static bool add_hit(void *arg, IfxHit h) {
  Found *f = arg;
  lua_pushinteger(f->L, (lua_Integer)h.start + 1);
  lua_rawseti(f->L, -2, ++f->n);
  lua_pushinteger(f->L, (lua_Integer)h.pattern + 1);
  lua_rawseti(f->L, -2, ++f->n);
  return true;
}

static int matcher_find(lua_State *L) {
  IfxMatcher *m = check_open(L, MATCHER);
  size_t len;
  const char *text = ifx_check_string(L, 2, &len);
  lua_newtable(L);
  Found f = {L, 0};
  ifx_matcher_find(m, text, len, add_hit, &f);
  return 1;
}

static int b_signs(lua_State *L) {
  IfxErr e = {0};
  void **handle = new_handle(L, SIGNS);
  Strings s = check_strings(L, 1);
  *handle = ifx_signs_new(s.bytes, s.lengths, s.n, &e);
  if (*handle == NULL) return ifx_raise(L, &e);
  lua_pop(L, 1);
  return 1;
}

static int signs_close(lua_State *L) {
  void **handle = luaL_checkudata(L, 1, SIGNS);
  ifx_signs_free(*handle);
  *handle = NULL;
  return 0;
}

static void add_sign(void *arg, size_t index) {
  Found *f = arg;
  lua_pushboolean(f->L, true);
  lua_rawseti(f->L, -2, (lua_Integer)index + 1);
}

static int signs_of(lua_State *L) {
  IfxSigns *s = check_open(L, SIGNS);
  size_t len;
  const char *text = ifx_check_string(L, 2, &len);
  lua_newtable(L);
  Found f = {L, 0};
  ifx_signs_find(s, text, len, add_sign, &f);
  return 1;
}

static int b_set(lua_State *L) {
  IfxErr e = {0};
  void **handle = new_handle(L, SET);
  Strings s = check_strings(L, 1);
  *handle = ifx_set_new(s.bytes, s.lengths, s.n, &e);
  if (*handle == NULL) return ifx_raise(L, &e);
  lua_pop(L, 1);
  return 1;
}

static int set_close(lua_State *L) {
  void **handle = luaL_checkudata(L, 1, SET);
  ifx_set_free(*handle);
  *handle = NULL;
  return 0;
}

static int set_has(lua_State *L) {
  IfxSet *s = check_open(L, SET);
  size_t len;
  const char *bytes = ifx_check_string(L, 2, &len);
  lua_pushboolean(L, ifx_set_has(s, bytes, len));
  return 1;
}

static const IfxSet *opt_set(lua_State *L, int arg) {
  if (lua_isnoneornil(L, arg)) return NULL;
  void **handle = luaL_checkudata(L, arg, SET);
  if (*handle == NULL) ifx_raise_argument(L, arg, "it is closed");
  return *handle;
}

static int b_words(lua_State *L) {
  size_t len, pos = 0;
  const char *text = ifx_check_string(L, 1, &len);
  const IfxSet *names = opt_set(L, 2), *segments = opt_set(L, 3);
  IfxWord w;
  lua_settop(L, 3);
  lua_newtable(L);
  for (lua_Integer n = 0; ifx_scan_word(text, len, names, segments, &pos, &w);) {
    lua_pushinteger(L, (lua_Integer)w.start + 1);
    lua_rawseti(L, 4, ++n);
    lua_pushinteger(L, (lua_Integer)w.stop);
    lua_rawseti(L, 4, ++n);
    lua_pushinteger(L, w.sort);
    lua_rawseti(L, 4, ++n);
  }
  return 1;
}

static const luaL_Reg functions[] = {
    {"matcher", b_matcher}, {"set", b_set}, {"signs", b_signs}, {"words", b_words}, {NULL, NULL}};
static const luaL_Reg matcher_methods[] = {
    {"find", matcher_find}, {"close", matcher_close}, {NULL, NULL}};
static const luaL_Reg signs_methods[] = {{"of", signs_of}, {"close", signs_close}, {NULL, NULL}};
static const luaL_Reg set_methods[] = {{"has", set_has}, {"close", set_close}, {NULL, NULL}};

static void new_class(lua_State *L, const char *type, const luaL_Reg *methods,
                      lua_CFunction close) {
  luaL_newmetatable(L, type);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, close);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, close);
  lua_setfield(L, -2, "__close");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}

int luaopen_scan(lua_State *L);

int luaopen_scan(lua_State *L) {
  new_class(L, MATCHER, matcher_methods, matcher_close);
  new_class(L, SET, set_methods, set_close);
  new_class(L, SIGNS, signs_methods, signs_close);
  luaL_newlib(L, functions);
  return 1;
}
