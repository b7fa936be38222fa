#include "extract.h"

#include "header.h"
#include "text/blank.h"

#include <stdlib.h>
#include <strings.h>

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);
	return n >= m && !strcasecmp(name + n - m, end);
}

static bool begins(struct str s, struct str with)
{
	return s.n >= with.n && !memcmp(s.p, with.p, with.n);
}

#define SAVE_AS "open it in a spreadsheet and save it as \"CSV UTF-8\""

/* Refuse what is no text. */
static int refuse_workbook(const struct extract *e, struct err *err)
{
	struct str begin = buf_str(&e->replay.seen);
	if (begins(begin, STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")))
		return err_set(err, STATUS_DATA, "%s:1: this is an old or an encrypted workbook (OLE); " SAVE_AS, e->name);
	if (begins(begin, STR("PK\3\4")))
		return err_set(err, STATUS_DATA, "%s:1: workbooks cannot be read yet; " SAVE_AS, e->name);
	if (ends_in(e->name, ".xlsx") || ends_in(e->name, ".xls"))
		return err_set(err, STATUS_DATA, "%s:1: by its name a workbook, but not by its bytes; rename it or " SAVE_AS, e->name);
	return 0;
}

/* Read up to the header and match its columns. */
static int skip_to_header(struct extract *e, const struct kind *kind, struct err *err)
{
	struct csv_record record;
	enum csv_got got;
	do
		got = csv_next(e->reader, &record, err);
	while (got == CSV_RECORD && record.line < e->layout.line);
	if (got == CSV_ERROR)
		return -1;
	if (got == CSV_END)
		return err_set(err, STATUS_SOFTWARE, "%s:%llu: the header that was found is gone", e->name,
		               (unsigned long long)e->layout.line);
	e->width = record.field_count;
	header_match(kind, record.fields, record.field_count, e->columns);
	return 0;
}

static int open_rows(struct extract *e, const struct ingest_file *file, const struct kind *kind, struct err *err)
{
	if (source_open(&e->replay.source, file->path, err) < 0 || replay_want(&e->replay, 8, err) < 0)
		return -1;
	if (refuse_workbook(e, err) < 0 || layout_detect(&e->layout, &e->replay, file, kind, err) < 0)
		return -1;
	replay_rewind(&e->replay, false);
	struct csv_rules rules = { e->layout.delimiter, CSV_LIMITS };
	if (decoder_open(&e->decoder, e->layout.encoding, replay_read, &e->replay, err) < 0 ||
	    csv_reader_open(&e->reader, &rules, decoder_read, e->decoder, err) < 0)
		return -1;
	return skip_to_header(e, kind, err);
}

int extract_open(struct extract *e, const struct ingest_file *file, const struct kind *kind, struct err *err)
{
	*e = (struct extract){ .name = file->name };
	e->columns = mem_alloc(kind->column_count * sizeof *e->columns);
	if (open_rows(e, file, kind, err) < 0) {
		extract_close(e);
		return -1;
	}
	return 0;
}

enum csv_got extract_next(struct extract *e, struct csv_record *ret, struct err *err)
{
	return csv_next(e->reader, ret, err);
}

bool extract_too_wide(const struct extract *e, const struct csv_record *record)
{
	for (size_t i = e->width; i < record->field_count; i++)
		if (blank_trim(record->fields[i]).n)
			return true;
	return false;
}

void extract_close(struct extract *e)
{
	csv_reader_close(e->reader);
	decoder_close(e->decoder);
	source_close(e->replay.source);
	buf_release(&e->replay.seen);
	free(e->columns);
	*e = (struct extract){ 0 };
}
