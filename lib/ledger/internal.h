#ifndef BIDUI_LEDGER_INTERNAL_H
#define BIDUI_LEDGER_INTERNAL_H

#include "ledger/store.h"

#include <stdbool.h>
#include <stdint.h>

/* schema.c: step i brings a ledger of version i to version i + 1; NULL behind the last. A step that has been in a release is never
 * changed: a change is a further step. */
extern const char *const ledger_steps[];

/* movement.c: what a run has changed, in the transaction that tracks it. */
int ledger_count_movement(struct ledger *l, int64_t run, struct err *err) __attribute__((warn_unused_result));

/* The same of what has moved in the registry: table has a line with figure and region for each. */
int ledger_count_moved(struct ledger *l, int64_t run, const char *table, struct err *err) __attribute__((warn_unused_result));

/* registered.c: STATE/registered, when it is of the run with this manifest: movement since the last run that had one, and what the next one
 * is compared with. */
int ledger_take_registered(struct ledger *l, int64_t run, const char *manifest, bool *ret_known, struct err *err) __attribute__((warn_unused_result));

/* owners.c: the temporary table `owner` with the lines of a file; without a path it is empty. */
int ledger_owners(struct ledger *l, const char *path, struct err *err) __attribute__((warn_unused_result));

#endif
