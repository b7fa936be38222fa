/* The stage: every file of a kind, row by row; then what only the whole kind can tell. */
#include "ingest/ingest.h"

#include "belt.h"
#include "outcome.h"
#include "table/table.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct ingest {
	const struct ingest_job *job;
	struct ingest_count *counts;
	uint32_t *first_ordinal;     /* of each file, and behind the last one */
	struct table_writer *table;
	struct outcome outcome;
	struct feed feed;
	struct shares shares;
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

/* A belt_put_fn. */
static int put(void *arg, struct reading *r, struct batch *b, bool done, struct err *err)
{
	struct ingest *in = arg;
	struct ingest_count *c = r->count;
	if (table_put_rows(in->table, &b->rows, err) < 0 || outcome_take(&in->outcome, &b->rejects, &b->invalid, in->ordinal, err) < 0)
		return -1;
	shares_join(&in->shares, &b->shares);
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
	in->first_ordinal[r->file + 1] = in->ordinal;
	return test_encoding(r, err);
}

#define ROW_BYTES 100 /* of an extract, about */

/* About how many rows the files hold. */
static uint64_t rows_to_expect(const struct ingest_job *job)
{
	uint64_t bytes = 0;
	struct stat st;
	for (unsigned i = 0; i < job->file_count; i++)
		if (stat(job->files[i].path, &st) == 0)
			bytes += (uint64_t)st.st_size;
	return bytes / ROW_BYTES;
}

/* The file that an accepted row with this ordinal is in; asked in order. */
static struct ingest_count *count_of(struct ingest *in, uint32_t ordinal, unsigned *file)
{
	while (ordinal >= in->first_ordinal[*file + 1])
		++*file;
	return &in->counts[*file];
}

struct counting {
	struct ingest *in;
	unsigned file;
};

static void count_invalid(void *arg, uint32_t ordinal)
{
	struct counting *c = arg;
	count_of(c->in, ordinal, &c->file)->invalid++;
}

static int test_rejected(const struct ingest *in, struct err *err)
{
	uint64_t rows = 0, rejected = 0;
	for (unsigned i = 0; i < in->job->file_count; i++) {
		rows += in->counts[i].rows_read;
		rejected += in->counts[i].rejected;
	}
	if (rows < 1000 || rejected * 5 <= rows)
		return 0;
	return err_set(err, STATUS_DATA, "%.*s: %llu of %llu rows are refused; ask the sender for a whole extract",
	               STR_ARG(in->job->kind->name), (unsigned long long)rejected, (unsigned long long)rows);
}

/* A share is of a kind: its one file, or the first of them and how many more. */
static int name_files(const struct ingest *in, struct err *err)
{
	const struct ingest_job *job = in->job;
	if (job->file_count == 1)
		return err_in(err, "%s", job->files[0].name);
	return err_in(err, "%s and %u more", job->files[0].name, job->file_count - 1);
}

/* What only the whole kind can tell: duplicates, and the stops on shares. */
static int settle(struct ingest *in, struct err *err)
{
	const uint32_t *duplicates;
	size_t count;
	if (table_duplicates(in->table, &duplicates, &count, err) < 0)
		return -1;
	unsigned file = 0;
	for (size_t i = 0; i < count; i++) {
		struct ingest_count *c = count_of(in, duplicates[i], &file);
		c->accepted--;
		c->duplicate++;
	}
	shares_drop(&in->shares, duplicates, count);
	if (shares_test(&in->shares, in->job->kind, in->ordinal - count, err) < 0 || test_rejected(in, err) < 0)
		return name_files(in, err);
	struct counting counting = { in, 0 };
	return outcome_settle(&in->outcome, duplicates, count, count_invalid, &counting, err);
}

static json_t *meta_of_file(const char *name, const struct ingest_count *c)
{
	char hash[33], delimiter[2] = { c->delimiter, 0 };
	hex128(c->xxh3_128, hash);
	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "file", name, "bytes", (json_int_t)c->bytes,
	                 "xxh3_128", hash, "encoding", c->encoding, "delimiter", delimiter, "rows_read", (json_int_t)c->rows_read,
	                 "accepted", (json_int_t)c->accepted, "rejected", (json_int_t)c->rejected, "duplicate",
	                 (json_int_t)c->duplicate, "blank", (json_int_t)c->blank);
}

static int commit(struct ingest *in, struct err *err)
{
	const struct kind *k = in->job->kind;
	json_t *files = json_array();
	for (unsigned i = 0; i < in->job->file_count; i++)
		json_array_append_new(files, meta_of_file(in->job->files[i].name, &in->counts[i]));
	json_t *meta = json_pack("{s:s%, s:o}", "kind", k->name.p, k->name.n, "files", files);
	struct table_writer *table = in->table;
	int rc = outcome_commit(&in->outcome, err);
	if (rc == 0) {
		in->table = NULL;
		rc = table_commit(table, meta, err);
	}
	json_decref(meta);
	if (rc < 0) {
		/* One of the three may be visible already. */
		unlink(in->job->rejects_path);
		unlink(in->job->invalid_path);
	}
	return rc;
}

static int run(struct ingest *in, struct err *err)
{
	const struct ingest_job *job = in->job;
	if (job->file_count > UINT16_MAX)
		return err_set(err, STATUS_DATA, "%.*s: has more than %u files; join some", STR_ARG(job->kind->name), UINT16_MAX);
	if (table_create(&in->table, job->table_path, job->kind, &job->id, err) < 0 ||
	    outcome_open(&in->outcome, job->rejects_path, job->invalid_path, err) < 0)
		return -1;
	table_expect(in->table, rows_to_expect(job));
	if (belt_run(job, &in->feed, put, in, err) < 0 || settle(in, err) < 0)
		return -1;
	return commit(in, err);
}

int ingest_run(const struct ingest_job *job, struct ingest_count *counts, struct err *err)
{
	struct ingest in = { .job = job, .outcome = { .spool_fd = -1 } };
	in.counts = mem_alloc(job->file_count * sizeof *in.counts);
	in.first_ordinal = mem_alloc((job->file_count + 1) * sizeof *in.first_ordinal);
	feed_init(&in.feed, job, in.counts);
	int rc = run(&in, err);
	if (rc == 0)
		memcpy(counts, in.counts, job->file_count * sizeof *counts);
	table_abort(in.table);
	outcome_abort(&in.outcome);
	feed_release(&in.feed);
	shares_release(&in.shares);
	free(in.counts);
	free(in.first_ordinal);
	return rc;
}
