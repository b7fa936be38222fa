/* An example is read with its defaults, refused with its place, and judged by what the pipeline finds. */
#include "example/example.h"
#include "id/day.h"
#include "scratch.h"

struct given {
	struct schema *schema;
	struct pack *pack;
	struct err err;
};

/* A pack whose one rule is M1: somebody has active aid. NULL when it loads. */
static const char *load(struct given *g, const char *dir, const char *example)
{
	const char *path = scratch_path(dir, "pack.yaml");
	FILE *f = fopen(path, "w");
	fprintf(f, "pack: test\ntitle: test\nparameters:\n  collective_over: {value: 3}\npeople:\n  home: state = normal\n  gone: state = dead\n"
		"  death: died_on is null or died_on <= D\n  head: relation = head\n  register_head: relation = head\n  collective: type = collective\n"
		"  collective_over: collective_over\n  rural: type = rural\n  urban: type = urban\n  split: split_on is not null\n"
		"  active: status = poor\n  exited: status = exited\n"
		"examples:\n  as_of: 2017-11-26\n  people: {A: 1960-03-01, B: {born: 1962-01-01, male: no}}\n"
		"  rows: {hukou: {household_no: 1, type: rural, region: 500901001201}, civil: {aid: rural_dibao}}\n"
		"rules:\n- code: M1\n  list: missed\n  unit: household\n  title: test\n  core: always\n  severity: high\n"
		"  needs: [civil]\n  when: any(people.civil, state = active)\n  evidence: people.civil\n  examples:\n  - %s\n", example);
	fclose(f);
	memset(g, 0, sizeof *g);
	assert_int_equal(schema_load(&g->schema, SCHEMAS, NULL, &g->err), 0);
	return pack_load(&g->pack, path, g->schema, day_of(2017, 11, 26), &g->err) < 0 ? g->err.text : NULL;
}

static void release(struct given *g)
{
	pack_free(g->pack);
	schema_free(g->schema);
}

/* "passed" or "expected ...; got ..." */
static const char *answer(const char *dir, const char *example)
{
	static char text[512];
	struct given g;
	struct example_answer a;
	const char *fault = load(&g, dir, example);
	if (fault)
		fail_msg("%s", fault);
	const struct rule *r = &g.pack->rules[0];
	if (example_run(g.pack, r, &r->examples[0], dir, &a, &g.err) < 0)
		fail_msg("%s", g.err.text);
	snprintf(text, sizeof text, "expected %.*s; got %.*s", STR_ARG(buf_str(&a.expected)), STR_ARG(buf_str(&a.got)));
	bool passed = a.passed;
	buf_release(&a.expected);
	buf_release(&a.got);
	release(&g);
	return passed ? "passed" : text;
}

static void an_example_that_is_so_passes(void **state)
{
	assert_string_equal(answer(*state, "{title: t, rows: {hukou: [A, B], civil: [B]}, fires: {list: missed, core: yes, severity: high}}"), "passed");
	assert_string_equal(answer(*state, "{title: t, rows: {hukou: [A, B], civil: [{of: B, state: stopped}]}, fires: no}"), "passed");
	assert_string_equal(answer(*state, "{title: t, rows: {hukou: [A], civil: [B]}, fires: no}"), "passed");
}

static void an_example_that_is_not_so_says_what_came(void **state)
{
	assert_string_equal(answer(*state, "{title: t, rows: {hukou: [A]}, fires: {core: no}}"), "expected a finding, core no; got none");
	assert_string_equal(answer(*state, "{title: t, rows: {hukou: [A], civil: [A]}, fires: no}"),
	                    "expected none; got a finding, list missed, core yes, severity high, confidence high");
	assert_string_equal(answer(*state, "{title: t, rows: {hukou: [A], civil: [{of: A, name: C}]}, fires: {confidence: high}}"),
	                    "expected a finding, confidence high; got a finding, list missed, core yes, severity high, confidence low");
}

static void a_row_may_stand_for_many_households(void **state)
{
	struct given g;
	assert_null(load(&g, *state, "{title: t, rows: {hukou: [{of: A, times: 3}, B]}, fires: no}"));
	assert_int_equal(example_write(g.pack, &g.pack->rules[0], &g.pack->rules[0].examples[0], *state, &g.err), 0);
	scratch_holds(scratch_path(*state, "hukou.csv"),
		"household_no,name,id,relation,type,converted_on,split_on,split_from,state,region,address\n"
		"1,A,500901196003010038,,农业,,,,,500901001201,\n1-1,A,500901196003010070,,农业,,,,,500901001201,\n"
		"1-2,A,500901196003010118,,农业,,,,,500901001201,\n1,B,500901196201010047,,农业,,,,,500901001201,\n");
	scratch_holds(scratch_path(*state, "civil.csv"), "id,name,aid,state,started_on,amount,region\n");
	release(&g);
}

static void a_wrong_example_is_refused_at_its_place(void **state)
{
	static const struct {
		const char *example, *said;
	} table[] = {
		{ "{title: t, rows: {hukou: [C]}, fires: no}", "nobody is called so under people" },
		{ "{title: t, rows: {hukoo: [A]}, fires: no}", "there is no kind of this name; see the schemas" },
		{ "{title: t, rows: {civil: [{of: A, aid: 农村底保}]}, fires: no}", "this is no value of aid" },
		{ "{title: t, rows: {civil: [{of: A, aidd: x}]}, fires: no}", "the kind civil has no column of this name" },
		{ "{title: t, rows: {civil: [{aid: rural_dibao}]}, fires: no}", "it is missing whose row this is (of: ...)" },
		{ "{title: t, rows: {marriage: [{of: [A]}]}, fires: no}", "a row of this kind is of two: [A, B]" },
		{ "{title: t, rows: {civil: [A]}, fires: perhaps}", "yes or no is needed here" },
		{ "{title: t, rows: {civil: [A]}, fires: {list: mised}}", "there is no such list" },
		{ "{title: t, as_of: 2017-02-30, rows: {civil: [A]}, fires: no}", "a day is needed here, such as 1960-03-01" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct given g;
		const char *fault = load(&g, *state, table[i].example);
		assert_non_null(fault);
		assert_non_null(strstr(fault, "pack.yaml:33:"));
		if (!strstr(fault, table[i].said))
			fail_msg("%s: %s", table[i].example, fault);
		assert_int_equal(g.err.status, STATUS_CONFIG);
		release(&g);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_example_that_is_so_passes),
		TEST(an_example_that_is_not_so_says_what_came),
		TEST(a_row_may_stand_for_many_households),
		TEST(a_wrong_example_is_refused_at_its_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
