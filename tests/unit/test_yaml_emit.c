/* test_yaml_emit.c: block style, and that it reads back. SPDX-License-Identifier: Apache-2.0 */
#include "core/yaml.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

/* A value tree; a map's children alternate between key (STR) and value. */
typedef struct Value {
  enum { NIL, BOOL, INT, REAL, STR, SEQ, MAP } kind;
  int64_t integer;
  double real;
  char text[48];
  size_t len, count;
  struct Value *children;
} Value;

static void emit(IfxYamlWriter *w, const Value *v) {
  IfxYamlFrame frame;
  switch (v->kind) {
  case NIL: ifx_yaml_put_null(w); return;
  case BOOL: ifx_yaml_put_bool(w, v->integer); return;
  case INT: ifx_yaml_put_int(w, v->integer); return;
  case REAL: ifx_yaml_put_real(w, v->real); return;
  case STR: ifx_yaml_put_string(w, v->text, v->len); return;
  default: break;
  }
  IfxYamlKind kind = v->kind == SEQ ? IFX_YAML_SEQ : IFX_YAML_MAP;
  if (v->count == 0) {
    ifx_yaml_put_empty(w, kind);
    return;
  }
  ifx_yaml_put_begin(w, &frame, kind);
  for (size_t i = 0; i < v->count; i++) {
    if (v->kind == MAP) {
      ifx_yaml_put_key(w, v->children[i].text, v->children[i].len);
      i++;
    }
    emit(w, &v->children[i]);
  }
  ifx_yaml_put_end(w);
}

/* ---- what it looks like ---- */

static Value *nodes(size_t count, const Value *from) {
  Value *v = calloc(count, sizeof *v);
  if (v) memcpy(v, from, count * sizeof *v);
  return v;
}

#define TEXT(s)                                                                                    \
  { .kind = STR, .text = s, .len = sizeof(s) - 1 }
#define NODES(...)                                                                                 \
  .count = sizeof((Value[]){__VA_ARGS__}) / sizeof(Value),                                         \
  .children = nodes(sizeof((Value[]){__VA_ARGS__}) / sizeof(Value), (Value[]){__VA_ARGS__})

static void release(Value *v) {
  for (size_t i = 0; i < v->count; i++) release(&v->children[i]);
  free(v->children);
}

static void check_emitted(Value *v, uint32_t indent, bool lists, const char *want) {
  IfxBuf out = {0};
  IfxYamlWriter w = {.out = &out, .indent = indent, .indent_lists = lists};
  emit(&w, v);
  CHECK_STR(out.data, want);
  ifx_buf_free(&out);
}

static void test_layout(void) {
  Value pair = {.kind = MAP,
                NODES(TEXT("b"), {.kind = INT, .integer = 1}, TEXT("c"), TEXT("x\ny\n"))};
  Value inner = {.kind = SEQ, NODES(TEXT("true"), {.kind = SEQ}, {.kind = BOOL, .integer = 1})};
  Value list = {.kind = SEQ, NODES(pair, inner, TEXT("p\n\n"))};
  Value deep = {.kind = MAP, NODES(TEXT("e"), {.kind = NIL}, TEXT("f"), TEXT(" q\nr"))};
  Value v = {.kind = MAP, NODES(TEXT("a"), list, TEXT("d"), deep, TEXT("g"), {.kind = MAP})};
  check_emitted(&v, 2, false,
                "a:\n- b: 1\n  c: |\n    x\n    y\n- - \"true\"\n  - []\n  - true\n- |+\n  p\n\n"
                "d:\n  e: null\n  f: |2-\n     q\n    r\ng: {}\n");
  check_emitted(&v, 4, true,
                "a:\n    - b: 1\n      c: |\n          x\n          y\n    - - \"true\"\n      - "
                "[]\n      - true\n"
                "    - |+\n      p\n\nd:\n    e: null\n    f: |4-\n         q\n        r\ng: {}\n");
  release(&v);
}

static void test_roots(void) {
  Value text = TEXT("a"), lines = TEXT("a\nb"), bytes = TEXT("\xFF\x00\x01\x02"), empty = TEXT("");
  check_emitted(&text, 2, false, "a\n");
  check_emitted(&lines, 2, false, "|-\n  a\n  b\n");
  check_emitted(&bytes, 2, false, "!!binary /wABAg==\n");
  check_emitted(&empty, 2, false, "\"\"\n");
}

static void test_long_key(void) {
  IfxBuf out = {0}, key = {0};
  IfxYamlStream *s;
  IfxErr err;
  IfxYamlFrame frame;
  IfxYamlWriter w = {.out = &out, .indent = 2};
  ifx_buf_fill(&key, 'k', 3000);
  ifx_yaml_put_begin(&w, &frame, IFX_YAML_MAP);
  ifx_yaml_put_key(&w, key.data, key.len);
  ifx_yaml_put_int(&w, 1);
  ifx_yaml_put_end(&w);
  CHECK(ifx_yaml_parse(out.data, out.len, NULL, &s, &err));
  if (s) CHECK_STR(s->docs[0].root->first->value, key.data);
  ifx_yaml_free(s);
  ifx_buf_free(&out);
  ifx_buf_free(&key);
}

/* ---- random values read back the same in both schemas ---- */

static uint64_t state = 20240229;

static uint32_t dice(uint32_t sides) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33) % sides;
}

static void random_text(Value *v) {
  static const char *parts[] = {"a",
                                "b c",
                                " ",
                                "  ",
                                "\n",
                                "\n\n",
                                "\t",
                                ":",
                                ": ",
                                "#",
                                " #",
                                "-",
                                "- ",
                                "?",
                                "'",
                                "\"",
                                "\\",
                                "é",
                                "日",
                                "\xC2\x85",
                                "\xE2\x80\xA8",
                                "\xEF\xBB\xBF",
                                "\xF0\x9F\x98\x80",
                                "\r",
                                "\x01",
                                "\x7F",
                                "0",
                                "1",
                                "1e3",
                                ".",
                                "_",
                                "yes",
                                "null",
                                "~",
                                "{",
                                "}",
                                "[",
                                "]",
                                ",",
                                "&",
                                "*",
                                "!",
                                "|",
                                ">",
                                "%",
                                "@",
                                "`",
                                "=",
                                "<<",
                                "---",
                                "...",
                                "0x",
                                "\xFF",
                                "\xC3"};
  v->kind = STR;
  v->len = 0;
  for (uint32_t n = dice(6); n > 0; n--) {
    const char *part = parts[dice(sizeof parts / sizeof *parts)];
    memcpy(v->text + v->len, part, strlen(part));
    v->len += strlen(part);
  }
  v->text[v->len] = '\0';
}

static void random_key(Value *v, size_t number) {
  do random_text(v);
  while (!ifx_yaml_is_utf8(v->text, v->len));
  v->len += (size_t)snprintf(v->text + v->len, 4, "%zu", number);
}

static void random_value(Value *v, int depth) {
  static const double reals[] = {0.0,  -0.0,  1.0,    0.1,      -2.5e-7,  1e16,
                                 1e17, 1e300, 5e-324, INFINITY, -INFINITY};
  *v = (Value){.kind = dice(depth > 3 ? SEQ : MAP + 1)};
  if (v->kind == BOOL) v->integer = dice(2);
  if (v->kind == INT) v->integer = (int64_t)((uint64_t)dice(1u << 31) << (dice(2) * 33));
  if (v->kind == REAL) v->real = reals[dice(sizeof reals / sizeof *reals)];
  if (v->kind == STR) random_text(v);
  if (v->kind < SEQ) return;
  size_t count = dice(4) * (v->kind == MAP ? 2 : 1);
  v->children = calloc(count + 1, sizeof *v->children);
  if (!v->children) return;
  for (v->count = count; count > 0; count--) {
    Value *c = &v->children[count - 1];
    if (v->kind == MAP && count % 2)
      random_key(c, count);
    else
      random_value(c, depth + 1);
  }
}

static bool same_text(const Value *v, const IfxYamlNode *n, IfxYamlSchema schema) {
  IfxYamlValue r = ifx_yaml_resolve(n, schema);
  IfxBuf bytes = {0};
  IfxErr err;
  if (r.type == IFX_YAML_BINARY && ifx_yaml_binary(n, &bytes, &err)) {
    bool same = bytes.len == v->len && memcmp(bytes.data, v->text, v->len) == 0;
    ifx_buf_free(&bytes);
    return same;
  }
  return r.type == IFX_YAML_STR && n->value_len == v->len && memcmp(n->value, v->text, v->len) == 0;
}

static bool same(const Value *v, const IfxYamlNode *n, IfxYamlSchema schema) {
  if (!n) return false;
  if (v->kind >= SEQ) {
    if (n->kind != (v->kind == SEQ ? IFX_YAML_SEQ : IFX_YAML_MAP)) return false;
    const IfxYamlNode *c = n->first;
    for (size_t i = 0; i < v->count; i++, c = c->next)
      if (!same(&v->children[i], c, schema)) return false;
    return c == NULL;
  }
  if (n->kind != IFX_YAML_SCALAR) return false;
  IfxYamlValue r = ifx_yaml_resolve(n, schema);
  switch (v->kind) {
  case NIL: return r.type == IFX_YAML_NULL;
  case BOOL: return r.type == IFX_YAML_BOOL && r.boolean == (v->integer != 0);
  case INT: return r.type == IFX_YAML_INT && r.integer == v->integer;
  case REAL: return r.type == IFX_YAML_REAL && memcmp(&r.real, &v->real, sizeof r.real) == 0;
  default: return same_text(v, n, schema);
  }
}

static void test_random(void) {
  for (int round = 0; round < 20000; round++) {
    Value v;
    IfxBuf out = {0};
    IfxYamlStream *s;
    IfxErr err;
    random_value(&v, 0);
    IfxYamlWriter w = {.out = &out, .indent = 2 + dice(4), .indent_lists = dice(2)};
    emit(&w, &v);
    bool ok = ifx_yaml_parse(out.data, out.len, NULL, &s, &err);
    bool good = ok && s->ndocs == 1 && same(&v, s->docs[0].root, IFX_YAML_SCHEMA_KUBERNETES) &&
                same(&v, s->docs[0].root, IFX_YAML_SCHEMA_CORE);
    if (!good) fprintf(stderr, "round %d: %s\n%s", round, ok ? "differs" : err.message, out.data);
    CHECK(good);
    ifx_yaml_free(s);
    ifx_buf_free(&out);
    release(&v);
    if (!good) return;
  }
}

int main(void) {
  test_layout();
  test_roots();
  test_long_key();
  test_random();
  return CHECK_END();
}
