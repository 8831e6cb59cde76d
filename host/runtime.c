/* runtime.c: one Lua state, its loop and its end. SPDX-License-Identifier: Apache-2.0 */
#include "runtime.h"

#include <lauxlib.h>
#include <stdio.h>

#include "bind/bind.h"

#define CREDIT_KIB 1024 /* what most commands never fill */

static void *allocate(void *ud, void *block, size_t old, size_t new) {
  Runtime *r = ud;
  if (!block) old = 0; /* then it is a type, not a size */
  if (r->memory_limit && new > old && r->memory + (new - old) > r->memory_limit) return NULL;
  void *p = ifx_pool_resize(&r->pool, block, old, new);
  if (p || new == 0) r->memory += new - old;
  return p;
}

/* While the state is closed: what goes with the pool is not put aside for others. */
static void *release(void *ud, void *block, size_t old, size_t new) {
  if (new == 0 && block && ifx_pool_keeps(old)) return NULL;
  return allocate(ud, block, old, new);
}

static int open_libraries(lua_State *L) {
  ifx_open_libraries(L, &ifx_runtime(L)->dirs);
  return 0;
}

bool ifx_runtime_open(Runtime *r, size_t memory_limit, IfxShelf *shelf, IfxErr *err) {
  *r = (Runtime){.memory_limit = memory_limit, .shelf = shelf};
  if (!ifx_dirs_find(&r->dirs, err)) return false;
  r->L = lua_newstate(allocate, r);
  if (!r->L) {
    ifx_pool_close(&r->pool);
    return ifx_err_nomem(err);
  }
  if (!ifx_sched_open(r->L, &r->sched, err)) {
    lua_close(r->L);
    ifx_pool_close(&r->pool);
    return false;
  }
  ifx_library_open(&r->library, r->dirs.data, r->dirs.modules);
  /* A command lives for seconds: collecting in large steps saves time. Later than when as much is
   * dead as alive it saves a fiftieth, and costs half as much memory again. */
  lua_gc(r->L, LUA_GCINC, 200, 400, 0);
  lua_gc(r->L, LUA_GCSTEP, -CREDIT_KIB); /* a step back: the collector begins that much later */
  lua_pushcfunction(r->L, open_libraries);
  if (lua_pcall(r->L, 0, 0, 0) == LUA_OK) return true;
  ifx_err_set(err, IFX_E_INTERNAL, "opening the libraries: %s", lua_tostring(r->L, -1));
  ifx_runtime_close(r);
  return false;
}

static int main_done(lua_State *L, int status, lua_KContext ctx) {
  (void)L;
  (void)status;
  (void)ctx;
  return 1;
}

/* The root task: `require NAME.main(…)`, whatever it returns. Upvalue 1 is the name. */
static int root(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "main");
  lua_replace(L, -2);
  lua_insert(L, 1);
  lua_callk(L, lua_gettop(L) - 1, 1, 0, main_done);
  return 1;
}

void ifx_push_main(lua_State *L, const char *module) {
  lua_pushstring(L, module);
  lua_pushcclosure(L, root, 1);
}

static int run(lua_State *L) { return ifx_sched_run(L, lua_gettop(L) - 1); }

int ifx_runtime_main(Runtime *r, int argc, char **argv) {
  lua_State *L = r->L;
  lua_pushcfunction(L, run);
  ifx_push_main(L, "ifx.cli");
  lua_createtable(L, argc, 0);
  for (int i = 1; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i);
  }
  int status = lua_pcall(L, 2, 2, 0);
  if (status == LUA_OK && lua_toboolean(L, -2)) return (int)lua_tointeger(L, -1);
  fprintf(stderr, "ifx: %s\n", luaL_tolstring(L, -1, NULL));
  return r->sched.interrupts ? 130 : 1;
}

void ifx_runtime_close(Runtime *r) {
  if (!r->L) return;
  lua_setallocf(r->L, release, r);
  lua_close(r->L); /* finalizers may still close handles: the loop outlives the state */
  r->L = NULL;
  ifx_pool_close(&r->pool);
  ifx_sched_close(&r->sched);
  ifx_library_close(&r->library);
}
