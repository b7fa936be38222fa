#include "shares.h"

#include <stdlib.h>

#define ROWS_MIN 50   /* accepted rows of a kind, or non-empty values of a column, below which nothing is asked */
#define SHARE_MAX 20  /* percent */

static bool same(const struct pattern *p, uint64_t null_columns, uint64_t invalid_columns)
{
	return p->null_columns == null_columns && p->invalid_columns == invalid_columns;
}

/* The number of a pattern; SHARES_PATTERNS when there is none left. */
static unsigned number_of(struct shares *s, uint64_t null_columns, uint64_t invalid_columns)
{
	unsigned i = s->last;
	if (i < s->pattern_count && same(&s->patterns[i], null_columns, invalid_columns))
		return i;
	for (i = 0; i < s->pattern_count; i++)
		if (same(&s->patterns[i], null_columns, invalid_columns))
			break;
	if (i == s->pattern_count && i < SHARES_PATTERNS)
		s->patterns[s->pattern_count++] = (struct pattern){ null_columns, invalid_columns, 0 };
	s->last = i;
	return i;
}

void shares_add(struct shares *s, uint64_t null_columns, uint64_t invalid_columns)
{
	unsigned number = number_of(s, null_columns, invalid_columns);
	if (number < SHARES_PATTERNS) {
		s->patterns[number].rows++;
	} else {
		struct rest_row row = { (uint32_t)s->rows, { null_columns, invalid_columns, 1 } };
		VEC_PUSH(s->rest, s->rest_count, s->rest_cap, row);
	}
	VEC_PUSH(s->of_row, s->rows, s->cap, (uint8_t)number);
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

void shares_release(struct shares *s)
{
	free(s->of_row);
	free(s->rest);
	*s = (struct shares){ 0 };
}

static void count(const struct pattern *p, uint64_t bit, uint64_t *nulls, uint64_t *invalid)
{
	if (p->null_columns & bit)
		*nulls += p->rows;
	if (p->invalid_columns & bit)
		*invalid += p->rows;
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
		uint64_t nulls = 0, invalid = 0;
		for (unsigned i = 0; i < s->pattern_count; i++)
			count(&s->patterns[i], UINT64_C(1) << c, &nulls, &invalid);
		for (size_t i = 0; i < s->rest_count; i++)
			count(&s->rest[i].pattern, UINT64_C(1) << c, &nulls, &invalid);
		uint64_t filled = accepted - nulls + invalid;
		if (is_coded(column->type) && filled >= ROWS_MIN && over(invalid, filled))
			return err_set(err, STATUS_DATA, "%.*s: column %.*s: %llu of %llu values are not known; see whether the sender's "
			               "code list has changed", STR_ARG(kind->name), STR_ARG(column->name),
			               (unsigned long long)invalid, (unsigned long long)filled);
		if (column->required && !column->may_be_null && over(nulls, accepted))
			return err_set(err, STATUS_DATA, "%.*s: column %.*s: is empty or invalid in %llu of %llu rows; ask the sender for a "
			               "whole extract", STR_ARG(kind->name), STR_ARG(column->name), (unsigned long long)nulls,
			               (unsigned long long)accepted);
	}
	return 0;
}
