#include "base/lanes.h"

#include "base/turns.h"

#include <stdatomic.h>

#define MOST_THREADS 64

struct crossing {
	const struct lanes *lanes;
	struct turns turns;
	_Atomic uint64_t next;  /* piece */
	_Atomic unsigned lane;  /* given to the next thread */
};

unsigned lanes_count(unsigned threads)
{
	return threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
}

static void *cross(void *arg)
{
	struct crossing *c = arg;
	const struct lanes *l = c->lanes;
	unsigned lane = c->lane++;
	uint64_t i;
	while ((i = c->next++) < l->count) {
		struct err err;
		int r = l->work(l->arg, lane, i, &err);
		if (!turns_wait(&c->turns, i))
			break;
		if (r == 0)
			r = l->take(l->arg, lane, i, &err);
		turns_done(&c->turns, r, &err);
	}
	return NULL;
}

int lanes_run(const struct lanes *l, struct err *err)
{
	struct crossing c = { .lanes = l };
	turns_init(&c.turns);
	turns_run(l->count < 2 ? 1 : lanes_count(l->threads), cross, &c);
	int r = c.turns.failed ? -1 : 0;
	if (r < 0)
		*err = c.turns.err;
	turns_release(&c.turns);
	return r;
}
