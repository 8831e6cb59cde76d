/* proc.h: child processes on a libuv loop. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_PROC_H
#define IFX_PROC_H

#include "buf.h"
#include "err.h"

#include <sys/types.h>
#include <uv.h>

/* A child in its own process group and session, without a shell and with no descriptors but its
 * three streams. It is always reaped. Everything here runs on the loop's thread. */
typedef struct IfxProc IfxProc;

typedef enum { IFX_PROC_INPUT_NONE, IFX_PROC_INPUT_BYTES, IFX_PROC_INPUT_PIPE } IfxProcInput;

typedef struct IfxProcSpec {
  const char *const *argv; /* NULL-terminated; argv[0] is looked up on PATH unless it holds a '/' */
  const char *const *env;  /* NULL or NULL-terminated changes: "NAME=VALUE" sets, "NAME" removes */
  const char *cwd;         /* NULL: that of this process */
  IfxProcInput input;      /* NONE: /dev/null */
  const char *bytes;       /* for BYTES; copied */
  size_t bytes_len;
  bool inherit_stderr;
  size_t max_output;  /* of captured bytes, both streams together; 0: no bound */
  size_t high_water;  /* stop reading stdout while this much is unread; 0: never stop */
  size_t stderr_tail; /* keep only about this many of the last bytes of stderr; 0: all */
  double timeout;     /* seconds; 0: none */
  void (*notify)(
      void *ctx); /* something changed: bytes, end of a stream, a finished write, the end */
  void *ctx;
} IfxProcSpec;

typedef enum {
  IFX_PROC_RAN,     /* not stopped from here */
  IFX_PROC_TIMEOUT, /* the timeout passed */
  IFX_PROC_LIMIT,   /* more than max_output */
  IFX_PROC_STOPPED  /* ifx_proc_stop */
} IfxProcWhy;

/* NULL: `err` says what is missing: the program, its interpreter or the folder. `loop` must go on
 * running until what the failed attempt opened is closed. */
IfxProc *ifx_proc_spawn(uv_loop_t *loop, const IfxProcSpec *spec, IfxErr *err);

/* SIGTERM to the whole group now, SIGKILL 2 s later to what is left of it. The first reason stays.
 */
void ifx_proc_stop(IfxProc *p, IfxProcWhy why);
bool ifx_proc_kill(IfxProc *p, int signum); /* a signal to the whole group; false: nobody is left */

/* Give the child up: notify is not called again. A child that runs is stopped; memory goes when it
 * is reaped. */
void ifx_proc_release(IfxProc *p);

/* Reaped, and every handle is closed. Where a process that outlives the child holds its streams
 * open, they are given up 2 s after the child's end, or after the last bytes that came. */
bool ifx_proc_done(const IfxProc *p);
IfxProcWhy ifx_proc_why(const IfxProc *p);
int ifx_proc_status(const IfxProc *p); /* exit status; after a signal 128 + its number */
int ifx_proc_signal(const IfxProc *p); /* 0: not ended by a signal */
pid_t ifx_proc_pid(const IfxProc *p);

/* Unread bytes of stdout, consumed from the front; the pointer holds until the loop runs. */
const char *ifx_proc_output(const IfxProc *p, size_t *len);
void ifx_proc_consume(IfxProc *p, size_t n);
bool ifx_proc_output_ended(const IfxProc *p);
/* Read on, whatever high_water says, until n bytes are there (0: back to high_water). */
void ifx_proc_want(IfxProc *p, size_t n);
const IfxBuf *ifx_proc_errors(const IfxProc *p);

/* Queue bytes for stdin (copied). False: the child does not read any more, or memory is gone. */
bool ifx_proc_write(IfxProc *p, const char *bytes, size_t len, IfxErr *err);
size_t ifx_proc_unwritten(const IfxProc *p);
bool ifx_proc_input_lost(const IfxProc *p); /* written bytes were not taken */
void ifx_proc_close_input(IfxProc *p);      /* once everything is written */

/* Append the absolute path of a program on PATH (relative folders of PATH are not searched). `path`
 * NULL: the variable of this process. */
bool ifx_proc_find(const char *name, const char *path, IfxBuf *out);

#endif
