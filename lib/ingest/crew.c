#include "crew.h"

#include "base/mem.h"

#include <pthread.h>

struct ingest_crew {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct crew_job *jobs;
	unsigned threads;
	bool closed;
};

struct ingest_crew *ingest_crew_new(unsigned threads)
{
	struct ingest_crew *c = mem_alloc(sizeof *c);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	c->threads = threads;
	return c;
}

void ingest_crew_free(struct ingest_crew *c)
{
	if (!c)
		return;
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->changed);
	free(c);
}

void ingest_crew_close(struct ingest_crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->closed = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

unsigned crew_threads(const struct ingest_crew *c)
{
	return c ? c->threads : 1;
}

/* The open job with the fewest threads in it. */
static struct crew_job *job_to_help(const struct ingest_crew *c)
{
	struct crew_job *best = NULL;
	for (struct crew_job *j = c->jobs; j; j = j->next)
		if (j->open && (!best || j->inside < best->inside))
			best = j;
	return best;
}

void ingest_help(struct ingest_crew *c)
{
	pthread_mutex_lock(&c->lock);
	for (;;) {
		struct crew_job *j = job_to_help(c);
		if (!j && c->closed)
			break;
		if (!j) {
			pthread_cond_wait(&c->changed, &c->lock);
			continue;
		}
		j->inside++;
		pthread_mutex_unlock(&c->lock);
		j->help(j->arg);
		pthread_mutex_lock(&c->lock);
		j->inside--;
		j->open = false; /* one that came back found nothing more to take */
		pthread_cond_broadcast(&c->changed);
	}
	pthread_mutex_unlock(&c->lock);
}

void crew_begin(struct ingest_crew *c, struct crew_job *job)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	job->open = true;
	job->next = c->jobs;
	c->jobs = job;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

void crew_end(struct ingest_crew *c, struct crew_job *job)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	job->open = false;
	while (job->inside)
		pthread_cond_wait(&c->changed, &c->lock);
	struct crew_job **at = &c->jobs;
	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	pthread_mutex_unlock(&c->lock);
}
