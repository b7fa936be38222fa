#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct pen {
	struct book *b;
	lxw_worksheet *s;
	lxw_row_t row;
	const struct workbook_job *job;
	const struct index *x;
	const struct cover *c;
};

enum { WIDTH = 7 };

static void put_line(struct pen *p, const char *text, lxw_format *f)
{
	put_z(p->b, p->s, p->row++, 0, text, f);
}

/* A section: its title, and the headings of its table (fewer than WIDTH end in NULL). */
static void put_section(struct pen *p, const char *title, const char *const headings[WIDTH])
{
	p->row++;
	worksheet_set_row(p->s, p->row, 20, NULL);
	put_line(p, title, p->b->f.section);
	for (lxw_col_t c = 0; c < WIDTH && headings && headings[c]; c++)
		put_z(p->b, p->s, p->row, c, headings[c], p->b->f.header);
	p->row += headings != NULL;
}

static void put_cell(struct pen *p, lxw_col_t col, struct str text)
{
	put(p->b, p->s, p->row, col, text, p->b->f.text);
}

static void put_count(struct pen *p, lxw_col_t col, struct str digits)
{
	if (digits.n)
		put_number(p->b, p->s, p->row, col, strtod(cell_text(&p->b->scratch, digits), NULL), p->b->f.number);
	else
		put_cell(p, col, digits);
}

/* ---- what it is about ------------------------------------------------------------------------------------------------------------------ */

static struct str text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));
	return s ? str_of(s) : (struct str){ "", 0 };
}

static void put_head(struct pen *p)
{
	char line[512];
	struct str place = p->c->part->place, day = text_of(p->job->manifest, "as_of");
	const json_t *pack = json_object_get(p->job->manifest, "pack");
	snprintf(line, sizeof line, "疑点核查工作簿%s%.*s", place.n ? "　" : "", STR_ARG(place));
	worksheet_set_row(p->s, 0, 26, NULL);
	worksheet_set_row(p->s, 1, 20, NULL);
	put_line(p, line, p->b->f.title);
	put_line(p, "疑点不等于违规。先查疑似漏评。未经入户核查，不得清退，不得剔除，不得下结论。", p->b->f.warning);
	snprintf(line, sizeof line, "数据日期 %.*s　规则包 %.*s（%.*s）", STR_ARG(day), STR_ARG(text_of(pack, "name")), STR_ARG(text_of(pack, "xxh3_128")));
	put_line(p, line, p->b->f.note);
	if (p->c->volumes > 1) {
		snprintf(line, sizeof line, "共 %u 册，本册为第 %u 册；本页数字是各册合计。", p->c->volumes, p->c->volume);
		put_line(p, line, p->b->f.note);
	}
}

static void put_lists_table(struct pen *p)
{
	static const char *const headings[WIDTH] = { "清单", "说明", "本册条数", NULL };
	put_section(p, "一、清单", headings);
	for (unsigned list = 0; list < SHEET_LISTS; list++) {
		size_t n = 0;
		if (list == SHEET_EXEMPTED && !p->x->exempted)
			continue;
		for (size_t i = 0; i < p->c->count; i++)
			n += p->c->leads[i].list == list;
		put_cell(p, 0, str_of(sheet_kinds[list].title));
		put_cell(p, 1, str_of(sheet_kinds[list].what));
		put_number(p->b, p->s, p->row++, 2, (double)n, p->b->f.number);
	}
}

/* ---- figures --------------------------------------------------------------------------------------------------------------------------- */

/* Whether a line of figures is of everything ("全部") or of this workbook's part ("本册"); NULL: of another place. */
static const char *scope_of(const struct pen *p, struct str level, struct str region)
{
	char own[32];
	if (str_eq(level, STR("all")))
		return "全部";
	if (!p->c->part->number || !str_eq(level, p->job->split == WORKBOOK_COUNTY ? STR("county") : STR("township")))
		return NULL;
	snprintf(own, sizeof own, "%0*llu", p->job->split == WORKBOOK_COUNTY ? 6 : 9, (unsigned long long)(p->c->part->number - 1));
	return str_eq(region, str_of(own)) ? "本册" : NULL;
}

/* A share with its percent sign; percentage points (100 times a share) without. */
static void put_value(struct pen *p, lxw_col_t col, struct str value, bool points)
{
	if (!value.n)
		put_cell(p, col, STR("未检验"));
	else
		put_number(p->b, p->s, p->row, col, strtod(cell_text(&p->b->scratch, value), NULL), points ? p->b->f.points : p->b->f.share);
}

/* The rates of the file, in an order for readers: missed first. */
static const char *const rate_order[] = { "lead_missed_rate", "lead_missed_rate_persons", "lead_wrongly_exited_rate",
	"lead_wrongly_exited_rate_persons", "lead_wrongly_exited_share", "lead_non_eligible_rate", "lead_non_eligible_rate_persons",
	"poverty_incidence", "lead_comprehensive_incidence", "lead_comprehensive_incidence_net", "converted_share_points" };
enum { RATES = sizeof rate_order / sizeof *rate_order };

/* The i-th row of a block of so many; the block of everything stands below that of this workbook's part. */
static lxw_row_t row_of(const struct pen *p, lxw_row_t first, unsigned i, unsigned rows, const char *scope)
{
	return first + i + (p->c->part->number && !strcmp(scope, "全部") ? rows : 0);
}

static int put_rates(struct pen *p, struct err *err)
{
	static const char *const columns[] = { "level", "region", "figure", "numerator", "denominator", "value", NULL };
	static const char *const headings[WIDTH] = { "指标", "范围", "分子", "分母", "值", NULL };
	char path[4096];
	unsigned at[6];
	struct lines l;
	int got;
	put_section(p, "二、比率（疑点口径：全部疑点，未经核查，不是结论）", headings);
	lxw_row_t first = p->row, next = first;
	snprintf(path, sizeof path, "%s/rates.csv", p->job->run);
	if (lines_open(&l, path, columns, at, err) < 0)
		return -1;
	while ((got = lines_next(&l, err)) > 0) {
		const struct csv_record *r = &l.record;
		struct str figure = lines_field(r, at[2]);
		const char *scope = scope_of(p, lines_field(r, at[0]), lines_field(r, at[1]));
		unsigned i = 0;
		while (i < RATES && !str_eq(figure, str_of(rate_order[i])))
			i++;
		if (!scope || i == RATES)
			continue;
		p->row = row_of(p, first, i, RATES, scope);
		put_cell(p, 0, word(WORDS_RATE, figure));
		put_cell(p, 1, str_of(scope));
		put_count(p, 2, lines_field(r, at[3]));
		put_count(p, 3, lines_field(r, at[4]));
		put_value(p, 4, lines_field(r, at[5]), str_eq(figure, STR("converted_share_points")));
		next = p->row + 1 > next ? p->row + 1 : next;
	}
	p->row = next;
	lines_close(&l);
	return got;
}

/* The same of the checked rates. */
static const struct {
	const char *rate, *unit;
} checked_order[] = {
	{ "missed_rate", "households" }, { "missed_rate", "persons" }, { "wrongly_exited_rate", "households" }, { "wrongly_exited_rate", "persons" },
	{ "non_eligible_rate", "households" }, { "non_eligible_rate", "persons" }, { "comprehensive_incidence", "persons" },
};
enum { CHECKED_RATES = sizeof checked_order / sizeof *checked_order };

static unsigned checked_place(struct str rate, struct str unit)
{
	unsigned i = 0;
	while (i < CHECKED_RATES && !(str_eq(rate, str_of(checked_order[i].rate)) && str_eq(unit, str_of(checked_order[i].unit))))
		i++;
	return i;
}

static int put_checked_rates(struct pen *p, struct err *err)
{
	static const char *const columns[] = { "level", "region", "rate", "unit", "numerator", "denominator", "value", "checked", "unchecked", NULL };
	static const char *const headings[WIDTH] = { "指标（单位）", "范围", "分子", "分母", "值", "已核查疑点", "未核查疑点" };
	char path[4096], name[256];
	unsigned at[9];
	struct lines l;
	int got;
	if (!p->x->verdicts) {
		put_section(p, "三、比率（核实口径）", NULL);
		put_line(p, "未检验：还没有核查结果。核查结果导入后，漏评率、错退率、错评率、综合贫困发生率列在这里。", p->b->f.note);
		return 0;
	}
	put_section(p, "三、比率（核实口径：只计核查属实的疑点）", headings);
	lxw_row_t first = p->row, next = first;
	snprintf(path, sizeof path, "%s/checked_rates.csv", p->job->run);
	if (lines_open(&l, path, columns, at, err) < 0)
		return -1;
	while ((got = lines_next(&l, err)) > 0) {
		const struct csv_record *r = &l.record;
		const char *scope = scope_of(p, lines_field(r, at[0]), lines_field(r, at[1]));
		unsigned i = checked_place(lines_field(r, at[2]), lines_field(r, at[3]));
		if (!scope || i == CHECKED_RATES)
			continue;
		p->row = row_of(p, first, i, CHECKED_RATES, scope);
		snprintf(name, sizeof name, "%.*s（%.*s）", STR_ARG(word(WORDS_RATE, lines_field(r, at[2]))), STR_ARG(word(WORDS_RATE_UNIT, lines_field(r, at[3]))));
		put_cell(p, 0, str_of(name));
		put_cell(p, 1, str_of(scope));
		put_count(p, 2, lines_field(r, at[4]));
		put_count(p, 3, lines_field(r, at[5]));
		put_value(p, 4, lines_field(r, at[6]), false);
		put_count(p, 5, lines_field(r, at[7]));
		put_count(p, 6, lines_field(r, at[8]));
		next = p->row + 1 > next ? p->row + 1 : next;
	}
	p->row = next;
	lines_close(&l);
	return got;
}

/* ---- rules ----------------------------------------------------------------------------------------------------------------------------- */

static void put_rule(struct pen *p, const struct rule_words *r, size_t leads)
{
	char name[512];
	snprintf(name, sizeof name, "%.*s　%.*s", STR_ARG(r->code), STR_ARG(r->title));
	put_cell(p, 0, str_of(name));
	put_cell(p, 1, r->department);
	put_number(p->b, p->s, p->row, 2, (double)leads, p->b->f.number);
	put_number(p->b, p->s, p->row, 3, (double)r->confirmed, p->b->f.number);
	put_number(p->b, p->s, p->row, 4, (double)r->checked, p->b->f.number);
	if (r->checked)
		put_number(p->b, p->s, p->row, 5, (double)r->confirmed / (double)r->checked, p->b->f.share);
	else
		put_cell(p, 5, STR("未检验"));
	p->row++;
}

static void put_rules(struct pen *p)
{
	static const char *const headings[WIDTH] = { "规则", "责任部门", "本册条数", "属实", "已核查", "属实率", NULL };
	size_t leads[256] = { 0 };
	bool done[256] = { false };
	put_section(p, "四、各规则的属实率（全部已核查疑点中属实的；各清单按它排序）", headings);
	for (size_t i = 0; i < p->c->count; i++)
		leads[p->c->leads[i].rule_index]++;
	/* In the order of the sheets, which are in the order of lists. */
	for (size_t i = 0; i < p->c->count; i++) {
		unsigned r = p->c->leads[i].rule_index;
		if (!done[r])
			put_rule(p, &p->x->rules[r], leads[r]);
		done[r] = true;
	}
}

static void put_kinds(struct pen *p, const json_t *kinds, struct buf *b)
{
	const json_t *kind;
	size_t i;
	b->n = 0;
	json_array_foreach(kinds, i, kind) {
		const struct kind *k = schema_kind(p->job->schema, str_of(json_string_value(kind)));
		if (i)
			buf_puts(b, STR("、"));
		buf_puts(b, k ? k->title_zh : str_of(json_string_value(kind)));
	}
}

static void put_unevaluated(struct pen *p)
{
	static const char *const headings[WIDTH] = { "规则", "缺少的数据", NULL };
	const json_t *rules = json_object_get(p->job->summary, "not_evaluated"), *one;
	struct buf b = { 0 };
	size_t i;
	if (!json_array_size(rules))
		return;
	put_section(p, "五、没有比对的规则（缺少数据，不等于没有疑点）", headings);
	json_array_foreach(rules, i, one) {
		put_cell(p, 0, text_of(one, "rule"));
		put_kinds(p, json_object_get(one, "missing"), &b);
		put_cell(p, 1, buf_str(&b));
		p->row++;
	}
	buf_release(&b);
}

/* ---- sources, how to fill it in -------------------------------------------------------------------------------------------------------- */

static void put_sources(struct pen *p)
{
	static const char *const headings[WIDTH] = { "文件", "数据（部门）", "读入行数", "采用", "拒收", "重复", "指纹（XXH3-128）" };
	static const char *const counts[] = { "rows_read", "accepted", "rejected", "duplicate" };
	const json_t *inputs = json_object_get(p->job->manifest, "inputs"), *one;
	size_t i;
	put_section(p, "六、数据来源", headings);
	json_array_foreach(inputs, i, one) {
		const struct kind *k = schema_kind(p->job->schema, text_of(one, "kind"));
		char from[512] = "";
		if (k)
			snprintf(from, sizeof from, "%.*s（%.*s）", STR_ARG(k->title_zh), STR_ARG(k->department_zh));
		put_cell(p, 0, text_of(one, "file"));
		put_cell(p, 1, str_of(from));
		for (lxw_col_t c = 0; c < 4; c++)
			put_number(p->b, p->s, p->row, (lxw_col_t)(2 + c), json_number_value(json_object_get(one, counts[c])), p->b->f.number);
		put_cell(p, 6, text_of(one, "xxh3_128"));
		p->row++;
	}
}

static void put_help(struct pen *p)
{
	static const char *const lines[] = {
		"1. 入户核查后在黄色各栏填写。核查结果从下拉框选：属实、不属实、待核实。",
		"2. 属实、不属实须填核查人和核查日期；不属实还须填核查说明（理由），证据不变时该疑点一年内不再下发，证据有变则重新下发。",
		"3. 填了审核意见的须填审核人。没有核查的行各栏留空。",
		"4. 请勿改动“线索编号”和“证据指纹”两列，导入时按它们对应；可以筛选、排序，可以拆成几册分头填写。",
	};
	put_section(p, "七、填写说明", NULL);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		put_line(p, lines[i], p->b->f.note);
}

int put_cover(struct book *b, lxw_worksheet *s, const struct workbook_job *job, const struct index *x, const struct cover *c, struct err *err)
{
	static const double widths[WIDTH] = { 42, 34, 11, 11, 11, 12, 36 };
	struct pen p = { b, s, 0, job, x, c };
	for (lxw_col_t i = 0; i < WIDTH; i++)
		worksheet_set_column(s, i, i, widths[i], NULL);
	worksheet_gridlines(s, LXW_HIDE_ALL_GRIDLINES);
	put_head(&p);
	put_lists_table(&p);
	if (put_rates(&p, err) < 0 || put_checked_rates(&p, err) < 0)
		return -1;
	put_rules(&p);
	put_unevaluated(&p);
	put_sources(&p);
	put_help(&p);
	return 0;
}
