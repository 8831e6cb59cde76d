/* node.c: trees, and finding in them. SPDX-License-Identifier: Apache-2.0 */
#include "node.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define FIRST_CHUNK 1024 /* most trees hold one change of another */

typedef struct Used {
  struct Used *next;
  IfxTree *tree;
} Used;

struct IfxTree {
  atomic_size_t refs;
  IfxArena arena;
  Used *used;
};

IfxTree *ifx_tree_new(void) {
  IfxTree *t = calloc(1, sizeof *t);
  if (!t) return NULL;
  atomic_init(&t->refs, 1);
  t->arena.next_size = FIRST_CHUNK;
  return t;
}

IfxTree *ifx_tree_share(IfxTree *t) {
  atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
  return t;
}

/* What a tree uses was there before it, so this ends; a chain may be long, so it does not recurse.
 */
void ifx_tree_release(IfxTree *t) {
  Used *todo = NULL;
  while (t || todo) {
    IfxTree *one = t;
    Used *done = NULL;
    if (!one) {
      done = todo;
      one = done->tree;
      todo = done->next;
    }
    t = NULL;
    free(done);
    if (atomic_fetch_sub_explicit(&one->refs, 1, memory_order_acq_rel) > 1) continue;
    Used *last = one->used;
    while (last && last->next) last = last->next;
    if (last) {
      last->next = todo;
      todo = one->used;
    }
    ifx_arena_free(&one->arena);
    free(one);
  }
}

bool ifx_tree_use(IfxTree *t, IfxTree *other) {
  for (Used *u = t->used; u; u = u->next)
    if (u->tree == other) return true;
  if (t == other) return true;
  Used *u = malloc(sizeof *u);
  if (!u) return false;
  *u = (Used){.next = t->used, .tree = ifx_tree_share(other)};
  t->used = u;
  return true;
}

IfxTree *ifx_tree_after(IfxTree *t) {
  IfxTree *next = ifx_tree_new();
  if (next && ifx_tree_use(next, t)) {
    ifx_tree_release(t);
    return next;
  }
  ifx_tree_release(next);
  return NULL;
}

void *ifx_tree_alloc(IfxTree *t, size_t size) { return ifx_arena_alloc(&t->arena, size); }

size_t ifx_tree_size(const IfxTree *t) { return sizeof *t + ifx_arena_size(&t->arena); }

/* ---- making ---- */

static IfxNode *new_node(IfxTree *t, IfxNodeKind kind, size_t count) {
  IfxNode *n = ifx_arena_alloc(&t->arena, sizeof *n);
  if (n) *n = (IfxNode){.kind = (uint8_t)kind, .count = count};
  return n;
}

const IfxNode *ifx_node_scalar(IfxTree *t, IfxNodeKind kind, const char *text, size_t len) {
  IfxNode *n = new_node(t, kind, len);
  if (n) n->text = ifx_arena_copy(&t->arena, text, len);
  return n && n->text ? n : NULL;
}

const IfxNode *ifx_node_string(IfxTree *t, const char *text) {
  return ifx_node_scalar(t, IFX_NODE_STRING, text, strlen(text));
}

const IfxNode *ifx_node_list(IfxTree *t, const IfxNode *const *items, size_t count) {
  IfxNode *n = new_node(t, IFX_NODE_LIST, count);
  const IfxNode **own = count ? ifx_arena_alloc(&t->arena, count * sizeof *own) : NULL;
  if (!n || (count && !own)) return NULL;
  if (count) memcpy(own, items, count * sizeof *own);
  n->items = own;
  return n;
}

static int by_key(const void *a, const void *b) {
  const IfxNode *x = ((const IfxField *)a)->key, *y = ((const IfxField *)b)->key;
  return ifx_node_order(x->text, x->count, y->text, y->count);
}

static bool is_sorted(const IfxField *fields, size_t count) {
  for (size_t i = 1; i < count; i++)
    if (by_key(&fields[i - 1], &fields[i]) > 0) return false;
  return true;
}

const IfxNode *ifx_node_map(IfxTree *t, const IfxField *fields, size_t count) {
  IfxNode *n = new_node(t, IFX_NODE_MAP, count);
  IfxField *own = count ? ifx_arena_alloc(&t->arena, count * sizeof *own) : NULL;
  if (!n || (count && !own)) return NULL;
  if (count) memcpy(own, fields, count * sizeof *own);
  if (!is_sorted(own, count)) qsort(own, count, sizeof *own, by_key);
  n->fields = own;
  return n;
}

/* ---- the order of keys ---- */

static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

/* Bytes of characters beyond ASCII count as letters, which all but symbols are. */
static bool is_letter(unsigned char c) {
  return c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Two runs of digits that differ first at `i`: by their value, then by their length. */
static int compare_digits(const char *a, size_t a_len, const char *b, size_t b_len, size_t i) {
  bool leading = a[i] == '0' || b[i] == '0', nonzero = false;
  for (size_t j = i; leading && j > 0 && is_digit((unsigned char)a[j - 1]); j--)
    nonzero = nonzero || a[j - 1] != '0';
  uint64_t x = leading && nonzero, y = x;
  size_t ai = i, bi = i;
  for (; ai < a_len && is_digit((unsigned char)a[ai]); ai++) x = x * 10 + (uint64_t)(a[ai] - '0');
  for (; bi < b_len && is_digit((unsigned char)b[bi]); bi++) y = y * 10 + (uint64_t)(b[bi] - '0');
  if (x != y) return (int64_t)x < (int64_t)y ? -1 : 1;
  return ai < bi ? -1 : ai > bi;
}

int ifx_node_order(const char *a, size_t a_len, const char *b, size_t b_len) {
  size_t shorter = a_len < b_len ? a_len : b_len, i = 0;
  while (i < shorter && a[i] == b[i]) i++;
  if (i == shorter) return a_len < b_len ? -1 : a_len > b_len;
  unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];
  if (is_letter(x) && is_letter(y)) return x < y ? -1 : 1;
  if (is_letter(x) || is_letter(y)) return is_letter(y) ? -1 : 1;
  int digits = compare_digits(a, a_len, b, b_len, i);
  return digits ? digits : x < y ? -1 : 1;
}

/* ---- finding ---- */

const IfxNode *ifx_node_find(const IfxNode *map, const char *key, size_t len) {
  if (!map || map->kind != IFX_NODE_MAP) return NULL;
  const IfxField *f = map->fields;
  for (size_t left = map->count; left > 0; left--, f++)
    if (f->key->count == len && memcmp(f->key->text, key, len) == 0) return f->value;
  return NULL;
}

const IfxNode *ifx_node_get(const IfxNode *map, const char *key) {
  return ifx_node_find(map, key, strlen(key));
}

bool ifx_node_is_text(const IfxNode *n, const char *text) {
  return n && n->kind < IFX_NODE_LIST && n->count == strlen(text) &&
         memcmp(n->text, text, n->count) == 0;
}
