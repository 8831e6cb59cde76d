/* journal_db.h: the open database, shared by journal.c and journal_open.c only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_JOURNAL_DB_H
#define IFX_JOURNAL_DB_H

#include <sqlite3.h>

#include "journal.h"

typedef enum {
  IFX_BEGIN,
  IFX_COMMIT,
  IFX_ROLLBACK,
  IFX_ADD_RUN,
  IFX_ADD_PLAN,
  IFX_SET_STATE,
  IFX_LAST_SEQ,
  IFX_ADD_ENTRY,
  IFX_LIST_RUNS,
  IFX_GET_RUN,
  IFX_FIND_RUNS,
  IFX_LIST_ENTRIES,
  IFX_STATEMENTS
} IfxStatement;

struct IfxJournal {
  sqlite3 *db;
  sqlite3_stmt *statements[IFX_STATEMENTS];
  char path[]; /* for errors */
};

/* Fill `err` from the database's last error, with the journal as its file. Always returns false. */
bool ifx_journal_failed(IfxJournal *j, const char *what, IfxErr *err);

#endif
