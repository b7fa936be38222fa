/* store: STATE/ledger.db, what is remembered from run to run: SQLite 3, one file, whole after a kill at any moment.
 *
 * What it takes away: who may read it (the folder 0700, the file 0600), a file of another program or of a newer version, a disk that
 * is full in the middle, a second process at the same time. Whatever is done between ledger_begin and ledger_commit is done whole or
 * not at all (a rollback journal, no WAL; the journal of a killed process is rolled back when the file is next opened). What is
 * deleted is overwritten with zeros. Nothing of it ever goes to a temporary file elsewhere.
 *
 *     ledger_open(&l, "state", err);
 *     ledger_begin(l, err);
 *     sqlite3_stmt *s = NULL;
 *     ledger_prepare(l, &s, "SELECT finding_id FROM lead WHERE state = ?", err);
 *     ledger_bind(s, 1, STR("open"));
 *     while ((got = ledger_step(l, s, err)) == ITER_ROW) ...
 *     sqlite3_finalize(s);
 *     ledger_commit(l, err);         // or ledger_close(l): nothing has happened
 *
 * Tables and their columns: docs/formats/ledger.md. A module with tables of its own adds a step to schema.c.
 * Errors: 65 the file is damaged, another program's or a newer version's; 73 it cannot be made, or others may read it; 74 I/O; 75
 * another process writes to it.
 */
#ifndef BIDUI_LEDGER_STORE_H
#define BIDUI_LEDGER_STORE_H

#include "base/err.h"
#include "base/str.h"
#include "file/frame.h" /* enum iter */

#include <sqlite3.h>
#include <stdbool.h>

struct ledger {
	sqlite3 *db;
	char *path, *folder;
};

/* Opens folder/ledger.db; makes the folder (not those above it), the file and its tables where they are not there. */
int ledger_open(struct ledger **ret, const char *folder, struct err *err) __attribute__((warn_unused_result));
/* Whether there is one; nothing is made. */
bool ledger_there(const char *folder);
/* One that is there already, for those that have nothing to say to an empty one. 66 where there is none. */
int ledger_open_old(struct ledger **ret, const char *folder, struct err *err) __attribute__((warn_unused_result));
void ledger_close(struct ledger *l); /* NULL-safe; what was not committed is undone */

/* From here on nobody else writes to it. */
int ledger_begin(struct ledger *l, struct err *err) __attribute__((warn_unused_result));
int ledger_commit(struct ledger *l, struct err *err) __attribute__((warn_unused_result));

int ledger_exec(struct ledger *l, const char *sql, struct err *err) __attribute__((warn_unused_result));
int ledger_prepare(struct ledger *l, sqlite3_stmt **ret, const char *sql, struct err *err) __attribute__((warn_unused_result));
/* ITER_END: it is done, and ready to be stepped anew; its parameters stay. */
enum iter ledger_step(struct ledger *l, sqlite3_stmt *s, struct err *err) __attribute__((warn_unused_result));
/* A statement that gives no rows, once. */
int ledger_run(struct ledger *l, sqlite3_stmt *s, struct err *err) __attribute__((warn_unused_result));

/* Parameters count from 1, columns from 0. Bytes are borrowed until the statement is stepped anew or finalised. */
void ledger_bind(sqlite3_stmt *s, int at, struct str text);
/* Borrowed until the next step; a NULL is empty. */
struct str ledger_text(sqlite3_stmt *s, int column);

/* What err says of the last failure of SQLite on this file; returns -1. */
int ledger_fail(struct ledger *l, struct err *err);

#endif
