/* yaml_doc_edit.c: set, insert, delete, rename by path. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_doc_impl.h"

/* ---- what cannot be edited ---- */

bool edit_refuse_explicit(const Edit *e, const IfxYamlNode *key) {
  if (!key || !ydoc_explicit_key(e->d, key)) return false;
  ydoc_fail(e->d, key, e->err, IFX_E_UNSUPPORTED, "the key is explicit (\"? key\")");
  ifx_err_hint(e->err, "write it as \"key: value\" first");
  return true;
}

static const char *kind_words(const IfxYamlNode *n) {
  switch (n->kind) {
  case IFX_YAML_SEQ: return "a list";
  case IFX_YAML_MAP: return "a map";
  case IFX_YAML_ALIAS: return "an alias";
  default: return "a scalar";
  }
}

/* The path ends before its last step: say where, and why it goes no further. */
static bool fail_missing(const Edit *e, const Reach *r) {
  char here[200], next[80];
  const IfxYamlNode *n = r->node;
  const IfxYstep *step = &e->path->steps[r->steps];
  IfxYpath one = {.steps = step, .count = 1};
  ydoc_path_text(here, sizeof here, e->path, r->steps);
  ydoc_path_text(next, sizeof next, &one, 1);
  if (!n)
    return ydoc_fail(e->d, NULL, e->err, IFX_E_NOT_FOUND, "the document is empty: it has no %s",
                     next);
  if (n->kind == IFX_YAML_ALIAS) {
    ydoc_fail(e->d, n, e->err, IFX_E_UNSUPPORTED,
              "%s is the alias *%s: an edit below it would change line %u", here, n->value,
              (unsigned)n->first->line);
    return ifx_err_hint(e->err, "edit the anchor, or write the value out here first");
  }
  if (n->kind == IFX_YAML_MAP && step->kind == IFX_YSTEP_KEY) {
    if (ydoc_lookup(n, step, e->d->schema))
      return ydoc_fail(e->d, n, e->err, IFX_E_UNSUPPORTED, "%s comes from a merge key of %s", next,
                       here);
    return ydoc_fail(e->d, n, e->err, IFX_E_NOT_FOUND, "%s has no key %s", here, next);
  }
  if (n->kind == IFX_YAML_SEQ && step->kind == IFX_YSTEP_INDEX)
    return ydoc_fail(e->d, n, e->err, IFX_E_NOT_FOUND, "%s has %u items, no item %u", here,
                     (unsigned)n->count, (unsigned)step->index);
  return ydoc_fail(e->d, n, e->err, IFX_E_NOT_FOUND, "%s is %s: it has no %s %s", here,
                   kind_words(n), step->kind == IFX_YSTEP_KEY ? "key" : "item", next);
}

static bool fail_value(const Edit *e, const char *why) {
  return ydoc_fail(e->d, NULL, e->err, IFX_E_ARGUMENT, "the value cannot be written as YAML: %s",
                   why);
}

static bool check_value(const Edit *e, const IfxYval *v, bool key) {
  bool box = v->kind == IFX_YVAL_SEQ || v->kind == IFX_YVAL_MAP;
  if (key && (box || v->len > 1000 || (v->kind == IFX_YVAL_STR && memchr(v->str, '\n', v->len))))
    return fail_value(e, "a key must be a scalar of one line of at most 1000 bytes");
  if (v->kind == IFX_YVAL_STR && !ifx_yaml_is_utf8(v->str, v->len))
    return fail_value(e, "a string is not UTF-8");
  for (const IfxYval *c = box ? v->first : NULL; c; c = c->next) {
    if (!check_value(e, c, v->kind == IFX_YVAL_MAP)) return false;
    if (v->kind == IFX_YVAL_MAP && !check_value(e, c = c->next, false)) return false;
  }
  return true;
}

/* ---- starting an edit ---- */

/* Follow the path; *r is how far it goes. False: there is no such document. */
static bool begin(Edit *e, Reach *r) {
  const IfxYamlStream *s = e->d->stream;
  size_t ndocs = s->ndocs ? s->ndocs : 1; /* a text of comments, or none, is an empty document */
  if (e->path->doc < 1 || e->path->doc > ndocs)
    return ydoc_fail(e->d, NULL, e->err, IFX_E_ARGUMENT, "document %u of %zu",
                     (unsigned)e->path->doc, ndocs);
  if ((e->value && !check_value(e, e->value, false)) || (e->name && !check_value(e, e->name, true)))
    return false;
  IfxYamlNode *root = s->ndocs ? s->docs[e->path->doc - 1].root : NULL;
  if (root && root->start == root->end && root->props == root->start) root = NULL;
  *r = ydoc_reach(root, e->path, e->path->count);
  return true;
}

static bool run(Edit *e, bool (*plan)(Edit *)) { return edit_guard(e) && edit_commit(e, plan); }

static bool set_node(Edit *e, const Reach *r, const IfxYval *value) {
  e->op = EDIT_SET;
  e->node = r->node;
  e->key = r->key;
  e->position = r->position;
  e->value = value;
  e->name = NULL;
  if (!e->node) return run(e, edit_empty);
  if (ydoc_value_is(value, e->node)) return true;
  return run(e, edit_replace);
}

/* Does the node become a collection when it gets its first entry? */
static bool is_null(const IfxYamlNode *n) {
  return n->kind == IFX_YAML_SCALAR &&
         ifx_yaml_resolve(n, IFX_YAML_SCHEMA_CORE).type == IFX_YAML_NULL;
}

/* "{}" or "[]" in a block collection: written anew in block style; with a comment inside it stays.
 */
static bool is_bare(const IfxYdoc *d, const IfxYamlNode *n) {
  if (n->count > 0 || n->style != IFX_YAML_FLOW || ydoc_in_flow(n->parent)) return false;
  return !memchr(d->text + n->start, '#', n->end - n->start);
}

static bool refuse_pair(const Edit *e) {
  if (e->node->style == IFX_YAML_BLOCK || strchr("[{", e->d->text[e->node->start])) return true;
  return ydoc_fail(e->d, e->node, e->err, IFX_E_UNSUPPORTED,
                   "a pair in a list without braces (\"[a: b]\")");
}

/* Add an entry at e->position of `r->node`, which is a collection, null, or nothing. */
static bool add_entry(Edit *e, const Reach *r, IfxYvalKind kind) {
  IfxYval value = *e->value, name = {0}, box = {.kind = kind, .first = &value};
  value.next = NULL;
  if (e->name) {
    name = *e->name;
    name.next = &value;
    box.first = &name;
  }
  if (!r->node || is_null(r->node) || is_bare(e->d, r->node)) return set_node(e, r, &box);
  e->op = EDIT_ADD;
  e->node = r->node;
  if (!refuse_pair(e)) return false;
  return run(e, e->node->style == IFX_YAML_FLOW ? edit_add_flow : edit_add_block);
}

/* ---- the four edits ---- */

bool ifx_ydoc_set(IfxYdoc *d, const IfxYpath *path, const IfxYval *value, IfxErr *err) {
  Edit e = {.d = d, .path = path, .err = err, .value = value};
  Reach r;
  if (!begin(&e, &r)) return false;
  if (r.steps == path->count) return set_node(&e, &r, value);
  const IfxYstep *last = &path->steps[path->count - 1];
  bool map = !r.node || is_null(r.node) || r.node->kind == IFX_YAML_MAP;
  if (r.steps + 1 < path->count || last->kind != IFX_YSTEP_KEY || !map) return fail_missing(&e, &r);
  IfxYval name = {.kind = IFX_YVAL_STR, .str = last->key, .len = last->len};
  if (!check_value(&e, &name, true)) return false;
  e.name = &name;
  e.position = r.node && r.node->kind == IFX_YAML_MAP ? r.node->count : 0;
  return add_entry(&e, &r, IFX_YVAL_MAP);
}

bool ifx_ydoc_insert(IfxYdoc *d, const IfxYpath *path, uint32_t index, const IfxYval *value,
                     IfxErr *err) {
  Edit e = {.d = d, .path = path, .err = err, .value = value};
  Reach r;
  char here[200];
  if (!begin(&e, &r)) return false;
  if (r.steps < path->count) return fail_missing(&e, &r);
  ydoc_path_text(here, sizeof here, path, path->count);
  bool empty = !r.node || is_null(r.node);
  if (!empty && r.node->kind != IFX_YAML_SEQ)
    return ydoc_fail(d, r.node, err, IFX_E_ARGUMENT, "%s is %s, not a list", here,
                     kind_words(r.node));
  uint32_t count = empty ? 0 : r.node->count;
  if (index > count + 1)
    return ydoc_fail(d, r.node, err, IFX_E_ARGUMENT,
                     "%s has %u items; an item can be put at 1 to %u", here, (unsigned)count,
                     (unsigned)count + 1);
  Reach at = r;
  e.position = index ? index - 1 : count;
  return add_entry(&e, &at, IFX_YVAL_SEQ);
}

bool ifx_ydoc_delete(IfxYdoc *d, const IfxYpath *path, IfxErr *err) {
  Edit e = {.d = d, .path = path, .err = err, .op = EDIT_DELETE};
  Reach r;
  if (path->count == 0)
    return ydoc_fail(d, NULL, err, IFX_E_ARGUMENT,
                     "a document has no entry to delete at an empty path");
  if (!begin(&e, &r)) return false;
  if (r.steps < path->count) return fail_missing(&e, &r);
  if (edit_refuse_explicit(&e, r.key)) return false;
  e.node = r.node->parent;
  e.position = r.position;
  if (!refuse_pair(&e)) return false;
  if (e.node->style == IFX_YAML_FLOW) return run(&e, edit_delete_flow);
  if (e.node->count > 1) return run(&e, edit_delete_block);
  if (!edit_guard(&e)) return false;
  IfxYpath above = {.steps = path->steps, .count = path->count - 1, .doc = path->doc};
  IfxYval none = {.kind = e.node->kind == IFX_YAML_SEQ ? IFX_YVAL_SEQ : IFX_YVAL_MAP};
  e.path = &above;
  if (!begin(&e, &r)) return false;
  return set_node(&e, &r, &none);
}

bool edit_rename(Edit *e) {
  Pen pen;
  ydoc_pen(&pen, e->d, e->node, e->key, e->key->start);
  pen.out = &e->ins;
  edit_cut(e, e->key->start, e->key->end);
  IfxYamlStyle style =
      e->key->style <= IFX_YAML_DOUBLE ? (IfxYamlStyle)e->key->style : IFX_YAML_PLAIN;
  ydoc_write_string(&pen, e->name->str, e->name->len, style, ydoc_in_flow(e->node));
  return true;
}

bool ifx_ydoc_rename(IfxYdoc *d, const IfxYpath *path, const char *key, size_t len, IfxErr *err) {
  IfxYval name = {.kind = IFX_YVAL_STR, .str = key, .len = len};
  Edit e = {.d = d, .path = path, .err = err, .op = EDIT_RENAME, .name = &name};
  Reach r, other;
  if (!begin(&e, &r)) return false;
  if (r.steps < path->count) return fail_missing(&e, &r);
  if (!r.key) return ydoc_fail(d, r.node, err, IFX_E_ARGUMENT, "only a key can be renamed");
  if (edit_refuse_explicit(&e, r.key)) return false;
  if (r.key->kind != IFX_YAML_SCALAR)
    return ydoc_fail(d, r.key, err, IFX_E_UNSUPPORTED, "the key is %s", kind_words(r.key));
  if (ydoc_value_is(&name, r.key)) return true;
  IfxYstep step = {.kind = IFX_YSTEP_KEY, .key = key, .len = len};
  IfxYpath to = {.steps = &step, .count = 1};
  other = ydoc_reach(r.node->parent, &to, 1);
  if (other.steps && other.key != r.key)
    return ydoc_fail(d, other.key, err, IFX_E_EXISTS, "the map has the key %.200s already", key);
  e.node = r.node->parent;
  e.key = r.key;
  e.position = r.position;
  return run(&e, edit_rename);
}
