/* reading: what is known of an extract that has been read, its rows aside: what it does to the lists and shares of its kind. Page:
 * docs/formats/state.md. Beside the table of its rows it is all that later nights need in place of the extract.
 */
#ifndef BIDUI_INGEST_READING_H
#define BIDUI_INGEST_READING_H

#include "outcome.h"
#include "shares.h"

#include <jansson.h>

/* The entries of both lists are there already (outcome_open_reading): add the rest. meta is that of the table. */
int reading_finish(struct frame_writer *w, const struct shares *shares, json_t *meta, struct err *err) __attribute__((warn_unused_result));

/* Called with each entry; -1 stops. */
typedef int entry_fn(void *arg, const struct entry *e, struct err *err);

/* Take a reading in: its shares are put behind those of `shares` unless that is NULL, its entries given to the two functions, where
 * these are not NULL. meta: that of the table it belongs to. */
int reading_take(const char *path, const struct frame_id *id, json_t *meta, struct shares *shares, entry_fn *reject, entry_fn *invalid,
                 void *arg, struct err *err) __attribute__((warn_unused_result));

#endif
