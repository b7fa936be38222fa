/* registered: STATE/registered, who is in the registry, as a run has seen it, so that the ledger can tell who has entered, exited,
 * relapsed and left. Page: docs/formats/registered.md. It belongs to one published run, whose manifest's hash it bears.
 *
 * Writing (the run, once its manifest is there):
 *     registered_create(&w, folder, schema->hash, manifest, err); for each row of the registry: registered_put(w, &row, err);
 *     registered_commit(w, err);             // or registered_abort(w)
 * Reading: ledger/track.h.
 */
#ifndef BIDUI_LEDGER_REGISTERED_H
#define BIDUI_LEDGER_REGISTERED_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct registered_row {
	struct str household_no, id; /* id: 18 places */
	struct str status, region;   /* of the row: poor, exited ...; 12 digits; or empty */
	bool head;
};

struct registered_writer;
/* folder: the state's. manifest: the path of the run's manifest.json. */
int registered_create(struct registered_writer **ret, const char *folder, const uint8_t schema[16], const char *manifest, struct err *err)
	__attribute__((warn_unused_result));
int registered_put(struct registered_writer *w, const struct registered_row *row, struct err *err) __attribute__((warn_unused_result));
int registered_commit(struct registered_writer *w, struct err *err) __attribute__((warn_unused_result)); /* frees w, also on failure */
void registered_abort(struct registered_writer *w); /* NULL-safe */

#endif
