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
	uint64_t id;              /* what name is hashed to */
	char person[ID_TEXT];     /* the last number that was found to be good */
	/* while the region and the rule stay: */
	struct rule_count *rule;
	int64_t region;
	struct figure_row *places[FIGURE_LEVELS];
	unsigned levels;
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
static bool is_id(struct list_check *l, struct str s)
{
	uint64_t key;
	if (s.n != ID_TEXT)
		return false;
	if (!l->c->masked) { /* the head of a unit is mostly among its evidence */
		if (memcmp(s.p, l->person, ID_TEXT) != 0 && id_parse(s, l->c->as_of, &key) != 0)
			return false;
		memcpy(l->person, s.p, ID_TEXT);
		return true;
	}
	for (size_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		if (i >= 6 && i < 14 ? s.p[i] != '*' : !digit && !(i == 17 && s.p[i] == 'X'))
			return false;
	}
	return true;
}

/* Ids with a blank between, ascending; in a copy two may look the same. */
static bool are_ids(struct list_check *l, struct str s)
{
	struct str last = { 0 };
	while (s.n) {
		const char *blank = memchr(s.p, ' ', s.n);
		struct str one = { s.p, blank ? (size_t)(blank - s.p) : s.n };
		if (!is_id(l, one) || (last.n && str_cmp(last, one) >= (l->c->masked ? 1 : 0)))
			return false;
		last = one;
		s = blank ? (struct str){ blank + 1, s.n - one.n - 1 } : (struct str){ s.p, 0 };
		if (blank && !s.n)
			return false;
	}
	return true;
}

/* "file:line", the last part digits; *ret_n is how many bytes it takes. A name may hold anything, so known names are tried: that of the row
 * before first. */
static bool take_place(struct check *c, struct str s, struct str *ret_file, uint64_t *ret_line, size_t *ret_n)
{
	for (unsigned i = 0; i < c->input_count; i++) {
		unsigned at = i + c->last_input < c->input_count ? i + c->last_input : i + c->last_input - c->input_count;
		struct str file = { c->inputs[at].file, c->inputs[at].file_n };
		if (s.n <= file.n + 1 || s.p[file.n] != ':' || memcmp(s.p, file.p, file.n) != 0)
			continue;
		const char *begin = s.p + file.n + 1, *semicolon = memchr(begin, ';', s.n - file.n - 1);
		size_t digits = semicolon ? (size_t)(semicolon - begin) : s.n - file.n - 1;
		if (!is_number((struct str){ begin, digits }, ret_line) || !*ret_line)
			continue;
		*ret_file = file;
		*ret_n = file.n + 1 + digits;
		c->last_input = at;
		return true;
	}
	return false;
}

/* Places of rows, `;` between, by file, then line. A copy does not say which files there are. */
static bool are_places(struct check *c, struct str s)
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
	if (unit == UNIT_PERSON && (!is_id(l, cell[CELL_UNIT_NO]) || !str_eq(cell[CELL_UNIT_NO], cell[CELL_HEAD_ID])))
		bad(l, N_("its person is no number, or not the one that is named"));
	if (unit == UNIT_VILLAGE && !str_eq(cell[CELL_UNIT_NO], cell[CELL_REGION]))
		bad(l, N_("its village is not its region"));
	if (cell[CELL_HEAD_ID].n && !is_id(l, cell[CELL_HEAD_ID]))
		bad(l, N_("head_id is no number"));
	if (!is_number(cell[CELL_PERSONS], &n) || !is_number(cell[CELL_DAYS], &n))
		bad(l, N_("persons or days is no number"));
	if (!are_ids(l, cell[CELL_EVIDENCE_IDS]))
		bad(l, N_("evidence_ids are no numbers in order"));
	if (!are_places(l->c, unguarded(cell[CELL_EVIDENCE_ROWS])))
		bad(l, N_("evidence_rows are no rows of extracts that were read, in order"));
	if (cell[CELL_EVIDENCE_HASH].n ? !is_hex(cell[CELL_EVIDENCE_HASH], 8) || !cell[CELL_EVIDENCE_ROWS].n : cell[CELL_EVIDENCE_ROWS].n != 0)
		bad(l, N_("evidence_hash is not 16 hex digits where there are rows and nothing where there are none"));
}

/* Whether this is the finding_id of rule, unit and unit_no, which l->name and l->id then are of. */
static bool is_key(struct list_check *l, const struct str *cell, struct str unit_no, uint64_t said)
{
	l->name.n = 0;
	finding_name(&l->name, cell[CELL_RULE], cell[CELL_UNIT], unit_no);
	l->id = XXH3_64bits(l->name.p, l->name.n);
	return l->id == said;
}

/* As the guard left unit_no, or without the guard; the sum is of the one that is. In a copy neither can be. */
static void check_key(struct list_check *l, const struct str *cell)
{
	struct check *c = l->c;
	struct list_count *list = &c->lists[l->list];
	uint8_t id[8] = { 0 };
	uint64_t said = 0;
	bool hex = hex_get(cell[CELL_FINDING_ID], id, sizeof id) == 0;
	for (size_t i = 0; i < sizeof id; i++)
		said = said << 8 | id[i];
	l->name.n = 0;
	if (!c->masked && !(is_key(l, cell, unguarded(cell[CELL_UNIT_NO]), said) && hex) && !(is_key(l, cell, cell[CELL_UNIT_NO], said) && hex))
		bad(l, N_("finding_id is not that of its rule and unit"));
	row_sum_add(&list->sum, finding_sum(&l->name));
	if (!hex)
		bad(l, N_("finding_id is not 16 hex digits"));
	else
		c->again += !seen_add(&c->finding_ids, said);
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
static void name_figures(struct figures *f, enum list list, struct str rule, unsigned ret[COUNTED])
{
	static const char *const what[COUNTED] = { "findings", "core", "households" };
	for (int i = 0; i < COUNTED; i++) {
		char name[256];
		snprintf(name, sizeof name, "%s.%s%s%.*s", what[i], list_name(list), rule.n ? "." : "", STR_ARG(rule));
		ret[i] = figure_name(f, str_of(name));
	}
}

static struct list_count *counts_of(struct check *c, enum list list)
{
	struct list_count *n = &c->lists[list];
	if (!n->figures) {
		n->figures = mem_alloc(sizeof *n->figures);
		name_figures(n->figures, list, STR(""), n->names);
	}
	return n;
}

static struct rule_count *count_of(struct check *c, enum list list, struct str code)
{
	struct list_count *n = counts_of(c, list);
	for (unsigned i = n->rule_count; i-- > 0;) /* the lines of a rule follow each other */
		if (str_eq(n->rules[i].code, code))
			return &n->rules[i];
	if (n->rule_count == sizeof n->rules / sizeof *n->rules)
		return NULL;
	struct rule_count *new = &n->rules[n->rule_count++];
	*new = (struct rule_count){ .code = arena_dup(&c->arena, code) };
	name_figures(n->figures, list, code, new->names);
	return new;
}

static void add_figure(struct list_check *l, unsigned name)
{
	struct list_count *n = &l->c->lists[l->list];
	for (unsigned i = 0; i < l->levels; i++)
		figure_row_add(n->figures, l->places[i], name, 1);
	n->figure_total += l->levels;
}

static int64_t region_of(struct str cell)
{
	int64_t region;
	return cell.n && region_parse(cell, &region) == 0 ? region : VALUE_NULL;
}

/* Lines of one region follow each other. */
static void set_region(struct list_check *l, int64_t region)
{
	struct figure_at at[FIGURE_LEVELS];
	if (l->levels && l->region == region)
		return;
	l->region = region;
	l->levels = figure_levels(&l->c->places, region, at);
	for (unsigned i = 0; i < l->levels; i++)
		l->places[i] = figure_row(l->c->lists[l->list].figures, at[i].level, at[i].region);
}

/* A household counts once in its list, however many rules fire on it. */
static void count_line(struct list_check *l, const struct str *cell)
{
	struct check *c = l->c;
	struct list_count *n = &c->lists[l->list];
	struct rule_count *rule = l->rule && str_eq(l->rule->code, cell[CELL_RULE]) ? l->rule : count_of(c, l->list, cell[CELL_RULE]);
	int unit = unit_of(cell[CELL_UNIT]);
	l->rule = rule;
	if (!rule) {
		bad(l, N_("there are more rules than a pack can have"));
		return;
	}
	set_region(l, region_of(cell[CELL_REGION]));
	rule->findings++;
	add_figure(l, n->names[COUNT_FINDINGS]);
	add_figure(l, rule->names[COUNT_FINDINGS]);
	if (str_eq(cell[CELL_CORE], STR("yes"))) {
		add_figure(l, n->names[COUNT_CORE]);
		add_figure(l, rule->names[COUNT_CORE]);
	}
	if (unit != UNIT_REGISTER && unit != UNIT_HOUSEHOLD)
		return;
	add_figure(l, rule->names[COUNT_HOUSEHOLDS]);
	if (seen_add(&n->homes, XXH3_64bits_withSeed(cell[CELL_UNIT_NO].p, cell[CELL_UNIT_NO].n, (uint64_t)unit)))
		add_figure(l, n->names[COUNT_HOUSEHOLDS]);
}

/* A list that two files have, which no manifest of a run says, is counted twice. */
static void add_list(struct check *c, enum list list, const struct list_count *more)
{
	struct list_count *n = counts_of(c, list);
	n->findings += more->findings;
	n->figure_total += more->figure_total;
	row_sum_add(&n->sum, more->sum);
	figures_merge(n->figures, more->figures);
	for (unsigned i = 0; i < more->rule_count; i++) {
		struct rule_count *rule = count_of(c, list, more->rules[i].code);
		if (rule)
			rule->findings += more->rules[i].findings;
	}
}

void list_count_release(struct list_count *n)
{
	seen_release(&n->homes);
	if (n->figures)
		figures_release(n->figures);
	free(n->figures);
	n->figures = NULL;
}

void add_lists(struct check *c, struct check *part)
{
	for (int l = 0; l < LIST_COUNT; l++) {
		struct list_count *more = &part->lists[l];
		if (!more->figures)
			continue;
		if (c->lists[l].figures) {
			add_list(c, (enum list)l, more);
			list_count_release(more);
			continue;
		}
		c->lists[l] = *more;
		for (unsigned i = 0; i < more->rule_count; i++)
			c->lists[l].rules[i].code = arena_dup(&c->arena, more->rules[i].code);
		*more = (struct list_count){ 0 };
	}
	c->again += part->again + seen_add_all(&c->finding_ids, &part->finding_ids);
	seen_release(&part->finding_ids);
}

/* ---- a list -------------------------------------------------------------------------------------------------------------------------- */

static void list_check_release(struct list_check *l)
{
	arena_release(&l->now);
	buf_release(&l->name);
}

static void check_end(struct check *c, const char *name, enum csv_line got, const struct csv_lines *s)
{
	if (got == CSV_LINE_BROKEN)
		wrong(c, "%s:%llu: is no line of a CSV; nothing behind it was read", name, (unsigned long long)s->line);
}

#define LEAST_LINE (16 + LIST_CELLS) /* bytes: its finding_id, and a comma or the end behind each cell */

/* As many as the manifest says, but no more than the file can have. */
static size_t lines_at_most(const struct text *t, uint64_t rows)
{
	uint64_t most = text_size(t) / LEAST_LINE;
	return rows < most ? rows : most;
}

void check_list(struct check *c, enum list list, const char *name, struct text *t, uint64_t rows)
{
	struct list_check l = { .c = c, .list = list, .file = name };
	struct csv_lines *s = NULL;
	enum csv_line got = CSV_LINES_END;
	counts_of(c, list);
	seen_reserve(&c->finding_ids, lines_at_most(t, rows));
	if (!text_header(t, STR(LIST_HEADER "\n")))
		wrong(c, "%s:1: its header is not that of a list", name);
	else
		for (; (got = text_line(t, &s)) == CSV_LINE; l.rows++) {
			l.line = s->line;
			if (s->count != LIST_CELLS) {
				bad(&l, N_("has not as many cells as the header"));
				continue;
			}
			check_cells(&l, s->cells);
			check_order(&l, s->cells);
			check_key(&l, s->cells);
			count_line(&l, s->cells);
		}
	check_end(c, name, got, s);
	if (rows != l.rows)
		wrong(c, "%s: has another number of rows than the manifest says", name);
	c->lists[list].findings += l.rows;
	list_check_release(&l);
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
	if (l->list != (enum list)list) {
		l->levels = 0;
		l->rule = NULL;
	}
	l->list = (enum list)list;
	counts_of(l->c, l->list);
	check_cells(l, s->cells);
	check_key(l, s->cells);
	count_line(l, s->cells);
	l->c->lists[list].findings++;
	l->c->lists[list].exempted++;
	if ((rule = count_of(l->c, l->list, s->cells[CELL_RULE])))
		rule->exempted++;
}

void check_exempted(struct check *c, const char *name, struct text *t, uint64_t rows)
{
	struct list_check l = { .c = c, .file = name };
	struct csv_lines *s = NULL;
	enum csv_line got = CSV_LINES_END;
	if (!text_header(t, STR(LIST_HEADER ",list\n")))
		wrong(c, "%s:1: its header is not that of a list", name);
	else
		for (; (got = text_line(t, &s)) == CSV_LINE; l.rows++) {
			l.line = s->line;
			check_exempted_line(&l, s);
		}
	check_end(c, name, got, s);
	if (rows != l.rows)
		wrong(c, "%s: has another number of rows than the manifest says", name);
	list_check_release(&l);
}

void check_ids(struct check *c)
{
	if (c->again)
		wrong(c, "lists: %llu findings are there twice", (unsigned long long)c->again);
}
