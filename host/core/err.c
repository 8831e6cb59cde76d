/* err.c: filling the core's error value. SPDX-License-Identifier: Apache-2.0 */
#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void clear(IfxErr *e, const char *kind) {
  memset(e, 0, sizeof *e);
  e->kind = kind;
}

bool ifx_err_set(IfxErr *e, const char *kind, const char *fmt, ...) {
  va_list ap;
  clear(e, kind);
  va_start(ap, fmt);
  vsnprintf(e->message, sizeof e->message, fmt, ap);
  va_end(ap);
  return false;
}

static const char *kind_of_errno(int errnum) {
  switch (errnum) {
  case ENOENT:
  case ENOTDIR: return IFX_E_NOT_FOUND;
  case EACCES:
  case EPERM:
  case EROFS: return IFX_E_PERMISSION;
  case EEXIST:
  case ENOTEMPTY: return IFX_E_EXISTS;
  case ENOMEM: return IFX_E_MEMORY;
  case ETIMEDOUT: return IFX_E_TIMEOUT;
  default: return IFX_E_IO;
  }
}

/* What to do about it, where the system's own words leave that open; "" elsewhere. */
static const char *hint_of_errno(int errnum) {
  switch (errnum) {
  case EACCES:
  case EPERM:
    return "look at its permissions and those of the folders above it, and at who runs ifx";
  case EROFS: return "the file system is mounted read-only";
  case EIO: return "the disk or the file system failed: the system's log (dmesg) says more";
  case ENOSPC:
  case EDQUOT: return "make room on the disk, then run this again";
  case EMFILE: return "more files may be open after: ulimit -n 4096";
  default: return "";
  }
}

bool ifx_err_errno(IfxErr *e, int errnum, const char *what) {
  ifx_err_set(e, kind_of_errno(errnum), "%s: %s", what, strerror(errnum));
  ifx_err_hint(e, "%s", hint_of_errno(errnum));
  e->status = errnum;
  return false;
}

bool ifx_err_at(IfxErr *e, uint32_t line, uint32_t column) {
  e->line = line;
  e->column = column;
  return false;
}

bool ifx_err_hint(IfxErr *e, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(e->hint, sizeof e->hint, fmt, ap);
  va_end(ap);
  return false;
}

bool ifx_err_nomem(IfxErr *e) { return ifx_err_set(e, IFX_E_MEMORY, "out of memory"); }
