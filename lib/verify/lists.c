/* The lists: each line by itself, their order, and what they add up to. */
#include "internal.h"

#include "base/lang.h"
#include "csv/write.h"
#include "id/id.h"
#include "value/value.h"

#include <stdio.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

struct list_check {
	struct check *c;
	enum list list;
	const char *file;
	uint64_t line;
	uint64_t rows;
	struct str last[4];      /* the cells that lines are sorted by, of the line before; in the arena */
	struct arena now;         /* their bytes */
	struct buf name;
};

static void bad(struct list_check *l, const char *what)
{
	wrong_at(l->c, l->file, l->line, what);
}

/* ---- cells --------------------------------------------------------------------------------------------------------------------------- */

/* A cell without the quote that guards a formula. */
static struct str unguarded(struct str s)
{
	struct str rest = { s.p + 1, s.n - 1 };
	return s.n && s.p[0] == '\'' && csv_is_formula(rest) ? rest : s;
}

static bool is_number(struct str s, uint64_t *ret)
{
	*ret = 0;
	if (!s.n || s.n > 18)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*ret = 10 * *ret + (uint64_t)(s.p[i] - '0');
	}
	return s.n == 1 || s.p[0] != '0';
}

static bool is_hex(struct str s, size_t bytes)
{
	uint8_t ignored[32];
	return hex_get(s, ignored, bytes) == 0;
}

/* A number of a person, or in a copy for wider circulation what is left of it. */
static bool is_id(const struct check *c, struct str s)
{
	uint64_t key;
	if (s.n != ID_TEXT)
		return false;
	if (!c->masked)
		return id_parse(s, c->as_of, &key) == 0;
	for (size_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		if (i >= 6 && i < 14 ? s.p[i] != '*' : !digit && !(i == 17 && s.p[i] == 'X'))
			return false;
	}
	return true;
}

/* Ids with a blank between, ascending; in a copy two may look the same. */
static bool are_ids(const struct check *c, struct str s)
{
	struct str last = { 0 };
	while (s.n) {
		const char *blank = memchr(s.p, ' ', s.n);
		struct str one = { s.p, blank ? (size_t)(blank - s.p) : s.n };
		if (!is_id(c, one) || (last.n && str_cmp(last, one) >= (c->masked ? 1 : 0)))
			return false;
		last = one;
		s = blank ? (struct str){ blank + 1, s.n - one.n - 1 } : (struct str){ s.p, 0 };
		if (blank && !s.n)
			return false;
	}
	return true;
}

/* "file:line", the last part digits; *ret_n is how many bytes it takes. A name may hold anything, so known names are tried. */
static bool take_place(const struct check *c, struct str s, struct str *ret_file, uint64_t *ret_line, size_t *ret_n)
{
	for (unsigned i = 0; i < c->input_count; i++) {
		struct str file = str_of(c->inputs[i].file);
		if (s.n <= file.n + 1 || memcmp(s.p, file.p, file.n) != 0 || s.p[file.n] != ':')
			continue;
		const char *begin = s.p + file.n + 1, *semicolon = memchr(begin, ';', s.n - file.n - 1);
		size_t digits = semicolon ? (size_t)(semicolon - begin) : s.n - file.n - 1;
		if (!is_number((struct str){ begin, digits }, ret_line) || !*ret_line)
			continue;
		*ret_file = file;
		*ret_n = file.n + 1 + digits;
		return true;
	}
	return false;
}

/* Places of rows, `;` between, by file, then line. A copy does not say which files there are. */
static bool are_places(const struct check *c, struct str s)
{
	struct str file, last_file = { 0 };
	uint64_t line, last_line = 0;
	size_t n;
	if (c->masked)
		return true;
	for (bool first = true; s.n; first = false) {
		if (!take_place(c, s, &file, &line, &n))
			return false;
		int order = first ? -1 : str_cmp(last_file, file);
		if (order > 0 || (order == 0 && last_line >= line))
			return false;
		last_file = file;
		last_line = line;
		if (n < s.n && n + 1 == s.n)
			return false;
		s = n < s.n ? (struct str){ s.p + n + 1, s.n - n - 1 } : (struct str){ s.p, 0 };
	}
	return true;
}

/* ---- a line -------------------------------------------------------------------------------------------------------------------------- */

static int unit_of(struct str s)
{
	for (int u = 0; u < UNIT_COUNT; u++)
		if (str_eq(s, str_of(unit_name((enum unit)u))))
			return u;
	return -1;
}

static void check_cells(struct list_check *l, const struct str *cell)
{
	const struct check *c = l->c;
	int unit = unit_of(cell[CELL_UNIT]);
	int64_t region;
	uint64_t n;
	if (!cell[CELL_RULE].n)
		bad(l, N_("has no rule"));
	if (!str_eq(cell[CELL_CORE], STR("yes")) && !str_eq(cell[CELL_CORE], STR("no")))
		bad(l, N_("core is neither yes nor no"));
	if (level_of_name(cell[CELL_SEVERITY]) < 0 || level_of_name(cell[CELL_CONFIDENCE]) < 0)
		bad(l, N_("severity or confidence is none of high, medium, low"));
	if (unit < 0)
		bad(l, N_("its unit is none"));
	if (cell[CELL_REGION].n && (cell[CELL_REGION].n != 12 || region_parse(cell[CELL_REGION], &region) != 0))
		bad(l, N_("its region has not 12 digits"));
	if (unit == UNIT_PERSON && (!is_id(c, cell[CELL_UNIT_NO]) || !str_eq(cell[CELL_UNIT_NO], cell[CELL_HEAD_ID])))
		bad(l, N_("its person is no number, or not the one that is named"));
	if (unit == UNIT_VILLAGE && !str_eq(cell[CELL_UNIT_NO], cell[CELL_REGION]))
		bad(l, N_("its village is not its region"));
	if (cell[CELL_HEAD_ID].n && !is_id(c, cell[CELL_HEAD_ID]))
		bad(l, N_("head_id is no number"));
	if (!is_number(cell[CELL_PERSONS], &n) || !is_number(cell[CELL_DAYS], &n))
		bad(l, N_("persons or days is no number"));
	if (!are_ids(c, cell[CELL_EVIDENCE_IDS]))
		bad(l, N_("evidence_ids are no numbers in order"));
	if (!are_places(c, unguarded(cell[CELL_EVIDENCE_ROWS])))
		bad(l, N_("evidence_rows are no rows of extracts that were read, in order"));
	if (cell[CELL_EVIDENCE_HASH].n ? !is_hex(cell[CELL_EVIDENCE_HASH], 8) || !cell[CELL_EVIDENCE_ROWS].n : cell[CELL_EVIDENCE_ROWS].n != 0)
		bad(l, N_("evidence_hash is not 16 hex digits where there are rows and nothing where there are none"));
}

/* The finding_id has to be that of rule, unit and unit_no, as the guard left it or without the guard; the sum is of the one that is. */
static void check_key(struct list_check *l, const struct str *cell)
{
	struct check *c = l->c;
	const struct str units[] = { unguarded(cell[CELL_UNIT_NO]), cell[CELL_UNIT_NO] };
	char said[17];
	uint8_t id[8];
	uint64_t n = 0;
	bool found = c->masked;
	for (int i = 0; i < 2 && !found; i++) {
		l->name.n = 0;
		finding_name(&l->name, cell[CELL_RULE], cell[CELL_UNIT], units[i]);
		finding_id(&l->name, said);
		found = str_eq(cell[CELL_FINDING_ID], str_of(said));
	}
	if (!found)
		bad(l, N_("finding_id is not that of its rule and unit"));
	row_sum_add(&c->lists[l->list].sum, finding_sum(&l->name));
	if (hex_get(cell[CELL_FINDING_ID], id, sizeof id) < 0) {
		bad(l, N_("finding_id is not 16 hex digits"));
		return;
	}
	for (size_t i = 0; i < sizeof id; i++)
		n = n << 8 | id[i];
	VEC_PUSH(c->finding_ids, c->id_count, c->id_cap, n);
}

/* Region, rule, unit_no, evidence_rows: as bytes, without guards, ascending. */
static void check_order(struct list_check *l, const struct str *cell)
{
	struct str key[4] = { cell[CELL_REGION], cell[CELL_RULE], unguarded(cell[CELL_UNIT_NO]), unguarded(cell[CELL_EVIDENCE_ROWS]) };
	int order = l->rows ? 0 : -1;
	for (int i = 0; i < 4 && order == 0; i++)
		order = str_cmp(l->last[i], key[i]);
	if (order > 0)
		bad(l, N_("is not in its place: by region, rule, unit_no, evidence_rows"));
	arena_reset(&l->now);
	for (int i = 0; i < 4; i++)
		l->last[i] = arena_dup(&l->now, key[i]);
}

/* ---- what lists add up to ------------------------------------------------------------------------------------------------------------ */

/* The figures that a list, or a rule in it, is counted in: figure_name numbers, made once. */
static void name_figures(struct check *c, enum list list, struct str rule, unsigned ret[COUNTED])
{
	static const char *const what[COUNTED] = { "findings", "core", "households" };
	for (int i = 0; i < COUNTED; i++) {
		char name[256];
		snprintf(name, sizeof name, "%s.%s%s%.*s", what[i], list_name(list), rule.n ? "." : "", STR_ARG(rule));
		ret[i] = figure_name(&c->figures, str_of(name));
	}
}

void name_lists(struct check *c)
{
	for (int l = 0; l < LIST_COUNT; l++)
		name_figures(c, (enum list)l, STR(""), c->lists[l].names);
}

static struct rule_count *count_of(struct check *c, enum list list, struct str code)
{
	struct list_count *n = &c->lists[list];
	for (unsigned i = n->rule_count; i-- > 0;) /* the lines of a rule follow each other */
		if (str_eq(n->rules[i].code, code))
			return &n->rules[i];
	if (n->rule_count == sizeof n->rules / sizeof *n->rules)
		return NULL;
	struct rule_count *new = &n->rules[n->rule_count++];
	*new = (struct rule_count){ .code = arena_dup(&c->arena, code) };
	name_figures(c, list, code, new->names);
	return new;
}

static void add_figure(struct check *c, unsigned name, const struct figure_at *at, unsigned levels)
{
	for (unsigned i = 0; i < levels; i++)
		figure_add(&c->figures, name, at[i].level, at[i].region, 1);
	c->figure_total += levels;
}

static int64_t region_of(struct str cell)
{
	int64_t region;
	return cell.n && region_parse(cell, &region) == 0 ? region : VALUE_NULL;
}

static void count_line(struct list_check *l, const struct str *cell)
{
	struct check *c = l->c;
	struct rule_count *rule = count_of(c, l->list, cell[CELL_RULE]);
	const unsigned *whole = c->lists[l->list].names;
	struct figure_at at[FIGURE_LEVELS];
	int64_t region = region_of(cell[CELL_REGION]);
	unsigned levels = figure_levels(&c->places, region, at);
	int unit = unit_of(cell[CELL_UNIT]);
	if (!rule) {
		bad(l, N_("there are more rules than a pack can have"));
		return;
	}
	rule->findings++;
	add_figure(c, whole[COUNT_FINDINGS], at, levels);
	add_figure(c, rule->names[COUNT_FINDINGS], at, levels);
	if (str_eq(cell[CELL_CORE], STR("yes"))) {
		add_figure(c, whole[COUNT_CORE], at, levels);
		add_figure(c, rule->names[COUNT_CORE], at, levels);
	}
	if (unit != UNIT_REGISTER && unit != UNIT_HOUSEHOLD)
		return;
	add_figure(c, rule->names[COUNT_HOUSEHOLDS], at, levels);
	struct home h = { XXH3_64bits_withSeed(cell[CELL_UNIT_NO].p, cell[CELL_UNIT_NO].n, (uint64_t)unit), region };
	struct list_count *n = &c->lists[l->list];
	VEC_PUSH(n->homes, n->home_count, n->home_cap, h);
}

static int by_unit(const void *pa, const void *pb)
{
	const struct home *a = pa, *b = pb;
	return (a->unit > b->unit) - (a->unit < b->unit);
}

/* A household counts once in its list, however many rules fire on it. */
static void count_homes(struct check *c, enum list list)
{
	struct list_count *n = &c->lists[list];
	sort(n->homes, n->home_count, sizeof *n->homes, by_unit);
	for (size_t i = 0; i < n->home_count; i++) {
		struct figure_at at[FIGURE_LEVELS];
		if (i == 0 || n->homes[i].unit != n->homes[i - 1].unit)
			add_figure(c, n->names[COUNT_HOUSEHOLDS], at, figure_levels(&c->places, n->homes[i].region, at));
	}
	free(n->homes);
	n->homes = NULL;
	n->home_count = n->home_cap = 0;
}

/* ---- a list -------------------------------------------------------------------------------------------------------------------------- */

static bool is_header(const struct csv_lines *s, struct str header)
{
	return s->text.n >= header.n && memcmp(s->text.p, header.p, header.n) == 0;
}

void check_list(struct check *c, enum list list, const char *name, struct str text, uint64_t rows)
{
	struct list_check l = { .c = c, .list = list, .file = name };
	struct csv_lines s = { .text = text };
	enum csv_line got = CSV_LINES_END;
	if (!is_header(&s, STR(LIST_HEADER "\n")))
		wrong(c, "%s:1: its header is not that of a list", name);
	else if ((got = csv_line_next(&s)) == CSV_LINE)
		while ((got = csv_line_next(&s)) == CSV_LINE) {
			l.line = s.line;
			if (s.count != LIST_CELLS) {
				bad(&l, N_("has not as many cells as the header"));
			} else {
				check_cells(&l, s.cells);
				check_order(&l, s.cells);
				check_key(&l, s.cells);
				count_line(&l, s.cells);
			}
			l.rows++;
		}
	if (got == CSV_LINE_BROKEN)
		wrong(c, "%s:%llu: is no line of a CSV; nothing behind it was read", name, (unsigned long long)s.line);
	if (rows != l.rows)
		wrong(c, "%s: has another number of rows than the manifest says", name);
	c->lists[list].findings += l.rows;
	csv_lines_release(&s);
	arena_release(&l.now);
	buf_release(&l.name);
}

/* A line is a finding of the list that its last cell names, and counts there. */
static void check_exempted_line(struct list_check *l, const struct csv_lines *s)
{
	int list = s->count == LIST_CELLS + 1 ? list_of_name(s->cells[LIST_CELLS]) : -1;
	struct rule_count *rule;
	if (list < 0) {
		bad(l, N_("has not as many cells as the header, or names no list"));
		return;
	}
	l->list = (enum list)list;
	check_cells(l, s->cells);
	check_key(l, s->cells);
	count_line(l, s->cells);
	l->c->lists[list].findings++;
	l->c->lists[list].exempted++;
	if ((rule = count_of(l->c, l->list, s->cells[CELL_RULE])))
		rule->exempted++;
}

void check_exempted(struct check *c, const char *name, struct str text, uint64_t rows)
{
	struct list_check l = { .c = c, .file = name };
	struct csv_lines s = { .text = text };
	enum csv_line got = CSV_LINES_END;
	if (!is_header(&s, STR(LIST_HEADER ",list\n")))
		wrong(c, "%s:1: its header is not that of a list", name);
	else if ((got = csv_line_next(&s)) == CSV_LINE)
		for (; (got = csv_line_next(&s)) == CSV_LINE; l.rows++) {
			l.line = s.line;
			check_exempted_line(&l, &s);
		}
	if (got == CSV_LINE_BROKEN)
		wrong(c, "%s:%llu: is no line of a CSV; nothing behind it was read", name, (unsigned long long)s.line);
	if (rows != l.rows)
		wrong(c, "%s: has another number of rows than the manifest says", name);
	csv_lines_release(&s);
	buf_release(&l.name);
}

static int by_number(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;
	return (a > b) - (a < b);
}

void check_ids(struct check *c)
{
	uint64_t again = 0;
	for (int list = 0; list < LIST_COUNT; list++)
		count_homes(c, (enum list)list);
	sort(c->finding_ids, c->id_count, sizeof *c->finding_ids, by_number);
	for (size_t i = 1; i < c->id_count; i++)
		again += c->finding_ids[i] == c->finding_ids[i - 1];
	if (again)
		wrong(c, "lists: %llu findings are there twice", (unsigned long long)again);
}
