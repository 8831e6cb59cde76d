/* runtime.h: one Lua state, its loop and its limits. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_RUNTIME_H
#define IFX_RUNTIME_H

#include "core/pool.h"
#include "core/shelf.h"
#include "library.h"
#include "load.h"
#include "scheduler.h"

typedef struct Runtime {
  Sched sched; /* first: the state's extra space points here */
  IfxDirs dirs;
  IfxLibrary library;
  lua_State *L;
  IfxPool pool;                /* what Lua allocates: it says the size of what it frees */
  size_t memory, memory_limit; /* bytes of the Lua state; 0: no limit */
  struct Job *job;             /* of the workers that were started last; NULL: there are none */
  IfxShelf *shelf;             /* one for all threads: whoever opened the first state closes it */
} Runtime;

static inline Runtime *ifx_runtime(lua_State *L) { return (Runtime *)ifx_sched(L); }

/* Make a state; the shelf outlives it. False: err says why and nothing is left. */
bool ifx_runtime_open(Runtime *r, size_t memory_limit, IfxShelf *shelf, IfxErr *err);

/* Run `require 'ifx.cli'.main(args)` as the root task; the exit status. Errors that get this far
 * are printed. */
int ifx_runtime_main(Runtime *r, int argc, char **argv);

/* Push the function of a root task: `main` of that module of the library. */
void ifx_push_main(lua_State *L, const char *module);

void ifx_runtime_close(Runtime *r);

#endif
