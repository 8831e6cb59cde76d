/* arena.h: memory that is given back all at once. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_ARENA_H
#define IFX_ARENA_H

#include <stddef.h>

/* Zero-initialise to start. Used by one thread at a time. */
typedef struct IfxArena {
  struct IfxArenaChunk *chunk;
  size_t next_size;
} IfxArena;

void *ifx_arena_alloc(IfxArena *a,
                      size_t n); /* aligned for pointers and 64 bits; NULL: no memory */
char *ifx_arena_copy(IfxArena *a, const void *bytes, size_t n); /* NUL-terminated */
size_t ifx_arena_size(const IfxArena *a);                       /* bytes that it has asked for */
void ifx_arena_free(IfxArena *a);

#endif
