/* The stage: every file of a kind, row by row; then what only the whole kind can tell. */
#include "ingest/ingest.h"

#include "changes.h"
#include "extract.h"
#include "outcome.h"
#include "row.h"
#include "shares.h"
#include "table/table.h"
#include "text/blank.h"

#include <stdlib.h>
#include <unistd.h>

#define PROGRESS_EVERY 4096 /* rows */
#define BATCH_ROWS 4096

struct ingest {
	const struct ingest_job *job;
	struct ingest_count *counts;
	uint32_t *first_ordinal;     /* of each file, and behind the last one */
	struct table_writer *table;
	struct table_rows rows;
	struct outcome outcome;
	struct row_builder row;
	struct shares shares;
	struct buf name;             /* of a refused row */
	uint32_t ordinal;            /* of the next accepted row */
	int household_no, region;    /* columns that a refused row of the register is remembered by, or -1 */
};

/* What is being read. */
struct reading {
	struct extract extract;
	unsigned file;
	struct ingest_count *count;
	uint64_t badly_encoded; /* rows */
};

static enum reason reason_of_fault(enum csv_fault fault)
{
	static const enum reason reasons[] = { REASON_NONE, ROW_NUL, ROW_ENCODING, ROW_QUOTE, ROW_SIZE };
	return reasons[fault];
}

/* A row of the register that is refused for its id is kept beside the table: "maybe registered" asks for it. */
static void refuse(struct ingest *in, const struct reading *r, const struct csv_record *record)
{
	const struct kind *k = in->job->kind;
	const int *columns = r->extract.columns;
	struct str household_no = { "", 0 }, region_text;
	int64_t region = VALUE_NULL;
	char completed[ID_CLEAN_SIZE + 2];
	struct str cleaned = { in->row.cleaned, in->row.cleaned_n };
	in->name.n = 0;
	if (in->household_no >= 0)
		household_no = row_field(record->fields, record->field_count, columns, (unsigned)in->household_no);
	if (k->name_column >= 0)
		name_normalise(row_field(record->fields, record->field_count, columns, (unsigned)k->name_column), &in->name);
	if (in->region >= 0) {
		region_text = row_field(record->fields, record->field_count, columns, (unsigned)in->region);
		if (column_parse(&k->columns[in->region], region_text, in->job->as_of, &region))
			region = VALUE_NULL;
	}
	if (cleaned.n == 15) {
		memcpy(completed, cleaned.p, 6);
		memcpy(completed + 6, "19", 2);
		memcpy(completed + 8, cleaned.p + 6, 9);
		cleaned = (struct str){ completed, 17 };
	}
	table_refuse(in->table, household_no, buf_str(&in->name), region, cleaned);
}

static int reject(struct ingest *in, struct reading *r, const struct csv_record *record, struct str column, enum reason reason,
                  struct err *err)
{
	r->count->rejected++;
	r->badly_encoded += reason == ROW_ENCODING;
	return outcome_reject(&in->outcome, r->extract.name, record->line, column, reason, record->raw, err);
}

static int put_batch(struct ingest *in, struct err *err)
{
	int rc = table_put_rows(in->table, &in->rows, err);
	table_rows_begin(&in->rows, in->job->kind);
	return rc;
}

static int accept(struct ingest *in, struct reading *r, const struct csv_record *record, struct err *err)
{
	const struct row_builder *b = &in->row;
	if (record->line > UINT32_MAX)
		return err_set(err, STATUS_DATA, "%s:%llu: has more lines than a table can name; split the extract", r->extract.name,
		               (unsigned long long)record->line);
	uint8_t *fixed = table_rows_next(&in->rows);
	le32_put(fixed, (uint32_t)record->line);
	le16_put(fixed + 4, (uint16_t)r->file);
	table_rows_keep(&in->rows);
	if (in->rows.rows == BATCH_ROWS && put_batch(in, err) < 0)
		return -1;
	shares_add(&in->shares, &b->marks);
	for (unsigned i = 0; i < b->invalid_count; i++) {
		const struct invalid_value *v = &b->invalid[i];
		if (outcome_invalid(&in->outcome, in->ordinal, r->extract.name, record->line, in->job->kind->columns[v->column].name,
		                    v->reason, v->value, err) < 0)
			return -1;
	}
	in->ordinal++;
	r->count->accepted++;
	return 0;
}

static int take(struct ingest *in, struct reading *r, const struct csv_record *record, struct err *err)
{
	const struct kind *k = in->job->kind;
	enum reason reason = reason_of_fault(record->fault);
	unsigned column;
	if (record->blank) {
		r->count->blank++;
		return 0;
	}
	r->count->rows_read++;
	if (!reason && record->field_count > r->extract.width && extract_too_wide(&r->extract, record))
		reason = ROW_WIDTH;
	if (reason)
		return reject(in, r, record, STR(""), reason, err);
	reason = row_build(&in->row, record->fields, record->field_count, r->extract.columns, table_rows_next(&in->rows),
	                   &in->rows.texts, &column);
	if (!reason)
		return accept(in, r, record, err);
	table_rows_drop(&in->rows);
	const struct column *c = &k->columns[column];
	if (k->role == ROLE_REGISTER && (c->type == TYPE_ID || c->type == TYPE_CERT))
		refuse(in, r, record);
	return reject(in, r, record, c->name, reason, err);
}

static void show_progress(const struct ingest *in, const struct reading *r, uint64_t *shown_bytes, uint64_t *shown_rows)
{
	struct ingest_progress *p = in->job->progress;
	if (!p)
		return;
	uint64_t bytes = source_position(r->extract.replay.source), rows = r->count->rows_read;
	atomic_fetch_add_explicit(&p->bytes, bytes - *shown_bytes, memory_order_relaxed);
	atomic_fetch_add_explicit(&p->rows, rows - *shown_rows, memory_order_relaxed);
	*shown_bytes = bytes;
	*shown_rows = rows;
}

/* More than 10 rows and more than 1 in 1,000 that are not in the encoding: the encoding is another one. */
static int test_encoding(const struct reading *r, struct err *err)
{
	if (r->badly_encoded <= 10 || r->badly_encoded * 1000 <= r->count->rows_read)
		return 0;
	return err_set(err, STATUS_DATA, "%s:1: %llu of %llu rows are not in %s; name the encoding of the extract or ask for another one",
	               r->extract.name, (unsigned long long)r->badly_encoded, (unsigned long long)r->count->rows_read,
	               r->count->encoding);
}

static int read_rows(struct ingest *in, struct reading *r, struct err *err)
{
	struct csv_record record;
	enum csv_got got;
	uint64_t shown_bytes = 0, shown_rows = 0;
	for (uint64_t n = 1; (got = extract_next(&r->extract, &record, err)) == CSV_RECORD; n++) {
		if (take(in, r, &record, err) < 0)
			return -1;
		if (n % PROGRESS_EVERY == 0)
			show_progress(in, r, &shown_bytes, &shown_rows);
	}
	show_progress(in, r, &shown_bytes, &shown_rows);
	return got == CSV_END ? test_encoding(r, err) : -1;
}

static int read_file(struct ingest *in, unsigned file, struct err *err)
{
	struct reading r = { .file = file, .count = &in->counts[file] };
	if (extract_open(&r.extract, &in->job->files[file], in->job->kind, in->job->invalid_path, err) < 0)
		return -1;
	r.count->encoding = encoding_name(r.extract.layout.encoding);
	r.count->delimiter = r.extract.layout.delimiter;
	in->first_ordinal[file] = in->ordinal;
	int rc = read_rows(in, &r, err);
	source_digest(r.extract.replay.source, &r.count->bytes, r.count->xxh3_128);
	extract_close(&r.extract);
	in->first_ordinal[file + 1] = in->ordinal;
	return rc;
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
	    outcome_open(&in->outcome, job->rejects_path, job->invalid_path, err) < 0 ||
	    row_builder_init(&in->row, job, err) < 0)
		return -1;
	table_rows_begin(&in->rows, job->kind);
	for (unsigned i = 0; i < job->file_count; i++)
		if (read_file(in, i, err) < 0)
			return -1;
	if (put_batch(in, err) < 0 || settle(in, err) < 0)
		return -1;
	return commit(in, err);
}

int ingest_run(const struct ingest_job *job, struct ingest_count *counts, struct err *err)
{
	struct ingest in = { .job = job, .outcome = { .spool_fd = -1 } };
	in.counts = mem_alloc(job->file_count * sizeof *in.counts);
	in.first_ordinal = mem_alloc((job->file_count + 1) * sizeof *in.first_ordinal);
	in.household_no = kind_column(job->kind, STR("household_no"));
	in.region = kind_column(job->kind, STR("region"));
	int rc = run(&in, err);
	if (rc == 0)
		memcpy(counts, in.counts, job->file_count * sizeof *counts);
	table_abort(in.table);
	table_rows_release(&in.rows);
	outcome_abort(&in.outcome);
	row_builder_release(&in.row);
	shares_release(&in.shares);
	buf_release(&in.name);
	free(in.counts);
	free(in.first_ordinal);
	return rc;
}
