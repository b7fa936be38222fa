/* Who lives where, who is alive, what makes a household; and what expressions about them are worth. */
#include "dossier/homes.h"
#include "rows.h"

/* ---- a dossier of rows written as text ---------------------------------------------------------------------------------- */

struct county {
	struct schema *schema;
	struct pack *pack;
	struct dossier d;
	struct arena arena;
	struct eval v;
};

/* The pack: the default one, or one whose only rule is `when` on this unit. */
static struct pack *load_pack(const char *dir, const struct schema *schema, const char *unit, const char *when, int32_t as_of)
{
	const char *path = DEFAULT_PACK;
	struct pack *pack;
	struct err err = { 0 };
	if (when) {
		path = scratch_path(dir, "pack.yaml");
		FILE *f = fopen(path, "w");
		fprintf(f, "pack: test\ntitle: test\nparameters:\n  collective_over: {value: 3}\nterms:\n  aid: {on: person, is: \"civil[state = active]\"}\n"
			"people:\n  home: state = normal\n  gone: state = dead\n"
			"  death: died_on is null or died_on <= D\n  head: relation = head\n  register_head: relation = head\n"
			"  collective: type = collective\n  collective_over: collective_over\n  rural: type = rural\n  urban: type = urban\n"
			"  split: split_on is not null\n  active: status = poor\n  exited: status = exited\n"
			"rules:\n- code: T1\n  list: quality\n  unit: %s\n  title: test\n  core: never\n  severity: low\n  when: >-\n    %s\n", unit, when);
		fclose(f);
	}
	if (pack_load(&pack, path, schema, as_of, &err) < 0)
		fail_msg("%s", err.text);
	return pack;
}

/* rows: "kind column=text;...", in the order of kinds; each person is principal. */
static void county_make_on(struct county *c, const char *dir, const char *unit, const char *when, const char *const *rows, int32_t as_of)
{
	struct err err;
	*c = (struct county){ 0 };
	assert_int_equal(schema_load(&c->schema, SCHEMAS, NULL, &err), 0);
	c->d.pack = c->pack = load_pack(dir, c->schema, unit, when, as_of);
	c->d.due = DUE_NEVER;
	c->d.rows = arena_alloc(&c->arena, 64 * sizeof *c->d.rows);
	c->d.persons = arena_alloc(&c->arena, 64 * sizeof *c->d.persons);
	for (; *rows; rows++) {
		const char *blank = strchr(*rows, ' ');
		const struct kind *k = schema_kind(c->schema, (struct str){ *rows, (size_t)(blank - *rows) });
		struct row r = rows_make(&c->arena, k, c->d.row_count + 2, blank + 1);
		c->d.rows[c->d.row_count++] = (struct dossier_row){ .row = r, .kind = (uint16_t)k->index };
		for (int w = 0; w < 2 && k->ids[w] >= 0; w++) {
			uint64_t key = id_key((uint64_t)row_number(r, &k->columns[k->ids[w]]));
			bool there = false;
			for (uint32_t i = 0; i < c->d.person_count; i++)
				there |= c->d.persons[i].key == key;
			if (!there)
				c->d.persons[c->d.person_count++] = (struct person){ .key = key, .flags = PERSON_PRINCIPAL };
		}
	}
	dossier_build(&c->d);
	eval_init(&c->v, &c->d);
	c->v.evaluated = UINT64_MAX;
}

static void county_make(struct county *c, const char *dir, const char *unit, const char *when, const char *const *rows)
{
	county_make_on(c, dir, unit, when, rows, ROWS_AS_OF);
}

static void county_free(struct county *c)
{
	eval_release(&c->v);
	dossier_release(&c->d);
	arena_release(&c->arena);
	pack_free(c->pack);
	schema_free(c->schema);
}

static const struct person *person(const struct county *c, char letter)
{
	uint32_t i = dossier_person(&c->d, rows_key(letter));
	assert_int_not_equal(i, NONE);
	return &c->d.persons[i];
}

/* The letters of a set of persons. */
static const char *letters(const struct county *c, struct set people)
{
	static char text[32];
	size_t n = 0;
	for (char letter = 'A'; letter <= 'Z'; letter++)
		for (uint32_t i = 0; i < people.n; i++)
			if (c->d.persons[people.items[i]].key == rows_key(letter))
				text[n++] = letter;
	text[n] = 0;
	return text;
}

#define ROWS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* ---- expressions -------------------------------------------------------------------------------------------------------- */

struct question {
	const char *when;
	enum tri answer;
};

/* Ask each question about person A. */
static void ask(const char *dir, const struct question *q, size_t n, const char *const *rows)
{
	for (size_t i = 0; i < n; i++) {
		struct county c;
		county_make(&c, dir, "person", q[i].when, rows);
		eval_unit(&c.v, ITEM_PERSON, dossier_person(&c.d, rows_key('A')));
		enum tri got = eval_condition(&c.v, c.pack->rules[0].when);
		if (got != q[i].answer)
			fail_msg("%s: %d", q[i].when, got);
		county_free(&c);
	}
}
#define ASK(state, questions, ...) ask(*(state), questions, sizeof(questions) / sizeof *(questions), ROWS(__VA_ARGS__))

/* A is alive and not registered; the day of split is null. */
#define A_HOME "hukou id=A;name=向甲;household_no=101;type=农业;region=500901001201"

/* What is answered about A as of a day, and until when that is good. */
static enum tri answer_on(const char *dir, const char *when, const char *const *rows, int32_t as_of, int32_t *ret_due)
{
	struct county c;
	county_make_on(&c, dir, "person", when, rows, as_of);
	eval_unit(&c.v, ITEM_PERSON, dossier_person(&c.d, rows_key('A')));
	enum tri got = eval_condition(&c.v, c.pack->rules[0].when);
	home_reader_due(c.d.homes, &c.d);
	*ret_due = c.d.due;
	county_free(&c);
	return got;
}

/* Days 0 to 5 are those around the day of a row. */
static void an_answer_is_the_same_on_every_day_before_it_is_due(void **state)
{
	static const char *const conditions[] = {
		"home.split_on <= D", "home.split_on < D", "D <= home.split_on", "D < home.split_on", "home.split_on >= D", "home.split_on > D",
		"home.split_on = D", "home.split_on != D", "D = home.split_on", "home.split_on in 2017-11-20..D", "home.split_on in D..2017-12-20",
		"home.split_on in D - 1..D + 1", "home.split_on + 1 <= D", "home.split_on <= D - 2", "D - 2 < home.split_on", "D = D", "D > D - 1",
		"D - home.split_on >= 2", "year(D) = year(home.split_on)", "age >= 18", "alive", "home.split_on in (D, 2017-11-20)",
		"any(hukou[split_on <= D])", "count(hukou, split_on < D) = 1",
	};
	const char *const *rows = ROWS(A_HOME ";split_on=2017-11-28", "death id=A;died_on=2017-11-27");
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		enum tri answers[6];
		int32_t due[6];
		for (int k = 0; k < 6; k++)
			answers[k] = answer_on(*state, conditions[i], rows, ROWS_AS_OF + k, &due[k]);
		for (int k = 0; k < 6; k++)
			for (int n = k; n < 6 && ROWS_AS_OF + n < due[k]; n++)
				if (answers[n] != answers[k])
					fail_msg("%s: another answer on day %d, though that of day %d is due on %d", conditions[i], n, k, due[k] - ROWS_AS_OF);
	}
}

static void what_is_past_is_never_due(void **state)
{
	static const char *const conditions[] = { "home.split_on <= D", "D > home.split_on", "home.split_on in 2016-01-01..D", "alive" };
	int32_t due;
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		answer_on(*state, conditions[i], ROWS(A_HOME ";split_on=2017-11-25", "death id=A;died_on=2017-11-26"), ROWS_AS_OF, &due);
		assert_int_equal(due, DUE_NEVER);
	}
	answer_on(*state, "home.split_on <= D", ROWS(A_HOME ";split_on=2017-11-28"), ROWS_AS_OF, &due);
	assert_int_equal(due, ROWS_AS_OF + 2);
}

static void truth_has_three_values(void **state)
{
	static const struct question table[] = {
		{ "alive", TRI_TRUE }, { "registered", TRI_FALSE }, { "home.split_on = D", TRI_UNKNOWN },
		{ "alive and alive", TRI_TRUE }, { "alive and registered", TRI_FALSE }, { "alive and home.split_on = D", TRI_UNKNOWN },
		{ "registered and home.split_on = D", TRI_FALSE }, { "home.split_on = D and registered", TRI_FALSE },
		{ "home.split_on = D and home.split_on = D", TRI_UNKNOWN },
		{ "alive or home.split_on = D", TRI_TRUE }, { "home.split_on = D or alive", TRI_TRUE }, { "registered or registered", TRI_FALSE },
		{ "registered or home.split_on = D", TRI_UNKNOWN }, { "home.split_on = D or home.split_on = D", TRI_UNKNOWN },
		{ "not alive", TRI_FALSE }, { "not registered", TRI_TRUE }, { "not home.split_on = D", TRI_UNKNOWN },
		{ "not (home.split_on = D and alive)", TRI_UNKNOWN }, { "not (home.split_on = D and registered)", TRI_TRUE },
	};
	ASK(state, table, A_HOME);
}

static void a_comparison_with_null_is_unknown(void **state)
{
	static const struct question table[] = {
		{ "home.split_on = D", TRI_UNKNOWN }, { "home.split_on != D", TRI_UNKNOWN }, { "home.split_on < D", TRI_UNKNOWN },
		{ "home.split_on >= D", TRI_UNKNOWN }, { "home.split_on = home.split_on", TRI_UNKNOWN }, { "home.split_on in 2014-01-01..D", TRI_UNKNOWN },
		{ "home.relation = head", TRI_UNKNOWN }, { "home.relation in (head, spouse)", TRI_UNKNOWN }, { "home.address = '一组'", TRI_UNKNOWN },
		{ "home.split_on is null", TRI_TRUE }, { "home.split_on is not null", TRI_FALSE }, { "home.name is null", TRI_FALSE },
		{ "home.split_on + 1 = D", TRI_UNKNOWN }, { "year(home.split_on) = 2016", TRI_UNKNOWN }, { "home.region = home.region", TRI_TRUE },
	};
	ASK(state, table, A_HOME);
}

static void null_is_neither_true_nor_false(void **state)
{
	static const struct question table[] = {
		{ "any(housing, renovated is true)", TRI_FALSE }, { "any(housing, renovated is false)", TRI_FALSE },
		{ "any(housing, renovated is null)", TRI_TRUE }, { "any(housing, renovated is not true)", TRI_TRUE },
		{ "any(housing, not renovated is true)", TRI_TRUE }, { "any(housing[renovated = true])", TRI_FALSE },
		{ "any(housing[renovated = false])", TRI_FALSE },
	};
	ASK(state, table, A_HOME, "housing id=A;grade=C");
}

static void a_filter_keeps_what_is_true(void **state)
{
	static const struct question table[] = {
		{ "count(civil) = 3", TRI_TRUE }, { "count(civil[amount > 100]) = 1", TRI_TRUE }, { "count(civil[not amount > 100]) = 1", TRI_TRUE },
		{ "count(civil, amount is null) = 1", TRI_TRUE }, { "count(civil[amount is null or amount > 100]) = 2", TRI_TRUE },
		{ "any(civil, amount > 1000)", TRI_FALSE }, { "none(civil, amount > 1000)", TRI_TRUE }, { "none(civil, amount > 100)", TRI_FALSE },
		{ "count(civil[aid = rural_dibao][amount > 100]) = 0", TRI_TRUE }, { "count(civil[aid = rural_dibao] + civil[amount > 100]) = 3", TRI_TRUE },
		{ "count(civil[amount > 100] + civil) = 3", TRI_TRUE },
	};
	ASK(state, table, A_HOME, "civil id=A;aid=农村低保;amount=100", "civil id=A;aid=农村低保", "civil id=A;aid=城市低保;amount=200");
}

static void all_of_nobody_is_true_and_any_is_not(void **state)
{
	static const struct question table[] = {
		{ "all(civil, amount > 1)", TRI_TRUE }, { "any(civil, amount > 1)", TRI_FALSE }, { "any(civil)", TRI_FALSE },
		{ "none(civil)", TRI_TRUE }, { "count(civil) = 0", TRI_TRUE }, { "sum(civil, amount) = 0", TRI_TRUE },
		{ "min(civil, amount) = 0", TRI_UNKNOWN }, { "max(civil, amount) is null", TRI_TRUE }, { "any(latest(civil, amount))", TRI_FALSE },
		{ "all(housing, grade = C)", TRI_TRUE }, { "all(housing, grade = D)", TRI_FALSE },
	};
	ASK(state, table, A_HOME, "housing id=A;grade=C");
}

static void sums_and_bounds_pass_over_nulls(void **state)
{
	static const struct question table[] = {
		{ "sum(medical, self_paid) = 300.55", TRI_TRUE }, { "min(medical, self_paid) = 100.50", TRI_TRUE },
		{ "max(medical, self_paid) = 200.05", TRI_TRUE }, { "sum(medical[year = 2016], self_paid) = 0", TRI_TRUE },
		{ "sum(medical, self_paid) * 2 = 601.1", TRI_TRUE }, { "sum(medical, self_paid) - 0.55 = 300", TRI_TRUE },
		{ "all(medical, self_paid > 0)", TRI_FALSE }, { "any(latest(medical, self_paid), self_paid = 200.05)", TRI_TRUE },
	};
	ASK(state, table, A_HOME, "medical id=A;year=2017;self_paid=100.5", "medical id=A;year=2017;self_paid=200.05", "medical id=A;year=2016");
}

static void the_latest_is_the_last_of_equals_and_null_the_earliest(void **state)
{
	static const struct question one[] = { { "any(latest(housing, surveyed_on), grade = B)", TRI_TRUE }, { "count(latest(housing, surveyed_on)) = 1", TRI_TRUE } };
	static const struct question two[] = { { "any(latest(housing, surveyed_on), grade = D)", TRI_TRUE } };
	ASK(state, one, A_HOME, "housing id=A;grade=A;surveyed_on=2016-01-01", "housing id=A;grade=C", "housing id=A;grade=B;surveyed_on=2016-01-01",
	    "housing id=A;grade=D;surveyed_on=2015-12-31");
	ASK(state, two, A_HOME, "housing id=A;grade=C", "housing id=A;grade=D");
}

static void ages_are_completed_years(void **state)
{
	static const struct question table[] = {
		{ "age = 57", TRI_TRUE }, { "age in 57..57", TRI_TRUE }, { "age in 18..56", TRI_FALSE }, { "age >= 58", TRI_FALSE }, { "male", TRI_TRUE },
	};
	ASK(state, table, A_HOME);
}

static void a_name_means_the_nearest_item_that_has_it(void **state)
{
	static const struct question table[] = {
		{ "any(household.people as p, any(p.civil, aid = rural_dibao))", TRI_TRUE },
		{ "any(marriage as m, none(marriage as w, w.on > m.on))", TRI_TRUE },
		{ "count(marriage as m, any(marriage as w, w.on > m.on)) = 1", TRI_TRUE },
		{ "any(marriage.partner, age = 67)", TRI_TRUE },
	};
	static const struct question rest[] = { { "count(household.people) = 2", TRI_TRUE }, { "any(household.people, not any(civil))", TRI_TRUE } };
	ASK(state, rest, A_HOME, "hukou id=B;household_no=101;type=农业;region=500901001201", "civil id=A;aid=农村低保");
	ASK(state, table, A_HOME, "hukou id=B;household_no=101;type=农业;region=500901001201", "civil id=B;aid=农村低保",
	    "marriage id_a=A;id_b=I;event=结婚;on=2010-01-01", "marriage id_a=A;id_b=I;event=离婚;on=2015-01-01");
}

/* ---- people and households ---------------------------------------------------------------------------------------------- */

static void the_first_normal_row_is_home(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, ROWS("hukou id=A;household_no=9;type=农业;state=迁出;region=500901001201",
	                                        "hukou id=A;household_no=101;type=农业;region=500901001201;name=向甲",
	                                        "hukou id=A;household_no=102;type=农业;region=500901001201;name=向乙"));
	assert_int_equal(person(&c, 'A')->home, 1);
	assert_true(str_eq(person(&c, 'A')->name, STR("向甲")));
	assert_true(person(&c, 'A')->alive);
	assert_int_equal(c.d.household_count, 1);
	assert_true(str_eq(c.d.households[0].number, STR("101")));
	county_free(&c);
}

static void who_is_dead(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, ROWS(
		"hukou id=A;household_no=1;type=农业;state=死亡;region=500901001201",                  /* dead, no home */
		"hukou id=B;household_no=1;type=农业;state=死亡;region=500901001201",
		"hukou id=B;household_no=1;type=农业;region=500901001201;name=田乙",                   /* alive here */
		"hukou id=C;household_no=1;type=农业;region=500901001201;name=龚丙",
		"hukou id=D;household_no=1;type=农业;region=500901001201;name=秦丁",
		"hukou id=E;household_no=1;type=农业;region=500901001201;name=牟戊",
		"death id=C;name=龚丙",                                                                /* high */
		"death id=D;name=别家人;died_on=2016-01-01",                                           /* somebody else */
		"death id=E;name=牟戊;died_on=2018-01-01",                                             /* after the day */
		"death id=F",                                                                          /* medium, without a home */
		"death id=G~",                                                                         /* weak: low */
		"death id=H;died_on=2017-11-26"));
	assert_false(person(&c, 'A')->alive);
	assert_true(person(&c, 'B')->alive);
	assert_false(person(&c, 'C')->alive);
	assert_true(person(&c, 'D')->alive);
	assert_true(person(&c, 'E')->alive);
	assert_false(person(&c, 'F')->alive);
	assert_true(person(&c, 'G')->alive);
	assert_false(person(&c, 'H')->alive);
	assert_int_equal(c.d.household_count, 1);
	assert_string_equal(letters(&c, c.d.households[0].people), "BDE");
	county_free(&c);
}

static void a_household_is_the_living_of_one_number_in_one_county(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, ROWS(
		"hukou id=A;household_no=1;type=农业;region=500901001201;relation=配偶",
		"hukou id=B;household_no=1;type=农业;region=500901002201;relation=户主",
		"hukou id=C;household_no=1;type=农业;region=500902001201;relation=户主",
		"hukou id=D;household_no=1;type=农业;relation=户主",
		"hukou id=E;household_no=1;type=农业;relation=户主"));
	assert_int_equal(c.d.household_count, 3);
	const struct household *h = &c.d.households[person(&c, 'A')->household];
	assert_string_equal(letters(&c, h->people), "AB");
	assert_int_equal(h->region, 500901002201);
	assert_int_equal(h->head, 1);
	assert_int_equal(person(&c, 'D')->household, person(&c, 'E')->household);
	assert_int_equal(c.d.households[person(&c, 'D')->household].county, NONE);
	county_free(&c);
}

static void a_household_is_collective_by_type_or_size(void **state)
{
	struct county c;
	const char *rows[16];
	char cells[13][96];
	for (int n = 12; n <= 13; n++) {
		for (int i = 0; i < n; i++) {
			snprintf(cells[i], sizeof cells[i], "hukou id=%c;household_no=1;type=农业;region=500901001201", 'A' + i);
			rows[i] = cells[i];
		}
		rows[n] = NULL;
		county_make(&c, *state, NULL, NULL, rows);
		assert_int_equal(c.d.households[0].collective, n > 12);
		county_free(&c);
	}
	county_make(&c, *state, NULL, NULL, ROWS("hukou id=A;household_no=1;type=农业;region=500901001201", "hukou id=B;household_no=1;type=集体户;region=500901001201"));
	assert_true(c.d.households[0].collective);
	county_free(&c);
}

static void a_split_is_of_the_first_row_that_has_one(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, ROWS(
		"hukou id=A;household_no=2;type=农业;region=500901001201;split_from=9",
		"hukou id=B;household_no=2;type=农业;region=500901001201;split_on=2015-01-01;split_from=1",
		"hukou id=C;household_no=2;type=农业;region=500901001201;split_on=2016-01-01;split_from=3",
		"hukou id=D;household_no=1;type=农业;region=500901001201",
		"hukou id=E;household_no=1;type=农业;region=500902001201",
		"hukou id=F;household_no=4;type=农业;region=500901001201;split_on=2016-01-01;split_from=4"));
	const struct household *from = &c.d.households[person(&c, 'D')->household], *h = &c.d.households[person(&c, 'A')->household];
	assert_int_equal(h->split_on, day_of(2015, 1, 1));
	assert_true(str_eq(h->split_from, STR("1")));
	assert_int_equal(h->source, person(&c, 'D')->household);
	assert_int_equal(from->branches.n, 1);
	assert_int_equal(from->branches.items[0], person(&c, 'A')->household);
	assert_int_equal(c.d.households[person(&c, 'F')->household].source, NONE);
	county_free(&c);
}

static void a_register_is_all_rows_of_one_number(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, ROWS(
		"registry household_no=01;id=A;relation=配偶;status=已脱贫;region=500901001201",
		"registry household_no=01;id=B;relation=户主;status=未脱贫;region=500902001201",
		"registry household_no=02;id=B;relation=长子;status=未脱贫;region=500901001201"));
	assert_int_equal(c.d.register_count, 2);
	assert_string_equal(letters(&c, c.d.registers[0].members), "AB");
	assert_int_equal(c.d.registers[0].head, 1);
	assert_int_equal(c.d.registers[1].head, 2);
	assert_int_equal(person(&c, 'B')->registers.n, 2);
	assert_true(person(&c, 'A')->registered);
	assert_false(person(&c, 'A')->household != NONE);
	county_free(&c);
}

static void a_family_is_the_living_members_and_who_lives_with_them(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, ROWS(
		"registry household_no=01;id=A;status=未脱贫;region=500901001201", "registry household_no=01;id=B;status=未脱贫;region=500901001201",
		"registry household_no=01;id=C;status=未脱贫;region=500901001201",
		"hukou id=A;household_no=1;type=农业;region=500901001201", "hukou id=D;household_no=1;type=农业;region=500901001201",
		"hukou id=B;household_no=2;type=农业;state=死亡;region=500901001201", "hukou id=E;household_no=2;type=农业;region=500901001201",
		"hukou id=C;household_no=3;type=集体户;region=500901001201", "hukou id=F;household_no=3;type=农业;region=500901001201"));
	assert_string_equal(letters(&c, family_of(&c.d, 0)), "ACD");
	county_free(&c);
}

static void names_bear_rows_out(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, ROWS(
		"registry household_no=01;id=B;name=田乙;status=未脱贫;region=500901001201",
		"hukou id=A;household_no=1;type=农业;region=500901001201;name=向甲",
		"hukou id=B;household_no=1;type=农业;region=500901001201",
		"civil id=A;name=向甲;aid=农村低保", "civil id=A;name=别家人;aid=农村低保", "civil id=A;aid=农村低保", "civil id=A~;aid=城市低保",
		"civil id=A~;name=向甲;aid=城市低保", "civil id=B;name=田乙;aid=农村低保", "civil id=C;name=某人;aid=农村低保"));
	static const enum level want[] = { LEVEL_HIGH, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_LOW, LEVEL_HIGH, LEVEL_HIGH, LEVEL_MEDIUM };
	for (uint32_t i = 0; i < 7; i++)
		assert_int_equal(witness(&c.d, &c.d.rows[3 + i], c.d.rows[3 + i].persons[0]), want[i]);
	county_free(&c);
}

/* ---- on disk ------------------------------------------------------------------------------------------------------------ */

static void encode(const struct county *c, struct buf *b)
{
	size_t begin = b->n;
	dossier_encode_begin(b, c->d.person_count, c->d.row_count, 0, 0);
	for (uint32_t i = 0; i < c->d.person_count; i++)
		dossier_encode_person(b, c->d.persons[i].key, c->d.persons[i].flags);
	for (uint32_t i = 0; i < c->d.row_count; i++)
		dossier_encode_row(b, &c->schema->kinds[c->d.rows[i].kind], c->d.rows[i].row);
	dossier_encode_end(b, begin);
}

static void what_is_encoded_is_rebuilt_and_cut_bytes_are_refused(void **state)
{
	struct county c;
	struct buf b = { 0 };
	county_make(&c, *state, NULL, NULL, ROWS("registry household_no=01;id=A;status=未脱贫;region=500901001201", A_HOME,
	                                        "hukou id=B;household_no=101;type=农业;region=500901001201", "civil id=B;aid=农村低保"));
	encode(&c, &b);
	for (size_t n = 0; n <= b.n; n++) {
		struct dossier d = { .pack = c.pack };
		uint8_t *bytes = mem_alloc(n + 1);
		const uint8_t *p = bytes;
		if (n)
			memcpy(bytes, b.p, n);
		assert_int_equal(dossier_decode(&d, &p, bytes + n), n < b.n ? -1 : 0);
		assert_int_equal(d.household_count == 1 && d.register_count == 1 && d.person_count == 2, n == b.n);
		dossier_release(&d);
		free(bytes);
	}
	buf_release(&b);
	county_free(&c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_is_the_same_on_every_day_before_it_is_due),
		TEST(what_is_past_is_never_due),
		TEST(truth_has_three_values),
		TEST(a_comparison_with_null_is_unknown),
		TEST(null_is_neither_true_nor_false),
		TEST(a_filter_keeps_what_is_true),
		TEST(all_of_nobody_is_true_and_any_is_not),
		TEST(sums_and_bounds_pass_over_nulls),
		TEST(the_latest_is_the_last_of_equals_and_null_the_earliest),
		TEST(ages_are_completed_years),
		TEST(a_name_means_the_nearest_item_that_has_it),
		TEST(the_first_normal_row_is_home),
		TEST(who_is_dead),
		TEST(a_household_is_the_living_of_one_number_in_one_county),
		TEST(a_household_is_collective_by_type_or_size),
		TEST(a_split_is_of_the_first_row_that_has_one),
		TEST(a_register_is_all_rows_of_one_number),
		TEST(a_family_is_the_living_members_and_who_lives_with_them),
		TEST(names_bear_rows_out),
		TEST(what_is_encoded_is_rebuilt_and_cut_bytes_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
