#include "figure/figure.h"

#include "base/bytes.h"
#include "base/seed.h"

#include <stdlib.h>

static unsigned spot_of(struct str name)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619u;
	return h % FIGURE_SPOTS;
}

/* The spot of the name, or the free one where it would stand. */
static unsigned find_spot(const struct figures *f, struct str name)
{
	unsigned at = spot_of(name);
	while (f->spots[at] && !str_eq(f->names[f->spots[at] - 1], name))
		at = (at + 1) % FIGURE_SPOTS;
	return at;
}

int figure_find(const struct figures *f, struct str name)
{
	return (int)f->spots[find_spot(f, name)] - 1;
}

unsigned figure_name(struct figures *f, struct str name)
{
	unsigned at = find_spot(f, name);
	if (f->spots[at])
		return f->spots[at] - 1u;
	VEC_PUSH(f->names, f->name_count, f->name_cap, arena_dup(&f->arena, name));
	if (f->name_count >= FIGURE_SPOTS / 2)
		abort(); /* a pack has at most 63 rules: some 2,000 names */
	f->spots[at] = (uint16_t)f->name_count;
	return f->name_count - 1;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------ */

#define PAGE 1024 /* parts */

static uint32_t home_of(const struct figures *f, enum figure_level level, uint64_t region)
{
	uint64_t h = (region * 8 + level) * f->seed;
	h = (h ^ h >> 32) * UINT64_C(0x9E3779B97F4A7C15);
	return (uint32_t)(h >> 32) & (f->slot_count - 1);
}

/* The slot of the place: its row's, or the free one where it would stand. */
static uint32_t *slot_of(const struct figures *f, enum figure_level level, uint64_t region)
{
	uint32_t i = home_of(f, level, region);
	while (f->slots[i] && !(f->rows[f->slots[i] - 1]->region == region && f->rows[f->slots[i] - 1]->level == level))
		i = (i + 1) & (f->slot_count - 1);
	return &f->slots[i];
}

static void fill_slots(struct figures *f)
{
	for (uint32_t i = 0; i < f->row_count; i++)
		*slot_of(f, f->rows[i]->level, f->rows[i]->region) = i + 1;
}

static void grow_slots(struct figures *f)
{
	free(f->slots);
	f->seed = hash_seed();
	f->slot_count = f->slot_count ? 2 * f->slot_count : 256;
	f->slots = mem_alloc(f->slot_count * sizeof *f->slots);
	fill_slots(f);
}

struct figure_row *figure_row(struct figures *f, enum figure_level level, uint64_t region)
{
	if (2 * f->row_count >= f->slot_count)
		grow_slots(f);
	uint32_t *slot = slot_of(f, level, region);
	if (*slot)
		return f->rows[*slot - 1];
	struct figure_row *row = arena_alloc(&f->places, sizeof *row);
	*row = (struct figure_row){ .region = region, .level = level };
	VEC_PUSH(f->rows, f->row_count, f->row_cap, row);
	*slot = f->row_count;
	return row;
}

static int64_t *part_at(const struct figures *f, uint32_t part)
{
	return f->pages[part / PAGE][part % PAGE];
}

static uint32_t new_part(struct figures *f)
{
	if (f->part_count == f->page_count * PAGE)
		VEC_PUSH(f->pages, f->page_count, f->page_cap, mem_alloc(PAGE * sizeof **f->pages));
	memset(part_at(f, f->part_count), 0, sizeof **f->pages);
	return f->part_count++;
}

/* Names may have been added since the row was made. */
static void widen(struct figures *f, struct figure_row *row)
{
	unsigned count = (f->name_count + FIGURE_PART - 1) / FIGURE_PART;
	uint32_t *parts = arena_alloc(&f->places, count * sizeof *parts);
	if (row->part_count)
		memcpy(parts, row->parts, row->part_count * sizeof *parts);
	row->parts = parts;
	row->part_count = count;
}

void figure_row_add(struct figures *f, struct figure_row *row, unsigned name, int64_t count)
{
	unsigned part = name / FIGURE_PART;
	if (part >= row->part_count)
		widen(f, row);
	if (!row->parts[part])
		row->parts[part] = new_part(f) + 1;
	part_at(f, row->parts[part] - 1)[name % FIGURE_PART] += count;
}

int64_t figure_row_get(const struct figures *f, const struct figure_row *row, unsigned name)
{
	unsigned part = name / FIGURE_PART;
	return part < row->part_count && row->parts[part] ? part_at(f, row->parts[part] - 1)[name % FIGURE_PART] : 0;
}

void figure_add(struct figures *f, unsigned name, enum figure_level level, uint64_t region, int64_t count)
{
	figure_row_add(f, figure_row(f, level, region), name, count);
}

const struct figure_row *figure_row_find(const struct figures *f, enum figure_level level, uint64_t region)
{
	uint32_t slot = f->slot_count ? *slot_of(f, level, region) : 0;
	return slot ? f->rows[slot - 1] : NULL;
}

int64_t figure_get(const struct figures *f, const char *name, enum figure_level level, uint64_t region)
{
	int number = figure_find(f, str_of(name));
	const struct figure_row *row = figure_row_find(f, level, region);
	return number < 0 || !row ? 0 : figure_row_get(f, row, (unsigned)number);
}

/* Names that both numbered alike are most of them. */
static unsigned same_name(struct figures *f, unsigned guess, struct str name)
{
	return guess < f->name_count && str_eq(f->names[guess], name) ? guess : figure_name(f, name);
}

static void add_row(struct figures *f, struct figure_row *to, const struct figure_row *from)
{
	for (unsigned part = 0; part < from->part_count; part++)
		for (unsigned k = 0; from->parts[part] && k < FIGURE_PART; k++) {
			int64_t count = part_at(f, from->parts[part] - 1)[k];
			if (count)
				figure_row_add(f, to, part * FIGURE_PART + k, count);
		}
}

static bool is_village(uint64_t region)
{
	return (int64_t)region != VALUE_NULL && region % 1000;
}

static void spread_row(struct figures *f, const struct places *places, const struct figure_row *row)
{
	struct figure_at at[FIGURE_LEVELS];
	unsigned n = figure_levels(places, (int64_t)row->region, at);
	for (unsigned i = 0; i < n; i++)
		if (at[i].level != FIGURE_VILLAGE)
			add_row(f, figure_row(f, at[i].level, at[i].region), row);
}

void figures_spread(struct figures *f, const struct places *places)
{
	uint32_t count = f->row_count, kept = 0;
	for (uint32_t i = 0; i < count; i++)
		if (f->rows[i]->level == FIGURE_VILLAGE)
			spread_row(f, places, f->rows[i]);
	for (uint32_t i = 0; i < f->row_count; i++)
		if (f->rows[i]->level != FIGURE_VILLAGE || is_village(f->rows[i]->region))
			f->rows[kept++] = f->rows[i];
	f->row_count = kept;
	if (f->slot_count)
		memset(f->slots, 0, f->slot_count * sizeof *f->slots);
	fill_slots(f);
}

#define AT_ONCE 32 /* places whose memory is fetched together: what one holds is known only when it is there */

/* The rows of some places in `into`, with all that will be looked at of them on its way. */
static void fetch_rows(struct figures *into, struct figure_row *const *from, unsigned n, const unsigned *map, struct figure_row **ret)
{
	if (into->slot_count)
		for (unsigned i = 0; i < n; i++)
			__builtin_prefetch(&into->slots[home_of(into, from[i]->level, from[i]->region)]);
	for (unsigned i = 0; into->slot_count && i < n; i++) {
		uint32_t row = into->slots[home_of(into, from[i]->level, from[i]->region)];
		if (row)
			__builtin_prefetch(into->rows[row - 1]);
	}
	for (unsigned i = 0; i < n; i++) {
		ret[i] = figure_row(into, from[i]->level, from[i]->region);
		__builtin_prefetch(ret[i]->parts);
	}
	for (unsigned i = 0; i < n; i++)
		for (unsigned part = 0; part < from[i]->part_count; part++) {
			unsigned to = map[part * FIGURE_PART] / FIGURE_PART;
			if (from[i]->parts[part] && to < ret[i]->part_count && ret[i]->parts[to])
				__builtin_prefetch(part_at(into, ret[i]->parts[to] - 1));
		}
}

static void add_times(struct figures *into, const struct figures *from, int64_t times)
{
	unsigned *map = mem_alloc((from->name_count + FIGURE_PART) * sizeof *map);
	struct figure_row *to[AT_ONCE];
	for (unsigned i = 0; i < from->name_count; i++)
		map[i] = same_name(into, i, from->names[i]);
	for (uint32_t i = 0; i < from->row_count; i++) {
		const struct figure_row *r = from->rows[i];
		if (i % AT_ONCE == 0)
			fetch_rows(into, from->rows + i, from->row_count - i < AT_ONCE ? from->row_count - i : AT_ONCE, map, to);
		for (unsigned part = 0; part < r->part_count; part++)
			for (unsigned k = 0; r->parts[part] && k < FIGURE_PART; k++) {
				int64_t count = part_at(from, r->parts[part] - 1)[k];
				if (count)
					figure_row_add(into, to[i % AT_ONCE], map[part * FIGURE_PART + k], times * count);
			}
	}
	free(map);
}

void figures_merge(struct figures *into, const struct figures *from)
{
	add_times(into, from, 1);
}

void figures_take_off(struct figures *from, const struct figures *less)
{
	add_times(from, less, -1);
}

void figures_clear(struct figures *f)
{
	arena_reset(&f->places);
	f->row_count = f->part_count = 0;
	if (f->slot_count)
		memset(f->slots, 0, f->slot_count * sizeof *f->slots);
}

void figures_release(struct figures *f)
{
	for (uint32_t i = 0; i < f->page_count; i++)
		free(f->pages[i]);
	free(f->pages);
	free(f->rows);
	free(f->slots);
	free(f->names);
	arena_release(&f->places);
	arena_release(&f->arena);
	*f = (struct figures){ 0 };
}

/* ---- on disk ----------------------------------------------------------------------------------------------------------------------- */

#define COUNT_BYTES 24
#define BLOCK_COUNTS 40000 /* about 1 MiB */

static int by_place(const void *pa, const void *pb)
{
	const struct figure_row *a = *(struct figure_row *const *)pa, *b = *(struct figure_row *const *)pb;
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

/* Names and places in the order in which they are written. Names are numbered as they come up; on disk they are numbered by their
 * order, so that threads do not show. */
struct encoder {
	const struct figures *f;
	struct named *names;
	struct figure_row **rows;
	uint32_t at;           /* the next row */
};

static void encoder_begin(struct encoder *e, const struct figures *f)
{
	*e = (struct encoder){ .f = f };
	e->names = mem_alloc((f->name_count + 1) * sizeof *e->names);
	e->rows = mem_alloc((f->row_count + 1) * sizeof *e->rows);
	for (unsigned i = 0; i < f->name_count; i++)
		e->names[i] = (struct named){ f->names[i], i };
	for (uint32_t i = 0; i < f->row_count; i++)
		e->rows[i] = f->rows[i];
	sort(e->names, f->name_count, sizeof *e->names, by_name);
	sort(e->rows, f->row_count, sizeof *e->rows, by_place);
}

static void encoder_end(struct encoder *e)
{
	free(e->names);
	free(e->rows);
}

static uint32_t encode_row(const struct encoder *e, const struct figure_row *row, struct buf *b)
{
	uint32_t n = 0;
	buf_reserve(b, e->f->name_count * (size_t)COUNT_BYTES);
	for (unsigned i = 0; i < e->f->name_count; i++) {
		int64_t count = figure_row_get(e->f, row, e->names[i].number);
		if (!count)
			continue;
		char *p = b->p + b->n;
		le32_put(p, i);
		le32_put(p + 4, row->level);
		le64_put(p + 8, row->region);
		le64_put(p + 16, (uint64_t)count);
		b->n += COUNT_BYTES;
		n++;
	}
	return n;
}

/* Whole rows, until there are `most` counts. */
static void encode_some(struct encoder *e, uint32_t most, struct buf *b)
{
	uint32_t n = 0;
	put32(b, e->f->name_count);
	for (unsigned i = 0; i < e->f->name_count; i++)
		put_text(b, e->names[i].name);
	size_t at = b->n;
	put32(b, 0);
	while (e->at < e->f->row_count && n < most)
		n += encode_row(e, e->rows[e->at++], b);
	le32_put(b->p + at, n);
}

void figures_encode(const struct figures *f, struct buf *b)
{
	struct encoder e;
	encoder_begin(&e, f);
	encode_some(&e, UINT32_MAX, b);
	encoder_end(&e);
}

int figures_put(const struct figures *f, struct frame_writer *w, struct err *err)
{
	struct encoder e;
	struct buf b = { 0 };
	int r = 0;
	encoder_begin(&e, f);
	do {
		b.n = 0;
		encode_some(&e, BLOCK_COUNTS, &b);
		r = frame_put(w, TAG_FIGURES, b.p, b.n, 0, err);
	} while (r == 0 && e.at < f->row_count);
	encoder_end(&e);
	buf_release(&b);
	return r;
}

int figure_block_open(struct figure_block *ret, const uint8_t *p, size_t n)
{
	struct reader r = { p, p + n, false };
	uint32_t names = take32(&r);
	*ret = (struct figure_block){ .broken = true };
	if (names > UINT16_MAX)
		return -1;
	ret->names = mem_alloc((names + 1) * sizeof *ret->names);
	for (ret->name_count = 0; ret->name_count < names && !r.failed; ret->name_count++)
		ret->names[ret->name_count] = take_text(&r);
	ret->left = take32(&r);
	if (r.failed || (uint64_t)ret->left * COUNT_BYTES != (uint64_t)(r.end - r.p))
		return -1;
	ret->at = r.p;
	ret->broken = false;
	return 0;
}

bool figure_block_next(struct figure_block *b, struct figure_count *ret)
{
	if (!b->left || b->broken)
		return false;
	uint32_t name = le32_get(b->at), level = le32_get(b->at + 4);
	b->broken = name >= b->name_count || level >= FIGURE_LEVELS;
	*ret = (struct figure_count){ name, (enum figure_level)level, le64_get(b->at + 8), (int64_t)le64_get(b->at + 16) };
	b->at += COUNT_BYTES;
	b->left--;
	return !b->broken;
}

int figure_block_close(struct figure_block *b)
{
	free(b->names);
	b->names = NULL;
	return b->broken ? -1 : 0;
}

int figures_decode(struct figures *f, const uint8_t *p, size_t n)
{
	struct figure_block b;
	struct figure_count c;
	if (figure_block_open(&b, p, n) == 0) {
		unsigned *map = mem_alloc((b.name_count + 1) * sizeof *map);
		for (uint32_t i = 0; i < b.name_count; i++)
			map[i] = figure_name(f, b.names[i]);
		while (figure_block_next(&b, &c))
			figure_add(f, map[c.name], c.level, c.region, c.count);
		free(map);
	}
	return figure_block_close(&b);
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
	if (is_village(r))
		ret[n++] = (struct figure_at){ FIGURE_VILLAGE, r };
	const struct place *p = places_find(places, region);
	if (p && p->poor >= 0)
		ret[n++] = (struct figure_at){ FIGURE_CLASS, (uint64_t)p->poor };
	return n;
}
