/* fs_write.c: atomic writes of one file or many. SPDX-License-Identifier: Apache-2.0 */
#include "fs_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* A temporary file: `name` is NULL before it exists and after it was renamed. */
typedef struct Temp {
  char *name;
  size_t dir_len; /* of the target's folder within `name` */
  dev_t dev;
} Temp;

static bool fail(IfxErr *err, const char *path, const char *what) {
  return ifx_fs_fail(err, "write", path, what, errno);
}

static bool refuse_target(IfxErr *err, const char *path, mode_t type) {
  if (S_ISLNK(type)) {
    ifx_err_set(err, IFX_E_EXISTS, "is a symbolic link, and writing would replace the link itself");
    ifx_err_hint(err, "write to the file it points to, or remove the link first");
  } else {
    ifx_err_set(err, IFX_E_EXISTS, "is a folder or a special file, not a regular file");
  }
  return ifx_fs_name(err, "write", path);
}

/* Create a new file beside `path`; the descriptor, or -1 with errno. */
static int create_beside(const char *path, mode_t mode, Temp *temp) {
  size_t len = strlen(path), dir = len;
  while (dir && path[dir - 1] != '/') dir--;
  char *name = malloc(dir + 32);
  if (!name) {
    errno = ENOMEM;
    return -1;
  }
  for (int attempt = 0; attempt < 100; attempt++) {
    unsigned long long random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random) break;
    snprintf(name, dir + 32, "%.*s.ifx-%016llx", (int)dir, path, random);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd >= 0) {
      temp->name = name;
      temp->dir_len = dir;
      return fd;
    }
    if (errno != EEXIST) break;
  }
  int errnum = errno;
  free(name);
  errno = errnum;
  return -1;
}

static bool write_bytes(int fd, const char *bytes, size_t len) {
  while (len) {
    ssize_t n = write(fd, bytes, len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes += n;
    len -= (size_t)n;
  }
  return true;
}

/* Give the new file the owner of the old one, as far as this user may, and its mode. */
static bool set_owner_and_mode(int fd, const struct stat *old, uint32_t mode) {
  struct stat own;
  if (fstat(fd, &own) < 0) return false;
  if (old && (old->st_uid != own.st_uid || old->st_gid != own.st_gid) &&
      fchown(fd, old->st_uid, old->st_gid) < 0 && errno != EPERM) {
    return false;
  }
  if (mode == IFX_FS_KEEP_MODE) return !old || fchmod(fd, old->st_mode & 07777) == 0;
  return fchmod(fd, mode & 07777) == 0;
}

static bool fill_temp(int fd, const IfxFsWrite *file, const struct stat *old, bool sync, Temp *temp,
                      IfxErr *err) {
  struct stat st;
  if (!write_bytes(fd, file->bytes, file->len)) return fail(err, file->path, "writing failed");
  if (!set_owner_and_mode(fd, old, file->mode)) {
    return fail(err, file->path, "cannot set owner and mode");
  }
  if (sync && fsync(fd) < 0) return fail(err, file->path, "cannot sync");
  if (fstat(fd, &st) < 0) return fail(err, file->path, "cannot ask about the new file");
  temp->dev = st.st_dev;
  return true;
}

static bool write_temp(const IfxFsWrite *file, bool sync, Temp *temp, IfxErr *err) {
  struct stat st;
  bool there = lstat(file->path, &st) == 0;
  if (!there && errno != ENOENT) return fail(err, file->path, "cannot ask about it");
  if (there && !S_ISREG(st.st_mode)) return refuse_target(err, file->path, st.st_mode);
  bool plain =
      !there && file->mode == IFX_FS_KEEP_MODE; /* the umask decides, as for any new file */
  int fd = create_beside(file->path, plain ? 0666 : 0600, temp);
  if (fd < 0) return fail(err, file->path, "cannot make a temporary file beside it");
  bool ok = fill_temp(fd, file, there ? &st : NULL, sync, temp, err);
  if (close(fd) < 0 && ok) ok = fail(err, file->path, "closing failed");
  return ok;
}

/* The folder of a target, opened; -1 with errno. */
static int open_folder(const char *path, size_t dir_len) {
  char *dir = dir_len ? strndup(path, dir_len) : strdup(".");
  if (!dir) {
    errno = ENOMEM;
    return -1;
  }
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int errnum = errno;
  free(dir);
  errno = errnum;
  return fd;
}

static bool sync_folder(const IfxFsWrite *file, const Temp *temp, bool whole_system, IfxErr *err) {
  int fd = open_folder(file->path, temp->dir_len);
  if (fd < 0) return fail(err, file->path, "cannot open its folder");
  bool ok = (whole_system ? syncfs(fd) : fsync(fd)) == 0 ||
            fail(err, file->path, "cannot sync its folder");
  close(fd);
  return ok;
}

/* One sync for each run of files on the same file system. */
static bool sync_all(const IfxFsWrite *files, const Temp *temps, size_t n, IfxErr *err) {
  for (size_t i = 0; i < n; i++) {
    if (i && temps[i].dev == temps[i - 1].dev) continue;
    if (!sync_folder(&files[i], &temps[i], n > 1, err)) return false;
  }
  return true;
}

static bool rename_all(const IfxFsWrite *files, Temp *temps, size_t n, IfxErr *err) {
  for (size_t i = 0; i < n; i++) {
    if (rename(temps[i].name, files[i].path) < 0)
      return fail(err, files[i].path, "cannot rename into place");
    free(temps[i].name);
    temps[i].name = NULL;
  }
  return true;
}

static void drop_temps(Temp *temps, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (temps[i].name) unlink(temps[i].name);
    free(temps[i].name);
  }
  free(temps);
}

bool ifx_fs_write(const IfxFsWrite *files, size_t n, bool sync, IfxErr *err) {
  if (!n) return true;
  Temp *temps = calloc(n, sizeof *temps);
  if (!temps) return ifx_err_nomem(err);
  bool ok = true;
  for (size_t i = 0; ok && i < n; i++) ok = write_temp(&files[i], sync && n == 1, &temps[i], err);
  ok = ok && (!sync || n == 1 || sync_all(files, temps, n, err));
  ok = ok && rename_all(files, temps, n, err) && (!sync || sync_all(files, temps, n, err));
  drop_temps(temps, n);
  return ok;
}
