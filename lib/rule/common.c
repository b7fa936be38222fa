/* What rules on one sort of unit have in common: conditions that must be true in two of them or more are asked of a unit once. */
#include "check.h"

#define CONJUNCTS 32 /* of a rule; those behind are not looked at */

static bool same_type(const struct static_type *a, const struct static_type *b)
{
	return a->type == b->type && a->item == b->item && a->enumeration == b->enumeration && a->kind == b->kind && a->single == b->single;
}

/* Whether both have the same value wherever they are asked from the same frames. */
static bool same(const struct expr *a, const struct expr *b)
{
	if (!a || !b)
		return a == b;
	if (a->op != b->op || a->depth != b->depth || a->index != b->index || a->number != b->number || a->moves != b->moves ||
	    a->term != b->term || a->parameter != b->parameter || a->arg_count != b->arg_count || !same_type(&a->type, &b->type) ||
	    (a->op == E_TEXT && !str_eq(a->text, b->text)))
		return false;
	for (unsigned i = 0; i < a->arg_count; i++)
		if (!same(a->args[i], b->args[i]))
			return false;
	return same(a->a, b->a) && same(a->b, b->b);
}

struct conjuncts {
	struct expr *items[CONJUNCTS];
	unsigned n;
};

static void collect(struct conjuncts *c, struct expr *e)
{
	if (e->op == E_AND) {
		collect(c, e->a);
		collect(c, e->b);
	} else if (c->n < CONJUNCTS) {
		c->items[c->n++] = e;
	}
}

/* The same condition among those of a later rule gets the number of e, which gets one then. */
static void give(struct pack *p, struct rule *r, struct expr *e, struct rule *later, const struct conjuncts *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (c->items[i]->common || !same(e, c->items[i]) || (!e->common && p->common_count == PACK_COMMON))
			continue;
		if (!e->common)
			e->common = ++p->common_count;
		c->items[i]->common = e->common;
		r->common |= UINT64_C(1) << (e->common - 1);
		later->common |= UINT64_C(1) << (e->common - 1);
	}
}

void find_common(struct pack *p)
{
	struct conjuncts all[64] = { 0 };
	for (unsigned i = 0; i < p->rule_count; i++)
		collect(&all[i], p->rules[i].when);
	for (unsigned i = 0; i < p->rule_count; i++)
		for (unsigned k = i + 1; k < p->rule_count; k++)
			for (unsigned n = 0; p->rules[k].unit == p->rules[i].unit && n < all[i].n; n++)
				give(p, &p->rules[i], all[i].items[n], &p->rules[k], &all[k]);
}
