/* yaml_doc_anchor.c: edits leave what aliases stand for. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_doc_impl.h"

static bool inside(const IfxYamlNode *n, const IfxYamlNode *top) {
  while (n && n != top) n = n->parent;
  return n && top;
}

/* The nodes that go away, and the collection that others see change. */
typedef struct Change {
  const IfxYamlNode *gone[2]; /* NULL: nothing */
  const IfxYamlNode *box;
} Change;

static Change change_of(const Edit *e) {
  Change c = {.box = e->op == EDIT_SET ? e->node->parent : e->node};
  if (e->op == EDIT_ADD) return c;
  if (e->op == EDIT_SET) {
    c.gone[0] = e->node;
    return c;
  }
  bool map = e->node->kind == IFX_YAML_MAP;
  const IfxYamlNode *n = e->node->first;
  for (uint32_t i = 0; i < e->position; i++) n = map ? n->next->next : n->next;
  c.gone[0] = n;
  c.gone[1] = map && e->op == EDIT_DELETE ? n->next : NULL;
  return c;
}

static bool leaves(const Change *c, const IfxYamlNode *n) {
  return inside(n, c->gone[0]) || inside(n, c->gone[1]);
}

/* The first alias at or below `n` that would stand for something else afterwards. */
static const IfxYamlNode *broken_alias(const Change *c, const IfxYamlNode *n) {
  if (n->kind == IFX_YAML_ALIAS) {
    bool target_gone = leaves(c, n->first) && !leaves(c, n);
    return target_gone || inside(c->box, n->first) ? n : NULL;
  }
  if (n->kind == IFX_YAML_SCALAR) return NULL;
  const IfxYamlNode *found = NULL;
  for (const IfxYamlNode *child = n->first; child && !found; child = child->next)
    found = broken_alias(c, child);
  return found;
}

bool edit_guard(const Edit *e) {
  if (!e->node || !memchr(e->d->text, '*', e->d->len)) return true;
  Change c = change_of(e);
  const IfxYamlNode *alias = broken_alias(&c, e->d->stream->docs[e->path->doc - 1].root);
  if (!alias) return true;
  char path[200];
  ydoc_path_text(path, sizeof path, e->path, e->path->count);
  ydoc_fail(e->d, alias->first, e->err, IFX_E_UNSUPPORTED,
            "editing %s would also change what *%s stands for in line %u", path, alias->value,
            (unsigned)alias->line);
  return ifx_err_hint(e->err, "write the value out where the alias stands, then edit again");
}
