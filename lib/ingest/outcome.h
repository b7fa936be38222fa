/* outcome: the two lists of what an ingest did not take as it came: rows refused, and values made null.
 *
 * Rejects go straight to their file. Invalid values wait in a spool (memory, then an unnamed file beside their list) until the
 * duplicates are known, whose values are not listed.
 */
#ifndef BIDUI_INGEST_OUTCOME_H
#define BIDUI_INGEST_OUTCOME_H

#include "base/mem.h"
#include "io/output.h"
#include "value/reason.h"

struct outcome {
	struct output *rejects, *invalid;
	char *invalid_path;
	struct buf text;        /* of rejects, not yet written */
	struct buf spool;       /* of invalid values: ordinal, bytes, the line */
	int spool_fd;           /* what did not fit in memory; -1 while there is nothing */
	uint64_t spool_size;    /* bytes in it */
};

int outcome_open(struct outcome *o, const char *rejects_path, const char *invalid_path, struct err *err)
	__attribute__((warn_unused_result));
/* A line of rejects, appended to out. column: empty where none is at fault. row: as it came; bytes that are no UTF-8 become U+FFFD. */
void outcome_put_reject(struct buf *out, const char *file, uint64_t line, struct str column, enum reason reason, struct str row);
/* An entry of the spool, appended to out; the ordinal is counted from the first row of a batch. */
void outcome_put_invalid(struct buf *out, uint32_t ordinal, const char *file, uint64_t line, struct str column, enum reason reason,
                         struct str value);
/* Take what a batch, whose first row has this ordinal, made of the two. */
int outcome_take(struct outcome *o, const struct buf *rejects, const struct buf *invalid, uint32_t ordinal, struct err *err)
	__attribute__((warn_unused_result));
/* Write the invalid values but those of the duplicates (sorted ordinals); kept(arg, ordinal) is called for each one written. */
int outcome_settle(struct outcome *o, const uint32_t *duplicates, size_t count, void (*kept)(void *arg, uint32_t ordinal), void *arg,
                   struct err *err) __attribute__((warn_unused_result));
/* Make both visible. */
int outcome_commit(struct outcome *o, struct err *err) __attribute__((warn_unused_result));
void outcome_abort(struct outcome *o); /* also after a commit: then it only releases */

#endif
