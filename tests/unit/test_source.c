/* gzip's traps: a gzip is read to its proper end, or refused. */
#include "base/leave.h"
#include "io/source.h"

#include "base/mem.h"
#include "io/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

static char folder[] = "/tmp/bidui-source-XXXXXX";
static char path[64];

/* Append a gzip member of the text to b. */
static void gzip(struct buf *b, const char *text, size_t n)
{
	z_stream z = { 0 };
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	size_t bound = deflateBound(&z, n) + 64;
	buf_reserve(b, bound);
	z.next_in = (Bytef *)text;
	z.avail_in = (unsigned)n;
	z.next_out = (Bytef *)b->p + b->n;
	z.avail_out = (unsigned)bound;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b->n += bound - z.avail_out;
	deflateEnd(&z);
}

static void store(const struct buf *b)
{
	FILE *f = fopen(path, "wb");
	fwrite(b->p, 1, b->n, f);
	fclose(f);
}

/* The content, or -1 with the status in *ret_status. */
static ssize_t read_all(char *out, size_t size, int *ret_status)
{
	struct source *s;
	struct err err = { 0 };
	ssize_t n, total = 0;
	if (source_open(&s, path, &err) < 0) {
		*ret_status = err.status;
		return -1;
	}
	while ((n = source_read(s, out + (size_t)total % size, size - (size_t)total % size, &err)) > 0)
		total += n;
	*ret_status = n < 0 ? (int)err.status : 0;
	source_close(s);
	return n < 0 ? -1 : total;
}

static void expect(const struct buf *b, const char *text)
{
	char out[4096];
	int status;
	store(b);
	assert_int_equal(read_all(out, sizeof out, &status), strlen(text));
	assert_memory_equal(out, text, strlen(text));
}

static void expect_refused(const struct buf *b)
{
	char out[65536];
	int status;
	store(b);
	assert_int_equal(read_all(out, sizeof out, &status), -1);
	assert_int_equal(status, STATUS_DATA);
}

static void plain_and_gzip_give_the_same_bytes(void **state)
{
	(void)state;
	struct buf b = { 0 };
	buf_puts(&b, STR("hello\n"));
	expect(&b, "hello\n");
	b.n = 0;
	gzip(&b, "hello\n", 6);
	expect(&b, "hello\n");
	buf_release(&b);
}

static void members_follow_each_other_and_zeros_may_follow_the_last(void **state)
{
	(void)state;
	struct buf b = { 0 };
	gzip(&b, "one ", 4);
	gzip(&b, "two", 3);
	buf_put(&b, "\0\0\0\0\0", 5);
	expect(&b, "one two");
	buf_release(&b);
}

/* The file is read 256 KiB at a time. Bytes that do not pack take a little more room than they are: the ends go from before to behind. */
static void a_member_may_end_anywhere_in_what_is_read_at_once(void **state)
{
	(void)state;
	enum { BLOCK = 256 << 10, AROUND = 120 };
	struct buf b = { 0 };
	char *noise = malloc(BLOCK), *out = malloc(2 * BLOCK);
	uint32_t x = 1;
	int status;
	for (int i = 0; i < BLOCK; i++)
		noise[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
	for (size_t n = BLOCK - AROUND; n < BLOCK; n++) {
		b.n = 0;
		gzip(&b, noise, n);
		gzip(&b, "the end the end", 15);
		store(&b);
		assert_int_equal(read_all(out, 2 * BLOCK, &status), n + 15);
		assert_memory_equal(out, noise, n);
		assert_memory_equal(out + n, "the end the end", 15);
	}
	free(noise);
	free(out);
	buf_release(&b);
}

/* What a header says of name and time may change; nothing else. */
static void a_gzip_with_a_byte_changed_is_refused_or_gives_the_same(void **state)
{
	(void)state;
	struct buf b = { 0 };
	char out[4096];
	int status;
	gzip(&b, "hello hello hello\n", 18);
	for (size_t at = 2; at < b.n; at++)
		for (int bit = 0; bit < 8; bit++) {
			b.p[at] ^= (char)(1 << bit);
			store(&b);
			ssize_t n = read_all(out, sizeof out, &status);
			b.p[at] ^= (char)(1 << bit);
			if (n < 0)
				assert_int_equal(status, STATUS_DATA);
			else
				assert_true(n == 18 && !memcmp(out, "hello hello hello\n", 18));
		}
	buf_release(&b);
}

static void a_gzip_cut_at_any_byte_is_refused(void **state)
{
	(void)state;
	struct buf b = { 0 };
	gzip(&b, "hello hello hello\n", 18);
	for (size_t n = b.n - 1; n > 2; n--) {
		b.n = n;
		expect_refused(&b);
	}
	buf_release(&b);
}

static void a_wrong_crc_is_refused(void **state)
{
	(void)state;
	struct buf b = { 0 };
	gzip(&b, "hello\n", 6);
	b.p[b.n - 8] ^= 1;
	expect_refused(&b);
	buf_release(&b);
}

static void other_bytes_behind_the_end_are_refused(void **state)
{
	(void)state;
	struct buf b = { 0 };
	gzip(&b, "hello\n", 6);
	buf_puts(&b, STR("x"));
	expect_refused(&b);
	b.n--;
	buf_put(&b, "\0\x1F", 2);
	expect_refused(&b);
	buf_release(&b);
}

static void an_expansion_over_200_to_1_is_refused_once_64_mib_have_come_out(void **state)
{
	(void)state;
	struct buf b = { 0 };
	char *zeros = calloc(1, 80 << 20);
	char out[65536];
	int status;
	gzip(&b, zeros, 60 << 20);
	store(&b);
	assert_int_equal(read_all(out, sizeof out, &status), 60 << 20);
	b.n = 0;
	gzip(&b, zeros, 80 << 20);
	expect_refused(&b);
	free(zeros);
	buf_release(&b);
}

static void the_digest_is_of_the_file_and_not_of_its_content(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct source *s;
	struct err err;
	char out[64];
	uint8_t hash[16];
	uint64_t bytes;
	gzip(&b, "hello\n", 6);
	store(&b);
	assert_int_equal(source_open(&s, path, &err), 0);
	while (source_read(s, out, sizeof out, &err) > 0)
		;
	source_digest(s, &bytes, hash);
	assert_int_equal(bytes, b.n);
	source_close(s);
	buf_release(&b);
}

static void a_folder_is_no_extract(void **state)
{
	(void)state;
	struct source *s;
	struct err err;
	assert_int_equal(source_open(&s, folder, &err), -1);
	assert_int_equal(err.status, STATUS_DATA);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/extract", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	leave_remove_folder(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_and_gzip_give_the_same_bytes),
		cmocka_unit_test(members_follow_each_other_and_zeros_may_follow_the_last),
		cmocka_unit_test(a_member_may_end_anywhere_in_what_is_read_at_once),
		cmocka_unit_test(a_gzip_with_a_byte_changed_is_refused_or_gives_the_same),
		cmocka_unit_test(a_gzip_cut_at_any_byte_is_refused),
		cmocka_unit_test(a_wrong_crc_is_refused),
		cmocka_unit_test(other_bytes_behind_the_end_are_refused),
		cmocka_unit_test(an_expansion_over_200_to_1_is_refused_once_64_mib_have_come_out),
		cmocka_unit_test(the_digest_is_of_the_file_and_not_of_its_content),
		cmocka_unit_test(a_folder_is_no_extract),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
