/* ingest: extracts of one kind -> a table, rejects and invalid values, with every row accounted for.
 *
 * The way of a row: io/source (bytes) -> text (UTF-8) -> csv (records, fields) -> value and id (typed) -> table. The rows of a
 * workbook come from xlsx instead; its encoding is said to be UTF-8 and its delimiter ',', whatever was asked for.
 * What is wrong with a row is data (value/reason.h): it goes to rejects, a value made null to invalid. What makes an extract
 * unusable (extracts.md, "The run stops") is an err with status 65 that names file, line, cause and remedy.
 *
 *     rows_read = accepted + rejected + duplicate      for every file
 *
 * No id, name or value ever gets into an err or a log.
 */
#ifndef BIDUI_INGEST_INGEST_H
#define BIDUI_INGEST_INGEST_H

#include "base/err.h"
#include "file/frame.h"
#include "schema/schema.h"

#include <jansson.h>
#include <stdatomic.h>

struct ingest_file {
	const char *path;
	const char *name;      /* without folders: what lists and rejects say */
	const char *encoding;  /* "UTF-8", "UTF-16LE", "UTF-16BE", "GB18030", or NULL to find out */
	char delimiter;        /* or 0 to find out */
};

/* Counters that a progress line may read while the ingest runs. */
struct ingest_progress {
	_Atomic uint64_t bytes, rows;
};

/* Threads that help with whatever kind is being read. Files are cut into pieces at line ends and the pieces taken by any thread; the
 * result is the same, byte for byte, with none or many. */
struct ingest_crew;
struct ingest_crew *ingest_crew_new(unsigned threads); /* that will be there at most */
/* Help with every job of the crew, and wait for more, until the crew is closed. */
void ingest_help(struct ingest_crew *crew);
void ingest_crew_close(struct ingest_crew *crew); /* no job follows */
void ingest_crew_free(struct ingest_crew *crew);  /* NULL-safe; when nobody helps any more */

struct id_changes; /* old numbers and what they are read as; built from the id_change extracts before all other kinds */

/* Days of birth by which it shows what another as-of date would read the same. */
struct ingest_days {
	int32_t latest;   /* of those up to the as-of date, of numbers taken or refused for something else; -1 of none */
	int32_t earliest; /* of those after it; INT32_MAX of none */
};
#define INGEST_NO_DAYS ((struct ingest_days){ -1, INT32_MAX })

struct ingest_job {
	const struct schema *schema;
	const struct kind *kind;
	const struct ingest_file *files; /* in byte order of their names */
	unsigned file_count;
	int32_t as_of;                   /* days since 1900-01-01 */
	const char *table_path;          /* written whole or not at all, as are the next two */
	const char *rejects_path;        /* file,line,column,reason,row */
	const char *invalid_path;        /* file,line,column,reason,value */
	const char *reading_path;        /* or NULL; then neither of the two, but all that is known of the one file: ingest/parts.h */
	struct frame_id id;
	const struct id_changes *changes;  /* or NULL */
	struct ingest_progress *progress;  /* or NULL */
	struct ingest_crew *crew;          /* or NULL: nobody helps */
	struct ingest_days *days;          /* or NULL: nobody asks */
	bool passing;                      /* the table is gone with its folder before the process ends: it is not made durable */
	uint64_t memory;                   /* bytes that the test for duplicates may take, or 0 for as many as are good: the result is the same */
};

/* What is in an extract, as in manifest.json "inputs". */
struct ingest_count {
	uint64_t bytes;
	uint8_t xxh3_128[16];
	const char *encoding;  /* static: as in ingest_file */
	char delimiter;
	uint64_t rows_read, accepted, rejected, duplicate, blank, invalid;
};

/* counts: file_count of them, filled on success. On failure no file is left behind. */
int ingest_run(const struct ingest_job *job, struct ingest_count *counts, struct err *err) __attribute__((warn_unused_result));

/* Build the id changes from the extracts of the kind with ROLE_ID_CHANGES (65 on a cycle or two `new` for one `old`). */
int id_changes_load(struct id_changes **ret, const char *table_path, const struct schema *schema, const struct frame_id *id,
                    struct err *err) __attribute__((warn_unused_result));
/* Equal when and only when the same old numbers are read as the same new ones. c may be NULL. */
void id_changes_digest(const struct id_changes *c, uint8_t ret[16]);
void id_changes_free(struct id_changes *c);

#endif
