#include "base/turns.h"

#define MOST_THREADS 64

void turns_init(struct turns *t)
{
	*t = (struct turns){ .next = 0 };
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->turned, NULL);
}

void turns_release(struct turns *t)
{
	pthread_cond_destroy(&t->turned);
	pthread_mutex_destroy(&t->lock);
}

bool turns_wait(struct turns *t, uint64_t order)
{
	pthread_mutex_lock(&t->lock);
	while (t->next != order && !t->failed)
		pthread_cond_wait(&t->turned, &t->lock);
	bool go = !t->failed;
	if (!go)
		pthread_mutex_unlock(&t->lock);
	return go;
}

static void note(struct turns *t, const struct err *err)
{
	if (!t->failed)
		t->err = *err;
	t->failed = true;
}

void turns_done(struct turns *t, int r, const struct err *err)
{
	t->next++;
	if (r < 0)
		note(t, err);
	pthread_cond_broadcast(&t->turned);
	pthread_mutex_unlock(&t->lock);
}

void turns_fail(struct turns *t, const struct err *err)
{
	pthread_mutex_lock(&t->lock);
	note(t, err);
	pthread_cond_broadcast(&t->turned);
	pthread_mutex_unlock(&t->lock);
}

void turns_run(unsigned threads, void *(*work)(void *), void *arg)
{
	pthread_t ids[MOST_THREADS];
	unsigned started = 0;
	threads = threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
	while (started + 1 < threads && pthread_create(&ids[started], NULL, work, arg) == 0)
		started++;
	work(arg);
	for (unsigned i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
}
