/* belt: chunks from the feed, through any number of threads, into the table in their order.
 *
 * One thread at a time takes a chunk from the feed and one at a time puts a chunk into the table; between the two each works alone. A
 * chunk's rows are right when its first byte begins a record: when the records before it end there. The first chunk of a file begins
 * one; each next one does when the chunk before was right and left no rest. Where a rest is left, the chunks behind it are read again
 * by the thread that puts them in, from the rest on, until a record ends where a chunk does.
 */
#ifndef BIDUI_INGEST_BELT_H
#define BIDUI_INGEST_BELT_H

#include "feed.h"

/* Put rows into the table, in their order; called by one thread at a time. `done`: these were the last of the file. */
typedef int belt_put_fn(void *arg, struct reading *r, struct batch *b, bool done, struct err *err);

int belt_run(const struct ingest_job *job, struct feed *feed, belt_put_fn *put, void *arg, struct ingest_days *ret_days, struct err *err)
	__attribute__((warn_unused_result));

#endif
