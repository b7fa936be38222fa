/* What can never be true: `age > 60 and age < 18`, `status = poor and status = exited`, `x is null and x >= 3`.
 *
 * The conditions that have to hold together (of `and`, of a filter and what is asked of what it kept) are taken as *facts* about
 * subjects: of a number or a day an interval, of an enumeration the values that are left, of anything whether it is null, of a condition
 * whether it holds. A subject without a possibility left is a contradiction. It never claims too much: what it does not understand
 * may be true.
 */
#include "check.h"

#include "base/lang.h"

#include <stdio.h>

#define MAX_FACTS 48

enum truth_left { LEFT_TRUE = 1, LEFT_FALSE = 2, LEFT_NULL = 4 };
enum order_left { LEFT_LESS = 1, LEFT_EQUAL = 2, LEFT_MORE = 4 };

struct fact {
	const struct expr *subject, *other; /* other: of two expressions that are compared with each other */
	const struct expr *at;              /* where the last of it was said */
	int64_t low, high;
	uint64_t values[4];                 /* of an enumeration, a bit each */
	struct str text;                    /* the only one left, or p NULL */
	unsigned truth, order;
};

struct facts {
	struct fact items[MAX_FACTS];
	unsigned n;
	const struct expr *contradiction, *earlier;
};

/* ---- the same expression twice ------------------------------------------------------------------------------------------------------- */

static bool same(const struct expr *a, const struct expr *b)
{
	if (!a || !b)
		return a == b;
	if (a->op != b->op || a->depth != b->depth || a->index != b->index || a->term != b->term || a->parameter != b->parameter ||
	    a->number != b->number || a->arg_count != b->arg_count || (a->op == E_TEXT && !str_eq(a->text, b->text)))
		return false;
	for (unsigned i = 0; a->op == E_IN && i < a->arg_count; i++)
		if (!same(a->args[i], b->args[i]))
			return false;
	return same(a->a, b->a) && same(a->b, b->b);
}

/* `none(s)` speaks of the same as `any(s)`. */
static bool same_subject(const struct expr *a, const struct expr *b)
{
	bool any = (a->op == E_ANY || a->op == E_NOT_ANY) && (b->op == E_ANY || b->op == E_NOT_ANY);
	return any ? same(a->a, b->a) && same(a->b, b->b) : same(a, b);
}

/* ---- facts --------------------------------------------------------------------------------------------------------------------------- */

static struct fact *fact_about(struct facts *f, const struct expr *subject, const struct expr *other, const struct expr *at)
{
	for (unsigned i = 0; i < f->n; i++) {
		struct fact *one = &f->items[i];
		if (same_subject(one->subject, subject) && same(one->other, other))
			return one;
	}
	if (f->n == MAX_FACTS)
		return NULL;
	struct fact *one = &f->items[f->n++];
	bool counts = subject->op == E_COUNT || (subject->op == E_ATTRIBUTE && subject->index == A_AGE);
	*one = (struct fact){ .subject = subject, .other = other, .at = at, .low = counts ? 0 : INT64_MIN, .high = INT64_MAX,
		.values = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX }, .truth = LEFT_TRUE | LEFT_FALSE | LEFT_NULL,
		.order = LEFT_LESS | LEFT_EQUAL | LEFT_MORE };
	return one;
}

static bool nothing_left(const struct fact *f)
{
	bool value = false;
	unsigned n = f->subject->type.enumeration ? f->subject->type.enumeration->count : 0;
	for (unsigned i = 0; i < n; i++)
		value |= f->values[i / 64] >> i % 64 & 1;
	bool no_value = f->low > f->high || !f->order || (n && !value);
	return !f->truth || (no_value && !(f->truth & LEFT_NULL));
}

static void said(struct facts *f, struct fact *one, const struct expr *at)
{
	if (nothing_left(one) && !f->contradiction) {
		f->contradiction = at;
		f->earlier = one->at != at ? one->at : NULL;
	}
	one->at = at;
}

static void say_truth(struct facts *f, const struct expr *subject, unsigned left, const struct expr *at)
{
	struct fact *one = fact_about(f, subject, NULL, at);
	if (!one)
		return;
	one->truth &= left;
	said(f, one, at);
}

/* D is another day tomorrow: it is no constant here. */
static bool is_constant(const struct expr *e)
{
	return e->op == E_NUMBER || e->op == E_ENUM || e->op == E_TEXT || (e->op == E_DATE && !str_eq(e->text, STR("D")));
}

static enum op mirrored(enum op op)
{
	static const enum op mirror[] = { [E_EQ] = E_EQ, [E_NE] = E_NE, [E_LT] = E_GT, [E_LE] = E_GE, [E_GT] = E_LT, [E_GE] = E_LE };
	return mirror[op];
}

static enum op negated(enum op op)
{
	static const enum op not[] = { [E_EQ] = E_NE, [E_NE] = E_EQ, [E_LT] = E_GE, [E_LE] = E_GT, [E_GT] = E_LE, [E_GE] = E_LT };
	return not[op];
}

static bool is_comparison(const struct expr *e)
{
	return e->op == E_EQ || e->op == E_NE || e->op == E_LT || e->op == E_LE || e->op == E_GT || e->op == E_GE;
}

static void limit(struct fact *one, enum op op, int64_t n)
{
	if ((op == E_EQ || op == E_GE) && n > one->low)
		one->low = n;
	if ((op == E_EQ || op == E_LE) && n < one->high)
		one->high = n;
	if (op == E_GT && n + 1 > one->low)
		one->low = n + 1;
	if (op == E_LT && n - 1 < one->high)
		one->high = n - 1;
}

static void keep_value(struct fact *one, unsigned value, bool is)
{
	uint64_t bit = UINT64_C(1) << value % 64;
	for (unsigned i = 0; is && i < 4; i++)
		one->values[i] &= i == value / 64 ? bit : 0;
	if (!is)
		one->values[value / 64] &= ~bit;
}

static void compare_constant(struct facts *f, const struct expr *subject, enum op op, const struct expr *constant, const struct expr *at)
{
	struct fact *one = fact_about(f, subject, NULL, at);
	if (!one)
		return;
	one->truth &= ~(unsigned)LEFT_NULL;
	if (constant->op == E_ENUM && (op == E_EQ || op == E_NE))
		keep_value(one, (unsigned)constant->number, op == E_EQ);
	else if (constant->op == E_TEXT && op == E_EQ && one->text.p && !str_eq(one->text, constant->text))
		one->truth = 0;
	else if (constant->op == E_TEXT && op == E_EQ)
		one->text = constant->text;
	else if (constant->op == E_NUMBER || constant->op == E_DATE)
		limit(one, op, constant->number);
	said(f, one, at);
}

static void compare_two(struct facts *f, const struct expr *a, enum op op, const struct expr *b, const struct expr *at)
{
	static const unsigned left[] = { [E_EQ] = LEFT_EQUAL, [E_NE] = LEFT_LESS | LEFT_MORE, [E_LT] = LEFT_LESS,
		[E_LE] = LEFT_LESS | LEFT_EQUAL, [E_GT] = LEFT_MORE, [E_GE] = LEFT_MORE | LEFT_EQUAL };
	struct fact *one = fact_about(f, a, b, at);
	if (!one)
		return;
	one->truth &= ~(unsigned)LEFT_NULL;
	one->order &= same(a, b) ? left[op] & LEFT_EQUAL : left[op];
	said(f, one, at);
}

static void compared(struct facts *f, const struct expr *e, enum op op)
{
	if (is_constant(e->b) && !is_constant(e->a))
		compare_constant(f, e->a, op, e->b, e);
	else if (is_constant(e->a) && !is_constant(e->b))
		compare_constant(f, e->b, mirrored(op), e->a, e);
	else if (!is_constant(e->a))
		compare_two(f, e->a, op, e->b, e);
}

/* `x in (a, b)`, `x in a..b`, where all of them are constants. */
static void among(struct facts *f, const struct expr *e)
{
	int64_t low = INT64_MAX, high = INT64_MIN;
	uint64_t values[4] = { 0 };
	for (unsigned i = 0; i < e->arg_count; i++) {
		const struct expr *a = e->args[i], *first = a->op == E_RANGE ? a->a : a, *last = a->op == E_RANGE ? a->b : a;
		if (!is_constant(first) || !is_constant(last) || first->op == E_TEXT)
			return;
		if (first->op == E_ENUM)
			values[first->number / 64 & 3] |= UINT64_C(1) << first->number % 64;
		if (first->number > last->number && e->arg_count > 1)
			continue;
		low = first->number < low ? first->number : low;
		high = last->number > high ? last->number : high;
	}
	struct fact *one = fact_about(f, e->a, NULL, e);
	if (!one)
		return;
	one->truth &= ~(unsigned)LEFT_NULL;
	for (unsigned i = 0; e->a->type.type == VT_ENUM && i < 4; i++)
		one->values[i] &= values[i];
	if (e->a->type.type == VT_NUMBER || e->a->type.type == VT_DATE) {
		limit(one, E_GE, low);
		limit(one, E_LE, high);
	}
	said(f, one, e);
}

/* e holds (or, when not `holds`, is known to be false). */
static void take(struct facts *f, const struct expr *e, bool holds)
{
	if (is_comparison(e)) {
		compared(f, e, holds ? e->op : negated(e->op));
		return;
	}
	switch (e->op) {
	case E_AND: case E_OR:
		if (holds == (e->op == E_AND)) {
			take(f, e->a, holds);
			take(f, e->b, holds);
		}
		break;
	case E_NOT: take(f, e->a, !holds); break;
	case E_IN:
		if (holds)
			among(f, e);
		break;
	case E_IS_NULL: say_truth(f, e->a, holds ? LEFT_NULL : LEFT_TRUE | LEFT_FALSE, e); break;
	case E_IS_TRUE: say_truth(f, e->a, holds ? LEFT_TRUE : LEFT_FALSE | LEFT_NULL, e); break;
	case E_IS_FALSE: say_truth(f, e->a, holds ? LEFT_FALSE : LEFT_TRUE | LEFT_NULL, e); break;
	case E_NOT_ANY: say_truth(f, e, holds ? LEFT_FALSE : LEFT_TRUE, e); break;
	case E_BOOL:
		if ((e->number != 0) != holds && !f->contradiction)
			f->contradiction = e;
		break;
	default:
		if (e->type.type == VT_BOOL)
			say_truth(f, e, holds ? LEFT_TRUE : LEFT_FALSE, e);
	}
}

/* ---- the walk ------------------------------------------------------------------------------------------------------------------------ */

static void tell(struct checker *c, const struct facts *f)
{
	char text[200];
	if (f->earlier)
		snprintf(text, sizeof text, say("this can never be true beside what stands at %u:%u"), f->earlier->line, f->earlier->column);
	else
		snprintf(text, sizeof text, "%s", say("this can never be true"));
	fault_add(c->faults, true, f->contradiction->line, f->contradiction->column, str_of(text));
}

static bool walk(struct checker *c, const struct expr *e);

static bool walk_parts(struct checker *c, const struct expr *e)
{
	bool told = false;
	for (unsigned i = 0; e->op == E_IN && i < e->arg_count; i++)
		told |= walk(c, e->args[i]);
	told |= walk(c, e->a);
	return walk(c, e->b) || told;
}

/* Whether something was told of e: then what it stands in says no more. */
static bool walk(struct checker *c, const struct expr *e)
{
	if (!e)
		return false;
	bool told = walk_parts(c, e);
	bool together = e->op == E_AND || (e->op == E_NOT && e->a->op == E_OR) || e->op == E_FILTER || ((e->op == E_ANY || e->op == E_ALL || e->op == E_COUNT) && e->b);
	if (told || (!together && !is_comparison(e) && e->op != E_IN))
		return told;
	struct facts f = { .n = 0 };
	if (e->op == E_FILTER || e->op == E_ANY || e->op == E_ALL || e->op == E_COUNT) {
		take(&f, e->b, true);
		for (const struct expr *s = e->a; s->op == E_FILTER; s = s->a)
			take(&f, s->b, true);
	} else {
		take(&f, e, true);
	}
	if (f.contradiction)
		tell(c, &f);
	return f.contradiction != NULL;
}

void advise_never(struct checker *c, const struct expr *e)
{
	if (e && e->op == E_BOOL && !e->number) {
		struct facts f = { .contradiction = e };
		tell(c, &f);
		return;
	}
	walk(c, e);
}
