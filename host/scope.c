/* scope.c: scopes, alarms, shields and sleep: what lua/ifx/task.lua is made of.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lauxlib.h>
#include <stdlib.h>

#include "bind/bind.h"
#include "scheduler.h"

#define GROUP_META  "ifx.group"
#define ALARM_META  "ifx.alarm"
#define SHIELD_META "ifx.shield"
#define MAX_SECONDS 1e9

/* ---- groups ---- */

static Group *check_group(lua_State *L) { return luaL_checkudata(L, 1, GROUP_META); }

/* group(): a new scope of the calling task; ended by join, or by __close. */
static int group_new(lua_State *L) {
  Task *t = ifx_check_task(L);
  Group *g = lua_newuserdatauv(L, sizeof *g, 0);
  *g = (Group){.owner = t, .anchor = LUA_NOREF, .error = LUA_NOREF, .closed = true};
  luaL_setmetatable(L, GROUP_META);
  g->closed = false;
  g->outer = t->scope;
  t->scope = g;
  t->refs++;
  return 1;
}

/* The scope has ended: its owner is in it no more, and need not outlive it. */
static void group_leave(Group *g) {
  if (g->closed) return;
  Group **at = &g->owner->scope;
  while (*at != g) at = &(*at)->outer;
  *at = g->outer;
  g->closed = true;
  ifx_task_unref(g->owner);
}

static void drop(lua_State *L, int *ref) {
  luaL_unref(L, LUA_REGISTRYINDEX, *ref);
  *ref = LUA_NOREF;
}

static void cancel_children(Group *g) {
  Task *next;
  for (Task *t = g->children; t; t = next) {
    next = t->sibling;
    ifx_task_cancel(t);
  }
}

/* Remember the first error (on top of L, popped) and cancel everything inside the scope. */
static void group_fail(lua_State *L, Group *g) {
  if (g->error == LUA_NOREF && !g->failed)
    g->error = luaL_ref(L, LUA_REGISTRYINDEX);
  else
    lua_pop(L, 1);
  g->failed = true;
  cancel_children(g);
  if (!g->closed) ifx_task_poke(g->owner);
}

static int group_go(lua_State *L) {
  Group *g = check_group(L);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  if (g->closed) return ifx_raise_argument(L, 1, "the scope has ended: no task can outlive it");
  if (g->anchor == LUA_NOREF) {
    lua_pushvalue(L, 1);
    g->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
  }
  Task *t = ifx_task_spawn(L, g, lua_gettop(L) - 2);
  if (!t) return luaL_error(L, "out of memory");
  t->sibling = g->children;
  if (g->children) g->children->prev = t;
  g->children = t;
  g->running++;
  if (g->failed || g->expired) ifx_task_cancel(t);
  return 0;
}

void ifx_group_child_ended(lua_State *L, Task *t, bool failed) {
  Group *g = t->group;
  if (t->prev)
    t->prev->sibling = t->sibling;
  else
    g->children = t->sibling;
  if (t->sibling) t->sibling->prev = t->prev;
  g->running--;
  if (failed) {
    lua_xmove(t->co, L, 1);
    group_fail(L, g);
  }
  if (g->running == 0) {
    drop(L, &g->anchor);
    if (!g->closed) ifx_unpark(g->owner);
  }
}

static int group_error(lua_State *L) {
  Group *g = check_group(L);
  luaL_checkany(L, 2);
  lua_settop(L, 2);
  group_fail(L, g);
  return 0;
}

/* join(): wait for all tasks; a cancelled owner cancels them, and still waits. Ends the scope and
 * returns the first error, or nil. Never raises, so that no task is left behind. */
static int join_next(lua_State *L, int status, lua_KContext ctx) {
  Group *g = (Group *)ctx;
  if (status == LUA_YIELD) ifx_parked(g->owner);
  bool cancelled = ifx_task_cancelled(g->owner);
  if (cancelled) cancel_children(g);
  if (g->running > 0) return ifx_park(L, g->owner, !cancelled, ctx, join_next);
  group_leave(g);
  drop(L, &g->anchor);
  lua_rawgeti(L, LUA_REGISTRYINDEX, g->error); /* nil for LUA_NOREF */
  drop(L, &g->error);
  return 1;
}

static int group_join(lua_State *L) {
  Group *g = check_group(L);
  if (g->owner != ifx_sched(L)->running || g->owner->co != L)
    return ifx_raise_argument(L, 1, "only the task that opened a scope can join it");
  return join_next(L, LUA_OK, (lua_KContext)g);
}

static int group_expired(lua_State *L) {
  lua_pushboolean(L, check_group(L)->expired);
  return 1;
}

/* Also what was lost before anything could close it: a budget or an interrupt raises between any
 * two instructions. */
static int group_gc(lua_State *L) {
  Group *g = check_group(L);
  group_leave(g);
  drop(L, &g->error);
  return 0;
}

/* The scope was left by an error before its join: what is still in it is cancelled and waited for.
 */
static int group_close(lua_State *L) {
  Group *g = check_group(L);
  if (g->closed) return 0;
  g->failed = true;
  cancel_children(g);
  if (ifx_closing_task(L) != g->owner) return group_gc(L);
  join_next(L, LUA_OK, (lua_KContext)g);
  return 0;
}

/* ---- timers that belong to a userdata: alarms of scopes, ends of shields ---- */

typedef struct Timer {
  uv_timer_t uv;
  Wait wait;    /* sleep */
  Group *group; /* alarm */
  Task *task;   /* shield; counted */
} Timer;

static void free_timer(uv_handle_t *h) { free(h->data); }

static Timer *timer_start(lua_State *L, double seconds, uv_timer_cb fired) {
  Timer *t = calloc(1, sizeof *t);
  if (!t) {
    luaL_error(L, "out of memory");
    return NULL;
  }
  uv_timer_init(ifx_loop(L), &t->uv);
  t->uv.data = t;
  uv_update_time(ifx_loop(L));
  uv_timer_start(&t->uv, fired, (uint64_t)(seconds * 1000 + 0.5), 0);
  return t;
}

static void alarm_fired(uv_timer_t *uv) {
  Group *g = ((Timer *)uv->data)->group;
  g->expired = true;
  cancel_children(g);
}

/* alarm(group, seconds): when it goes off, the group's tasks are cancelled and group:expired() is
 * true. */
static int alarm_new(lua_State *L) {
  Group *g = check_group(L);
  double seconds = ifx_check_number(L, 2, 0, MAX_SECONDS);
  Timer **box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = NULL;
  luaL_setmetatable(L, ALARM_META);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  *box = timer_start(L, seconds, alarm_fired);
  (*box)->group = g;
  return 1;
}

static int timer_close(lua_State *L, const char *meta) {
  Timer **box = luaL_checkudata(L, 1, meta);
  if (!*box) return 0;
  uv_close((uv_handle_t *)&(*box)->uv, free_timer);
  *box = NULL;
  return 0;
}

static int alarm_close(lua_State *L) { return timer_close(L, ALARM_META); }

static void shield_ended(Timer *t) {
  if (!t->task) return;
  t->task->shields--;
  ifx_task_poke(t->task);
  ifx_task_unref(t->task);
  t->task = NULL;
}

static void shield_fired(uv_timer_t *uv) { shield_ended(uv->data); }

/* shield(seconds): until it is closed, or that time has passed, the calling task is not told that
 * it is cancelled. */
static int shield_new(lua_State *L) {
  Task *t = ifx_sched(L)->running;
  double seconds = ifx_check_number(L, 1, 0, MAX_SECONDS);
  if (!t || t->co != L) return ifx_raise_argument(L, 0, "only a task can be shielded");
  Timer **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, SHIELD_META);
  *box = timer_start(L, seconds, shield_fired);
  (*box)->task = t;
  t->shields++;
  t->refs++;
  return 1;
}

static int shield_close(lua_State *L) {
  Timer **box = luaL_checkudata(L, 1, SHIELD_META);
  if (*box) shield_ended(*box);
  return timer_close(L, SHIELD_META);
}

/* ---- sleep ---- */

static void sleep_closed(uv_handle_t *h) { ifx_wait_end(&((Timer *)h->data)->wait); }

static void sleep_end(Timer *t) {
  if (!uv_is_closing((uv_handle_t *)&t->uv)) uv_close((uv_handle_t *)&t->uv, sleep_closed);
}

static void sleep_fired(uv_timer_t *uv) { sleep_end(uv->data); }

static Timer *timer_of(Wait *w) { return (Timer *)((char *)w - offsetof(Timer, wait)); }

static void sleep_abort(Wait *w) { sleep_end(timer_of(w)); }

static int sleep_finish(lua_State *L, Wait *w) {
  (void)L;
  free(timer_of(w));
  return 0;
}

static int task_sleep(lua_State *L) {
  Task *task = ifx_check_task(L);
  double seconds = ifx_check_number(L, 1, 0, MAX_SECONDS);
  Timer *t = timer_start(L, seconds, sleep_fired);
  return ifx_wait_begin(L, task, &t->wait, sleep_abort, sleep_finish);
}

static int task_cancelled(lua_State *L) {
  Task *t = ifx_sched(L)->running;
  lua_pushboolean(L, t && ifx_task_cancelled(t));
  return 1;
}

/* check(): raises when the calling task is cancelled. */
static int task_check(lua_State *L) {
  ifx_check_task(L);
  return 0;
}

static void count_handle(uv_handle_t *h, void *n) {
  if (!uv_is_closing(h)) ++*(int *)n;
}

/* open(): how many waits, tasks and handles are open now (the caller's own task and the loop's own
 * handle not counted). */
static int task_open(lua_State *L) {
  Sched *s = ifx_sched(L);
  int handles = 0;
  uv_walk(&s->loop, count_handle, &handles);
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, s->waits);
  lua_setfield(L, -2, "waits");
  lua_pushinteger(L, s->tasks - 1);
  lua_setfield(L, -2, "tasks");
  lua_pushinteger(L, handles - 1);
  lua_setfield(L, -2, "handles");
  return 1;
}

static const luaL_Reg group_methods[] = {{"go", group_go},
                                         {"fail", group_error},
                                         {"join", group_join},
                                         {"expired", group_expired},
                                         {NULL, NULL}};

static const luaL_Reg functions[] = {{"group", group_new},   {"alarm", alarm_new},
                                     {"shield", shield_new}, {"sleep", task_sleep},
                                     {"check", task_check},  {"cancelled", task_cancelled},
                                     {"open", task_open},    {NULL, NULL}};

static void make_meta(lua_State *L, const char *name, lua_CFunction close) {
  luaL_newmetatable(L, name);
  lua_pushcfunction(L, close);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, close);
  lua_setfield(L, -2, "__close");
  lua_pop(L, 1);
}

void ifx_open_scope(lua_State *L) {
  luaL_newmetatable(L, GROUP_META);
  lua_pushcfunction(L, group_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, group_close);
  lua_setfield(L, -2, "__close");
  luaL_newlib(L, group_methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  make_meta(L, ALARM_META, alarm_close);
  make_meta(L, SHIELD_META, shield_close);
  luaL_setfuncs(L, functions, 0);
}
