/* test_hcl_format.c: the canonical style, as terraform 1.11.4 wrote it. SPDX-License-Identifier:
 * Apache-2.0 */
#include "check.h"
#include "core/hcl.h"

static IfxErr err;

static void check_format(const char *text, const char *want) {
  IfxBuf out = {0}, again = {0};
  bool ok = ifx_hcl_format(text, strlen(text), &out, &err);
  CHECK(ok);
  if (!ok) fprintf(stderr, "%s: %s\n", text, err.message);
  ifx_buf_byte(&out, '\0');
  CHECK_STR(out.data, want);
  CHECK(ifx_hcl_format(out.data, out.len - 1, &again, &err));
  CHECK(again.len == out.len - 1 && memcmp(again.data ? again.data : "", out.data, again.len) == 0);
  ifx_buf_free(&out);
  ifx_buf_free(&again);
}

static void test_spaces(void) {
  check_format("a=-1+-2- -3\nb=[for x in [1]:-x]\nc={for k,v in m:k=>v...}\nd=!  x\ne=x?-1:-2\n",
               "a = -1 + -2 - -3\nb = [for x in [1] : -x]\nc = { for k, v in m : k => v... }\n"
               "d = !x\ne = x ? -1 : -2\n");
  check_format("a=x [0] . y .0 [ * ] . z\nb=f (1 , 2 ... )\n",
               "a = x[0].y.0[*].z\nb = f(1, 2...)\n");
  check_format("a=p::b::c(1)\nx=a  ==  b&&c||!d\n", "a = p::b::c(1)\nx = a == b && c || !d\n");
  check_format("a = {\n}\nb={ }\nc=[ ]\nd=f( )\n", "a = {\n}\nb = {}\nc = []\nd = f()\n");
  check_format("a = 1e5+1.5e-3*2%3\n", "a = 1e5 + 1.5e-3 * 2 % 3\n");
  check_format("a = [[1],[2]][0]\nb=[x-1,-x]\n", "a = [[1], [2]][0]\nb = [x-1, -x]\n");
  check_format("a=\"${ {a=1} }\"\nb = \"x${ {a=1} }${ -1 }\"\n",
               "a = { a = 1 }\nb = \"x${ { a = 1 } }${- 1}\"\n");
  check_format("a=<<E\n  ${ x }  %{ if y }  a  %{endif}\n E\nb=1#c\n",
               "a = <<E\n  ${x}  %{if y}  a  %{endif}\n E\nb = 1 #c\n");
}

static void test_indentation(void) {
  check_format("a \"x\" \"y\" {\nb{\nc=[\n1,\n]\n}\n}\n",
               "a \"x\" \"y\" {\n  b {\n    c = [\n      1,\n    ]\n  }\n}\n");
  check_format("a = [\n[\n1],[2\n]]\n", "a = [\n  [\n    1], [2\n]]\n");
  check_format("a=[{\nb=1},{\nc=2}]\n", "a = [{\n  b = 1 }, {\nc = 2 }]\n");
  check_format("a={\nb=1\n ccc=2,d={e=1}\n\"x y\"=3}\n",
               "a = {\n  b   = 1\n  ccc = 2, d = { e = 1 }\n\"x y\" = 3 }\n");
  check_format("a=<<E\n${f(\n1\n)}\nE\n", "a = <<E\n${f(\n1\n)}\nE\n");
  check_format("a=<<-E\n   x\n   E\n\nfoo {\n b=<<E\nx\nE\n}\n",
               "a = <<-E\n   x\n   E\n\nfoo {\n  b = <<E\nx\nE\n}\n");
  check_format("a {\n\n \t\n b=1\r\n}", "a {\n\n\n  b = 1\r\n}");
}

static void test_alignment(void) {
  check_format("a b c {\nx=1 # y\nlonger=2 # z\n\nq=3\n}\n",
               "a \"b\" \"c\" {\n  x      = 1 # y\n  longer = 2 # z\n\n  q = 3\n}\n");
  check_format("a=1/* c */\nbb=2/* d */\n", "a  = 1 /* c */\nbb = 2 /* d */\n");
  check_format("a=[\n1, #c\n2 #dd\n]\n", "a = [\n  1, #c\n  2  #dd\n]\n");
  check_format("a=\"\xE6\x97\xA5\xE6\x9C\xAC\" # c\nbcd=\"x\" # d\n",
               "a   = \"\xE6\x97\xA5\xE6\x9C\xAC\" # c\nbcd = \"x\"  # d\n");
  /* e with a combining accent, a family of joined emoji, a flag: one column each */
  check_format("a=\"xxx\" # c\nb=\"e\xCC\x81\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xF0\x9F"
               "\x87\xA9\xF0\x9F\x87\xAA\" # d\n",
               "a = \"xxx\" # c\nb = \"e\xCC\x81\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xF0"
               "\x9F\x87\xA9\xF0\x9F\x87\xAA\" # d\n");
  check_format("a=<<E\nx\nE\nbb=1\n", "a  = <<E\nx\nE\nbb = 1\n");
  check_format("a=1\r\nbb=2\r\n", "a  = 1\r\nbb = 2\r\n");
}

static void test_spelling(void) {
  check_format("a = \"${\n x\n}\"\nb=\"${[\n1\n]}\"\nc = \"${(\n1\n)}\"\n",
               "a = x\nb = ([\n  1\n])\nc = (\n  1\n)\n");
  check_format("a = \"${[ # c\n1 # d\n,\n2] # e\n}\"\n",
               "a = ([ # c\n  1    # d\n  ,\n  2] # e\n)\n");
  check_format("a = \"${a}${b}\"\nb=\"x${y}\"\nc=\"${ f(\"${x}\") }\"\nd=\"${x~}\"\n",
               "a = \"${a}${b}\"\nb = \"x${y}\"\nc = f(\"${x}\")\nd = x\n");
  check_format("a = \"${<<E\n${x}\nE\n}\"\nb = [\"${x}\"]\n",
               "a = \"${<<E\n${x}\nE\n}\"\nb = [\"${x}\"]\n");
  check_format(
      "variable \"x\" {\n type=list\n}\nvariable \"y\" {\ntype=\"map\"\nb {\n type = list\n}\n}\n",
      "variable \"x\" {\n  type = list(any)\n}\nvariable \"y\" {\n  type = map(string)\n"
      "  b {\n    type = list\n  }\n}\n");
  check_format("foo {\ntype = list\n}\ntype=\"list\"\n",
               "foo {\n  type = list\n}\ntype = \"list\"\n");
  check_format("a /* b */ x /* c */ \"y\" /* d */ {} # e\na /* c */ {}\n",
               "a \"x\" \"y\" /* d */ {} # e\na /* c */ {}\n");
  check_format("a \"\" \"\\u00fc\\n\" {}\n", "a \"\" \"\xC3\xBC\\n\" {}\n");
}

static void test_ends(void) {
  check_format("", "");
  check_format("\xEF\xBB\xBF"
               "a=1\n",
               "a = 1\n");
  check_format("a=1", "a = 1");
  check_format("a=1\n \t", "a = 1\n  ");
  check_format("  # c  ", "# c  ");
  check_format("b{}\n /* x */ ", "b {}\n/* x */ ");
}

/* Where terraform changes or loses a meaning, or wants a second run. */
static void test_kept(void) {
  check_format("a \"b$c\" {}\n", "a \"b$c\" {}\n");
  check_format("a = \"${ # c\n x }\"\n", "a = \"${ # c\nx}\"\n");
  check_format("a=\"${\"${ \"${x}\" }\"}\"\n", "a = x\n");
  check_format("a=x.0 .1\nb=x.0 .e5\n", "a = x.0 .1\nb = x.0 .e5\n");
  check_format("a = \"${<<E\nx\nE\n}\"\nb { a = \"${<<E\nx\nE\n}\" }\n",
               "a = <<E\nx\nE\nb { a = \"${<<E\nx\nE\n}\" }\n");
  check_format("a=(p :: /* c */ q(1))\n", "a = (p:: /* c */ q(1))\n");
}

/* Alignment under one long line may not fill the memory. */
static void test_limit(void) {
  IfxBuf text = {0}, out = {0};
  ifx_buf_str(&text, "a = \"");
  ifx_buf_fill(&text, 'x', 100000);
  ifx_buf_str(&text, "\" # c\n");
  for (int i = 0; i < 1000; i++) ifx_buf_fmt(&text, "a%d = 1 # c\n", i);
  CHECK(!ifx_hcl_format(text.data, text.len, &out, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
  ifx_buf_free(&text);
  ifx_buf_free(&out);
}

static void test_refused(void) {
  IfxBuf out = {0};
  CHECK(!ifx_hcl_format("a = \n", 5, &out, &err));
  CHECK_STR(err.kind, IFX_E_PARSE);
  CHECK_INT(err.line, 1);
  ifx_buf_free(&out);
}

int main(void) {
  test_spaces();
  test_indentation();
  test_alignment();
  test_spelling();
  test_ends();
  test_kept();
  test_limit();
  test_refused();
  return CHECK_END();
}
