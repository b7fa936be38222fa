/* whole: what only all extracts of a kind together can tell: which rows are duplicates, what that makes of the counts of each file,
 * and whether a share stops the run.
 */
#ifndef BIDUI_INGEST_WHOLE_H
#define BIDUI_INGEST_WHOLE_H

#include "ingest/ingest.h"
#include "shares.h"

struct whole {
	const struct kind *kind;
	const struct ingest_file *files; /* borrowed; only their names are asked for */
	unsigned file_count;
	struct ingest_count *counts;
	uint32_t *first_ordinal;         /* of each file, and behind the last one; of duplicates too */
	struct tally tally;              /* of all rows */
};

void whole_init(struct whole *w, const struct kind *kind, const struct ingest_file *files, unsigned file_count);
void whole_release(struct whole *w);
int whole_check_files(const struct whole *w, struct err *err) __attribute__((warn_unused_result)); /* 65: too many */
/* Count these rows (sorted ordinals), which counted as accepted before, as duplicates. */
void whole_duplicates(struct whole *w, const uint32_t *duplicates, size_t count);
/* The stops on shares (65), without the duplicates. */
int whole_test(struct whole *w, const uint32_t *duplicates, size_t count, struct err *err) __attribute__((warn_unused_result));
/* What the table says of itself. */
json_t *whole_meta(const struct whole *w);

struct whole_cursor {
	struct whole *whole;
	unsigned file;
};
/* Count a value that was made null; arg is a cursor, ordinals come in order. For outcome_settle. */
void whole_count_invalid(void *arg, uint32_t ordinal);

#endif
