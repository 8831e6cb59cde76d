/* yaml_node.c: YAML as values. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml_impl.h"

#define KEYS 256 /* a power of two */
#define TAG  "tag:yaml.org,2002:"

typedef struct Reading {
  IfxTree *tree;
  const IfxNode *keys[KEYS]; /* plain texts that were keys: of equal ones all maps hold one */
  IfxYamlSchema schema;
  IfxErr *err;
  bool flow; /* inside a collection in flow style */
} Reading;

static const IfxNode *no_memory(const Reading *r) {
  ifx_err_nomem(r->err);
  return NULL;
}

static bool fail(const Reading *r, const IfxYamlNode *at, const char *what) {
  ifx_err_set(r->err, IFX_E_PARSE, "%s", what);
  return ifx_err_at(r->err, at->line, at->column);
}

static char quote_of(IfxYamlStyle style) {
  switch (style) {
  case IFX_YAML_PLAIN: return 0;
  case IFX_YAML_SINGLE: return '\'';
  case IFX_YAML_DOUBLE: return '"';
  case IFX_YAML_FOLDED: return '>';
  default: return '|';
  }
}

/* goyaml.v3 gives ! no meaning. */
static bool has_tag(const IfxYamlNode *n) { return n->tag && strcmp(n->tag, "!") != 0; }

static const IfxNode *made(const Reading *r, const IfxNode *n, const IfxYamlNode *from) {
  if (!n) return no_memory(r);
  IfxNode *own = (IfxNode *)(uintptr_t)n; /* nobody else has seen it yet */
  own->line = from->line;
  if (n->kind == IFX_NODE_STRING)
    own->quote = quote_of((IfxYamlStyle)from->style);
  else if (from->kind == IFX_YAML_SCALAR && n->kind != IFX_NODE_NULL && has_tag(from))
    own->quote = '!';
  return n;
}

/* ---- dates ---- */

/* One or two digits up to `most`, or exactly `width`. */
static bool take_number(const char **s, int least, int width, int smallest, int most) {
  int value = 0, n = 0;
  while (n < width && (*s)[n] >= '0' && (*s)[n] <= '9') value = value * 10 + ((*s)[n++] - '0');
  if (n < least || value < smallest || value > most) return false;
  *s += n;
  return true;
}

static bool take_char(const char **s, const char *of) {
  if (!**s || !strchr(of, **s)) return false;
  ++*s;
  return true;
}

static int days_of(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[month - 1] + (month == 2 && leap);
}

/* Z or +hh:mm: only behind a 'T'. */
static bool take_zone(const char **s) {
  if (take_char(s, "Z")) return true;
  return take_char(s, "+-") && take_number(s, 2, 2, 0, 23) && take_char(s, ":") &&
         take_number(s, 2, 2, 0, 59);
}

/* YYYY-M-D; the same with Th:m:s[.f] and a zone, or with a space and h:m:s[.f]. */
bool ifx_yaml_is_date(const char *s) {
  const char *p = s;
  if (!take_number(&p, 4, 4, 0, 9999) || !take_char(&p, "-") || !take_number(&p, 1, 2, 1, 12) ||
      !take_char(&p, "-") || !take_number(&p, 1, 2, 1, 31))
    return false;
  int day = atoi(strchr(s + 5, '-') + 1);
  if (day > days_of(atoi(s), atoi(s + 5))) return false;
  if (!*p) return true;
  bool zoned = *p != ' ';
  if (!take_char(&p, "Tt ") || !take_number(&p, 1, 2, 0, 23) || !take_char(&p, ":") ||
      !take_number(&p, 1, 2, 0, 59) || !take_char(&p, ":") || !take_number(&p, 1, 2, 0, 59))
    return false;
  if ((*p == '.' || *p == ',') && p[1] >= '0' && p[1] <= '9') p += 1 + strspn(p + 1, "0123456789");
  return (!zoned || take_zone(&p)) && !*p;
}

/* ---- scalars ---- */

/* A number or null by its tag alone: kyaml refuses it only where it is still there at the end, and
 * so does printing. */
static bool bad_kind(const IfxYamlNode *n, IfxNodeKind *kind) {
  const char *name = n->tag + sizeof TAG - 1;
  *kind = strcmp(name, "int") == 0     ? IFX_NODE_INT
          : strcmp(name, "float") == 0 ? IFX_NODE_REAL
                                       : IFX_NODE_NULL;
  return strcmp(name, "bool") != 0;
}

static bool scalar_kind(const Reading *r, const IfxYamlNode *n, IfxNodeKind *kind) {
  IfxYamlValue v = ifx_yaml_resolve(n, r->schema);
  bool plain = !has_tag(n) && n->style == IFX_YAML_PLAIN;
  if (r->schema == IFX_YAML_SCHEMA_GO && n->tag && strcmp(n->tag, TAG "timestamp") == 0) {
    *kind = IFX_NODE_TIME;
    return true;
  }
  switch (v.type) {
  case IFX_YAML_NULL: *kind = IFX_NODE_NULL; return true;
  case IFX_YAML_BOOL: *kind = IFX_NODE_BOOL; return true;
  case IFX_YAML_INT: *kind = IFX_NODE_INT; return true;
  case IFX_YAML_REAL: *kind = IFX_NODE_REAL; return true;
  case IFX_YAML_TOO_BIG: *kind = IFX_NODE_INT; return true; /* printing knows how large it is */
  case IFX_YAML_BAD:
    return (r->schema == IFX_YAML_SCHEMA_GO && bad_kind(n, kind)) ||
           ifx_yaml_value(n, r->schema, &v, r->err);
  default: break;
  }
  bool date = plain && r->schema == IFX_YAML_SCHEMA_GO && ifx_yaml_is_date(n->value);
  if (r->flow && strchr(n->value, ':')) date = false; /* kyaml writes it in quotes first */
  *kind = date ? IFX_NODE_TIME : IFX_NODE_STRING;
  return true;
}

IfxNodeKind ifx_yaml_kind(const char *text, size_t len) {
  IfxNodeKind kind = IFX_NODE_STRING;
  IfxErr err;
  Reading r = {.schema = IFX_YAML_SCHEMA_GO, .err = &err};
  IfxYamlNode plain = {.value = text, .value_len = len, .style = IFX_YAML_PLAIN};
  return scalar_kind(&r, &plain, &kind) ? kind : IFX_NODE_STRING;
}

IfxNodeKind ifx_yaml_key_kind(const char *text, size_t len) {
  IfxNodeKind kind = ifx_yaml_kind(text, len);
  return kind == IFX_NODE_TIME && strchr(text, ':') ? IFX_NODE_STRING : kind;
}

static bool is_empty(const IfxYamlNode *n) {
  return n->value_len == 0 && n->style == IFX_YAML_PLAIN && !has_tag(n);
}

/* Each byte that is not UTF-8 is U+FFFD, as in Go's JSON. */
static void add_text(IfxBuf *out, const char *s, size_t len) {
  for (size_t i = 0, n; i < len; i += n) {
    bool good = ifx_yaml_char(s + i, len - i, &n) != 0 || s[i] == '\0';
    if (!good) n = 1;
    ifx_buf_add(out, good ? s + i : "\xEF\xBF\xBD", good ? n : 3);
  }
}

/* A value that is written as base64: what its bytes say. */
static const IfxNode *binary(const Reading *r, const IfxYamlNode *n) {
  IfxBuf bytes = {0}, text = {0};
  const IfxNode *out = NULL;
  bool good = ifx_yaml_binary(n, &bytes, r->err);
  if (good) add_text(&text, bytes.data, bytes.len);
  if (good && !text.failed)
    out = ifx_node_scalar(r->tree, IFX_NODE_STRING, text.data ? text.data : "", text.len);
  if (good && !out) no_memory(r);
  ifx_buf_free(&bytes);
  ifx_buf_free(&text);
  return out;
}

static const IfxNode *scalar(const Reading *r, const IfxYamlNode *n) {
  IfxNodeKind kind;
  if (r->schema == IFX_YAML_SCHEMA_GO && n->tag && strcmp(n->tag, TAG "binary") == 0)
    return binary(r, n);
  if (!scalar_kind(r, n, &kind)) return NULL;
  const IfxNode *out = made(r, ifx_node_scalar(r->tree, kind, n->value, n->value_len), n);
  if (out && r->flow && r->schema == IFX_YAML_SCHEMA_GO && kind == IFX_NODE_NULL && is_empty(n))
    ((IfxNode *)(uintptr_t)out)->quote = '\''; /* as kyaml will write it */
  return out;
}

/* ---- lists and maps ---- */

static const IfxNode *value(Reading *r, const IfxYamlNode *n);

static const IfxYamlNode *behind(const IfxYamlNode *n) {
  return n->kind == IFX_YAML_ALIAS ? n->first : n;
}

static const IfxNode *list(Reading *r, const IfxYamlNode *n) {
  const IfxNode **items = calloc(n->count + 1, sizeof *items);
  size_t count = 0;
  if (!items) return no_memory(r);
  for (const IfxYamlNode *c = n->first; c; c = c->next, count++)
    if (!(items[count] = value(r, c))) break;
  const IfxNode *made_of =
      count == n->count ? made(r, ifx_node_list(r->tree, items, count), n) : NULL;
  free(items);
  return made_of;
}

static bool is_plain(const IfxYamlNode *n) { return n->style == IFX_YAML_PLAIN && !n->tag; }

static const IfxNode **known_key(Reading *r, const IfxYamlNode *n) {
  const unsigned char *s = (const unsigned char *)n->value;
  size_t len = n->value_len;
  size_t hash = len ? len * 7 + s[0] * 31u + s[len / 2] * 131u + s[len - 1] * 523u : 0;
  return &r->keys[(hash ^ hash >> 8) & (KEYS - 1)];
}

typedef struct Fields {
  IfxField *list;
  size_t count, cap;
  size_t own; /* the first so many stand in the mapping, the others in those that it merges */
} Fields;

static bool add_field(const Reading *r, Fields *f, const IfxNode *key, const IfxNode *v) {
  if (f->count == f->cap) {
    size_t cap = f->cap ? f->cap * 2 : 16;
    IfxField *list = realloc(f->list, cap * sizeof *list);
    if (!list) return no_memory(r);
    f->list = list;
    f->cap = cap;
  }
  f->list[f->count++] = (IfxField){key, v};
  return true;
}

/* A value that kyaml has as a text. */
static bool is_text(const IfxYamlNode *n) { return !has_tag(n) || strcmp(n->tag, TAG "str") == 0; }

/* What goes through JSON has texts for keys; Go's own YAML has keys of any kind, but for those of
 * the outermost map, which are texts as they are spelled. */
static const IfxNode *new_key(const Reading *r, const IfxYamlNode *n) {
  IfxYamlKey key;
  if (r->schema == IFX_YAML_SCHEMA_GO && is_empty(n)) /* kyaml writes it as '' */
    return made(r, ifx_node_scalar(r->tree, IFX_NODE_STRING, "", 0), n);
  if (r->schema == IFX_YAML_SCHEMA_GO) {
    const IfxNode *own = scalar(r, n);
    bool outermost = n->parent && !n->parent->parent;
    if (own && outermost && own->kind != IFX_NODE_NULL)
      ((IfxNode *)(uintptr_t)own)->kind = IFX_NODE_STRING; /* nobody else has seen it yet */
    bool other = own && !outermost && own->kind == IFX_NODE_STRING && !is_text(n);
    if (other) fail(r, n, "a key is a text, its tag says something else");
    return other ? NULL : own;
  }
  if (!ifx_yaml_key(n, r->schema, &key, r->err)) return NULL;
  return made(r, ifx_node_scalar(r->tree, IFX_NODE_STRING, key.text, key.len), n);
}

/* Its line is that of the first one. */
static const IfxNode *key_of(Reading *r, const IfxYamlNode *n) {
  if (!is_plain(n)) return new_key(r, n);
  const IfxNode **known = known_key(r, n), *key = *known;
  if (key && key->count == n->value_len && memcmp(key->text, n->value, key->count) == 0) return key;
  key = new_key(r, n);
  bool same = key && key->kind == IFX_NODE_STRING && key->count == n->value_len &&
              memcmp(key->text, n->value, key->count) == 0;
  if (same && n->parent && n->parent->parent) *known = key; /* the outermost may be no text below */
  return key;
}

/* What kyaml takes away when it follows merges; other schemas have it as a text. */
static bool is_merge_key(const Reading *r, const IfxYamlNode *key) {
  return key->kind == IFX_YAML_SCALAR && key->value_len == 2 && memcmp(key->value, "<<", 2) == 0 &&
         (r->schema == IFX_YAML_SCHEMA_GO || is_plain(key));
}

static bool merges(const IfxYamlNode *key) {
  return key->kind == IFX_YAML_SCALAR && is_plain(key) && strcmp(key->value, "<<") == 0;
}

/* The fields of a mapping, then those that it merges. */
static bool take_fields(Reading *r, Fields *f, const IfxYamlNode *map, bool merged);

static bool merge(Reading *r, Fields *f, const IfxYamlNode *from) {
  const IfxYamlNode *n = behind(from);
  if (n->kind == IFX_YAML_MAP) return take_fields(r, f, n, true);
  if (n->kind != IFX_YAML_SEQ || (n != from && r->schema == IFX_YAML_SCHEMA_GO))
    return fail(r, from, "<< merges a mapping or a list of mappings, nothing else");
  for (const IfxYamlNode *c = n->first; c; c = c->next) {
    if (behind(c)->kind != IFX_YAML_MAP)
      return fail(r, c, "<< merges a mapping or a list of mappings, nothing else");
    if (!take_fields(r, f, behind(c), true)) return false;
  }
  return true;
}

static bool take_fields(Reading *r, Fields *f, const IfxYamlNode *map, bool merged) {
  bool some = false;
  for (const IfxYamlNode *k = map->first; k; k = k->next->next) {
    if (is_merge_key(r, k)) {
      some = some || merges(k);
      continue;
    }
    if (behind(k)->kind != IFX_YAML_SCALAR)
      return fail(r, k, "a key is a text, not a list or a map");
    const IfxNode *key = key_of(r, behind(k));
    if (!key) return false;
    const IfxNode *v = value(r, k->next);
    if (!v || !add_field(r, f, key, v)) return false;
  }
  if (!merged) f->own = f->count;
  for (const IfxYamlNode *k = map->first; some && k; k = k->next->next)
    if (merges(k) && !merge(r, f, k->next)) return false;
  return true;
}

static int by_key(const IfxField *a, const IfxField *b) {
  return ifx_node_order(a->key->text, a->key->count, b->key->text, b->key->count);
}

/* By key, then as they were written: fields that stand in the same array. */
static int by_key_and_place(const void *a, const void *b) {
  const IfxField *const *x = a, *const *y = b;
  int order = by_key(*x, *y);
  return order ? order : *x < *y ? -1 : 1;
}

/* The same fields, of equal keys the last own one, else the first. False: no memory. */
static bool keep_one(Fields *f) {
  const IfxField **sorted = malloc((f->count + 1) * sizeof *sorted);
  IfxField *kept = malloc((f->count + 1) * sizeof *kept);
  size_t count = 0;
  if (sorted && kept) {
    for (size_t i = 0; i < f->count; i++) sorted[i] = &f->list[i];
    qsort(sorted, f->count, sizeof *sorted, by_key_and_place);
    for (size_t i = 0; i < f->count; i++) {
      bool repeats = count > 0 && by_key(&kept[count - 1], sorted[i]) == 0;
      if (!repeats) count++;
      if (!repeats || (size_t)(sorted[i] - f->list) < f->own) kept[count - 1] = *sorted[i];
    }
    free(f->list);
    *f = (Fields){.list = kept, .count = count, .cap = count};
    kept = NULL;
  }
  bool ok = kept == NULL && sorted != NULL;
  free(sorted);
  free(kept);
  return ok;
}

static bool has_repeated(const IfxNode *map) {
  for (size_t i = 1; i < map->count; i++)
    if (by_key(&map->fields[i - 1], &map->fields[i]) == 0) return true;
  return false;
}

static const IfxNode *map(Reading *r, const IfxYamlNode *n) {
  Fields f = {0};
  const IfxNode *made_of = NULL;
  if (take_fields(r, &f, n, false)) {
    made_of = ifx_node_map(r->tree, f.list, f.count);
    if (made_of && has_repeated(made_of))
      made_of = keep_one(&f) ? ifx_node_map(r->tree, f.list, f.count) : NULL;
    made_of = made(r, made_of, n);
  }
  free(f.list);
  return made_of;
}

static const IfxNode *value(Reading *r, const IfxYamlNode *n) {
  n = behind(n);
  Reading inner = *r;
  inner.flow = r->flow || n->style == IFX_YAML_FLOW;
  switch (n->kind) {
  case IFX_YAML_SEQ: return list(&inner, n);
  case IFX_YAML_MAP: return map(&inner, n);
  default: return scalar(r, n);
  }
}

const IfxNode *ifx_yaml_node(IfxTree *t, const IfxYamlNode *n, IfxYamlSchema schema, IfxErr *err) {
  Reading r = {.tree = t, .schema = schema, .err = err};
  return value(&r, n);
}
