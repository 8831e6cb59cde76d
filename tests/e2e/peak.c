/* peak.c FILE COMMAND…: runs a command, writes the most memory (KiB resident) that it, or a process
 * that it waited for, held at once, and its seconds of wall clock. SPDX-License-Identifier:
 * Apache-2.0 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct timespec start, end;
  struct rusage usage;
  int status = 0;
  if (argc < 3) return 64;
  clock_gettime(CLOCK_MONOTONIC, &start);
  pid_t pid = fork();
  if (pid == 0) {
    execvp(argv[2], argv + 2);
    _exit(127);
  }
  if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) return 1;
  clock_gettime(CLOCK_MONOTONIC, &end);
  FILE *out = fopen(argv[1], "w");
  if (!out) return 1;
  fprintf(out, "%ld %ld\n", usage.ru_maxrss, (long)(end.tv_sec - start.tv_sec));
  fclose(out);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
