/* rows: accepted rows on their way into a table, with what the table needs to know of each.
 *
 * Any thread fills a batch of its own; the writer takes whole batches (table_put_rows), one after the other.
 *
 *     table_rows_begin(&rows, kind);
 *     fixed = table_rows_next(&rows);        // fill kind->stride bytes, and append the texts to rows.texts
 *     table_rows_keep(&rows);                // or go on with table_rows_drop(&rows)
 *     table_rows_seal(&rows);                // at last
 */
#ifndef BIDUI_TABLE_ROWS_H
#define BIDUI_TABLE_ROWS_H

#include "base/mem.h"
#include "file/frame.h"
#include "schema/schema.h"

struct table_rows {
	const struct kind *kind;
	struct buf fixed;      /* rows * stride bytes */
	struct buf texts;      /* of all rows, as in table/row.h */
	uint32_t *starts;      /* of each row's texts, and behind the last */
	uint64_t *fingerprints; /* for the test for duplicates: fingerprints.h */
	uint32_t rows, cap;
	struct row_sum sum;
	struct buf refused;    /* rows refused for their id, as they stand in the table */
	uint32_t refused_count;
	uint64_t checksum;     /* of the block that these rows are going to be; with sealed */
	bool sealed;
};

void table_rows_begin(struct table_rows *b, const struct kind *kind); /* also of one that was used: keeps its memory */
/* Room for n more rows, one behind the other: what table_rows_next gives for the first of them. */
uint8_t *table_rows_room(struct table_rows *b, uint32_t n);
static inline uint8_t *table_rows_next(struct table_rows *b)
{
	return b->rows < b->cap ? (uint8_t *)b->fixed.p + b->fixed.n : table_rows_room(b, 1);
}
void table_rows_keep(struct table_rows *b);
/* The same of the next n rows, which stand in their room already; the caller has noted where the texts of each end: starts[rows + 1 ..]. */
void table_rows_keep_many(struct table_rows *b, uint32_t n);
static inline void table_rows_drop(struct table_rows *b) { b->texts.n = b->starts[b->rows]; }
/* A row refused for its id, of a kind with ROLE_REGISTER: kept beside the rows, for "maybe registered". */
void table_rows_refuse(struct table_rows *b, struct str household_no, struct str name, int64_t region, struct str cleaned_id);
/* No more rows follow. Works out what of the block does not depend on those before; table_put_rows does it for who has not. */
void table_rows_seal(struct table_rows *b);
void table_rows_release(struct table_rows *b);

#endif
