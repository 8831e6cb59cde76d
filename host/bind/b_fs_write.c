/* b_fs_write.c: module `fs`: synced writes and locks, which wait. SPDX-License-Identifier:
 * Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "../core/fs.h"
#include "../task.h"
#include "bind.h"

#define LOCK_META    "ifx.fs.lock"
#define LOCK_SECONDS 30
#define LOCK_FOREVER 1e9
#define MAX_FILES    200000

/* ---- writing ---- */

/* A write in the thread pool, with copies of everything in the same allocation. */
typedef struct Job {
  uv_work_t work;
  Wait wait;
  IfxErr err;
  size_t n;
  bool ok;
  IfxFsWrite files[];
} Job;

static Job *job_of(Wait *w) { return (Job *)((char *)w - offsetof(Job, wait)); }

static Job *copy_job(const IfxFsWrite *files, size_t n) {
  size_t size = sizeof(Job) + n * sizeof *files;
  for (size_t i = 0; i < n; i++) size += strlen(files[i].path) + 1 + files[i].len;
  Job *job = malloc(size);
  if (!job) return NULL;
  memset(job, 0, sizeof *job);
  job->n = n;
  char *to = (char *)(job->files + n);
  for (size_t i = 0; i < n; i++) {
    size_t name = strlen(files[i].path) + 1;
    job->files[i] = files[i];
    job->files[i].path = memcpy(to, files[i].path, name);
    job->files[i].bytes = memcpy(to + name, files[i].bytes, files[i].len);
    to += name + files[i].len;
  }
  return job;
}

static void work_write(uv_work_t *work) {
  Job *job = work->data;
  job->ok = ifx_fs_write(job->files, job->n, true, &job->err);
}

static void work_done(uv_work_t *work, int status) {
  Job *job = work->data;
  if (status < 0) ifx_err_set(&job->err, IFX_E_CANCELLED, "write: %s", uv_strerror(status));
  ifx_wait_end(&job->wait);
}

static int write_finish(lua_State *L, Wait *w) {
  Job *job = job_of(w);
  IfxErr err = job->err;
  bool ok = job->ok;
  free(job);
  return ok ? 0 : ifx_raise(L, &err);
}

static int write_files(lua_State *L, Task *task, const IfxFsWrite *files, size_t n) {
  IfxErr err;
  if (!task) return ifx_fs_write(files, n, false, &err) ? 0 : ifx_raise(L, &err);
  Job *job = copy_job(files, n);
  if (!job) {
    ifx_err_nomem(&err);
    return ifx_raise(L, &err);
  }
  job->work.data = job;
  int rc = uv_queue_work(ifx_loop(L), &job->work, work_write, work_done);
  if (rc < 0) {
    free(job);
    ifx_err_set(&err, IFX_E_INTERNAL, "write: %s", uv_strerror(rc));
    return ifx_raise(L, &err);
  }
  return ifx_wait_begin(L, task, &job->wait, NULL, write_finish);
}

/* The calling task when the write is to be synced; without a sync there is nothing to wait for. */
static Task *syncing_task(lua_State *L, int opts) {
  return ifx_field_boolean(L, opts, "sync", true) ? ifx_check_task(L) : NULL;
}

static uint32_t field_mode(lua_State *L, int table) {
  lua_Integer mode = ifx_field_integer(L, table, "mode", -1);
  if (mode == -1) return IFX_FS_KEEP_MODE;
  if (mode < 0 || mode > 07777)
    ifx_raise_argument(L, table, "field 'mode': permission bits expected");
  return (uint32_t)mode;
}

/* write(path, bytes, {mode=, sync=true}) */
static int fs_write(lua_State *L) {
  IfxFsWrite file = {.path = ifx_fs_check_path(L, 1)};
  file.bytes = ifx_check_string(L, 2, &file.len);
  file.mode = field_mode(L, 3);
  return write_files(L, syncing_task(L, 3), &file, 1);
}

/* A string field of the table on top, which stays on the stack below the table. */
static const char *keep_field(lua_State *L, const char *name, lua_Integer item, size_t *len) {
  if (lua_getfield(L, -1, name) != LUA_TSTRING) {
    ifx_raise_argument(L, 1, "item %d, field '%s': string expected, got %s", (int)item, name,
                       luaL_typename(L, -1));
  }
  const char *s = lua_tolstring(L, -1, len);
  lua_insert(L, -2);
  return s;
}

static void read_file(lua_State *L, lua_Integer item, IfxFsWrite *file) {
  size_t len;
  if (lua_rawgeti(L, 1, item) != LUA_TTABLE) {
    ifx_raise_argument(L, 1, "item %d: table expected, got %s", (int)item, luaL_typename(L, -1));
  }
  file->path = keep_field(L, "path", item, &len);
  if (strlen(file->path) != len)
    ifx_raise_argument(L, 1, "item %d: the path holds a NUL byte", (int)item);
  file->bytes = keep_field(L, "bytes", item, &file->len);
  file->mode = field_mode(L, lua_gettop(L));
  lua_pop(L, 1);
}

/* write_all({{path=, bytes=, mode=}, …}, {sync=true}) */
static int fs_write_all(lua_State *L) {
  ifx_check_table(L, 1);
  size_t n = lua_rawlen(L, 1);
  if (n > MAX_FILES) return ifx_raise_argument(L, 1, "at most %d files expected", MAX_FILES);
  Task *task = syncing_task(L, 2);
  IfxFsWrite *files = lua_newuserdatauv(L, (n + 1) * sizeof *files, 0);
  luaL_checkstack(L, (int)(2 * n) + 8, "too many files");
  for (size_t i = 0; i < n; i++) read_file(L, (lua_Integer)i + 1, &files[i]);
  return n ? write_files(L, task, files, n) : 0;
}

/* ---- locks ---- */

static int *check_lock(lua_State *L) { return luaL_checkudata(L, 1, LOCK_META); }

static int lock_close(lua_State *L) {
  int *fd = check_lock(L);
  if (*fd >= 0) ifx_fs_lock_close(*fd);
  *fd = -1;
  return 0;
}

/* Trying again and again until the lock is free, the time is over or the task is cancelled. `fd`
 * belongs to the lock object, which is argument 3 of the suspended call. */
typedef struct Attempt {
  uv_timer_t timer;
  Wait wait;
  IfxErr err;
  uint64_t deadline; /* of uv_now */
  IfxFsFound found;
  bool exclusive;
  int fd;
  char path[];
} Attempt;

static Attempt *attempt_of(Wait *w) { return (Attempt *)((char *)w - offsetof(Attempt, wait)); }

static void attempt_closed(uv_handle_t *h) { ifx_wait_end(&((Attempt *)h->data)->wait); }

static void attempt_end(Attempt *a) {
  if (!uv_is_closing((uv_handle_t *)&a->timer)) uv_close((uv_handle_t *)&a->timer, attempt_closed);
}

static void attempt_again(uv_timer_t *timer) {
  Attempt *a = timer->data;
  a->found = ifx_fs_lock_try(a->fd, a->exclusive, a->path, &a->err);
  if (a->found != IFX_FS_ABSENT) {
    attempt_end(a);
  } else if (uv_now(timer->loop) >= a->deadline) {
    ifx_fs_lock_busy(a->fd, a->path, &a->err);
    attempt_end(a);
  }
}

static void attempt_abort(Wait *w) { attempt_end(attempt_of(w)); }

static int attempt_finish(lua_State *L, Wait *w) {
  Attempt *a = attempt_of(w);
  bool aborted = w->aborted, held = a->found == IFX_FS_FOUND && !aborted;
  IfxErr err = a->err;
  free(a);
  lua_settop(L, 3);
  if (held) return 1;
  int *fd = lua_touserdata(L, 3);
  ifx_fs_lock_close(*fd);
  *fd = -1;
  return aborted ? 0 : ifx_raise(L, &err);
}

static int wait_for_lock(lua_State *L, Task *task, int fd, const char *path, bool exclusive,
                         double seconds) {
  size_t size = strlen(path) + 1;
  Attempt *a = calloc(1, sizeof *a + size);
  if (!a) {
    IfxErr err;
    ifx_err_nomem(&err);
    return ifx_raise(L, &err);
  }
  memcpy(a->path, path, size);
  a->fd = fd;
  a->exclusive = exclusive;
  uv_timer_init(ifx_loop(L), &a->timer);
  a->timer.data = a;
  uv_update_time(ifx_loop(L));
  a->deadline = uv_now(ifx_loop(L)) + (uint64_t)(seconds * 1000);
  uv_timer_start(&a->timer, attempt_again, 10, 25);
  return ifx_wait_begin(L, task, &a->wait, attempt_abort, attempt_finish);
}

/* lock(path, {timeout=30, exclusive=true}) */
static int fs_lock(lua_State *L) {
  Task *task = ifx_check_task(L);
  const char *path = ifx_fs_check_path(L, 1);
  double seconds = ifx_field_number(L, 2, "timeout", LOCK_SECONDS);
  bool exclusive = ifx_field_boolean(L, 2, "exclusive", true);
  if (!(seconds >= 0 && seconds <= LOCK_FOREVER))
    return ifx_raise_argument(L, 2, "field 'timeout': seconds expected");
  IfxErr err;
  lua_settop(L, 2);
  int *fd = lua_newuserdatauv(L, sizeof *fd, 0);
  *fd = -1;
  luaL_setmetatable(L, LOCK_META);
  *fd = ifx_fs_lock_open(path, &err);
  if (*fd < 0) return ifx_raise(L, &err);
  IfxFsFound found = ifx_fs_lock_try(*fd, exclusive, path, &err);
  if (found == IFX_FS_FOUND) return 1;
  if (found == IFX_FS_ABSENT && seconds > 0)
    return wait_for_lock(L, task, *fd, path, exclusive, seconds);
  if (found == IFX_FS_ABSENT) ifx_fs_lock_busy(*fd, path, &err);
  ifx_fs_lock_close(*fd);
  *fd = -1;
  return ifx_raise(L, &err);
}

static const luaL_Reg functions[] = {
    {"write", fs_write}, {"write_all", fs_write_all}, {"lock", fs_lock}, {NULL, NULL}};
static const luaL_Reg lock_methods[] = {{"unlock", lock_close}, {NULL, NULL}};

void ifx_open_fs_write(lua_State *L) {
  luaL_newmetatable(L, LOCK_META);
  lua_pushcfunction(L, lock_close);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, lock_close);
  lua_setfield(L, -2, "__close");
  lua_newtable(L);
  luaL_setfuncs(L, lock_methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
