/* Step 1: who may be in a finding. */
#include "internal.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define AHEAD 16               /* rows whose person is fetched early */

/* ---- which rows ---------------------------------------------------------------------------------------------------------------------------- */

/* What makes a row of one kind a seed: one of the pack's seeds whose conditions it meets. */
struct sower {
	struct row_asker asker;
	bool every;              /* any row is one */
	struct alternative {
		struct row_test tests[SEED_CONDITIONS];
		unsigned count;
	} *alternatives;
	unsigned count;
};

/* What can be looked up is asked first. */
static void add_tests(struct sower *s, struct alternative *a, const struct seed *seed)
{
	for (unsigned i = 0; i < seed->condition_count; i++)
		row_test_init(&a->tests[a->count++], &s->asker, seed->conditions + i, 1);
	for (unsigned i = 1; i < a->count; i++)
		for (unsigned k = i; k && a->tests[k].table && !a->tests[k - 1].table; k--) {
			struct row_test t = a->tests[k];
			a->tests[k] = a->tests[k - 1];
			a->tests[k - 1] = t;
		}
}

static void sower_init(struct sower *s, const struct join *j, const struct kind *k)
{
	*s = (struct sower){ .every = j->all };
	row_asker_init(&s->asker, j->pack, k);
	s->alternatives = mem_alloc((j->pack->seed_count + 1) * sizeof *s->alternatives);
	for (unsigned i = 0; i < j->pack->seed_count; i++) {
		const struct seed *seed = &j->pack->seeds[i];
		if (seed->kind != k->index)
			continue;
		s->every |= seed->condition_count == 0;
		add_tests(s, &s->alternatives[s->count++], seed);
	}
}

static void sower_release(struct sower *s)
{
	for (unsigned i = 0; i < s->count; i++)
		for (unsigned k = 0; k < s->alternatives[i].count; k++)
			row_test_release(&s->alternatives[i].tests[k]);
	free(s->alternatives);
	row_asker_release(&s->asker);
}

static bool is_seed(struct sower *s, struct row r)
{
	bool seed = s->every;
	for (unsigned i = 0; i < s->count && !seed; i++) {
		const struct alternative *a = &s->alternatives[i];
		unsigned k = 0;
		while (k < a->count && row_test_says(&a->tests[k], &s->asker, r))
			k++;
		seed = k == a->count;
	}
	return seed;
}

/* A pass over the rows of a table, whose seeds are added in the order of the rows. */
struct seed_piece {
	struct table_scan scan;
	struct sower by;
	VEC(uint64_t) keys;
};

struct seeding {
	struct join *j;
	const struct table *table;
	struct seed_piece *pieces;
	bool all;                /* every row */
	unsigned flags;
};

static int find_seeds(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct seeding *s = arg;
	struct seed_piece *p = &s->pieces[lane];
	struct row r;
	uint32_t ordinal;
	uint64_t keys[2];
	enum iter got;
	p->keys.count = 0;
	scan_piece(&p->scan, s->table, i);
	while ((got = table_next(&p->scan, &r, &ordinal, err)) == ITER_ROW) {
		if (!s->all && !is_seed(&p->by, r))
			continue;
		for (int n = row_keys(s->table->kind, r, keys), k = 0; k < n; k++)
			VEC_PUSH(p->keys.items, p->keys.count, p->keys.cap, keys[k]);
	}
	return got == ITER_END ? 0 : -1;
}

static int take_seeds(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct seeding *s = arg;
	const struct seed_piece *p = &s->pieces[lane];
	(void)i;
	(void)err;
	found_add_all(&s->j->found, p->keys.items, p->keys.count, s->flags);
	return 0;
}

/* all: every row is a seed, not only those that the pack asks for. */
static int seed_table(struct join *j, const struct table *t, bool all, unsigned flags, struct err *err)
{
	unsigned count = lanes_count(j->job->threads);
	struct seeding s = { j, t, mem_alloc(count * sizeof *s.pieces), all, flags };
	bool any = all;
	for (unsigned i = 0; i < count && !all; i++) {
		sower_init(&s.pieces[i].by, j, t->kind);
		any = s.pieces[i].by.every || s.pieces[i].by.count;
	}
	struct lanes lanes = { j->job->threads, pieces_of(t), &s, find_seeds, take_seeds };
	int r = any ? lanes_run(&lanes, err) : 0;
	for (unsigned i = 0; i < count; i++) {
		table_scan_release(&s.pieces[i].scan);
		free(s.pieces[i].keys.items);
		if (!all)
			sower_release(&s.pieces[i].by);
	}
	free(s.pieces);
	return r;
}

/* ---- registry households ----------------------------------------------------------------------------------------------------------------- */

/* The group of each registry household by its number. */
struct numbers {
	struct number {
		struct household_key key;
		uint32_t group;
	} *slots;
	uint64_t mask, count;
};

static struct number *number_at(const struct numbers *n, struct household_key key)
{
	uint64_t at = key.a & n->mask;
	while (n->slots[at].key.b && !same_household(n->slots[at].key, key))
		at = (at + 1) & n->mask;
	return &n->slots[at];
}

static void grow(struct numbers *n)
{
	struct numbers old = *n;
	n->mask = n->mask ? 2 * n->mask + 1 : 1023;
	n->slots = mem_alloc((n->mask + 1) * sizeof *n->slots);
	for (uint64_t i = 0; old.slots && i <= old.mask; i++)
		if (old.slots[i].key.b)
			*number_at(n, old.slots[i].key) = old.slots[i];
	free(old.slots);
}

static uint32_t register_group(struct join *j, struct numbers *n, struct household_key key, uint32_t ordinal)
{
	if (2 * n->count >= n->mask)
		grow(n);
	struct number *x = number_at(n, key);
	if (!x->key.b) {
		*x = (struct number){ key, groups_add(&j->groups, GROUP_REGISTER, ordinal) };
		j->groups.marks[x->group] |= GROUP_PRINCIPAL;
		n->count++;
	}
	return x->group;
}

/* The memory of whoever a row further on names. */
static void fetch_ahead(const struct join *j, const struct table_scan *s)
{
	const struct kind *k = s->table->kind;
	const uint8_t *ahead = table_ahead(s, AHEAD);
	for (int i = 0; ahead && i < 2 && k->ids[i] >= 0; i++)
		found_fetch(&j->found, id_key(le64_get(ahead + k->columns[k->ids[i]].offset)));
}

/* People of one registry household belong together. */
static int tie_registers(struct join *j, struct err *err)
{
	struct numbers numbers = { 0 };
	struct last_household last = { 0 };
	const struct kind *k = j->register_table->kind;
	const struct column *number = &k->columns[kind_column(k, STR("household_no"))];
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	enum iter got;
	table_scan_init(&s, j->register_table);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW) {
		fetch_ahead(j, &s);
		uint32_t g = register_group(j, &numbers, household_again(j, &last, 0, row_text(k, r, number)), ordinal);
		struct found_person *p = found_add(&j->found, row_key(k, r), WANTED_PRINCIPAL | WANTED_REGISTERED);
		if (j->job->only && str_eq(row_text(k, r, number), j->job->only->unit_no))
			j->only.member = g;
		if (p->group != NONE)
			groups_tie(&j->groups, p->group, g);
		p->group = g;
	}
	table_scan_release(&s);
	free(numbers.slots);
	return got == ITER_END ? 0 : -1;
}

/* Whoever is named beside a registered person in a row of two persons is looked at with them. */
static int seed_partners(struct join *j, const struct table *t, struct err *err)
{
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	uint64_t keys[2];
	enum iter got;
	table_scan_init(&s, t);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW) {
		fetch_ahead(j, &s);
		if (row_keys(t->kind, r, keys) < 2 || keys[0] == keys[1])
			continue;
		for (int i = 0; i < 2; i++) {
			const struct found_person *p = found_look(&j->found, keys[i]);
			if (!p || !(p->flags & WANTED_REGISTERED))
				continue;
			struct request q = { keys[1 - i], p->group };
			VEC_PUSH(j->requests.items, j->requests.count, j->requests.cap, q);
			found_add(&j->found, q.what, WANTED_PARTNER);
		}
	}
	table_scan_release(&s);
	return got == ITER_END ? 0 : -1;
}

/* ---- all seeds ------------------------------------------------------------------------------------------------------------------------------ */

/* Registered people are seeds already. */
static int seed_kinds(struct join *j, struct err *err)
{
	const struct join_job *job = j->job;
	for (unsigned i = 0; !job->only && i < job->table_count; i++) {
		const struct table *t = job->tables[i];
		if (t->kind->ids[0] >= 0 && t->kind->role != ROLE_REGISTER && seed_table(j, t, false, WANTED_PRINCIPAL, err) < 0)
			return -1;
	}
	return 0;
}

int join_seeds(struct join *j, struct err *err)
{
	const struct join_job *job = j->job;
	scatter_make(&j->found.scatter, j->seed);
	found_reserve(&j->found, j->register_table->rows);
	if (tie_registers(j, err) < 0)
		return -1;
	for (unsigned i = 0; i < job->table_count; i++)
		if (job->tables[i]->kind->ids[1] >= 0 && seed_partners(j, job->tables[i], err) < 0)
			return -1;

	if (job->only)
		only_person(j);
	if (seed_kinds(j, err) < 0)
		return -1;
	if (j->deaths_table && seed_table(j, j->deaths_table, true, WANTED_PRINCIPAL | WANTED_HARD, err) < 0)
		return -1;
	found_add_all(&j->found, j->homes_table->repeated, j->homes_table->repeated_count, WANTED_PRINCIPAL | WANTED_HARD);

	people_begin(&j->people, &j->found.scatter, j->found.count, sieve_bits(j, 12));
	people_take(&j->people, j->found.slots, j->found.cap, 0, 0);
	found_release(&j->found);
	return 0;
}

/* ---- household numbers ---------------------------------------------------------------------------------------------------------------------- */

struct household_key household_key(const struct join *j, uint32_t county, struct str number)
{
	XXH128_hash_t x = XXH3_128bits_withSeed(number.p, number.n, j->seed ^ (uint64_t)county * UINT64_C(0x9E3779B97F4A7C15));
	return (struct household_key){ x.low64, (uint32_t)x.high64 | 1 };
}

struct household_key household_again(const struct join *j, struct last_household *last, uint32_t county, struct str number)
{
	if (last->key.b && county == last->county && str_eq(number, (struct str){ last->number, last->n }))
		return last->key;
	struct household_key key = household_key(j, county, number);
	last->key.b = 0;
	if (number.n > sizeof last->number)
		return key;
	last->n = number.n;
	last->county = county;
	last->key = key;
	memcpy(last->number, number.p, number.n);
	return key;
}
