/* Values and conditions: SQL's truth is three-valued as the language's is, so most operators are themselves. */
#include "internal.h"

/* Blanks of text/blank.h, for squeeze(). */
#define BLANKS "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160) || chr(12288) || chr(8203) || chr(8204) || chr(8205) || chr(65279)"

/* Places of a region that a value has: text of different lengths would differ where the numbers might not. */
static int places_of(const struct expr *e)
{
	switch (e->op) {
	case E_FUNCTION: return e->index == F_COUNTY ? 6 : 9;
	case E_TERM: return places_of(e->term->expr);
	case E_PATH: case E_MIN: case E_MAX: return places_of(e->b);
	default: return 12;
	}
}

static void same_places(struct sql *s, const struct expr *a, const struct expr *b)
{
	if (a->type.type == VT_REGION && places_of(a) != places_of(b))
		sql_fail(s, b, "a county or township is compared with another sort of region");
}

static const char *attribute_value(struct sql *s, const struct expr *e, const struct sql_frame *f)
{
	static const struct {
		enum attribute attribute;
		const char *column;
		enum stage from;
	} columns[] = {
		{ A_ID, "id", STAGE_PERSON }, { A_AGE, "age", STAGE_PERSON }, { A_MALE, "male", STAGE_PERSON }, { A_NAME, "name", STAGE_PERSON },
		{ A_ALIVE, "alive", STAGE_ALL }, { A_REGISTERED, "registered", STAGE_PERSON }, { A_MAYBE_REGISTERED, "maybe_registered", STAGE_ALL },
		{ A_REGION, "region", STAGE_ALL }, { A_NUMBER, "household_no", STAGE_ALL }, { A_SPLIT_ON, "split_on", STAGE_ALL },
		{ A_SPLIT_FROM, "split_from", STAGE_ALL }, { A_COLLECTIVE, "collective", STAGE_ALL }, { A_REFUSED, "_refused", STAGE_ALL },
		{ A_ALL, "\"all\"", STAGE_ALL }, { A_SPLIT, "split", STAGE_ALL },
	};
	const struct sql_frame *at = sql_frame_at(f, e->depth);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		if (columns[i].attribute != (enum attribute)e->index)
			continue;
		if (s->stage < columns[i].from)
			break;
		return sql_fmt(s, "%s.%s", place_alias(s, at->place), columns[i].column);
	}
	if (e->index == A_WEAK)
		return sql_row_attribute(s, at, "_weak0", "_weak1");
	if (e->index == A_WITNESS && s->stage > STAGE_ROW)
		return sql_row_attribute(s, at, "_witness0", "_witness1");
	if (e->index == A_MEMBER && s->stage == STAGE_ALL) {
		const char *m = alias_new(s);
		if (!s->unit || s->unit->item != ITEM_REGISTER)
			return "FALSE";
		return sql_fmt(s, "EXISTS (SELECT 1 FROM _member %s WHERE %s.g = %s AND %s.p = %s)", m, m, s->unit->key, m, at->place->key);
	}
	sql_fail(s, e, "this is not known yet where it is settled who lives and who lives together");
	return "NULL";
}

/* Of a row that names two it matters who asks: the nearest person around it whom it names, else its first. */
const char *sql_row_attribute(struct sql *s, const struct sql_frame *f, const char *first, const char *second)
{
	const char *row = place_alias(s, f->place), *cases = "";
	for (const struct sql_frame *up = f->up; up; up = up->up)
		if (up->place->item == ITEM_PERSON)
			cases = sql_fmt(s, "%s WHEN %s = %s._p0 THEN %s.%s WHEN %s = %s._p1 THEN %s.%s", cases, up->place->key, row, row, first,
			                up->place->key, row, row, second);
	bool two = false;
	for (unsigned i = 0; i < s->pack->schema->kind_count; i++)
		two |= f->place->kinds >> i & 1 && s->pack->schema->kinds[i].ids[1] >= 0;
	return two && *cases ? sql_fmt(s, "CASE%s ELSE %s.%s END", cases, row, first) : sql_fmt(s, "%s.%s", row, first);
}

static const char *path(struct sql *s, const struct expr *e, const struct sql_frame *f)
{
	struct query q = { 0 };
	struct choices c = { 0 };
	const struct sql_frame inner = { sql_set(s, e->a, f, &q, &c), f };
	const char *v = sql_value(s, e->b, &inner);
	return q.first || q.where ? sql_fmt(s, "(%s)", query_select(s, &q, v)) : v;
}

static const char *quantifier(struct sql *s, const struct expr *e, const struct sql_frame *f)
{
	struct choices c = { 0 };
	const char *all = NULL, *no = e->op == E_ANY ? "" : "NOT ";
	unsigned n = 0;
	do {
		struct query q = { 0 };
		const struct sql_frame inner = { sql_set(s, e->a, f, &q, &c), f };
		const char *condition = e->b ? sql_value(s, e->b, &inner) : NULL;
		if (condition && e->op == E_ALL)
			query_where(s, &q, sql_fmt(s, "(%s) IS NOT TRUE", condition));
		else if (condition)
			query_where(s, &q, condition);
		const char *one = q.first ? sql_fmt(s, "%sEXISTS (%s)", no, query_select(s, &q, "1"))
		                          : sql_fmt(s, "%s((%s) IS TRUE)", no, q.where ? q.where : "TRUE");
		all = all ? sql_fmt(s, "%s %s %s", all, e->op == E_ANY ? "OR" : "AND", one) : one;
		n++;
	} while (choices_next(&c) && !s->failed);
	return n > 1 ? sql_fmt(s, "(%s)", all) : all;
}

/* The items, each once, with a value of each. */
static const char *each_once(struct sql *s, const struct expr *e, const struct sql_frame *f, const char *(*of)(struct sql *, const struct expr *, const char *))
{
	struct choices c = { 0 };
	const char *all = NULL;
	do {
		struct query q = { 0 };
		const struct sql_frame inner = { sql_set(s, e->a, f, &q, &c), f };
		const char *v = "1";
		if (e->b && e->op == E_COUNT)
			query_where(s, &q, sql_value(s, e->b, &inner));
		else if (e->b)
			v = of ? of(s, e->b, sql_value(s, e->b, &inner)) : sql_value(s, e->b, &inner);
		const char *select = query_select(s, &q, sql_fmt(s, "%s AS x, %s AS y", inner.place->key, v));
		all = all ? sql_fmt(s, "%s UNION %s", all, select) : sql_fmt(s, "SELECT DISTINCT%s", select + strlen("SELECT"));
	} while (choices_next(&c) && !s->failed);
	return all;
}

/* The natures are those of the rule at hand: pack->natures holds the names of the rule that was loaded last. */
static const char *enum_value(struct sql *s, const struct enumeration *en, unsigned i)
{
	return sql_text(s, en == &s->pack->natures ? s->rule->natures[i].name : en->values[i]);
}

static unsigned enum_count(const struct sql *s, const struct enumeration *en)
{
	return en == &s->pack->natures ? s->rule->nature_count : en->count;
}

const char *sql_in_order(struct sql *s, const struct expr *e, const char *value)
{
	const struct enumeration *en = e->type.enumeration;
	if (e->type.type == VT_CERT)
		sql_fail(s, e, "numbers of people and certificates have no order in SQL");
	if (e->type.type == VT_BOOL)
		return sql_fmt(s, "CASE WHEN %s THEN 1 WHEN NOT %s THEN 0 END", value, value);
	if (e->type.type != VT_ENUM)
		return value;
	const char *cases = "";
	for (unsigned i = 0; i < enum_count(s, en); i++)
		cases = sql_fmt(s, "%s WHEN %s THEN %u", cases, enum_value(s, en, i), i);
	return sql_fmt(s, "CASE %s%s END", value, cases);
}

/* From what sorts as a value does back to the value. */
static const char *from_order(struct sql *s, const struct expr *e, const char *value)
{
	const struct enumeration *en = e->type.enumeration;
	const char *cases = "";
	if (e->type.type == VT_BOOL)
		return sql_fmt(s, "%s = 1", value);
	if (e->type.type != VT_ENUM)
		return value;
	for (unsigned i = 0; i < enum_count(s, en); i++)
		cases = sql_fmt(s, "%s WHEN %u THEN %s", cases, i, enum_value(s, en, i));
	return sql_fmt(s, "CASE %s%s END", value, cases);
}

static const char *aggregate(struct sql *s, const struct expr *e, const struct sql_frame *f)
{
	const char *alias = alias_new(s);
	const char *items = each_once(s, e, f, e->op == E_MIN || e->op == E_MAX ? sql_in_order : NULL);
	if (e->op == E_COUNT)
		return sql_fmt(s, "(SELECT count(*) FROM (%s) %s)", items, alias);
	if (e->op == E_SUM)
		return sql_fmt(s, "(SELECT coalesce(sum(y), 0) FROM (%s) %s)", items, alias);
	const char *best = sql_fmt(s, "%s(y%s)", e->op == E_MIN ? "min" : "max", e->b->type.type == VT_TEXT ? s->dialect->collate : "");
	return sql_fmt(s, "(SELECT %s FROM (%s) %s)", from_order(s, e->b, best), items, alias);
}

static const char *lookup(struct sql *s, const struct expr *e, const struct sql_frame *f)
{
	const char *year = sql_value(s, e->a, f), *region = e->b ? sql_value(s, e->b, f) : NULL, *cases = "";
	if (e->b && places_of(e->b) != 12)
		sql_fail(s, e->b, "a parameter takes a whole region");
	for (unsigned i = 0; i < e->parameter->year_count; i++) {
		const struct by_year *y = &e->parameter->years[i];
		if (y->county && !region)
			continue;
		const char *there = y->county ? sql_fmt(s, " AND substr(%s, 1, 6) = '%06u'", region, y->county) : "";
		cases = sql_fmt(s, "%s WHEN %s = %d%s THEN %s", cases, year, y->year, there, sql_number(s, y->value));
	}
	return *cases ? sql_fmt(s, "CASE%s END", cases) : "CAST(NULL AS DECIMAL(18, 2))";
}

static const char *function(struct sql *s, const struct expr *e, const struct sql_frame *f)
{
	const char *a = sql_value(s, e->a, f);
	bool region = e->index == F_COUNTY || e->index == F_TOWNSHIP || e->index == F_IN_VILLAGE;
	if (region && places_of(e->a) != 12)
		sql_fail(s, e->a, "a county or township of a county or township");
	switch (e->index) {
	case F_YEAR: return sql_fmt(s, "CAST(extract(year FROM %s) AS INTEGER)", a);
	case F_COUNTY: return sql_fmt(s, "substr(%s, 1, 6)", a);
	case F_TOWNSHIP: return sql_fmt(s, "substr(%s, 1, 9)", a);
	case F_IN_VILLAGE: return sql_fmt(s, "(substr(%s, 10, 3) BETWEEN '200' AND '399')", a);
	case F_SQUEEZE: return sql_fmt(s, "nullif(translate(%s, " BLANKS ", ''), '')", a);
	case F_CONTAINS: return sql_fmt(s, "(strpos(%s, %s) > 0)", a, sql_value(s, e->b, f));
	/* 0 for a number that is no certificate */
	case F_LEVEL: return sql_fmt(s, "CAST('0' || substr(%s, 20, 1) AS INTEGER)", a);
	default: return sql_fmt(s, "CAST('0' || substr(%s, 19, 1) AS INTEGER)", a);
	}
}

static const char *in_list(struct sql *s, const struct expr *e, const struct sql_frame *f)
{
	const char *a = sql_value(s, e->a, f), *all = "";
	for (unsigned i = 0; i < e->arg_count; i++) {
		const struct expr *x = e->args[i];
		const char *one;
		if (x->op == E_RANGE) {
			one = sql_fmt(s, "%s BETWEEN %s AND %s", a, sql_value(s, x->a, f), sql_value(s, x->b, f));
		} else {
			same_places(s, e->a, x);
			one = sql_fmt(s, "%s = %s", a, sql_value(s, x, f));
		}
		all = sql_fmt(s, "%s%s%s", all, *all ? " OR " : "", one);
	}
	return sql_fmt(s, "(%s)", all);
}

static const char *arithmetic(struct sql *s, const struct expr *e, const struct sql_frame *f)
{
	const char *a = sql_value(s, e->a, f), *b = e->b ? sql_value(s, e->b, f) : NULL;
	if (e->op == E_NEGATE)
		return sql_fmt(s, "(-%s)", a);
	if (e->op == E_MULTIPLY) /* numbers have two decimals; what is beyond is cut off */
		return sql_fmt(s, "CAST(trunc(CAST(%s AS DECIMAL(18, 2)) * CAST(%s AS DECIMAL(18, 2)) * 100) * 0.01 AS DECIMAL(38, 2))", a, b);
	if (e->a->type.type == VT_DATE && e->b->type.type == VT_NUMBER && !(e->b->op == E_NUMBER && e->b->number % 100 == 0))
		b = sql_fmt(s, "CAST(trunc(%s) AS INTEGER)", b);
	return sql_fmt(s, "(%s %s %s)", a, e->op == E_ADD ? "+" : "-", b);
}

static const char *two(struct sql *s, const struct expr *e, const struct sql_frame *f, const char *op)
{
	same_places(s, e->a, e->b);
	return sql_fmt(s, "(%s %s %s)", sql_value(s, e->a, f), op, sql_value(s, e->b, f));
}

static const char *constant(struct sql *s, const struct expr *e)
{
	switch (e->op) {
	case E_NUMBER: return sql_number(s, e->number);
	case E_DATE: return sql_date(s, e->number);
	case E_TEXT: return e->text.n ? sql_text(s, e->text) : "CAST(NULL AS VARCHAR)"; /* the empty text is null */
	case E_BOOL: return e->number ? "TRUE" : "FALSE";
	default: return enum_value(s, e->type.enumeration, (unsigned)e->number);
	}
}

/* A column of a row, or of the head row of a registry household. */
static const char *column(struct sql *s, const struct expr *e, const struct sql_frame *f)
{
	struct place *p = sql_frame_at(f, e->depth)->place;
	const struct kind *k = e->op == E_HEAD ? schema_role(s->pack->schema, ROLE_REGISTER) : &s->pack->schema->kinds[p->kind];
	return sql_column(s, place_alias(s, p), &k->columns[e->index]);
}

static const char *fires(struct sql *s, const struct expr *e)
{
	const char *alias = alias_new(s);
	return sql_fmt(s, "EXISTS (SELECT 1 FROM _fires %s WHERE %s.rule = %s AND %s.unit = %s)", alias, alias,
	               sql_text(s, s->pack->rules[e->index].code), alias, s->unit->key);
}

const char *sql_value(struct sql *s, const struct expr *e, const struct sql_frame *f)
{
	static const char *const operators[] = { [E_EQ] = "=", [E_NE] = "<>", [E_LT] = "<", [E_LE] = "<=", [E_GT] = ">", [E_GE] = ">=",
		[E_AND] = "AND", [E_OR] = "OR" };
	struct sql_frame alone = { NULL, NULL };
	switch (e->op) {
	case E_NUMBER: case E_DATE: case E_TEXT: case E_BOOL: case E_ENUM: return constant(s, e);
	case E_COLUMN: case E_HEAD: return column(s, e, f);
	case E_ATTRIBUTE: return attribute_value(s, e, f);
	case E_TERM:
		alone.place = sql_frame_at(f, e->depth)->place;
		return sql_value(s, e->term->expr, &alone);
	case E_NATURE: return s->nature ? s->nature : "CAST(NULL AS VARCHAR)";
	case E_FIRES: return fires(s, e);
	case E_LOOKUP: return lookup(s, e, f);
	case E_PATH: return path(s, e, f);
	case E_ANY: case E_ALL: case E_NOT_ANY: return quantifier(s, e, f);
	case E_COUNT: case E_SUM: case E_MIN: case E_MAX: return aggregate(s, e, f);
	case E_AND: case E_OR: case E_EQ: case E_NE: case E_LT: case E_LE: case E_GT: case E_GE: return two(s, e, f, operators[e->op]);
	case E_NOT: return sql_fmt(s, "(NOT %s)", sql_value(s, e->a, f));
	case E_IN: return in_list(s, e, f);
	case E_IS_NULL: return sql_fmt(s, "(%s IS NULL)", sql_value(s, e->a, f));
	case E_IS_TRUE: return sql_fmt(s, "(%s IS TRUE)", sql_value(s, e->a, f));
	case E_IS_FALSE: return sql_fmt(s, "(%s IS FALSE)", sql_value(s, e->a, f));
	case E_ADD: case E_SUBTRACT: case E_MULTIPLY: case E_NEGATE: return arithmetic(s, e, f);
	case E_FUNCTION: return function(s, e, f);
	default:
		sql_fail(s, e, "an operator that this program does not know");
		return "NULL";
	}
}
