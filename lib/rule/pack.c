#include "load.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

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

/* ---- pieces that all parts of a pack have ----------------------------------------------------------------------------------------------- */

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
			return LOAD_FAIL(l, item, "there is no kind of this name; see the schemas");
		*ret |= UINT64_C(1) << k->index;
	}
	return 0;
}

int load_expr(struct loader *l, struct fy_node *node, struct fy_node *near, struct expr **ret)
{
	struct str text;
	unsigned line, column;
	if (!node)
		return LOAD_FAIL(l, near, "an expression is missing here ('is', 'when' or 'rows')");
	if (yaml_str(l->yaml, node, &text, l->err) < 0)
		return -1;
	yaml_place(l->yaml, node, &line, &column);
	return expr_parse(ret, &l->pack->arena, yaml_path(l->yaml), line, column, arena_dup(&l->pack->arena, text), l->err);
}

struct checker load_checker(struct loader *l)
{
	return (struct checker){ .pack = l->pack, .file = yaml_path(l->yaml), .err = l->err };
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
	for (unsigned i = 0; i < p->term_count; i++)
		if (p->terms[i].item == ITEM_PERSON && str_eq(p->terms[i].name, text))
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

/* Whoever has a row of one of these kinds may be in a finding of a household or a person. */
static void find_seeds(struct pack *p)
{
	for (unsigned i = 0; i < p->rule_count; i++)
		if (p->rules[i].unit == UNIT_HOUSEHOLD || p->rules[i].unit == UNIT_PERSON)
			p->seeds |= p->rules[i].trigger;
	if (p->unsafe_house)
		p->seeds |= trigger_of(p, p->unsafe_house->expr);
}

static int load(struct loader *l)
{
	static const char *const keys[] = { "pack", "title", "region", "valid", "parameters", "terms", "people", "always_uses", "lists",
		"rules", "figures", "unseen", "examples", NULL };
	struct pack *p = l->pack;
	struct fy_node *root = yaml_root(l->yaml), *name, *title, *people;
	if (yaml_keys(l->yaml, root, keys, l->err) < 0 || yaml_need(l->yaml, root, "pack", &name, l->err) < 0 ||
	    load_text(l, root, "pack", &p->name) < 0 || yaml_need(l->yaml, root, "title", &title, l->err) < 0 ||
	    load_title(l, title, &p->title_zh, &p->title_en) < 0 || load_parameters(l, yaml_get(root, "parameters")) < 0 ||
	    load_terms(l, yaml_get(root, "terms")) < 0 || yaml_need(l->yaml, root, "people", &people, l->err) < 0 ||
	    load_people(l, people) < 0 || load_example_defaults(l, yaml_get(root, "examples")) < 0 || load_rules(l, root) < 0 || load_figures(l, yaml_get(root, "figures")) < 0)
		return -1;
	find_seeds(p);
	return 0;
}

int pack_load(struct pack **ret, const char *path, const struct schema *schema, int32_t as_of, struct err *err)
{
	struct yaml *yaml;
	if (yaml_load(&yaml, path, err) < 0)
		return -1;
	struct pack *p = mem_alloc(sizeof *p);
	struct str bytes = yaml_bytes(yaml);
	XXH128_canonical_t hash;
	XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes.p, bytes.n));
	memcpy(p->hash, hash.digest, sizeof p->hash);
	p->schema = schema;
	p->as_of = as_of;
	struct loader l = { p, yaml, err };
	int r = load(&l);
	yaml_free(yaml);
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
