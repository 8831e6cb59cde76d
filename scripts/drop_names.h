/* drop_names.h: compiled Lua without the names of its local variables. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_DROP_NAMES_H
#define IFX_DROP_NAMES_H

#include <stddef.h>

/* What lua_dump wrote, copied into `to`, which has room for as many bytes: without names of local
 * variables and of upvalues but _ENV, by which messages tell globals from fields. Lines stay. The
 * size; 0: this Lua writes what is not known here, or the code is damaged. */
size_t ifx_drop_names(const char *code, size_t size, char *to);

#endif
