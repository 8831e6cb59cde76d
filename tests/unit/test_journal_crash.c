/* test_journal_crash.c: a process that writes a journal is killed at every write, and the machine
 * loses power at every write; whatever was acknowledged must be there. SPDX-License-Identifier:
 * Apache-2.0 */
#include "core/journal.h"

#include "check.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCHES   6
#define MAX_BYTES 6000

static char dir[] = "/tmp/ifx-crash-XXXXXX";
static char path[64];

/* ---- a file system that crashes ---- */

typedef enum {
  CRASH_KILL, /* what was written stays written */
  CRASH_TORN, /* the same, and of the last write only a half was done */
  CRASH_POWER /* what was written since the file's last sync is lost */
} CrashKind;

/* What a file held before a write that is not synced. */
typedef struct Undo {
  struct Undo *older;
  sqlite3_int64 size, offset;
  int len;
  unsigned char bytes[];
} Undo;

typedef struct CrashFile {
  sqlite3_file base;
  struct CrashFile *next; /* of all open files */
  Undo *undo;
  sqlite3_file *real; /* follows this struct */
} CrashFile;

static CrashFile *open_files;
static CrashKind crash_kind;
static int countdown; /* the crash comes when it reaches 0 */

static void forget(CrashFile *f) {
  for (Undo *u = f->undo, *older; u; u = older) {
    older = u->older;
    free(u);
  }
  f->undo = NULL;
}

static void lose_unsynced(CrashFile *f) {
  for (Undo *u = f->undo; u; u = u->older) {
    if (u->len) f->real->pMethods->xWrite(f->real, u->bytes, u->len, u->offset);
    f->real->pMethods->xTruncate(f->real, u->size);
  }
}

static void crash_point(CrashFile *f, const void *bytes, int len, sqlite3_int64 offset) {
  if (--countdown != 0) return;
  if (crash_kind == CRASH_TORN && len > 1)
    f->real->pMethods->xWrite(f->real, bytes, len / 2, offset);
  for (f = open_files; crash_kind == CRASH_POWER && f; f = f->next) lose_unsynced(f);
  raise(SIGKILL);
}

static void remember(CrashFile *f, sqlite3_int64 offset, int len) {
  sqlite3_int64 size = 0;
  f->real->pMethods->xFileSize(f->real, &size);
  if (offset + len > size) len = offset < size ? (int)(size - offset) : 0;
  Undo *u = malloc(sizeof *u + (size_t)len);
  *u = (Undo){.older = f->undo, .size = size, .offset = offset, .len = len};
  if (len) f->real->pMethods->xRead(f->real, u->bytes, len, offset);
  f->undo = u;
}

static int crash_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 offset) {
  CrashFile *f = (CrashFile *)file;
  crash_point(f, bytes, len, offset);
  remember(f, offset, len);
  return f->real->pMethods->xWrite(f->real, bytes, len, offset);
}

static int crash_truncate(sqlite3_file *file, sqlite3_int64 size) {
  CrashFile *f = (CrashFile *)file;
  sqlite3_int64 before = 0;
  crash_point(f, NULL, 0, 0);
  f->real->pMethods->xFileSize(f->real, &before);
  remember(f, size, before > size ? (int)(before - size) : 0);
  return f->real->pMethods->xTruncate(f->real, size);
}

/* The disk needs no real sync: only what the crash takes back is lost. */
static int crash_sync(sqlite3_file *file, int flags) {
  (void)flags;
  crash_point((CrashFile *)file, NULL, 0, 0);
  forget((CrashFile *)file);
  return SQLITE_OK;
}

static int crash_close(sqlite3_file *file) {
  CrashFile *f = (CrashFile *)file, **at = &open_files;
  while (*at != f) at = &(*at)->next;
  *at = f->next;
  forget(f);
  return f->real->pMethods->xClose(f->real);
}

#define REAL(file) (((CrashFile *)(file))->real)
static int pass_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) {
  return REAL(f)->pMethods->xRead(REAL(f), to, n, at);
}
static int pass_size(sqlite3_file *f, sqlite3_int64 *n) {
  return REAL(f)->pMethods->xFileSize(REAL(f), n);
}
static int pass_lock(sqlite3_file *f, int how) { return REAL(f)->pMethods->xLock(REAL(f), how); }
static int pass_unlock(sqlite3_file *f, int how) {
  return REAL(f)->pMethods->xUnlock(REAL(f), how);
}
static int pass_reserved(sqlite3_file *f, int *out) {
  return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}
static int pass_control(sqlite3_file *f, int op, void *arg) {
  return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}
static int pass_sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
static int pass_device(sqlite3_file *f) {
  return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}
static int pass_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) {
  return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, out);
}
static int pass_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
  return REAL(f)->pMethods->xShmLock(REAL(f), offset, n, flags);
}
static void pass_barrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int pass_unmap(sqlite3_file *f, int gone) {
  return REAL(f)->pMethods->xShmUnmap(REAL(f), gone);
}

static const sqlite3_io_methods crash_methods = {
    .iVersion = 2,
    .xClose = crash_close,
    .xRead = pass_read,
    .xWrite = crash_write,
    .xTruncate = crash_truncate,
    .xSync = crash_sync,
    .xFileSize = pass_size,
    .xLock = pass_lock,
    .xUnlock = pass_unlock,
    .xCheckReservedLock = pass_reserved,
    .xFileControl = pass_control,
    .xSectorSize = pass_sector,
    .xDeviceCharacteristics = pass_device,
    .xShmMap = pass_map,
    .xShmLock = pass_shm_lock,
    .xShmBarrier = pass_barrier,
    .xShmUnmap = pass_unmap,
};

static int crash_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out) {
  sqlite3_vfs *real = vfs->pAppData;
  CrashFile *f = (CrashFile *)file;
  memset(f, 0, sizeof *f);
  f->real = (sqlite3_file *)(f + 1);
  int rc = real->xOpen(real, name, f->real, flags, out);
  if (rc != SQLITE_OK) return rc;
  f->base.pMethods = &crash_methods;
  f->next = open_files;
  open_files = f;
  return SQLITE_OK;
}

static void crash_after(int writes, CrashKind kind) {
  static sqlite3_vfs vfs;
  sqlite3_vfs *real = sqlite3_vfs_find(NULL);
  vfs = *real;
  vfs.zName = "crash";
  vfs.szOsFile += (int)sizeof(CrashFile);
  vfs.pAppData = real;
  vfs.xOpen = crash_open;
  sqlite3_vfs_register(&vfs, 1);
  countdown = writes;
  crash_kind = kind;
}

/* ---- the work, and what must be left of it ---- */

static size_t size_of(int batch) { return (size_t)(batch * 977 % MAX_BYTES); }

static void acknowledge(int fd, char what) {
  if (write(fd, &what, 1) != 1) _exit(2);
}

/* Each batch begins and ends one operation; one byte tells the parent that it was accepted. */
static bool work(int ack, int batches) {
  static char data[MAX_BYTES];
  IfxErr e;
  int64_t seq;
  IfxJournal *j = ifx_journal_open(path, 5000, &e);
  if (!j || !ifx_journal_begin_run(j, "run", "recipe", "/d", "{}", &e)) return false;
  acknowledge(ack, 'r');
  for (int i = 0; i < batches; i++) {
    memset(data, 'a' + i % 26, sizeof data);
    IfxEntry batch[] = {{.op = i, .phase = "begun", .data = data, .len = size_of(i)},
                        {.op = i, .phase = "done"}};
    if (!ifx_journal_record(j, "run", batch, 2, &seq, &e)) return false;
    acknowledge(ack, 'b');
  }
  if (!ifx_journal_state(j, "run", "done", &e)) return false;
  acknowledge(ack, 's');
  ifx_journal_close(j);
  return true;
}

typedef struct Acked {
  bool run, state;
  int batches;
} Acked;

static Acked read_acks(int fd) {
  Acked a = {0};
  char what;
  while (read(fd, &what, 1) == 1) {
    if (what == 'r') a.run = true;
    if (what == 'b') a.batches++;
    if (what == 's') a.state = true;
  }
  close(fd);
  return a;
}

static bool entries_hold(const IfxEntries *got, const Acked *acked) {
  if (got->n % 2 != 0 || (int)got->n / 2 < acked->batches || (int)got->n / 2 > acked->batches + 1)
    return false;
  for (size_t i = 0; i < got->n; i++) {
    const IfxEntry *e = &got->rows[i];
    int batch = (int)i / 2;
    size_t len = i % 2 ? 0 : size_of(batch);
    if (e->seq != (int64_t)i + 1 || e->op != batch || e->len != len) return false;
    for (size_t k = 0; k < len; k++)
      if (((char *)e->data)[k] != 'a' + batch % 26) return false;
  }
  return true;
}

/* The journal opens, holds what was acknowledged, at most the batch in flight beyond that, and goes
 * on. */
static bool journal_holds(const Acked *acked) {
  IfxErr e = {0};
  IfxRuns runs = {0};
  IfxEntries got = {0};
  IfxJournal *j = ifx_journal_open(path, 5000, &e);
  bool ok = j && ifx_journal_run(j, "run", &runs, &e);
  if (ok && runs.n == 0) {
    ok = !acked->run && ifx_journal_begin_run(j, "run", "recipe", "/d", "{}", &e);
  } else if (ok) {
    ok = ifx_journal_entries(j, "run", &got, &e) && entries_hold(&got, acked) &&
         (!acked->state || strcmp(runs.rows[0].state, "done") == 0);
  }
  IfxEntry next = {.op = 1, .phase = "begun"};
  int64_t seq = 0;
  ok = ok && ifx_journal_record(j, "run", &next, 1, &seq, &e) && seq == (int64_t)got.n + 1;
  if (!ok)
    fprintf(stderr, "acknowledged %d batches, found %zu entries %s\n", acked->batches, got.n,
            e.message);
  ifx_journal_free_entries(&got);
  ifx_journal_free_runs(&runs);
  ifx_journal_close(j);
  return ok;
}

static void remove_journal(void) {
  static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
  char name[96];
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
    unlink(name);
  }
}

/* A child that works until it is killed; `*ack` is read by the parent. */
static pid_t start(int *ack, int writes, CrashKind kind, int batches) {
  int fds[2];
  if (pipe(fds) != 0) return -1;
  pid_t pid = fork();
  if (pid == 0) {
    close(fds[0]);
    if (writes) crash_after(writes, kind);
    _exit(work(fds[1], batches) ? 0 : 1);
  }
  close(fds[1]);
  *ack = fds[0];
  return pid;
}

static void survives_every_write(CrashKind kind, const char *name) {
  int writes = 0, status = 0, ack, lost = 0;
  do {
    remove_journal();
    pid_t pid = start(&ack, ++writes, kind, BATCHES);
    Acked acked = read_acks(ack);
    if (waitpid(pid, &status, 0) != pid) break;
    if (!journal_holds(&acked)) {
      fprintf(stderr, "%s at write %d\n", name, writes);
      lost++;
    }
  } while (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  CHECK_INT(lost, 0);
  CHECK_INT(status, 0); /* the last child was not killed: every write had its turn */
  CHECK(writes > 10 * BATCHES);
  printf("%s: killed at %d writes\n", name, writes - 1);
}

/* Without the crashing file system: real syncs, and SIGKILL from outside at any instruction. */
static void survives_random_kills(void) {
  srand(20240229);
  for (int i = 0; i < 25; i++) {
    int ack, status;
    remove_journal();
    pid_t pid = start(&ack, 0, CRASH_KILL, 100000);
    usleep((useconds_t)(rand() % 40000));
    kill(pid, SIGKILL);
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
    Acked acked = read_acks(ack);
    CHECK(journal_holds(&acked));
  }
}

int main(void) {
  CHECK(mkdtemp(dir) != NULL);
  snprintf(path, sizeof path, "%s/journal.db", dir);
  survives_every_write(CRASH_KILL, "kill");
  survives_every_write(CRASH_TORN, "torn write");
  survives_every_write(CRASH_POWER, "loss of power");
  survives_random_kills();
  remove_journal();
  CHECK_INT(rmdir(dir), 0);
  return CHECK_END();
}
