/* arena.c: memory that is given back all at once. SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN       alignof(max_align_t)
#define FIRST_CHUNK ((size_t)16 << 10)
#define LAST_CHUNK  ((size_t)1 << 20)

typedef struct IfxArenaChunk {
  struct IfxArenaChunk *next;
  size_t used, size;
  alignas(max_align_t) char bytes[];
} IfxArenaChunk;

static IfxArenaChunk *add_chunk(IfxArena *a, size_t need) {
  size_t size = a->next_size ? a->next_size : FIRST_CHUNK;
  a->next_size = size < LAST_CHUNK ? size * 2 : size;
  if (size < need) size = need;
  if (size > SIZE_MAX - sizeof(IfxArenaChunk)) return NULL;
  IfxArenaChunk *c = malloc(sizeof *c + size);
  if (!c) return NULL;
  c->next = a->chunk;
  c->used = 0;
  c->size = size;
  a->chunk = c;
  return c;
}

void *ifx_arena_alloc(IfxArena *a, size_t n) {
  if (n > SIZE_MAX - ALIGN) return NULL;
  n = (n + ALIGN - 1) & ~(ALIGN - 1);
  IfxArenaChunk *c = a->chunk;
  if (!c || c->size - c->used < n) c = add_chunk(a, n);
  if (!c) return NULL;
  void *p = c->bytes + c->used;
  c->used += n;
  return p;
}

char *ifx_arena_copy(IfxArena *a, const void *bytes, size_t n) {
  char *p = n < SIZE_MAX ? ifx_arena_alloc(a, n + 1) : NULL;
  if (!p) return NULL;
  if (n) memcpy(p, bytes, n);
  p[n] = '\0';
  return p;
}

size_t ifx_arena_size(const IfxArena *a) {
  size_t size = 0;
  for (const IfxArenaChunk *c = a->chunk; c; c = c->next) size += sizeof *c + c->size;
  return size;
}

void ifx_arena_free(IfxArena *a) {
  for (IfxArenaChunk *c = a->chunk; c;) {
    IfxArenaChunk *next = c->next;
    free(c);
    c = next;
  }
  *a = (IfxArena){0};
}
