/* yaml_mem.c: the name table of the YAML core. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "yaml_impl.h"

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
