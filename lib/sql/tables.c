/* The tables that are loaded, and from them each kind's rows in order. */
#include "internal.h"

static const char *const types[] = { [TYPE_TEXT] = "VARCHAR", [TYPE_NAME] = "VARCHAR", [TYPE_ID] = "VARCHAR", [TYPE_CERT] = "VARCHAR",
	[TYPE_DATE] = "DATE", [TYPE_YEAR] = "INTEGER", [TYPE_MONEY] = "DECIMAL(18, 2)", [TYPE_BOOL] = "BOOLEAN", [TYPE_REGION] = "VARCHAR",
	[TYPE_GRADE] = "VARCHAR", [TYPE_ENUM] = "VARCHAR" };

/* As `bidui show` prints a table: place, what is weak of it, columns. */
void sql_tables(struct sql *s)
{
	static const char *const ours[] = { "kinds", "refused", "findings" };
	sql_say(s, "CREATE TABLE kinds (name VARCHAR); -- the kinds of which there are extracts, be they empty\n"
		"CREATE TABLE refused (household_no VARCHAR, name VARCHAR, region VARCHAR, id15 VARCHAR); -- registry rows refused for their id\n");
	for (unsigned i = 0; i < s->pack->schema->kind_count; i++) {
		const struct kind *k = &s->pack->schema->kinds[i];
		for (size_t n = 0; n < sizeof ours / sizeof *ours; n++)
			if (str_eq(k->name, str_of(ours[n])))
				sql_fail(s, NULL, "a kind may not be called '%s'", ours[n]);
		sql_say(s, "CREATE TABLE %s (_file VARCHAR, _line BIGINT, _weak VARCHAR", sql_name(s, "%.*s", STR_ARG(k->name)));
		for (unsigned c = 0; c < k->column_count; c++)
			sql_say(s, ", %s %s", sql_name(s, "%.*s", STR_ARG(k->columns[c].name)), types[k->columns[c].type]);
		sql_say(s, ");\n");
	}
}

/* A person is the first 17 places of the number: the last follows from them. */
static const char *person_of(struct sql *s, const struct kind *k, int i)
{
	if (k->ids[i] < 0)
		return "CAST(NULL AS BIGINT)";
	return sql_fmt(s, "CAST(substr(%s, 1, 17) AS BIGINT)", sql_column(s, "t", &k->columns[k->ids[i]]));
}

static const char *weak_of(struct sql *s, const struct kind *k, int i)
{
	if (k->ids[i] < 0)
		return "FALSE";
	return sql_fmt(s, "strpos(' ' || coalesce(t._weak, '') || ' ', ' %.*s ') > 0", STR_ARG(k->columns[k->ids[i]].name));
}

/* Rows in the order of kinds, files, lines: _r is a number that tells both the kind and the place. */
static const char *in_order(struct sql *s, const struct kind *k)
{
	return sql_fmt(s,
		"SELECT CAST(%lld + row_number() OVER (ORDER BY t._file%s, t._line) AS BIGINT) AS _r, %s AS _p0, %s AS _p1,\n"
		"  %s AS _weak0, %s AS _weak1, t.* FROM %s t", (long long)k->index << 32, s->dialect->collate, person_of(s, k, 0), person_of(s, k, 1),
		weak_of(s, k, 0), weak_of(s, k, 1), sql_name(s, "%.*s", STR_ARG(k->name)));
}

static const char *witness(struct sql *s, const struct kind *k, int i)
{
	const char *name = k->name_column < 0 ? NULL : sql_column(s, "o", &k->columns[k->name_column]);
	const char *weak = sql_fmt(s, "CASE WHEN o._weak%d%s THEN 'low' ELSE 'medium' END", i,
	                           k->ids[1] < 0 ? "" : sql_fmt(s, " OR (o._p0 = o._p1 AND o._weak%d)", 1 - i));
	return name ? sql_fmt(s, "CASE WHEN %s = n%d.name THEN 'high' WHEN %s <> n%d.name THEN 'low' ELSE %s END", name, i, name, i, weak) : weak;
}

/* Reference names come from the household register and the registry: these two are put in order first. */
static void order_first(struct sql *s, enum role role)
{
	const struct kind *k = schema_role(s->pack->schema, role);
	const char *name = sql_name(s, "order.%.*s", STR_ARG(k->name));
	sql_make(s, name, in_order(s, k), (const char *const[]){ "_r", "_p0", NULL });
}

static const char *name_of(struct sql *s, const struct kind *k, const char *alias)
{
	return k->name_column < 0 ? "CAST(NULL AS VARCHAR)" : sql_column(s, alias, &k->columns[k->name_column]);
}

static void names(struct sql *s)
{
	const struct kind *hk = schema_role(s->pack->schema, ROLE_HOUSEHOLDS), *rk = schema_role(s->pack->schema, ROLE_REGISTER);
	struct place *row = place_new(s, ITEM_ROW, (int)hk->index, "o._r");
	const struct sql_frame f = { row, NULL };
	row->alias = "o";
	s->stage = STAGE_ROW;
	sql_say(s, "\n-- the home of each person: the first row of the household register that is normal\n");
	const char *homes = sql_name(s, "order.%.*s", STR_ARG(hk->name)), *registry = sql_name(s, "order.%.*s", STR_ARG(rk->name));
	sql_make(s, "_home", sql_fmt(s, "SELECT o._p0 AS p, min(o._r) AS x FROM %s o WHERE %s GROUP BY o._p0", homes,
	                             sql_value(s, s->pack->people.home, &f)), (const char *const[]){ "p", NULL });
	sql_say(s, "-- the reference name: that of the home, else the first in the registry, else the first in the household register\n");
	sql_make(s, "_name", sql_fmt(s, "SELECT p, name FROM (SELECT p, name, row_number() OVER (PARTITION BY p ORDER BY rank, r) AS n FROM (\n"
		"  SELECT h.p, 0 AS rank, h.x AS r, %s AS name FROM _home h, %s o WHERE o._r = h.x\n"
		"  UNION ALL SELECT o._p0, 1, o._r, %s FROM %s o\n  UNION ALL SELECT o._p0, 2, o._r, %s FROM %s o) a WHERE name IS NOT NULL) b WHERE n = 1",
		name_of(s, hk, "o"), homes, name_of(s, rk, "o"), registry, name_of(s, hk, "o"), homes), (const char *const[]){ "p", NULL });
}

static void rows_of(struct sql *s, const struct kind *k)
{
	static const char *const keys[] = { "_r", "_p0", NULL }, *const pair[] = { "p", "x", NULL };
	bool first = k->role == ROLE_REGISTER || k->role == ROLE_HOUSEHOLDS;
	const char *from = first ? sql_name(s, "order.%.*s", STR_ARG(k->name)) : sql_fmt(s, "(%s)", in_order(s, k));
	const char *second = k->ids[1] < 0 ? "CAST(NULL AS VARCHAR)" : witness(s, k, 1);
	sql_make(s, sql_rows(s, k), sql_fmt(s, "SELECT o.*, %s AS _witness0, %s AS _witness1 FROM %s o\nLEFT JOIN _name n0 ON n0.p = o._p0%s",
		witness(s, k, 0), second, from, k->ids[1] < 0 ? "" : " LEFT JOIN _name n1 ON n1.p = o._p1"), keys);
	if (k->ids[1] >= 0)
		sql_make(s, sql_name(s, "named.%.*s", STR_ARG(k->name)), sql_fmt(s,
			"SELECT _r AS x, _p0 AS p FROM %s UNION SELECT _r, _p1 FROM %s", sql_rows(s, k), sql_rows(s, k)), pair);
}

void sql_row_tables(struct sql *s)
{
	const struct schema *schema = s->pack->schema;
	const char *all = "", *named = "", *between = "";
	sql_say(s, "-- rows in order, and how well the name bears out that the number is this person's\n");
	order_first(s, ROLE_HOUSEHOLDS);
	order_first(s, ROLE_REGISTER);
	names(s);
	for (unsigned i = 0; i < schema->kind_count; i++) {
		const struct kind *k = &schema->kinds[i];
		if (k->ids[0] < 0)
			continue;
		rows_of(s, k);
		const char *rows = sql_rows(s, k);
		all = sql_fmt(s, "%s%sSELECT _r, _p0, _p1, _weak0, _weak1, _witness0, _witness1, _file, _line FROM %s", all, between, rows);
		named = k->ids[1] < 0 ? sql_fmt(s, "%s%sSELECT _r AS x, _p0 AS p, substr(%s, 1, 18) AS id FROM %s o", named, between,
		                                sql_column(s, "o", &k->columns[k->ids[0]]), rows)
		                      : sql_fmt(s, "%s%sSELECT _r AS x, _p0 AS p, substr(%s, 1, 18) AS id FROM %s o"
		                                   "\nUNION ALL SELECT _r, _p1, substr(%s, 1, 18) FROM %s o WHERE _p1 <> _p0", named, between,
		                                sql_column(s, "o", &k->columns[k->ids[0]]), rows, sql_column(s, "o", &k->columns[k->ids[1]]), rows);
		between = "\nUNION ALL ";
	}
	sql_say(s, "\n-- all rows, and whom each names\n");
	sql_make(s, "_row", all, (const char *const[]){ "_r", NULL });
	sql_make(s, "_named", named, (const char *const[]){ "x", NULL });
}
