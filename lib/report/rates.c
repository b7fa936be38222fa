/* figures.csv: the counts, and the rates that are made of them. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

/* A rate: up to two counts above (the second is taken away) and two below. Names that begin with '.' are parts, not figures. */
static const struct rate {
	const char *name, *above, *below, *below_less;
	int times;
} rates[] = {
	{ "lead_missed_rate", ".missed", "rural_households", NULL, 1 },
	{ "lead_missed_rate_persons", ".missed_persons", "rural_population", ".registered_rural", 1 },
	{ "lead_wrongly_exited_rate", ".exited_core", ".exited", NULL, 1 },
	{ "lead_wrongly_exited_rate_persons", ".exited_core_persons", ".exited_persons", NULL, 1 },
	{ "lead_wrongly_exited_share", ".exited_core", "rural_households", NULL, 1 },
	{ "lead_non_eligible_rate", ".active_core", ".active", NULL, 1 },
	{ "lead_non_eligible_rate_persons", ".active_core_persons", ".active_persons", NULL, 1 },
	{ "poverty_incidence", ".active_persons", "rural_population", NULL, 1 },
	{ "lead_comprehensive_incidence", ".comprehensive", "rural_population", NULL, 1 },
	{ "lead_comprehensive_incidence_net", ".comprehensive_net", "rural_population", NULL, 1 },
	{ "converted_share_points", ".converted", "rural_population", NULL, 100 },
};

struct line {
	uint8_t level;
	uint64_t region;
	struct str figure;
	char value[32];
};

struct lines {
	struct line *items;
	size_t count, cap;
};

static const char *const level_names[] = { "all", "county", "township", "village", "village_class" };

static void region_text(const struct line *l, char *out, size_t size)
{
	static const int places[] = { 0, 6, 9, 12 };
	if (l->level == FIGURE_ALL)
		*out = 0;
	else if (l->level == FIGURE_CLASS)
		snprintf(out, size, "%s", l->region == CLASS_POOR ? "poor" : "other");
	else
		snprintf(out, size, "%0*llu", places[l->level], (unsigned long long)l->region);
}

static int by_line(const void *pa, const void *pb)
{
	const struct line *a = pa, *b = pb;
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	/* Places of one level have as many digits, so they sort as their numbers; "other" (0) comes before "poor" (1). */
	if (a->region != b->region)
		return a->region < b->region ? -1 : 1;
	return str_cmp(a->figure, b->figure);
}

static void add_counts(const struct report *r, struct lines *l)
{
	for (size_t i = 0; i < r->figures.capacity; i++) {
		const struct figure_slot *s = &r->figures.slots[i];
		struct line one = { s->level, s->region, { 0 }, "" };
		if (!s->used || !s->count || r->figures.names[s->name].p[0] == '.')
			continue;
		one.figure = r->figures.names[s->name];
		snprintf(one.value, sizeof one.value, "%lld", (long long)s->count);
		VEC_PUSH(l->items, l->count, l->cap, one);
	}
}

/* Six decimals, halves away from zero; all counts are non-negative. */
static void fraction(char out[32], int64_t above, int64_t below, int times)
{
	unsigned __int128 scaled = (unsigned __int128)above * (unsigned)times * 1000000;
	uint64_t rounded = (uint64_t)((2 * scaled + (uint64_t)below) / (2 * (uint64_t)below));
	snprintf(out, 32, "%llu.%06llu", (unsigned long long)(rounded / 1000000), (unsigned long long)(rounded % 1000000));
}

static void add_rates(const struct report *r, struct lines *l, enum figure_level level, uint64_t region)
{
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		int64_t above = figure_get(&r->figures, rates[i].above, level, region);
		int64_t below = figure_get(&r->figures, rates[i].below, level, region);
		if (rates[i].below_less)
			below -= figure_get(&r->figures, rates[i].below_less, level, region);
		if (below <= 0)
			continue;
		struct line one = { (uint8_t)level, region, str_of(rates[i].name), "" };
		fraction(one.value, above, below, rates[i].times);
		VEC_PUSH(l->items, l->count, l->cap, one);
	}
}

struct spot {
	uint8_t level;
	uint64_t region;
};

static int by_spot(const void *pa, const void *pb)
{
	const struct spot *a = pa, *b = pb;
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	return (a->region > b->region) - (a->region < b->region);
}

static void add_all_rates(const struct report *r, struct lines *l)
{
	struct spot *spots = mem_alloc((r->figures.used + 1) * sizeof *spots);
	size_t n = 0;
	for (size_t i = 0; i < r->figures.capacity; i++)
		if (r->figures.slots[i].used)
			spots[n++] = (struct spot){ r->figures.slots[i].level, r->figures.slots[i].region };
	sort(spots, n, sizeof *spots, by_spot);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_spot(&spots[i], &spots[i - 1]) != 0)
			add_rates(r, l, (enum figure_level)spots[i].level, spots[i].region);
	free(spots);
}

int put_figures(struct report *r, json_t *all_rates, struct err *err)
{
	struct lines l = { 0 };
	struct buf b = { 0 };
	add_counts(r, &l);
	add_all_rates(r, &l);
	sort(l.items, l.count, sizeof *l.items, by_line);
	buf_puts(&b, STR("level,region,figure,value\n"));
	for (size_t i = 0; i < l.count; i++) {
		char region[32], name[128];
		region_text(&l.items[i], region, sizeof region);
		buf_printf(&b, "%s,%s,%.*s,%s\n", level_names[l.items[i].level], region, STR_ARG(l.items[i].figure), l.items[i].value);
		snprintf(name, sizeof name, "%.*s", STR_ARG(l.items[i].figure));
		if (l.items[i].level == FIGURE_ALL && strchr(l.items[i].value, '.'))
			json_object_set_new(all_rates, name, json_real(strtod(l.items[i].value, NULL)));
	}
	int got = put_file(r, "figures.csv", &b, l.count, err);
	free(l.items);
	buf_release(&b);
	return got;
}
