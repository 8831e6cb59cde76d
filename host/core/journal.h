/* journal.h: the durable record of runs (SQLite, WAL, synchronous=FULL). SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_JOURNAL_H
#define IFX_JOURNAL_H

#include "err.h"

/* What a function has returned true for survives a crash of the program and of the machine. One
 * journal may be used from any thread, by one call at a time; several processes may have the same
 * file open. Errors: conflict (with retry) when another process held the file longer than the
 * timeout; permission, io, memory as they come. */
typedef struct IfxJournal IfxJournal;

typedef struct IfxRun {
  char *id, *recipe, *state;
  char *dir;      /* where it works; NULL: an older ifx did not note it */
  char *plan;     /* NULL where many runs are listed */
  double started; /* Unix seconds */
  double ended;   /* 0: it is running */
} IfxRun;

typedef struct IfxEntry {
  int64_t seq; /* from 1, without gaps, in each run; not read by ifx_journal_record */
  int64_t op;  /* which operation of the plan */
  char *phase;
  void *data; /* opaque; NULL: none */
  size_t len;
  double at; /* Unix seconds; not read by ifx_journal_record */
} IfxEntry;

typedef struct IfxRuns {
  IfxRun *rows;
  size_t n;
} IfxRuns;

typedef struct IfxEntries {
  IfxEntry *rows;
  size_t n;
} IfxEntries;

/* Open the journal at `path`, made when absent: missing folders with mode 0700, the file with 0600.
 * Refused, kind unsupported: a journal of a newer version, a file that is something else, a file
 * system without WAL. busy_ms: how long any call waits for another process. NULL on failure. */
IfxJournal *ifx_journal_open(const char *path, int busy_ms, IfxErr *err);
void ifx_journal_close(IfxJournal *j); /* NULL is harmless */

/* A new run in state "running"; kind exists when the id is taken. */
bool ifx_journal_begin_run(IfxJournal *j, const char *id, const char *recipe, const char *dir,
                           const char *plan, IfxErr *err);

/* Add the entries in their order, all or none, by one commit. *last_seq: of the last entry of the
 * run. Kinds: not_found for an unknown run, argument for an unknown phase. */
bool ifx_journal_record(IfxJournal *j, const char *run, const IfxEntry *entries, size_t n,
                        int64_t *last_seq, IfxErr *err);

/* Kinds: not_found for an unknown run, argument for an unknown state. */
bool ifx_journal_state(IfxJournal *j, const char *run, const char *state, IfxErr *err);

/* All runs, newest first, without their plans. */
bool ifx_journal_runs(IfxJournal *j, IfxRuns *out, IfxErr *err);

/* The run of that id, or the only one whose id begins with it, with its plan: one row, or none when
 * there is no such run. Kind argument when several begin with it. */
bool ifx_journal_run(IfxJournal *j, const char *prefix, IfxRuns *out, IfxErr *err);

/* The entries of a run in the order of their recording; kind not_found for an unknown run. */
bool ifx_journal_entries(IfxJournal *j, const char *run, IfxEntries *out, IfxErr *err);

/* Free what was listed and reset to empty; harmless when repeated. The lists are empty after a
 * failure. */
void ifx_journal_free_runs(IfxRuns *runs);
void ifx_journal_free_entries(IfxEntries *entries);

#endif
