/* purge: what the ledger no longer has to know is forgotten, so that people's data is not kept for ever. */
#ifndef BIDUI_LEDGER_PURGE_H
#define BIDUI_LEDGER_PURGE_H

#include "ledger/store.h"

#include <stdint.h>

struct retention {
	const char *as_of;  /* YYYY-MM-DD: the day that is counted back from */
	int gone_days;      /* a lead is forgotten, with all that is known of it, when it has been gone for longer */
	int run_days;       /* a run, with its movement figures, when it is older; never the last one, nor one that a lead that is not gone
	                       was last seen in */
};

struct purge_result {
	uint64_t leads, runs; /* forgotten */
	uint64_t kept;        /* leads */
};

/* In one transaction; what is deleted is overwritten with zeros. The file is first looked through for damage (65). 64 when as_of lies
 * before the last run. */
int ledger_purge(struct ledger *l, const struct retention *keep, struct purge_result *ret, struct err *err) __attribute__((warn_unused_result));

#endif
