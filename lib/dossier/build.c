#include "build.h"

#include "id/id.h"

#include <stdlib.h>

void dossier_reset(struct dossier *d)
{
	arena_reset(&d->arena);
	*d = (struct dossier){ .pack = d->pack, .due = d->due, .homes = d->homes, .arena = d->arena };
}

void dossier_release(struct dossier *d)
{
	if (d->due)
		pack_due(d->pack, d->due);
	arena_release(&d->arena);
	home_reader_free(d->homes);
	*d = (struct dossier){ .pack = d->pack };
}

static const struct kind *kind_of(const struct dossier *d, const struct dossier_row *r)
{
	return &d->pack->schema->kinds[r->kind];
}

static int role_index(const struct dossier *d, enum role role)
{
	const struct kind *k = schema_role(d->pack->schema, role);
	return k ? (int)k->index : -1;
}

/* ---- persons --------------------------------------------------------------------------------------------------------------------- */

struct listed {
	uint64_t key;
	uint8_t flags;
};

static int by_key(const void *pa, const void *pb)
{
	const struct listed *a = pa, *b = pb;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (b->flags > a->flags) - (b->flags < a->flags);
}

/* Of the persons nothing is known yet but keys and flags, and those are less to move. */
static void sort_persons(struct dossier *d)
{
	uint32_t i = 1;
	while (i < d->person_count && d->persons[i - 1].key < d->persons[i].key)
		i++;
	if (i >= d->person_count)
		return;
	struct listed *all = arena_alloc(&d->arena, d->person_count * sizeof *all);
	for (i = 0; i < d->person_count; i++)
		all[i] = (struct listed){ d->persons[i].key, d->persons[i].flags };
	sort(all, d->person_count, sizeof *all, by_key);
	for (i = 0; i < d->person_count; i++) {
		d->persons[i].key = all[i].key;
		d->persons[i].flags = all[i].flags;
	}
}

uint32_t dossier_person(const struct dossier *d, uint64_t key)
{
	uint32_t low = 0, high = d->person_count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (d->persons[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low < d->person_count && d->persons[low].key == key ? low : NONE;
}

/* The key that a row names in place i, or 0. */
static uint64_t row_person(const struct kind *k, struct row r, int i)
{
	return k->ids[i] < 0 ? 0 : id_key(le64_get(r.fixed + k->columns[k->ids[i]].offset)); /* null is 0 */
}

/* Whom the rows name, by index: how many of these names are of nobody listed. */
static uint32_t find_owners(struct dossier *d)
{
	uint32_t missing = 0;
	for (uint32_t i = 0; i < d->row_count; i++) {
		struct dossier_row *r = &d->rows[i];
		const struct kind *k = kind_of(d, r);
		for (int w = 0; w < 2; w++) {
			uint64_t key = row_person(k, r->row, w);
			r->persons[w] = key ? dossier_person(d, key) : NONE;
			missing += key && r->persons[w] == NONE;
		}
	}
	return missing;
}

/* Owners of rows who are not listed are people only to be looked at. */
static void add_owners(struct dossier *d, uint32_t missing)
{
	uint32_t n = d->person_count;
	struct person *all = arena_alloc(&d->arena, (size_t)(n + missing) * sizeof *all);
	if (n)
		memcpy(all, d->persons, n * sizeof *all);
	for (uint32_t i = 0; i < d->row_count; i++)
		for (int w = 0; w < 2; w++) {
			uint64_t key = row_person(kind_of(d, &d->rows[i]), d->rows[i].row, w);
			if (key && d->rows[i].persons[w] == NONE)
				all[n++].key = key;
		}
	d->persons = all;
	d->person_count = n;
	sort_persons(d);
	d->person_count = 0;
	for (uint32_t i = 0; i < n; i++)
		if (i == 0 || all[i].key != all[i - 1].key)
			all[d->person_count++] = all[i];
	find_owners(d);
}

/* Give each person the list of rows that name them, in the order of the rows. */
static void share_rows(struct dossier *d)
{
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < d->row_count; i++) {
			const struct dossier_row *r = &d->rows[i];
			for (int w = 0; w < 2; w++) {
				if (r->persons[w] == NONE || (w == 1 && r->persons[1] == r->persons[0]))
					continue;
				struct person *p = &d->persons[r->persons[w]];
				if (pass == 1)
					p->rows.items[p->rows.n] = i;
				p->rows.n++;
				p->kinds |= UINT64_C(1) << r->kind;
			}
			d->kinds |= UINT64_C(1) << r->kind;
		}
		uint32_t *items = pass == 0 ? arena_alloc(&d->arena, 2 * (size_t)d->row_count * sizeof *items) : NULL;
		for (uint32_t i = 0; pass == 0 && i < d->person_count; i++) {
			struct person *p = &d->persons[i];
			p->rows.items = items;
			items += p->rows.n;
			p->rows.n = 0;
		}
	}
}

struct set person_rows(const struct dossier *d, const struct person *p, unsigned kind)
{
	uint32_t from = 0, to;
	if (!(p->kinds >> kind & 1))
		return (struct set){ 0 };
	uint32_t low = 0, high = p->rows.n;
	while (low < high) { /* rows are in the order of kinds */
		uint32_t mid = low + (high - low) / 2;
		if (d->rows[p->rows.items[mid]].kind < kind)
			low = mid + 1;
		else
			high = mid;
	}
	from = to = low;
	while (to < p->rows.n && d->rows[p->rows.items[to]].kind == kind)
		to++;
	return (struct set){ p->rows.items + from, to - from };
}

static struct str row_name(const struct dossier *d, uint32_t row)
{
	const struct dossier_row *r = &d->rows[row];
	const struct kind *k = kind_of(d, r);
	return k->name_column < 0 ? (struct str){ 0 } : row_text(k, r->row, &k->columns[k->name_column]);
}

static struct str first_name(const struct dossier *d, struct set rows)
{
	for (uint32_t i = 0; i < rows.n; i++) {
		struct str s = row_name(d, rows.items[i]);
		if (s.n)
			return s;
	}
	return (struct str){ 0 };
}

enum level witness(const struct dossier *d, const struct dossier_row *r, uint32_t person)
{
	const struct kind *k = kind_of(d, r);
	struct str name = k->name_column < 0 ? (struct str){ 0 } : row_text(k, r->row, &k->columns[k->name_column]);
	struct str reference = person == NONE ? (struct str){ 0 } : d->persons[person].name;
	if (name.n && reference.n)
		return str_eq(name, reference) ? LEVEL_HIGH : LEVEL_LOW;
	for (int i = 0; i < 2; i++)
		if (k->ids[i] >= 0 && r->persons[i] == person && id_weak((uint64_t)row_number(r->row, &k->columns[k->ids[i]])))
			return LEVEL_LOW;
	return LEVEL_MEDIUM;
}

enum level row_confidence(const struct dossier *d, const struct dossier_row *r)
{
	enum level best = witness(d, r, r->persons[0]);
	if (r->persons[1] != NONE) {
		enum level other = witness(d, r, r->persons[1]);
		best = other > best ? other : best;
	}
	return best;
}

static bool is_dead(struct eval *v, uint32_t person, struct set homes, int deaths_kind)
{
	const struct dossier *d = v->d;
	const struct person *p = &d->persons[person];
	for (uint32_t i = 0; p->home == NONE && i < homes.n; i++)
		if (row_says(&d->homes->gone, d->homes, d->rows[homes.items[i]].row))
			return true;
	if (deaths_kind < 0)
		return false;
	struct set deaths = person_rows(d, p, (unsigned)deaths_kind);
	for (uint32_t i = 0; i < deaths.n; i++)
		if (eval_row_of(v, d->pack->people.death, deaths.items[i], person) == TRI_TRUE)
			return true;
	return false;
}

static void settle_persons(struct dossier *d)
{
	struct eval v;
	home_reader_lend(d->homes, &v, d);
	int homes_kind = role_index(d, ROLE_HOUSEHOLDS), register_kind = role_index(d, ROLE_REGISTER);
	int deaths_kind = role_index(d, ROLE_DEATHS);
	for (uint32_t i = 0; i < d->person_count; i++) {
		struct person *p = &d->persons[i];
		struct set homes = person_rows(d, p, (unsigned)homes_kind), registry = person_rows(d, p, (unsigned)register_kind);
		p->home = p->household = NONE;
		for (uint32_t k = 0; k < homes.n && p->home == NONE; k++)
			if (row_says(&d->homes->home, d->homes, d->rows[homes.items[k]].row))
				p->home = homes.items[k];
		if (homes.n > 1)
			p->kinds |= TRIGGER_TWICE;
		d->kinds |= p->kinds;
		p->registered = registry.n > 0;
		p->name = p->home == NONE ? (struct str){ 0 } : row_name(d, p->home);
		if (!p->name.n)
			p->name = first_name(d, registry);
		if (!p->name.n)
			p->name = first_name(d, homes);
		p->alive = !is_dead(&v, i, homes, deaths_kind);
	}
	home_reader_return(d->homes, &v);
}

/* ---- hukou households ------------------------------------------------------------------------------------------------------------ */

struct resident {
	uint32_t person, row;
	struct home_facts facts;
};

static int by_household(const void *pa, const void *pb)
{
	const struct resident *a = *(struct resident *const *)pa, *b = *(struct resident *const *)pb;
	if (a->facts.county != b->facts.county)
		return a->facts.county < b->facts.county ? -1 : 1;
	int c = str_cmp(a->facts.number, b->facts.number);
	return c ? c : (a->row > b->row) - (a->row < b->row);
}

static int note_cmp(const struct household_note *n, uint32_t county, struct str number)
{
	if (n->county != county)
		return n->county < county ? -1 : 1;
	return str_cmp(n->number, number);
}

static const struct household_note *note_of(const struct dossier *d, const struct household *h)
{
	for (uint32_t i = 0; i < d->note_count; i++)
		if (note_cmp(&d->notes[i], h->county, h->number) == 0)
			return &d->notes[i];
	return NULL;
}

static void found_household(struct dossier *d, struct household *h, struct resident *const *r, uint32_t n)
{
	struct household_facts f = { 0 };
	*h = (struct household){ .county = r[0]->facts.county, .number = r[0]->facts.number, .split_on = VALUE_NULL, .source = NONE };
	h->people.items = arena_alloc(&d->arena, n * sizeof *h->people.items);
	uint32_t index = (uint32_t)(h - d->households);
	for (uint32_t i = 0; i < n; i++) {
		struct person *p = &d->persons[r[i]->person];
		uint32_t before = f.split_row;
		bool first = f.people == 0;
		household_see(&f, &r[i]->facts, r[i]->row);
		if (f.split_row != NONE && (first || before == NONE)) {
			h->split_on = r[i]->facts.split_on;
			h->split_from = r[i]->facts.split_from;
		}
		h->people.items[h->people.n++] = r[i]->person;
		h->registered |= p->registered;
		h->principal |= (p->flags & PERSON_PRINCIPAL) != 0;
		p->household = index;
	}
	h->head = f.head;
	h->region = f.region;
	h->rural = f.rural > 0;
	h->split = f.split;
	h->collective = household_collective(&f, d->pack);
	const struct household_note *note = note_of(d, h);
	if (note) {
		h->region = note->region;
		h->collective |= note->collective;
		h->registered |= note->registered;
		h->principal = false;
	}
}

int compare_indices(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static uint32_t find_household(const struct dossier *d, uint32_t county, struct str number)
{
	uint32_t low = 0, high = d->household_count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		struct household_note at = { .county = d->households[mid].county, .number = d->households[mid].number };
		if (note_cmp(&at, county, number) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	bool found = low < d->household_count && d->households[low].county == county && str_eq(d->households[low].number, number);
	return found ? low : NONE;
}

/* split_from names a household of the same county; one that names itself says nothing. */
static void link_households(struct dossier *d)
{
	uint32_t linked = 0;
	for (uint32_t i = 0; i < d->household_count; i++) {
		struct household *h = &d->households[i];
		if (!h->split_from.n)
			continue;
		uint32_t source = find_household(d, h->county, h->split_from);
		if (source == NONE || source == i)
			continue;
		h->source = source;
		d->households[source].branches.n++;
		linked++;
	}
	if (!linked)
		return;
	for (uint32_t i = 0; i < d->household_count; i++) {
		struct household *h = &d->households[i];
		h->branches.items = arena_alloc(&d->arena, h->branches.n * sizeof *h->branches.items);
		h->branches.n = 0;
	}
	for (uint32_t i = 0; i < d->household_count; i++)
		if (d->households[i].source != NONE) {
			struct set *b = &d->households[d->households[i].source].branches;
			b->items[b->n++] = i;
		}
}

static void settle_households(struct dossier *d)
{
	struct resident *all = arena_alloc(&d->arena, d->person_count * sizeof *all);
	struct resident **r = arena_alloc(&d->arena, d->person_count * sizeof *r);
	uint32_t n = 0;
	for (uint32_t i = 0; i < d->person_count; i++) {
		const struct person *p = &d->persons[i];
		if (!p->alive || p->home == NONE)
			continue;
		all[n].person = i;
		all[n].row = p->home;
		home_facts(d->homes, d->rows[p->home].row, home_says(d->homes, d->rows[p->home].row), &all[n].facts);
		r[n] = &all[n];
		n++;
	}
	sort(r, n, sizeof *r, by_household);
	d->households = arena_alloc(&d->arena, (size_t)n * sizeof *d->households);
	for (uint32_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && r[j]->facts.county == r[i]->facts.county && str_eq(r[j]->facts.number, r[i]->facts.number); j++)
			;
		struct household *h = &d->households[d->household_count++];
		found_household(d, h, r + i, j - i);
		sort(h->people.items, h->people.n, sizeof *h->people.items, compare_indices);
	}
	link_households(d);
}

void dossier_build(struct dossier *d)
{
	if (!d->homes)
		d->homes = home_reader_new(d->pack);
	sort_persons(d);
	uint32_t missing = find_owners(d);
	if (missing)
		add_owners(d, missing);
	share_rows(d);
	settle_persons(d);
	settle_households(d);
	settle_registers(d);
}
