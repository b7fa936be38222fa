/* Step 2: a first look at the household table, for what has to be known before households can be put together as their rows go by:
 *
 *   which households are scattered, their rows not standing together, since those have to be collected first;
 *   which a wanted household may have split from, or may have split from a wanted one, since those are looked at too;
 *   where hard people live.
 *
 * The first two are answered with a few bits a household, now and then with a needless yes.
 */
#include "internal.h"

#include <stdlib.h>

#define AHEAD 16               /* runs whose memory is fetched early */
#define MOST_SCATTERED 8       /* when one row in so many begins a household anew, all are taken as scattered */

/* Rows of one household that follow each other. Hashes: household_key.a. */
struct run {
	uint64_t home;
	uint64_t from;             /* or 0; of several in a run each has an entry */
	bool wanted;
};

struct survey_piece {
	struct table_scan scan;
	struct who who;
	VEC(struct run) runs;
	VEC(uint32_t) seeds;       /* ordinals of their rows */
	struct buf hard;
};

struct survey {
	struct join *j;
	struct survey_piece *pieces;
	const struct column *region, *number, *split_on, *split_from;
	struct sieve seen;
	uint64_t last;             /* run taken up last */
	bool any;
	VEC(uint64_t) scattered;
	VEC(struct run) splits;    /* of unwanted runs */
	VEC(uint64_t) sources;     /* that wanted runs name, and what comes to them */
};

/* ---- a piece: any thread ------------------------------------------------------------------------------------------------------------------ */

static uint64_t source_of(const struct survey *s, struct row r, uint32_t county)
{
	const struct kind *k = s->j->homes_table->kind;
	if (!s->split_on || !s->split_from || row_number(r, s->split_on) == VALUE_NULL)
		return 0;
	struct str from = row_text(k, r, s->split_from);
	return from.n ? household_key(s->j, county, from).a : 0;
}

static void end_run(struct survey_piece *p, size_t first, bool wanted)
{
	for (size_t i = first; i < p->runs.count; i++)
		p->runs.items[i].wanted = wanted;
}

/* A row of the run that begins at `first`. */
static void see_row(struct survey_piece *p, uint64_t home, uint64_t from, size_t first)
{
	struct run one = { home, from, false }, *last = p->runs.count > first ? &p->runs.items[p->runs.count - 1] : NULL;
	if (!last || (from && last->from && last->from != from))
		VEC_PUSH(p->runs.items, p->runs.count, p->runs.cap, one);
	else if (from)
		last->from = from;
}

static int look(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct survey *s = arg;
	struct survey_piece *p = &s->pieces[lane];
	const struct join *j = s->j;
	const struct kind *k = j->homes_table->kind;
	struct last_household last = { 0 };
	struct household_key key = { 0 };
	struct row r;
	uint32_t ordinal;
	size_t first = 0;
	bool wanted = false;
	enum iter got;
	p->runs.count = p->seeds.count = 0;
	p->who.block = 0;
	scan_piece(&p->scan, j->homes_table, i);
	while ((got = table_next(&p->scan, &r, &ordinal, err)) == ITER_ROW) {
		if (p->who.block != p->scan.next_block)
			who_find(&p->who, j, &p->scan, k->ids[0], NULL, false);
		uint32_t person = p->who.slots[p->scan.row - 1], county = county_of(row_number(r, s->region));
		struct household_key home = household_again(j, &last, county, row_text(k, r, s->number));
		if (!same_household(home, key)) {
			end_run(p, first, wanted);
			first = p->runs.count;
			key = home;
			wanted = same_household(home, j->only.home);
		}
		see_row(p, home.a, source_of(s, r, county), first);
		if (person == NONE)
			continue;
		wanted = true;
		VEC_PUSH(p->seeds.items, p->seeds.count, p->seeds.cap, ordinal);
		if (people_flags(&j->people, person) & WANTED_HARD)
			hard_take(&p->hard, k, r, row_key(k, r), ordinal);
	}
	end_run(p, first, wanted);
	return got == ITER_END ? 0 : -1;
}

/* ---- pieces, one after the other ----------------------------------------------------------------------------------------------------------- */

static void see_again(struct survey *s, uint64_t home)
{
	struct join *j = s->j;
	if (j->all_scattered)
		return;
	VEC_PUSH(s->scattered.items, s->scattered.count, s->scattered.cap, home);
	if (s->scattered.count < 64 + j->homes_table->rows / MOST_SCATTERED)
		return;
	j->all_scattered = true;
	free(s->scattered.items);
	s->scattered.items = NULL;
	s->scattered.count = s->scattered.cap = 0;
}

static int take(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct survey *s = arg;
	struct survey_piece *p = &s->pieces[lane];
	struct join *j = s->j;
	(void)i;
	for (size_t n = 0; n < p->runs.count; n++) {
		const struct run *r = &p->runs.items[n];
		if (n + AHEAD < p->runs.count)
			sieve_fetch(&s->seen, sieve_hash(p->runs.items[n + AHEAD].home));
		if ((!s->any || r->home != s->last) && sieve_add(&s->seen, sieve_hash(r->home)))
			see_again(s, r->home);
		s->any = true;
		s->last = r->home;
		if (r->wanted)
			sieve_add(&j->principals, sieve_hash(r->home));
		if (r->wanted && r->from)
			VEC_PUSH(s->sources.items, s->sources.count, s->sources.cap, r->from);
		else if (r->from)
			VEC_PUSH(s->splits.items, s->splits.count, s->splits.cap, *r);
	}
	for (size_t n = 0; n < p->seeds.count; n++)
		mark_row(j->seed_rows, p->seeds.items[n]);
	return hard_put(j, &p->hard, err);
}

/* ---- all ------------------------------------------------------------------------------------------------------------------------------------ */

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

bool is_scattered(const struct join *j, uint64_t home)
{
	if (j->all_scattered)
		return true;
	return sieve_has(&j->scattered_sieve, sieve_hash(home)) &&
	       search(&home, j->scattered, j->scattered_count, sizeof home, by_hash) != NULL;
}

static void keep_scattered(struct survey *s)
{
	struct join *j = s->j;
	uint64_t *v = s->scattered.items;
	size_t kept = 0;
	sort(v, s->scattered.count, sizeof *v, by_hash);
	for (size_t i = 0; i < s->scattered.count; i++)
		if (i == 0 || v[i] != v[i - 1])
			v[kept++] = v[i];
	j->scattered = v;
	j->scattered_count = kept;
	sieve_make(&j->scattered_sieve, kept, 12);
	for (size_t i = 0; i < kept; i++)
		sieve_add(&j->scattered_sieve, sieve_hash(v[i]));
}

/* A household that may be wanted after all, in another place; or one that split from a wanted one. */
static void keep_sources(struct survey *s)
{
	struct join *j = s->j;
	for (size_t i = 0; i < s->splits.count; i++) {
		const struct run *r = &s->splits.items[i];
		if (is_scattered(j, r->home) || sieve_has(&j->principals, sieve_hash(r->from)))
			VEC_PUSH(s->sources.items, s->sources.count, s->sources.cap, r->from);
	}
	sieve_make(&j->sources, s->sources.count, 12);
	for (size_t i = 0; i < s->sources.count; i++)
		sieve_add(&j->sources, sieve_hash(s->sources.items[i]));
}

static void prepare(struct survey *s)
{
	struct join *j = s->j;
	const struct home_reader *h = j->reader;
	unsigned count = lanes_count(j->job->threads);
	s->pieces = mem_alloc(count * sizeof *s->pieces);
	s->region = h->region;
	s->number = h->number;
	s->split_on = h->split_on;
	s->split_from = h->split_from;
	spool_open(&j->hard_rows, j->job->path, PEOPLE_PARTS, join_room(j) / 8);
	sieve_make(&s->seen, j->homes_table->rows, sieve_bits(j, 4)); /* where it errs, a household is taken as scattered */
	sieve_make(&j->principals, j->people.count, sieve_bits(j, 12));
	j->seed_rows = mem_alloc(bitmap_words(j) * sizeof *j->seed_rows);
}

static void release(struct survey *s)
{
	for (unsigned i = 0; i < lanes_count(s->j->job->threads); i++) {
		table_scan_release(&s->pieces[i].scan);
		who_release(&s->pieces[i].who);
		free(s->pieces[i].runs.items);
		free(s->pieces[i].seeds.items);
		buf_release(&s->pieces[i].hard);
	}
	free(s->pieces);
	free(s->splits.items);
	free(s->sources.items);
	sieve_release(&s->seen);
}

int join_survey(struct join *j, struct err *err)
{
	struct survey s = { .j = j };
	prepare(&s);
	struct lanes lanes = { j->job->threads, pieces_of(j->homes_table), &s, look, take };
	int r = lanes_run(&lanes, err);
	sieve_release(&s.seen);
	keep_scattered(&s);
	keep_sources(&s);
	if (r == 0)
		r = hard_settle(j, err);
	release(&s);
	return r;
}
