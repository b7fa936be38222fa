/* What people, households, registers, villages and rows have beside columns: lib/rule/check.c says what each is called. */
#include "value.h"

#include "id/id.h"

static const struct kind *kind_of(const struct eval *v, const struct dossier_row *r)
{
	return &v->d->pack->schema->kinds[r->kind];
}

static struct value column(const struct kind *k, struct row r, const struct column *c)
{
	if (c->type == TYPE_TEXT || c->type == TYPE_NAME)
		return of_text(row_text(k, r, c));
	int64_t n = row_number(r, c);
	if (c->type == TYPE_BOOL)
		return of_truth(n == VALUE_NULL ? TRI_UNKNOWN : n ? TRI_TRUE : TRI_FALSE);
	if (n == VALUE_NULL)
		return value_nothing;
	if (c->type == TYPE_ID || c->type == TYPE_CERT)
		return of_number((int64_t)((uint64_t)n & ~ID_WEAK));
	return of_number(c->type == TYPE_YEAR ? 100 * n : n);
}

struct value row_column(const struct eval *v, uint32_t row, unsigned index)
{
	const struct dossier_row *r = &v->d->rows[row];
	const struct kind *k = kind_of(v, r);
	return column(k, r->row, &k->columns[index]);
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

static struct value row_persons(struct eval *v, const struct dossier_row *r)
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
	return of_set((struct set){ p, n });
}

static struct value row_attribute(struct eval *v, const struct frame_item *f, enum attribute a)
{
	const struct dossier_row *r = &v->d->rows[f->index];
	uint32_t p = person_around(v, f, r);
	switch (a) {
	case A_WITNESS: return of_number(witness(v->d, r, p));
	case A_WEAK: return of_bool(row_weak(v, r, p));
	case A_PARTNER: return of_one(v, r->persons[0] == p ? r->persons[1] : r->persons[0]);
	default: return row_persons(v, r);
	}
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

static struct value person_attribute(struct eval *v, uint32_t i, enum attribute a)
{
	const struct person *p = &v->d->persons[i];
	switch (a) {
	case A_ID: return of_number((int64_t)p->key);
	case A_AGE: return of_number(100 * (int64_t)age_at(id_birthday(p->key), v->d->pack->as_of));
	case A_MALE: return of_bool(id_male(p->key));
	case A_ALIVE: return of_bool(p->alive);
	case A_REGISTERED: return of_bool(p->registered);
	case A_MEMBER: return of_bool(is_member(v, i));
	case A_MAYBE_REGISTERED: return of_bool(p->flags & PERSON_MAYBE_REGISTERED);
	case A_NAME: return of_text(p->name);
	case A_HOME: return of_one(v, p->home);
	case A_HOUSEHOLD: return of_one(v, p->household);
	default: return of_set(p->registers);
	}
}

static bool someone_maybe_registered(const struct eval *v, const struct household *h)
{
	for (uint32_t i = 0; i < h->people.n; i++)
		if (v->d->persons[h->people.items[i]].flags & PERSON_MAYBE_REGISTERED)
			return true;
	return false;
}

static struct value household_attribute(struct eval *v, uint32_t i, enum attribute a)
{
	const struct household *h = &v->d->households[i];
	switch (a) {
	case A_PEOPLE: return of_set(h->people);
	case A_REGION: return of_number(h->region);
	case A_NUMBER: return of_text(h->number);
	case A_SPLIT_ON: return of_number(h->split_on);
	case A_SPLIT_FROM: return of_text(h->split_from);
	case A_COLLECTIVE: return of_bool(h->collective);
	case A_REGISTERED: return of_bool(h->registered);
	case A_MAYBE_REGISTERED: return of_bool(someone_maybe_registered(v, h));
	case A_SOURCE: return of_one(v, h->source);
	default: return of_set(h->branches);
	}
}

static struct value register_attribute(struct eval *v, uint32_t i, enum attribute a)
{
	const struct registry_household *r = &v->d->registers[i];
	switch (a) {
	case A_MEMBERS: return of_set(r->members);
	case A_FAMILY: return of_set(family_of(v->d, i));
	case A_HEAD: return of_one(v, r->head);
	case A_ROWS: return of_set(r->rows);
	default: return of_number(100 * (int64_t)r->refused);
	}
}

static struct value village_attribute(const struct eval *v, enum attribute a)
{
	switch (a) {
	case A_ALL: return of_number(100 * (int64_t)v->village->all);
	case A_SPLIT: return of_number(100 * (int64_t)v->village->split);
	default: return of_number(v->village->region);
	}
}

struct value attribute_of(struct eval *v, const struct frame_item *f, enum attribute a)
{
	switch (f->item) {
	case ITEM_PERSON: return person_attribute(v, f->index, a);
	case ITEM_HOUSEHOLD: return household_attribute(v, f->index, a);
	case ITEM_REGISTER: return register_attribute(v, f->index, a);
	case ITEM_VILLAGE: return village_attribute(v, a);
	default: return row_attribute(v, f, a);
	}
}
