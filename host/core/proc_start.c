/* proc_start.c: a child that shares the memory of its parent until its program runs: fork() would
 * copy the page tables of hundreds of megabytes, for each git. SPDX-License-Identifier: Apache-2.0
 */
#include "proc_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its own session, and so its own group; no signal is ignored or blocked. */
static int set_attributes(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setsigdefault(attributes, &all);
  return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF |
                                                  POSIX_SPAWN_SETSIGMASK);
}

static int set_actions(posix_spawn_file_actions_t *actions, const char *cwd, const int *fds) {
  int rc = 0;
  for (int i = 0; i < PROC_PIPES && rc == 0; i++) {
    rc = fds[i] >= 0 ? posix_spawn_file_actions_adddup2(actions, fds[i], i)
                     : posix_spawn_file_actions_addopen(actions, i, "/dev/null",
                                                        i == PROC_IN ? O_RDONLY : O_RDWR, 0);
  }
  return rc == 0 && cwd ? posix_spawn_file_actions_addchdir_np(actions, cwd) : rc;
}

/* A script without '#!' is one for the shell, as execvp() has it. */
static int run(IfxProc *p, const char *file, const posix_spawn_file_actions_t *actions,
               const posix_spawnattr_t *attributes, const char *const *argv, char **env) {
  int rc = posix_spawn(&p->pid, file, actions, attributes, (char **)(uintptr_t)argv, env);
  if (rc != ENOEXEC) return rc;
  size_t n = 1;
  while (argv[n]) n++;
  const char **words = calloc(n + 2, sizeof *words);
  if (!words) return ENOMEM;
  words[0] = "/bin/sh";
  words[1] = file;
  memcpy(&words[2], &argv[1], (n - 1) * sizeof *words);
  rc = posix_spawn(&p->pid, words[0], actions, attributes, (char **)(uintptr_t)words, env);
  free(words);
  return rc;
}

static int start(IfxProc *p, const IfxProcSpec *spec, const char *file, char **env,
                 const int *fds) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  int rc = posix_spawnattr_init(&attributes);
  if (rc != 0) return rc;
  rc = posix_spawn_file_actions_init(&actions);
  if (rc == 0) {
    rc = set_attributes(&attributes);
    if (rc == 0) rc = set_actions(&actions, spec->cwd, fds);
    if (rc == 0) rc = run(p, file, &actions, &attributes, spec->argv, env);
    posix_spawn_file_actions_destroy(&actions);
  }
  posix_spawnattr_destroy(&attributes);
  return rc;
}

/* Some child ended: ours? */
static void on_child(uv_signal_t *signal, int signum) {
  IfxProc *p = signal->data;
  int status;
  (void)signum;
  if (p->exited || waitpid(p->pid, &status, WNOHANG) != p->pid) return;
  uv_signal_stop(signal);
  ifx_proc_ended(p, WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                 WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

int ifx_proc_start(IfxProc *p, const IfxProcSpec *spec, const char *file, char **env,
                   const int *fds) {
  uv_signal_init(p->timer.loop, &p->child);
  p->child.data = p;
  p->handles++;
  int rc = uv_signal_start(&p->child, on_child, SIGCHLD); /* first: it may end at once */
  return rc < 0 ? rc : -start(p, spec, file, env, fds);
}
