/* Step 1: who may be in a finding, and where those live who have more than one household row or a death row. */
#include "internal.h"

#include <stdlib.h>

static int seed_table(struct join *j, const struct table *t, uint8_t flags, struct err *err)
{
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	uint64_t keys[2];
	enum iter got;
	table_scan_init(&s, t);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW)
		for (int i = 0, n = row_keys(t->kind, r, keys); i < n; i++)
			people_add(&j->people, keys[i], flags);
	table_scan_release(&s);
	return got == ITER_END ? 0 : -1;
}

/* People of one registry household belong together. */
static int tie_registers(struct join *j, struct err *err)
{
	struct homes numbers = { .seed = j->homes.seed };
	const struct kind *k = j->register_table->kind;
	const struct column *number = &k->columns[kind_column(k, STR("household_no"))];
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	uint64_t keys[2];
	enum iter got;
	table_scan_init(&s, j->register_table);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW) {
		row_keys(k, r, keys);
		uint32_t p = people_add(&j->people, keys[0], WANTED_PRINCIPAL | WANTED_REGISTERED);
		if (j->job->only && str_eq(row_text(k, r, number), j->job->only->unit_no))
			j->only.member = p;
		uint32_t at = homes_add(&numbers, household_key(&numbers, 0, row_text(k, r, number)));
		struct home *h = &numbers.items[at];
		if (h->first == NONE)
			h->first = p;
		else
			people_join(&j->people, h->first, p);
	}
	table_scan_release(&s);
	homes_release(&numbers);
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
		if (row_keys(t->kind, r, keys) < 2)
			continue;
		for (int i = 0; i < 2; i++) {
			uint32_t p = people_find(&j->people, keys[i]);
			if (p == NONE || !(j->people.items[p].flags & WANTED_REGISTERED) || keys[0] == keys[1])
				continue;
			struct request q = { people_add(&j->people, keys[1 - i], WANTED_PARTNER), p };
			VEC_PUSH(j->requests, j->request_count, j->request_cap, q);
		}
	}
	table_scan_release(&s);
	return got == ITER_END ? 0 : -1;
}

/* ---- hard cases ------------------------------------------------------------------------------------------------------------------ */

struct piece {
	uint32_t person, kind, ordinal;
	size_t at; /* of the encoded row in the buffer */
};

struct pieces {
	struct piece *items;
	size_t count, cap;
	struct buf bytes;
};

static int by_person(const void *pa, const void *pb)
{
	const struct piece *a = pa, *b = pb;
	if (a->person != b->person)
		return a->person < b->person ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static int gather(struct join *j, const struct table *t, struct pieces *ps, struct err *err)
{
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	uint64_t keys[2];
	enum iter got;
	if (!t)
		return 0;
	table_scan_init(&s, t);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW) {
		row_keys(t->kind, r, keys);
		fetch_ahead(j, &s);
		uint32_t p = people_find(&j->people, keys[0]);
		if (p == NONE || !(j->people.items[p].flags & WANTED_HARD))
			continue;
		struct piece one = { p, t->kind->index, ordinal, ps->bytes.n };
		VEC_PUSH(ps->items, ps->count, ps->cap, one);
		dossier_encode_row(&ps->bytes, t->kind, r);
	}
	table_scan_release(&s);
	return got == ITER_END ? 0 : -1;
}

/* One person's rows make a dossier of their own; it says where the home is and whether they live. */
static void settle(struct join *j, const struct piece *p, size_t n, const struct buf *bytes)
{
	struct dossier d = j->scratch;
	dossier_reset(&d);
	d.rows = arena_alloc(&d.arena, n * sizeof *d.rows);
	d.row_count = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		const struct kind *k = &j->pack->schema->kinds[p[i].kind];
		const uint8_t *at = (const uint8_t *)bytes->p + p[i].at + 6;
		d.rows[i] = (struct dossier_row){ { at, at + k->stride }, (uint16_t)k->index, { NONE, NONE } };
	}
	dossier_build(&d);
	struct wanted_person *w = &j->people.items[p->person];
	if (d.persons[0].alive)
		w->flags |= WANTED_ALIVE;
	if (d.persons[0].home != NONE)
		w->home = p[d.persons[0].home].ordinal;
	j->scratch = d;
}

static int settle_hard(struct join *j, struct err *err)
{
	struct pieces ps = { 0 };
	int r = gather(j, j->homes_table, &ps, err);
	if (r == 0)
		r = gather(j, j->register_table, &ps, err);
	if (r == 0)
		r = gather(j, j->deaths_table, &ps, err);
	sort(ps.items, ps.count, sizeof *ps.items, by_person);
	for (size_t i = 0, k; r == 0 && i < ps.count; i = k) {
		for (k = i + 1; k < ps.count && ps.items[k].person == ps.items[i].person; k++)
			;
		settle(j, ps.items + i, k - i, &ps.bytes);
	}
	free(ps.items);
	buf_release(&ps.bytes);
	return r;
}

int join_seeds(struct join *j, struct err *err)
{
	const struct join_job *job = j->job;
	people_reserve(&j->people, j->all ? j->homes_table->rows : j->register_table->rows * 4);
	if (tie_registers(j, err) < 0)
		return -1;
	for (unsigned i = 0; i < job->table_count; i++)
		if (job->tables[i]->kind->ids[1] >= 0 && seed_partners(j, job->tables[i], err) < 0)
			return -1;
	if (job->only)
		only_person(j);
	for (unsigned i = 0; !job->only && i < job->table_count; i++) {
		const struct table *t = job->tables[i];
		bool seed = j->pack->seeds >> t->kind->index & 1 || (j->all && t->kind->role != ROLE_PLACES);
		if (seed && t->kind->ids[0] >= 0 && seed_table(j, t, WANTED_PRINCIPAL, err) < 0)
			return -1;
	}
	if (j->deaths_table && seed_table(j, j->deaths_table, WANTED_PRINCIPAL | WANTED_HARD, err) < 0)
		return -1;
	for (size_t i = 0; i < j->homes_table->repeated_count; i++)
		people_add(&j->people, j->homes_table->repeated[i], WANTED_PRINCIPAL | WANTED_HARD);
	return settle_hard(j, err);
}
