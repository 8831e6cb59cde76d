/* node_replace.c: values written where a path leads. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "buf.h"
#include "node_path_impl.h"

#define MOST_TEXT ((size_t)64 << 20) /* bytes: as much as a file may have */

typedef struct Walk {
  IfxTree *tree;
  const IfxNodePath *path;
  const IfxReplacement *how;
  size_t places;
  const IfxNode *made; /* the scalar of an item that was made: nothing has said yet what it is */
  IfxErr *err;
} Walk;

/* What is made where nothing is; a scalar takes the kind that its text then means. */
static const IfxNode new_scalar = {.kind = IFX_NODE_NULL, .text = ""};
static const IfxNode new_list = {.kind = IFX_NODE_LIST};
static const IfxNode new_map = {.kind = IFX_NODE_MAP};

static const IfxNode *no_memory(Walk *w) {
  ifx_err_nomem(w->err);
  return NULL;
}

static bool is_scalar(const IfxNode *n) { return n->kind < IFX_NODE_LIST; }

/* ---- the place itself ---- */

/* Where the part of `s` at the place's index begins; false: beyond the last. */
static bool find_part(const IfxReplacement *how, const char *s, size_t len, size_t *first,
                      size_t *end) {
  *first = 0;
  for (int64_t i = 0;; i++) {
    const char *d = memmem(s + *first, len - *first, how->delimiter, how->delimiter_len);
    *end = d ? (size_t)(d - s) : len;
    if (i == how->index) return true;
    if (!d) return false;
    *first = *end + how->delimiter_len;
  }
}

/* The text of the place with the value as one of its parts. */
static void put_part(IfxBuf *out, const IfxReplacement *how, const IfxNode *place) {
  const IfxNode *v = how->value;
  bool blank = !is_scalar(v) || v->kind == IFX_NODE_NULL;
  const char *text = blank ? "" : v->text;
  size_t len = blank ? 0 : v->count, first = 0, end = 0;
  bool before = how->index < 0;
  bool within = !before && find_part(how, place->text, place->count, &first, &end);
  if (!before) ifx_buf_add(out, place->text, within ? first : place->count);
  if (!before && !within) ifx_buf_add(out, how->delimiter, how->delimiter_len);
  ifx_buf_add(out, text, len);
  if (before) ifx_buf_add(out, how->delimiter, how->delimiter_len);
  if (before || within) ifx_buf_add(out, place->text + end, place->count - end);
}

static const IfxNode *scalar_like(Walk *w, const IfxNode *place, const char *text, size_t len) {
  bool is_new = place == &new_scalar || place == w->made || ifx_node_untagged(place);
  IfxNodeKind kind = is_new ? w->how->kind_of(text, len) : (IfxNodeKind)place->kind;
  const IfxNode *n = ifx_node_scalar(w->tree, kind, text, len);
  if (!n) return no_memory(w);
  IfxNode *own = (IfxNode *)(uintptr_t)n; /* nobody else has seen it yet */
  own->line = place->line;
  own->quote = is_new && !ifx_node_quoted(place) ? '?' : place->quote;
  return n;
}

static const IfxNode *written(Walk *w, const IfxNode *place) {
  const IfxReplacement *how = w->how;
  w->places++;
  if (!how->delimiter && !is_scalar(place)) return how->value;
  if (!is_scalar(place)) {
    ifx_err_set(w->err, IFX_E_CONFLICT, "delimiter option can only be used with scalar nodes");
    ifx_err_at(w->err, place->line, 0);
    return NULL;
  }
  if (!how->delimiter)
    return is_scalar(how->value) ? scalar_like(w, place, how->value->text, how->value->count)
                                 : scalar_like(w, place, "", 0);
  IfxBuf text = {0};
  if (is_scalar(how->value) && place->count + how->value->count > MOST_TEXT) {
    ifx_err_set(w->err, IFX_E_LIMIT, "a text of more than %zu bytes", MOST_TEXT);
    ifx_err_hint(w->err, "is a text put into itself, again and again?");
    return NULL;
  }
  put_part(&text, how, place);
  const IfxNode *n =
      text.failed ? no_memory(w) : scalar_like(w, place, text.data ? text.data : "", text.len);
  ifx_buf_free(&text);
  return n;
}

/* ---- the way there ---- */

static const IfxNode *walk(Walk *w, const IfxNode *n, size_t at);

static const IfxNode *missing(const Walk *w, size_t next) {
  if (next < w->path->count) {
    IfxStepKind kind = w->path->steps[next].kind;
    return kind == IFX_STEP_INDEX || kind == IFX_STEP_ITEM ? &new_list : &new_map;
  }
  const IfxNode *v = w->how->value;
  return v->kind == IFX_NODE_LIST ? &new_list : v->kind == IFX_NODE_MAP ? &new_map : &new_scalar;
}

/* What is made below null is lost, for null it stays: kyaml counts it as a place all the same. */
static const IfxNode *below_null(Walk *w, const IfxNode *n) {
  if (w->how->create) w->places++;
  return n;
}

static const IfxNode *walk_key(Walk *w, const IfxNode *n, size_t at) {
  const IfxStep *step = &w->path->steps[at];
  if (n->kind == IFX_NODE_NULL) return below_null(w, n);
  if (step->len == 0 && is_scalar(n)) return n->count ? n : walk(w, n, at + 1);
  if (step->len == 0 || n->kind != IFX_NODE_MAP) {
    ifx_node_wrong_kind(w->err, n, step->len == 0 ? "ScalarNode" : "MappingNode");
    return NULL;
  }
  const IfxNode *child = ifx_node_find(n, step->text, step->len);
  if (!child && !w->how->create) return n;
  const IfxNode *below = walk(w, child ? child : missing(w, at + 1), at + 1);
  if (!below || below == child) return below ? n : NULL;
  const IfxNode *out = ifx_node_put(w->tree, n, step->text, step->len, below);
  return out ? out : no_memory(w);
}

static const IfxNode *walk_index(Walk *w, const IfxNode *list, size_t at) {
  size_t index = w->path->steps[at].index, count = list->count;
  bool is_new = index == count && w->how->create;
  if (index >= count && !is_new) {
    ifx_err_set(w->err, IFX_E_NOT_FOUND, "index %zu specified but only %zu elements found", index,
                count);
    ifx_err_at(w->err, list->line, 0);
    return NULL;
  }
  const IfxNode *item = is_new ? missing(w, at + 1) : list->items[index];
  const IfxNode *below = walk(w, item, at + 1);
  if (!below || (below == item && !is_new)) return below ? list : NULL;
  const IfxNode *out = is_new ? ifx_node_insert(w->tree, list, count, below)
                              : ifx_node_put_item(w->tree, list, index, below);
  return out ? out : no_memory(w);
}

/* Values are compared as YAML writes them: a string keeps the quotes that it was read with, and has
 * them where it would mean something else without. */
static char quote_of(const Walk *w, const IfxNode *n) {
  if (n->kind != IFX_NODE_STRING || n->quote == '|' || n->quote == '>') return 0;
  if (ifx_node_quoted(n)) return n->quote;
  return w->how->kind_of(n->text, n->count) == IFX_NODE_STRING ? 0 : '"';
}

/* Is this the value that an item of the step has? A list or a map is compared by nobody. */
static bool matches(Walk *w, const IfxNode *n, size_t at, bool *yes) {
  if (!is_scalar(n)) {
    ifx_err_set(w->err, IFX_E_UNSUPPORTED, "'%s=%s' is compared with a list or a map",
                w->path->steps[at].text, w->path->steps[at].value);
    return ifx_err_at(w->err, n->line, 0);
  }
  char quote = quote_of(w, n);
  char *text = quote ? ifx_tree_alloc(w->tree, n->count + 2) : NULL;
  if (quote && !text) return ifx_err_nomem(w->err);
  if (text) {
    memcpy(text + 1, n->text, n->count);
    text[0] = text[n->count + 1] = quote;
  }
  *yes = w->how->matches(w->how->self, at, text ? text : n->text, n->count + (text ? 2 : 0));
  return true;
}

/* What the walk makes of an item: itself, where the step is not for it. */
static const IfxNode *walk_item(Walk *w, const IfxNode *item, size_t at) {
  const IfxStep *step = &w->path->steps[at];
  bool yes = false;
  if (step->kind == IFX_STEP_EACH) return walk(w, item, at + 1);
  if (step->len == 0) { /* what follows [=x] is not looked at */
    if (!matches(w, item, at, &yes)) return NULL;
    return yes ? written(w, item) : item;
  }
  const IfxNode *value = ifx_node_find(item, step->text, step->len);
  if (!value) return item;
  if (!matches(w, value, at, &yes)) return NULL;
  return yes ? walk(w, item, at + 1) : item;
}

/* No item of the list is the one: a new one that is. */
static const IfxNode *add_item(Walk *w, const IfxNode *list, size_t at) {
  const IfxStep *step = &w->path->steps[at];
  IfxNodeKind kind = w->how->kind_of(step->value, step->value_len);
  const IfxNode *item = ifx_node_scalar(w->tree, kind, step->value, step->value_len);
  w->made = item;
  if (item && step->len) item = ifx_node_put(w->tree, NULL, step->text, step->len, item);
  if (!item) return no_memory(w);
  size_t before = w->places;
  const IfxNode *below = walk_item(w, item, at);
  if (!below) return NULL;
  if (w->places == before) {
    ifx_err_set(w->err, IFX_E_CONFLICT, "an item made for [%s=%s] is not matched by it", step->text,
                step->value);
    ifx_err_hint(w->err, "an expression cannot be created: write the value itself");
    return NULL;
  }
  const IfxNode *out = ifx_node_insert(w->tree, list, list->count, below);
  return out ? out : no_memory(w);
}

static const IfxNode *walk_items(Walk *w, const IfxNode *list, size_t at) {
  const IfxNode **items = NULL;
  size_t before = w->places;
  for (size_t i = 0; i < list->count; i++) {
    const IfxNode *below = walk_item(w, list->items[i], at);
    if (!below) return NULL;
    if (below == list->items[i]) continue;
    if (!items) {
      items = ifx_tree_alloc(w->tree, list->count * sizeof *items);
      if (!items) return no_memory(w);
      memcpy(items, list->items, list->count * sizeof *items);
    }
    items[i] = below;
  }
  bool add = w->places == before && w->how->create && w->path->steps[at].kind == IFX_STEP_ITEM;
  if (add) return add_item(w, list, at);
  if (!items) return list;
  const IfxNode *out = ifx_node_list(w->tree, items, list->count);
  return out ? out : no_memory(w);
}

static const IfxNode *walk(Walk *w, const IfxNode *n, size_t at) {
  if (at == w->path->count) return written(w, n);
  IfxStepKind kind = w->path->steps[at].kind;
  if (kind == IFX_STEP_KEY) return walk_key(w, n, at);
  if (n->kind == IFX_NODE_NULL && kind == IFX_STEP_ITEM) return below_null(w, n);
  if (n->kind == IFX_NODE_NULL && kind == IFX_STEP_EACH) return n;
  if (n->kind == IFX_NODE_NULL && w->how->create && w->path->steps[at].index == 0)
    return below_null(w, n);
  if (n->kind == IFX_NODE_NULL) return walk_index(w, &new_list, at);
  if (n->kind != IFX_NODE_LIST) {
    ifx_node_wrong_kind(w->err, n, "SequenceNode");
    return NULL;
  }
  return kind == IFX_STEP_INDEX ? walk_index(w, n, at) : walk_items(w, n, at);
}

const IfxNode *ifx_node_replace(IfxTree *t, const IfxNode *n, const IfxNodePath *target,
                                const IfxReplacement *how, size_t *places, IfxErr *err) {
  Walk w = {.tree = t, .path = target, .how = how, .err = err};
  const IfxNode *out = walk(&w, n, 0);
  *places = w.places;
  return out && !is_scalar(how->value) && !ifx_node_check(out, err) ? NULL : out;
}
