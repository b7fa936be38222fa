/* sheet: an extract being written, cell by cell, in the encoding and container that a department uses.
 *
 *     sheet_open(&s, path, columns, n, &format, dirt, err);
 *     cell_id(s, id); cell_date(s, day); ... sheet_row(s);     // as many cells as columns
 *     sheet_close(s, &rows, err);                              // whole or not at all
 *
 * An error while writing is kept and told by sheet_close(); cells and rows after it go nowhere. What damages rows is dirt.h.
 */
#ifndef BIDUI_GEN_SHEET_H
#define BIDUI_GEN_SHEET_H

#include "base/err.h"
#include "rng.h"
#include "schema/schema.h"

enum { CELL_BYTES = 160, CELLS_MAX = 20 };

struct format {
	const char *encoding;   /* of iconv; NULL: UTF-8 */
	bool bom, crlf, gzip;
	char delimiter;
	unsigned banners;       /* lines above the header */
	unsigned spelling;      /* which of its spellings a column's header has */
};

/* What may happen to rows: 0 of a million is a clean sheet. */
struct dirt {
	struct rng rng;
	uint32_t per_million;
	unsigned bad_bytes_left; /* undecodable bytes: an extract may hold 10 */
};

struct cell {
	char p[CELL_BYTES];
	size_t n;
};

struct sheet {
	struct output *out;
	struct format format;
	struct dirt dirt;
	const struct column *const *columns;
	unsigned column_count;
	struct cell cells[CELLS_MAX];
	unsigned cell_count;
	struct buf text;        /* UTF-8, not yet encoded */
	struct buf encoded;
	struct transfer *transfer; /* iconv and deflate */
	uint64_t rows;
	bool failed;
	struct err err;         /* of the first failure */
};

int sheet_open(struct sheet *s, const char *path, const struct column *const *columns, unsigned column_count,
               const struct format *format, struct dirt dirt, struct err *err) __attribute__((warn_unused_result));
int sheet_close(struct sheet *s, uint64_t *ret_rows, struct err *err) __attribute__((warn_unused_result));
void sheet_abort(struct sheet *s);

/* The next cell of the row. Longer texts are cut. */
void cell_text(struct sheet *s, const char *p, size_t n);
void cell_word(struct sheet *s, const char *z);
void cell_number(struct sheet *s, uint64_t n);
void cell_id(struct sheet *s, uint64_t id);
void cell_date(struct sheet *s, int32_t day);  /* 0: empty */
void cell_year(struct sheet *s, int year);     /* 0: empty */
void cell_money(struct sheet *s, int64_t cents);

/* Finish the row: damage it perhaps, and write it. */
void sheet_row(struct sheet *s);

/* For dirt: write the cells as they are now; `raw` without quotes where they would be needed. */
void sheet_write_cells(struct sheet *s, bool raw);
void sheet_write_text(struct sheet *s, const char *p, size_t n);
/* Bytes that no decoder takes. */
void sheet_write_bad_byte(struct sheet *s);
void sheet_line_end(struct sheet *s);

#endif
