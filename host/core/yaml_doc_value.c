/* yaml_doc_value.c: values to write, from events. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "yaml_doc_impl.h"

#define MAX_DEPTH (sizeof((IfxYbuild *)0)->open / sizeof(IfxYval *))

static void *take(IfxYbuild *b, size_t n) {
  IfxArena arena = {.chunk = b->chunk, .next_size = b->next_size};
  void *p = ifx_arena_alloc(&arena, n);
  b->chunk = arena.chunk;
  b->next_size = arena.next_size;
  if (!p) b->no_memory = true;
  return p;
}

/* A new value, linked below the innermost open collection. NULL: building has failed. */
static IfxYval *add(IfxYbuild *b, IfxYvalKind kind) {
  IfxYval *v = b->no_memory || b->too_deep ? NULL : take(b, sizeof *v);
  if (!v) return NULL;
  *v = (IfxYval){.kind = kind};
  IfxYval *up = b->depth ? b->open[b->depth - 1] : NULL;
  if (!up) {
    b->root = v;
  } else if (up->last) {
    up->last = up->last->next = v;
  } else {
    up->first = up->last = v;
  }
  return v;
}

void ifx_ybuild_null(IfxYbuild *b) { add(b, IFX_YVAL_NULL); }

void ifx_ybuild_bool(IfxYbuild *b, bool value) {
  IfxYval *v = add(b, IFX_YVAL_BOOL);
  if (v) v->boolean = value;
}

void ifx_ybuild_int(IfxYbuild *b, int64_t value) {
  IfxYval *v = add(b, IFX_YVAL_INT);
  if (v) v->integer = value;
}

void ifx_ybuild_real(IfxYbuild *b, double value) {
  IfxYval *v = add(b, IFX_YVAL_REAL);
  if (v) v->real = value;
}

void ifx_ybuild_str(IfxYbuild *b, const char *s, size_t len) {
  IfxYval *v = add(b, IFX_YVAL_STR);
  char *copy = v && len < SIZE_MAX ? take(b, len + 1) : NULL;
  if (!copy) return;
  if (len) memcpy(copy, s, len);
  copy[len] = '\0';
  v->str = copy;
  v->len = len;
}

void ifx_ybuild_begin(IfxYbuild *b, IfxYvalKind seq_or_map) {
  if (b->depth == MAX_DEPTH) b->too_deep = true;
  IfxYval *v = add(b, seq_or_map);
  if (v) b->open[b->depth++] = v;
}

void ifx_ybuild_end(IfxYbuild *b) {
  if (b->depth && !b->no_memory && !b->too_deep) b->depth--;
}

const IfxYval *ifx_ybuild_value(IfxYbuild *b, IfxErr *err) {
  if (b->no_memory) {
    ifx_err_nomem(err);
    return NULL;
  }
  if (b->too_deep) {
    ifx_err_set(err, IFX_E_LIMIT, "a value nested deeper than %zu, or one that contains itself",
                MAX_DEPTH);
    return NULL;
  }
  return b->root;
}

void ifx_ybuild_free(IfxYbuild *b) {
  IfxArena arena = {.chunk = b->chunk, .next_size = b->next_size};
  ifx_arena_free(&arena);
  b->chunk = NULL;
  b->next_size = 0;
  b->root = NULL;
  b->depth = 0;
  b->no_memory = b->too_deep = false;
}

/* ---- comparing with what was parsed ---- */

static bool scalar_is_in(const IfxYval *v, const IfxYamlNode *n, IfxYamlSchema schema) {
  IfxYamlValue got = ifx_yaml_resolve(n, schema);
  switch (v->kind) {
  case IFX_YVAL_NULL: return got.type == IFX_YAML_NULL;
  case IFX_YVAL_BOOL: return got.type == IFX_YAML_BOOL && got.boolean == v->boolean;
  case IFX_YVAL_INT: return got.type == IFX_YAML_INT && got.integer == v->integer;
  case IFX_YVAL_REAL:
    return got.type == IFX_YAML_REAL && (memcmp(&got.real, &v->real, sizeof v->real) == 0 ||
                                         (isnan(got.real) && isnan(v->real)));
  case IFX_YVAL_STR:
    return got.type == IFX_YAML_STR && n->value_len == v->len &&
           memcmp(n->value, v->str, v->len) == 0;
  default: return false;
  }
}

static bool scalar_is(const IfxYval *v, const IfxYamlNode *n) {
  return n->kind == IFX_YAML_SCALAR && scalar_is_in(v, n, IFX_YAML_SCHEMA_KUBERNETES) &&
         scalar_is_in(v, n, IFX_YAML_SCHEMA_CORE);
}

bool ydoc_value_is(const IfxYval *v, const IfxYamlNode *n) {
  if (v->kind != IFX_YVAL_SEQ && v->kind != IFX_YVAL_MAP) return scalar_is(v, n);
  if (n->kind != (v->kind == IFX_YVAL_SEQ ? IFX_YAML_SEQ : IFX_YAML_MAP)) return false;
  const IfxYval *mine = v->first;
  const IfxYamlNode *theirs = n->first;
  for (; mine && theirs; mine = mine->next, theirs = theirs->next)
    if (!ydoc_value_is(mine, theirs)) return false;
  return !mine && !theirs;
}
