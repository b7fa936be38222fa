/* The ledger's file: who may read it, what it refuses, and that it is whole after a kill. */
#include "ledger/store.h"
#include "scratch.h"

#include <signal.h>
#include <sys/wait.h>

static struct ledger *opened(const char *folder)
{
	struct ledger *l = NULL;
	struct err err = { 0 };
	if (ledger_open(&l, folder, &err) < 0)
		fail_msg("%s", err.text);
	return l;
}

static void must(struct ledger *l, const char *sql)
{
	struct err err = { 0 };
	if (ledger_exec(l, sql, &err) < 0)
		fail_msg("%s", err.text);
}

static int refused(const char *folder)
{
	struct ledger *l = NULL;
	struct err err = { 0 };
	assert_int_equal(ledger_open(&l, folder, &err), -1);
	assert_null(l);
	return (int)err.status;
}

static int runs(struct ledger *l)
{
	sqlite3_stmt *s = NULL;
	struct err err = { 0 };
	assert_int_equal(ledger_prepare(l, &s, "SELECT count(*) FROM run", &err), 0);
	assert_int_equal(ledger_step(l, s, &err), ITER_ROW);
	int n = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return n;
}

static mode_t mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static const char one_run[] = "INSERT INTO run VALUES (NULL, '2017-11-26', 'x', 'y', 0)";

static void nobody_else_may_read_what_it_makes_whatever_the_umask(void **state)
{
	mode_t before = umask(0);
	const char *folder = scratch_path(*state, "state");
	ledger_close(opened(folder));
	umask(before);
	assert_int_equal(mode_of(folder), 0700);
	assert_int_equal(mode_of(scratch_path(*state, "state/ledger.db")), 0600);
	assert_int_equal(scratch_count(folder), 1);
}

static void a_folder_or_a_file_that_others_may_read_is_refused(void **state)
{
	const char *folder = scratch_path(*state, "state"), *file = scratch_path(*state, "state/ledger.db");
	ledger_close(opened(folder));
	assert_int_equal(chmod(file, 0640), 0);
	assert_int_equal(refused(folder), STATUS_CANTCREAT);
	assert_int_equal(chmod(file, 0600), 0);
	assert_int_equal(chmod(folder, 0750), 0);
	assert_int_equal(refused(folder), STATUS_CANTCREAT);
}

static void what_was_committed_is_there_the_next_time_and_nothing_else(void **state)
{
	struct err err;
	struct ledger *l = opened(*state);
	assert_int_equal(ledger_begin(l, &err), 0);
	must(l, one_run);
	assert_int_equal(ledger_commit(l, &err), 0);
	assert_int_equal(ledger_begin(l, &err), 0);
	must(l, one_run);
	ledger_close(l);
	l = opened(*state);
	assert_int_equal(runs(l), 1);
	ledger_close(l);
}

/* The child writes more than its cache holds, so the file itself is half changed when it dies. */
static void a_kill_in_the_middle_leaves_it_as_it_was(void **state)
{
	struct err err;
	int status;
	pid_t child = fork();
	if (child == 0) {
		struct ledger *l = opened(*state);
		must(l, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1");
		if (ledger_begin(l, &err) == 0)
			must(l, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
			        " INSERT INTO run SELECT NULL, '2017-11-26', hex(randomblob(50)), 'y', 0 FROM n");
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(scratch_count(*state), 2); /* its journal */
	struct ledger *l = opened(*state);
	assert_int_equal(runs(l), 0);
	must(l, "PRAGMA integrity_check");
	ledger_close(l);
	assert_int_equal(scratch_count(*state), 1);
}

static void bytes_that_are_no_ledger_are_refused(void **state)
{
	const char *file = scratch_path(*state, "ledger.db");
	scratch_put(file, "finding_id,rule,core\n", 21);
	chmod(file, 0600);
	assert_int_equal(refused(*state), STATUS_DATA);
}

static void another_programs_database_is_refused(void **state)
{
	sqlite3 *db;
	const char *file = scratch_path(*state, "ledger.db");
	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE run (a)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	chmod(file, 0600);
	assert_int_equal(refused(*state), STATUS_DATA);
}

static void a_newer_version_is_refused(void **state)
{
	struct ledger *l = opened(*state);
	must(l, "PRAGMA user_version = 1000");
	ledger_close(l);
	assert_int_equal(refused(*state), STATUS_DATA);
}

static void what_is_deleted_is_overwritten(void **state)
{
	struct ledger *l = opened(*state);
	must(l, "INSERT INTO run VALUES (NULL, '2017-11-26', 'somebody-who-is-to-be-forgotten', 'y', 0)");
	must(l, "DELETE FROM run");
	ledger_close(l);
	struct buf b = scratch_get(scratch_path(*state, "ledger.db"));
	assert_null(memmem(b.p, b.n, "to-be-forgotten", 15));
	buf_release(&b);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
	const struct CMUnitTest tests[] = {
		TEST(nobody_else_may_read_what_it_makes_whatever_the_umask),
		TEST(a_folder_or_a_file_that_others_may_read_is_refused),
		TEST(what_was_committed_is_there_the_next_time_and_nothing_else),
		TEST(a_kill_in_the_middle_leaves_it_as_it_was),
		TEST(bytes_that_are_no_ledger_are_refused),
		TEST(another_programs_database_is_refused),
		TEST(a_newer_version_is_refused),
		TEST(what_is_deleted_is_overwritten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
