#include "figure/figure.h"

#include "base/bytes.h"

#include <stdlib.h>

static unsigned spot_of(struct str name)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619u;
	return h % FIGURE_SPOTS;
}

unsigned figure_name(struct figures *f, struct str name)
{
	unsigned at = spot_of(name);
	while (f->spots[at] && !str_eq(f->names[f->spots[at] - 1], name))
		at = (at + 1) % FIGURE_SPOTS;
	if (f->spots[at])
		return f->spots[at] - 1u;
	VEC_PUSH(f->names, f->name_count, f->name_cap, arena_dup(&f->arena, name));
	if (f->name_count >= FIGURE_SPOTS / 2)
		abort(); /* a pack has at most 63 rules: some 2,000 names */
	f->spots[at] = (uint16_t)f->name_count;
	return f->name_count - 1;
}

/* The names of one place lie beside each other, since a finding is counted under several of them. */
static size_t home_of(unsigned name, enum figure_level level, uint64_t region)
{
	uint64_t h = (region * 8 + level) * UINT64_C(0x9E3779B97F4A7C15);
	return (h ^ h >> 29) + name;
}

static struct figure_slot *slot(const struct figures *f, unsigned name, enum figure_level level, uint64_t region)
{
	size_t mask = f->capacity - 1, i = home_of(name, level, region) & mask;
	while (f->slots[i].used && !(f->slots[i].name == name && f->slots[i].level == level && f->slots[i].region == region))
		i = (i + 1) & mask;
	return &f->slots[i];
}

static void grow(struct figures *f)
{
	struct figures bigger = { .capacity = f->capacity ? 2 * f->capacity : 256 };
	bigger.slots = mem_alloc(bigger.capacity * sizeof *bigger.slots);
	for (size_t i = 0; i < f->capacity; i++)
		if (f->slots[i].used)
			*slot(&bigger, f->slots[i].name, f->slots[i].level, f->slots[i].region) = f->slots[i];
	free(f->slots);
	f->slots = bigger.slots;
	f->capacity = bigger.capacity;
}

void figure_add(struct figures *f, unsigned name, enum figure_level level, uint64_t region, int64_t count)
{
	if (2 * f->used >= f->capacity)
		grow(f);
	struct figure_slot *s = slot(f, name, level, region);
	if (!s->used) {
		*s = (struct figure_slot){ (uint16_t)name, (uint8_t)level, 1, region, 0 };
		f->used++;
	}
	s->count += count;
}

int64_t figure_get(const struct figures *f, const char *name, enum figure_level level, uint64_t region)
{
	for (unsigned i = 0; i < f->name_count; i++)
		if (str_eq(f->names[i], str_of(name)))
			return slot(f, i, level, region)->count;
	return 0;
}

void figures_merge(struct figures *into, const struct figures *from)
{
	for (size_t i = 0; i < from->capacity; i++) {
		const struct figure_slot *s = &from->slots[i];
		if (s->used)
			figure_add(into, figure_name(into, from->names[s->name]), (enum figure_level)s->level, s->region, s->count);
	}
}

static int by_place(const void *pa, const void *pb)
{
	const struct figure_slot *a = pa, *b = pb;
	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	return (a->region > b->region) - (a->region < b->region);
}

struct named {
	struct str name;
	unsigned number;
};

static int by_name(const void *pa, const void *pb)
{
	return str_cmp(((const struct named *)pa)->name, ((const struct named *)pb)->name);
}

/* Names are numbered as they come up; on disk they are numbered by their order, so that threads do not show. */
void figures_encode(const struct figures *f, struct buf *b)
{
	struct figure_slot *all = mem_alloc((f->used + 1) * sizeof *all);
	struct named *names = mem_alloc((f->name_count + 1) * sizeof *names);
	unsigned *place = mem_alloc((f->name_count + 1) * sizeof *place);
	size_t n = 0;
	for (unsigned i = 0; i < f->name_count; i++)
		names[i] = (struct named){ f->names[i], i };
	sort(names, f->name_count, sizeof *names, by_name);
	put32(b, f->name_count);
	for (unsigned i = 0; i < f->name_count; i++) {
		place[names[i].number] = i;
		put_text(b, names[i].name);
	}
	for (size_t i = 0; i < f->capacity; i++)
		if (f->slots[i].used) {
			all[n] = f->slots[i];
			all[n].name = (uint16_t)place[all[n].name];
			n++;
		}
	free(names);
	free(place);
	sort(all, n, sizeof *all, by_place);
	put32(b, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		put32(b, all[i].name);
		put32(b, all[i].level);
		put64(b, all[i].region);
		put64(b, (uint64_t)all[i].count);
	}
	free(all);
}

int figures_decode(struct figures *f, const uint8_t *p, size_t n)
{
	struct reader r = { p, p + n, false };
	uint32_t names = take32(&r);
	if (names > UINT16_MAX)
		return -1;
	unsigned *map = mem_alloc((names + 1) * sizeof *map);
	for (uint32_t i = 0; i < names && !r.failed; i++)
		map[i] = figure_name(f, take_text(&r));
	uint32_t count = take32(&r);
	for (uint32_t i = 0; i < count && !r.failed; i++) {
		uint32_t name = take32(&r), level = take32(&r);
		uint64_t region = take64(&r);
		int64_t value = (int64_t)take64(&r);
		if (name >= names || level >= FIGURE_LEVELS)
			r.failed = true;
		if (!r.failed)
			figure_add(f, map[name], (enum figure_level)level, region, value);
	}
	free(map);
	return r.failed || r.p != r.end ? -1 : 0;
}

void figures_release(struct figures *f)
{
	free(f->slots);
	free(f->names);
	arena_release(&f->arena);
	*f = (struct figures){ 0 };
}

/* ---- places ---------------------------------------------------------------------------------------------------------------------- */

void places_add(struct places *p, const struct place *place)
{
	struct place copy = *place;
	copy.county = arena_dup(&p->arena, place->county);
	copy.township = arena_dup(&p->arena, place->township);
	copy.village = arena_dup(&p->arena, place->village);
	VEC_PUSH(p->items, p->count, p->cap, copy);
}

/* Stable, so that of one code the first added comes first. */
static void merge_sort(struct place *v, struct place *spare, size_t n)
{
	if (n < 2)
		return;
	size_t half = n / 2, i = 0, k = half, out = 0;
	merge_sort(v, spare, half);
	merge_sort(v + half, spare, n - half);
	while (i < half || k < n)
		spare[out++] = k == n || (i < half && v[i].code <= v[k].code) ? v[i++] : v[k++];
	memcpy(v, spare, n * sizeof *v);
}

void places_sort(struct places *p)
{
	struct place *spare = mem_alloc((p->count + 1) * sizeof *spare);
	size_t kept = 0;
	merge_sort(p->items, spare, p->count);
	free(spare);
	for (size_t i = 0; i < p->count; i++)
		if (i == 0 || p->items[i].code != p->items[i - 1].code)
			p->items[kept++] = p->items[i];
	p->count = kept;
}

const struct place *places_find(const struct places *p, int64_t code)
{
	size_t low = 0, high = p->count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (p->items[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	return low < p->count && p->items[low].code == code ? &p->items[low] : NULL;
}

void places_encode(const struct places *p, struct buf *b)
{
	put32(b, (uint32_t)p->count);
	for (size_t i = 0; i < p->count; i++) {
		put64(b, (uint64_t)p->items[i].code);
		put32(b, (uint32_t)(p->items[i].poor + 1));
		put_text(b, p->items[i].county);
		put_text(b, p->items[i].township);
		put_text(b, p->items[i].village);
	}
}

int places_decode(struct places *p, const uint8_t *bytes, size_t n)
{
	struct reader r = { bytes, bytes + n, false };
	uint32_t count = take32(&r);
	for (uint32_t i = 0; i < count && !r.failed; i++) {
		struct place one = { .code = (int64_t)take64(&r), .poor = (int8_t)((int)take32(&r) - 1) };
		one.county = take_text(&r);
		one.township = take_text(&r);
		one.village = take_text(&r);
		if (!r.failed)
			places_add(p, &one);
	}
	places_sort(p);
	return r.failed || r.p != r.end ? -1 : 0;
}

void places_release(struct places *p)
{
	free(p->items);
	arena_release(&p->arena);
	*p = (struct places){ 0 };
}

unsigned figure_levels(const struct places *places, int64_t region, struct figure_at ret[FIGURE_LEVELS])
{
	unsigned n = 0;
	ret[n++] = (struct figure_at){ FIGURE_ALL, 0 };
	if (region == VALUE_NULL)
		return n;
	uint64_t r = (uint64_t)region;
	if (r / 1000000)
		ret[n++] = (struct figure_at){ FIGURE_COUNTY, r / 1000000 };
	if (r / 1000 % 1000)
		ret[n++] = (struct figure_at){ FIGURE_TOWNSHIP, r / 1000 };
	if (r % 1000)
		ret[n++] = (struct figure_at){ FIGURE_VILLAGE, r };
	const struct place *p = places_find(places, region);
	if (p && p->poor >= 0)
		ret[n++] = (struct figure_at){ FIGURE_CLASS, (uint64_t)p->poor };
	return n;
}
