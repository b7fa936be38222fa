/* The stage: every file of a kind, row by row; then what only the whole kind can tell. */
#include "ingest/ingest.h"

#include "belt.h"
#include "outcome.h"
#include "reading.h"
#include "table/table.h"
#include "whole.h"

#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct ingest {
	const struct ingest_job *job;
	struct whole whole;
	struct table_writer *table;
	struct frame_writer *reading; /* of a job that asks for one */
	struct outcome outcome;
	struct feed feed;
	uint32_t ordinal;            /* of the next accepted row */
};

/* More than 10 rows and more than 1 in 1,000 that are not in the encoding: the encoding is another one. */
static int test_encoding(const struct reading *r, struct err *err)
{
	if (r->badly_encoded <= 10 || r->badly_encoded * 1000 <= r->count->rows_read)
		return 0;
	return err_set(err, STATUS_DATA, "%s:1: %llu of %llu rows are not in %s; name the encoding of the extract or ask for another one",
	               r->name, (unsigned long long)r->badly_encoded, (unsigned long long)r->count->rows_read,
	               r->count->encoding);
}

static int put_shares(struct ingest *in, const struct shares *s, struct err *err)
{
	const uint32_t *maybe;
	size_t count;
	if (in->reading && s->rows && shares_put(s, in->reading, err) < 0)
		return -1;
	table_suspected(in->table, &maybe, &count);
	tally_add(&in->whole.tally, s, maybe, count);
	return 0;
}

/* A belt_put_fn. */
static int put(void *arg, struct reading *r, struct batch *b, bool done, struct err *err)
{
	struct ingest *in = arg;
	struct ingest_count *c = r->count;
	if (table_put_rows(in->table, &b->rows, err) < 0 || outcome_take(&in->outcome, &b->rejects, &b->invalid, in->ordinal, err) < 0 ||
	    put_shares(in, &b->shares, err) < 0)
		return -1;
	in->ordinal += b->rows.rows;
	c->rows_read += b->rows_read;
	c->accepted += b->rows.rows;
	c->rejected += b->rejected;
	c->blank += b->blank;
	r->badly_encoded += b->badly_encoded;
	if (in->job->progress)
		atomic_fetch_add_explicit(&in->job->progress->rows, b->rows_read, memory_order_relaxed);
	if (!done)
		return 0;
	in->whole.first_ordinal[r->file + 1] = in->ordinal;
	return test_encoding(r, err);
}

#define ROW_BYTES 100 /* of an extract, about */
#define PACKED 5      /* times as many in a gzip, about */

static bool is_gzip(const char *name)
{
	size_t n = strlen(name);
	return n >= 3 && !strcasecmp(name + n - 3, ".gz");
}

/* About how many rows the files hold. */
static uint64_t rows_to_expect(const struct ingest_job *job)
{
	uint64_t bytes = 0;
	struct stat st;
	for (unsigned i = 0; i < job->file_count; i++)
		if (stat(job->files[i].path, &st) == 0)
			bytes += (uint64_t)st.st_size * (is_gzip(job->files[i].name) ? PACKED : 1);
	return bytes / ROW_BYTES;
}

/* What only the whole kind can tell: duplicates, and the stops on shares. */
static int settle(struct ingest *in, struct err *err)
{
	const uint32_t *duplicates;
	size_t count;
	if (table_duplicates(in->table, &duplicates, &count, err) < 0)
		return -1;
	whole_duplicates(&in->whole, duplicates, count);
	if (!in->job->reading_path && whole_test(&in->whole, duplicates, count, err) < 0)
		return -1;
	struct whole_cursor at = { &in->whole, 0 };
	return outcome_settle(&in->outcome, duplicates, count, whole_count_invalid, &at, err);
}

/* All that is known of an extract that is kept for later, its rows aside. */
static int commit_reading(struct ingest *in, json_t *meta, struct err *err)
{
	struct frame_writer *reading = in->reading;
	if (reading_finish(reading, meta, err) < 0)
		return -1;
	in->reading = NULL;
	return frame_commit(reading, err);
}

static int commit(struct ingest *in, struct err *err)
{
	json_t *meta = whole_meta(&in->whole);
	struct table_writer *table = in->table;
	int rc = in->reading ? commit_reading(in, meta, err) : outcome_seal(&in->outcome, err);
	if (rc == 0) {
		in->table = NULL;
		rc = table_commit(table, meta, err);
	}
	json_decref(meta);
	if (rc < 0 && in->job->reading_path)
		unlink(in->job->reading_path); /* a reading without its table is none */
	return rc < 0 || in->job->reading_path ? rc : outcome_commit(&in->outcome, err);
}

static int open_outcome(struct ingest *in, struct err *err)
{
	const struct ingest_job *job = in->job;
	if (!job->reading_path)
		return outcome_open(&in->outcome, job->rejects_path, job->invalid_path, err);
	if (frame_create(&in->reading, job->reading_path, FRAME_READING, &job->id, err) < 0)
		return -1;
	outcome_open_reading(&in->outcome, in->reading, job->reading_path, job->files[0].name);
	return 0;
}

static int run(struct ingest *in, struct err *err)
{
	const struct ingest_job *job = in->job;
	struct ingest_days days;
	if (whole_check_files(&in->whole, err) < 0 || table_create(&in->table, job->table_path, job->kind, &job->id, err) < 0 ||
	    open_outcome(in, err) < 0)
		return -1;
	if (job->passing)
		table_passing(in->table);
	table_expect(in->table, rows_to_expect(job), job->memory);
	if (belt_run(job, &in->feed, put, in, &days, err) < 0 || settle(in, err) < 0)
		return -1;
	if (job->days)
		*job->days = days;
	return commit(in, err);
}

int ingest_run(const struct ingest_job *job, struct ingest_count *counts, struct err *err)
{
	struct ingest in = { .job = job, .outcome = { .spool_fd = -1 } };
	whole_init(&in.whole, job->kind, job->files, job->file_count);
	feed_init(&in.feed, job, in.whole.counts);
	int rc = run(&in, err);
	if (rc == 0)
		memcpy(counts, in.whole.counts, job->file_count * sizeof *counts);
	table_abort(in.table);
	outcome_abort(&in.outcome);
	frame_abort(in.reading);
	feed_release(&in.feed);
	whole_release(&in.whole);
	return rc;
}
