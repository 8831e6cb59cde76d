/* pool.h: small blocks of memory whose owner knows their sizes. SPDX-License-Identifier: Apache-2.0
 */
#ifndef IFX_POOL_H
#define IFX_POOL_H

#include <stdbool.h>
#include <stddef.h>

#define IFX_POOL_STEP  16   /* sizes are rounded up to a multiple: any type is aligned */
#define IFX_POOL_LARGE 1024 /* longer blocks are the C library's */

/* Zero-initialise to start. Small blocks are cut from chunks and have no header; freed ones wait,
 * by size, for the next of that size, and go back to the system when the pool is closed. */
typedef struct IfxPool {
  struct IfxPoolChunk *chunks;
  size_t count; /* of them */
  char *next;   /* the part of the newest chunk that was never used */
  size_t left;
  void *freed[IFX_POOL_LARGE / IFX_POOL_STEP + 1];
  bool ending; /* set by the owner that gives all back before it closes the pool: small blocks, which
                * go with it, are then not put aside */
} IfxPool;

/* As realloc, with the size that the block was asked for; 0 bytes: none. NULL when `size` is 0, or
 * memory is gone; then `block` is as it was. */
void *ifx_pool_resize(IfxPool *p, void *block, size_t old, size_t size);

/* Give all small blocks back; large ones are their owner's to free before. */
void ifx_pool_close(IfxPool *p);

#endif
