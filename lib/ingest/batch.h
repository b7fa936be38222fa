/* batch: what has been made of some rows of a file, before it goes into the table: a thread's work on its own.
 *
 * Ordinals in it are counted from its first accepted row; what comes before is known when its turn comes.
 */
#ifndef BIDUI_INGEST_BATCH_H
#define BIDUI_INGEST_BATCH_H

#include "csv/reader.h"
#include "row.h"
#include "shares.h"
#include "table/rows.h"
#include "text/decode.h"

/* A file that is being read, as its rows need it. */
struct reading {
	const char *name;
	unsigned file;
	int *columns;           /* as in struct extract */
	size_t width;
	enum encoding encoding; /* of its text: ENCODING_UTF8 where it has been decoded */
	struct csv_rules rules;
	struct ingest_count *count;
	uint64_t badly_encoded; /* rows */
};

struct batch {
	struct table_rows rows;
	struct shares shares;
	struct buf rejects, invalid; /* as outcome.h says */
	uint64_t rows_read, rejected, blank, badly_encoded;
};

void batch_begin(struct batch *b, const struct kind *kind); /* also of a zeroed one, and one that was used */
/* Take a record. -1 when the table cannot name its line. */
int batch_take(struct batch *b, struct row_builder *row, const struct reading *r, const struct csv_record *record, struct err *err)
	__attribute__((warn_unused_result));
/* Take many. */
int batch_take_run(struct batch *b, struct row_builder *row, const struct reading *r, const struct csv_run *run, struct err *err)
	__attribute__((warn_unused_result));
void batch_release(struct batch *b);

#endif
