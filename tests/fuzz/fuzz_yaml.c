/* fuzz_yaml.c: spans are exact, values read back the same. SPDX-License-Identifier: Apache-2.0 */
#include "core/yaml.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(cond)                                                                                 \
  do {                                                                                             \
    if (!(cond)) {                                                                                 \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #cond);                         \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

static const IfxYamlLimits limits = {.max_nodes = 20000, .max_depth = 60};

/* --- spans
 * ---------------------------------------------------------------------------------------- */

/* Line and column counted the plain way. */
static void check_place(const IfxYamlStream *s, const IfxYamlNode *n) {
  uint32_t line = 1, column = 1;
  size_t i = s->len >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  for (; i < n->start; i++) {
    if (s->text[i] == '\n') {
      line++;
      column = 1;
    } else if (((unsigned char)s->text[i] & 0xC0) != 0x80) {
      column++;
    }
  }
  MUST(n->line == line && n->column == column);
}

static void check_ends(const IfxYamlStream *s, const IfxYamlNode *n) {
  char first = n->start < n->end ? s->text[n->start] : '\0',
       last = n->end ? s->text[n->end - 1] : '\0';
  if (n->kind == IFX_YAML_ALIAS) {
    MUST(first == '*' && n->end - n->start == n->value_len + 1);
    MUST(memcmp(s->text + n->start + 1, n->value, n->value_len) == 0);
    return;
  }
  if (n->kind != IFX_YAML_SCALAR) return;
  if (n->style == IFX_YAML_SINGLE) MUST(first == '\'' && last == '\'' && n->end - n->start >= 2);
  if (n->style == IFX_YAML_DOUBLE) MUST(first == '"' && last == '"' && n->end - n->start >= 2);
  if (n->style == IFX_YAML_LITERAL) MUST(first == '|');
  if (n->style == IFX_YAML_FOLDED) MUST(first == '>');
  if (n->style == IFX_YAML_PLAIN && n->value_len == 0) MUST(n->start == n->end);
  if (n->style == IFX_YAML_PLAIN && n->value_len)
    MUST(first == n->value[0] && last == n->value[n->value_len - 1]);
}

/* LF, CR, U+0085, U+2028 or U+2029, by its first byte. */
static bool is_break(const char *s, size_t left) {
  return *s == '\n' || *s == '\r' || (left > 1 && memcmp(s, "\xC2\x85", 2) == 0) ||
         (left > 2 && (memcmp(s, "\xE2\x80\xA8", 3) == 0 || memcmp(s, "\xE2\x80\xA9", 3) == 0));
}

/* Everything between two scalars is white space, comments, indicators, properties or directives. */
static void check_gap(const IfxYamlStream *s, size_t from, size_t to) {
  bool fresh =
      true; /* may a comment begin here? Behind a quote or bracket libyaml wants no space. */
  MUST(from <= to);
  for (size_t i = from; i < to;) {
    unsigned char c = (unsigned char)s->text[i];
    bool prop = c == '&' || c == '!';
    if (!prop && c != '%' && !(c == '#' && fresh)) {
      MUST(strchr(" \t\r\n,[]{}:?-.", c) || c >= 0x80);
      fresh = c != '-' && c != '?' && c != '.';
      i++;
      continue;
    }
    while (i < to && !is_break(s->text + i, to - i) && !(prop && strchr(" \t", s->text[i]))) i++;
    fresh = true;
  }
}

typedef struct Tour {
  const IfxYamlStream *stream;
  size_t at; /* where the last scalar ended */
} Tour;

static void visit(Tour *t, const IfxYamlNode *n, const IfxYamlNode *parent) {
  MUST(n->parent == parent);
  MUST(n->props <= n->start && n->start <= n->end && n->end <= t->stream->len);
  if (parent) MUST(parent->start <= n->props && n->end <= parent->end);
  check_place(t->stream, n);
  check_ends(t->stream, n);
  if (n->kind == IFX_YAML_ALIAS || n->kind == IFX_YAML_SCALAR) {
    check_gap(t->stream, t->at, n->start);
    t->at = n->end;
    return;
  }
  size_t children = 0, end = n->start;
  for (const IfxYamlNode *c = n->first; c; c = c->next, children++) {
    MUST(end <= c->props);
    visit(t, c, n);
    end = c->end;
  }
  MUST(children == (n->kind == IFX_YAML_MAP ? 2 * n->count : n->count));
}

static void check_spans(const IfxYamlStream *s) {
  Tour t = {.stream = s};
  size_t end = 0;
  for (size_t i = 0; i < s->ndocs; i++) {
    const IfxYamlDoc *d = &s->docs[i];
    MUST(end <= d->start && d->start <= d->end && d->end <= s->len);
    if (d->root) MUST(d->start <= d->root->props && d->root->end <= d->end);
    if (d->root) visit(&t, d->root, NULL);
    end = d->end;
  }
  check_gap(s, t.at, s->len);
}

/* --- values
 * --------------------------------------------------------------------------------------- */

static const IfxYamlNode *real(const IfxYamlNode *n) {
  return n->kind == IFX_YAML_ALIAS ? n->first : n;
}

/* Has the node a value under the schema? Merging is not this target's matter. */
static bool has_value(const IfxYamlNode *at, IfxYamlSchema schema) {
  const IfxYamlNode *n = real(at);
  IfxYamlValue v;
  IfxYamlKey key;
  IfxErr err = {0};
  if (n->kind == IFX_YAML_SCALAR) {
    IfxBuf bytes = {0};
    bool ok = ifx_yaml_value(n, schema, &v, &err) &&
              (v.type != IFX_YAML_BINARY || ifx_yaml_binary(n, &bytes, &err));
    MUST(ok || (err.kind && err.message[0] && err.line && err.column));
    ifx_buf_free(&bytes);
    return ok;
  }
  bool map = n->kind == IFX_YAML_MAP;
  for (const IfxYamlNode *c = n->first; c; c = c->next) {
    if (map && (!ifx_yaml_key(c, schema, &key, &err) || key.merge || key.converted)) return false;
    if (map) c = c->next;
    if (!has_value(c, schema)) return false;
  }
  return true;
}

static void put(IfxYamlWriter *w, const IfxYamlNode *at, IfxYamlSchema schema) {
  const IfxYamlNode *n = real(at);
  IfxYamlFrame frame;
  IfxBuf bytes = {0};
  IfxErr err;
  IfxYamlKind kind = (IfxYamlKind)n->kind;
  if (kind == IFX_YAML_SCALAR) {
    IfxYamlValue v = ifx_yaml_resolve(n, schema);
    switch (v.type) {
    case IFX_YAML_NULL: ifx_yaml_put_null(w); break;
    case IFX_YAML_BOOL: ifx_yaml_put_bool(w, v.boolean); break;
    case IFX_YAML_INT: ifx_yaml_put_int(w, v.integer); break;
    case IFX_YAML_REAL: ifx_yaml_put_real(w, v.real); break;
    case IFX_YAML_BINARY:
      MUST(ifx_yaml_binary(n, &bytes, &err));
      ifx_yaml_put_string(w, bytes.data ? bytes.data : "", bytes.len);
      ifx_buf_free(&bytes);
      break;
    default: ifx_yaml_put_string(w, n->value, n->value_len);
    }
    return;
  }
  if (!n->first) {
    ifx_yaml_put_empty(w, kind);
    return;
  }
  ifx_yaml_put_begin(w, &frame, kind);
  for (const IfxYamlNode *c = n->first; c; c = c->next) {
    IfxYamlKey key;
    if (kind == IFX_YAML_MAP) {
      MUST(ifx_yaml_key(c, schema, &key, &err));
      ifx_yaml_put_key(w, key.text, key.len);
      c = c->next;
    }
    put(w, c, schema);
  }
  ifx_yaml_put_end(w);
}

/* The bytes that a string or binary scalar stands for. */
static void text_of(const IfxYamlNode *n, IfxYamlSchema schema, IfxBuf *out) {
  IfxErr err;
  if (ifx_yaml_resolve(n, schema).type == IFX_YAML_BINARY)
    MUST(ifx_yaml_binary(n, out, &err));
  else
    ifx_buf_add(out, n->value, n->value_len);
}

static bool same_text(const IfxYamlNode *a, IfxYamlSchema as, const IfxYamlNode *b,
                      IfxYamlSchema bs) {
  IfxBuf x = {0}, y = {0};
  text_of(a, as, &x);
  text_of(b, bs, &y);
  bool same = x.len == y.len && (x.len == 0 || memcmp(x.data, y.data, x.len) == 0);
  ifx_buf_free(&x);
  ifx_buf_free(&y);
  return same;
}

static bool same_scalar(const IfxYamlNode *a, IfxYamlSchema as, const IfxYamlNode *b,
                        IfxYamlSchema bs) {
  IfxYamlValue x = ifx_yaml_resolve(a, as), y = ifx_yaml_resolve(b, bs);
  bool text = x.type >= IFX_YAML_STR && y.type >= IFX_YAML_STR;
  if (text) return same_text(a, as, b, bs);
  if (x.type != y.type || x.boolean != y.boolean || x.integer != y.integer) return false;
  return memcmp(&x.real, &y.real, sizeof x.real) == 0 || (isnan(x.real) && isnan(y.real));
}

static bool same(const IfxYamlNode *a, IfxYamlSchema as, const IfxYamlNode *b, IfxYamlSchema bs) {
  a = real(a);
  if (a->kind != b->kind) return false;
  if (a->kind == IFX_YAML_SCALAR) return same_scalar(a, as, b, bs);
  const IfxYamlNode *x = a->first, *y = b->first;
  for (; x && y; x = x->next, y = y->next)
    if (!same(x, as, y, bs)) return false;
  return !x && !y;
}

static void check_value(const IfxYamlNode *root, IfxYamlSchema schema, uint32_t indent,
                        bool lists) {
  IfxBuf out = {0};
  IfxYamlWriter w = {.out = &out, .indent = indent, .indent_lists = lists};
  IfxYamlStream *again;
  IfxErr err;
  if (!has_value(root, schema)) return;
  put(&w, root, schema);
  MUST(!out.failed);
  MUST(ifx_yaml_parse(out.data, out.len, NULL, &again, &err));
  MUST(again->ndocs == 1 && again->docs[0].root);
  MUST(same(root, schema, again->docs[0].root, IFX_YAML_SCHEMA_KUBERNETES));
  MUST(same(root, schema, again->docs[0].root, IFX_YAML_SCHEMA_CORE));
  check_spans(again);
  ifx_yaml_free(again);
  ifx_buf_free(&out);
}

/* --- a string in every style
 * ---------------------------------------------------------------------- */

static void check_string(const char *text, size_t len, IfxYamlStyle style, bool flow) {
  IfxBuf out = {0};
  IfxYamlStream *s;
  IfxErr err;
  ifx_buf_str(&out, flow ? "[a, " : "a:\n- ");
  ifx_yaml_write_string(&out, text, len, style, flow);
  ifx_buf_str(&out, flow ? ", b]" : "\nb: 1\n");
  MUST(!memchr(out.data + 4, '\n', flow ? out.len - 4 : 0));
  MUST(ifx_yaml_parse(out.data, out.len, NULL, &s, &err));
  const IfxYamlNode *n = s->docs[0].root->first->next;
  if (!flow) n = n->first;
  MUST(n->kind == IFX_YAML_SCALAR && n->value_len == len && memcmp(n->value, text, len) == 0);
  MUST(ifx_yaml_resolve(n, IFX_YAML_SCHEMA_KUBERNETES).type == IFX_YAML_STR);
  MUST(ifx_yaml_resolve(n, IFX_YAML_SCHEMA_CORE).type == IFX_YAML_STR);
  ifx_yaml_free(s);
  ifx_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  const char *text = (const char *)data;
  IfxYamlStream *s;
  IfxErr err = {0};
  if (size > 0 && size < 200 && ifx_yaml_is_utf8(text, size))
    for (int i = 0; i < 4; i++)
      check_string(text, size, i & 1 ? IFX_YAML_SINGLE : IFX_YAML_DOUBLE, i & 2);
  if (!ifx_yaml_parse(text, size, &limits, &s, &err)) {
    MUST(s == NULL && err.kind && err.message[0] && err.line >= 1 && err.column >= 1);
    return 0;
  }
  check_spans(s);
  for (size_t i = 0; i < s->ndocs; i++) {
    if (!s->docs[i].root) continue;
    check_value(s->docs[i].root, IFX_YAML_SCHEMA_KUBERNETES, 2, false);
    check_value(s->docs[i].root, IFX_YAML_SCHEMA_CORE, 4, true);
  }
  ifx_yaml_free(s);
  return 0;
}
