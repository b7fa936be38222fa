/* The figures of rules.md that are asked of dossiers. A person or unit counts once in each figure and region; as a person is in
 * just one dossier (as a principal), that is settled within it, and the counts of dossiers add up. */
#include "internal.h"

#include "dossier/homes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- names ----------------------------------------------------------------------------------------------------------------------------- */

/* Names of a fixed kind; those that begin with '.' are parts of rates. */
static const char *const fixed_names[FIGURE_FIXED] = {
	[FIGURE_THIN] = "thin_households", [FIGURE_FOLLOW_UP] = "follow_up_households",
	[FIGURE_MISSED] = ".missed", [FIGURE_MISSED_PERSONS] = ".missed_persons",
	[FIGURE_ACTIVE] = ".active", [FIGURE_ACTIVE_PERSONS] = ".active_persons",
	[FIGURE_ACTIVE_CORE] = ".active_core", [FIGURE_ACTIVE_CORE_PERSONS] = ".active_core_persons",
	[FIGURE_EXITED] = ".exited", [FIGURE_EXITED_PERSONS] = ".exited_persons",
	[FIGURE_EXITED_CORE] = ".exited_core", [FIGURE_EXITED_CORE_PERSONS] = ".exited_core_persons",
	[FIGURE_CONVERTED] = ".converted", [FIGURE_COMPREHENSIVE] = ".comprehensive",
	[FIGURE_COMPREHENSIVE_NET] = ".comprehensive_net", [FIGURE_REGISTERED_RURAL] = ".registered_rural",
};

static uint16_t number_of(struct screener *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static uint16_t number_of(struct screener *s, const char *fmt, ...)
{
	char name[192];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(name, sizeof name, fmt, ap);
	va_end(ap);
	return (uint16_t)figure_name(&s->figures, str_of(name));
}

/* Names of one list and rule are numbered one after the other: counts of a finding then lie together (FIGURE_PART). */
static void name_list(struct screener *s, enum list l, unsigned rule, const char *of)
{
	struct figure_numbers *n = &s->numbers;
	n->findings[l][rule] = number_of(s, "findings.%s", of);
	n->core[l][rule] = number_of(s, "core.%s", of);
	n->households[l][rule] = number_of(s, "households.%s", of);
	n->persons[l][rule] = number_of(s, "persons.%s", of);
}

static void name_lists(struct screener *s)
{
	const struct pack *p = s->shared->pack;
	for (int l = 0; l < LIST_COUNT; l++) {
		name_list(s, (enum list)l, p->rule_count, list_name((enum list)l));
		for (unsigned r = 0; r < p->rule_count; r++) {
			char of[128];
			if (p->rules[r].list != (enum list)l && !(l == LIST_VETOED && p->rules[r].veto_count))
				continue;
			snprintf(of, sizeof of, "%s.%.*s", list_name((enum list)l), STR_ARG(p->rules[r].code));
			name_list(s, (enum list)l, r, of);
		}
	}
}

static void name_statuses(struct screener *s)
{
	const struct kind *k = schema_role(s->shared->pack->schema, ROLE_REGISTER);
	int c = kind_column(k, STR("status"));
	const struct enumeration *e = c < 0 ? NULL : k->columns[c].enumeration;
	unsigned count = e ? e->count : 0;
	struct figure_numbers *n = &s->numbers;
	n->status = mem_alloc((count + 1) * sizeof *n->status);
	for (unsigned i = 0; i <= count; i++) {
		struct str name = i ? e->values[i - 1] : STR("unknown");
		n->status[i].households = number_of(s, "registry_households.%.*s", STR_ARG(name));
		n->status[i].persons = number_of(s, "registry_persons.%.*s", STR_ARG(name));
		n->status[i].converted = number_of(s, "converted_persons.%.*s", STR_ARG(name));
	}
}

/* "unsafe_houses.OBJECT.GRADE.registered": named when first counted. */
static void prepare_unsafe(struct screener *s)
{
	const struct pack *p = s->shared->pack;
	if (!p->unsafe_house)
		return;
	const struct kind *k = &p->schema->kinds[p->unsafe_house->expr->type.kind];
	size_t n = 2;
	for (int w = 0; w < 2; w++)
		n *= k->columns[p->unsafe_by[w]].enumeration->count + 1u;
	s->numbers.unsafe = mem_alloc(n * sizeof *s->numbers.unsafe);
}

void count_init(struct screener *s)
{
	name_lists(s);
	for (int i = 0; i < FIGURE_FIXED; i++)
		s->numbers.fixed[i] = number_of(s, "%s", fixed_names[i]);
	name_statuses(s);
	prepare_unsafe(s);
}

void count_release(struct screener *s)
{
	free(s->numbers.status);
	free(s->numbers.unsafe);
	free(s->tallies);
}

/* ---- counting -------------------------------------------------------------------------------------------------------------------------- */

static void count_many(struct screener *s, uint16_t figure, int64_t region, uint32_t how_many)
{
	if (!how_many)
		return;
	if (!s->place || s->place_region != region) {
		s->place = figure_row(&s->figures, FIGURE_VILLAGE, (uint64_t)region);
		s->place_region = region;
	}
	figure_row_add(&s->figures, s->place, figure, how_many);
}

/* A unit or a finding: each is counted from one place only. */
static void count(struct screener *s, uint16_t figure, int64_t region)
{
	count_many(s, figure, region, 1);
}

/* A person, who may come up again under the same figure, from the same region or another: counted once in each, by settle(). */
static void tally(struct screener *s, uint16_t figure, int64_t region, uint32_t person)
{
	struct tally t = { (uint64_t)figure << 32 | person, region };
	VEC_PUSH(s->tallies, s->tally_count, s->tally_cap, t);
}

static int by_all(const void *pa, const void *pb)
{
	const struct tally *a = pa, *b = pb;
	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	return (a->region > b->region) - (a->region < b->region);
}

/* A person who came up in several regions, which ascend: once in each of their levels, so what they have in common is taken back. */
static void settle_regions(struct screener *s, uint16_t figure, const struct tally *t, size_t n)
{
	struct figure_at *all = mem_alloc(n * FIGURE_LEVELS * sizeof *all);
	size_t found = 0;
	for (size_t i = 0; i < n; i++) {
		if (i && t[i].region == t[i - 1].region)
			continue;
		count(s, figure, t[i].region);
		found += figure_levels(&s->shared->places, t[i].region, all + found);
	}
	for (size_t i = 0; i < found; i++) {
		size_t before = 0;
		while (before < i && !(all[before].level == all[i].level && all[before].region == all[i].region))
			before++;
		if (before < i)
			figure_add(&s->figures, figure, all[i].level, all[i].region, -1);
	}
	free(all);
}

static void settle(struct screener *s)
{
	const struct tally *t = s->tallies;
	sort(s->tallies, s->tally_count, sizeof *s->tallies, by_all);
	for (size_t i = 0, j; i < s->tally_count; i = j) {
		for (j = i + 1; j < s->tally_count && t[j].what == t[i].what; j++)
			;
		if (t[i].region == t[j - 1].region)
			count(s, (uint16_t)(t[i].what >> 32), t[i].region);
		else
			settle_regions(s, (uint16_t)(t[i].what >> 32), t + i, j - i);
	}
	s->tally_count = 0;
}

/* ---- what the dossier says of a unit's place ---------------------------------------------------------------------------------------- */

static const struct kind *register_kind(const struct dossier *d)
{
	return schema_role(d->pack->schema, ROLE_REGISTER);
}

int64_t head_number(const struct dossier *d, uint32_t reg, const struct column *c)
{
	return c ? row_number(d->rows[d->registers[reg].head].row, c) : VALUE_NULL;
}

int64_t register_region(const struct screener *s, uint32_t reg)
{
	return head_number(&s->dossier, reg, s->shared->register_region);
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

int64_t person_region(const struct screener *s, uint32_t person, bool household)
{
	const struct dossier *d = &s->dossier;
	const struct person *p = &d->persons[person];
	int64_t region = VALUE_NULL;
	if (household) {
		if (p->household != NONE)
			region = d->households[p->household].region;
	} else if (p->home != NONE) {
		const struct column *c = s->shared->home_region;
		region = c ? row_number(d->rows[p->home].row, c) : VALUE_NULL;
	}
	uint32_t reg = region == VALUE_NULL ? first_register(d, person) : NONE;
	return reg == NONE ? region : register_region(s, reg);
}

/* ---- people of units ------------------------------------------------------------------------------------------------------------------- */

/* Alive members. With one register in the dossier nobody can come up twice under a figure that only registers count. */
static void tally_members(struct screener *s, uint16_t figure, uint32_t reg, bool of_registers)
{
	const struct dossier *d = &s->dossier;
	struct set m = d->registers[reg].members;
	int64_t region = register_region(s, reg);
	uint32_t alive = 0;
	for (uint32_t i = 0; i < m.n; i++) {
		if (!d->persons[m.items[i]].alive)
			continue;
		if (of_registers && d->register_count == 1)
			alive++;
		else
			tally(s, figure, region, m.items[i]);
	}
	count_many(s, figure, region, alive);
}

static void tally_people(struct screener *s, uint16_t figure, uint32_t household)
{
	const struct household *h = &s->dossier.households[household];
	for (uint32_t i = 0; i < h->people.n; i++)
		tally(s, figure, h->region, h->people.items[i]);
}

static bool has_alive(const struct dossier *d, uint32_t reg)
{
	struct set m = d->registers[reg].members;
	for (uint32_t i = 0; i < m.n; i++)
		if (d->persons[m.items[i]].alive)
			return true;
	return false;
}

/* ---- findings -------------------------------------------------------------------------------------------------------------------------- */

static void count_people(struct screener *s, uint16_t figure, const struct finding *f, enum item item, uint32_t index)
{
	if (item == ITEM_REGISTER)
		tally_members(s, figure, index, false);
	else if (item == ITEM_HOUSEHOLD)
		tally_people(s, figure, index);
	else if (item == ITEM_PERSON)
		tally(s, figure, f->region, index);
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

void count_finding(struct screener *s, const struct finding *f, enum item item, uint32_t index, unsigned *lists)
{
	const struct figure_numbers *n = &s->numbers;
	const unsigned of[] = { s->shared->pack->rule_count, f->rule };
	bool household = item == ITEM_REGISTER || item == ITEM_HOUSEHOLD, again = *lists >> f->list & 1;
	*lists |= 1u << f->list;
	for (int i = 0; i < 2; i++) {
		count(s, n->findings[f->list][of[i]], f->region);
		if (f->core)
			count(s, n->core[f->list][of[i]], f->region);
		if (household && !(again && i == 0))
			count(s, n->households[f->list][of[i]], f->region);
		count_people(s, n->persons[f->list][of[i]], f, item, index);
	}
	mark(s, f, item, index);
}

/* ---- the dossier itself ---------------------------------------------------------------------------------------------------------------- */

static bool is(struct screener *s, const struct expr *e, uint32_t reg)
{
	eval_unit(&s->eval, ITEM_REGISTER, reg);
	return eval_condition(&s->eval, e) == TRI_TRUE;
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

static void count_converted(struct screener *s, uint16_t figure, uint32_t reg)
{
	const struct dossier *d = &s->dossier;
	struct set m = d->registers[reg].members;
	for (uint32_t i = 0; i < m.n; i++) {
		const struct person *p = &d->persons[m.items[i]];
		if (p->alive && p->home != NONE && row_says(&d->homes->urban, d->homes, d->rows[p->home].row))
			tally(s, figure, register_region(s, reg), m.items[i]);
	}
}

static void count_active(struct screener *s, uint32_t reg, uint8_t marks, bool alive)
{
	const uint16_t *fixed = s->numbers.fixed;
	int64_t region = register_region(s, reg);
	tally_members(s, fixed[FIGURE_ACTIVE_PERSONS], reg, true);
	tally_members(s, fixed[FIGURE_COMPREHENSIVE], reg, true);
	if (marks & MARK_CONVERTED)
		tally_members(s, fixed[FIGURE_CONVERTED], reg, true);
	if (!(marks & MARK_CORE_NON_ELIGIBLE))
		tally_members(s, fixed[FIGURE_COMPREHENSIVE_NET], reg, true);
	if (!alive)
		return;
	count(s, fixed[FIGURE_ACTIVE], region);
	if (marks & MARK_CORE_NON_ELIGIBLE) {
		count(s, fixed[FIGURE_ACTIVE_CORE], region);
		tally_members(s, fixed[FIGURE_ACTIVE_CORE_PERSONS], reg, true);
	}
}

static void count_exited(struct screener *s, uint32_t reg, uint8_t marks, bool alive)
{
	const uint16_t *fixed = s->numbers.fixed;
	int64_t region = register_region(s, reg);
	tally_members(s, fixed[FIGURE_EXITED_PERSONS], reg, true);
	if (alive)
		count(s, fixed[FIGURE_EXITED], region);
	if (marks & MARK_CORE_EXITED) {
		count(s, fixed[FIGURE_EXITED_CORE], region);
		tally_members(s, fixed[FIGURE_EXITED_CORE_PERSONS], reg, true);
		tally_members(s, fixed[FIGURE_COMPREHENSIVE], reg, true);
		tally_members(s, fixed[FIGURE_COMPREHENSIVE_NET], reg, true);
	} else if (marks & MARK_EXITED) {
		count(s, fixed[FIGURE_FOLLOW_UP], region);
	}
}

static void count_register(struct screener *s, uint32_t reg)
{
	const struct dossier *d = &s->dossier;
	const struct figure_numbers *n = &s->numbers;
	int64_t region = register_region(s, reg), status = head_number(d, reg, s->shared->register_status);
	size_t at = status == VALUE_NULL ? 0 : (size_t)status + 1;
	bool alive = has_alive(d, reg);
	count(s, n->status[at].households, region);
	tally_members(s, n->status[at].persons, reg, true);
	count_converted(s, n->status[at].converted, reg);
	if (only_registry(d, reg))
		count(s, n->fixed[FIGURE_THIN], region);
	if (s->register_marks[reg] & MARK_CORE_MISSED) {
		count(s, n->fixed[FIGURE_MISSED], region);
		tally_members(s, n->fixed[FIGURE_MISSED_PERSONS], reg, false);
	}
	if (is(s, d->pack->people.active, reg))
		count_active(s, reg, s->register_marks[reg], alive);
	if (is(s, d->pack->people.exited, reg))
		count_exited(s, reg, s->register_marks[reg], alive);
}

/* Of a household that a core lead says was missed nobody is registered, so its people are in no register. */
static void count_household(struct screener *s, uint32_t i)
{
	const struct household *h = &s->dossier.households[i];
	const uint16_t *fixed = s->numbers.fixed;
	if (!(s->household_marks[i] & MARK_CORE_MISSED))
		return;
	count(s, fixed[FIGURE_MISSED], h->region);
	tally_people(s, fixed[FIGURE_MISSED_PERSONS], i);
	tally_people(s, fixed[FIGURE_COMPREHENSIVE], i);
	tally_people(s, fixed[FIGURE_COMPREHENSIVE_NET], i);
}

static uint16_t unsafe_number(struct screener *s, const struct kind *k, struct row r, size_t at, bool registered)
{
	uint16_t *number = &s->numbers.unsafe[at];
	struct str by[2];
	if (*number)
		return *number - 1u;
	for (int w = 0; w < 2; w++) {
		const struct column *c = &k->columns[s->shared->pack->unsafe_by[w]];
		int64_t v = row_number(r, c);
		by[w] = v == VALUE_NULL ? STR("unknown") : c->enumeration->values[v];
	}
	*number = number_of(s, "unsafe_houses.%.*s.%.*s.%s", STR_ARG(by[0]), STR_ARG(by[1]), registered ? "registered" : "unregistered") + 1u;
	return *number - 1u;
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
		size_t at = 0;
		for (int w = 0; w < 2; w++) {
			const struct column *c = &k->columns[d->pack->unsafe_by[w]];
			int64_t v = row_number(r, c);
			at = at * (c->enumeration->count + 1u) + (v == VALUE_NULL ? 0 : (size_t)v + 1);
		}
		const struct person *p = &d->persons[person];
		bool registered = p->registered || (p->household != NONE && d->households[p->household].registered);
		int c = kind_column(k, STR("region"));
		int64_t region = c < 0 ? VALUE_NULL : row_number(r, &k->columns[c]);
		if (region == VALUE_NULL)
			region = person_region(s, person, true);
		tally(s, unsafe_number(s, k, r, 2 * at + registered, registered), region, person);
	}
}

/* Registered people in the rural population, by the region of their household. */
static void count_person(struct screener *s, uint32_t i)
{
	const struct dossier *d = &s->dossier;
	const struct person *p = &d->persons[i];
	if (d->pack->unsafe_house && d->kinds >> d->pack->unsafe_house->expr->type.kind & 1)
		count_unsafe(s, i);
	if (p->registered && p->household != NONE && row_says(&d->homes->rural, d->homes, d->rows[p->home].row))
		count(s, s->numbers.fixed[FIGURE_REGISTERED_RURAL], d->households[p->household].region);
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

void count_hand_over(struct screener *s, struct figures *to)
{
	figures_merge(to, &s->figures);
	figures_clear(&s->figures);
	s->place = NULL;
}
