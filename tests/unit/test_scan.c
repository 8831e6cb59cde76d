/* test_scan.c: many strings at once, words that look like paths. SPDX-License-Identifier:
 * Apache-2.0 */
#include "core/scan.h"

#include <stdlib.h>

#include "check.h"

static IfxMatcher *matcher(const char *const *strings, size_t n) {
  size_t lengths[16];
  IfxErr e = {0};
  for (size_t i = 0; i < n; i++) lengths[i] = strlen(strings[i]);
  return ifx_matcher_new(strings, lengths, n, &e);
}

typedef struct Log {
  char text[256];
  int limit;
} Log;

static bool log_hit(void *arg, IfxHit h) {
  Log *log = arg;
  size_t n = strlen(log->text);
  snprintf(log->text + n, sizeof log->text - n, "%zu:%u ", h.start, h.pattern);
  return --log->limit != 0;
}

static void test_overlaps(void) {
  const char *words[] = {"he", "she", "his", "hers", "he"};
  IfxMatcher *m = matcher(words, 5);
  Log log = {.limit = 100};
  CHECK(ifx_matcher_find(m, "ushers", 6, log_hit, &log));
  CHECK_STR(log.text, "1:1 2:0 2:3 ");
  Log one = {.limit = 1};
  CHECK(!ifx_matcher_find(m, "ushers", 6, log_hit, &one));
  CHECK_STR(one.text, "1:1 ");
  ifx_matcher_free(m);
}

/* Against the plain search, over an alphabet small enough for every kind of overlap. */
static void test_random(void) {
  uint32_t seed = 12345;
  for (int round = 0; round < 300; round++) {
    char strings[8][8], text[200];
    const char *list[8];
    for (int s = 0; s < 8; s++) {
      size_t len = 1 + (seed = seed * 1664525u + 1013904223u) / 65536 % 5;
      for (size_t i = 0; i < len; i++)
        strings[s][i] = 'a' + (seed = seed * 1664525u + 1013904223u) / 65536 % 3;
      strings[s][len] = '\0';
      list[s] = strings[s];
    }
    for (size_t i = 0; i < sizeof text; i++)
      text[i] = 'a' + (seed = seed * 1664525u + 1013904223u) / 65536 % 3;
    size_t want = 0;
    for (int s = 0; s < 8; s++) {
      bool again = false;
      for (int t = 0; t < s; t++) again = again || strcmp(strings[s], strings[t]) == 0;
      size_t len = strlen(strings[s]);
      for (size_t i = 0; !again && i + len <= sizeof text; i++)
        want += memcmp(text + i, strings[s], len) == 0;
    }
    IfxMatcher *m = matcher(list, 8);
    Log log = {.limit = -1};
    CHECK(ifx_matcher_find(m, text, 0, log_hit, &log) && log.text[0] == '\0');
    log.limit = 1000000;
    ifx_matcher_find(m, text, sizeof text, log_hit, &log);
    CHECK_INT(1000000 - log.limit, want);
    ifx_matcher_free(m);
  }
}

static void test_refusals(void) {
  const char *words[] = {"a", ""};
  size_t lengths[] = {1, 0};
  IfxErr e = {0};
  CHECK(ifx_matcher_new(words, lengths, 2, &e) == NULL);
  CHECK_STR(e.kind, IFX_E_ARGUMENT);
  CHECK_STR(e.message, "string 2 is empty");
  IfxMatcher *none = matcher(words, 0);
  Log log = {.limit = 10};
  CHECK(ifx_matcher_find(none, "abc", 3, log_hit, &log) && log.text[0] == '\0');
  ifx_matcher_free(none);
  ifx_matcher_free(NULL);
}

static void words_ending(const char *text, const IfxSet *names, const IfxSet *ends, char *out,
                         size_t size) {
  size_t pos = 0, n = 0;
  IfxWord w;
  out[0] = '\0';
  while (ifx_scan_word(text, strlen(text), names, ends, &pos, &w))
    n += (size_t)snprintf(out + n, size - n, "%s[%.*s]", w.sort == IFX_WORD_URL ? "url" : "",
                          (int)(w.stop - w.start), text + w.start);
}

static void words_of(const char *text, const IfxSet *names, char *out, size_t size) {
  words_ending(text, names, NULL, out, size);
}

static void test_ends(void) {
  const char *names[] = {"b.yaml", "dir"};
  size_t lengths[] = {6, 3};
  IfxErr e = {0};
  IfxSet *ends = ifx_set_new(names, lengths, 2, &e);
  char out[512];
  words_ending(
      "dir/b.yaml. dir/b.yml ./dir/, dir b.yaml z/dir/.. / ./ v/$x w/{a,b} u/*.c http://h/q", NULL,
      ends, out, sizeof out);
  CHECK_STR(out, "[dir/b.yaml.][./dir/][z/dir/..][v/$x][w/{a,b}][u/*.c]url[http://h/q]");
  words_ending("x/b.yaml dir/x/b.yaml /dir//dir/b.yaml x@1/b.yaml .../dir x/../dir +dir/b.yaml",
               NULL, ends, out, sizeof out);
  CHECK_STR(out, "[/dir//dir/b.yaml][x@1/b.yaml][.../dir][x/../dir][+dir/b.yaml]");
  words_ending("b.yaml dir x/q", ends, ends, out, sizeof out);
  CHECK_STR(out, "[b.yaml][dir]");
  ifx_set_free(ends);
}

static void test_sorts(void) {
  const char *text = "a/b -a/b a/b. a@/b {a}/b /.x/y_Z-0 http://h caf\xC3\xA9/d a/";
  const int sorts[] = {IFX_WORD_PLAIN, IFX_WORD_OTHER, IFX_WORD_OTHER,
                       IFX_WORD_OTHER, IFX_WORD_OTHER, IFX_WORD_PLAIN,
                       IFX_WORD_URL,   IFX_WORD_OTHER, IFX_WORD_PLAIN};
  size_t pos = 0, n = 0;
  IfxWord w;
  for (; ifx_scan_word(text, strlen(text), NULL, NULL, &pos, &w); n++) CHECK_INT(w.sort, sorts[n]);
  CHECK_INT(n, sizeof sorts / sizeof *sorts);
}

static void test_words(void) {
  const char *names[] = {"Makefile", "apps", ""};
  size_t lengths[] = {8, 4, 0};
  IfxErr e = {0};
  IfxSet *set = ifx_set_new(names, lengths, 3, &e);
  CHECK(ifx_set_has(set, "apps", 4) && !ifx_set_has(set, "app", 3) && !ifx_set_has(set, "", 0));
  char out[512];
  words_of("see `a/b.yaml:12`, (x/y); \"apps\" Makefile, no path", set, out, sizeof out);
  CHECK_STR(out, "[a/b.yaml][x/y][apps][Makefile]");
  words_of("apps and a/b", NULL, out, sizeof out);
  CHECK_STR(out, "[a/b]");
  words_of("cd ${ROOT}/x && cp --to=../y {a,b}/c d,e/f", set, out, sizeof out);
  CHECK_STR(out, "[${ROOT}/x][../y][{a,b}/c][e/f]");
  words_of("<https://h/a/b?c=d#e> ssh://g@h/x, git::https://h/y//z?ref=v1", set, out, sizeof out);
  CHECK_STR(out, "url[https://h/a/b?c=d#e]url[ssh://g@h/x,]url[https://h/y//z?ref=v1]");
  words_of("\xE2\x94\x9C\xE2\x94\x80\xE2\x94\x80 a/ \xE2\x80\x9C"
           "b/c\xE2\x80\x9D caf\xC3\xA9/d \xC2\xAB"
           "e/f\xC2\xBB",
           set, out, sizeof out);
  CHECK_STR(out, "[a/][b/c][caf\xC3\xA9/d][e/f]");
  words_of("\xE2/\xE2\x94", set, out, sizeof out);
  CHECK_STR(out, "[\xE2/\xE2\x94]");
  words_of("a://b", set, out, sizeof out);
  CHECK_STR(out, "url[a://b]");
  words_of("1a://b/c :: , /", set, out, sizeof out);
  CHECK_STR(out, "[//b/c][/]");
  ifx_set_free(set);
  ifx_set_free(NULL);
}

int main(void) {
  test_overlaps();
  test_random();
  test_refusals();
  test_words();
  test_ends();
  test_sorts();
  return CHECK_END();
}
