#include "ingest/sum.h"

#include "base/lang.h"
#include "extract.h"
#include "header.h"
#include "text/blank.h"

struct summing {
	struct extract extract;
	const struct kind *kind;
	struct column_sum *sums;
	unsigned count;
};

static int check_header(const struct summing *s, struct err *err)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->extract.columns[s->sums[i].column] == NO_FIELD)
			return err_set(err, STATUS_DATA, say("%s: has no column %.*s, but its sender's total has a sum of it; ask for the file again"), s->extract.name,
			               STR_ARG(s->kind->columns[s->sums[i].column].name));
	return 0;
}

static int add_row(struct summing *s, const struct csv_record *r, struct err *err)
{
	if (r->blank || r->fault || (r->field_count > s->extract.width && extract_too_wide(s->extract.width, r)))
		return 0;
	for (unsigned i = 0; i < s->count; i++) {
		struct column_sum *sum = &s->sums[i];
		size_t field = (size_t)s->extract.columns[sum->column];
		struct str text = field < r->field_count ? text_trim(r->fields[field]) : STR("");
		int64_t v;
		if (text.n && money_parse(text, &v) == 0 && __builtin_add_overflow(sum->sum, v, &sum->sum))
			return err_set(err, STATUS_DATA, say("%s: the column %.*s adds up to more than an amount can be; ask for the file again"), s->extract.name,
			               STR_ARG(s->kind->columns[sum->column].name));
	}
	return 0;
}

static int add_rows(struct summing *s, struct err *err)
{
	struct csv_record r;
	enum csv_got got;
	while ((got = extract_next(&s->extract, &r, err)) == CSV_RECORD)
		if (add_row(s, &r, err) < 0)
			return -1;
	return got == CSV_END ? 0 : -1;
}

/* What is added up is what was taken. */
static int check_same(const struct summing *s, const struct ingest_count *count, struct err *err)
{
	uint64_t bytes;
	uint8_t hash[16];
	source_digest(s->extract.replay.source, &bytes, hash);
	if (bytes == count->bytes && !memcmp(hash, count->xxh3_128, sizeof hash))
		return 0;
	return err_set(err, STATUS_DATA, say("%s: has changed while it was read; make the run again when nobody writes to it"), s->extract.name);
}

int extract_sums(const struct ingest_file *file, const struct kind *kind, const struct ingest_count *count, const char *spool,
                 struct column_sum *sums, unsigned n, struct err *err)
{
	struct summing s = { .kind = kind, .sums = sums, .count = n };
	for (unsigned i = 0; i < n; i++)
		sums[i].sum = 0;
	if (extract_open_records(&s.extract, file, kind, spool, err) < 0)
		return -1;
	int got = check_header(&s, err);
	if (got == 0)
		got = add_rows(&s, err);
	if (got == 0)
		got = check_same(&s, count, err);
	extract_close(&s.extract);
	return got;
}
