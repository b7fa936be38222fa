/* What is told of a unit: each clause with its answer and what made it so, and no more than is asked. */
#include "explain/explain.h"
#include "scratch.h"

static const char hukou_header[] = "household_no,name,id,relation,type,converted_on,split_on,split_from,state,region,address\n";
static const char registry_header[] = "household_no,person_no,name,id,relation,category,status,entered_year,exited_year,income,income_year,relocation,region,address\n";

/* 向甲 and 向乙 are a household, 田丙 another; 向甲 is not registered, 田丙 is. */
#define ID_A "500901196001010114"
#define ID_B "500901195503030137"
#define ID_C "500901198505050127"
#define HOME(no, name, id, type) no "," name "," id ",户主," type ",,,,正常,500901001201,一组\n"

struct county {
	const char *tmp;
	char dir[1024];
	struct run_plan plan;
	struct explain x;
	struct err err;
};

static void put(const struct county *c, const char *kind, const char *header, const char *rows)
{
	char path[1200], text[16384];
	snprintf(path, sizeof path, "%s/%s.csv", c->dir, kind);
	int n = snprintf(text, sizeof text, "%s%s", header, rows);
	scratch_put(path, text, (size_t)n);
}

static void county_make(struct county *c, const char *dir, const char *hukou, const char *registry, const char *civil)
{
	static const char homes[] = HOME("101", "向甲", ID_A, "农业") HOME("101", "向乙", ID_B, "农业") HOME("102", "田丙", ID_C, "农业");
	memset(c, 0, sizeof *c);
	c->tmp = dir;
	snprintf(c->dir, sizeof c->dir, "%s/x", dir);
	mkdir(c->dir, 0700);
	put(c, "hukou", hukou_header, hukou ? hukou : homes);
	put(c, "registry", registry_header, registry ? registry : "01,,田丙," ID_C ",户主,,未脱贫,2014,,,,,500901001201,\n");
	put(c, "civil", "id,name,aid,state,started_on\n", civil);
	c->plan = (struct run_plan){ .extracts = c->dir, .as_of = "2017-11-26", .pack = DEFAULT_PACK, .schemas = SCHEMAS, .threads = 1 };
}

/* What is told, or NULL and c->err. */
static const char *told(struct county *c, const char *rule, const char *unit_no)
{
	explain_close(&c->x);
	c->x = (struct explain){ .unit_no = str_of(unit_no), .units = EXPLAIN_ANY_UNIT, .rule_code = rule, .lang = EXPLAIN_EN };
	setenv("TMPDIR", c->tmp, 1);
	int r = explain_open(&c->x, &c->plan, "", &c->err);
	unsetenv("TMPDIR");
	if (r < 0 || explain_tell(&c->x, &c->err) < 0)
		return NULL;
	buf_putc(&c->x.out, 0);
	return c->x.out.p;
}

static void assert_tells(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text ? text : "nothing");
}

static void a_clause_has_its_answer_and_the_rows_that_made_it_so(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, ID_A ",向甲,农村低保,,2015-01-01\n");
	const char *text = told(&c, "M4", "500901-101");
	assert_tells(text, "  M4 fires: hukou household 500901-101: on rural aid, not registered\n");
	assert_tells(text, "    yes  none(people, registered): none of 2\n");
	assert_tells(text, "    yes  any(people[rural].aid): all 1\n      民政（社会救助）：");
	assert_tells(text, "起始日期 2015-01-01［civil.csv:2］\n");
	assert_tells(text, "    finding: list missed, core no, severity medium, confidence high\n");
	explain_close(&c.x);
}

static void a_row_that_was_dropped_says_by_which_part(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, ID_A ",向甲,农村低保,停发,2015-01-01\n");
	const char *text = told(&c, "M4", "500901-101");
	assert_tells(text, "  M4 does not fire: hukou household 500901-101");
	assert_tells(text, "    no  any(people[rural].aid): none\n");
	assert_tells(text, "        civil.csv:2\n          no  state = active  (state = stopped)\n");
	assert_tells(text, "        civil: no row\n");
	assert_null(strstr(text, "finding:"));
	explain_close(&c.x);
}

static void a_value_that_is_empty_is_unknown(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, "01,,田丙," ID_C ",户主,,已脱贫,2014,,2000,,,500901001201,\n", "");
	const char *text = told(&c, "W7", "01");
	assert_tells(text, "    unknown  exited_year <= entered_year  (exited_year = empty, entered_year = 2014)\n");
	explain_close(&c.x);
}

static void a_rule_asks_about_the_units_that_go_with_the_one_named(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, "");
	assert_tells(told(&c, "M4", ID_B), "M4 does not fire: hukou household 500901-101");
	assert_tells(told(&c, "N7", ID_C), "N7 does not fire: registry household 01");
	assert_tells(told(&c, "Q2", "500901-101"), "Q2 does not fire: person 向甲 " ID_A);
	assert_null(told(&c, "N7", ID_A));
	assert_int_equal(c.err.status, STATUS_USAGE);
	explain_close(&c.x);
}

static void what_is_told_is_bounded(void **state)
{
	struct county c;
	char civil[8192] = "";
	size_t n = 0;
	for (int i = 0; i < 100; i++)
		n += (size_t)snprintf(civil + n, sizeof civil - n, ID_A ",向甲,农村低保,停发,%d-01-01\n", 1910 + i);
	county_make(&c, *state, NULL, NULL, civil);
	const char *text = told(&c, "M4", "500901-101");
	unsigned lines = 0;
	for (const char *p = text; p && (p = strchr(p, '\n')); p++)
		lines++;
	assert_in_range(lines, 10, 70);
	assert_tells(text, "... and 96 more\n");
	explain_close(&c.x);
}

/* A registry household may have the number of a village. */
static void a_name_of_several_units_is_refused_unless_the_rule_decides(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, "500901001201,,田丙," ID_C ",户主,,未脱贫,2014,,,,,500901001201,\n", "");
	assert_null(told(&c, NULL, "500901001201"));
	assert_int_equal(c.err.status, STATUS_USAGE);
	assert_tells(c.err.text, "--unit");
	assert_tells(told(&c, "V1", "500901001201"), "V1 does not fire: village 500901001201");
	assert_tells(told(&c, "N7", "500901001201"), "N7 does not fire: registry household 500901001201");
	explain_close(&c.x);
}

static void who_is_nowhere_is_66_and_not_repeated(void **state)
{
	static const char *const nobody[] = { "500901197001010017", "500901-999", "99", "500901001999", "" };
	struct county c;
	county_make(&c, *state, NULL, NULL, "");
	for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++) {
		assert_null(told(&c, NULL, nobody[i]));
		assert_int_equal(c.err.status, STATUS_NOINPUT);
		assert_null(*nobody[i] ? strstr(c.err.text, nobody[i]) : NULL);
	}
	explain_close(&c.x);
}

static void a_collective_household_is_told_to_be_one(void **state)
{
	struct county c;
	county_make(&c, *state, HOME("101", "向甲", ID_A, "集体户") HOME("101", "向乙", ID_B, "集体户"), NULL, "");
	assert_null(told(&c, NULL, "500901-101"));
	assert_int_equal(c.err.status, STATUS_USAGE);
	assert_tells(c.err.text, "collective");
	assert_tells(told(&c, "M8", ID_A), "yes  any(household, collective)");
	explain_close(&c.x);
}

/* Nobody has a row of a department: no run takes them along. */
static void a_dossier_is_whole_when_no_rule_could_fire(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, "");
	const char *text = told(&c, NULL, "500901-101");
	assert_tells(text, "\nPeople\n  向乙 " ID_B);
	assert_tells(text, "  向甲 " ID_A ", male, 57 years, alive, hukou household 500901-101\n");
	assert_tells(text, "\nRows\n  公安（户籍）：户号 101，姓名 向甲");
	assert_tells(text, "  M2 is not evaluated (no extract of education): hukou household 500901-101");
	assert_tells(text, "  M8 does not fire: person 向甲");
	explain_close(&c.x);
}

static void nothing_is_left_behind(void **state)
{
	struct county c;
	county_make(&c, *state, NULL, NULL, "");
	assert_non_null(told(&c, NULL, ID_A));
	explain_close(&c.x);
	c.x = (struct explain){ 0 };
	assert_int_equal(scratch_count(*state), 1); /* the extracts */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clause_has_its_answer_and_the_rows_that_made_it_so),
		TEST(a_row_that_was_dropped_says_by_which_part),
		TEST(a_value_that_is_empty_is_unknown),
		TEST(a_rule_asks_about_the_units_that_go_with_the_one_named),
		TEST(what_is_told_is_bounded),
		TEST(a_name_of_several_units_is_refused_unless_the_rule_decides),
		TEST(who_is_nowhere_is_66_and_not_repeated),
		TEST(a_collective_household_is_told_to_be_one),
		TEST(a_dossier_is_whole_when_no_rule_could_fire),
		TEST(nothing_is_left_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
