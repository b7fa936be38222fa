/* used: files between stages, removed beside the stage that follows the last one to read them: giving gigabytes back to the system takes
 * a while. What cannot be removed so goes with the folder it is in. */
#ifndef BIDUI_RUN_USED_H
#define BIDUI_RUN_USED_H

#include "base/mem.h"

#include <pthread.h>
#include <stdbool.h>

struct used {
	struct buf paths;      /* each with its NUL */
	pthread_t thread;
	bool running;
};

void used_add(struct used *u, const char *path); /* NULL-safe; waits for what was begun before */
void used_remove(struct used *u);                /* begin */
void used_wait(struct used *u);                  /* until it is done; nothing is left of *u */

#endif
