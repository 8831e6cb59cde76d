/* fs.c: reading, asking about and changing single files. SPDX-License-Identifier: Apache-2.0 */
#include "fs.h"

#include "fs_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

const char *ifx_fs_type_name(IfxFsType type) {
  static const char *const names[] = {"file", "dir", "link", "other"};
  return names[type];
}

bool ifx_fs_fail(IfxErr *err, const char *op, const char *path, const char *what, int errnum) {
  ifx_err_errno(err, errnum, what);
  return ifx_fs_name(err, op, path);
}

bool ifx_fs_name(IfxErr *err, const char *op, const char *path) {
  snprintf(err->op, sizeof err->op, "%s", op);
  snprintf(err->file, sizeof err->file, "%s", path);
  return false;
}

IfxFsType ifx_fs_type(uint32_t st_mode) {
  if (S_ISREG(st_mode)) return IFX_FS_FILE;
  if (S_ISDIR(st_mode)) return IFX_FS_DIR;
  return S_ISLNK(st_mode) ? IFX_FS_LINK : IFX_FS_OTHER;
}

static bool absent(int errnum) { return errnum == ENOENT || errnum == ENOTDIR; }

IfxFsFound ifx_fs_stat(const char *path, bool follow, IfxFsStat *out, IfxErr *err) {
  struct stat st;
  if (fstatat(AT_FDCWD, path, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0) {
    if (absent(errno)) return IFX_FS_ABSENT;
    ifx_fs_fail(err, "stat", path, "cannot ask about it", errno);
    return IFX_FS_FAILED;
  }
  *out = (IfxFsStat){.type = ifx_fs_type(st.st_mode),
                     .mode = st.st_mode & 07777,
                     .uid = st.st_uid,
                     .gid = st.st_gid,
                     .size = (uint64_t)st.st_size,
                     .ino = st.st_ino,
                     .dev = st.st_dev,
                     .mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec};
  return IFX_FS_FOUND;
}

static bool too_large(IfxErr *err, const char *path, const char *size, size_t max) {
  ifx_err_set(err, IFX_E_LIMIT, "the file has %s bytes, more than the %zu that may be read", size,
              max);
  return ifx_fs_name(err, "read", path);
}

/* Read to the end of `fd`, which may hold more or less than stat said. */
static bool read_all(int fd, const char *path, size_t guess, size_t max, IfxBuf *out, IfxErr *err) {
  size_t got = 0;
  for (;;) {
    size_t want = guess > got ? guess - got + 1 : 65536;
    char *to = ifx_buf_room(out, want);
    if (!to) return ifx_err_nomem(err);
    ssize_t n = read(fd, to, want);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ifx_fs_fail(err, "read", path, "reading failed", errno);
    if (n == 0) break;
    got += (size_t)n;
    out->len += (size_t)n;
    if (got > max) return too_large(err, path, "more", max);
    if (got == guess && (size_t)n < want) break; /* one more byte was asked for: there is none */
  }
  out->data[out->len] = '\0';
  return true;
}

static bool read_open(int fd, const char *path, size_t max, IfxBuf *out, IfxErr *err) {
  struct stat st;
  if (fstat(fd, &st) < 0) return ifx_fs_fail(err, "read", path, "cannot ask about it", errno);
  if (S_ISDIR(st.st_mode)) return ifx_fs_fail(err, "read", path, "cannot read", EISDIR);
  if (!S_ISREG(st.st_mode)) {
    ifx_err_set(err, IFX_E_UNSUPPORTED, "is a pipe, socket or device, not a regular file");
    return ifx_fs_name(err, "read", path);
  }
  if ((uint64_t)st.st_size > max) {
    char size[32];
    snprintf(size, sizeof size, "%lld", (long long)st.st_size);
    return too_large(err, path, size, max);
  }
  return read_all(fd, path, (size_t)st.st_size, max, out, err);
}

IfxFsFound ifx_fs_try_read(const char *path, bool follow, size_t max, IfxBuf *out, IfxErr *err) {
  /* NONBLOCK: opening a pipe that nobody writes to must not hang. */
  int how = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  int fd = open(path, follow ? how : how | O_NOFOLLOW);
  if (fd < 0) {
    int errnum = errno;
    ifx_fs_fail(err, "read", path, "cannot open", errnum);
    return absent(errnum) ? IFX_FS_ABSENT : IFX_FS_FAILED;
  }
  size_t before = out->len;
  bool ok = read_open(fd, path, max, out, err);
  close(fd);
  if (ok) return IFX_FS_FOUND;
  out->len = before;
  return IFX_FS_FAILED;
}

bool ifx_fs_read(const char *path, size_t max, IfxBuf *out, IfxErr *err) {
  return ifx_fs_try_read(path, true, max, out, err) == IFX_FS_FOUND;
}

bool ifx_fs_readlink(const char *path, IfxBuf *out, IfxErr *err) {
  char target[PATH_MAX + 1];
  ssize_t n = readlink(path, target, sizeof target);
  if (n < 0) return ifx_fs_fail(err, "readlink", path, "cannot read the link", errno);
  ifx_buf_add(out, target, (size_t)n);
  return out->failed ? ifx_err_nomem(err) : true;
}

bool ifx_fs_symlink(const char *target, const char *path, IfxErr *err) {
  if (symlink(target, path) == 0) return true;
  return ifx_fs_fail(err, "symlink", path, "cannot make the link", errno);
}

static bool make_dir(const char *path, IfxErr *err) {
  if (mkdir(path, 0777) == 0) return true;
  int errnum = errno;
  struct stat st;
  if (errnum == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) return true;
  return ifx_fs_fail(err, "mkdir", path, "cannot make the folder", errnum);
}

bool ifx_fs_mkdir(const char *path, IfxErr *err) {
  char *part = strdup(path);
  if (!part) return ifx_err_nomem(err);
  bool ok = true;
  for (char *p = part + 1; ok && *part && *p; p++) {
    if (*p != '/' || p[-1] == '/') continue;
    *p = '\0';
    struct stat st;
    ok = (stat(part, &st) == 0 && S_ISDIR(st.st_mode)) || make_dir(part, err);
    *p = '/';
  }
  ok = ok && make_dir(path, err);
  free(part);
  return ok;
}

bool ifx_fs_remove(const char *path, IfxErr *err) {
  if (remove(path) == 0) return true;
  return ifx_fs_fail(err, "remove", path, "cannot remove", errno);
}

bool ifx_fs_rename(const char *from, const char *to, IfxErr *err) {
  if (rename(from, to) == 0) return true;
  int errnum = errno;
  char what[400];
  snprintf(what, sizeof what, "cannot rename to %.360s", to);
  return ifx_fs_fail(err, "rename", from, what, errnum);
}

bool ifx_fs_chmod(const char *path, uint32_t mode, IfxErr *err) {
  if (chmod(path, mode & 07777) == 0) return true;
  return ifx_fs_fail(err, "chmod", path, "cannot change the mode", errno);
}

bool ifx_fs_cwd(IfxBuf *out, IfxErr *err) {
  char *dir = getcwd(NULL, 0);
  if (!dir) return ifx_fs_fail(err, "cwd", ".", "cannot tell the working folder", errno);
  ifx_buf_str(out, dir);
  free(dir);
  return out->failed ? ifx_err_nomem(err) : true;
}

bool ifx_fs_tempdir(const char *prefix, IfxBuf *out, IfxErr *err) {
  const char *base = getenv("TMPDIR");
  size_t before = out->len;
  ifx_buf_fmt(out, "%s/%s-XXXXXX", base && *base ? base : "/tmp", prefix);
  if (out->failed) return ifx_err_nomem(err);
  if (mkdtemp(out->data + before)) return true;
  int errnum = errno;
  out->len = before;
  return ifx_fs_fail(err, "tempdir", base && *base ? base : "/tmp",
                     "cannot make a temporary folder", errnum);
}

IfxFsFound ifx_fs_realpath(const char *path, IfxBuf *out, IfxErr *err) {
  char *real = realpath(path, NULL);
  if (!real) {
    if (absent(errno)) return IFX_FS_ABSENT;
    ifx_fs_fail(err, "realpath", path, "cannot resolve", errno);
    return IFX_FS_FAILED;
  }
  ifx_buf_str(out, real);
  free(real);
  if (!out->failed) return IFX_FS_FOUND;
  ifx_err_nomem(err);
  return IFX_FS_FAILED;
}

int ifx_fs_lock_open(const char *path, IfxErr *err) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  if (fd < 0) ifx_fs_fail(err, "lock", path, "cannot open", errno);
  return fd;
}

IfxFsFound ifx_fs_lock_try(int fd, bool exclusive, const char *path, IfxErr *err) {
  while (flock(fd, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) < 0) {
    if (errno == EWOULDBLOCK) return IFX_FS_ABSENT;
    if (errno == EINTR) continue;
    ifx_fs_fail(err, "lock", path, "cannot lock", errno);
    return IFX_FS_FAILED;
  }
  if (!exclusive) return IFX_FS_FOUND;
  char pid[24];
  int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
  if (ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)n, 0) == n) return IFX_FS_FOUND;
  ifx_fs_fail(err, "lock", path, "cannot write the holder", errno);
  return IFX_FS_FAILED;
}

bool ifx_fs_lock_busy(int fd, const char *path, IfxErr *err) {
  char text[24] = {0};
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  long pid = n > 0 ? strtol(text, NULL, 10) : 0;
  if (pid > 0) {
    ifx_err_set(err, IFX_E_CONFLICT, "the lock is held by process %ld", pid);
  } else {
    ifx_err_set(err, IFX_E_CONFLICT, "the lock is held by another process");
  }
  err->retry = true;
  ifx_err_hint(err, "wait until it ends, or end it");
  return ifx_fs_name(err, "lock", path);
}

void ifx_fs_lock_close(int fd) { close(fd); }
