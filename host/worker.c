/* worker.c: work on many items by threads, each with a Lua state of its own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include <lauxlib.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "runtime.h"

#define JOB_META    "ifx.worker.job"
#define MAX_WORKERS 64
#define NO_ITEM     SIZE_MAX
#define AGAIN_MS    200

typedef struct Bytes {
  char *data;
  size_t len;
} Bytes;

typedef struct Job Job;

typedef struct Worker {
  Job *job;
  pthread_t thread;
  Runtime runtime;
  bool open;   /* under the job's lock: its runtime can be told to stop */
  size_t item; /* the one it works on */
  bool failed; /* at that item: with `raised`, or before Lua ran with `err` */
  Bytes raised;
  IfxErr err;
} Worker;

struct Job {
  Wait wait;
  Job **box;        /* the userdata that owns it */
  uv_async_t ended; /* some worker has ended */
  uv_timer_t again; /* until all have ended that were told to */
  int handles;
  pthread_mutex_t lock;
  int running; /* under the lock */
  atomic_bool stop;
  atomic_size_t next, given;
  size_t count, memory_limit;
  IfxShelf *shelf;
  char *module;
  Bytes setup, *items, *results;
  int workers;
  Worker worker[];
};

/* ---- ownership ---- */

static bool copy(Bytes *to, const char *data, size_t len) {
  to->data = malloc(len + 1);
  if (!to->data) return false;
  memcpy(to->data, data, len);
  to->data[len] = '\0';
  to->len = len;
  return true;
}

static void free_all(Bytes *list, size_t count) {
  for (size_t i = 0; list && i < count; i++) free(list[i].data);
  free(list);
}

static void job_free(Job *j) {
  free_all(j->items, j->count);
  free_all(j->results, j->count);
  for (int i = 0; i < j->workers; i++) free(j->worker[i].raised.data);
  free(j->setup.data);
  free(j->module);
  pthread_mutex_destroy(&j->lock);
  free(j);
}

/* A job that never began: no thread and no handle yet. */
static int job_close(lua_State *L) {
  Job **box = lua_touserdata(L, 1), *j = *box;
  *box = NULL;
  if (j) job_free(j);
  return 0;
}

static void on_closed(uv_handle_t *handle) {
  Job *j = handle->data;
  if (--j->handles == 0) job_free(j);
}

static void close_handles(Job *j) {
  uv_close((uv_handle_t *)&j->ended, on_closed);
  uv_close((uv_handle_t *)&j->again, on_closed);
}

/* ---- in the thread of a worker ---- */

/* The next item as its number and bytes; nothing when there is none. */
static int worker_take(lua_State *L) {
  Worker *w = lua_touserdata(L, lua_upvalueindex(1));
  Job *j = w->job;
  size_t i = atomic_load(&j->stop) ? j->count : atomic_fetch_add(&j->next, 1);
  if (i >= j->count) return 0;
  w->item = i;
  lua_pushinteger(L, (lua_Integer)i);
  lua_pushlstring(L, j->items[i].data, j->items[i].len);
  return 2;
}

static int worker_give(lua_State *L) {
  Worker *w = lua_touserdata(L, lua_upvalueindex(1));
  size_t len;
  const char *bytes = ifx_check_string(L, 1, &len);
  if (!copy(&w->job->results[w->item], bytes, len)) return luaL_error(L, "out of memory");
  atomic_fetch_add_explicit(&w->job->given, 1, memory_order_relaxed);
  return 0;
}

static void push_for(lua_State *L, Worker *w, lua_CFunction f) {
  lua_pushlightuserdata(L, w);
  lua_pushcclosure(L, f, 1);
}

/* worker → nothing, or the error that its root task ended with, packed. */
static int worker_run(lua_State *L) {
  Worker *w = lua_touserdata(L, 1);
  ifx_push_main(L, "ifx.worker");
  lua_pushstring(L, w->job->module);
  lua_pushlstring(L, w->job->setup.data, w->job->setup.len);
  push_for(L, w, worker_take);
  push_for(L, w, worker_give);
  ifx_sched_run(L, 4);
  if (lua_toboolean(L, 2)) return 0;
  lua_pushcfunction(L, ifx_wire_pack);
  lua_insert(L, 3);
  lua_settop(L, 4);
  lua_call(L, 1, 1);
  return 1;
}

static void worker_failed(Worker *w, lua_State *L) {
  size_t len = 0;
  const char *text = lua_tolstring(L, -1, &len);
  w->failed = true;
  if (text && !copy(&w->raised, text, len)) ifx_err_nomem(&w->err);
}

static void worker_lua(Worker *w) {
  lua_State *L = w->runtime.L;
  lua_pushcfunction(L, worker_run);
  lua_pushlightuserdata(L, w);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
    ifx_err_set(&w->err, IFX_E_INTERNAL, "a worker: %s", luaL_tolstring(L, -1, NULL));
    w->failed = true;
  } else if (!lua_isnil(L, -1)) {
    worker_failed(w, L);
  }
}

static void set_open(Worker *w, bool open) {
  pthread_mutex_lock(&w->job->lock);
  w->open = open;
  pthread_mutex_unlock(&w->job->lock);
}

static void *work(void *arg) {
  Worker *w = arg;
  Job *j = w->job;
  w->failed = !ifx_runtime_open(&w->runtime, j->memory_limit, j->shelf, &w->err);
  if (!w->failed) {
    ifx_guard_listen(&w->runtime.sched);
    set_open(w, true);
    worker_lua(w);
    set_open(w, false);
    ifx_runtime_close(&w->runtime);
  }
  if (w->failed) atomic_store(&j->stop, true);
  pthread_mutex_lock(&j->lock);
  j->running--;
  pthread_mutex_unlock(&j->lock);
  uv_async_send(&j->ended); /* the job lives until this thread is joined */
  return NULL;
}

/* ---- in the thread of the caller ---- */

static void on_ended(uv_async_t *handle) {
  Job *j = handle->data;
  pthread_mutex_lock(&j->lock);
  bool all = j->running == 0;
  pthread_mutex_unlock(&j->lock);
  if (all) ifx_wait_end(&j->wait);
}

static void nudge(uv_timer_t *timer) {
  Job *j = timer->data;
  pthread_mutex_lock(&j->lock);
  for (int i = 0; i < j->workers; i++)
    if (j->worker[i].open) ifx_guard_nudge(&j->worker[i].runtime.sched);
  pthread_mutex_unlock(&j->lock);
}

/* One that catches it, or was just starting, is told again. */
static void job_abort(Wait *wait) {
  Job *j = (Job *)wait;
  atomic_store(&j->stop, true);
  nudge(&j->again);
  uv_timer_start(&j->again, nudge, AGAIN_MS, AGAIN_MS);
}

/* Items are given out in order and nobody is stopped by the failure of another: the first that
 * fails is always reached. */
static const Worker *first_failed(const Job *j) {
  const Worker *first = NULL;
  for (const Worker *w = j->worker; w < j->worker + j->workers; w++)
    if (w->failed && (!first || w->item + 1 < first->item + 1)) first = w; /* NO_ITEM + 1 is 0 */
  return first;
}

static int push_results(lua_State *L, const Job *j) {
  const Worker *failed = first_failed(j);
  if (failed) {
    lua_pushnil(L);
    if (failed->raised.data)
      lua_pushlstring(L, failed->raised.data, failed->raised.len);
    else
      ifx_push_err(L, &failed->err);
    return 2;
  }
  lua_createtable(L, (int)j->count, 0);
  for (size_t i = 0; i < j->count; i++) {
    if (!j->results[i].data) continue; /* cancelled */
    lua_pushlstring(L, j->results[i].data, j->results[i].len);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* Runs protected: results may not fit into memory. */
static int collect(lua_State *L) { return push_results(L, lua_touserdata(L, 1)); }

static int job_finish(lua_State *L, Wait *wait) {
  Job *j = (Job *)wait;
  for (int i = 0; i < j->workers; i++) pthread_join(j->worker[i].thread, NULL);
  ifx_shelf_return(j->shelf);
  *j->box = NULL;
  if (ifx_runtime(L)->job == j) ifx_runtime(L)->job = NULL;
  int top = lua_gettop(L);
  lua_pushcfunction(L, collect);
  lua_pushlightuserdata(L, j);
  int status = lua_pcall(L, 1, LUA_MULTRET, 0);
  close_handles(j);
  return status == LUA_OK ? lua_gettop(L) - top : lua_error(L);
}

/* Threads that take no signal but the watchdog's: those of the process are for its first thread. */
static int start(Job *j) {
  sigset_t mask, before;
  int rc = 0;
  sigfillset(&mask);
  sigdelset(&mask, IFX_WATCHDOG_SIGNAL);
  ifx_shelf_lend(j->shelf); /* before the first runs, until all are joined */
  pthread_sigmask(SIG_SETMASK, &mask, &before);
  for (int i = 0, wanted = j->workers; i < wanted && rc == 0; i++) {
    Worker *w = &j->worker[i];
    *w = (Worker){.job = j, .item = NO_ITEM};
    pthread_mutex_lock(&j->lock);
    rc = pthread_create(&w->thread, NULL, work, w);
    if (rc == 0) j->running++;
    pthread_mutex_unlock(&j->lock);
    if (rc != 0) j->workers = i;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (j->workers > 0) return 0;
  ifx_shelf_return(j->shelf);
  return rc;
}

static bool fill(lua_State *L, Job *j, size_t count) {
  size_t len;
  const char *setup = lua_tolstring(L, 2, &len);
  j->count = count;
  j->items = calloc(count, sizeof *j->items);
  j->results = calloc(count, sizeof *j->results);
  j->module = strdup(lua_tostring(L, 1));
  if (!j->items || !j->results || !j->module || !copy(&j->setup, setup, len)) return false;
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 3, (lua_Integer)i + 1);
    const char *item = lua_tolstring(L, -1, &len);
    bool ok = item && copy(&j->items[i], item, len);
    lua_pop(L, 1);
    if (!ok) return false;
  }
  return true;
}

static Job *push_job(lua_State *L, int workers) {
  Job **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, JOB_META);
  Job *j = calloc(1, sizeof *j + (size_t)workers * sizeof *j->worker);
  if (!j) return NULL;
  pthread_mutex_init(&j->lock, NULL);
  j->workers = workers;
  const Runtime *r = ifx_runtime(L); /* the limit is one for all: what is left of it is shared */
  size_t left = r->memory_limit > r->memory ? r->memory_limit - r->memory : 1;
  j->memory_limit = r->memory_limit ? left / (size_t)workers + 1 : 0;
  j->shelf = r->shelf;
  j->box = box;
  return *box = j;
}

static int workers(lua_State *L) {
  Task *task = ifx_check_task(L);
  IfxErr err;
  ifx_check_string(L, 1, NULL);
  ifx_check_string(L, 2, NULL);
  ifx_check_table(L, 3);
  int count = (int)ifx_check_integer(L, 4, 1, MAX_WORKERS);
  Job *j = push_job(L, count);
  if (!j || !fill(L, j, lua_rawlen(L, 3))) {
    ifx_err_nomem(&err);
    return ifx_raise(L, &err);
  }
  int rc = uv_async_init(ifx_loop(L), &j->ended, on_ended);
  if (rc < 0) return luaL_error(L, "workers: %s", uv_strerror(rc));
  uv_timer_init(ifx_loop(L), &j->again);
  j->ended.data = j->again.data = j;
  j->handles = 2;
  rc = start(j);
  if (rc != 0) {
    *j->box = NULL;
    close_handles(j);
    ifx_err_errno(&err, rc, "start a thread");
    return ifx_raise(L, &err);
  }
  ifx_runtime(L)->job = j;
  return ifx_wait_begin(L, task, &j->wait, job_abort, job_finish);
}

/* worked() -> items that the workers that were started last are done with; nothing when they are
 * gone. */
static int worked(lua_State *L) {
  const Job *j = ifx_runtime(L)->job;
  if (!j) return 0;
  lua_pushinteger(L, (lua_Integer)atomic_load_explicit(&j->given, memory_order_relaxed));
  return 1;
}

/* ---- what threads share ---- */

/* shelve(name, bytes, room) -> has the name bytes now? Not when more than `room` would be kept. */
static int shelve(lua_State *L) {
  size_t name_len, len;
  const char *name = ifx_check_string(L, 1, &name_len), *bytes = ifx_check_string(L, 2, &len);
  size_t room = (size_t)ifx_check_integer(L, 3, 0, INT64_MAX);
  lua_pushboolean(L, ifx_shelf_put(ifx_runtime(L)->shelf, name, name_len, bytes, len, room));
  return 1;
}

/* shelved(name) -> bytes, or nothing */
static int shelved(lua_State *L) {
  size_t name_len, len;
  const char *name = ifx_check_string(L, 1, &name_len);
  const char *bytes = ifx_shelf_get(ifx_runtime(L)->shelf, name, name_len, &len);
  if (!bytes) return 0;
  lua_pushlstring(L, bytes, len);
  return 1;
}

static int is_shelved(lua_State *L) {
  size_t name_len, len;
  const char *name = ifx_check_string(L, 1, &name_len);
  lua_pushboolean(L, ifx_shelf_get(ifx_runtime(L)->shelf, name, name_len, &len) != NULL);
  return 1;
}

/* Let go of what is shelved, unless workers are about. */
static int clear_shelf(lua_State *L) {
  ifx_shelf_clear(ifx_runtime(L)->shelf);
  return 0;
}

/* How many threads run at once here. */
static int cores(lua_State *L) {
  lua_pushinteger(L, uv_available_parallelism());
  return 1;
}

void ifx_open_worker(lua_State *L) {
  static const luaL_Reg functions[] = {{"pack", ifx_wire_pack},
                                       {"unpack", ifx_wire_unpack},
                                       {"workers", workers},
                                       {"worked", worked},
                                       {"cores", cores},
                                       {"shelve", shelve},
                                       {"shelved", shelved},
                                       {"is_shelved", is_shelved},
                                       {"clear_shelf", clear_shelf},
                                       {NULL, NULL}};
  static const luaL_Reg methods[] = {{"__gc", job_close}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  luaL_newmetatable(L, JOB_META);
  luaL_setfuncs(L, methods, 0);
  lua_pop(L, 1);
}
