/* Step 3: households put together from the home rows of the living. Every household is counted; the people of those that are wanted, or
 * may be for the sake of a relative, are taken along.
 *
 * Most households stand together in the extract and are put together as their rows go by. The rows of scattered ones are put aside, by a
 * share of their hash, and put together share by share.
 */
#include "internal.h"

#include <stdlib.h>

#define ROWS_A_HOUSEHOLD 4       /* about */
#define AHEAD 2048               /* bytes of found households whose people are fetched early */

typedef VEC(struct resident) residents;

/* A household on its way from the thread that put it together; its people follow. */
struct found {
	struct household_key home, from;
	int64_t region;
	uint32_t first, people; /* ordinal of the first home row; how many follow */
	bool principal, partner, collective, registered;
};

struct found_resident {
	uint64_t key;
	uint32_t ordinal, slot;
};

struct piece {
	struct table_scan scan;
	struct home_block block;
	struct home_reader *reader;
	struct last_household last_from;
	residents rows;          /* of the household at hand */
	residents head, tail;    /* of the first and last household in the piece, which may have begun before or go on after it */
	bool in_head;            /* nothing has been the first so far */
	residents scattered;
	struct buf found;
	struct region_counts counts;
};

struct builder {
	struct join *j;
	struct piece *pieces;
	residents open;          /* the household with which the pieces taken up so far end */
	struct buf found;
	struct spool *scattered;
	unsigned shares;
};

/* ---- one household ------------------------------------------------------------------------------------------------------------------------ */

static void see_resident(struct household_facts *f, struct found *h, const struct resident *r)
{
	struct home_facts facts = { .region = r->region, .split_on = r->dated ? 0 : VALUE_NULL, .head = r->head,
		.collective = r->collective, .rural = r->rural, .split = r->split };
	bool dated = f->people && f->split_row != NONE;
	household_see(f, &facts, r->ordinal);
	if (!dated && r->dated)
		h->from = r->from;
	h->registered |= (r->flags & WANTED_REGISTERED) != 0;
	h->principal |= (r->flags & WANTED_PRINCIPAL) != 0;
	h->partner |= r->slot != NONE;
}

static void put_found(struct buf *b, const struct found *h, const struct resident *r)
{
	buf_put(b, h, sizeof *h);
	for (uint32_t i = 0; i < h->people; i++) {
		struct found_resident p = { r[i].key, r[i].ordinal, r[i].slot };
		buf_put(b, &p, sizeof p);
	}
}

/* Whether a household that nobody wants for itself may be wanted for a relative's sake. */
static bool may_be_related(const struct join *j, const struct found *h)
{
	uint64_t hash = sieve_hash(h->home.a);
	return (sieve_has(&j->noticed, hash) && sieve_has(&j->sources, hash)) || (h->from.b && sieve_has(&j->principals, sieve_hash(h->from.a)));
}

/* The residents of one household, in the order of their rows. */
static void settle(const struct join *j, const struct resident *r, size_t n, struct region_counts *counts, struct buf *found)
{
	struct household_facts f = { 0 };
	struct found h = { .home = r->home, .first = r->ordinal, .people = (uint32_t)n };
	for (size_t i = 0; i < n; i++)
		see_resident(&f, &h, &r[i]);
	h.region = f.region;
	h.collective = household_collective(&f, j->pack);
	h.principal |= j->all || same_household(h.home, j->only.home);
	count_household(counts, &f, h.collective);
	if (h.principal || h.partner || (!h.collective && may_be_related(j, &h)))
		put_found(found, &h, r);
}

/* ---- a piece: any thread -------------------------------------------------------------------------------------------------------------------- */

static void append(residents *to, const struct resident *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		VEC_PUSH(to->items, to->count, to->cap, r[i]);
}

/* The rows of the household at hand have all been seen; last: in the piece no other follows. */
static void close_household(const struct join *j, struct piece *p, bool last)
{
	const struct resident *r = p->rows.items;
	size_t n = p->rows.count;
	p->rows.count = 0;
	if (n && is_scattered(j, r->home.a)) {
		append(&p->scattered, r, n);
	} else if (n) {
		if (p->in_head || last)
			append(p->in_head ? &p->head : &p->tail, r, n);
		else
			settle(j, r, n, &p->counts, &p->found);
		p->in_head = false;
	}
}

static struct resident *room_for_one(residents *v)
{
	if (v->count == v->cap)
		v->items = mem_grow(v->items, v->cap = 2 * v->cap + 16, sizeof *v->items);
	return &v->items[v->count];
}

static void note_split(const struct join *j, struct piece *p, struct row r, struct resident *ret)
{
	struct home_facts f;
	home_facts(p->reader, r, 0, &f);
	ret->split = f.split;
	ret->dated = f.split_on != VALUE_NULL;
	if (ret->dated && f.split_from.n)
		ret->from = household_again(j, &p->last_from, f.county, f.split_from);
}

/* Filled in where it stands: a row that was made elsewhere and copied would cost twice as much. */
static void make_resident(const struct join *j, struct piece *p, struct row r, unsigned says, struct resident *ret)
{
	const struct home_reader *h = p->reader;
	ret->key = row_key(h->kind, r);
	ret->region = home_region(h, r);
	ret->head = (says & HOME_HEAD) != 0;
	ret->collective = (says & HOME_COLLECTIVE) != 0;
	ret->rural = (says & HOME_RURAL) != 0;
	ret->split = ret->dated = false;
	ret->from = (struct household_key){ 0 };
	if (home_split_on(h, r) != VALUE_NULL)
		note_split(j, p, r, ret);
}

/* Household i of the block, if it is whole and nobody can want it: most are counted here, and nothing else is made of them. */
static bool count_alone(const struct join *j, struct piece *p, uint32_t i)
{
	const struct home_block *b = &p->block;
	struct household_key home = b->runs[i].home;
	struct household_facts f = { 0 };
	if (i == 0 || i + 1 == b->run_count || j->all || j->all_scattered || sieve_has(&j->noticed, sieve_hash(home.a)) ||
	    same_household(home, j->only.home))
		return false;
	for (uint32_t k = b->runs[i].first; k < b->runs[i + 1].first; k++) {
		struct row r = table_row(&p->scan, b->rows[k]);
		if (b->who.slots[b->rows[k]] != NONE || home_split_on(p->reader, r) != VALUE_NULL)
			return false;
		unsigned says = home_says(p->reader, r);
		struct home_facts one = { .region = home_region(p->reader, r), .split_on = VALUE_NULL, .head = says & HOME_HEAD,
			.collective = says & HOME_COLLECTIVE, .rural = says & HOME_RURAL };
		if (says & HOME_HERE)
			household_see(&f, &one, k);
	}
	if (f.people)
		count_household(&p->counts, &f, household_collective(&f, j->pack));
	return true;
}

/* Household i of the block: the rows of those who live there. */
static void see_run(const struct join *j, struct piece *p, uint32_t i)
{
	const struct home_block *b = &p->block;
	struct household_key home = b->runs[i].home;
	for (uint32_t k = b->runs[i].first; k < b->runs[i + 1].first; k++) {
		uint32_t at = b->rows[k], person = b->who.slots[at], ordinal = p->scan.ordinal + at;
		struct row r = table_row(&p->scan, at);
		unsigned flags = person == NONE ? 0 : people_flags(&j->people, person), says = home_says(p->reader, r);
		if (!is_home(j, says, ordinal, flags))
			continue;
		if (p->rows.count && !same_household(p->rows.items[p->rows.count - 1].home, home))
			close_household(j, p, false);
		struct resident *one = room_for_one(&p->rows);
		one->home = home;
		one->ordinal = ordinal;
		one->slot = person;
		one->flags = (uint8_t)flags;
		make_resident(j, p, r, says, one);
		p->rows.count++;
	}
}

/* What is looked up for a household lies anywhere in memory, and is fetched for all of the block before. */
static void see_block(const struct join *j, struct piece *p)
{
	const struct home_block *b = &p->block;
	for (uint32_t i = 0; i < b->run_count; i++)
		sieve_fetch(&j->noticed, sieve_hash(b->runs[i].home.a));
	for (uint32_t i = 0; i < b->run_count; i++)
		if (!count_alone(j, p, i))
			see_run(j, p, i);
}

static int build(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct builder *b = arg;
	struct piece *p = &b->pieces[lane];
	const struct join *j = b->j;
	enum iter got;
	p->head.count = p->tail.count = p->scattered.count = p->found.n = 0;
	p->in_head = true;
	scan_piece(&p->scan, j->homes_table, i);
	while ((got = table_next_block(&p->scan, err)) == ITER_ROW) {
		home_block_see(&p->block, j, &p->scan, j->seed_rows);
		see_block(j, p);
	}
	close_household(j, p, true);
	return got == ITER_END ? 0 : -1;
}

/* ---- pieces, one after the other -------------------------------------------------------------------------------------------------------------- */

int want_other(struct join *j, uint64_t key, uint32_t ordinal, uint32_t group, unsigned flags, struct err *err)
{
	struct found_person one = found_person(key, flags, group);
	j->found_other_count++;
	if (want_row(j, ordinal, group | LOOK, err) < 0)
		return -1;
	return spool_put(j->found_others, people_part(&j->people.scatter, key), &one, sizeof one, err);
}

static int want_person(struct join *j, const struct found_resident *p, uint32_t group, unsigned flags, struct err *err)
{
	if (p->slot == NONE)
		return want_other(j, p->key, p->ordinal, group, flags, err);
	struct wanted_person *seed = &j->people.slots[p->slot];
	if (flags & WANTED_PRINCIPAL && seed->group != NONE)
		groups_tie(&j->groups, seed->group, group);
	seed->group = group;
	people_mark(&j->people, p->slot, flags);
	bool as_group = seed->flags & WANTED_PRINCIPAL && !(seed->flags & WANTED_PARTNER) && flags & WANTED_PRINCIPAL && !j->job->only;
	return want_row(j, p->ordinal, as_group ? group | LOOK : p->slot, err);
}

static uint32_t household_group(struct join *j, uint32_t first, bool principal)
{
	uint32_t g = groups_add(&j->groups, GROUP_HOUSEHOLD, first);
	j->groups.marks[g] |= principal ? GROUP_PRINCIPAL : 0;
	return g;
}

/* Only its wanted people are taken along; their home rows are noted. */
static void take_collective(struct join *j, const struct found *h, const struct found_resident *p)
{
	struct collective one = { h->region, h->registered };
	for (uint32_t i = 0; i < h->people; i++) {
		struct noted_row note = { p[i].ordinal, (uint32_t)j->collectives.count };
		if (p[i].slot != NONE)
			VEC_PUSH(j->noted.items, j->noted.count, j->noted.cap, note);
	}
	VEC_PUSH(j->collectives.items, j->collectives.count, j->collectives.cap, one);
}

static int take_family(struct join *j, const struct found *h, const struct found_resident *p, struct err *err)
{
	struct relative one = { h->home, h->from, NONE, h->first, 0, (uint32_t)j->waiting.count, h->principal };
	if (h->principal || h->partner) {
		one.group = household_group(j, h->first, h->principal);
		for (uint32_t i = 0; i < h->people; i++)
			if (want_person(j, &p[i], one.group, h->principal ? WANTED_PRINCIPAL : 0, err) < 0)
				return -1;
	}
	if (!h->from.b && !sieve_has(&j->sources, sieve_hash(h->home.a)))
		return 0;
	for (; one.group == NONE && one.people < h->people; one.people++) {
		struct waiting w = { p[one.people].key, p[one.people].ordinal };
		VEC_PUSH(j->waiting.items, j->waiting.count, j->waiting.cap, w);
	}
	VEC_PUSH(j->relatives.items, j->relatives.count, j->relatives.cap, one);
	return 0;
}

static int take_one(struct join *j, const char *at, struct err *err)
{
	const struct found *h = (const struct found *)at;
	const struct found_resident *p = (const struct found_resident *)(at + sizeof *h); /* both are multiples of 8 bytes */
	if (same_household(h->home, j->only.home) && j->job->only)
		only_found(j, UNIT_HOUSEHOLD);
	if (h->collective)
		take_collective(j, h, p);
	else if (take_family(j, h, p, err) < 0)
		return -1;
	if (same_household(h->home, j->only.home) && !h->collective)
		j->only.home_group = j->groups.count - 1;
	return 0;
}

static size_t found_bytes(const char *at)
{
	return sizeof(struct found) + ((const struct found *)at)->people * sizeof(struct found_resident);
}

static void fetch_people(const struct join *j, const char *at)
{
	const struct found *h = (const struct found *)at;
	const struct found_resident *p = (const struct found_resident *)(at + sizeof *h);
	for (uint32_t i = 0; i < h->people; i++)
		if (p[i].slot != NONE)
			__builtin_prefetch(&j->people.slots[p[i].slot]);
}

static int take_found(struct join *j, struct buf *found, struct err *err)
{
	int r = 0;
	for (size_t at = 0, ahead = 0; r == 0 && at < found->n; at += found_bytes(found->p + at)) {
		for (; ahead < found->n && ahead < at + AHEAD; ahead += found_bytes(found->p + ahead))
			fetch_people(j, found->p + ahead);
		r = take_one(j, found->p + at, err);
	}
	found->n = 0;
	return r;
}

/* The household that was open at the end of the pieces before is closed by another one. */
static int close_open(struct builder *b, struct err *err)
{
	if (b->open.count)
		settle(b->j, b->open.items, b->open.count, &b->j->counts, &b->found);
	b->open.count = 0;
	return take_found(b->j, &b->found, err);
}

static int take(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct builder *b = arg;
	struct piece *p = &b->pieces[lane];
	if (join_enough(b->j, i + 1, pieces_of(b->j->homes_table), err) < 0)
		return -1;
	if (p->head.count && b->open.count && !same_household(p->head.items[0].home, b->open.items[0].home) && close_open(b, err) < 0)
		return -1;
	append(&b->open, p->head.items, p->head.count);
	if (p->found.n || p->tail.count) {
		if (close_open(b, err) < 0 || take_found(b->j, &p->found, err) < 0)
			return -1;
		append(&b->open, p->tail.items, p->tail.count);
	}
	for (size_t n = 0; n < p->scattered.count; n++) {
		const struct resident *r = &p->scattered.items[n];
		if (spool_put(b->scattered, (unsigned)((r->home.a >> 32) * b->shares >> 32), r, sizeof *r, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- scattered households ---------------------------------------------------------------------------------------------------------------------- */

static int by_household(const void *pa, const void *pb)
{
	const struct resident *a = pa, *b = pb;
	if (a->home.a != b->home.a)
		return a->home.a < b->home.a ? -1 : 1;
	if (a->home.b != b->home.b)
		return a->home.b < b->home.b ? -1 : 1;
	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

struct place_found {
	uint32_t first;
	size_t at;
};

static int by_first(const void *pa, const void *pb)
{
	const struct place_found *a = pa, *b = pb;
	return (a->first > b->first) - (a->first < b->first);
}

/* They are taken up in the order of their rows, not of their hashes: nothing must depend on these. */
static int take_in_order(struct builder *b, struct err *err)
{
	VEC(struct place_found) places = { 0 };
	int r = 0;
	for (size_t at = 0; at < b->found.n; at += found_bytes(b->found.p + at)) {
		struct place_found one = { ((const struct found *)(b->found.p + at))->first, at };
		VEC_PUSH(places.items, places.count, places.cap, one);
	}
	sort(places.items, places.count, sizeof *places.items, by_first);
	for (size_t i = 0; r == 0 && i < places.count; i++)
		r = take_one(b->j, b->found.p + places.items[i].at, err);
	free(places.items);
	b->found.n = 0;
	return r;
}

static int take_scattered(struct builder *b, struct err *err)
{
	struct buf bytes = { 0 };
	int rc = 0;
	for (unsigned share = 0; rc == 0 && share < b->shares; share++) {
		rc = spool_read(b->scattered, share, &bytes, err);
		struct resident *r = (struct resident *)bytes.p;
		size_t n = rc == 0 ? bytes.n / sizeof *r : 0;
		sort(r, n, sizeof *r, by_household);
		for (size_t i = 0, k; i < n; i = k) {
			for (k = i + 1; k < n && same_household(r[k].home, r[i].home); k++)
				;
			settle(b->j, r + i, k - i, &b->j->counts, &b->found);
		}
	}
	buf_release(&bytes);
	return rc == 0 ? take_in_order(b, err) : -1;
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------------------- */

static void prepare(struct builder *b)
{
	struct join *j = b->j;
	unsigned count = lanes_count(j->job->threads);
	b->pieces = mem_alloc(count * sizeof *b->pieces);
	for (unsigned i = 0; i < count; i++)
		b->pieces[i].reader = home_reader_new(j->pack);
	spool_open(&j->home_rows, j->job->path, (unsigned)pieces_of(j->homes_table) + 1);
	spool_open(&j->found_others, j->job->path, PEOPLE_PARTS);
	uint64_t rows = j->all_scattered ? j->homes_table->rows : j->scattered_count * ROWS_A_HOUSEHOLD;
	b->shares = 1 + (unsigned)(rows * sizeof(struct resident) / (join_room(j) / 16));
	spool_open(&b->scattered, j->job->path, b->shares);
}

static void release(struct builder *b)
{
	for (unsigned i = 0; i < lanes_count(b->j->job->threads); i++) {
		struct piece *p = &b->pieces[i];
		counts_merge(&b->j->counts, &p->counts);
		counts_release(&p->counts);
		table_scan_release(&p->scan);
		home_block_release(&p->block);
		home_reader_free(p->reader);
		free(p->rows.items);
		free(p->head.items);
		free(p->tail.items);
		free(p->scattered.items);
		buf_release(&p->found);
	}
	free(b->pieces);
	free(b->open.items);
	buf_release(&b->found);
	spool_close(b->scattered);
}

int join_households(struct join *j, struct err *err)
{
	struct builder b = { .j = j };
	prepare(&b);
	struct lanes lanes = { j->job->threads, pieces_of(j->homes_table), &b, build, take };
	int r = lanes_run(&lanes, err);
	if (r == 0)
		r = close_open(&b, err);
	if (r == 0)
		r = take_scattered(&b, err);
	release(&b);
	sieve_release(&j->scattered);
	sieve_release(&j->noticed);
	sieve_release(&j->sources);
	sieve_release(&j->principals);
	return r;
}
