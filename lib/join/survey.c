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
	struct home_block block;
	VEC(struct run) runs;
	VEC(uint32_t) seeds;       /* ordinals of their rows */
	struct buf hard;
};

struct survey {
	struct join *j;
	struct survey_piece *pieces;
	struct sieve seen;
	uint64_t last;             /* run taken up last */
	bool any;
	VEC(uint64_t) scattered;
	VEC(struct run) splits;    /* of unwanted runs */
	VEC(uint64_t) sources;     /* that wanted runs name, and what comes to them */
};

/* ---- a piece: any thread ------------------------------------------------------------------------------------------------------------------ */

static uint64_t source_of(const struct survey *s, struct row r)
{
	const struct home_reader *h = s->j->reader;
	if (home_split_on(h, r) == VALUE_NULL)
		return 0;
	struct str from = row_text(h->kind, r, h->split_from);
	return from.n ? household_key(s->j, county_of(home_region(h, r)), from).a : 0;
}

/* What the rows of a household say that it split from. */
static void see_source(struct survey_piece *p, uint64_t from)
{
	struct run *last = &p->runs.items[p->runs.count - 1], one = { last->home, from, false };
	if (last->from && last->from != from)
		VEC_PUSH(p->runs.items, p->runs.count, p->runs.cap, one);
	else
		last->from = from;
}

static void see_seed(const struct join *j, struct survey_piece *p, struct row r, uint32_t ordinal, uint32_t slot)
{
	VEC_PUSH(p->seeds.items, p->seeds.count, p->seeds.cap, ordinal);
	if (people_flags(&j->people, slot) & WANTED_HARD)
		hard_take(&p->hard, j->homes_table->kind, r, row_key(j->homes_table->kind, r), ordinal);
}

/* Household i of the block. */
static void see_run(const struct survey *s, struct survey_piece *p, uint32_t i)
{
	const struct home_block *b = &p->block;
	struct household_key home = b->runs[i].home;
	bool wanted = same_household(home, s->j->only.home);
	size_t first = p->runs.count;
	struct run one = { home.a, 0, false };
	VEC_PUSH(p->runs.items, p->runs.count, p->runs.cap, one);
	for (uint32_t k = b->runs[i].first; k < b->runs[i + 1].first; k++) {
		uint32_t at = b->rows[k], slot = b->who.slots[at];
		struct row r = table_row(&p->scan, at);
		uint64_t from = source_of(s, r);
		if (from)
			see_source(p, from);
		if (slot == NONE)
			continue;
		wanted = true;
		see_seed(s->j, p, r, p->scan.ordinal + at, slot);
	}
	for (size_t n = first; n < p->runs.count; n++)
		p->runs.items[n].wanted = wanted;
}

static int look(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct survey *s = arg;
	struct survey_piece *p = &s->pieces[lane];
	enum iter got;
	p->runs.count = p->seeds.count = 0;
	scan_piece(&p->scan, s->j->homes_table, i);
	while ((got = table_next_block(&p->scan, err)) == ITER_ROW) {
		home_block_see(&p->block, s->j, &p->scan, NULL);
		for (uint32_t n = 0; n < p->block.run_count; n++)
			see_run(s, p, n);
	}
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

bool is_scattered(const struct join *j, uint64_t home)
{
	uint64_t hash = sieve_hash(home);
	return j->all_scattered || (sieve_has(&j->noticed, hash) && sieve_has(&j->scattered, hash));
}

static void keep_scattered(struct survey *s)
{
	struct join *j = s->j;
	j->scattered_count = s->scattered.count;
	sieve_make(&j->noticed, s->scattered.count + s->sources.count + s->splits.count, 12);
	sieve_make(&j->scattered, s->scattered.count, 16);
	for (size_t i = 0; i < s->scattered.count; i++) {
		sieve_add(&j->scattered, sieve_hash(s->scattered.items[i]));
		sieve_add(&j->noticed, sieve_hash(s->scattered.items[i]));
	}
}

/* A household that may be wanted after all, in another place; or one that split from a wanted one. */
static void keep_sources(struct survey *s)
{
	struct join *j = s->j;
	for (size_t i = 0; i < s->splits.count; i++) {
		const struct run *r = &s->splits.items[i];
		if (is_scattered(j, r->home) || sieve_has(&j->principals, sieve_hash(r->home)) || sieve_has(&j->principals, sieve_hash(r->from)))
			VEC_PUSH(s->sources.items, s->sources.count, s->sources.cap, r->from);
	}
	sieve_make(&j->sources, s->sources.count, 12);
	for (size_t i = 0; i < s->sources.count; i++) {
		sieve_add(&j->sources, sieve_hash(s->sources.items[i]));
		sieve_add(&j->noticed, sieve_hash(s->sources.items[i]));
	}
}

static void prepare(struct survey *s)
{
	struct join *j = s->j;
	unsigned count = lanes_count(j->job->threads);
	s->pieces = mem_alloc(count * sizeof *s->pieces);
	spool_open(&j->hard_rows, j->job->path, PEOPLE_PARTS);
	sieve_make(&s->seen, j->homes_table->rows, sieve_bits(j, 4)); /* where it errs, a household is taken as scattered */
	sieve_make(&j->principals, j->people.count, sieve_bits(j, 12));
	j->seed_rows = mem_alloc(bitmap_words(j) * sizeof *j->seed_rows);
}

static void release(struct survey *s)
{
	for (unsigned i = 0; i < lanes_count(s->j->job->threads); i++) {
		table_scan_release(&s->pieces[i].scan);
		home_block_release(&s->pieces[i].block);
		free(s->pieces[i].runs.items);
		free(s->pieces[i].seeds.items);
		buf_release(&s->pieces[i].hard);
	}
	free(s->pieces);
	free(s->scattered.items);
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
