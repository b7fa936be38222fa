/* lines: named cells, a line at a time, as CSV or NDJSON, with the columns that were asked for. */
#ifndef BIDUI_CMD_SHOW_LINES_H
#define BIDUI_CMD_SHOW_LINES_H

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct lines {
	bool json;
	uint64_t most, count;       /* lines to show, shown */
	const char *wanted;         /* "a,b", or NULL for all */
	struct str *names;          /* of all columns */
	unsigned name_count, name_cap;
	unsigned *order;            /* columns to print */
	unsigned order_count, order_cap;
	struct buf *cells;          /* of the line being filled, by column */
	struct buf out;
};

void lines_column(struct lines *l, struct str name); /* before the first line; name outlives l */
/* After the last column: settle which are shown. 64 for a column that is not there. */
int lines_begin(struct lines *l, struct err *err);
/* The cell of a column of the line being filled. */
static inline struct buf *lines_cell(struct lines *l, unsigned column) { return &l->cells[column]; }
/* Print the line. False when there are enough. */
bool lines_put(struct lines *l);
void lines_release(struct lines *l);

struct show_job {
	const char *path, *schemas, *pack;
	bool refused;               /* of a table: not its rows, but those refused for their id */
};
int show(const struct show_job *job, struct lines *lines, struct err *err);

#endif
