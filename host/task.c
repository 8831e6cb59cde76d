/* task.c: the scheduler; the only file that resumes Lua. SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <time.h>

#include "bind/bind.h"
#include "scheduler.h"

uint64_t ifx_now(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uv_loop_t *ifx_loop(lua_State *L) { return &ifx_sched(L)->loop; }

bool ifx_interrupted(lua_State *L) { return ifx_sched(L)->interrupts > 0; }

/* ---- ready queue ---- */

static void enqueue(Task *t) {
  Sched *s = t->sched;
  if (t->queued || t->ended) return;
  t->queued = true;
  t->next = NULL;
  if (s->last)
    s->last->next = t;
  else
    s->first = t;
  s->last = t;
}

static Task *dequeue(Sched *s) {
  Task *t = s->first;
  if (!t) return NULL;
  s->first = t->next;
  if (!s->first) s->last = NULL;
  t->queued = false;
  return t;
}

/* ---- life of a task ---- */

void ifx_task_unref(Task *t) {
  if (--t->refs > 0) return;
  t->sched->tasks--;
  ifx_guard_release(t->guard);
  free(t);
}

/* Bare values are raised only by defects: give them the structured form, with a traceback. */
int ifx_describe_error(lua_State *L) {
  if (lua_type(L, 1) == LUA_TTABLE) return 1;
  IfxErr e;
  ifx_err_set(&e, IFX_E_INTERNAL, "%s", luaL_tolstring(L, 1, NULL));
  ifx_push_err(L, &e);
  luaL_traceback(L, L, NULL, 1);
  lua_setfield(L, -2, "traceback");
  return 1;
}

void ifx_describe_status(lua_State *L, int status) {
  if (status != LUA_ERRMEM) return; /* its handler has run */
  IfxErr e;
  lua_pop(L, 1);
  ifx_err_set(&e, IFX_E_MEMORY, "out of memory");
  ifx_err_hint(&e, "the limit of the program's Lua state can be raised: IFX_MEMORY=4096 (MiB)");
  ifx_push_err(L, &e);
}

static int body_done(lua_State *L, int status, lua_KContext ctx) {
  (void)ctx;
  bool ok = status == LUA_OK || status == LUA_YIELD;
  if (!ok) ifx_describe_status(L, status);
  lua_pushboolean(L, ok);
  lua_replace(L, 1); /* where the message handler was */
  return lua_gettop(L);
}

/* The first function of every coroutine: the task's function under a pcall, so that its
 * to-be-closed variables are closed at once, inside the task, and may wait. */
static int body(lua_State *L) {
  lua_pushcfunction(L, ifx_describe_error);
  lua_insert(L, 1);
  return body_done(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, body_done), 0);
}

Task *ifx_task_spawn(lua_State *L, Group *g, int nargs) {
  Sched *s = ifx_sched(L);
  lua_State *co = lua_newthread(L);
  if (!lua_checkstack(co, nargs + LUA_MINSTACK)) luaL_error(L, "too many arguments");
  int ref = luaL_ref(
      L, LUA_REGISTRYINDEX); /* what raises has raised: from here on only calloc can fail */
  Task *t = calloc(1, sizeof *t);
  if (!t) {
    luaL_unref(L, LUA_REGISTRYINDEX, ref);
    return NULL;
  }
  *t = (Task){.sched = s, .group = g, .co = co, .co_ref = ref, .refs = 1};
  t->guard = ifx_guard_share(s);
  s->tasks++;
  lua_pushcfunction(co, body);
  lua_xmove(L, co, nargs + 1);
  enqueue(t);
  return t;
}

static void task_ended(lua_State *L, Task *t, bool failed) {
  t->ended = true;
  if (!t->group) return; /* the root: ifx_sched_run takes its results */
  ifx_group_child_ended(L, t, failed);
  luaL_unref(L, LUA_REGISTRYINDEX, t->co_ref);
  ifx_task_unref(t);
}

static void resume(lua_State *L, Task *t) {
  Sched *s = t->sched;
  int n = t->started ? 0 : lua_gettop(t->co) - 1;
  t->started = true;
  s->lua = t->co;
  ifx_guard_enter(s, t);
  int status = lua_resume(t->co, L, n, &n);
  s->lua = NULL;
  ifx_guard_leave(s);
  if (status == LUA_YIELD) return;
  if (status != LUA_OK) { /* the pcall itself gave up: memory is gone */
    lua_pushboolean(t->co, 0);
    lua_insert(t->co, -2);
    n = 2;
  }
  lua_rotate(t->co, 1, n); /* keep only: ok, results … */
  lua_settop(t->co, n);
  task_ended(L, t, !lua_toboolean(t->co, 1));
}

/* ---- waiting ---- */

bool ifx_task_cancelled(const Task *t) {
  if (t->shields > 0) return false;
  if (t->cancelled) return true;
  for (const Group *g = t->scope; g; g = g->outer)
    if (g->failed) return true;
  return false;
}

int ifx_raise_cancelled(lua_State *L) {
  IfxErr e;
  ifx_err_set(&e, IFX_E_CANCELLED, ifx_sched(L)->interrupts ? "interrupted" : "cancelled");
  return ifx_raise(L, &e);
}

static int raise_misuse(lua_State *L, const char *why, const char *hint) {
  IfxErr e;
  ifx_err_set(&e, IFX_E_ARGUMENT, "%s", why);
  ifx_err_hint(&e, "%s", hint);
  return ifx_raise(L, &e);
}

Task *ifx_check_task(lua_State *L) {
  Task *t = ifx_sched(L)->running;
  if (!t || t->co != L)
    raise_misuse(L, "a call that waits was made inside a coroutine",
                 "coroutines only iterate; run what waits in a task: task.scope, task.map");
  if (!lua_isyieldable(L))
    raise_misuse(L, "a call that waits was made inside a C function (gsub, sort, require …)",
                 "collect first, then wait in a plain loop");
  if (ifx_task_cancelled(t)) ifx_raise_cancelled(L);
  return t;
}

Task *ifx_closing_task(lua_State *L) {
  Task *t = ifx_sched(L)->running;
  return t && t->co == L && lua_isyieldable(L) ? t : NULL;
}

static int waited(lua_State *L, int status, lua_KContext ctx) {
  Wait *w = (Wait *)ctx;
  Task *t = w->task;
  (void)status;
  t->wait = NULL;
  t->sched->waits--;
  ifx_task_unref(t); /* the task runs, so another reference is there */
  int n = w->finish(L, w);
  if (ifx_task_cancelled(t)) return ifx_raise_cancelled(L);
  return n;
}

static void wait_open(Task *t, Wait *w, void (*abort)(Wait *)) {
  w->task = t;
  w->generation = ++t->generation;
  w->abort = abort;
  w->aborted = false;
  t->wait = w;
  t->refs++;
  t->sched->waits++;
}

int ifx_wait_begin(lua_State *L, Task *task, Wait *w, void (*abort)(Wait *),
                   int (*finish)(lua_State *, Wait *)) {
  w->finish = finish;
  wait_open(task, w, abort);
  return lua_yieldk(L, 0, (lua_KContext)w, waited);
}

void ifx_wait_end(Wait *w) {
  if (w->task->wait == w && w->task->generation == w->generation) enqueue(w->task);
}

void ifx_task_poke(Task *t) {
  Wait *w = t->wait;
  if (!w || !w->abort || w->aborted || !ifx_task_cancelled(t)) return;
  w->aborted = true;
  w->abort(w);
}

void ifx_task_cancel(Task *t) {
  t->cancelled = true;
  ifx_task_poke(t);
}

/* Suspend without an operation behind it: until ifx_unpark, or (abortable) until cancelled. `k`
 * goes on and must call ifx_parked first. */
static void park_abort(Wait *w) { ifx_wait_end(w); }

int ifx_park(lua_State *L, Task *t, bool abortable, lua_KContext ctx, lua_KFunction k) {
  wait_open(t, &t->park, abortable ? park_abort : NULL);
  return lua_yieldk(L, 0, ctx, k);
}

void ifx_unpark(Task *t) {
  if (t->wait == &t->park) enqueue(t);
}

void ifx_parked(Task *t) {
  t->wait = NULL;
  t->sched->waits--;
  ifx_task_unref(t);
}

/* ---- the loop ---- */

static void on_wake(uv_async_t *a) {
  Sched *s = a->data;
  if (s->interrupts && s->root) ifx_task_cancel(s->root);
}

bool ifx_sched_open(lua_State *L, Sched *s, IfxErr *err) {
  int rc = uv_loop_init(&s->loop);
  if (rc < 0) return ifx_err_set(err, IFX_E_INTERNAL, "event loop: %s", uv_strerror(rc));
  rc = uv_async_init(&s->loop, &s->wake, on_wake);
  if (rc < 0) return ifx_err_set(err, IFX_E_INTERNAL, "event loop: %s", uv_strerror(rc));
  s->wake.data = s;
  uv_unref((uv_handle_t *)&s->wake);
  *(Sched **)lua_getextraspace(L) = s;
  return true;
}

void ifx_sched_close(Sched *s) {
  ifx_guard_stop(s);
  uv_close((uv_handle_t *)&s->wake, NULL);
  uv_run(&s->loop, UV_RUN_DEFAULT);
  uv_loop_close(&s->loop);
}

int ifx_sched_run(lua_State *L, int nargs) {
  Sched *s = ifx_sched(L);
  Task *root = ifx_task_spawn(L, NULL, nargs), *t;
  if (!root) return luaL_error(L, "out of memory");
  s->root = root;
  while (!root->ended) {
    if (s->interrupts) ifx_task_cancel(root);
    while ((t = dequeue(s))) resume(L, t);
    if (!root->ended && !uv_run(&s->loop, UV_RUN_ONCE) && !s->first && !s->interrupts)
      return luaL_error(L, "all tasks wait, and nothing is left that could wake them");
  }
  int n = lua_gettop(root->co);
  lua_xmove(root->co, L, n);
  luaL_unref(L, LUA_REGISTRYINDEX, root->co_ref);
  s->root = NULL;
  ifx_task_unref(root);
  return n;
}
