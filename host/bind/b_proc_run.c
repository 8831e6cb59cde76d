/* b_proc_run.c: module `proc`: options, and running a program to its end. SPDX-License-Identifier:
 * Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../core/proc.h"
#include "../task.h"
#include "bind.h"

#define DEFAULT_TIMEOUT 600
#define DEFAULT_OUTPUT  ((lua_Integer)256 << 20)
#define HIGH_WATER      ((size_t)1 << 20)
#define MAX_ARGUMENTS   100000
#define SHOWN_LINES     5
#define SHOWN_BYTES     480

/* ---- options: argv is argument 1, the options are argument 2; what they hold is kept on the stack
 * ---- */

static const char *plain_string(lua_State *L, int arg, const char *what) {
  size_t len;
  if (lua_type(L, -1) != LUA_TSTRING) {
    ifx_raise_argument(L, arg, "%s: string expected, got %s", what, luaL_typename(L, -1));
  }
  const char *s = lua_tolstring(L, -1, &len);
  if (strlen(s) != len) ifx_raise_argument(L, arg, "%s holds a NUL byte", what);
  return s;
}

static const char *const *read_argv(lua_State *L) {
  ifx_check_table(L, 1);
  size_t n = lua_rawlen(L, 1);
  if (n < 1 || n > MAX_ARGUMENTS)
    ifx_raise_argument(L, 1, "a list with the program and its arguments expected");
  const char **argv = lua_newuserdatauv(L, (n + 1) * sizeof *argv, 0);
  for (size_t i = 0; i < n; i++) {
    char what[32];
    snprintf(what, sizeof what, "item %zu", i + 1);
    lua_rawgeti(L, 1, (lua_Integer)i + 1);
    argv[i] = plain_string(L, 1, what);
    lua_pop(L, 1);
  }
  argv[n] = NULL;
  if (!*argv[0]) ifx_raise_argument(L, 1, "the program's name is empty");
  return argv;
}

static lua_Integer count_keys(lua_State *L, int table) {
  lua_Integer n = 0;
  for (lua_pushnil(L); lua_next(L, table); n++) lua_pop(L, 1);
  return n;
}

/* The pair on top of the stack (key, value) as "KEY=VALUE" or, for false, "KEY": replaces the
 * value. */
static const char *push_change(lua_State *L) {
  if (lua_type(L, -2) != LUA_TSTRING)
    ifx_raise_argument(L, 2, "field 'env': names must be strings");
  lua_pushvalue(L, -2);
  const char *name = plain_string(L, 2, "field 'env': a name");
  lua_pop(L, 1);
  if (!*name || strchr(name, '=')) ifx_raise_argument(L, 2, "field 'env': '%s' is no name", name);
  if (lua_type(L, -1) == LUA_TBOOLEAN && !lua_toboolean(L, -1)) {
    lua_pushstring(L, name);
  } else {
    lua_pushfstring(L, "%s=%s", name, plain_string(L, 2, "field 'env': a value"));
  }
  lua_remove(L, -2);
  return lua_tostring(L, -1);
}

static const char *const *read_env(lua_State *L) {
  if (lua_isnil(L, 2) || lua_getfield(L, 2, "env") == LUA_TNIL) return NULL;
  int table = lua_gettop(L);
  if (!lua_istable(L, table)) ifx_raise_argument(L, 2, "field 'env': table expected");
  lua_Integer n = count_keys(L, table), k = 0;
  luaL_checkstack(L, (int)(n < INT32_MAX / 2 ? n : INT32_MAX / 2) + 8, "too many variables");
  const char **env = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *env, 0);
  for (lua_pushnil(L); lua_next(L, table); k++) {
    env[k] = push_change(L);
    lua_insert(L, -2); /* kept below the key */
  }
  env[k] = NULL;
  return env;
}

void ifx_child_options(lua_State *L, IfxProcSpec *spec) {
  spec->argv = read_argv(L);
  spec->env = read_env(L);
  size_t len;
  spec->cwd = ifx_field_string(L, 2, "cwd", NULL, &len);
  if (spec->cwd && strlen(spec->cwd) != len)
    ifx_raise_argument(L, 2, "field 'cwd' holds a NUL byte");
  lua_Integer max = ifx_field_integer(L, 2, "max_output", DEFAULT_OUTPUT);
  if (max < 1) ifx_raise_argument(L, 2, "field 'max_output': a number of bytes expected");
  spec->max_output = (size_t)max;
}

double ifx_child_timeout(lua_State *L, double dflt) {
  double seconds = ifx_field_number(L, 2, "timeout", dflt);
  if (!(seconds >= 0 && seconds <= 1e9))
    ifx_raise_argument(L, 2, "field 'timeout': seconds expected");
  return seconds;
}

/* ---- run ---- */

/* Stack of a running call: argv, options, on_stdout or nil, the child, this userdata. */
enum { ARGV = 1, OPTIONS, ON_STDOUT, CHILD, RUN };

struct IfxChildRun {
  Wait wait;
  IfxProc *p;
  bool waiting;
  bool streaming; /* there is an on_stdout */
  bool check;
  double timeout;
  size_t max_output;
};

static bool has_output(const IfxChildRun *r) {
  size_t len;
  ifx_proc_output(r->p, &len);
  return len > 0;
}

void ifx_child_run_changed(IfxChildRun *r) {
  if (!r->waiting) return;
  if (ifx_proc_done(r->p) || (r->streaming && !r->wait.aborted && has_output(r)))
    ifx_wait_end(&r->wait);
}

static void run_abort(Wait *w) { ifx_proc_stop(((IfxChildRun *)w)->p, IFX_PROC_STOPPED); }

/* The last lines of what the program said, as a message. */
static void last_lines(const IfxBuf *b, char *out, size_t size) {
  size_t end = b->len, lines = 0;
  while (end && (b->data[end - 1] == '\n' || b->data[end - 1] == '\r')) end--;
  size_t from = end;
  while (from && end - from < SHOWN_BYTES && !(b->data[from - 1] == '\n' && ++lines == SHOWN_LINES))
    from--;
  snprintf(out, size, "%.*s", (int)(end - from), b->data ? b->data + from : "");
}

/* Raise with the whole command as `op`. */
static int raise_run(lua_State *L, const IfxErr *err) {
  luaL_Buffer b;
  ifx_push_err(L, err);
  size_t n = lua_rawlen(L, ARGV);
  luaL_buffinit(L, &b);
  for (size_t i = 1; i <= n; i++) {
    if (i > 1) luaL_addchar(&b, ' ');
    lua_rawgeti(L, ARGV, (lua_Integer)i);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  lua_setfield(L, -2, "op");
  return lua_error(L);
}

static int raise_status(lua_State *L, const IfxChildRun *r) {
  IfxErr err;
  char lines[SHOWN_BYTES + 1];
  int signum = ifx_proc_signal(r->p);
  last_lines(ifx_proc_errors(r->p), lines, sizeof lines);
  if (*lines) {
    ifx_err_set(&err, IFX_E_PROCESS, "%s", lines);
  } else if (signum) {
    ifx_err_set(&err, IFX_E_PROCESS, "ended by signal %d", signum);
  } else {
    ifx_err_set(&err, IFX_E_PROCESS, "exit status %d", ifx_proc_status(r->p));
  }
  err.status = ifx_proc_status(r->p);
  return raise_run(L, &err);
}

static void set_bytes(lua_State *L, const char *name, const char *bytes, size_t len) {
  lua_pushlstring(L, len ? bytes : "", len);
  lua_setfield(L, -2, name);
}

static int push_result(lua_State *L, const IfxChildRun *r) {
  IfxErr err;
  size_t len;
  if (ifx_proc_why(r->p) == IFX_PROC_TIMEOUT) {
    ifx_err_set(&err, IFX_E_TIMEOUT, "did not end within %g s, and was stopped", r->timeout);
    return raise_run(L, &err);
  }
  if (ifx_proc_why(r->p) == IFX_PROC_LIMIT) {
    ifx_err_set(&err, IFX_E_LIMIT, "wrote more than %zu bytes, and was stopped", r->max_output);
    return raise_run(L, &err);
  }
  if (r->check && ifx_proc_status(r->p) != 0) return raise_status(L, r);
  const char *out = ifx_proc_output(r->p, &len);
  const IfxBuf *errors = ifx_proc_errors(r->p);
  lua_createtable(L, 0, 4);
  lua_pushinteger(L, ifx_proc_status(r->p));
  lua_setfield(L, -2, "status");
  if (ifx_proc_signal(r->p)) {
    lua_pushinteger(L, ifx_proc_signal(r->p));
    lua_setfield(L, -2, "signal");
  }
  set_bytes(L, "stdout", out, len);
  set_bytes(L, "stderr", errors->data, errors->len);
  return 1;
}

static int run_step(lua_State *L, IfxChildRun *r);

static int run_woken(lua_State *L, Wait *w) {
  IfxChildRun *r = (IfxChildRun *)w;
  r->waiting = false;
  return w->aborted ? 0 : run_step(L, r);
}

static int run_called(lua_State *L, int status, lua_KContext ctx) {
  (void)status;
  return run_step(L, (IfxChildRun *)ctx);
}

/* Hand chunks to on_stdout, wait for more, return the result at the end. The callback runs here, in
 * the calling task, and may itself wait; the program is held back meanwhile. */
static int run_step(lua_State *L, IfxChildRun *r) {
  lua_settop(L, RUN);
  while (r->streaming && has_output(r)) {
    size_t len;
    const char *out = ifx_proc_output(r->p, &len);
    lua_pushvalue(L, ON_STDOUT);
    lua_pushlstring(L, out, len);
    ifx_proc_consume(r->p, len);
    lua_callk(L, 1, 0, (lua_KContext)r, run_called);
  }
  if (ifx_proc_done(r->p)) return push_result(L, r);
  Task *task = ifx_check_task(L);
  r->waiting = true;
  return ifx_wait_begin(L, task, &r->wait, run_abort, run_woken);
}

static void read_run_options(lua_State *L, IfxProcSpec *spec, IfxChildRun *r) {
  const char *err = ifx_field_string(L, OPTIONS, "stderr", "capture", NULL);
  if (strcmp(err, "capture") != 0 && strcmp(err, "inherit") != 0) {
    ifx_raise_argument(L, OPTIONS, "field 'stderr': 'capture' or 'inherit' expected");
  }
  spec->inherit_stderr = strcmp(err, "inherit") == 0;
  spec->bytes = ifx_field_string(L, OPTIONS, "stdin", NULL, &spec->bytes_len);
  spec->input = spec->bytes ? IFX_PROC_INPUT_BYTES : IFX_PROC_INPUT_NONE;
  spec->timeout = r->timeout = ifx_child_timeout(L, DEFAULT_TIMEOUT);
  spec->high_water = r->streaming ? HIGH_WATER : 0;
  r->max_output = spec->max_output;
  r->check = ifx_field_boolean(L, OPTIONS, "check", true);
}

static void push_on_stdout(lua_State *L) {
  if (lua_isnil(L, OPTIONS)) {
    lua_pushnil(L);
    return;
  }
  ifx_check_table(L, OPTIONS);
  int type = lua_getfield(L, OPTIONS, "on_stdout");
  if (type != LUA_TNIL && type != LUA_TFUNCTION) {
    ifx_raise_argument(L, OPTIONS, "field 'on_stdout': function expected, got %s",
                       luaL_typename(L, -1));
  }
}

/* run(argv, options): the child is closed when this call is left, however that happens. */
static int proc_run(lua_State *L) {
  IfxProcSpec spec = {0};
  ifx_check_task(L);
  lua_settop(L, OPTIONS);
  push_on_stdout(L);
  IfxChild *c = ifx_new_child(L);
  lua_toclose(L, CHILD);
  IfxChildRun *r = lua_newuserdatauv(L, sizeof *r, 0);
  *r = (IfxChildRun){.streaming = !lua_isnil(L, ON_STDOUT)};
  ifx_child_options(L, &spec);
  read_run_options(L, &spec, r);
  r->p = ifx_child_start(L, c, &spec, r);
  return run_step(L, r);
}

/* find(name): absolute path of a program on PATH, or nil. */
static int proc_find(lua_State *L) {
  char path[4096];
  const char *name = ifx_check_string(L, 1, NULL);
  IfxBuf b = {0};
  bool found = ifx_proc_find(name, NULL, &b) && b.len < sizeof path;
  if (found) memcpy(path, b.data, b.len + 1);
  ifx_buf_free(&b);
  if (!found) return 0;
  lua_pushstring(L, path);
  return 1;
}

static const luaL_Reg functions[] = {{"run", proc_run}, {"find", proc_find}, {NULL, NULL}};

void ifx_open_proc_run(lua_State *L) { luaL_setfuncs(L, functions, 0); }
