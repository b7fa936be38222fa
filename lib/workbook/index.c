/* A first look at the lists: which lead goes into which workbook and sheet, and in which order. Texts stay in the files. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int workbook_split_of(const char *name)
{
	static const char *const names[WORKBOOK_SPLITS] = { "county", "township", "none" };
	for (int i = 0; i < WORKBOOK_SPLITS; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

/* The yield of a rule in millionths, as far as its checked leads say: an unchecked rule stands in the middle. */
static uint32_t yields_rank(const struct rule_words *r)
{
	return (uint32_t)((r->confirmed + 1) * 1000000 / (r->checked + 2));
}

static unsigned rule_of(struct index *x, struct str code)
{
	for (unsigned i = 0; i < x->rule_count; i++)
		if (str_eq(x->rules[i].code, code))
			return i;
	struct rule_words r = { .code = arena_dup(&x->arena, code) };
	VEC_PUSH(x->rules, x->rule_count, x->rule_cap, r);
	return x->rule_count - 1;
}

static uint64_t number_of(struct str s)
{
	uint64_t n = 0;
	for (size_t i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		n = 10 * n + (uint64_t)(s.p[i] - '0');
	return n;
}

static int read_yields(struct index *x, const struct workbook_job *job, struct err *err)
{
	static const char *const columns[] = { "by", "value", "confirmed", "checked", NULL };
	char path[4096];
	unsigned at[4];
	struct lines l;
	int got;
	snprintf(path, sizeof path, "%s/yields.csv", job->run);
	x->verdicts = access(path, F_OK) == 0;
	if (!x->verdicts)
		return 0;
	if (lines_open(&l, path, columns, at, err) < 0)
		return -1;
	while ((got = lines_next(&l, err)) > 0)
		if (str_eq(lines_field(&l.record, at[0]), STR("rule"))) {
			unsigned rule = rule_of(x, lines_field(&l.record, at[1])); /* may move the rules */
			struct rule_words *r = &x->rules[rule];
			r->confirmed = number_of(lines_field(&l.record, at[2]));
			r->checked = number_of(lines_field(&l.record, at[3]));
		}
	lines_close(&l);
	return got;
}

static uint64_t part_of(enum workbook_split split, struct str region)
{
	static const size_t digits[] = { [WORKBOOK_COUNTY] = 6, [WORKBOOK_TOWNSHIP] = 9 };
	if (split == WORKBOOK_NONE || region.n < digits[split])
		return 0;
	return number_of((struct str){ region.p, digits[split] }) + 1;
}

/* The place of a part is named by its first lead that knows a name. */
static void name_part(struct index *x, enum workbook_split split, uint64_t number, const struct csv_record *r, const unsigned *at)
{
	struct part *p = NULL;
	for (unsigned i = 0; i < x->part_count && !p; i++)
		if (x->parts[i].number == number)
			p = &x->parts[i];
	if (!p) {
		struct part one = { .number = number };
		VEC_PUSH(x->parts, x->part_count, x->part_cap, one);
		p = &x->parts[x->part_count - 1];
	}
	struct str county = lines_field(r, at[COL_COUNTY]), township = lines_field(r, at[COL_TOWNSHIP]);
	if (p->place.n || !number || !county.n)
		return;
	struct buf b = { 0 };
	buf_puts(&b, unguarded(county));
	if (split == WORKBOOK_TOWNSHIP)
		buf_puts(&b, unguarded(township));
	p->place = arena_dup(&x->arena, buf_str(&b));
	buf_release(&b);
}

static void take_lead(struct index *x, const struct workbook_job *job, unsigned list, const struct lines *l, uint32_t number)
{
	const unsigned *at = x->places[list];
	const struct csv_record *r = &l->record;
	struct str severity = lines_field(r, at[COL_SEVERITY]);
	unsigned rule = rule_of(x, lines_field(r, at[COL_RULE]));
	struct rule_words *w = &x->rules[rule];
	if (!w->title.n) {
		w->title = arena_dup(&x->arena, lines_field(r, at[COL_TITLE]));
		w->department = arena_dup(&x->arena, lines_field(r, at[COL_DEPARTMENT]));
	}
	struct lead one = { .part = part_of(job->split, lines_field(r, at[COL_REGION])), .at = l->at, .bytes = (uint32_t)r->raw.n,
		.yield = yields_rank(w), .number = number, .list = (uint8_t)list, .rule_index = (uint8_t)rule,
		.severity = str_eq(severity, STR("high")) ? 2 : str_eq(severity, STR("medium")) ? 1 : 0 };
	VEC_PUSH(x->leads, x->count, x->cap, one);
	if (!x->part_count || x->parts[x->part_count - 1].number != one.part || !x->parts[x->part_count - 1].place.n)
		name_part(x, job->split, one.part, r, at);
}

static int read_list(struct index *x, const struct workbook_job *job, unsigned list, struct err *err)
{
	char path[4096];
	struct lines l;
	int got;
	snprintf(path, sizeof path, "%s/lists/%s.csv", job->run, sheet_kinds[list].file);
	if (list == SHEET_EXEMPTED) {
		x->exempted = access(path, F_OK) == 0;
		if (!x->exempted)
			return 0;
	}
	if (lines_open(&l, path, list_columns, x->places[list], err) < 0)
		return -1;
	for (uint32_t n = 0; (got = lines_next(&l, err)) > 0; n++)
		take_lead(x, job, list, &l, n);
	lines_close(&l);
	return got;
}

static int by_place(const void *pa, const void *pb)
{
	const struct lead *a = pa, *b = pb;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	if (a->list != b->list)
		return a->list < b->list ? -1 : 1;
	if (a->yield != b->yield)
		return a->yield > b->yield ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

static int by_number(const void *a, const void *b)
{
	const struct part *p = a, *q = b;
	return (p->number > q->number) - (p->number < q->number);
}

int index_make(struct index *x, const struct workbook_job *job, struct err *err)
{
	*x = (struct index){ 0 };
	int got = read_yields(x, job, err);
	for (unsigned list = 0; got == 0 && list < SHEET_LISTS; list++)
		got = read_list(x, job, list, err);
	sort(x->leads, x->count, sizeof *x->leads, by_place);
	sort(x->parts, x->part_count, sizeof *x->parts, by_number);
	return got;
}

void index_release(struct index *x)
{
	free(x->leads);
	free(x->rules);
	free(x->parts);
	arena_release(&x->arena);
	*x = (struct index){ 0 };
}
