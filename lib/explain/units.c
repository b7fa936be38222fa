/* Which unit is meant, and which others go with it. */
#include "internal.h"

#include "id/id.h"

#include <strings.h>

static uint32_t count_of(const struct dossier *d, enum unit unit)
{
	return unit == UNIT_REGISTER ? d->register_count : unit == UNIT_HOUSEHOLD ? d->household_count : d->person_count;
}

static bool is_principal(const struct dossier *d, struct explain_unit u)
{
	switch (u.unit) {
	case UNIT_REGISTER: return d->registers[u.index].principal;
	case UNIT_HOUSEHOLD: return d->households[u.index].principal && !d->households[u.index].collective;
	case UNIT_PERSON: return d->persons[u.index].flags & PERSON_PRINCIPAL;
	default: return true;
	}
}

/* Whether the unit is what unit_no names. */
static bool is_named(struct explain *x, struct explain_unit u)
{
	char id[ID_TEXT];
	if (u.unit == UNIT_PERSON) {
		id_print(look_dossier(x->look)->persons[u.index].key, id);
		return x->unit_no.n == ID_TEXT && strncasecmp(id, x->unit_no.p, ID_TEXT) == 0;
	}
	size_t from = x->out.n;
	put_item(x, item_of(u.unit), u.index, false);
	bool is = str_eq(x->unit_no, (struct str){ x->out.p + from, x->out.n - from });
	x->out.n = from;
	return is;
}

bool find_target(struct explain *x)
{
	const struct dossier *d = look_dossier(x->look);
	for (uint32_t i = 0; i < count_of(d, x->target.unit); i++) {
		struct explain_unit u = { x->target.unit, i };
		if (!is_principal(d, u) || !is_named(x, u))
			continue;
		x->target.index = i;
		return true;
	}
	return false;
}

struct gathered {
	const struct dossier *d;
	enum unit unit;
	struct explain_unit *ret;
	unsigned count;
};

static void gather(struct gathered *g, uint32_t index)
{
	struct explain_unit u = { g->unit, index };
	if (index == NONE || g->count == MAX_UNITS || !is_principal(g->d, u))
		return;
	for (unsigned i = 0; i < g->count; i++)
		if (g->ret[i].index == index)
			return;
	g->ret[g->count++] = u;
}

/* What the person is or is in. */
static void gather_of_person(struct gathered *g, uint32_t person)
{
	const struct person *p = &g->d->persons[person];
	if (g->unit == UNIT_PERSON)
		gather(g, person);
	else if (g->unit == UNIT_HOUSEHOLD)
		gather(g, p->household);
	for (uint32_t i = 0; g->unit == UNIT_REGISTER && i < p->registers.n; i++)
		gather(g, p->registers.items[i]);
}

unsigned units_of(struct explain *x, enum unit unit, struct explain_unit ret[MAX_UNITS])
{
	struct gathered g = { look_dossier(x->look), unit, ret, 0 };
	uint32_t at = x->target.index;
	struct set people = { 0 };
	if (unit == x->target.unit) {
		ret[0] = x->target;
		return 1;
	}
	if (unit == UNIT_VILLAGE || x->target.unit == UNIT_VILLAGE)
		return 0;
	if (x->target.unit == UNIT_PERSON)
		people = (struct set){ &at, 1 };
	else
		people = x->target.unit == UNIT_REGISTER ? g.d->registers[at].members : g.d->households[at].people;
	for (uint32_t i = 0; i < people.n; i++)
		gather_of_person(&g, people.items[i]);
	return g.count;
}
