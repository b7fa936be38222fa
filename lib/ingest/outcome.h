/* outcome: the two lists of what an ingest did not take as it came: rows refused, and values made null.
 *
 * On its way a line is an entry: u32 ordinal of its row (0 of a row refused), u32 bytes, the line. Rejects go straight to their file.
 * Invalid values wait in a spool (memory, then an unnamed file beside their list) until the duplicates are known, whose values are not
 * listed. Instead of two files a reading (ingest/parts.h) takes the entries, without the name of the extract that every line begins
 * with: it may have another one when the lists are made.
 */
#ifndef BIDUI_INGEST_OUTCOME_H
#define BIDUI_INGEST_OUTCOME_H

#include "base/mem.h"
#include "file/frame.h"
#include "io/output.h"
#include "value/reason.h"

#define ENTRY_HEAD 8
#define TAG_REJECTS FRAME_TAG('R', 'E', 'J', 'E')
#define TAG_INVALID FRAME_TAG('I', 'N', 'V', 'A')

struct entry {
	uint32_t ordinal;
	struct str line;
};
/* The entry at p, of n bytes that are there. Returns its bytes; 0 when they are not all there. */
size_t entry_get(const char *p, size_t n, struct entry *ret);

/* Where one of the two goes. */
struct outlet {
	struct output *list;          /* or NULL: */
	struct frame_writer *reading; /* borrowed */
	uint32_t tag;                 /* of its blocks in the reading */
	size_t skip;                  /* bytes of each line that the reading does without */
	struct buf text;              /* not yet written */
};

struct outcome {
	struct outlet rejects, invalid;
	char *spool_path;       /* the spool is made beside it */
	struct buf spool;       /* of invalid values: ordinal, bytes, the line */
	int spool_fd;           /* what did not fit in memory; -1 while there is nothing */
	uint64_t spool_size;    /* bytes in it */
};

/* Into a reading, which belongs to the caller, of the extract of this name. */
void outcome_open_reading(struct outcome *o, struct frame_writer *reading, const char *reading_path, const char *name);
int outcome_open(struct outcome *o, const char *rejects_path, const char *invalid_path, struct err *err)
	__attribute__((warn_unused_result));
/* An entry of rejects, appended to out. column: empty where none is at fault. row: as it came; bytes that are no UTF-8 become U+FFFD. */
void outcome_put_reject(struct buf *out, const char *file, uint64_t line, struct str column, enum reason reason, struct str row);
/* An entry of invalid values, appended to out; the ordinal is counted from the first row of a batch. */
void outcome_put_invalid(struct buf *out, uint32_t ordinal, const char *file, uint64_t line, struct str column, enum reason reason,
                         struct str value);
/* Take what a batch, whose first row has this ordinal, made of the two. */
int outcome_take(struct outcome *o, const struct buf *rejects, const struct buf *invalid, uint32_t ordinal, struct err *err)
	__attribute__((warn_unused_result));
/* Write the invalid values but those of the duplicates (sorted ordinals); kept(arg, ordinal) is called for each one written. */
int outcome_settle(struct outcome *o, const uint32_t *duplicates, size_t count, void (*kept)(void *arg, uint32_t ordinal), void *arg,
                   struct err *err) __attribute__((warn_unused_result));
/* Write and close both, then make both visible: nothing is visible before all is on the disk. A reading is the caller's. */
int outcome_seal(struct outcome *o, struct err *err) __attribute__((warn_unused_result));
int outcome_commit(struct outcome *o, struct err *err) __attribute__((warn_unused_result));
void outcome_abort(struct outcome *o); /* also after a commit: then it only releases */

#endif
