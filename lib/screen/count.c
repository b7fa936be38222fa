/* The figures of rules.md that are asked of dossiers. A person or unit counts once in each figure and region; as a person is in
 * just one dossier (as a principal), that is settled within it, and the counts of dossiers add up. */
#include "internal.h"

#include "dossier/homes.h"

#include <stdio.h>
#include <stdlib.h>

enum thing { THING_PERSON, THING_REGISTER, THING_HOUSEHOLD, THING_FINDING };

static uint64_t thing_of(enum thing sort, uint64_t index)
{
	return (uint64_t)sort << 60 | index;
}

static void tally(struct screener *s, const char *name, int64_t region, uint64_t thing)
{
	struct figure_at at[FIGURE_LEVELS];
	unsigned n = figure_levels(&s->shared->places, region, at);
	unsigned figure = figure_name(&s->figures, str_of(name));
	for (unsigned i = 0; i < n; i++) {
		struct tally t = { (uint16_t)figure, (uint8_t)at[i].level, at[i].region, thing };
		VEC_PUSH(s->tallies, s->tally_count, s->tally_cap, t);
	}
}

static int by_all(const void *pa, const void *pb)
{
	const struct tally *a = pa, *b = pb;
	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	if (a->region != b->region)
		return a->region < b->region ? -1 : 1;
	return (a->thing > b->thing) - (a->thing < b->thing);
}

static void settle(struct screener *s)
{
	const struct tally *t = s->tallies;
	if (s->tally_count)
		qsort(s->tallies, s->tally_count, sizeof *s->tallies, by_all);
	for (size_t i = 0; i < s->tally_count; i++)
		if (i == 0 || by_all(&t[i], &t[i - 1]) != 0)
			figure_add(&s->figures, t[i].name, (enum figure_level)t[i].level, t[i].region, 1);
	s->tally_count = 0;
}

/* ---- what the dossier says of a unit's place ---------------------------------------------------------------------------------------- */

static const struct kind *register_kind(const struct dossier *d)
{
	return schema_role(d->pack->schema, ROLE_REGISTER);
}

int64_t head_number(const struct dossier *d, uint32_t reg, const char *column)
{
	const struct kind *k = register_kind(d);
	int c = kind_column(k, str_of(column));
	return c < 0 ? VALUE_NULL : row_number(d->rows[d->registers[reg].head].row, &k->columns[c]);
}

int64_t register_region(const struct dossier *d, uint32_t reg)
{
	return head_number(d, reg, "region");
}

uint32_t first_register(const struct dossier *d, uint32_t person)
{
	const struct person *p = &d->persons[person];
	const struct kind *k = register_kind(d);
	struct set rows = person_rows(d, p, k->index);
	if (!rows.n)
		return NONE;
	struct str number = row_text(k, d->rows[rows.items[0]].row, &k->columns[kind_column(k, STR("household_no"))]);
	for (uint32_t i = 0; i < p->registers.n; i++)
		if (str_eq(d->registers[p->registers.items[i]].number, number))
			return p->registers.items[i];
	return NONE;
}

int64_t person_region(const struct dossier *d, uint32_t person, bool household)
{
	const struct person *p = &d->persons[person];
	const struct kind *k = schema_role(d->pack->schema, ROLE_HOUSEHOLDS);
	int64_t region = VALUE_NULL;
	if (household) {
		if (p->household != NONE)
			region = d->households[p->household].region;
	} else if (p->home != NONE) {
		int c = kind_column(k, STR("region"));
		region = c < 0 ? VALUE_NULL : row_number(d->rows[p->home].row, &k->columns[c]);
	}
	uint32_t reg = region == VALUE_NULL ? first_register(d, person) : NONE;
	return reg == NONE ? region : register_region(d, reg);
}

/* ---- people of units ---------------------------------------------------------------------------------------------------------------- */

static void tally_members(struct screener *s, const char *name, uint32_t reg)
{
	const struct dossier *d = &s->dossier;
	struct set m = d->registers[reg].members;
	for (uint32_t i = 0; i < m.n; i++)
		if (d->persons[m.items[i]].alive)
			tally(s, name, register_region(d, reg), thing_of(THING_PERSON, m.items[i]));
}

static void tally_people(struct screener *s, const char *name, uint32_t household)
{
	const struct household *h = &s->dossier.households[household];
	for (uint32_t i = 0; i < h->people.n; i++)
		tally(s, name, h->region, thing_of(THING_PERSON, h->people.items[i]));
}

static bool has_alive(const struct dossier *d, uint32_t reg)
{
	struct set m = d->registers[reg].members;
	for (uint32_t i = 0; i < m.n; i++)
		if (d->persons[m.items[i]].alive)
			return true;
	return false;
}

/* ---- findings ----------------------------------------------------------------------------------------------------------------------- */

static void count_unit(struct screener *s, const char *list, const struct finding *f, enum item item, uint32_t index)
{
	char name[96];
	if (item == ITEM_REGISTER || item == ITEM_HOUSEHOLD) {
		snprintf(name, sizeof name, "households.%s", list);
		tally(s, name, f->region, thing_of(item == ITEM_REGISTER ? THING_REGISTER : THING_HOUSEHOLD, index));
	}
	snprintf(name, sizeof name, "persons.%s", list);
	if (item == ITEM_REGISTER)
		tally_members(s, name, index);
	else if (item == ITEM_HOUSEHOLD)
		tally_people(s, name, index);
	else if (item == ITEM_PERSON)
		tally(s, name, f->region, thing_of(THING_PERSON, index));
}

static void mark(struct screener *s, const struct finding *f, enum item item, uint32_t index)
{
	const struct pack *p = s->shared->pack;
	uint8_t *marks = item == ITEM_REGISTER ? &s->register_marks[index] : item == ITEM_HOUSEHOLD ? &s->household_marks[index] : NULL;
	if (!marks)
		return;
	if (f->list == LIST_MISSED && f->core)
		*marks |= MARK_CORE_MISSED;
	if (f->list == LIST_WRONGLY_EXITED)
		*marks |= f->core ? MARK_CORE_EXITED | MARK_EXITED : MARK_EXITED;
	if (f->list == LIST_NON_ELIGIBLE && f->core)
		*marks |= MARK_CORE_NON_ELIGIBLE;
	if (p->converted_rules >> f->rule & 1)
		*marks |= MARK_CONVERTED;
}

void count_finding(struct screener *s, const struct finding *f, enum item item, uint32_t index)
{
	const struct rule *r = &s->shared->pack->rules[f->rule];
	char list[64], rule[96], name[128];
	uint64_t thing = thing_of(THING_FINDING, (uint64_t)item << 40 | (uint64_t)r->index << 32 | index);
	snprintf(list, sizeof list, "%s", list_name(f->list));
	snprintf(rule, sizeof rule, "%s.%.*s", list, STR_ARG(r->code));
	const char *const names[] = { list, rule };
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof name, "findings.%s", names[i]);
		tally(s, name, f->region, thing);
		snprintf(name, sizeof name, "core.%s", names[i]);
		if (f->core)
			tally(s, name, f->region, thing);
		count_unit(s, names[i], f, item, index);
	}
	mark(s, f, item, index);
	if (item == ITEM_VILLAGE)
		settle(s);
}

/* ---- the dossier itself -------------------------------------------------------------------------------------------------------------- */

static bool is(struct screener *s, const struct expr *e, uint32_t reg)
{
	eval_unit(&s->eval, ITEM_REGISTER, reg);
	return eval_condition(&s->eval, e) == TRI_TRUE;
}

static const char *status_of(const struct dossier *d, uint32_t reg, char *out, size_t size)
{
	const struct kind *k = register_kind(d);
	int c = kind_column(k, STR("status"));
	int64_t v = head_number(d, reg, "status");
	struct str name = v == VALUE_NULL || !k->columns[c].enumeration ? STR("unknown") : k->columns[c].enumeration->values[v];
	snprintf(out, size, "%.*s", STR_ARG(name));
	return out;
}

static bool only_registry(const struct dossier *d, uint32_t reg)
{
	struct set m = d->registers[reg].members;
	uint64_t other = ~(UINT64_C(1) << register_kind(d)->index);
	for (uint32_t i = 0; i < m.n; i++)
		if (d->persons[m.items[i]].kinds & other)
			return false;
	return true;
}

static void count_converted(struct screener *s, const char *status, uint32_t reg)
{
	const struct dossier *d = &s->dossier;
	struct set m = d->registers[reg].members;
	char name[96];
	snprintf(name, sizeof name, "converted_persons.%s", status);
	for (uint32_t i = 0; i < m.n; i++) {
		const struct person *p = &d->persons[m.items[i]];
		if (p->alive && p->home != NONE && row_says(&d->homes->urban, d->homes, d->rows[p->home].row))
			tally(s, name, register_region(d, reg), thing_of(THING_PERSON, m.items[i]));
	}
}

static void count_active(struct screener *s, uint32_t reg, uint8_t marks, bool alive)
{
	int64_t region = register_region(&s->dossier, reg);
	uint64_t thing = thing_of(THING_REGISTER, reg);
	tally_members(s, ".active_persons", reg);
	tally_members(s, ".comprehensive", reg);
	if (marks & MARK_CONVERTED)
		tally_members(s, ".converted", reg);
	if (!(marks & MARK_CORE_NON_ELIGIBLE))
		tally_members(s, ".comprehensive_net", reg);
	if (!alive)
		return;
	tally(s, ".active", region, thing);
	if (marks & MARK_CORE_NON_ELIGIBLE) {
		tally(s, ".active_core", region, thing);
		tally_members(s, ".active_core_persons", reg);
	}
}

static void count_exited(struct screener *s, uint32_t reg, uint8_t marks, bool alive)
{
	int64_t region = register_region(&s->dossier, reg);
	uint64_t thing = thing_of(THING_REGISTER, reg);
	tally_members(s, ".exited_persons", reg);
	if (alive)
		tally(s, ".exited", region, thing);
	if (marks & MARK_CORE_EXITED) {
		tally(s, ".exited_core", region, thing);
		tally_members(s, ".exited_core_persons", reg);
		tally_members(s, ".comprehensive", reg);
		tally_members(s, ".comprehensive_net", reg);
	} else if (marks & MARK_EXITED) {
		tally(s, "follow_up_households", region, thing);
	}
}

static void count_register(struct screener *s, uint32_t reg)
{
	const struct dossier *d = &s->dossier;
	int64_t region = register_region(d, reg);
	uint64_t thing = thing_of(THING_REGISTER, reg);
	bool alive = has_alive(d, reg);
	char status[64], name[96];
	status_of(d, reg, status, sizeof status);
	snprintf(name, sizeof name, "registry_households.%s", status);
	tally(s, name, region, thing);
	snprintf(name, sizeof name, "registry_persons.%s", status);
	tally_members(s, name, reg);
	count_converted(s, status, reg);
	if (only_registry(d, reg))
		tally(s, "thin_households", region, thing);
	if (s->register_marks[reg] & MARK_CORE_MISSED) {
		tally(s, ".missed", region, thing);
		tally_members(s, ".missed_persons", reg);
	}
	if (is(s, d->pack->people.active, reg))
		count_active(s, reg, s->register_marks[reg], alive);
	if (is(s, d->pack->people.exited, reg))
		count_exited(s, reg, s->register_marks[reg], alive);
}

static void count_household(struct screener *s, uint32_t i)
{
	const struct household *h = &s->dossier.households[i];
	if (!(s->household_marks[i] & MARK_CORE_MISSED))
		return;
	tally(s, ".missed", h->region, thing_of(THING_HOUSEHOLD, i));
	tally_people(s, ".missed_persons", i);
	tally_people(s, ".comprehensive", i);
	tally_people(s, ".comprehensive_net", i);
}

/* Persons with an unsafe house, dead or alive, by what the house's row says. */
static void count_unsafe(struct screener *s, uint32_t person)
{
	const struct dossier *d = &s->dossier;
	const struct term *t = d->pack->unsafe_house;
	struct set rows = t ? eval_term(&s->eval, t, person) : (struct set){ 0 };
	for (uint32_t i = 0; i < rows.n; i++) {
		const struct kind *k = &d->pack->schema->kinds[t->expr->type.kind];
		struct row r = d->rows[rows.items[i]].row;
		struct str by[2];
		char name[128];
		for (int w = 0; w < 2; w++) {
			const struct column *c = &k->columns[d->pack->unsafe_by[w]];
			int64_t v = row_number(r, c);
			by[w] = v == VALUE_NULL ? STR("unknown") : c->enumeration->values[v];
		}
		const struct person *p = &d->persons[person];
		bool registered = p->registered || (p->household != NONE && d->households[p->household].registered);
		int c = kind_column(k, STR("region"));
		int64_t region = c < 0 ? VALUE_NULL : row_number(r, &k->columns[c]);
		if (region == VALUE_NULL)
			region = person_region(d, person, true);
		snprintf(name, sizeof name, "unsafe_houses.%.*s.%.*s.%s", STR_ARG(by[0]), STR_ARG(by[1]), registered ? "registered" : "unregistered");
		tally(s, name, region, thing_of(THING_PERSON, person));
	}
}

/* Registered people in the rural population, by the region of their household. */
static void count_person(struct screener *s, uint32_t i)
{
	const struct dossier *d = &s->dossier;
	const struct person *p = &d->persons[i];
	count_unsafe(s, i);
	if (p->registered && p->household != NONE && row_says(&d->homes->rural, d->homes, d->rows[p->home].row))
		tally(s, ".registered_rural", d->households[p->household].region, thing_of(THING_PERSON, i));
}

void count_dossier(struct screener *s)
{
	const struct dossier *d = &s->dossier;
	for (uint32_t i = 0; i < d->register_count; i++)
		if (d->registers[i].principal)
			count_register(s, i);
	for (uint32_t i = 0; i < d->household_count; i++)
		if (d->households[i].principal)
			count_household(s, i);
	eval_unit(&s->eval, ITEM_NONE, 0);
	for (uint32_t i = 0; i < d->person_count; i++)
		if (d->persons[i].flags & PERSON_PRINCIPAL)
			count_person(s, i);
	settle(s);
}
