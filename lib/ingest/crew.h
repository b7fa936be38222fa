/* crew: threads that work on whatever job there is. */
#ifndef BIDUI_INGEST_CREW_H
#define BIDUI_INGEST_CREW_H

#include "ingest/ingest.h"

struct crew_job {
	void (*help)(void *arg); /* returns when there is nothing more to take */
	void *arg;
	struct crew_job *next;
	bool open;
	unsigned inside;
};

unsigned crew_threads(const struct ingest_crew *crew); /* 1 of no crew */
/* From now on threads may call job->help; the caller works too. crew may be NULL. */
void crew_begin(struct ingest_crew *crew, struct crew_job *job);
/* Nobody new comes; wait until all have left. */
void crew_end(struct ingest_crew *crew, struct crew_job *job);

#endif
