/* proc_env.c: what a child inherits: programs on PATH, environment, no descriptors.
 * SPDX-License-Identifier: Apache-2.0 */
#include "proc_internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_program(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

bool ifx_proc_find(const char *name, const char *path, IfxBuf *out) {
  size_t before = out->len;
  if (!path) path = getenv("PATH");
  if (!path) path = "/usr/local/bin:/usr/bin:/bin";
  while (*name && !strchr(name, '/') && *path && !out->failed) {
    size_t n = strcspn(path, ":");
    if (path[0] == '/') {
      ifx_buf_add(out, path, n);
      ifx_buf_fmt(out, "/%s", name);
      if (!out->failed && is_program(out->data + before)) return true;
      out->len = before;
    }
    path += n + (path[n] == ':');
  }
  return false;
}

static size_t name_length(const char *entry) { return strcspn(entry, "="); }

static bool same_name(const char *a, const char *b) {
  size_t n = name_length(a);
  return n == name_length(b) && memcmp(a, b, n) == 0;
}

/* Is the entry's variable named by one of these changes? */
static bool named(const char *entry, const char *const *changes) {
  for (; changes && *changes; changes++) {
    if (same_name(entry, *changes)) return true;
  }
  return false;
}

char **ifx_proc_environment(const char *const *changes) {
  size_t n = 1, bytes = 0;
  for (char **e = environ; e && *e; e++) n++;
  for (const char *const *c = changes; c && *c; c++, n++) bytes += strlen(*c) + 1;
  char **env = malloc(n * sizeof *env + bytes);
  if (!env) return NULL;
  size_t k = 0;
  char *text = (char *)(env + n);
  for (char **e = environ; e && *e; e++) {
    if (!named(*e, changes)) env[k++] = *e;
  }
  for (const char *const *c = changes; c && *c; c++) {
    if (!strchr(*c, '=') || named(*c, c + 1)) continue; /* removed, or set again later */
    env[k++] = strcpy(text, *c);
    text += strlen(*c) + 1;
  }
  env[k] = NULL;
  return env;
}

const char *ifx_proc_variable(char *const *env, const char *name) {
  for (; *env; env++) {
    if (same_name(*env, name)) return *env + name_length(*env) + 1;
  }
  return "";
}

/* Kernels before 5.11 have no CLOSE_RANGE_CLOEXEC. */
static void mark_each(void) {
  DIR *dir = opendir("/proc/self/fd");
  for (const struct dirent *e; dir && (e = readdir(dir));) {
    int fd = atoi(e->d_name);
    if (fd > STDERR_FILENO) fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  if (dir) closedir(dir);
}

void ifx_proc_keep_descriptors(void) {
  if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0) mark_each();
}
