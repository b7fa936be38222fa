/* What the ledger says, as a workbook: the sheets of ledger/sheets.h, missed families first as they stand there. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

enum shown { AS_TEXT, AS_NUMBER, AS_SEVERITY, AS_WORD };

struct table_column {
	const char *name, *heading;
	double width;
	enum shown as;
	enum word_kind words;
};

static const struct table_column problems[] = {
	{ "state", "状态", 8, AS_WORD, WORDS_STATE }, { "overdue", "逾期", 5, AS_WORD, WORDS_CORE }, { "due", "整改时限", 11, AS_TEXT, 0 },
	{ "list", "清单", 10, AS_WORD, WORDS_LIST }, { "severity", "严重程度", 5, AS_SEVERITY, WORDS_LEVEL }, { "title", "问题", 18, AS_TEXT, 0 },
	{ "county", "县（区）", 8, AS_TEXT, 0 }, { "township", "乡镇", 8, AS_TEXT, 0 }, { "village", "村", 8, AS_TEXT, 0 },
	{ "head_name", "户主姓名", 8, AS_TEXT, 0 }, { "head_id", "证件号码", 19, AS_TEXT, 0 }, { "unit_no", "对象编号", 17, AS_TEXT, 0 },
	{ "evidence", "依据", 48, AS_TEXT, 0 }, { "check", "核查要点", 28, AS_TEXT, 0 }, { "department", "责任部门", 10, AS_TEXT, 0 },
	{ "person", "责任人", 8, AS_TEXT, 0 }, { "phone", "电话", 13, AS_TEXT, 0 }, { "first_seen", "首次发现", 11, AS_TEXT, 0 },
	{ "gone_on", "消失日期", 11, AS_TEXT, 0 }, { "finding_id", "线索编号", 19, AS_TEXT, 0 }, { NULL },
};

static const struct table_column tasks[] = {
	{ "department", "责任部门", 16, AS_TEXT, 0 }, { "county", "县（区）", 10, AS_TEXT, 0 }, { "township", "乡镇", 12, AS_TEXT, 0 },
	{ "region", "区划代码", 12, AS_TEXT, 0 }, { "list", "清单", 14, AS_WORD, WORDS_LIST }, { "due", "整改时限", 12, AS_TEXT, 0 },
	{ "overdue", "逾期", 6, AS_WORD, WORDS_CORE }, { "leads", "疑点数", 8, AS_NUMBER, 0 }, { "high", "其中严重", 8, AS_NUMBER, 0 },
	{ "new", "其中新增", 8, AS_NUMBER, 0 }, { "changed", "其中证据有变", 8, AS_NUMBER, 0 }, { "reopened", "其中重新出现", 8, AS_NUMBER, 0 }, { NULL },
};

static const struct table_column duties[] = {
	{ "person", "责任人", 12, AS_TEXT, 0 }, { "phone", "电话", 16, AS_TEXT, 0 }, { "department", "责任部门", 16, AS_TEXT, 0 },
	{ "county", "县（区）", 10, AS_TEXT, 0 }, { "township", "乡镇", 12, AS_TEXT, 0 }, { "region", "区划代码", 12, AS_TEXT, 0 },
	{ "leads", "疑点数", 8, AS_NUMBER, 0 }, { "high", "其中严重", 8, AS_NUMBER, 0 }, { "overdue", "其中逾期", 8, AS_NUMBER, 0 },
	{ "next_due", "最近时限", 12, AS_TEXT, 0 }, { NULL },
};

static const struct table_column movement[] = {
	{ "level", "级别", 8, AS_WORD, WORDS_PLACE }, { "region", "区划代码", 14, AS_TEXT, 0 }, { "figure", "变动", 24, AS_WORD, WORDS_MOVEMENT },
	{ "value", "数", 10, AS_NUMBER, 0 }, { NULL },
};

static const struct table {
	const char *file, *title, *what;
	const struct table_column *columns;
} tables[] = {
	{ "problems.csv", "问题清单", "未销的疑点，和本次已消失的", problems },
	{ "tasks.csv", "任务清单", "按部门、乡镇和时限", tasks },
	{ "duties.csv", "责任清单", "责任人为空的，尚未落实", duties },
	{ "movement.csv", "变动情况", "与上一次运行相比", movement },
};
enum { TABLES = sizeof tables / sizeof *tables, MOST_COLUMNS = 24, HEADER_ROW = 1, FIRST_ROW = 2 };

static lxw_worksheet *begin_sheet(struct book *b, const struct table *t, unsigned further)
{
	char banner[256];
	lxw_worksheet *s = book_sheet(b, t->title, further);
	if (!s)
		return NULL;
	snprintf(banner, sizeof banner, "%s（%s）　疑点不等于违规", t->title, t->what);
	put_z(b, s, 0, 0, banner, b->f.section);
	for (lxw_col_t c = 0; t->columns[c].name; c++) {
		worksheet_set_column(s, c, c, t->columns[c].width, NULL);
		put_z(b, s, HEADER_ROW, c, t->columns[c].heading, b->f.header);
	}
	worksheet_set_row(s, HEADER_ROW, 32, NULL);
	worksheet_freeze_panes(s, FIRST_ROW, 0);
	worksheet_repeat_rows(s, HEADER_ROW, HEADER_ROW);
	return s;
}

static void end_sheet(struct book *b, lxw_worksheet *s, const struct table *t, uint32_t rows)
{
	lxw_col_t columns = 0;
	while (t->columns[columns].name)
		columns++;
	if (!rows)
		put_z(b, s, FIRST_ROW, 0, "无", b->f.note);
	note(b, worksheet_autofilter(s, HEADER_ROW, 0, HEADER_ROW + (rows ? rows : 1), (lxw_col_t)(columns - 1)));
	worksheet_ignore_errors(s, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:AA1048576");
}

static void put_field(struct book *b, lxw_worksheet *s, lxw_row_t row, lxw_col_t col, const struct table_column *c, struct str text)
{
	struct str plain = unguarded(text);
	char *end;
	if (!plain.n)
		return; /* an empty cell costs as much memory as a full one, and many are */
	switch (c->as) {
	case AS_SEVERITY: put(b, s, row, col, word(WORDS_LEVEL, plain), b->f.severity[str_eq(plain, STR("high")) ? 2 : str_eq(plain, STR("medium"))]); break;
	case AS_WORD: put(b, s, row, col, word(c->words, plain), b->f.text); break;
	case AS_NUMBER: put_number(b, s, row, col, strtod(cell_text(&b->scratch, plain), &end), b->f.number); break;
	default: put(b, s, row, col, plain, b->f.text); break;
	}
}

static void put_line(struct book *b, lxw_worksheet *s, lxw_row_t row, const struct table *t, const struct csv_record *r, const unsigned *places)
{
	unsigned most = 1;
	for (lxw_col_t c = 0; t->columns[c].name; c++) {
		struct str text = lines_field(r, places[c]);
		unsigned n = cell_lines(text, t->columns[c].width);
		put_field(b, s, row, c, &t->columns[c], text);
		most = n > most ? n : most;
	}
	note(b, worksheet_set_row(s, row, cell_height(most), NULL));
}

/* The lines of one table, into as many sheets and workbooks as they take. */
struct tables_pen {
	const struct workbook_job *job;
	const char *name;
	struct book book;
	bool open;
	unsigned volume;
	uint32_t lines;         /* in this workbook */
};

/* "ledger.xlsx", then "ledger (2).xlsx". */
static int open_volume(struct tables_pen *p, struct err *err)
{
	char name[256];
	const char *dot = strrchr(p->name, '.');
	int stem = (int)(dot - p->name);
	p->volume++;
	p->lines = 0;
	if (p->volume > 1)
		snprintf(name, sizeof name, "%.*s (%u)%s", stem, p->name, p->volume, dot);
	else
		snprintf(name, sizeof name, "%s", p->name);
	p->open = book_open(&p->book, p->job, name, "疑点台账", err) == 0;
	return p->open ? 0 : -1;
}

static int close_volume(struct tables_pen *p, struct err *err)
{
	p->open = false;
	return book_close(&p->book, err);
}

static int put_lines(struct tables_pen *p, const struct table *t, struct lines *l, const unsigned *places, struct err *err)
{
	uint32_t rows = 0, most = p->job->sheet_rows ? p->job->sheet_rows : WORKBOOK_ROWS, most_lines = p->job->book_leads ? p->job->book_leads : WORKBOOK_LEADS;
	unsigned further = 1;
	lxw_worksheet *s = begin_sheet(&p->book, t, further);
	int got = 0;
	while (s && (got = lines_next(l, err)) > 0) {
		bool full = p->lines == most_lines;
		if (full || rows == most) {
			end_sheet(&p->book, s, t, rows);
			rows = 0;
			if (full && (close_volume(p, err) < 0 || open_volume(p, err) < 0))
				return -1;
			if (!(s = begin_sheet(&p->book, t, ++further)))
				break;
		}
		put_line(&p->book, s, FIRST_ROW + rows++, t, &l->record, places);
		p->lines++;
	}
	if (s)
		end_sheet(&p->book, s, t, rows);
	return got < 0 ? -1 : 0;
}

static int put_table(struct tables_pen *p, const struct table *t, struct err *err)
{
	const char *names[MOST_COLUMNS + 1] = { NULL };
	unsigned places[MOST_COLUMNS];
	char path[4096];
	struct lines l;
	for (unsigned c = 0; t->columns[c].name; c++)
		names[c] = t->columns[c].name;
	snprintf(path, sizeof path, "%s/%s", p->job->out, t->file);
	if (lines_open(&l, path, names, places, err) < 0)
		return -1;
	int got = put_lines(p, t, &l, places, err);
	lines_close(&l);
	return got;
}

int workbook_tables(const struct workbook_job *job, const char *name, struct err *err)
{
	struct tables_pen p = { .job = job, .name = name };
	int r = open_volume(&p, err);
	for (unsigned t = 0; r == 0 && t < TABLES; t++)
		r = put_table(&p, &tables[t], err);
	if (r == 0)
		return close_volume(&p, err);
	if (p.open)
		book_drop(&p.book);
	return -1;
}
