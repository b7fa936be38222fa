/* What is written appears whole or not at all. */
#include "base/leave.h"
#include "io/output.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/bidui-output-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[4][128];
	static int i;
	i = (i + 1) % 4;
	snprintf(path[i], sizeof path[i], "%s/%s", folder, name);
	return path[i];
}

/* Names in the folder, hidden ones too. */
static int entries(void)
{
	DIR *d = opendir(folder);
	int n = 0;
	for (struct dirent *e; (e = readdir(d));)
		n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	closedir(d);
	return n;
}

static void put(const char *path, const char *text)
{
	struct output *o;
	struct err err;
	assert_int_equal(output_create(&o, path, &err), 0);
	assert_int_equal(output_write(o, text, strlen(text), &err), 0);
	assert_int_equal(output_commit(o, &err), 0);
}

static void expect_text(const char *path, const char *text)
{
	char got[64] = "";
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	size_t n = fread(got, 1, sizeof got - 1, f);
	fclose(f);
	got[n] = 0;
	assert_string_equal(got, text);
}

static void a_file_appears_on_commit_and_is_for_its_owner_only(void **state)
{
	(void)state;
	struct stat st;
	put(in_folder("a"), "one");
	expect_text(in_folder("a"), "one");
	assert_int_equal(stat(in_folder("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(entries(), 1);
}

static void an_aborted_file_leaves_the_old_one_and_nothing_else(void **state)
{
	(void)state;
	struct output *o;
	struct err err;
	put(in_folder("a"), "one");
	assert_int_equal(output_create(&o, in_folder("a"), &err), 0);
	assert_int_equal(output_write(o, "two", 3, &err), 0);
	assert_int_equal(entries(), 2);
	output_abort(o);
	expect_text(in_folder("a"), "one");
	assert_int_equal(entries(), 1);
}

static void a_folder_that_is_not_there_is_status_73(void **state)
{
	(void)state;
	struct output *o;
	struct err err;
	assert_int_equal(output_create(&o, in_folder("no/such"), &err), -1);
	assert_int_equal(err.status, STATUS_CANTCREAT);
}

static struct output_folder staged(const char *text)
{
	struct output_folder staging;
	char path[256];
	struct err err;
	assert_int_equal(output_folder_create(&staging, in_folder("out"), &err), 0);
	snprintf(path, sizeof path, "%s/list", staging.path);
	put(path, text);
	return staging;
}

static void a_folder_is_published_by_one_rename_and_replaces_the_old_one(void **state)
{
	(void)state;
	struct err err;
	for (int i = 0; i < 2; i++) {
		struct output_folder staging = staged(i ? "new" : "old");
		assert_int_equal(output_folder_publish(&staging, in_folder("out"), NULL, &err), 0);
		expect_text(in_folder("out/list"), i ? "new" : "old");
		output_folder_remove(&staging);
	}
	assert_int_equal(entries(), 1);
}

static void a_file_in_the_way_of_a_folder_is_not_removed(void **state)
{
	(void)state;
	struct err err;
	put(in_folder("out"), "a file");
	struct output_folder staging = staged("new");
	assert_int_equal(output_folder_publish(&staging, in_folder("out"), NULL, &err), -1);
	assert_int_equal(err.status, STATUS_CANTCREAT);
	expect_text(in_folder("out"), "a file");
	output_folder_remove(&staging);
}

static void leave_one_half_made(void)
{
	struct output *o;
	struct output_folder f;
	struct err err;
	if (output_create(&o, in_folder("a"), &err) == 0 && output_folder_create(&f, in_folder("out"), &err) == 0)
		_exit(0);
	_exit(1);
}

static void what_a_killed_process_left_goes_when_the_same_is_made_again(void **state)
{
	(void)state;
	int status;
	pid_t child = fork();
	if (child == 0)
		leave_one_half_made();
	waitpid(child, &status, 0);
	assert_int_equal(entries(), 2);
	put(in_folder("a"), "one");
	struct output_folder staging = staged("new");
	assert_int_equal(entries(), 2); /* a, and the new folder */
	output_folder_remove(&staging);
	assert_int_equal(entries(), 1);
}

static void what_another_is_making_stays(void **state)
{
	(void)state;
	struct output *mine, *other;
	struct err err;
	assert_int_equal(output_create(&mine, in_folder("a"), &err), 0);
	assert_int_equal(output_create(&other, in_folder("a"), &err), 0);
	assert_int_equal(entries(), 2);
	assert_int_equal(output_commit(mine, &err), 0);
	output_abort(other);
	assert_int_equal(entries(), 1);
}

static void a_folder_is_kept_under_the_name_that_is_told(void **state)
{
	(void)state;
	struct err err;
	for (int i = 0; i < 2; i++) {
		struct output_folder staging = staged(i ? "new" : "old");
		assert_int_equal(output_folder_publish(&staging, in_folder("out"), in_folder("before"), &err), 0);
	}
	expect_text(in_folder("out/list"), "new");
	expect_text(in_folder("before/list"), "old");
	assert_int_equal(entries(), 2);
}

static void sealed_files_are_made_visible_later(void **state)
{
	(void)state;
	struct output *o;
	struct err err;
	assert_int_equal(output_create(&o, in_folder("a"), &err), 0);
	assert_int_equal(output_write(o, "one", 3, &err), 0);
	assert_int_equal(output_seal(o, &err), 0);
	assert_int_equal(access(in_folder("a"), F_OK), -1);
	assert_int_equal(output_commit(o, &err), 0);
	expect_text(in_folder("a"), "one");
}

static void a_second_process_does_not_get_the_lock(void **state)
{
	(void)state;
	struct err err;
	int lock, status;
	assert_int_equal(lock_take(&lock, in_folder("out"), &err), 0);
	pid_t child = fork();
	if (child == 0) {
		int mine;
		_exit(lock_take(&mine, in_folder("out"), &err) < 0 ? (int)err.status : 0);
	}
	waitpid(child, &status, 0);
	assert_int_equal(WEXITSTATUS(status), STATUS_LOCKED);
	lock_release(lock);
	assert_int_equal(lock_take(&lock, in_folder("out"), &err), 0);
	lock_release(lock);
}

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	leave_remove_folder(folder);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_appears_on_commit_and_is_for_its_owner_only),
		TEST(an_aborted_file_leaves_the_old_one_and_nothing_else),
		TEST(a_folder_that_is_not_there_is_status_73),
		TEST(a_folder_is_published_by_one_rename_and_replaces_the_old_one),
		TEST(a_file_in_the_way_of_a_folder_is_not_removed),
		TEST(what_a_killed_process_left_goes_when_the_same_is_made_again),
		TEST(what_another_is_making_stays),
		TEST(a_folder_is_kept_under_the_name_that_is_told),
		TEST(sealed_files_are_made_visible_later),
		TEST(a_second_process_does_not_get_the_lock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
