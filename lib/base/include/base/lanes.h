/* lanes: pieces of work done on several threads, and what comes of them taken up one by one in their order (base/turns.h).
 *
 * Each thread has a lane to itself: what work leaves for take, and what it may use on the way, lies in arrays of lanes_count() items of
 * the caller's. So the outcome does not depend on the number of threads.
 */
#ifndef BIDUI_BASE_LANES_H
#define BIDUI_BASE_LANES_H

#include "base/err.h"

#include <stdint.h>

struct lanes {
	unsigned threads;    /* 0 counts as 1; 64 at most */
	uint64_t count;      /* pieces */
	void *arg;
	/* Do piece i; on any thread. */
	int (*work)(void *arg, unsigned lane, uint64_t i, struct err *err);
	/* Take up what has come of piece i; never two at once, 0 first. */
	int (*take)(void *arg, unsigned lane, uint64_t i, struct err *err);
};

unsigned lanes_count(unsigned threads);
/* 0, or -1 with the error of the first piece, in their order, that failed. */
int lanes_run(const struct lanes *l, struct err *err) __attribute__((warn_unused_result));

#endif
