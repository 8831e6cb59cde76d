/* err.h: the one error value of the C core. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_ERR_H
#define IFX_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The closed list of kinds; the same words are `kind` of a Lua error. */
#define IFX_E_ARGUMENT    "argument"    /* wrong arguments: a mistake of the caller */
#define IFX_E_PARSE       "parse"       /* text that its grammar refuses */
#define IFX_E_NOT_FOUND   "not_found"   /* a thing that was named does not exist */
#define IFX_E_EXISTS      "exists"      /* a thing that must not exist does */
#define IFX_E_PERMISSION  "permission"  /* the operating system says no */
#define IFX_E_IO          "io"          /* reading or writing failed */
#define IFX_E_PROCESS     "process"     /* a program failed; `status` is its exit code */
#define IFX_E_LIMIT       "limit"       /* input larger, deeper or more than allowed */
#define IFX_E_BUDGET      "budget"      /* a plugin used up its running time */
#define IFX_E_MEMORY      "memory"      /* out of memory, or over the cap of the Lua state */
#define IFX_E_TIMEOUT     "timeout"     /* a deadline passed */
#define IFX_E_CANCELLED   "cancelled"   /* the task or the run was cancelled */
#define IFX_E_CONFLICT    "conflict"    /* the world is not as it must be: dirty tree, lock held */
#define IFX_E_STALE       "stale"       /* what a plan was computed from has changed */
#define IFX_E_GRANT       "grant"       /* a plugin reaches for what its manifest does not grant */
#define IFX_E_TRUST       "trust"       /* code of a repository that nobody has trusted */
#define IFX_E_CONFIG      "config"      /* a manifest, layout or configuration file is wrong */
#define IFX_E_PLUGIN      "plugin"      /* a plugin broke its contract, or raised a bare value */
#define IFX_E_UNSUPPORTED "unsupported" /* known, and deliberately not handled */
#define IFX_E_INTERNAL    "internal"    /* a defect of ifx itself */

/* A failed core function fills one of these and returns false (or NULL, or -1).
 * Fixed size: an error can always be reported, also when memory is gone. */
typedef struct IfxErr {
  const char *kind;  /* one of the constants above; NULL: no error */
  char op[96];       /* what was attempted: "read values.yaml"; may be empty */
  char message[512]; /* what went wrong, without the place */
  char hint[256];    /* what to do next; may be empty */
  char file[512];    /* the file concerned; may be empty */
  uint32_t line;     /* from 1; 0: not applicable */
  uint32_t column;   /* from 1, in characters; 0: not applicable */
  int status;        /* errno or exit code; 0: not applicable */
  bool retry;        /* trying again later may help */
} IfxErr;

/* Fill `e` (all other fields are reset). Always returns false. `kind` must be a constant of this
 * file. */
bool ifx_err_set(IfxErr *e, const char *kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same from errno: kind by errno (not_found, permission, exists, io …), message
 * "WHAT: strerror", status = the errno value given. Always returns false. */
bool ifx_err_errno(IfxErr *e, int errnum, const char *what);

/* Say where (line and column from 1). Always returns false. */
bool ifx_err_at(IfxErr *e, uint32_t line, uint32_t column);

/* Set the hint. Always returns false. */
bool ifx_err_hint(IfxErr *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Out of memory. Always returns false. */
bool ifx_err_nomem(IfxErr *e);

#endif
