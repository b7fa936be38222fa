/* Every deliberate damage to a file between stages is refused with 65, and none goes unnoticed. */
#include "file/frame.h"

#include "base/cpu.h"
#include "digest/xxh3.h"
#include "scratch.h"

#define TAG FRAME_TAG('T', 'E', 'S', 'T')
#define OTHER_TAG FRAME_TAG('M', 'O', 'R', 'E')

static struct frame_id id_of(uint8_t schema, const char *run)
{
	struct frame_id id;
	frame_id_make(&id, (uint8_t[16]){ schema }, 43064, run);
	return id;
}

/* Three blocks of one length, so that they can be swapped, and one of another. */
static struct buf write_file(const char *path, enum frame_type type, struct frame_id id)
{
	static const char *const payloads[] = { "block number one", "block number two", "block number 3rd", "last" };
	struct frame_writer *w;
	struct row_sum sum = { 0 };
	struct err err = { 0 };
	assert_int_equal(frame_create(&w, path, type, &id, &err), 0);
	for (int i = 0; i < 4; i++) {
		row_sum_add(&sum, row_hash(payloads[i], 4, payloads[i] + 4, strlen(payloads[i]) - 4));
		assert_int_equal(frame_put(w, i < 3 ? TAG : OTHER_TAG, payloads[i], strlen(payloads[i]), 1, &err), 0);
	}
	frame_rows(w, 4, sum);
	assert_int_equal(frame_commit(w, &err), 0);
	return scratch_get(path);
}

/* 0 when the whole file can be read, else the status. */
static int status_of(const char *path, enum frame_type type, const struct frame_id *id)
{
	struct frame *f;
	struct frame_block block;
	struct err err = { 0 };
	enum iter got;
	if (frame_open(&f, path, type, id, &err) < 0)
		return (int)err.status;
	struct frame_scan scan = { f };
	while ((got = frame_next(&scan, &block, &err)) == ITER_ROW)
		;
	frame_scan_release(&scan);
	frame_close(f);
	return got == ITER_END ? 0 : (int)err.status;
}

static int status_of_bytes(const char *path, const void *p, size_t n)
{
	struct frame_id id = id_of(1, "night");
	scratch_put(path, p, n);
	return status_of(path, FRAME_TABLE, &id);
}

static void blocks_come_back_in_order_with_what_was_said_of_them(void **state)
{
	const char *path = scratch_path(*state, "f");
	struct frame_id id = id_of(1, "night");
	struct buf file = write_file(path, FRAME_TABLE, id);
	struct frame *f;
	struct frame_block block;
	struct err err;
	assert_int_equal(frame_open(&f, path, FRAME_TABLE, &id, &err), 0);
	assert_int_equal(f->rows, 4);
	assert_int_equal(f->blocks, 4);
	struct frame_scan scan = { f };
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(frame_next(&scan, &block, &err), ITER_ROW);
		assert_int_equal(block.number, i);
		assert_int_equal(block.tag, i < 3 ? TAG : OTHER_TAG);
		assert_int_equal(block.rows, 1);
	}
	assert_memory_equal(block.p, "last", 4);
	assert_int_equal(frame_next(&scan, &block, &err), ITER_END);
	frame_scan_release(&scan);
	frame_close(f);
	buf_release(&file);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
	const char *path = scratch_path(*state, "f");
	struct buf file = write_file(path, FRAME_TABLE, id_of(1, "night"));
	for (size_t n = 0; n < file.n; n++)
		if (status_of_bytes(path, file.p, n) != STATUS_DATA)
			fail_msg("cut to %zu bytes: status %d", n, status_of_bytes(path, file.p, n));
	assert_int_equal(status_of_bytes(path, file.p, file.n), 0);
	buf_release(&file);
}

static void a_file_with_any_byte_changed_is_refused(void **state)
{
	const char *path = scratch_path(*state, "f");
	struct buf file = write_file(path, FRAME_TABLE, id_of(1, "night"));
	static const char bits[] = { 1, (char)0x80, (char)0xFF };
	for (size_t i = 0; i < file.n; i++) {
		for (size_t k = 0; k < 3; k++) {
			file.p[i] ^= bits[k];
			int status = status_of_bytes(path, file.p, file.n);
			if (status != STATUS_DATA)
				fail_msg("byte %zu changed by %02x: status %d", i, bits[k] & 0xFF, status);
			file.p[i] ^= bits[k];
		}
	}
	buf_release(&file);
}

static void a_file_with_bytes_after_its_end_is_refused(void **state)
{
	const char *path = scratch_path(*state, "f");
	struct buf file = write_file(path, FRAME_TABLE, id_of(1, "night"));
	size_t n = file.n;
	for (size_t more = 1; more < 3 * n; more += 7) {
		file.n = n;
		for (size_t i = 0; i < more; i++)
			buf_putc(&file, more % 2 ? 0 : file.p[i % n]); /* zeros, or the file once more */
		assert_int_equal(status_of_bytes(path, file.p, file.n), STATUS_DATA);
	}
	buf_release(&file);
}

/* Offsets of the four blocks and of the end. */
static void find_blocks(const char *path, size_t at[5])
{
	struct frame *f;
	struct frame_block block;
	struct err err;
	assert_int_equal(frame_open(&f, path, FRAME_TABLE, NULL, &err), 0);
	struct frame_scan scan = { f };
	for (int i = 0; i < 4; i++) {
		assert_int_equal(frame_next(&scan, &block, &err), ITER_ROW);
		at[i] = block.at;
	}
	at[4] = f->end_at;
	frame_scan_release(&scan);
	frame_close(f);
}

static void blocks_swapped_doubled_or_lost_are_noticed(void **state)
{
	static const int orders[][6] = { { 1, 0, 2, 3, -1 }, { 0, 2, 1, 3, -1 }, { 3, 1, 2, 0, -1 }, { 0, 0, 1, 2, 3, -1 }, { 0, 1, 1, 3, -1 },
		{ 0, 1, 2, 3, 3, -1 }, { 1, 2, 3, -1 }, { 0, 2, 3, -1 }, { 0, 1, 2, -1 }, { -1 } };
	const char *path = scratch_path(*state, "f");
	struct buf file = write_file(path, FRAME_TABLE, id_of(1, "night")), made = { 0 };
	size_t at[5];
	find_blocks(path, at);
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		made.n = 0;
		buf_put(&made, file.p, at[0]);
		for (const int *b = orders[i]; *b >= 0; b++)
			buf_put(&made, file.p + at[*b], at[*b + 1] - at[*b]);
		buf_put(&made, file.p + at[4], file.n - at[4]);
		if (status_of_bytes(path, made.p, made.n) != STATUS_DATA)
			fail_msg("order %zu is not noticed", i);
	}
	buf_release(&made);
	buf_release(&file);
}

static void another_schema_run_day_or_type_is_refused(void **state)
{
	const char *path = scratch_path(*state, "f");
	struct frame_id id = id_of(1, "night"), schema = id_of(2, "night"), run = id_of(1, "other"), day;
	frame_id_make(&day, (uint8_t[16]){ 1 }, 43065, "night");
	struct buf file = write_file(path, FRAME_TABLE, id);
	assert_int_equal(status_of(path, FRAME_TABLE, &id), 0);
	assert_int_equal(status_of(path, FRAME_TABLE, NULL), 0);
	assert_int_equal(status_of(path, FRAME_TABLE, &schema), STATUS_DATA);
	assert_int_equal(status_of(path, FRAME_TABLE, &run), STATUS_DATA);
	assert_int_equal(status_of(path, FRAME_TABLE, &day), STATUS_DATA);
	assert_int_equal(status_of(path, FRAME_DOSSIER, &id), STATUS_DATA);
	buf_release(&file);
}

static void a_file_of_another_making_is_refused(void **state)
{
	const char *path = scratch_path(*state, "f");
	static const char csv[] = "household_no,name,id\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n";
	assert_int_equal(status_of_bytes(path, csv, sizeof csv), STATUS_DATA);
	assert_int_equal(status_of_bytes(path, "", 0), STATUS_DATA);
	unlink(path);
	assert_int_equal(status_of(path, FRAME_TABLE, NULL), STATUS_NOINPUT);
}

static void an_aborted_file_is_not_there(void **state)
{
	const char *path = scratch_path(*state, "f");
	struct frame_id id = id_of(1, "night");
	struct frame_writer *w;
	struct err err;
	assert_int_equal(frame_create(&w, path, FRAME_TABLE, &id, &err), 0);
	assert_int_equal(frame_put(w, TAG, "some", 4, 1, &err), 0);
	frame_abort(w);
	frame_abort(NULL);
	assert_int_equal(scratch_count(*state), 0);
}

static void the_sum_of_rows_knows_no_order(void **state)
{
	struct row_sum a = { 0 }, b = { 0 };
	struct row_sum one = row_hash("x", 1, "y", 1), other = row_hash("xy", 2, "", 0), three = row_hash("z", 1, "", 0);
	(void)state;
	assert_false(one.low == other.low && one.high == other.high);
	row_sum_add(&a, one);
	row_sum_add(&a, three);
	row_sum_add(&b, three);
	row_sum_add(&b, one);
	assert_true(a.low == b.low && a.high == b.high);
	row_sum_take(&a, three);
	assert_true(a.low == one.low && a.high == one.high);
	row_sum_take(&a, one);
	assert_true(a.low == 0 && a.high == 0);
}

static void checksums_are_the_same_with_and_without_wide_registers(void **state)
{
	(void)state;
	static char text[5000];
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)(i * i >> 3);
	for (size_t n = 0; n < sizeof text; n += 1 + n / 7) {
		struct str parts[] = { { text, n / 3 }, { text + n / 3, n - n / 3 } };
		cpu_use_avx2(false);
		uint64_t sum = frame_checksum(parts, 2), at_once = xxh3_64(text, n);
		cpu_use_avx2(true);
		assert_true(sum == at_once && frame_checksum(parts, 2) == sum && xxh3_64(text, n) == sum);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(blocks_come_back_in_order_with_what_was_said_of_them),
		TEST(a_file_cut_anywhere_is_refused),
		TEST(a_file_with_any_byte_changed_is_refused),
		TEST(a_file_with_bytes_after_its_end_is_refused),
		TEST(blocks_swapped_doubled_or_lost_are_noticed),
		TEST(another_schema_run_day_or_type_is_refused),
		TEST(a_file_of_another_making_is_refused),
		TEST(an_aborted_file_is_not_there),
		TEST(the_sum_of_rows_knows_no_order),
		TEST(checksums_are_the_same_with_and_without_wide_registers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
