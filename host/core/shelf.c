/* shelf.c: bytes under names, put there once and read by all threads. SPDX-License-Identifier:
 * Apache-2.0 */
#include "shelf.h"

#include "arena.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Both are pages of their own, wherever memory is asked for: among what a thread leaves behind they
 * would keep all of it from going back to the system. */
#define SLOTS ((size_t)1 << 17) /* a power of two; touched as they are used */
#define CHUNK ((size_t)1 << 20)

typedef struct Item {
  struct Item *next; /* of the same slot */
  uint64_t hash;
  size_t name_len, len;
  char bytes[]; /* the name, then what it has */
} Item;

struct IfxShelf {
  pthread_mutex_t lock;
  Item **slots;
  IfxArena items;
  size_t held; /* bytes in all */
  int lent;
};

IfxShelf *ifx_shelf_open(void) {
  IfxShelf *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->slots = calloc(SLOTS, sizeof *s->slots);
  s->items.next_size = CHUNK;
  if (!s->slots) {
    free(s);
    return NULL;
  }
  pthread_mutex_init(&s->lock, NULL);
  return s;
}

/* FNV-1a. */
static uint64_t hash_of(const char *name, size_t len) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)name[i]) * 1099511628211u;
  return h;
}

static Item **slot_of(const IfxShelf *s, uint64_t hash) { return &s->slots[hash & (SLOTS - 1)]; }

static Item *find(const IfxShelf *s, uint64_t hash, const char *name, size_t len) {
  for (Item *i = *slot_of(s, hash); i; i = i->next)
    if (i->hash == hash && i->name_len == len && memcmp(i->bytes, name, len) == 0) return i;
  return NULL;
}

static Item *new_item(IfxShelf *s, uint64_t hash, const char *name, size_t name_len,
                      const char *bytes, size_t len) {
  Item *i = ifx_arena_alloc(&s->items, sizeof *i + name_len + len);
  if (!i) return NULL;
  *i = (Item){.hash = hash, .name_len = name_len, .len = len};
  memcpy(i->bytes, name, name_len);
  memcpy(i->bytes + name_len, bytes, len);
  return i;
}

static bool put(IfxShelf *s, uint64_t hash, const char *name, size_t name_len, const char *bytes,
                size_t len, size_t room) {
  if (find(s, hash, name, name_len)) return true;
  size_t size = sizeof(Item) + name_len + len;
  if (s->held > room || size > room - s->held) return false;
  Item *i = new_item(s, hash, name, name_len, bytes, len);
  if (!i) return false;
  i->next = *slot_of(s, hash);
  *slot_of(s, hash) = i;
  s->held += size;
  return true;
}

bool ifx_shelf_put(IfxShelf *s, const char *name, size_t name_len, const char *bytes, size_t len,
                   size_t room) {
  uint64_t hash = hash_of(name, name_len);
  pthread_mutex_lock(&s->lock);
  bool there = put(s, hash, name, name_len, bytes, len, room);
  pthread_mutex_unlock(&s->lock);
  return there;
}

const char *ifx_shelf_get(IfxShelf *s, const char *name, size_t name_len, size_t *len) {
  uint64_t hash = hash_of(name, name_len);
  pthread_mutex_lock(&s->lock);
  Item *i = find(s, hash, name, name_len);
  pthread_mutex_unlock(&s->lock);
  if (!i) return NULL;
  *len = i->len;
  return i->bytes + i->name_len;
}

static void lend(IfxShelf *s, int more) {
  pthread_mutex_lock(&s->lock);
  s->lent += more;
  pthread_mutex_unlock(&s->lock);
}

void ifx_shelf_lend(IfxShelf *s) { lend(s, 1); }

void ifx_shelf_return(IfxShelf *s) { lend(s, -1); }

void ifx_shelf_clear(IfxShelf *s) {
  pthread_mutex_lock(&s->lock);
  if (s->lent == 0) {
    ifx_arena_free(&s->items);
    memset(s->slots, 0, SLOTS * sizeof *s->slots);
    s->items.next_size = CHUNK;
    s->held = 0;
  }
  pthread_mutex_unlock(&s->lock);
}

void ifx_shelf_close(IfxShelf *s) {
  if (!s) return;
  ifx_arena_free(&s->items);
  free(s->slots);
  pthread_mutex_destroy(&s->lock);
  free(s);
}
