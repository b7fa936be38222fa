/* Who is only looked at, and from which dossiers: households that a wanted one split from, those that split from it, and partners. */
#include "internal.h"

static int by_home(const void *pa, const void *pb)
{
	const struct relative *a = pa, *b = pb;
	if (a->home.a != b->home.a)
		return a->home.a < b->home.a ? -1 : 1;
	return (a->home.b > b->home.b) - (a->home.b < b->home.b);
}

static struct relative *find(const struct join *j, struct household_key home)
{
	struct relative probe = { .home = home };
	size_t low = 0, high = j->relatives.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (by_home(&j->relatives.items[mid], &probe) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < j->relatives.count && by_home(&j->relatives.items[low], &probe) == 0 ? &j->relatives.items[low] : NULL;
}

/* Its people have been waiting for this. */
static int look_at(struct join *j, struct relative *r, struct err *err)
{
	if (r->group != NONE)
		return 0;
	r->group = groups_add(&j->groups, GROUP_HOUSEHOLD, r->first);
	for (uint32_t i = 0; i < r->people; i++) {
		const struct waiting *w = &j->waiting.items[r->waiting + i];
		if (want_other(j, w->key, w->ordinal, r->group, 0, err) < 0)
			return -1;
	}
	return 0;
}

int join_relatives(struct join *j, struct err *err)
{
	struct relative *r = j->relatives.items;
	sort(r, j->relatives.count, sizeof *r, by_home);
	for (size_t i = 0; i < j->relatives.count; i++) {
		struct relative *source = r[i].from.b ? find(j, r[i].from) : NULL;
		if (!source || source == &r[i] || !(r[i].principal || source->principal))
			continue;
		if (look_at(j, &r[i], err) < 0 || look_at(j, source, err) < 0)
			return -1;
		struct kinship one = { (uint32_t)i, (uint32_t)(source - r) };
		VEC_PUSH(j->kinships.items, j->kinships.count, j->kinships.cap, one);
	}
	free(j->waiting.items);
	j->waiting.items = NULL;
	return 0;
}

/* ---- dossiers ------------------------------------------------------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Wanted people without a family are a group each. */
static void group_singles(struct join *j)
{
	VEC(uint64_t) singles = { 0 };
	struct people_walk walk = people_walk(&j->people, 0, people_buckets(&j->people));
	uint64_t key;
	uint32_t slot;
	while (people_next(&j->people, &walk, &slot, &key))
		if (people_flags(&j->people, slot) & WANTED_PRINCIPAL && j->people.slots[slot].group == NONE)
			VEC_PUSH(singles.items, singles.count, singles.cap, key);
	sort(singles.items, singles.count, sizeof *singles.items, by_key);
	for (size_t i = 0; i < singles.count; i++) {
		uint32_t g = groups_add(&j->groups, GROUP_PERSON, (uint32_t)i);
		j->groups.marks[g] |= GROUP_PRINCIPAL;
		j->people.slots[people_find(&j->people, singles.items[i])].group = g;
	}
	free(singles.items);
}

static void add_link(struct join *j, uint32_t group, uint32_t dossier)
{
	struct link one = { group, dossier };
	j->groups.marks[group] |= GROUP_LINKED;
	VEC_PUSH(j->links.items, j->links.count, j->links.cap, one);
}

static int by_link(const void *pa, const void *pb)
{
	const struct link *a = pa, *b = pb;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->dossier > b->dossier) - (a->dossier < b->dossier);
}

static void link_kin(struct join *j)
{
	for (size_t i = 0; i < j->kinships.count; i++) {
		const struct relative *a = &j->relatives.items[j->kinships.items[i].branch];
		const struct relative *b = &j->relatives.items[j->kinships.items[i].source];
		uint32_t da = a->principal ? groups_dossier(&j->groups, a->group) : NONE;
		uint32_t db = b->principal ? groups_dossier(&j->groups, b->group) : NONE;
		if (da == db)
			continue;
		if (da != NONE)
			add_link(j, b->group, da);
		if (db != NONE)
			add_link(j, a->group, db);
	}
}

/* A partner comes with their family. */
static void link_partners(struct join *j)
{
	for (size_t i = 0; i < j->requests.count; i++) {
		uint32_t g = j->people.slots[people_find(&j->people, j->requests.items[i].what)].group;
		j->requests.items[i].by = groups_dossier(&j->groups, j->requests.items[i].by);
		if (g != NONE && (j->groups.marks[g] & GROUP_SORT) == GROUP_HOUSEHOLD)
			add_link(j, g, j->requests.items[i].by);
	}
}

static int by_what(const void *pa, const void *pb)
{
	const struct request *a = pa, *b = pb;
	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	return (a->by > b->by) - (a->by < b->by);
}

static int settle_others(struct join *j, struct err *err)
{
	struct buf some = { 0 };
	int r = 0;
	people_begin(&j->others, &j->people.scatter, j->found_other_count, sieve_bits(j, 12));
	for (unsigned part = 0; r == 0 && part < PEOPLE_PARTS; part++) {
		r = spool_read(j->found_others, part, &some, err);
		if (r == 0)
			people_take(&j->others, (const struct found_person *)some.p, some.n / sizeof(struct found_person), part, PEOPLE_PART_BITS);
	}
	buf_release(&some);
	spool_close(j->found_others);
	j->found_others = NULL;
	return r;
}

int number_dossiers(struct join *j, struct err *err)
{
	group_singles(j);
	groups_number(&j->groups);
	link_kin(j);
	link_partners(j);
	sort(j->links.items, j->links.count, sizeof *j->links.items, by_link);
	sort(j->requests.items, j->requests.count, sizeof *j->requests.items, by_what);
	free(j->relatives.items);
	free(j->kinships.items);
	j->relatives.items = NULL;
	j->kinships.items = NULL;
	return settle_others(j, err);
}

/* Most people are in one dossier, and it is noted beside them. */
static void note_dossiers(const struct join *j, struct wanted_people *people)
{
	for (uint64_t i = 0; i < people->count; i++) {
		struct wanted_person *p = &people->slots[i];
		if (!(p->flags & WANTED_PRINCIPAL) || p->flags & WANTED_PARTNER || j->groups.marks[p->group] & GROUP_LINKED)
			continue;
		p->group = groups_dossier(&j->groups, p->group);
		p->flags |= WANTED_PLACED;
	}
}

void place_people(struct join *j)
{
	note_dossiers(j, &j->people);
	note_dossiers(j, &j->others);
}

/* ---- where a person is ------------------------------------------------------------------------------------------------------------------------ */

static void put_in(struct places_of *p, uint32_t dossier, uint8_t flags)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].dossier == dossier)
			return;
	struct place_in one = { dossier, flags };
	VEC_PUSH(p->items, p->count, p->cap, one);
}

static size_t first_link(const struct join *j, uint32_t group)
{
	size_t low = 0, high = j->links.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (j->links.items[mid].group < group)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t first_request(const struct join *j, uint64_t key)
{
	size_t low = 0, high = j->requests.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (j->requests.items[mid].what < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void put_links(const struct join *j, uint32_t group, struct places_of *ret)
{
	if (!(j->groups.marks[group] & GROUP_LINKED))
		return;
	for (size_t i = first_link(j, group); i < j->links.count && j->links.items[i].group == group; i++)
		put_in(ret, j->links.items[i].dossier, 0);
}

void places_of_group(const struct join *j, uint32_t group, struct places_of *ret)
{
	if (j->groups.marks[group] & GROUP_PRINCIPAL)
		put_in(ret, groups_dossier(&j->groups, group), PERSON_PRINCIPAL);
	put_links(j, group, ret);
}

void places_of_person(const struct join *j, uint32_t slot, struct places_of *ret)
{
	const struct wanted_people *p = slot & LOOK ? &j->others : &j->people;
	slot &= ~LOOK;
	unsigned flags = people_flags(p, slot);
	uint32_t group = p->slots[slot].group;
	if (flags & WANTED_PLACED) {
		put_in(ret, group, PERSON_PRINCIPAL);
		return;
	}
	if (flags & WANTED_PRINCIPAL)
		put_in(ret, groups_dossier(&j->groups, group), PERSON_PRINCIPAL);
	if (group != NONE)
		put_links(j, group, ret);
	if (flags & WANTED_PARTNER) {
		uint64_t key = people_key(p, slot);
		for (size_t i = first_request(j, key); i < j->requests.count && j->requests.items[i].what == key; i++)
			put_in(ret, j->requests.items[i].by, 0);
	}
}
