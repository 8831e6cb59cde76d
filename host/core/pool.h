/* pool.h: small blocks of memory whose owner knows their sizes. SPDX-License-Identifier: Apache-2.0
 */
#ifndef IFX_POOL_H
#define IFX_POOL_H

#include <stdbool.h>
#include <stddef.h>

#define IFX_POOL_STEP  16   /* sizes are rounded up to a multiple: any type is aligned */
#define IFX_POOL_LARGE 1024 /* longer blocks are the C library's */

/* The sanitizer sees the bounds and the end of a block only when the C library made it. */
#ifdef __SANITIZE_ADDRESS__
#define IFX_POOL_SMALL 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IFX_POOL_SMALL 0
#endif
#endif
#ifndef IFX_POOL_SMALL
#define IFX_POOL_SMALL IFX_POOL_LARGE
#endif

/* Zero-initialise to start. Small blocks are cut from chunks and have no header; freed ones wait,
 * by size, for the next of that size, and go back to the system when the pool is closed. */
typedef struct IfxPool {
  struct IfxPoolChunk *chunks;
  size_t count; /* of them */
  char *next;   /* the part of the newest chunk that was never used */
  size_t left;
  void *freed[IFX_POOL_LARGE / IFX_POOL_STEP + 1];
} IfxPool;

/* As realloc, with the size that the block was asked for; 0 bytes: none. NULL when `size` is 0, or
 * memory is gone; then `block` is as it was. */
void *ifx_pool_resize(IfxPool *p, void *block, size_t old, size_t size);

/* Does a block of this size go with the pool? Whoever closes it needs not give it back before. */
static inline bool ifx_pool_keeps(size_t size) { return size <= IFX_POOL_SMALL; }

/* Give all small blocks back; large ones are their owner's to free before. */
void ifx_pool_close(IfxPool *p);

#endif
