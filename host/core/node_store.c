/* node_store.c: manifests that were parsed, for all threads. SPDX-License-Identifier: Apache-2.0 */
#include "node_store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS ((size_t)1 << 14) /* a power of two */

typedef struct Entry {
  struct Entry *beside, *later; /* of the same slot; that was put after it */
  uint64_t hash;
  IfxTree *tree;
  size_t size, documents, len; /* of all that it holds; bytes of documents and text */
  char bytes[];                /* the documents, then the text */
} Entry;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Entry **slots, *first, *last;
static size_t held;

/* Eight bytes at once, each step mixed; whoever finds an entry compares the text. */
static uint64_t hash_of(const char *text, size_t len) {
  uint64_t h = len * 0x9E3779B97F4A7C15u, word = 0;
  for (; len >= sizeof word; text += sizeof word, len -= sizeof word) {
    memcpy(&word, text, sizeof word);
    h = (h ^ word) * 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
  }
  word = 0;
  if (len) memcpy(&word, text, len);
  h = (h ^ word) * 0xD6E8FEB86659FD93u;
  return h ^ h >> 32;
}

static Entry **slot_of(uint64_t hash) { return &slots[hash & (SLOTS - 1)]; }

static Entry *find(uint64_t hash, const char *text, size_t len) {
  for (Entry *e = slots ? *slot_of(hash) : NULL; e; e = e->beside)
    if (e->hash == hash && e->len == len && memcmp(e->bytes + e->documents, text, len) == 0)
      return e;
  return NULL;
}

static void drop_first(void) {
  Entry *e = first, **at = slot_of(e->hash);
  while (*at != e) at = &(*at)->beside;
  *at = e->beside;
  first = e->later;
  if (!first) last = NULL;
  held -= e->size;
  ifx_tree_release(e->tree);
  free(e);
}

static void enter(Entry *e) {
  Entry **at = slot_of(e->hash);
  while (held + e->size > IFX_NODE_STORE_ROOM) drop_first();
  e->beside = *at;
  *at = e;
  if (last)
    last->later = e;
  else
    first = e;
  last = e;
  held += e->size;
}

IfxTree *ifx_node_store_get(const char *text, size_t len, IfxBuf *out) {
  uint64_t hash = hash_of(text, len);
  IfxTree *tree = NULL;
  pthread_mutex_lock(&lock);
  const Entry *e = find(hash, text, len);
  if (e) ifx_buf_add(out, e->bytes, e->documents);
  if (e && !out->failed) tree = ifx_tree_share(e->tree);
  pthread_mutex_unlock(&lock);
  return tree;
}

static Entry *new_entry(const char *text, size_t len, IfxTree *tree, const IfxBuf *documents) {
  size_t own = sizeof(Entry) + documents->len + len, size = own + ifx_tree_size(tree);
  Entry *e = size <= IFX_NODE_STORE_ROOM / 16 ? malloc(own) : NULL;
  if (!e) return NULL;
  *e = (Entry){.hash = hash_of(text, len), .size = size, .documents = documents->len, .len = len};
  if (documents->len) memcpy(e->bytes, documents->data, documents->len);
  if (len) memcpy(e->bytes + documents->len, text, len);
  e->tree = ifx_tree_share(tree);
  return e;
}

void ifx_node_store_put(const char *text, size_t len, IfxTree *tree, const IfxBuf *documents) {
  Entry *e = new_entry(text, len, tree, documents);
  if (!e) return;
  pthread_mutex_lock(&lock);
  if (!slots) slots = calloc(SLOTS, sizeof *slots);
  bool wanted = slots && !find(e->hash, text, len);
  if (wanted) enter(e);
  pthread_mutex_unlock(&lock);
  if (wanted) return;
  ifx_tree_release(tree);
  free(e);
}

void ifx_node_store_clear(void) {
  pthread_mutex_lock(&lock);
  while (first) drop_first();
  free(slots);
  slots = NULL;
  pthread_mutex_unlock(&lock);
}
