#include "used.h"

#include <unistd.h>

static void *remove_all(void *arg)
{
	const struct used *u = arg;
	for (size_t at = 0; at < u->paths.n; at += strlen(u->paths.p + at) + 1)
		unlink(u->paths.p + at);
	return NULL;
}

void used_wait(struct used *u)
{
	if (u->running)
		pthread_join(u->thread, NULL);
	u->running = false;
	buf_release(&u->paths);
}

void used_add(struct used *u, const char *path)
{
	if (!path)
		return;
	if (u->running)
		used_wait(u);
	buf_put(&u->paths, path, strlen(path) + 1);
}

void used_remove(struct used *u)
{
	if (!u->running && u->paths.n)
		u->running = pthread_create(&u->thread, NULL, remove_all, u) == 0;
}
