/* What was refused, or made null, goes back to the department that sent it: one workbook for each that has something to correct. */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
	const char *folder, *sheet, *last, *heading, *banner;
} sorts[] = {
	{ "rejects", "拒收", "row", "原行", "这些行没有用上：号码、户号等必填项不对，或整行读不出。请更正后重新报送。" },
	{ "invalid", "无效值", "value", "原值", "这些行用上了，但所列的值不对，按空处理。请更正后重新报送。" },
};
enum { SORTS = sizeof sorts / sizeof *sorts };

/* What cannot be looked up is taken for there, and opening it tells what is wrong. */
static bool exists(const struct workbook_job *job, const struct kind *k, unsigned sort, char path[4096])
{
	snprintf(path, 4096, "%s/%s/%.*s.csv", job->run, sorts[sort].folder, STR_ARG(k->name));
	return access(path, F_OK) == 0 || errno != ENOENT;
}

/* Open at the first row behind the header: 1, or 0 when there is none (closed then), -1 with err. */
static int open_rows(struct lines *l, const char *path, unsigned sort, unsigned at[5], struct err *err)
{
	const char *const columns[] = { "file", "line", "column", "reason", sorts[sort].last, NULL };
	if (lines_open(l, path, columns, at, err) < 0)
		return -1;
	int got = lines_next(l, err);
	if (got <= 0)
		lines_close(l);
	return got;
}

static int something(const struct workbook_job *job, const struct kind *k, struct err *err)
{
	char path[4096];
	unsigned at[5];
	struct lines l;
	for (unsigned s = 0; s < SORTS; s++) {
		if (!exists(job, k, s, path))
			continue;
		int got = open_rows(&l, path, s, at, err);
		if (got > 0)
			lines_close(&l);
		if (got != 0)
			return got;
	}
	return 0;
}

static const double widths[] = { 30, 8, 16, 26, 90 };

static lxw_worksheet *begin_sheet(struct book *b, const struct kind *k, unsigned sort, unsigned further)
{
	const char *const headings[] = { "文件", "行号", "列", "原因", sorts[sort].heading };
	char title[256];
	snprintf(title, sizeof title, "%.*s %s", (int)(k->title_zh.n < 60 ? k->title_zh.n : 60), k->title_zh.p, sorts[sort].sheet);
	lxw_worksheet *s = book_sheet(b, title, further);
	if (!s)
		return NULL;
	put_z(b, s, 0, 0, sorts[sort].banner, b->f.section);
	worksheet_set_row(s, 0, 20, NULL);
	for (lxw_col_t c = 0; c < 5; c++) {
		worksheet_set_column(s, c, c, widths[c], NULL);
		put_z(b, s, 1, c, headings[c], b->f.header);
	}
	worksheet_freeze_panes(s, 2, 0);
	worksheet_repeat_rows(s, 1, 1);
	worksheet_ignore_errors(s, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:E1048576");
	return s;
}

/* The heading of the column as the department knows it: its first spelling. */
static struct str heading_of(const struct kind *k, struct str column)
{
	int c = kind_column(k, column);
	return c >= 0 && k->columns[c].spelling_count ? k->columns[c].spellings[0] : column;
}

static void put_row(struct book *b, lxw_worksheet *s, lxw_row_t row, const struct kind *k, const struct csv_record *r, const unsigned at[5])
{
	put(b, s, row, 0, lines_field(r, at[0]), b->f.text);
	put_number(b, s, row, 1, strtod(cell_text(&b->scratch, lines_field(r, at[1])), NULL), b->f.plain_number);
	put(b, s, row, 2, heading_of(k, lines_field(r, at[2])), b->f.text);
	put(b, s, row, 3, word(WORDS_REASON, lines_field(r, at[3])), b->f.text);
	put(b, s, row, 4, lines_field(r, at[4]), b->f.text);
	unsigned file = cell_lines(lines_field(r, at[0]), widths[0]), last = cell_lines(lines_field(r, at[4]), widths[4]);
	note(b, worksheet_set_row(s, row, cell_height(file > last ? file : last), NULL));
}

static int put_rows(struct book *b, const struct workbook_job *job, const struct kind *k, unsigned sort, struct err *err)
{
	uint32_t most = job->sheet_rows ? job->sheet_rows : WORKBOOK_ROWS;
	char path[4096];
	unsigned at[5];
	struct lines l;
	if (!exists(job, k, sort, path))
		return 0;
	int got = open_rows(&l, path, sort, at, err);
	if (got <= 0)
		return got;
	for (unsigned further = 1; got > 0; further++) {
		lxw_worksheet *s = begin_sheet(b, k, sort, further);
		uint32_t rows = 0;
		if (!s)
			break;
		for (; got > 0 && rows < most; rows++) {
			put_row(b, s, 2 + rows, k, &l.record, at);
			got = lines_next(&l, err);
		}
		note(b, worksheet_autofilter(s, 1, 0, 1 + rows, 4));
	}
	lines_close(&l);
	return got < 0 ? -1 : 0;
}

static void name_of(struct buf *b, struct str department)
{
	b->n = 0;
	buf_puts(b, STR("退回更正 "));
	put_safe(b, department);
	buf_puts(b, STR(".xlsx"));
	buf_putc(b, 0);
}

/* The kinds that were read: those of the schemas, and those of the run's own schemas, of which nothing but the name is known here. */
struct kinds {
	struct kind *items;   /* what they point to is borrowed */
	size_t count, cap;
};

static void gather_kinds(const struct workbook_job *job, struct kinds *ret)
{
	const json_t *inputs = json_object_get(job->manifest, "inputs"), *one;
	size_t i;
	for (unsigned k = 0; k < job->schema->kind_count; k++)
		VEC_PUSH(ret->items, ret->count, ret->cap, job->schema->kinds[k]);
	json_array_foreach(inputs, i, one) {
		const char *name = json_string_value(json_object_get(one, "kind"));
		bool known = !name;
		for (size_t k = 0; k < ret->count && !known; k++)
			known = str_eq(ret->items[k].name, str_of(name));
		if (known)
			continue;
		struct kind own = { .name = str_of(name), .title_zh = str_of(name), .department_zh = str_of(name) };
		VEC_PUSH(ret->items, ret->count, ret->cap, own);
	}
}

/* The workbook of the department of kind k: this and the later kinds of the same department. */
static int put_department(const struct workbook_job *job, const struct kinds *all, size_t first, const int *has, struct names *names,
                          struct err *err)
{
	const struct kind *kinds = all->items;
	struct buf name = { 0 };
	struct book b;
	name_of(&name, kinds[first].department_zh);
	int got = book_open(&b, job, name.p, "退回更正", err);
	if (got == 0) {
		names_add(names, name.p);
		for (size_t k = first; got == 0 && k < all->count; k++)
			for (unsigned s = 0; got == 0 && has[k] && str_eq(kinds[k].department_zh, kinds[first].department_zh) && s < SORTS; s++)
				got = put_rows(&b, job, &kinds[k], s, err);
		if (got == 0)
			got = book_close(&b, err);
		else
			book_drop(&b);
	}
	buf_release(&name);
	return got;
}

int put_returns(const struct workbook_job *job, struct names *names, struct err *err)
{
	struct kinds all = { 0 };
	gather_kinds(job, &all);
	int *has = mem_alloc((all.count + 1) * sizeof *has), got = 0;
	for (size_t k = 0; got >= 0 && k < all.count; k++)
		got = has[k] = something(job, &all.items[k], err);
	got = got < 0 ? -1 : 0;
	for (size_t k = 0; got == 0 && k < all.count; k++) {
		bool first = has[k];
		for (size_t i = 0; i < k && first; i++)
			first = !has[i] || !str_eq(all.items[i].department_zh, all.items[k].department_zh);
		if (first)
			got = put_department(job, &all, k, has, names, err);
	}
	free(has);
	free(all.items);
	return got;
}
