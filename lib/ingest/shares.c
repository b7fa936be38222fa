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

void shares_clear(struct shares *s)
{
	s->rows = s->rest_count = 0;
	s->pattern_count = s->last = 0;
}

void shares_release(struct shares *s)
{
	free(s->of_row);
	free(s->rest);
	*s = (struct shares){ 0 };
}

/* ---- a kind ------------------------------------------------------------------------------------------------------------------------------ */

static void count(struct tally *t, const struct pattern *p)
{
	for (uint64_t m = p->marks.nulls; m; m &= m - 1)
		t->columns[__builtin_ctzll(m)].null += p->rows;
	for (uint64_t m = p->marks.empty; m; m &= m - 1)
		t->columns[__builtin_ctzll(m)].empty += p->rows;
	for (uint64_t m = p->marks.invalid; m; m &= m - 1)
		t->columns[__builtin_ctzll(m)].invalid += p->rows;
}

/* The marks of a row. *rest: of the first rest row that is not before it. */
static const struct row_marks *marks_of(const struct shares *s, uint32_t row, size_t *rest)
{
	if (s->of_row[row] < SHARES_PATTERNS)
		return &s->patterns[s->of_row[row]].marks;
	while (s->rest[*rest].ordinal < row)
		++*rest;
	return &s->rest[*rest].pattern.marks;
}

/* The first place of an ordinal that is not before this one. */
static size_t place_of(const uint32_t *ordinals, size_t n, uint32_t from)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ordinals[middle] < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void tally_add(struct tally *t, const struct shares *s, const uint32_t *maybe, size_t n)
{
	size_t rest = 0;
	for (unsigned i = 0; i < s->pattern_count; i++)
		count(t, &s->patterns[i]);
	for (size_t i = 0; i < s->rest_count; i++)
		count(t, &s->rest[i].pattern);
	for (size_t i = place_of(maybe, n, t->rows); i < n && maybe[i] - t->rows < s->rows; i++) {
		shares_add(&t->kept, marks_of(s, maybe[i] - t->rows, &rest));
		VEC_PUSH(t->ordinals, t->kept_count, t->kept_cap, maybe[i]);
	}
	t->rows += (uint32_t)s->rows;
}

void tally_drop(struct tally *t, const uint32_t *ordinals, size_t n)
{
	size_t at = 0, rest = 0;
	for (size_t i = 0; i < n; i++) {
		while (t->ordinals[at] < ordinals[i])
			at++;
		struct pattern less = { *marks_of(&t->kept, (uint32_t)at, &rest), UINT64_MAX }; /* minus one */
		count(t, &less);
	}
}

void tally_release(struct tally *t)
{
	shares_release(&t->kept);
	free(t->ordinals);
	*t = (struct tally){ 0 };
}

/* ---- on disk ---------------------------------------------------------------------------------------------------------------------------- */

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

int shares_take(struct tally *t, const struct frame_block *b, const uint32_t *maybe, size_t n)
{
	struct reader r = { b->p, b->p + b->n, false };
	struct shares *s = mem_alloc(sizeof *s);
	s->pattern_count = take32(&r);
	s->rest_count = take64(&r);
	bool fits = s->pattern_count <= SHARES_PATTERNS && s->rest_count <= b->rows;
	for (unsigned i = 0; fits && i < s->pattern_count; i++)
		take_pattern(&r, &s->patterns[i]);
	s->rest = fits ? mem_grow(NULL, s->rest_count + 1, sizeof *s->rest) : NULL;
	for (size_t i = 0; fits && i < s->rest_count; i++) {
		s->rest[i].ordinal = take32(&r);
		take_pattern(&r, &s->rest[i].pattern);
	}
	s->rows = b->rows;
	s->of_row = (uint8_t *)take(&r, b->rows); /* borrowed, and only read */
	size_t rest = 0;
	for (size_t i = 0; s->of_row && i < s->rows && fits; i++) {
		bool is_rest = s->of_row[i] == SHARES_PATTERNS;
		fits = is_rest ? rest < s->rest_count && s->rest[rest].ordinal == i : s->of_row[i] < s->pattern_count;
		rest += is_rest;
	}
	fits = fits && !r.failed && r.p == r.end && rest == s->rest_count;
	if (fits)
		tally_add(t, s, maybe, n);
	free(s->rest);
	free(s);
	return fits ? 0 : -1;
}

/* ---- the stops -------------------------------------------------------------------------------------------------------------------------- */

static bool is_coded(enum type t)
{
	return t == TYPE_ENUM || t == TYPE_BOOL || t == TYPE_GRADE || t == TYPE_DATE || t == TYPE_YEAR || t == TYPE_REGION;
}

static bool over(uint64_t part, uint64_t whole)
{
	return part * 100 > whole * SHARE_MAX;
}

int tally_test(const struct tally *t, const struct kind *kind, uint64_t accepted, struct err *err)
{
	if (accepted < ROWS_MIN)
		return 0;
	for (unsigned c = 0; c < kind->column_count; c++) {
		const struct column *column = &kind->columns[c];
		struct column_count n = t->columns[c];
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
