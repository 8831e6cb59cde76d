/* load.h: modules, text chunks, environments. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_LOAD_H
#define IFX_LOAD_H

#include <lua.h>

#include "core/err.h"

/* Where the program was installed: found from the executable's own place, so that the folder can
 * move. */
typedef struct IfxDirs {
  char exe[4096];
  char data[4096];    /* holds lua/, plugins/, recipes/ */
  char modules[4096]; /* holds the shared modules: ifx_hash.so … */
} IfxDirs;

bool ifx_dirs_find(IfxDirs *d, IfxErr *err);

/* The language's libraries without its doors (no io, os, debug, package, load, dofile), `require`
 * over linked modules, shared modules and DATA/lua, and the internal module `host`. */
void ifx_open_libraries(lua_State *L, const IfxDirs *d);

#endif
