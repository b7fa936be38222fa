#include "value.h"

#include "id/id.h"

#include <stdlib.h>

/* An expression is asked for what its type says it is: a number (or truth), a text, a set. Of a set mostly less is wanted than all of
 * it: whether there is an item (any), the one item that it can have (home, head), each item once or more often, in any order, until
 * somebody has seen enough (walk). So nothing is put together for a question that is answered on the way. All of it is one file, over 500
 * lines, since each of these calls the others, and the compiler has to see them together. */
#define RARE __attribute__((noinline)) /* or number() and its like save registers for them each time */
static int64_t number(struct eval *v, const struct expr *e, const struct frame_item *f);
static struct str text(struct eval *v, const struct expr *e, const struct frame_item *f);
static struct set items(struct eval *v, const struct expr *e, const struct frame_item *f);

typedef bool visitor(struct eval *v, uint32_t item, void *arg); /* true: enough */
static bool walk(struct eval *v, const struct expr *e, const struct frame_item *f, visitor *see, void *arg);
static int64_t today(struct eval *v, const struct expr *e);
static int64_t year_that_moves(struct eval *v, const struct expr *e, const struct frame_item *f);

static int64_t null_number(enum value_type type)
{
	return type == VT_BOOL ? TRI_UNKNOWN : VALUE_NULL;
}

static bool no_number(enum value_type type, int64_t n)
{
	return n == null_number(type);
}

static struct value value_of(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	switch (e->type.type) {
	case VT_SET: return of_set(items(v, e, f));
	case VT_TEXT: return (struct value){ .n = VALUE_NULL, .s = text(v, e, f) };
	default: return of_number(number(v, e, f));
	}
}

void eval_init(struct eval *v, struct dossier *d)
{
	*v = (struct eval){ .d = d, .nature = -1 };
}

void eval_release(struct eval *v)
{
	arena_release(&v->arena);
}

void eval_dossier(struct eval *v)
{
	v->remembered = NULL;
	v->truths = NULL;
	v->member_marks = NULL;
	v->may_remember = true;
}

void eval_unit(struct eval *v, enum item item, uint32_t index)
{
	arena_reset(&v->arena);
	v->unit = (struct frame_item){ item, index, NULL };
	v->evidence = (struct set){ 0 };
	v->nature = -1;
	v->members_marked = false;
	v->common_not = v->common_true = v->rules_asked = v->rules_fire = 0;
}

static const struct frame_item *frame_at(const struct frame_item *f, unsigned depth)
{
	while (depth--)
		f = f->up;
	return f;
}

/* ---- sets ------------------------------------------------------------------------------------------------------------------------ */

static int by_index(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* A growing set; finished by set_of, which sorts only what is not in order already. */
struct collector {
	uint32_t *items;
	size_t n, cap;
	bool mixed;
};

static void collect(struct eval *v, struct collector *c, uint32_t item)
{
	if (c->n && c->items[c->n - 1] >= item) {
		if (c->items[c->n - 1] == item)
			return;
		c->mixed = true;
	}
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 8;
		uint32_t *more = arena_alloc(&v->arena, cap * sizeof *more);
		if (c->n)
			memcpy(more, c->items, c->n * sizeof *more);
		c->items = more;
		c->cap = cap;
	}
	c->items[c->n++] = item;
}

static struct set set_of(struct collector *c)
{
	if (c->mixed) {
		sort(c->items, c->n, sizeof *c->items, by_index);
		size_t kept = 0;
		for (size_t i = 0; i < c->n; i++)
			if (i == 0 || c->items[i] != c->items[i - 1])
				c->items[kept++] = c->items[i];
		c->n = kept;
	}
	return (struct set){ c->items, (uint32_t)c->n };
}

/* The only item of a set that is single. */
static uint32_t only(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	if (e->op == E_ATTRIBUTE)
		return attribute_one(v, frame_at(f, e->depth), (enum attribute)e->index);
	if (e->op == E_SELF)
		return frame_at(f, e->depth)->index;
	if (e->op == E_FILTER) {
		struct frame_item inner = { e->a->type.item, only(v, e->a, f), f };
		return inner.index != NONE && number(v, e->b, &inner) == TRI_TRUE ? inner.index : NONE;
	}
	struct set s = items(v, e, f);
	return s.n ? s.items[0] : NONE;
}

/* a.b where a is single: b is asked about the one item. False when there is none. */
static bool enter(struct eval *v, const struct expr *e, const struct frame_item *f, struct frame_item *ret)
{
	*ret = (struct frame_item){ e->a->type.item, only(v, e->a, f), f };
	return ret->index != NONE;
}

/* A set on the way through e to somebody who sees. */
struct way {
	const struct expr *e;
	const struct frame_item *f;
	visitor *see;
	void *arg;
	uint64_t own;          /* kinds of which a person must have a row, else nothing comes of them */
};

static bool may_come(const struct eval *v, uint32_t item, const struct way *w)
{
	return w->own == TRIGGER_ALWAYS || w->own & v->d->persons[item].kinds;
}

static bool through_path(struct eval *v, uint32_t item, void *arg)
{
	const struct way *w = arg;
	struct frame_item inner = { w->e->a->type.item, item, w->f };
	return may_come(v, item, w) && walk(v, w->e->b, &inner, w->see, w->arg);
}

static bool through_filter(struct eval *v, uint32_t item, void *arg)
{
	const struct way *w = arg;
	struct frame_item inner = { w->e->a->type.item, item, w->f };
	return may_come(v, item, w) && number(v, w->e->b, &inner) == TRI_TRUE && w->see(v, item, w->arg);
}

static bool see_set(struct eval *v, struct set s, visitor *see, void *arg)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (see(v, s.items[i], arg))
			return true;
	return false;
}

static bool remembers(const struct eval *v, const struct term *t);
static struct set remembered(struct eval *v, const struct term *t, uint32_t person);

/* A term on somebody who has no row of the kinds that it is about is empty. */
static bool may_be(const struct eval *v, const struct term *t, const struct frame_item *at)
{
	return t->item != ITEM_PERSON || t->own == TRIGGER_ALWAYS || t->own & v->d->persons[at->index].kinds;
}

static bool walk_term(struct eval *v, const struct term *t, const struct frame_item *at, visitor *see, void *arg)
{
	struct frame_item alone = { at->item, at->index, NULL };
	if (!may_be(v, t, at))
		return false;
	if (remembers(v, t))
		return see_set(v, remembered(v, t, at->index), see, arg);
	return walk(v, t->expr, &alone, see, arg);
}

/* people[condition].rows: who has no such rows need not be asked whether the condition is true. */
static bool walk_path(struct eval *v, const struct expr *e, const struct frame_item *f, visitor *see, void *arg)
{
	struct way path = { e, f, see, arg, e->own };
	struct way filter = { e->a, f, through_path, &path, e->own };
	return e->a->op == E_FILTER ? walk(v, e->a->a, f, through_filter, &filter) : walk(v, e->a, f, through_path, &path);
}

static bool walk(struct eval *v, const struct expr *e, const struct frame_item *f, visitor *see, void *arg)
{
	struct way way = { e, f, see, arg, TRIGGER_ALWAYS };
	struct frame_item inner;
	switch (e->op) {
	case E_PATH:
		if (e->a->type.single)
			return enter(v, e, f, &inner) && walk(v, e->b, &inner, see, arg);
		return walk_path(v, e, f, see, arg);
	case E_FILTER: return walk(v, e->a, f, through_filter, &way);
	case E_UNION: return walk(v, e->a, f, see, arg) || walk(v, e->b, f, see, arg);
	case E_TERM: return walk_term(v, e->term, frame_at(f, e->depth), see, arg);
	default: break;
	}
	if (e->type.single) {
		uint32_t one = only(v, e, f);
		return one != NONE && see(v, one, arg);
	}
	return see_set(v, items(v, e, f), see, arg);
}

static bool see_collect(struct eval *v, uint32_t item, void *arg)
{
	collect(v, arg, item);
	return false;
}

static struct set walk_all(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct collector c = { 0 };
	walk(v, e, f, see_collect, &c);
	return set_of(&c);
}

struct set eval_union(struct eval *v, struct set a, struct set b)
{
	if (!a.n || !b.n)
		return a.n ? a : b;
	struct set u = { arena_alloc(&v->arena, ((size_t)a.n + b.n) * sizeof *u.items), 0 };
	uint32_t i = 0, k = 0;
	while (i < a.n || k < b.n) {
		uint32_t next = k == b.n || (i < a.n && a.items[i] <= b.items[k]) ? a.items[i] : b.items[k];
		i += i < a.n && a.items[i] == next;
		k += k < b.n && b.items[k] == next;
		u.items[u.n++] = next;
	}
	return u;
}

/* The order of two values of one type; null is least. */
static int compare(enum value_type type, struct value a, struct value b)
{
	if (type == VT_BOOL) { /* unknown is null, and has the greatest number */
		a.n = a.n == TRI_UNKNOWN ? -1 : a.n;
		b.n = b.n == TRI_UNKNOWN ? -1 : b.n;
	}
	if (type == VT_TEXT) {
		if (!a.s.p || !b.s.p)
			return (a.s.p != NULL) - (b.s.p != NULL);
		return str_cmp(a.s, b.s);
	}
	return (a.n > b.n) - (a.n < b.n);
}

static bool is_null(enum value_type type, struct value a)
{
	return type == VT_TEXT ? a.s.p == NULL : no_number(type, a.n);
}

static uint32_t latest(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct set base = items(v, e->a, f);
	uint32_t best = NONE;
	struct value best_key = value_nothing;
	for (uint32_t i = 0; i < base.n; i++) {
		struct frame_item inner = { e->a->type.item, base.items[i], f };
		struct value key = value_of(v, e->b, &inner);
		if (best == NONE || compare(e->b->type.type, key, best_key) >= 0) {
			best = base.items[i];
			best_key = key;
		}
	}
	return best;
}

/* Whether the item is (arg: way) one that ends the question: a hit of any and none, a miss of all. */
static bool see_answer(struct eval *v, uint32_t item, void *arg)
{
	const struct way *w = arg;
	struct frame_item inner = { w->e->a->type.item, item, w->f };
	bool hit = !w->e->b || number(v, w->e->b, &inner) == TRI_TRUE;
	return hit == (w->e->op != E_ALL);
}

static bool quantifier(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct way way = { .e = e, .f = f };
	return walk(v, e->a, f, see_answer, &way) == (e->op == E_ANY);
}

static RARE int64_t count(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct set base = items(v, e->a, f);
	uint32_t hits = e->b ? 0 : base.n;
	for (uint32_t i = 0; e->b && i < base.n; i++) {
		struct frame_item inner = { e->a->type.item, base.items[i], f };
		hits += number(v, e->b, &inner) == TRI_TRUE;
	}
	return 100 * (int64_t)hits;
}

static RARE struct value aggregate(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct set base = items(v, e->a, f);
	struct value total = of_number(e->op == E_SUM ? 0 : null_number(e->type.type));
	for (uint32_t i = 0; i < base.n; i++) {
		struct frame_item inner = { e->a->type.item, base.items[i], f };
		struct value x = value_of(v, e->b, &inner);
		if (is_null(e->b->type.type, x))
			continue;
		if (e->op == E_SUM) {
			if (__builtin_add_overflow(total.n, x.n, &total.n))
				total.n = x.n > 0 ? INT64_MAX : INT64_MIN + 1; /* beyond any threshold */
			continue;
		}
		int c = compare(e->type.type, x, total);
		if (is_null(e->type.type, total) || (e->op == E_MIN ? c < 0 : c > 0))
			total = x;
	}
	return total;
}

/* ---- values ---------------------------------------------------------------------------------------------------------------------- */

static RARE int64_t lookup(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	int64_t year = e->a ? number(v, e->a, f) : 0;
	if (year == VALUE_NULL)
		return VALUE_NULL;
	uint32_t county = e->b ? county_of(number(v, e->b, f)) : NONE;
	for (unsigned i = 0; i < e->parameter->year_count; i++) {
		const struct by_year *y = &e->parameter->years[i];
		if ((int64_t)y->year * 100 == year && (y->county == 0 || y->county == county))
			return y->value;
	}
	return VALUE_NULL;
}

static struct str squeeze(struct eval *v, struct str s)
{
	if (!s.p)
		return s;
	static const struct str blanks[] = { { " ", 1 }, { "\t", 1 }, { "\n", 1 }, { "\v", 1 }, { "\f", 1 }, { "\r", 1 },
		{ "\xC2\xA0", 2 }, { "\xE3\x80\x80", 3 }, { "\xE2\x80\x8B", 3 }, { "\xE2\x80\x8C", 3 }, { "\xE2\x80\x8D", 3 }, { "\xEF\xBB\xBF", 3 } };
	char *out = arena_alloc(&v->arena, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n;) {
		size_t skip = 0;
		for (size_t b = 0; b < sizeof blanks / sizeof *blanks && !skip; b++)
			if (s.n - i >= blanks[b].n && memcmp(s.p + i, blanks[b].p, blanks[b].n) == 0)
				skip = blanks[b].n;
		if (!skip)
			out[n++] = s.p[i];
		i += skip ? skip : 1;
	}
	return n ? (struct str){ out, n } : (struct str){ 0 };
}

static RARE int64_t contains(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct str a = text(v, e->a, f), b = text(v, e->b, f);
	return !a.p || !b.p ? TRI_UNKNOWN : str_has(a, b);
}

static RARE int64_t function(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	int year, month, day;
	if (e->index == F_CONTAINS)
		return contains(v, e, f);
	if (e->index == F_YEAR && e->a->moves)
		return year_that_moves(v, e->a, f);
	int64_t a = number(v, e->a, f);
	if (a == VALUE_NULL)
		return null_number(e->type.type);
	switch (e->index) {
	case F_YEAR:
		day_split((int32_t)a, &year, &month, &day);
		return 100 * (int64_t)year;
	case F_COUNTY: return a / 1000000;
	case F_TOWNSHIP: return a / 1000;
	case F_LEVEL: return 100 * (int64_t)id_level((uint64_t)a);
	case F_CATEGORY: return 100 * (int64_t)id_category((uint64_t)a);
	default: return a % 1000 >= 200 && a % 1000 <= 399;
	}
}

/* ---- from when on an answer may be another ---- */

static RARE int64_t today(struct eval *v, const struct expr *e)
{
	due_on(v, (int64_t)v->d->pack->as_of + 1);
	return e->number;
}

/* A day that moves, for those who know better than today() how long it is as good as another. */
static int64_t moving(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	int32_t due = v->d->due;
	int64_t n = number(v, e, f);
	v->d->due = due;
	return n;
}

/* What is true of a day before the other is not any more once it has reached it; what is true up to it, once it has passed it. */
static void due_when_reached(struct eval *v, int64_t moves, int64_t stays)
{
	if (moves < stays)
		due_on(v, v->d->pack->as_of + (stays - moves));
}

static void due_when_passed(struct eval *v, int64_t moves, int64_t stays)
{
	if (moves <= stays)
		due_on(v, v->d->pack->as_of + (stays - moves) + 1);
}

static void due_of(struct eval *v, const struct expr *e, int64_t moves, int64_t stays)
{
	bool first = e->a->moves;
	switch (e->op) {
	case E_LE: case E_GT: (first ? due_when_passed : due_when_reached)(v, moves, stays); break;
	case E_LT: case E_GE: (first ? due_when_reached : due_when_passed)(v, moves, stays); break;
	default: (moves < stays ? due_when_reached : due_when_passed)(v, moves, stays);
	}
}

static RARE bool moving_sides(struct eval *v, const struct expr *e, const struct frame_item *f, int *ret)
{
	const struct expr *moves = e->a->moves ? e->a : e->b, *stays = e->a->moves ? e->b : e->a;
	int64_t m = moving(v, moves, f), s = stays->moves ? moving(v, stays, f) : number(v, stays, f);
	if (no_number(VT_DATE, m) || no_number(VT_DATE, s))
		return false;
	if (!stays->moves)
		due_of(v, e, m, s);
	*ret = e->a->moves ? (m > s) - (m < s) : (s > m) - (s < m);
	return true;
}

/* The first or last day of a range, that `a` is compared with. */
static struct value edge(struct eval *v, const struct expr *e, const struct frame_item *f, struct value a, bool last)
{
	if (!e->moves)
		return value_of(v, e, f);
	int64_t n = moving(v, e, f);
	if (!no_number(VT_DATE, n))
		(last ? due_when_reached : due_when_passed)(v, n, a.n);
	return of_number(n);
}

static RARE int64_t year_that_moves(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	int year, month, day;
	int64_t n = moving(v, e, f);
	if (n == VALUE_NULL)
		return VALUE_NULL;
	day_split((int32_t)n, &year, &month, &day);
	due_on(v, v->d->pack->as_of + (day_before_year(year + 1) - n));
	return 100 * (int64_t)year;
}

/* The order of the two sides of a comparison; false when one is null. Truth that is not null is in order as a number. */
static bool sides(struct eval *v, const struct expr *e, const struct frame_item *f, int *ret)
{
	enum value_type type = e->a->type.type;
	if (e->a->moves || e->b->moves)
		return moving_sides(v, e, f, ret);
	if (type == VT_TEXT) {
		struct str a = text(v, e->a, f), b = a.p ? text(v, e->b, f) : a;
		*ret = str_cmp(a, b);
		return a.p && b.p;
	}
	int64_t a = number(v, e->a, f);
	if (no_number(type, a))
		return false;
	int64_t b = number(v, e->b, f);
	*ret = (a > b) - (a < b);
	return !no_number(type, b);
}

static enum tri comparison(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	int c;
	if (!sides(v, e, f, &c))
		return TRI_UNKNOWN;
	switch (e->op) {
	case E_EQ: return c == 0;
	case E_NE: return c != 0;
	case E_LT: return c < 0;
	case E_LE: return c <= 0;
	case E_GT: return c > 0;
	default: return c >= 0;
	}
}

static enum tri not(enum tri t)
{
	return t == TRI_UNKNOWN ? t : t == TRI_TRUE ? TRI_FALSE : TRI_TRUE;
}

static enum tri both(enum tri a, enum tri b)
{
	if (a == TRI_FALSE || b == TRI_FALSE)
		return TRI_FALSE;
	return a == TRI_TRUE && b == TRI_TRUE ? TRI_TRUE : TRI_UNKNOWN;
}

static enum tri least(enum value_type type, struct value a, struct value b)
{
	return is_null(type, b) ? TRI_UNKNOWN : compare(type, a, b) >= 0 ? TRI_TRUE : TRI_FALSE;
}

/* Numbers that are not null, and among them such as cannot be null: the usual case. False: it is another. */
static bool in_constants(int64_t a, const struct expr *e, enum tri *ret)
{
	*ret = TRI_FALSE;
	for (unsigned i = 0; i < e->arg_count; i++) {
		const struct expr *x = e->args[i];
		if (x->op != E_ENUM && x->op != E_NUMBER)
			return false;
		if (x->number == a)
			*ret = TRI_TRUE;
	}
	return true;
}

static RARE enum tri in_list(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	enum value_type type = e->a->type.type;
	enum tri constant;
	if (type == VT_ENUM || type == VT_NUMBER) {
		int64_t n = number(v, e->a, f);
		if (n == VALUE_NULL)
			return TRI_UNKNOWN;
		if (in_constants(n, e, &constant))
			return constant;
	}
	struct value a = value_of(v, e->a, f);
	enum tri found = TRI_FALSE;
	if (is_null(type, a))
		return TRI_UNKNOWN;
	for (unsigned i = 0; i < e->arg_count && found != TRI_TRUE; i++) {
		const struct expr *x = e->args[i];
		enum tri hit;
		if (x->op == E_RANGE) {
			struct value low = edge(v, x->a, f, a, false), high = edge(v, x->b, f, a, true);
			enum tri below = is_null(type, high) ? TRI_UNKNOWN : compare(type, a, high) <= 0 ? TRI_TRUE : TRI_FALSE;
			hit = both(least(type, a, low), below);
		} else {
			struct value b = value_of(v, x, f);
			hit = is_null(type, b) ? TRI_UNKNOWN : compare(type, a, b) == 0 ? TRI_TRUE : TRI_FALSE;
		}
		found = not(both(not(found), not(hit)));
	}
	return found;
}

/* What is not true is as good as false where it must be true. */
static enum tri common(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	uint64_t bit = UINT64_C(1) << (e->common - 1);
	if (!((v->common_true | v->common_not) & bit))
		*(number(v, e, f) == TRI_TRUE ? &v->common_true : &v->common_not) |= bit;
	return v->common_true & bit ? TRI_TRUE : TRI_FALSE;
}

static enum tri truth(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	return e->common ? common(v, e, f) : (enum tri)number(v, e, f);
}

static enum tri logic(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	enum tri a = truth(v, e->a, f);
	switch (e->op) {
	case E_NOT: return not(a);
	case E_IS_TRUE: return a == TRI_TRUE;
	case E_IS_FALSE: return a == TRI_FALSE;
	case E_AND: return a == TRI_FALSE ? a : both(a, truth(v, e->b, f));
	default: return a == TRI_TRUE ? a : not(both(not(a), not(truth(v, e->b, f))));
	}
}

static RARE int64_t arithmetic(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	int64_t a = number(v, e->a, f), r;
	if (a == VALUE_NULL)
		return VALUE_NULL;
	if (e->op == E_NEGATE)
		return -a;
	int64_t b = number(v, e->b, f);
	if (b == VALUE_NULL)
		return VALUE_NULL;
	if (e->a->type.type == VT_DATE) /* days, while numbers are hundredths */
		return e->b->type.type == VT_DATE ? 100 * (a - b) : e->op == E_ADD ? a + b / 100 : a - b / 100;
	bool over = e->op == E_ADD ? __builtin_add_overflow(a, b, &r) : e->op == E_SUBTRACT ? __builtin_sub_overflow(a, b, &r)
	                                                              : __builtin_mul_overflow(a, b, &r);
	if (over)
		return VALUE_NULL;
	return e->op == E_MULTIPLY ? r / 100 : r;
}

/* ---- terms ------------------------------------------------------------------------------------------------------------------------- */

static bool remembers(const struct eval *v, const struct term *t)
{
	return v->may_remember && t->item == ITEM_PERSON && !t->asks_unit && t->expr->type.type == VT_SET;
}

static struct set remembered(struct eval *v, const struct term *t, uint32_t person)
{
	struct frame_item alone = { ITEM_PERSON, person, NULL };
	struct arena *a = &v->d->arena;
	if (!v->remembered)
		v->remembered = arena_alloc(a, v->d->pack->term_count * sizeof *v->remembered);
	struct set **sets = &v->remembered[t->index];
	if (!*sets) {
		*sets = arena_alloc(a, v->d->person_count * sizeof **sets);
		memset(*sets, 0xFF, v->d->person_count * sizeof **sets);
	}
	struct set *s = &(*sets)[person];
	if (s->n == UINT32_MAX) {
		struct set fresh = items(v, t->expr, &alone);
		*s = (struct set){ fresh.n ? arena_alloc(a, fresh.n * sizeof *s->items) : NULL, fresh.n };
		if (fresh.n)
			memcpy(s->items, fresh.items, fresh.n * sizeof *s->items);
	}
	return *s;
}

static struct set term_items(struct eval *v, const struct term *t, const struct frame_item *at)
{
	struct frame_item alone = { at->item, at->index, NULL };
	if (!may_be(v, t, at))
		return (struct set){ 0 };
	return remembers(v, t) ? remembered(v, t, at->index) : items(v, t->expr, &alone);
}

/* Where the truth of the term on the item is remembered, or NULL. */
static uint8_t *truth_of(struct eval *v, const struct term *t, uint32_t item)
{
	struct dossier *d = v->d;
	uint32_t count = t->item == ITEM_PERSON ? d->person_count : t->item == ITEM_REGISTER ? d->register_count : 0;
	if (!count || !v->may_remember || t->asks_unit || t->expr->type.type != VT_BOOL)
		return NULL;
	if (!v->truths)
		v->truths = arena_alloc(&d->arena, d->pack->term_count * sizeof *v->truths);
	uint8_t **truths = &v->truths[t->index];
	if (!*truths)
		*truths = arena_alloc(&d->arena, count);
	return *truths + item;
}

static int64_t term_number(struct eval *v, const struct term *t, const struct frame_item *at)
{
	struct frame_item alone = { at->item, at->index, NULL };
	uint8_t *known = truth_of(v, t, at->index);
	if (!known)
		return number(v, t->expr, &alone);
	if (!*known)
		*known = (uint8_t)(1 + number(v, t->expr, &alone));
	return *known - 1;
}

static struct str term_text(struct eval *v, const struct term *t, const struct frame_item *at)
{
	struct frame_item alone = { at->item, at->index, NULL };
	return text(v, t->expr, &alone);
}

static RARE bool fires(struct eval *v, const struct expr *e)
{
	return v->evaluated >> e->index & 1 && eval_rule(v, &v->d->pack->rules[e->index]);
}

/* ---- what is asked for ------------------------------------------------------------------------------------------------------------- */

static int64_t number(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	UNSET struct frame_item inner;
	switch (e->op) {
	case E_NUMBER: case E_ENUM: case E_BOOL: return e->number;
	case E_DATE: return e->moves ? today(v, e) : e->number;
	case E_COLUMN: return column_number(v, frame_at(f, e->depth)->index, e->index);
	case E_HEAD: return column_number(v, v->d->registers[frame_at(f, e->depth)->index].head, e->index);
	case E_ATTRIBUTE: return attribute_number(v, frame_at(f, e->depth), (enum attribute)e->index);
	case E_TERM: return term_number(v, e->term, frame_at(f, e->depth));
	case E_NATURE: return v->nature < 0 ? VALUE_NULL : v->nature;
	case E_FIRES: return fires(v, e);
	case E_LOOKUP: return lookup(v, e, f);
	case E_PATH: return enter(v, e, f, &inner) ? number(v, e->b, &inner) : null_number(e->type.type);
	case E_ANY: case E_ALL: case E_NOT_ANY: return quantifier(v, e, f);
	case E_COUNT: return count(v, e, f);
	case E_SUM: case E_MIN: case E_MAX: return aggregate(v, e, f).n;
	case E_AND: case E_OR: case E_NOT: case E_IS_TRUE: case E_IS_FALSE: return logic(v, e, f);
	case E_EQ: case E_NE: case E_LT: case E_LE: case E_GT: case E_GE: return comparison(v, e, f);
	case E_IN: return in_list(v, e, f);
	case E_IS_NULL: return is_null(e->a->type.type, value_of(v, e->a, f));
	case E_ADD: case E_SUBTRACT: case E_MULTIPLY: case E_NEGATE: return arithmetic(v, e, f);
	case E_FUNCTION: return function(v, e, f);
	default: abort(); /* gone after the check, or no number */
	}
}

static struct str text(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	UNSET struct frame_item inner;
	switch (e->op) {
	case E_TEXT: return e->text.n ? e->text : (struct str){ 0 };
	case E_COLUMN: return column_text(v, frame_at(f, e->depth)->index, e->index);
	case E_HEAD: return column_text(v, v->d->registers[frame_at(f, e->depth)->index].head, e->index);
	case E_ATTRIBUTE: return attribute_text(v, frame_at(f, e->depth), (enum attribute)e->index);
	case E_TERM: return term_text(v, e->term, frame_at(f, e->depth));
	case E_PATH: return enter(v, e, f, &inner) ? text(v, e->b, &inner) : (struct str){ 0 };
	case E_MIN: case E_MAX: return aggregate(v, e, f).s;
	case E_FUNCTION: return squeeze(v, text(v, e->a, f));
	default: abort();
	}
}

/* Each item once, in order. */
static struct set items(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	const struct frame_item *at;
	switch (e->op) {
	case E_ATTRIBUTE: return attribute_set(v, frame_at(f, e->depth), (enum attribute)e->index);
	case E_KIND:
		at = frame_at(f, e->depth);
		return person_rows(v->d, &v->d->persons[at->index], e->index);
	case E_TERM: return term_items(v, e->term, frame_at(f, e->depth));
	case E_SELF: return set_of_one(v, frame_at(f, e->depth)->index);
	case E_EVIDENCE: return v->evidence;
	case E_LATEST: return set_of_one(v, latest(v, e, f));
	case E_PATH: case E_FILTER: case E_UNION: return walk_all(v, e, f);
	default: abort();
	}
}

struct value eval_at(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	return value_of(v, e, f);
}

enum tri eval_condition(struct eval *v, const struct expr *e)
{
	return truth(v, e, &v->unit);
}

bool eval_rule(struct eval *v, const struct rule *r)
{
	uint64_t bit = UINT64_C(1) << r->index;
	if (!(v->rules_asked & bit) && truth(v, r->when, &v->unit) == TRI_TRUE)
		v->rules_fire |= bit;
	v->rules_asked |= bit;
	return v->rules_fire & bit;
}

struct set eval_set(struct eval *v, const struct expr *e)
{
	return items(v, e, &v->unit);
}

struct set eval_term(struct eval *v, const struct term *t, uint32_t person)
{
	struct frame_item at = { ITEM_PERSON, person, NULL };
	return term_items(v, t, &at);
}

enum tri eval_row(struct eval *v, const struct expr *e, const struct kind *k, struct row r)
{
	struct dossier_row alone = { r, (uint16_t)k->index, { NONE, NONE } };
	struct dossier d = { .pack = v->d->pack, .due = v->d->due, .rows = &alone, .row_count = 1 };
	struct eval inner = { .d = &d, .nature = -1, .arena = v->arena };
	struct frame_item at = { ITEM_ROW, 0, NULL };
	enum tri t = truth(&inner, e, &at);
	v->arena = inner.arena;
	v->d->due = d.due;
	return t;
}

enum tri eval_row_of(struct eval *v, const struct expr *e, uint32_t row, uint32_t person)
{
	struct frame_item owner = { ITEM_PERSON, person, NULL };
	struct frame_item at = { ITEM_ROW, row, &owner };
	return truth(v, e, &at);
}
