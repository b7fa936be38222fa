#include "base/lanes.h"

#include "base/mem.h"

#include <pthread.h>

struct crossing {
	const struct lanes *lanes;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t begun, taken;  /* pieces */
	unsigned slots;
	struct slot {
		bool done, failed;
		struct err err;
	} *slot;                /* of piece i: i % slots */
	bool taking, failed;
	struct err err;
};

static unsigned threads_of(unsigned threads)
{
	return threads < 1 ? 1 : threads > LANES_MOST ? LANES_MOST : threads;
}

unsigned lanes_slots(unsigned threads)
{
	threads = threads_of(threads);
	return threads == 1 ? 1 : 2 * threads;
}

static void fail(struct crossing *c, const struct err *err)
{
	c->failed = true;
	c->err = *err;
}

/* The lock is held before and after. */
static void take_next(struct crossing *c)
{
	unsigned at = (unsigned)(c->taken % c->slots);
	struct slot *s = &c->slot[at];
	struct err err;
	int r = -1;
	c->taking = true;
	if (!s->failed) {
		pthread_mutex_unlock(&c->lock);
		r = c->lanes->take(c->lanes->arg, at, c->taken, &err);
		pthread_mutex_lock(&c->lock);
	}
	c->taking = s->done = false;
	c->taken++;
	if (r < 0)
		fail(c, s->failed ? &s->err : &err);
	pthread_cond_broadcast(&c->changed);
}

static void begin_next(struct crossing *c)
{
	uint64_t i = c->begun++;
	unsigned at = (unsigned)(i % c->slots);
	struct slot *s = &c->slot[at];
	pthread_mutex_unlock(&c->lock);
	s->failed = c->lanes->work(c->lanes->arg, at, i, &s->err) < 0;
	pthread_mutex_lock(&c->lock);
	s->done = true;
	pthread_cond_broadcast(&c->changed);
}

static void *cross(void *arg)
{
	struct crossing *c = arg;
	pthread_mutex_lock(&c->lock);
	while (!c->failed && c->taken < c->lanes->count) {
		if (!c->taking && c->taken < c->begun && c->slot[c->taken % c->slots].done)
			take_next(c);
		else if (c->begun < c->lanes->count && c->begun < c->taken + c->slots)
			begin_next(c);
		else
			pthread_cond_wait(&c->changed, &c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

static int run_alone(const struct lanes *l, struct err *err)
{
	for (uint64_t i = 0; i < l->count; i++)
		if (l->work(l->arg, 0, i, err) < 0 || l->take(l->arg, 0, i, err) < 0)
			return -1;
	return 0;
}

int lanes_run(const struct lanes *l, struct err *err)
{
	pthread_t ids[LANES_MOST];
	unsigned threads = threads_of(l->threads), started = 0;
	if (threads == 1 || l->count < 2)
		return run_alone(l, err);
	struct crossing c = { .lanes = l, .slots = lanes_slots(threads) };
	c.slot = mem_alloc(c.slots * sizeof *c.slot);
	pthread_mutex_init(&c.lock, NULL);
	pthread_cond_init(&c.changed, NULL);
	while (started + 1 < threads && pthread_create(&ids[started], NULL, cross, &c) == 0)
		started++;
	cross(&c);
	for (unsigned i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	pthread_mutex_destroy(&c.lock);
	pthread_cond_destroy(&c.changed);
	free(c.slot);
	if (c.failed)
		*err = c.err;
	return c.failed ? -1 : 0;
}
