/* yaml_doc_random.h: random edits against a model. SPDX-License-Identifier: Apache-2.0 */
#ifndef YAML_DOC_RANDOM_H
#define YAML_DOC_RANDOM_H

#include "yaml_doc_kit.h"

/* What a document means, aliases followed. Lives in `b`. */
static IfxYval *kit_model(IfxYbuild *b, const IfxYdoc *d, uint32_t doc) {
  IfxErr err;
  const IfxYamlNode *root = doc <= d->stream->ndocs ? d->stream->docs[doc - 1].root : NULL;
  ifx_ybuild_free(b);
  if (root)
    kit_node(b, root);
  else
    ifx_ybuild_null(b);
  return (IfxYval *)ifx_ybuild_value(b, &err);
}

typedef struct KitRandom {
  uint64_t state;
  const unsigned char *bytes; /* a fuzzer's choices; NULL: pseudo-random from `state` */
  size_t left;
} KitRandom;

static uint32_t kit_pick(KitRandom *r, uint32_t n) {
  if (r->bytes) {
    uint32_t v = 0;
    for (int i = 0; i < 2 && r->left; i++, r->left--) v = v << 8 | *r->bytes++;
    return n ? v % n : 0;
  }
  r->state = r->state * 6364136223846793005u + 1442695040888963407u;
  return n ? (uint32_t)(r->state >> 33) % n : 0;
}

static const char *const kit_values[] = {
    "new",
    "'7'",
    "42",
    "true",
    "'true'",
    "null",
    "1.5",
    "''",
    "'a: b'",
    "'# no'",
    "\"two\\nlines\"",
    "\"two\\nlines\\n\"",
    "\" lead\\nlines\\n\\n\"",
    "\"tab\\t\\u00e9\\r\"",
    "[]",
    "{}",
    "[x, {y1: 1, z: [2]}]",
    "{k: v, 'l m': [1, 'two'], n: {}}",
    "../base/app",
    "'- x'",
    "\"it's \\\"both\\\"\"",
    "'2024-01-01'",
    "'[x'",
    "'~'",
};
static const char *const kit_keys[] = {"fresh", "a key", "'q", "yes", "x: y",
                                       "8080",  "{b}",   "",   "#k"};

#define KIT_COUNT(a) ((uint32_t)(sizeof(a) / sizeof *(a)))

static const IfxYamlNode *
kit_before(const IfxYamlNode *n) { /* the sibling before: of a map's value, its key */
  const IfxYamlNode *c = n->parent ? n->parent->first : n;
  if (c == n) return NULL;
  while (c->next != n) c = c->next;
  return c;
}

static bool kit_in_map(const IfxYamlNode *n) {
  return n->parent && n->parent->kind == IFX_YAML_MAP;
}

typedef struct KitEdit {
  char op; /* 's' 'd' 'r' as in kit_edit, 'a' set of a missing key, 'i' */
  uint32_t index;
  const char *arg;
  KitPath path;
  const IfxYamlNode *node;
} KitEdit;

/* A map may hold two merge keys; a path means the first. */
static bool kit_second(const IfxYamlNode *key) {
  const IfxYamlNode *k = key->parent ? key->parent->first : key;
  while (k != key && (k->value_len != key->value_len || k->value_len == 0 ||
                      memcmp(k->value, key->value, key->value_len) != 0))
    k = k->next->next;
  return k != key;
}

/* The path to a place of the last query, read upwards. False: longer than the kit's, or it means
 * another place. */
static bool kit_path_of(const IfxYdoc *d, uint32_t place, KitPath *p) {
  size_t n = 0;
  for (uint32_t i = place; d->places[i].up != IFX_YPLACE_ROOT; i = d->places[i].up) n++;
  if (n + 1 > KIT_STEPS) return false;
  p->path = (IfxYpath){.steps = p->steps, .count = n, .doc = d->places[place].doc};
  for (uint32_t i = place; n > 0; i = d->places[i].up) {
    const IfxYplace *at = &d->places[i];
    const IfxYamlNode *key = at->key && at->key->kind == IFX_YAML_ALIAS ? at->key->first : at->key;
    if (at->key && at->key->kind == IFX_YAML_SCALAR && kit_second(at->key)) return false;
    IfxYstep s = {.kind = IFX_YSTEP_INDEX, .index = at->index};
    if (key) s = (IfxYstep){.kind = IFX_YSTEP_KEY, .key = key->value, .len = key->value_len};
    p->steps[--n] = s;
  }
  return true;
}

/* The edit is chosen from a copy of the document, so that its path outlives the old tree. */
static bool kit_choose(IfxYdoc *copy, KitRandom *r, KitEdit *e) {
  IfxErr err;
  IfxYstep all = {.kind = IFX_YSTEP_DEEP};
  IfxYpath pattern = {.steps = &all, .count = 1};
  if (!ifx_ydoc_query(copy, &pattern, &err) || copy->nplaces == 0) return false;
  uint32_t place = kit_pick(r, (uint32_t)copy->nplaces);
  if (!kit_path_of(copy, place, &e->path)) return false;
  e->node = copy->places[place].node;
  e->op = "sssddria"[kit_pick(r, 8)];
  e->arg = kit_values[kit_pick(r, KIT_COUNT(kit_values))];
  const char *key = kit_keys[kit_pick(r, KIT_COUNT(kit_keys))];
  if (e->op == 'd' && !e->node->parent) e->op = 's';
  if (e->op == 'r' && !kit_in_map(e->node)) e->op = 's';
  if (e->op == 'i' && e->node->kind != IFX_YAML_SEQ) e->op = 'a';
  if (e->op == 'a' && e->node->kind != IFX_YAML_MAP) e->op = 's';
  if (e->op == 'i') e->index = kit_pick(r, e->node->count + 1) + 1;
  if (e->op == 'r') e->arg = key;
  if (e->op == 'a') {
    IfxYstep s = {.kind = IFX_YSTEP_KEY, .key = key, .len = strlen(key)};
    e->path.steps[e->path.path.count++] = s;
    const IfxYplace *there = ifx_ydoc_at(copy, &e->path.path, &err);
    if (there) e->op = 's';
    if (there) e->node = there->node;
  }
  return true;
}

/* Where the node of the old tree hangs in the model, which has the same shape down to it. */
static IfxYval **kit_link(IfxYval **model, const IfxYamlNode *n) {
  if (!n->parent) return model;
  IfxYval **link = &(*kit_link(model, n->parent))->first;
  for (const IfxYamlNode *c = n->parent->first; c != n; c = c->next) link = &(*link)->next;
  return link;
}

/* Do to the model what the edit should do to the text. */
static void kit_apply(IfxYval **model, const KitEdit *e, IfxYval *value, IfxYval *name) {
  IfxYval **link = kit_link(model, e->node);
  if (e->op == 'i' || e->op == 'a') {
    link = &(*link)->first;
    for (uint32_t k = 1; *link && (e->op == 'a' || k < e->index); k++) link = &(*link)->next;
    value->next = *link;
    *link = e->op == 'a' ? name : value;
    if (e->op == 'a') name->next = value;
  } else if (e->op == 's') {
    value->next = (*link)->next;
    *link = value;
  } else {
    IfxYval *rest = (*link)->next;
    if (kit_in_map(e->node)) link = kit_link(model, kit_before(e->node));
    if (e->op == 'r') name->next = (*link)->next;
    *link = e->op == 'r' ? name : rest;
  }
}

static bool kit_same(const IfxYval *a, const IfxYval *b) {
  if (a->kind != b->kind) return false;
  if (a->kind == IFX_YVAL_STR) return a->len == b->len && memcmp(a->str, b->str, a->len) == 0;
  if (a->kind == IFX_YVAL_INT) return a->integer == b->integer;
  if (a->kind == IFX_YVAL_BOOL) return a->boolean == b->boolean;
  if (a->kind == IFX_YVAL_REAL)
    return memcmp(&a->real, &b->real, sizeof a->real) == 0 || a->real != a->real;
  if (a->kind == IFX_YVAL_NULL) return true;
  for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
    if (!kit_same(a, b)) return false;
  return !a && !b;
}

/* The end of what stands before a node, and the beginning of what stands after it. */
static size_t kit_from(const IfxYamlNode *n) {
  const IfxYamlNode *before = kit_before(n);
  if (before && before->end > before->start &&
      (before->style == IFX_YAML_LITERAL || before->style == IFX_YAML_FOLDED))
    return before->end -
           2; /* its last break ends the line, which a text without a final one may lose */
  return before ? before->end : n->parent ? kit_from(n->parent) : 0;
}

static size_t kit_to(const IfxYamlNode *n, size_t len) {
  return n->next ? n->next->props : n->parent ? kit_to(n->parent, len) : len;
}

/* The bytes that the edit may touch. */
static void kit_region(const IfxYdoc *old, const KitEdit *e, size_t *from, size_t *to) {
  const IfxYamlNode *n = e->node;
  *from = kit_from(n);
  *to = kit_to(n, old->len);
  if ((e->op == 'd' || e->op == 'r') && kit_in_map(n)) *from = kit_from(kit_before(n));
  if ((e->op != 'i' && e->op != 'a') || n->count == 0) return;
  const IfxYamlNode *before = NULL, *after = n->first;
  for (uint32_t k = 1; after && (e->op == 'a' || k < e->index); k++, after = after->next)
    before = after;
  if (before) *from = before->end;
  if (after) *to = after->props;
}

static const char *kit_compare(const IfxYdoc *old, const IfxYdoc *now, const KitEdit *e) {
  IfxYbuild before = {0}, after = {0}, value = {0}, name = {0};
  IfxErr err;
  const IfxYstep *last = e->path.path.count ? &e->path.path.steps[e->path.path.count - 1] : NULL;
  uint32_t doc = e->path.path.doc;
  IfxYval *model = kit_model(&before, old, doc), *v = NULL;
  if (strchr("sia", e->op)) v = (IfxYval *)kit_value(&value, e->arg, &err);
  if (e->op == 'r') ifx_ybuild_str(&name, e->arg, strlen(e->arg));
  if (e->op == 'a') ifx_ybuild_str(&name, last->key, last->len);
  kit_apply(&model, e, v, name.root);
  bool right = kit_same(model, kit_model(&after, now, doc));
  ifx_ybuild_free(&before);
  ifx_ybuild_free(&after);
  ifx_ybuild_free(&value);
  ifx_ybuild_free(&name);
  size_t from, to, head = 0, tail = 0, least = old->len < now->len ? old->len : now->len;
  while (head < least && old->text[head] == now->text[head]) head++;
  while (tail < least && old->text[old->len - 1 - tail] == now->text[now->len - 1 - tail]) tail++;
  kit_region(old, e, &from, &to);
  if (head < from || old->len - tail > to) return "bytes outside the edited entry changed";
  return right ? NULL : "not the wanted value";
}

static bool kit_same_node(const IfxYamlNode *a, const IfxYamlNode *b) {
  if (!a || !b) return a == b;
  if (a->kind != b->kind || a->style != b->style || a->props != b->props || a->start != b->start ||
      a->end != b->end || a->line != b->line || a->column != b->column || a->count != b->count)
    return false;
  if (a->value_len != b->value_len || (a->value && memcmp(a->value, b->value, a->value_len) != 0))
    return false;
  if (a->kind == IFX_YAML_ALIAS) return a->first->start == b->first->start;
  for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
    if (!kit_same_node(a, b)) return false;
  return a == b;
}

/* Is the tree, which an edit may have changed in place, the one that its text has when parsed? */
static const char *kit_tree(const IfxYdoc *d) {
  IfxYdoc again = {0};
  IfxErr err;
  if (!ifx_ydoc_open(&again, d->text, d->len, d->schema, NULL, &err))
    return "the text does not parse";
  const IfxYamlStream *a = d->stream, *b = again.stream;
  bool same = a->ndocs == b->ndocs && a->len == b->len && a->text == d->text;
  for (size_t i = 0; same && i < a->ndocs; i++)
    same = a->docs[i].start == b->docs[i].start && a->docs[i].end == b->docs[i].end &&
           kit_same_node(a->docs[i].root, b->docs[i].root);
  ifx_ydoc_close(&again);
  return same ? NULL : "the tree is not that of the text";
}

/* NULL: the edit was done and is right, or was refused and changed nothing (then err->kind is set).
 */
static const char *kit_random_edit(IfxYdoc *d, KitRandom *r, KitEdit *e, IfxErr *err) {
  IfxYdoc old = {0};
  const char *problem = NULL;
  if (!ifx_ydoc_open(&old, d->text, d->len, d->schema, NULL, err))
    return "the text does not open again";
  *err = (IfxErr){0};
  if (kit_choose(&old, r, e)) {
    if (kit_edit(d, e->op == 'a' ? 's' : e->op, &e->path.path, e->index, e->arg, err)) {
      *err = (IfxErr){0};
      problem = kit_compare(&old, d, e);
      if (!problem) problem = kit_tree(d);
    } else if (d->len != old.len || memcmp(d->text, old.text, d->len) != 0) {
      problem = "refused, and changed all the same";
    }
  }
  if (problem)
    fprintf(stderr, "---- before %c %s\n%s\n---- after\n%s\n", e->op, e->arg, old.text, d->text);
  ifx_ydoc_close(&old);
  return problem;
}

#endif
