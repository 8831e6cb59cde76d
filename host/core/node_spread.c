/* node_spread.c: values that stand in several places of a tree. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "buf.h"
#include "node.h"

typedef struct Change {
  const IfxNode *was, *seen, *now;
} Change;

typedef struct Spread {
  IfxTree *tree;
  IfxBuf changes; /* of Change */
} Spread;

static const Change *changes(const Spread *s, size_t *count) {
  *count = s->changes.len / sizeof(Change);
  return (const Change *)(const void *)s->changes.data;
}

/* What stands for `n` from now on; NULL: `n` itself does. */
static const IfxNode *change_of(const Spread *s, const IfxNode *n) {
  size_t count;
  const Change *c = changes(s, &count);
  for (size_t i = 0; i < count; i++)
    if (c[i].was == n || c[i].seen == n) return c[i].now;
  return NULL;
}

static bool is_scalar(const IfxNode *n) { return n->kind < IFX_NODE_LIST; }

/* A node of its own, which is made as the one before was: so the next change finds it. */
static void note(Spread *s, const IfxNode *was, const IfxNode *seen) {
  if (was->line || change_of(s, was)) return;
  const IfxNode *now = ifx_node_scalar(s->tree, (IfxNodeKind)seen->kind, seen->text, seen->count);
  if (!now)
    s->changes.failed = true;
  else
    ((IfxNode *)(uintptr_t)now)->quote = seen->quote; /* nobody else has seen it yet */
  ifx_buf_add(&s->changes, &(Change){was, seen, now}, sizeof(Change));
}

static void gather(Spread *s, const IfxNode *was, const IfxNode *is) {
  if (was == is) return;
  if (is_scalar(was) && is_scalar(is)) return note(s, was, is);
  if (was->kind == IFX_NODE_LIST && is->kind == IFX_NODE_LIST && was->count == is->count)
    for (size_t i = 0; i < was->count; i++) gather(s, was->items[i], is->items[i]);
  for (size_t i = 0; was->kind == IFX_NODE_MAP && i < was->count; i++) {
    const IfxField *f = &was->fields[i];
    const IfxNode *value = ifx_node_find(is, f->key->text, f->key->count);
    if (value) gather(s, f->value, value);
  }
}

static const IfxNode *set_all(const Spread *s, const IfxNode *n) {
  if (is_scalar(n)) {
    const IfxNode *now = change_of(s, n);
    return now ? now : n;
  }
  const IfxNode *out = n;
  for (size_t i = 0; i < n->count && out; i++) {
    const IfxField *f = n->kind == IFX_NODE_MAP ? &n->fields[i] : NULL;
    const IfxNode *was = f ? f->value : n->items[i], *now = set_all(s, was);
    if (now == was) continue;
    out = !now ? NULL
          : f  ? ifx_node_put(s->tree, out, f->key->text, f->key->count, now)
               : ifx_node_put_item(s->tree, out, i, now);
  }
  return out;
}

const IfxNode *ifx_node_spread(IfxTree *t, const IfxNode *before, const IfxNode *after) {
  Spread s = {.tree = t};
  gather(&s, before, after);
  const IfxNode *out = s.changes.failed ? NULL : s.changes.len ? set_all(&s, after) : after;
  ifx_buf_free(&s.changes);
  return out;
}
