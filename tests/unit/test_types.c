/* Every line of types.tsv: a raw value and what it becomes. */
#include "base/mem.h"
#include "id/id.h"
#include "schema/schema.h"
#include "text/blank.h"
#include "text/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants the above first */
#include <cmocka.h>

#define AS_OF day_of(2017, 11, 26)

/* \t \n \\ \uXXXX */
static void unescape(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\') {
			buf_putc(out, s.p[i]);
			continue;
		}
		char c = s.p[++i], hex[5] = { 0 }, utf8[4];
		if (c != 'u') {
			buf_putc(out, (char)(c == 't' ? '\t' : c == 'n' ? '\n' : c));
			continue;
		}
		memcpy(hex, s.p + i + 1, 4);
		buf_put(out, utf8, utf8_put((unsigned)strtoul(hex, NULL, 16), utf8));
		i += 4;
	}
}

static const struct enumeration *enumeration_of(const struct schema *s, struct str type)
{
	for (unsigned i = 0; i < s->enumeration_count; i++)
		if (str_eq(s->enumerations[i].name, type))
			return &s->enumerations[i];
	return NULL;
}

static void normalise(const struct schema *s, struct str type, struct str raw, struct buf *out)
{
	struct column column = { .type = type_of_name(type) };
	struct str text = text_trim(raw);
	int64_t v = VALUE_NULL;
	if (column.type == TYPE_TEXT || column.type == TYPE_NAME) {
		if (column.type == TYPE_NAME)
			name_normalise(text, out);
		else
			buf_puts(out, text);
		if (!out->n)
			buf_puts(out, STR("null"));
		return;
	}
	if (column.type == TYPE_COUNT) {
		column.type = TYPE_ENUM;
		column.enumeration = enumeration_of(s, type);
		assert_non_null(column.enumeration);
	}
	int reason = column_parse(&column, text, AS_OF, &v);
	if (reason)
		buf_printf(out, "!%s", reason_name((enum reason)reason));
	else if (v == VALUE_NULL)
		buf_puts(out, STR("null"));
	else
		column_print(&column, v, out);
}

/* type TAB raw TAB result */
static void assert_line(const struct schema *s, char *line, unsigned number)
{
	char *tab = strchr(line, '\t'), *second = strchr(tab + 1, '\t');
	struct str want = { second + 1, strcspn(second + 1, "\n") };
	struct buf raw = { 0 }, got = { 0 };
	unescape((struct str){ tab + 1, (size_t)(second - tab) - 1 }, &raw);
	normalise(s, (struct str){ line, (size_t)(tab - line) }, buf_str(&raw), &got);
	if (!str_eq(buf_str(&got), want))
		fail_msg("line %u: %.*s instead of %.*s", number, STR_ARG(buf_str(&got)), STR_ARG(want));
	buf_release(&raw);
	buf_release(&got);
}

static void every_value_of_the_table_is_normalised(void **unused)
{
	(void)unused;
	struct schema *schema;
	struct err err;
	assert_int_equal(schema_load(&schema, SCHEMAS, NULL, &err), 0);
	FILE *f = fopen(FIXTURES "/cases/types.tsv", "r");
	assert_non_null(f);
	char *line = NULL;
	size_t size = 0;
	unsigned number = 1;
	assert_true(getline(&line, &size, f) > 0); /* the header */
	while (getline(&line, &size, f) > 0)
		assert_line(schema, line, ++number);
	assert_true(number > 300);
	free(line);
	fclose(f);
	schema_free(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_value_of_the_table_is_normalised) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
