/* writer: a table being written, as the files of this module share it. */
#ifndef BIDUI_TABLE_WRITER_H
#define BIDUI_TABLE_WRITER_H

#include "filter.h"
#include "fingerprints.h"
#include "table/rows.h"
#include "table/table.h"

#define ROW_STRIDE_MAX 512

struct table_writer {
	struct frame_writer *frame;
	const struct kind *kind;
	uint32_t rows;           /* in blocks written */
	struct row_sum sum;
	struct put_block {
		uint64_t at, bytes; /* of the payload in the file */
		uint32_t rows;
		int fd;             /* of a part; -1: of the file that is written */
	} *put;                  /* the blocks written, or those of the parts */
	size_t put_count, put_cap;
	struct filter seen;
	uint64_t memory;         /* that the test for duplicates may take, or 0 */
	uint64_t key_mask;       /* the bits of a fingerprint that are the key */
	struct fingerprints fingerprints; /* of the rows seen */
	uint32_t rows_seen;
	uint64_t *suspects;      /* keys that may have been seen before */
	uint32_t *suspected;     /* the ordinals of their rows */
	size_t suspect_count, suspect_cap;
	bool settled;            /* duplicates and repeated are known */
	uint32_t *duplicates;
	size_t duplicate_count, duplicate_cap;
	uint64_t *repeated;
	size_t repeated_count, repeated_cap;
	struct table_rows single; /* of table_put and table_refuse, not yet written */
	const struct table **parts;
	unsigned part_count, part_cap;
	uint32_t *known;         /* ordinals of rows that are duplicates within their part: the sum is without them */
	size_t known_count, known_cap;
	struct buf refused;
	uint32_t refused_count;
};

/* Write the rows that came one by one. */
int put_single_rows(struct table_writer *w, struct err *err);
/* See the fingerprints of the next rows, and suspect those whose key may have been seen before. */
int see_rows(struct table_writer *w, const uint64_t *fingerprints, uint32_t n, struct err *err) __attribute__((warn_unused_result));
/* The same of all rows of the parts. */
int see_parts(struct table_writer *w, struct err *err);
int put_part_names(struct table_writer *w, struct err *err);

#define ROWS_PARTS 4
/* The payload of the block that sealed rows are: docs/formats/table.md. head is the caller's memory for the first part. */
void table_rows_parts(const struct table_rows *b, uint8_t head[4], struct str parts[ROWS_PARTS]);
/* What two equal rows have in common and few others: the person, or all values where no person is named. */
uint64_t row_key(const struct kind *k, struct row r);

#endif
