/* parts: extracts of a kind that were read one by one, put together as if they had been read in one go.
 *
 * ingest_run with a reading_path and one file gives two files that stand for it: the table of its rows and the reading, which is all
 * else that is known. Neither depends on the name of the extract. What the kind as a whole decides is decided here: duplicates across
 * the extracts, the stops on shares, the two lists.
 *
 *     ingest_run(&job_of_one_extract, ...); ...          // or one of an earlier night
 *     parts_settle(&job, &damaged, err);                 // makes job.table_path, whose rows stand in the parts
 *     parts_list(&job, counts, err);                     // also of one that was settled in an earlier night
 */
#ifndef BIDUI_INGEST_PARTS_H
#define BIDUI_INGEST_PARTS_H

#include "ingest/ingest.h"

struct ingest_part {
	const char *table_path, *reading_path;
};

struct parts_job {
	const struct schema *schema;
	const struct kind *kind;
	const struct ingest_file *files; /* their names now, in byte order */
	const struct ingest_part *parts; /* of each file; the tables in the folder of table_path */
	unsigned count;
	struct frame_id id;              /* of all these files */
	const char *table_path;
	const char *rejects_path, *invalid_path; /* as of ingest_job; both are made by parts_list */
	uint64_t memory;                 /* as of ingest_job */
};

/* Make the table of the kind. *ret_damaged: whether it was a file of the parts that failed, and not what the extracts hold. */
int parts_settle(const struct parts_job *job, bool *ret_damaged, struct err *err) __attribute__((warn_unused_result));
/* Make the two lists. counts: one of each file. Fails on damage only. */
int parts_list(const struct parts_job *job, struct ingest_count *counts, struct err *err) __attribute__((warn_unused_result));

#endif
