/* Parameters, terms, and how rows make people and households. */
#include "load.h"

/* ---- parameters ------------------------------------------------------------------------------------------------------------------------ */

static int load_years(struct loader *l, struct fy_node *map, uint32_t county, struct parameter *p)
{
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	unsigned n;
	if (yaml_map(l->yaml, map, MAX_YEARS, &n, l->err) < 0)
		return -1;
	struct by_year *all = arena_alloc(&l->pack->arena, (p->year_count + n) * sizeof *all);
	if (p->year_count)
		memcpy(all, p->years, p->year_count * sizeof *all);
	p->years = all;
	while (yaml_next(map, &iter, &key, &text, &value)) {
		struct by_year *y = &p->years[p->year_count++];
		int64_t year;
		if (year_parse(text, &year) != 0)
			return LOAD_FAIL(l, key, "a year is needed here");
		y->year = (int)year;
		y->county = county;
		if (load_number(l, value, &y->value) < 0)
			return -1;
	}
	return 0;
}

/* A county's own years come before those for everywhere. */
static int load_counties(struct loader *l, struct fy_node *map, struct parameter *p)
{
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	unsigned n;
	if (yaml_map(l->yaml, map, MAX_YEARS, &n, l->err) < 0)
		return -1;
	while (yaml_next(map, &iter, &key, &text, &value)) {
		int64_t region;
		if (text.n != 6 || region_parse(text, &region) != 0)
			return LOAD_FAIL(l, key, "the six places of a county are needed here");
		if (load_years(l, value, (uint32_t)(region / 1000000), p) < 0)
			return -1;
	}
	return 0;
}

static int load_unconfirmed(struct loader *l, struct fy_node *list, struct parameter *p)
{
	struct fy_node *item;
	void *iter = NULL;
	unsigned n;
	if (yaml_list(l->yaml, list, MAX_YEARS, &n, l->err) < 0)
		return -1;
	while ((item = fy_node_sequence_iterate(list, &iter))) {
		long year;
		if (yaml_int(l->yaml, item, 1900, 2100, &year, l->err) < 0)
			return -1;
		for (unsigned i = 0; i < p->year_count; i++)
			p->years[i].unconfirmed |= p->years[i].county == 0 && p->years[i].year == year;
	}
	return 0;
}

static int load_parameter(struct loader *l, struct fy_node *n, struct parameter *p)
{
	static const char *const keys[] = { "value", "unit", "source", "by_year", "by_county", "unconfirmed", NULL };
	struct str text;
	p->type = VT_NUMBER;
	if (yaml_keys(l->yaml, n, keys, l->err) < 0 || load_text(l, n, "source", &p->source) < 0)
		return -1;
	struct fy_node *value = yaml_get(n, "value"), *years = yaml_get(n, "by_year"), *counties = yaml_get(n, "by_county");
	struct fy_node *unconfirmed = yaml_get(n, "unconfirmed");
	if (counties && load_counties(l, counties, p) < 0)
		return -1;
	if (years) {
		if (load_years(l, years, 0, p) < 0)
			return -1;
		return unconfirmed ? load_unconfirmed(l, unconfirmed, p) : 0;
	}
	if (!value)
		return LOAD_FAIL(l, n, "a parameter needs a value, or by_year");
	if (yaml_str(l->yaml, value, &text, l->err) < 0)
		return -1;
	if (date_parse(text, &p->value) == 0) {
		p->type = VT_DATE;
		return 0;
	}
	return load_number(l, value, &p->value);
}

int load_parameters(struct loader *l, struct fy_node *map)
{
	struct pack *p = l->pack;
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	unsigned n = 0;
	if (map && yaml_map(l->yaml, map, MAX_PARAMETERS, &n, l->err) < 0)
		return -1;
	p->parameters = arena_alloc(&p->arena, (n + 1) * sizeof *p->parameters);
	while (map && yaml_next(map, &iter, &key, &text, &value)) {
		struct parameter *one = &p->parameters[p->parameter_count++];
		one->name = arena_dup(&p->arena, text);
		if (load_parameter(l, value, one) < 0)
			return -1;
	}
	return 0;
}

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

/* terms: {NAME: {on: ITEM, is: EXPRESSION}} */
int load_terms(struct loader *l, struct fy_node *map)
{
	static const char *const keys[] = { "on", "is", NULL };
	struct pack *p = l->pack;
	struct fy_node *key, *value, *on;
	struct str text;
	void *iter = NULL;
	unsigned n = 0;
	if (map && yaml_map(l->yaml, map, MAX_TERMS, &n, l->err) < 0)
		return -1;
	p->terms = arena_alloc(&p->arena, (n + 1) * sizeof *p->terms);
	while (map && yaml_next(map, &iter, &key, &text, &value)) {
		struct term *t = &p->terms[p->term_count];
		t->index = p->term_count++;
		t->name = arena_dup(&p->arena, text);
		if (yaml_keys(l->yaml, value, keys, l->err) < 0 || yaml_need(l->yaml, value, "on", &on, l->err) < 0 ||
		    item_of(l, on, &t->item, &t->kind) < 0 || load_expr(l, yaml_get(value, "is"), value, &t->expr) < 0)
			return -1;
	}
	struct checker c = load_checker(l);
	for (unsigned i = 0; i < p->term_count; i++)
		if (check_term(&c, &p->terms[i]) < 0)
			return -1;
	return 0;
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
	return load_expr(l, n, map, ret) < 0 ? -1 : check_condition(&c, *ret, &scope);
}

/* A number, or the name of a parameter. */
static int load_limit(struct loader *l, struct fy_node *map, const char *key, int64_t *ret)
{
	struct fy_node *n;
	struct str text;
	if (yaml_need(l->yaml, map, key, &n, l->err) < 0 || yaml_str(l->yaml, n, &text, l->err) < 0)
		return -1;
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

int load_people(struct loader *l, struct fy_node *map)
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
	if (yaml_keys(l->yaml, map, keys, l->err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		if (conditions[i].role == ROLE_DEATHS && !schema_role(l->pack->schema, ROLE_DEATHS))
			continue;
		if (load_condition(l, map, conditions[i].key, conditions[i].item, conditions[i].role, conditions[i].to) < 0)
			return -1;
	}
	return load_limit(l, map, "collective_over", &p->collective_over);
}
