/* durable: files of the state made durable beside the stages that follow: waiting for the disk takes as long as they do. Nothing may name
 * them before durable_wait has said that they are there to stay. */
#ifndef BIDUI_RUN_DURABLE_H
#define BIDUI_RUN_DURABLE_H

#include "base/err.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdbool.h>

struct durable {
	struct buf paths;      /* each with its NUL */
	pthread_t thread;
	bool running;
	int got;
	struct err err;
};

void durable_add(struct durable *d, const char *path);  /* before it is begun */
void durable_begin(struct durable *d);
int durable_wait(struct durable *d, struct err *err) __attribute__((warn_unused_result)); /* 74; nothing is left of *d */

#endif
