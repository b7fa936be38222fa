/* Invented extracts: the same for the same options, the right people, and never what stops a run. */
#include "gen/gen.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* cmocka.h needs those above before it */
#include <cmocka.h>

struct fixture {
	struct schema *schema;
	char a[32], b[32]; /* two empty folders */
};

static int set_up(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);
	struct err err;
	strcpy(f->a, "/tmp/bidui-gen-a-XXXXXX");
	strcpy(f->b, "/tmp/bidui-gen-b-XXXXXX");
	*state = f;
	return schema_load(&f->schema, SCHEMAS, NULL, &err) < 0 || !mkdtemp(f->a) || !mkdtemp(f->b) ? -1 : 0;
}

static void remove_folder(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[512];
	while (d && (e = readdir(d))) {
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		unlink(path);
	}
	closedir(d);
	rmdir(dir);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	remove_folder(f->a);
	remove_folder(f->b);
	schema_free(f->schema);
	free(f);
	return 0;
}

static struct buf read_all(const char *dir, const char *name)
{
	char path[512];
	struct buf b = { 0 };
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("no %s", path);
	for (size_t n = 1; n; b.n += n) {
		buf_reserve(&b, 1 << 16);
		n = fread(b.p + b.n, 1, 1 << 16, f);
	}
	fclose(f);
	return b;
}

static struct gen_count make(const struct fixture *f, const char *dir, struct gen_options o)
{
	struct gen_count count;
	struct err err;
	o.schema = f->schema;
	o.out = dir;
	if (gen_run(&o, &count, &err) < 0)
		fail_msg("%s", err.text);
	return count;
}

static void assert_same_folders(const char *a, const char *b)
{
	DIR *d = opendir(a);
	struct dirent *e;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		struct buf x = read_all(a, e->d_name), y = read_all(b, e->d_name);
		assert_int_equal(x.n, y.n);
		assert_memory_equal(x.p, y.p, x.n);
		buf_release(&x);
		buf_release(&y);
	}
	closedir(d);
}

static void same_options_give_the_same_bytes(void **state)
{
	const struct fixture *f = *state;
	struct gen_options o = { .persons = 5000, .seed = 7, .dirty = 0.05, .mixed = true };
	struct gen_count one = make(f, f->a, o), two = make(f, f->b, o);
	assert_int_equal(one.rows, two.rows);
	assert_int_equal(one.files, 28);
	assert_same_folders(f->a, f->b);
}

static void another_seed_gives_other_people(void **state)
{
	const struct fixture *f = *state;
	make(f, f->a, (struct gen_options){ .persons = 500, .seed = 1 });
	make(f, f->b, (struct gen_options){ .persons = 500, .seed = 2 });
	struct buf x = read_all(f->a, "hukou.csv"), y = read_all(f->b, "hukou.csv");
	assert_true(x.n != y.n || memcmp(x.p, y.p, x.n) != 0);
	buf_release(&x);
	buf_release(&y);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* The ids in column `column` of a plain extract, sorted; each has to be valid. */
static size_t ids_of(const struct fixture *f, const char *name, int column, uint64_t *ret, size_t room)
{
	static const struct column id = { .type = TYPE_ID, .bold = true };
	struct buf b = read_all(f->a, name);
	buf_putc(&b, 0);
	size_t n = 0;
	char *save, *line = strtok_r(b.p, "\n", &save);
	while ((line = strtok_r(NULL, "\n", &save))) {
		for (int i = 0; i < column; i++)
			line = strchr(line, ',') + 1;
		int64_t v;
		assert_true(n < room);
		assert_int_equal(column_parse(&id, (struct str){ line, strcspn(line, ",") }, 43063, &v), 0);
		ret[n++] = (uint64_t)v;
	}
	buf_release(&b);
	qsort(ret, n, sizeof *ret, by_value);
	return n;
}

static void people_have_valid_numbers_of_their_own(void **state)
{
	enum { PERSONS = 30000, ROOM = 40000 };
	const struct fixture *f = *state;
	uint64_t *ids = mem_alloc(ROOM * sizeof *ids);
	make(f, f->a, (struct gen_options){ .persons = PERSONS, .slice = true });
	size_t rows = ids_of(f, "hukou.csv", 2, ids, ROOM), people = 0;
	for (size_t i = 0; i < rows; i++)
		people += i == 0 || ids[i] != ids[i - 1];
	assert_int_equal(people, PERSONS);
	assert_in_range(rows, PERSONS, PERSONS + PERSONS / 50); /* some have two rows */
	free(ids);
}

static void shares_are_those_of_a_county(void **state)
{
	const struct fixture *f = *state;
	uint64_t *ids = mem_alloc(200000 * sizeof *ids);
	make(f, f->a, (struct gen_options){ .persons = 100000, .slice = true });
	assert_in_range(ids_of(f, "registry.csv", 3, ids, 200000), 3500, 6500);
	assert_in_range(ids_of(f, "vehicle.csv", 0, ids, 200000), 10000, 14000);
	assert_in_range(ids_of(f, "property.csv", 0, ids, 200000), 7000, 9000);
	assert_in_range(ids_of(f, "death.csv", 0, ids, 200000), 700, 1300);
	free(ids);
}

static void one_person_is_enough(void **state)
{
	const struct fixture *f = *state;
	struct gen_count count = make(f, f->a, (struct gen_options){ .persons = 1, .mixed = true });
	assert_int_equal(count.files, 28);
}

static void impossible_options_are_wrong_use(void **state)
{
	const struct fixture *f = *state;
	const struct gen_options wrong[] = { { .persons = 0 }, { .persons = GEN_PERSONS_MAX + 1 }, { .persons = 1, .dirty = 0.16 },
		{ .persons = 1, .dirty = -0.1 }, { .persons = 1, .dirty = 0.0 / 0.0 } };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct gen_options o = wrong[i];
		struct gen_count count;
		struct err err = { 0 };
		o.schema = f->schema;
		o.out = f->a;
		assert_int_equal(gen_run(&o, &count, &err), -1);
		assert_int_equal(err.status, STATUS_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(same_options_give_the_same_bytes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_seed_gives_other_people, set_up, tear_down),
		cmocka_unit_test_setup_teardown(people_have_valid_numbers_of_their_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shares_are_those_of_a_county, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_person_is_enough, set_up, tear_down),
		cmocka_unit_test_setup_teardown(impossible_options_are_wrong_use, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
