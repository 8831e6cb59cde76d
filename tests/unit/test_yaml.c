/* test_yaml.c: nodes, their byte spans, and what the parser refuses. SPDX-License-Identifier:
 * Apache-2.0 */
#include "core/yaml.h"

#include <stdlib.h>

#include "check.h"

static void list_spans(IfxBuf *out, const IfxYamlStream *s, const IfxYamlNode *n) {
  if (out->len) ifx_buf_byte(out, '|');
  ifx_buf_add(out, s->text + n->start, n->end - n->start);
  if (n->kind == IFX_YAML_ALIAS) return;
  for (const IfxYamlNode *c = n->first; c; c = c->next) list_spans(out, s, c);
}

/* The bytes of all nodes of all documents in file order, joined by '|'; an error as "line:column
 * message". */
static void check_spans(const char *text, const char *want) {
  IfxYamlStream *s;
  IfxErr err;
  IfxBuf out = {0};
  if (ifx_yaml_parse(text, strlen(text), NULL, &s, &err)) {
    for (size_t i = 0; i < s->ndocs; i++) {
      if (i) ifx_buf_str(&out, " && ");
      if (s->docs[i].root) list_spans(&out, s, s->docs[i].root);
    }
    ifx_yaml_free(s);
  } else {
    ifx_buf_fmt(&out, "%u:%u %s", err.line, err.column, err.message);
  }
  CHECK_STR(out.data ? out.data : "", want);
  ifx_buf_free(&out);
}

static void test_collections(void) {
  check_spans("a: 1", "a: 1|a|1");
  check_spans(
      "a:\n  b: c\n  d:\n  - 1\n  - x y\n# end\n",
      "a:\n  b: c\n  d:\n  - 1\n  - x y|a|b: c\n  d:\n  - 1\n  - x y|b|c|d|- 1\n  - x y|1|x y");
  check_spans("- - a\n  - b\n- c", "- - a\n  - b\n- c|- a\n  - b|a|b|c");
  check_spans("a:\n- b\n-\n", "a:\n- b\n-|a|- b\n-|b|");
  check_spans("{a: [1, 'x', ], \"b\" : {} } # c",
              "{a: [1, 'x', ], \"b\" : {} }|a|[1, 'x', ]|1|'x'|\"b\"|{}");
  check_spans("[a: b, {c: d}: e, [f]: ]",
              "[a: b, {c: d}: e, [f]: ]|a: b|a|b|{c: d}: e|{c: d}|c|d|e|[f]:|[f]|f|");
  check_spans("[? a : b, ? c]", "[? a : b, ? c]|? a : b|a|b|? c|c|");
  check_spans("? a\n: b\n", "? a\n: b|a|b");
  check_spans("a: word one\n  two # c\nb: x", "a: word one\n  two # c\nb: x|a|word one\n  two|b|x");
}

static void test_absent_values(void) {
  check_spans("a:\n\n# c\nb:\n", "a:\n\n# c\nb:|a||b|");
  check_spans("a: # c\nb: 1\n", "a: # c\nb: 1|a||b|1");
  check_spans("? a\n# c\nb: 1\n", "? a\n# c\nb: 1|a||b|1");
  check_spans("{a, b: , c : 1}", "{a, b: , c : 1}|a||b||c|1");
  check_spans("-\n-", "-\n-||");
}

static void test_properties(void) {
  check_spans("a: &x 1\nb: *x\n", "a: &x 1\nb: *x|a|1|b|*x");
  check_spans("a: &x !!str # c\n  v\n", "a: &x !!str # c\n  v|a|v");
  check_spans("a: !Ref\nb: &y\nc: *y", "a: !Ref\nb: &y\nc: *y|a||b||c|*y");
  check_spans("a: &m\n  b: 1\nc: &s\n- 1\nd: !t [x]",
              "a: &m\n  b: 1\nc: &s\n- 1\nd: !t [x]|a|b: 1|b|1|c|- 1|1|d|[x]|x");
  check_spans("&k a: !<tag:x,1> {b: 1}", "&k a: !<tag:x,1> {b: 1}|a|{b: 1}|b|1");
  check_spans("a: &x:b\n", "a: &x:b|a|:b");
  check_spans("- !t\n\xEF\xBB\xBF\n k\n", "- !t\n\xEF\xBB\xBF\n k|k");
  check_spans("--- !top\n&k a: 1", "&k a: 1|a|1");
  check_spans("a: !l |\n  x\nb: &f >-\n  y\n",
              "a: !l |\n  x\nb: &f >-\n  y\n|a||\n  x\n|b|>-\n  y\n");
}

static void test_block_scalars(void) {
  static const char *heads[] = {"|", "|-", ">", ">-", "|2", "|2-", ">2", ">-2", "| # c", NULL};
  for (int i = 0; heads[i]; i++) { /* clip and strip: without the blank lines behind */
    char text[96], want[192];
    snprintf(text, sizeof text, "a: %s\n  x\n\n  y\n\n  \nb: 1\n", heads[i]);
    snprintf(want, sizeof want, "a: %s\n  x\n\n  y\n\n  \nb: 1|a|%s\n  x\n\n  y\n|b|1", heads[i],
             heads[i]);
    check_spans(text, want);
  }
  check_spans("a: |+\n  x\n\n\nb: 1\n",
              "a: |+\n  x\n\n\nb: 1|a||+\n  x\n\n\n|b|1"); /* they are its value */
  check_spans("a: |\n  x\n    \n  \n",
              "a: |\n  x\n    \n|a||\n  x\n    \n"); /* content: two spaces */
  check_spans("a: |2\n    x\n  y\n\n", "a: |2\n    x\n  y\n|a||2\n    x\n  y\n");
  check_spans("- a: |1\n   x\n\n- b", "- a: |1\n   x\n\n- b|a: |1\n   x\n|a||1\n   x\n|b");
  check_spans("a:\n- |1\n  x\n   \n- b",
              "a:\n- |1\n  x\n   \n- b|a|- |1\n  x\n   \n- b||1\n  x\n   \n|b");
  check_spans("|\n x\n\n...\n", "|\n x\n");
  check_spans("a: |\n  x", "a: |\n  x|a||\n  x");
  check_spans("a: |\n\nb: |-", "a: |\n\nb: |-|a||\n|b||-");
  check_spans("a: >\n  x\n  # text\n# comment\nb: 1",
              "a: >\n  x\n  # text\n# comment\nb: 1|a|>\n  x\n  # text\n|b|1");
  check_spans("a:\r - |2\r   x\r    \r   \r", /* four spaces are content, three are not */
              "a:\r - |2\r   x\r    \r|a|- |2\r   x\r    \r||2\r   x\r    \r");
  check_spans("a: |\r\n  x\r\n\r\nb: 1\r\n", "a: |\r\n  x\r\n\r\nb: 1|a||\r\n  x\r\n|b|1");
  check_spans("a: |\n  é\n\nb: ü", "a: |\n  é\n\nb: ü|a||\n  é\n|b|ü");
}

static void test_bytes_are_not_characters(void) {
  check_spans("\xEF\xBB\xBF"
              "a: b\n",
              "a: b|a|b");
  check_spans("\xEF\xBB\xBF"
              "ä: \"ö\\u00e9\" # 日本\nß: '日本'\n",
              "ä: \"ö\\u00e9\" # 日本\nß: '日本'|ä|\"ö\\u00e9\"|ß|'日本'");
  check_spans("a: x\xC2\x85  y\nb: [\xF0\x9F\x98\x80, z]\n",
              "a: x\xC2\x85  y\nb: [\xF0\x9F\x98\x80, z]|a|x\xC2\x85  y|b|[\xF0\x9F\x98\x80, "
              "z]|\xF0\x9F\x98\x80|z");
  check_spans("a: |\n  x\xE2\x80\xA8  y\n\nb: 1",
              "a: |\n  x\xE2\x80\xA8  y\n\nb: 1|a||\n  x\xE2\x80\xA8  y\n|b|1");
  check_spans("a: 1\r\nb:\r\n  - c\r\n  -\r\n", "a: 1\r\nb:\r\n  - c\r\n  -|a|1|b|- c\r\n  -|c|");
}

static void test_documents(void) {
  const char *text = "# c\na: 1\n---\n# d\n---\n%x\n...\n%YAML 1.1\n--- |\n y\n...\n";
  IfxYamlStream *s;
  IfxErr err;
  CHECK(ifx_yaml_parse(text, strlen(text), NULL, &s, &err) == false); /* '%' begins no text */
  text = "# c\na: 1\n---\n# d\n--- x\n...\n%YAML 1.1\n--- |\n y\n...\n";
  CHECK(ifx_yaml_parse(text, strlen(text), NULL, &s, &err));
  if (!s) return;
  CHECK_INT(s->ndocs, 4);
  CHECK_INT(s->docs[0].start, 0);
  CHECK_INT(s->docs[0].end, strstr(text, "---") - text);
  CHECK(!s->docs[0].explicit_start);
  CHECK(s->docs[1].explicit_start);
  CHECK(s->docs[1].root == NULL);
  CHECK_INT(s->docs[2].end, strstr(text, "\n%YAML") - text);
  CHECK_INT(s->docs[3].start, strstr(text, "%YAML") - text);
  CHECK_STR(s->docs[3].root->value, "y\n");
  ifx_yaml_free(s);
  check_spans("", "");
  check_spans("# only a comment\n", "");
  check_spans("---\n---\n", " && ");
}

static void test_fields(void) {
  const char *text = "ä: &x !!int 1\nb: {ö: !Sub y}\n";
  IfxYamlStream *s;
  IfxErr err;
  CHECK(ifx_yaml_parse(text, strlen(text), NULL, &s, &err));
  if (!s) return;
  const IfxYamlNode *map = s->docs[0].root, *one = map->first->next, *flow = one->next->next;
  CHECK_INT(map->count, 2);
  CHECK_STR(one->tag, "tag:yaml.org,2002:int");
  CHECK_STR(one->anchor, "x");
  CHECK_INT(one->props, 4);
  CHECK_INT(one->line, 1);
  CHECK_INT(one->column, 13);
  CHECK(one->parent == map);
  CHECK_INT(flow->style, IFX_YAML_FLOW);
  CHECK_INT(flow->first->next->line, 2);
  CHECK_INT(flow->first->next->column, 13);
  CHECK_STR(flow->first->next->tag, "!Sub");
  ifx_yaml_free(s);
}

static void test_refused(void) {
  check_spans("a: 1\nb: 2\na: 3\n", "3:1 mapping key \"a\" already defined at line 1, column 1");
  check_spans("{a: 1, b: 2, 'a': 3}", "1:14 mapping key \"a\" already defined at line 1, column 2");
  check_spans("a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\ng: 7\nh: 8\ni: 9\nc: 3\n",
              "10:1 mapping key \"c\" already defined at line 3, column 1");
  check_spans("a: *x\n", "1:4 alias to \"x\", but no such anchor stands before it");
  check_spans("a: &x 1\n---\nb: *x\n", "3:4 alias to \"x\", but no such anchor stands before it");
  check_spans("a: &x [1, *x]\n", "1:11 an alias inside the value that it stands for");
  check_spans("a: \xC3\xA4\nb: \xFF\n", "2:4 byte 0xFF is not UTF-8");
  check_spans("a: \xED\xA0\x80", "1:4 byte 0xED is not UTF-8");
  check_spans("a: \xC0\x80", "1:4 byte 0xC0 is not UTF-8");
  check_spans("ä: x\x01", "1:5 control character U+0001 is not allowed in YAML");
  check_spans("\xFF\xFE"
              "a",
              "1:1 the text is UTF-16, not UTF-8");
  check_spans("a: b: c\n", "1:5 mapping values are not allowed in this context");
}

static void check_hint(const char *text, const char *part) {
  IfxYamlStream *s;
  IfxErr err = {0};
  CHECK(!ifx_yaml_parse(text, strlen(text), NULL, &s, &err));
  CHECK(strstr(err.hint, part) != NULL);
}

static void test_hints(void) {
  check_hint("a:\n\tb: 1\n", "spaces only");
  check_hint("a: {{ .Values.x }}-y\n", "template");
  check_hint("a: @x\n", "quoted");
  check_hint("a: \"\\d\"\n", "single quotes");
  check_hint("<<<<<<< HEAD\na: 1\n=======\n", "merge conflict");
}

static void check_limit(const char *text, IfxYamlLimits limits, const char *message) {
  IfxYamlStream *s;
  IfxErr err = {0};
  bool ok = ifx_yaml_parse(text, strlen(text), &limits, &s, &err);
  if (!message) {
    CHECK(ok);
    ifx_yaml_free(s);
    return;
  }
  CHECK(!ok && s == NULL);
  CHECK_STR(err.kind, IFX_E_LIMIT);
  CHECK_STR(err.message, message);
}

/* Of one text of 1000 bytes. */
static void check_many_aliases(int count, const char *message) {
  IfxBuf text = {0};
  ifx_buf_str(&text, "a: &a ");
  ifx_buf_fill(&text, 'x', 1000);
  ifx_buf_str(&text, "\nb: [");
  for (int i = 0; i < count; i++) ifx_buf_str(&text, "*a, ");
  ifx_buf_str(&text, "]\n");
  check_limit(text.data, (IfxYamlLimits){0}, message);
  ifx_buf_free(&text);
}

static void test_limits(void) {
  check_limit("abc", (IfxYamlLimits){.max_bytes = 2}, "3 bytes of YAML; the limit is 2");
  check_limit("[[1]]", (IfxYamlLimits){.max_depth = 2}, NULL);
  check_limit("[[[1]]]", (IfxYamlLimits){.max_depth = 2}, "nested too deeply");
  check_limit("[[[]]]", (IfxYamlLimits){.max_depth = 2}, "nested too deeply");
  check_limit("[&a [1], [*a]]", (IfxYamlLimits){.max_depth = 2}, "nested too deeply");
  check_limit("[&a [1], [*a]]", (IfxYamlLimits){.max_depth = 3}, NULL);
  check_limit("[1, 2]", (IfxYamlLimits){.max_nodes = 3}, NULL);
  check_limit("[1, 2, 3]", (IfxYamlLimits){.max_nodes = 3},
              "too many nodes, aliases counted as what they stand for");
  IfxBuf bomb = {0};
  ifx_buf_str(&bomb, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
  for (int i = 1; i < 100; i++)
    ifx_buf_fmt(&bomb, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1);
  check_limit(bomb.data, (IfxYamlLimits){0}, "aliases stand for too much");
  ifx_buf_free(&bomb);
  check_many_aliases(4000, NULL);
  check_many_aliases(5000, "aliases stand for too much");
}

/* A text whose colons are hidden is read several times, its aliases count once. */
static void test_aliases_read_again(void) {
  static const char text[] = "a: &a x\nb: *a\nc: [c:]\nd: [d:]\ne: *a\n";
  IfxYamlAliases left = {.nodes = 2, .bytes = 2};
  const IfxYamlLimits limits = {.aliases = &left};
  IfxYamlStream *stream;
  IfxErr err;
  bool ok = ifx_yaml_parse_go(text, sizeof text - 1, &limits, &stream, &err);
  CHECK(ok && left.nodes == 0 && left.bytes == 0);
  if (ok) ifx_yaml_free(stream);
}

int main(void) {
  test_collections();
  test_absent_values();
  test_properties();
  test_block_scalars();
  test_bytes_are_not_characters();
  test_documents();
  test_fields();
  test_refused();
  test_hints();
  test_limits();
  test_aliases_read_again();
  return CHECK_END();
}
