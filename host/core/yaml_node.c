/* yaml_node.c: YAML as values. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml_impl.h"

#define KEYS 256 /* a power of two */

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

static char quote_of(IfxYamlStyle style) {
  switch (style) {
  case IFX_YAML_PLAIN: return 0;
  case IFX_YAML_SINGLE: return '\'';
  case IFX_YAML_DOUBLE: return '"';
  default: return '|';
  }
}

static const IfxNode *made(const Reading *r, const IfxNode *n, const IfxYamlNode *from) {
  if (!n) return no_memory(r);
  IfxNode *own = (IfxNode *)(uintptr_t)n; /* nobody else has seen it yet */
  own->line = from->line;
  if (from->kind == IFX_YAML_SCALAR) own->quote = quote_of(from->style);
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

/* ---- folded texts ---- */

/* goyaml.v3 writes a folded text with a line break too many before a line that begins with white
 * space (its look ahead begins at the start of the text, not at the break): what is read back then
 * has more empty lines. kyaml writes and reads each resource once. */
static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static bool can_be_block(const char *s, size_t len) {
  if (len == 0 || s[len - 1] == ' ') return false;
  for (size_t i = 0; i < len; i++) {
    if (s[i] == ' ' && s[i + 1] == '\n') return false;
    if ((unsigned char)s[i] < ' ' && s[i] != '\n' && s[i] != '\t') return false;
  }
  return true;
}

/* The lines as they are written, without their indentation. */
static void write_folded(IfxBuf *out, const char *s, size_t len) {
  size_t first = strspn(s, "\n");
  bool breaks = true, leading = true, doubled = first < len && !is_blank(s[first]);
  for (size_t i = 0; i < len; i++) {
    if (s[i] == '\n') {
      if (!breaks && !leading && doubled) ifx_buf_byte(out, '\n');
      breaks = true;
    } else {
      if (breaks) leading = is_blank(s[i]);
      breaks = false;
    }
    ifx_buf_byte(out, s[i]);
  }
}

/* What a reader makes of these lines: one break between two lines that begin with no white space is
 * a space. */
static void read_folded(IfxBuf *out, const char *s, size_t len) {
  bool before = true; /* the line before begins with white space, or there is none */
  for (size_t i = 0; i < len;) {
    size_t end = i + strcspn(s + i, "\n"), next = end + strspn(s + end, "\n"), breaks = next - end;
    before = end > i ? is_blank(s[i]) : before;
    ifx_buf_add(out, s + i, end - i);
    bool folds = end > i && !before && next < len && !is_blank(s[next]);
    if (folds && breaks == 1) ifx_buf_byte(out, ' ');
    ifx_buf_fill(out, '\n', folds ? breaks - 1 : breaks);
    i = next;
  }
}

/* Of the breaks at the end as many stay as the first writer's indicator said: none, one or all. */
static void chomp(IfxBuf *out, const char *s, size_t len) {
  size_t had = 0, has = 0;
  while (had < len && s[len - 1 - had] == '\n') had++;
  while (has < out->len && out->data[out->len - 1 - has] == '\n') has++;
  if (had < 2) out->len -= has - (has < had ? has : had);
}

static const IfxNode *folded(const Reading *r, const IfxYamlNode *n) {
  IfxBuf lines = {0}, text = {0};
  if (!can_be_block(n->value, n->value_len))
    return ifx_node_scalar(r->tree, IFX_NODE_STRING, n->value, n->value_len);
  write_folded(&lines, n->value, n->value_len);
  if (!lines.failed) read_folded(&text, lines.data, lines.len);
  chomp(&text, n->value, n->value_len);
  const IfxNode *made_of = lines.failed || text.failed
                               ? NULL
                               : ifx_node_scalar(r->tree, IFX_NODE_STRING, text.data, text.len);
  ifx_buf_free(&lines);
  ifx_buf_free(&text);
  return made_of;
}

/* ---- scalars ---- */

static bool scalar_kind(const Reading *r, const IfxYamlNode *n, IfxNodeKind *kind) {
  IfxYamlValue v = ifx_yaml_resolve(n, r->schema);
  bool plain = !n->tag && n->style == IFX_YAML_PLAIN;
  switch (v.type) {
  case IFX_YAML_NULL: *kind = IFX_NODE_NULL; return true;
  case IFX_YAML_BOOL: *kind = IFX_NODE_BOOL; return true;
  case IFX_YAML_INT: *kind = IFX_NODE_INT; return true;
  case IFX_YAML_REAL: *kind = IFX_NODE_REAL; return true;
  case IFX_YAML_TOO_BIG: *kind = IFX_NODE_INT; return true; /* printing knows how large it is */
  case IFX_YAML_BAD: return ifx_yaml_value(n, r->schema, &v, r->err);
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

static const IfxNode *scalar(const Reading *r, const IfxYamlNode *n) {
  IfxNodeKind kind;
  if (!scalar_kind(r, n, &kind)) return NULL;
  if (kind == IFX_NODE_STRING && n->style == IFX_YAML_FOLDED && r->schema == IFX_YAML_SCHEMA_GO)
    return made(r, folded(r, n), n);
  return made(r, ifx_node_scalar(r->tree, kind, n->value, n->value_len), n);
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

/* What goes through JSON has texts for keys; Go's own YAML has keys of any kind. */
static const IfxNode *new_key(const Reading *r, const IfxYamlNode *n) {
  IfxYamlKey key;
  if (r->schema == IFX_YAML_SCHEMA_GO) return scalar(r, n);
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
  if (same) *known = key;
  return key;
}

static bool is_merge(const IfxYamlNode *key) {
  return key->kind == IFX_YAML_SCALAR && key->style == IFX_YAML_PLAIN && !key->tag &&
         strcmp(key->value, "<<") == 0;
}

static bool fail(const Reading *r, const IfxYamlNode *at, const char *what) {
  ifx_err_set(r->err, IFX_E_PARSE, "%s", what);
  return ifx_err_at(r->err, at->line, at->column);
}

/* The fields of a mapping, then those that it merges. */
static bool take_fields(Reading *r, Fields *f, const IfxYamlNode *map, bool merged);

static bool merge(Reading *r, Fields *f, const IfxYamlNode *from) {
  const IfxYamlNode *n = behind(from);
  if (n->kind == IFX_YAML_MAP) return take_fields(r, f, n, true);
  if (n->kind != IFX_YAML_SEQ)
    return fail(r, from, "<< merges a mapping or a list of mappings, nothing else");
  for (const IfxYamlNode *c = n->first; c; c = c->next) {
    if (behind(c)->kind != IFX_YAML_MAP)
      return fail(r, c, "<< merges a mapping or a list of mappings, nothing else");
    if (!take_fields(r, f, behind(c), true)) return false;
  }
  return true;
}

static bool take_fields(Reading *r, Fields *f, const IfxYamlNode *map, bool merged) {
  bool merges = false;
  for (const IfxYamlNode *k = map->first; k; k = k->next->next) {
    if (is_merge(k)) {
      merges = true;
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
  for (const IfxYamlNode *k = map->first; merges && k; k = k->next->next)
    if (is_merge(k) && !merge(r, f, k->next)) return false;
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
