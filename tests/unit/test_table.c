/* A table gives back the rows that were put, equal ones once, and knows who has several. */
#include "rows.h"
#include "table/table.h"

struct fixture {
	char *dir;
	struct schema *schema;
	const struct kind *civil;
	struct arena arena;
	struct frame_id id;
	struct table_writer *writer;
};

static struct fixture *fixture_of(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);
	struct err err;
	f->dir = *state;
	assert_int_equal(schema_load(&f->schema, SCHEMAS, NULL, &err), 0);
	f->civil = schema_kind(f->schema, STR("civil"));
	frame_id_make(&f->id, f->schema->hash, ROWS_AS_OF, "");
	assert_int_equal(table_create(&f->writer, scratch_path(f->dir, "civil.table"), f->civil, &f->id, &err), 0);
	return f;
}

static void fixture_free(struct fixture *f)
{
	arena_release(&f->arena);
	schema_free(f->schema);
	free(f);
}

static void put(struct fixture *f, uint32_t line, const char *cells)
{
	struct err err;
	struct row r = rows_make(&f->arena, f->civil, line, cells);
	assert_int_equal(table_put(f->writer, r.fixed, r.texts, row_texts_size(f->civil, r), &err), 0);
}

static struct table *commit_kind(struct fixture *f, const char *kind)
{
	struct table *t;
	struct err err;
	json_t *meta = json_pack("{s:s}", "kind", kind);
	assert_int_equal(table_commit(f->writer, meta, &err), 0);
	json_decref(meta);
	assert_int_equal(table_open(&t, scratch_path(f->dir, "civil.table"), f->schema, &f->id, &err), 0);
	return t;
}

static struct table *commit(struct fixture *f)
{
	return commit_kind(f, "civil");
}

/* The lines of the rows that a scan gives, as "1 2 5". */
static const char *lines_of(const struct table *t)
{
	static char text[4096];
	struct table_scan scan;
	struct row r;
	uint32_t ordinal;
	struct err err;
	size_t n = 0;
	text[0] = 0;
	table_scan_init(&scan, t);
	enum iter got;
	while ((got = table_next(&scan, &r, &ordinal, &err)) == ITER_ROW)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%u", n ? " " : "", row_line(r));
	assert_int_equal(got, ITER_END);
	table_scan_release(&scan);
	return text;
}

static void values_come_back_as_they_were_put(void **state)
{
	struct fixture *f = fixture_of(state);
	put(f, 7, "id=A~;name=向甲;aid=农村低保;started_on=2016-02-29;amount=320.5;region=500901001201");
	struct table *t = commit(f);
	struct table_scan scan;
	struct row r;
	uint32_t ordinal;
	struct err err;
	table_scan_init(&scan, t);
	assert_int_equal(table_next(&scan, &r, &ordinal, &err), ITER_ROW);
	assert_int_equal(row_line(r), 7);
	assert_true((uint64_t)row_number(r, &f->civil->columns[f->civil->ids[0]]) == (rows_key('A') | ID_WEAK));
	assert_true(str_eq(row_text(f->civil, r, &f->civil->columns[f->civil->name_column]), STR("向甲")));
	assert_int_equal(row_number(r, &f->civil->columns[kind_column(f->civil, STR("amount"))]), 32050);
	assert_int_equal(row_number(r, &f->civil->columns[kind_column(f->civil, STR("started_on"))]), day_of(2016, 2, 29));
	table_scan_release(&scan);
	table_close(t);
	fixture_free(f);
}

static void texts_of_any_size_come_back(void **state)
{
	static const int sizes[] = { 1, 2, 254, 255, 256, 70000 };
	enum { SIZES = sizeof sizes / sizeof *sizes };
	struct fixture *f = fixture_of(state);
	const struct kind *k = schema_kind(f->schema, STR("business")); /* name, and company behind it */
	struct err err;
	struct buf cells = { 0 };
	table_abort(f->writer);
	assert_int_equal(table_create(&f->writer, scratch_path(f->dir, "civil.table"), k, &f->id, &err), 0);
	for (int i = 0; i < SIZES; i++) {
		cells.n = 0;
		buf_printf(&cells, "id=A;role=法人;name=%0*d;company=%0*d", sizes[i], 7, sizes[SIZES - 1 - i], 8);
		struct row r = rows_make(&f->arena, k, (uint32_t)i, cells.p);
		assert_int_equal(table_put(f->writer, r.fixed, r.texts, row_texts_size(k, r), &err), 0);
	}
	struct table *t = commit_kind(f, "business");
	struct table_scan scan;
	struct row r;
	uint32_t ordinal;
	table_scan_init(&scan, t);
	for (int i = 0; i < SIZES; i++) {
		assert_int_equal(table_next(&scan, &r, &ordinal, &err), ITER_ROW);
		struct str name = row_text(k, r, &k->columns[k->name_column]), company = row_text(k, r, &k->columns[kind_column(k, STR("company"))]);
		assert_int_equal(name.n, sizes[i]);
		assert_int_equal(name.p[name.n - 1], '7');
		assert_int_equal(company.n, sizes[SIZES - 1 - i]);
		assert_int_equal(company.p[company.n - 1], '8');
	}
	table_scan_release(&scan);
	table_close(t);
	buf_release(&cells);
	fixture_free(f);
}

static void equal_rows_are_given_once(void **state)
{
	struct fixture *f = fixture_of(state);
	const uint32_t *duplicates;
	size_t count;
	struct err err;
	put(f, 2, "id=A;aid=农村低保");
	put(f, 3, "id=A;aid=农村低保;state=正常");   /* the same: an empty state is active */
	put(f, 4, "id=A;aid=农村低保;name=向甲");
	put(f, 5, "id=B;aid=农村低保");
	put(f, 6, "id=A~;aid=农村低保");              /* how an id was written is no value */
	put(f, 7, "id=A;aid=农村低保;name=向甲");
	assert_int_equal(table_duplicates(f->writer, &duplicates, &count, &err), 0);
	assert_int_equal(count, 3);
	assert_int_equal(duplicates[0], 1);
	assert_int_equal(duplicates[1], 4);
	assert_int_equal(duplicates[2], 5);
	struct table *t = commit(f);
	assert_string_equal(lines_of(t), "2 4 5");
	assert_int_equal(t->rows, 3);
	table_close(t);
	fixture_free(f);
}

static void who_has_several_rows_is_known_by_the_rows_that_count(void **state)
{
	struct fixture *f = fixture_of(state);
	put(f, 2, "id=C;aid=农村低保");
	put(f, 3, "id=A;aid=农村低保");
	put(f, 4, "id=A;aid=城市低保");
	put(f, 5, "id=C;aid=农村低保");               /* a duplicate: C has one row */
	put(f, 6, "id=B;aid=农村低保");
	put(f, 7, "id=B;aid=农村低保;name=田乙");
	struct table *t = commit(f);
	assert_int_equal(t->repeated_count, 2);
	assert_true(t->repeated[0] == rows_key('A'));
	assert_true(t->repeated[1] == rows_key('B'));
	table_close(t);
	fixture_free(f);
}

static void many_rows_are_compared_as_few(void **state)
{
	struct fixture *f = fixture_of(state);
	char cells[200];
	for (uint32_t i = 0; i < 60000; i++) {
		snprintf(cells, sizeof cells, "id=%c;aid=农村低保;amount=%u;name=somebody", 'A' + (int)(i % 26), i % 26000);
		put(f, i, cells);
		if (f->arena.total > 1 << 20)
			arena_reset(&f->arena);
	}
	struct table *t = commit(f);
	assert_int_equal(t->rows, 26000);
	assert_int_equal(t->duplicate_count, 34000);
	assert_int_equal(t->duplicates[0], 26000);
	assert_int_equal(t->repeated_count, 26);
	table_close(t);
	fixture_free(f);
}

/* Every third row is one that was there: 30,000 of 90,000. */
static void duplicates_are_the_same_in_any_memory(void **state)
{
	for (uint64_t memory = 0; memory < 2; memory++) { /* as much as is good; the least */
		struct fixture *f = fixture_of(state);
		struct row r = rows_make(&f->arena, f->civil, 1, "id=A;aid=农村低保");
		uint8_t fixed[512];
		struct err err;
		memcpy(fixed, r.fixed, f->civil->stride);
		table_expect(f->writer, 90000, memory);
		for (uint32_t i = 0; i < 90000; i++) {
			le64_put(fixed + f->civil->columns[f->civil->ids[0]].offset, 1 + (i % 3 == 2 ? i - 1 : i));
			assert_int_equal(table_put(f->writer, fixed, r.texts, row_texts_size(f->civil, r), &err), 0);
		}
		struct table *t = commit(f);
		assert_int_equal(t->duplicate_count, 30000);
		for (uint32_t i = 0; i < 30000; i++)
			assert_int_equal(t->duplicates[i], 3 * i + 2);
		assert_int_equal(t->repeated_count, 0);
		table_close(t);
		fixture_free(f);
	}
}

/* What a pass over some blocks gives, added to sum; the ordinals have to go on from *ordinal upwards. */
static void add_lines(struct table_scan *s, int64_t *ordinal, uint64_t *sum, uint64_t *rows)
{
	struct row r;
	uint32_t now;
	struct err err;
	enum iter got;
	while ((got = table_next(s, &r, &now, &err)) == ITER_ROW) {
		assert_true(now > *ordinal);
		assert_int_equal(row_line(r), now + 2);
		*ordinal = now;
		*sum += row_line(r);
		++*rows;
	}
	assert_int_equal(got, ITER_END);
	table_scan_release(s);
}

static void parts_of_a_table_give_its_rows_together(void **state)
{
	struct fixture *f = fixture_of(state);
	char cells[200];
	for (uint32_t i = 0; i < 60000; i++) {
		snprintf(cells, sizeof cells, "id=%c;aid=农村低保;amount=%u;name=somebody", 'A' + (int)(i % 26), i % 50000);
		put(f, i + 2, cells);
		if (f->arena.total > 1 << 20)
			arena_reset(&f->arena);
	}
	struct table *t = commit(f);
	uint64_t want = 0, want_rows = 0;
	int64_t last = -1;
	struct table_scan scan;
	assert_true(t->block_count > 2);
	table_scan_init(&scan, t);
	add_lines(&scan, &last, &want, &want_rows);
	assert_int_equal(want_rows, t->rows);
	for (size_t cut = 0; cut <= t->block_count; cut++) {
		uint64_t sum = 0, rows = 0;
		last = -1;
		table_scan_blocks(&scan, t, 0, cut);
		add_lines(&scan, &last, &sum, &rows);
		table_scan_blocks(&scan, t, cut, t->block_count);
		add_lines(&scan, &last, &sum, &rows);
		assert_int_equal(sum, want);
		assert_int_equal(rows, want_rows);
	}
	table_close(t);
	fixture_free(f);
}

/* Rows 0 to 11 of one kind, some equal, some of one person. */
static void put_some(struct fixture *f, struct table_writer *w, uint32_t from, uint32_t to, uint16_t file)
{
	static const char *const cells[] = {
		"id=A;aid=农村低保", "id=B;aid=农村低保;name=田乙", "id=A;aid=农村低保", "id=C;aid=农村低保", "id=D;aid=农村低保", "id=D;aid=城市低保",
		"id=B;aid=城市低保", "id=A~;aid=农村低保", "id=C;aid=农村低保", "id=C;aid=农村低保", "id=E;aid=农村低保", "id=B;aid=城市低保",
	};
	struct err err;
	for (uint32_t i = from; i < to; i++) {
		struct row r = rows_make(&f->arena, f->civil, i, cells[i]);
		le16_put((uint8_t *)r.fixed + 4, file);
		assert_int_equal(table_put(w, r.fixed, r.texts, row_texts_size(f->civil, r), &err), 0);
	}
}

static struct table *commit_part(struct fixture *f, const char *name, uint32_t from, uint32_t to)
{
	struct table_writer *w;
	struct table *t;
	struct err err;
	json_t *meta = json_pack("{s:s}", "kind", "civil");
	assert_int_equal(table_create(&w, scratch_path(f->dir, name), f->civil, &f->id, &err), 0);
	put_some(f, w, from, to, 0);
	assert_int_equal(table_commit(w, meta, &err), 0);
	assert_int_equal(table_open(&t, scratch_path(f->dir, name), f->schema, &f->id, &err), 0);
	json_decref(meta);
	return t;
}

static void assert_same_rows(const struct table *a, const struct table *b)
{
	struct table_scan sa, sb;
	struct row ra, rb;
	uint32_t oa, ob;
	struct err err;
	table_scan_init(&sa, a);
	table_scan_init(&sb, b);
	while (table_next(&sa, &ra, &oa, &err) == ITER_ROW) {
		assert_int_equal(table_next(&sb, &rb, &ob, &err), ITER_ROW);
		assert_int_equal(oa, ob);
		assert_memory_equal(ra.fixed, rb.fixed, a->kind->stride);
		assert_memory_equal(ra.texts, rb.texts, row_texts_size(a->kind, ra));
	}
	assert_int_equal(table_next(&sb, &rb, &ob, &err), ITER_END);
	table_scan_release(&sa);
	table_scan_release(&sb);
}

static void a_table_of_parts_is_the_table_of_all_rows(void **state)
{
	for (uint32_t first = 0; first <= 12; first++)
		for (uint32_t second = first; second <= 12; second++) {
			struct fixture *f = fixture_of(state);
			struct err err;
			put_some(f, f->writer, 0, first, 0);
			put_some(f, f->writer, first, second, 1);
			put_some(f, f->writer, second, 12, 2);
			struct table *whole = commit(f), *parts[] = {
				commit_part(f, "1.table", 0, first), commit_part(f, "2.table", first, second), commit_part(f, "3.table", second, 12) };
			assert_int_equal(table_create(&f->writer, scratch_path(f->dir, "civil.table"), f->civil, &f->id, &err), 0);
			for (int i = 0; i < 3; i++)
				assert_int_equal(table_put_part(f->writer, parts[i], &err), 0);
			struct table *t = commit(f);
			assert_int_equal(t->rows, whole->rows);
			assert_memory_equal(&t->frame->sum, &whole->frame->sum, sizeof whole->frame->sum);
			assert_int_equal(t->duplicate_count, whole->duplicate_count);
			assert_memory_equal(t->duplicates, whole->duplicates, 4 * whole->duplicate_count);
			assert_int_equal(t->repeated_count, whole->repeated_count);
			assert_memory_equal(t->repeated, whole->repeated, 8 * whole->repeated_count);
			assert_same_rows(t, whole);
			for (int i = 0; i < 3; i++)
				table_close(parts[i]);
			table_close(whole);
			table_close(t);
			fixture_free(f);
		}
}

static void a_part_that_was_made_again_is_refused(void **state)
{
	struct fixture *f = fixture_of(state);
	struct err err;
	struct table *t, *part = commit_part(f, "1.table", 0, 5);
	assert_int_equal(table_put_part(f->writer, part, &err), 0);
	table_close(commit(f));
	table_close(part);
	table_close(commit_part(f, "1.table", 1, 6));
	assert_int_equal(table_open(&t, scratch_path(f->dir, "civil.table"), f->schema, &f->id, &err), -1);
	assert_int_equal(err.status, STATUS_DATA);
	assert_non_null(strstr(err.text, "is not the part that its table was made of"));
	fixture_free(f);
}

static void refused_members_stand_beside_the_rows(void **state)
{
	struct fixture *f = fixture_of(state);
	put(f, 2, "id=A;aid=农村低保");
	table_refuse(f->writer, STR("01"), STR("田乙"), 500901001201, STR("50090119600101"));
	table_refuse(f->writer, STR("02"), STR(""), VALUE_NULL, STR(""));
	struct table *t = commit(f);
	assert_int_equal(t->refused_count, 2);
	assert_true(str_eq(t->refused[0].household_no, STR("01")));
	assert_true(str_eq(t->refused[0].cleaned_id, STR("50090119600101")));
	assert_int_equal(t->refused[0].region, 500901001201);
	assert_true(t->refused[1].region == VALUE_NULL);
	assert_string_equal(lines_of(t), "2");
	table_close(t);
	fixture_free(f);
}

static void a_table_without_rows_is_a_table(void **state)
{
	struct fixture *f = fixture_of(state);
	struct table *t = commit(f);
	assert_string_equal(lines_of(t), "");
	assert_int_equal(t->rows, 0);
	assert_ptr_equal(t->kind, f->civil);
	table_close(t);
	fixture_free(f);
}

static void an_aborted_table_leaves_nothing(void **state)
{
	struct fixture *f = fixture_of(state);
	put(f, 2, "id=A;aid=农村低保");
	table_abort(f->writer);
	table_abort(NULL);
	assert_int_equal(scratch_count(f->dir), 0);
	fixture_free(f);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_come_back_as_they_were_put),
		TEST(texts_of_any_size_come_back),
		TEST(equal_rows_are_given_once),
		TEST(who_has_several_rows_is_known_by_the_rows_that_count),
		TEST(many_rows_are_compared_as_few),
		TEST(duplicates_are_the_same_in_any_memory),
		TEST(parts_of_a_table_give_its_rows_together),
		TEST(a_table_of_parts_is_the_table_of_all_rows),
		TEST(a_part_that_was_made_again_is_refused),
		TEST(refused_members_stand_beside_the_rows),
		TEST(a_table_without_rows_is_a_table),
		TEST(an_aborted_table_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
