#include "extract.h"

#include "header.h"
#include "text/blank.h"
#include "xlsx/xlsx.h"

#include <stdlib.h>
#include <strings.h>

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);
	return n >= m && !strcasecmp(name + n - m, end);
}

#define READ (256u << 10) /* bytes at a time */
#define SAVE_AS "open it in a spreadsheet and save it as \"CSV UTF-8\""

/* Refuse what is neither text nor a workbook that can be read. */
static int refuse_other(const struct extract *e, struct err *err)
{
	struct str begin = buf_str(&e->replay.seen);
	if (xlsx_is_ole(begin))
		return xlsx_refuse_ole(source_fd(e->replay.source), e->name, err);
	if (!xlsx_is_zip(begin) && (ends_in(e->name, ".xlsx") || ends_in(e->name, ".xls")))
		return err_set(err, STATUS_DATA, "%s:1: by its name a workbook, but not by its bytes; rename it or " SAVE_AS, e->name);
	return 0;
}

/* Read up to the header and match its columns. *ret_line: of the byte behind it. */
static int skip_to_header(struct extract *e, const struct kind *kind, uint64_t *ret_line, struct err *err)
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
	*ret_line = record.next_line;
	return 0;
}

static int open_reader(struct extract *e, bool rehearsal, struct err *err)
{
	replay_rewind(&e->replay, rehearsal);
	struct csv_rules rules = { e->layout.delimiter, CSV_LIMITS };
	if (decoder_open(&e->decoder, e->layout.encoding, replay_read, &e->replay, err) < 0)
		return -1;
	return csv_reader_open(&e->reader, &rules, decoder_read, e->decoder, err);
}

static void close_reader(struct extract *e)
{
	csv_reader_close(e->reader);
	decoder_close(e->decoder);
	e->reader = NULL;
	e->decoder = NULL;
}

/* Text of the extract, header and all. */
static ssize_t read_text(struct extract *e, struct buf *to, size_t n, struct err *err)
{
	buf_reserve(to, n);
	ssize_t got = e->decoder ? decoder_read(e->decoder, to->p + to->n, n, err) : replay_read(&e->replay, to->p + to->n, n, err);
	to->n += got > 0 ? (size_t)got : 0;
	return got;
}

/* Read up to the line: what was read behind its beginning waits in e->ahead. */
static int skip_lines(struct extract *e, uint64_t line, struct err *err)
{
	while (e->line < line) {
		e->ahead.n = 0;
		ssize_t got = read_text(e, &e->ahead, READ, err);
		if (got <= 0)
			return (int)got; /* a header that the end of the file ends */
		size_t at = 0;
		for (const char *lf; e->line < line && (lf = memchr(e->ahead.p + at, '\n', e->ahead.n - at)); e->line++)
			at = (size_t)(lf - e->ahead.p) + 1;
		memmove(e->ahead.p, e->ahead.p + at, e->ahead.n - at);
		e->ahead.n -= at;
	}
	return 0;
}

/* A text in which bare CRs end lines is read record by record; in any other an LF ends a line whatever stands around it. */
static int open_text(struct extract *e, const struct ingest_file *file, const struct kind *kind, struct err *err)
{
	uint64_t line = 1;
	if (layout_detect(&e->layout, &e->replay, file, kind, err) < 0 || open_reader(e, true, err) < 0 ||
	    skip_to_header(e, kind, &line, err) < 0)
		return -1;
	bool by_record = e->as_records || csv_reader_bare_cr(e->reader);
	close_reader(e);
	if (by_record)
		return open_reader(e, false, err) < 0 ? -1 : skip_to_header(e, kind, &line, err);
	replay_rewind(&e->replay, false);
	bool wide = e->layout.encoding == ENCODING_UTF16LE || e->layout.encoding == ENCODING_UTF16BE;
	if (wide && decoder_open(&e->decoder, e->layout.encoding, replay_read, &e->replay, err) < 0)
		return -1;
	return skip_lines(e, line, err);
}

static int open_workbook(struct extract *e, const struct ingest_file *file, const struct kind *kind, const char *spool,
                         struct err *err)
{
	struct csv_record header;
	if (sheet_open(&e->sheet, e->replay.source, e->name, spool, err) < 0 ||
	    layout_find(&e->layout, &header, sheet_next, e->sheet, file, kind, err) < 0)
		return -1;
	e->width = header.field_count;
	header_match(kind, header.fields, header.field_count, e->columns);
	return 0;
}

static int open_rows(struct extract *e, const struct ingest_file *file, const struct kind *kind, const char *spool, struct err *err)
{
	if (source_open(&e->replay.source, file->path, err) < 0)
		return err_in(err, "%s", e->name);
	if (replay_want(&e->replay, 8, err) < 0 || refuse_other(e, err) < 0)
		return -1;
	if (xlsx_is_zip(buf_str(&e->replay.seen)))
		return open_workbook(e, file, kind, spool, err);
	return open_text(e, file, kind, err);
}

/* What the source said knows neither file nor line. */
static void name_place(const struct extract *e, struct err *err)
{
	if (e->replay.failed)
		err_in(err, "%s:%llu", e->name, (unsigned long long)e->line);
}

static int open_extract(struct extract *e, const struct ingest_file *file, const struct kind *kind, const char *spool, struct err *err)
{
	e->columns = mem_alloc(kind->column_count * sizeof *e->columns);
	if (open_rows(e, file, kind, spool, err) < 0) {
		name_place(e, err);
		extract_close(e);
		return -1;
	}
	return 0;
}

int extract_open(struct extract *e, const struct ingest_file *file, const struct kind *kind, const char *spool, struct err *err)
{
	*e = (struct extract){ .name = file->name, .line = 1 };
	return open_extract(e, file, kind, spool, err);
}

int extract_open_records(struct extract *e, const struct ingest_file *file, const struct kind *kind, const char *spool, struct err *err)
{
	*e = (struct extract){ .name = file->name, .line = 1, .as_records = true };
	return open_extract(e, file, kind, spool, err);
}

bool extract_is_text(const struct extract *e)
{
	return !e->sheet && !e->reader;
}

ssize_t extract_text(struct extract *e, struct buf *to, size_t n, struct err *err)
{
	if (e->ahead.n) {
		if (n > e->ahead.n - e->given)
			n = e->ahead.n - e->given;
		buf_put(to, e->ahead.p + e->given, n);
		e->given += n;
		if (e->given == e->ahead.n)
			buf_release(&e->ahead);
		return (ssize_t)n;
	}
	ssize_t got = read_text(e, to, n, err);
	if (got < 0)
		name_place(e, err);
	return got;
}

enum csv_got extract_next(struct extract *e, struct csv_record *ret, struct err *err)
{
	enum csv_got got = e->sheet ? sheet_next(e->sheet, ret, err) : csv_next(e->reader, ret, err);
	if (got == CSV_RECORD)
		e->line = ret->next_line;
	else if (got == CSV_ERROR)
		name_place(e, err);
	return got;
}

bool extract_too_wide(size_t width, const struct csv_record *record)
{
	for (size_t i = width; i < record->field_count; i++)
		if (blank_trim(record->fields[i]).n)
			return true;
	return false;
}

void extract_close(struct extract *e)
{
	sheet_close(e->sheet);
	close_reader(e);
	source_close(e->replay.source);
	buf_release(&e->replay.seen);
	buf_release(&e->ahead);
	free(e->columns);
	*e = (struct extract){ 0 };
}
