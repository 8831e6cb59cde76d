/* yaml_doc.c: opening a document, asking it by pattern. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml_doc_impl.h"

bool ifx_ydoc_open(IfxYdoc *d, const char *text, size_t len, IfxYamlSchema schema, const char *file,
                   IfxErr *err) {
  *d = (IfxYdoc){.len = len, .schema = schema};
  snprintf(d->file, sizeof d->file, "%s", file ? file : "");
  d->text = len < SIZE_MAX ? malloc(len + 1) : NULL;
  if (!d->text) return ifx_err_nomem(err);
  if (len) memcpy(d->text, text, len);
  d->text[len] = '\0';
  if (ifx_yaml_parse(d->text, len, NULL, &d->stream, err)) return true;
  if (file) snprintf(err->file, sizeof err->file, "%s", file);
  ifx_ydoc_close(d);
  return false;
}

void ifx_ydoc_close(IfxYdoc *d) {
  ifx_yaml_free(d->stream);
  ydoc_forget_patches(d);
  free(d->text);
  free(d->places);
  *d = (IfxYdoc){0};
}

/* ---- places ---- */

static bool add_place(IfxYdoc *d, IfxYplace place) {
  if (d->nplaces == d->places_cap) {
    size_t cap = d->places_cap ? d->places_cap * 2 : 64;
    IfxYplace *bigger = cap < IFX_YPLACE_ROOT ? realloc(d->places, cap * sizeof *bigger) : NULL;
    if (!bigger) return false;
    d->places = bigger;
    d->places_cap = cap;
  }
  d->places[d->nplaces++] = place;
  return true;
}

/* ---- query ---- */

#define MAX_STEPS 63

/* The pattern as a nondeterministic automaton: bit i says that the first i steps are matched. */
typedef struct Query {
  IfxYdoc *d;
  const IfxYpath *pattern;
  bool no_memory;
} Query;

/* DEEP matches nothing too, so its state implies the next one. */
static uint64_t with_empty_deep(const IfxYpath *p, uint64_t states) {
  for (size_t i = 0; i < p->count; i++)
    if ((states >> i & 1) && p->steps[i].kind == IFX_YSTEP_DEEP) states |= (uint64_t)1 << (i + 1);
  return states;
}

static bool step_fits(const IfxYstep *s, const char *key, size_t len, uint32_t index) {
  switch (s->kind) {
  case IFX_YSTEP_KEY: return key && s->len == len && memcmp(s->key, key, len) == 0;
  case IFX_YSTEP_INDEX: return !key && s->index == index;
  default: return true;
  }
}

/* The states after one step down. `key` NULL: into item `index`. */
static uint64_t step_down(const IfxYpath *p, uint64_t states, const char *key, size_t len,
                          uint32_t index) {
  uint64_t next = 0;
  for (size_t i = 0; i < p->count; i++) {
    if (!(states >> i & 1) || !step_fits(&p->steps[i], key, len, index)) continue;
    next |= (uint64_t)1 << (p->steps[i].kind == IFX_YSTEP_DEEP ? i : i + 1);
  }
  return with_empty_deep(p, next);
}

static bool visit(Query *q, IfxYplace place, uint64_t states);

static bool visit_pairs(Query *q, const IfxYplace *place, uint32_t self, uint64_t states) {
  bool found = false;
  for (IfxYamlNode *key = place->node->first; key; key = key->next->next) {
    const char *text;
    size_t len;
    if (!ydoc_key_text(key, &text, &len)) continue;
    uint64_t next = step_down(q->pattern, states, text, len, 0);
    if (!next) continue;
    IfxYplace below = {.node = key->next, .key = key, .up = self, .doc = place->doc};
    found |= visit(q, below, next);
  }
  return found;
}

static bool visit_items(Query *q, const IfxYplace *place, uint32_t self, uint64_t states) {
  bool found = false;
  uint32_t index = 0;
  for (IfxYamlNode *item = place->node->first; item; item = item->next) {
    uint64_t next = step_down(q->pattern, states, NULL, 0, ++index);
    if (!next) continue;
    IfxYplace below = {.node = item, .index = index, .up = self, .doc = place->doc};
    found |= visit(q, below, next);
  }
  return found;
}

/* Depth is bounded by the parser. A place stays only when something at or below it matched. */
static bool visit(Query *q, IfxYplace place, uint64_t states) {
  place.match = states >> q->pattern->count & 1;
  uint32_t self = (uint32_t)q->d->nplaces;
  if (q->no_memory || !add_place(q->d, place)) {
    q->no_memory = true;
    return false;
  }
  bool found = place.match;
  if (place.node->kind == IFX_YAML_MAP) found |= visit_pairs(q, &place, self, states);
  if (place.node->kind == IFX_YAML_SEQ) found |= visit_items(q, &place, self, states);
  if (!found) q->d->nplaces = self;
  return found;
}

bool ifx_ydoc_query(IfxYdoc *d, const IfxYpath *pattern, IfxErr *err) {
  d->nplaces = 0;
  if (pattern->count > MAX_STEPS)
    return ydoc_fail(d, NULL, err, IFX_E_LIMIT, "a pattern of %zu steps; at most %d are possible",
                     pattern->count, MAX_STEPS);
  Query q = {.d = d, .pattern = pattern};
  uint64_t start = with_empty_deep(pattern, 1);
  for (size_t i = 0; i < d->stream->ndocs; i++) {
    if (pattern->doc && pattern->doc != i + 1) continue;
    IfxYamlNode *root = d->stream->docs[i].root;
    IfxYplace place = {.node = root, .up = IFX_YPLACE_ROOT, .doc = (uint32_t)i + 1};
    if (root) visit(&q, place, start);
  }
  return q.no_memory ? ifx_err_nomem(err) : true;
}

const IfxYplace *ifx_ydoc_at(IfxYdoc *d, const IfxYpath *path, IfxErr *err) {
  d->nplaces = 0;
  err->kind = NULL;
  if (path->doc < 1 || path->doc > d->stream->ndocs) return NULL;
  const IfxYamlNode *root = d->stream->docs[path->doc - 1].root;
  for (size_t steps = 0; root && steps <= path->count; steps++) {
    Reach r = ydoc_reach(root, path, steps);
    if (r.steps < steps) return NULL;
    IfxYplace place = {.node = r.node, .key = r.key, .doc = path->doc};
    place.index = steps && !r.key ? r.position + 1 : 0;
    place.up = steps ? (uint32_t)steps - 1 : IFX_YPLACE_ROOT;
    place.match = steps == path->count;
    if (add_place(d, place)) continue;
    ifx_err_nomem(err);
    return NULL;
  }
  return d->nplaces ? &d->places[d->nplaces - 1] : NULL;
}

/* ---- spans ---- */

/* The content of a block scalar of one line, if it stands there as it is. */
static bool inner_of_block(const IfxYdoc *d, const IfxYamlNode *n, size_t *start, size_t *end) {
  size_t line = ydoc_line_next(d, n->start);
  size_t size = n->value_len;
  if (!size || line >= n->end) return false;
  size_t at = ydoc_skip_spaces(d, line);
  if (n->value[0] == ' ' || at + size > n->end || memcmp(d->text + at, n->value, size) != 0)
    return false;
  *start = at;
  *end = at + size;
  return true;
}

bool ifx_ydoc_inner(const IfxYdoc *d, const IfxYamlNode *n, size_t *start, size_t *end) {
  if (n->kind != IFX_YAML_SCALAR) return false;
  if (ydoc_is_block_scalar(n)) return inner_of_block(d, n, start, end);
  size_t quote = n->style == IFX_YAML_PLAIN ? 0 : 1;
  *start = n->start + quote;
  *end = n->end - quote;
  return *end - *start == n->value_len && memcmp(d->text + *start, n->value, n->value_len) == 0;
}
