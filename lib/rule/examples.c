/* Examples of rules: rule/example.h, docs/rules.md. */
#include "load.h"

enum {
	MAX_PEOPLE = 40,
	MAX_ROWS = 200,  /* of one kind */
	MAX_TIMES = 200,
};

/* ---- people ------------------------------------------------------------------------------------------------------------------------------ */

static int load_birthday(struct loader *l, struct fy_node *node, int32_t *ret)
{
	struct str text;
	int64_t day;
	if (yaml_str(l->yaml, node, &text, l->err) < 0)
		return -1;
	if (date_parse(text, &day) != 0)
		return LOAD_FAIL(l, node, "a day is needed here, such as 1960-03-01");
	*ret = (int32_t)day;
	return 0;
}

/* yes and no, as well as true and false: an example is read by people who know no YAML. */
static int load_yes(struct loader *l, struct fy_node *node, bool *ret)
{
	struct str text;
	if (yaml_str(l->yaml, node, &text, l->err) < 0)
		return -1;
	*ret = str_eq(text, STR("yes")) || str_eq(text, STR("true")) || str_eq(text, STR("是"));
	if (*ret || str_eq(text, STR("no")) || str_eq(text, STR("false")) || str_eq(text, STR("否")))
		return 0;
	return LOAD_FAIL(l, node, "yes or no is needed here");
}

/* A: 1960-03-01, or A: {born: 1960-03-01, male: no, name: ...} */
static int load_person(struct loader *l, struct fy_node *node, struct str label, struct example_person *p)
{
	static const char *const keys[] = { "born", "male", "name", NULL };
	*p = (struct example_person){ .label = arena_dup(&l->pack->arena, label), .male = true };
	p->name = p->label;
	if (fy_node_is_scalar(node))
		return load_birthday(l, node, &p->born);
	struct fy_node *born, *male = yaml_get(node, "male");
	if (yaml_keys(l->yaml, node, keys, l->err) < 0 || yaml_need(l->yaml, node, "born", &born, l->err) < 0 ||
	    load_birthday(l, born, &p->born) < 0 || (male && load_yes(l, male, &p->male) < 0))
		return -1;
	return yaml_get(node, "name") ? load_text(l, node, "name", &p->name) : 0;
}

/* Those of the example first, then those of the pack. */
static int load_persons(struct loader *l, struct fy_node *map, const struct example_defaults *more, struct example_person **ret, unsigned *ret_count)
{
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	unsigned n = 0, count = 0;
	if (map && yaml_map(l->yaml, map, MAX_PEOPLE, &n, l->err) < 0)
		return -1;
	struct example_person *all = arena_alloc(&l->pack->arena, (n + (more ? more->person_count : 0) + 1) * sizeof *all);
	while (map && yaml_next(map, &iter, &key, &text, &value))
		if (load_person(l, value, text, &all[count++]) < 0)
			return -1;
	for (unsigned i = 0; more && i < more->person_count; i++)
		all[count++] = more->people[i];
	*ret = all;
	*ret_count = count;
	return 0;
}

/* ---- cells --------------------------------------------------------------------------------------------------------------------------------- */

/* As an office writes it: a value by its name becomes its first spelling. A misspelt value would be null in the county and the
 * example would be about something else, so it is refused. */
static int load_cell(struct loader *l, struct fy_node *node, const struct column *c, struct str *ret)
{
	const struct enumeration *e = c->type == TYPE_ENUM ? c->enumeration : NULL;
	bool number = c->type != TYPE_TEXT && c->type != TYPE_NAME && c->type != TYPE_ID && c->type != TYPE_CERT;
	struct str text;
	int64_t v;
	if (yaml_str(l->yaml, node, &text, l->err) < 0)
		return -1;
	for (unsigned i = 0; e && i < e->count; i++)
		if (str_eq(text, e->values[i])) {
			text = e->words && e->words[i].n ? e->words[i] : (int)i == e->other ? STR("其他") : STR("");
			break;
		}
	if (number && text.n && column_parse(c, text, l->pack->as_of, &v) != 0)
		return LOAD_FAIL(l, node, "this is no value of %.*s", STR_ARG(c->name));
	*ret = text.n ? arena_dup(&l->pack->arena, text) : STR("");
	return 0;
}

/* The keys of a row that are columns; `of` and `times` are read elsewhere. */
static int load_cells(struct loader *l, struct fy_node *map, const struct kind *k, bool row, struct str *cells)
{
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	unsigned n;
	if (yaml_map(l->yaml, map, 60, &n, l->err) < 0)
		return -1;
	while (yaml_next(map, &iter, &key, &text, &value)) {
		int c = kind_column(k, text);
		if (c < 0 && row && (str_eq(text, STR("of")) || str_eq(text, STR("times"))))
			continue;
		if (c < 0)
			return LOAD_FAIL(l, key, "the kind %.*s has no column of this name", STR_ARG(k->name));
		if (load_cell(l, value, &k->columns[c], &cells[c]) < 0)
			return -1;
	}
	return 0;
}

static int load_default_cells(struct loader *l, struct fy_node *map, struct example_defaults *d)
{
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	unsigned n;
	if (!map)
		return 0;
	if (yaml_map(l->yaml, map, 64, &n, l->err) < 0)
		return -1;
	while (yaml_next(map, &iter, &key, &text, &value)) {
		const struct kind *k = schema_kind(l->pack->schema, text);
		if (!k)
			return LOAD_FAIL(l, key, "there is no kind of this name; see the schemas");
		d->cells[k->index] = arena_alloc(&l->pack->arena, k->column_count * sizeof(struct str));
		if (load_cells(l, value, k, false, d->cells[k->index]) < 0)
			return -1;
	}
	return 0;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------------------------- */

static int load_whom(struct loader *l, struct fy_node *node, const struct example *x, unsigned *ret)
{
	struct str text;
	if (yaml_str(l->yaml, node, &text, l->err) < 0)
		return -1;
	for (unsigned i = 0; i < x->person_count; i++)
		if (str_eq(x->people[i].label, text)) {
			*ret = i;
			return 0;
		}
	return LOAD_FAIL(l, node, "nobody is called so under people");
}

static int load_of(struct loader *l, struct fy_node *node, struct fy_node *row, const struct example *x, struct example_row *r)
{
	struct fy_node *item;
	void *iter = NULL;
	unsigned n = r->kind->ids[1] >= 0 ? 2 : r->kind->ids[0] >= 0 ? 1 : 0, given, at = 0;
	if (!n)
		return node ? LOAD_FAIL(l, node, "a row of this kind is of nobody") : 0;
	if (!node)
		return LOAD_FAIL(l, row, "it is missing whose row this is (of: ...)");
	if (n == 1)
		return load_whom(l, node, x, &r->persons[0]);
	if (yaml_list(l->yaml, node, 2, &given, l->err) < 0)
		return -1;
	while ((item = fy_node_sequence_iterate(node, &iter)))
		if (load_whom(l, item, x, &r->persons[at++]) < 0)
			return -1;
	return given == n ? 0 : LOAD_FAIL(l, node, "a row of this kind is of two: [A, B]");
}

/* A, or {of: A, column: text, ...} */
static int load_row(struct loader *l, struct fy_node *node, const struct example *x, struct example_row *r)
{
	const struct str *defaults = l->pack->example_defaults.cells[r->kind->index];
	long times = 1;
	r->times = 1;
	r->cells = arena_alloc(&l->pack->arena, r->kind->column_count * sizeof *r->cells);
	if (defaults)
		memcpy(r->cells, defaults, r->kind->column_count * sizeof *r->cells);
	if (fy_node_is_scalar(node))
		return load_of(l, node, node, x, r);
	struct fy_node *n = yaml_get(node, "times");
	if (load_cells(l, node, r->kind, true, r->cells) < 0 || load_of(l, yaml_get(node, "of"), node, x, r) < 0 ||
	    (n && yaml_int(l->yaml, n, 1, MAX_TIMES, &times, l->err) < 0))
		return -1;
	r->times = (unsigned)times;
	return 0;
}

static int load_rows(struct loader *l, struct fy_node *map, struct example *x)
{
	struct fy_node *key, *value, *item;
	struct str text;
	void *iter = NULL;
	unsigned n, all = 0;
	if (yaml_map(l->yaml, map, 64, &n, l->err) < 0)
		return -1;
	while (yaml_next(map, &iter, &key, &text, &value)) {
		if (yaml_list(l->yaml, value, MAX_ROWS, &n, l->err) < 0)
			return -1;
		all += n;
	}
	x->rows = arena_alloc(&l->pack->arena, all * sizeof *x->rows);
	iter = NULL;
	while (yaml_next(map, &iter, &key, &text, &value)) {
		const struct kind *k = schema_kind(l->pack->schema, text);
		void *rows = NULL;
		if (!k)
			return LOAD_FAIL(l, key, "there is no kind of this name; see the schemas");
		while ((item = fy_node_sequence_iterate(value, &rows))) {
			struct example_row *r = &x->rows[x->row_count++];
			r->kind = k;
			if (load_row(l, item, x, r) < 0)
				return -1;
		}
	}
	return 0;
}

/* ---- what is expected ------------------------------------------------------------------------------------------------------------------------ */

static int load_word(struct loader *l, struct fy_node *map, const char *key, int (*of)(struct str), int *ret)
{
	struct fy_node *n = yaml_get(map, key);
	struct str text;
	*ret = -1;
	if (!n)
		return 0;
	if (yaml_str(l->yaml, n, &text, l->err) < 0)
		return -1;
	*ret = of(text);
	return *ret < 0 ? LOAD_FAIL(l, n, "there is no such %s", key) : 0;
}

/* yes, no, or {list: ..., nature: ..., core: ..., severity: ..., confidence: ...}: it fires, and is so */
static int load_expected(struct loader *l, struct fy_node *node, struct example *x)
{
	static const char *const keys[] = { "list", "nature", "core", "severity", "confidence", NULL };
	x->expect.list = x->expect.severity = x->expect.confidence = x->expect.core = -1;
	if (fy_node_is_scalar(node))
		return load_yes(l, node, &x->fires);
	struct fy_node *core = yaml_get(node, "core");
	bool yes = false;
	x->fires = true;
	if (yaml_keys(l->yaml, node, keys, l->err) < 0 || load_word(l, node, "list", list_of_name, &x->expect.list) < 0 ||
	    load_word(l, node, "severity", level_of_name, &x->expect.severity) < 0 ||
	    load_word(l, node, "confidence", level_of_name, &x->expect.confidence) < 0 || (core && load_yes(l, core, &yes) < 0))
		return -1;
	if (core)
		x->expect.core = yes;
	return yaml_get(node, "nature") ? load_text(l, node, "nature", &x->expect.nature) : 0;
}

static int load_example(struct loader *l, struct fy_node *node, struct example *x)
{
	static const char *const keys[] = { "title", "as_of", "people", "rows", "fires", NULL };
	const struct example_defaults *d = &l->pack->example_defaults;
	struct example_person *people;
	struct fy_node *title, *rows, *fires, *as_of = yaml_get(node, "as_of");
	unsigned column;
	x->as_of = d->as_of;
	if (yaml_keys(l->yaml, node, keys, l->err) < 0 || yaml_need(l->yaml, node, "title", &title, l->err) < 0 ||
	    load_text(l, node, "title", &x->title) < 0 || (as_of && load_birthday(l, as_of, &x->as_of) < 0) ||
	    load_persons(l, yaml_get(node, "people"), d, &people, &x->person_count) < 0)
		return -1;
	yaml_place(l->yaml, title, &x->line, &column);
	x->people = people;
	if (!x->as_of)
		return LOAD_FAIL(l, node, "it is missing which day it is (as_of: ...), here or in the pack's examples");
	if (yaml_need(l->yaml, node, "rows", &rows, l->err) < 0 || load_rows(l, rows, x) < 0 ||
	    yaml_need(l->yaml, node, "fires", &fires, l->err) < 0)
		return -1;
	return load_expected(l, fires, x);
}

int load_example_defaults(struct loader *l, struct fy_node *map)
{
	static const char *const keys[] = { "as_of", "people", "rows", NULL };
	struct example_defaults *d = &l->pack->example_defaults;
	d->cells = arena_alloc(&l->pack->arena, l->pack->schema->kind_count * sizeof *d->cells);
	if (!map)
		return 0;
	struct fy_node *as_of = yaml_get(map, "as_of");
	if (yaml_keys(l->yaml, map, keys, l->err) < 0 || (as_of && load_birthday(l, as_of, &d->as_of) < 0) ||
	    load_persons(l, yaml_get(map, "people"), NULL, &d->people, &d->person_count) < 0)
		return -1;
	return load_default_cells(l, yaml_get(map, "rows"), d);
}

int load_examples(struct loader *l, struct fy_node *list, struct rule *r)
{
	struct fy_node *item;
	void *iter = NULL;
	unsigned n;
	if (yaml_list(l->yaml, list, MAX_EXAMPLES, &n, l->err) < 0)
		return -1;
	r->examples = arena_alloc(&l->pack->arena, n * sizeof *r->examples);
	while ((item = fy_node_sequence_iterate(list, &iter)))
		if (load_example(l, item, &r->examples[r->example_count++]) < 0)
			return -1;
	return 0;
}
