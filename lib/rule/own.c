/* Of whom a condition can be true at all, by the kinds that they have rows of: what lets the screen leave out the others without asking.
 *
 * A set of kinds, like that of trigger.c but of narrower people: the person itself, or the people of the household, who is asked. Unless
 * one of them has a row of one of the kinds, the expression is not true (a set: is empty). What stands behind a path that leads to others
 * says nothing. TRIGGER_ALWAYS where nothing can be said; it never claims too much.
 */
#include "check.h"

/* Attributes that lead from the people of a household to others. */
#define BIT(attribute) (UINT64_C(1) << (attribute))
#define AWAY (BIT(A_SOURCE) | BIT(A_BRANCHES) | BIT(A_PARTNER) | BIT(A_REGISTERS) | BIT(A_MEMBERS) | BIT(A_FAMILY) | BIT(A_HEAD) | \
	      BIT(A_ROWS) | BIT(A_HOUSEHOLD))
/* And from the members of a registry household and those who live with them. */
#define AWAY_OF_MEMBERS ((AWAY | BIT(A_PERSONS)) & ~(BIT(A_MEMBERS) | BIT(A_FAMILY)))

static uint64_t role_bit(const struct pack *p, enum role role)
{
	const struct kind *k = schema_role(p->schema, role);
	return k ? UINT64_C(1) << k->index : 0;
}

/* Of what must both be there. */
static uint64_t narrower(uint64_t a, uint64_t b)
{
	if (a == TRIGGER_ALWAYS || b == TRIGGER_ALWAYS)
		return a & b;
	return __builtin_popcountll(a) <= __builtin_popcountll(b) ? a : b;
}

uint64_t own_of_person(const struct pack *p, const struct expr *e)
{
	switch (e->op) {
	case E_KIND: return e->depth == 0 ? UINT64_C(1) << e->index : TRIGGER_ALWAYS;
	case E_ATTRIBUTE: return e->depth == 0 && (e->index == A_REGISTERED || e->index == A_REGISTERS) ? role_bit(p, ROLE_REGISTER) : TRIGGER_ALWAYS;
	case E_TERM: return e->depth == 0 && e->term->item == ITEM_PERSON ? own_of_person(p, e->term->expr) : TRIGGER_ALWAYS;
	case E_PATH: case E_FILTER: case E_ANY: case E_LATEST: case E_IS_TRUE: return own_of_person(p, e->a);
	case E_AND: return narrower(own_of_person(p, e->a), own_of_person(p, e->b));
	case E_OR: case E_UNION: return own_of_person(p, e->a) | own_of_person(p, e->b);
	default: return TRIGGER_ALWAYS;
	}
}

static bool leads(const struct expr *e, uint64_t away)
{
	if (!e)
		return false;
	if (e->op == E_ATTRIBUTE)
		return away >> e->index & 1;
	return leads(e->a, away) || (e->op == E_PATH && leads(e->b, away)) || (e->op == E_UNION && leads(e->b, away)) ||
	       (e->op == E_TERM && leads(e->term->expr, away));
}

/* away: attributes that lead to others than those whose rows are looked at. */
static uint64_t own_of(const struct pack *p, const struct expr *e, uint64_t away)
{
	if (!e)
		return TRIGGER_ALWAYS;
	switch (e->op) {
	case E_KIND: return UINT64_C(1) << e->index;
	case E_TERM: return own_of(p, e->term->expr, away);
	case E_PATH: case E_FILTER: case E_ANY:
		return leads(e->a, away) ? TRIGGER_ALWAYS : narrower(own_of(p, e->a, away), own_of(p, e->b, away));
	case E_LATEST: case E_IS_TRUE: return own_of(p, e->a, away);
	case E_AND: return narrower(own_of(p, e->a, away), own_of(p, e->b, away));
	case E_OR: case E_UNION: return own_of(p, e->a, away) | own_of(p, e->b, away);
	default: return TRIGGER_ALWAYS;
	}
}

uint64_t own_of_household(const struct pack *p, const struct expr *e)
{
	return own_of(p, e, AWAY);
}

uint64_t own_of_register(const struct pack *p, const struct expr *e)
{
	return own_of(p, e, AWAY_OF_MEMBERS);
}
