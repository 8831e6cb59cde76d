/* proc_group.c: is anybody left in a process group? SPDX-License-Identifier: Apache-2.0 */
#include "proc_internal.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The state and group of /proc/NAME; 0 when it has gone. The command's name before them may hold
 * anything, also parentheses. */
static char read_state(const char *name, int *group) {
  char path[300], text[600], state = 0;
  snprintf(path, sizeof path, "/proc/%s/stat", name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  text[n > 0 ? n : 0] = '\0';
  const char *end = strrchr(text, ')');
  return end && sscanf(end + 1, " %c %*d %d", &state, group) == 2 ? state : 0;
}

/* Zombies count as members for kill(), and where init does not reap (in many containers) they stay.
 */
static bool only_zombies(pid_t group) {
  DIR *dir = opendir("/proc");
  bool alive = !dir;
  for (const struct dirent *e; !alive && (e = readdir(dir));) {
    int of = 0;
    char state = isdigit((unsigned char)e->d_name[0]) ? read_state(e->d_name, &of) : 0;
    alive = state && of == group && state != 'Z' && state != 'X';
  }
  if (dir) closedir(dir);
  return !alive;
}

bool ifx_proc_group_alive(pid_t group) {
  if (kill(-group, 0) < 0 && errno == ESRCH) return false;
  return !only_zombies(group);
}
