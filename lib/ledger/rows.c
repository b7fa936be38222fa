#include "rows.h"

#include "base/lang.h"
#include "csv/reader.h"
#include "io/output.h"
#include "io/source.h"

/* Fields are written without a limit: evidence of a hundred rows is long. */
#define LIMITS ((struct csv_limits){ 4u << 20, 8u << 20, 16u << 20 })

struct rows {
	const struct rows_job *job;
	int at[ROWS_COLUMNS];      /* of each column, its field */
};

static int broken(const struct rows *r, struct err *err)
{
	return err_set(err, STATUS_DATA, say("%s: is not what the run wrote; make the run again"), r->job->path);
}

static ssize_t read_source(void *source, void *buf, size_t n, struct err *err)
{
	return source_read(source, buf, n, err);
}

static int find_columns(struct rows *r, const struct csv_record *header, struct err *err)
{
	for (unsigned c = 0; c < r->job->count; c++) {
		r->at[c] = -1;
		for (size_t f = 0; f < header->field_count; f++)
			if (str_eq(header->fields[f], str_of(r->job->columns[c])))
				r->at[c] = (int)f;
		if (r->at[c] < 0)
			return err_set(err, STATUS_DATA, say("%s: lacks the column %s; make the run again"), r->job->path, r->job->columns[c]);
	}
	return 0;
}

static struct str without_guard(struct str s)
{
	if (s.n > 1 && s.p[0] == '\'' && memchr("=+-@\t\r", s.p[1], 6))
		return (struct str){ s.p + 1, s.n - 1 };
	return s;
}

static int take_record(struct rows *r, const struct csv_record *record, struct err *err)
{
	struct str cells[ROWS_COLUMNS];
	for (unsigned c = 0; c < r->job->count; c++) {
		if ((size_t)r->at[c] >= record->field_count)
			return broken(r, err);
		cells[c] = without_guard(record->fields[r->at[c]]);
	}
	return r->job->fn(r->job->arg, cells, err);
}

static int read_records(struct rows *r, struct csv_reader *reader, struct err *err)
{
	struct csv_record record;
	enum csv_got got;
	bool header = true;
	while ((got = csv_next(reader, &record, err)) == CSV_RECORD) {
		int ok = record.fault != CSV_SOUND ? broken(r, err) : header ? find_columns(r, &record, err) : take_record(r, &record, err);
		if (ok < 0)
			return -1;
		header = false;
	}
	if (got == CSV_ERROR)
		return -1;
	return header ? broken(r, err) : 0;
}

static int check_hash(const struct rows *r, const struct source *source, struct err *err)
{
	uint64_t bytes;
	uint8_t hash[16];
	char hex[33];
	source_digest(source, &bytes, hash);
	hex128(hash, hex);
	return strcmp(hex, r->job->hash) == 0 ? 0 : broken(r, err);
}

int rows_read(const struct rows_job *job, struct err *err)
{
	struct rows rows = { .job = job };
	struct source *source = NULL;
	struct csv_reader *reader = NULL;
	if (source_open(&source, job->path, err) < 0)
		return err_in(err, "%s", job->path);
	int r = csv_reader_open(&reader, &(struct csv_rules){ ',', LIMITS }, read_source, source, err);
	if (r == 0)
		r = read_records(&rows, reader, err);
	if (r == 0)
		r = check_hash(&rows, source, err);
	csv_reader_close(reader);
	source_close(source);
	return r;
}
