/* shares: how many rows of a kind have a column null or invalid, duplicates taken out again once they are known.
 *
 * Of the rows of a batch each is remembered as the number of its pattern: one byte a row, since a kind has few patterns. Rows whose
 * pattern has no number any more are remembered in full. Of a kind only the rows that may turn out to be duplicates are remembered so.
 */
#ifndef BIDUI_INGEST_SHARES_H
#define BIDUI_INGEST_SHARES_H

#include "file/frame.h"
#include "row.h"

#define SHARES_PATTERNS 255

struct pattern {
	struct row_marks marks;
	uint64_t rows;
};

struct shares {
	struct pattern patterns[SHARES_PATTERNS];
	unsigned pattern_count, last;
	uint8_t *of_row;           /* by ordinal; SHARES_PATTERNS: among the rest */
	size_t rows, cap;
	struct rest_row {
		uint32_t ordinal;
		struct pattern pattern;
	} *rest;                   /* by ordinal */
	size_t rest_count, rest_cap;
};

static inline bool shares_same(const struct pattern *p, const struct row_marks *m)
{
	return !((p->marks.nulls ^ m->nulls) | (p->marks.empty ^ m->empty) | (p->marks.invalid ^ m->invalid));
}

void shares_add_other(struct shares *s, const struct row_marks *marks);

/* Add the next row. */
static inline void shares_add(struct shares *s, const struct row_marks *marks)
{
	if (s->last >= s->pattern_count || s->rows == s->cap || !shares_same(&s->patterns[s->last], marks)) {
		shares_add_other(s, marks);
		return;
	}
	s->patterns[s->last].rows++;
	s->of_row[s->rows++] = (uint8_t)s->last;
}

void shares_clear(struct shares *s); /* keeps the memory */
void shares_release(struct shares *s);

/* Rows of a kind. */
struct tally {
	struct column_count {
		uint64_t null, empty, invalid;
	} columns[ROW_COLUMNS_MAX];
	uint32_t rows;            /* added */
	struct shares kept;       /* of the rows that may be duplicates */
	uint32_t *ordinals;       /* of these, ascending */
	size_t kept_count, kept_cap;
};

/* Add the rows of s, in their order, behind those of t. Those among them whose ordinals are in `maybe` (ascending) may be duplicates. */
void tally_add(struct tally *t, const struct shares *s, const uint32_t *maybe, size_t count);
/* Take duplicates out: the rows with these ordinals (ascending), each of which was said to be one maybe. */
void tally_drop(struct tally *t, const uint32_t *ordinals, size_t count);
/* The stops over a kind with at least 50 accepted rows: 65 when a share is over 20 %. */
int tally_test(const struct tally *t, const struct kind *kind, uint64_t accepted, struct err *err) __attribute__((warn_unused_result));
void tally_release(struct tally *t);

#define TAG_SHARES FRAME_TAG('M', 'A', 'R', 'K')
/* A block of a reading, and back: rows that come behind those of the block before. `all` of them: before duplicates are taken out.
 * shares_take: -1 when the block is broken; else as tally_add. */
int shares_put(const struct shares *all, struct frame_writer *w, struct err *err) __attribute__((warn_unused_result));
int shares_take(struct tally *t, const struct frame_block *b, const uint32_t *maybe, size_t count) __attribute__((warn_unused_result));

#endif
