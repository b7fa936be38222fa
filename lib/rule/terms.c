/* Terms, and how rows make people and households. */
#include "load.h"

/* ---- terms ----------------------------------------------------------------------------------------------------------------------------- */

/* "person", "household", "register", "village" or the name of a kind. */
static int item_of(struct loader *l, struct fy_node *n, enum item *item, int *kind)
{
	static const struct {
		const char *name;
		enum item item;
	} items[] = { { "person", ITEM_PERSON }, { "household", ITEM_HOUSEHOLD }, { "register", ITEM_REGISTER }, { "village", ITEM_VILLAGE } };
	struct str text;
	if (yaml_str(l->yaml, n, &text, l->err) < 0)
		return -1;
	*kind = -1;
	for (size_t i = 0; i < sizeof items / sizeof *items; i++)
		if (str_eq(text, str_of(items[i].name))) {
			*item = items[i].item;
			return 0;
		}
	const struct kind *k = schema_kind(l->pack->schema, text);
	if (!k)
		return LOAD_FAIL(l, n, "'on' is person, household, register, village or a kind");
	*item = ITEM_ROW;
	*kind = (int)k->index;
	return 0;
}

static int load_term(struct loader *l, struct fy_node *value, struct term *t)
{
	static const char *const keys[] = { "on", "is", "title", NULL };
	struct fy_node *on, *title = yaml_get(value, "title");
	if (yaml_keys(l->yaml, value, keys, l->err) < 0 || yaml_need(l->yaml, value, "on", &on, l->err) < 0 ||
	    item_of(l, on, &t->item, &t->kind) < 0 || (title && load_title(l, title, &t->title_zh, &t->title_en) < 0))
		return -1;
	return load_expr(l, yaml_get(value, "is"), value, &t->expr);
}

/* terms: {NAME: {on: ITEM, is: EXPRESSION, title: TITLE}} */
void load_terms(struct loader *l, struct fy_node *map)
{
	struct pack *p = l->pack;
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	unsigned n = 0;
	if (map && !load_ok(l, yaml_map(l->yaml, map, MAX_TERMS, &n, l->err)))
		n = 0;
	p->terms = arena_alloc(&p->arena, (n + 1) * sizeof *p->terms);
	while (n && yaml_next(map, &iter, &key, &text, &value)) {
		struct term *t = &p->terms[p->term_count];
		t->index = p->term_count++;
		t->name = arena_dup(&p->arena, text);
		yaml_place(l->yaml, key, &t->line, &t->column);
		if (!load_ok(l, load_term(l, value, t)))
			t->checked = TERM_BROKEN;
	}
	struct checker c = load_checker(l);
	for (unsigned i = 0; i < p->term_count; i++)
		if (check_term(&c, &p->terms[i]) == 0)
			advise_never(&c, p->terms[i].expr);
}

/* ---- people ---------------------------------------------------------------------------------------------------------------------------- */

static int load_condition(struct loader *l, struct fy_node *map, const char *key, enum item item, enum role role, struct expr **ret)
{
	struct fy_node *n;
	const struct kind *k = schema_role(l->pack->schema, role);
	if (yaml_need(l->yaml, map, key, &n, l->err) < 0)
		return -1;
	if (item == ITEM_ROW && !k)
		return LOAD_FAIL(l, n, "no kind has the role that '%s' asks about", key);
	struct scope person = { ITEM_PERSON, -1, STR("this"), NULL };
	struct scope scope = { item, k ? (int)k->index : -1, STR("row"), role == ROLE_DEATHS ? &person : NULL };
	struct checker c = load_checker(l);
	if (load_expr(l, n, map, ret) < 0 || check_condition(&c, *ret, &scope) < 0)
		return -1;
	advise_never(&c, *ret);
	return 0;
}

/* A number, or the name of a parameter. */
static int load_limit(struct loader *l, struct fy_node *map, const char *key, int64_t *ret)
{
	struct fy_node *n;
	struct str text;
	if (yaml_need(l->yaml, map, key, &n, l->err) < 0 || yaml_str(l->yaml, n, &text, l->err) < 0)
		return -1;
	load_named(l, text);
	for (unsigned i = 0; i < l->pack->parameter_count; i++)
		if (str_eq(l->pack->parameters[i].name, text)) {
			*ret = l->pack->parameters[i].value / 100;
			return 0;
		}
	if (load_number(l, n, ret) < 0)
		return -1;
	*ret /= 100;
	return 0;
}

void load_people(struct loader *l, struct fy_node *map)
{
	struct people *p = &l->pack->people;
	const struct {
		const char *key;
		enum item item;
		enum role role;
		struct expr **to;
	} conditions[] = {
		{ "home", ITEM_ROW, ROLE_HOUSEHOLDS, &p->home },       { "gone", ITEM_ROW, ROLE_HOUSEHOLDS, &p->gone },
		{ "head", ITEM_ROW, ROLE_HOUSEHOLDS, &p->head },       { "collective", ITEM_ROW, ROLE_HOUSEHOLDS, &p->collective },
		{ "rural", ITEM_ROW, ROLE_HOUSEHOLDS, &p->rural },     { "urban", ITEM_ROW, ROLE_HOUSEHOLDS, &p->urban },
		{ "split", ITEM_ROW, ROLE_HOUSEHOLDS, &p->split },     { "register_head", ITEM_ROW, ROLE_REGISTER, &p->register_head },
		{ "active", ITEM_REGISTER, ROLE_NONE, &p->active },    { "exited", ITEM_REGISTER, ROLE_NONE, &p->exited },
		{ "death", ITEM_ROW, ROLE_DEATHS, &p->death },
	};
	static const char *const keys[] = { "home", "gone", "death", "head", "register_head", "collective", "collective_over", "rural",
		"urban", "split", "active", "exited", NULL };
	if (!load_ok(l, yaml_keys(l->yaml, map, keys, l->err)))
		return;
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		if (conditions[i].role == ROLE_DEATHS && !schema_role(l->pack->schema, ROLE_DEATHS))
			continue;
		load_ok(l, load_condition(l, map, conditions[i].key, conditions[i].item, conditions[i].role, conditions[i].to));
	}
	load_ok(l, load_limit(l, map, "collective_over", &p->collective_over));
}
