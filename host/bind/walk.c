/* walk.c: a Lua value as events, for everything that writes values. SPDX-License-Identifier:
 * Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"

/* Where a value stands: in which table, under which key. */
typedef struct Place {
  const struct Place *up; /* NULL: the value that was given */
  const void *table;      /* the value itself, when it is one */
  const char *key;        /* NULL: an item of a list, at `index` */
  size_t key_len;
  lua_Integer index;
  int depth;
} Place;

typedef struct Walk {
  lua_State *L;
  const IfxSink *sink;
  void *self;
  const char *op;
  int ranks; /* stack index of the table key -> rank made of the preferred keys, or 0 */
} Walk;

typedef struct Key {
  const char *text; /* anchored by its map */
  size_t len;
  lua_Integer rank; /* keys without one come last */
} Key;

/* --- refusing, with the place: $.items[3].name
 * ----------------------------------------------------- */

static bool is_name(const char *s, size_t len) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  return len > 0 && (s[0] < '0' || s[0] > '9') && strspn(s, letters) == len;
}

static void describe(IfxErr *err, const Place *p) {
  if (p->up) describe(err, p->up);
  size_t used = strlen(err->message), room = sizeof err->message - used;
  char *to = err->message + used;
  if (!p->up)
    snprintf(to, room, " at $");
  else if (!p->key)
    snprintf(to, room, "[%lld]", (long long)p->index);
  else
    snprintf(to, room, is_name(p->key, p->key_len) ? ".%s" : "[\"%s\"]", p->key);
}

/* The sink's answer: nothing, or an error that says what. Here it learns where. */
static void check(const Walk *w, const Place *p, bool ok, IfxErr *err) {
  if (ok) return;
  snprintf(err->op, sizeof err->op, "%s", w->op);
  describe(err, p);
  ifx_raise(w->L, err);
}

static void refuse(const Walk *w, const Place *p, const char *kind, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static void refuse(const Walk *w, const Place *p, const char *kind, const char *fmt, ...) {
  IfxErr err;
  char why[160];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(why, sizeof why, fmt, ap);
  va_end(ap);
  check(w, p, ifx_err_set(&err, kind, "%s", why), &err);
}

/* --- the keys of a map, in the order in which they are written
 * ---------------------------------------- */

static size_t count_keys(lua_State *L, int table) {
  size_t n = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) n++;
  return n;
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

/* Push a userdata of the keys: those with a rank first, by rank; then by their bytes. */
static Key *push_keys(const Walk *w, int map, int ranks, size_t n, const Place *p) {
  lua_State *L = w->L;
  Key *keys = lua_newuserdatauv(L, (n ? n : 1) * sizeof *keys, 0);
  size_t i = 0;
  for (lua_pushnil(L); lua_next(L, map); lua_pop(L, 1), i++) {
    if (lua_type(L, -2) != LUA_TSTRING)
      refuse(w, p, IFX_E_ARGUMENT, "a map with a key of type %s", luaL_typename(L, -2));
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

/* --- the walk
 * ------------------------------------------------------------------------------------- */

static void walk(const Walk *w, Place *p);

static void walk_list(const Walk *w, int table, const Place *p) {
  IfxErr err;
  size_t n = lua_rawlen(w->L, table);
  if (count_keys(w->L, table) != n)
    refuse(w, p, IFX_E_ARGUMENT, "a list with holes, or with keys beside its items");
  check(w, p, w->sink->begin(w->self, true, n, &err), &err);
  for (size_t i = 1; i <= n; i++) {
    Place item = {.up = p, .index = (lua_Integer)i, .depth = p->depth + 1};
    lua_rawgeti(w->L, table, item.index);
    walk(w, &item);
    lua_pop(w->L, 1);
  }
  check(w, p, w->sink->end(w->self, true, n, &err), &err);
}

static void walk_map(const Walk *w, int table, const Place *p) {
  lua_State *L = w->L;
  IfxErr err;
  int ranks = w->ranks;
  if (ifx_push_order(L, table)) {
    push_ranks(L, -1);
    ranks = lua_gettop(L);
  }
  size_t n = count_keys(L, table);
  const Key *keys = push_keys(w, table, ranks, n, p);
  check(w, p, w->sink->begin(w->self, false, n, &err), &err);
  for (size_t i = 0; i < n; i++) {
    Place item = {.up = p, .key = keys[i].text, .key_len = keys[i].len, .depth = p->depth + 1};
    check(w, p, w->sink->key(w->self, keys[i].text, keys[i].len, &err), &err);
    lua_pushlstring(L, keys[i].text, keys[i].len);
    lua_rawget(L, table);
    walk(w, &item);
    lua_pop(L, 1);
  }
  check(w, p, w->sink->end(w->self, false, n, &err), &err);
}

static void walk_table(const Walk *w, Place *p) {
  int table = lua_gettop(w->L);
  p->table = lua_topointer(w->L, table);
  for (const Place *outer = p->up; outer; outer = outer->up)
    if (outer->table == p->table) refuse(w, p, IFX_E_ARGUMENT, "a table that holds itself");
  if (p->depth >= IFX_MAX_DEPTH)
    refuse(w, p, IFX_E_LIMIT, "nested more than %d levels deep", IFX_MAX_DEPTH);
  if (ifx_is_list(w->L, table))
    walk_list(w, table, p);
  else
    walk_map(w, table, p);
  lua_settop(w->L, table);
}

/* The value on top of the stack. */
static void walk(const Walk *w, Place *p) {
  lua_State *L = w->L;
  IfxErr err;
  size_t len;
  const char *s;
  luaL_checkstack(L, 12, "value");
  switch (lua_type(L, -1)) {
  case LUA_TTABLE: walk_table(w, p); break;
  case LUA_TBOOLEAN:
    check(w, p, w->sink->boolean(w->self, lua_toboolean(L, -1), &err), &err);
    break;
  case LUA_TSTRING:
    s = lua_tolstring(L, -1, &len);
    check(w, p, w->sink->string(w->self, s, len, &err), &err);
    break;
  case LUA_TNUMBER:
    if (lua_isinteger(L, -1))
      check(w, p, w->sink->integer(w->self, lua_tointeger(L, -1), &err), &err);
    else
      check(w, p, w->sink->real(w->self, lua_tonumber(L, -1), &err), &err);
    break;
  default:
    if (!ifx_is_null(L, -1))
      refuse(w, p, IFX_E_ARGUMENT, "a value of type %s", luaL_typename(L, -1));
    check(w, p, w->sink->null(w->self, &err), &err);
  }
}

int ifx_field_keys(lua_State *L, int opts) {
  if (lua_isnoneornil(L, opts)) return 0;
  int type = lua_getfield(L, opts, "keys");
  if (type == LUA_TTABLE) return lua_gettop(L);
  if (type != LUA_TNIL)
    ifx_raise_argument(L, opts, "field 'keys': list expected, got %s", luaL_typename(L, -1));
  lua_pop(L, 1);
  return 0;
}

void ifx_walk(lua_State *L, int value, int keys, const char *op, const IfxSink *sink, void *self) {
  Walk w = {.L = L, .sink = sink, .self = self, .op = op};
  int top = lua_gettop(L);
  value = lua_absindex(L, value);
  if (keys) {
    push_ranks(L, keys);
    w.ranks = lua_gettop(L);
  }
  lua_pushvalue(L, value);
  walk(&w, &(Place){0});
  lua_settop(L, top);
}
