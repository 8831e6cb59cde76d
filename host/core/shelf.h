/* shelf.h: bytes under names, put there once and read by all threads. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_SHELF_H
#define IFX_SHELF_H

#include <stdbool.h>
#include <stddef.h>

typedef struct IfxShelf IfxShelf;

/* NULL: no memory. */
IfxShelf *ifx_shelf_open(void);

/* Put a copy of some bytes under a name. What a name has it keeps: of the same name the first bytes
 * stay. True: the name has bytes now. False: with these the shelf would hold more than `room`
 * bytes, or memory is gone. */
bool ifx_shelf_put(IfxShelf *s, const char *name, size_t name_len, const char *bytes, size_t len,
                   size_t room);

/* The bytes under a name, which stay where they are until the shelf is cleared or closed; NULL:
 * none. */
const char *ifx_shelf_get(IfxShelf *s, const char *name, size_t name_len, size_t *len);

/* Threads are started that use it, and have ended. */
void ifx_shelf_lend(IfxShelf *s);
void ifx_shelf_return(IfxShelf *s);

/* Let go of everything, unless threads use it that it was lent to. */
void ifx_shelf_clear(IfxShelf *s);

/* NULL is no shelf. */
void ifx_shelf_close(IfxShelf *s);

#endif
