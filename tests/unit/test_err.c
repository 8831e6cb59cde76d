/* test_err.c: the core's error value. SPDX-License-Identifier: Apache-2.0 */
#include "core/err.h"

#include "check.h"

#include <errno.h>

int main(void) {
  IfxErr e;
  CHECK(!ifx_err_set(&e, IFX_E_PARSE, "found %s", "a tab"));
  ifx_err_at(&e, 3, 5);
  ifx_err_hint(&e, "indent with %d spaces", 2);
  CHECK_STR(e.kind, "parse");
  CHECK_STR(e.message, "found a tab");
  CHECK_STR(e.hint, "indent with 2 spaces");
  CHECK_INT(e.line, 3);
  CHECK_INT(e.column, 5);
  ifx_err_errno(&e, ENOENT, "open a.yaml");
  CHECK_STR(e.kind, "not_found");
  CHECK_STR(e.message, "open a.yaml: No such file or directory");
  CHECK_INT(e.line, 0);
  ifx_err_errno(&e, EROFS, "write");
  CHECK_STR(e.kind, "permission");
  ifx_err_errno(&e, EIO, "read");
  CHECK_STR(e.kind, "io");
  CHECK_INT(e.status, EIO);
  ifx_err_nomem(&e);
  CHECK_STR(e.kind, "memory");
  return CHECK_END();
}
