/* run: what a published folder says: its as-of date, which rules lacked a kind, and every line of its lists. Each file is checked
 * against the manifest while it is read, so a folder that is replaced in the meantime, or was changed by hand, is noticed. */
#ifndef BIDUI_LEDGER_RUN_H
#define BIDUI_LEDGER_RUN_H

#include "base/err.h"
#include "base/str.h"

#include <jansson.h>

/* The columns of a list that are remembered, by their names in outputs.md: first those of the table `lead`, then those of `line`. */
enum { LEAD_COLUMNS = 14, LINE_COLUMNS = 10, LIST_COLUMNS = LEAD_COLUMNS + LINE_COLUMNS };
extern const char *const tracked_columns[LIST_COLUMNS];

struct tracked_run {
	char *folder;
	json_t *manifest, *summary;
	const char *as_of, *pack;  /* of the manifest */
	char lists[33];            /* a hash of the hashes of its lists and its summary */
};

/* 66 when it is no published folder, 65 when what it says of itself is broken. */
int tracked_run_open(struct tracked_run *r, const char *folder, struct err *err) __attribute__((warn_unused_result));
void tracked_run_release(struct tracked_run *r);

/* A line of a list; list is its name ("missed"), cells are those of tracked_columns, borrowed for the call. */
typedef int lead_fn(void *arg, struct str list, const struct str *cells, struct err *err);
int tracked_run_leads(const struct tracked_run *r, lead_fn *fn, void *arg, struct err *err) __attribute__((warn_unused_result));

/* A kind that a rule lacked, whether it was evaluated without it or not at all. */
typedef int missing_fn(void *arg, struct str rule, struct str kind, struct err *err);
int tracked_run_missing(const struct tracked_run *r, missing_fn *fn, void *arg, struct err *err) __attribute__((warn_unused_result));

#endif
