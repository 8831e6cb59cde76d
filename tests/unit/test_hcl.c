/* test_hcl.c: the HCL reader: spans, nodes, values, errors. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "core/hcl.h"

#include <stdlib.h>

static IfxHclTree tree;
static IfxErr err;

static bool parse(const char *text) {
  ifx_hcl_free(&tree);
  return ifx_hcl_parse(&tree, text, strlen(text), &err);
}

/* The expression of the first attribute as nodes: "call(quoted(interp(variable)))". */
static void outline(uint32_t n, IfxBuf *out) {
  static const char *const kinds[] = {
      "file",        "block",   "label", "attribute", "number",   "keyword", "variable",
      "traversal",   "step",    "index", "splat",     "call",     "unary",   "binary",
      "conditional", "paren",   "tuple", "object",    "item",     "for",     "name",
      "quoted",      "heredoc", "text",  "interp",    "directive"};
  ifx_buf_str(out, kinds[tree.nodes[n].kind]);
  if (!tree.nodes[n].first) return;
  ifx_buf_byte(out, '(');
  for (uint32_t c = tree.nodes[n].first; c; c = tree.nodes[c].next) {
    outline(c, out);
    if (tree.nodes[c].next) ifx_buf_byte(out, ' ');
  }
  ifx_buf_byte(out, ')');
}

static void check_outline(const char *expression, const char *want) {
  IfxBuf text = {0}, out = {0};
  ifx_buf_fmt(&text, "a = %s\n", expression);
  bool ok = parse(text.data);
  CHECK(ok);
  if (ok) outline(tree.nodes[tree.nodes[0].first].first, &out);
  if (ok) CHECK_STR(out.data, want);
  if (!ok) fprintf(stderr, "%s: %s\n", expression, err.message);
  ifx_buf_free(&text);
  ifx_buf_free(&out);
}

static void test_expressions(void) {
  check_outline("1", "number");
  check_outline("1.5e-3", "number");
  check_outline("null", "keyword");
  check_outline("x", "variable");
  check_outline("x.y.0[z].*.w", "traversal(variable step step index(variable) splat step)");
  check_outline("x[*][\n0\n]", "traversal(variable splat index(number))");
  check_outline("(x).y", "traversal(paren(variable) step)");
  check_outline("f()", "call");
  check_outline("f(x...)", "call(variable)");
  check_outline("f(\n1,\n# c\n2,\n)", "call(number number)");
  check_outline("a::b(1)", "call(number)");
  check_outline("!-x.y", "unary(unary(traversal(variable step)))");
  check_outline("1 + 2 - 3 * 4", "binary(number number binary(number number))");
  check_outline("a || b && !c == d",
                "binary(variable binary(variable binary(unary(variable) variable)))");
  check_outline("a ? b : c ? d : e", "conditional(variable variable variable variable variable)");
  check_outline("a ? b ? c : d : e",
                "conditional(variable conditional(variable variable variable) variable)");
  check_outline("[]", "tuple");
  check_outline("[1, /* c */ 2,]", "tuple(number number)");
  check_outline("{}", "object");
  check_outline("{a = 1, b : 2\n\"c\" = 3 # c\n}",
                "object(item(variable number) item(variable number) "
                "item(quoted(text) number))");
  check_outline("[for x in y : x if z]", "for(name variable variable variable)");
  check_outline("{\nfor k, v in m :\nk => v...\n}", "for(name name variable variable variable)");
  check_outline("\"\"", "quoted");
  check_outline("\"a${b}c\"", "quoted(text interp(variable) text)");
  check_outline("\"${\"${\"x\"}\"}\"", "quoted(interp(quoted(interp(quoted(text)))))");
  check_outline("\"%{ if x }a%{ else }b%{ endif }\"",
                "quoted(directive(variable) text directive text directive)");
  check_outline("\"%{ for k, v in m }${v}%{ endfor }\"",
                "quoted(directive(name name variable) interp(variable) directive)");
  check_outline("<<E\na ${b} c\n\nE", "heredoc(text interp(variable) text text)");
  check_outline("<<E\n${<<F\nx\nF\n}\nE", "heredoc(interp(heredoc(text)) text)");
  check_outline("[<<E\nx\nE\n, 1]", "tuple(heredoc(text) number)");
}

static const IfxHclNode *first_expression(void) {
  return &tree.nodes[tree.nodes[tree.nodes[0].first].first];
}

static void check_string(const char *expression, const char *want) {
  IfxBuf text = {0}, out = {0};
  ifx_buf_fmt(&text, "a = %s\n", expression);
  CHECK(parse(text.data));
  if (tree.nodes) CHECK(ifx_hcl_string(&tree, (uint32_t)(first_expression() - tree.nodes), &out));
  ifx_buf_byte(&out, '\0');
  CHECK_STR(out.data, want);
  ifx_buf_free(&text);
  ifx_buf_free(&out);
}

static void test_strings(void) {
  check_string("\"a\\n\\r\\t\\\"\\\\\"", "a\n\r\t\"\\");
  check_string("\"\\u00fc\\U0001F600\"", "\xC3\xBC\xF0\x9F\x98\x80");
  check_string("\"$${a}%%{b} $ %d $$\"", "${a}%{b} $ %d $$");
  check_string("\"$$${x}\"", "$${x}");
  check_string("<<E\n a\\n $${x}\n  b\nE", " a\\n ${x}\n  b\n");
  check_string("<<-E\n    a\n      b\n  \n    c\n  E", "a\n  b\n  \nc\n");
  check_string("<<-E\n\ta\n  b\n  E", "a\n b\n");
  check_string("<<E\nfoo $\n\n E ", "foo $\n\n");
  check_string("<<E\nE", "");
  check_string("<<E\nx\n\t\xC2\xA0"
               "E\xE2\x80\x83 \r",
               "x\n");
}

static void test_spans(void) {
  const char *text = "\xEF\xBB\xBFx \"y\" z {\r\n  k = <<-E\r\n  t\r\n  E\r\n  n {}\r\n}\r\n";
  CHECK(parse(text));
  const IfxHclNode *block = &tree.nodes[tree.nodes[0].first], *label = &tree.nodes[block->first];
  uint32_t line, column;
  CHECK_INT(block->start, 3);
  CHECK_INT(block->end, strlen(text) - 2);
  CHECK(text[block->inner - 1] == '{' && text[block->inner_end] == '}');
  CHECK(memcmp(text + label->start, "\"y\"", label->end - label->start) == 0);
  const IfxHclNode *attribute = &tree.nodes[tree.nodes[label->next].next];
  const IfxHclNode *heredoc = &tree.nodes[attribute->first];
  CHECK(memcmp(text + heredoc->start, "<<-E\r\n  t\r\n  E", heredoc->end - heredoc->start) == 0);
  CHECK(memcmp(text + heredoc->inner, "  t\r\n", heredoc->inner_end - heredoc->inner) == 0);
  CHECK(memcmp(text + heredoc->name, "E", heredoc->name_end - heredoc->name) == 0);
  CHECK_INT(attribute->end, heredoc->end);
  ifx_hcl_place(&tree, heredoc->start, &line, &column);
  CHECK(line == 2 && column == 7);
  ifx_hcl_place(&tree, block->start, &line, &column);
  CHECK(line == 1 && column == 1);
}

static void check_refused(const char *text, uint32_t line, uint32_t column, const char *what) {
  bool ok = parse(text);
  CHECK(!ok);
  if (ok) fprintf(stderr, "accepted: %s\n", text);
  if (ok) return;
  CHECK(tree.nodes == NULL && err.kind);
  if (err.line != line || err.column != column || !strstr(err.message, what))
    fprintf(stderr, "%s: %u:%u %s\n", text, err.line, err.column, err.message);
  CHECK(err.line == line && err.column == column && strstr(err.message, what));
}

static void test_refusals(void) {
  check_refused("a = \"x\n", 1, 5, "not closed on its line");
  check_refused("a = \"x", 1, 5, "not closed");
  check_refused("a = \"x${b", 1, 7, "${ is not closed");
  check_refused("a = \"${b c}\"", 1, 10, "} of the template sequence");
  check_refused("a = 1 b = 2\n", 1, 7, "end of the line");
  check_refused("a = 1,\n", 1, 6, "end of the line");
  check_refused("a {", 1, 1, "not closed");
  check_refused("a { b = 1\n}", 1, 10, "} expected");
  check_refused("a { b = 1, c = 2 }", 1, 10, "} expected");
  check_refused("a { b {} }", 1, 7, "= expected");
  check_refused("a {} b {}", 1, 6, "end of the line");
  check_refused("a\n{}", 1, 2, "a label or {");
  check_refused("a \"b\" = 1", 1, 7, "a label or {");
  check_refused("a \"${b}\" {}", 1, 4, "label");
  check_refused("\"a\" = 1", 1, 1, "an argument or a block");
  check_refused("a = 1\nb = 2\na = 3\n", 3, 1, "line 1 already");
  check_refused("a = [1\n", 2, 1, "a comma or ]");
  check_refused("a = [1 2]\n", 1, 8, "a comma or ]");
  check_refused("a = {b 1}", 1, 8, "= between key and value");
  check_refused("a = {b = 1 c = 2}", 1, 12, "comma or }");
  check_refused("a = f(1", 1, 8, "a comma or )");
  check_refused("a = f(x..., 1)", 1, 11, ") behind ...");
  check_refused("a = [x...]", 1, 7, "a comma or ]");
  check_refused("a = (1", 1, 7, ") expected");
  check_refused("a = b ? c", 1, 10, ": of the condition");
  check_refused("a = b.", 1, 7, "a name behind the point");
  check_refused("a = b.0.1", 1, 7, "two numbers");
  check_refused("a = b.*.c.*", 1, 10, "a second .*");
  check_refused("a = b[*", 1, 8, "] behind [*");
  check_refused("a = 1.2.3", 1, 5, "not a number");
  check_refused("a =\n1", 1, 4, "a value expected, found the end of the line");
  check_refused("a = [for x y : z]", 1, 12, "in expected");
  check_refused("a = [for x in y : k => z]", 1, 21, "no keys");
  check_refused("a = {for x in y : z}", 1, 20, "=> and the value");
  check_refused("a = [for x in y : z...]", 1, 20, "only objects");
  check_refused("a = \"%{ if x }\"", 1, 5, "has no %{ endif }");
  check_refused("a = \"%{ endif }\"", 1, 6, "no directive is open");
  check_refused("a = \"%{ for x in y }%{ else }%{ endfor }\"", 1, 21, "no directive is open");
  check_refused("a = \"%{ while x }\"", 1, 9, "if, else, endif");
  check_refused("a = \"\\q\"", 1, 6, "escape");
  check_refused("a = \"\\u00g0\"", 1, 6, "four hexadecimal digits");
  check_refused("a = \"\\ud800\"", 1, 6, "four hexadecimal digits");
  check_refused("a = <<E\nx\n", 1, 5, "this heredoc is not closed");
  check_refused("a = <<E\nx\nE", 1, 5, "this heredoc is not closed");
  check_refused("a = <<E\n\rE\n", 2, 1, "carriage return");
  check_refused("a = <<E\nE\r\r\n", 2, 2, "carriage return");
  check_refused("a = <<E x\nE\n", 1, 8, "the line must end");
  check_refused("a = <<\nE\n", 1, 5, "its marker must follow");
  check_refused("a = 1 /* x", 1, 7, "not closed by */");
  check_refused("a = 'x'", 1, 5, "single quotes");
  check_refused("a = 1; b = 2", 1, 6, "';'");
  check_refused("a = b & c", 1, 7, "'&' is not an operator");
  check_refused("a = \xE2\x80\x9Cx\xE2\x80\x9D", 1, 5, "typographic");
  check_refused("a = \"\xFF\"", 1, 6, "UTF-8");
  check_refused("a = \xC3\xA4 \xC2\xA0", 1, 7, "has no meaning here");
  check_refused("a = ~}", 1, 5, "~}");
  check_refused("}", 1, 1, "an argument or a block");
}

/* Deep is refused with kind limit; wide is fine. */
static void test_limits(void) {
  struct {
    const char *open, *close;
  } nests[] = {{"[", "]"}, {"(", ")"},  {"{a=", "}"}, {"\"${", "}\""},
               {"-", ""},  {"f(", ")"}, {"x[", "]"}};
  for (size_t i = 0; i < sizeof nests / sizeof *nests; i++) {
    for (int deep = 50; deep <= 100000; deep *= 2000) {
      IfxBuf b = {0};
      ifx_buf_str(&b, "a = ");
      for (int k = 0; k < deep; k++) ifx_buf_str(&b, nests[i].open);
      ifx_buf_str(&b, "1");
      for (int k = 0; k < deep; k++) ifx_buf_str(&b, nests[i].close);
      CHECK(parse(b.data) == (deep == 50));
      if (deep > 50) CHECK_STR(err.kind, IFX_E_LIMIT);
      ifx_buf_free(&b);
    }
  }
  IfxBuf b = {0};
  ifx_buf_str(&b, "a = 0");
  for (int i = 0; i < 100000; i++) ifx_buf_str(&b, " + x.y ? 1 : 2");
  CHECK(parse(b.data));
  ifx_buf_free(&b);
}

static void test_accepted(void) {
  CHECK(parse(""));
  CHECK(parse("# only\n// comments\n/* here */"));
  CHECK(parse("a = 1 # c"));
  CHECK(parse("# \xFF latin\na = 1\n"));
  CHECK(parse("a b \"c\" {\n}\r\nd {}"));
  CHECK(parse("a { b = 1 }\n"));
  CHECK(parse("a = {\n\n# c\n b = 1,\n c = 2\n\n}\n"));
  CHECK(parse("\xC3\xA4-\xC3\xB6_1 = 1"));
  CHECK(parse("a = x.for\nfor = 1\nin {\n}\n"));
}

int main(void) {
  test_expressions();
  test_strings();
  test_spans();
  test_refusals();
  test_limits();
  test_accepted();
  ifx_hcl_free(&tree);
  return CHECK_END();
}
