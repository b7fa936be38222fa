#ifndef BIDUI_STATE_INTERNAL_H
#define BIDUI_STATE_INTERNAL_H

#include "state/state.h"

#include <pthread.h>

/* What an index holds. */
struct state_index {
	struct state_extract *extracts;
	size_t extract_count, extract_cap;
	struct state_kind *kinds;
	size_t kind_count, kind_cap;
	struct state_made made;
	uint64_t next;
};

struct state {
	char *folder, *tables, *path; /* of the index */
	struct frame_id id;
	int lock;
	struct state_index old, now;        /* of the last run; of this one */
	bool committed;               /* now is the one on disk */
	struct frame_writer *writer;  /* of the next index */
	char *fault;
	pthread_mutex_t mutex;
};

void state_index_add(struct state_index *x, const struct state_extract *e);
void state_index_add_kind(struct state_index *x, const struct state_kind *k);
void state_index_release(struct state_index *x);
int state_index_write(const struct state_index *x, struct frame_writer *w, struct err *err) __attribute__((warn_unused_result));
/* Of a file that is not there: empty. */
int state_index_read(struct state_index *x, const char *path, const struct frame_id *id, struct err *err) __attribute__((warn_unused_result));

#endif
