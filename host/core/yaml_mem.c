/* yaml_mem.c: arena and name table of the YAML core. SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "yaml_impl.h"

#define ALIGN       alignof(max_align_t)
#define FIRST_CHUNK ((size_t)16 << 10)
#define LAST_CHUNK  ((size_t)1 << 20)

typedef struct IfxYamlChunk {
  struct IfxYamlChunk *next;
  size_t used, size;
  alignas(max_align_t) char bytes[];
} IfxYamlChunk;

static IfxYamlChunk *add_chunk(IfxYamlArena *a, size_t need) {
  size_t size = a->next_size ? a->next_size : FIRST_CHUNK;
  a->next_size = size < LAST_CHUNK ? size * 2 : size;
  if (size < need) size = need;
  if (size > SIZE_MAX - sizeof(IfxYamlChunk)) return NULL;
  IfxYamlChunk *c = malloc(sizeof *c + size);
  if (!c) return NULL;
  c->next = a->chunk;
  c->used = 0;
  c->size = size;
  a->chunk = c;
  return c;
}

void *ifx_yaml_alloc(IfxYamlArena *a, size_t n) {
  if (n > SIZE_MAX - ALIGN) return NULL;
  n = (n + ALIGN - 1) & ~(ALIGN - 1);
  IfxYamlChunk *c = a->chunk;
  if (!c || c->size - c->used < n) c = add_chunk(a, n);
  if (!c) return NULL;
  void *p = c->bytes + c->used;
  c->used += n;
  return p;
}

char *ifx_yaml_copy(IfxYamlArena *a, const void *bytes, size_t n) {
  char *p = n < SIZE_MAX ? ifx_yaml_alloc(a, n + 1) : NULL;
  if (!p) return NULL;
  if (n) memcpy(p, bytes, n);
  p[n] = '\0';
  return p;
}

void ifx_yaml_arena_free(IfxYamlArena *a) {
  for (IfxYamlChunk *c = a->chunk; c;) {
    IfxYamlChunk *next = c->next;
    free(c);
    c = next;
  }
  *a = (IfxYamlArena){0};
}

/* FNV-1a from a start that differs between runs: nobody can prepare a file of equal hashes. */
static uint32_t hash_of(const IfxYamlTable *t, const char *name, size_t len) {
  uint32_t h = t->seed;
  for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)name[i]) * 16777619u;
  return h ^ h >> 15;
}

void ifx_yaml_table_clear(IfxYamlTable *t) {
  t->used = 0;
  if (++t->epoch == 0) { /* wrapped: old slots could look alive */
    if (t->cap) memset(t->slots, 0, t->cap * sizeof *t->slots);
    t->epoch = 1;
  }
}

void ifx_yaml_table_free(IfxYamlTable *t) {
  free(t->slots);
  *t = (IfxYamlTable){0};
}

/* The slot that holds the name, or the empty one where it would go. */
static IfxYamlSlot *probe(const IfxYamlTable *t, const char *name, size_t len, uint32_t hash) {
  for (size_t i = hash & (t->cap - 1);; i = (i + 1) & (t->cap - 1)) {
    IfxYamlSlot *s = &t->slots[i];
    if (s->epoch != t->epoch) return s;
    if (s->hash == hash && s->len == len && memcmp(s->name, name, len) == 0) return s;
  }
}

static bool grow(IfxYamlTable *t) {
  IfxYamlTable bigger = {
      .cap = t->cap ? t->cap * 2 : 32, .used = t->used, .epoch = 1, .seed = t->seed};
  bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
  if (!bigger.slots) return false;
  for (size_t i = 0; i < t->cap; i++) {
    IfxYamlSlot *s = &t->slots[i];
    if (s->epoch != t->epoch) continue;
    IfxYamlSlot *to = probe(&bigger, s->name, s->len, s->hash);
    *to = *s;
    to->epoch = bigger.epoch;
  }
  free(t->slots);
  *t = bigger;
  return true;
}

IfxYamlSlot *ifx_yaml_table_find(IfxYamlTable *t, const char *name, size_t len) {
  if (!t->used) return NULL;
  IfxYamlSlot *s = probe(t, name, len, hash_of(t, name, len));
  return s->epoch == t->epoch ? s : NULL;
}

IfxYamlSlot *ifx_yaml_table_slot(IfxYamlTable *t, const char *name, size_t len) {
  if (t->seed == 0)
    t->seed = (uint32_t)((uintptr_t)t >> 4) * 2654435761u | 1; /* addresses are random */
  if (t->epoch == 0) t->epoch = 1;
  if (t->used * 2 >= t->cap && !grow(t)) return NULL;
  uint32_t hash = hash_of(t, name, len);
  IfxYamlSlot *s = probe(t, name, len, hash);
  if (s->epoch != t->epoch) {
    *s = (IfxYamlSlot){
        .name = name, .len = len, .number = SIZE_MAX, .hash = hash, .epoch = t->epoch};
    t->used++;
  }
  return s;
}
