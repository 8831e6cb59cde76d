/* test_glob.c: path patterns. SPDX-License-Identifier: Apache-2.0 */
#include "core/glob.h"

#include "check.h"

#include <stdlib.h>
#include <time.h>

static int match(const char *pattern, const char *path) {
  IfxErr err;
  IfxGlob *g = ifx_glob_compile(pattern, strlen(pattern), 0, &err);
  if (!g) return -2;
  int m = ifx_glob_match(g, path, strlen(path), NULL, &err);
  ifx_glob_free(g);
  return m;
}

/* The captures joined by '|', "no" when nothing matches. */
static const char *captures(const char *pattern, const char *path) {
  static char text[512];
  size_t spans[32];
  static IfxErr err;
  IfxGlob *g = ifx_glob_compile(pattern, strlen(pattern), 0, &err);
  if (!g) return err.message;
  bool ok = ifx_glob_match(g, path, strlen(path), spans, &err) == IFX_GLOB_YES;
  text[0] = '\0';
  for (size_t i = 0; ok && i < ifx_glob_captures(g); i++) {
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", i ? "|" : "",
             (int)(spans[2 * i + 1] - spans[2 * i]), path + spans[2 * i]);
  }
  ifx_glob_free(g);
  return ok ? text : "no";
}

static void test_match(void) {
  const struct {
    const char *pattern, *path;
    int want;
  } cases[] = {
      {"a/b", "a/b", 1},
      {"a/b", "a/bc", 0},
      {"a/b", "xa/b", 0},
      {"", "", 1},
      {"", "a", 0},
      {"*", "a.yaml", 1},
      {"*", "a/b", 0},
      {"*", "", 1},
      {"*", ".hidden", 1},
      {"a/*/c", "a/b/c", 1},
      {"a/*/c", "a/b/b/c", 0},
      {"*.yaml", "x.yml", 0},
      {"**", "a/b/c", 1},
      {"**/c", "c", 1},
      {"**/c", "a/b/c", 1},
      {"**/c", "a/bc", 0},
      {"a/**", "a/b/c", 1},
      {"a/**", "a", 0},
      {"a/**/c", "a/c", 1},
      {"a/**/c", "a/b/b/c", 1},
      {"a/**/c", "ac", 0},
      {"a/**/**/c", "a/c", 1},
      {"**/*.y{a,}ml", "k/x.yml", 1},
      {"**/*.y{a,}ml", "x.yaml", 1},
      {"{a,b/*}/c", "b/x/c", 1},
      {"{a,b/*}/c", "b/c", 0},
      {"{a,{b,c}d}", "cd", 1},
      {"{a,{b,c}d}", "c", 0},
      {"{}x", "x", 1},
      {"a}b,c", "a}b,c", 1},
      {"{a,b/**}", "b/x/y", 1},
      {"{**/a,b}", "x/y/a", 1},
      {"x/{**/,}a", "x/p/q/a", 1},
      {"a?c", "abc", 1},
      {"a?c", "a/c", 0},
      {"a?c",
       "a\xc3\xa9"
       "c",
       1},
      {"a?c",
       "a\xff"
       "c",
       1},
      {"a??c",
       "a\xc3\xa9"
       "c",
       0},
      {"[a-c]x", "bx", 1},
      {"[!a-c]x", "bx", 0},
      {"[^a-c]x", "dx", 1},
      {"a[!x]b", "a/b", 0},
      {"[]a]", "]", 1},
      {"[a-]", "-", 1},
      {"[\\]]", "]", 1},
      {"[[:digit:]_]", "7", 1},
      {"[[:digit:]_]", "x", 0},
      {"[\xc3\xa0-\xc3\xbf]", "\xc3\xa9", 1},
      {"[\xc3\xa0-\xc3\xbf]", "\xc3", 0},
      {"\\*", "*", 1},
      {"\\*", "a", 0},
      {"\\{a,b}", "{a,b}", 1},
      {"a*b*c", "aXbYbZc", 1},
      {"a*b*c", "aXbYbZ", 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int got = match(cases[i].pattern, cases[i].path);
    if (got != cases[i].want)
      fprintf(stderr, "pattern %s, path %s\n", cases[i].pattern, cases[i].path);
    CHECK_INT(got, cases[i].want);
  }
}

static void test_captures(void) {
  CHECK_STR(captures("apps/*/overlays/*", "apps/web/overlays/prod"), "web|prod");
  CHECK_STR(captures("**/*.yaml", "a/b/c.yaml"), "a/b|c");
  CHECK_STR(captures("**/*.yaml", "c.yaml"), "|c");
  CHECK_STR(captures("a/**/x", "a/x"), "");
  CHECK_STR(captures("a/**", "a/b/c"), "b/c");
  CHECK_STR(captures("*-*", "a-b-c"), "a-b|c");
  CHECK_STR(captures("{dev,prod*}/?[0-9]", "prod-eu/x7"), "prod-eu|x|7");
  CHECK_STR(captures("{a,ab}{bc,c}", "abc"), "a|bc");
  CHECK_STR(captures("*/{a/*,b}", "x/a/y"), "x|a/y");
  CHECK_STR(captures("**/a/**", "a/a/a"), "a|a");
  CHECK_STR(captures("*b*", "abab"), "aba|");
  CHECK_STR(captures("*", "a/b"), "no");
  CHECK_STR(captures("plain", "plain"), "");
}

static void test_refused(void) {
  CHECK_STR(captures("a**", "a"),
            "glob 'a**', character 2: '**' must be a whole segment of the path");
  CHECK_STR(captures("**a", "a"),
            "glob '**a', character 3: '**' must be a whole segment of the path");
  CHECK_INT(match("***", "a"), -2);
  CHECK_INT(match("{**,b}c", "a"), -2);
  CHECK_INT(match("{a/**,b}/c", "a/c"), -2);
  CHECK_STR(captures("x{a,b", "a"), "glob 'x{a,b', character 2: the brace is not closed");
  CHECK_INT(match("a[b", "a[b"), -2);
  CHECK_INT(match("[z-a]", "b"), -2);
  CHECK_INT(match("[[:nope:]]", "b"), -2);
  CHECK_INT(match("a\\", "a"), -2);
  CHECK_INT(match("{{{{{{{{{{{{{{{{{a}}}}}}}}}}}}}}}}}", "a"), -2);
  static char big[60000];
  IfxErr err;
  memset(big, 'a', sizeof big);
  CHECK(!ifx_glob_compile(big, sizeof big, 0, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
  memset(big, ',', sizeof big);
  big[0] = '{';
  big[sizeof big - 1] = '}';
  CHECK(!ifx_glob_compile(big, sizeof big, 0, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
}

static double seconds(const char *pattern, const char *path) {
  clock_t from = clock();
  CHECK_INT(match(pattern, path), 0);
  return (double)(clock() - from) / CLOCKS_PER_SEC;
}

/* Backtracking without memory would need longer than the universe has existed. */
static void test_bombs(void) {
  char path[3001], pattern[600] = "";
  memset(path, 'a', 3000);
  path[3000] = '\0';
  for (int i = 0; i < 40; i++) strcat(pattern, "a*");
  strcat(pattern, "[b]");
  CHECK(seconds(pattern, path) < 1);
  pattern[0] = '\0';
  for (int i = 0; i < 30; i++) strcat(pattern, "{a,a}");
  strcat(pattern, "[b]");
  CHECK(seconds(pattern, path) < 1);
  for (int i = 1; i < 3000; i += 2) path[i] = '/';
  pattern[0] = '\0';
  for (int i = 0; i < 30; i++) strcat(pattern, "**/a/");
  strcat(pattern, "[b]");
  CHECK(seconds(pattern, path) < 1);
  IfxErr err;
  static char huge[1 << 20];
  IfxGlob *g = ifx_glob_compile(path, 3000, 0, &err), *star = ifx_glob_compile("**", 2, 0, &err);
  CHECK(g && star);
  CHECK_INT(ifx_glob_match(star, huge, sizeof huge, NULL, &err), IFX_GLOB_YES);
  ifx_glob_free(g);
  memset(pattern, '?', 500);
  pattern[500] = '\0';
  g = ifx_glob_compile(pattern, 500, 0, &err);
  CHECK_INT(ifx_glob_match(g, huge, sizeof huge, NULL, &err), IFX_GLOB_FAILED);
  CHECK_STR(err.kind, IFX_E_LIMIT);
  ifx_glob_free(g);
  ifx_glob_free(star);
}

/* The same grammar, the slow and plain way: bytes, no braces, no brackets. */
static bool slow(const char *p, const char *s, bool start) {
  if (!*p) return !*s;
  if (start && p[0] == '*' && p[1] == '*') {
    if (!p[2]) return true;
    for (const char *rest = s;; rest++) {
      if ((rest == s || rest[-1] == '/') && slow(p + 3, rest, true)) return true;
      if (!*rest) return false;
    }
  }
  if (*p == '*') {
    if (slow(p + 1, s, false)) return true;
    return *s && *s != '/' && slow(p, s + 1, false);
  }
  if (!*s || (*p == '?' ? *s == '/' : *p != *s)) return false;
  return slow(p + 1, s + 1, *p == '/');
}

static void test_against_slow(void) {
  const char *segments[] = {"a", "b", "ab", "*", "a*", "*b", "?", "**", "*a*", "?*"};
  const char *names[] = {"a", "b", "ab", "ba", "aab"};
  srand(7);
  int matched = 0;
  for (int i = 0; i < 20000; i++) {
    char pattern[64] = "", path[64] = "";
    for (int k = rand() % 4; k >= 0; k--) {
      strcat(pattern, segments[rand() % 10]);
      if (k) strcat(pattern, "/");
    }
    for (int k = rand() % 4; k >= 0; k--) {
      strcat(path, names[rand() % 5]);
      if (k) strcat(path, "/");
    }
    int want = slow(pattern, path, true), got = match(pattern, path);
    matched += want;
    if (got != want) fprintf(stderr, "pattern %s, path %s: %d\n", pattern, path, got);
    CHECK_INT(got, want);
  }
  CHECK(matched > 2000);
}

int main(void) {
  test_match();
  test_captures();
  test_refused();
  test_bombs();
  test_against_slow();
  return CHECK_END();
}
