/* What is put aside comes back by partition and in its order, whether it is held or went to disk. */
#include "scratch.h"

#include "file/spool.h"

#include <string.h>

#define PARTITIONS 7
#define MANY 20000              /* of which much goes to disk */
#define FEW 100                 /* of which nothing does */

static uint32_t next(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	return *x ^= *x << 5;
}

/* Pieces of 0 to 99 bytes; each time the same ones. */
static size_t piece(uint32_t *x, unsigned *partition, char bytes[100])
{
	size_t n = next(x) % 100;
	*partition = next(x) % PARTITIONS;
	memset(bytes, (int)(next(x) & 0xFF), n);
	return n;
}

static void put_all(struct spool *s, struct buf *want, int pieces)
{
	uint32_t x = 20171126;
	struct err err;
	char bytes[100];
	for (int i = 0; i < pieces; i++) {
		unsigned partition;
		size_t n = piece(&x, &partition, bytes);
		buf_put(&want[partition], bytes, n);
		assert_int_equal(spool_put(s, partition, bytes, n, &err), 0);
	}
}

static void comes_back(void **state, int pieces)
{
	struct buf want[PARTITIONS] = { 0 }, got = { 0 };
	struct spool *s;
	struct err err;
	spool_open(&s, scratch_path(*state, "beside"), PARTITIONS);
	put_all(s, want, pieces);
	for (unsigned i = PARTITIONS; i-- > 0;) {
		assert_int_equal(spool_read(s, i, &got, &err), 0);
		assert_int_equal(got.n, want[i].n);
		assert_memory_equal(got.p, want[i].p, got.n);
		buf_release(&want[i]);
	}
	buf_release(&got);
	spool_close(s);
	assert_int_equal(scratch_count(*state), 0); /* the file has no name */
}

static void what_is_held_comes_back(void **state) { comes_back(state, FEW); }
static void what_is_mostly_on_disk_comes_back_in_its_order(void **state) { comes_back(state, MANY); }

static void where_no_file_can_be_made_putting_aside_fails_with_73(void **state)
{
	struct spool *s;
	struct err err = { 0 };
	char bytes[1000] = { 0 };
	int r = 0;
	spool_open(&s, scratch_path(*state, "there/is/none"), 1);
	for (int i = 0; r == 0 && i < 100; i++)
		r = spool_put(s, 0, bytes, sizeof bytes, &err);
	assert_int_equal(r, -1);
	assert_int_equal(err.status, STATUS_CANTCREAT);
	spool_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_held_comes_back, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(what_is_mostly_on_disk_comes_back_in_its_order, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(where_no_file_can_be_made_putting_aside_fails_with_73, scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
