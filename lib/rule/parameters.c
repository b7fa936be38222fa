/* Parameters: numbers and days that rules use, from when to when and where, and who answers for them. */
#include "load.h"

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

static struct by_year *one_more(struct loader *l, struct parameter *p, uint32_t county)
{
	struct by_year *all = arena_alloc(&l->pack->arena, (p->year_count + 1) * sizeof *all);
	if (p->year_count)
		memcpy(all, p->years, p->year_count * sizeof *all);
	p->years = all;
	p->years[p->year_count].county = county;
	return &p->years[p->year_count++];
}

static int load_one_county(struct loader *l, struct fy_node *value, uint32_t county, struct parameter *p)
{
	p->by_region = true;
	return load_number(l, value, &one_more(l, p, county)->value);
}

/* The value for everywhere else comes last. */
static void everywhere_else(struct loader *l, struct parameter *p)
{
	one_more(l, p, 0)->value = p->value;
}

/* A county's own come before those for everywhere: {500901: {2017: 3100}}, or {500901: 3100} beside a value. */
static int load_counties(struct loader *l, struct fy_node *map, struct parameter *p)
{
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	unsigned n, plain = 0;
	if (yaml_map(l->yaml, map, MAX_YEARS, &n, l->err) < 0)
		return -1;
	while (yaml_next(map, &iter, &key, &text, &value)) {
		int64_t region;
		if (text.n != 6 || region_parse(text, &region) != 0)
			return LOAD_FAIL(l, key, "the six places of a county are needed here");
		uint32_t county = (uint32_t)(region / 1000000);
		plain += fy_node_is_scalar(value);
		if ((fy_node_is_scalar(value) ? load_one_county(l, value, county, p) : load_years(l, value, county, p)) < 0)
			return -1;
	}
	return plain == 0 || plain == n ? 0 : LOAD_FAIL(l, map, "counties have either years or one value each, not both");
}

static int load_unconfirmed(struct loader *l, struct fy_node *list, struct parameter *p)
{
	struct fy_node *item;
	void *iter = NULL;
	unsigned n;
	if (!p->year_count || p->by_region)
		return yaml_bool(l->yaml, list, &p->unconfirmed, l->err);
	if (yaml_list(l->yaml, list, MAX_YEARS, &n, l->err) < 0)
		return -1;
	while ((item = fy_node_sequence_iterate(list, &iter))) {
		long year;
		bool known = false;
		if (yaml_int(l->yaml, item, 1900, 2100, &year, l->err) < 0)
			return -1;
		for (unsigned i = 0; i < p->year_count; i++)
			if (p->years[i].county == 0 && p->years[i].year == year)
				p->years[i].unconfirmed = known = true;
		if (!known)
			return LOAD_FAIL(l, item, "this parameter has no such year");
	}
	return 0;
}

static int load_value(struct loader *l, struct fy_node *node, struct parameter *p)
{
	struct str text;
	if (yaml_str(l->yaml, node, &text, l->err) < 0)
		return -1;
	p->type = date_parse(text, &p->value) == 0 ? VT_DATE : VT_NUMBER;
	return p->type == VT_DATE ? 0 : load_number(l, node, &p->value);
}

/* ---- values from one day to another --------------------------------------------------------------------------------------------------- */

int load_day(struct loader *l, struct fy_node *map, const char *key, int64_t otherwise, int64_t *ret)
{
	struct fy_node *n = yaml_get(map, key);
	struct str text;
	*ret = otherwise;
	if (!n)
		return 0;
	if (yaml_str(l->yaml, n, &text, l->err) < 0)
		return -1;
	return date_parse(text, ret) == 0 ? 0 : LOAD_FAIL(l, n, "a day is needed here, like 2014-01-01");
}

struct dated {
	int64_t from, to;
	struct fy_node *node;
};

static int load_dated(struct loader *l, struct fy_node *item, struct parameter *p, struct dated *d, unsigned before)
{
	static const char *const keys[] = { "from", "to", "value", "source", "unconfirmed", NULL };
	struct fy_node *value, *unconfirmed;
	struct parameter one = *p;
	struct dated *now = &d[before];
	now->node = item;
	if (yaml_keys(l->yaml, item, keys, l->err) < 0 || load_day(l, item, "from", INT32_MIN, &now->from) < 0 ||
	    load_day(l, item, "to", INT32_MAX, &now->to) < 0 || yaml_need(l->yaml, item, "value", &value, l->err) < 0 ||
	    load_value(l, value, &one) < 0)
		return -1;
	if (yaml_get(item, "source") && load_text(l, item, "source", &one.source) < 0)
		return -1;
	if ((unconfirmed = yaml_get(item, "unconfirmed")) && yaml_bool(l->yaml, unconfirmed, &one.unconfirmed, l->err) < 0)
		return -1;
	if (now->from > now->to)
		return LOAD_FAIL(l, item, "its last day lies before its first");
	if (before && one.type != p->type)
		return LOAD_FAIL(l, value, "the values before it are of another type");
	for (unsigned i = 0; i < before; i++)
		if (now->from <= d[i].to && d[i].from <= now->to)
			return LOAD_FAIL(l, item, "its days overlap those of an earlier value");
	bool any_day = l->pack->as_of == PACK_ANY_DAY && before == 0;
	bool holds = any_day || (now->from <= l->pack->as_of && l->pack->as_of <= now->to);
	p->type = one.type;
	if (holds) {
		p->value = one.value;
		p->source = one.source;
		p->unconfirmed = one.unconfirmed;
	}
	return holds;
}

/* values: [{from: DAY, to: DAY, value: ...}]: the one that holds on the as-of date is the parameter's. */
static int load_values(struct loader *l, struct fy_node *list, struct parameter *p)
{
	struct dated dated[MAX_DATED];
	struct fy_node *item;
	void *iter = NULL;
	unsigned n, i = 0;
	bool found = false;
	if (yaml_list(l->yaml, list, MAX_DATED, &n, l->err) < 0)
		return -1;
	while ((item = fy_node_sequence_iterate(list, &iter))) {
		int r = load_dated(l, item, p, dated, i++);
		if (r < 0)
			return -1;
		found |= r;
	}
	return found ? 0 : LOAD_FAIL(l, list, "none of these values holds on the as-of date");
}

static int load_parameter(struct loader *l, struct fy_node *n, struct parameter *p)
{
	static const char *const keys[] = { "value", "values", "unit", "source", "by_year", "by_county", "unconfirmed", "title", NULL };
	if (yaml_keys(l->yaml, n, keys, l->err) < 0 || load_text(l, n, "source", &p->source) < 0 || load_text(l, n, "unit", &p->unit) < 0)
		return -1;
	struct fy_node *value = yaml_get(n, "value"), *values = yaml_get(n, "values"), *years = yaml_get(n, "by_year");
	struct fy_node *counties = yaml_get(n, "by_county"), *unconfirmed = yaml_get(n, "unconfirmed"), *title = yaml_get(n, "title");
	if (!!value + !!values + !!years != 1)
		return LOAD_FAIL(l, n, "a parameter has a value, values, or by_year: one of the three");
	if (title && load_title(l, title, &p->title_zh, &p->title_en) < 0)
		return -1;
	if (counties && load_counties(l, counties, p) < 0)
		return -1;
	if (years && p->by_region)
		return LOAD_FAIL(l, counties, "beside by_year each county has years of its own");
	if (!years && counties && !p->by_region)
		return LOAD_FAIL(l, counties, "years of a county need by_year for the others");
	if ((years && load_years(l, years, 0, p) < 0) || (values && load_values(l, values, p) < 0) || (value && load_value(l, value, p) < 0))
		return -1;
	if (p->by_region && p->type != VT_NUMBER)
		return LOAD_FAIL(l, counties, "only a number can be another one in a county");
	if (p->by_region)
		everywhere_else(l, p);
	return unconfirmed ? load_unconfirmed(l, unconfirmed, p) : 0;
}

void load_parameters(struct loader *l, struct fy_node *map)
{
	struct pack *p = l->pack;
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	unsigned n = 0;
	if (map && !load_ok(l, yaml_map(l->yaml, map, MAX_PARAMETERS, &n, l->err)))
		n = 0;
	p->parameters = arena_alloc(&p->arena, (n + 1) * sizeof *p->parameters);
	while (n && yaml_next(map, &iter, &key, &text, &value)) {
		struct parameter *one = &p->parameters[p->parameter_count++];
		one->name = arena_dup(&p->arena, text);
		one->type = VT_NUMBER;
		yaml_place(l->yaml, key, &one->line, &one->column);
		if (load_ok(l, load_parameter(l, value, one)) && !one->source.n)
			load_advise(l, key, "'%.*s' has no source: who says so?", STR_ARG(text));
	}
}
