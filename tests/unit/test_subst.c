/* test_subst.c: variables of a text replaced by their values. SPDX-License-Identifier: Apache-2.0
 */
#include "core/subst.h"

#include <stdlib.h>

#include "check.h"

static IfxErr err;

/* The text with a=Hello.World, p=/usr/local/bin, e= (empty), u=ÄÖßé; or the error's message. */
static const char *expand_as(const char *text, bool strict, IfxBuf *unset) {
  static char result[512];
  IfxVariable vars[] = {
      {"u", 1, "\xC3\x84\xC3\x96\xC3\x9F\xC3\xA9", 8},
      {"p", 1, "/usr/local/bin", 14},
      {"e", 1, "", 0},
      {"a", 1, "Hello.World", 11},
  };
  IfxBuf out = {0};
  ifx_variables_sort(vars, 4);
  bool ok = ifx_subst(&out, unset, text, strlen(text), vars, 4, strict, &err);
  snprintf(result, sizeof result, "%s", ok ? out.data ? out.data : "" : err.message);
  ifx_buf_free(&out);
  return result;
}

static const char *expand(const char *text) { return expand_as(text, false, NULL); }

typedef struct Case {
  const char *text, *want;
} Case;

static void check_cases(const Case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    int before = check_failed;
    CHECK_STR(expand(cases[i].text), cases[i].want);
    if (check_failed > before) fprintf(stderr, "  of %s\n", cases[i].text);
  }
}
#define CHECK_CASES(c) check_cases(c, sizeof(c) / sizeof *(c))

static void test_plain(void) {
  static const Case cases[] = {
      {"", ""},
      {"no variable, $ $1 $a {a} } $", "no variable, $ $1 $a {a} } $"},
      {"<${a}>", "<Hello.World>"},
      {"${a}${e}${none}${p}", "Hello.World/usr/local/bin"},
      {"$${a} $$a $$$$ $$${a}", "${a} $a $$ $Hello.World"},
      {"a \\\\ \\/ b", "a \\\\ \\/ b"},
      {"${#a} ${#e} ${#none} ${#u}", "11 0 0 8"},
      {"${\xC3\xA9}!", "!"}, /* a letter is a letter */
  };
  CHECK_CASES(cases);
}

static void test_defaults(void) {
  static const Case cases[] = {
      {"${none:=x} ${none=x} ${none:-x} ${none:?x} ${none:+x}", "x x x x x"},
      {"${a:=x} ${a=x} ${a:-x} ${a:?x} ${a:+x} ${e:-x}",
       "Hello.World Hello.World Hello.World Hello.World Hello.World x"},
      {"${none:-}", ""},
      {"${none:-${e:-${a}}}", "Hello.World"},
      {"${none:-<${a}-${p}>}", "<Hello.World-/usr/local/bin>"},
      {"${none:-$$x:/}", "$$x:/"}, /* no escapes in here */
      {"${none:-a b\nc}", "a b\nc"},
  };
  CHECK_CASES(cases);
}

static void test_case(void) {
  static const Case cases[] = {
      {"${a,} ${a,,} ${a^} ${a^^}", "hello.World hello.world Hello.World HELLO.WORLD"},
      {"${u,,} ${u^^} ${u,}", "\xC3\xA4\xC3\xB6\xC3\x9F\xC3\xA9 \xC3\x84\xC3\x96\xC3\x9F\xC3\x89 "
                              "\xC3\xA4\xC3\x96\xC3\x9F\xC3\xA9"},
      {"${a,^} ${e^^}", "Hello.World "},
  };
  CHECK_CASES(cases);
}

static void test_parts(void) {
  static const Case cases[] = {
      {"${a:0}|${a:6}|${a:20}|${a:-1}", "Hello.World|World||Hello.World"}, /* :- is a default */
      {"${a:0:5}|${a:6:99}|${a:3:0}|${a:11:1}", "Hello|World||"},
      {"${a:1:-1}|${a:6:-9}|${a:0:-11}", "ello.Worl||"},
      {"${a:x}|${a:1:x}|${a: 1}|${a:+1}", "Hello.World|Hello.World|Hello.World|Hello.World"},
      {"${a:99999999999999999999:1}|${a:000000000000000000000000000000001:2}", "Hello.World|el"},
      {"${a:9223372036854775807:9223372036854775807}", ""},
      {"${a:${none:-6}:${e:-2}}", "Wo"},
      {"${a:0::5}", "Hello"}, /* several colons are one */
  };
  CHECK_CASES(cases);
}

static void test_trimming(void) {
  static const Case cases[] = {
      {"${p#/} ${p#*/} ${p##*/}", "usr/local/bin usr/local/bin bin"},
      {"${p%/*} ${p%%/*} ${p%bin}", "/usr/local  /usr/local/"},
      {"${a#Hell} ${a#hell} ${a#?} ${a##[A-Z]*[a-z].}", "o.World Hello.World ello.World World"},
      {"${a#[^a-z]} ${a#\\H} ${a#[} ${a#[z-} ${a#\\}",
       "ello.World ello.World Hello.World Hello.World Hello.World"},
      {"${p#${none:-/usr}}", "/local/bin"},
      /* one byte is a character to ?, though it is none */
      {"${u#?}|${u%?}", "\x84\xC3\x96\xC3\x9F\xC3\xA9|\xC3\x84\xC3\x96\xC3\x9F\xEF\xBF\xBD"},
  };
  CHECK_CASES(cases);
}

static void test_replacing(void) {
  static const Case cases[] = {
      {"${a/o/0} ${a//o/0} ${a//o/} ${a/o/}", "Hell0.World Hell0.W0rld Hell.Wrld Hell.World"},
      {"${a/#Hello/Bye} ${a/#World/x} ${a/%World/x} ${a/%Hello/x}",
       "Bye.World Hello.World Hello.x Hello.World"},
      {"${a/#Hello/} ${a/%World/}", "Hello.World Hello.World"}, /* one word changes nothing */
      {"${p/\\/usr/x} ${p//\\//:}", "x/local/bin :usr:local:bin"},
      {"${p/usr/$$a}", "/$a/local/bin"},
      {"${a/${none:-World}/${p}}", "Hello./usr/local/bin"},
      {"${a//${e}/-}", "-H-e-l-l-o-.-W-o-r-l-d-"},
      {"${a/${e}/-}", "-Hello.World"},
  };
  CHECK_CASES(cases);
}

static void test_errors(void) {
  static const Case cases[] = {
      {"${", "unable to parse variable name"},
      {"${}", "unable to parse variable name"},
      {"${ a}", "unable to parse variable name"},
      {"${a", "missing closing brace"},
      {"${a.b}", "missing closing brace"},
      {"${a-x}", "missing closing brace"},
      {"${a?x}", "missing closing brace"},
      {"${a:", "bad substitution"},
      {"${a:\xC3\xA9}", "bad substitution"},
      {"${#}", "bad substitution"},
      {"${#a.}", "bad substitution"},
      {"${a,b}", "bad substitution"},
      {"${a:1:${e}x}", "bad substitution"},
      {"${a/b}", "bad substitution"},
      {"${a#}", "unable to parse substitution within function"},
      {"${a:}", "unable to parse substitution within function"},
      {"${a:1:}", "unable to parse substitution within function"},
      {"${a:-x", "unable to parse substitution within function"},
      {"${a//}", "bad substitution"},
      {"${none:-${}}", "unable to parse variable name"},
  };
  CHECK_CASES(cases);
  expand("one\n  t\xC3\xA9xt ${a.b}\n");
  CHECK_STR(err.kind, IFX_E_PARSE);
  CHECK_INT(err.line, 2);
  CHECK_INT(err.column, 8);
  CHECK(strstr(err.hint, "$${") != NULL);
}

static void test_not_set(void) {
  IfxBuf unset = {0};
  CHECK_STR(expand_as("${x}${a}${y:-1}${x^}${z:=${w}}${e}", false, &unset), "Hello.World1");
  CHECK_INT(unset.len, 6);
  CHECK(unset.len == 6 && memcmp(unset.data, "x\0x\0w\0", 6) == 0);
  ifx_buf_free(&unset);
  CHECK_STR(expand_as("${a} ${y:-1} ${e}", true, NULL), "Hello.World 1 ");
  CHECK_STR(expand_as("${a} ${y:-${x}}\n${z}", true, NULL),
            "variable not set (strict mode): \"x\"");
  CHECK_STR(err.kind, IFX_E_NOT_FOUND);
  CHECK_INT(err.line, 1);
  CHECK_INT(err.column, 11);
  CHECK_STR(expand_as("${x} ${", true, NULL), "unable to parse variable name");
}

static void test_limits(void) {
  IfxBuf deep = {0}, out = {0};
  for (int i = 0; i < 201; i++) ifx_buf_str(&deep, "${a:-");
  CHECK(!ifx_subst(&out, NULL, deep.data, deep.len, NULL, 0, false, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
  ifx_buf_free(&deep);
  ifx_buf_free(&out);
  static char value[20000];
  memset(value, 'a', sizeof value);
  IfxVariable v = {"v", 1, value, sizeof value};
  const char *slow = "${v##*b*b*b*b}${v##*a*a*a*a*a*a*a*a*a*a*a*b}";
  CHECK(!ifx_subst(&out, NULL, slow, strlen(slow), &v, 1, false, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
  ifx_buf_free(&out);
}

#ifndef __SANITIZE_ADDRESS__
static bool refuses(const char *text, const char *value, size_t len) {
  IfxVariable vars[] = {{"a", 1, value, len}};
  IfxBuf out = {0};
  err = (IfxErr){0};
  bool ok = ifx_subst(&out, NULL, text, strlen(text), vars, 1, false, &err);
  CHECK(out.len <= 3 * IFX_SUBST_MAX_BYTES);
  ifx_buf_free(&out);
  return !ok && strcmp(err.kind, IFX_E_LIMIT) == 0 && err.line == 1;
}

static void test_bounds(void) {
  size_t len = (size_t)9 << 20;
  char *value = malloc(len);
  if (!value) exit(1);
  memset(value, 'a', len);
  CHECK(!refuses("${a}${a}${a}${a}${a}${a}${a}", value, len));
  CHECK(refuses("${a}${a}${a}${a}${a}${a}${a}${a}", value, len));
  CHECK_STR(err.message, "variables become more than 67108864 bytes");
  CHECK_INT(err.column, 29);
  CHECK(refuses("${a//a/0123456789}", value, len));
  CHECK(refuses("${x:-${a^^}${a^^}${a^^}${a^^}}${a/a/b}${a/a/b}${a/a/b}${a/a/b}", value, len));
  char again[40 * 7 + 1] = "";
  for (int i = 0; i < 40; i++) strcat(again, "${a##*}");
  CHECK(refuses(again, value, len));
  CHECK(strstr(err.message, "takes too long") != NULL);
  free(value);
}
#endif

int main(void) {
  test_plain();
  test_defaults();
  test_case();
  test_parts();
  test_trimming();
  test_replacing();
  test_errors();
  test_not_set();
  test_limits();
#ifndef __SANITIZE_ADDRESS__ /* minutes under a sanitizer */
  test_bounds();
#endif
  return CHECK_END();
}
