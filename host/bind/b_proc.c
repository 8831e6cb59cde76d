/* b_proc.c: module `proc`: conversations with child processes. SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "../core/proc.h"
#include "../task.h"
#include "bind.h"

#define HIGH_WATER  ((size_t)1 << 20)
#define STDERR_TAIL ((size_t)1 << 16)

/* ---- reading ---- */

typedef enum { READ_BYTES, READ_LINE, READ_ALL } ReadMode;

/* A call on a child that is suspended. One of each kind at a time, but all kinds at once: a task
 * writes while another reads. */
typedef struct Reader {
  Wait wait;
  IfxChild *child;
  bool active;
  ReadMode mode;
  size_t n;       /* READ_BYTES */
  size_t scanned; /* READ_LINE: so far no line end */
} Reader;

typedef struct Waiter {
  Wait wait;
  IfxChild *child;
  bool active;
} Waiter;

/* The userdata. It stays on the stack of every suspended call, so it outlives them. */
struct IfxChild {
  IfxProc *p; /* NULL: not started, or given up */
  IfxChildRun *run;
  Reader reader;
  Waiter writer, ender, closer;
};

static IfxChild *check_child(lua_State *L) {
  IfxChild *c = luaL_checkudata(L, 1, IFX_CHILD_META);
  if (!c->p) ifx_raise_argument(L, 1, "the process is closed");
  return c;
}

/* Is what the reader waits for there? `take`: how many bytes to hand out, `skip`: and to drop
 * behind them. */
static bool readable(Reader *r, size_t *take, size_t *skip) {
  size_t len;
  const char *out = ifx_proc_output(r->child->p, &len);
  const char *end = NULL;
  *skip = 0;
  *take = r->mode == READ_BYTES && len > r->n ? r->n : len;
  if (r->mode == READ_BYTES && len >= r->n) return true;
  if (r->mode == READ_LINE) end = memchr(out + r->scanned, '\n', len - r->scanned);
  if (!end) {
    r->scanned = len;
    return ifx_proc_output_ended(r->child->p);
  }
  *take = (size_t)(end - out);
  *skip = 1;
  return true;
}

static int raise_stopped(lua_State *L, IfxChild *c) {
  IfxErr err;
  if (ifx_proc_why(c->p) == IFX_PROC_TIMEOUT) {
    ifx_err_set(&err, IFX_E_TIMEOUT, "the program was stopped: its time was over");
  } else {
    ifx_err_set(&err, IFX_E_LIMIT, "the program was stopped: it wrote more than may be held");
  }
  return ifx_raise(L, &err);
}

static bool was_stopped(const IfxChild *c) {
  IfxProcWhy why = ifx_proc_why(c->p);
  return why == IFX_PROC_TIMEOUT || why == IFX_PROC_LIMIT;
}

static int raise_short(lua_State *L, size_t got, size_t wanted) {
  IfxErr err;
  ifx_err_set(&err, IFX_E_IO, "the program's output ended after %zu of %zu bytes", got, wanted);
  return ifx_raise(L, &err);
}

static int push_read(lua_State *L, Reader *r, size_t take, size_t skip) {
  IfxChild *c = r->child;
  size_t len;
  const char *out = ifx_proc_output(c->p, &len);
  bool full = r->mode == READ_BYTES ? take == r->n : skip > 0;
  if (!full && was_stopped(c)) return raise_stopped(L, c);
  if (!full && r->mode == READ_BYTES && take) return raise_short(L, take, r->n);
  if (!full && r->mode != READ_ALL && !take) return 0;
  lua_pushlstring(L, out, take);
  ifx_proc_consume(c->p, take + skip);
  return 1;
}

static void abort_wait(Wait *w) { ifx_wait_end(w); }

static int read_finish(lua_State *L, Wait *w) {
  Reader *r = (Reader *)w;
  size_t take, skip;
  r->active = false;
  if (!r->child->p) return 0; /* closed by another task: at its end */
  ifx_proc_want(r->child->p, 0);
  if (w->aborted || !readable(r, &take, &skip)) return 0; /* the bytes stay */
  return push_read(L, r, take, skip);
}

static int raise_busy(lua_State *L, const char *what) {
  IfxErr err;
  ifx_err_set(&err, IFX_E_CONFLICT, "another task is %s this process", what);
  return ifx_raise(L, &err);
}

static int child_read_mode(lua_State *L, ReadMode mode, size_t n) {
  IfxChild *c = check_child(L);
  Reader *r = &c->reader;
  Task *task = ifx_check_task(L);
  if (r->active) return raise_busy(L, "reading from");
  size_t take, skip;
  r->mode = mode;
  r->n = n;
  r->scanned = 0;
  if (readable(r, &take, &skip)) return push_read(L, r, take, skip);
  r->active = true;
  ifx_proc_want(c->p, mode == READ_BYTES ? n : SIZE_MAX);
  return ifx_wait_begin(L, task, &r->wait, abort_wait, read_finish);
}

static int child_read(lua_State *L) {
  return child_read_mode(L, READ_BYTES, (size_t)ifx_check_integer(L, 2, 0, INT32_MAX));
}

static int child_line(lua_State *L) { return child_read_mode(L, READ_LINE, 0); }

static int child_read_all(lua_State *L) { return child_read_mode(L, READ_ALL, 0); }

/* ---- writing ---- */

static int raise_input(lua_State *L, const IfxErr *why) {
  IfxErr err = *why;
  snprintf(err.op, sizeof err.op, "write");
  return ifx_raise(L, &err);
}

static int write_finish(lua_State *L, Wait *w) {
  Waiter *writer = (Waiter *)w;
  IfxErr err;
  writer->active = false;
  if (w->aborted || (writer->child->p && !ifx_proc_input_lost(writer->child->p))) return 0;
  ifx_err_set(&err, IFX_E_PROCESS, "the program closed its input before all was written");
  return raise_input(L, &err);
}

static int child_write(lua_State *L) {
  IfxChild *c = check_child(L);
  Task *task = ifx_check_task(L);
  size_t len;
  const char *bytes = ifx_check_string(L, 2, &len);
  IfxErr err;
  if (c->writer.active) return raise_busy(L, "writing to");
  if (!ifx_proc_write(c->p, bytes, len, &err)) return raise_input(L, &err);
  if (!ifx_proc_unwritten(c->p)) return 0;
  c->writer.active = true;
  return ifx_wait_begin(L, task, &c->writer.wait, abort_wait, write_finish);
}

static int child_close_input(lua_State *L) {
  ifx_proc_close_input(check_child(L)->p);
  return 0;
}

/* ---- the end ---- */

static int end_finish(lua_State *L, Wait *w) {
  Waiter *ender = (Waiter *)w;
  IfxChild *c = ender->child;
  ender->active = false;
  if (w->aborted || !c->p) return 0;
  ifx_proc_want(c->p, 0);
  if (was_stopped(c)) return raise_stopped(L, c);
  const IfxBuf *errors = ifx_proc_errors(c->p);
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, ifx_proc_status(c->p));
  lua_setfield(L, -2, "status");
  if (ifx_proc_signal(c->p)) {
    lua_pushinteger(L, ifx_proc_signal(c->p));
    lua_setfield(L, -2, "signal");
  }
  lua_pushlstring(L, errors->data ? errors->data : "", errors->len);
  lua_setfield(L, -2, "stderr");
  return 1;
}

static int child_wait(lua_State *L) {
  IfxChild *c = check_child(L);
  Task *task = ifx_check_task(L);
  if (c->ender.active) return raise_busy(L, "waiting for");
  ifx_proc_close_input(c->p);
  ifx_proc_want(c->p, SIZE_MAX);
  c->ender.wait.aborted = false;
  if (ifx_proc_done(c->p)) return end_finish(L, &c->ender.wait);
  c->ender.active = true;
  return ifx_wait_begin(L, task, &c->ender.wait, abort_wait, end_finish);
}

static int signal_number(lua_State *L, int arg) {
  static const struct {
    const char *name;
    int number;
  } known[] = {{"TERM", SIGTERM}, {"KILL", SIGKILL}, {"INT", SIGINT},  {"HUP", SIGHUP},
               {"QUIT", SIGQUIT}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}};
  const char *name = lua_isnoneornil(L, arg) ? "TERM" : ifx_check_string(L, arg, NULL);
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp(known[i].name, name) == 0) return known[i].number;
  }
  return ifx_raise_argument(L, arg, "no signal '%s'", name);
}

static int child_kill(lua_State *L) {
  IfxChild *c = check_child(L);
  int number = signal_number(L, 2);
  lua_pushboolean(L, ifx_proc_kill(c->p, number));
  return 1;
}

static void give_up(IfxChild *c) {
  if (c->p) ifx_proc_release(c->p);
  c->p = NULL;
  c->run = NULL;
  if (c->reader.active) ifx_wait_end(&c->reader.wait);
  if (c->writer.active) ifx_wait_end(&c->writer.wait);
  if (c->ender.active) ifx_wait_end(&c->ender.wait);
}

static int close_finish(lua_State *L, Wait *w) {
  Waiter *closer = (Waiter *)w;
  (void)L;
  closer->active = false;
  give_up(closer->child);
  return 0;
}

static int child_gc(lua_State *L) {
  give_up(luaL_checkudata(L, 1, IFX_CHILD_META));
  return 0;
}

/* Stop the group and wait until it is reaped, also in a cancelled task: that takes little more than
 * two seconds at the most. */
static int child_close(lua_State *L) {
  IfxChild *c = luaL_checkudata(L, 1, IFX_CHILD_META);
  if (!c->p || c->closer.active) return 0;
  Task *task = ifx_proc_done(c->p) ? NULL : ifx_closing_task(L);
  if (!task) return child_gc(L);
  c->run = NULL; /* its frame is being left */
  ifx_proc_stop(c->p, IFX_PROC_STOPPED);
  c->closer.active = true;
  return ifx_wait_begin(L, task, &c->closer.wait, NULL, close_finish);
}

/* ---- making one ---- */

static void on_change(void *ctx) {
  IfxChild *c = ctx;
  size_t take, skip;
  bool done = ifx_proc_done(c->p);
  if (c->reader.active && readable(&c->reader, &take, &skip)) ifx_wait_end(&c->reader.wait);
  if (c->writer.active && (done || !ifx_proc_unwritten(c->p))) ifx_wait_end(&c->writer.wait);
  if (c->ender.active && done) ifx_wait_end(&c->ender.wait);
  if (c->closer.active && done) ifx_wait_end(&c->closer.wait);
  if (c->run) ifx_child_run_changed(c->run);
}

IfxChild *ifx_new_child(lua_State *L) {
  IfxChild *c = lua_newuserdatauv(L, sizeof *c, 0);
  *c = (IfxChild){0};
  c->reader.child = c->writer.child = c->ender.child = c->closer.child = c;
  luaL_setmetatable(L, IFX_CHILD_META);
  return c;
}

IfxProc *ifx_child_start(lua_State *L, IfxChild *c, IfxProcSpec *spec, IfxChildRun *run) {
  IfxErr err;
  spec->notify = on_change;
  spec->ctx = c;
  c->run = run;
  c->p = ifx_proc_spawn(ifx_loop(L), spec, &err);
  if (!c->p) ifx_raise(L, &err);
  return c->p;
}

/* spawn(argv, {cwd=, env=, timeout=, max_output=}) */
static int proc_spawn(lua_State *L) {
  IfxProcSpec spec = {
      .input = IFX_PROC_INPUT_PIPE, .high_water = HIGH_WATER, .stderr_tail = STDERR_TAIL};
  ifx_check_task(L);
  lua_settop(L, 2);
  ifx_child_options(L, &spec);
  spec.timeout = ifx_child_timeout(L, 0);
  ifx_child_start(L, ifx_new_child(L), &spec, NULL);
  return 1;
}

static const luaL_Reg methods[] = {{"write", child_write},       {"close_input", child_close_input},
                                   {"read", child_read},         {"line", child_line},
                                   {"read_all", child_read_all}, {"wait", child_wait},
                                   {"kill", child_kill},         {NULL, NULL}};

static const luaL_Reg functions[] = {{"spawn", proc_spawn}, {NULL, NULL}};

int luaopen_proc(lua_State *L) {
  luaL_newmetatable(L, IFX_CHILD_META);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, child_close);
  lua_setfield(L, -2, "__close");
  lua_pushcfunction(L, child_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  ifx_open_proc_run(L);
  return 1;
}
