/* feed: the extracts of a kind as a row of chunks, in the order in which their rows count.
 *
 * A chunk of text starts behind an LF and ends behind one, where it can: most likely between two records, though a quoted field may
 * go on over it. Who reads it takes its start for the start of a record; who puts the chunks together knows whether it was (belt.c).
 * Since every LF ends a line, the line of each chunk is known at once. An extract that is no such text is one chunk, unread.
 */
#ifndef BIDUI_INGEST_FEED_H
#define BIDUI_INGEST_FEED_H

#include "batch.h"
#include "extract.h"

struct chunk {
	enum { CHUNK_TEXT, CHUNK_EXTRACT, CHUNK_ERROR } sort;
	struct reading *reading; /* lives as long as the feed */
	struct buf raw;          /* text, in the encoding of the reading; CHUNK_ROOM bytes can be read behind it */
	uint64_t line;           /* of its first byte */
	bool last;               /* nothing follows in the file */
	struct extract *extract; /* of CHUNK_EXTRACT: belongs to who takes the chunk */
	struct err err;          /* of CHUNK_ERROR: nothing follows */
	/* what a thread made of it */
	struct buf decoded;
	struct str text;         /* as UTF-8: in raw or decoded */
	struct batch batch;
	struct str rest;         /* of the text: a record that does not end in it */
	uint64_t rest_line;
	bool failed;             /* with err, behind the rows of the batch */
};

#define CHUNK_ROOM 64

struct feed {
	const struct ingest_job *job;
	struct reading *readings;
	struct extract *extract; /* the file being read; NULL between two */
	unsigned next_file;
	struct buf carry;        /* begins the next chunk */
	size_t chunk;            /* bytes to read for a chunk */
	uint64_t shown;          /* bytes of the file that the progress knows of */
	bool ended;
};

void feed_init(struct feed *f, const struct ingest_job *job, struct ingest_count *counts);
/* The next chunk. False: there is none. An error is a chunk too, since what comes before it counts. */
bool feed_next(struct feed *f, struct chunk *ret);
void feed_release(struct feed *f);
void chunk_release(struct chunk *c);

#endif
