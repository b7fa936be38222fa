/* Schemas: the kinds that the default rules use, a user's own kind, and what is refused, with its place. */
#include "schema/schema.h"
#include "yaml/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* cmocka.h needs the four above before it */
#include <cmocka.h>

#define KIND(columns)                                                                                                 \
	"kind: bank\ntitle: {zh: 银行, en: bank}\ndepartment: {zh: 银行, en: bank}\nwords: [银行]\ncolumns:\n"       \
	"  - {name: id, spellings: [身份证号], type: id, required: true, bold: true}\n" columns

static struct schema *load_real(void)
{
	struct schema *s;
	struct err err;
	if (schema_load(&s, SCHEMAS, NULL, &err) < 0)
		fail_msg("%s", err.text);
	return s;
}

/* Load the real schemas and one more file with this text; 0 or -1. The file is gone afterwards. */
static int load_with(const char *text, size_t n, struct schema **ret, struct err *err)
{
	char path[] = "/tmp/bidui-schema-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
	char *extra[] = { path, NULL };
	int got = schema_load(ret, SCHEMAS, extra, err);
	unlink(path);
	return got;
}

/* The text is refused with 78, at line:column, in words that hold `part`. */
static void refused(const char *text, const char *place, const char *part)
{
	struct schema *s = NULL;
	struct err err = { 0 };
	if (load_with(text, strlen(text), &s, &err) == 0)
		fail_msg("was taken: %s", text);
	assert_int_equal(err.status, STATUS_CONFIG);
	if (!strstr(err.text, part) || (place && !strstr(err.text, place)))
		fail_msg("said '%s', not '%s … %s'", err.text, place ? place : "", part);
}

static void real_schemas_hold_the_nineteen_kinds_in_order(void **state)
{
	static const char *const names[] = { "registry", "hukou", "civil", "death", "marriage", "disability", "housing", "property",
		"vehicle", "business", "payroll", "machine", "relocation", "education", "insurance", "medical", "residence",
		"village", "id_change" };
	(void)state;
	struct schema *s = load_real();
	assert_int_equal(s->kind_count, 19);
	for (unsigned i = 0; i < 19; i++) {
		assert_true(str_eq(s->kinds[i].name, str_of(names[i])));
		assert_int_equal(s->kinds[i].index, i);
	}
	assert_ptr_equal(schema_role(s, ROLE_REGISTER), schema_kind(s, STR("registry")));
	assert_ptr_equal(schema_role(s, ROLE_HOUSEHOLDS), schema_kind(s, STR("hukou")));
	assert_null(schema_kind(s, STR("bank")));
	schema_free(s);
}

static void columns_of_a_row_do_not_overlap(void **state)
{
	(void)state;
	struct schema *s = load_real();
	for (const struct kind *k = s->kinds; k < s->kinds + s->kind_count; k++) {
		unsigned at = KIND_ROW_HEAD, slot = 0;
		for (unsigned i = 0; i < k->column_count; i++) {
			const struct column *c = &k->columns[i];
			assert_int_equal(c->offset, at);
			at += type_width(c->type);
			if (type_width(c->type) == 0)
				assert_int_equal(c->slot, slot++);
		}
		assert_int_equal(k->stride, at);
		assert_int_equal(k->text_count, slot);
	}
	schema_free(s);
}

static void kinds_know_who_their_rows_are_about(void **state)
{
	(void)state;
	struct schema *s = load_real();
	const struct kind *marriage = schema_kind(s, STR("marriage")), *village = schema_kind(s, STR("village"));
	assert_int_equal(marriage->ids[0], kind_column(marriage, STR("id_a")));
	assert_int_equal(marriage->ids[1], kind_column(marriage, STR("id_b")));
	assert_int_equal(marriage->name_column, -1);
	assert_int_equal(village->ids[0], -1);
	assert_int_equal(schema_kind(s, STR("id_change"))->ids[0], -1);
	assert_int_equal(schema_kind(s, STR("disability"))->ids[0], 0);
	assert_int_equal(schema_kind(s, STR("disability"))->name_column, 1);
	schema_free(s);
}

static int64_t value(const struct schema *s, const char *kind, const char *column, const char *text)
{
	const struct kind *k = schema_kind(s, str_of(kind));
	int64_t v = -1;
	int reason = column_parse(&k->columns[kind_column(k, str_of(column))], str_of(text), 43064, &v);
	return reason ? -1 - reason : v;
}

static void enumerations_fold_blanks_and_brackets(void **state)
{
	(void)state;
	struct schema *s = load_real();
	assert_int_equal(value(s, "registry", "status", "已脱贫（享受政策）"), 1);
	assert_int_equal(value(s, "registry", "status", "未\xE3\x80\x80脱 贫"), 0);
	assert_int_equal(value(s, "registry", "status", "脱了贫"), -1 - ENUM);
	assert_int_equal(value(s, "registry", "status", ""), VALUE_NULL);
	assert_int_equal(value(s, "hukou", "state", ""), 0);
	assert_int_equal(value(s, "hukou", "relation", "堂弟"), 7);
	assert_int_equal(value(s, "hukou", "relation", ""), VALUE_NULL);
	schema_free(s);
}

static void spelling_that_does_not_fit_is_no_spelling(void **state)
{
	(void)state;
	char out[4];
	assert_int_equal(spelling_fold(STR("（ａ）"), out, 4), SIZE_MAX);
	assert_int_equal(spelling_fold(STR(" a （b"), out, 4), 3);
	assert_memory_equal(out, "a(b", 3);
	assert_int_equal(spelling_fold(STR("\xE3\x80\x80 \xEF\xBB\xBF"), out, 4), 0);
	assert_int_equal(spelling_fold(STR("\xE3\x80"), out, 4), 2);
}

static void empty_and_bold_has_a_reason(void **state)
{
	(void)state;
	struct schema *s = load_real();
	assert_int_equal(value(s, "village", "code", ""), -1 - EMPTY);
	assert_int_equal(value(s, "hukou", "id", ""), -1 - ID_EMPTY);
	assert_int_equal(value(s, "disability", "cert", ""), -1 - CERT);
	assert_int_equal(value(s, "hukou", "region", ""), VALUE_NULL);
	assert_int_equal(value(s, "housing", "grade", "c级"), 2);
	schema_free(s);
}

/* The kind's name, "-" for a file to pass over, "78" for a refused one. */
static const char *kind_of(const struct schema *s, const char *name)
{
	const struct kind *k;
	struct err err;
	if (schema_kind_of_file(s, name, &k, &err) < 0)
		return err.status == STATUS_CONFIG ? "78" : "?";
	return k ? k->name.p : "-";
}

static void kind_of_a_file_is_in_its_name(void **state)
{
	static const char *const cases[][2] = {
		{ "hukou.csv", "hukou" }, { "HUKOU.500901.CSV.GZ", "hukou" }, { "hukou.part2.tsv", "hukou" },
		{ "2017年7月户籍信息（全县）.xlsx", "hukou" }, { "贫困户住房.csv", "housing" }, { "贫困户.csv", "registry" },
		{ "户籍死亡.csv", "78" }, { "hukuo.csv", "78" }, { "hukou", "-" }, { "hukou.txt", "-" }, { ".hukou.csv", "-" },
		{ "~hukou.csv", "-" }, { "说明.docx", "-" }, { "说明.xls", "78" }, { "x.csv.gz", "78" }, { "x.xlsx.gz", "-" },
		{ "civil.户籍.csv", "civil" }, { "自付医疗费用.tsv.gz", "medical" }, { ".csv", "-" }, { "", "-" },
	};
	(void)state;
	struct schema *s = load_real();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(kind_of(s, cases[i][0]), cases[i][1]);
	schema_free(s);
}

static void users_own_kind_stands_behind_the_others(void **state)
{
	static const char text[] = "enumerations: {card: {values: {debit: [借记卡], credit: [信用卡]}}}\n"
		KIND("  - {name: card, spellings: [卡种], type: card}\n");
	(void)state;
	struct schema *s;
	struct err err;
	if (load_with(text, sizeof text - 1, &s, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(schema_kind(s, STR("bank"))->index, 19);
	assert_int_equal(value(s, "bank", "card", "信用卡"), 1);
	assert_string_equal(kind_of(s, "2017银行.csv"), "bank");
	schema_free(s);
}

static void schema_hash_moves_with_every_byte(void **state)
{
	static const char one[] = KIND(""), two[] = KIND("# \n");
	(void)state;
	struct schema *a, *b, *c;
	struct err err;
	assert_int_equal(load_with(one, sizeof one - 1, &a, &err), 0);
	assert_int_equal(load_with(one, sizeof one - 1, &b, &err), 0);
	assert_int_equal(load_with(two, sizeof two - 1, &c, &err), 0);
	assert_memory_equal(a->hash, b->hash, 16);
	assert_memory_not_equal(a->hash, c->hash, 16);
	schema_free(a);
	schema_free(b);
	schema_free(c);
}

static void mistakes_are_told_with_their_place(void **state)
{
	(void)state;
	refused(KIND("") "colums: 1\n", ":7:1:", "unknown key 'colums'");
	refused(KIND("  - {name: a, type: txt}\n"), ":7:21:", "unknown type 'txt'");
	refused(KIND("  - {name: a, type: enum}\n"), ":7:21:", "unknown type");
	refused(KIND("  - {name: id, type: text}\n"), ":7:12:", "already");
	refused(KIND("  - {name: ID2, type: text}\n"), ":7:12:", "a name is");
	refused(KIND("  - {name: a, spellings: [身份 证号], type: text}\n"), ":7:27:", "belongs to the column 'id'");
	refused(KIND("  - {name: a, spellings: [甲, 乙, 甲], type: text}\n"), ":7:33:", "belongs to the column 'a'");
	refused(KIND("  - {name: a, spellings: [], type: text}\n"), ":7:26:", "a list of 0");
	refused(KIND("  - {name: a, type: text, required: yes}\n"), ":7:37:", "true or false");
	refused(KIND("  - {name: a, type: text, bold: true}\n"), ":7:5:", "bold without required");
	refused(KIND("  - {name: a, type: id}\n"), ":7:5:", "required and bold");
	refused(KIND("  - {name: a, type: text, unit: kW}\n"), ":7:33:", "money");
	refused(KIND("  - {name: a}\n"), ":7:5:", "'type' is missing");
	refused(KIND("") "role: deaths\n", ":7:7:", "'death' has this role");
	refused(KIND("") "role: dead\n", ":7:7:", "unknown role");
	refused(KIND("") "order: 0\n", ":7:8:", "from 1 to 1000");
	refused(KIND("") "order: 7x\n", ":7:8:", "from 1 to 1000");
	refused("kind: hukou\n", ":1:7:", "there is a kind 'hukou'");
	refused("kind: bank\ntitle: {zh: a}\n", ":2:8:", "'en' is missing");
	refused("kind: bank\ntitle: {zh: a, en: b}\ndepartment: {zh: a, en: b}\nwords: [户籍]\n", ":4:9:", "'hukou'");
	refused("kind: b\ntitle: {zh: a, en: b}\ndepartment: {zh: a, en: b}\ncolumns: [{name: a, type: text}]\n", ":4:10:", "no column");
	refused("enumerations: {aid: {values: {a: [b]}}}\n" KIND(""), ":1:16:", "'aid' already");
	refused("enumerations: {date: {values: {a: [b]}}}\n" KIND(""), ":1:16:", "choose another");
	refused("enumerations: {x: {values: {a: [b], c: [d, b]}}}\n" KIND(""), ":1:44:", "'a' already");
	refused("enumerations: {x: {values: {a: [\"\"], c: [\" \"]}}}\n" KIND(""), ":1:43:", "empty field");
	refused("enumerations: {x: {values: {other: [b]}, other: true}}\n" KIND(""), ":1:49:", "'other'");
}

static void more_than_two_hundred_values_are_refused(void **state)
{
	(void)state;
	struct buf text = { 0 };
	buf_printf(&text, "enumerations:\n  x:\n    values:\n");
	for (int i = 0; i < 201; i++)
		buf_printf(&text, "      v%d: [w%d]\n", i, i);
	buf_printf(&text, "%s%c", KIND(""), 0);
	refused(text.p, ":4:7:", "201 keys; from 1 to 200");
	buf_release(&text);
}

static void what_is_no_plain_yaml_is_refused(void **state)
{
	(void)state;
	refused("", NULL, "empty");
	refused("# nothing\n", NULL, "empty");
	refused("kind: [a\n", ":2:1:", "no YAML");
	refused("kind: a\nkind: b\n", ":2:1:", "duplicate key");
	refused("kind: &a b\n", ":1:", "anchors");
	refused("kind: *a\n", ":1:", "aliases");
	refused("kind: !!str b\n", ":1:", "tags");
	refused("kind:\n", ":1:1:", "'kind' has no value");
	refused("kind: a\n---\nkind: b\n", NULL, "several documents");
	refused("[kind]\n", ":1:1:", "keys with values");
	refused("{[a]: b}\n", ":1:", "plain word");
	refused("kind\n", ":1:1:", "keys with values");
	struct schema *s;
	struct err err;
	assert_int_equal(load_with("kind: \0\n", 8, &s, &err), -1);
	assert_non_null(strstr(err.text, "NUL"));
}

static void depth_and_size_are_bounded(void **state)
{
	(void)state;
	size_t n = YAML_FILE_MAX + 1;
	char *text = malloc(n + 1);
	memset(text, '[', n);
	text[n] = 0;
	refused(text, NULL, "larger than 4 MiB");
	text[200000] = 0;
	refused(text, ":1:", "depth");
	memset(text, 'a', n);
	memcpy(text, "kind: ", 6);
	text[10000] = 0;
	refused(text, ":1:7:", "a text of");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_schemas_hold_the_nineteen_kinds_in_order),
		cmocka_unit_test(columns_of_a_row_do_not_overlap),
		cmocka_unit_test(kinds_know_who_their_rows_are_about),
		cmocka_unit_test(enumerations_fold_blanks_and_brackets),
		cmocka_unit_test(spelling_that_does_not_fit_is_no_spelling),
		cmocka_unit_test(empty_and_bold_has_a_reason),
		cmocka_unit_test(kind_of_a_file_is_in_its_name),
		cmocka_unit_test(users_own_kind_stands_behind_the_others),
		cmocka_unit_test(schema_hash_moves_with_every_byte),
		cmocka_unit_test(mistakes_are_told_with_their_place),
		cmocka_unit_test(more_than_two_hundred_values_are_refused),
		cmocka_unit_test(what_is_no_plain_yaml_is_refused),
		cmocka_unit_test(depth_and_size_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
