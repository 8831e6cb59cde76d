/* test_regex.c: expressions of Go and Python, what is refused, texts of any bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/regex.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

static bool matches(const char *source, IfxRegexSyntax syntax, const char *text) {
  IfxErr err = {0};
  size_t first, end;
  IfxRegex *re = ifx_regex_new(source, strlen(source), syntax, &err);
  if (!re) {
    printf("%s: %s\n", source, err.message);
    return false;
  }
  IfxRegexFound found = ifx_regex_find(re, text, strlen(text), 0, &first, &end, &err);
  ifx_regex_free(re);
  return found == IFX_REGEX_YES;
}

static bool refused(const char *source, IfxRegexSyntax syntax, uint32_t column) {
  IfxErr err = {0};
  IfxRegex *re = ifx_regex_new(source, strlen(source), syntax, &err);
  ifx_regex_free(re);
  if (!re && err.column != column) printf("%s: column %u: %s\n", source, err.column, err.message);
  return !re && strcmp(err.kind, IFX_E_PARSE) == 0 && err.message[0] && err.column == column;
}

static void test_go(void) {
  const IfxRegexSyntax go = IFX_REGEX_GO;
  CHECK(matches("(secrets|platform/secrets)/.*\\.sops\\.ya?ml$", go, "secrets/a.sops.yaml"));
  CHECK(!matches("(secrets|platform/secrets)/.*\\.sops\\.ya?ml$", go, "secrets/a.yaml"));
  CHECK(matches("(?i)\\QA.B\\E$", go, "x/a.b"));
  CHECK(!matches("\\QA.B\\E", go, "AxB"));
  CHECK(matches("^[^]/[:digit:]]+$", go, "abc"));
  CHECK(matches("(?P<name>x{2,3})", go, "xx"));
  CHECK(matches("\\p{Lu}", go, "\xc3\x84"));
  CHECK(matches("^.$", go, "\xc3\x84")); /* a character, not a byte */
  CHECK(!matches("a$", go, "a\n"));      /* the end of the text alone */
  CHECK(!matches("a.b", go, "a\nb"));
  CHECK(matches("(?s)a.b", go, "a\nb"));
  CHECK(matches("", go, ""));
}

static void test_not_go(void) {
  const IfxRegexSyntax go = IFX_REGEX_GO;
  CHECK(refused("a(?=b)", go, 2));
  CHECK(refused("(?<!b)a", go, 1));
  CHECK(refused("(a)\\1", go, 4));
  CHECK(refused("a++", go, 2));
  CHECK(refused("a{2}+", go, 4));
  CHECK(refused("(?>a)", go, 1));
  CHECK(refused("(?#x)", go, 1));
  CHECK(refused("(*COMMIT)a", go, 1));
  CHECK(refused("(?R)", go, 1));
  CHECK(refused("(?ix)a", go, 4));
  CHECK(matches("(?i-s:A)(?U)b", go, "ab"));
  CHECK(refused("\\K", go, 1));
  CHECK(refused("a(b", go, 4));
  CHECK(refused("[a", go, 3));
  CHECK(matches("[(?=]", go, "=")); /* in a class these are characters */
  CHECK(matches("\\Q(?=\\E", go, "(?="));
  CHECK(matches("\\(?=", go, "="));
  CHECK(matches("[[:alpha:]*+]+", go, "*")); /* the class ends behind its named one */
  CHECK(refused("[[:alpha:][](?=b)", go, 13));
  CHECK(matches("[[:alpha]+", go, ":"));
  CHECK(refused("(?P<n>a(?-1)?)", go, 8));
  CHECK(refused("(?^i:a)", go, 1));
  IfxErr err = {0};
  IfxRegex *re = ifx_regex_new("\0+", 2, go, &err); /* no sign of repetition is in the first */
  CHECK(re);
  ifx_regex_free(re);
}

static void test_python(void) {
  const IfxRegexSyntax python = IFX_REGEX_PYTHON;
  CHECK(matches("^(?!docs/).*\\.md$", python, "README.md"));
  CHECK(!matches("^(?!docs/).*\\.md$", python, "docs/a.md"));
  CHECK(matches("(a|b)\\1", python, "xbb"));
  CHECK(matches("(?P<c>a|b)(?P=c)", python, "aa"));
  CHECK(matches("(?x) ^a # first\n b$", python, "ab"));
  CHECK(refused("(?P=none)", python, 5));
}

static void test_any_bytes(void) {
  IfxErr err = {0};
  size_t first = 0, end = 0;
  IfxRegex *re = ifx_regex_new("b+", 2, IFX_REGEX_GO, &err);
  CHECK(re && ifx_regex_find(re, "\xff\0bb", 4, 0, &first, &end, &err) == IFX_REGEX_YES);
  CHECK(first == 2 && end == 4);
  CHECK(re && ifx_regex_find(re, "\xff\0bb", 4, 4, &first, &end, &err) == IFX_REGEX_NO);
  ifx_regex_free(re);
  ifx_regex_free(NULL);
}

static void test_limits(void) {
  IfxErr err = {0};
  size_t first, end;
  char *long_one = malloc(IFX_REGEX_MAX + 1);
  memset(long_one, 'a', IFX_REGEX_MAX + 1);
  CHECK(!ifx_regex_new(long_one, IFX_REGEX_MAX + 1, IFX_REGEX_GO, &err));
  CHECK(strcmp(err.kind, IFX_E_LIMIT) == 0);
  free(long_one);
  const char *large = "((a{1000}){1000}){1000}", *bomb = "(a*)*b(?!c)";
  CHECK(!ifx_regex_new(large, strlen(large), IFX_REGEX_GO, &err));
  CHECK(strcmp(err.kind, IFX_E_LIMIT) == 0);
  IfxRegex *re = ifx_regex_new(bomb, strlen(bomb), IFX_REGEX_PYTHON, &err);
  const char *text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabc";
  CHECK(re && ifx_regex_find(re, text, strlen(text), 0, &first, &end, &err) == IFX_REGEX_ERROR);
  CHECK(strcmp(err.kind, IFX_E_LIMIT) == 0);
  ifx_regex_free(re);
}

/* Each place where a match may begin takes half a million steps, fewer than one place may. */
static void test_many_places(void) {
  IfxErr err = {0};
  size_t first, end;
  char source[200] = "", path[400];
  for (int i = 0; i < 18; i++) strcat(source, "(?:a|a)");
  strcat(source, "[bc]");
  memset(path, 'a', sizeof path);
  IfxRegex *re = ifx_regex_new(source, strlen(source), IFX_REGEX_GO, &err);
  CHECK(re && ifx_regex_find(re, path, sizeof path, 0, &first, &end, &err) == IFX_REGEX_ERROR);
  CHECK(strcmp(err.kind, IFX_E_LIMIT) == 0);
  ifx_regex_free(re);
}

/* A long text may be walked through and back. */
static void test_long_text(void) {
  IfxErr err = {0};
  size_t first, end, len = 200000;
  char *text = malloc(len);
  memset(text, 'x', len);
  memcpy(text, "begin end", 9);
  IfxRegex *re = ifx_regex_new("(?s)begin.*end", 14, IFX_REGEX_GO, &err);
  CHECK(re && ifx_regex_find(re, text, len, 0, &first, &end, &err) == IFX_REGEX_YES);
  CHECK(first == 0 && end == 9);
  ifx_regex_free(re);
  free(text);
}

int main(void) {
  test_go();
  test_not_go();
  test_python();
  test_any_bytes();
  test_limits();
  test_many_places();
  test_long_text();
  return CHECK_END();
}
