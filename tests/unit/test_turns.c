/* Pieces are handed in in their order, whichever thread is done first; after a failure nobody gets a turn. */
#include "base/turns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs those above before it */
#include <cmocka.h>

#define PIECES 500

struct work {
	struct turns turns;
	_Atomic uint64_t given;
	uint64_t fails_at;
	uint64_t seen[PIECES];
	unsigned count;
};

static void *worker(void *arg)
{
	struct work *w = arg;
	struct err err;
	for (uint64_t order; (order = w->given++) < PIECES;) {
		if (!turns_wait(&w->turns, order))
			return NULL;
		w->seen[w->count++] = order;
		turns_done(&w->turns, order == w->fails_at ? err_set(&err, STATUS_IOERR, "piece %d", (int)order) : 0, &err);
	}
	return NULL;
}

static void run(struct work *w, unsigned threads, uint64_t fails_at)
{
	*w = (struct work){ .fails_at = fails_at };
	turns_init(&w->turns);
	turns_run(threads, worker, w);
	turns_release(&w->turns);
}

static void pieces_are_handed_in_in_their_order(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 8; threads *= 2) {
		struct work w;
		run(&w, threads, UINT64_MAX);
		assert_false(w.turns.failed);
		assert_int_equal(w.count, PIECES);
		for (unsigned i = 0; i < PIECES; i++)
			assert_int_equal(w.seen[i], i);
	}
}

static void after_a_failure_nobody_gets_a_turn(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 8; threads *= 2) {
		struct work w;
		run(&w, threads, 77);
		assert_true(w.turns.failed);
		assert_int_equal(w.count, 78);
		assert_string_equal(w.turns.err.text, "piece 77");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_handed_in_in_their_order),
		cmocka_unit_test(after_a_failure_nobody_gets_a_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
