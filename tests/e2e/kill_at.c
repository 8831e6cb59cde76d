/* kill_at.c: SIGKILL at the Nth change of certain files. SPDX-License-Identifier: Apache-2.0
 *
 * LD_PRELOAD library for crash tests. All processes of one command share a counter: every call that
 * changes a file whose path holds KILL_AT_PATH counts, in whichever process. At number KILL_AT_N
 * the calling process and the first process of the command are killed: nothing of theirs runs any
 * more.
 *
 *   KILL_AT_PATH     part of the paths that count, "journal.db"
 *   KILL_AT_COUNTER  file for the counter (made when absent)
 *   KILL_AT_N        which change; 0 or unset: only count
 *   KILL_AT_WHEN     before (default), after, or torn: the first half of a write is done
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long *counter;
static const char *path_part;
static long fatal;
static char when = 'b';
static pid_t root;

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

__attribute__((constructor)) static void start(void) {
  const char *file = getenv("KILL_AT_COUNTER"), *n = getenv("KILL_AT_N"),
             *how = getenv("KILL_AT_WHEN");
  path_part = getenv("KILL_AT_PATH");
  if (!file || !path_part) return;
  if (!getenv("KILL_AT_ROOT")) {
    char pid[24];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    setenv("KILL_AT_ROOT", pid, 1);
  }
  root = (pid_t)strtol(getenv("KILL_AT_ROOT"), NULL, 10);
  fatal = n ? strtol(n, NULL, 10) : 0;
  if (how) when = how[0];
  int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return;
  if (REAL(int, "ftruncate", int, off_t)(fd, sizeof *counter) == 0) {
    void *at = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) counter = at;
  }
  close(fd);
}

static void die(void) {
  kill(root, SIGKILL);
  kill(getpid(), SIGKILL);
}

/* Is this the change to die at? Counts it. */
static int reached(const char *path) {
  if (!counter || !strstr(path, path_part)) return 0;
  return atomic_fetch_add(counter, 1) + 1 == fatal;
}

static int reached_fd(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return 0;
  path[n] = '\0';
  return reached(path);
}

/* Around a change: die before it, or let `call` happen first. */
#define AROUND(hit, call)                                                                          \
  do {                                                                                             \
    int now = (hit);                                                                               \
    if (now && when != 'a') die();                                                                 \
    __typeof__(call) result = call;                                                                \
    if (now) die();                                                                                \
    return result;                                                                                 \
  } while (0)

#define AROUND_WRITE(fd, half, call)                                                               \
  do {                                                                                             \
    int now = reached_fd(fd);                                                                      \
    if (now && when == 't') (void)!(half);                                                         \
    if (now && when != 'a') die();                                                                 \
    ssize_t result = call;                                                                         \
    if (now) die();                                                                                \
    return result;                                                                                 \
  } while (0)

typedef ssize_t (*Write)(int, const void *, size_t);
typedef ssize_t (*Pwrite)(int, const void *, size_t, off_t);

ssize_t write(int fd, const void *bytes, size_t n) {
  Write real = (Write)dlsym(RTLD_NEXT, "write");
  AROUND_WRITE(fd, real(fd, bytes, n / 2), real(fd, bytes, n));
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at) {
  Pwrite real = (Pwrite)dlsym(RTLD_NEXT, "pwrite");
  AROUND_WRITE(fd, real(fd, bytes, n / 2, at), real(fd, bytes, n, at));
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) {
  Pwrite real = (Pwrite)dlsym(RTLD_NEXT, "pwrite64");
  AROUND_WRITE(fd, real(fd, bytes, n / 2, at), real(fd, bytes, n, at));
}

int fsync(int fd) { AROUND(reached_fd(fd), REAL(int, "fsync", int)(fd)); }

int fdatasync(int fd) { AROUND(reached_fd(fd), REAL(int, "fdatasync", int)(fd)); }

int ftruncate(int fd, off_t size) {
  AROUND(reached_fd(fd), REAL(int, "ftruncate", int, off_t)(fd, size));
}

int ftruncate64(int fd, off64_t size) {
  AROUND(reached_fd(fd), REAL(int, "ftruncate64", int, off64_t)(fd, size));
}

int rename(const char *from, const char *to) {
  AROUND(reached(to), REAL(int, "rename", const char *, const char *)(from, to));
}

int link(const char *from, const char *to) {
  AROUND(reached(to), REAL(int, "link", const char *, const char *)(from, to));
}

int unlink(const char *path) { AROUND(reached(path), REAL(int, "unlink", const char *)(path)); }

int mkdir(const char *path, mode_t mode) {
  AROUND(reached(path), REAL(int, "mkdir", const char *, mode_t)(path, mode));
}

int rmdir(const char *path) { AROUND(reached(path), REAL(int, "rmdir", const char *)(path)); }
