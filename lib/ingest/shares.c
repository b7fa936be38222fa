#include "shares.h"

#include "base/bytes.h"

#include <stdlib.h>

#define ROWS_MIN 50   /* accepted rows of a kind, or non-empty values of a column, below which nothing is asked */
#define SHARE_MAX 20  /* percent */

/* The number of a pattern; SHARES_PATTERNS when there is none left. */
static unsigned number_of(struct shares *s, const struct row_marks *marks)
{
	unsigned i = s->last;
	if (i < s->pattern_count && shares_same(&s->patterns[i], marks))
		return i;
	for (i = 0; i < s->pattern_count; i++)
		if (shares_same(&s->patterns[i], marks))
			break;
	if (i == s->pattern_count && i < SHARES_PATTERNS)
		s->patterns[s->pattern_count++] = (struct pattern){ *marks, 0 };
	s->last = i;
	return i;
}

void shares_add_other(struct shares *s, const struct row_marks *marks)
{
	unsigned number = number_of(s, marks);
	if (number < SHARES_PATTERNS) {
		s->patterns[number].rows++;
	} else {
		struct rest_row row = { (uint32_t)s->rows, { *marks, 1 } };
		VEC_PUSH(s->rest, s->rest_count, s->rest_cap, row);
	}
	VEC_PUSH(s->of_row, s->rows, s->cap, (uint8_t)number);
}

void shares_join(struct shares *s, const struct shares *more)
{
	uint8_t number[SHARES_PATTERNS + 1];
	size_t r = 0;
	for (unsigned i = 0; i < more->pattern_count; i++) {
		number[i] = (uint8_t)number_of(s, &more->patterns[i].marks);
		if (number[i] < SHARES_PATTERNS)
			s->patterns[number[i]].rows += more->patterns[i].rows;
	}
	while (s->cap < s->rows + more->rows) {
		s->cap = s->cap ? 2 * s->cap : 4096;
		s->of_row = mem_grow(s->of_row, s->cap, 1);
	}
	bool all_numbered = !more->rest_count;
	for (unsigned i = 0; i < more->pattern_count; i++)
		all_numbered = all_numbered && number[i] < SHARES_PATTERNS;
	for (size_t i = 0; i < more->rows && all_numbered; i++) /* nearly always */
		s->of_row[s->rows + i] = number[more->of_row[i]];
	for (size_t i = 0; i < more->rows && !all_numbered; i++) {
		unsigned local = more->of_row[i];
		const struct row_marks *marks = local < SHARES_PATTERNS ? &more->patterns[local].marks : NULL;
		s->of_row[s->rows + i] = local < SHARES_PATTERNS ? number[local] : SHARES_PATTERNS;
		if (s->of_row[s->rows + i] < SHARES_PATTERNS)
			continue;
		if (local == SHARES_PATTERNS)
			marks = &more->rest[r++].pattern.marks;
		struct rest_row row = { (uint32_t)(s->rows + i), { *marks, 1 } };
		VEC_PUSH(s->rest, s->rest_count, s->rest_cap, row);
	}
	s->rows += more->rows;
}

void shares_clear(struct shares *s)
{
	s->rows = s->rest_count = 0;
	s->pattern_count = s->last = 0;
}

void shares_drop(struct shares *s, const uint32_t *ordinals, size_t count)
{
	size_t r = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned number = s->of_row[ordinals[i]];
		if (number < SHARES_PATTERNS) {
			s->patterns[number].rows--;
			continue;
		}
		while (s->rest[r].ordinal < ordinals[i])
			r++;
		s->rest[r].pattern.rows = 0;
	}
}

static void put_pattern(struct buf *b, const struct pattern *p)
{
	put64(b, p->marks.nulls);
	put64(b, p->marks.empty);
	put64(b, p->marks.invalid);
	put64(b, p->rows);
}

static void take_pattern(struct reader *r, struct pattern *p)
{
	p->marks.nulls = take64(r);
	p->marks.empty = take64(r);
	p->marks.invalid = take64(r);
	p->rows = take64(r);
}

int shares_put(const struct shares *s, struct frame_writer *w, struct err *err)
{
	struct buf head = { 0 };
	uint64_t ignored;
	put32(&head, s->pattern_count);
	put64(&head, s->rest_count);
	for (unsigned i = 0; i < s->pattern_count; i++)
		put_pattern(&head, &s->patterns[i]);
	for (size_t i = 0; i < s->rest_count; i++) {
		put32(&head, s->rest[i].ordinal);
		put_pattern(&head, &s->rest[i].pattern);
	}
	struct str parts[] = { buf_str(&head), { (const char *)s->of_row, s->rows } };
	int r = frame_put_parts(w, TAG_SHARES, parts, 2, frame_checksum(parts, 2), (uint32_t)s->rows, &ignored, err);
	buf_release(&head);
	return r;
}

int shares_take(struct shares *s, const struct frame_block *b)
{
	struct reader r = { b->p, b->p + b->n, false };
	struct shares *more = mem_alloc(sizeof *more);
	more->pattern_count = take32(&r);
	more->rest_count = take64(&r);
	bool fits = more->pattern_count <= SHARES_PATTERNS && more->rest_count <= b->rows;
	for (unsigned i = 0; fits && i < more->pattern_count; i++)
		take_pattern(&r, &more->patterns[i]);
	more->rest = fits ? mem_grow(NULL, more->rest_count + 1, sizeof *more->rest) : NULL;
	for (size_t i = 0; fits && i < more->rest_count; i++) {
		more->rest[i].ordinal = take32(&r);
		take_pattern(&r, &more->rest[i].pattern);
	}
	more->rows = b->rows;
	more->of_row = (uint8_t *)take(&r, b->rows); /* borrowed, and only read */
	size_t rest = 0;
	for (size_t i = 0; more->of_row && i < more->rows && fits; i++) {
		rest += more->of_row[i] == SHARES_PATTERNS;
		fits = more->of_row[i] == SHARES_PATTERNS || more->of_row[i] < more->pattern_count;
	}
	fits = fits && !r.failed && r.p == r.end && rest == more->rest_count;
	if (fits)
		shares_join(s, more);
	free(more->rest);
	free(more);
	return fits ? 0 : -1;
}

void shares_release(struct shares *s)
{
	free(s->of_row);
	free(s->rest);
	*s = (struct shares){ 0 };
}

/* Rows in which a column is ... */
struct column_count {
	uint64_t null, empty, invalid;
};

static void count(const struct pattern *p, unsigned column, struct column_count *n)
{
	n->null += p->marks.nulls >> column & 1 ? p->rows : 0;
	n->empty += p->marks.empty >> column & 1 ? p->rows : 0;
	n->invalid += p->marks.invalid >> column & 1 ? p->rows : 0;
}

static struct column_count count_column(const struct shares *s, unsigned column)
{
	struct column_count n = { 0 };
	for (unsigned i = 0; i < s->pattern_count; i++)
		count(&s->patterns[i], column, &n);
	for (size_t i = 0; i < s->rest_count; i++)
		count(&s->rest[i].pattern, column, &n);
	return n;
}

static bool is_coded(enum type t)
{
	return t == TYPE_ENUM || t == TYPE_BOOL || t == TYPE_GRADE || t == TYPE_DATE || t == TYPE_YEAR || t == TYPE_REGION;
}

static bool over(uint64_t part, uint64_t whole)
{
	return part * 100 > whole * SHARE_MAX;
}

int shares_test(const struct shares *s, const struct kind *kind, uint64_t accepted, struct err *err)
{
	if (accepted < ROWS_MIN)
		return 0;
	for (unsigned c = 0; c < kind->column_count; c++) {
		const struct column *column = &kind->columns[c];
		struct column_count n = count_column(s, c);
		uint64_t filled = accepted - n.empty;
		if (is_coded(column->type) && filled >= ROWS_MIN && over(n.invalid, filled))
			return err_set(err, STATUS_DATA, "%.*s: column %.*s: %llu of %llu values are not known; see whether the sender's "
			               "code list has changed", STR_ARG(kind->name), STR_ARG(column->name),
			               (unsigned long long)n.invalid, (unsigned long long)filled);
		if (column->required && !column->may_be_null && over(n.null, accepted))
			return err_set(err, STATUS_DATA, "%.*s: column %.*s: is empty or invalid in %llu of %llu rows; ask the sender for a "
			               "whole extract", STR_ARG(kind->name), STR_ARG(column->name), (unsigned long long)n.null,
			               (unsigned long long)accepted);
	}
	return 0;
}
