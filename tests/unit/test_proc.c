/* test_proc.c: children on a loop of their own. SPDX-License-Identifier: Apache-2.0 */
#include "core/proc.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static uv_loop_t loop;
static int notified;

static void on_change(void *ctx) {
  (void)ctx;
  notified++;
}

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})

static IfxProc *start(IfxProcSpec spec, IfxErr *err) {
  spec.notify = on_change;
  return ifx_proc_spawn(&loop, &spec, err);
}

static void finish(IfxProc *p) {
  while (!ifx_proc_done(p) && uv_run(&loop, UV_RUN_ONCE)) continue;
}

/* Run to the end: its output with "[why:status]" behind it when it did not end well. */
static const char *run(IfxProcSpec spec) {
  static char text[4096];
  static IfxErr err;
  size_t len;
  IfxProc *p = start(spec, &err);
  if (!p) {
    uv_run(&loop, UV_RUN_DEFAULT);
    return err.message;
  }
  finish(p);
  const char *out = ifx_proc_output(p, &len);
  snprintf(text, sizeof text, "%.*s", (int)len, out);
  if (ifx_proc_why(p) || ifx_proc_status(p)) {
    snprintf(text + strlen(text), sizeof text - strlen(text), "[%d:%d]", ifx_proc_why(p),
             ifx_proc_status(p));
  }
  ifx_proc_release(p);
  return text;
}

static double now(void) { return (double)uv_hrtime() / 1e9; }

static void test_run(void) {
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("echo", "a b", "$HOME", "")}), "a b $HOME \n");
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("false")}), "[0:1]");
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("sh", "-c", "kill -9 $$")}), "[0:137]");
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("cat")}), "");
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("pwd"), .cwd = "/usr/bin/.."}), "/usr\n");
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("cat", "/dev/stdin"),
                              .input = IFX_PROC_INPUT_BYTES,
                              .bytes = "in\0put",
                              .bytes_len = 6}),
            "in");
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("sh", "-c", "echo out; echo err >&2; exit 3")}),
            "out\n[0:3]");
  const char *const env[] = {"NEW=1", "HOME", "TWICE=a", "TWICE=b", NULL};
  CHECK_STR(
      run((IfxProcSpec){.argv = ARGV("sh", "-c", "echo $NEW,$TWICE,${HOME-unset},${PATH:+path}"),
                        .env = env}),
      "1,b,unset,path\n");
}

static void test_missing(void) {
  IfxErr err;
  CHECK(!start((IfxProcSpec){.argv = ARGV("no-such-program")}, &err));
  CHECK_STR(err.kind, IFX_E_NOT_FOUND);
  CHECK_STR(err.message, "the program 'no-such-program' was not found");
  CHECK_STR(err.hint, "install no-such-program, or add its folder to PATH");
  CHECK(!start((IfxProcSpec){.argv = ARGV("/no/such/program")}, &err));
  CHECK_STR(err.message, "the program '/no/such/program' was not found");
  CHECK(!start((IfxProcSpec){.argv = ARGV("true"), .cwd = "/no/such"}, &err));
  CHECK_STR(err.kind, IFX_E_NOT_FOUND);
  CHECK_STR(err.file, "/no/such");
  CHECK(!start((IfxProcSpec){.argv = ARGV("true"), .cwd = "/etc/passwd"}, &err));
  CHECK_STR(err.message, "the working folder of the program: Not a directory");
  CHECK(!start((IfxProcSpec){.argv = ARGV("/etc")}, &err));
  CHECK_STR(err.kind, IFX_E_PERMISSION);
  char script[] = "/tmp/ifx-script-XXXXXX";
  int fd = mkstemp(script);
  CHECK(fd >= 0 && write(fd, "#!/no/such/shell\n", 17) == 17 && fchmod(fd, 0755) == 0);
  close(fd);
  CHECK(!start((IfxProcSpec){.argv = ARGV(script)}, &err));
  CHECK_STR(err.message, "the program's interpreter (its '#!' line) was not found");
  unlink(script);
  CHECK_INT(uv_run(&loop, UV_RUN_DEFAULT), 0);
}

static void test_find(void) {
  IfxBuf b = {0};
  CHECK(ifx_proc_find("sh", "/no/such:relative::/bin", &b));
  CHECK_STR(b.data, "/bin/sh");
  b.len = 0;
  CHECK(!ifx_proc_find("sh", "", &b));
  CHECK(!ifx_proc_find("bin", "/usr", &b));    /* a folder */
  CHECK(!ifx_proc_find("passwd", "/etc", &b)); /* not executable */
  CHECK(!ifx_proc_find("", "/bin", &b));
  CHECK(!ifx_proc_find("../bin/sh", "/bin", &b));
  ifx_buf_free(&b);
}

/* Descriptors that this process has open, also those that were not opened for it alone, stay with
 * it. */
static void test_descriptors(void) {
  int fd = open("/dev/null", O_RDONLY), high = fcntl(fd, F_DUPFD, 200);
  CHECK(fd >= 0 && high >= 200);
  /* Asked for by number: listing the folder, or a pipe, would open one more. */
  static const char script[] =
      "n=0; while [ $n -lt 256 ]; do [ -e /proc/$$/fd/$n ] && echo -n $n.; n=$((n+1)); done; true";
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("sh", "-c", script)}), "0.1.2.");
  close(fd);
  close(high);
}

static void test_timeout(void) {
  double from = now();
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("sleep", "30"), .timeout = 0.1}), "[1:143]");
  CHECK(now() - from < 1.5);
  from = now(); /* the whole group: the shell's child holds the output open */
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("sh", "-c", "sleep 30; echo never"), .timeout = 0.1}),
            "[1:143]");
  CHECK(now() - from < 1.5);
  from = now();
  CHECK_STR(run((IfxProcSpec){
                .argv = ARGV("sh", "-c", "trap '' TERM; echo on; while :; do sleep 0.05; done"),
                .timeout = 0.2}),
            "on\n[1:137]");
  CHECK(now() - from > 2 && now() - from < 3.5);
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("sh", "-c", "kill -STOP $$"), .timeout = 0.1}),
            "[1:143]");
}

static void test_limit(void) {
  IfxErr err;
  size_t len;
  IfxProc *p = start((IfxProcSpec){.argv = ARGV("cat", "/dev/zero"), .max_output = 1 << 20}, &err);
  finish(p);
  CHECK_INT(ifx_proc_why(p), IFX_PROC_LIMIT);
  ifx_proc_output(p, &len);
  CHECK(len > 1 << 20);
  ifx_proc_release(p);
  p = start((IfxProcSpec){.argv = ARGV("sh", "-c", "yes >&2 | head -c 0; seq 100000 >&2"),
                          .stderr_tail = 1000,
                          .timeout = 1},
            &err);
  finish(p);
  CHECK(ifx_proc_errors(p)->len >= 1000 && ifx_proc_errors(p)->len < 70000);
  ifx_proc_release(p);
}

static void pump(void) { uv_run(&loop, UV_RUN_ONCE); }

static void test_conversation(void) {
  IfxErr err;
  size_t len = 0;
  const char *out = "";
  IfxProc *p =
      start((IfxProcSpec){.argv = ARGV("cat"), .input = IFX_PROC_INPUT_PIPE, .high_water = 1 << 16},
            &err);
  CHECK(ifx_proc_write(p, "ping\n", 5, &err));
  while (len < 5) {
    pump();
    out = ifx_proc_output(p, &len);
  }
  CHECK(memcmp(out, "ping\n", 5) == 0);
  ifx_proc_consume(p, 5);
  static char big[1 << 20];
  memset(big, 'x', sizeof big);
  CHECK(ifx_proc_write(p, big, sizeof big, &err));
  CHECK(ifx_proc_unwritten(p) > 0);
  for (int i = 0; i < 50; i++) {
    usleep(2000);
    uv_run(&loop, UV_RUN_NOWAIT);
  }
  ifx_proc_output(p, &len);
  CHECK(len >= 1 << 16 && len < sizeof big); /* nobody reads: the child is held back */
  ifx_proc_want(p, sizeof big);
  while (len < sizeof big) {
    pump();
    out = ifx_proc_output(p, &len);
  }
  CHECK(memcmp(out, big, sizeof big) == 0);
  ifx_proc_consume(p, len - 3);
  ifx_proc_close_input(p);
  CHECK(!ifx_proc_write(p, "more", 4, &err));
  CHECK_STR(err.kind, IFX_E_PROCESS);
  finish(p);
  out = ifx_proc_output(p, &len);
  CHECK(len == 3 && memcmp(out, "xxx", 3) == 0);
  CHECK(ifx_proc_output_ended(p) && ifx_proc_status(p) == 0);
  ifx_proc_release(p);
}

static void test_deaf_child(void) {
  IfxErr err;
  static char big[1 << 20];
  /* Input that nobody reads is no error when all of it was given at the start. */
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("true"),
                              .input = IFX_PROC_INPUT_BYTES,
                              .bytes = big,
                              .bytes_len = sizeof big}),
            "");
  IfxProc *p = start((IfxProcSpec){.argv = ARGV("true"), .input = IFX_PROC_INPUT_PIPE}, &err);
  CHECK(ifx_proc_write(p, big, sizeof big, &err));
  finish(p);
  CHECK_INT(ifx_proc_unwritten(p), 0);
  CHECK(ifx_proc_input_lost(p));
  CHECK(!ifx_proc_write(p, big, 1, &err));
  ifx_proc_release(p);
}

/* A process that leaves the group and keeps the streams does not keep its parent's end from being
 * seen. */
static void test_lingering(void) {
  double from = now();
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("sh", "-c", "echo first; setsid sleep 6 &")}),
            "first\n");
  CHECK(now() - from > 1.5 && now() - from < 4);
  from = now();
  CHECK_STR(run((IfxProcSpec){.argv = ARGV("sh", "-c", "(sleep 0.3; echo late) & echo first")}),
            "first\nlate\n");
  CHECK(now() - from < 1.5);
}

static void test_release(void) {
  IfxErr err;
  IfxProc *p =
      start((IfxProcSpec){.argv = ARGV("sleep", "30"), .input = IFX_PROC_INPUT_PIPE}, &err);
  pid_t pid = ifx_proc_pid(p);
  CHECK(getpgid(pid) == pid && getsid(pid) == pid);
  int before = notified;
  ifx_proc_release(p);
  CHECK_INT(uv_run(&loop, UV_RUN_DEFAULT), 0);
  CHECK(kill(pid, 0) < 0 && errno == ESRCH);
  CHECK_INT(notified, before);
  p = start((IfxProcSpec){.argv = ARGV("sleep", "30")}, &err);
  CHECK(ifx_proc_kill(p, SIGUSR1));
  finish(p);
  CHECK_INT(ifx_proc_signal(p), SIGUSR1);
  CHECK(!ifx_proc_kill(p, SIGTERM));
  ifx_proc_release(p);
}

int main(void) {
  uv_loop_init(&loop);
  test_run();
  test_missing();
  test_find();
  test_descriptors();
  test_timeout();
  test_limit();
  test_conversation();
  test_deaf_child();
  test_lingering();
  test_release();
  CHECK_INT(uv_run(&loop, UV_RUN_DEFAULT), 0);
  CHECK_INT(uv_loop_close(&loop), 0); /* not one handle is left */
  return CHECK_END();
}
