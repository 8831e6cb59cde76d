/* node_path.c: reading paths, and what they lead to. SPDX-License-Identifier: Apache-2.0 */
#include "node_path.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "node_path_impl.h"

#define MOST_STEPS 500 /* no document is so deep, and walks call themselves */

typedef struct Piece {
  const char *text;
  size_t len;
} Piece;

/* ---- dividing ---- */

/* The text between dots, of which one before all is none and those behind a \ are text. Pieces
 * stand in `out` with one dot between, so that neighbours can be taken together. */
static size_t divide(const char *s, size_t len, char *out, Piece *pieces) {
  size_t n = 0, at = 0, start = 0;
  if (len > 1 && s[0] == '.') {
    s++;
    len--;
  }
  for (size_t i = 0; i <= len; i++) {
    if (i < len && s[i] != '.') {
      out[at++] = s[i];
    } else if (i < len && at > start && out[at - 1] == '\\') {
      out[at - 1] = '.';
    } else {
      pieces[n++] = (Piece){out + start, at - start};
      out[at++] = '.';
      start = at;
    }
  }
  return n;
}

static bool begins(Piece p, char c) { return p.len > 0 && p.text[0] == c; }
static bool ends(Piece p, char c) { return p.len > 0 && p.text[p.len - 1] == c; }

static Piece trimmed(Piece p, const char *of) {
  while (p.len && strchr(of, p.text[0])) p = (Piece){p.text + 1, p.len - 1};
  while (p.len && strchr(of, p.text[p.len - 1])) p.len--;
  return p;
}

/* Pieces from [ to ] are one: with = in it an item of a list, without it a key that holds dots. */
static size_t join(Piece *pieces, size_t count) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    Piece p = pieces[i];
    if (begins(p, '[') && !ends(p, ']')) {
      while (++i < count && !ends(pieces[i], ']')) continue;
      const Piece *last = &pieces[i < count ? i : count - 1];
      p.len = (size_t)(last->text + last->len - p.text);
      if (!memchr(p.text, '=', p.len)) p = trimmed(p, "[]");
    }
    pieces[n++] = p;
  }
  return n;
}

/* ---- steps ---- */

/* A decimal number of at most 18 digits. */
static bool is_number(Piece p, bool *negative, size_t *value) {
  *negative = begins(p, '-');
  if (begins(p, '-') || begins(p, '+')) p = (Piece){p.text + 1, p.len - 1};
  if (p.len == 0 || p.len > 18) return false;
  *value = 0;
  for (size_t i = 0; i < p.len; i++) {
    if (p.text[i] < '0' || p.text[i] > '9') return false;
    *value = *value * 10 + (size_t)(p.text[i] - '0');
  }
  *negative = *negative && *value > 0;
  return true;
}

static bool is_word(Piece p, const char *word) {
  return p.len == strlen(word) && memcmp(p.text, word, p.len) == 0;
}

static bool item_step(IfxStep *step, Piece p, IfxErr *err) {
  Piece in = {p.text + 1, p.len > 1 ? p.len - 2 : 0};
  const char *equals = in.len ? memchr(in.text, '=', in.len) : NULL;
  if (!equals)
    return ifx_err_set(err, IFX_E_PARSE,
                       "list path element must contain fieldName=fieldValue for element to match: "
                       "'%.*s' has no =",
                       (int)(p.len > 200 ? 200 : p.len), p.text);
  size_t name = (size_t)(equals - in.text);
  *step = (IfxStep){.kind = IFX_STEP_ITEM,
                    .text = in.text,
                    .len = name,
                    .value = equals + 1,
                    .value_len = in.len - name - 1};
  return true;
}

static bool make_step(IfxStep *step, Piece p, IfxPathUse use, IfxErr *err) {
  bool negative, source = use == IFX_PATH_SOURCE;
  size_t value;
  *step = (IfxStep){.kind = IFX_STEP_KEY, .text = p.text, .len = p.len};
  if (is_number(p, &negative, &value) && (source || !negative)) {
    if (negative)
      return ifx_err_set(err, IFX_E_PARSE, "array index -%zu cannot be negative", value);
    step->kind = IFX_STEP_INDEX;
    step->index = value;
  } else if (source && is_word(p, "-")) {
    step->kind = IFX_STEP_LAST;
  } else if (source && is_word(p, "*")) {
    ifx_err_set(err, IFX_E_PARSE, "wildcard is not supported in PathGetter");
    return ifx_err_hint(err, "a source is one value: name the item by [field=value] or its index");
  } else if (begins(p, '[') && ends(p, ']')) {
    return item_step(step, p, err);
  } else if (is_word(p, "*")) {
    step->kind = IFX_STEP_EACH;
  }
  return true;
}

/* The texts of steps stand between others: copies, which end in NUL. */
static bool own_texts(IfxArena *arena, IfxStep *step) {
  step->text = ifx_arena_copy(arena, step->text, step->len);
  if (step->value) step->value = ifx_arena_copy(arena, step->value, step->value_len);
  return step->text && (step->value || step->kind != IFX_STEP_ITEM);
}

static bool make_steps(IfxNodePath *p, Piece *pieces, size_t count, IfxPathUse use, IfxErr *err) {
  for (size_t i = 0; i < count; i++) {
    Piece piece = use == IFX_PATH_SOURCE ? trimmed(pieces[i], " \t\r\n\v\f") : pieces[i];
    if (use == IFX_PATH_SOURCE && piece.len == 0) continue;
    if (p->count == MOST_STEPS)
      return ifx_err_set(err, IFX_E_LIMIT, "a path of more than %d steps", MOST_STEPS);
    IfxStep *step = &p->steps[p->count];
    if (!make_step(step, piece, use, err)) return false;
    if (!own_texts(&p->arena, step)) return ifx_err_nomem(err);
    p->count++;
  }
  return true;
}

IfxNodePath *ifx_node_path_new(const char *text, size_t len, IfxPathUse use, IfxErr *err) {
  IfxNodePath *p = calloc(1, sizeof *p);
  if (!p) {
    ifx_err_nomem(err);
    return NULL;
  }
  char *out = ifx_arena_alloc(&p->arena, len + 2);
  Piece *pieces = ifx_arena_alloc(&p->arena, (len + 2) * sizeof *pieces);
  p->steps = ifx_arena_alloc(&p->arena, (len + 2) * sizeof *p->steps);
  bool ok = out && pieces && p->steps ? true : ifx_err_nomem(err);
  if (ok) ok = make_steps(p, pieces, join(pieces, divide(text, len, out, pieces)), use, err);
  if (ok) return p;
  ifx_node_path_free(p);
  return NULL;
}

void ifx_node_path_free(IfxNodePath *p) {
  if (!p) return;
  ifx_arena_free(&p->arena);
  free(p);
}

const IfxStep *ifx_node_path_steps(const IfxNodePath *p, size_t *count) {
  *count = p->count;
  return p->steps;
}

/* ---- following a source ---- */

bool ifx_node_wrong_kind(IfxErr *err, const IfxNode *n, const char *expected) {
  const char *got = n->kind == IFX_NODE_LIST  ? "SequenceNode"
                    : n->kind == IFX_NODE_MAP ? "MappingNode"
                                              : "ScalarNode";
  ifx_err_set(err, IFX_E_CONFLICT, "wrong node kind: expected %s but got %s", expected, got);
  return ifx_err_at(err, n->line, 0);
}

static bool has_text(const IfxNode *n, const IfxStep *step) {
  size_t len = n->kind < IFX_NODE_LIST ? n->count : 0; /* lists and maps have none */
  return len == step->value_len && (len == 0 || memcmp(n->text, step->value, len) == 0);
}

/* The first item that is the value of the step, or whose field is. */
static const IfxNode *find_item(const IfxNode *list, const IfxStep *step) {
  for (size_t i = 0; i < list->count; i++) {
    const IfxNode *n = list->items[i];
    if (step->len) n = ifx_node_find(n, step->text, step->len);
    if (n && has_text(n, step)) return list->items[i];
  }
  return NULL;
}

static const IfxNode *follow(const IfxNode *n, const IfxStep *step, IfxErr *err) {
  bool key = step->kind == IFX_STEP_KEY;
  if (n->kind == IFX_NODE_NULL) return NULL;
  if (n->kind != (key ? IFX_NODE_MAP : IFX_NODE_LIST)) {
    ifx_node_wrong_kind(err, n, key ? "MappingNode" : "SequenceNode");
    return NULL;
  }
  if (key) return ifx_node_find(n, step->text, step->len);
  if (step->kind == IFX_STEP_ITEM) return find_item(n, step);
  size_t at = step->kind == IFX_STEP_LAST ? n->count - 1 : step->index;
  return at < n->count ? n->items[at] : NULL;
}

const IfxNode *ifx_node_lookup(const IfxNode *n, const IfxNodePath *source, IfxErr *err) {
  err->kind = NULL;
  for (size_t i = 0; n && i < source->count; i++) n = follow(n, &source->steps[i], err);
  return n;
}
