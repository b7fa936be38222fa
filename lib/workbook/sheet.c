#include "internal.h"

#include "io/at.h"

#include <stdio.h>

enum shown { AS_TEXT, AS_NUMBER, AS_SEVERITY, AS_WORD, AS_GREY, ENTRY, ENTRY_RESULT, ENTRY_DATE };

/* The columns of a sheet. Those of ENTRY are for the person who checks. */
static const struct {
	const char *heading;
	double width;
	enum column_of_list from;
	enum shown as;
	enum word_kind words;
} columns[] = {
	{ "严重程度", 5, COL_SEVERITY, AS_SEVERITY, WORDS_LEVEL },
	{ "规则", 5, COL_RULE, AS_TEXT, 0 },
	{ "疑点", 16, COL_TITLE, AS_TEXT, 0 },
	{ "县（区）", 8, COL_COUNTY, AS_TEXT, 0 },
	{ "乡镇", 8, COL_TOWNSHIP, AS_TEXT, 0 },
	{ "村", 8, COL_VILLAGE, AS_TEXT, 0 },
	{ "户主姓名", 8, COL_HEAD_NAME, AS_TEXT, 0 },
	{ "证件号码", 19, COL_HEAD_ID, AS_TEXT, 0 },
	{ "对象", 6, COL_UNIT, AS_WORD, WORDS_UNIT },
	{ "对象编号", 17, COL_UNIT_NO, AS_TEXT, 0 },
	{ "人数", 5, COL_PERSONS, AS_NUMBER, 0 },
	{ "置信度", 6, COL_CONFIDENCE, AS_WORD, WORDS_LEVEL },
	{ "计入比率", 5, COL_CORE, AS_WORD, WORDS_CORE },
	{ "性质", 8, COL_NATURE, AS_WORD, WORDS_NATURE },
	{ "脱贫状态", 7, COL_STATUS, AS_WORD, WORDS_STATUS },
	{ "依据", 48, COL_EVIDENCE, AS_TEXT, 0 },
	{ "核查要点", 28, COL_CHECK, AS_TEXT, 0 },
	{ "责任部门", 8, COL_DEPARTMENT, AS_TEXT, 0 },
	{ "时限天数", 6, COL_DAYS, AS_NUMBER, 0 },
	{ "核查结果", 9, 0, ENTRY_RESULT, 0 },
	{ "核查说明", 20, 0, ENTRY, 0 },
	{ "核查人", 8, 0, ENTRY, 0 },
	{ "核查日期", 11, 0, ENTRY_DATE, 0 },
	{ "审核人", 8, 0, ENTRY, 0 },
	{ "审核意见", 14, 0, ENTRY, 0 },
	{ "线索编号", 19, COL_ID, AS_GREY, 0 },
	{ "证据指纹", 19, COL_MARK, AS_GREY, 0 },
};
enum { COLUMNS = sizeof columns / sizeof *columns, KEY_COLUMNS = 2, HEADER_ROW = 1, FIRST_ROW = 2, FROZEN_COLUMNS = 3 };

static bool for_entry(unsigned c)
{
	return columns[c].as >= ENTRY;
}

/* Nobody checks what is exempted. */
static bool shown(unsigned list, unsigned c)
{
	return list != SHEET_EXEMPTED || !for_entry(c);
}

static void put_header(struct book *b, lxw_worksheet *s, unsigned list)
{
	char banner[256];
	snprintf(banner, sizeof banner, "%s（%s）　疑点不等于违规", sheet_kinds[list].title, sheet_kinds[list].what);
	put_z(b, s, 0, 0, banner, b->f.section);
	worksheet_set_row(s, 0, 20, NULL);
	worksheet_set_row(s, HEADER_ROW, 32, NULL);
	for (unsigned c = 0, at = 0; c < COLUMNS; c++) {
		if (!shown(list, c))
			continue;
		/* Cells for entry are never written (memory): they have the format of their column, and their look by a condition. */
		worksheet_set_column(s, (lxw_col_t)at, (lxw_col_t)at, columns[c].width,
		                     columns[c].as == ENTRY_DATE ? b->f.entry_date : for_entry(c) ? b->f.entry : NULL);
		put_z(b, s, HEADER_ROW, (lxw_col_t)at++, columns[c].heading, for_entry(c) ? b->f.entry_header : b->f.header);
	}
}

static void offer_results(struct book *b, lxw_worksheet *s, lxw_col_t col, uint32_t rows)
{
	static char *results[] = { "属实", "不属实", "待核实", NULL };
	lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_LIST, .value_list = results, .input_title = "核查结果",
		.input_message = "属实、不属实须填核查人和核查日期；不属实还须填核查说明。", .error_title = "核查结果", .error_message = "请选：属实、不属实、待核实" };
	note(b, worksheet_data_validation_range(s, FIRST_ROW, col, FIRST_ROW + rows - 1, col, &v));
}

static void mark_entries(struct book *b, lxw_worksheet *s, lxw_col_t first, lxw_col_t last, uint32_t rows)
{
	lxw_conditional_format always = { .type = LXW_CONDITIONAL_TYPE_FORMULA, .value_string = "=TRUE", .format = b->f.entry_look };
	note(b, worksheet_conditional_format_range(s, FIRST_ROW, first, FIRST_ROW + rows - 1, last, &always));
}

static void finish(struct book *b, lxw_worksheet *s, unsigned list, uint32_t rows)
{
	unsigned at = 0, first = 0, last = 0;
	for (unsigned c = 0; c < COLUMNS; c++) {
		if (shown(list, c) && columns[c].as == ENTRY_RESULT)
			first = at;
		at += shown(list, c);
		if (shown(list, c) && for_entry(c))
			last = at - 1;
	}
	if (rows && last) {
		offer_results(b, s, (lxw_col_t)first, rows);
		mark_entries(b, s, (lxw_col_t)first, (lxw_col_t)last, rows);
	}
	if (!rows)
		put_z(b, s, FIRST_ROW, 0, "无", b->f.note);
	note(b, worksheet_autofilter(s, HEADER_ROW, 0, HEADER_ROW + (rows ? rows : 1), (lxw_col_t)(at - 1)));
	worksheet_freeze_panes(s, FIRST_ROW, FROZEN_COLUMNS);
	worksheet_repeat_rows(s, HEADER_ROW, HEADER_ROW);
	worksheet_set_paper(s, 8); /* A3; what only the import needs is not printed */
	worksheet_print_area(s, 0, 0, HEADER_ROW + (rows ? rows : 1), (lxw_col_t)(at - KEY_COLUMNS - 1));
	worksheet_ignore_errors(s, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:AA1048576");
}

static void put_field(struct book *b, lxw_worksheet *s, lxw_row_t row, lxw_col_t col, unsigned c, struct str text)
{
	struct str plain = unguarded(text);
	char *end;
	switch (columns[c].as) {
	case AS_SEVERITY: put(b, s, row, col, word(WORDS_LEVEL, plain), b->f.severity[str_eq(plain, STR("high")) ? 2 : str_eq(plain, STR("medium"))]); break;
	case AS_WORD: put(b, s, row, col, word(columns[c].words, plain), b->f.text); break;
	case AS_NUMBER: put_number(b, s, row, col, strtod(cell_text(&b->scratch, plain), &end), b->f.number); break;
	case AS_GREY: put(b, s, row, col, plain, b->f.grey); break;
	default: put(b, s, row, col, plain, b->f.text); break;
	}
}

static void put_lead(struct book *b, lxw_worksheet *s, lxw_row_t row, unsigned list, const struct csv_record *r, const unsigned *places)
{
	unsigned lines = 1;
	for (unsigned c = 0, at = 0; c < COLUMNS; c++) {
		if (!for_entry(c)) {
			put_field(b, s, row, (lxw_col_t)at, c, lines_field(r, places[columns[c].from]));
			unsigned n = cell_lines(lines_field(r, places[columns[c].from]), columns[c].width);
			lines = n > lines ? n : lines;
		}
		at += shown(list, c);
	}
	note(b, worksheet_set_row(s, row, cell_height(lines), NULL));
}

static int read_lead(struct csv_reader *reader, int fd, const struct lead *lead, struct buf *line, struct csv_record *ret, struct err *err)
{
	line->n = 0;
	buf_reserve(line, lead->bytes + 64);
	memset(line->p + lead->bytes, 0, 64);
	if (get_at(fd, line->p, lead->bytes, lead->at) != (ssize_t)lead->bytes)
		return err_set(err, STATUS_IOERR, "a list cannot be read again; check the disk");
	csv_reader_tell(reader, line->p, lead->bytes, 2, true);
	return csv_next(reader, ret, err) == CSV_RECORD ? 0 : err_set(err, STATUS_SOFTWARE, "a list changed while it was read; make the run again");
}

int put_list(struct book *b, const struct workbook_job *job, const struct index *x, unsigned list, const struct lead *leads, size_t count,
             int fd, struct err *err)
{
	static const struct csv_rules rules = { ',', { 16u << 20, 24u << 20, 32u << 20 } };
	uint32_t most = job->sheet_rows ? job->sheet_rows : WORKBOOK_ROWS;
	struct csv_reader *reader;
	struct csv_record record;
	struct buf line = { 0 };
	int got = csv_reader_open_part(&reader, &rules, err);
	if (got < 0)
		return -1;
	size_t done = 0;
	for (unsigned further = 1; got == 0 && (further == 1 || done < count); further++) {
		lxw_worksheet *s = book_sheet(b, sheet_kinds[list].title, further);
		uint32_t rows = 0;
		if (!s)
			break;
		put_header(b, s, list);
		for (; got == 0 && rows < most && done < count; rows++, done++) {
			got = read_lead(reader, fd, &leads[done], &line, &record, err);
			if (got == 0)
				put_lead(b, s, FIRST_ROW + rows, list, &record, x->places[list]);
		}
		finish(b, s, list, rows);
	}
	csv_reader_close(reader);
	buf_release(&line);
	return got;
}
