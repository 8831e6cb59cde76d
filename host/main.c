/* main.c: signals, limits from the environment, exit code. SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/stop.h"
#include "runtime.h"

#define DEFAULT_MEMORY_MIB 4096

static Runtime runtime;

/* The first one cancels the run, which then cleans up; a second one ends at once. */
static void on_interrupt(int sig) {
  (void)sig;
  if (runtime.sched.interrupts) _exit(130);
  ifx_stop();
  ifx_guard_interrupt(&runtime.sched);
}

static void handle_signals(void) {
  struct sigaction sa = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
  sigaction(SIGINT, &sa, NULL);
  sigaction(SIGTERM, &sa, NULL);
  signal(SIGPIPE, SIG_IGN);
}

/* A standard stream that is closed would be the next file that is opened: the journal, the loop. */
static void fill_streams(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) _exit(1);
}

static size_t memory_limit(void) {
  const char *text = getenv("IFX_MEMORY");
  long mib = text ? strtol(text, NULL, 10) : DEFAULT_MEMORY_MIB;
  return mib > 0 ? (size_t)mib << 20 : 0;
}

/* What threads that have ended gave back goes to the system: left alone, the C library keeps ever
 * more once a large block was freed, and a search by threads after another needs twice the memory.
 */
static void give_back(void) {
#ifdef M_TRIM_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}

/* libuv 1.45 to 1.48 hands what epoll is to watch to an io_uring, later: a descriptor may by then
 * have been closed, and be another thread's. It asks the environment when the first loop is made;
 * children get theirs as it was. */
static bool open_runtime(IfxShelf *shelf, IfxErr *err) {
  static const char name[] = "UV_USE_IO_URING";
  const char *given = getenv(name);
  char *before = given ? strdup(given) : NULL;
  setenv(name, "0", 1);
  bool ok = ifx_runtime_open(&runtime, memory_limit(), shelf, err);
  if (before)
    setenv(name, before, 1);
  else
    unsetenv(name);
  free(before);
  return ok;
}

int main(int argc, char **argv) {
  IfxErr err;
  fill_streams();
  give_back();
  IfxShelf *shelf = ifx_shelf_open();
  if (!shelf) ifx_err_nomem(&err);
  if (!shelf || !open_runtime(shelf, &err)) {
    fprintf(stderr, "ifx: %s\n", err.message);
    return 1;
  }
  handle_signals();
  int status = ifx_runtime_main(&runtime, argc, argv);
  ifx_runtime_close(&runtime);
  ifx_shelf_close(shelf);
  return status;
}
