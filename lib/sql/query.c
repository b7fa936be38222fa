/* Statements in the making: pieces of FROM, conditions, and the places of items in them. */
#include "internal.h"

static const struct {
	const char *table, *key;
} items[] = {
	[ITEM_PERSON] = { "_person", "p" },      [ITEM_HOUSEHOLD] = { "_household", "h" },
	[ITEM_REGISTER] = { "_register", "_g" }, [ITEM_VILLAGE] = { "_village", "v" },
	[ITEM_ROW] = { "_row", "_r" },
};

const char *key_column(enum item item)
{
	return items[item].key;
}

const char *item_table(struct sql *s, enum item item, int kind)
{
	if (item == ITEM_ROW && kind >= 0)
		return sql_rows(s, &s->pack->schema->kinds[kind]);
	return item == ITEM_PERSON && s->stage == STAGE_PERSON ? "_someone" : items[item].table;
}

const char *alias_new(struct sql *s)
{
	return sql_fmt(s, "t%u", ++s->alias_count);
}

struct place *place_new(struct sql *s, enum item item, int kind, const char *key)
{
	struct place *p = arena_alloc(&s->arena, sizeof *p);
	*p = (struct place){ .item = item, .kind = kind, .key = key, .kinds = kind >= 0 ? UINT64_C(1) << kind : 0 };
	return p;
}

static struct piece *put_piece(struct sql *s, struct piece **at, const char *text)
{
	struct piece *p = arena_alloc(&s->arena, sizeof *p);
	*p = (struct piece){ text, *at };
	*at = p;
	return p;
}

struct piece *query_from(struct sql *s, struct query *q, const char *text)
{
	struct piece **at = &q->first;
	while (*at)
		at = &(*at)->next;
	return put_piece(s, at, text);
}

void query_where(struct sql *s, struct query *q, const char *condition)
{
	q->where = q->where ? sql_fmt(s, "%s AND %s", q->where, condition) : condition;
}

struct place *place_table(struct sql *s, struct query *q, enum item item, int kind)
{
	const char *alias = alias_new(s);
	struct place *p = place_new(s, item, kind, sql_fmt(s, "%s.%s", alias, key_column(item)));
	p->alias = alias;
	query_from(s, q, sql_fmt(s, "%s %s", item_table(s, item, kind), alias));
	return p;
}

const char *place_alias(struct sql *s, struct place *p)
{
	if (p->alias)
		return p->alias;
	p->alias = alias_new(s);
	put_piece(s, p->after ? &p->after->next : &p->query->first, sql_fmt(s, "%s %s", item_table(s, p->item, p->kind), p->alias));
	query_where(s, p->query, sql_fmt(s, "%s.%s = %s", p->alias, key_column(p->item), p->key));
	return p->alias;
}

const char *query_select(struct sql *s, const struct query *q, const char *what)
{
	const char *from = "";
	for (const struct piece *p = q->first; p; p = p->next)
		from = sql_fmt(s, "%s%s%s", from, *from ? ", " : " FROM ", p->text);
	return sql_fmt(s, "SELECT %s%s%s%s", what, from, q->where ? " WHERE " : "", q->where ? q->where : "");
}

/* Which side of a union is taken this time. */
unsigned choose(struct sql *s, const struct expr *e, struct choices *c)
{
	if (c->at == MAX_CHOICES || c->rounds > 256) {
		sql_fail(s, e, "too many unions in one set; give parts of it a name under terms");
		return 0;
	}
	if (c->at == c->count)
		c->taken[c->count++] = 0;
	return c->taken[c->at++];
}

bool choices_next(struct choices *c)
{
	while (c->count && c->taken[c->count - 1])
		c->count--;
	if (!c->count)
		return false;
	c->taken[c->count - 1] = 1;
	c->at = 0;
	c->rounds++;
	return true;
}
