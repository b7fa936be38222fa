/* frame: what every file between stages has in common. Page: docs/formats/frame.md.
 *
 *   header   magic, type, version, schema hash, run hash, checksum
 *   block*   tag, rows, bytes, XXH3-64 of the payload, a checksum of these seeded with the block's number; the payload
 *   end      tag "END ", blocks, rows, 128-bit sum of row hashes, a hash of the header and of all block headers, checksum; nothing may follow
 *
 * A file that is cut, damaged, has blocks lost, doubled or swapped, is of another type, version, schema or run is refused (65).
 *
 *     frame_create(&w, path, FRAME_TABLE, id, err);
 *     frame_put(w, TAG, payload, n, rows, err); ... frame_commit(w, err);
 *
 *     frame_open(&f, path, FRAME_TABLE, id, err);          // reads and checks header and end
 *     struct frame_scan s = { f };
 *     while ((got = frame_next(&s, &block, err)) == ITER_ROW) ...
 */
#ifndef BIDUI_FILE_FRAME_H
#define BIDUI_FILE_FRAME_H

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

#define FRAME_TAG(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

#define FRAME_BLOCK 32 /* bytes of a block's header */

enum iter { ITER_ROW, ITER_END, ITER_ERROR };

enum frame_type {
	FRAME_TABLE = FRAME_TAG('T', 'A', 'B', 'L'),
	FRAME_DOSSIER = FRAME_TAG('D', 'O', 'S', 'S'),
	FRAME_FINDING = FRAME_TAG('F', 'I', 'N', 'D'),
	FRAME_READING = FRAME_TAG('R', 'E', 'A', 'D'),
	FRAME_DUES = FRAME_TAG('D', 'U', 'E', 'S'),
	FRAME_STATE = FRAME_TAG('S', 'T', 'A', 'T'),
	FRAME_REGISTERED = FRAME_TAG('R', 'E', 'G', 'I'),
};

/* What a file belongs to. Two files with another schema or run never mix. */
struct frame_id {
	uint8_t schema[16];
	uint8_t run[16];   /* hash of the as-of date and the run's name */
};

/* The id of files made with these schemas for this as-of date (days since 1900-01-01) in the run of this name ("" where a run has none). */
void frame_id_make(struct frame_id *ret, const uint8_t schema[16], int32_t as_of, const char *run);

/* The order-free 128-bit sum of row hashes: XXH3-128 of each row's bytes, added up modulo 2^128. */
struct row_sum {
	uint64_t low, high;
};
void row_sum_add(struct row_sum *sum, struct row_sum more);
void row_sum_take(struct row_sum *sum, struct row_sum less);
#define ROW_SUM_HEX 33
void row_sum_print(struct row_sum sum, char out[ROW_SUM_HEX]); /* 32 hex digits, the highest first */
int row_sum_parse(struct str text, struct row_sum *ret);       /* -1 when it is none */
bool row_sum_equal(struct row_sum a, struct row_sum b);
struct row_sum row_hash(const void *a, size_t an, const void *b, size_t bn); /* of the two parts of a row */

struct frame_writer;
int frame_create(struct frame_writer **ret, const char *path, enum frame_type type, const struct frame_id *id, struct err *err)
	__attribute__((warn_unused_result));
int frame_put(struct frame_writer *w, uint32_t tag, const void *payload, size_t n, uint32_t rows, struct err *err)
	__attribute__((warn_unused_result));
/* The same of a payload that stands in parts, up to OUTPUT_PARTS - 1, and whose checksum any thread has worked out before. *ret_at: the
 * offset of the payload in the file. */
uint64_t frame_checksum(const struct str *parts, unsigned count);
int frame_put_parts(struct frame_writer *w, uint32_t tag, const struct str *parts, unsigned count, uint64_t checksum, uint32_t rows,
                    uint64_t *ret_at, struct err *err) __attribute__((warn_unused_result));
void frame_rows(struct frame_writer *w, uint64_t rows, struct row_sum sum); /* what the end mark says */
void frame_passing(struct frame_writer *w); /* output_passing */
void frame_later(struct frame_writer *w);   /* output_later */
int frame_commit(struct frame_writer *w, struct err *err) __attribute__((warn_unused_result));
void frame_abort(struct frame_writer *w); /* NULL-safe */

struct frame {
	int fd;
	char *path;
	enum frame_type type;
	uint64_t size;          /* bytes */
	uint64_t end_at;        /* offset of the end mark */
	uint64_t blocks, rows;
	uint64_t head, chain;   /* checksum of the header; hash of it and of the headers of all blocks */
	struct row_sum sum;
	struct frame_id id;
};

/* id may be NULL: any schema and run. */
int frame_open(struct frame **ret, const char *path, enum frame_type type, const struct frame_id *id, struct err *err)
	__attribute__((warn_unused_result));
void frame_close(struct frame *f); /* NULL-safe */

struct frame_block {
	uint32_t tag, rows;
	const uint8_t *p; /* lives until the next call */
	size_t n;
	uint64_t number;  /* of the block, from 0 */
	uint64_t at;      /* offset of its header in the file; FRAME_BLOCK before that of its payload */
	uint64_t checksum; /* of its payload */
};

struct frame_scan {
	const struct frame *frame;
	uint32_t skip;          /* blocks with this tag are stepped over: p is NULL */
	uint64_t at, number;    /* 0: at the start */
	uint64_t chain;         /* of what was read; compared at the end of a scan from the start */
	bool whole;
	struct buf buf;
};

enum iter frame_next(struct frame_scan *s, struct frame_block *ret, struct err *err) __attribute__((warn_unused_result));
void frame_scan_release(struct frame_scan *s);

/* The same in two steps: to the next block, of which p is NULL; and what it holds into *to, checked, from any thread. b->p then lives as
 * long as *to is left alone. */
enum iter frame_step(struct frame_scan *s, struct frame_block *ret, struct err *err) __attribute__((warn_unused_result));
int frame_payload(const struct frame *f, struct frame_block *b, struct buf *to, struct err *err) __attribute__((warn_unused_result));

/* Bytes of the file as they stand, unchecked: for coming back to what frame_next has given. From any thread. */
int frame_read(const struct frame *f, void *p, size_t n, uint64_t at, struct err *err) __attribute__((warn_unused_result));

/* Read back what a writer has put so far: *ret borrows the writer's file and needs no frame_close. */
int frame_view(struct frame_writer *w, struct frame *ret, struct err *err) __attribute__((warn_unused_result));

#endif
