/* pool.c: small blocks of memory whose owner knows their sizes. SPDX-License-Identifier: Apache-2.0
 */
#include "pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CHUNK      ((size_t)64 << 10)
#define HUGE_CHUNK ((size_t)2 << 20) /* a huge page of most machines */
#define MANY       16                /* after so many chunks more will follow: huge ones */

struct IfxPoolChunk {
  struct IfxPoolChunk *before;
  _Alignas(IFX_POOL_STEP) char blocks[];
};

static size_t class_of(size_t size) { return (size + IFX_POOL_STEP - 1) / IFX_POOL_STEP; }

/* One fault of a huge page takes the place of 512. */
static bool add_chunk(IfxPool *p) {
  bool huge = p->count >= MANY;
  size_t size = huge ? HUGE_CHUNK : CHUNK;
  struct IfxPoolChunk *c = huge ? aligned_alloc(size, size) : malloc(size);
  if (!c) return false;
  if (huge) madvise(c, size, MADV_HUGEPAGE);
  c->before = p->chunks;
  p->chunks = c;
  p->count++;
  p->next = c->blocks;
  p->left = size - sizeof *c;
  return true;
}

static void *cut(IfxPool *p, size_t size) {
  if (p->left < size && !add_chunk(p)) return NULL;
  void *block = p->next;
  p->next += size;
  p->left -= size;
  return block;
}

static void *take(IfxPool *p, size_t size) {
  if (size > IFX_POOL_SMALL) return malloc(size);
  void **freed = &p->freed[class_of(size)], *block = *freed;
  if (!block) return cut(p, class_of(size) * IFX_POOL_STEP);
  memcpy(freed, block, sizeof block); /* a freed block begins with the address of the next */
  return block;
}

static void give(IfxPool *p, void *block, size_t size) {
  if (size > IFX_POOL_SMALL) {
    free(block);
    return;
  }
  void **freed = &p->freed[class_of(size)];
  memcpy(block, freed, sizeof *freed);
  *freed = block;
}

void *ifx_pool_resize(IfxPool *p, void *block, size_t old, size_t size) {
  if (!block || old == 0) return size ? take(p, size) : NULL;
  if (size == 0) {
    give(p, block, old);
    return NULL;
  }
  if (old > IFX_POOL_SMALL && size > IFX_POOL_SMALL) return realloc(block, size);
  if (old <= IFX_POOL_SMALL && size <= IFX_POOL_SMALL && class_of(old) == class_of(size))
    return block;
  void *to = take(p, size);
  if (!to) return NULL;
  memcpy(to, block, old < size ? old : size);
  give(p, block, old);
  return to;
}

void ifx_pool_close(IfxPool *p) {
  while (p->chunks) {
    struct IfxPoolChunk *before = p->chunks->before;
    free(p->chunks);
    p->chunks = before;
  }
  *p = (IfxPool){0};
}
