/* journal_open.c: opening the journal: folders, schema, versions, statements.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal_db.h"

#define VERSION        2
#define APPLICATION_ID 0x69667852 /* "ifxR" */
#define TEXT(x)        TEXT_(x)
#define TEXT_(x)       #x

/* A plan may be megabytes, which SQLite would write anew with every change of the row that holds
 * it: it has a table of its own. */
#define PLANS                                                                                      \
  "CREATE TABLE plans (run TEXT PRIMARY KEY NOT NULL REFERENCES runs (id), plan TEXT NOT NULL)"    \
  " STRICT;"
#define IDENTITY                                                                                   \
  "PRAGMA application_id = " TEXT(APPLICATION_ID) "; PRAGMA user_version = " TEXT(VERSION) ";"

static const char schema[] =
    "CREATE TABLE runs ("
    "  id TEXT PRIMARY KEY NOT NULL,"
    "  recipe TEXT NOT NULL,"
    "  dir TEXT,"
    "  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'interrupted', "
    "'rolled_back')),"
    "  started REAL NOT NULL,"
    "  ended REAL) STRICT;"
    "CREATE TABLE entries ("
    "  run TEXT NOT NULL REFERENCES runs (id),"
    "  seq INTEGER NOT NULL,"
    "  op INTEGER NOT NULL,"
    "  phase TEXT NOT NULL CHECK (phase IN ('begun', 'done', 'undo_begun', 'undone', 'failed')),"
    "  data BLOB,"
    "  at REAL NOT NULL,"
    "  PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;" PLANS IDENTITY;

/* Version 1 had the plan in `runs`. */
static const char upgrade[] =
    PLANS "INSERT INTO plans SELECT id, plan FROM runs;"
          "ALTER TABLE runs ADD COLUMN dir TEXT;"
          "UPDATE runs SET dir = json_extract(plan, '$.dir')"
          "  WHERE json_valid(plan) AND json_type(plan, '$.dir') = 'text';"
          "ALTER TABLE runs DROP COLUMN plan;" IDENTITY;

#define RUN  "SELECT id, recipe, state, started, ended, dir"
#define FULL RUN ", plan FROM runs JOIN plans ON run = id"
static const char *const sql[IFX_STATEMENTS] = {
    [IFX_BEGIN] = "BEGIN IMMEDIATE",
    [IFX_COMMIT] = "COMMIT",
    [IFX_ROLLBACK] = "ROLLBACK",
    [IFX_ADD_RUN] = "INSERT INTO runs (id, recipe, dir, state, started)"
                    " VALUES (?1, ?2, ?3, 'running', ?4)",
    [IFX_ADD_PLAN] = "INSERT INTO plans VALUES (?1, ?2)",
    [IFX_SET_STATE] =
        "UPDATE runs SET state = ?2, ended = CASE ?2 WHEN 'running' THEN NULL ELSE ?3 END"
        " WHERE id = ?1",
    [IFX_LAST_SEQ] = "SELECT (SELECT coalesce(max(seq), 0) FROM entries WHERE run = ?1)"
                     " FROM runs WHERE id = ?1",
    [IFX_ADD_ENTRY] = "INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [IFX_LIST_RUNS] = RUN " FROM runs ORDER BY started DESC, rowid DESC",
    [IFX_GET_RUN] = FULL " WHERE id = ?1",
    [IFX_FIND_RUNS] = FULL " WHERE substr(id, 1, length(?1)) = ?1 LIMIT 3",
    [IFX_LIST_ENTRIES] = "SELECT seq, op, phase, data, at FROM entries WHERE run = ?1 ORDER BY seq",
};

/* ---- errors ---- */

static const char *kind_of(int code) {
  switch (code) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED: return IFX_E_CONFLICT;
  case SQLITE_NOMEM: return IFX_E_MEMORY;
  case SQLITE_TOOBIG: return IFX_E_LIMIT;
  case SQLITE_PERM:
  case SQLITE_READONLY:
  case SQLITE_CANTOPEN: return IFX_E_PERMISSION;
  case SQLITE_NOTADB: return IFX_E_UNSUPPORTED;
  default: return IFX_E_IO;
  }
}

bool ifx_journal_failed(IfxJournal *j, const char *what, IfxErr *err) {
  int code = sqlite3_errcode(j->db) & 0xFF;
  bool busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
  ifx_err_set(err, kind_of(code), "%s: %s", what,
              busy ? "another ifx is writing to the journal" : sqlite3_errmsg(j->db));
  snprintf(err->file, sizeof err->file, "%s", j->path);
  err->retry = busy;
  if (busy)
    ifx_err_hint(err, "wait until it has ended, then try again");
  else if (code == SQLITE_CORRUPT)
    ifx_err_hint(
        err, "the journal is damaged: move it aside; `sqlite3 FILE .recover` saves what is left");
  return false;
}

static bool path_failed(IfxErr *err, const char *path, const char *what) {
  ifx_err_errno(err, errno, what);
  snprintf(err->file, sizeof err->file, "%s", path);
  return false;
}

/* ---- the file ---- */

/* A folder that a crash of the machine must not take away is synced into its parent. */
static bool sync_parent(char *path, IfxErr *err) {
  char *slash = strrchr(path, '/');
  if (slash) *slash = '\0';
  const char *parent = !slash ? "." : slash == path ? "/" : path;
  int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool ok = fd >= 0 && fsync(fd) == 0;
  if (!ok) path_failed(err, parent, "sync the journal's folder");
  if (fd >= 0) close(fd);
  if (slash) *slash = '/';
  return ok;
}

/* Make the folders above `path`, which is changed and restored in between. */
static bool make_folders(char *path, IfxErr *err) {
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    bool made = mkdir(path, 0700) == 0;
    bool ok = made || errno == EEXIST || path_failed(err, path, "make the journal's folder");
    if (made) ok = sync_parent(path, err);
    *slash = '/';
    if (!ok) return false;
  }
  return true;
}

/* SQLite would make the file readable for others. An existing one is not opened here: closing it
 * would drop the locks that this process may hold on it. */
static bool make_file(const char *path, IfxErr *err) {
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return errno == EEXIST || path_failed(err, path, "make the journal");
  close(fd);
  return true;
}

/* ---- the database ---- */

static bool run_sql(IfxJournal *j, const char *text, const char *what, IfxErr *err) {
  return sqlite3_exec(j->db, text, NULL, NULL, NULL) == SQLITE_OK ||
         ifx_journal_failed(j, what, err);
}

/* The first column of the first row, as a number; `text` (may be NULL) gets it as text. */
static bool ask(IfxJournal *j, const char *query, int64_t *number, char text[16], IfxErr *err) {
  sqlite3_stmt *s = NULL;
  bool ok =
      sqlite3_prepare_v2(j->db, query, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW;
  if (!ok) {
    ifx_journal_failed(j, "open the journal", err);
  } else {
    if (number) *number = sqlite3_column_int64(s, 0);
    if (text) snprintf(text, 16, "%s", (const char *)sqlite3_column_text(s, 0));
  }
  sqlite3_finalize(s);
  return ok;
}

static bool unsupported(IfxJournal *j, IfxErr *err, const char *why, const char *hint) {
  ifx_err_set(err, IFX_E_UNSUPPORTED, "%s", why);
  snprintf(err->file, sizeof err->file, "%s", j->path);
  return ifx_err_hint(err, "%s", hint);
}

/* The version of the journal that is there, 0: none. Refuses what is something else. */
static bool look(IfxJournal *j, int64_t *found, IfxErr *err) {
  int64_t version, tables, application;
  if (!ask(j, "PRAGMA user_version", &version, NULL, err)) return false;
  *found = version;
  if (!ask(j, "PRAGMA application_id", &application, NULL, err)) return false;
  if (!ask(j, "SELECT count(*) FROM sqlite_schema", &tables, NULL, err)) return false;
  if (version == 0 && tables == 0 && application == 0) return true;
  if (application != APPLICATION_ID)
    return unsupported(j, err, "the file is a database, but no journal of ifx",
                       "name another file");
  if (version == 1 || version == VERSION) return true;
  char why[120];
  snprintf(why, sizeof why, "the journal has version %lld, this ifx reads version " TEXT(VERSION),
           (long long)version);
  return unsupported(j, err, why, "use the newer ifx that wrote it");
}

/* Look, and make the tables of an empty file, or those of today, when asked, in one transaction:
 * several processes may be opening the same journal. */
static bool look_or_make(IfxJournal *j, const char *begin, bool make, int64_t *found, IfxErr *err) {
  if (!run_sql(j, begin, "open the journal", err)) return false;
  bool ok = look(j, found, err) &&
            (*found == VERSION || !make ||
             run_sql(j, *found ? upgrade : schema, "make the journal", err)) &&
            run_sql(j, "COMMIT", "open the journal", err);
  /* The first error is the one to tell. */
  if (!ok) sqlite3_exec(j->db, "ROLLBACK", NULL, NULL, NULL);
  return ok;
}

/* SQLite does not wait by itself while another process is switching the same file. */
static bool use_wal(IfxJournal *j, int busy_ms, IfxErr *err) {
  char mode[16];
  int waited = 0;
  while (!ask(j, "PRAGMA journal_mode = WAL", NULL, mode, err)) {
    if (!err->retry || waited >= busy_ms) return false;
    usleep(5000);
    waited += 5;
  }
  return strcmp(mode, "wal") == 0 ||
         unsupported(j, err,
                     "the file system cannot hold the journal (no shared memory for SQLite's WAL)",
                     "point XDG_STATE_HOME to a local file system");
}

static bool set_up(IfxJournal *j, int busy_ms, IfxErr *err) {
  int64_t found;
  if (!look_or_make(j, "BEGIN", false, &found, err) || !use_wal(j, busy_ms, err)) return false;
  if (!run_sql(j,
               "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF",
               "open the journal", err))
    return false;
  if (found != VERSION && !look_or_make(j, "BEGIN IMMEDIATE", true, &found, err)) return false;
  for (int i = 0; i < IFX_STATEMENTS; i++) {
    if (sqlite3_prepare_v3(j->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &j->statements[i], NULL) !=
        SQLITE_OK)
      return ifx_journal_failed(j, "open the journal", err);
  }
  return true;
}

IfxJournal *ifx_journal_open(const char *path, int busy_ms, IfxErr *err) {
  size_t len = strlen(path);
  if (len == 0) {
    ifx_err_set(err, IFX_E_ARGUMENT, "the journal's path is empty");
    return NULL;
  }
  IfxJournal *j = calloc(1, sizeof *j + len + 1);
  if (!j) {
    ifx_err_nomem(err);
    return NULL;
  }
  memcpy(j->path, path, len + 1);
  if (make_folders(j->path, err) && make_file(j->path, err)) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &j->db, flags, NULL) != SQLITE_OK) {
      ifx_journal_failed(j, "open the journal", err);
    } else {
      sqlite3_extended_result_codes(j->db, 1);
      sqlite3_busy_timeout(j->db, busy_ms);
      if (set_up(j, busy_ms, err)) return j;
    }
  }
  ifx_journal_close(j);
  return NULL;
}

void ifx_journal_close(IfxJournal *j) {
  if (!j) return;
  for (int i = 0; i < IFX_STATEMENTS; i++) sqlite3_finalize(j->statements[i]);
  sqlite3_close(j->db);
  free(j);
}
