/* node_fields.c: walking to the fields that specs name. SPDX-License-Identifier: Apache-2.0 */
#include "node_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"

#define SHOWN 400 /* bytes of a value in a message */

typedef struct Text {
  const char *s;
  size_t len;
} Text;

typedef enum { KEY, LIST_KEY, ANY_DEPTH, ITEM } StepKind;

typedef struct Step {
  Text key;
  StepKind kind;
} Step;

typedef struct Spec {
  Text group, version, kind;
  const char *path; /* as it was given */
  const Step *steps;
  size_t count;
  bool create;
} Spec;

struct IfxFields {
  IfxArena arena;
  Spec *specs;
  size_t count, cap;
};

IfxFields *ifx_fields_new(void) { return calloc(1, sizeof(IfxFields)); }

void ifx_fields_free(IfxFields *f) {
  if (!f) return;
  ifx_arena_free(&f->arena);
  free(f->specs);
  free(f);
}

size_t ifx_fields_count(const IfxFields *f) { return f->count; }

/* ---- paths ---- */

/* Only lists have items, and lists are walked without a step: what names an item fits nowhere. */
static bool names_item(Text key) {
  bool number = key.len > 0 && strspn(key.s, "0123456789") == key.len;
  bool bracket = key.len > 2 && key.s[0] == '[' && key.s[key.len - 1] == ']';
  return number || bracket || (key.len == 1 && (*key.s == '*' || *key.s == '-'));
}

static Step step_of(Text key) {
  Step s = {.key = key, .kind = names_item(key) ? ITEM : KEY};
  if (key.len == 2 && memcmp(key.s, "**", 2) == 0) s.kind = ANY_DEPTH;
  if (key.len >= 2 && memcmp(key.s + key.len - 2, "[]", 2) == 0) {
    s.kind = LIST_KEY;
    s.key.len -= 2;
  }
  return s;
}

/* The path is cut where it stands: keys get shorter by their escapes. */
static size_t cut(char *path, Step *steps) {
  size_t n = 0;
  char *s = *path == '/' && path[1] ? path + 1 : path, *key = s, *to = s;
  for (;; s++) {
    if (*s == '/' && to > key && to[-1] == '\\') {
      to[-1] = '/';
    } else if (*s && *s != '/') {
      *to++ = *s;
    } else {
      bool last = !*s;
      size_t len = (size_t)(to - key);
      *to = '\0';
      steps[n] = step_of((Text){key, len});
      if (n > 0 && steps[n].kind == ANY_DEPTH) steps[n].kind = KEY;
      n++;
      if (last) return n;
      key = to = s + 1;
    }
  }
}

static bool copy_text(IfxArena *a, Text *to, const char *s) {
  to->len = s ? strlen(s) : 0;
  to->s = ifx_arena_copy(a, s ? s : "", to->len);
  return to->s != NULL;
}

bool ifx_fields_add(IfxFields *f, const IfxFieldSpec *spec, IfxErr *err) {
  size_t slashes = 0, len = strlen(spec->path);
  for (const char *p = spec->path; *p; p++) slashes += *p == '/';
  if (slashes >= IFX_NODE_MAX_DEPTH)
    return ifx_err_set(err, IFX_E_LIMIT, "the path of a field spec has more than %d steps: %.60s…",
                       IFX_NODE_MAX_DEPTH, spec->path);
  if (f->count == f->cap) {
    size_t cap = f->cap ? f->cap * 2 : 16;
    Spec *grown = realloc(f->specs, cap * sizeof *grown);
    if (!grown) return ifx_err_nomem(err);
    f->specs = grown;
    f->cap = cap;
  }
  Spec *s = &f->specs[f->count];
  char *path = ifx_arena_copy(&f->arena, spec->path, len);
  Step *steps = ifx_arena_alloc(&f->arena, (slashes + 1) * sizeof *steps);
  *s = (Spec){.path = ifx_arena_copy(&f->arena, spec->path, len), .create = spec->create};
  if (!path || !steps || !s->path || !copy_text(&f->arena, &s->group, spec->group) ||
      !copy_text(&f->arena, &s->version, spec->version) ||
      !copy_text(&f->arena, &s->kind, spec->kind))
    return ifx_err_nomem(err);
  s->steps = steps;
  s->count = cut(path, steps);
  f->count++;
  return true;
}

/* ---- types ---- */

IfxNodeType ifx_node_type(const IfxNode *object) {
  const IfxNode *version = ifx_node_get(object, "apiVersion"), *kind = ifx_node_get(object, "kind");
  IfxNodeType t = {.group = "", .version = "", .kind = ""};
  if (kind && kind->kind < IFX_NODE_LIST) {
    t.kind = kind->text;
    t.kind_len = kind->count;
  }
  if (!version || version->kind >= IFX_NODE_LIST) return t;
  const char *slash = memchr(version->text, '/', version->count);
  t.version = slash ? slash + 1 : version->text;
  t.version_len = version->count - (size_t)(t.version - version->text);
  t.group = version->text;
  t.group_len = slash ? (size_t)(slash - version->text) : 0;
  return t;
}

static bool fits(Text wanted, const char *s, size_t len) {
  return wanted.len == 0 || (wanted.len == len && memcmp(wanted.s, s, len) == 0);
}

static bool is_for(const Spec *s, const IfxNodeType *t) {
  return fits(s->kind, t->kind, t->kind_len) && fits(s->group, t->group, t->group_len) &&
         fits(s->version, t->version, t->version_len);
}

/* ---- walking ---- */

typedef struct Walk {
  IfxFieldEdit *edit;
  const IfxNode *object;
  const Spec *spec;
} Walk;

static const IfxNode *no_memory(const Walk *w) {
  ifx_err_nomem(w->edit->err);
  return NULL;
}

static const char *word(const IfxNode *n, const char *absent) {
  return n && n->kind < IFX_NODE_LIST && n->count ? n->text : absent;
}

static const IfxNode *fail(const Walk *w, const IfxNode *at, const char *what) {
  const IfxNode *metadata = ifx_node_get(w->object, "metadata");
  IfxNodeType t = ifx_node_type(w->object);
  ifx_err_set(w->edit->err, IFX_E_CONFIG,
              "considering field '%.160s' of object %.*s.%.*s.%.*s/%.100s.%.60s: %s", w->spec->path,
              t.kind_len ? (int)t.kind_len : 8, t.kind_len ? t.kind : "[noKind]",
              t.version_len ? (int)t.version_len : 7, t.version_len ? t.version : "[noVer]",
              t.group_len ? (int)t.group_len : 7, t.group_len ? t.group : "[noGrp]",
              word(ifx_node_get(metadata, "name"), "[noName]"),
              word(ifx_node_get(metadata, "namespace"), "[noNs]"), what);
  if (at && at->line) ifx_err_at(w->edit->err, at->line, 0);
  return NULL;
}

/* A value as YAML, for a person: texts that were quoted stand in quotes. */
static void show(IfxBuf *out, const IfxNode *n, size_t indent) {
  bool list = n->kind == IFX_NODE_LIST;
  for (size_t i = 0; n->kind >= IFX_NODE_LIST && i < n->count && out->len < SHOWN; i++) {
    const IfxNode *v = list ? n->items[i] : n->fields[i].value;
    if (i) ifx_buf_fill(out, ' ', indent);
    ifx_buf_str(out, list ? "- " : n->fields[i].key->text);
    if (!list) ifx_buf_str(out, v->kind >= IFX_NODE_LIST && v->count ? ":\n" : ": ");
    bool below = !list && v->kind >= IFX_NODE_LIST && v->count;
    if (below) ifx_buf_fill(out, ' ', indent + 2);
    show(out, v, indent + 2);
  }
  if (n->kind >= IFX_NODE_LIST) {
    if (!n->count) ifx_buf_str(out, list ? "[]\n" : "{}\n");
    return;
  }
  if (n->quote == '"' || n->quote == '\'') ifx_buf_byte(out, n->quote);
  ifx_buf_add(out, n->text, n->count);
  if (n->quote == '"' || n->quote == '\'') ifx_buf_byte(out, n->quote);
  ifx_buf_byte(out, '\n');
}

/* `what` is wrong with `n`, which is shown. */
static const IfxNode *fail_with(const Walk *w, const IfxNode *n, const char *what) {
  IfxBuf text = {0};
  ifx_buf_str(&text, what);
  ifx_buf_str(&text, ": node contents:\n");
  show(&text, n, 0);
  ifx_buf_byte(&text, '\0');
  if (!text.failed) fail(w, n, text.data);
  bool failed = text.failed;
  ifx_buf_free(&text);
  return failed ? no_memory(w) : NULL;
}

typedef const IfxNode *(*Visit)(Walk *w, const IfxNode *n, size_t at);

static const IfxNode *walk(Walk *w, const IfxNode *n, size_t at);

static const IfxNode *visit_items(Walk *w, const IfxNode *list, size_t at, Visit visit) {
  const IfxNode **own = NULL;
  for (size_t i = 0; i < list->count; i++) {
    const IfxNode *now = visit(w, list->items[i], at);
    if (!now) return NULL;
    if (now == list->items[i]) continue;
    if (!own) {
      own = ifx_tree_alloc(w->edit->tree, list->count * sizeof *own);
      if (!own) return no_memory(w);
      memcpy(own, list->items, list->count * sizeof *own);
    }
    own[i] = now;
  }
  if (!own) return list;
  const IfxNode *changed = ifx_node_list(w->edit->tree, own, list->count);
  return changed ? changed : no_memory(w);
}

static const IfxNode *change(Walk *w, const IfxNode *n, size_t at) {
  (void)at;
  w->edit->why = NULL;
  const IfxNode *now = w->edit->change(w->edit, n);
  if (now) return now;
  return w->edit->why ? fail_with(w, n, w->edit->why) : no_memory(w);
}

static const IfxNode *put(Walk *w, const IfxNode *map, Text key, const IfxNode *value) {
  const IfxNode *changed = ifx_node_put(w->edit->tree, map, key.s, key.len, value);
  return changed ? changed : no_memory(w);
}

/* What stands where there is nothing, or null: behind the last key what the edit makes. */
static const IfxNode *made(Walk *w, bool last, bool list) {
  IfxTree *t = w->edit->tree;
  const IfxNode *n = list                                    ? ifx_node_list(t, NULL, 0)
                     : last && w->edit->made != IFX_NODE_MAP ? ifx_node_string(t, "")
                                                             : ifx_node_map(t, NULL, 0);
  return n ? n : no_memory(w);
}

static const IfxNode *walk_key(Walk *w, const IfxNode *map, size_t at) {
  const Step *s = &w->spec->steps[at];
  bool last = at + 1 == w->spec->count, list = s->kind == LIST_KEY;
  if (s->key.len == 0) return fail(w, map, "cannot set or create an empty field name");
  if (s->kind == ITEM)
    return fail(w, map, "a step that names items of a list: items are walked without being named");
  const IfxNode *old = ifx_node_find(map, s->key.s, s->key.len), *from = old;
  bool create = w->spec->create && w->edit->made != IFX_NODE_NULL && !list;
  if (!old && !create) return map;
  w->edit->fresh = false;
  if (!old || (old->kind == IFX_NODE_NULL && (create || list))) {
    from = made(w, last, list);
    w->edit->fresh = !list;
  }
  const IfxNode *now = from ? walk(w, from, at + 1) : NULL;
  if (!now) return NULL;
  return now == old ? map : put(w, map, s->key, now);
}

/* ---- at any depth ---- */

/* Lists that have the name of the step behind "**"; what else has it is passed by. */
static const IfxNode *walk_deep(Walk *w, const IfxNode *n, size_t at) {
  const Text key = w->spec->steps[at + 1].key;
  if (n->kind == IFX_NODE_LIST) return visit_items(w, n, at, walk_deep);
  if (n->kind != IFX_NODE_MAP) return n;
  const IfxNode *map = n;
  for (size_t i = 0; i < n->count; i++) {
    const IfxField *f = &n->fields[i];
    const IfxNode *now = walk_deep(w, f->value, at);
    if (now && now->kind == IFX_NODE_LIST && f->key->count == key.len &&
        memcmp(f->key->text, key.s, key.len) == 0)
      now = visit_items(w, now, at + 2, walk);
    if (!now) return NULL;
    if (now != f->value) map = put(w, map, (Text){f->key->text, f->key->count}, now);
    if (!map) return NULL;
  }
  return map;
}

static const IfxNode *walk(Walk *w, const IfxNode *n, size_t at) {
  if (at == w->spec->count) {
    bool items = w->edit->each && n->kind == IFX_NODE_LIST;
    return items ? visit_items(w, n, at, change) : change(w, n, at);
  }
  if (w->spec->steps[at].kind == ANY_DEPTH && at + 1 < w->spec->count) return walk_deep(w, n, at);
  switch ((IfxNodeKind)n->kind) {
  case IFX_NODE_NULL: return n;
  case IFX_NODE_LIST: return visit_items(w, n, at, walk);
  case IFX_NODE_MAP: return walk_key(w, n, at);
  default: return fail(w, n, "expected sequence or mapping node");
  }
}

const IfxNode *ifx_fields_edit(const IfxFields *f, const IfxNode *object, const IfxNodeType *type,
                               IfxFieldEdit *edit) {
  for (size_t i = 0; i < f->count && object; i++) {
    if (!is_for(&f->specs[i], type)) continue;
    Walk w = {.edit = edit, .object = object, .spec = &f->specs[i]};
    edit->spec = i;
    edit->fresh = false;
    object = walk(&w, object, 0);
  }
  return object;
}
