/* Who comes along in which dossier, who is only looked at, and that every row is accounted for. */
#include "dossier/dossier.h"
#include "join/join.h"
#include "rows.h"

/* ---- a county of rows written as text, joined --------------------------------------------------------------------------- */

struct county {
	const char *dir;
	struct schema *schema;
	struct pack *pack;
	struct frame_id id;
	struct table *tables[32];
	unsigned table_count;
	struct join_only *only; /* or NULL */
};

/* A table of those rows "kind column=text;..." that are of the kind. */
static void put_table(struct county *c, const struct kind *k, const char *const *rows)
{
	struct table_writer *w;
	struct arena arena = { 0 };
	struct err err;
	char path[1024];
	snprintf(path, sizeof path, "%s/%.*s.table", c->dir, STR_ARG(k->name));
	assert_int_equal(table_create(&w, path, k, &c->id, &err), 0);
	for (uint32_t line = 2; *rows; rows++, line++) {
		const char *blank = strchr(*rows, ' ');
		if (!str_eq((struct str){ *rows, (size_t)(blank - *rows) }, k->name))
			continue;
		struct row r = rows_make(&arena, k, line, blank + 1);
		assert_int_equal(table_put(w, r.fixed, r.texts, row_texts_size(k, r), &err), 0);
	}
	json_t *meta = json_pack("{s:s#, s:[]}", "kind", k->name.p, (int)k->name.n, "files");
	assert_int_equal(table_commit(w, meta, &err), 0);
	json_decref(meta);
	assert_int_equal(table_open(&c->tables[c->table_count++], path, c->schema, &c->id, &err), 0);
	arena_release(&arena);
}

static void county_make(struct county *c, const char *dir, const char *const *rows)
{
	static const char *const kinds[] = { "registry", "hukou", "civil", "death", "marriage", "housing", "vehicle" };
	struct err err = { 0 };
	*c = (struct county){ .dir = dir };
	assert_int_equal(schema_load(&c->schema, SCHEMAS, NULL, &err), 0);
	if (pack_load(&c->pack, DEFAULT_PACK, c->schema, ROWS_AS_OF, &err) < 0)
		fail_msg("%s", err.text);
	frame_id_make(&c->id, c->schema->hash, ROWS_AS_OF, "");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		put_table(c, schema_kind(c->schema, str_of(kinds[i])), rows);
}

static void county_free(struct county *c)
{
	for (unsigned i = 0; i < c->table_count; i++)
		table_close(c->tables[i]);
	pack_free(c->pack);
	schema_free(c->schema);
}

static struct frame *join(struct county *c, unsigned partitions)
{
	const char *path = scratch_path(c->dir, "dossiers");
	struct join_job job = { .pack = c->pack, .tables = c->tables, .table_count = c->table_count, .partitions = partitions, .threads = 2,
		.path = path, .id = c->id, .only = c->only };
	struct frame *f = NULL; /* fail_msg does not come back */
	struct err err = { 0 };
	if (join_run(&job, &err) < 0 || frame_open(&f, path, FRAME_DOSSIER, &c->id, &err) < 0)
		fail_msg("%s", err.text);
	return f;
}

/* A dossier as its people: principal ones as capitals, others small; then '*' for each that may be registered. */
static size_t spell(const struct dossier *d, char *out)
{
	size_t n = 0;
	for (int principal = 1; principal >= 0; principal--)
		for (char letter = 'A'; letter <= 'Z'; letter++) {
			uint32_t p = dossier_person(d, rows_key(letter));
			if (p != NONE && (d->persons[p].flags & PERSON_PRINCIPAL) == principal)
				out[n++] = principal ? letter : (char)(letter - 'A' + 'a');
		}
	out[n] = 0;
	return n;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* All dossiers, in the order of their texts: "AB CDe". */
static const char *dossiers(struct county *c, unsigned partitions)
{
	static char text[1024];
	char each[32][32];
	size_t n = 0, at = 0;
	struct frame *f = join(c, partitions);
	struct frame_scan scan = { f };
	struct frame_block block;
	struct dossier d = { .pack = c->pack };
	struct err err;
	while (frame_next(&scan, &block, &err) == ITER_ROW)
		for (const uint8_t *p = block.p; block.tag == TAG_DOSSIERS && p < block.p + block.n;) {
			assert_int_equal(dossier_decode(&d, &p, block.p + block.n), 0);
			spell(&d, each[n++]);
		}
	qsort(each, n, sizeof *each, by_text);
	text[0] = 0;
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", i ? " " : "", each[i]);
	dossier_release(&d);
	frame_scan_release(&scan);
	frame_close(f);
	return text;
}

/* "kept looked_at not_wanted" of a kind, by the file's META. */
static const char *fate(struct county *c, const char *kind)
{
	static char text[64];
	struct frame *f = join(c, 1);
	struct frame_scan scan = { f };
	struct frame_block block;
	struct err err;
	json_t *meta = NULL;
	while (frame_next(&scan, &block, &err) == ITER_ROW)
		if (block.tag == TAG_META)
			meta = json_loadb((const char *)block.p, block.n, 0, NULL);
	json_t *k = json_object_get(json_object_get(meta, "kinds"), kind);
	snprintf(text, sizeof text, "%lld %lld %lld", (long long)json_integer_value(json_object_get(k, "kept")),
	         (long long)json_integer_value(json_object_get(k, "looked_at")), (long long)json_integer_value(json_object_get(k, "not_wanted")));
	json_decref(meta);
	frame_scan_release(&scan);
	frame_close(f);
	return text;
}

#define ROWS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void assert_dossiers(void **state, const char *want, const char *const *rows)
{
	static const unsigned partitions[] = { 0, 1, 2, 7, 64 };
	struct county c;
	county_make(&c, *state, rows);
	for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++)
		assert_string_equal(dossiers(&c, partitions[i]), want);
	county_free(&c);
}

/* The dossiers of a join of the unit alone, and "-" and the unit's sorts that there are, a letter each. */
static const char *only(struct county *c, const char *unit_no)
{
	static char text[1100];
	struct join_only one = { str_of(unit_no), (1u << UNIT_COUNT) - 1, 0 };
	c->only = &one;
	const char *there = dossiers(c, 1);
	snprintf(text, sizeof text, "%s-%s%s%s%s", there, one.found >> UNIT_REGISTER & 1 ? "R" : "", one.found >> UNIT_HOUSEHOLD & 1 ? "H" : "",
	         one.found >> UNIT_PERSON & 1 ? "P" : "", one.found >> UNIT_VILLAGE & 1 ? "V" : "");
	c->only = NULL;
	return text;
}

/* ---- tests -------------------------------------------------------------------------------------------------------------- */

static void a_household_without_an_event_stays_behind(void **state)
{
	assert_dossiers(state, "AB", ROWS(
		"registry household_no=01;id=A;status=未脱贫;region=500901001201",
		"hukou id=A;household_no=1;type=农业;region=500901001201", "hukou id=B;household_no=1;type=农业;region=500901001201",
		"hukou id=C;household_no=2;type=农业;region=500901001201", "vehicle id=C;type=轿车"));
}

/* Numbers of the usual length, long ones, and such as differ in their first or last digit alone. */
static void neighbours_whose_numbers_differ_in_one_digit_are_two_households(void **state)
{
	static const char *const pairs[][2] = { { "100000000", "100000001" }, { "100000000", "200000000" },
		{ "1000000000000000", "1000000000000001" }, { "10000000000000000000", "10000000000000000001" } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char with_a[200], with_b[200], with_c[200];
		snprintf(with_a, sizeof with_a, "hukou id=A;household_no=%s;type=农业;region=500901001201", pairs[i][0]);
		snprintf(with_b, sizeof with_b, "hukou id=B;household_no=%s;type=农业;region=500901001201", pairs[i][0]);
		snprintf(with_c, sizeof with_c, "hukou id=C;household_no=%s;type=农业;region=500901001201", pairs[i][1]);
		assert_dossiers(state, "AB", ROWS("registry household_no=01;id=A;status=未脱贫;region=500901001201", with_a, with_b, with_c));
	}
}

static void an_event_brings_the_whole_household(void **state)
{
	assert_dossiers(state, "AB C", ROWS(
		"hukou id=A;household_no=1;type=农业;region=500901001201", "hukou id=B;household_no=1;type=农业;region=500901001201",
		"civil id=A;aid=农村低保", "civil id=C;aid=农村低保"));
}

static void registers_and_households_with_common_people_are_one_dossier(void **state)
{
	assert_dossiers(state, "ABCDE F", ROWS(
		"registry household_no=01;id=A;status=未脱贫;region=500901001201", "registry household_no=01;id=B;status=未脱贫;region=500901001201",
		"registry household_no=02;id=B;status=未脱贫;region=500901001201", "registry household_no=02;id=C;status=未脱贫;region=500901001201",
		"registry household_no=03;id=F;status=未脱贫;region=500901001201",
		"hukou id=C;household_no=1;type=农业;region=500901001201", "hukou id=D;household_no=1;type=农业;region=500901001201",
		"hukou id=D;household_no=2;type=农业;region=500901001201", "hukou id=E;household_no=1;type=农业;region=500901001201",
		"hukou id=F;household_no=1;type=农业;region=500902001201"));
}

/* I is an elder who split off from the household of D; E split off from that of I. */
static void people_of_a_split_household_are_looked_at_not_screened(void **state)
{
	assert_dossiers(state, "Ide", ROWS(
		"registry household_no=01;id=I;status=未脱贫;region=500901001201",
		"hukou id=I;household_no=2;type=农业;region=500901001201;split_on=2015-01-01;split_from=1",
		"hukou id=D;household_no=1;type=农业;region=500901001201",
		"hukou id=E;household_no=3;type=农业;region=500901001201;split_on=2016-01-01;split_from=2",
		"vehicle id=D;type=轿车"));
}

static void who_is_looked_at_in_one_dossier_is_screened_in_his_own(void **state)
{
	assert_dossiers(state, "Di Id", ROWS(
		"registry household_no=01;id=I;status=未脱贫;region=500901001201",
		"hukou id=I;household_no=2;type=农业;region=500901001201;split_on=2015-01-01;split_from=1",
		"hukou id=D;household_no=1;type=农业;region=500901001201",
		"civil id=D;aid=农村低保"));
}

static void partners_of_the_registered_are_looked_at(void **state)
{
	assert_dossiers(state, "Ab", ROWS(
		"registry household_no=01;id=A;status=未脱贫;region=500901001201",
		"hukou id=A;household_no=1;type=农业;region=500901001201", "hukou id=B;household_no=2;type=农业;region=500901001201",
		"hukou id=C;household_no=3;type=农业;region=500901001201",
		"marriage id_a=A;id_b=B;event=离婚;on=2015-01-01", "marriage id_a=C;id_b=D;event=离婚;on=2015-01-01"));
}

static void a_collective_household_ties_nobody(void **state)
{
	assert_dossiers(state, "A B", ROWS(
		"registry household_no=01;id=A;status=未脱贫;region=500901001201",
		"hukou id=A;household_no=1;type=集体户;region=500901001201", "hukou id=B;household_no=1;type=集体户;region=500901001201",
		"hukou id=C;household_no=1;type=集体户;region=500901001201",
		"civil id=B;aid=农村低保"));
}

static void every_row_is_kept_looked_at_or_counted_as_not_wanted(void **state)
{
	struct county c;
	county_make(&c, *state, ROWS(
		"registry household_no=01;id=I;status=未脱贫;region=500901001201",
		"hukou id=I;household_no=2;type=农业;region=500901001201;split_on=2015-01-01;split_from=1",
		"hukou id=D;household_no=1;type=农业;region=500901001201",
		"hukou id=E;household_no=9;type=农业;region=500901001201",
		"vehicle id=I;type=轿车", "vehicle id=D;type=轿车", "vehicle id=E;type=轿车", "vehicle id=F;type=轿车"));
	assert_string_equal(fate(&c, "registry"), "1 0 0");
	assert_string_equal(fate(&c, "hukou"), "1 1 1");
	assert_string_equal(fate(&c, "vehicle"), "1 1 2");
	assert_string_equal(fate(&c, "housing"), "0 0 0");
	county_free(&c);
}

static void an_empty_county_joins(void **state)
{
	assert_dossiers(state, "", (const char *const[]){ NULL });
}

static void a_join_of_one_unit_writes_its_dossier_alone(void **state)
{
	struct county c;
	char id[ID_TEXT + 1] = "";
	county_make(&c, *state, ROWS(
		"registry household_no=01;id=A;status=未脱贫;region=500901001201", "registry household_no=02;id=I;status=未脱贫;region=500901001201",
		"hukou id=A;household_no=1;type=农业;region=500901001201", "hukou id=B;household_no=1;type=农业;region=500901001201",
		"hukou id=C;household_no=2;type=农业;region=500901001201", "hukou id=D;household_no=2;type=农业;region=500901001201",
		"hukou id=E;household_no=3;type=农业;region=500901001201;split_on=2015-01-01;split_from=2", "vehicle id=F;type=轿车",
		"hukou id=G;household_no=4;type=集体户;region=500901001202"));
	assert_string_equal(dossiers(&c, 1), "AB I");
	assert_string_equal(only(&c, "01"), "AB-R");
	assert_string_equal(only(&c, "500901-1"), "AB-H");
	assert_string_equal(only(&c, "500901-2"), "CDe-H");
	id_print(rows_key('D'), id);
	assert_string_equal(only(&c, id), "CDe-P");
	id_print(rows_key('F'), id);
	assert_string_equal(only(&c, id), "F-P");
	id_print(rows_key('H'), id);
	assert_string_equal(only(&c, id), "H-");
	assert_string_equal(only(&c, "500901-4"), "-H");
	assert_string_equal(only(&c, "500901001201"), "-V");
	assert_string_equal(only(&c, "03"), "-");
	assert_string_equal(only(&c, "500902-1"), "-");
	county_free(&c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_household_without_an_event_stays_behind),
		TEST(neighbours_whose_numbers_differ_in_one_digit_are_two_households),
		TEST(an_event_brings_the_whole_household),
		TEST(registers_and_households_with_common_people_are_one_dossier),
		TEST(people_of_a_split_household_are_looked_at_not_screened),
		TEST(who_is_looked_at_in_one_dossier_is_screened_in_his_own),
		TEST(partners_of_the_registered_are_looked_at),
		TEST(a_collective_household_ties_nobody),
		TEST(every_row_is_kept_looked_at_or_counted_as_not_wanted),
		TEST(an_empty_county_joins),
		TEST(a_join_of_one_unit_writes_its_dossier_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
