/* yaml.c: events of libyaml to nodes with byte spans. SPDX-License-Identifier: Apache-2.0 */
#include <yaml.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stop.h"
#include "yaml_impl.h"

#define DEFAULT_DEPTH 200
#define DEFAULT_NODES ((size_t)8000000)
#define MANY          ((size_t)1 << 16) /* events: some tenths of a second */
#define FEW_KEYS      8                 /* up to here comparing all pairs is cheaper than hashing */

/* What all aliases of a text may stand for: so much in any, and more in a longer one, so that the
 * memory that a text takes goes with its length. */
#define ALIASED_NODES ((size_t)100000)
#define ALIASED_BYTES ((size_t)4 << 20)
#define BYTES_FOR_ONE 16 /* of an alias, for one of the text */

/* Of an expanded value: an alias counts as what it stands for, so a bomb is seen without being
 * built. */
typedef struct Extent {
  size_t nodes, bytes; /* of its scalars */
  uint32_t height;
} Extent;

/* An open collection. */
typedef struct Frame {
  IfxYamlNode *node, *last; /* and its last child so far */
  Extent extent;
  int indent; /* column of the innermost block collection, from 0; -1: none */
  size_t anchor;
  bool bracket; /* false for block style and for the one-pair mapping of `[a: b]` */
} Frame;

typedef struct Anchor {
  IfxYamlNode *node;
  Extent extent; /* no nodes: still open */
} Anchor;

typedef struct Parser {
  yaml_parser_t yaml;
  IfxYamlPlaces places;
  IfxYamlLimits limits;
  IfxYamlStream *stream;
  IfxArena *arena;
  IfxErr *err;
  Frame *frames;
  uint32_t depth;
  size_t frames_cap;
  Anchor *anchors;
  size_t nanchors, anchors_cap;
  IfxYamlTable names; /* anchors of this document */
  IfxYamlTable keys;  /* keys of the mapping that ends */
  size_t docs_cap;
  Extent documents; /* those that are finished */
} Parser;

static bool fail_at(Parser *p, size_t byte, const char *kind, const char *what) {
  ifx_err_set(p->err, kind, "%s", what);
  ifx_yaml_line_of(&p->places, byte);
  return ifx_err_at(p->err, p->places.line, p->places.column);
}

/* A growing array with room for one more element; NULL: no memory, and the array stays as it is. */
static void *reserve(void *items, size_t *cap, size_t used, size_t size) {
  if (used < *cap) return items;
  size_t bigger = *cap ? *cap * 2 : 16;
  void *moved = realloc(items, bigger * size);
  if (moved) *cap = bigger;
  return moved;
}

/* ---- anchors and sizes ---- */

static bool add_anchor(Parser *p, IfxYamlNode *node, size_t *number) {
  *number = SIZE_MAX;
  if (!node->anchor) return true;
  Anchor *anchors = reserve(p->anchors, &p->anchors_cap, p->nanchors, sizeof *anchors);
  if (anchors) p->anchors = anchors;
  IfxYamlSlot *slot = ifx_yaml_table_slot(&p->names, node->anchor, strlen(node->anchor));
  if (!anchors || !slot) return ifx_err_nomem(p->err);
  p->anchors[p->nanchors] = (Anchor){.node = node};
  slot->number = *number = p->nanchors++;
  return true;
}

/* A value is complete: count it where it stands. */
static bool count_value(Parser *p, const IfxYamlNode *node, Extent e) {
  Extent *total = p->depth ? &p->frames[p->depth - 1].extent : &p->documents;
  if (p->depth && total->height < e.height + 1) total->height = e.height + 1;
  total->bytes += e.bytes; /* cannot wrap: what aliases add is bounded */
  total->nodes += e.nodes; /* neither can this: both are at most max_nodes */
  if (total->nodes > p->limits.max_nodes) {
    fail_at(p, node->start, IFX_E_LIMIT, "too many nodes, aliases counted as what they stand for");
    return ifx_err_hint(p->err, "the limit is %zu nodes: divide what is in it",
                        p->limits.max_nodes);
  }
  if (p->depth + e.height > p->limits.max_depth) {
    fail_at(p, node->start, IFX_E_LIMIT, "nested too deeply");
    return ifx_err_hint(p->err, "the limit is %u levels", (unsigned)p->limits.max_depth);
  }
  return true;
}

static bool complete(Parser *p, const IfxYamlNode *node, size_t anchor, Extent e) {
  if (anchor != SIZE_MAX) p->anchors[anchor].extent = e;
  return count_value(p, node, e);
}

static bool count_alias(Parser *p, const IfxYamlNode *node, Extent e) {
  IfxYamlAliases *left = p->limits.aliases;
  if (e.nodes <= left->nodes && e.bytes <= left->bytes) {
    left->nodes -= e.nodes;
    left->bytes -= e.bytes;
    return count_value(p, node, e);
  }
  fail_at(p, node->start, IFX_E_LIMIT, "aliases stand for too much");
  return ifx_err_hint(p->err,
                      "the limit is %zu values and %zu MiB, and for each byte of the file one and "
                      "%d bytes more; are they nested to grow without bound?",
                      ALIASED_NODES, ALIASED_BYTES >> 20, BYTES_FOR_ONE);
}

/* ---- nodes ---- */

static IfxYamlNode *new_node(Parser *p, IfxYamlKind kind, const yaml_char_t *tag,
                             const yaml_char_t *anchor) {
  IfxYamlNode *n = ifx_arena_alloc(p->arena, sizeof *n);
  if (!n) return NULL;
  *n = (IfxYamlNode){.kind = (uint8_t)kind};
  if (tag && !(n->tag = ifx_arena_copy(p->arena, tag, strlen((const char *)tag)))) return NULL;
  if (anchor && !(n->anchor = ifx_arena_copy(p->arena, anchor, strlen((const char *)anchor))))
    return NULL;
  return n;
}

/* Hang the node in below the open collection, or make it the root. Its `start` is known. */
static void attach(Parser *p, IfxYamlNode *n) {
  ifx_yaml_line_of(&p->places, n->start);
  n->line = p->places.line;
  n->column = p->places.column;
  if (p->depth == 0) {
    p->stream->docs[p->stream->ndocs - 1].root = n;
    return;
  }
  Frame *f = &p->frames[p->depth - 1];
  n->parent = f->node;
  if (f->last)
    f->last->next = n;
  else
    f->node->first = n;
  f->last = n;
  f->node->count++;
}

/* libyaml sets an absent value where it noticed the absence, which may be lines later: put it
 * behind the colon, or behind the key. */
static size_t place_absent(Parser *p, size_t mark) {
  const Frame *f = p->depth ? &p->frames[p->depth - 1] : NULL;
  const IfxYamlNode *key = f ? f->last : NULL;
  if (!key || f->node->kind != IFX_YAML_MAP || f->node->count % 2 == 0) return mark;
  size_t colon = ifx_yaml_skip_blank(p->places.text, p->places.len, key->end);
  return colon < mark && p->places.text[colon] == ':' ? colon + 1 : key->end;
}

static void place_scalar(Parser *p, IfxYamlNode *n, const yaml_event_t *e) {
  const IfxYamlPlaces *at = &p->places;
  bool props = n->tag || n->anchor;
  n->props = ifx_yaml_byte_of(&p->places, e->start_mark.index);
  n->start = props ? ifx_yaml_skip_props(at->text, at->len, n->props) : n->props;
  n->end = ifx_yaml_byte_of(&p->places, e->end_mark.index);
  if (n->style == IFX_YAML_PLAIN && n->value_len == 0) {
    if (!props) n->end = place_absent(p, n->end);
    n->start = n->end;
    if (!props) n->props = n->start;
  } else if (n->style == IFX_YAML_LITERAL || n->style == IFX_YAML_FOLDED) {
    int parent = p->depth ? p->frames[p->depth - 1].indent : -1;
    n->end = ifx_yaml_block_end(at->text, n->start, n->end, parent);
  }
}

static bool check_go(Parser *p, const IfxYamlNode *n) {
  size_t at;
  const char *problem;
  return ifx_yaml_go_node(&p->places, n, &at, &problem) ||
         ifx_yaml_syntax_error(&p->places, at, problem, NULL, p->err);
}

static bool on_scalar(Parser *p, const yaml_event_t *e) {
  static const uint8_t styles[] = {
      [YAML_PLAIN_SCALAR_STYLE] = IFX_YAML_PLAIN,
      [YAML_SINGLE_QUOTED_SCALAR_STYLE] = IFX_YAML_SINGLE,
      [YAML_DOUBLE_QUOTED_SCALAR_STYLE] = IFX_YAML_DOUBLE,
      [YAML_LITERAL_SCALAR_STYLE] = IFX_YAML_LITERAL,
      [YAML_FOLDED_SCALAR_STYLE] = IFX_YAML_FOLDED,
  };
  IfxYamlDoc *doc = &p->stream->docs[p->stream->ndocs - 1];
  if (p->depth == 0 && e->data.scalar.length == 0 && !e->data.scalar.anchor &&
      !e->data.scalar.tag && e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
    doc->root = NULL;
    return true;
  }
  IfxYamlNode *n = new_node(p, IFX_YAML_SCALAR, e->data.scalar.tag, e->data.scalar.anchor);
  if (n) n->value = ifx_arena_copy(p->arena, e->data.scalar.value, e->data.scalar.length);
  size_t anchor;
  if (!n || !n->value) return ifx_err_nomem(p->err);
  n->value_len = e->data.scalar.length;
  n->style = styles[e->data.scalar.style];
  place_scalar(p, n, e);
  attach(p, n);
  if (p->limits.go && !check_go(p, n)) return false;
  return add_anchor(p, n, &anchor) &&
         complete(p, n, anchor, (Extent){.nodes = 1, .bytes = n->value_len});
}

static bool on_alias(Parser *p, const yaml_event_t *e) {
  const char *name = (const char *)e->data.alias.anchor;
  size_t start = ifx_yaml_byte_of(&p->places, e->start_mark.index);
  IfxYamlSlot *slot = ifx_yaml_table_find(&p->names, name, strlen(name));
  if (!slot) {
    char quoted[96], what[160];
    ifx_yaml_quote(quoted, sizeof quoted, name, strlen(name));
    snprintf(what, sizeof what, "alias to %s, but no such anchor stands before it", quoted);
    fail_at(p, start, IFX_E_PARSE, what);
    return ifx_err_hint(
        p->err,
        "a text that begins with '*' must be quoted; an anchor holds only until the next ---");
  }
  const Anchor *target = &p->anchors[slot->number];
  if (target->extent.nodes == 0)
    return fail_at(p, start, IFX_E_PARSE, "an alias inside the value that it stands for");
  IfxYamlNode *n = new_node(p, IFX_YAML_ALIAS, NULL, NULL);
  if (n) n->value = ifx_arena_copy(p->arena, name, strlen(name));
  if (!n || !n->value) return ifx_err_nomem(p->err);
  n->value_len = strlen(name);
  n->first = target->node;
  n->props = n->start = start;
  n->end = ifx_yaml_byte_of(&p->places, e->end_mark.index);
  attach(p, n);
  return count_alias(p, n, target->extent);
}

/* Where a collection begins: its bracket, its first '-', its first key. The event's end mark lies
 * just behind a bracket or the '-' of a list that is not indented, and in front of all else. */
static size_t collection_start(const IfxYamlPlaces *at, size_t mark, size_t end, bool seq,
                               bool flow) {
  if (flow) return end > mark && at->text[end - 1] != '?' ? end - 1 : mark;
  if (seq && !(end < at->len && at->text[end] == '-')) return end - 1;
  return end;
}

/* `behind`: the event's end mark lies behind the first character of the collection; `column` is
 * where it lies. */
static bool push(Parser *p, IfxYamlNode *n, bool behind, size_t column) {
  if (p->depth >= p->limits.max_depth) return count_value(p, n, (Extent){.nodes = 1, .height = 1});
  Frame *frames = reserve(p->frames, &p->frames_cap, p->depth, sizeof *frames);
  if (!frames) return ifx_err_nomem(p->err);
  p->frames = frames;
  Frame f = {
      .node = n, .extent = {.nodes = 1}, .indent = p->depth ? frames[p->depth - 1].indent : -1};
  if (n->style == IFX_YAML_FLOW)
    f.bracket = behind;
  else if (!behind)
    f.indent = (int)column;
  if (!add_anchor(p, n, &f.anchor)) return false;
  frames[p->depth++] = f;
  return true;
}

static bool on_open(Parser *p, const yaml_event_t *e, bool seq) {
  bool flow = seq ? e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
                  : e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
  IfxYamlNode *n =
      seq ? new_node(p, IFX_YAML_SEQ, e->data.sequence_start.tag, e->data.sequence_start.anchor)
          : new_node(p, IFX_YAML_MAP, e->data.mapping_start.tag, e->data.mapping_start.anchor);
  if (!n) return ifx_err_nomem(p->err);
  n->style = flow ? IFX_YAML_FLOW : IFX_YAML_BLOCK;
  n->props = ifx_yaml_byte_of(&p->places, e->start_mark.index);
  size_t end = ifx_yaml_byte_of(&p->places, e->end_mark.index);
  n->start = collection_start(&p->places, n->props, end, seq, flow);
  if (!n->tag && !n->anchor) n->props = n->start;
  attach(p, n);
  if (p->limits.go && !check_go(p, n)) return false;
  return push(p, n, n->start < end && p->places.text[n->start] != '?', e->end_mark.column);
}

/* ---- the end of a mapping: no key twice ---- */

static bool same_key(const IfxYamlNode *a, const IfxYamlNode *b) {
  return a->value_len == b->value_len && memcmp(a->value, b->value, a->value_len) == 0;
}

static bool is_merge(const IfxYamlNode *k) {
  return k->style == IFX_YAML_PLAIN && k->value_len == 2 && memcmp(k->value, "<<", 2) == 0;
}

static bool twice(Parser *p, const IfxYamlNode *first, const IfxYamlNode *again) {
  char quoted[96], what[200];
  ifx_yaml_quote(quoted, sizeof quoted, again->value, again->value_len);
  snprintf(what, sizeof what, "mapping key %s already defined at line %u, column %u", quoted,
           (unsigned)first->line, (unsigned)first->column);
  return fail_at(p, again->start, IFX_E_PARSE, what);
}

static bool check_few(Parser *p, const IfxYamlNode *map) {
  for (const IfxYamlNode *k = map->first; k; k = k->next->next) {
    if (k->kind != IFX_YAML_SCALAR) continue;
    for (const IfxYamlNode *b = map->first; b != k; b = b->next->next)
      if (b->kind == IFX_YAML_SCALAR && same_key(b, k) && !(is_merge(b) && is_merge(k)))
        return twice(p, b, k);
  }
  return true;
}

/* A second list of pointers is not needed: the number of a name is the address of its first key. */
static bool check_many(Parser *p, const IfxYamlNode *map) {
  ifx_yaml_table_clear(&p->keys);
  for (const IfxYamlNode *k = map->first; k; k = k->next->next) {
    if (k->kind != IFX_YAML_SCALAR) continue;
    IfxYamlSlot *slot = ifx_yaml_table_slot(&p->keys, k->value, k->value_len);
    if (!slot) return ifx_err_nomem(p->err);
    const IfxYamlNode *first =
        slot->number == SIZE_MAX ? NULL : (const IfxYamlNode *)(uintptr_t)slot->number;
    if (first && !(is_merge(first) && is_merge(k))) return twice(p, first, k);
    slot->number = (uintptr_t)k;
  }
  return true;
}

static bool on_close(Parser *p, const yaml_event_t *e) {
  Frame f = p->frames[--p->depth];
  IfxYamlNode *n = f.node;
  n->end = f.bracket ? ifx_yaml_byte_of(&p->places, e->end_mark.index) : f.last->end;
  if (n->kind == IFX_YAML_MAP) {
    n->count /= 2;
    if (!p->limits.repeated_keys && !(n->count <= FEW_KEYS ? check_few(p, n) : check_many(p, n)))
      return false;
  }
  return complete(p, n, f.anchor, f.extent);
}

/* ---- documents and the stream ---- */

static bool on_document(Parser *p, const yaml_event_t *e) {
  IfxYamlStream *s = p->stream;
  IfxYamlDoc *docs = reserve(s->docs, &p->docs_cap, s->ndocs, sizeof *docs);
  if (!docs) return ifx_err_nomem(p->err);
  s->docs = docs;
  size_t from = s->ndocs ? s->docs[s->ndocs - 1].end : p->places.base;
  bool explicit = !e->data.document_start.implicit;
  s->docs[s->ndocs++] = (IfxYamlDoc){
      .start = explicit ? ifx_yaml_byte_of(&p->places, e->start_mark.index) : from,
      .explicit_start = explicit,
  };
  ifx_yaml_table_clear(&p->names);
  p->nanchors = 0;
  return true;
}

static bool on_event(Parser *p, const yaml_event_t *e) {
  switch (e->type) {
  case YAML_DOCUMENT_START_EVENT: return on_document(p, e);
  case YAML_DOCUMENT_END_EVENT:
    p->stream->docs[p->stream->ndocs - 1].end = ifx_yaml_byte_of(&p->places, e->end_mark.index);
    return true;
  case YAML_SCALAR_EVENT: return on_scalar(p, e);
  case YAML_ALIAS_EVENT: return on_alias(p, e);
  case YAML_SEQUENCE_START_EVENT: return on_open(p, e, true);
  case YAML_MAPPING_START_EVENT: return on_open(p, e, false);
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT: return on_close(p, e);
  default: return true;
  }
}

static bool syntax_error(Parser *p) {
  const yaml_parser_t *y = &p->yaml;
  /* Where libyaml runs out of memory it does not always say so, but then it says nothing. */
  if (y->error == YAML_MEMORY_ERROR || !y->problem) return ifx_err_nomem(p->err);
  size_t at = y->error == YAML_READER_ERROR ? p->places.base + y->problem_offset
                                            : ifx_yaml_byte_of(&p->places, y->problem_mark.index);
  return ifx_yaml_syntax_error(&p->places, at, y->problem, y->context, p->err);
}

static bool run(Parser *p) {
  size_t events = 0;
  for (bool more = true; more;) {
    yaml_event_t e;
    if (++events % MANY == 0 && ifx_stopped(p->err)) return false;
    if (!yaml_parser_parse(&p->yaml, &e)) return syntax_error(p);
    bool ok = on_event(p, &e);
    bool ends = p->limits.go && e.type == YAML_DOCUMENT_END_EVENT;
    more = !ends && e.type != YAML_STREAM_END_EVENT;
    if (ok && ends && p->stream->docs[0].end < p->places.len)
      ok = ifx_yaml_go_ahead(&p->places, p->stream->docs[0].end, p->err);
    yaml_event_delete(&e);
    if (!ok) return false;
  }
  return true;
}

static IfxYamlLimits with_defaults(const IfxYamlLimits *l) {
  IfxYamlLimits d = l ? *l : (IfxYamlLimits){0};
  if (!d.max_bytes) d.max_bytes = IFX_YAML_MAX_BYTES;
  if (!d.max_depth) d.max_depth = DEFAULT_DEPTH;
  if (!d.max_nodes) d.max_nodes = DEFAULT_NODES;
  return d;
}

static bool parse_all(Parser *p) {
  if (p->places.len > p->limits.max_bytes)
    return ifx_err_set(p->err, IFX_E_LIMIT, "%zu bytes of YAML; the limit is %zu", p->places.len,
                       p->limits.max_bytes);
  IfxYamlStream *s = p->stream;
  if (!ifx_yaml_places_init(&p->places, s->text, s->len, p->err)) return false;
  if (!yaml_parser_initialize(&p->yaml)) return ifx_err_nomem(p->err);
  yaml_parser_set_encoding(&p->yaml, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&p->yaml, (const unsigned char *)s->text + p->places.base,
                               s->len - p->places.base);
  bool ok = run(p);
  yaml_parser_delete(&p->yaml);
  return ok;
}

IfxYamlAliases ifx_yaml_aliases(size_t len) {
  return (IfxYamlAliases){ALIASED_NODES + len, ALIASED_BYTES + len * BYTES_FOR_ONE};
}

bool ifx_yaml_parse(const char *text, size_t len, const IfxYamlLimits *limits, IfxYamlStream **out,
                    IfxErr *err) {
  *out = NULL;
  Parser p = {.limits = with_defaults(limits), .err = err, .places = {.len = len}};
  IfxYamlAliases aliases = ifx_yaml_aliases(len);
  if (!p.limits.aliases) p.limits.aliases = &aliases;
  IfxYamlStream *s = p.stream = calloc(1, sizeof *s + sizeof(IfxArena));
  if (!s) return ifx_err_nomem(err);
  s->text = text;
  s->len = len;
  s->arena = p.arena = (IfxArena *)(s + 1);
  bool ok = parse_all(&p);
  free(p.frames);
  free(p.anchors);
  ifx_yaml_table_free(&p.names);
  ifx_yaml_table_free(&p.keys);
  if (ok)
    *out = s;
  else
    ifx_yaml_free(s);
  return ok;
}

void ifx_yaml_free(IfxYamlStream *s) {
  if (!s) return;
  ifx_arena_free(s->arena);
  free(s->docs);
  free(s);
}
