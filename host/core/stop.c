/* stop.c: long work in C that nobody waits for any more. SPDX-License-Identifier: Apache-2.0 */
#include "stop.h"

#include <stdatomic.h>

static atomic_bool asked; /* of the whole program, as signals are */

void ifx_stop(void) { atomic_store(&asked, true); }

bool ifx_stopped(IfxErr *err) {
  if (!atomic_load(&asked)) return false;
  ifx_err_set(err, IFX_E_CANCELLED, "interrupted");
  return true;
}
