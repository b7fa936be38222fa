/* table: the accepted rows of one kind, typed, on disk. Page: docs/formats/table.md. Frame: file/frame.h.
 *
 * Rows stand in the order in which they were read: file by file in byte order of the names, each by line. A row's ordinal is its
 * place in that order, from 0, duplicates included; a duplicate's row is skipped by every reader.
 *
 * Writing (the ingest):
 *     table_create(&w, path, kind, frame, err); for each batch of rows: table_put_rows(w, &rows, err);
 *     table_commit(w, meta, err);
 * Reading:
 *     table_open(&t, path, schema, run, err);
 *     struct table_scan scan; table_scan_init(&scan, t);
 *     while ((got = table_next(&scan, &row, &ordinal, err)) == ITER_ROW) ...
 */
#ifndef BIDUI_TABLE_TABLE_H
#define BIDUI_TABLE_TABLE_H

#include "base/err.h"
#include "file/frame.h"
#include "table/row.h"
#include "table/rows.h"

#include <jansson.h>

struct table_writer;
struct table;

int table_create(struct table_writer **ret, const char *path, const struct kind *kind, const struct frame_id *id, struct err *err)
	__attribute__((warn_unused_result));
/* About how many rows will come, before the first, and how many bytes the test for duplicates may take (0: as many as are good): only for
 * how much memory it takes and how fast it is. It takes more where very many rows are of the same person. */
void table_expect(struct table_writer *w, uint64_t rows, uint64_t memory);
void table_passing(struct table_writer *w); /* io/output.h, output_passing */
/* Append rows (table/rows.h) as a block of their own; seals them. Up to 2^32 - 2 rows in all. */
int table_put_rows(struct table_writer *w, struct table_rows *rows, struct err *err) __attribute__((warn_unused_result));
/* Append a row; copies. */
int table_put(struct table_writer *w, const uint8_t *fixed, const uint8_t *texts, size_t texts_size, struct err *err)
	__attribute__((warn_unused_result));
/* A row refused for its id, of a kind with ROLE_REGISTER: kept beside the rows, for "maybe registered". */
void table_refuse(struct table_writer *w, struct str household_no, struct str name, int64_t region, struct str cleaned_id);
/* The ordinals, ascending, of the rows put so far that may turn out to be duplicates: all that will are among them. They belong to w, until
 * the next put. */
void table_suspected(const struct table_writer *w, const uint32_t **ret, size_t *ret_count);
/* Find the duplicates among the rows put (extracts.md, Accounting): a sorted array of their ordinals, which belongs to w.
 * Called once, after the last row. */
int table_duplicates(struct table_writer *w, const uint32_t **ret, size_t *ret_count, struct err *err)
	__attribute__((warn_unused_result));
/* Instead of rows: append those of another table of the kind, of one extract, which stays where it is: in the same folder, where the
 * readers of this one find it. Borrowed until commit or abort. A table has rows of its own or parts, never both. */
int table_put_part(struct table_writer *w, const struct table *part, struct err *err) __attribute__((warn_unused_result));
/* Write meta (borrowed; what table->meta will be) and make the file visible. Calls table_duplicates if nobody did. Frees w. */
int table_commit(struct table_writer *w, json_t *meta, struct err *err) __attribute__((warn_unused_result));
void table_abort(struct table_writer *w); /* NULL-safe; removes the temporary */

struct table {
	struct frame *frame;
	const struct kind *kind;
	struct table_block {
		const struct frame *frame; /* of the table or of a part */
		uint64_t at, number;    /* of its header in the file; of the block */
		uint64_t bytes;         /* of its payload */
		uint32_t rows, first;   /* ordinal of its first row */
		uint16_t file;          /* of a part: its place among the parts */
	} *blocks;                  /* of rows, in their order */
	size_t block_count, block_cap;
	struct table **parts;       /* the tables whose rows these are, when they are not in this file: one an extract */
	unsigned part_count;
	json_t *meta;               /* {"kind", "files": [{file, bytes, xxh3_128, encoding, delimiter, rows_read, ...}]} */
	uint64_t rows;              /* accepted: duplicates are not counted */
	uint32_t *duplicates;       /* ordinals, sorted */
	size_t duplicate_count;
	uint64_t *repeated;         /* keys of persons with two or more accepted rows in this kind, sorted */
	size_t repeated_count;
	struct refused_row {
		struct str household_no, name, cleaned_id;
		int64_t region;
	} *refused;
	size_t refused_count;
	struct buf refused_bytes;
};

/* Open and read all but the rows. schema and run must be those of the file (65 otherwise). */
int table_open(struct table **ret, const char *path, const struct schema *schema, const struct frame_id *id, struct err *err)
	__attribute__((warn_unused_result));
void table_close(struct table *t); /* NULL-safe */

/* A pass over the rows; any number at once, from any thread. A row lives until the next call. */
struct table_scan {
	const struct table *table;
	struct frame_scan frame;
	const uint8_t *fixed, *offsets, *heap;
	uint32_t ordinal, row, rows;
	size_t first_duplicate, next_duplicate, next_block, end_block;
};

/* The hash of a row's values: not its place, nor whether its id was weak. Equal for duplicates. */
struct row_sum row_values_hash(const struct kind *k, struct row r);

void table_scan_init(struct table_scan *s, const struct table *t);
/* A pass over the rows of the blocks [first_block .. end_block) only, of t->block_count: as the whole pass would give them. */
void table_scan_blocks(struct table_scan *s, const struct table *t, size_t first_block, size_t end_block);
enum iter table_next(struct table_scan *s, struct row *ret, uint32_t *ret_ordinal, struct err *err)
	__attribute__((warn_unused_result));
/* Instead of the rows one by one, for who asks about many at once: the next block, of s->rows rows, which are those of the ordinals from
 * s->ordinal on; they live until the next call. Duplicates are among them. */
enum iter table_next_block(struct table_scan *s, struct err *err) __attribute__((warn_unused_result));
void table_scan_release(struct table_scan *s);

/* Row i of the block in which the scan stands. */
static inline struct row table_row(const struct table_scan *s, uint32_t i)
{
	return (struct row){ s->fixed + (size_t)i * s->table->kind->stride, s->heap + le32_get(s->offsets + 4 * (size_t)i) };
}
/* The fixed part of the row `ahead` places behind the one that table_next gave last, if it is in memory already, else NULL:
 * for fetching early what will be looked up. It may be a duplicate. */
static inline const uint8_t *table_ahead(const struct table_scan *s, uint32_t ahead)
{
	uint32_t i = s->row - 1 + ahead;
	return i < s->rows ? s->fixed + (size_t)i * s->table->kind->stride : NULL;
}

/* The ordinals, ascending, of the duplicates in the block that table_next_block gave; how many. */
static inline uint32_t table_duplicates_here(const struct table_scan *s, const uint32_t **ret)
{
	*ret = s->table->duplicates + s->first_duplicate;
	return (uint32_t)(s->next_duplicate - s->first_duplicate);
}

#endif
