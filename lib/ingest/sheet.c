#include "sheet.h"

#include "csv/write.h"
#include "xlsx/xlsx.h"

#include <stdlib.h>
#include <unistd.h>

struct sheet {
	struct xlsx *xlsx;
	struct buf raw;   /* of the row */
};

int sheet_open(struct sheet **ret, struct source *source, const char *name, const char *spool, struct err *err)
{
	char block[16 << 10];
	ssize_t n;
	while ((n = source_read(source, block, sizeof block, err)) > 0)
		;
	if (n < 0)
		return -1;
	if (pread(source_fd(source), block, 4, 0) != 4 || !xlsx_is_zip((struct str){ block, 4 }))
		return err_set(err, STATUS_DATA, "%s:1: is a workbook within a gzip; unpack it", name);
	struct sheet *s = mem_alloc(sizeof *s);
	if (xlsx_open(&s->xlsx, source_fd(source), name, spool, err) < 0) {
		sheet_close(s);
		return -1;
	}
	*ret = s;
	return 0;
}

/* Write the row as CSV; what is wrong with it. */
static enum csv_fault write_row(const struct xlsx_row *row, struct buf *raw)
{
	struct csv_limits limits = CSV_LIMITS;
	bool nul = false, large = false;
	raw->n = 0;
	for (size_t i = 0; i < row->count; i++) {
		struct str cell = row->cells[i];
		nul = nul || memchr(cell.p, 0, cell.n);
		large = large || cell.n > limits.field;
		if (i)
			buf_putc(raw, ',');
		csv_put(raw, cell);
	}
	large = large || raw->n > limits.record;
	if (raw->n > limits.hold)
		raw->n = limits.hold;
	return nul ? CSV_NUL : large ? CSV_SIZE : CSV_SOUND;
}

enum csv_got sheet_next(void *sheet, struct csv_record *ret, struct err *err)
{
	struct sheet *s = sheet;
	struct xlsx_row row;
	enum xlsx_got got = xlsx_next(s->xlsx, &row, err);
	if (got != XLSX_ROW)
		return got == XLSX_END ? CSV_END : CSV_ERROR;
	enum csv_fault fault = write_row(&row, &s->raw);
	bool fields = fault != CSV_SIZE;
	*ret = (struct csv_record){
		.line = row.number, .next_line = row.number + 1, .raw = buf_str(&s->raw), .fault = fault, .blank = !row.count,
		.fields = fields ? row.cells : NULL, .field_count = fields ? row.count : 0,
	};
	return CSV_RECORD;
}

void sheet_close(struct sheet *s)
{
	if (!s)
		return;
	xlsx_close(s->xlsx);
	buf_release(&s->raw);
	free(s);
}
