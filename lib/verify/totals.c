/* Figures and summary against the lists, and against each other. */
#include "internal.h"

#include "base/lang.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- figures.csv --------------------------------------------------------------------------------------------------------------------- */

static const char *const level_names[] = { "all", "county", "township", "village", "village_class" };
static const unsigned level_places[] = { 0, 6, 9, 12 };

static int level_of(struct str s)
{
	for (int i = 0; i < FIGURE_LEVELS; i++)
		if (str_eq(s, str_of(level_names[i])))
			return i;
	return -1;
}

static bool is_region(int level, struct str s, uint64_t *ret)
{
	*ret = 0;
	if (level == FIGURE_CLASS)
		return str_eq(s, STR("poor")) || str_eq(s, STR("other"));
	if (s.n != level_places[level])
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*ret = 10 * *ret + (uint64_t)(s.p[i] - '0');
	}
	return true;
}

/* Digits, in a rate with six behind a point. */
static bool is_value(struct str s, bool *ret_rate)
{
	const char *point = memchr(s.p, '.', s.n);
	*ret_rate = point != NULL;
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && s.p + i != point)
			return false;
	return s.n && s.n < 30 && (!point || (size_t)(s.p + s.n - point) == 7);
}

/* The list whose lines tell a figure: "findings.LIST", "core.LIST", "households.LIST", each with ".RULE" or without. LIST_COUNT: they do,
 * but there is no such list; -1: none does. */
static int list_of_figure(struct str figure)
{
	static const struct str begins[] = { { "findings.", 9 }, { "core.", 5 }, { "households.", 11 } };
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
		if (figure.n <= begins[i].n || memcmp(figure.p, begins[i].p, begins[i].n) != 0)
			continue;
		struct str rest = { figure.p + begins[i].n, figure.n - begins[i].n };
		const char *dot = memchr(rest.p, '.', rest.n);
		int list = list_of_name((struct str){ rest.p, dot ? (size_t)(dot - rest.p) : rest.n });
		return list < 0 ? LIST_COUNT : list;
	}
	return -1;
}

struct figures_check {
	struct check *c;
	const struct csv_lines *s;
	json_t *rates;           /* of level all, as they stand */
	uint64_t total;          /* of the figures that the lists tell too */
	struct arena now;
	int last_level;
	struct str last_region, last_figure;
	/* what the lists make of the place at hand */
	bool placed;
	int level;
	uint64_t region;
	const struct figure_row *rows[LIST_COUNT];
};

static void check_order(struct figures_check *f, int level, const struct str *cell)
{
	int order = f->last_level - level;
	if (!order)
		order = str_cmp(f->last_region, cell[1]);
	if (!order)
		order = str_cmp(f->last_figure, cell[2]);
	if (order >= 0)
		wrong_at(f->c, "figures.csv", f->s->line, N_("is not in its place: by level, region, figure"));
	arena_reset(&f->now);
	f->last_level = level;
	f->last_region = arena_dup(&f->now, cell[1]);
	f->last_figure = arena_dup(&f->now, cell[2]);
}

static void set_place(struct figures_check *f, int level, uint64_t region)
{
	if (f->placed && f->level == level && f->region == region)
		return;
	f->placed = true;
	f->level = level;
	f->region = region;
	for (int l = 0; l < LIST_COUNT; l++) {
		const struct figures *all = f->c->lists[l].figures;
		f->rows[l] = all ? figure_row_find(all, (enum figure_level)level, region) : NULL;
	}
}

/* What the lists come to. */
static int64_t value_of(const struct figures_check *f, int list, struct str name)
{
	int number = list < LIST_COUNT && f->rows[list] ? figure_find(f->c->lists[list].figures, name) : -1;
	return number < 0 ? 0 : figure_row_get(f->c->lists[list].figures, f->rows[list], (unsigned)number);
}

static void note_rate(struct figures_check *f, struct str name, struct str value)
{
	char text[256];
	snprintf(text, sizeof text, "%.*s", STR_ARG(name));
	json_object_set_new(f->rates, text, json_real(strtod(value.p, NULL)));
}

/* Up to 30 digits; what is too large is no count. */
static uint64_t number_of(struct str s)
{
	uint64_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, (uint64_t)(s.p[i] - '0'), &n) || n > INT64_MAX)
			return INT64_MAX;
	return n;
}

static void check_figure(struct figures_check *f)
{
	const struct str *cell = f->s->cells;
	int level = f->s->count == 4 ? level_of(cell[0]) : -1;
	uint64_t region;
	bool rate;
	if (level < 0 || !is_region(level, cell[1], &region) || !is_value(cell[3], &rate) || cell[2].n >= 256) {
		wrong_at(f->c, "figures.csv", f->s->line, N_("is no figure"));
		return;
	}
	check_order(f, level, cell);
	if (level == FIGURE_ALL && rate)
		note_rate(f, cell[2], cell[3]);
	int list = level == FIGURE_CLASS ? -1 : list_of_figure(cell[2]);
	if (list < 0)
		return;
	set_place(f, level, region);
	uint64_t value = rate ? 0 : number_of(cell[3]);
	f->total += value;
	if (rate || value_of(f, list, cell[2]) != (int64_t)value)
		wrong_at(f->c, "figures.csv", f->s->line, N_("is not what the lists come to"));
}

/* The summary has the rates of level all, and no others. */
static void check_rates(struct check *c, json_t *rates)
{
	json_t *said = json_object_get(c->summary, "rates"), *value;
	const char *name;
	if (!c->summary)
		return;
	json_object_foreach(rates, name, value)
	{
		json_t *there = json_object_get(said, name);
		if (!json_is_number(there) || fabs(json_number_value(there) - json_real_value(value)) > 1e-9)
			wrong(c, "summary.json: rate %s is not that of figures.csv", name);
	}
	if (json_object_size(said) != json_object_size(rates))
		wrong(c, "summary.json: its rates are not those of figures.csv");
}

void check_figures(struct check *c, struct text *t, uint64_t rows)
{
	struct csv_lines *s = NULL;
	struct figures_check f = { .c = c, .rates = json_object(), .last_level = -1 };
	enum csv_line got = CSV_LINES_END;
	uint64_t lines = 0, total = 0;
	if (!text_header(t, STR("level,region,figure,value\n")))
		wrong(c, "figures.csv:1: its header is another");
	else
		for (; (got = text_line(t, &s)) == CSV_LINE; lines++) {
			f.s = s;
			check_figure(&f);
		}
	if (got == CSV_LINE_BROKEN)
		wrong(c, "figures.csv:%llu: is no line of a CSV; nothing behind it was read", (unsigned long long)s->line);
	if (rows != lines)
		wrong(c, "figures.csv: has another number of rows than the manifest says");
	for (int l = 0; l < LIST_COUNT; l++)
		total += c->lists[l].figure_total;
	if (f.total != total) /* each that is there is right, so one is missing */
		wrong(c, "figures.csv: lacks figures that the lists come to, or has others");
	check_rates(c, f.rates);
	json_decref(f.rates);
	arena_release(&f.now);
}

/* ---- summary.json and the manifest's lists ------------------------------------------------------------------------------------------- */

static bool is_count(json_t *n, uint64_t want)
{
	return json_is_integer(n) && json_integer_value(n) >= 0 && (uint64_t)json_integer_value(n) == want;
}

static void check_rules(struct check *c, enum list list)
{
	const struct list_count *n = &c->lists[list];
	json_t *rules = json_object_get(json_object_get(c->summary, "rules"), list_name(list));
	unsigned there = 0;
	bool same = true;
	for (unsigned i = 0; i < n->rule_count && same; i++) {
		char code[64];
		uint64_t findings = n->rules[i].findings - n->rules[i].exempted;
		snprintf(code, sizeof code, "%.*s", STR_ARG(n->rules[i].code));
		same = !findings || is_count(json_object_get(rules, code), findings);
		there += findings > 0;
	}
	if (!same || json_object_size(rules) != there)
		wrong(c, "summary.json: the rules of %s are not those of its list", list_name(list));
}

/* The manifest has what the findings were before they became lines. */
static void check_said(struct check *c, enum list list)
{
	json_t *said = json_object_get(json_object_get(c->manifest, "lists"), list_name(list));
	const char *text = json_string_value(json_object_get(said, "sum"));
	struct row_sum sum;
	if (!is_count(json_object_get(said, "findings"), c->lists[list].findings))
		wrong(c, "lists/%s.csv: there were more or fewer findings than it has lines", list_name(list));
	if (!c->masked && (!text || row_sum_parse(str_of(text), &sum) < 0 || !row_sum_equal(sum, c->lists[list].sum)))
		wrong(c, "lists/%s.csv: its findings are not those that were found (their sum is another)", list_name(list));
}

/* A rule that was not evaluated has no findings. */
static void check_not_evaluated(struct check *c)
{
	json_t *one;
	size_t i;
	json_array_foreach(json_object_get(c->summary, "not_evaluated"), i, one)
	{
		const char *rule = json_string_value(json_object_get(one, "rule"));
		for (int l = 0; rule && l < LIST_COUNT; l++)
			for (unsigned k = 0; k < c->lists[l].rule_count; k++)
				if (str_eq(c->lists[l].rules[k].code, str_of(rule)))
					wrong(c, "summary.json: rule %s was not evaluated and has findings", rule);
	}
}

void check_summary(struct check *c)
{
	json_t *as_of = json_object_get(c->manifest, "as_of");
	for (int l = 0; l < LIST_COUNT; l++)
		check_said(c, (enum list)l);
	if (!c->summary)
		return;
	if (!json_equal(as_of, json_object_get(c->summary, "as_of")))
		wrong(c, "summary.json: its day is not that of the manifest");
	for (int l = 0; l < LIST_COUNT; l++) {
		if (!is_count(json_object_get(json_object_get(c->summary, "lists"), list_name((enum list)l)),
		              c->lists[l].findings - c->lists[l].exempted))
			wrong(c, "summary.json: %s has another number of findings than its list", list_name((enum list)l));
		check_rules(c, (enum list)l);
	}
	check_not_evaluated(c);
}
