/* turns: threads that take pieces of work in order and hand in what came of them in the same order, whoever is done first.
 *
 *     each thread, for its piece number `order` (0, 1, 2 ...; every number is taken by somebody):
 *         if (!turns_wait(&t, order)) return;      // another one failed
 *         ... write, add up: nobody else is between wait and done ...
 *         turns_done(&t, r, &err);
 *
 * A thread that is early waits, so that what is not handed in yet is one piece a thread at most.
 */
#ifndef BIDUI_BASE_TURNS_H
#define BIDUI_BASE_TURNS_H

#include "base/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct turns {
	pthread_mutex_t lock;
	pthread_cond_t turned;
	uint64_t next;
	bool failed;
	struct err err;        /* of the first that failed */
};

void turns_init(struct turns *t);
void turns_release(struct turns *t);

/* Wait for one's turn; false when somebody failed, and then there is no turn to end. */
bool turns_wait(struct turns *t, uint64_t order);
/* End one's turn; r < 0: it failed with *err. */
void turns_done(struct turns *t, int r, const struct err *err);
/* Outside of a turn: nobody gets one any more. */
void turns_fail(struct turns *t, const struct err *err);

/* Run work(arg) in so many threads, this one among them, and wait for all. Fewer when the system gives no more. 1 to 64. */
void turns_run(unsigned threads, void *(*work)(void *), void *arg);

#endif
