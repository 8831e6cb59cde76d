/* scheduler.h: the scheduler's own state, shared by task.c, guard.c and runtime.c only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_SCHEDULER_H
#define IFX_SCHEDULER_H

#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "task.h"

typedef struct Sched Sched;
typedef struct Group Group;
typedef struct Guard Guard;

/* The tasks of one scope. A userdata; anchored in the registry while any of them runs. */
struct Group {
  Task *owner;  /* the task that runs the scope's body; counted until the scope has ended */
  Group *outer; /* the scope around it in the same task */
  Task *children;
  int running;
  int anchor;   /* registry reference to itself while children run */
  int error;    /* registry reference to the first error, or LUA_NOREF */
  bool failed;  /* a child or the body failed: everything inside is cancelled */
  bool expired; /* its deadline passed */
  bool closed;  /* the scope has ended: no new task */
};

/* One budget that is being spent: plugin code called through host.guard, and the tasks that it
 * starts. Nested ones form a stack. Counted: its tasks and the guards inside hold it. */
struct Guard {
  Guard *outer;
  int refs;
  uint64_t left; /* nanoseconds of running time */
  char label[128];
};

struct Task {
  Sched *sched;
  Group *group;         /* NULL: the root */
  Task *prev, *sibling; /* among the running tasks of its group */
  Task *next;           /* in the queue of ready tasks */
  lua_State *co;
  int co_ref;
  int refs;     /* one while it runs, one for each wait, open scope and shield */
  Wait *wait;   /* what it is suspended on */
  Wait park;    /* the wait used for joining and yielding */
  Group *scope; /* innermost scope that it has open */
  Guard *guard; /* innermost budget */
  uint64_t generation;
  int shields; /* shields that still hold */
  bool started, queued, cancelled, ended;
};

struct Sched {
  uv_loop_t loop;
  uv_async_t wake;    /* from the signal handler */
  Task *first, *last; /* ready */
  Task *root;
  Task *running;
  lua_State *volatile lua; /* the innermost coroutine that runs now; NULL: none */
  uint64_t charged;        /* until when the running time of `running` has been charged */
  int waits, tasks;        /* open now */
  atomic_int interrupts;
  /* guard.c */
  pthread_t thread;  /* the one that runs it, when it listens */
  atomic_int nudges; /* how often another thread wanted its run to end */
  bool watching;
  timer_t timer;                  /* signals this thread when it has run out */
  atomic_uint_fast64_t alarm;     /* when that is; 0: there is no timer */
  atomic_uint_fast64_t deadline;  /* when the running slice has used up its budget; 0: no budget */
  atomic_uint_fast64_t hook_hits; /* how often the budget hook ran */
  uint64_t overdue, hits_before;  /* deadline and hook_hits when the watchdog last looked */
  int ticks;                      /* since when they have been that */
  char culprit[128];              /* label of the innermost guard, for the watchdog's last words */
};

static inline Sched *ifx_sched(lua_State *L) { return *(Sched **)lua_getextraspace(L); }
uint64_t ifx_now(void); /* monotonic nanoseconds */

/* task.c */
bool ifx_sched_open(lua_State *L, Sched *s, IfxErr *err);
void ifx_sched_close(Sched *s); /* after lua_close: runs what is still closing */
/* Run the function below its nargs arguments on top of L as the root task until it has ended, and
 * leave on L: true, results … or false, error. Returns how many values. */
int ifx_sched_run(lua_State *L, int nargs);
bool ifx_task_cancelled(const Task *t);
int ifx_raise_cancelled(lua_State *L);
int ifx_describe_error(lua_State *L); /* message handler: gives bare values the structured form */
void ifx_describe_status(
    lua_State *L, int status); /* the same for "out of memory", on top of L after a failed pcall */
void ifx_task_unref(Task *t);
void ifx_task_cancel(Task *t);
void ifx_task_poke(Task *t); /* its state changed: abort its wait when it is cancelled now */

/* scope.c: adds `group`, `alarm`, `shield`, `sleep`, `check`, `cancelled`, `open` to the table on
 * top */
void ifx_open_scope(lua_State *L);
Task *ifx_task_spawn(lua_State *L, Group *g, int nargs);
int ifx_park(lua_State *L, Task *t, bool abortable, lua_KContext ctx, lua_KFunction k);
void ifx_unpark(Task *t);
void ifx_parked(Task *t); /* first thing in the continuation of a park */
void ifx_group_child_ended(lua_State *L, Task *t,
                           bool failed); /* an error lies on top of t->co when failed */

/* guard.c */
void ifx_guard_enter(Sched *s, Task *t); /* t runs from here on */
void ifx_guard_leave(Sched *s);
Guard *ifx_guard_share(const Sched *s); /* the running task's budget, counted once more, or NULL */
void ifx_guard_release(Guard *g);       /* NULL is harmless */
void ifx_guard_stop(Sched *s);
void ifx_guard_interrupt(Sched *s); /* from the handler of SIGINT and SIGTERM */
#define IFX_WATCHDOG_SIGNAL SIGUSR1
void ifx_guard_listen(Sched *s);         /* this thread runs `s` and takes the watchdog's signal */
void ifx_guard_nudge(Sched *s);          /* interrupt what another thread runs, which listens */
void ifx_open_guard(lua_State *L);       /* adds `guard` to the table on top */
void ifx_track_coroutines(lua_State *L); /* the standard library's coroutines tell who runs */

#endif
