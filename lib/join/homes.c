/* Steps 2 and 3: who lives where, what is counted of it, and whose rows are wanted. */
#include "internal.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

struct household_key household_key(const struct homes *h, uint32_t county, struct str number)
{
	XXH128_hash_t x = XXH3_128bits_withSeed(number.p, number.n, h->seed ^ (uint64_t)county * UINT64_C(0x9E3779B97F4A7C15));
	return (struct household_key){ x.low64, (uint32_t)x.high64 | 1 };
}

static void resize(struct homes *h, uint64_t mask)
{
	free(h->slots);
	h->mask = mask;
	h->slots = mem_alloc((h->mask + 1) * sizeof *h->slots);
	for (uint32_t i = 0; i < h->count; i++) {
		uint64_t at = h->items[i].key.a & h->mask;
		while (h->slots[at])
			at = (at + 1) & h->mask;
		h->slots[at] = i + 1;
	}
}

static uint64_t slot_of(const struct homes *h, struct household_key key)
{
	uint64_t at = key.a & h->mask;
	while (h->slots[at]) {
		const struct home *x = &h->items[h->slots[at] - 1];
		if (x->key.a == key.a && x->key.b == key.b)
			break;
		at = (at + 1) & h->mask;
	}
	return at;
}

uint32_t homes_find(const struct homes *h, struct household_key key)
{
	if (!h->count)
		return NONE;
	uint64_t at = slot_of(h, key);
	return h->slots[at] ? h->slots[at] - 1 : NONE;
}

void homes_reserve(struct homes *h, uint64_t count)
{
	uint64_t mask = h->mask ? h->mask : 1023;
	while (mask <= 2 * count)
		mask = 2 * mask + 1;
	if (mask != h->mask)
		resize(h, mask);
}

uint32_t homes_add(struct homes *h, struct household_key key)
{
	if (2 * (uint64_t)h->count >= h->mask)
		resize(h, h->mask ? 2 * h->mask + 1 : 1023);
	uint64_t at = slot_of(h, key);
	if (!h->slots[at]) {
		struct home one = { .key = key, .first = NONE };
		VEC_PUSH(h->items, h->count, h->cap, one);
		h->slots[at] = h->count;
	}
	return h->slots[at] - 1;
}

void homes_release(struct homes *h)
{
	free(h->items);
	free(h->slots);
	free(h->of_row);
	*h = (struct homes){ 0 };
}

/* Whether this row is the home row of a living person. A person with one row and no death row is simple: it is a home when it
 * is normal. The others have been settled before. */
static bool is_home(struct join *j, struct row r, uint32_t ordinal, const struct wanted_person *p)
{
	if (p && p->flags & WANTED_HARD)
		return p->home == ordinal && p->flags & WANTED_ALIVE;
	return row_says(&j->reader->home, j->reader, r);
}

/* Extracts mostly keep a household together: then it is the one of the row before. */
struct last_home {
	char number[64];
	size_t n;
	uint32_t county, index;
};

static uint32_t home_of(struct homes *h, const struct home_facts *f, struct last_home *last)
{
	if (f->county == last->county && str_eq(f->number, (struct str){ last->number, last->n }))
		return last->index;
	uint32_t i = homes_add(h, household_key(h, f->county, f->number));
	if (f->number.n && f->number.n <= sizeof last->number) {
		last->n = f->number.n;
		last->county = f->county;
		last->index = i;
		memcpy(last->number, f->number.p, f->number.n);
	}
	return i;
}

static void see(struct join *j, struct row r, uint32_t ordinal, uint32_t person, struct last_home *last)
{
	struct homes *h = &j->homes;
	struct home_facts f;
	home_facts(j->reader, r, &f);
	uint32_t i = home_of(h, &f, last);
	struct home *home = &h->items[i];
	uint32_t split_row = home->facts.split_row;
	bool first = home->facts.people == 0;
	household_see(&home->facts, &f, ordinal);
	if (home->facts.split_row == ordinal && (first || split_row == NONE) && f.split_from.n)
		home->from = household_key(h, f.county, f.split_from);
	h->of_row[ordinal] = i;
	if (person == NONE)
		return;
	struct wanted_person *p = &j->people.items[person];
	p->household = i;
	home->registered |= (p->flags & WANTED_REGISTERED) != 0;
	if (p->flags & WANTED_PRINCIPAL)
		home->principal = true;
	else
		home->related = true;
}

int join_homes(struct join *j, struct err *err)
{
	const struct table *t = j->homes_table;
	struct homes *h = &j->homes;
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	uint64_t keys[2];
	enum iter got;
	struct last_home last = { .n = SIZE_MAX };
	h->rows = (uint32_t)(t->rows + t->duplicate_count);
	h->of_row = mem_grow(NULL, (size_t)h->rows + 1, sizeof *h->of_row);
	memset(h->of_row, 0xFF, ((size_t)h->rows + 1) * sizeof *h->of_row);
	homes_reserve(h, t->rows / 4); /* households are seldom larger; when they are smaller it grows */
	table_scan_init(&s, t);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW) {
		row_keys(t->kind, r, keys);
		fetch_ahead(j, &s);
		uint32_t p = people_find(&j->people, keys[0]);
		if (is_home(j, r, ordinal, p == NONE ? NULL : &j->people.items[p]))
			see(j, r, ordinal, p, &last);
	}
	table_scan_release(&s);
	for (uint32_t i = 0; j->all && i < h->count; i++)
		h->items[i].principal = true;
	return got == ITER_END ? 0 : -1;
}

/* Households that a principal one split from, and those that split from it, are looked at with it. */
static void relate(struct join *j)
{
	struct homes *h = &j->homes;
	for (uint32_t i = 0; i < h->count; i++) {
		struct home *a = &h->items[i];
		if (!(a->from.a | a->from.b))
			continue;
		uint32_t from = homes_find(h, a->from);
		if (from == NONE || from == i)
			continue;
		struct home *b = &h->items[from];
		bool wanted_a = a->principal && is_family(j, a), wanted_b = b->principal && is_family(j, b);
		b->related |= wanted_a;
		a->related |= wanted_b;
	}
}

/* Everybody of a wanted household is wanted; people of a principal one belong together. */
static void take(struct join *j, uint64_t key, uint32_t household)
{
	struct home *h = &j->homes.items[household];
	bool family = is_family(j, h);
	uint32_t p;
	if (family && (h->principal || h->related))
		p = people_add(&j->people, key, h->principal ? WANTED_PRINCIPAL : 0);
	else if ((p = people_find(&j->people, key)) == NONE)
		return;
	j->people.items[p].household = household;
	if (!family || !h->principal)
		return;
	if (h->first == NONE)
		h->first = p;
	else
		people_join(&j->people, h->first, p);
}

int join_persons(struct join *j, struct err *err)
{
	const struct table *t = j->homes_table;
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	uint64_t keys[2];
	enum iter got;
	relate(j);
	table_scan_init(&s, t);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW) {
		uint32_t household = j->homes.of_row[ordinal];
		if (household == NONE || !(j->homes.items[household].principal || j->homes.items[household].related))
			continue;
		row_keys(t->kind, r, keys);
		take(j, keys[0], household);
	}
	table_scan_release(&s);
	return got == ITER_END ? 0 : -1;
}
