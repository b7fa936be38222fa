/* Bytes in, gzip or plain, whole or refused; bytes out, whole or not at all. */
#include "io/output.h"
#include "io/source.h"
#include "scratch.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <zlib.h>

/* ---- source ------------------------------------------------------------------------------------------------------------ */

/* Append text as one gzip member. */
static void put_member(struct buf *b, const void *text, size_t n)
{
	z_stream z = { 0 };
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	size_t room = deflateBound(&z, n) + 64;
	buf_reserve(b, room);
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)n;
	z.next_out = (Bytef *)b->p + b->n;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b->n += room - z.avail_out;
	deflateEnd(&z);
}

/* Read a file to its end in bites of `bite` bytes: 0 with the content, or -1. */
static int read_source(const char *path, size_t bite, struct buf *ret, struct err *err)
{
	struct source *s;
	ssize_t n;
	*ret = (struct buf){ 0 };
	if (source_open(&s, path, err) < 0)
		return -1;
	do {
		buf_reserve(ret, bite);
		n = source_read(s, ret->p + ret->n, bite, err);
		ret->n += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	source_close(s);
	return n < 0 ? -1 : 0;
}

static void gives(const char *path, const char *text)
{
	static const size_t bites[] = { 1, 3, 65536 };
	for (size_t i = 0; i < 3; i++) {
		struct buf got;
		struct err err = { 0 };
		assert_int_equal(read_source(path, bites[i], &got, &err), 0);
		assert_int_equal(got.n, strlen(text));
		assert_memory_equal(buf_str(&got).p, text, got.n);
		buf_release(&got);
	}
}

static void refuses(const char *path, const char *part)
{
	struct buf got;
	struct err err = { 0 };
	assert_int_equal(read_source(path, 4096, &got, &err), -1);
	assert_int_equal(err.status, STATUS_DATA);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in: %s", part, err.text);
	buf_release(&got);
}

static void plain_bytes_come_as_they_are(void **state)
{
	const char *path = scratch_path(*state, "plain.csv.gz");
	scratch_put(path, "a,b\n1,2\n", 8);
	gives(path, "a,b\n1,2\n");
	scratch_put(path, "", 0);
	gives(path, "");
}

static void two_members_and_zeros_are_one_text(void **state)
{
	const char *path = scratch_path(*state, "two.csv");
	struct buf b = { 0 };
	put_member(&b, "one,", 4);
	put_member(&b, "", 0);
	put_member(&b, "two", 3);
	buf_put(&b, (char[700]){ 0 }, 700);
	scratch_put(path, b.p, b.n);
	buf_release(&b);
	gives(path, "one,two");
}

static void a_gzip_cut_anywhere_is_refused(void **state)
{
	const char *path = scratch_path(*state, "cut.csv.gz");
	struct buf b = { 0 };
	put_member(&b, "household,id\n1,2\n", 17);
	for (size_t n = 2; n < b.n; n++) {
		scratch_put(path, b.p, n);
		refuses(path, "cut");
	}
	buf_release(&b);
}

static void a_second_member_cut_is_refused_by_its_number(void **state)
{
	const char *path = scratch_path(*state, "cut2.csv.gz");
	struct buf b = { 0 };
	put_member(&b, "one", 3);
	size_t first = b.n;
	put_member(&b, "two", 3);
	scratch_put(path, b.p, b.n - 5);
	refuses(path, "member 2");
	scratch_put(path, b.p, first + 1);
	refuses(path, "");
	buf_release(&b);
}

static void a_gzip_whose_sum_or_length_is_wrong_is_refused(void **state)
{
	const char *path = scratch_path(*state, "crc.csv.gz");
	struct buf b = { 0 };
	put_member(&b, "household,id\n", 13);
	for (size_t i = 1; i <= 8; i++) {
		b.p[b.n - i] ^= 0x40;
		scratch_put(path, b.p, b.n);
		refuses(path, "");
		b.p[b.n - i] ^= 0x40;
	}
	buf_release(&b);
}

static void other_bytes_behind_a_gzip_are_refused(void **state)
{
	const char *path = scratch_path(*state, "tail.csv.gz");
	static const char *const tails[] = { "x", "\r\n", "<html>" };
	struct buf b = { 0 };
	put_member(&b, "text", 4);
	size_t n = b.n;
	for (size_t i = 0; i < 3; i++) {
		for (int zeros = 0; zeros < 2; zeros++) {
			b.n = n;
			buf_put(&b, (char[9]){ 0 }, zeros ? 9 : 0);
			buf_puts(&b, str_of(tails[i]));
			scratch_put(path, b.p, b.n);
			refuses(path, "");
		}
	}
	buf_release(&b);
}

static void a_gzip_that_expands_without_measure_is_refused(void **state)
{
	const char *path = scratch_path(*state, "bomb.csv.gz");
	size_t n = (size_t)65 << 20;
	char *blank = mem_alloc(n);
	struct buf b = { 0 };
	put_member(&b, blank, n);
	scratch_put(path, b.p, b.n);
	refuses(path, "200");
	b.n = 0;
	put_member(&b, blank, (size_t)60 << 20); /* below 64 MiB nobody asks */
	scratch_put(path, b.p, b.n);
	struct buf got;
	struct err err = { 0 };
	assert_int_equal(read_source(path, 1 << 20, &got, &err), 0);
	assert_int_equal(got.n, (size_t)60 << 20);
	buf_release(&got);
	buf_release(&b);
	free(blank);
}

static void the_hash_is_that_of_the_file_not_of_its_content(void **state)
{
	const char *path = scratch_path(*state, "hash.csv.gz");
	struct buf b = { 0 };
	struct source *s;
	struct err err;
	struct output *o;
	uint64_t bytes;
	uint8_t got[16], want[16];
	char text[8];
	put_member(&b, "text", 4);
	scratch_put(path, b.p, b.n);
	assert_int_equal(source_open(&s, path, &err), 0);
	while (source_read(s, text, sizeof text, &err) > 0)
		;
	source_digest(s, &bytes, got);
	assert_int_equal(bytes, b.n);
	assert_int_equal(output_create(&o, scratch_path(*state, "copy"), &err), 0);
	assert_int_equal(output_write(o, b.p, b.n, &err), 0);
	output_hash(o, want);
	assert_memory_equal(got, want, 16);
	output_abort(o);
	source_close(s);
	buf_release(&b);
}

static void what_is_no_regular_file_is_refused(void **state)
{
	const char *pipe = scratch_path(*state, "pipe.csv");
	struct source *s;
	struct err err = { 0 };
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(source_open(&s, pipe, &err), -1);
	assert_int_equal(err.status, STATUS_DATA);
	assert_int_equal(source_open(&s, *state, &err), -1);
	assert_int_equal(err.status, STATUS_DATA);
	assert_int_equal(source_open(&s, scratch_path(*state, "none"), &err), -1);
	assert_int_equal(err.status, STATUS_NOINPUT);
}

/* ---- output ------------------------------------------------------------------------------------------------------------ */

static void an_output_is_there_only_after_its_commit(void **state)
{
	const char *path = scratch_path(*state, "out");
	struct output *o;
	struct err err;
	struct stat st;
	assert_int_equal(output_create(&o, path, &err), 0);
	assert_int_equal(output_write(o, "whole", 5, &err), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(output_bytes(o), 5);
	assert_int_equal(output_commit(o, &err), 0);
	scratch_holds(path, "whole");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(scratch_count(*state), 1);
}

static void an_abort_leaves_nothing_and_what_was_there(void **state)
{
	const char *path = scratch_path(*state, "out");
	struct output *o;
	struct err err;
	scratch_put(path, "old", 3);
	assert_int_equal(output_create(&o, path, &err), 0);
	assert_int_equal(output_write(o, "new", 3, &err), 0);
	output_abort(o);
	scratch_holds(path, "old");
	assert_int_equal(scratch_count(*state), 1);
	output_abort(NULL);
}

static void an_output_larger_than_its_buffer_is_whole(void **state)
{
	const char *path = scratch_path(*state, "large");
	struct output *o;
	struct err err;
	char line[1000];
	memset(line, 'x', sizeof line);
	char *much = mem_alloc(700000);
	assert_int_equal(output_create(&o, path, &err), 0);
	for (int i = 0; i < 700; i++)
		assert_int_equal(output_write(o, line, sizeof line, &err), 0);
	assert_int_equal(output_write(o, much, 700000, &err), 0);
	assert_int_equal(output_write(o, line, 1, &err), 0);
	assert_int_equal(output_commit(o, &err), 0);
	struct buf b = scratch_get(path);
	assert_int_equal(b.n, 1400001);
	assert_int_equal(b.p[699999], 'x');
	assert_int_equal(b.p[700000], 0);
	assert_int_equal(b.p[1400000], 'x');
	buf_release(&b);
	free(much);
}

static void an_output_in_no_folder_cannot_be_made(void **state)
{
	struct output *o = NULL;
	struct err err = { 0 };
	assert_int_equal(output_create(&o, scratch_path(*state, "none/out"), &err), -1);
	assert_int_equal(err.status, STATUS_CANTCREAT);
	assert_null(o);
}

static void publishing_replaces_a_folder_whole(void **state)
{
	const char *path = scratch_path(*state, "OUT");
	struct err err;
	char *folder;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(output_folder_create(&folder, path, &err), 0);
		scratch_put(scratch_path(folder, i ? "second" : "first"), "x", 1);
		assert_int_equal(output_folder_publish(folder, path, &err), 0);
		free(folder);
		assert_int_equal(scratch_count(path), 1);
		assert_int_equal(scratch_count(*state), 1);
	}
	scratch_holds(scratch_path(path, "second"), "x");
}

static void a_folder_is_removed_with_all_in_it(void **state)
{
	struct err err;
	char *folder, inner[1024];
	assert_int_equal(output_folder_create(&folder, scratch_path(*state, "OUT"), &err), 0);
	snprintf(inner, sizeof inner, "%s/rejects", folder);
	assert_int_equal(output_mkdir(inner, &err), 0);
	scratch_put(scratch_path(inner, "a.csv"), "x", 1);
	assert_int_equal(symlink("/nowhere", scratch_path(inner, "link")), 0);
	output_folder_remove(folder);
	assert_int_equal(scratch_count(*state), 0);
	output_folder_remove(folder);
	free(folder);
}

/* In a process of its own: whether the lock can be had. */
static int status_of_another_lock(const char *path)
{
	pid_t child = fork();
	int status;
	if (child == 0) {
		struct err err = { 0 };
		int fd;
		_exit(lock_take(&fd, path, &err) < 0 ? (int)err.status : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_lock_is_held_by_one_process(void **state)
{
	const char *path = scratch_path(*state, "OUT");
	struct err err;
	int fd;
	assert_int_equal(lock_take(&fd, path, &err), 0);
	assert_int_equal(status_of_another_lock(path), STATUS_LOCKED);
	assert_int_equal(status_of_another_lock(scratch_path(*state, "OTHER")), 0);
	lock_release(fd);
	assert_int_equal(status_of_another_lock(path), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_bytes_come_as_they_are),
		TEST(two_members_and_zeros_are_one_text),
		TEST(a_gzip_cut_anywhere_is_refused),
		TEST(a_second_member_cut_is_refused_by_its_number),
		TEST(a_gzip_whose_sum_or_length_is_wrong_is_refused),
		TEST(other_bytes_behind_a_gzip_are_refused),
		TEST(a_gzip_that_expands_without_measure_is_refused),
		TEST(the_hash_is_that_of_the_file_not_of_its_content),
		TEST(what_is_no_regular_file_is_refused),
		TEST(an_output_is_there_only_after_its_commit),
		TEST(an_abort_leaves_nothing_and_what_was_there),
		TEST(an_output_larger_than_its_buffer_is_whole),
		TEST(an_output_in_no_folder_cannot_be_made),
		TEST(publishing_replaces_a_folder_whole),
		TEST(a_folder_is_removed_with_all_in_it),
		TEST(a_lock_is_held_by_one_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
