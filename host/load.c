/* load.c: modules, text chunks, and what of the language is open to whom. SPDX-License-Identifier:
 * Apache-2.0 */
#include "load.h"

#include <dlfcn.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bind/bind.h"
#include "runtime.h"
#include "scheduler.h"
#include "worker.h"

#define LOADED "ifx.loaded"
#define FULL   "ifx.full"

/* ---- where things are ---- */

static bool exists(const char *path) {
  struct stat st;
  return stat(path, &st) == 0;
}

static bool join(char *to, size_t size, const char *dir, const char *rest) {
  int n = snprintf(to, size, "%s/%s", dir, rest);
  return n > 0 && (size_t)n < size;
}

static bool has_library(const IfxDirs *d) {
  char probe[4200];
  return join(probe, sizeof probe, d->data, "lua/ifx/cli/init.lua") && exists(probe);
}

static void cut_last(char *path) {
  char *slash = strrchr(path, '/');
  if (slash) *slash = '\0';
}

bool ifx_dirs_find(IfxDirs *d, IfxErr *err) {
  char bin[4096], root[4096];
  ssize_t n = readlink("/proc/self/exe", d->exe, sizeof d->exe - 1);
  if (n <= 0)
    return ifx_err_set(err, IFX_E_INTERNAL, "cannot tell where the program is: /proc/self/exe");
  d->exe[n] = '\0';
  snprintf(bin, sizeof bin, "%s", d->exe);
  cut_last(bin);
  snprintf(root, sizeof root, "%s", bin);
  cut_last(root);
  if (join(d->data, sizeof d->data, root, "share/ifx") &&
      join(d->modules, sizeof d->modules, root, IFX_LIBDIR "/ifx") && has_library(d))
    return true; /* installed */
  snprintf(d->data, sizeof d->data, "%s", root);
  if (join(d->modules, sizeof d->modules, bin, "modules")) {
    if (has_library(d)) return true; /* CHECKOUT/build/ifx */
    snprintf(d->data, sizeof d->data, "%s", IFX_SOURCE_DIR);
    if (has_library(d)) return true; /* built elsewhere */
  }
  ifx_err_set(err, IFX_E_NOT_FOUND, "the library of ifx is not beside the program %s", d->exe);
  return ifx_err_hint(err, "install it whole: cmake --install build --prefix DIR");
}

/* ---- require ---- */

static int open_task(lua_State *L) { /* written in Lua over the primitives of `host` */
  lua_getglobal(L, "require");
  lua_pushliteral(L, "ifx.task");
  lua_call(L, 1, 1);
  return 1;
}

static const luaL_Reg linked[] = {
    {"err", luaopen_err},   {"fs", luaopen_fs},       {"hcl", luaopen_hcl},
    {"json", luaopen_json}, {"node", luaopen_node},   {"proc", luaopen_proc},
    {"scan", luaopen_scan}, {"subst", luaopen_subst}, {"task", open_task},
    {"term", luaopen_term}, {"yaml", luaopen_yaml},   {NULL, NULL}};

static const char *const shared[] = {"hash", "journal", "regex", NULL};

static lua_CFunction find_linked(const char *name) {
  for (const luaL_Reg *r = linked; r->name; r++)
    if (strcmp(r->name, name) == 0) return r->func;
  return NULL;
}

static int raise_module(lua_State *L, const char *kind, const char *name, const char *why) {
  IfxErr e;
  ifx_err_set(&e, kind, "module '%s': %s", name, why);
  return ifx_raise(L, &e);
}

/* Open MODULES/ifx_NAME.so; it stays open until the process ends. */
static lua_CFunction find_shared(lua_State *L, const IfxDirs *d, const char *name) {
  char path[4300], symbol[80];
  for (const char *const *s = shared; *s; s++) {
    if (strcmp(*s, name) != 0) continue;
    snprintf(path, sizeof path, "%s/ifx_%s.so", d->modules, name);
    snprintf(symbol, sizeof symbol, "luaopen_%s", name);
    void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *f = so ? dlsym(so, symbol) : NULL;
    if (!f) raise_module(L, IFX_E_NOT_FOUND, name, dlerror());
    lua_CFunction open;
    memcpy(&open, &f, sizeof open); /* ISO C has no cast from object to function pointers */
    return open;
  }
  return NULL;
}

static void push_file_chunk(lua_State *L, const char *name) {
  if (ifx_library_load(L, &ifx_runtime(L)->library, name)) return;
  if (lua_isnil(L, -1)) raise_module(L, IFX_E_NOT_FOUND, name, "there is no such module");
  raise_module(L, IFX_E_INTERNAL, name, lua_tostring(L, -1));
}

/* require(name): upvalue 1 is the IfxDirs. Module bodies run once and cannot wait. */
static int require(lua_State *L) {
  const IfxDirs *d = lua_touserdata(L, lua_upvalueindex(1));
  const char *name = ifx_check_string(L, 1, NULL);
  lua_settop(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, LOADED);
  if (lua_getfield(L, 2, name) != LUA_TNIL) return 1;
  lua_pop(L, 1);
  lua_CFunction open = find_linked(name);
  if (!open) open = find_shared(L, d, name);
  if (open)
    lua_pushcfunction(L, open);
  else
    push_file_chunk(L, name);
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  if (lua_isnil(L, -1)) return raise_module(L, IFX_E_INTERNAL, name, "returned nothing");
  lua_pushvalue(L, -1);
  lua_setfield(L, 2, name);
  return 1;
}

/* ---- module `host`: for the library only ---- */

/* Raise why the text `name` is no chunk, which is on top. */
static int raise_syntax(lua_State *L, const char *name) {
  IfxErr e;
  const char *why = lua_tostring(L, -1);
  size_t skip = strlen(name);
  ifx_err_set(&e, IFX_E_PARSE, "%s", why);
  if (strncmp(why, name, skip) == 0 && why[skip] == ':') {
    int at = 0;
    sscanf(why + skip, ":%u: %n", &e.line, &at);
    snprintf(e.message, sizeof e.message, "%s", why + skip + at);
  }
  snprintf(e.file, sizeof e.file, "%s", name);
  return ifx_raise(L, &e);
}

/* The chunk on top gets the globals at that index. */
static int with_globals(lua_State *L, int globals) {
  lua_pushvalue(L, globals);
  if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
  return 1;
}

/* chunk(text, name, env): a function made of source text (never of bytecode), whose globals are
 * env. */
static int host_chunk(lua_State *L) {
  size_t len;
  const char *text = ifx_check_string(L, 1, &len);
  const char *name = ifx_check_string(L, 2, NULL);
  ifx_check_table(L, 3);
  lua_pushfstring(L, "@%s", name);
  if (luaL_loadbufferx(L, text, len, lua_tostring(L, -1), "t") != LUA_OK)
    return raise_syntax(L, name);
  return with_globals(L, 3);
}

/* own_chunk(path, name, env): the same for a file of this program, whose code may be compiled
 * ahead; nil when `path` is not the file `name` of this program. */
static int host_own_chunk(lua_State *L) {
  const char *path = ifx_check_string(L, 1, NULL), *name = ifx_check_string(L, 2, NULL);
  ifx_check_table(L, 3);
  lua_settop(L, 3);
  if (ifx_library_load_file(L, &ifx_runtime(L)->library, path, name)) return with_globals(L, 3);
  return lua_isnil(L, -1) ? 1 : raise_syntax(L, name);
}

/* chunk_ahead(path, env, word): the chunk that was made ahead of a file that is no Lua; nil when
 * there is none, or the file is not as it was; false when the word, if one is given, does not stand
 * in it. */
static int host_chunk_ahead(lua_State *L) {
  const char *path = ifx_check_string(L, 1, NULL);
  ifx_check_table(L, 2);
  const char *word = lua_isnoneornil(L, 3) ? NULL : ifx_check_string(L, 3, NULL);
  ifx_library_load_ahead(L, &ifx_runtime(L)->library, path, word);
  return lua_isfunction(L, -1) ? with_globals(L, 2) : 1;
}

/* module_file(name): the file of a library module, or nil. */
static int host_module_file(lua_State *L) {
  char path[4400];
  const char *name = ifx_check_string(L, 1, NULL);
  if (!ifx_library_find(&ifx_runtime(L)->library, name, path, sizeof path)) return 0;
  lua_pushstring(L, path);
  return 1;
}

static int host_time(lua_State *L) {
  struct timespec ts;
  clock_gettime(CLOCK_REALTIME, &ts);
  lua_pushnumber(L, (double)ts.tv_sec + (double)ts.tv_nsec / 1e9);
  return 1;
}

/* date(format, time): strftime in UTC. */
static int host_date(lua_State *L) {
  const char *format = ifx_check_string(L, 1, NULL);
  time_t at = (time_t)ifx_check_integer(L, 2, 0, INT64_MAX);
  struct tm tm;
  char out[200];
  if (!gmtime_r(&at, &tm) || !strftime(out, sizeof out, format, &tm))
    return ifx_raise_argument(L, 1, "does not fit");
  lua_pushstring(L, out);
  return 1;
}

static int host_clock(lua_State *L) {
  lua_pushnumber(L, (double)ifx_now() / 1e9);
  return 1;
}

static int host_memory(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)ifx_runtime(L)->memory);
  return 1;
}

/* memory_limit(bytes): caps what this Lua state may hold; 0 lifts the cap. Returns the one before.
 */
static int host_memory_limit(lua_State *L) {
  Runtime *r = ifx_runtime(L);
  lua_pushinteger(L, (lua_Integer)r->memory_limit);
  if (!lua_isnoneornil(L, 1)) r->memory_limit = (size_t)ifx_check_integer(L, 1, 0, INT64_MAX);
  return 1;
}

/* full(): the libraries that nobody else sees: io, os, debug, package, load. For the test runner.
 */
static int host_full(lua_State *L) {
  static const luaL_Reg libs[] = {{LUA_IOLIBNAME, luaopen_io},
                                  {LUA_OSLIBNAME, luaopen_os},
                                  {LUA_DBLIBNAME, luaopen_debug},
                                  {LUA_LOADLIBNAME, luaopen_package},
                                  {NULL, NULL}};
  lua_getfield(L, LUA_REGISTRYINDEX, FULL);
  if (lua_getfield(L, -1, "require") != LUA_TNIL) {
    lua_pop(L, 1); /* opened before */
    return 1;
  }
  lua_pop(L, 1);
  lua_getglobal(L, "require");
  for (const luaL_Reg *r = libs; r->name; r++) {
    luaL_requiref(L, r->name, r->func, 0);
    lua_setfield(L, -3, r->name);
  }
  lua_getglobal(L, "require"); /* luaopen_package has put its own there */
  lua_setfield(L, -3, "require");
  lua_setglobal(L, "require");
  return 1;
}

static int host_set_order(lua_State *L) {
  ifx_check_table(L, 1);
  ifx_check_table(L, 2);
  ifx_set_order(L, 1, 2);
  lua_settop(L, 1);
  return 1;
}

static int host_order(lua_State *L) {
  ifx_check_table(L, 1);
  return ifx_push_order(L, 1) ? 1 : 0;
}

static int host_mark_list(lua_State *L) {
  ifx_check_table(L, 1);
  lua_settop(L, 1);
  ifx_mark_list(L);
  return 1;
}

static int host_is_list(lua_State *L) {
  lua_pushboolean(L, ifx_is_list(L, 1));
  return 1;
}

/* Tables that are found: their list is at 3, the set of them at 4. */
static void note_table(lua_State *L, int at, lua_Integer *n) {
  lua_pushvalue(L, at);
  if (lua_rawget(L, 4) == LUA_TNIL) {
    lua_pushvalue(L, at);
    lua_pushboolean(L, true);
    lua_rawset(L, 4);
    lua_pushvalue(L, at);
    lua_rawseti(L, 3, ++*n);
  }
  lua_pop(L, 1);
}

/* holds(table, set): is the table, or one that it holds at any depth, a key of the set? Runs no
 * metamethod of any. */
static int host_holds(lua_State *L) {
  lua_Integer n = 0;
  ifx_check_table(L, 1);
  ifx_check_table(L, 2);
  lua_settop(L, 2);
  lua_newtable(L);
  lua_newtable(L);
  note_table(L, 1, &n);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, 3, i);
    lua_pushvalue(L, 5);
    if (lua_rawget(L, 2) != LUA_TNIL) return lua_pushboolean(L, true), 1;
    lua_pop(L, 1);
    for (lua_pushnil(L); lua_next(L, 5); lua_pop(L, 1)) {
      if (lua_istable(L, 6)) note_table(L, 6, &n);
      if (lua_istable(L, 7)) note_table(L, 7, &n);
    }
    lua_pop(L, 1);
  }
  lua_pushboolean(L, false);
  return 1;
}

static const luaL_Reg host_functions[] = {{"chunk", host_chunk},
                                          {"own_chunk", host_own_chunk},
                                          {"chunk_ahead", host_chunk_ahead},
                                          {"module_file", host_module_file},
                                          {"time", host_time},
                                          {"date", host_date},
                                          {"clock", host_clock},
                                          {"memory", host_memory},
                                          {"memory_limit", host_memory_limit},
                                          {"full", host_full},
                                          {"set_order", host_set_order},
                                          {"order", host_order},
                                          {"holds", host_holds},
                                          {"mark_list", host_mark_list},
                                          {"is_list", host_is_list},
                                          {NULL, NULL}};

static void open_host(lua_State *L, const IfxDirs *d) {
  luaL_newlib(L, host_functions);
  ifx_open_scope(L);
  ifx_open_guard(L);
  ifx_open_worker(L);
  lua_pushstring(L, d->exe);
  lua_setfield(L, -2, "exe");
  lua_pushstring(L, d->data);
  lua_setfield(L, -2, "dir");
  lua_pushliteral(L, IFX_VERSION);
  lua_setfield(L, -2, "version");
  ifx_push_null(L);
  lua_setfield(L, -2, "null");
}

/* ---- the language ---- */

static void open_base(lua_State *L) {
  static const luaL_Reg libs[] = {{LUA_GNAME, luaopen_base},
                                  {LUA_TABLIBNAME, luaopen_table},
                                  {LUA_STRLIBNAME, luaopen_string},
                                  {LUA_MATHLIBNAME, luaopen_math},
                                  {LUA_UTF8LIBNAME, luaopen_utf8},
                                  {LUA_COLIBNAME, luaopen_coroutine},
                                  {NULL, NULL}};
  static const char *const doors[] = {"load",  "loadfile",       "dofile",
                                      "print", "collectgarbage", NULL};
  for (const luaL_Reg *r = libs; r->name; r++) {
    luaL_requiref(L, r->name, r->func, 1);
    lua_pop(L, 1);
  }
  lua_createtable(L, 0, 8); /* what is closed here is kept for host.full() */
  for (const char *const *n = doors; *n; n++) {
    lua_getglobal(L, *n);
    lua_setfield(L, -2, *n);
    lua_pushnil(L);
    lua_setglobal(L, *n);
  }
  lua_setfield(L, LUA_REGISTRYINDEX, FULL);
  lua_getglobal(L, "string"); /* bytecode could be forged */
  lua_pushnil(L);
  lua_setfield(L, -2, "dump");
  lua_pop(L, 1);
}

/* `getmetatable('')` says false: nobody can change what s:method() means to others. */
static void lock_strings(lua_State *L) {
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}

void ifx_open_libraries(lua_State *L, const IfxDirs *d) {
  open_base(L);
  lock_strings(L);
  ifx_open_values(L);
  ifx_track_coroutines(L);
  lua_createtable(L, 0, 16);
  open_host(L, d);
  lua_setfield(L, -2, "host");
  lua_setfield(L, LUA_REGISTRYINDEX, LOADED);
  lua_pushlightuserdata(L, (void *)d);
  lua_pushcclosure(L, require, 1);
  lua_setglobal(L, "require");
}
