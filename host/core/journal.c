/* journal.c: the durable record of runs: statements. Opening is in journal_open.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include "journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "journal_db.h"

static double now(void) {
  struct timespec ts;
  clock_gettime(CLOCK_REALTIME, &ts);
  return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static sqlite3_stmt *text_bound(IfxJournal *j, IfxStatement which, const char *first) {
  sqlite3_stmt *s = j->statements[which];
  sqlite3_bind_text(s, 1, first, -1, SQLITE_STATIC);
  return s;
}

/* Leave the statement ready for its next use. What it was bound to belongs to the caller and may
 * go. */
static void done(sqlite3_stmt *s) {
  sqlite3_reset(s);
  sqlite3_clear_bindings(s);
}

/* Run a statement without rows. */
static bool execute(IfxJournal *j, sqlite3_stmt *s, const char *what, IfxErr *err) {
  bool ok = sqlite3_step(s) == SQLITE_DONE || ifx_journal_failed(j, what, err);
  done(s);
  return ok;
}

static bool unknown_run(IfxErr *err, const char *run) {
  ifx_err_set(err, IFX_E_NOT_FOUND, "the journal knows no run %s", run);
  return ifx_err_hint(err, "`ifx runs list` shows the runs");
}

/* ---- writing ---- */

static bool add_run(IfxJournal *j, const char *id, const char *recipe, const char *dir,
                    IfxErr *err) {
  sqlite3_stmt *s = text_bound(j, IFX_ADD_RUN, id);
  sqlite3_bind_text(s, 2, recipe, -1, SQLITE_STATIC);
  sqlite3_bind_text(s, 3, dir, -1, SQLITE_STATIC);
  sqlite3_bind_double(s, 4, now());
  if (execute(j, s, "begin a run", err)) return true;
  int code = sqlite3_extended_errcode(j->db);
  if (code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE)
    ifx_err_set(err, IFX_E_EXISTS, "a run %s is already in the journal", id);
  return false;
}

static bool add_plan(IfxJournal *j, const char *run, const char *plan, IfxErr *err) {
  sqlite3_stmt *s = text_bound(j, IFX_ADD_PLAN, run);
  sqlite3_bind_text(s, 2, plan, -1, SQLITE_STATIC);
  return execute(j, s, "keep the plan of a run", err);
}

/* Commit what was written when all of it was; else nothing of it stays. Returns whether it does. */
static bool finish(IfxJournal *j, bool ok, IfxErr *err) {
  if (ok) ok = execute(j, j->statements[IFX_COMMIT], "commit", err);
  if (!sqlite3_get_autocommit(j->db)) { /* the first error is the one to tell */
    IfxErr second;
    execute(j, j->statements[IFX_ROLLBACK], "roll back", &second);
  }
  return ok;
}

bool ifx_journal_begin_run(IfxJournal *j, const char *id, const char *recipe, const char *dir,
                           const char *plan, IfxErr *err) {
  if (!execute(j, j->statements[IFX_BEGIN], "begin a run", err)) return false;
  return finish(j, add_run(j, id, recipe, dir, err) && add_plan(j, id, plan, err), err);
}

static bool add_entry(IfxJournal *j, const char *run, int64_t seq, const IfxEntry *e, double at,
                      IfxErr *err) {
  sqlite3_stmt *s = text_bound(j, IFX_ADD_ENTRY, run);
  sqlite3_bind_int64(s, 2, seq);
  sqlite3_bind_int64(s, 3, e->op);
  sqlite3_bind_text(s, 4, e->phase, -1, SQLITE_STATIC);
  if (e->data) sqlite3_bind_blob64(s, 5, e->data, e->len, SQLITE_STATIC);
  sqlite3_bind_double(s, 6, at);
  if (execute(j, s, "record an entry", err)) return true;
  if (sqlite3_extended_errcode(j->db) == SQLITE_CONSTRAINT_CHECK)
    ifx_err_set(err, IFX_E_ARGUMENT, "unknown phase '%s'", e->phase);
  return false;
}

/* The number of the run's last entry, 0 when it has none. */
static bool last_entry(IfxJournal *j, const char *run, int64_t *seq, IfxErr *err) {
  sqlite3_stmt *s = text_bound(j, IFX_LAST_SEQ, run);
  int rc = sqlite3_step(s);
  bool ok = rc == SQLITE_ROW;
  if (ok)
    *seq = sqlite3_column_int64(s, 0);
  else if (rc == SQLITE_DONE)
    unknown_run(err, run);
  else
    ifx_journal_failed(j, "look a run up", err);
  done(s);
  return ok;
}

bool ifx_journal_record(IfxJournal *j, const char *run, const IfxEntry *entries, size_t n,
                        int64_t *last_seq, IfxErr *err) {
  if (!execute(j, j->statements[IFX_BEGIN], "begin to record", err)) return false;
  double at = now();
  bool ok = last_entry(j, run, last_seq, err);
  for (size_t i = 0; ok && i < n; i++) ok = add_entry(j, run, ++*last_seq, &entries[i], at, err);
  return finish(j, ok, err);
}

bool ifx_journal_state(IfxJournal *j, const char *run, const char *state, IfxErr *err) {
  sqlite3_stmt *s = text_bound(j, IFX_SET_STATE, run);
  sqlite3_bind_text(s, 2, state, -1, SQLITE_STATIC);
  sqlite3_bind_double(s, 3, now());
  if (execute(j, s, "set the state of a run", err))
    return sqlite3_changes(j->db) > 0 || unknown_run(err, run);
  if (sqlite3_extended_errcode(j->db) == SQLITE_CONSTRAINT_CHECK)
    ifx_err_set(err, IFX_E_ARGUMENT, "unknown state '%s'", state);
  return false;
}

/* ---- reading ---- */

/* Make room for one more zeroed row; false when memory is gone. Capacities are powers of two. */
static bool grow(void **rows, size_t n, size_t size) {
  if ((n & (n - 1)) == 0) {
    void *more = realloc(*rows, (n ? 2 * n : 1) * size);
    if (!more) return false;
    *rows = more;
  }
  memset((char *)*rows + n * size, 0, size);
  return true;
}

static char *column_text(sqlite3_stmt *s, int column) {
  const char *text = (const char *)sqlite3_column_text(s, column);
  return text ? strdup(text) : NULL;
}

static bool take_run(sqlite3_stmt *s, IfxRuns *out) {
  void *rows = out->rows;
  if (!grow(&rows, out->n, sizeof *out->rows)) return false;
  out->rows = rows;
  IfxRun *r = &out->rows[out->n++];
  r->id = column_text(s, 0);
  r->recipe = column_text(s, 1);
  r->state = column_text(s, 2);
  r->started = sqlite3_column_double(s, 3);
  r->ended = sqlite3_column_double(s, 4);
  bool placed = sqlite3_column_type(s, 5) == SQLITE_TEXT, planned = sqlite3_column_count(s) > 6;
  if (placed) r->dir = column_text(s, 5);
  if (planned) r->plan = column_text(s, 6);
  return r->id && r->recipe && r->state && (r->dir || !placed) && (r->plan || !planned);
}

static bool take_entry(sqlite3_stmt *s, IfxEntries *out) {
  void *rows = out->rows;
  if (!grow(&rows, out->n, sizeof *out->rows)) return false;
  out->rows = rows;
  IfxEntry *e = &out->rows[out->n++];
  e->seq = sqlite3_column_int64(s, 0);
  e->op = sqlite3_column_int64(s, 1);
  e->phase = column_text(s, 2);
  e->at = sqlite3_column_double(s, 4);
  if (sqlite3_column_type(s, 3) == SQLITE_NULL) return e->phase != NULL;
  const void *data = sqlite3_column_blob(s, 3); /* NULL for an empty one, too */
  e->len = (size_t)sqlite3_column_bytes(s, 3);
  e->data = malloc(e->len ? e->len : 1);
  if (!e->data || (!data && e->len)) return false;
  if (e->len) memcpy(e->data, data, e->len);
  return e->phase != NULL;
}

static bool list_runs(IfxJournal *j, sqlite3_stmt *s, IfxRuns *out, IfxErr *err) {
  int rc;
  bool ok = true;
  *out = (IfxRuns){0};
  while (ok && (rc = sqlite3_step(s)) == SQLITE_ROW)
    if (!take_run(s, out)) ok = ifx_err_nomem(err);
  if (ok && rc != SQLITE_DONE) ok = ifx_journal_failed(j, "list the runs", err);
  done(s);
  if (!ok) ifx_journal_free_runs(out);
  return ok;
}

bool ifx_journal_runs(IfxJournal *j, IfxRuns *out, IfxErr *err) {
  return list_runs(j, j->statements[IFX_LIST_RUNS], out, err);
}

bool ifx_journal_run(IfxJournal *j, const char *prefix, IfxRuns *out, IfxErr *err) {
  if (!list_runs(j, text_bound(j, IFX_GET_RUN, prefix), out, err)) return false;
  if (out->n == 1) return true;
  if (!list_runs(j, text_bound(j, IFX_FIND_RUNS, prefix), out, err)) return false;
  if (out->n < 2) return true;
  ifx_err_set(err, IFX_E_ARGUMENT, "%s is the beginning of several runs: %s, %s%s", prefix,
              out->rows[0].id, out->rows[1].id, out->n > 2 ? " …" : "");
  ifx_err_hint(err, "give more of the id");
  ifx_journal_free_runs(out);
  return false;
}

bool ifx_journal_entries(IfxJournal *j, const char *run, IfxEntries *out, IfxErr *err) {
  int64_t last;
  int rc;
  *out = (IfxEntries){0};
  if (!last_entry(j, run, &last, err)) return false;
  sqlite3_stmt *s = text_bound(j, IFX_LIST_ENTRIES, run);
  bool ok = true;
  while (ok && (rc = sqlite3_step(s)) == SQLITE_ROW)
    if (!take_entry(s, out)) ok = ifx_err_nomem(err);
  if (ok && rc != SQLITE_DONE) ok = ifx_journal_failed(j, "list the entries", err);
  done(s);
  if (!ok) ifx_journal_free_entries(out);
  return ok;
}

void ifx_journal_free_runs(IfxRuns *runs) {
  for (size_t i = 0; i < runs->n; i++) {
    free(runs->rows[i].id);
    free(runs->rows[i].recipe);
    free(runs->rows[i].state);
    free(runs->rows[i].dir);
    free(runs->rows[i].plan);
  }
  free(runs->rows);
  *runs = (IfxRuns){0};
}

void ifx_journal_free_entries(IfxEntries *entries) {
  for (size_t i = 0; i < entries->n; i++) {
    free(entries->rows[i].phase);
    free(entries->rows[i].data);
  }
  free(entries->rows);
  *entries = (IfxEntries){0};
}
