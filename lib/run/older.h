/* The runs before: OUT.run-000001, OUT.run-000002, ... beside OUT, the lowest number the oldest. A number is never used again while a higher one
 * is there. */
#ifndef BIDUI_RUN_OLDER_H
#define BIDUI_RUN_OLDER_H

#include "run/run.h"

/* Finish what a run that was killed while it published did not: its old lists are kept, or are put back if there are none. Under the lock. */
int older_recover(const char *out, unsigned keep, struct err *err) __attribute__((warn_unused_result));
/* The name, malloc'd, of the youngest of the runs before, when OUT becomes one. */
int older_next(char **ret, const char *out, struct err *err) __attribute__((warn_unused_result));
/* Remove the oldest until `keep` are left. */
void older_purge(struct older *k, const char *out, unsigned keep);
void older_release(struct older *k);

#endif
