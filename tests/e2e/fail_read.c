/* fail_read.c: a disk that fails in the middle of a file. SPDX-License-Identifier: Apache-2.0
 *
 * LD_PRELOAD library. A file whose path ends in FAIL_READ_PATH gives FAIL_READ_AFTER bytes, then
 * EIO.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(int fd, off_t after) {
  const char *end = getenv("FAIL_READ_PATH");
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = end ? readlink(link, path, sizeof path - 1) : -1;
  if (n < 0 || (size_t)n < strlen(end)) return 0;
  path[n] = '\0';
  return strcmp(path + n - strlen(end), end) == 0 && lseek(fd, 0, SEEK_CUR) >= after;
}

ssize_t read(int fd, void *to, size_t n) {
  const char *bytes = getenv("FAIL_READ_AFTER");
  off_t after = bytes ? strtol(bytes, NULL, 10) : 0;
  int saved = errno, now = fails(fd, after), soon = !now && fails(fd, 0);
  errno = saved;
  if (now) {
    errno = EIO;
    return -1;
  }
  if (soon && (off_t)n > after) n = (size_t)after;
  return ((ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read"))(fd, to, n);
}
