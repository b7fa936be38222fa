#include "durable.h"

#include "io/output.h"

static void *sync_all(void *arg)
{
	struct durable *d = arg;
	for (size_t at = 0; d->got == 0 && at < d->paths.n; at += strlen(d->paths.p + at) + 1)
		d->got = output_sync(d->paths.p + at, &d->err);
	return NULL;
}

void durable_add(struct durable *d, const char *path)
{
	buf_put(&d->paths, path, strlen(path) + 1);
}

void durable_begin(struct durable *d)
{
	d->running = pthread_create(&d->thread, NULL, sync_all, d) == 0;
}

int durable_wait(struct durable *d, struct err *err)
{
	if (d->running)
		pthread_join(d->thread, NULL);
	else
		sync_all(d);
	int got = d->got;
	if (got < 0)
		*err = d->err;
	buf_release(&d->paths);
	*d = (struct durable){ 0 };
	return got;
}
