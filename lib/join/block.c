#include "internal.h"

static void make_room(struct home_block *b, uint32_t rows)
{
	if (rows < b->cap)
		return;
	b->cap = rows + rows / 4 + 1;
	b->rows = mem_grow(b->rows, b->cap, sizeof *b->rows);
	b->runs = mem_grow(b->runs, b->cap, sizeof *b->runs);
}

static void list_rows(struct home_block *b, const struct table_scan *s)
{
	const uint32_t *duplicates, n = table_duplicates_here(s, &duplicates);
	uint32_t at = 0;
	b->count = 0;
	for (uint32_t i = 0; i < s->rows; i++) {
		if (at < n && duplicates[at] - s->ordinal == i)
			at++;
		else
			b->rows[b->count++] = i;
	}
}

/* Nearly all numbers have 8 bytes and more, and no more than 16. */
static bool same_number(struct str a, struct str b)
{
	uint64_t x[2], y[2];
	if (a.n != b.n || a.n < 8 || a.n > 16)
		return str_eq(a, b);
	memcpy(&x[0], a.p, 8);
	memcpy(&x[1], a.p + a.n - 8, 8);
	memcpy(&y[0], b.p, 8);
	memcpy(&y[1], b.p + b.n - 8, 8);
	return x[0] == y[0] && x[1] == y[1];
}

static void find_runs(struct home_block *b, const struct join *j, const struct table_scan *s)
{
	const struct home_reader *h = j->reader;
	struct str number, last = { 0 };
	int64_t region, last_region = VALUE_NULL;
	b->run_count = 0;
	for (uint32_t k = 0; k < b->count; k++, last = number, last_region = region) {
		struct row r = table_row(s, b->rows[k]);
		region = home_region(h, r);
		number = home_number(h, r);
		if (k && same_number(number, last) && (region == last_region || county_of(region) == county_of(last_region)))
			continue;
		b->runs[b->run_count].first = k;
		b->runs[b->run_count++].home = household_key(j, county_of(region), number);
	}
	b->runs[b->run_count].first = b->count;
}

void home_block_see(struct home_block *b, const struct join *j, const struct table_scan *s, const uint64_t *seeds)
{
	make_room(b, s->rows);
	int column = j->homes_table->kind->ids[0];
	if (seeds)
		who_find_rows(&b->who, j, s, column, seeds, NULL);
	else
		who_find(&b->who, j, s, column, false);
	list_rows(b, s);
	find_runs(b, j, s);
}

void home_block_release(struct home_block *b)
{
	who_release(&b->who);
	free(b->rows);
	free(b->runs);
}

/* ---- home rows by piece -------------------------------------------------------------------------------------------------------------------------- */

/* The piece of the household table in which a row is: mostly that of the one before. */
static uint64_t piece_of(struct join *j, uint32_t ordinal)
{
	const struct table *t = j->homes_table;
	uint64_t low = 0, high = pieces_of(t) - 1; /* the last that begins with it or before */
	if (ordinal - j->last_piece.first < j->last_piece.end - j->last_piece.first)
		return j->last_piece.piece;
	while (low < high) {
		uint64_t middle = (low + high + 1) / 2;
		if (t->blocks[middle * PIECE_BLOCKS].first <= ordinal)
			low = middle;
		else
			high = middle - 1;
	}
	j->last_piece.piece = low;
	j->last_piece.first = t->blocks[low * PIECE_BLOCKS].first;
	j->last_piece.end = low + 1 < pieces_of(t) ? t->blocks[(low + 1) * PIECE_BLOCKS].first : UINT32_MAX;
	return low;
}

int want_row(struct join *j, uint32_t ordinal, uint32_t who, struct err *err)
{
	struct home_row one = { ordinal, who };
	return spool_put(j->home_rows, (unsigned)piece_of(j, ordinal), &one, sizeof one, err);
}
