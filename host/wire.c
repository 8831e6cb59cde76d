/* wire.c: plain Lua values as bytes, to be handed from one Lua state to another.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lauxlib.h>
#include <string.h>

#include "bind/bind.h"
#include "core/buf.h"
#include "worker.h"

#define BUFFER_META "ifx.wire"
#define MAX_DEPTH   200
#define MAX_REUSED  40 /* strings up to this length, which Lua keeps once, are written once */

/* Integers are unsigned LEB128, signed ones folded (0, -1, 1, -2 …); reals are eight bytes as they
 * lie in memory: both ends are the same program. */
enum { NIL, NO, YES, INTEGER, REAL, STRING, AGAIN, TABLE, LIST, ERROR, NOTHING };

/* ---- writing ---- */

typedef struct Writer {
  lua_State *L;
  IfxBuf *to;
  int known;        /* stack index: short string -> number */
  lua_Integer next; /* number of the next one */
} Writer;

static void put_size(IfxBuf *b, uint64_t n) {
  while (n >= 0x80) {
    ifx_buf_byte(b, (char)(n | 0x80));
    n >>= 7;
  }
  ifx_buf_byte(b, (char)n);
}

static void put_string(Writer *w, int at) {
  size_t len;
  const char *s = lua_tolstring(w->L, at, &len);
  if (len <= MAX_REUSED) {
    lua_pushvalue(w->L, at);
    if (lua_rawget(w->L, w->known) != LUA_TNIL) {
      ifx_buf_byte(w->to, AGAIN);
      put_size(w->to, (uint64_t)lua_tointeger(w->L, -1));
      lua_pop(w->L, 1);
      return;
    }
    lua_pop(w->L, 1);
    lua_pushvalue(w->L, at);
    lua_pushinteger(w->L, w->next++);
    lua_rawset(w->L, w->known);
  }
  ifx_buf_byte(w->to, STRING);
  put_size(w->to, len);
  ifx_buf_add(w->to, s, len);
}

static void put_number(Writer *w, int at) {
  if (!lua_isinteger(w->L, at)) {
    double v = lua_tonumber(w->L, at);
    ifx_buf_byte(w->to, REAL);
    ifx_buf_add(w->to, &v, sizeof v);
    return;
  }
  int64_t v = lua_tointeger(w->L, at);
  ifx_buf_byte(w->to, INTEGER);
  put_size(w->to, (uint64_t)v << 1 ^ (uint64_t)(v >> 63));
}

static void refuse(Writer *w, const char *what) {
  IfxErr e;
  ifx_err_set(&e, IFX_E_ARGUMENT, "%s cannot be handed to another thread", what);
  ifx_raise(w->L, &e);
}

/* TABLE, LIST or ERROR. */
static char sort_of(Writer *w, int at) {
  if (!lua_getmetatable(w->L, at)) return TABLE;
  luaL_getmetatable(w->L, "ifx.list");
  luaL_getmetatable(w->L, "ifx.err");
  char sort = lua_rawequal(w->L, -3, -2) ? LIST : lua_rawequal(w->L, -3, -1) ? ERROR : NIL;
  if (sort == NIL) refuse(w, "a table with a metatable");
  lua_pop(w->L, 3);
  return sort;
}

static bool in_array(lua_State *L, int at, lua_Integer items) {
  return lua_isinteger(L, at) && lua_tointeger(L, at) >= 1 && lua_tointeger(L, at) <= items;
}

static void put(Writer *w, int at, int depth);

/* Its items, then its other fields. */
static void put_table(Writer *w, int at, int depth) {
  lua_State *L = w->L;
  lua_Integer items = (lua_Integer)lua_rawlen(L, at), fields = 0;
  if (depth > MAX_DEPTH) refuse(w, "a table that is so deep, or holds itself,");
  luaL_checkstack(L, 8, "deep value");
  ifx_buf_byte(w->to, sort_of(w, at));
  for (lua_pushnil(L); lua_next(L, at); lua_pop(L, 1)) fields += !in_array(L, -2, items);
  put_size(w->to, (uint64_t)items);
  put_size(w->to, (uint64_t)fields);
  for (lua_Integer i = 1; i <= items; i++) {
    lua_rawgeti(L, at, i);
    put(w, lua_gettop(L), depth + 1);
    lua_pop(L, 1);
  }
  if (fields == 0) return;
  for (lua_pushnil(L); lua_next(L, at); lua_pop(L, 1)) {
    if (in_array(L, -2, items)) continue;
    put(w, lua_gettop(L) - 1, depth + 1);
    put(w, lua_gettop(L), depth + 1);
  }
}

static void put(Writer *w, int at, int depth) {
  switch (lua_type(w->L, at)) {
  case LUA_TNIL: ifx_buf_byte(w->to, NIL); break;
  case LUA_TBOOLEAN: ifx_buf_byte(w->to, lua_toboolean(w->L, at) ? YES : NO); break;
  case LUA_TNUMBER: put_number(w, at); break;
  case LUA_TSTRING: put_string(w, at); break;
  case LUA_TTABLE: put_table(w, at, depth); break;
  default:
    if (!ifx_is_null(w->L, at)) refuse(w, luaL_typename(w->L, at));
    ifx_buf_byte(w->to, NOTHING);
  }
}

static int free_buffer(lua_State *L) {
  ifx_buf_free(lua_touserdata(L, 1));
  return 0;
}

/* A buffer that ends with the call, also when writing raises. */
static IfxBuf *push_buffer(lua_State *L) {
  IfxBuf *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (IfxBuf){0};
  if (luaL_newmetatable(L, BUFFER_META)) {
    lua_pushcfunction(L, free_buffer);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__gc");
    lua_setfield(L, -2, "__close");
  }
  lua_setmetatable(L, -2);
  lua_toclose(L, -1);
  return b;
}

int ifx_wire_pack(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  lua_createtable(L, 0, 64);
  Writer w = {.L = L, .known = 2, .to = push_buffer(L)};
  put(&w, 1, 1);
  if (w.to->failed) return luaL_error(L, "out of memory");
  lua_pushlstring(L, w.to->data, w.to->len);
  return 1;
}

/* ---- reading ---- */

typedef struct Reader {
  lua_State *L;
  const unsigned char *at, *end;
  int known; /* stack index: number -> short string */
  lua_Integer next;
} Reader;

static int raise_broken(Reader *r) {
  IfxErr e;
  ifx_err_set(&e, IFX_E_PARSE, "these bytes are no packed value");
  return ifx_raise(r->L, &e);
}

static uint64_t take_size(Reader *r) {
  uint64_t n = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (r->at == r->end) break;
    unsigned char c = *r->at++;
    n |= (uint64_t)(c & 0x7f) << shift;
    if (!(c & 0x80)) return n;
  }
  raise_broken(r);
  return 0;
}

static const void *take_bytes(Reader *r, uint64_t n) {
  if (n > (uint64_t)(r->end - r->at)) raise_broken(r);
  const void *bytes = r->at;
  r->at += n;
  return bytes;
}

static void take_string(Reader *r) {
  uint64_t len = take_size(r);
  lua_pushlstring(r->L, take_bytes(r, len), (size_t)len);
  if (len > MAX_REUSED) return;
  lua_pushvalue(r->L, -1);
  lua_rawseti(r->L, r->known, r->next++);
}

static void take(Reader *r, int depth);

static void take_table(Reader *r, unsigned char sort, int depth) {
  lua_State *L = r->L;
  uint64_t items = take_size(r), fields = take_size(r), left = (uint64_t)(r->end - r->at);
  if (depth > MAX_DEPTH || items > left || fields > left) raise_broken(r);
  luaL_checkstack(L, 8, "deep value");
  lua_createtable(L, (int)items, (int)fields);
  for (uint64_t i = 1; i <= items; i++) {
    take(r, depth + 1);
    lua_rawseti(L, -2, (lua_Integer)i);
  }
  for (uint64_t i = 0; i < fields; i++) {
    take(r, depth + 1);
    if (lua_isnil(L, -1) || lua_tonumber(L, -1) != lua_tonumber(L, -1)) raise_broken(r);
    take(r, depth + 1);
    lua_rawset(L, -3);
  }
  if (sort != TABLE) luaL_setmetatable(L, sort == LIST ? "ifx.list" : "ifx.err");
}

static void take_number(Reader *r, unsigned char sort) {
  if (sort == INTEGER) {
    uint64_t n = take_size(r);
    lua_pushinteger(r->L, (lua_Integer)(n >> 1 ^ (0 - (n & 1))));
    return;
  }
  double v;
  memcpy(&v, take_bytes(r, sizeof v), sizeof v);
  lua_pushnumber(r->L, v);
}

static void take(Reader *r, int depth) {
  unsigned char sort = *(const unsigned char *)take_bytes(r, 1);
  switch (sort) {
  case NIL: lua_pushnil(r->L); break;
  case NO:
  case YES: lua_pushboolean(r->L, sort == YES); break;
  case INTEGER:
  case REAL: take_number(r, sort); break;
  case STRING: take_string(r); break;
  case AGAIN: lua_rawgeti(r->L, r->known, (lua_Integer)take_size(r)); break;
  case TABLE:
  case LIST:
  case ERROR: take_table(r, sort, depth); break;
  case NOTHING: ifx_push_null(r->L); break;
  default: raise_broken(r);
  }
}

int ifx_wire_unpack(lua_State *L) {
  size_t len;
  const char *bytes = ifx_check_string(L, 1, &len);
  lua_settop(L, 1);
  lua_createtable(L, 64, 0);
  Reader r = {.L = L, .at = (const void *)bytes, .end = (const void *)(bytes + len), .known = 2};
  take(&r, 1);
  if (r.at != r.end) raise_broken(&r);
  return 1;
}
