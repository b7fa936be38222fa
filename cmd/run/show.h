#ifndef BIDUI_CMD_RUN_SHOW_H
#define BIDUI_CMD_RUN_SHOW_H

#include "run/run.h"

/* A line on the terminal while the run goes on, in a thread of its own. */
void progress_start(struct run_progress *p);
void progress_stop(void);

/* The table at the end: each extract with its accounting, each list with its leads. */
void show_result(const struct run_result *r, const char *out, bool color);

#endif
