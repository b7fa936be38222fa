/* Row by row: the parser is paused at the end of each row, whose texts lie one behind the other in one buffer. */
#include "xlsx/xlsx.h"

#include "book.h"
#include "number.h"
#include "part.h"
#include "remedy.h"
#include "rich.h"
#include "shared.h"
#include "styles.h"

#include <stdlib.h>

#define COLUMNS_MAX 16384 /* XFD */

/* Depths of a sheet: worksheet / sheetData / row / c / v or is / r or t or rPh. */
enum { AT_DATA = 1, AT_ROW, AT_CELL, AT_VALUE };

enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_INLINE, CELL_TEXT, CELL_BOOL, CELL_ERROR, CELL_ISO_DATE };

/* A text in the row's buffer. */
struct span {
	size_t at, n;
};

struct xlsx {
	struct package package;
	struct book book;
	struct styles styles;
	struct texts texts;
	struct part *sheet;
	bool in_data, in_row, in_cell, in_value, in_inline;
	enum cell_type type;
	bool date;                 /* the cell's style shows dates */
	size_t column;             /* of the cell, from 0 */
	size_t next_column;        /* of a cell that does not say */
	struct rich rich;          /* an inline text; its buffer also takes what <v> holds */
	uint64_t number;           /* of the row; 0 before the first */
	struct buf text;           /* of the row's cells */
	struct span *spans;        /* by column */
	struct str *cells;         /* the same as slices, when the row is complete */
	size_t span_count, span_cap, cell_cap;
};

/* Read 1 to 10 decimal digits, and nothing else. */
static bool read_digits(struct str s, uint64_t *ret)
{
	uint64_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = 10 * n + (uint64_t)(s.p[i] - '0');
	}
	*ret = n;
	return s.n && s.n <= 10;
}

static void open_row(struct xlsx *x, const char **attributes)
{
	const char *r = part_attribute(attributes, "r");
	uint64_t number = x->number + 1;
	if ((r && !read_digits(str_of(r), &number)) || number <= x->number || number > UINT32_MAX) {
		part_refuse(x->sheet, "has rows out of order; " SAVE_AGAIN);
		return;
	}
	x->number = number;
	part_set_line(x->sheet, number);
	x->in_row = true;
	x->span_count = x->next_column = x->text.n = 0;
}

/* The column of a reference ("C5" is 2); COLUMNS_MAX or more when it is none. */
static size_t column_of(const char *reference)
{
	size_t n = 0;
	const char *c = reference;
	for (; *c >= 'A' && *c <= 'Z' && n <= COLUMNS_MAX; c++)
		n = 26 * n + (size_t)(*c - 'A') + 1;
	return n ? n - 1 : COLUMNS_MAX;
}

static enum cell_type type_of(const char *t)
{
	static const struct { const char *name; enum cell_type type; } types[] = {
		{ "s", CELL_SHARED }, { "n", CELL_NUMBER }, { "inlineStr", CELL_INLINE }, { "str", CELL_TEXT },
		{ "b", CELL_BOOL }, { "e", CELL_ERROR }, { "d", CELL_ISO_DATE },
	};
	for (size_t i = 0; t && i < sizeof types / sizeof *types; i++)
		if (!strcmp(t, types[i].name))
			return types[i].type;
	return t ? CELL_TEXT : CELL_NUMBER;
}

static void open_cell(struct xlsx *x, const char **attributes)
{
	const char *r = NULL, *t = NULL, *s = NULL;
	for (; *attributes; attributes += 2) {
		if (!strcmp(*attributes, "r"))
			r = attributes[1];
		else if (!strcmp(*attributes, "t"))
			t = attributes[1];
		else if (!strcmp(*attributes, "s"))
			s = attributes[1];
	}
	x->column = r ? column_of(r) : x->next_column;
	if (x->column >= COLUMNS_MAX) {
		part_refuse(x->sheet, "has a cell in no column; " SAVE_AGAIN);
		return;
	}
	x->next_column = x->column + 1;
	x->type = type_of(t);
	x->date = x->type == CELL_NUMBER && styles_is_date(&x->styles, s);
	x->in_cell = true;
	rich_reset(&x->rich);
}

static void on_open(void *xlsx, unsigned depth, const char *name, const char **attributes)
{
	struct xlsx *x = xlsx;
	if (depth == AT_DATA)
		x->in_data = !strcmp(name, "sheetData");
	else if (depth == AT_ROW && x->in_data && !strcmp(name, "row"))
		open_row(x, attributes);
	else if (depth == AT_CELL && x->in_row && !strcmp(name, "c"))
		open_cell(x, attributes);
	else if (depth == AT_VALUE && x->in_cell) {
		x->in_value = !strcmp(name, "v");
		x->in_inline = !strcmp(name, "is");
		if (x->in_value)
			rich_reset(&x->rich); /* of two values the later counts */
	} else if (depth > AT_VALUE && x->in_inline) {
		rich_open(&x->rich, name);
	}
}

static void on_text(void *xlsx, const char *p, size_t n)
{
	struct xlsx *x = xlsx;
	if (x->in_value)
		text_put(&x->rich.text, p, n);
	else if (x->in_inline)
		rich_put(&x->rich, p, n);
}

static struct str trim_xml(struct str s)
{
	while (s.n && strchr(" \t\r\n", s.p[s.n - 1]))
		s.n--;
	for (; s.n && strchr(" \t\r\n", *s.p); s.n--)
		s.p++;
	return s;
}

/* Append the shared text that a cell names. */
static void put_shared(struct xlsx *x, struct str value)
{
	struct str text;
	uint64_t i;
	if (!value.n)
		return;
	if (!read_digits(value, &i) || i >= x->texts.count)
		part_refuse(x->sheet, "names a shared text that is not there; " SEND_AGAIN);
	else if (texts_get(&x->texts, (uint32_t)i, &text, part_err(x->sheet)) < 0)
		part_abort(x->sheet);
	else
		text_put(&x->text, text.p, text.n);
}

/* Append the text of the cell that was read. */
static void put_value(struct xlsx *x)
{
	struct str value = buf_str(&x->rich.text), bare = trim_xml(value);
	switch (x->type) {
	case CELL_NUMBER:
		if (bare.n && x->text.n < XLSX_TEXT_MAX && !(x->date && number_put_date(bare, x->book.since_1904, &x->text)))
			number_put(bare, &x->text);
		break;
	case CELL_SHARED:
		put_shared(x, bare);
		break;
	case CELL_BOOL:
		if (bare.n)
			buf_puts(&x->text, str_eq(bare, STR("1")) || str_eq(bare, STR("true")) ? STR("TRUE") : STR("FALSE"));
		break;
	case CELL_ISO_DATE: /* 2014-01-01T00:00:00 */
		text_put(&x->text, bare.p, bare.n > 10 && bare.p[10] == 'T' ? 10 : bare.n);
		break;
	case CELL_TEXT:
		value.n = text_unescape(x->rich.text.p, value.n);
		text_put(&x->text, value.p, value.n);
		break;
	case CELL_INLINE:
	case CELL_ERROR:
		text_put(&x->text, value.p, value.n);
		break;
	}
}

static void close_cell(struct xlsx *x)
{
	size_t at = x->text.n;
	x->in_cell = false;
	if (x->rich.text.n)
		put_value(x);
	if (x->text.n == at && x->column >= x->span_count)
		return;
	while (x->span_count <= x->column)
		VEC_PUSH(x->spans, x->span_count, x->span_cap, ((struct span){ 0, 0 }));
	x->spans[x->column] = (struct span){ at, x->text.n - at };
}

static void on_close(void *xlsx, unsigned depth, const char *name)
{
	struct xlsx *x = xlsx;
	if (depth > AT_VALUE && x->in_inline) {
		rich_close(&x->rich, name);
	} else if (depth == AT_VALUE) {
		x->in_value = x->in_inline = false;
	} else if (depth == AT_CELL && x->in_cell) {
		close_cell(x);
	} else if (depth == AT_ROW && x->in_row) {
		x->in_row = false;
		part_pause(x->sheet);
	} else if (depth == AT_DATA && x->in_data) {
		part_skip(x->sheet); /* what follows (merges, checks, links) says nothing about rows */
	}
}

int xlsx_open(struct xlsx **ret, int fd, const char *name, const char *spool, struct err *err)
{
	return xlsx_open_sheet(ret, fd, name, spool, 0, err);
}

int xlsx_open_sheet(struct xlsx **ret, int fd, const char *name, const char *spool, unsigned place, struct err *err)
{
	static const struct part_events events = { on_open, on_close, on_text };
	struct xlsx *x = mem_alloc(sizeof *x);
	x->book.wanted = place;
	texts_init(&x->texts, name, spool);
	if (package_open(&x->package, fd, name, err) < 0 || book_read(&x->book, &x->package, err) < 0) {
		xlsx_close(x);
		return -1;
	}
	if (!x->book.title) {
		xlsx_close(x);
		*ret = NULL;
		return 0;
	}
	if (!x->book.sheet) { /* nothing in it is a row */
		*ret = x;
		return 0;
	}
	if ((x->book.styles && styles_read(&x->styles, &x->package, x->book.styles, err) < 0) ||
	    (x->book.strings && shared_read(&x->texts, &x->package, x->book.strings, err) < 0) ||
	    part_open(&x->sheet, &x->package, x->book.sheet, &events, x, err) < 0) {
		xlsx_close(x);
		return -1;
	}
	*ret = x;
	return 0;
}

static void complete_row(struct xlsx *x, struct xlsx_row *ret)
{
	size_t count = x->span_count;
	while (count && !x->spans[count - 1].n)
		count--;
	if (count > x->cell_cap) {
		x->cell_cap = x->span_cap;
		x->cells = mem_grow(x->cells, x->cell_cap, sizeof *x->cells);
	}
	for (size_t i = 0; i < count; i++)
		x->cells[i] = (struct str){ x->text.p + x->spans[i].at, x->spans[i].n };
	*ret = (struct xlsx_row){ x->number, x->cells, count };
}

enum xlsx_got xlsx_next(struct xlsx *x, struct xlsx_row *ret, struct err *err)
{
	if (!x->sheet)
		return XLSX_END;
	switch (part_run(x->sheet, err)) {
	case PART_PAUSED:
		complete_row(x, ret);
		return XLSX_ROW;
	case PART_END:
		return XLSX_END;
	default:
		return XLSX_ERROR;
	}
}

struct str xlsx_title(const struct xlsx *x)
{
	return str_of(x->book.title);
}

void xlsx_close(struct xlsx *x)
{
	if (!x)
		return;
	part_close(x->sheet);
	package_close(&x->package);
	book_release(&x->book);
	styles_release(&x->styles);
	texts_release(&x->texts);
	buf_release(&x->rich.text);
	buf_release(&x->text);
	free(x->spans);
	free(x->cells);
	free(x);
}
