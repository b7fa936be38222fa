/* Who lives, who lives together, who is registered: what lib/dossier works out, from the same conditions of the pack. */
#include "internal.h"

static const struct kind *role(const struct sql *s, enum role r)
{
	return schema_role(s->pack->schema, r);
}

static const char *column_or_null(struct sql *s, const struct kind *k, const char *name, const char *alias, const char *type)
{
	int i = kind_column(k, str_of(name));
	return i < 0 ? sql_fmt(s, "CAST(NULL AS %s)", type) : sql_column(s, alias, &k->columns[i]);
}

/* A condition of `people` about a row alone. */
static const char *says(struct sql *s, const struct expr *e, const struct kind *k, const char *alias)
{
	struct place *row = place_new(s, ITEM_ROW, (int)k->index, sql_fmt(s, "%s._r", alias));
	const struct sql_frame f = { row, NULL };
	row->alias = alias;
	s->stage = STAGE_ROW;
	return sql_fmt(s, "(%s) IS TRUE", sql_value(s, e, &f));
}

static void everybody(struct sql *s)
{
	int year, month, day;
	day_split(s->pack->as_of, &year, &month, &day);
	sql_say(s, "\n-- everybody whom a row names\n");
	sql_make(s, "_someone", sql_fmt(s,
		"SELECT i.p, i.id, CAST(%d - CAST(substr(i.id, 7, 4) AS INTEGER) - CASE WHEN substr(i.id, 11, 4) > '%02d%02d' THEN 1 ELSE 0 END AS INTEGER) AS age,\n"
		"  CAST(substr(i.id, 17, 1) AS INTEGER) %% 2 = 1 AS male, n.name, h.x AS home, r.p IS NOT NULL AS registered\n"
		"FROM (SELECT DISTINCT p, id FROM _named) i LEFT JOIN _name n ON n.p = i.p LEFT JOIN _home h ON h.p = i.p\n"
		"LEFT JOIN (SELECT DISTINCT _p0 AS p FROM %s) r ON r.p = i.p", year, month, day, sql_rows(s, role(s, ROLE_REGISTER))),
		(const char *const[]){ "p", NULL });
}

static const char *dead_by_death(struct sql *s, const struct kind *k)
{
	struct query q = { 0 };
	struct choices c = { 0 };
	struct expr rows = { .op = E_KIND, .index = k->index, .type = { .type = VT_SET, .item = ITEM_ROW, .kind = (int)k->index } };
	s->stage = STAGE_PERSON;
	struct place *person = place_table(s, &q, ITEM_PERSON, -1);
	const struct sql_frame owner = { person, NULL };
	const struct sql_frame f = { sql_set(s, &rows, &owner, &q, &c), &owner };
	query_where(s, &q, sql_value(s, s->pack->people.death, &f));
	return sql_fmt(s, "\nUNION %s", query_select(s, &q, person->key));
}

static void dead(struct sql *s)
{
	const struct kind *hk = role(s, ROLE_HOUSEHOLDS), *dk = role(s, ROLE_DEATHS);
	sql_say(s, "\n-- who is dead\n");
	sql_make(s, "_dead", sql_fmt(s, "SELECT s.p FROM _someone s, %s o WHERE o._p0 = s.p AND s.home IS NULL AND %s%s", sql_rows(s, hk),
		says(s, s->pack->people.gone, hk, "o"), dk ? dead_by_death(s, dk) : ""), (const char *const[]){ "p", NULL });
}

/* The home rows of the living, and whether the registry holds a refused row that may be theirs. */
static void residents(struct sql *s)
{
	const struct kind *hk = role(s, ROLE_HOUSEHOLDS);
	const struct people *p = &s->pack->people;
	const char *number = column_or_null(s, hk, "household_no", "o", "VARCHAR"), *region = column_or_null(s, hk, "region", "o", "VARCHAR");
	const char *name = hk->name_column < 0 ? "CAST(NULL AS VARCHAR)" : sql_column(s, "o", &hk->columns[hk->name_column]);
	sql_say(s, "\n-- the homes of the living; who may be a registry row refused for its id\n");
	sql_make(s, "_resident", sql_fmt(s,
		"SELECT s.p, s.id, s.registered, o._r AS r, coalesce(substr(%s, 1, 6), '') AS county, %s AS household_no, %s AS region, %s AS name,\n"
		"  %s AS split_on, %s AS split_from,\n  %s AS is_head, %s AS is_collective, %s AS is_split\n"
		"FROM _someone s JOIN %s o ON o._r = s.home LEFT JOIN _dead d ON d.p = s.p WHERE d.p IS NULL",
		region, number, region, name, column_or_null(s, hk, "split_on", "o", "DATE"), column_or_null(s, hk, "split_from", "o", "VARCHAR"),
		says(s, p->head, hk, "o"), says(s, p->collective, hk, "o"), says(s, p->split, hk, "o"), sql_rows(s, hk)),
		(const char *const[]){ "p", "r", NULL });
	sql_make(s, "_doubted",
		"SELECT h.p FROM _resident h, refused r WHERE r.name = h.name AND r.region = h.region\n"
		"UNION SELECT h.p FROM _resident h, refused r WHERE r.name = h.name AND r.id15 = substr(h.id, 1, 15)", (const char *const[]){ "p", NULL });
}

static void households(struct sql *s)
{
	const char *c = s->dialect->collate;
	sql_say(s, "\n-- the living with one home number in one county are a household\n");
	sql_make(s, "_house", sql_fmt(s,
		"SELECT CAST(row_number() OVER (ORDER BY county = '', county%s, household_no%s) AS BIGINT) AS h, g.*,\n"
		"  coalesce(first_head, first_row) AS head FROM (\n"
		"  SELECT r.county, r.household_no, count(*) > %lld OR bool_or(is_collective) AS collective, bool_or(registered) AS registered,\n"
		"    bool_or(d.p IS NOT NULL) AS maybe_registered, min(r) AS first_row, min(CASE WHEN is_head THEN r END) AS first_head,\n"
		"    min(CASE WHEN split_on IS NOT NULL THEN r END) AS split_row\n"
		"  FROM _resident r LEFT JOIN _doubted d ON d.p = r.p GROUP BY r.county, r.household_no) g", c, c, (long long)s->pack->people.collective_over),
		(const char *const[]){ "household_no", NULL });
	sql_make(s, "_household",
		"SELECT a.h, a.county, a.household_no, t.region, b.split_on, b.split_from, coalesce(b.is_split, FALSE) AS split, a.collective, a.registered,\n"
		"  a.maybe_registered, c.h AS source\n"
		"FROM _house a JOIN _resident t ON t.r = a.head LEFT JOIN _resident b ON b.r = a.split_row\n"
		"LEFT JOIN _house c ON c.county = a.county AND c.household_no = b.split_from AND c.h <> a.h", (const char *const[]){ "h", "source", NULL });
	sql_make(s, "_person",
		"SELECT s.*, d.p IS NULL AS alive, m.p IS NOT NULL AS maybe_registered, h.h AS household\n"
		"FROM _someone s LEFT JOIN _dead d ON d.p = s.p LEFT JOIN _doubted m ON m.p = s.p\n"
		"LEFT JOIN _resident r ON r.p = s.p LEFT JOIN _house h ON h.county = r.county AND h.household_no = r.household_no",
		(const char *const[]){ "p", "household", NULL });
	sql_say(s, "\n-- villages with households that are families\n");
	sql_make(s, "_village", sql_fmt(s,
		"SELECT CAST(row_number() OVER (ORDER BY region%s) AS BIGINT) AS v, region, count(*) AS \"all\", sum(CASE WHEN split THEN 1 ELSE 0 END) AS split\n"
		"FROM _household WHERE NOT collective AND substr(region, 10, 3) <> '000' GROUP BY region", c), (const char *const[]){ "v", NULL });
}

void sql_people(struct sql *s)
{
	everybody(s);
	dead(s);
	residents(s);
	households(s);
}

void sql_registers(struct sql *s)
{
	const struct kind *k = role(s, ROLE_REGISTER);
	const char *rows = sql_rows(s, k), *number = sql_column(s, "o", &k->columns[kind_column(k, STR("household_no"))]), *columns = "";
	for (unsigned i = 0; i < k->column_count; i++)
		columns = sql_fmt(s, "%s, %s", columns, sql_column(s, "o", &k->columns[i]));
	sql_say(s, "\n-- all registry rows of one number are a registry household\n");
	sql_make(s, "_register", sql_fmt(s,
		"SELECT g._g, g._head, coalesce(f.n, 0) AS _refused%s FROM (\n"
		"  SELECT CAST(row_number() OVER (ORDER BY %s%s) AS BIGINT) AS _g, coalesce(min(CASE WHEN %s THEN o._r END), min(o._r)) AS _head\n"
		"  FROM %s o GROUP BY %s) g JOIN %s o ON o._r = g._head\n"
		"LEFT JOIN (SELECT household_no, count(*) AS n FROM refused GROUP BY household_no) f ON f.household_no = %s",
		columns, number, s->dialect->collate, says(s, s->pack->people.register_head, k, "o"), rows, number, rows, number),
		(const char *const[]){ "_g", NULL });
	const char *same = sql_column(s, "g", &k->columns[kind_column(k, STR("household_no"))]);
	sql_make(s, "_register_row", sql_fmt(s, "SELECT g._g AS g, o._r AS x, o._p0 AS p FROM _register g, %s o WHERE %s = %s", rows, number, same),
		(const char *const[]){ "g", NULL });
	sql_make(s, "_member", "SELECT DISTINCT g, p FROM _register_row", (const char *const[]){ "g", "p", NULL });
	sql_say(s, "-- the family: living members, and everyone in their households that are not collective\n");
	sql_make(s, "_family",
		"SELECT m.g, m.p FROM _member m, _person a WHERE a.p = m.p AND a.alive\n"
		"UNION SELECT m.g, b.p FROM _member m, _person a, _household h, _person b\n"
		"WHERE a.p = m.p AND a.alive AND h.h = a.household AND NOT h.collective AND b.household = h.h", (const char *const[]){ "g", "p", NULL });
}
