/* proc.c: starting, stopping and reaping children. SPDX-License-Identifier: Apache-2.0 */
#include "proc_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GRACE_MS  2000
#define LINGER_MS 2000
#define TICK_MS   50

/* ---- the end ---- */

static void free_proc(IfxProc *p) {
  ifx_buf_free(&p->out);
  ifx_buf_free(&p->err);
  free(p);
}

bool ifx_proc_done(const IfxProc *p) { return p->handles == 0; }

void ifx_proc_changed(IfxProc *p) {
  if (!p->released) {
    p->notify(p->ctx);
  } else if (ifx_proc_done(p)) {
    free_proc(p);
  }
}

static void on_closed(uv_handle_t *handle) {
  IfxProc *p = handle->data;
  p->handles--;
  ifx_proc_changed(p);
}

void ifx_proc_close(uv_handle_t *handle) {
  if (!uv_is_closing(handle)) uv_close(handle, on_closed);
}

static bool streams_ended(const IfxProc *p) {
  for (int i = PROC_OUT; i <= PROC_ERR; i++) {
    if (p->used[i] && !uv_is_closing((const uv_handle_t *)&p->pipes[i])) return false;
  }
  return true;
}

static void close_all(IfxProc *p) {
  for (int i = 0; i < PROC_PIPES; i++) {
    if (p->used[i]) ifx_proc_close((uv_handle_t *)&p->pipes[i]);
  }
  ifx_proc_close((uv_handle_t *)&p->timer);
  ifx_proc_close((uv_handle_t *)&p->child);
}

void ifx_proc_settle(IfxProc *p) {
  if (!p->exited || !streams_ended(p)) return;
  if (p->kill_at && !p->killed && ifx_proc_group_alive(p->pid))
    return; /* others of the group may still be cleaning up */
  close_all(p);
}

/* ---- the clock ---- */

void ifx_proc_linger(IfxProc *p) { p->linger = uv_now(p->timer.loop) + LINGER_MS; }

static void kill_group(IfxProc *p) {
  p->killed = true;
  ifx_proc_kill(p, SIGKILL);
  ifx_proc_linger(p);
}

static void give_up_streams(IfxProc *p) {
  for (int i = PROC_OUT; i <= PROC_ERR; i++) {
    if (p->used[i]) ifx_proc_close((uv_handle_t *)&p->pipes[i]);
  }
}

void ifx_proc_tick(uv_timer_t *timer) {
  IfxProc *p = timer->data;
  uint64_t now = uv_now(timer->loop);
  if (p->kill_at && !p->killed && now >= p->kill_at) kill_group(p);
  if (!p->kill_at && p->deadline && now >= p->deadline) ifx_proc_stop(p, IFX_PROC_TIMEOUT);
  if (p->exited && !p->paused && p->linger && now >= p->linger) give_up_streams(p);
  ifx_proc_settle(p);
  if (uv_is_closing((uv_handle_t *)timer)) return;
  if (p->kill_at || p->exited) {
    uv_timer_start(timer, ifx_proc_tick, TICK_MS, 0);
  } else if (p->deadline) {
    uv_timer_start(timer, ifx_proc_tick, p->deadline - now, 0);
  }
}

bool ifx_proc_kill(IfxProc *p, int signum) {
  return !ifx_proc_done(p) && kill(-p->pid, signum) == 0;
}

void ifx_proc_stop(IfxProc *p, IfxProcWhy why) {
  if (p->kill_at || ifx_proc_done(p) || uv_is_closing((uv_handle_t *)&p->timer)) return;
  if (p->why == IFX_PROC_RAN) p->why = why;
  uv_update_time(p->timer.loop);
  p->kill_at = uv_now(p->timer.loop) + GRACE_MS;
  ifx_proc_kill(p, SIGTERM);
  ifx_proc_kill(p, SIGCONT); /* a stopped process does not act on SIGTERM */
  uv_timer_start(&p->timer, ifx_proc_tick, TICK_MS, 0);
}

void ifx_proc_ended(IfxProc *p, int status, int signum) {
  p->exited = true;
  p->status = status;
  p->signal = signum;
  ifx_proc_linger(p);
  if (p->used[PROC_IN]) ifx_proc_close((uv_handle_t *)&p->pipes[PROC_IN]);
  ifx_proc_settle(p);
  if (!uv_is_closing((uv_handle_t *)&p->timer))
    uv_timer_start(&p->timer, ifx_proc_tick, TICK_MS, 0);
  ifx_proc_changed(p);
}

void ifx_proc_release(IfxProc *p) {
  p->released = true;
  if (ifx_proc_done(p)) {
    free_proc(p);
    return;
  }
  p->paused = false;
  give_up_streams(p);
  ifx_proc_stop(p, IFX_PROC_STOPPED);
}

/* ---- starting ---- */

static bool fail_at(IfxErr *err, const char *op, const char *file) {
  snprintf(err->op, sizeof err->op, "%s", op);
  if (file) snprintf(err->file, sizeof err->file, "%s", file);
  return false;
}

static bool no_program(IfxErr *err, const char *name) {
  ifx_err_set(err, IFX_E_NOT_FOUND, "the program '%s' was not found", name);
  if (strchr(name, '/')) {
    ifx_err_hint(err, "check the path");
  } else {
    ifx_err_hint(err, "install %s, or add its folder to PATH", name);
  }
  return fail_at(err, "start", NULL);
}

static bool check_cwd(const char *cwd, IfxErr *err) {
  struct stat st;
  if (!cwd) return true;
  int errnum = stat(cwd, &st) < 0 ? errno : S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
  if (!errnum) return true;
  ifx_err_errno(err, errnum, "the working folder of the program");
  return fail_at(err, "start", cwd);
}

/* Why the start failed, after folder and program were found. */
static bool spawn_failed(IfxErr *err, const char *file, int rc) {
  if (rc == UV_ENOENT && access(file, F_OK) < 0) return no_program(err, file);
  if (rc == UV_ENOENT) {
    ifx_err_set(err, IFX_E_NOT_FOUND, "the program's interpreter (its '#!' line) was not found");
  } else {
    ifx_err_errno(err, -rc, "cannot run the program");
  }
  return fail_at(err, "start", file);
}

/* The loop's end of a new pipe; the child's end in `theirs`. True pipes, not libuv's socket pairs:
 * a child can open /dev/stdin. */
static int open_pipe(IfxProc *p, int which, int *theirs) {
  uv_file fds[2];
  bool in = which == PROC_IN;
  int rc = uv_pipe(fds, in ? 0 : UV_NONBLOCK_PIPE, in ? UV_NONBLOCK_PIPE : 0);
  if (rc < 0) return rc;
  *theirs = fds[in ? 0 : 1];
  uv_pipe_init(p->timer.loop, &p->pipes[which], 0);
  p->pipes[which].data = p;
  p->used[which] = true;
  p->handles++;
  int mine = fds[in ? 1 : 0];
  rc = uv_pipe_open(&p->pipes[which], mine);
  if (rc < 0) close(mine);
  return rc;
}

static int spawn_file(IfxProc *p, const IfxProcSpec *spec, const char *file, char **env) {
  int theirs[PROC_PIPES] = {-1, -1, -1}, fds[PROC_PIPES], rc = 0;
  for (int i = 0; i < PROC_PIPES && rc == 0; i++) {
    bool piped = !(i == PROC_IN && spec->input == IFX_PROC_INPUT_NONE) &&
                 !(i == PROC_ERR && spec->inherit_stderr);
    if (piped) rc = open_pipe(p, i, &theirs[i]);
    fds[i] = i == PROC_ERR && spec->inherit_stderr ? STDERR_FILENO : theirs[i];
  }
  ifx_proc_keep_descriptors();
  if (rc == 0) rc = ifx_proc_start(p, spec, file, env, fds);
  for (int i = 0; i < PROC_PIPES; i++) {
    if (theirs[i] >= 0) close(theirs[i]);
  }
  return rc;
}

/* A write to a child that has gone must be an error, not the end of this process. Children get
 * the default back. */
static void ignore_sigpipe(void) {
  struct sigaction old;
  if (sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

static IfxProc *new_proc(uv_loop_t *loop, const IfxProcSpec *spec) {
  IfxProc *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->notify = spec->notify;
  p->ctx = spec->ctx;
  p->max_output = spec->max_output;
  p->high_water = spec->high_water;
  p->stderr_tail = spec->stderr_tail;
  uv_timer_init(loop, &p->timer);
  p->timer.data = p;
  p->handles = 1;
  return p;
}

/* Nothing runs: close what was opened; the loop frees it. */
static void abandon(IfxProc *p) {
  p->released = true;
  p->exited = true;
  for (int i = 0; i < PROC_PIPES; i++) {
    if (p->used[i]) ifx_proc_close((uv_handle_t *)&p->pipes[i]);
  }
  if (p->child.loop) ifx_proc_close((uv_handle_t *)&p->child);
  ifx_proc_close((uv_handle_t *)&p->timer);
}

static IfxProc *spawn_found(uv_loop_t *loop, const IfxProcSpec *spec, const char *file, char **env,
                            IfxErr *err) {
  IfxProc *p = new_proc(loop, spec);
  if (!p) {
    ifx_err_nomem(err);
    return NULL;
  }
  ignore_sigpipe();
  int rc = spawn_file(p, spec, file, env);
  if (rc < 0) {
    spawn_failed(err, file, rc);
    abandon(p);
    return NULL;
  }
  if (!ifx_proc_start_io(p, spec, err)) {
    ifx_proc_release(p);
    return NULL;
  }
  if (spec->timeout > 0) {
    uv_update_time(loop);
    p->deadline = uv_now(loop) + (uint64_t)(spec->timeout * 1000 + 0.5);
    uv_timer_start(&p->timer, ifx_proc_tick, (uint64_t)(spec->timeout * 1000 + 0.5), 0);
  }
  return p;
}

IfxProc *ifx_proc_spawn(uv_loop_t *loop, const IfxProcSpec *spec, IfxErr *err) {
  IfxBuf file = {0};
  IfxProc *p = NULL;
  const char *name = spec->argv[0];
  if (!check_cwd(spec->cwd, err)) return NULL;
  char **env = ifx_proc_environment(spec->env);
  if (!env) {
    ifx_err_nomem(err);
    return NULL;
  }
  if (strchr(name, '/')) {
    p = spawn_found(loop, spec, name, env, err);
  } else if (ifx_proc_find(name, ifx_proc_variable(env, "PATH"), &file)) {
    p = spawn_found(loop, spec, file.data, env, err);
  } else if (file.failed) {
    ifx_err_nomem(err);
  } else {
    no_program(err, name);
  }
  ifx_buf_free(&file);
  free(env);
  return p;
}

IfxProcWhy ifx_proc_why(const IfxProc *p) { return p->why; }

int ifx_proc_status(const IfxProc *p) { return p->signal ? 128 + p->signal : p->status; }

int ifx_proc_signal(const IfxProc *p) { return p->signal; }

pid_t ifx_proc_pid(const IfxProc *p) { return p->pid; }
