/* Which kinds must have a row for a condition to be true: what lets the join leave out everybody whom no rule can be about,
 * without knowing any rule.
 *
 * trigger_of(e) is a set of kinds: unless one of them has a row among the people the expression looks at, e is not true (a
 * set: is empty). TRIGGER_ALWAYS where nothing can be said. It never claims too much: of `a and b` the narrower set is
 * taken, of `a or b` both together, a negation says nothing. Rows of the household register say nothing either, for
 * everybody has one; but a second one of the same person is rare (TRIGGER_TWICE).
 */
#include "check.h"

static uint64_t narrower(uint64_t a, uint64_t b)
{
	if (a == TRIGGER_ALWAYS || b == TRIGGER_ALWAYS)
		return a & b;
	return __builtin_popcountll(a) <= __builtin_popcountll(b) ? a : b;
}

static uint64_t role_bit(const struct pack *p, enum role role)
{
	const struct kind *k = schema_role(p->schema, role);
	return k ? UINT64_C(1) << k->index : 0;
}

static uint64_t of_kind(const struct pack *p, unsigned kind)
{
	return p->schema->kinds[kind].role == ROLE_HOUSEHOLDS ? TRIGGER_ALWAYS : UINT64_C(1) << kind;
}

static uint64_t of_attribute(const struct pack *p, const struct expr *e)
{
	switch (e->index) {
	case A_REGISTERED: case A_REGISTERS: case A_MEMBER: case A_MEMBERS: case A_FAMILY: case A_HEAD: case A_ROWS:
		return role_bit(p, ROLE_REGISTER);
	default:
		return TRIGGER_ALWAYS;
	}
}

/* Whether the people behind this set may be others than those of the unit and their households. */
static bool leaves_home(const struct expr *e)
{
	if (!e)
		return false;
	if (e->op == E_ATTRIBUTE && (e->index == A_SOURCE || e->index == A_BRANCHES || e->index == A_PARTNER))
		return true;
	return leaves_home(e->a) || (e->op == E_PATH && leaves_home(e->b)) || (e->op == E_UNION && leaves_home(e->b)) ||
	       (e->op == E_TERM && leaves_home(e->term->expr));
}

/* count(rows of the household register) >= 2 */
static bool asks_for_two(const struct pack *p, const struct expr *e)
{
	if (e->op != E_GE || e->a->op != E_COUNT || e->b->op != E_NUMBER || e->b->number < 200)
		return false;
	const struct expr *set = e->a->a;
	while (set->op == E_FILTER)
		set = set->a;
	return set->op == E_KIND && p->schema->kinds[set->index].role == ROLE_HOUSEHOLDS;
}

uint64_t trigger_of(const struct pack *p, const struct expr *e)
{
	if (!e)
		return TRIGGER_ALWAYS;
	switch (e->op) {
	case E_KIND: return of_kind(p, e->index);
	case E_ATTRIBUTE: return of_attribute(p, e);
	case E_TERM: return trigger_of(p, e->term->expr);
	case E_PATH:
		return leaves_home(e->a) ? trigger_of(p, e->a) : narrower(trigger_of(p, e->a), trigger_of(p, e->b));
	case E_FILTER: case E_ANY:
		return leaves_home(e->a) ? trigger_of(p, e->a) : narrower(trigger_of(p, e->a), trigger_of(p, e->b));
	case E_LATEST: return trigger_of(p, e->a);
	case E_AND: return narrower(trigger_of(p, e->a), trigger_of(p, e->b));
	case E_OR: case E_UNION: return trigger_of(p, e->a) | trigger_of(p, e->b);
	case E_GE: return asks_for_two(p, e) ? TRIGGER_TWICE : TRIGGER_ALWAYS;
	case E_IS_TRUE: return trigger_of(p, e->a);
	case E_BOOL: return e->number ? TRIGGER_ALWAYS : 0;
	default: return TRIGGER_ALWAYS;
	}
}
