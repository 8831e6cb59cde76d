/* test_glob_ignore.c: git's ignore rules, held against git itself. SPDX-License-Identifier:
 * Apache-2.0 */
#include "core/glob_ignore.h"

#include "check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROUNDS 150

static int ignored(const char *text, const char *path, bool is_dir, uint32_t *line) {
  IfxErr err;
  const IfxIgnoreRule *by = NULL;
  IfxIgnore *ig = ifx_ignore_new(&err);
  CHECK(ifx_ignore_add(ig, "", text, strlen(text), &err));
  int got = ifx_ignore_check(ig, path, strlen(path), is_dir, &by, &err);
  if (line) *line = by ? by->line : 0;
  ifx_ignore_free(ig);
  return got;
}

static void test_rules(void) {
  uint32_t line;
  CHECK_INT(ignored("*.o\n!keep.o\n", "a/b.o", false, &line), 1);
  CHECK_INT(line, 1);
  CHECK_INT(ignored("*.o\n!keep.o\n", "a/keep.o", false, &line), 0);
  CHECK_INT(line, 2);
  CHECK_INT(ignored("*.o\n", "a.c", false, &line), 0);
  CHECK_INT(line, 0);
  CHECK_INT(ignored("build/\n", "build", false, NULL), 0);
  CHECK_INT(ignored("build/\n", "build", true, NULL), 1);
  CHECK_INT(ignored("build/\n!build/keep\n", "build/keep", false, NULL), 1);
  CHECK_INT(ignored("/top\n", "sub/top", false, NULL), 0);
  CHECK_INT(ignored("a/b\n", "x/a/b", false, NULL), 0);
  CHECK_INT(ignored("\xEF\xBB\xBFname\r\n", "name", false, NULL), 1);
  CHECK_INT(ignored("last\r", "last", false, NULL), 1);
  CHECK_INT(ignored("", "name", false, NULL), 0);
}

static void test_folders(void) {
  IfxErr err;
  const IfxIgnoreRule *by;
  IfxIgnore *ig = ifx_ignore_new(&err);
  CHECK(ifx_ignore_add(ig, "a/b", "!x\n", 3,
                       &err)); /* deeper folders win in whatever order they came */
  CHECK(ifx_ignore_add(ig, "", "x\n", 2, &err));
  CHECK(ifx_ignore_add(ig, "a", "# note\ny\n", 9, &err));
  CHECK_INT(ifx_ignore_check(ig, "a/b/x", 5, false, &by, &err), 0);
  CHECK(by && by->negative);
  CHECK_STR(by->dir, "a/b");
  CHECK_INT(ifx_ignore_check(ig, "a/x", 3, false, &by, &err), 1);
  CHECK_STR(by->dir, "");
  CHECK_INT(ifx_ignore_check(ig, "a/y", 3, false, &by, &err), 1);
  CHECK_INT(by->line, 2);
  CHECK_INT(ifx_ignore_check(ig, "y", 1, false, &by, &err), 0);
  CHECK_INT(ifx_ignore_check(ig, "ab/y", 4, false, &by, &err), 0);
  ifx_ignore_free(ig);
}

static char root[] = "/tmp/ifx-ignore-XXXXXX";
static const char *const dirs[] = {"", "a", "a/b", "a/b/c", "foo", "foo/bar", "b", "b/foo"};
static const char *const names[] = {"a",  "foo", "x.o", "a b", "b]",       "foo ",
                                    "-x", "ab",  "#x",  "!x",  "\xc3\xa9", "a\\"};
enum { DIRS = sizeof dirs / sizeof *dirs, NAMES = sizeof names / sizeof *names };

static void path_of(char *out, size_t size, const char *dir, const char *name) {
  snprintf(out, size, "%s%s%s", dir, *dir ? "/" : "", name);
}

static void write_text(const char *path, const char *text, size_t len) {
  FILE *f = fopen(path, "w");
  if (f) {
    fwrite(text, 1, len, f);
    fclose(f);
  }
}

/* Rules out of the pieces that matter: plain, wild, escaped, malformed. */
static void random_rules(char *out) {
  static const char *const pieces[] = {
      "a",       "b",    "foo",  "*",   "**",       "?",          "/",           "/",       "/",
      "[ab]",    "[!a]", "x.o",  "\\#", "\\!x",     "[",          "[a-",         "[]]",     "*.o",
      " ",       "c",    "\\ ",  "bar", "**/",      "/**",        "[[:alpha:]]", "[b-\\]]", "[z-a]",
      "[[:x:]]", "-",    "[^/]", "\\",  "\xc3\xa9", "[\xc3\xa9]", "a b"};
  *out = '\0';
  for (int i = rand() % 5; i >= 0; i--) {
    if (rand() % 4 == 0) strcat(out, "!");
    if (rand() % 8 == 0) strcat(out, "/");
    for (int k = rand() % 4; k >= 0; k--) {
      strcat(out, pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)]);
    }
    if (rand() % 6 == 0) strcat(out, "/");
    if (rand() % 8 == 0) strcat(out, "  ");
    strcat(out, rand() % 10 == 0 ? "\r\n" : "\n");
  }
}

static IfxIgnore *new_rules(void) {
  IfxErr err;
  IfxIgnore *ig = ifx_ignore_new(&err);
  for (int d = 0; d < DIRS; d++) {
    char text[512], file[256];
    path_of(file, sizeof file, dirs[d], ".gitignore");
    unlink(file);
    if (d && rand() % 3) continue;
    random_rules(text);
    write_text(file, text, strlen(text));
    CHECK(ifx_ignore_add(ig, dirs[d], text, strlen(text), &err));
  }
  return ig;
}

/* One answer of `git check-ignore -v -n -z`: source, line, pattern, path. */
static bool next_answer(FILE *f, char fields[4][512]) {
  for (int i = 0; i < 4; i++) {
    int c, n = 0;
    while ((c = fgetc(f)) > 0 && n < 511) fields[i][n++] = (char)c;
    fields[i][n] = '\0';
    if (c == EOF) return false;
  }
  return true;
}

static void compare(const IfxIgnore *ig, char fields[4][512]) {
  IfxErr err;
  struct stat st;
  const IfxIgnoreRule *by = NULL;
  char got[600] = "", want[2100] = "";
  bool is_dir = lstat(fields[3], &st) == 0 && S_ISDIR(st.st_mode);
  int is = ifx_ignore_check(ig, fields[3], strlen(fields[3]), is_dir, &by, &err);
  if (by) {
    snprintf(got, sizeof got, "%s%s.gitignore:%u", by->dir, *by->dir ? "/" : "",
             (unsigned)by->line);
  }
  if (fields[0][0]) snprintf(want, sizeof want, "%s:%s", fields[0], fields[1]);
  if (strcmp(got, want) != 0) fprintf(stderr, "%s: pattern '%s'\n", fields[3], fields[2]);
  CHECK_STR(got, want);
  CHECK_INT(is, fields[0][0] && fields[2][0] != '!');
}

static void test_against_git(void) {
  int answers = 0, decided = 0;
  for (int round = 0; round < ROUNDS; round++) {
    IfxIgnore *ig = new_rules();
    FILE *f = popen("git check-ignore --no-index -v -n -z --stdin <paths", "r");
    char fields[4][512];
    while (f && next_answer(f, fields)) {
      compare(ig, fields);
      answers++;
      decided += fields[0][0] != '\0';
    }
    if (f) pclose(f);
    ifx_ignore_free(ig);
  }
  CHECK_INT(answers, ROUNDS * (DIRS - 1 + DIRS * NAMES));
  CHECK(decided > answers / 10 && decided < answers);
}

/* A repository with every name in every folder, and the list of all of them in `paths`. */
static bool prepare(void) {
  if (!mkdtemp(root) || chdir(root) < 0 || system("git init -q . 2>/dev/null") != 0) return false;
  unsetenv("GIT_DIR");
  setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
  FILE *list = fopen("paths", "w");
  for (int d = 0; list && d < DIRS; d++) {
    if (d && mkdir(dirs[d], 0777) < 0 && errno != EEXIST) break;
    if (d) fwrite(dirs[d], 1, strlen(dirs[d]) + 1, list);
  }
  for (int i = 0; list && i < DIRS * NAMES; i++) {
    char path[256];
    struct stat st;
    path_of(path, sizeof path, dirs[i / NAMES], names[i % NAMES]);
    if (lstat(path, &st) < 0) write_text(path, "", 0);
    fwrite(path, 1, strlen(path) + 1, list);
  }
  return list && fclose(list) == 0;
}

int main(void) {
  srand(11);
  test_rules();
  test_folders();
  bool ready = prepare();
  CHECK(ready);
  if (ready) test_against_git();
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", root);
  CHECK(chdir("/") == 0 && system(command) == 0);
  return CHECK_END();
}
