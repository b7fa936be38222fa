/* Terms and rules. */
#include "internal.h"

/* ---- terms ----------------------------------------------------------------------------------------------------------------------- */

static void make_term(struct sql *s, const struct term *t);

/* A term's table needs those of the terms in it. */
static void terms_in(struct sql *s, const struct expr *e)
{
	if (!e)
		return;
	if (e->op == E_TERM && sql_kept(e->term))
		make_term(s, e->term);
	else if (e->op == E_TERM)
		terms_in(s, e->term->expr);
	terms_in(s, e->a);
	terms_in(s, e->b);
	for (unsigned i = 0; e->op == E_IN && i < e->arg_count; i++)
		terms_in(s, e->args[i]);
}

static void make_term(struct sql *s, const struct term *t)
{
	if (s->terms_done[t->index])
		return;
	s->terms_done[t->index] = 1;
	terms_in(s, t->expr);
	const char *alias = alias_new(s);
	struct place *item = place_new(s, t->item, -1, sql_fmt(s, "%s.%s", alias, key_column(t->item)));
	item->alias = alias;
	const char *from = sql_fmt(s, "%s %s", item_table(s, t->item, -1), alias);
	sql_make(s, sql_term(s, t), sql_members(s, t->expr, item, from, sql_fmt(s, "%s AS k", item->key)), (const char *const[]){ "k", NULL });
}

void sql_terms(struct sql *s)
{
	s->stage = STAGE_ALL;
	sql_say(s, "\n-- terms of the pack that are sets: k whose, x what\n");
	for (unsigned i = 0; i < s->pack->term_count; i++)
		if (sql_kept(&s->pack->terms[i]))
			make_term(s, &s->pack->terms[i]);
}

/* ---- rules ----------------------------------------------------------------------------------------------------------------------- */

static const enum item unit_items[] = { ITEM_REGISTER, ITEM_HOUSEHOLD, ITEM_PERSON, ITEM_VILLAGE };

/* How the lists call a unit. */
static const char *unit_number(struct sql *s, enum unit unit)
{
	const struct kind *k = schema_role(s->pack->schema, ROLE_REGISTER);
	switch (unit) {
	case UNIT_REGISTER: return sql_column(s, "u", &k->columns[kind_column(k, STR("household_no"))]);
	case UNIT_HOUSEHOLD: return "u.county || '-' || u.household_no";
	case UNIT_PERSON: return "u.id";
	default: return "u.region";
	}
}

static struct place *unit_of(struct sql *s, const struct rule *r)
{
	enum item item = unit_items[r->unit];
	s->rule = r;
	s->nature = NULL;
	s->unit = place_new(s, item, -1, sql_fmt(s, "u.%s", key_column(item)));
	s->unit->alias = "u";
	return s->unit;
}

static const char *kind_names(struct sql *s, uint64_t kinds)
{
	const char *all = "";
	for (unsigned i = 0; i < s->pack->schema->kind_count; i++)
		if (kinds >> i & 1)
			all = sql_fmt(s, "%s%s%s", all, *all ? ", " : "", sql_text(s, s->pack->schema->kinds[i].name));
	return all;
}

/* A rule is evaluated when the kinds that it needs are there; else it does not fire. */
static void where_evaluated(struct sql *s, const struct rule *r, struct query *q)
{
	if (r->needs)
		query_where(s, q, sql_fmt(s, "(SELECT count(DISTINCT name) FROM kinds WHERE name IN (%s)) = %d", kind_names(s, r->needs),
		                          __builtin_popcountll(r->needs)));
	if (r->any_of)
		query_where(s, q, sql_fmt(s, "EXISTS (SELECT 1 FROM kinds WHERE name IN (%s))", kind_names(s, r->any_of)));
}

static void fire(struct sql *s, const struct rule *r);

static void fire_before(struct sql *s, const struct expr *e)
{
	if (!e)
		return;
	if (e->op == E_FIRES)
		fire(s, &s->pack->rules[e->index]);
	fire_before(s, e->a);
	fire_before(s, e->b);
	for (unsigned i = 0; e->op == E_IN && i < e->arg_count; i++)
		fire_before(s, e->args[i]);
}

static void fire(struct sql *s, const struct rule *r)
{
	if (s->rules_done[r->index])
		return;
	s->rules_done[r->index] = 1;
	fire_before(s, r->when);
	struct place *unit = unit_of(s, r);
	const struct sql_frame f = { unit, NULL };
	struct query q = { 0 };
	query_from(s, &q, sql_fmt(s, "%s u", item_table(s, unit->item, -1)));
	if (r->unit == UNIT_HOUSEHOLD)
		query_where(s, &q, "NOT u.collective");
	where_evaluated(s, r, &q);
	query_where(s, &q, sql_value(s, r->when, &f));
	sql_say(s, "-- %.*s %.*s\n", STR_ARG(r->code), STR_ARG(r->title_zh));
	sql_say(s, "INSERT INTO _fires %s;\n", query_select(s, &q, sql_fmt(s, "%s, %s", sql_text(s, r->code), unit->key)));
}

/* Those that the rule fires for, with the unit's own table. */
static const char *fired(struct sql *s, const struct rule *r)
{
	const char *key = key_column(unit_items[r->unit]);
	return sql_fmt(s, "(SELECT w.* FROM _fires f, %s w WHERE f.rule = %s AND w.%s = f.unit) u", item_table(s, unit_items[r->unit], -1),
	               sql_text(s, r->code), key);
}

static void rows_for(struct sql *s, const struct rule *r)
{
	struct place *unit = unit_of(s, r);
	if (r->evidence)
		sql_say(s, "INSERT INTO _evidence %s;\n", sql_members(s, r->evidence, unit, fired(s, r),
			sql_fmt(s, "%s AS rule, %s AS unit", sql_text(s, r->code), unit->key)));
	for (unsigned i = 0; i < r->veto_count; i++)
		sql_say(s, "INSERT INTO _veto %s;\n", sql_members(s, r->vetoes[i].rows, unit, fired(s, r), sql_fmt(s,
			"%s AS rule, %s AS unit, %u AS veto, %s AS nature", sql_text(s, r->code), unit->key, i, sql_text(s, r->vetoes[i].nature))));
}

static const char *case_of(struct sql *s, const struct choice *c, unsigned n, const struct sql_frame *f, bool severity)
{
	const char *cases = "";
	for (unsigned i = 0; i < n; i++) {
		const char *name = severity ? sql_fmt(s, "%d", c[i].value) : sql_text(s, c[i].name);
		if (!c[i].when)
			return *cases ? sql_fmt(s, "CASE%s ELSE %s END", cases, name) : name;
		cases = sql_fmt(s, "%s WHEN %s THEN %s", cases, sql_value(s, c[i].when, f), name);
	}
	return *cases ? sql_fmt(s, "CASE%s END", cases) : "CAST(NULL AS VARCHAR)";
}

static void weigh(struct sql *s, const struct rule *r)
{
	struct place *unit = unit_of(s, r);
	const struct sql_frame f = { unit, NULL };
	struct query q = { 0 };
	query_from(s, &q, fired(s, r));
	s->nature = case_of(s, r->natures, r->nature_count, &f, false);
	const char *core = r->core ? sql_fmt(s, "(%s) IS TRUE", sql_value(s, r->core, &f)) : "FALSE";
	const char *severity = case_of(s, r->severities, r->severity_count, &f, true);
	if (r->core_when)
		severity = sql_fmt(s, "CASE WHEN %s THEN %s ELSE least(%s, %d) END", core, severity, severity, LEVEL_MEDIUM);
	const char *doubt = r->doubt.when ? sql_fmt(s, "(%s) IS TRUE", sql_value(s, r->doubt.when, &f)) : "FALSE";
	sql_say(s, "INSERT INTO _case %s;\n", query_select(s, &q, sql_fmt(s, "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s",
		sql_text(s, r->code), unit->key, sql_text(s, str_of(list_name(r->list))), sql_text(s, str_of(unit_name(r->unit))), unit_number(s, r->unit),
		s->nature, severity, core, doubt, sql_text(s, r->doubt.nature), r->list == LIST_VILLAGES || r->list == LIST_QUALITY ? "TRUE" : "FALSE")));
}

static void index_pairs(struct sql *s, const char *table)
{
	if (s->dialect->indexes)
		sql_say(s, "CREATE INDEX ON %s (rule, unit);\n", table);
}

/* The first veto with rows moves a finding; confidence is that of the best row; a doubt weakens what is left. */
static void findings(struct sql *s)
{
	const char *c = s->dialect->collate;
	sql_say(s, "\n-- findings\nDROP TABLE IF EXISTS findings;\n");
	sql_make(s, "_vetoed", "SELECT v.rule, v.unit, v.nature, v.x FROM _veto v,\n"
		"  (SELECT rule, unit, min(veto) AS veto FROM _veto GROUP BY rule, unit) f WHERE v.rule = f.rule AND v.unit = f.unit AND v.veto = f.veto", NULL);
	sql_make(s, "_shown", "SELECT rule, unit, x FROM _evidence UNION SELECT rule, unit, x FROM _vetoed", NULL);
	sql_say(s, "CREATE TABLE findings AS\n"
		"SELECT CASE WHEN v.nature IS NULL THEN c.list ELSE 'vetoed' END AS list, c.rule,\n"
		"  CASE WHEN c.core AND v.nature IS NULL AND NOT c.doubt THEN 'yes' ELSE 'no' END AS core,\n"
		"  CASE CASE WHEN c.doubt THEN least(c.severity, 1) ELSE c.severity END WHEN 2 THEN 'high' WHEN 1 THEN 'medium' ELSE 'low' END AS severity,\n"
		"  CASE WHEN c.doubt THEN 'low' WHEN c.sure OR r.best IS NULL THEN 'high' ELSE CASE r.best WHEN 2 THEN 'high' WHEN 1 THEN 'medium' ELSE 'low' END END AS confidence,\n"
		"  coalesce(v.nature, CASE WHEN c.doubt THEN c.doubt_nature ELSE c.nature END, '') AS nature,\n"
		"  c.unit_sort AS unit, c.unit_no, coalesce(i.ids, '') AS evidence_ids, coalesce(r.places, '') AS evidence_rows\n"
		"FROM _case c\n"
		"LEFT JOIN (SELECT DISTINCT rule, unit, nature FROM _vetoed) v ON v.rule = c.rule AND v.unit = c.unit\n"
		"LEFT JOIN (SELECT rule, unit, string_agg(id, ' ' ORDER BY id%s) AS ids FROM (\n"
		"  SELECT DISTINCT e.rule, e.unit, n.id FROM _shown e, _named n WHERE n.x = e.x) d GROUP BY rule, unit) i ON i.rule = c.rule AND i.unit = c.unit\n"
		"LEFT JOIN (SELECT e.rule, e.unit, string_agg(o._file || ':' || CAST(o._line AS VARCHAR), ';' ORDER BY o._file%s, o._line) AS places,\n"
		"    max(CASE WHEN o._witness0 = 'high' OR o._witness1 = 'high' THEN 2 WHEN o._witness0 = 'medium' OR o._witness1 = 'medium' THEN 1 ELSE 0 END) AS best\n"
		"  FROM _shown e, _row o WHERE o._r = e.x GROUP BY e.rule, e.unit) r ON r.rule = c.rule AND r.unit = c.unit;\n", c, c);
}

void sql_rules(struct sql *s)
{
	const struct pack *p = s->pack;
	s->stage = STAGE_ALL;
	sql_say(s, "\n-- what fires: rule and unit\nCREATE TEMP TABLE _fires (rule VARCHAR, unit BIGINT);\n");
	index_pairs(s, "_fires");
	for (unsigned i = 0; i < p->rule_count; i++)
		fire(s, &p->rules[i]);
	sql_analyze(s, "_fires");
	sql_say(s, "\n-- the rows that made it true, and those that speak against it\n"
		"CREATE TEMP TABLE _evidence (rule VARCHAR, unit BIGINT, x BIGINT);\n"
		"CREATE TEMP TABLE _veto (rule VARCHAR, unit BIGINT, veto INTEGER, nature VARCHAR, x BIGINT);\n");
	index_pairs(s, "_evidence");
	for (unsigned i = 0; i < p->rule_count; i++)
		rows_for(s, &p->rules[i]);
	sql_analyze(s, "_evidence");
	sql_analyze(s, "_veto");
	sql_say(s, "\n-- how much each weighs\n"
		"CREATE TEMP TABLE _case (rule VARCHAR, unit BIGINT, list VARCHAR, unit_sort VARCHAR, unit_no VARCHAR, nature VARCHAR, severity INTEGER,\n"
		"  core BOOLEAN, doubt BOOLEAN, doubt_nature VARCHAR, sure BOOLEAN);\n");
	for (unsigned i = 0; i < p->rule_count; i++)
		weigh(s, &p->rules[i]);
	findings(s);
}
