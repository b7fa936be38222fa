#include "value.h"

#include "id/id.h"

#include <stdlib.h>

static struct value ev(struct eval *v, const struct expr *e, const struct frame_item *f);

static struct value null_of(struct static_type t)
{
	return t.type == VT_BOOL ? of_truth(TRI_UNKNOWN) : value_nothing;
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
	const struct dossier *d = v->d;
	size_t terms = d->pack->term_count;
	v->remembered = arena_alloc(&v->d->arena, terms * sizeof *v->remembered);
	v->member_marks = NULL;
}

void eval_unit(struct eval *v, enum item item, uint32_t index)
{
	arena_reset(&v->arena);
	v->unit = (struct frame_item){ item, index, NULL };
	v->evidence = (struct set){ 0 };
	v->nature = -1;
	v->members_marked = false;
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

static struct value path(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct set base = ev(v, e->a, f).set;
	if (e->type.type != VT_SET || e->a->type.single) {
		if (!base.n)
			return e->type.type == VT_SET ? of_set((struct set){ 0 }) : null_of(e->type);
		struct frame_item inner = { e->a->type.item, base.items[0], f };
		return ev(v, e->b, &inner);
	}
	struct collector c = { 0 };
	for (uint32_t i = 0; i < base.n; i++) {
		struct frame_item inner = { e->a->type.item, base.items[i], f };
		struct set s = ev(v, e->b, &inner).set;
		for (uint32_t k = 0; k < s.n; k++)
			collect(v, &c, s.items[k]);
	}
	return of_set(set_of(&c));
}

static struct value filter(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct set base = ev(v, e->a, f).set;
	if (!base.n)
		return of_set(base);
	struct set kept = { arena_alloc(&v->arena, base.n * sizeof *kept.items), 0 };
	for (uint32_t i = 0; i < base.n; i++) {
		struct frame_item inner = { e->a->type.item, base.items[i], f };
		if (ev(v, e->b, &inner).n == TRI_TRUE)
			kept.items[kept.n++] = base.items[i];
	}
	return of_set(kept);
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
	return type == VT_TEXT ? a.s.p == NULL : type == VT_BOOL ? a.n == TRI_UNKNOWN : a.n == VALUE_NULL;
}

static struct value latest(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct set base = ev(v, e->a, f).set;
	uint32_t best = NONE;
	struct value best_key = value_nothing;
	for (uint32_t i = 0; i < base.n; i++) {
		struct frame_item inner = { e->a->type.item, base.items[i], f };
		struct value key = ev(v, e->b, &inner);
		if (best == NONE || compare(e->b->type.type, key, best_key) >= 0) {
			best = base.items[i];
			best_key = key;
		}
	}
	return of_one(v, best);
}

static struct value quantifier(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct set base = ev(v, e->a, f).set;
	uint32_t hits = e->b ? 0 : base.n;
	for (uint32_t i = 0; e->b && i < base.n; i++) {
		struct frame_item inner = { e->a->type.item, base.items[i], f };
		bool hit = ev(v, e->b, &inner).n == TRI_TRUE;
		hits += hit;
		if (hit ? e->op == E_ANY || e->op == E_NOT_ANY : e->op == E_ALL)
			break;
	}
	switch (e->op) {
	case E_ANY: return of_bool(hits > 0);
	case E_NOT_ANY: return of_bool(hits == 0);
	case E_ALL: return of_bool(hits == base.n);
	default: return of_number(100 * (int64_t)hits);
	}
}

static struct value aggregate(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct set base = ev(v, e->a, f).set;
	struct value total = e->op == E_SUM ? of_number(0) : null_of(e->type);
	for (uint32_t i = 0; i < base.n; i++) {
		struct frame_item inner = { e->a->type.item, base.items[i], f };
		struct value x = ev(v, e->b, &inner);
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

static struct value lookup(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	int64_t year = e->a ? ev(v, e->a, f).n : 0;
	if (year == VALUE_NULL)
		return value_nothing;
	uint32_t county = e->b ? county_of(ev(v, e->b, f).n) : NONE;
	for (unsigned i = 0; i < e->parameter->year_count; i++) {
		const struct by_year *y = &e->parameter->years[i];
		if ((int64_t)y->year * 100 == year && (y->county == 0 || y->county == county))
			return of_number(y->value);
	}
	return value_nothing;
}

static struct value squeeze(struct eval *v, struct str s)
{
	if (!s.p)
		return value_nothing;
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
	return of_text((struct str){ out, n });
}

static struct value function(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	struct value a = ev(v, e->a, f);
	if (e->index == F_SQUEEZE)
		return squeeze(v, a.s);
	if (e->index == F_CONTAINS) {
		struct value b = ev(v, e->b, f);
		return !a.s.p || !b.s.p ? of_truth(TRI_UNKNOWN) : of_bool(str_has(a.s, b.s));
	}
	if (a.n == VALUE_NULL)
		return null_of(e->type);
	int year, month, day;
	switch (e->index) {
	case F_YEAR:
		day_split((int32_t)a.n, &year, &month, &day);
		return of_number(100 * (int64_t)year);
	case F_COUNTY: return of_number(a.n / 1000000);
	case F_TOWNSHIP: return of_number(a.n / 1000);
	case F_LEVEL: return of_number(100 * (int64_t)id_level((uint64_t)a.n));
	case F_CATEGORY: return of_number(100 * (int64_t)id_category((uint64_t)a.n));
	default: return of_bool(a.n % 1000 >= 200 && a.n % 1000 <= 399);
	}
}

static struct value comparison(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	enum value_type type = e->a->type.type;
	struct value a = ev(v, e->a, f);
	if (is_null(type, a))
		return of_truth(TRI_UNKNOWN);
	struct value b = ev(v, e->b, f);
	if (is_null(type, b))
		return of_truth(TRI_UNKNOWN);
	int c = compare(type, a, b);
	switch (e->op) {
	case E_EQ: return of_bool(c == 0);
	case E_NE: return of_bool(c != 0);
	case E_LT: return of_bool(c < 0);
	case E_LE: return of_bool(c <= 0);
	case E_GT: return of_bool(c > 0);
	default: return of_bool(c >= 0);
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

static struct value in_list(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	enum value_type type = e->a->type.type;
	struct value a = ev(v, e->a, f);
	enum tri found = TRI_FALSE;
	if (is_null(type, a))
		return of_truth(TRI_UNKNOWN);
	for (unsigned i = 0; i < e->arg_count && found != TRI_TRUE; i++) {
		const struct expr *x = e->args[i];
		enum tri hit;
		if (x->op == E_RANGE) {
			struct value low = ev(v, x->a, f), high = ev(v, x->b, f);
			enum tri below = is_null(type, high) ? TRI_UNKNOWN : compare(type, a, high) <= 0 ? TRI_TRUE : TRI_FALSE;
			hit = both(least(type, a, low), below);
		} else {
			struct value b = ev(v, x, f);
			hit = is_null(type, b) ? TRI_UNKNOWN : compare(type, a, b) == 0 ? TRI_TRUE : TRI_FALSE;
		}
		found = not(both(not(found), not(hit)));
	}
	return of_truth(found);
}

static struct value logic(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	enum tri a = ev(v, e->a, f).n;
	switch (e->op) {
	case E_NOT: return of_truth(not(a));
	case E_IS_TRUE: return of_bool(a == TRI_TRUE);
	case E_IS_FALSE: return of_bool(a == TRI_FALSE);
	case E_AND: return a == TRI_FALSE ? of_truth(a) : of_truth(both(a, ev(v, e->b, f).n));
	default: return a == TRI_TRUE ? of_truth(a) : of_truth(not(both(not(a), not(ev(v, e->b, f).n))));
	}
}

static struct value arithmetic(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	int64_t a = ev(v, e->a, f).n, r;
	if (a == VALUE_NULL)
		return value_nothing;
	if (e->op == E_NEGATE)
		return of_number(-a);
	int64_t b = ev(v, e->b, f).n;
	if (b == VALUE_NULL)
		return value_nothing;
	if (e->a->type.type == VT_DATE) /* days, while numbers are hundredths */
		return of_number(e->b->type.type == VT_DATE ? 100 * (a - b) : e->op == E_ADD ? a + b / 100 : a - b / 100);
	bool over = e->op == E_ADD ? __builtin_add_overflow(a, b, &r) : e->op == E_SUBTRACT ? __builtin_sub_overflow(a, b, &r)
	                                                              : __builtin_mul_overflow(a, b, &r);
	if (over)
		return value_nothing;
	return of_number(e->op == E_MULTIPLY ? r / 100 : r);
}

static struct value term(struct eval *v, const struct term *t, const struct frame_item *at)
{
	struct frame_item alone = { at->item, at->index, NULL };
	bool keep = t->item == ITEM_PERSON && !t->asks_unit && t->expr->type.type == VT_SET && v->remembered;
	if (!keep)
		return ev(v, t->expr, &alone);
	struct set **sets = &v->remembered[t->index];
	if (!*sets) {
		*sets = arena_alloc(&v->d->arena, v->d->person_count * sizeof **sets);
		memset(*sets, 0xFF, v->d->person_count * sizeof **sets);
	}
	struct set *s = &(*sets)[at->index];
	if (s->n == UINT32_MAX) {
		struct set fresh = ev(v, t->expr, &alone).set;
		*s = (struct set){ fresh.n ? arena_alloc(&v->d->arena, fresh.n * sizeof *s->items) : NULL, fresh.n };
		if (fresh.n)
			memcpy(s->items, fresh.items, fresh.n * sizeof *s->items);
	}
	return of_set(*s);
}

static struct value fires(struct eval *v, const struct expr *e)
{
	if (!(v->evaluated >> e->index & 1))
		return of_bool(false);
	return of_bool(ev(v, v->d->pack->rules[e->index].when, &v->unit).n == TRI_TRUE);
}

static struct value ev(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	const struct frame_item *at;
	switch (e->op) {
	case E_NUMBER: case E_DATE: case E_ENUM: return of_number(e->number);
	case E_BOOL: return of_bool(e->number);
	case E_TEXT: return of_text(e->text);
	case E_COLUMN: return row_column(v, frame_at(f, e->depth)->index, e->index);
	case E_HEAD: return row_column(v, v->d->registers[frame_at(f, e->depth)->index].head, e->index);
	case E_ATTRIBUTE: return attribute_of(v, frame_at(f, e->depth), (enum attribute)e->index);
	case E_KIND:
		at = frame_at(f, e->depth);
		return of_set(person_rows(v->d, &v->d->persons[at->index], e->index));
	case E_TERM: return term(v, e->term, frame_at(f, e->depth));
	case E_SELF: return of_one(v, frame_at(f, e->depth)->index);
	case E_EVIDENCE: return of_set(v->evidence);
	case E_NATURE: return v->nature < 0 ? value_nothing : of_number(v->nature);
	case E_FIRES: return fires(v, e);
	case E_LOOKUP: return lookup(v, e, f);
	case E_PATH: return path(v, e, f);
	case E_FILTER: return filter(v, e, f);
	case E_UNION: return of_set(eval_union(v, ev(v, e->a, f).set, ev(v, e->b, f).set));
	case E_LATEST: return latest(v, e, f);
	case E_ANY: case E_ALL: case E_NOT_ANY: case E_COUNT: return quantifier(v, e, f);
	case E_SUM: case E_MIN: case E_MAX: return aggregate(v, e, f);
	case E_AND: case E_OR: case E_NOT: case E_IS_TRUE: case E_IS_FALSE: return logic(v, e, f);
	case E_EQ: case E_NE: case E_LT: case E_LE: case E_GT: case E_GE: return comparison(v, e, f);
	case E_IN: return in_list(v, e, f);
	case E_IS_NULL: return of_bool(is_null(e->a->type.type, ev(v, e->a, f)));
	case E_ADD: case E_SUBTRACT: case E_MULTIPLY: case E_NEGATE: return arithmetic(v, e, f);
	case E_FUNCTION: return function(v, e, f);
	default: abort(); /* gone after the check */
	}
}

struct value eval_at(struct eval *v, const struct expr *e, const struct frame_item *f)
{
	return ev(v, e, f);
}

enum tri eval_condition(struct eval *v, const struct expr *e)
{
	return (enum tri)ev(v, e, &v->unit).n;
}

struct set eval_set(struct eval *v, const struct expr *e)
{
	return ev(v, e, &v->unit).set;
}

struct set eval_term(struct eval *v, const struct term *t, uint32_t person)
{
	struct frame_item at = { ITEM_PERSON, person, NULL };
	return term(v, t, &at).set;
}

enum tri eval_row(struct eval *v, const struct expr *e, const struct kind *k, struct row r)
{
	struct dossier_row alone = { r, (uint16_t)k->index, { NONE, NONE } };
	struct dossier d = { .pack = v->d->pack, .rows = &alone, .row_count = 1 };
	struct eval inner = { .d = &d, .nature = -1, .arena = v->arena };
	struct frame_item at = { ITEM_ROW, 0, NULL };
	enum tri t = (enum tri)ev(&inner, e, &at).n;
	v->arena = inner.arena;
	return t;
}

enum tri eval_row_of(struct eval *v, const struct expr *e, uint32_t row, uint32_t person)
{
	struct frame_item owner = { ITEM_PERSON, person, NULL };
	struct frame_item at = { ITEM_ROW, row, &owner };
	return (enum tri)ev(v, e, &at).n;
}
