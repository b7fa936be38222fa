#include "check.h"

#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define MAX_FILE (4u << 20)

struct loader {
	struct pack *pack;
	const char *file;
	struct err *err;
};

static const char *const list_names[] = { "missed", "wrongly_exited", "non_eligible", "vetoed", "ledger", "villages", "quality" };
static const char *const level_names[] = { "low", "medium", "high" };
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

static void place_of(struct fy_node *n, unsigned *line, unsigned *column)
{
	struct fy_token *t = n && fy_node_is_scalar(n) ? fy_node_get_scalar_token(n) : NULL;
	const struct fy_mark *m = t ? fy_token_start_mark(t) : NULL;
	*line = m ? (unsigned)m->line + 1 : 1;
	*column = m ? (unsigned)m->column + 1 : 1;
}

static int fail(struct loader *l, struct fy_node *n, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int fail(struct loader *l, struct fy_node *n, const char *fmt, ...)
{
	char text[400];
	unsigned line, column;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	place_of(n, &line, &column);
	return err_set(l->err, STATUS_CONFIG, "%s:%u:%u: %s", l->file, line, column, text);
}

static struct fy_node *get(struct fy_node *map, const char *key)
{
	return map && fy_node_is_mapping(map) ? fy_node_mapping_lookup_by_string(map, key, FY_NT) : NULL;
}

static struct str scalar(struct fy_node *n)
{
	size_t len = 0;
	const char *p = n && fy_node_is_scalar(n) ? fy_node_get_scalar(n, &len) : NULL;
	return p ? (struct str){ p, len } : (struct str){ "", 0 };
}

static struct str text(struct loader *l, struct fy_node *map, const char *key)
{
	return arena_dup(&l->pack->arena, scalar(get(map, key)));
}

/* title: {zh: ..., en: ...}, or one text for both. */
static void bilingual(struct loader *l, struct fy_node *n, struct str *zh, struct str *en)
{
	if (n && fy_node_is_scalar(n)) {
		*zh = *en = arena_dup(&l->pack->arena, scalar(n));
		return;
	}
	*zh = text(l, n, "zh");
	*en = text(l, n, "en");
}

static int number(struct loader *l, struct fy_node *n, int64_t *ret)
{
	if (money_parse(scalar(n), ret) != 0)
		return fail(l, n, "a number is needed here");
	return 0;
}

static int parse(struct loader *l, struct fy_node *n, struct expr **ret)
{
	unsigned line, column;
	if (!n || !fy_node_is_scalar(n))
		return fail(l, n, "an expression is needed here");
	place_of(n, &line, &column);
	return expr_parse(ret, &l->pack->arena, l->file, line, column, arena_dup(&l->pack->arena, scalar(n)), l->err);
}

/* The kinds that a list of names holds, a bit each. */
static int kinds(struct loader *l, struct fy_node *list, uint64_t *ret)
{
	void *it = NULL;
	struct fy_node *n;
	if (list && !fy_node_is_sequence(list))
		return fail(l, list, "a list of kinds is needed here: [civil, housing]");
	while (list && (n = fy_node_sequence_iterate(list, &it))) {
		const struct kind *k = schema_kind(l->pack->schema, scalar(n));
		if (!k)
			return fail(l, n, "there is no kind '%.*s'", STR_ARG(scalar(n)));
		*ret |= UINT64_C(1) << k->index;
	}
	return 0;
}

static int load_years(struct loader *l, struct fy_node *map, uint32_t county, struct fy_node *unconfirmed, struct parameter *p)
{
	void *it = NULL, *ut;
	struct fy_node_pair *pair;
	unsigned n = 0;
	while ((pair = fy_node_mapping_iterate(map, &it)))
		n++;
	struct by_year *all = arena_alloc(&l->pack->arena, (p->year_count + n) * sizeof *all);
	if (p->year_count)
		memcpy(all, p->years, p->year_count * sizeof *all);
	p->years = all;
	it = NULL;
	while ((pair = fy_node_mapping_iterate(map, &it))) {
		struct fy_node *key = fy_node_pair_key(pair), *u;
		struct by_year *y = &p->years[p->year_count++];
		int64_t year;
		if (year_parse(scalar(key), &year) != 0)
			return fail(l, key, "a year is needed here");
		y->year = (int)year;
		y->county = county;
		if (number(l, fy_node_pair_value(pair), &y->value) < 0)
			return -1;
		ut = NULL;
		while (unconfirmed && (u = fy_node_sequence_iterate(unconfirmed, &ut)))
			y->unconfirmed |= str_eq(scalar(u), scalar(key));
	}
	return 0;
}

static int load_parameter(struct loader *l, struct str name, struct fy_node *n, struct parameter *p)
{
	struct fy_node *value = get(n, "value"), *years = get(n, "by_year"), *counties = get(n, "by_county");
	p->name = arena_dup(&l->pack->arena, name);
	p->source = text(l, n, "source");
	p->type = VT_NUMBER;
	void *it = NULL;
	struct fy_node_pair *pair;
	while (counties && (pair = fy_node_mapping_iterate(counties, &it))) {
		int64_t region;
		if (region_parse(scalar(fy_node_pair_key(pair)), &region) != 0)
			return fail(l, fy_node_pair_key(pair), "the six places of a county are needed here");
		if (load_years(l, fy_node_pair_value(pair), (uint32_t)(region / 1000000), NULL, p) < 0)
			return -1;
	}
	if (years)
		return load_years(l, years, 0, get(n, "unconfirmed"), p);
	if (!value)
		return fail(l, get(n, "unit"), "parameter %.*s has neither value nor by_year", STR_ARG(name));
	if (date_parse(scalar(value), &p->value) == 0) {
		p->type = VT_DATE;
		return 0;
	}
	return number(l, value, &p->value);
}

static unsigned pairs(struct fy_node *map)
{
	void *it = NULL;
	unsigned n = 0;
	while (map && fy_node_is_mapping(map) && fy_node_mapping_iterate(map, &it))
		n++;
	return n;
}

static int load_parameters(struct loader *l, struct fy_node *map)
{
	struct pack *p = l->pack;
	void *it = NULL;
	struct fy_node_pair *pair;
	p->parameters = arena_alloc(&p->arena, (pairs(map) + 1) * sizeof *p->parameters);
	while (map && (pair = fy_node_mapping_iterate(map, &it)))
		if (load_parameter(l, scalar(fy_node_pair_key(pair)), fy_node_pair_value(pair), &p->parameters[p->parameter_count++]) < 0)
			return -1;
	return 0;
}

/* "person", "household", "register", "village" or the name of a kind. */
static int item_of(struct loader *l, struct fy_node *n, enum item *item, int *kind)
{
	static const char *const names[] = { "person", "household", "register", "village" };
	static const enum item items[] = { ITEM_PERSON, ITEM_HOUSEHOLD, ITEM_REGISTER, ITEM_VILLAGE };
	int i = index_of(names, 4, scalar(n));
	*kind = -1;
	if (i >= 0) {
		*item = items[i];
		return 0;
	}
	const struct kind *k = schema_kind(l->pack->schema, scalar(n));
	if (!k)
		return fail(l, n, "'on' is person, household, register, village or a kind");
	*item = ITEM_ROW;
	*kind = (int)k->index;
	return 0;
}

/* terms: {NAME: {on: ITEM, is: EXPRESSION}} */
static int load_terms(struct loader *l, struct fy_node *map)
{
	struct pack *p = l->pack;
	void *it = NULL;
	struct fy_node_pair *pair;
	p->terms = arena_alloc(&p->arena, (pairs(map) + 1) * sizeof *p->terms);
	while (map && (pair = fy_node_mapping_iterate(map, &it))) {
		struct term *t = &p->terms[p->term_count];
		t->index = p->term_count++;
		t->name = arena_dup(&p->arena, scalar(fy_node_pair_key(pair)));
		struct fy_node *n = fy_node_pair_value(pair), *on = get(n, "on");
		if (!on)
			return fail(l, fy_node_pair_key(pair), "term %.*s does not say what it is on", STR_ARG(t->name));
		if (item_of(l, on, &t->item, &t->kind) < 0 || parse(l, get(n, "is"), &t->expr) < 0)
			return -1;
	}
	struct checker c = { .pack = p, .file = l->file, .err = l->err };
	for (unsigned i = 0; i < p->term_count; i++)
		if (check_term(&c, &p->terms[i]) < 0)
			return -1;
	return 0;
}

static int condition(struct loader *l, struct fy_node *map, const char *key, enum item item, enum role role, struct expr **ret)
{
	struct fy_node *n = get(map, key);
	const struct kind *k = schema_role(l->pack->schema, role);
	if (!n)
		return fail(l, NULL, "people has no '%s'", key);
	if (item == ITEM_ROW && !k)
		return fail(l, n, "no kind has the role that '%s' asks about", key);
	struct scope person = { ITEM_PERSON, -1, STR("this"), NULL };
	struct scope scope = { item, k ? (int)k->index : -1, STR("row"), role == ROLE_DEATHS ? &person : NULL };
	struct checker c = { .pack = l->pack, .file = l->file, .err = l->err };
	if (parse(l, n, ret) < 0)
		return -1;
	return check_condition(&c, *ret, &scope);
}

static int load_people(struct loader *l, struct fy_node *map)
{
	struct people *p = &l->pack->people;
	struct fy_node *over = get(map, "collective_over");
	int64_t v;
	if (condition(l, map, "home", ITEM_ROW, ROLE_HOUSEHOLDS, &p->home) < 0 ||
	    condition(l, map, "gone", ITEM_ROW, ROLE_HOUSEHOLDS, &p->gone) < 0 ||
	    condition(l, map, "head", ITEM_ROW, ROLE_HOUSEHOLDS, &p->head) < 0 ||
	    condition(l, map, "collective", ITEM_ROW, ROLE_HOUSEHOLDS, &p->collective) < 0 ||
	    condition(l, map, "rural", ITEM_ROW, ROLE_HOUSEHOLDS, &p->rural) < 0 ||
	    condition(l, map, "urban", ITEM_ROW, ROLE_HOUSEHOLDS, &p->urban) < 0 ||
	    condition(l, map, "split", ITEM_ROW, ROLE_HOUSEHOLDS, &p->split) < 0 ||
	    condition(l, map, "register_head", ITEM_ROW, ROLE_REGISTER, &p->register_head) < 0 ||
	    condition(l, map, "active", ITEM_REGISTER, ROLE_NONE, &p->active) < 0 ||
	    condition(l, map, "exited", ITEM_REGISTER, ROLE_NONE, &p->exited) < 0)
		return -1;
	if (schema_role(l->pack->schema, ROLE_DEATHS) && condition(l, map, "death", ITEM_ROW, ROLE_DEATHS, &p->death) < 0)
		return -1;
	for (unsigned i = 0; over && i < l->pack->parameter_count; i++)
		if (str_eq(l->pack->parameters[i].name, scalar(over))) {
			p->collective_over = l->pack->parameters[i].value / 100;
			return 0;
		}
	if (!over || number(l, over, &v) < 0)
		return fail(l, over, "people needs collective_over, a number or the name of a parameter");
	p->collective_over = v / 100;
	return 0;
}

/* nature: [{at_exit: CONDITION}, ..., {undetermined: otherwise}]; severity the same with levels, or one level alone. */
static int load_choices(struct loader *l, struct fy_node *n, struct checker *c, const struct scope *scope, bool levels,
                        struct choice **ret, unsigned *ret_count)
{
	struct choice *all = arena_alloc(&l->pack->arena, 16 * sizeof *all);
	unsigned count = 0;
	if (n && fy_node_is_scalar(n)) {
		all[count++] = (struct choice){ .name = arena_dup(&l->pack->arena, scalar(n)) };
	} else if (n) {
		void *it = NULL;
		struct fy_node *item;
		while ((item = fy_node_sequence_iterate(n, &it))) {
			void *pt = NULL;
			struct fy_node_pair *pair = fy_node_is_mapping(item) ? fy_node_mapping_iterate(item, &pt) : NULL;
			if (!pair || count == 16)
				return fail(l, item, "cases are needed here: - name: condition (at most 16)");
			struct choice *ch = &all[count++];
			ch->name = arena_dup(&l->pack->arena, scalar(fy_node_pair_key(pair)));
			if (str_eq(scalar(fy_node_pair_value(pair)), STR("otherwise")))
				continue;
			if (parse(l, fy_node_pair_value(pair), &ch->when) < 0 || check_condition(c, ch->when, scope) < 0)
				return -1;
		}
	}
	for (unsigned i = 0; levels && i < count; i++)
		if ((all[i].value = level_of_name(all[i].name)) < 0)
			return fail(l, n, "a severity is high, medium or low");
	*ret = all;
	*ret_count = count;
	return 0;
}

static int load_vetoes(struct loader *l, struct fy_node *list, struct checker *c, const struct scope *scope, struct rule *r)
{
	void *it = NULL;
	struct fy_node *n;
	r->vetoes = arena_alloc(&l->pack->arena, 8 * sizeof *r->vetoes);
	while (list && (n = fy_node_sequence_iterate(list, &it))) {
		if (r->veto_count == 8)
			return fail(l, n, "a rule has at most 8 vetoes");
		struct veto *v = &r->vetoes[r->veto_count++];
		v->nature = text(l, n, "nature");
		if (parse(l, get(n, "rows"), &v->rows) < 0 || check_rows(c, v->rows, scope) < 0)
			return -1;
	}
	return 0;
}

static int load_core(struct loader *l, struct fy_node *n, struct checker *c, const struct scope *scope, struct rule *r)
{
	if (!n || str_eq(scalar(n), STR("never")))
		return 0;
	if (str_eq(scalar(n), STR("always"))) {
		r->core = arena_alloc(&l->pack->arena, sizeof *r->core);
		*r->core = (struct expr){ .op = E_BOOL, .number = 1, .type = { .type = VT_BOOL } };
		return 0;
	}
	r->core_when = true;
	struct enumeration *natures = &l->pack->natures;
	*natures = (struct enumeration){ .values = arena_alloc(&l->pack->arena, 16 * sizeof(struct str)), .count = (uint8_t)r->nature_count };
	for (unsigned i = 0; i < r->nature_count; i++)
		natures->values[i] = r->natures[i].name;
	c->nature_known = true;
	if (parse(l, n, &r->core) < 0)
		return -1;
	return check_condition(c, r->core, scope);
}

static int load_conditions(struct loader *l, struct fy_node *n, struct rule *r)
{
	static const enum item items[] = { ITEM_REGISTER, ITEM_HOUSEHOLD, ITEM_PERSON, ITEM_VILLAGE };
	struct scope scope = { items[r->unit], -1, STR("unit"), NULL };
	struct checker c = { .pack = l->pack, .file = l->file, .err = l->err };
	struct fy_node *evidence = get(n, "evidence"), *doubt = get(n, "doubt");
	if (parse(l, get(n, "when"), &r->when) < 0 || check_condition(&c, r->when, &scope) < 0)
		return -1;
	if (evidence) {
		if (parse(l, evidence, &r->evidence) < 0 || check_rows(&c, r->evidence, &scope) < 0)
			return -1;
		c.evidence_known = true;
		c.evidence_type = r->evidence->type;
	}
	if (load_choices(l, get(n, "nature"), &c, &scope, false, &r->natures, &r->nature_count) < 0 ||
	    load_choices(l, get(n, "severity"), &c, &scope, true, &r->severities, &r->severity_count) < 0 ||
	    load_vetoes(l, get(n, "vetoes"), &c, &scope, r) < 0)
		return -1;
	if (!r->severity_count)
		return fail(l, get(n, "code"), "rule %.*s has no severity", STR_ARG(r->code));
	if (doubt) {
		r->doubt.nature = text(l, doubt, "nature");
		if (parse(l, get(doubt, "when"), &r->doubt.rows) < 0 || check_condition(&c, r->doubt.rows, &scope) < 0)
			return -1;
	}
	return load_core(l, get(n, "core"), &c, &scope, r);
}

static int load_rule(struct loader *l, struct fy_node *n, struct rule *r, uint64_t always, const uint64_t *list_uses)
{
	static const char *const units[] = { "register", "household", "person", "village" };
	struct fy_node *list = get(n, "list"), *unit = get(n, "unit");
	int li = list_of_name(scalar(list)), ui = index_of(units, UNIT_COUNT, scalar(unit));
	if (li < 0 || li == LIST_VETOED)
		return fail(l, list ? list : get(n, "code"), "rule %.*s: list is missed, wrongly_exited, non_eligible, ledger, villages or quality", STR_ARG(r->code));
	if (ui < 0)
		return fail(l, unit ? unit : get(n, "code"), "rule %.*s: unit is register, household, person or village", STR_ARG(r->code));
	r->list = (enum list)li;
	r->unit = (enum unit)ui;
	bilingual(l, get(n, "title"), &r->title_zh, &r->title_en);
	r->basis = text(l, n, "basis");
	r->check = text(l, n, "check");
	r->department = text(l, n, "department");
	r->facts = text(l, n, "facts");
	r->days = atoi(text(l, n, "days").p);
	if (kinds(l, get(n, "needs"), &r->needs) < 0 || kinds(l, get(n, "any_of"), &r->any_of) < 0 ||
	    kinds(l, get(n, "uses"), &r->uses) < 0 || load_conditions(l, n, r) < 0)
		return -1;
	r->uses |= always | list_uses[li];
	r->trigger = trigger_of(l->pack, r->when);
	return 0;
}

/* Codes first, so that a rule may ask whether a later one fires. */
static int load_code(struct loader *l, struct fy_node *n)
{
	struct pack *p = l->pack;
	struct rule *r = &p->rules[p->rule_count];
	r->code = text(l, n, "code");
	if (!r->code.n)
		return fail(l, get(n, "list"), "a rule has no code");
	for (unsigned i = 0; i < p->rule_count; i++)
		if (str_eq(p->rules[i].code, r->code))
			return fail(l, get(n, "code"), "code %.*s is given twice", STR_ARG(r->code));
	r->index = p->rule_count++;
	return 0;
}

/* fires() may not lead back to the rule it starts from. */
static bool asks_itself(const struct pack *p, const struct expr *e, unsigned start, unsigned depth)
{
	if (!e || depth > p->rule_count)
		return e != NULL;
	if (e->op == E_FIRES)
		return e->index == start || asks_itself(p, p->rules[e->index].when, start, depth + 1);
	return asks_itself(p, e->a, start, depth) || asks_itself(p, e->b, start, depth);
}

static int load_rules(struct loader *l, struct fy_node *root)
{
	struct pack *p = l->pack;
	struct fy_node *list = get(root, "rules"), *n;
	uint64_t always = 0, list_uses[LIST_COUNT] = { 0 };
	void *it = NULL;
	if (!list || !fy_node_is_sequence(list))
		return fail(l, NULL, "the pack has no rules");
	if (kinds(l, get(root, "always_uses"), &always) < 0)
		return -1;
	for (int i = 0; i < LIST_COUNT; i++)
		if (kinds(l, get(get(get(root, "lists"), list_names[i]), "uses"), &list_uses[i]) < 0)
			return -1;
	int count = fy_node_sequence_item_count(list);
	if (count > 63)
		return fail(l, NULL, "a pack has at most 63 rules");
	p->rules = arena_alloc(&p->arena, ((size_t)count + 1) * sizeof *p->rules);
	while ((n = fy_node_sequence_iterate(list, &it)))
		if (load_code(l, n) < 0)
			return -1;
	unsigned i = 0;
	for (it = NULL; (n = fy_node_sequence_iterate(list, &it)); i++)
		if (load_rule(l, n, &p->rules[i], always, list_uses) < 0)
			return -1;
	for (i = 0; i < p->rule_count; i++)
		if (asks_itself(p, p->rules[i].when, i, 0))
			return fail(l, NULL, "rule %.*s: fires() leads back to the rule itself", STR_ARG(p->rules[i].code));
	return 0;
}

static int load_figures(struct loader *l, struct fy_node *map)
{
	struct pack *p = l->pack;
	struct fy_node *n = get(map, "unsafe_houses"), *rules = get(map, "converted_rules"), *c;
	void *it = NULL;
	for (unsigned i = 0; n && i < p->term_count; i++)
		if (p->terms[i].item == ITEM_PERSON && str_eq(p->terms[i].name, scalar(get(n, "rows"))))
			p->unsafe_house = &p->terms[i];
	if (n && (!p->unsafe_house || p->unsafe_house->expr->type.item != ITEM_ROW || p->unsafe_house->expr->type.kind < 0))
		return fail(l, get(n, "rows"), "unsafe_houses needs a term on persons: rows of one kind");
	for (int i = 0; n && i < 2; i++) {
		const struct kind *k = &p->schema->kinds[p->unsafe_house->expr->type.kind];
		struct fy_node *by = fy_node_sequence_get_by_index(get(n, "by"), i);
		p->unsafe_by[i] = by ? kind_column(k, scalar(by)) : -1;
		if (p->unsafe_by[i] < 0 || !k->columns[p->unsafe_by[i]].enumeration)
			return fail(l, by, "unsafe_houses: 'by' needs two columns of enumerated types");
	}
	while (rules && (c = fy_node_sequence_iterate(rules, &it)))
		for (unsigned i = 0; i < p->rule_count; i++)
			if (str_eq(p->rules[i].code, scalar(c)))
				p->converted_rules |= UINT64_C(1) << i;
	return 0;
}

/* Whoever has a row of one of these kinds may be in a finding of a household or a person. */
static void find_seeds(struct pack *p)
{
	for (unsigned i = 0; i < p->rule_count; i++)
		if (p->rules[i].unit == UNIT_HOUSEHOLD || p->rules[i].unit == UNIT_PERSON)
			p->seeds |= p->rules[i].trigger;
	if (p->unsafe_house)
		p->seeds |= trigger_of(p, p->unsafe_house->expr);
}

static int load(struct loader *l, struct fy_node *root)
{
	struct pack *p = l->pack;
	p->name = text(l, root, "pack");
	if (!p->name.n)
		return fail(l, NULL, "the pack has no name (pack: NAME)");
	bilingual(l, get(root, "title"), &p->title_zh, &p->title_en);
	if (load_parameters(l, get(root, "parameters")) < 0 || load_terms(l, get(root, "terms")) < 0 ||
	    load_people(l, get(root, "people")) < 0 || load_rules(l, root) < 0 || load_figures(l, get(root, "figures")) < 0)
		return -1;
	find_seeds(p);
	return 0;
}

static int read_file(const char *path, struct buf *ret, struct err *err)
{
	FILE *f = fopen(path, "re");
	char block[65536];
	size_t n;
	if (!f)
		return err_errno(err, STATUS_NOINPUT, "%s: the rule pack cannot be opened", path);
	while ((n = fread(block, 1, sizeof block, f)) > 0 && ret->n <= MAX_FILE)
		buf_put(ret, block, n);
	int bad = ferror(f);
	fclose(f);
	if (bad)
		return err_set(err, STATUS_IOERR, "%s: reading failed; check the disk", path);
	if (ret->n > MAX_FILE)
		return err_set(err, STATUS_CONFIG, "%s: is over 4 MiB, which is no rule pack", path);
	return 0;
}

/* libfyaml's own message, taken from its diagnostics instead of being printed. */
static struct fy_document *parse_yaml(const char *path, const struct buf *b, struct err *err)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct fy_diag_cfg dc;
	fy_diag_cfg_default(&dc);
	dc.fp = out;
	dc.colorize = false;
	struct fy_diag *diag = fy_diag_create(&dc);
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_RESOLVE_DOCUMENT, .diag = diag };
	struct fy_document *doc = fy_document_build_from_string(&cfg, b->p ? b->p : "", b->n);
	fy_diag_destroy(diag);
	fclose(out);
	if (!doc)
		err_set(err, STATUS_CONFIG, "%s: is no YAML that can be read: %.*s", path, (int)strcspn(text, "\n"), text);
	free(text);
	return doc;
}

int pack_load(struct pack **ret, const char *path, const struct schema *schema, int32_t as_of, struct err *err)
{
	struct buf b = { 0 };
	struct pack *p = mem_alloc(sizeof *p);
	p->schema = schema;
	p->as_of = as_of;
	const char *slash = strrchr(path, '/');
	struct loader l = { p, slash ? slash + 1 : path, err };
	struct fy_document *doc = NULL;
	int r = read_file(path, &b, err);
	if (r == 0) {
		XXH128_canonical_t h;
		XXH128_canonicalFromHash(&h, XXH3_128bits(b.p, b.n));
		memcpy(p->hash, h.digest, 16);
		doc = parse_yaml(l.file, &b, err);
		r = doc ? load(&l, fy_document_root(doc)) : -1;
	}
	if (doc)
		fy_document_destroy(doc);
	buf_release(&b);
	if (r < 0) {
		pack_free(p);
		return -1;
	}
	*ret = p;
	return 0;
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	arena_release(&p->arena);
	free(p);
}
