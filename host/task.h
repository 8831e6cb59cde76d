/* task.h: waiting, for bindings. Only task.c resumes Lua. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_TASK_H
#define IFX_TASK_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "core/err.h"

typedef struct Task Task;
typedef struct Wait Wait;

/* One suspended call. A binding embeds it in the state of its operation (heap, not a Lua object).
 * It holds a counted task and a generation, so a completion that comes late touches nothing. */
struct Wait {
  Task *task;
  uint64_t generation;
  bool aborted;           /* abort was called: it is asked once only */
  void (*abort)(Wait *w); /* asked once when the task is cancelled; see ifx_wait_begin */
  int (*finish)(lua_State *L,
                Wait *w); /* runs inside the resume: push results and return their number,
                             or raise; it must free the operation in every case, before raising */
};

/* The calling task. Raises: not inside a task, inside a nested coroutine, across a C call
 * boundary (gsub, sort, require), cancelled. Call it before acquiring anything. */
Task *ifx_check_task(lua_State *L);

/* For __close: the calling task when it can wait, cancelled or not; NULL elsewhere (a finalizer).
 * Such a wait must be bounded, and its abort NULL. */
Task *ifx_closing_task(lua_State *L);

uv_loop_t *ifx_loop(lua_State *L);

/* The run was told to end (SIGINT, SIGTERM): for what blocks the whole program. */
bool ifx_interrupted(lua_State *L);

/* Suspend the calling task on `w` (whose abort and finish are set by this call); use as
 * `return ifx_wait_begin(…)`. `abort` may be NULL: then a cancelled task waits for the completion
 * all the same (thread-pool work that ends by itself). abort must make ifx_wait_end be called, at
 * once or later; the operation stays alive until `finish` has run. When the task was cancelled
 * meanwhile, the error "cancelled" is raised after finish has run (finish then is called for
 * cleaning up; what it pushes is dropped). */
int ifx_wait_begin(lua_State *L, Task *task, Wait *w, void (*abort)(Wait *),
                   int (*finish)(lua_State *, Wait *));

/* From a libuv callback: the operation is complete; the task is queued and resumed after the
 * poll. Repeated calls are harmless. */
void ifx_wait_end(Wait *w);

#endif
