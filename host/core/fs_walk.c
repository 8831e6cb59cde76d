/* fs_walk.c: listing folders and trees, and removing trees. SPDX-License-Identifier: Apache-2.0 */
#include "fs_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 512 /* open folders at once, below the usual limit of descriptors */

/* The folders that are open now, innermost first: what a followed link must not lead back to. */
typedef struct Level {
  const struct Level *up;
  dev_t dev;
  ino_t ino;
  int depth;
} Level;

typedef struct Walk {
  const IfxFsWalk *how;
  IfxFsList *out;
  IfxErr *err;
  const char *root;
  IfxBuf path; /* of the folder being read, with a slash at its end; empty at the top */
} Walk;

static void place(IfxBuf *out, const char *root, const char *path, size_t len) {
  ifx_buf_str(out, root);
  if (len && out->len && out->data[out->len - 1] != '/') ifx_buf_byte(out, '/');
  ifx_buf_add(out, path, len);
  while (out->len > 1 && out->data[out->len - 1] == '/') out->data[--out->len] = '\0';
}

static bool fail_in(Walk *w, const char *op, const char *what, int errnum) {
  IfxBuf full = {0};
  place(&full, w->root, w->path.data, w->path.len);
  if (full.failed) {
    ifx_err_nomem(w->err);
  } else {
    ifx_fs_fail(w->err, op, full.data, what, errnum);
  }
  ifx_buf_free(&full);
  return false;
}

static bool add(IfxFsList *list, const char *path, size_t len, const struct stat *st,
                IfxFsType type) {
  if (list->len == list->cap) {
    size_t cap = list->cap ? list->cap * 2 : 64;
    IfxFsEntry *items = realloc(list->items, cap * sizeof *items);
    if (!items) return false;
    list->items = items;
    list->cap = cap;
  }
  char *copy = malloc(len + 1);
  if (!copy) return false;
  memcpy(copy, path, len);
  copy[len] = '\0';
  list->items[list->len++] = (IfxFsEntry){.path = copy,
                                          .size = st ? (uint64_t)st->st_size : 0,
                                          .mode = st ? st->st_mode & 07777 : 0,
                                          .type = type};
  return true;
}

static int by_path(const void *a, const void *b) {
  return strcmp(((const IfxFsEntry *)a)->path, ((const IfxFsEntry *)b)->path);
}

static void sort(IfxFsList *list) {
  if (list->len) qsort(list->items, list->len, sizeof *list->items, by_path);
}

static bool is_dots(const char *name) {
  return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static bool leads_back(const Level *level, const struct stat *st) {
  for (; level; level = level->up) {
    if (level->dev == st->st_dev && level->ino == st->st_ino) return true;
  }
  return false;
}

static bool walk_dir(Walk *w, int fd, const Level *level);

/* Enter the folder w->path (slash included), found as `name` in the folder `at`. */
static bool enter(Walk *w, int at, const char *name, const Level *up) {
  if (up->depth >= MAX_DEPTH) return fail_in(w, "walk", "folders nested too deeply", ELOOP);
  int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (w->how->follow ? 0 : O_NOFOLLOW));
  if (fd < 0) return errno == ENOENT || fail_in(w, "walk", "cannot open the folder", errno);
  struct stat st;
  if (fstat(fd, &st) < 0) {
    int errnum = errno;
    close(fd);
    return fail_in(w, "walk", "cannot ask about it", errnum);
  }
  Level level = {.up = up, .dev = st.st_dev, .ino = st.st_ino, .depth = up->depth + 1};
  return walk_dir(w, fd, &level);
}

/* What is known about one name; where links are followed and lead nowhere back, of what it points
 * to. */
static bool ask(Walk *w, int at, const char *name, const Level *level, struct stat *st) {
  struct stat target;
  if (fstatat(at, name, st, AT_SYMLINK_NOFOLLOW) < 0) return false;
  if (w->how->follow && S_ISLNK(st->st_mode) && fstatat(at, name, &target, 0) == 0 &&
      !(S_ISDIR(target.st_mode) && leads_back(level, &target))) {
    *st = target;
  }
  return true;
}

/* Keep the entry w->path and, when it is a folder, what is below it. */
static bool keep(Walk *w, int at, const char *name, const Level *level, const struct stat *st) {
  bool is_dir = S_ISDIR(st->st_mode);
  if (w->path.failed) return ifx_err_nomem(w->err);
  int skip =
      w->how->skip ? w->how->skip(w->how->ctx, w->path.data, w->path.len, is_dir, w->err) : 0;
  if (skip) return skip > 0;
  if (!add(w->out, w->path.data, w->path.len, st, ifx_fs_type(st->st_mode)))
    return ifx_err_nomem(w->err);
  if (!is_dir) return true;
  if (w->how->enter && !w->how->enter(w->how->ctx, w->path.data, w->err)) return false;
  ifx_buf_byte(&w->path, '/');
  return w->path.failed ? ifx_err_nomem(w->err) : enter(w, at, name, level);
}

/* Look at one name: w->path is its folder, and is so again afterwards. */
static bool visit(Walk *w, int at, const char *name, const Level *level) {
  struct stat st;
  if (!ask(w, at, name, level, &st)) {
    return errno == ENOENT || fail_in(w, "walk", "cannot ask about what is in it", errno);
  }
  size_t before = w->path.len;
  ifx_buf_str(&w->path, name);
  bool ok = keep(w, at, name, level, &st);
  w->path.len = before;
  return ok;
}

/* Owns `fd`. */
static bool walk_dir(Walk *w, int fd, const Level *level) {
  DIR *dir = fdopendir(fd);
  if (!dir) {
    int errnum = errno;
    close(fd);
    return fail_in(w, "walk", "cannot read the folder", errnum);
  }
  bool ok = true;
  while (ok) {
    errno = 0;
    const struct dirent *e = readdir(dir);
    if (!e) {
      if (errno) ok = fail_in(w, "walk", "reading the folder failed", errno);
      break;
    }
    if (is_dots(e->d_name) || strcmp(e->d_name, ".git") == 0) continue;
    if (!w->how->hidden && e->d_name[0] == '.') continue;
    ok = visit(w, fd, e->d_name, level);
  }
  closedir(dir);
  return ok;
}

bool ifx_fs_walk(const char *dir, const IfxFsWalk *how, IfxFsList *out, IfxErr *err) {
  Walk w = {.how = how, .out = out, .err = err, .root = dir};
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct stat st;
  if (fd < 0) return ifx_fs_fail(err, "walk", dir, "cannot open the folder", errno);
  if (fstat(fd, &st) < 0) {
    int errnum = errno;
    close(fd);
    return ifx_fs_fail(err, "walk", dir, "cannot ask about it", errnum);
  }
  Level level = {.dev = st.st_dev, .ino = st.st_ino};
  bool ok = true;
  if (how->enter && !how->enter(how->ctx, "", err)) {
    close(fd);
    ok = false;
  }
  ok = ok && walk_dir(&w, fd, &level);
  ifx_buf_free(&w.path);
  if (ok) {
    sort(out);
  } else {
    ifx_fs_list_free(out);
  }
  return ok;
}

/* The type readdir gave, or asked for where the file system gives none. */
static IfxFsType entry_type(int fd, const struct dirent *e) {
  struct stat st;
  if (e->d_type != DT_UNKNOWN) return ifx_fs_type(DTTOIF(e->d_type));
  return fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? ifx_fs_type(st.st_mode)
                                                               : IFX_FS_OTHER;
}

bool ifx_fs_list(const char *path, IfxFsList *out, IfxErr *err) {
  DIR *dir = opendir(path);
  if (!dir) return ifx_fs_fail(err, "list", path, "cannot open the folder", errno);
  bool ok = true;
  while (ok) {
    errno = 0;
    const struct dirent *e = readdir(dir);
    if (!e) {
      if (errno) ok = ifx_fs_fail(err, "list", path, "reading the folder failed", errno);
      break;
    }
    if (is_dots(e->d_name)) continue;
    IfxFsType type = entry_type(dirfd(dir), e);
    ok = add(out, e->d_name, strlen(e->d_name), NULL, type) || ifx_err_nomem(err);
  }
  closedir(dir);
  if (ok) {
    sort(out);
  } else {
    ifx_fs_list_free(out);
  }
  return ok;
}

void ifx_fs_list_free(IfxFsList *list) {
  for (size_t i = 0; i < list->len; i++) free(list->items[i].path);
  free(list->items);
  *list = (IfxFsList){0};
}

/* Empty the folder `fd` (owned) and close it; errno on failure, 0 on success. */
static int empty_dir(int fd, int depth) {
  DIR *dir = depth < MAX_DEPTH ? fdopendir(fd) : NULL;
  if (!dir) {
    int errnum = depth < MAX_DEPTH ? errno : ELOOP;
    close(fd);
    return errnum;
  }
  int failed = 0;
  while (!failed) {
    errno = 0;
    const struct dirent *e = readdir(dir);
    if (!e) {
      failed = errno;
      break;
    }
    if (is_dots(e->d_name) || unlinkat(fd, e->d_name, 0) == 0) continue;
    failed = errno;
    if (failed != EISDIR && failed != EPERM) continue;
    int below = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0) {
      if (errno != ENOTDIR && errno != ELOOP) failed = errno;
      continue;
    }
    failed = empty_dir(below, depth + 1);
    if (!failed && unlinkat(fd, e->d_name, AT_REMOVEDIR) < 0) failed = errno;
  }
  closedir(dir);
  return failed;
}

bool ifx_fs_remove_tree(const char *path, IfxErr *err) {
  if (!path[strspn(path, "/")]) {
    ifx_err_set(err, IFX_E_ARGUMENT, "refusing to remove the root of the file system");
    return ifx_fs_name(err, "remove_tree", path);
  }
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno != ENOTDIR && errno != ELOOP) {
    return ifx_fs_fail(err, "remove_tree", path, "cannot open the folder", errno);
  }
  int failed = fd < 0 ? 0 : empty_dir(fd, 0);
  if (!failed && remove(path) < 0) failed = errno;
  return !failed || ifx_fs_fail(err, "remove_tree", path, "cannot remove everything in it", failed);
}
