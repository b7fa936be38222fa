#include "rows.h"

#include "base/lang.h"
#include "csv/columns.h"
#include "digest/xxh3.h"
#include "io/output.h"

static int broken(const struct rows_job *job, struct err *err)
{
	return err_set(err, STATUS_DATA, say("%s: is not what the run wrote; make the run again"), job->path);
}

static struct str without_guard(struct str s)
{
	if (s.n > 1 && s.p[0] == '\'' && memchr("=+-@\t\r", s.p[1], 6))
		return (struct str){ s.p + 1, s.n - 1 };
	return s;
}

/* What stands in the file: every line ends with LF. */
static void add_line(struct xxh3 *hash, const struct csv_record *r)
{
	xxh3_add(hash, r->raw.p, r->raw.n);
	xxh3_add(hash, "\n", 1);
}

static int read_lines(const struct rows_job *job, struct lines *l, const unsigned *at, struct xxh3 *hash, struct err *err)
{
	struct str cells[ROWS_COLUMNS];
	int got;
	add_line(hash, &l->record);
	while ((got = lines_next(l, err)) > 0) {
		add_line(hash, &l->record);
		for (unsigned c = 0; c < job->count; c++) {
			if (at[c] >= l->record.field_count)
				return broken(job, err);
			cells[c] = without_guard(l->record.fields[at[c]]);
		}
		if (job->fn(job->arg, cells, err) < 0)
			return -1;
	}
	return got;
}

static int check_hash(const struct rows_job *job, struct xxh3 *hash, struct err *err)
{
	uint8_t bytes[16];
	char hex[33];
	xxh3_128(hash, bytes);
	hex128(bytes, hex);
	return strcmp(hex, job->hash) == 0 ? 0 : broken(job, err);
}

int rows_read(const struct rows_job *job, struct err *err)
{
	const char *columns[ROWS_COLUMNS + 1] = { NULL };
	unsigned at[ROWS_COLUMNS];
	struct lines l;
	memcpy(columns, job->columns, job->count * sizeof *columns);
	if (lines_open(&l, job->path, columns, at, err) < 0)
		return -1;
	struct xxh3 *hash = xxh3_new();
	int got = hash ? read_lines(job, &l, at, hash, err) : err_set(err, STATUS_OSERR, say("%s: no memory"), job->path);
	if (got == 0)
		got = check_hash(job, hash, err);
	xxh3_free(hash);
	lines_close(&l);
	return got;
}
