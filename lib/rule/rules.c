/* The rules of a pack. */
#include "load.h"

#include "base/lang.h"
#include "rule/print.h"

/* An expression that is a condition; what can never be true is no error. */
static int load_condition(struct loader *l, struct fy_node *node, struct fy_node *near, struct checker *c, const struct scope *scope,
                          struct expr **ret)
{
	if (load_expr(l, node, near, ret) < 0 || check_condition(c, *ret, scope) < 0)
		return -1;
	advise_never(c, *ret);
	return 0;
}

static int load_rows(struct loader *l, struct fy_node *node, struct fy_node *near, struct checker *c, const struct scope *scope,
                     struct expr **ret)
{
	if (load_expr(l, node, near, ret) < 0 || check_rows(c, *ret, scope) < 0)
		return -1;
	advise_never(c, *ret);
	return 0;
}

/* nature: [{at_exit: CONDITION}, ..., {undetermined: otherwise}]; severity the same with levels, or one level alone. */
static int load_case(struct loader *l, struct fy_node *node, struct checker *c, const struct scope *scope, struct choice *ret)
{
	struct fy_node *key, *value;
	struct str text, when;
	void *iter = NULL;
	unsigned n;
	if (yaml_map(l->yaml, node, 1, &n, l->err) < 0 || !yaml_next(node, &iter, &key, &text, &value) ||
	    yaml_str(l->yaml, value, &when, l->err) < 0)
		return -1;
	ret->name = arena_dup(&l->pack->arena, text);
	if (str_eq(when, STR("otherwise")))
		return 0;
	return load_condition(l, value, node, c, scope, &ret->when);
}

static int load_cases(struct loader *l, struct fy_node *node, struct checker *c, const struct scope *scope, struct choice **ret,
                      unsigned *ret_count)
{
	struct choice *all = arena_alloc(&l->pack->arena, MAX_CASES * sizeof *all);
	struct fy_node *item;
	struct str text;
	void *iter = NULL;
	unsigned count = 0, n;
	if (node && fy_node_is_scalar(node)) {
		if (yaml_str(l->yaml, node, &text, l->err) < 0)
			return -1;
		all[count++].name = arena_dup(&l->pack->arena, text);
	} else if (node) {
		if (yaml_list(l->yaml, node, MAX_CASES, &n, l->err) < 0)
			return -1;
		while ((item = fy_node_sequence_iterate(node, &iter)))
			if (load_case(l, item, c, scope, &all[count++]) < 0)
				return -1;
	}
	*ret = all;
	*ret_count = count;
	return 0;
}

static int load_severities(struct loader *l, struct fy_node *rule, struct checker *c, const struct scope *scope, struct rule *r)
{
	struct fy_node *node;
	if (yaml_need(l->yaml, rule, "severity", &node, l->err) < 0 ||
	    load_cases(l, node, c, scope, &r->severities, &r->severity_count) < 0)
		return -1;
	for (unsigned i = 0; i < r->severity_count; i++)
		if ((r->severities[i].value = level_of_name(r->severities[i].name)) < 0)
			return LOAD_FAIL(l, node, "a severity is high, medium or low");
	if (r->severities[r->severity_count - 1].when)
		return LOAD_FAIL(l, node, "the last case of a severity is 'otherwise'");
	return 0;
}

static int load_vetoes(struct loader *l, struct fy_node *list, struct checker *c, const struct scope *scope, struct rule *r)
{
	static const char *const keys[] = { "nature", "rows", NULL };
	struct fy_node *item;
	void *iter = NULL;
	unsigned n;
	if (yaml_list(l->yaml, list, MAX_VETOES, &n, l->err) < 0)
		return -1;
	r->vetoes = arena_alloc(&l->pack->arena, n * sizeof *r->vetoes);
	while ((item = fy_node_sequence_iterate(list, &iter))) {
		struct veto *v = &r->vetoes[r->veto_count++];
		if (yaml_keys(l->yaml, item, keys, l->err) < 0 || load_text(l, item, "nature", &v->nature) < 0 ||
		    load_rows(l, yaml_get(item, "rows"), item, c, scope, &v->rows) < 0)
			return -1;
	}
	return 0;
}

static int load_doubt(struct loader *l, struct fy_node *node, struct checker *c, const struct scope *scope, struct rule *r)
{
	static const char *const keys[] = { "nature", "when", NULL };
	if (yaml_keys(l->yaml, node, keys, l->err) < 0 || load_text(l, node, "nature", &r->doubt.nature) < 0)
		return -1;
	return load_condition(l, yaml_get(node, "when"), node, c, scope, &r->doubt.when);
}

/* core: never, always, or a condition that may ask for the nature. */
static int load_core(struct loader *l, struct fy_node *node, struct checker *c, const struct scope *scope, struct rule *r)
{
	struct str text;
	if (yaml_str(l->yaml, node, &text, l->err) < 0)
		return -1;
	if (str_eq(text, STR("never")))
		return 0;
	if (str_eq(text, STR("always"))) {
		r->core = arena_alloc(&l->pack->arena, sizeof *r->core);
		*r->core = (struct expr){ .op = E_BOOL, .number = 1, .type = { .type = VT_BOOL } };
		return 0;
	}
	r->core_when = true;
	struct enumeration *natures = &l->pack->natures;
	*natures = (struct enumeration){ .values = arena_alloc(&l->pack->arena, MAX_CASES * sizeof(struct str)),
		.count = (uint8_t)r->nature_count };
	for (unsigned i = 0; i < r->nature_count; i++)
		natures->values[i] = r->natures[i].name;
	c->nature_known = true;
	return load_condition(l, node, node, c, scope, &r->core);
}

static void load_conditions(struct loader *l, struct fy_node *rule, struct rule *r)
{
	struct scope scope = rule_scope(r);
	struct checker c = load_checker(l);
	struct fy_node *evidence = yaml_get(rule, "evidence"), *vetoes = yaml_get(rule, "vetoes"), *doubt = yaml_get(rule, "doubt");
	struct fy_node *core;
	load_ok(l, load_condition(l, yaml_get(rule, "when"), rule, &c, &scope, &r->when));
	if (evidence && load_ok(l, load_rows(l, evidence, rule, &c, &scope, &r->evidence))) {
		c.evidence_known = true;
		c.evidence_type = r->evidence->type;
	}
	c.evidence_broken = evidence && !c.evidence_known;
	load_ok(l, load_cases(l, yaml_get(rule, "nature"), &c, &scope, &r->natures, &r->nature_count));
	load_ok(l, load_severities(l, rule, &c, &scope, r));
	if (vetoes)
		load_ok(l, load_vetoes(l, vetoes, &c, &scope, r));
	if (doubt)
		load_ok(l, load_doubt(l, doubt, &c, &scope, r));
	if (load_ok(l, yaml_need(l->yaml, rule, "core", &core, l->err)))
		load_ok(l, load_core(l, core, &c, &scope, r));
}

static int load_list_and_unit(struct loader *l, struct fy_node *rule, struct rule *r)
{
	static const char *const units[] = { "register", "household", "person", "village" };
	struct fy_node *list, *unit;
	struct str text;
	if (yaml_need(l->yaml, rule, "list", &list, l->err) < 0 || yaml_str(l->yaml, list, &text, l->err) < 0)
		return -1;
	int li = list_of_name(text), ui = -1;
	if (li < 0 || li == LIST_VETOED)
		return LOAD_FAIL(l, list, "a rule's list is missed, wrongly_exited, non_eligible, ledger, villages or quality");
	if (yaml_need(l->yaml, rule, "unit", &unit, l->err) < 0 || yaml_str(l->yaml, unit, &text, l->err) < 0)
		return -1;
	for (int i = 0; i < UNIT_COUNT; i++)
		if (str_eq(text, str_of(units[i])))
			ui = i;
	if (ui < 0)
		return LOAD_FAIL(l, unit, "a rule's unit is register, household, person or village");
	r->list = (enum list)li;
	r->unit = (enum unit)ui;
	return 0;
}

static int load_words(struct loader *l, struct fy_node *rule, struct rule *r)
{
	struct fy_node *days = yaml_get(rule, "days"), *title;
	long n = 0;
	if (yaml_need(l->yaml, rule, "title", &title, l->err) < 0 || load_title(l, title, &r->title_zh, &r->title_en) < 0 ||
	    load_text(l, rule, "basis", &r->basis) < 0 || load_text(l, rule, "check", &r->check) < 0 ||
	    load_text(l, rule, "department", &r->department) < 0 || load_text(l, rule, "facts", &r->facts) < 0)
		return -1;
	if (days && yaml_int(l->yaml, days, 0, 3650, &n, l->err) < 0)
		return -1;
	r->days = (int)n;
	return 0;
}

static void load_rule(struct loader *l, struct fy_node *rule, struct rule *r, uint64_t always, const uint64_t *list_uses)
{
	static const char *const keys[] = { "code", "list", "unit", "title", "basis", "needs", "any_of", "uses", "when", "evidence",
		"nature", "core", "severity", "vetoes", "doubt", "facts", "department", "days", "check", "examples", NULL };
	load_ok(l, yaml_keys(l->yaml, rule, keys, l->err));
	bool unit = load_ok(l, load_list_and_unit(l, rule, r));
	load_ok(l, load_words(l, rule, r));
	load_ok(l, load_kinds(l, yaml_get(rule, "needs"), &r->needs));
	load_ok(l, load_kinds(l, yaml_get(rule, "any_of"), &r->any_of));
	load_ok(l, load_kinds(l, yaml_get(rule, "uses"), &r->uses));
	if (unit)
		load_conditions(l, rule, r);
	r->uses |= always | list_uses[r->list];
	struct fy_node *examples = yaml_get(rule, "examples");
	if (examples)
		load_ok(l, load_examples(l, examples, r));
}

/* Codes first, so that a rule may ask whether a later one fires. */
static int load_code(struct loader *l, struct fy_node *rule)
{
	struct pack *p = l->pack;
	struct rule *r = &p->rules[p->rule_count];
	struct fy_node *code;
	struct str text;
	if (yaml_need(l->yaml, rule, "code", &code, l->err) < 0 || yaml_str(l->yaml, code, &text, l->err) < 0)
		return -1;
	yaml_place(l->yaml, code, &r->line, &r->column);
	if (!text.n || text.n > 16)
		return LOAD_FAIL(l, code, "a rule's code has 1 to 16 bytes");
	for (unsigned i = 0; i < p->rule_count; i++)
		if (str_eq(p->rules[i].code, text))
			return LOAD_FAIL(l, code, "this code is given twice");
	r->code = arena_dup(&p->arena, text);
	r->index = p->rule_count++;
	return 0;
}

/* What is wrong with the fires() of a rule's condition, or NULL: it asks about the same unit, and never leads back to the rule. */
static const char *fires_fault(const struct pack *p, const struct expr *e, const struct rule *start, unsigned depth)
{
	const char *fault = NULL;
	if (!e)
		return NULL;
	if (e->op == E_FIRES) {
		const struct rule *asked = &p->rules[e->index];
		if (asked->unit != start->unit)
			return N_("fires() takes a rule on the same unit");
		if (asked == start || depth > p->rule_count)
			return N_("fires() leads back to the rule itself");
		return fires_fault(p, asked->when, start, depth + 1);
	}
	for (unsigned i = 0; e->op == E_IN && i < e->arg_count && !fault; i++)
		fault = fires_fault(p, e->args[i], start, depth);
	if (!fault)
		fault = fires_fault(p, e->a, start, depth);
	return fault ? fault : fires_fault(p, e->b, start, depth);
}

static int load_list_uses(struct loader *l, struct fy_node *lists, uint64_t *uses)
{
	static const char *const keys[] = { "title", "uses", NULL };
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	unsigned n;
	if (!lists)
		return 0;
	if (yaml_map(l->yaml, lists, LIST_COUNT, &n, l->err) < 0)
		return -1;
	while (yaml_next(lists, &iter, &key, &text, &value)) {
		int list = list_of_name(text);
		if (list < 0)
			return LOAD_FAIL(l, key, "there is no such list");
		struct fy_node *title = yaml_get(value, "title");
		if (yaml_keys(l->yaml, value, keys, l->err) < 0 || load_kinds(l, yaml_get(value, "uses"), &uses[list]) < 0 ||
		    (title && load_title(l, title, &l->pack->list_titles[list].zh, &l->pack->list_titles[list].en) < 0))
			return -1;
	}
	return 0;
}

/* A rule whose code is at fault keeps its place, so that the others keep theirs. */
static void load_codes(struct loader *l, struct fy_node *list)
{
	struct fy_node *rule;
	void *iter = NULL;
	while ((rule = fy_node_sequence_iterate(list, &iter)))
		if (!load_ok(l, load_code(l, rule)))
			l->pack->rules[l->pack->rule_count].index = l->pack->rule_count, l->pack->rule_count++;
}

static void check_fires_of_all(struct loader *l, struct fy_node *list)
{
	struct fy_node *rule;
	void *iter = NULL;
	for (unsigned i = 0; (rule = fy_node_sequence_iterate(list, &iter)); i++) {
		const char *fault = fires_fault(l->pack, l->pack->rules[i].when, &l->pack->rules[i], 0);
		if (fault)
			load_ok(l, LOAD_FAIL(l, yaml_get(rule, "when"), "%s", say(fault)));
	}
}

void load_rules(struct loader *l, struct fy_node *root)
{
	struct pack *p = l->pack;
	struct fy_node *list, *rule;
	uint64_t always = 0, list_uses[LIST_COUNT] = { 0 };
	void *iter = NULL;
	unsigned n;
	load_ok(l, load_kinds(l, yaml_get(root, "always_uses"), &always));
	load_ok(l, load_list_uses(l, yaml_get(root, "lists"), list_uses));
	if (!load_ok(l, yaml_need(l->yaml, root, "rules", &list, l->err)) || !load_ok(l, yaml_list(l->yaml, list, MAX_RULES, &n, l->err)))
		return;
	p->rules = arena_alloc(&p->arena, n * sizeof *p->rules);
	load_codes(l, list);
	for (unsigned i = 0; (rule = fy_node_sequence_iterate(list, &iter)); i++)
		load_rule(l, rule, &p->rules[i], always, list_uses);
	if (!l->faults->errors)
		check_fires_of_all(l, list);
}
