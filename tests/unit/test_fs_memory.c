/* test_fs_memory.c: each allocation of fs and glob fails once. SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"
#include "core/fs.h"
#include "core/glob.h"
#include "core/glob_ignore.h"
#include "failing_memory.h"

#ifndef FAILING_MEMORY

int main(void) { return CHECK_END(); }

#else

static char root[300];

static const char *at(const char *name) {
  static char paths[4][400];
  static int next;
  char *p = paths[next++ % 4];
  snprintf(p, sizeof paths[0], "%s/%s", root, name);
  return p;
}

static bool try_glob(IfxErr *err) {
  static const char pattern[] = "**/{a,b{c,d}*}/[a-z][[:alpha:]]?/**";
  static char path[3000];
  size_t spans[16];
  memset(path, 'a', sizeof path);
  for (size_t i = 1; i < sizeof path; i += 2) path[i] = '/';
  IfxGlob *g = ifx_glob_compile(pattern, sizeof pattern - 1, 0, err);
  if (!g) return false;
  IfxGlobResult m = ifx_glob_match(g, path, sizeof path, spans, err);
  ifx_glob_free(g);
  return m != IFX_GLOB_FAILED;
}

static bool try_ignore(IfxErr *err) {
  static const char text[] = "a*\n!b/c*/\nd/e\n**/f\ng[0-9]\n";
  IfxIgnore *ig = ifx_ignore_new(err);
  bool ok = ig && ifx_ignore_add(ig, "", text, sizeof text - 1, err) &&
            ifx_ignore_add(ig, "x", text, sizeof text - 1, err) &&
            ifx_ignore_check(ig, "x/b/g7", 6, false, NULL, err) > 0;
  ifx_ignore_free(ig);
  return ok;
}

static bool try_files(IfxErr *err) {
  IfxBuf text = {0};
  IfxFsList list = {0};
  IfxFsWalk how = {.hidden = true};
  IfxFsWrite w[2] = {{.path = at("a"), .bytes = "new", .len = 3, .mode = IFX_FS_KEEP_MODE},
                     {.path = at("sub/b"), .bytes = "new", .len = 3, .mode = IFX_FS_KEEP_MODE}};
  bool ok = ifx_fs_mkdir(at("sub"), err) && ifx_fs_write(w, 2, true, err) &&
            ifx_fs_read(at("a"), 1000, &text, err) && ifx_fs_walk(root, &how, &list, err);
  if (ok) CHECK_INT(list.len, 3); /* and no temporary file of a failed attempt */
  ifx_fs_list_free(&list);
  ifx_buf_free(&text);
  return ok;
}

static bool try_paths(IfxErr *err) {
  IfxBuf out = {0};
  bool ok = ifx_path_relative(&out, "a/b/../c", 8, "d/e/f", 5) && !out.failed;
  if (!ok) ifx_err_nomem(err);
  ifx_buf_free(&out);
  return ok;
}

/* Fail the first allocation, the second …, until none fails any more. */
static void each_fails(bool (*attempt)(IfxErr *err), long at_least) {
  bool ok = false;
  long number = 0;
  while (!ok && number++ < 10000) {
    IfxErr err = {0};
    long before = held;
    calls = 0;
    failing = number;
    ok = attempt(&err);
    failing = 0;
    if (!ok) CHECK_STR(err.kind, IFX_E_MEMORY);
    CHECK_INT(held, before);
  }
  CHECK(ok && number > at_least);
}

int main(void) {
  IfxErr err;
  IfxBuf dir = {0};
  if (!ifx_fs_tempdir("ifx-test", &dir, &err)) return 1;
  snprintf(root, sizeof root, "%s", dir.data);
  ifx_buf_free(&dir);
  each_fails(try_glob, 5);
  each_fails(try_ignore, 15);
  each_fails(try_files, 10);
  each_fails(try_paths, 2);
  CHECK(ifx_fs_remove_tree(root, &err));
  return CHECK_END();
}

#endif
