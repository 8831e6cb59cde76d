/* guard.c: running-time budgets of plugin code, and the watchdog for what never returns to Lua.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bind/bind.h"
#include "runtime.h"

#define TICK_NS     20000000 /* how often it looks at a budget that is used up */
#define GRACE_TICKS 100      /* two seconds from the first signal to the last words */
#define MAX_OVERRUN_NS                                                                             \
  10000000000u /* where each error is caught again, out of the hook's reach                        \
                */
#define NEVER UINT64_MAX

#ifndef sigev_notify_thread_id /* glibc documents the name, and leaves it out */
#define sigev_notify_thread_id _sigev_un._tid
#endif

static _Thread_local Sched *watched; /* for signal handlers: the scheduler of this thread */

/* ---- budgets ---- */

/* Take what the running task has run since the last time from all of its budgets. */
static void charge(Sched *s) {
  uint64_t now = ifx_now(), spent = now - s->charged;
  for (Guard *g = s->running->guard; g; g = g->outer) g->left -= spent < g->left ? spent : g->left;
  s->charged = now;
}

static void set_alarm(Sched *s, uint64_t at) {
  struct itimerspec when = {.it_value = {(time_t)(at / 1000000000), (long)(at % 1000000000)}};
  atomic_store(&s->alarm, at);
  timer_settime(s->timer, TIMER_ABSTIME, &when, NULL);
}

/* The watchdog's timer is set anew only for a budget that ends before it would look. One tick is
 * left in any case: to those who clean up after a budget that is used up. */
static void set_deadline(Sched *s) {
  const Guard *innermost = s->running->guard;
  uint64_t left = UINT64_MAX;
  for (const Guard *g = innermost; g; g = g->outer)
    if (g->left < left) left = g->left;
  if (innermost) memcpy(s->culprit, innermost->label, sizeof s->culprit);
  atomic_store(&s->deadline, innermost ? s->charged + left : 0);
  uint64_t look = s->charged + (left < TICK_NS ? TICK_NS : left);
  if (innermost && look < atomic_load(&s->alarm)) set_alarm(s, look);
}

void ifx_guard_enter(Sched *s, Task *t) {
  s->running = t;
  s->charged = ifx_now();
  set_deadline(s);
}

void ifx_guard_leave(Sched *s) {
  atomic_store(&s->deadline, 0);
  charge(s);
  s->running = NULL;
}

Guard *ifx_guard_share(const Sched *s) {
  Guard *g = s->running ? s->running->guard : NULL;
  if (g) g->refs++;
  return g;
}

void ifx_guard_release(Guard *g) {
  while (g && --g->refs == 0) {
    Guard *outer = g->outer;
    free(g);
    g = outer;
  }
}

static bool of_library(const char *source) {
  return strncmp(source, IFX_LIBRARY_CHUNK, strlen(IFX_LIBRARY_CHUNK)) == 0;
}

/* The nearest running line that is not the library's: the guarded code is what a person can look
 * at. */
static void set_place(lua_State *L, IfxErr *e) {
  lua_Debug ar;
  for (int level = 0; lua_getstack(L, level, &ar); level++) {
    if (!lua_getinfo(L, "Sl", &ar) || ar.currentline <= 0) continue;
    bool library = of_library(ar.source);
    if (e->line && library) continue;
    snprintf(e->file, sizeof e->file, "%s", ar.source[0] == '@' ? ar.source + 1 : ar.short_src);
    e->line = (uint32_t)ar.currentline;
    if (!library) return;
  }
}

/* Runs at every instruction once the budget is used up, so no pcall can swallow its error. */
static void budget_hook(lua_State *L, lua_Debug *ar) {
  Sched *s = ifx_sched(L);
  uint64_t deadline = atomic_load(&s->deadline);
  (void)ar;
  atomic_fetch_add(&s->hook_hits, 1);
  if (!deadline || ifx_now() < deadline) {
    lua_sethook(L, NULL, 0, 0);
    return;
  }
  IfxErr e;
  ifx_err_set(&e, IFX_E_BUDGET, "%s: its running time is used up", s->culprit);
  set_place(L, &e);
  ifx_err_hint(
      &e,
      "an endless loop? A plugin may be given more time: limits.seconds in the user's config.yaml");
  ifx_raise(L, &e);
}

static void interrupt_hook(lua_State *L, lua_Debug *ar) {
  Sched *s = ifx_sched(L);
  (void)ar;
  if (s->nudges < 2)
    lua_sethook(L, NULL, 0, 0); /* else nothing is waited for any more: no pcall keeps it */
  if (!s->running) return;
  s->running->cancelled = true;
  if (ifx_task_cancelled(s->running)) ifx_raise_cancelled(L);
}

void ifx_guard_interrupt(Sched *s) {
  lua_State *L = s->lua;
  s->interrupts++;
  if (L) lua_sethook(L, interrupt_hook, LUA_MASKCOUNT, 1);
  uv_async_send(&s->wake);
}

/* ---- the watchdog ---- */

static size_t append(char *to, size_t at, size_t size, const char *text) {
  while (*text && at + 1 < size) to[at++] = *text++;
  return at;
}

/* The nearest Lua function that is running, as "file:line". Reads call records only: nothing is
 * allocated. */
static size_t append_place(char *to, size_t at, size_t size, lua_State *L) {
  lua_Debug ar;
  for (int level = 0; L && lua_getstack(L, level, &ar); level++) {
    if (!lua_getinfo(L, "Sl", &ar) || ar.currentline <= 0) continue;
    char digits[16];
    snprintf(digits, sizeof digits, ":%d", ar.currentline);
    at = append(to, at, size, ar.short_src);
    return append(to, at, size, digits);
  }
  return append(to, at, size, "?");
}

/* The code that runs does not come back to Lua. Runs are journalled, so ending is safe. */
static void last_words(Sched *s) {
  char text[512];
  size_t n = append(text, 0, sizeof text, "ifx: ");
  n = append(text, n, sizeof text, s->culprit);
  n = append(text, n, sizeof text, ": stuck in a library function that was called at ");
  n = append_place(text, n, sizeof text, s->lua);
  n = append(
      text, n, sizeof text,
      " (a pattern that explodes?); the program ends here, a run can be resumed: ifx runs\n");
  if (write(STDERR_FILENO, text, n) < 0) _exit(1);
  _exit(1);
}

/* The hook has not run for two seconds after the budget's end, or that was ten seconds ago. */
static bool is_stuck(Sched *s, uint64_t deadline, uint64_t now) {
  uint64_t hits = atomic_load(&s->hook_hits);
  if (deadline != s->overdue || hits != s->hits_before) s->ticks = 0;
  s->overdue = deadline;
  s->hits_before = hits;
  return ++s->ticks > GRACE_TICKS || now - deadline > MAX_OVERRUN_NS;
}

/* The timer has run out, in the thread that it watches. Mostly the budget that it was set for has
 * ended unused, and it is set for the one that is being spent now. */
static void look(Sched *s) {
  if (s->nudges && s->lua) lua_sethook(s->lua, interrupt_hook, LUA_MASKCOUNT, 1);
  uint64_t deadline = atomic_load(&s->deadline), now = ifx_now();
  lua_State *L = s->lua;
  atomic_store(&s->alarm, NEVER);
  if (!deadline) return;
  set_alarm(s, now < deadline ? deadline : now + TICK_NS);
  if (!L || now < deadline) return;
  if (is_stuck(s, deadline, now)) last_words(s);
  lua_sethook(L, budget_hook, LUA_MASKCOUNT, 1);
}

static void on_alarm(int sig) {
  int before = errno;
  (void)sig;
  if (watched) look(watched);
  errno = before;
}

void ifx_guard_listen(Sched *s) {
  struct sigaction sa = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
  sigset_t mine;
  watched = s;
  s->thread = pthread_self();
  sigaction(IFX_WATCHDOG_SIGNAL, &sa, NULL);
  sigemptyset(&mine);
  sigaddset(&mine, IFX_WATCHDOG_SIGNAL);
  pthread_sigmask(SIG_UNBLOCK, &mine, NULL); /* whoever started the program may have blocked it */
}

void ifx_guard_nudge(Sched *s) {
  s->interrupts = 1;
  s->nudges++;
  pthread_kill(s->thread, IFX_WATCHDOG_SIGNAL);
  uv_async_send(&s->wake);
}

static void start_watchdog(lua_State *L, Sched *s) {
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = IFX_WATCHDOG_SIGNAL};
  if (s->watching) return;
  event.sigev_notify_thread_id = gettid();
  ifx_guard_listen(s);
  if (timer_create(CLOCK_MONOTONIC, &event, &s->timer) != 0)
    luaL_error(L, "cannot start the watchdog: %s", strerror(errno));
  s->watching = true;
  atomic_store(&s->alarm, NEVER);
}

void ifx_guard_stop(Sched *s) {
  watched = NULL;
  if (!s->watching) return;
  timer_delete(s->timer);
  s->watching = false;
  atomic_store(&s->alarm, 0);
}

/* ---- guard(seconds, label, f, …) ---- */

static int guarded(lua_State *L, int status, lua_KContext ctx) {
  Guard *g = (Guard *)ctx;
  Sched *s = ifx_sched(L);
  charge(s);
  s->running->guard = g->outer;
  if (g->outer) g->outer->refs++;
  ifx_guard_release(g);
  lua_sethook(L, NULL, 0, 0);
  set_deadline(s);
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - 2;
  ifx_describe_status(L, status);
  return lua_error(L);
}

/* guard(seconds, label, f, …): call f; when it (and what it calls, and the tasks that it starts)
 * has run for that long, an error of kind 'budget' that no pcall inside can keep. Time spent
 * waiting does not count. */
static int guard(lua_State *L) {
  Sched *s = ifx_sched(L);
  Task *t = s->running;
  double seconds = ifx_check_number(L, 1, 0, 1e6);
  const char *label = ifx_check_string(L, 2, NULL);
  luaL_checktype(L, 3, LUA_TFUNCTION);
  if (!t || t->co != L) return ifx_raise_argument(L, 3, "guarded code runs in a task");
  start_watchdog(L, s);
  Guard *g = malloc(sizeof *g);
  if (!g) return luaL_error(L, "out of memory");
  *g = (Guard){.outer = t->guard, .refs = 1, .left = (uint64_t)(seconds * 1e9)};
  snprintf(g->label, sizeof g->label, "%s", label);
  lua_pushcfunction(L, ifx_describe_error);
  lua_replace(L, 2); /* the label gives way to the message handler */
  charge(s);
  t->guard = g;
  set_deadline(s);
  return guarded(L, lua_pcallk(L, lua_gettop(L) - 3, LUA_MULTRET, 2, (lua_KContext)g, guarded),
                 (lua_KContext)g);
}

void ifx_open_guard(lua_State *L) {
  lua_pushcfunction(L, guard);
  lua_setfield(L, -2, "guard");
}

/* ---- the standard library's coroutines: the innermost one is what a hook must be set on ---- */

/* resume and close: the function of the library (upvalue 1), which runs the coroutine at 1. A
 * budget that was used up inside is used up here too; the coroutine has kept the error. */
static int tracked_call(lua_State *L) {
  Sched *s = ifx_sched(L);
  lua_State *outer = s->lua, *co = lua_tothread(L, 1);
  lua_settop(L, lua_gettop(L) < 1 ? 1 : lua_gettop(L));
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1); /* the first one stays where it is, for the hook */
  lua_rotate(L, 2, 2);
  if (co) s->lua = co;
  int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
  s->lua = outer;
  if (co && lua_gethook(co) == budget_hook) lua_sethook(L, budget_hook, LUA_MASKCOUNT, 1);
  return status == LUA_OK ? lua_gettop(L) - 1 : lua_error(L);
}

/* The iterator that wrap returns: upvalues are resume, the coroutine, close. An error closes the
 * coroutine, and is raised here. */
static int wrapped(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_rotate(L, 1, 2);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  if (lua_toboolean(L, 1)) return lua_gettop(L) - 1;
  lua_settop(L, 2);
  int status = lua_status(lua_tothread(L, lua_upvalueindex(2)));
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_pushvalue(L, lua_upvalueindex(3));
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_call(L, 1, 0);
  }
  return lua_error(L);
}

static int tracked_wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_pushcclosure(L, wrapped, 3);
  return 1;
}

/* Replace a function of the library by one that tells who runs, and push that one. */
static void track(lua_State *L, int library, const char *name) {
  lua_getfield(L, library, name);
  lua_pushcclosure(L, tracked_call, 1);
  lua_pushvalue(L, -1);
  lua_setfield(L, library, name);
}

void ifx_track_coroutines(lua_State *L) {
  lua_getglobal(L, "coroutine");
  int library = lua_gettop(L);
  track(L, library, "resume");
  track(L, library, "close");
  lua_pushcclosure(L, tracked_wrap, 2);
  lua_setfield(L, library, "wrap");
  lua_pop(L, 1);
}
