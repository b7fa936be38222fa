/* What is counted of everybody, wanted or not: households and people by region. */
#include "internal.h"

#include "base/seed.h"

static size_t slot_of(const struct region_counts *c, int64_t region)
{
	size_t at = (sieve_hash((uint64_t)region * c->seed) >> 32) & c->mask;
	while (c->slots[at] && c->items[c->slots[at] - 1].region != region)
		at = (at + 1) & c->mask;
	return at;
}

static void grow(struct region_counts *c)
{
	c->seed = hash_seed();
	c->mask = c->mask ? 2 * c->mask + 1 : 255;
	free(c->slots);
	c->slots = mem_alloc((c->mask + 1) * sizeof *c->slots);
	for (size_t i = 0; i < c->count; i++)
		c->slots[slot_of(c, c->items[i].region)] = (uint32_t)i + 1;
}

/* Households of one place mostly follow each other. */
static struct region_count *count_of(struct region_counts *c, int64_t region)
{
	if (c->count && c->items[c->last].region == region)
		return &c->items[c->last];
	if (2 * c->count >= c->mask)
		grow(c);
	size_t at = slot_of(c, region);
	if (!c->slots[at]) {
		struct region_count one = { .region = region };
		VEC_PUSH(c->items, c->count, c->cap, one);
		c->slots[at] = (uint32_t)c->count;
	}
	c->last = c->slots[at] - 1;
	return &c->items[c->last];
}

void count_household(struct region_counts *c, const struct household_facts *f, bool collective)
{
	struct region_count *r = count_of(c, f->region);
	r->households++;
	r->population += f->rural;
	r->rural_households += f->rural && !collective;
	r->families += !collective;
	r->split += f->split && !collective;
}

void counts_merge(struct region_counts *into, const struct region_counts *from)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct region_count *a = &from->items[i];
		struct region_count *r = count_of(into, a->region);
		r->households += a->households;
		r->population += a->population;
		r->rural_households += a->rural_households;
		r->families += a->families;
		r->split += a->split;
	}
}

void counts_release(struct region_counts *c)
{
	free(c->items);
	free(c->slots);
	*c = (struct region_counts){ 0 };
}

static int by_region(const void *pa, const void *pb)
{
	const struct region_count *a = pa, *b = pb;
	return (a->region > b->region) - (a->region < b->region);
}

static void make_figures(const struct join *j, struct figures *figures)
{
	unsigned households = figure_name(figures, STR("hukou_households"));
	unsigned rural = figure_name(figures, STR("rural_households"));
	unsigned population = figure_name(figures, STR("rural_population"));
	for (size_t i = 0; i < j->counts.count; i++) {
		const struct region_count *r = &j->counts.items[i];
		struct figure_at at[FIGURE_LEVELS];
		unsigned n = figure_levels(&j->places, r->region, at);
		for (unsigned k = 0; k < n; k++) {
			figure_add(figures, households, at[k].level, at[k].region, (int64_t)r->households);
			if (r->rural_households)
				figure_add(figures, rural, at[k].level, at[k].region, (int64_t)r->rural_households);
			if (r->population)
				figure_add(figures, population, at[k].level, at[k].region, (int64_t)r->population);
		}
	}
}

static bool is_village(const struct region_count *r)
{
	return r->families && r->region != VALUE_NULL && r->region % 1000;
}

static void only_village(const struct join *j)
{
	const struct join_only *only = j->job->only;
	int64_t region;
	if (!only || !(only->units >> UNIT_VILLAGE & 1) || only->unit_no.n != 12 || region_parse(only->unit_no, &region) != 0)
		return;
	for (size_t i = 0; i < j->counts.count; i++)
		if (j->counts.items[i].region == region && is_village(&j->counts.items[i]))
			only_found(j, UNIT_VILLAGE);
}

static int put_villages(struct join *j, struct frame_writer *w, struct err *err)
{
	struct buf b = { 0 };
	uint32_t n = 0;
	only_village(j);
	for (size_t i = 0; i < j->counts.count; i++) {
		const struct region_count *r = &j->counts.items[i];
		uint8_t x[24];
		if (!is_village(r))
			continue;
		le64_put(x, (uint64_t)r->region);
		le64_put(x + 8, r->families);
		le64_put(x + 16, r->split);
		buf_put(&b, x, sizeof x);
		n++;
	}
	int r = frame_put(w, TAG_VILLAGES, b.p, b.n, n, err);
	buf_release(&b);
	return r;
}

int put_counts(struct join *j, struct frame_writer *w, struct err *err)
{
	struct figures *figures = mem_alloc(sizeof *figures);
	struct buf b = { 0 };
	sort(j->counts.items, j->counts.count, sizeof *j->counts.items, by_region);
	make_figures(j, figures);
	figures_encode(figures, &b);
	int r = frame_put(w, TAG_FIGURES, b.p, b.n, 0, err);
	b.n = 0;
	places_encode(&j->places, &b);
	if (r == 0)
		r = frame_put(w, TAG_PLACES, b.p, b.n, (uint32_t)j->places.count, err);
	buf_release(&b);
	figures_release(figures);
	free(figures);
	return r == 0 ? put_villages(j, w, err) : -1;
}
