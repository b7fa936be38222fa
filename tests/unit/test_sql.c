/* lib/sql: what a pack becomes in SQL. That it finds the same is shown in tests/parity, in real databases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "sql/sql.h"

/* The default pack with one text in it replaced, as SQL; what went wrong is in *err. */
static int as_sql(const char *dialect, const char *from, const char *to, unsigned parts, struct buf *out, struct err *err)
{
	struct schema *schema;
	struct pack *pack = NULL;
	char path[] = "/tmp/bidui-sql-XXXXXX";
	struct buf text = { 0 };
	assert_int_equal(schema_load(&schema, SCHEMAS, NULL, err), 0);
	FILE *in = fopen(DEFAULT_PACK, "r");
	assert_non_null(in);
	buf_reserve(&text, 1 << 20);
	text.n = fread(text.p, 1, 1 << 20, in);
	fclose(in);
	buf_putc(&text, 0);
	char *at = from ? strstr(text.p, from) : text.p;
	assert_non_null(at);
	FILE *f = fdopen(mkstemp(path), "w");
	assert_non_null(f);
	fwrite(text.p, 1, (size_t)(at - text.p), f);
	fputs(to ? to : "", f);
	fputs(at + (from ? strlen(from) : 0), f);
	fclose(f);
	int r = pack_load(&pack, path, schema, 42698, err);
	if (r == 0)
		r = sql_print(pack, dialect_of_name(dialect), parts, out, err);
	buf_putc(out, 0);
	unlink(path);
	pack_free(pack);
	schema_free(schema);
	buf_release(&text);
	return r;
}

static void every_rule_of_the_pack_is_in_the_script(void **state)
{
	(void)state;
	static const char *const codes[] = { "M1", "W7", "N10", "L2", "V1", "Q11" };
	struct buf out = { 0 };
	struct err err;
	char want[64];
	assert_int_equal(as_sql("postgres", NULL, NULL, SQL_FINDINGS, &out, &err), 0);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		snprintf(want, sizeof want, "INSERT INTO _fires SELECT '%s', ", codes[i]);
		assert_non_null(strstr(out.p, want));
	}
	buf_release(&out);
}

static void a_quote_in_a_text_is_doubled(void **state)
{
	(void)state;
	struct buf out = { 0 };
	struct err err;
	assert_int_equal(as_sql("duckdb", "- code: Q3\n", "- code: \"Q'3\"\n", SQL_FINDINGS, &out, &err), 0);
	assert_non_null(strstr(out.p, "SELECT 'Q''3', u.p"));
	buf_release(&out);
}

static void a_rule_that_fires_asks_for_goes_before_it(void **state)
{
	(void)state;
	struct buf out = { 0 };
	struct err err;
	assert_int_equal(as_sql("duckdb", NULL, NULL, SQL_FINDINGS, &out, &err), 0);
	const char *asked = strstr(out.p, "INSERT INTO _fires SELECT 'L1'"), *asks = strstr(out.p, "INSERT INTO _fires SELECT 'N7'");
	assert_non_null(asked);
	assert_true(asked < asks);
	buf_release(&out);
}

static void a_union_is_asked_side_by_side(void **state)
{
	(void)state;
	struct buf out = { 0 };
	struct err err;
	assert_int_equal(as_sql("duckdb", "any(people.need)", "any(people.aid + people.dropout)", SQL_FINDINGS, &out, &err), 0);
	const char *rule = strstr(out.p, "INSERT INTO _fires SELECT 'L2'");
	const char *aid = strstr(rule, "\"term.person.aid\""), *dropout = strstr(rule, "\"term.person.dropout\"");
	assert_non_null(aid);
	assert_non_null(dropout);
	assert_non_null(strstr(aid, ") OR EXISTS ("));
	assert_true(strstr(aid, ") OR EXISTS (") < dropout);
	buf_release(&out);
}

static void what_is_not_settled_yet_is_an_error_at_its_place(void **state)
{
	(void)state;
	struct buf out = { 0 };
	struct err err;
	assert_int_equal(as_sql("duckdb", "gone: state = dead", "gone: state = dead and witness = high", SQL_FINDINGS, &out, &err), -1);
	assert_int_equal(err.status, STATUS_CONFIG);
	assert_non_null(strstr(err.text, ": not in SQL: this is not known yet"));
	buf_release(&out);
}

static void a_name_too_long_for_the_dialect_is_an_error(void **state)
{
	(void)state;
	static const char term[] = "terms:\n  a_term_with_a_name_that_is_longer_than_an_identifier_may_be: {on: person, is: civil}";
	struct buf out = { 0 };
	struct err err;
	assert_int_equal(as_sql("duckdb", "terms:", term, SQL_FINDINGS, &out, &err), 0);
	out.n = 0;
	assert_int_equal(as_sql("postgres", "terms:", term, SQL_FINDINGS, &out, &err), -1);
	assert_non_null(strstr(err.text, "longer than the 63 bytes"));
	buf_release(&out);
}

static void only_the_dialects_there_are_have_a_name(void **state)
{
	(void)state;
	assert_non_null(dialect_of_name("duckdb"));
	assert_null(dialect_of_name("oracle"));
	assert_null(dialect_of_name(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_of_the_pack_is_in_the_script),
		cmocka_unit_test(a_quote_in_a_text_is_doubled),
		cmocka_unit_test(a_rule_that_fires_asks_for_goes_before_it),
		cmocka_unit_test(a_union_is_asked_side_by_side),
		cmocka_unit_test(what_is_not_settled_yet_is_an_error_at_its_place),
		cmocka_unit_test(a_name_too_long_for_the_dialect_is_an_error),
		cmocka_unit_test(only_the_dialects_there_are_have_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
