/* node_patch.c: JSON patches (RFC 6902). SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "node.h"

typedef enum { ADD, REMOVE, REPLACE, MOVE, COPY, TEST, UNKNOWN } Op;

static const char *const names[] = {"add", "remove", "replace", "move", "copy", "test"};

typedef struct Patch {
  IfxTree *tree;
  IfxErr *err;
  Op op;
  const char *pointer; /* as it stands in the patch, for messages */
  const IfxNode *value;
} Patch;

static const IfxNode *fail(const Patch *p, const char *kind, const char *what) {
  ifx_err_set(p->err, kind, "%s operation does not apply: %s", names[p->op], what);
  return NULL;
}

static const IfxNode *missing(const Patch *p, const char *what) {
  char text[300];
  snprintf(text, sizeof text, "doc is missing %s: %.200s", what, p->pointer);
  return fail(p, IFX_E_NOT_FOUND, text);
}

static const IfxNode *no_memory(const Patch *p) {
  ifx_err_nomem(p->err);
  return NULL;
}

/* ---- pointers ---- */

/* The step at *s, which moves behind it; ~1 is /, ~0 is ~. */
static bool take_step(const char **s, IfxBuf *step) {
  step->len = 0;
  ifx_buf_add(step, "", 0);
  for ((*s)++; **s && **s != '/'; (*s)++) {
    bool escaped = **s == '~' && ((*s)[1] == '0' || (*s)[1] == '1');
    if (escaped) (*s)++;
    ifx_buf_byte(step, !escaped ? **s : **s == '0' ? '~' : '/');
  }
  return !step->failed;
}

/* The position that a step names among `count` items; SIZE_MAX: none. */
static size_t position(const char *step, size_t count) {
  char *end;
  long long at = strtoll(step, &end, 10);
  if (!*step || *end) return SIZE_MAX;
  if (at < 0) at += (long long)count;
  return at < 0 || (size_t)at >= count ? SIZE_MAX : (size_t)at;
}

static const IfxNode *child(const IfxNode *n, const char *step, size_t len) {
  if (n->kind != IFX_NODE_LIST) return ifx_node_find(n, step, len);
  size_t at = position(step, n->count);
  return at == SIZE_MAX ? NULL : n->items[at];
}

/* ---- one operation ---- */

static const IfxNode *change_item(Patch *p, const IfxNode *n, const char *step) {
  bool end = strcmp(step, "-") == 0, add = p->op == ADD;
  size_t at = end ? n->count : position(step, n->count + add);
  if (at == SIZE_MAX || (end && !add)) {
    char text[200];
    snprintf(text, sizeof text, "unable to access invalid index: %.100s", step);
    return fail(p, IFX_E_NOT_FOUND, text);
  }
  if (add) return ifx_node_insert(p->tree, n, at, p->value);
  return ifx_node_put_item(p->tree, n, at, p->op == REMOVE ? NULL : p->value);
}

static const IfxNode *change_child(Patch *p, const IfxNode *n, const IfxBuf *step) {
  if (n->kind == IFX_NODE_LIST) return change_item(p, n, step->data);
  if (n->kind != IFX_NODE_MAP) return missing(p, "path");
  if (p->op == REMOVE && !ifx_node_find(n, step->data, step->len)) {
    char text[200];
    snprintf(text, sizeof text, "unable to remove nonexistent key: %.100s", step->data);
    return fail(p, IFX_E_NOT_FOUND, text);
  }
  return ifx_node_put(p->tree, n, step->data, step->len, p->op == REMOVE ? NULL : p->value);
}

/* `n` with the change made below it where the rest of the pointer leads. */
static const IfxNode *change(Patch *p, const IfxNode *n, const char *rest) {
  IfxBuf step = {0};
  const IfxNode *out = NULL;
  if (!*rest) return p->op == REMOVE ? missing(p, "path") : p->value;
  if (*rest != '/') return missing(p, "path");
  if (!take_step(&rest, &step)) {
    out = no_memory(p);
  } else if (!*rest) {
    out = change_child(p, n, &step);
  } else {
    const IfxNode *below = child(n, step.data, step.len);
    const IfxNode *changed = below ? change(p, below, rest) : missing(p, "path");
    if (changed && n->kind == IFX_NODE_LIST)
      out = ifx_node_put_item(p->tree, n, position(step.data, n->count), changed);
    else if (changed)
      out = ifx_node_put(p->tree, n, step.data, step.len, changed);
  }
  ifx_buf_free(&step);
  return out;
}

/* A copy of a field that an object does not have is null. */
static const IfxNode *look_up(Patch *p, const IfxNode *n, const char *pointer) {
  IfxBuf step = {0};
  while (n && *pointer == '/') {
    const IfxNode *in = n;
    if (!take_step(&pointer, &step)) break;
    n = child(n, step.data, step.len);
    if (!n && p->op == COPY && in->kind == IFX_NODE_MAP && !*pointer)
      n = ifx_node_scalar(p->tree, IFX_NODE_NULL, "null", 4);
  }
  bool failed = step.failed;
  ifx_buf_free(&step);
  if (failed) return no_memory(p);
  return n && !*pointer ? n : missing(p, "path");
}

/* Is there a list or a map that could hold what the pointer names? */
static bool has_holder(Patch *p, const IfxNode *n) {
  const char *last = strrchr(p->pointer, '/');
  size_t len = last ? (size_t)(last - p->pointer) : 0;
  char *above = ifx_tree_alloc(p->tree, len + 1);
  if (!above) return false;
  memcpy(above, p->pointer, len);
  above[len] = '\0';
  const IfxNode *holder = look_up(p, n, above);
  return holder && holder->kind >= IFX_NODE_LIST;
}

/* A value that is null and one that could be there, but is not, are the same to a test. */
static const IfxNode *test(Patch *p, const IfxNode *n) {
  const IfxNode *found = look_up(p, n, p->pointer);
  bool same =
      found ? ifx_node_equal(found, p->value) : p->value->kind == IFX_NODE_NULL && has_holder(p, n);
  if (same) return n;
  if (found) {
    char text[300];
    snprintf(text, sizeof text, "testing value %.200s failed", p->pointer);
    return fail(p, IFX_E_CONFLICT, text);
  }
  return NULL;
}

static const IfxNode *refuse(Patch *p, const IfxNode *operation, const char *what) {
  ifx_err_set(p->err, IFX_E_PARSE, "%s", what);
  if (operation->line) ifx_err_at(p->err, operation->line, 1);
  return NULL;
}

#define TOO_LONG "an operation of a JSON patch with a path of more steps than a value has levels"

static bool is_long(const char *pointer) {
  size_t steps = 0;
  for (; *pointer; pointer++) steps += *pointer == '/';
  return steps > IFX_NODE_MAX_DEPTH;
}

static const IfxNode *move(Patch *p, const IfxNode *n, const IfxNode *from) {
  if (!from || from->kind != IFX_NODE_STRING) return missing(p, "from");
  if (is_long(from->text)) return refuse(p, from, TOO_LONG);
  p->value = look_up(p, n, from->text);
  if (!p->value) return NULL;
  Patch part = *p;
  if (p->op == MOVE) {
    part.op = REMOVE;
    part.pointer = from->text;
    n = change(&part, n, from->text);
  }
  part.op = ADD;
  part.pointer = p->pointer;
  return n ? change(&part, n, p->pointer) : NULL;
}

static const IfxNode *apply(Patch *p, const IfxNode *n, const IfxNode *operation) {
  const IfxNode *op = ifx_node_get(operation, "op"), *path = ifx_node_get(operation, "path");
  p->op = ADD;
  while (p->op < UNKNOWN && !ifx_node_is_text(op, names[p->op])) p->op++;
  if (p->op == UNKNOWN)
    return refuse(p, operation,
                  "an operation of a JSON patch has op: add, remove, replace, move, copy or test");
  if (!path || path->kind != IFX_NODE_STRING)
    return refuse(p, operation, "an operation of a JSON patch has a path: /spec/replicas");
  if (is_long(path->text)) return refuse(p, operation, TOO_LONG);
  p->pointer = path->text;
  p->value = ifx_node_get(operation, "value");
  if (!p->value) p->value = ifx_node_scalar(p->tree, IFX_NODE_NULL, "null", 4);
  if (!p->value) return no_memory(p);
  switch (p->op) {
  case TEST: return test(p, n);
  case MOVE:
  case COPY: return move(p, n, ifx_node_get(operation, "from"));
  default: return change(p, n, p->pointer);
  }
}

/* The object is JSON before anything is done to it. */
static bool has_text_keys(Patch *p, const IfxNode *n) {
  for (size_t i = 0; n->kind >= IFX_NODE_LIST && i < n->count; i++) {
    const IfxNode *key = n->kind == IFX_NODE_MAP ? n->fields[i].key : NULL;
    if (key && key->kind != IFX_NODE_STRING) {
      ifx_err_set(p->err, IFX_E_PARSE, "\"%.80s\" is a key that is no string", key->text);
      return ifx_err_at(p->err, key->line, 0);
    }
    if (!has_text_keys(p, key ? n->fields[i].value : n->items[i])) return false;
  }
  return true;
}

const IfxNode *ifx_node_patch(IfxTree *t, const IfxNode *n, const IfxNode *operations,
                              IfxErr *err) {
  Patch p = {.tree = t, .err = err};
  if (!ifx_node_check(n, err) || !has_text_keys(&p, n)) return NULL;
  ifx_err_nomem(err); /* what no other says */
  if (operations->kind != IFX_NODE_LIST)
    return refuse(&p, operations, "a JSON patch is a list of operations");
  for (size_t i = 0; n && i < operations->count; i++) n = apply(&p, n, operations->items[i]);
  return n;
}
