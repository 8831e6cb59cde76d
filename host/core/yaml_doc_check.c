/* yaml_doc_check.c: did an edit do what was wanted? SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_doc_impl.h"

static bool same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

size_t edit_moved(const Edit *e, size_t at) {
  size_t now = at;
  for (uint32_t i = 0; i < e->ncuts; i++) {
    const Cut *c = &e->cuts[i];
    if (c->start < at || (c->start == at && c->end == at))
      now += (c->ins_end - c->ins) - (c->end - c->start);
  }
  return now;
}

static bool same(const Edit *e, const IfxYamlNode *old, const IfxYamlNode *now);

static bool same_scalar(const IfxYamlNode *a, const IfxYamlNode *b) {
  return (a->style == IFX_YAML_PLAIN) == (b->style == IFX_YAML_PLAIN) &&
         a->value_len == b->value_len && memcmp(a->value, b->value, a->value_len) == 0;
}

static bool same_children(const Edit *e, const IfxYamlNode *a, const IfxYamlNode *b) {
  for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
    if (!same(e, a, b)) return false;
  return !a && !b;
}

static bool same_props(const IfxYamlNode *a, const IfxYamlNode *b) {
  return same_text(a->anchor, b->anchor) && same_text(a->tag, b->tag);
}

/* The collection that loses, gains or renames entry number e->position. */
static bool changed_children(const Edit *e, const IfxYamlNode *old, const IfxYamlNode *now) {
  const IfxYamlNode *a = old->first, *b = now->first;
  uint32_t width = old->kind == IFX_YAML_MAP ? 2 : 1;
  for (uint32_t i = 0; i < e->position * width; i++, a = a->next, b = b->next)
    if (!a || !b || !same(e, a, b)) return false;
  if (e->op == EDIT_DELETE)
    for (uint32_t i = 0; i < width; i++) a = a->next;
  if (e->op == EDIT_ADD && width == 2) {
    if (!b || !ydoc_value_is(e->name, b)) return false;
    b = b->next;
  }
  if (e->op == EDIT_ADD) {
    if (!b || !ydoc_value_is(e->value, b)) return false;
    b = b->next;
  }
  if (e->op == EDIT_RENAME) {
    if (!b || !ydoc_value_is(e->name, b) || !same_props(a, b)) return false;
    a = a->next;
    b = b->next;
  }
  for (; a && b; a = a->next, b = b->next)
    if (!same(e, a, b)) return false;
  return !a && !b;
}

static bool same_alias(const Edit *e, const IfxYamlNode *old, const IfxYamlNode *now) {
  return same_text(old->value, now->value) && edit_moved(e, old->first->props) == now->first->props;
}

static bool set_value(const Edit *e, const IfxYamlNode *old, const IfxYamlNode *now) {
  return same_text(old->anchor, now->anchor) && (!now->tag || same_text(old->tag, now->tag)) &&
         ydoc_value_is(e->value, now);
}

static bool same(const Edit *e, const IfxYamlNode *old, const IfxYamlNode *now) {
  if (old == e->node && e->op == EDIT_SET) return set_value(e, old, now);
  if (old->kind != now->kind || !same_props(old, now)) return false;
  if (old == e->node) return changed_children(e, old, now);
  switch (old->kind) {
  case IFX_YAML_SCALAR: return same_scalar(old, now);
  case IFX_YAML_ALIAS: return same_alias(e, old, now);
  default: return same_children(e, old, now);
  }
}

bool edit_verify_root(const Edit *e, const IfxYamlNode *old, const IfxYamlNode *now) {
  return same(e, old, now);
}

static bool same_root(const Edit *e, const IfxYamlNode *old, const IfxYamlNode *now, bool chosen) {
  if (chosen && !e->node) return now && ydoc_value_is(e->value, now);
  return old && now ? same(e, old, now) : old == now;
}

bool edit_verify(const Edit *e, const IfxYamlStream *now) {
  const IfxYamlStream *old = e->d->stream;
  if (now->ndocs != (old->ndocs ? old->ndocs : 1)) return false;
  for (size_t i = 0; i < now->ndocs; i++) {
    const IfxYamlNode *before = i < old->ndocs ? old->docs[i].root : NULL;
    if (!same_root(e, before, now->docs[i].root, i + 1 == e->path->doc)) return false;
  }
  return true;
}
