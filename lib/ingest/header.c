#include "header.h"

#include <limits.h>
#include <stdlib.h>

static char upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

/* Equal but for the case of ASCII letters. */
static bool same(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (upper(a.p[i]) != upper(b.p[i]))
			return false;
	return true;
}

/* How good a folded cell names the column: 0 by its name, 1 by its first spelling, ...; UINT_MAX not at all. */
static unsigned rank_of(const struct column *c, struct str cell)
{
	if (same(c->name, cell))
		return 0;
	for (unsigned i = 0; i < c->spelling_count; i++)
		if (same(c->spellings[i], cell))
			return 1 + i;
	return UINT_MAX;
}

unsigned header_match(const struct kind *kind, const struct str *fields, size_t count, int *columns)
{
	unsigned *best = mem_alloc(kind->column_count * sizeof *best), found = 0;
	for (unsigned c = 0; c < kind->column_count; c++) {
		columns[c] = NO_FIELD;
		best[c] = UINT_MAX;
	}
	for (size_t f = 0; f < count && f <= INT_MAX; f++) {
		char folded[SPELLING_MAX];
		size_t n = spelling_fold(fields[f], folded, sizeof folded);
		if (n == SIZE_MAX || n == 0)
			continue;
		for (unsigned c = 0; c < kind->column_count; c++) {
			unsigned rank = rank_of(&kind->columns[c], (struct str){ folded, n });
			if (rank >= best[c])
				continue;
			found += best[c] == UINT_MAX;
			best[c] = rank;
			columns[c] = (int)f;
		}
	}
	free(best);
	return found;
}

bool header_complete(const struct kind *kind, const int *columns)
{
	for (unsigned c = 0; c < kind->column_count; c++)
		if (kind->columns[c].required && columns[c] == NO_FIELD)
			return false;
	return true;
}
