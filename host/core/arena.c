/* arena.c: memory that is given back all at once. SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN       alignof(uint64_t) /* no long double lives in an arena */
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

static void *take(IfxArena *a, size_t n, size_t align) {
  IfxArenaChunk *c = a->chunk;
  size_t at = c ? (c->used + align - 1) & ~(align - 1) : 0;
  if (!c || at > c->size || c->size - at < n) {
    c = add_chunk(a, n);
    at = 0;
  }
  if (!c) return NULL;
  c->used = at + n;
  return c->bytes + at;
}

void *ifx_arena_alloc(IfxArena *a, size_t n) { return take(a, n, ALIGN); }

char *ifx_arena_copy(IfxArena *a, const void *bytes, size_t n) {
  char *p = n < SIZE_MAX ? take(a, n + 1, 1) : NULL;
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
