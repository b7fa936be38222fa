/* writer: a table being written, as the files of this module share it. */
#ifndef BIDUI_TABLE_WRITER_H
#define BIDUI_TABLE_WRITER_H

#include "filter.h"
#include "table/rows.h"
#include "table/table.h"

#define ROW_STRIDE_MAX 512

struct table_writer {
	struct frame_writer *frame;
	const struct kind *kind;
	struct buf fixed, offsets, heap;     /* of the block that is being filled */
	uint32_t rows, block_rows;
	struct row_sum sum;
	struct put_block {
		uint64_t at, bytes; /* of the payload in the file */
		uint32_t rows;
	} *put;                  /* the blocks written */
	size_t put_count, put_cap;
	struct filter seen;
	uint64_t *suspects;      /* keys that may have been seen before */
	size_t suspect_count, suspect_cap;
	bool settled;            /* duplicates and repeated are known */
	uint32_t *duplicates;
	size_t duplicate_count, duplicate_cap;
	uint64_t *repeated;
	size_t repeated_count, repeated_cap;
	struct table_rows single; /* of table_put */
	struct buf refused;
	uint32_t refused_count;
};

/* Write the block that is being filled. */
int put_block(struct table_writer *w, struct err *err);
/* What two equal rows have in common and few others: the person, or all values where no person is named. */
uint64_t row_key(const struct kind *k, struct row r);

#endif
