/* Counts are sums: any order and any share of the work gives the same; and a broken file is refused. */
#include "figure/figure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka.h needs those above before it */
#include <cmocka.h>

static void add(struct figures *f, const char *name, enum figure_level level, uint64_t region, int64_t count)
{
	figure_add(f, figure_name(f, str_of(name)), level, region, count);
}

/* Ten thousand counts, added in a stride. */
static void fill(struct figures *f, unsigned from, unsigned step)
{
	char name[32];
	for (unsigned i = from; i < 10000; i += step) {
		snprintf(name, sizeof name, "figure.%u", i % 37);
		add(f, name, (enum figure_level)(i % FIGURE_LEVELS), 500901000000 + i % 501, i % 7);
	}
}

static void assert_same(const struct figures *a, const struct figures *b)
{
	char name[32];
	for (unsigned k = 0; k < 37; k++)
		for (uint64_t region = 500901000000; region < 500901000501; region++)
			for (int level = 0; level < FIGURE_LEVELS; level++) {
				snprintf(name, sizeof name, "figure.%u", k);
				assert_int_equal(figure_get(a, name, level, region), figure_get(b, name, level, region));
			}
}

static void counts_of_one_name_level_and_region_add_up(void **state)
{
	struct figures f = { 0 };
	(void)state;
	add(&f, "a", FIGURE_ALL, 0, 2);
	add(&f, "a", FIGURE_ALL, 0, 3);
	add(&f, "a", FIGURE_COUNTY, 500901, 7);
	add(&f, "b", FIGURE_ALL, 0, 1);
	add(&f, "b", FIGURE_ALL, 0, -1);
	assert_int_equal(figure_get(&f, "a", FIGURE_ALL, 0), 5);
	assert_int_equal(figure_get(&f, "a", FIGURE_COUNTY, 500901), 7);
	assert_int_equal(figure_get(&f, "a", FIGURE_TOWNSHIP, 500901), 0);
	assert_int_equal(figure_get(&f, "b", FIGURE_ALL, 0), 0);
	assert_int_equal(figure_get(&f, "c", FIGURE_ALL, 0), 0);
	assert_int_equal(figure_name(&f, STR("a")), figure_name(&f, STR("a")));
	figures_release(&f);
}

static void parts_merged_in_any_order_are_the_whole(void **state)
{
	struct figures whole = { 0 }, parts[3] = { 0 }, merged = { 0 };
	(void)state;
	fill(&whole, 0, 1);
	for (unsigned i = 0; i < 3; i++)
		fill(&parts[i], i, 3);
	figures_merge(&merged, &parts[2]);
	figures_merge(&merged, &parts[0]);
	figures_merge(&merged, &parts[1]);
	assert_same(&whole, &merged);
	for (unsigned i = 0; i < 3; i++)
		figures_release(&parts[i]);
	figures_release(&merged);
	figures_release(&whole);
}

static void what_is_encoded_is_decoded_and_added(void **state)
{
	struct figures a = { 0 }, b = { 0 }, twice = { 0 };
	struct buf bytes = { 0 };
	(void)state;
	fill(&a, 0, 1);
	figures_encode(&a, &bytes);
	assert_int_equal(figures_decode(&b, (const uint8_t *)bytes.p, bytes.n), 0);
	assert_same(&a, &b);
	assert_int_equal(figures_decode(&b, (const uint8_t *)bytes.p, bytes.n), 0);
	figures_merge(&twice, &a);
	figures_merge(&twice, &a);
	assert_same(&twice, &b);
	buf_release(&bytes);
	figures_release(&a);
	figures_release(&b);
	figures_release(&twice);
}

static void cut_figures_are_refused(void **state)
{
	struct figures a = { 0 };
	struct buf bytes = { 0 };
	(void)state;
	add(&a, "one", FIGURE_ALL, 0, 1);
	add(&a, "two", FIGURE_COUNTY, 500901, 2);
	figures_encode(&a, &bytes);
	for (size_t n = 0; n < bytes.n; n++) {
		struct figures b = { 0 };
		uint8_t *cut = mem_alloc(n + 1);
		memcpy(cut, bytes.p, n);
		assert_int_equal(figures_decode(&b, cut, n), -1);
		free(cut);
		figures_release(&b);
	}
	buf_release(&bytes);
	figures_release(&a);
}

static void cleared_figures_count_from_nothing_under_the_same_names(void **state)
{
	struct figures f = { 0 }, once = { 0 };
	(void)state;
	fill(&f, 0, 1);
	unsigned name = figure_name(&f, STR("figure.7"));
	figures_clear(&f);
	assert_int_equal(figure_get(&f, "figure.7", FIGURE_COUNTY, 500901000006), 0);
	assert_int_equal(figure_name(&f, STR("figure.7")), name);
	fill(&f, 0, 1);
	fill(&once, 0, 1);
	assert_same(&f, &once);
	figures_release(&f);
	figures_release(&once);
}

static void a_block_gives_places_in_their_order_and_names_in_that_of_bytes(void **state)
{
	struct figures f = { 0 };
	struct buf bytes = { 0 };
	struct figure_block block;
	struct figure_count one;
	unsigned n = 0;
	(void)state;
	add(&f, "b", FIGURE_COUNTY, 500902, 4);
	add(&f, "a", FIGURE_COUNTY, 500903, -5);
	add(&f, "a", FIGURE_COUNTY, 500902, 3);
	add(&f, "b", FIGURE_COUNTY, 500901, 0);
	add(&f, "a", FIGURE_ALL, 0, 1);
	figures_encode(&f, &bytes);
	int64_t counts[] = { 1, 3, 4, -5 };
	const char *names[] = { "a", "a", "b", "a" };
	assert_int_equal(figure_block_open(&block, (const uint8_t *)bytes.p, bytes.n), 0);
	while (figure_block_next(&block, &one)) {
		assert_true(str_eq(block.names[one.name], str_of(names[n])));
		assert_int_equal(one.count, counts[n++]);
	}
	assert_int_equal(n, 4);
	assert_int_equal(figure_block_close(&block), 0);
	buf_release(&bytes);
	figures_release(&f);
}

static struct places some_places(void)
{
	struct places p = { 0 };
	places_add(&p, &(struct place){ 500901001202, STR("甲县"), STR("乙乡"), STR("丁村"), 0 });
	places_add(&p, &(struct place){ 500901001201, STR("甲县"), STR("乙乡"), STR("丙村"), 1 });
	places_add(&p, &(struct place){ 500901001201, STR("another"), STR(""), STR(""), 0 });
	places_add(&p, &(struct place){ 500901001203, STR("甲县"), STR("乙乡"), STR(""), -1 });
	places_sort(&p);
	return p;
}

static void the_first_row_of_a_village_names_it(void **state)
{
	struct places p = some_places(), q = { 0 };
	struct buf bytes = { 0 };
	(void)state;
	places_encode(&p, &bytes);
	assert_int_equal(places_decode(&q, (const uint8_t *)bytes.p, bytes.n), 0);
	const struct place *found = places_find(&q, 500901001201);
	assert_non_null(found);
	assert_true(str_eq(found->village, STR("丙村")));
	assert_int_equal(found->poor, 1);
	assert_int_equal(places_find(&q, 500901001202)->poor, 0);
	assert_null(places_find(&q, 500901001204));
	buf_release(&bytes);
	places_release(&p);
	places_release(&q);
}

/* "all:0 county:500901 ..." of a region. */
static const char *levels(int64_t region)
{
	static const char *const names[] = { "all", "county", "township", "village", "class" };
	static char text[200];
	struct places p = some_places();
	struct figure_at at[FIGURE_LEVELS];
	unsigned n = figure_levels(&p, region, at);
	size_t k = 0;
	for (unsigned i = 0; i < n; i++)
		k += (size_t)snprintf(text + k, sizeof text - k, "%s%s:%llu", k ? " " : "", names[at[i].level], (unsigned long long)at[i].region);
	places_release(&p);
	return text;
}

static void a_level_whose_own_places_are_zeros_is_left_out(void **state)
{
	(void)state;
	assert_string_equal(levels(VALUE_NULL), "all:0");
	assert_string_equal(levels(500901000000), "all:0 county:500901");
	assert_string_equal(levels(500901001000), "all:0 county:500901 township:500901001");
	assert_string_equal(levels(500901000201), "all:0 county:500901 village:500901000201");
	assert_string_equal(levels(500901001201), "all:0 county:500901 township:500901001 village:500901001201 class:1");
	assert_string_equal(levels(500901001202), "all:0 county:500901 township:500901001 village:500901001202 class:0");
	assert_string_equal(levels(500901001203), "all:0 county:500901 township:500901001 village:500901001203");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_of_one_name_level_and_region_add_up),
		cmocka_unit_test(parts_merged_in_any_order_are_the_whole),
		cmocka_unit_test(what_is_encoded_is_decoded_and_added),
		cmocka_unit_test(cut_figures_are_refused),
		cmocka_unit_test(cleared_figures_count_from_nothing_under_the_same_names),
		cmocka_unit_test(a_block_gives_places_in_their_order_and_names_in_that_of_bytes),
		cmocka_unit_test(the_first_row_of_a_village_names_it),
		cmocka_unit_test(a_level_whose_own_places_are_zeros_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
