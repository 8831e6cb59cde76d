/* test_fs.c: files, folders, links, locks and paths. SPDX-License-Identifier: Apache-2.0 */
#include "core/fs.h"

#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY (64u << 20)

static char root[256];

/* A path below the test's own folder; four can be in use at once. */
static const char *at(const char *name) {
  static char paths[4][512];
  static int next;
  char *p = paths[next++ % 4];
  snprintf(p, sizeof paths[0], "%s/%s", root, name);
  return p;
}

static bool put(const char *name, const char *bytes) {
  IfxErr err;
  IfxFsWrite w = {.path = at(name), .bytes = bytes, .len = strlen(bytes), .mode = IFX_FS_KEEP_MODE};
  return ifx_fs_write(&w, 1, false, &err);
}

static const char *get(const char *name) {
  static IfxBuf text;
  static IfxErr err;
  text.len = 0;
  return ifx_fs_read(at(name), MANY, &text, &err) ? text.data : err.message;
}

static int count_entries(const char *dir) {
  IfxFsList list = {0};
  IfxErr err;
  int n = ifx_fs_list(dir, &list, &err) ? (int)list.len : -1;
  ifx_fs_list_free(&list);
  return n;
}

/* Run `f` as a user who is not root; its failed checks become this process's. */
static void as_nobody(void (*f)(void)) {
  fflush(NULL);
  pid_t pid = fork();
  if (pid == 0) {
    check_failed = 0;
    if (getuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0)) _exit(99);
    f();
    _exit(check_failed);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  CHECK_INT(WEXITSTATUS(status), 0);
}

static void test_read(void) {
  IfxBuf b = {0};
  IfxErr err;
  CHECK(put("a", "hello\n"));
  CHECK_STR(get("a"), "hello\n");
  CHECK(put("empty", ""));
  CHECK_STR(get("empty"), "");
  CHECK(!ifx_fs_read(at("a"), 5, &b, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
  CHECK_STR(err.message, "the file has 6 bytes, more than the 5 that may be read");
  CHECK_STR(err.file, at("a"));
  CHECK(ifx_fs_read(at("a"), 6, &b, &err));
  CHECK_INT(b.len, 6);
  CHECK(!ifx_fs_read(at("absent"), MANY, &b, &err));
  CHECK_STR(err.kind, IFX_E_NOT_FOUND);
  CHECK_INT(ifx_fs_try_read(at("absent"), true, MANY, &b, &err), IFX_FS_ABSENT);
  CHECK_INT(ifx_fs_try_read(at("a/below"), true, MANY, &b, &err), IFX_FS_ABSENT);
  CHECK_INT(ifx_fs_try_read(root, true, MANY, &b, &err), IFX_FS_FAILED);
  CHECK_STR(err.message, "cannot read: Is a directory");
  CHECK_INT(symlink("a", at("to-a")), 0);
  CHECK_INT(ifx_fs_try_read(at("to-a"), false, MANY, &b, &err), IFX_FS_FAILED);
  CHECK_STR(err.file, at("to-a"));
  CHECK_INT(b.len, 6);
  ifx_buf_free(&b);
}

static void test_read_odd(void) {
  IfxBuf b = {0};
  IfxErr err;
  /* Its first page is not mapped: read() fails after a successful open. */
  CHECK(!ifx_fs_read("/proc/self/mem", MANY, &b, &err));
  CHECK_STR(err.kind, IFX_E_IO);
  CHECK_STR(err.file, "/proc/self/mem");
  CHECK_INT(b.len, 0);
  CHECK(ifx_fs_read("/proc/self/status", MANY, &b, &err)); /* stat says 0 bytes */
  CHECK(b.len > 100);
  b.len = 0;
  CHECK(!ifx_fs_read("/proc/self/status", 20, &b, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
  CHECK_INT(b.len, 0);
  CHECK_INT(mkfifo(at("pipe"), 0600), 0);
  CHECK(!ifx_fs_read(at("pipe"), MANY, &b, &err));
  CHECK_STR(err.kind, IFX_E_UNSUPPORTED);
  CHECK(put("odd\xff\nname", "x"));
  CHECK_STR(get("odd\xff\nname"), "x");
  ifx_buf_free(&b);
}

static void read_secret(void) {
  IfxBuf b = {0};
  IfxErr err;
  CHECK_INT(ifx_fs_try_read(at("secret"), true, MANY, &b, &err), IFX_FS_FAILED);
  CHECK_STR(err.kind, IFX_E_PERMISSION);
  CHECK_STR(err.file, at("secret"));
  CHECK(!put("secret", "changed"));
}

static void test_permission(void) {
  CHECK(put("secret", "s"));
  chmod(at("secret"), 0);
  as_nobody(read_secret);
  chmod(at("secret"), 0600);
  CHECK_STR(get("secret"), "s");
}

static void test_write(void) {
  IfxErr err;
  struct stat st;
  umask(027);
  IfxFsWrite w = {.path = at("w"), .bytes = "one", .len = 3, .mode = IFX_FS_KEEP_MODE};
  CHECK(ifx_fs_write(&w, 1, true, &err));
  CHECK(stat(at("w"), &st) == 0 && (st.st_mode & 07777) == 0640);
  umask(022);
  chmod(at("w"), 0751);
  CHECK(ifx_fs_write(&w, 1, true, &err));
  CHECK(stat(at("w"), &st) == 0 && (st.st_mode & 07777) == 0751);
  w.mode = 0600;
  w.bytes = "two";
  CHECK(ifx_fs_write(&w, 1, true, &err));
  CHECK(stat(at("w"), &st) == 0 && (st.st_mode & 07777) == 0600);
  CHECK_STR(get("w"), "two");
  if (getuid() == 0) {
    CHECK_INT(chown(at("w"), 1234, 4321), 0);
    CHECK(ifx_fs_write(&w, 1, true, &err));
    CHECK(stat(at("w"), &st) == 0 && st.st_uid == 1234 && st.st_gid == 4321);
  }
}

static void test_write_refused(void) {
  IfxErr err;
  CHECK(put("target", "old"));
  CHECK(ifx_fs_symlink("target", at("link"), &err));
  IfxFsWrite w = {.path = at("link"), .bytes = "x", .len = 1, .mode = IFX_FS_KEEP_MODE};
  CHECK(!ifx_fs_write(&w, 1, true, &err));
  CHECK_STR(err.kind, IFX_E_EXISTS);
  CHECK_STR(get("target"), "old");
  w.path = root;
  CHECK(!ifx_fs_write(&w, 1, true, &err));
  CHECK_STR(err.kind, IFX_E_EXISTS);
  w.path = at("no/such/folder");
  CHECK(!ifx_fs_write(&w, 1, true, &err));
  CHECK_STR(err.kind, IFX_E_NOT_FOUND);
  CHECK_STR(err.op, "write");
}

static void test_write_many(void) {
  IfxErr err;
  CHECK(ifx_fs_mkdir(at("many/sub"), &err));
  static char names[40][300];
  IfxFsWrite w[40];
  for (int i = 0; i < 40; i++) {
    snprintf(names[i], sizeof names[i], "%s/many/%s%d", root, i % 2 ? "sub/" : "", i);
    w[i] = (IfxFsWrite){.path = names[i], .bytes = names[i], .len = strlen(names[i]), .mode = 0644};
  }
  CHECK(ifx_fs_write(w, 40, true, &err));
  CHECK_INT(count_entries(at("many")), 21);
  CHECK_INT(count_entries(at("many/sub")), 20);
  CHECK_STR(get("many/sub/39"), names[39]);
  w[0].bytes = "changed";
  w[0].len = 7;
  w[39].path = at("no/such/folder");
  CHECK(!ifx_fs_write(w, 40, true, &err));
  CHECK_STR(get("many/0"), names[0]);
  CHECK_INT(count_entries(at("many")), 21);
}

/* A write that fails half-way leaves the old file whole and nothing beside it. */
static void write_beyond_limit(void) {
  IfxErr err;
  struct rlimit limit = {.rlim_cur = 1000, .rlim_max = 1000};
  signal(SIGXFSZ, SIG_IGN);
  CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
  static char big[5000];
  IfxFsWrite w = {.path = at("full/f"), .bytes = big, .len = sizeof big, .mode = IFX_FS_KEEP_MODE};
  CHECK(!ifx_fs_write(&w, 1, true, &err));
  CHECK_STR(err.kind, IFX_E_IO);
  CHECK_INT(err.status, EFBIG);
}

static void test_write_half(void) {
  IfxErr err;
  CHECK(ifx_fs_mkdir(at("full"), &err));
  chmod(at("full"), 0777);
  chmod(root, 0755);
  CHECK(put("full/f", "old"));
  as_nobody(write_beyond_limit);
  CHECK_STR(get("full/f"), "old");
  CHECK_INT(count_entries(at("full")), 1);
}

static void test_disk_full(void) {
  IfxErr err;
  CHECK(ifx_fs_mkdir(at("tiny"), &err));
  if (mount("tmpfs", at("tiny"), "tmpfs", 0, "size=64k") < 0)
    return; /* not root: RLIMIT_FSIZE stands for it */
  CHECK(put("tiny/f", "old"));
  static char big[200000];
  IfxFsWrite w[2] = {
      {.path = at("tiny/g"), .bytes = "new", .len = 3, .mode = IFX_FS_KEEP_MODE},
      {.path = at("tiny/f"), .bytes = big, .len = sizeof big, .mode = IFX_FS_KEEP_MODE}};
  CHECK(!ifx_fs_write(w, 2, true, &err));
  CHECK_INT(err.status, ENOSPC);
  CHECK_STR(err.file, w[1].path);
  CHECK_STR(get("tiny/f"), "old");
  CHECK_INT(count_entries(at("tiny")), 1);
  CHECK_INT(umount(at("tiny")), 0);
}

static void test_stat(void) {
  IfxFsStat st;
  IfxErr err;
  CHECK(put("s", "12345"));
  CHECK(ifx_fs_symlink("s", at("sl"), &err));
  CHECK(ifx_fs_symlink("nowhere", at("dangling"), &err));
  CHECK_INT(ifx_fs_stat(at("sl"), true, &st, &err), IFX_FS_FOUND);
  CHECK(st.type == IFX_FS_FILE && st.size == 5 && st.mtime_ns > 0);
  CHECK_INT(ifx_fs_stat(at("sl"), false, &st, &err), IFX_FS_FOUND);
  CHECK_STR(ifx_fs_type_name(st.type), "link");
  CHECK_INT(ifx_fs_stat(at("dangling"), true, &st, &err), IFX_FS_ABSENT);
  CHECK_INT(ifx_fs_stat(at("s/below"), true, &st, &err), IFX_FS_ABSENT);
  CHECK(ifx_fs_symlink("round", at("round"), &err));
  CHECK_INT(ifx_fs_stat(at("round"), true, &st, &err), IFX_FS_FAILED);
  IfxBuf b = {0};
  CHECK(ifx_fs_readlink(at("dangling"), &b, &err));
  CHECK_STR(b.data, "nowhere");
  CHECK(!ifx_fs_readlink(at("s"), &b, &err));
  b.len = 0;
  CHECK_INT(ifx_fs_realpath(at("sl"), &b, &err), IFX_FS_FOUND);
  CHECK_STR(b.data, at("s"));
  CHECK_INT(ifx_fs_realpath(at("dangling"), &b, &err), IFX_FS_ABSENT);
  ifx_buf_free(&b);
}

static int skip_node(void *ctx, const char *path, size_t len, bool is_dir, IfxErr *err) {
  (void)ctx;
  (void)err;
  return is_dir && len >= 4 && strcmp(path + len - 4, "node") == 0;
}

/* The walk as one line: a trailing slash for folders, '@' for links. */
static const char *walked(const char *dir, const IfxFsWalk *how, IfxErr *err) {
  static IfxBuf text;
  IfxFsList list = {0};
  text.len = 0;
  if (!ifx_fs_walk(dir, how, &list, err)) return "failed";
  for (size_t i = 0; i < list.len; i++) {
    IfxFsType t = list.items[i].type;
    ifx_buf_fmt(&text, "%s%s%s", i ? " " : "", list.items[i].path,
                t == IFX_FS_DIR    ? "/"
                : t == IFX_FS_LINK ? "@"
                                   : "");
  }
  ifx_fs_list_free(&list);
  return text.data;
}

static void walk_locked(void) {
  IfxErr err;
  IfxFsWalk how = {.hidden = true};
  CHECK_STR(walked(at("walk"), &how, &err), "failed");
  CHECK_STR(err.kind, IFX_E_PERMISSION);
  CHECK_STR(err.file, at("walk/a"));
}

static void test_walk(void) {
  IfxErr err;
  CHECK(ifx_fs_mkdir(at("walk/a/node"), &err));
  CHECK(ifx_fs_mkdir(at("walk/.git/objects"), &err));
  CHECK(ifx_fs_mkdir(at("walk/module"), &err));
  CHECK(put("walk/module/.git", "gitdir: elsewhere") && put("walk/a/node/x", "1") &&
        put("walk/a/y", "22"));
  CHECK(put("walk/a-b", "") && put("walk/.hidden", ""));
  CHECK(ifx_fs_symlink("..", at("walk/a/up"), &err) && ifx_fs_symlink("a", at("walk/to-a"), &err));
  IfxFsWalk how = {.hidden = true};
  CHECK_STR(walked(at("walk"), &how, &err),
            ".hidden a/ a-b a/node/ a/node/x a/up@ a/y module/ to-a@");
  how.skip = skip_node;
  how.hidden = false;
  CHECK_STR(walked(at("walk"), &how, &err), "a/ a-b a/up@ a/y module/ to-a@");
  how.follow = true;
  CHECK_STR(walked(at("walk"), &how, &err), "a/ a-b a/up@ a/y module/ to-a/ to-a/up@ to-a/y");
  CHECK_STR(walked(at("absent"), &how, &err), "failed");
  CHECK_STR(err.kind, IFX_E_NOT_FOUND);
  chmod(at("walk/a"), 0700);
  as_nobody(walk_locked);
}

static void test_tree(void) {
  IfxErr err;
  IfxFsList list = {0};
  CHECK(ifx_fs_list(at("walk"), &list, &err));
  CHECK_INT(list.len, 6);
  CHECK_STR(list.items[0].path, ".git");
  CHECK(list.items[0].type == IFX_FS_DIR && list.items[5].type == IFX_FS_LINK);
  ifx_fs_list_free(&list);
  CHECK(!ifx_fs_remove(at("walk"), &err));
  CHECK_STR(err.kind, IFX_E_EXISTS);
  CHECK(ifx_fs_symlink(at("many"), at("walk/out"), &err));
  CHECK(ifx_fs_remove_tree(at("walk"), &err));
  CHECK_INT(count_entries(at("many")), 21);
  CHECK(!ifx_fs_remove_tree(at("walk"), &err));
  CHECK_STR(err.kind, IFX_E_NOT_FOUND);
  CHECK(!ifx_fs_remove_tree("//", &err));
  CHECK_STR(err.kind, IFX_E_ARGUMENT);
  CHECK(ifx_fs_symlink("many", at("to-many"), &err) && ifx_fs_remove_tree(at("to-many"), &err));
  CHECK_INT(count_entries(at("many")), 21);
  CHECK(ifx_fs_rename(at("many"), at("moved"), &err));
  CHECK(!ifx_fs_rename(at("many"), at("moved"), &err));
  CHECK(ifx_fs_chmod(at("moved"), 0700, &err) && !ifx_fs_chmod(at("many"), 0700, &err));
  CHECK(!ifx_fs_mkdir(at("a/b"), &err));
  CHECK_STR(err.kind, IFX_E_EXISTS);
}

static void test_lock(void) {
  IfxErr err;
  char want[64];
  int one = ifx_fs_lock_open(at("lock"), &err), two = ifx_fs_lock_open(at("lock"), &err);
  CHECK(one >= 0 && two >= 0);
  CHECK_INT(ifx_fs_lock_try(one, true, at("lock"), &err), IFX_FS_FOUND);
  CHECK_INT(ifx_fs_lock_try(two, true, at("lock"), &err), IFX_FS_ABSENT);
  CHECK(!ifx_fs_lock_busy(two, at("lock"), &err));
  snprintf(want, sizeof want, "the lock is held by process %ld", (long)getpid());
  CHECK_STR(err.message, want);
  CHECK(err.retry);
  ifx_fs_lock_close(one);
  CHECK_INT(ifx_fs_lock_try(two, false, at("lock"), &err), IFX_FS_FOUND);
  one = ifx_fs_lock_open(at("lock"), &err);
  CHECK_INT(ifx_fs_lock_try(one, false, at("lock"), &err), IFX_FS_FOUND);
  CHECK_INT(ifx_fs_lock_try(one, true, at("lock"), &err), IFX_FS_ABSENT);
  ifx_fs_lock_close(one);
  ifx_fs_lock_close(two);
  CHECK_INT(ifx_fs_lock_open(at("no/lock"), &err), -1);
  CHECK_STR(err.kind, IFX_E_NOT_FOUND);
}

static const char *normal(const char *path) {
  static IfxBuf b;
  b.len = 0;
  ifx_buf_str(&b, "");
  return ifx_path_normalize(&b, path, strlen(path)) ? b.data : "nil";
}

static const char *relative(const char *path, const char *base) {
  static IfxBuf b;
  b.len = 0;
  return ifx_path_relative(&b, path, strlen(path), base, strlen(base)) ? b.data : "nil";
}

static void test_paths(void) {
  CHECK_STR(normal("a//b/./c/"), "a/b/c");
  CHECK_STR(normal("a/../b"), "b");
  CHECK_STR(normal("a/.."), "");
  CHECK_STR(normal("."), "");
  CHECK_STR(normal(""), "");
  CHECK_STR(normal("a/../../b"), "nil");
  CHECK_STR(normal(".."), "nil");
  CHECK_STR(normal("/../a/.."), "/");
  CHECK_STR(normal("//a//..b/..."), "/a/..b/...");
  CHECK_STR(relative("base", "apps/a"), "../../base");
  CHECK_STR(relative("apps/b", "apps/a"), "../b");
  CHECK_STR(relative("apps", "apps/a"), "..");
  CHECK_STR(relative("apps/a", "apps"), "a");
  CHECK_STR(relative("apps/ab", "apps/a"), "../ab");
  CHECK_STR(relative("a", "a"), ".");
  CHECK_STR(relative("", ""), ".");
  CHECK_STR(relative("a/b", ""), "a/b");
  CHECK_STR(relative("", "a/b"), "../..");
  CHECK_STR(relative("/x/y", "/x/z"), "../y");
  CHECK_STR(relative("/x", "/"), "x");
  CHECK_STR(relative("/", "/x"), "..");
  CHECK_STR(relative("/x", "x"), "nil");
  CHECK_STR(relative("..", "x"), "nil");
  IfxBuf b = {0};
  const char *parts[] = {"", "x", "/a/", "b", "", "c"};
  for (int i = 0; i < 6; i++) ifx_path_join(&b, parts[i], strlen(parts[i]));
  CHECK_STR(b.data, "/a/b/c");
  ifx_buf_free(&b);
}

static void test_names(void) {
  const struct {
    const char *path, *dir, *base;
  } cases[] = {{"a/b", "a", "b"},    {"a", "", "a"},         {"/a", "/", "a"},
               {"/", "/", ""},       {"", "", ""},           {"a/b/", "a", "b"},
               {"a//b//", "a", "b"}, {"x/.git", "x", ".git"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char dir[32] = {0}, base[32] = {0};
    size_t len = strlen(cases[i].path);
    memcpy(dir, cases[i].path, ifx_path_dirname(cases[i].path, len));
    size_t from = ifx_path_basename(cases[i].path, &len);
    memcpy(base, cases[i].path + from, len);
    CHECK_STR(dir, cases[i].dir);
    CHECK_STR(base, cases[i].base);
  }
}

int main(void) {
  IfxErr err;
  IfxBuf dir = {0};
  if (!ifx_fs_tempdir("ifx-test", &dir, &err)) return 1;
  snprintf(root, sizeof root, "%s", dir.data);
  ifx_buf_free(&dir);
  chmod(root, 0755);
  test_read();
  test_read_odd();
  test_permission();
  test_write();
  test_write_refused();
  test_write_many();
  test_write_half();
  test_disk_full();
  test_stat();
  test_walk();
  test_tree();
  test_lock();
  test_paths();
  test_names();
  CHECK(ifx_fs_remove_tree(root, &err));
  return CHECK_END();
}
