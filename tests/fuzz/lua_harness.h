/* lua_harness.h: fuzz a check that is written in Lua, inside the program's own Lua state.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LUA_HARNESS_H
#define LUA_HARNESS_H

#include <lauxlib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime.h"

/* libFuzzer sees which lines of Lua ran, as it sees which edges of C did. */
#define HARNESS_COUNTERS 4096
__attribute__((
    section("__libfuzzer_extra_counters"))) static uint8_t harness_counters[HARNESS_COUNTERS];

/* A collector frees later, so looking for leaks after every input would only cost time (two thirds
 * of it). */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return 1; }

/* Lua does not see how much memory its documents hold outside of it: collect every so many inputs.
 */
#define HARNESS_COLLECT 2000

static Runtime harness_runtime;
static unsigned harness_inputs;

static void harness_count_line(lua_State *L, lua_Debug *ar) {
  lua_getinfo(L, "S", ar);
  uintptr_t place = (uintptr_t)ar->source * 31 + (uintptr_t)ar->currentline * 2654435761u;
  harness_counters[place % HARNESS_COUNTERS]++;
}

static void harness_fail(const char *what) {
  fprintf(stderr, "finding: %s\n", what);
  abort();
}

static int harness_root(lua_State *L) { return ifx_sched_run(L, lua_gettop(L) - 1); }

/* Call the function below `nargs` arguments as the program calls its root task, in which plugins
 * may run and calls may wait; its one result is left. */
static void harness_call(lua_State *L, int nargs) {
  lua_pushcfunction(L, harness_root);
  lua_insert(L, -nargs - 2);
  if (lua_pcall(L, nargs + 1, 2, 0) != LUA_OK || !lua_toboolean(L, -2))
    harness_fail(luaL_tolstring(L, -1, NULL));
  lua_remove(L, -2);
}

/* Open the state once; `code` is Lua that returns the check: a function of the bytes that returns
 * nil, or what is wrong, and raises nothing. */
static void harness_open(const char *code) {
  IfxErr err;
  IfxShelf *shelf = ifx_shelf_open();
  if (!shelf || !ifx_runtime_open(&harness_runtime, (size_t)512 << 20, shelf, &err))
    harness_fail(shelf ? err.message : "out of memory");
  lua_State *L = harness_runtime.L;
  if (luaL_loadstring(L, code) != LUA_OK) harness_fail(luaL_tolstring(L, -1, NULL));
  harness_call(L, 0);
  lua_sethook(L, harness_count_line, LUA_MASKLINE, 0);
}

/* One input. The check stays on the stack, at index 1. */
static int harness_run(const char *code, const uint8_t *data, size_t size) {
  if (!harness_runtime.L) harness_open(code);
  lua_State *L = harness_runtime.L;
  lua_settop(L, 1);
  lua_pushvalue(L, 1);
  lua_pushlstring(L, (const char *)data, size);
  harness_call(L, 1);
  if (!lua_isnil(L, -1)) harness_fail(luaL_tolstring(L, -1, NULL));
  lua_settop(L, 1);
  if (++harness_inputs % HARNESS_COLLECT == 0) lua_gc(L, LUA_GCCOLLECT, 0);
  return 0;
}

#endif
