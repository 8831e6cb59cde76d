/* proc_internal.h: what the parts of the proc library share. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_PROC_INTERNAL_H
#define IFX_PROC_INTERNAL_H

#include "proc.h"

enum { PROC_IN, PROC_OUT, PROC_ERR, PROC_PIPES };

struct IfxProc {
  uv_signal_t child; /* told when a child ended */
  pid_t pid;
  uv_timer_t timer;
  uv_pipe_t pipes[PROC_PIPES];
  bool used[PROC_PIPES]; /* the pipe is open, or was */
  int handles;           /* not closed yet */
  void (*notify)(void *ctx);
  void *ctx;
  IfxBuf out;
  size_t out_read; /* consumed bytes at the start of `out` */
  IfxBuf err;
  size_t max_output, high_water, stderr_tail, want;
  size_t unwritten;
  uint64_t deadline; /* of uv_now; 0: none */
  uint64_t kill_at;  /* when SIGKILL follows SIGTERM; 0: not stopping */
  uint64_t linger;   /* after the exit: when streams held open by others are given up */
  IfxProcWhy why;
  int status, signal;
  bool exited, killed, paused, closing_input, input_lost, released;
};

void ifx_proc_changed(IfxProc *p);     /* tell the owner, or free what nobody owns any more */
void ifx_proc_tick(uv_timer_t *timer); /* look at the clock: deadline, SIGKILL, lingering streams */
void ifx_proc_linger(IfxProc *p);      /* streams still open are given up in 2 s */
void ifx_proc_settle(IfxProc *p);      /* close all handles when nothing more can happen */
void ifx_proc_close(uv_handle_t *handle); /* once; harmless when it is closing */

void ifx_proc_ended(IfxProc *p, int status, int signum);
/* Runs `file`; fds: what its streams are, -1: nothing. 0, or what failed as a negative errno. */
int ifx_proc_start(IfxProc *p, const IfxProcSpec *spec, const char *file, char **env,
                   const int *fds);

bool ifx_proc_group_alive(pid_t group); /* zombies do not count */
bool ifx_proc_start_io(IfxProc *p, const IfxProcSpec *spec, IfxErr *err);
char **ifx_proc_environment(const char *const *changes); /* free() frees all; NULL: no memory */
const char *ifx_proc_variable(char *const *env, const char *name);
void ifx_proc_keep_descriptors(void); /* descriptors above 2 are not for children */

#endif
