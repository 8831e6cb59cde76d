/* test_journal.c: runs and entries, bad input, several processes. SPDX-License-Identifier:
 * Apache-2.0 */
#include "core/journal.h"

#include "check.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/ifx-journal-XXXXXX";
static char path[128];

static IfxJournal *open_journal(void) {
  IfxErr e = {0};
  IfxJournal *j = ifx_journal_open(path, 5000, &e);
  if (!j) fprintf(stderr, "%s\n", e.message);
  CHECK(j != NULL);
  return j;
}

static int mode_of(const char *name) {
  struct stat st;
  return stat(name, &st) == 0 ? (int)(st.st_mode & 07777) : -1;
}

static void is_made_private(void) {
  char folder[96];
  mode_t mask = umask(0);
  snprintf(folder, sizeof folder, "%s/state/ifx", dir);
  snprintf(path, sizeof path, "%s/journal.db", folder);
  IfxJournal *j = open_journal();
  IfxErr e;
  CHECK(ifx_journal_begin_run(j, "first", "r", "/d", "{}", &e));
  CHECK_INT(mode_of(path), 0600);
  CHECK_INT(mode_of(folder), 0700);
  snprintf(folder, sizeof folder, "%s/state", dir);
  CHECK_INT(mode_of(folder), 0700);
  strcat(path, "-wal");
  CHECK_INT(mode_of(path), 0600);
  path[strlen(path) - 4] = '\0';
  ifx_journal_close(j);
  umask(mask);
}

static void keeps_runs(void) {
  IfxErr e;
  IfxRuns runs;
  IfxJournal *j = open_journal();
  CHECK(ifx_journal_begin_run(j, "abc1", "restructure", "/d", "{\"plan\":1}", &e));
  CHECK(ifx_journal_begin_run(j, "abc2", "rollout", "/d", "{}", &e));
  CHECK(!ifx_journal_begin_run(j, "abc1", "again", "/d", "{}", &e));
  CHECK_STR(e.kind, "exists");
  CHECK_STR(e.message, "a run abc1 is already in the journal");
  CHECK(ifx_journal_state(j, "abc1", "failed", &e));
  CHECK(ifx_journal_runs(j, &runs, &e));
  CHECK_INT(runs.n, 3);
  CHECK_STR(runs.rows[0].id, "abc2");
  CHECK_STR(runs.rows[0].state, "running");
  CHECK(runs.rows[0].ended == 0 && runs.rows[0].started > 1.6e9);
  CHECK_STR(runs.rows[1].recipe, "restructure");
  CHECK_STR(runs.rows[1].state, "failed");
  CHECK(runs.rows[1].ended >= runs.rows[1].started);
  CHECK(runs.rows[1].plan == NULL);
  CHECK_STR(runs.rows[2].id, "first");
  ifx_journal_free_runs(&runs);
  ifx_journal_free_runs(&runs);
  CHECK(ifx_journal_state(j, "abc1", "running", &e));
  CHECK(ifx_journal_run(j, "abc1", &runs, &e));
  CHECK_INT(runs.n, 1);
  CHECK_STR(runs.rows[0].plan, "{\"plan\":1}");
  CHECK(runs.rows[0].ended == 0);
  ifx_journal_free_runs(&runs);
  ifx_journal_close(j);
}

static void finds_runs_by_prefix(void) {
  IfxErr e;
  IfxRuns runs;
  IfxJournal *j = open_journal();
  CHECK(ifx_journal_run(j, "fi", &runs, &e));
  CHECK(runs.n == 1 && strcmp(runs.rows[0].id, "first") == 0);
  ifx_journal_free_runs(&runs);
  CHECK(ifx_journal_run(j, "zz", &runs, &e));
  CHECK_INT(runs.n, 0);
  ifx_journal_free_runs(&runs);
  CHECK(ifx_journal_run(j, "%", &runs, &e));
  CHECK_INT(runs.n, 0);
  ifx_journal_free_runs(&runs);
  CHECK(!ifx_journal_run(j, "abc", &runs, &e));
  CHECK_STR(e.kind, "argument");
  CHECK_STR(e.message, "abc is the beginning of several runs: abc1, abc2");
  CHECK(ifx_journal_begin_run(j, "abc", "exact wins", "/d", "{}", &e));
  CHECK(ifx_journal_run(j, "abc", &runs, &e));
  CHECK_STR(runs.rows[0].recipe, "exact wins");
  ifx_journal_free_runs(&runs);
  ifx_journal_close(j);
}

static void keeps_entries(void) {
  IfxErr e;
  IfxEntries got;
  int64_t seq = 0;
  IfxEntry batch[] = {{.op = 1, .phase = "begun", .data = "\0\xFFz", .len = 3},
                      {.op = 2, .phase = "begun"},
                      {.op = 1, .phase = "done", .data = "", .len = 0}};
  IfxJournal *j = open_journal();
  CHECK(ifx_journal_record(j, "abc1", batch, 3, &seq, &e));
  CHECK_INT(seq, 3);
  CHECK(ifx_journal_record(j, "abc2", batch, 1, &seq, &e));
  CHECK_INT(seq, 1);
  CHECK(ifx_journal_record(j, "abc1", batch, 0, &seq, &e));
  CHECK_INT(seq, 3);
  ifx_journal_close(j);
  j = open_journal();
  CHECK(ifx_journal_entries(j, "abc1", &got, &e));
  CHECK_INT(got.n, 3);
  for (size_t i = 0; i < got.n; i++) CHECK_INT(got.rows[i].seq, i + 1);
  CHECK(got.rows[0].len == 3 && memcmp(got.rows[0].data, "\0\xFFz", 3) == 0);
  CHECK(got.rows[1].data == NULL && got.rows[1].op == 2);
  CHECK(got.rows[2].data != NULL && got.rows[2].len == 0);
  CHECK_STR(got.rows[2].phase, "done");
  CHECK(got.rows[2].at > 1.6e9);
  ifx_journal_free_entries(&got);
  CHECK(ifx_journal_entries(j, "first", &got, &e));
  CHECK_INT(got.n, 0);
  ifx_journal_close(j);
}

static void refuses_bad_entries(void) {
  IfxErr e;
  IfxEntries got;
  int64_t seq;
  IfxEntry batch[] = {{.op = 5, .phase = "begun"}, {.op = 5, .phase = "finished"}};
  IfxJournal *j = open_journal();
  CHECK(!ifx_journal_record(j, "abc1", batch, 2, &seq, &e));
  CHECK_STR(e.kind, "argument");
  CHECK_STR(e.message, "unknown phase 'finished'");
  CHECK(!ifx_journal_record(j, "nobody", batch, 1, &seq, &e));
  CHECK_STR(e.kind, "not_found");
  CHECK_STR(e.message, "the journal knows no run nobody");
  CHECK(!ifx_journal_entries(j, "nobody", &got, &e));
  CHECK_STR(e.kind, "not_found");
  CHECK(!ifx_journal_state(j, "nobody", "done", &e));
  CHECK_STR(e.kind, "not_found");
  CHECK(!ifx_journal_state(j, "abc1", "finished", &e));
  CHECK_STR(e.message, "unknown state 'finished'");
  CHECK(ifx_journal_entries(j, "abc1", &got, &e)); /* nothing of the refused batch is there */
  CHECK_INT(got.n, 3);
  ifx_journal_free_entries(&got);
  ifx_journal_close(j);
}

static void sql_in(const char *text) {
  sqlite3 *db;
  CHECK(sqlite3_open(path, &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK);
  sqlite3_close(db);
}

static void refused(const char *kind, const char *message) {
  IfxErr e = {0};
  IfxJournal *j = ifx_journal_open(path, 100, &e);
  CHECK(j == NULL);
  CHECK_STR(e.kind, kind);
  CHECK_STR(e.message, message);
  ifx_journal_close(j);
}

/* As version 1 made it. */
static const char first_version[] =
    "CREATE TABLE runs (id TEXT PRIMARY KEY NOT NULL, recipe TEXT NOT NULL, plan TEXT NOT NULL,"
    "  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'interrupted', "
    "'rolled_back')), started REAL NOT NULL, ended REAL) STRICT;"
    "CREATE TABLE entries (run TEXT NOT NULL REFERENCES runs (id), seq INTEGER NOT NULL,"
    "  op INTEGER NOT NULL, phase TEXT NOT NULL CHECK (phase IN ('begun', 'done', 'undo_begun',"
    "  'undone', 'failed')), data BLOB, at REAL NOT NULL, PRIMARY KEY (run, seq)) STRICT,"
    "  WITHOUT ROWID;"
    "INSERT INTO runs VALUES ('a', 'r', '{\"dir\":\"/tmp/x \\u00e9\"}', 'done', 1.5, 2.5);"
    "INSERT INTO runs VALUES ('b', 'r', '{\"dir\":1}', 'failed', 3.5, 4.5);"
    "INSERT INTO runs VALUES ('c', 'r', 'no JSON', 'running', 5.5, NULL);"
    "INSERT INTO entries VALUES ('a', 1, 1, 'begun', NULL, 1.5);"
    "PRAGMA application_id = 1768323154; PRAGMA user_version = 1";

static void reads_the_first_version(void) {
  IfxErr e;
  IfxRuns runs;
  IfxEntries got;
  snprintf(path, sizeof path, "%s/older.db", dir);
  sql_in(first_version);
  for (int i = 0; i < 2; i++) {
    IfxJournal *j = open_journal();
    CHECK(ifx_journal_runs(j, &runs, &e));
    CHECK_INT(runs.n, 3);
    CHECK_STR(runs.rows[0].state, "running");
    CHECK(!runs.rows[0].dir && !runs.rows[1].dir);
    CHECK_STR(runs.rows[2].dir, "/tmp/x \xC3\xA9");
    CHECK(runs.rows[2].started == 1.5 && runs.rows[2].ended == 2.5);
    ifx_journal_free_runs(&runs);
    CHECK(ifx_journal_run(j, "b", &runs, &e));
    CHECK_STR(runs.rows[0].plan, "{\"dir\":1}");
    ifx_journal_free_runs(&runs);
    CHECK(ifx_journal_entries(j, "a", &got, &e));
    CHECK_INT(got.n, 1);
    ifx_journal_free_entries(&got);
    ifx_journal_close(j);
  }
}

static void refuses_other_files(void) {
  snprintf(path, sizeof path, "%s/newer.db", dir);
  ifx_journal_close(open_journal());
  sql_in("PRAGMA user_version = 7");
  refused("unsupported", "the journal has version 7, this ifx reads version 2");
  snprintf(path, sizeof path, "%s/other.db", dir);
  sql_in("CREATE TABLE t (x)");
  refused("unsupported", "the file is a database, but no journal of ifx");
  snprintf(path, sizeof path, "%s/text", dir);
  FILE *f = fopen(path, "w");
  for (int i = 0; i < 200; i++) fputs("no database at all\n", f);
  fclose(f);
  refused("unsupported", "open the journal: file is not a database");
  snprintf(path, sizeof path, "%s/text/journal.db", dir);
  refused("not_found", "make the journal: Not a directory");
  snprintf(path, sizeof path, "/proc/none/journal.db");
  IfxErr e;
  CHECK(!ifx_journal_open(path, 100, &e));
  CHECK_STR(e.file, "/proc/none");
  CHECK(!ifx_journal_open("", 100, &e));
  CHECK_STR(e.kind, "argument");
}

static void says_who_is_in_the_way(void) {
  sqlite3 *other;
  IfxErr e;
  int64_t seq;
  snprintf(path, sizeof path, "%s/busy.db", dir);
  IfxJournal *j = ifx_journal_open(path, 50, &e);
  CHECK(ifx_journal_begin_run(j, "r", "r", "/d", "{}", &e));
  CHECK(sqlite3_open(path, &other) == SQLITE_OK);
  CHECK(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
  CHECK(!ifx_journal_record(j, "r", NULL, 0, &seq, &e));
  CHECK_STR(e.kind, "conflict");
  CHECK_STR(e.message, "begin to record: another ifx is writing to the journal");
  CHECK(e.retry);
  CHECK(!ifx_journal_state(j, "r", "done", &e));
  CHECK_STR(e.kind, "conflict");
  IfxRuns runs;
  CHECK(ifx_journal_runs(j, &runs, &e)); /* readers are not in each other's way */
  ifx_journal_free_runs(&runs);
  CHECK(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK);
  CHECK(ifx_journal_record(j, "r", NULL, 0, &seq, &e));
  sqlite3_close(other);
  ifx_journal_close(j);
}

static void limit_files(rlim_t bytes) {
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* A write that fails half-way leaves the journal as it was, and usable. */
static void survives_failed_writes(void) {
  static char data[300000];
  IfxErr e = {0};
  int64_t seq = 0;
  IfxEntry entry = {.op = 1, .phase = "begun", .data = data, .len = sizeof data};
  IfxEntry small = {.op = 1, .phase = "begun"};
  snprintf(path, sizeof path, "%s/full.db", dir);
  IfxJournal *j = open_journal();
  CHECK(ifx_journal_begin_run(j, "r", "r", "/d", "{}", &e));
  CHECK(ifx_journal_record(j, "r", &small, 1, &seq, &e));
  signal(SIGXFSZ, SIG_IGN);
  limit_files(200000);
  CHECK(!ifx_journal_record(j, "r", &entry, 1, &seq, &e));
  CHECK_STR(e.kind, "io");
  CHECK_STR(e.file, path);
  limit_files(RLIM_INFINITY);
  CHECK(ifx_journal_record(j, "r", &entry, 1, &seq, &e));
  CHECK_INT(seq, 2);
  ifx_journal_close(j);
}

static void refuses_a_damaged_file(void) {
  IfxErr e = {0};
  snprintf(path, sizeof path, "%s/full.db", dir);
  FILE *f = fopen(path, "r+");
  fseek(f, 100, SEEK_SET); /* behind the header: the page of the schema */
  for (int i = 0; i < 3000; i++) fputc(0xEE, f);
  fclose(f);
  CHECK(!ifx_journal_open(path, 100, &e));
  CHECK_STR(e.kind, "io");
  CHECK(strstr(e.hint, "damaged") != NULL);
}

#define PROCESSES 8
#define RECORDS   10

static int write_as(int who) {
  IfxErr e;
  char run[16];
  int64_t seq = 0;
  IfxEntry entry = {.op = who, .phase = "begun"};
  IfxJournal *j = ifx_journal_open(path, 20000, &e);
  snprintf(run, sizeof run, "run-%d", who);
  bool ok = j && ifx_journal_begin_run(j, run, "r", "/d", "{}", &e);
  for (int i = 0; ok && i < RECORDS; i++) ok = ifx_journal_record(j, run, &entry, 1, &seq, &e);
  if (!ok) fprintf(stderr, "process %d: %s\n", who, e.message);
  ifx_journal_close(j);
  return ok && seq == RECORDS ? 0 : 1;
}

static void serves_processes_at_once(void) {
  snprintf(path, sizeof path, "%s/many.db", dir);
  for (int i = 0; i < PROCESSES; i++)
    if (fork() == 0) _exit(write_as(i));
  for (int i = 0; i < PROCESSES; i++) {
    int status = -1;
    wait(&status);
    CHECK_INT(status, 0);
  }
  IfxErr e;
  IfxRuns runs;
  IfxJournal *j = open_journal();
  CHECK(ifx_journal_runs(j, &runs, &e));
  CHECK_INT(runs.n, PROCESSES);
  ifx_journal_free_runs(&runs);
  ifx_journal_close(j);
}

int main(void) {
  CHECK(mkdtemp(dir) != NULL);
  is_made_private();
  keeps_runs();
  finds_runs_by_prefix();
  keeps_entries();
  refuses_bad_entries();
  reads_the_first_version();
  refuses_other_files();
  says_who_is_in_the_way();
  survives_failed_writes();
  refuses_a_damaged_file();
  serves_processes_at_once();
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", dir);
  CHECK_INT(system(command), 0);
  return CHECK_END();
}
