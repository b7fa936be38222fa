/* track: leads over many runs. Page: docs/formats/ledger.md.
 *
 * A lead is known by its finding_id; the list it stands in is only an attribute. A run gives each lead one state:
 *
 *   new       never seen before                        its due date is fixed now: this run's as-of date and its rule's days
 *   open      seen in the run before too, with the same evidence
 *   changed   the same, with other evidence (evidence_hash, which a row that merely moves does not change)
 *   gone      not in this run, though its rule was asked with every kind it had when the lead was last seen
 *   reopened  in this run, and gone before
 *
 * A lead that is not in this run whose rule lacked a kind that it had before stays open: nothing is known of it.
 */
#ifndef BIDUI_LEDGER_TRACK_H
#define BIDUI_LEDGER_TRACK_H

#include "ledger/store.h"

#include <stdbool.h>
#include <stdint.h>

enum lead_state { LEAD_NEW, LEAD_OPEN, LEAD_CHANGED, LEAD_GONE, LEAD_REOPENED, LEAD_STATES };
extern const char *const lead_states[LEAD_STATES]; /* "new", ... */

struct track_result {
	char as_of[11];
	bool again;                   /* the run was the last one tracked: nothing was changed */
	uint64_t states[LEAD_STATES]; /* leads of this run, and those that it has closed */
	uint64_t unasked;             /* leads that stay as they are because a kind was missing */
	bool registered;              /* movement of the registry is known: STATE/registered is of this run (always false with again) */
	uint64_t overdue;             /* leads that are not gone and were due before the as-of date */
};

/* Take a published folder into the ledger, in one transaction. A run with an as-of date before the last one's is refused (65). */
int ledger_track(struct ledger *l, const char *folder, struct track_result *ret, struct err *err) __attribute__((warn_unused_result));

#endif
