#include "load.h"

#include "base/lang.h"
#include "base/suggest.h"
#include "digest/digest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdatomic.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static const char *const list_names[] = { "missed", "wrongly_exited", "non_eligible", "vetoed", "ledger", "villages", "quality" };
static const char *const level_names[] = { N_("low"), N_("medium"), N_("high") };
static const char *const unit_names[] = { "registry", "hukou", "person", "village" };

static int index_of(const char *const *names, int n, struct str name)
{
	for (int i = 0; i < n; i++)
		if (str_eq(name, str_of(names[i])))
			return i;
	return -1;
}

const char *list_name(enum list list) { return list_names[list]; }
int list_of_name(struct str name) { return index_of(list_names, LIST_COUNT, name); }
const char *level_name(enum level level) { return level_names[level]; }
int level_of_name(struct str name) { return index_of(level_names, LEVEL_COUNT, name); }
const char *unit_name(enum unit unit) { return unit_names[unit]; }

/* ---- pieces that all parts of a pack have ----------------------------------------------------------------------------------------------- */

bool load_ok(struct loader *l, int r)
{
	struct err *e = l->err;
	if (r < 0 && e->status != STATUS_OK)
		fault_add(l->faults, false, e->line, e->column, str_of(e->text + e->after));
	*e = (struct err){ 0 };
	return r >= 0;
}

void load_advise(struct loader *l, struct fy_node *node, const char *fmt, ...)
{
	char text[512];
	unsigned line, column;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, say(fmt), ap);
	va_end(ap);
	yaml_place(l->yaml, node, &line, &column);
	fault_add(l->faults, true, line, column, str_of(text));
}

void load_named(struct loader *l, struct str text)
{
	VEC_PUSH(l->texts, l->text_count, l->text_cap, text);
}

int load_text(struct loader *l, struct fy_node *map, const char *key, struct str *ret)
{
	struct fy_node *n = yaml_get(map, key);
	struct str text = { "", 0 };
	if (n && yaml_str(l->yaml, n, &text, l->err) < 0)
		return -1;
	*ret = arena_dup(&l->pack->arena, text);
	return 0;
}

int load_title(struct loader *l, struct fy_node *node, struct str *ret_zh, struct str *ret_en)
{
	static const char *const keys[] = { "zh", "en", NULL };
	struct str text;
	if (!fy_node_is_scalar(node)) {
		if (yaml_keys(l->yaml, node, keys, l->err) < 0 || load_text(l, node, "zh", ret_zh) < 0)
			return -1;
		return load_text(l, node, "en", ret_en);
	}
	if (yaml_str(l->yaml, node, &text, l->err) < 0)
		return -1;
	*ret_zh = *ret_en = arena_dup(&l->pack->arena, text);
	return 0;
}

int load_number(struct loader *l, struct fy_node *node, int64_t *ret)
{
	struct str text;
	if (yaml_str(l->yaml, node, &text, l->err) < 0)
		return -1;
	return text.n && money_parse(text, ret) == 0 ? 0 : LOAD_FAIL(l, node, "a number is needed here");
}

static int unknown_kind(struct loader *l, struct fy_node *node, struct str text)
{
	struct suggestion s = { .wanted = text };
	for (unsigned i = 0; i < l->pack->schema->kind_count; i++)
		suggest(&s, l->pack->schema->kinds[i].name);
	if (s.best.n)
		return LOAD_FAIL(l, node, "there is no kind of this name; did you mean '%.*s'?", STR_ARG(s.best));
	return LOAD_FAIL(l, node, "there is no kind of this name; see the schemas");
}

int load_kinds(struct loader *l, struct fy_node *list, uint64_t *ret)
{
	struct fy_node *item;
	struct str text;
	void *iter = NULL;
	unsigned n;
	if (!list)
		return 0;
	if (yaml_list(l->yaml, list, 64, &n, l->err) < 0)
		return -1;
	while ((item = fy_node_sequence_iterate(list, &iter))) {
		if (yaml_str(l->yaml, item, &text, l->err) < 0)
			return -1;
		const struct kind *k = schema_kind(l->pack->schema, text);
		if (!k)
			return unknown_kind(l, item, text);
		*ret |= UINT64_C(1) << k->index;
	}
	return 0;
}

int load_expr(struct loader *l, struct fy_node *node, struct fy_node *near, struct expr **ret)
{
	struct str text;
	if (!node)
		return LOAD_FAIL(l, near, "an expression is missing here ('is', 'when' or 'rows')");
	if (yaml_str(l->yaml, node, &text, l->err) < 0)
		return -1;
	text = arena_dup(&l->pack->arena, text);
	load_named(l, text);
	struct yaml_mark *marks = mem_alloc((text.n + 1) * sizeof *marks);
	yaml_marks(l->yaml, node, marks);
	int r = expr_parse(ret, &l->pack->arena, yaml_path(l->yaml), marks, text, l->err);
	free(marks);
	if (r < 0)
		*ret = NULL;
	return r;
}

struct checker load_checker(struct loader *l)
{
	return (struct checker){ .pack = l->pack, .faults = l->faults };
}

/* ---- figures and the whole ---------------------------------------------------------------------------------------------------------------- */

static int load_unsafe(struct loader *l, struct fy_node *node)
{
	static const char *const keys[] = { "rows", "by", NULL };
	struct pack *p = l->pack;
	struct fy_node *rows, *by;
	struct str text;
	unsigned n;
	if (yaml_keys(l->yaml, node, keys, l->err) < 0 || yaml_need(l->yaml, node, "rows", &rows, l->err) < 0 ||
	    yaml_need(l->yaml, node, "by", &by, l->err) < 0 || yaml_str(l->yaml, rows, &text, l->err) < 0 ||
	    yaml_list(l->yaml, by, 2, &n, l->err) < 0)
		return -1;
	load_named(l, text);
	for (unsigned i = 0; i < p->term_count; i++)
		if (p->terms[i].checked == TERM_CHECKED && p->terms[i].item == ITEM_PERSON && str_eq(p->terms[i].name, text))
			p->unsafe_house = &p->terms[i];
	const struct static_type *t = p->unsafe_house ? &p->unsafe_house->expr->type : NULL;
	if (!t || t->type != VT_SET || t->item != ITEM_ROW || t->kind < 0)
		return LOAD_FAIL(l, rows, "a term on persons is needed here: rows of one kind");
	for (int i = 0; i < 2; i++) {
		struct fy_node *column = fy_node_sequence_get_by_index(by, i);
		const struct kind *k = &p->schema->kinds[t->kind];
		if (!column || yaml_str(l->yaml, column, &text, l->err) < 0)
			return LOAD_FAIL(l, by, "two columns are needed here");
		p->unsafe_by[i] = kind_column(k, text);
		if (p->unsafe_by[i] < 0 || !k->columns[p->unsafe_by[i]].enumeration)
			return LOAD_FAIL(l, column, "a column of an enumerated type is needed here");
	}
	return 0;
}

static int load_converted(struct loader *l, struct fy_node *list)
{
	struct pack *p = l->pack;
	struct fy_node *item;
	struct str text;
	void *iter = NULL;
	unsigned n;
	if (yaml_list(l->yaml, list, MAX_RULES, &n, l->err) < 0)
		return -1;
	while ((item = fy_node_sequence_iterate(list, &iter))) {
		unsigned i = 0;
		if (yaml_str(l->yaml, item, &text, l->err) < 0)
			return -1;
		while (i < p->rule_count && !str_eq(p->rules[i].code, text))
			i++;
		if (i == p->rule_count)
			return LOAD_FAIL(l, item, "there is no rule of this code");
		p->converted_rules |= UINT64_C(1) << i;
	}
	return 0;
}

static int load_figures(struct loader *l, struct fy_node *map)
{
	static const char *const keys[] = { "unsafe_houses", "converted_rules", NULL };
	if (!map)
		return 0;
	if (yaml_keys(l->yaml, map, keys, l->err) < 0)
		return -1;
	struct fy_node *unsafe = yaml_get(map, "unsafe_houses"), *converted = yaml_get(map, "converted_rules");
	if (unsafe && load_unsafe(l, unsafe) < 0)
		return -1;
	return converted ? load_converted(l, converted) : 0;
}

/* The table of what the policy asks and the pack can see: for its readers, but it has to be right. */
static int load_unseen_row(struct loader *l, struct fy_node *item, struct unseen *u)
{
	static const char *const keys[] = { "policy", "clause", "why", "rules", NULL };
	struct pack *p = l->pack;
	struct fy_node *list = yaml_get(item, "rules"), *code;
	struct buf codes = { 0 };
	void *iter = NULL;
	unsigned n;
	if (yaml_keys(l->yaml, item, keys, l->err) < 0 || load_text(l, item, "policy", &u->policy) < 0 ||
	    load_text(l, item, "clause", &u->clause) < 0 || load_text(l, item, "why", &u->why) < 0 ||
	    (list && yaml_list(l->yaml, list, MAX_RULES, &n, l->err) < 0))
		return -1;
	int r = list || u->why.n ? 0 : LOAD_FAIL(l, item, "say which rules see it, or why none does");
	while (r == 0 && list && (code = fy_node_sequence_iterate(list, &iter))) {
		struct str text;
		unsigned i = 0;
		r = yaml_str(l->yaml, code, &text, l->err);
		while (r == 0 && i < p->rule_count && !str_eq(p->rules[i].code, text))
			i++;
		if (r == 0 && i == p->rule_count)
			r = LOAD_FAIL(l, code, "there is no rule of this code");
		if (r == 0)
			buf_printf(&codes, "%s%.*s", codes.n ? ", " : "", STR_ARG(text));
	}
	u->rules = arena_dup(&p->arena, buf_str(&codes));
	buf_release(&codes);
	return r;
}

static void load_unseen(struct loader *l, struct fy_node *list)
{
	struct pack *p = l->pack;
	struct fy_node *item;
	void *iter = NULL;
	unsigned n;
	if (!list || !load_ok(l, yaml_list(l->yaml, list, MAX_UNSEEN, &n, l->err)))
		return;
	p->unseen = arena_alloc(&p->arena, n * sizeof *p->unseen);
	while ((item = fy_node_sequence_iterate(list, &iter)))
		load_ok(l, load_unseen_row(l, item, &p->unseen[p->unseen_count++]));
}

static int load_valid(struct loader *l, struct fy_node *map)
{
	static const char *const keys[] = { "from", "to", NULL };
	int64_t from = INT32_MIN, to = INT32_MAX;
	if (map && (yaml_keys(l->yaml, map, keys, l->err) < 0 || load_day(l, map, "from", INT32_MIN, &from) < 0 ||
	            load_day(l, map, "to", INT32_MAX, &to) < 0))
		return -1;
	if (from > to)
		return LOAD_FAIL(l, map, "its last day lies before its first");
	l->pack->valid_from = (int32_t)from;
	l->pack->valid_to = (int32_t)to;
	return 0;
}

static void load_head(struct loader *l, struct fy_node *root)
{
	struct pack *p = l->pack;
	struct fy_node *name, *title;
	load_ok(l, yaml_need(l->yaml, root, "pack", &name, l->err));
	load_ok(l, load_text(l, root, "pack", &p->name));
	load_ok(l, load_text(l, root, "region", &p->region));
	load_ok(l, load_valid(l, yaml_get(root, "valid")));
	if (load_ok(l, yaml_need(l->yaml, root, "title", &title, l->err)))
		load_ok(l, load_title(l, title, &p->title_zh, &p->title_en));
}

/* ---- what nobody uses ---------------------------------------------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (unsigned char)c >= 0x80;
}

/* Whether the name stands in the text as a word. */
static bool names(struct str text, struct str name)
{
	for (size_t i = 0; name.n && i + name.n <= text.n; i++)
		if (memcmp(text.p + i, name.p, name.n) == 0 && (i == 0 || !is_letter(text.p[i - 1])) &&
		    (i + name.n == text.n || !is_letter(text.p[i + name.n])))
			return true;
	return false;
}

static bool is_named(const struct loader *l, struct str name, struct str title)
{
	for (size_t i = 0; i < l->text_count; i++)
		if (names(l->texts[i], name) || names(l->texts[i], title))
			return true;
	return false;
}

static void advise_unused(struct loader *l, const char *fmt, struct str name, struct str title, unsigned line, unsigned column)
{
	char text[300];
	if (is_named(l, name, title))
		return;
	snprintf(text, sizeof text, say(fmt), STR_ARG(name));
	fault_add(l->faults, true, line, column, str_of(text));
}

static void find_unused(struct loader *l)
{
	const struct pack *p = l->pack;
	for (unsigned i = 0; i < p->term_count; i++)
		advise_unused(l, "term '%.*s' is used nowhere", p->terms[i].name, p->terms[i].title_zh, p->terms[i].line, p->terms[i].column);
	for (unsigned i = 0; i < p->parameter_count; i++)
		advise_unused(l, "parameter '%.*s' is used nowhere", p->parameters[i].name, p->parameters[i].title_zh, p->parameters[i].line,
		              p->parameters[i].column);
}

/* ---- the whole -------------------------------------------------------------------------------------------------------------------------- */

static void add_seeds(struct pack *p, const struct trigger *t)
{
	struct seed *all = arena_alloc(&p->arena, (p->seed_count + t->seed_count) * sizeof *all);
	if (p->seed_count)
		memcpy(all, p->seeds, p->seed_count * sizeof *all);
	if (t->seed_count)
		memcpy(all + p->seed_count, t->seeds, t->seed_count * sizeof *all);
	p->seeds = all;
	p->seed_count += t->seed_count;
	p->seed_kinds |= t->kinds;
}

static uint64_t own_of(const struct pack *p, const struct rule *r)
{
	switch (r->unit) {
	case UNIT_PERSON: return own_of_person(p, r->when);
	case UNIT_HOUSEHOLD: return own_of_household(p, r->when);
	case UNIT_REGISTER: return own_of_register(p, r->when);
	default: return TRIGGER_ALWAYS;
	}
}

/* Whoever has one of these rows may be in a finding of a household or a person. */
static void find_triggers(struct pack *p)
{
	for (unsigned i = 0; i < p->term_count; i++)
		p->terms[i].own = p->terms[i].item == ITEM_PERSON ? own_of_person(p, p->terms[i].expr) : TRIGGER_ALWAYS;
	for (unsigned i = 0; i < p->rule_count; i++) {
		struct rule *r = &p->rules[i];
		struct trigger t = trigger_of(p, r->when);
		r->trigger = t.kinds;
		r->own = own_of(p, r);
		if (r->unit == UNIT_HOUSEHOLD || r->unit == UNIT_PERSON)
			add_seeds(p, &t);
	}
	if (p->unsafe_house) {
		struct trigger t = trigger_of(p, p->unsafe_house->expr);
		add_seeds(p, &t);
	}
}

static void load(struct loader *l)
{
	static const char *const keys[] = { "pack", "title", "region", "valid", "parameters", "terms", "people", "always_uses", "lists",
		"rules", "figures", "unseen", "examples", NULL };
	struct fy_node *root = yaml_root(l->yaml), *people;
	if (!load_ok(l, yaml_keys(l->yaml, root, keys, l->err)) && !fy_node_is_mapping(root))
		return;
	load_head(l, root);
	load_parameters(l, yaml_get(root, "parameters"));
	load_terms(l, yaml_get(root, "terms"));
	if (load_ok(l, yaml_need(l->yaml, root, "people", &people, l->err)))
		load_people(l, people);
	load_ok(l, load_example_defaults(l, yaml_get(root, "examples")));
	load_rules(l, root);
	load_ok(l, load_figures(l, yaml_get(root, "figures")));
	load_unseen(l, yaml_get(root, "unseen"));
	find_unused(l);
	if (!l->faults->errors) {
		find_triggers(l->pack);
		find_common(l->pack);
	}
}

static struct pack *read_pack(const struct yaml *yaml, const struct schema *schema, int32_t as_of, struct faults *faults, struct err *err)
{
	struct pack *p = mem_alloc(sizeof *p);
	struct str bytes = yaml_bytes(yaml);
	XXH128_canonical_t hash;
	XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes.p, bytes.n));
	memcpy(p->hash, hash.digest, sizeof p->hash);
	sha256_of(bytes.p, bytes.n, p->sha256);
	p->schema = schema;
	p->as_of = as_of;
	p->due = arena_alloc(&p->arena, sizeof *p->due);
	*p->due = DUE_NEVER;
	struct loader l = { .pack = p, .yaml = yaml, .err = err, .faults = faults };
	load(&l);
	free(l.texts);
	faults_sort(faults);
	return p;
}

int pack_check(struct pack **ret, const char *path, const struct schema *schema, int32_t as_of, struct faults *ret_faults, struct err *err)
{
	struct yaml *yaml;
	*ret = NULL;
	*ret_faults = (struct faults){ 0 };
	*err = (struct err){ 0 };
	if (yaml_load(&yaml, path, err) < 0)
		return -1;
	struct pack *p = read_pack(yaml, schema, as_of, ret_faults, err);
	yaml_free(yaml);
	if (ret_faults->errors)
		pack_free(p);
	else
		*ret = p;
	return 0;
}

int pack_load(struct pack **ret, const char *path, const struct schema *schema, int32_t as_of, struct err *err)
{
	struct faults faults;
	if (pack_check(ret, path, schema, as_of, &faults, err) < 0)
		return -1;
	for (size_t i = 0; !*ret && i < faults.n && err->status == STATUS_OK; i++) {
		const struct fault *f = &faults.items[i];
		char text[sizeof err->text];
		const char *more = faults.errors > 1 ? say("; and more, see: bidui rules check") : "";
		snprintf(text, sizeof text, "%.*s%s", STR_ARG(f->text), more);
		if (!f->advice)
			err_at(err, STATUS_CONFIG, path, f->line ? f->line : 1, f->column ? f->column : 1, text);
	}
	faults_release(&faults);
	return *ret ? 0 : -1;
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	arena_release(&p->arena);
	free(p);
}

static bool same_years(const struct parameter *a, const struct parameter *b)
{
	for (unsigned i = 0; i < a->year_count && i < b->year_count; i++)
		if (a->years[i].year != b->years[i].year || a->years[i].county != b->years[i].county || a->years[i].value != b->years[i].value)
			return false;
	return a->year_count == b->year_count;
}

bool pack_same_values(const struct pack *a, const struct pack *b)
{
	bool same = a->parameter_count == b->parameter_count;
	for (unsigned i = 0; same && i < a->parameter_count; i++)
		same = a->parameters[i].value == b->parameters[i].value && same_years(&a->parameters[i], &b->parameters[i]);
	return same;
}

void pack_due(const struct pack *p, int32_t day)
{
	int32_t now = *p->due;
	while (day < now && !atomic_compare_exchange_weak(p->due, &now, day))
		;
}
