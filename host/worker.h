/* worker.h: threads with a Lua state each, and the values that pass between them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_WORKER_H
#define IFX_WORKER_H

#include <lua.h>

/* Functions of the module `host`.
 *
 * pack(value) -> bytes: a copy of a plain value: nil, booleans, numbers, strings, null, tables of
 * these, marked lists, errors. Raises kind argument for anything else, for tables that hold
 * themselves and for more than 200 levels. A table that is held twice becomes two. */
int ifx_wire_pack(lua_State *L);
/* unpack(bytes) -> value. Raises kind parse for bytes that `pack` has not made. */
int ifx_wire_unpack(lua_State *L);

/* workers(module, setup, items, count) -> results, or nil and a packed error: as ifx/worker.lua
 * says it; all are strings, made by `pack`. */
void ifx_open_worker(lua_State *L); /* adds these functions to the table on top */

#endif
