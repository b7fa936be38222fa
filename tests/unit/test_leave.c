/* What is half made is gone when a program ends out of turn. */
#include "base/leave.h"
#include "digest/digest.h"

#include "scratch.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static char file[300], folder[300];

static void put_in(const char *dir, const char *name)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	scratch_put(path, "x", 1);
}

/* A file, and a folder with one in it and in a folder of it. */
static void make_some(const char *scratch)
{
	snprintf(file, sizeof file, "%s/file", scratch);
	snprintf(folder, sizeof folder, "%s/folder", scratch);
	leave_begin(file);
	scratch_put(file, "x", 1);
	leave_release();
	leave_begin(folder);
	mkdir(folder, 0700);
	leave_release();
	put_in(folder, "a");
	char inner[320];
	snprintf(inner, sizeof inner, "%s/inner", folder);
	mkdir(inner, 0700);
	put_in(inner, "b");
}

/* How a child ended that made some and then did that. */
static int ended(const char *scratch, void (*what)(void))
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(null, 2);
		for (int s = 1; s < 32; s++)
			signal(s, SIG_DFL); /* cmocka handles some */
		leave_on_signals();
		make_some(scratch);
		what();
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void be_terminated(void)
{
	raise(SIGTERM);
}

static void be_interrupted(void)
{
	raise(SIGINT);
}

static void run_out_of_memory(void)
{
	mem_grow(NULL, SIZE_MAX / 2, 3);
}

static void *no_memory(size_t n, const char *of, int line)
{
	(void)n, (void)of, (void)line;
	return NULL;
}

static void hash_without_memory(void)
{
	CRYPTO_set_mem_functions(no_memory, NULL, NULL);
	sha256_new();
}

static void fail_an_assert(void)
{
	abort();
}

static void *wait_for_a_signal(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void be_terminated_in_another_thread(void)
{
	pthread_t t;
	pthread_create(&t, NULL, wait_for_a_signal, NULL);
	pthread_kill(t, SIGTERM);
	pthread_join(t, NULL);
}

static void a_signal_removes_what_is_half_made_and_ends_the_program_by_that_signal(void **state)
{
	int status = ended(*state, be_terminated);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	assert_int_equal(scratch_count(*state), 0);
	status = ended(*state, be_interrupted);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	assert_int_equal(scratch_count(*state), 0);
	status = ended(*state, be_terminated_in_another_thread);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	assert_int_equal(scratch_count(*state), 0);
}

static void without_memory_it_is_removed_too_and_the_status_is_71(void **state)
{
	void (*const ways[])(void) = { run_out_of_memory, hash_without_memory };
	for (size_t i = 0; i < 2; i++) {
		int status = ended(*state, ways[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == STATUS_OSERR);
		assert_int_equal(scratch_count(*state), 0);
	}
}

static void after_a_fault_of_our_own_it_is_removed_too_and_the_status_is_70(void **state)
{
	int status = ended(*state, fail_an_assert);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == STATUS_SOFTWARE);
	assert_int_equal(scratch_count(*state), 0);
}

static const char *kept;

static void keep_one_then_be_terminated(void)
{
	struct leave *l = leave_begin(kept);
	scratch_put(kept, "x", 1);
	leave_release();
	leave_end(l);
	raise(SIGTERM);
}

static void what_is_done_stays(void **state)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/kept", (char *)*state);
	kept = path;
	ended(*state, keep_one_then_be_terminated);
	assert_int_equal(scratch_count(*state), 1);
	scratch_holds(path, "x");
}

static void terminate_while_held(void)
{
	leave_hold();
	raise(SIGTERM);
	scratch_put(kept, "x", 1);
	leave_release();
}

static void a_signal_waits_while_it_is_held(void **state)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/kept", (char *)*state);
	kept = path;
	int status = ended(*state, terminate_while_held);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	scratch_holds(path, "x");
}

static void a_link_in_a_folder_is_removed_and_not_what_it_leads_to(void **state)
{
	char in[300], out[300];
	snprintf(in, sizeof in, "%s/in", (char *)*state);
	snprintf(out, sizeof out, "%s/out", (char *)*state);
	mkdir(in, 0700);
	mkdir(out, 0700);
	put_in(out, "a");
	char link[400];
	snprintf(link, sizeof link, "%s/link", in);
	assert_int_equal(symlink(out, link), 0);
	leave_remove_folder(in);
	assert_int_equal(scratch_count(in), -1);
	assert_int_equal(scratch_count(out), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_signal_removes_what_is_half_made_and_ends_the_program_by_that_signal),
		TEST(without_memory_it_is_removed_too_and_the_status_is_71),
		TEST(after_a_fault_of_our_own_it_is_removed_too_and_the_status_is_70),
		TEST(what_is_done_stays),
		TEST(a_signal_waits_while_it_is_held),
		TEST(a_link_in_a_folder_is_removed_and_not_what_it_leads_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
