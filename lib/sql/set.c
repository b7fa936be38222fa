/* Sets: each becomes the FROM and WHERE of a query. */
#include "internal.h"

/* What one item leads to: over a table that has both, or by a column of its own table (match NULL), which may be null. */
static const struct step {
	enum attribute attribute;
	const char *table, *match, *key;
	enum item to;
} steps[] = {
	{ A_HOME, NULL, NULL, "home", ITEM_ROW },
	{ A_HOUSEHOLD, NULL, NULL, "household", ITEM_HOUSEHOLD },
	{ A_REGISTERS, "_member", "p", "g", ITEM_REGISTER },
	{ A_PEOPLE, "_person", "household", "p", ITEM_PERSON },
	{ A_SOURCE, NULL, NULL, "source", ITEM_HOUSEHOLD },
	{ A_BRANCHES, "_household", "source", "h", ITEM_HOUSEHOLD },
	{ A_MEMBERS, "_member", "g", "p", ITEM_PERSON },
	{ A_FAMILY, "_family", "g", "p", ITEM_PERSON },
	{ A_HEAD, NULL, NULL, "_head", ITEM_ROW },
	{ A_ROWS, "_register_row", "g", "x", ITEM_ROW },
	{ A_PERSONS, "_named", "x", "p", ITEM_PERSON },
};

const struct sql_frame *sql_frame_at(const struct sql_frame *f, unsigned depth)
{
	while (depth--)
		f = f->up;
	return f;
}

static uint64_t two_sided(const struct sql *s)
{
	uint64_t kinds = 0;
	for (unsigned i = 0; i < s->pack->schema->kind_count; i++)
		if (s->pack->schema->kinds[i].ids[1] >= 0)
			kinds |= UINT64_C(1) << i;
	return kinds;
}

/* The kinds that rows of a set may be of. */
static uint64_t kinds_of(const struct sql *s, const struct expr *e)
{
	if (e->type.kind >= 0)
		return UINT64_C(1) << e->type.kind;
	switch (e->op) {
	case E_UNION: return kinds_of(s, e->a) | kinds_of(s, e->b);
	case E_FILTER: case E_LATEST: return kinds_of(s, e->a);
	case E_PATH: return kinds_of(s, e->b);
	case E_TERM: return kinds_of(s, e->term->expr);
	case E_EVIDENCE: return kinds_of(s, s->rule->evidence);
	default: return UINT64_MAX;
	}
}

static struct place *place_in(struct sql *s, struct query *q, struct piece *after, enum item item, const struct expr *e, const char *key)
{
	struct place *p = place_new(s, item, item == ITEM_ROW ? e->type.kind : -1, key);
	p->kinds = item == ITEM_ROW ? kinds_of(s, e) : 0;
	p->query = q;
	p->after = after;
	return p;
}

/* The rows or people that a table of pairs leads to. */
static struct place *over(struct sql *s, struct query *q, const struct expr *e, enum item to, const char *table, const char *match,
                          const char *from, const char *key)
{
	const char *alias = alias_new(s);
	struct piece *piece = query_from(s, q, sql_fmt(s, "%s %s", table, alias));
	query_where(s, q, sql_fmt(s, "%s.%s = %s", alias, match, from));
	struct place *p = place_in(s, q, piece, to, e, sql_fmt(s, "%s.%s", alias, key));
	if (strcmp(table, item_table(s, to, p->kind)) == 0)
		p->alias = alias;
	return p;
}

static struct piece *last_piece(const struct query *q)
{
	struct piece *p = q->first;
	while (p && p->next)
		p = p->next;
	return p;
}

/* What stands in a column, where there is something. */
static struct place *by_column(struct sql *s, struct query *q, const struct expr *e, enum item to, const char *value)
{
	query_where(s, q, sql_fmt(s, "%s IS NOT NULL", value));
	return place_in(s, q, last_piece(q), to, e, value);
}

static struct place *rows_of_person(struct sql *s, const struct expr *e, const struct place *person, struct query *q)
{
	const struct kind *k = &s->pack->schema->kinds[e->index];
	if (k->ids[1] >= 0)
		return over(s, q, e, ITEM_ROW, sql_name(s, "named.%.*s", STR_ARG(k->name)), "p", person->key, "x");
	return over(s, q, e, ITEM_ROW, sql_rows(s, k), "_p0", person->key, "_r");
}

static bool known_yet(struct sql *s, const struct expr *e)
{
	if (s->stage == STAGE_ALL || (s->stage == STAGE_PERSON && e->index == A_HOME))
		return true;
	sql_fail(s, e, "this is not known yet where it is settled who lives and who lives together");
	return false;
}

static struct place *attribute_set(struct sql *s, const struct expr *e, const struct sql_frame *f, struct query *q)
{
	const struct sql_frame *at = sql_frame_at(f, e->depth);
	if (!known_yet(s, e))
		return at->place;
	if (e->index == A_PARTNER)
		return by_column(s, q, e, ITEM_PERSON, sql_row_attribute(s, at, "_p1", "_p0"));
	bool one = at->place->item == ITEM_ROW && !(at->place->kinds & two_sided(s));
	if (e->index == A_PERSONS && one)
		return by_column(s, q, e, ITEM_PERSON, sql_fmt(s, "%s._p0", place_alias(s, at->place)));
	if (e->index == A_PERSONS && e->type.single)
		sql_fail(s, e, "'person' of a row that may name two; ask persons");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		const struct step *t = &steps[i];
		if (t->attribute != (enum attribute)e->index)
			continue;
		if (t->table)
			return over(s, q, e, t->to, t->table, t->match, at->place->key, t->key);
		return by_column(s, q, e, t->to, sql_fmt(s, "%s.%s", place_alias(s, at->place), t->key));
	}
	sql_fail(s, e, "a set that this program does not know");
	return at->place;
}

bool sql_kept(const struct term *t)
{
	return t->expr->type.type == VT_SET && t->item != ITEM_ROW && t->item != ITEM_VILLAGE && !t->asks_unit;
}

static struct place *term_set(struct sql *s, const struct expr *e, const struct sql_frame *f, struct query *q, struct choices *c)
{
	const struct sql_frame alone = { sql_frame_at(f, e->depth)->place, NULL };
	if (!sql_kept(e->term) || s->stage != STAGE_ALL)
		return sql_set(s, e->term->expr, &alone, q, c);
	return over(s, q, e->term->expr, e->term->expr->type.item, sql_term(s, e->term), "k", alone.place->key, "x");
}

/* The greatest by value, the last of equals. */
static struct place *latest(struct sql *s, const struct expr *e, const struct sql_frame *f, struct query *q)
{
	struct choices c = { 0 };
	const char *all = NULL;
	do {
		struct query one = { 0 };
		struct place *p = sql_set(s, e->a, f, &one, &c);
		const struct sql_frame inner = { p, f };
		const char *by = sql_in_order(s, e->b, sql_value(s, e->b, &inner));
		const char *select = query_select(s, &one, sql_fmt(s, "%s AS x, %s AS y", p->key, by));
		all = all ? sql_fmt(s, "%s UNION ALL %s", all, select) : select;
	} while (choices_next(&c) && !s->failed);
	const char *alias = alias_new(s), *text = e->b->type.type == VT_TEXT ? s->dialect->collate : "";
	struct piece *piece = query_from(s, q, sql_fmt(s,
		"LATERAL (SELECT x FROM (%s) %s_all ORDER BY y%s DESC NULLS LAST, x DESC LIMIT 1) %s", all, alias, text, alias));
	return place_in(s, q, piece, e->type.item, e, sql_fmt(s, "%s.x", alias));
}

static struct place *evidence(struct sql *s, const struct expr *e, struct query *q)
{
	struct place *p = over(s, q, e, ITEM_ROW, "_evidence", "unit", s->unit->key, "x");
	query_where(s, q, sql_fmt(s, "%.*s.rule = %s", (int)strcspn(p->key, "."), p->key, sql_text(s, s->rule->code)));
	return p;
}

struct place *sql_set(struct sql *s, const struct expr *e, const struct sql_frame *f, struct query *q, struct choices *c)
{
	struct sql_frame inner = { NULL, f };
	switch (e->op) {
	case E_KIND: return rows_of_person(s, e, sql_frame_at(f, e->depth)->place, q);
	case E_ATTRIBUTE: return attribute_set(s, e, f, q);
	case E_TERM: return term_set(s, e, f, q, c);
	case E_SELF: return sql_frame_at(f, e->depth)->place;
	case E_EVIDENCE: return evidence(s, e, q);
	case E_PATH:
		inner.place = sql_set(s, e->a, f, q, c);
		return sql_set(s, e->b, &inner, q, c);
	case E_FILTER:
		inner.place = sql_set(s, e->a, f, q, c);
		query_where(s, q, sql_value(s, e->b, &inner));
		return inner.place;
	case E_UNION: return sql_set(s, choose(s, e, c) ? e->b : e->a, f, q, c);
	case E_LATEST: return latest(s, e, f, q);
	default:
		sql_fail(s, e, "a set that this program does not know");
		return f->place;
	}
}

const char *sql_members(struct sql *s, const struct expr *e, struct place *unit, const char *from, const char *what)
{
	const struct sql_frame f = { unit, NULL };
	struct choices c = { 0 };
	const char *all = NULL;
	do {
		struct query q = { 0 };
		unit->query = &q;
		unit->after = NULL;
		query_from(s, &q, from);
		struct place *p = sql_set(s, e, &f, &q, &c);
		const char *select = query_select(s, &q, sql_fmt(s, "%s, %s AS x", what, p->key));
		all = all ? sql_fmt(s, "%s\nUNION %s", all, select) : select;
	} while (choices_next(&c) && !s->failed);
	unit->query = NULL;
	return c.rounds ? all : sql_fmt(s, "SELECT DISTINCT %s", all + strlen("SELECT "));
}
