/* reading: what is known of an extract that has been read, its rows aside: what it does to the lists and shares of its kind. Page:
 * docs/formats/state.md. Beside the table of its rows it is all that later nights need in place of the extract.
 */
#ifndef BIDUI_INGEST_READING_H
#define BIDUI_INGEST_READING_H

#include "outcome.h"
#include "shares.h"

#include <jansson.h>

/* The entries of both lists are there already (outcome_open_reading), and the marks of all rows (shares_put): add the rest. meta is that
 * of the table. */
int reading_finish(struct frame_writer *w, json_t *meta, struct err *err) __attribute__((warn_unused_result));

/* Called with each entry; -1 stops. */
typedef int entry_fn(void *arg, const struct entry *e, struct err *err);

/* Called with each block of marks (shares_take); -1: it is broken. */
typedef int marks_fn(void *arg, const struct frame_block *b);

/* Take a reading in: its marks and entries are given to the functions, where these are not NULL. meta: that of the table it belongs to. */
int reading_take(const char *path, const struct frame_id *id, json_t *meta, marks_fn *marks, entry_fn *reject, entry_fn *invalid,
                 void *arg, struct err *err) __attribute__((warn_unused_result));

#endif
