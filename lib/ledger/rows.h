/* rows: the lines of a CSV that bidui has written, its columns found by their names, its bytes what its hash says. */
#ifndef BIDUI_LEDGER_ROWS_H
#define BIDUI_LEDGER_ROWS_H

#include "base/err.h"
#include "base/str.h"

#define ROWS_COLUMNS 32 /* at most */

/* A line: cells in the order of the columns asked for, borrowed for the call, a guard against formulas taken off. */
typedef int rows_fn(void *arg, const struct str *cells, struct err *err);

struct rows_job {
	const char *path;
	const char *const *columns;   /* a file may have further ones, in any order */
	unsigned count;
	const char *hash;             /* XXH3-128 of the file, hex */
	rows_fn *fn;
	void *arg;
};

/* 65 when the file is not what was written; lines have been given out by then. */
int rows_read(const struct rows_job *job, struct err *err) __attribute__((warn_unused_result));

#endif
