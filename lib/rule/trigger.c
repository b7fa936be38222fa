/* Which rows there must be for a condition to be true: what lets the join leave out everybody whom no rule can be about, without
 * knowing any rule.
 *
 * trigger_of(e) is a set of seeds, each the rows of a kind, or those of them that meet some conditions: unless there is one of them among
 * the people the expression looks at, e is not true (a set: is empty). TRIGGER_ALWAYS where nothing can be said. It never claims too
 * much: of `a and b` the narrower set is taken, of `a or b` both together, a negation says nothing, a filter adds what of it looks at
 * nothing but the row. Rows of the household register say nothing either, for everybody has one; but a second one of the same
 * person is rare (TRIGGER_TWICE).
 */
#include "check.h"

static uint64_t role_bit(const struct pack *p, enum role role)
{
	const struct kind *k = schema_role(p->schema, role);
	return k ? UINT64_C(1) << k->index : 0;
}

static struct trigger of_kinds(uint64_t kinds)
{
	return (struct trigger){ .kinds = kinds };
}

static struct trigger of_kind(struct pack *p, unsigned kind)
{
	struct trigger t = of_kinds(UINT64_C(1) << kind);
	if (p->schema->kinds[kind].role == ROLE_HOUSEHOLDS)
		return of_kinds(TRIGGER_ALWAYS);
	t.seeds = arena_alloc(&p->arena, sizeof *t.seeds);
	*t.seeds = (struct seed){ .kind = kind };
	t.seed_count = 1;
	t.direct = true;
	return t;
}

static struct trigger of_attribute(struct pack *p, const struct expr *e)
{
	const struct kind *k = schema_role(p->schema, ROLE_REGISTER);
	switch (e->index) {
	case A_REGISTERED: case A_REGISTERS: case A_MEMBER: case A_MEMBERS: case A_FAMILY: case A_HEAD: case A_ROWS:
		return k ? of_kind(p, k->index) : of_kinds(0);
	default:
		return of_kinds(TRIGGER_ALWAYS);
	}
}

/* Registered people are looked at in any case: their rows cost nothing. */
static int cost(const struct pack *p, const struct trigger *t)
{
	return t->kinds == TRIGGER_ALWAYS ? 65 : __builtin_popcountll(t->kinds & ~role_bit(p, ROLE_REGISTER));
}

/* Of what must both be there, one; it is not what the whole is a set of. */
static struct trigger narrower(const struct pack *p, struct trigger a, struct trigger b)
{
	struct trigger t = cost(p, &a) <= cost(p, &b) ? a : b;
	t.direct = false;
	return t;
}

static struct trigger either(struct pack *p, struct trigger a, struct trigger b)
{
	struct trigger t = of_kinds(a.kinds | b.kinds);
	if (t.kinds == TRIGGER_ALWAYS)
		return t;
	t.direct = a.direct && b.direct;
	t.seed_count = a.seed_count + b.seed_count;
	t.seeds = arena_alloc(&p->arena, t.seed_count * sizeof *t.seeds);
	if (a.seed_count)
		memcpy(t.seeds, a.seeds, a.seed_count * sizeof *t.seeds);
	if (b.seed_count)
		memcpy(t.seeds + a.seed_count, b.seeds, b.seed_count * sizeof *t.seeds);
	return t;
}

/* ---- conditions on a row alone ---------------------------------------------------------------------------------------------------------- */

/* Whether an expression looks at nothing but the row it is asked about. */
static bool is_local(const struct expr *e)
{
	if (!e)
		return true;
	switch (e->op) {
	case E_NUMBER: case E_DATE: case E_TEXT: case E_BOOL: case E_ENUM: case E_NULL: return true;
	case E_COLUMN: return e->depth == 0;
	case E_TERM: return e->depth == 0 && e->term->item == ITEM_ROW && e->type.type == VT_BOOL && is_local(e->term->expr);
	case E_IN:
		for (unsigned i = 0; i < e->arg_count; i++)
			if (!is_local(e->args[i]))
				return false;
		return is_local(e->a);
	case E_RANGE: case E_AND: case E_OR: case E_NOT: case E_EQ: case E_NE: case E_LT: case E_LE: case E_GT: case E_GE: case E_IS_NULL:
	case E_IS_TRUE: case E_IS_FALSE: case E_ADD: case E_SUBTRACT: case E_MULTIPLY: case E_NEGATE: case E_FUNCTION:
		return is_local(e->a) && is_local(e->b);
	default: return false;
	}
}

static void add_conditions(struct seed *s, const struct expr *e)
{
	if (e->op == E_AND) {
		add_conditions(s, e->a);
		add_conditions(s, e->b);
	} else if (s->condition_count < SEED_CONDITIONS && is_local(e)) {
		s->conditions[s->condition_count++] = e;
	}
}

/* Of the rows that the trigger stands for, those that meet the condition. */
static struct trigger filtered(struct pack *p, struct trigger t, const struct expr *set, const struct expr *condition)
{
	if (!t.direct || set->type.item != ITEM_ROW || set->type.kind < 0)
		return t;
	t = either(p, t, of_kinds(0));
	t.direct = true;
	for (unsigned i = 0; i < t.seed_count; i++)
		if ((int)t.seeds[i].kind == set->type.kind)
			add_conditions(&t.seeds[i], condition);
	return t;
}

/* ---- expressions ------------------------------------------------------------------------------------------------------------------------ */

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

static struct trigger indirect(struct trigger t)
{
	t.direct = false;
	return t;
}

/* a is a set, and b is asked about each item of it: rows of b, when those are the narrower. */
static struct trigger of_path(struct pack *p, const struct expr *e)
{
	struct trigger a = trigger_of(p, e->a), b = trigger_of(p, e->b);
	if (leaves_home(e->a))
		return indirect(a);
	return cost(p, &a) < cost(p, &b) ? indirect(a) : b;
}

static struct trigger of_filter(struct pack *p, const struct expr *e)
{
	struct trigger a = trigger_of(p, e->a);
	if (!e->b)
		return a;
	if (a.direct)
		return filtered(p, a, e->a, e->b);
	return leaves_home(e->a) ? a : narrower(p, a, trigger_of(p, e->b));
}

struct trigger trigger_of(struct pack *p, const struct expr *e)
{
	if (!e)
		return of_kinds(TRIGGER_ALWAYS);
	switch (e->op) {
	case E_KIND: return of_kind(p, e->index);
	case E_ATTRIBUTE: return of_attribute(p, e);
	case E_TERM: return trigger_of(p, e->term->expr);
	case E_PATH: return of_path(p, e);
	case E_FILTER: return of_filter(p, e);
	case E_ANY: return indirect(of_filter(p, e));
	case E_LATEST: return trigger_of(p, e->a);
	case E_AND: return narrower(p, trigger_of(p, e->a), trigger_of(p, e->b));
	case E_OR: return indirect(either(p, trigger_of(p, e->a), trigger_of(p, e->b)));
	case E_UNION: return either(p, trigger_of(p, e->a), trigger_of(p, e->b));
	case E_GE: return of_kinds(asks_for_two(p, e) ? TRIGGER_TWICE : TRIGGER_ALWAYS);
	case E_IS_TRUE: return indirect(trigger_of(p, e->a));
	case E_BOOL: return of_kinds(e->number ? TRIGGER_ALWAYS : 0);
	default: return of_kinds(TRIGGER_ALWAYS);
	}
}
