/* stop.h: long work in C that nobody waits for any more. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_STOP_H
#define IFX_STOP_H

#include <stdbool.h>

#include "err.h"

/* The program was asked to end. May be called by a signal handler. */
void ifx_stop(void);

/* Asked now and then by loops that can take seconds. What takes less does not ask: who cleans up
 * before the end still reads and writes. Returns true, with kind cancelled, when they should end.
 */
bool ifx_stopped(IfxErr *err);

#endif
