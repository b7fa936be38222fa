/* shares: how many rows of a kind have a column null or invalid, duplicates taken out again once they are known.
 *
 * A row is remembered as the number of its pattern: one byte a row, since a kind has few patterns. Rows whose pattern has no number
 * any more are remembered in full.
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

/* Add the rows of more, in their order, behind those of s. */
void shares_join(struct shares *s, const struct shares *more);
void shares_clear(struct shares *s); /* keeps the memory */
/* Take the rows with these ordinals (sorted) out. */
void shares_drop(struct shares *s, const uint32_t *ordinals, size_t count);
void shares_release(struct shares *s);

#define TAG_SHARES FRAME_TAG('M', 'A', 'R', 'K')
/* A block of a reading, and back: its rows are added behind those of s. -1: it is broken. Of all rows: before shares_drop. */
int shares_put(const struct shares *s, struct frame_writer *w, struct err *err) __attribute__((warn_unused_result));
int shares_take(struct shares *s, const struct frame_block *b) __attribute__((warn_unused_result));

/* The stops over a kind with at least 50 accepted rows: 65 when a share is over 20 %. */
int shares_test(const struct shares *s, const struct kind *kind, uint64_t accepted, struct err *err)
	__attribute__((warn_unused_result));

#endif
