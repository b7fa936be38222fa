#include "sheet.h"

#include "dirt.h"
#include "id/id.h"
#include "io/output.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#define BLOCK (256u << 10)

struct transfer {
	iconv_t iconv;   /* (iconv_t)-1: none */
	z_stream deflate;
	bool gzip;
	uint8_t packed[BLOCK];
};

static void fail(struct sheet *s)
{
	s->failed = true;
}

static void put_bytes(struct sheet *s, const void *p, size_t n)
{
	if (!s->failed && n && output_write(s->out, p, n, &s->err) < 0)
		fail(s);
}

/* Encoded bytes to the file, through deflate where the format says so. */
static void pack(struct sheet *s, const void *p, size_t n, int flush)
{
	struct transfer *t = s->transfer;
	if (!t->gzip) {
		put_bytes(s, p, n);
		return;
	}
	t->deflate.next_in = (Bytef *)p;
	t->deflate.avail_in = (uInt)n;
	do {
		t->deflate.next_out = t->packed;
		t->deflate.avail_out = sizeof t->packed;
		deflate(&t->deflate, flush);
		put_bytes(s, t->packed, sizeof t->packed - t->deflate.avail_out);
	} while (t->deflate.avail_out == 0);
}

static void encode(struct sheet *s)
{
	struct transfer *t = s->transfer;
	if (t->iconv == (iconv_t)-1) {
		pack(s, s->text.p, s->text.n, Z_NO_FLUSH);
	} else {
		char *in = s->text.p;
		size_t left = s->text.n;
		buf_reserve(&s->encoded, 4 * left + 16);
		char *out = s->encoded.p;
		size_t room = s->encoded.cap;
		size_t got = iconv(t->iconv, &in, &left, &out, &room);
		assert(got != (size_t)-1); /* all texts of ours are in every encoding */
		pack(s, s->encoded.p, (size_t)(out - s->encoded.p), Z_NO_FLUSH);
	}
	s->text.n = 0;
}

void sheet_write_text(struct sheet *s, const char *p, size_t n)
{
	buf_put(&s->text, p, n);
}

void sheet_write_bad_byte(struct sheet *s)
{
	bool wide = s->format.encoding && strncmp(s->format.encoding, "UTF-16", 6) == 0;
	encode(s);
	/* A low surrogate without its first half, or a byte that begins no character. */
	pack(s, wide ? (s->format.encoding[6] == 'L' ? "\x01\xDC" : "\xDC\x01") : "\xFF", wide ? 2 : 1, Z_NO_FLUSH);
}

void sheet_line_end(struct sheet *s)
{
	sheet_write_text(s, s->format.crlf ? "\r\n" : "\n", 1 + s->format.crlf);
	if (s->text.n >= BLOCK)
		encode(s);
}

static bool needs_quotes(const struct cell *c, char delimiter)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->p[i] == delimiter || c->p[i] == '"' || c->p[i] == '\n' || c->p[i] == '\r')
			return true;
	return false;
}

static void write_quoted(struct sheet *s, const struct cell *c)
{
	buf_putc(&s->text, '"');
	for (size_t i = 0; i < c->n; i++) {
		if (c->p[i] == '"')
			buf_putc(&s->text, '"');
		buf_putc(&s->text, c->p[i]);
	}
	buf_putc(&s->text, '"');
}

void sheet_write_cells(struct sheet *s, bool raw)
{
	for (unsigned i = 0; i < s->cell_count; i++) {
		const struct cell *c = &s->cells[i];
		if (i)
			buf_putc(&s->text, s->format.delimiter);
		if (!raw && needs_quotes(c, s->format.delimiter))
			write_quoted(s, c);
		else
			buf_put(&s->text, c->p, c->n);
	}
}

void sheet_row(struct sheet *s)
{
	assert(s->cell_count == s->column_count);
	s->rows++;
	if (rng_below(&s->dirt.rng, 1000000) < s->dirt.per_million) {
		dirt_row(s);
	} else {
		sheet_write_cells(s, false);
		sheet_line_end(s);
	}
	s->cell_count = 0;
}

static struct cell *next_cell(struct sheet *s)
{
	assert(s->cell_count < CELLS_MAX);
	return &s->cells[s->cell_count++];
}

void cell_text(struct sheet *s, const char *p, size_t n)
{
	struct cell *c = next_cell(s);
	c->n = n < CELL_BYTES ? n : CELL_BYTES;
	memcpy(c->p, p, c->n);
}

void cell_word(struct sheet *s, const char *z)
{
	cell_text(s, z, strlen(z));
}

void cell_number(struct sheet *s, uint64_t n)
{
	char digits[20];
	size_t at = sizeof digits;
	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	cell_text(s, digits + at, sizeof digits - at);
}

void cell_id(struct sheet *s, uint64_t id)
{
	struct cell *c = next_cell(s);
	id_print(id, c->p);
	c->n = ID_TEXT;
}

void cell_date(struct sheet *s, int32_t day)
{
	int y, m, d;
	if (!day) {
		cell_text(s, "", 0);
		return;
	}
	day_split(day, &y, &m, &d);
	char text[10] = { (char)('0' + y / 1000), (char)('0' + y / 100 % 10), (char)('0' + y / 10 % 10), (char)('0' + y % 10), '-',
		(char)('0' + m / 10), (char)('0' + m % 10), '-', (char)('0' + d / 10), (char)('0' + d % 10) };
	cell_text(s, text, sizeof text);
}

void cell_year(struct sheet *s, int year)
{
	if (year)
		cell_number(s, (uint64_t)year);
	else
		cell_text(s, "", 0);
}

void cell_money(struct sheet *s, int64_t cents)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%lld.%02lld", (long long)(cents / 100), (long long)(cents % 100));
	cell_text(s, text, (size_t)n);
}

static void write_header(struct sheet *s)
{
	if (s->format.bom)
		buf_puts(&s->text, STR("\xEF\xBB\xBF"));
	for (unsigned i = 0; i < s->format.banners; i++) {
		buf_puts(&s->text, i ? STR("（内部资料，注意保密）") : STR("附件1 虚构数据，仅供测试"));
		sheet_line_end(s);
	}
	for (unsigned i = 0; i < s->column_count; i++) {
		const struct column *c = s->columns[i];
		cell_text(s, c->name.p, c->name.n);
		if (c->spelling_count) {
			s->cell_count--;
			struct str text = c->spellings[s->format.spelling % c->spelling_count];
			cell_text(s, text.p, text.n);
		}
	}
	sheet_write_cells(s, false);
	sheet_line_end(s);
	s->cell_count = 0;
}

int sheet_open(struct sheet *s, const char *path, const struct column *const *columns, unsigned column_count,
               const struct format *format, struct dirt dirt, struct err *err)
{
	*s = (struct sheet){ .format = *format, .dirt = dirt, .columns = columns, .column_count = column_count };
	if (output_create(&s->out, path, err) < 0)
		return -1;
	struct transfer *t = s->transfer = mem_alloc(sizeof *t);
	t->iconv = (iconv_t)-1;
	t->gzip = format->gzip;
	if (t->gzip && deflateInit2(&t->deflate, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
		t->gzip = false;
		sheet_abort(s);
		return err_set(err, STATUS_OSERR, "%s: deflate cannot be set up", path);
	}
	if (format->encoding && (t->iconv = iconv_open(format->encoding, "UTF-8")) == (iconv_t)-1) {
		err_errno(err, STATUS_OSERR, "%s: no conversion to %s here", path, format->encoding);
		sheet_abort(s);
		return -1;
	}
	write_header(s);
	return 0;
}

static void sheet_release(struct sheet *s)
{
	if (s->transfer) {
		if (s->transfer->iconv != (iconv_t)-1)
			iconv_close(s->transfer->iconv);
		if (s->transfer->gzip)
			deflateEnd(&s->transfer->deflate);
		free(s->transfer);
		s->transfer = NULL;
	}
	buf_release(&s->text);
	buf_release(&s->encoded);
}

void sheet_abort(struct sheet *s)
{
	output_abort(s->out);
	sheet_release(s);
}

int sheet_close(struct sheet *s, uint64_t *ret_rows, struct err *err)
{
	encode(s);
	if (s->transfer->gzip)
		pack(s, "", 0, Z_FINISH);
	*ret_rows = s->rows;
	if (s->failed) {
		*err = s->err;
		sheet_abort(s);
		return -1;
	}
	sheet_release(s);
	return output_commit(s->out, err);
}
