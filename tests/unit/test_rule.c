/* A pack is read whole or refused with the place of its fault. */
#include "rule/pack.h"

#include "base/leave.h"
#include "io/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char folder[] = "/tmp/bidui-rule-XXXXXX";
static char path[64];
static struct schema *schema;

#define PEOPLE                                                                                                                     \
	"people:\n  home: state = normal\n  gone: state = dead\n  death: died_on is null\n  head: relation = head\n"              \
	"  register_head: relation = head\n  collective: type = collective\n  collective_over: 12\n  rural: type = rural\n"       \
	"  urban: type = urban\n  split: split_on is not null\n  active: status = poor\n  exited: status = exited\n"

/* A pack with one rule on persons and this condition; the error's text, or "" when it is read. */
static const char *fault(const char *condition)
{
	static struct err err;
	struct pack *pack = NULL;
	FILE *f = fopen(path, "w");
	fprintf(f, "pack: test\ntitle: test\nparameters:\n  limit: {value: 2.5}\n  line: {by_year: {2016: 2952}}\n"
	           "terms:\n  aid: {on: person, is: \"civil[state = active]\"}\n" PEOPLE
	           "rules:\n- code: T1\n  list: quality\n  unit: person\n  title: test\n  core: never\n  severity: low\n  when: >-\n    %s\n",
	        condition);
	fclose(f);
	err.text[0] = 0;
	if (pack_load(&pack, path, schema, 43000, &err) == 0)
		pack_free(pack);
	else
		assert_int_equal(err.status, STATUS_CONFIG);
	return err.text;
}

static void good_conditions_are_read(void **state)
{
	(void)state;
	static const char *const good[] = {
		"registered", "age in 6..15 and not alive", "any(civil, aid = rural_dibao)", "any(aid) or none(home)",
		"count(hukou[state = normal]) >= 2", "any(housing, grade in (C, D))", "sum(medical, self_paid) >= limit * 2",
		"any(registry, income < line(exited_year, region))", "any(death, died_on <= D - 365)", "home.region = home.region",
		"any(marriage as m, none(marriage as w, w.on > m.on))", "any(household.people, member)",
		"any（civil，aid ＝ rural_dibao）", "min(registry, status) != max(registry, status)",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_string_equal(fault(good[i]), "");
}

static void faults_are_named_at_their_place(void **state)
{
	(void)state;
	static const struct {
		const char *condition, *says;
	} faults[] = {
		{ "registred", "'registred' is not known here" },
		{ "any(civil, aids = rural_dibao)", "'aids' is not known here" },
		{ "any(civil, aid = rural)", "'rural' is not known here" },
		{ "age = home", "cannot be compared" },
		{ "age and alive", "a condition is needed" },
		{ "any(age)", "a set of people, households or rows is needed" },
		{ "civil.amount > 3", "there may be several" },
		{ "any(civil, name < 'x')", "only numbers and dates have an order" },
		{ "age in 6", "after 'in' comes" },
		{ "(age = 6", "a ')' is missing" },
		{ "age = 6 alive", "something is left over" },
		{ "age = $", "means nothing here" },
		{ "name = 'x", "no closing quote" },
		{ "died = 2014-02-30", "is no real day" },
		{ "fires(T1)", "leads back to the rule itself" },
		{ "fires(T9)", "there is no rule 'T9'" },
		{ "fly(civil)", "there is no function 'fly'" },
		{ "age is true", "only yes-or-no" },
		{ "civil is null", "a set is never null" },
		{ "any(aid + household)", "cannot be put together" },
	};
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		const char *text = fault(faults[i].condition);
		if (!strstr(text, faults[i].says) || strncmp(text, path, strlen(path)) != 0)
			fail_msg("%s: %s", faults[i].condition, text);
	}
}

static void depth_is_bounded(void **state)
{
	(void)state;
	struct buf b = { 0 };
	for (int i = 0; i < 1000; i++)
		buf_putc(&b, '(');
	buf_putc(&b, 0);
	assert_non_null(strstr(fault(b.p), "nested too deeply"));
	b.n = 0;
	for (int i = 0; i < 500; i++)
		buf_puts(&b, STR("not "));
	buf_puts(&b, STR("alive"));
	buf_putc(&b, 0);
	assert_non_null(strstr(fault(b.p), "nested too deeply"));
	buf_release(&b);
}

static uint64_t trigger(const char *condition)
{
	struct pack *pack;
	struct err err;
	assert_string_equal(fault(condition), "");
	assert_int_equal(pack_load(&pack, path, schema, 43000, &err), 0);
	uint64_t t = pack->rules[0].trigger;
	pack_free(pack);
	return t;
}

static uint64_t bit(const char *kind)
{
	return UINT64_C(1) << schema_kind(schema, str_of(kind))->index;
}

static void nobody_is_left_out_of_what_might_fire(void **state)
{
	(void)state;
	assert_true(trigger("any(civil) and any(housing)") == bit("civil") || trigger("any(civil) and any(housing)") == bit("housing"));
	assert_true(trigger("any(civil) or any(housing)") == (bit("civil") | bit("housing")));
	assert_true(trigger("any(civil + housing)") == (bit("civil") | bit("housing")));
	assert_true(trigger("none(civil)") == TRIGGER_ALWAYS);
	assert_true(trigger("not any(civil)") == TRIGGER_ALWAYS);
	assert_true(trigger("any(hukou, converted_on is not null)") == TRIGGER_ALWAYS);
	assert_true(trigger("count(hukou) >= 2") == TRIGGER_TWICE);
	assert_true(trigger("registered and alive") == bit("registry"));
	assert_true(trigger("any(household.source.people.civil)") == TRIGGER_ALWAYS);
	assert_true(trigger("any(aid)") == bit("civil"));
}

static int prepare(void **state)
{
	(void)state;
	struct err err;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/pack.yaml", folder);
	return schema_load(&schema, SCHEMAS, NULL, &err);
}

static int tidy(void **state)
{
	(void)state;
	schema_free(schema);
	leave_remove_folder(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_conditions_are_read),
		cmocka_unit_test(faults_are_named_at_their_place),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(nobody_is_left_out_of_what_might_fire),
	};
	return cmocka_run_group_tests(tests, prepare, tidy);
}
