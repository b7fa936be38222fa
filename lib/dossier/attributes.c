/* What people, households, registers, villages and rows have beside columns: lib/rule/check.c says what each is called. */
#include "value.h"

#include "id/id.h"

static const struct kind *kind_of(const struct eval *v, const struct dossier_row *r)
{
	return &v->d->pack->schema->kinds[r->kind];
}

int64_t column_number(const struct eval *v, uint32_t row, unsigned index)
{
	const struct dossier_row *r = &v->d->rows[row];
	const struct column *c = &kind_of(v, r)->columns[index];
	int64_t n = row_number(r->row, c);
	switch (c->type) {
	case TYPE_BOOL: return n == VALUE_NULL ? TRI_UNKNOWN : n ? TRI_TRUE : TRI_FALSE;
	case TYPE_ID: case TYPE_CERT: return n == VALUE_NULL ? n : (int64_t)((uint64_t)n & ~ID_WEAK);
	case TYPE_YEAR: return n == VALUE_NULL ? n : 100 * n;
	default: return n;
	}
}

/* An empty text is null. */
static struct str or_null(struct str s)
{
	return s.n ? s : (struct str){ 0 };
}

struct str column_text(const struct eval *v, uint32_t row, unsigned index)
{
	const struct dossier_row *r = &v->d->rows[row];
	const struct kind *k = kind_of(v, r);
	return or_null(row_text(k, r->row, &k->columns[index]));
}

/* The person a row is asked about: the nearest one around it, else the first whom it names. */
static uint32_t person_around(const struct eval *v, const struct frame_item *f, const struct dossier_row *r)
{
	for (f = f->up; f; f = f->up)
		if (f->item == ITEM_PERSON && (f->index == r->persons[0] || f->index == r->persons[1]))
			return f->index;
	(void)v;
	return r->persons[0];
}

static bool row_weak(const struct eval *v, const struct dossier_row *r, uint32_t person)
{
	const struct kind *k = kind_of(v, r);
	for (int i = 0; i < 2 && k->ids[i] >= 0; i++)
		if (r->persons[i] == person && id_weak((uint64_t)row_number(r->row, &k->columns[k->ids[i]])))
			return true;
	return false;
}

static struct set row_persons(struct eval *v, const struct dossier_row *r)
{
	uint32_t *p = arena_alloc(&v->arena, 2 * sizeof *p), n = 0;
	for (int i = 0; i < 2; i++)
		if (r->persons[i] != NONE && (i == 0 || r->persons[1] != r->persons[0]))
			p[n++] = r->persons[i];
	if (n == 2 && p[0] > p[1]) {
		uint32_t t = p[0];
		p[0] = p[1];
		p[1] = t;
	}
	return (struct set){ p, n };
}

/* Members of the unit, a bit a person: none(people, member) is then linear whatever the size of the household. */
static bool is_member(struct eval *v, uint32_t person)
{
	struct dossier *d = v->d;
	if (v->unit.item != ITEM_REGISTER)
		return false;
	if (!v->member_marks)
		v->member_marks = arena_alloc(&d->arena, (d->person_count / 64 + 1) * 8);
	if (!v->members_marked) {
		memset(v->member_marks, 0, (d->person_count / 64 + 1) * 8);
		struct set m = d->registers[v->unit.index].members;
		for (uint32_t i = 0; i < m.n; i++)
			v->member_marks[m.items[i] / 64] |= UINT64_C(1) << m.items[i] % 64;
		v->members_marked = true;
	}
	return v->member_marks[person / 64] >> person % 64 & 1;
}

static bool someone_maybe_registered(const struct eval *v, const struct household *h)
{
	for (uint32_t i = 0; i < h->people.n; i++)
		if (v->d->persons[h->people.items[i]].flags & PERSON_MAYBE_REGISTERED)
			return true;
	return false;
}

/* ---- by what they are -------------------------------------------------------------------------------------------------------------- */

/* It stays the same until the next birthday. */
static int64_t age(struct eval *v, int32_t born)
{
	int32_t at = v->d->pack->as_of;
	due_on(v, next_birthday(born, at));
	return 100 * (int64_t)age_at(born, at);
}

static int64_t person_number(struct eval *v, uint32_t i, enum attribute a)
{
	const struct person *p = &v->d->persons[i];
	switch (a) {
	case A_ID: return (int64_t)p->key;
	case A_AGE: return age(v, id_birthday(p->key));
	case A_MALE: return id_male(p->key);
	case A_ALIVE: return p->alive;
	case A_REGISTERED: return p->registered;
	case A_MEMBER: return is_member(v, i);
	default: return (p->flags & PERSON_MAYBE_REGISTERED) != 0;
	}
}

static int64_t household_number(const struct eval *v, uint32_t i, enum attribute a)
{
	const struct household *h = &v->d->households[i];
	switch (a) {
	case A_REGION: return h->region;
	case A_SPLIT_ON: return h->split_on;
	case A_COLLECTIVE: return h->collective;
	case A_REGISTERED: return h->registered;
	default: return someone_maybe_registered(v, h);
	}
}

static int64_t village_number(const struct eval *v, enum attribute a)
{
	switch (a) {
	case A_ALL: return 100 * (int64_t)v->village->all;
	case A_SPLIT: return 100 * (int64_t)v->village->split;
	default: return v->village->region;
	}
}

static int64_t row_attribute(const struct eval *v, const struct frame_item *f, enum attribute a)
{
	const struct dossier_row *r = &v->d->rows[f->index];
	uint32_t p = person_around(v, f, r);
	return a == A_WITNESS ? (int64_t)witness(v->d, r, p) : row_weak(v, r, p);
}

int64_t attribute_number(struct eval *v, const struct frame_item *f, enum attribute a)
{
	switch (f->item) {
	case ITEM_PERSON: return person_number(v, f->index, a);
	case ITEM_HOUSEHOLD: return household_number(v, f->index, a);
	case ITEM_REGISTER: return 100 * (int64_t)v->d->registers[f->index].refused;
	case ITEM_VILLAGE: return village_number(v, a);
	default: return row_attribute(v, f, a);
	}
}

struct str attribute_text(struct eval *v, const struct frame_item *f, enum attribute a)
{
	if (f->item == ITEM_PERSON)
		return or_null(v->d->persons[f->index].name);
	const struct household *h = &v->d->households[f->index];
	return or_null(a == A_NUMBER ? h->number : h->split_from);
}

uint32_t attribute_one(struct eval *v, const struct frame_item *f, enum attribute a)
{
	const struct dossier *d = v->d;
	switch (f->item) {
	case ITEM_PERSON: return a == A_HOME ? d->persons[f->index].home : d->persons[f->index].household;
	case ITEM_HOUSEHOLD: return d->households[f->index].source;
	case ITEM_REGISTER: return d->registers[f->index].head;
	default: {
		const struct dossier_row *r = &d->rows[f->index];
		if (a == A_PERSONS) /* of a kind whose rows name one */
			return r->persons[0];
		return r->persons[0] == person_around(v, f, r) ? r->persons[1] : r->persons[0];
	}
	}
}

static bool is_one(enum attribute a)
{
	return a == A_HOME || a == A_HOUSEHOLD || a == A_SOURCE || a == A_HEAD || a == A_PARTNER;
}

struct set attribute_set(struct eval *v, const struct frame_item *f, enum attribute a)
{
	struct dossier *d = v->d;
	if (is_one(a))
		return set_of_one(v, attribute_one(v, f, a));
	switch (f->item) {
	case ITEM_PERSON: return d->persons[f->index].registers;
	case ITEM_HOUSEHOLD: return a == A_PEOPLE ? d->households[f->index].people : d->households[f->index].branches;
	case ITEM_REGISTER:
		return a == A_MEMBERS ? d->registers[f->index].members : a == A_FAMILY ? family_of(d, f->index) : d->registers[f->index].rows;
	default: return row_persons(v, &d->rows[f->index]);
	}
}
