#include "world.h"

#include "id/id.h"

#include <string.h>

enum stream { STREAM_SIZES = 1, STREAM_HOUSES, STREAM_PEOPLE, STREAM_VILLAGE };

static bool in_collective(uint64_t seed, uint64_t block, unsigned *ret_people)
{
	struct rng r = rng_of(seed, STREAM_SIZES, block);
	*ret_people = (unsigned)rng_between(&r, 11, 40); /* 11 and 12 are no collective by size: the type alone makes them one */
	return rng_chance(&r, 2);
}

/* How many people each house has; returns all. */
static unsigned block_sizes(uint64_t seed, uint64_t block, unsigned sizes[HOUSES])
{
	static const uint8_t weights[SEATS] = { 18, 26, 22, 18, 10, 6 };
	unsigned all;
	memset(sizes, 0, HOUSES * sizeof *sizes);
	if (in_collective(seed, block, &all)) {
		sizes[0] = all;
		return all;
	}
	struct rng r = rng_of(seed, STREAM_SIZES, ~block);
	all = 0;
	for (unsigned i = 0; i < HOUSES; i++)
		all += sizes[i] = 1 + rng_pick(&r, weights);
	return all;
}

void world_init(struct world *w, uint64_t seed, uint64_t persons)
{
	unsigned sizes[HOUSES], n;
	uint64_t left = persons, block = 0;
	while ((n = block_sizes(seed, block, sizes)) < left) {
		left -= n;
		block++;
	}
	*w = (struct world){ seed, persons, block + 1, (unsigned)left };
}

uint64_t world_villages(const struct world *w)
{
	return (w->blocks + VILLAGE_BLOCKS - 1) / VILLAGE_BLOCKS;
}

uint64_t village_code(uint64_t village)
{
	uint64_t county = 500901 + village / COUNTY_VILLAGES, in_county = village % COUNTY_VILLAGES;
	uint64_t township = 1 + in_county / TOWNSHIP_VILLAGES, place = in_county % TOWNSHIP_VILLAGES;
	uint64_t last = place < TOWNSHIP_VILLAGES - 4 ? 201 + place : 1 + place - (TOWNSHIP_VILLAGES - 4);
	return (county * 1000 + township) * 1000 + last;
}

bool village_is_urban(uint64_t village)
{
	return village % TOWNSHIP_VILLAGES >= TOWNSHIP_VILLAGES - 4;
}

uint64_t seat_id(uint64_t seat, unsigned band, bool male)
{
	uint64_t county_seats = (uint64_t)COUNTY_BLOCKS * BLOCK_SEATS;
	uint64_t in_county = seat % county_seats, low = in_county % 500, high = in_county / 500;
	uint32_t sequence = (uint32_t)(low * 347 % 500 * 2 + male);
	int32_t in_band = (int32_t)((high * 1021 + low * 619) % BAND_DAYS);
	return id_pack(500901 + (uint32_t)(seat / county_seats), AS_OF - (int32_t)band * BAND_DAYS - in_band, sequence);
}

uint64_t spare_seat(const struct block *b, const struct house *h)
{
	if (h->collective || h->count == SEATS)
		return UINT64_MAX;
	return b->number * BLOCK_SEATS + h->no % HOUSES * SEATS + h->count;
}

/* Share of split-off houses in percent: most villages hardly any, a few far too many, a few just below what is too many. */
static uint32_t village_split_share(uint64_t seed, uint64_t village)
{
	struct rng r = rng_of(seed, STREAM_VILLAGE, village);
	uint32_t draw = rng_below(&r, 100);
	return draw < 2 ? 65 : draw < 5 ? 45 : 3;
}

static void split_off(struct house *h, struct rng *r)
{
	h->split_on = AS_OF - rng_between(r, -20, 365 * 5); /* from before the window to after it */
	h->split_from = h->no ^ 1;
}

static void register_house(struct house *h, struct rng *r)
{
	static const uint8_t status_weights[] = { 22, 75, 3 };
	h->registered = true;
	h->status = (uint8_t)rng_pick(r, status_weights);
	h->entered_year = rng_between(r, 2013, 2017);
	h->exited_year = h->status == POOR ? 0 : h->entered_year + (rng_chance(r, 40) ? 0 : rng_between(r, 1, 3));
	if (h->exited_year > 2017)
		h->exited_year = 2017;
	h->relocation = rng_chance(r, 80);
}

/* Arrange what the rules on two households look for; `even` becomes a poor registry household, `odd` is outside. */
static void arrange(struct house *even, struct house *odd, struct rng *r)
{
	even->event = odd->event = (uint8_t)(1 + rng_below(r, EVENT_COUNT - 1));
	register_house(even, r);
	even->status = rng_chance(r, 900) ? POOR : EXITED;
	odd->registered = odd->event == EVENT_TWICE;
	if (odd->registered)
		register_house(odd, r);
	switch (even->event) {
	case EVENT_OLD_SPLIT: split_off(rng_chance(r, 700) ? even : odd, r); break;
	case EVENT_DIVORCE: odd->address = rng_chance(r, 800) ? even->address : odd->address; break;
	case EVENT_RELOCATED:
		even->relocation = true;
		even->entered_year = rng_chance(r, 800) ? 2016 : 2015;
		break;
	default: break;
	}
}

static void make_houses(const struct world *w, struct block *b, const unsigned sizes[HOUSES])
{
	struct rng r = rng_of(w->seed, STREAM_HOUSES, b->number);
	uint64_t village = b->number / VILLAGE_BLOCKS;
	uint32_t split_share = village_split_share(w->seed, village);
	for (unsigned i = 0, first = 0; i < HOUSES && sizes[i]; first += sizes[i++]) {
		struct house *h = &b->houses[b->house_count++];
		*h = (struct house){ .no = b->number * HOUSES + i, .first = first, .count = sizes[i], .village = village };
		h->address = h->no;
		h->collective = !sizes[1];
		if (h->collective)
			continue;
		h->converted = !village_is_urban(village) && rng_chance(&r, 60);
		if (rng_below(&r, 100) < split_share)
			split_off(h, &r);
		if (rng_chance(&r, village_is_urban(village) ? 8 : 52))
			register_house(h, &r);
	}
	for (unsigned i = 0; i + 1 < b->house_count; i += 2)
		if (rng_chance(&r, 6))
			arrange(&b->houses[i], &b->houses[i + 1], &r);
}

static unsigned clamp_band(int band)
{
	return band < 0 ? 0 : band > 17 ? 17 : (unsigned)band;
}

static uint8_t hukou_type(const struct house *h, struct rng *r)
{
	if (h->collective)
		return rng_chance(r, 500) ? HUKOU_COLLECTIVE : HUKOU_URBAN;
	if (h->converted)
		return rng_chance(r, 950) ? HUKOU_URBAN : HUKOU_RURAL;
	if (village_is_urban(h->village))
		return rng_chance(r, 850) ? HUKOU_URBAN : rng_chance(r, 500) ? HUKOU_RESIDENT : HUKOU_RURAL;
	return rng_chance(r, 940) ? HUKOU_RURAL : HUKOU_RESIDENT;
}

/* The band of age and the relation of the n-th person of a house whose head is of band `head`. */
static unsigned draw_relation(struct person *p, unsigned n, unsigned head, struct rng *r)
{
	static const uint8_t weights[] = { 62, 16, 16, 6 }; /* of the third and later */
	static const uint8_t relations[] = { RELATION_CHILD, RELATION_PARENT, RELATION_GRANDCHILD, RELATION_OTHER };
	static const int8_t bands[] = { -5, 4, -9, 0 };
	if (n == 0)
		p->relation = RELATION_HEAD;
	else if (n == 1 && rng_chance(r, 800))
		p->relation = RELATION_SPOUSE;
	else {
		unsigned i = rng_pick(r, weights);
		p->relation = relations[i];
		return clamp_band((int)head + bands[i] + rng_between(r, -1, 1));
	}
	return clamp_band((int)head + (n ? rng_between(r, -1, 1) : 0));
}

static unsigned head_band(const struct house *h, struct rng *r)
{
	if (h->event != EVENT_OLD_SPLIT)
		return (unsigned)rng_between(r, 4, 13);
	return (unsigned)(h->no % 2 ? rng_between(r, 5, 9) : rng_between(r, 10, 14));
}

static void make_people(const struct world *w, struct block *b, const struct house *h)
{
	struct rng r = rng_of(w->seed, STREAM_PEOPLE, h->no);
	uint32_t surname = (uint32_t)rng_next(&r);
	unsigned head = head_band(h, &r);
	for (unsigned n = 0; n < h->count; n++) {
		struct person *p = &b->people[h->first + n];
		p->seat = b->number * BLOCK_SEATS + (h->collective ? n : h->no % HOUSES * SEATS + n);
		p->band = (uint8_t)draw_relation(p, n, head, &r);
		if (h->event == EVENT_OLD_SPLIT && h->no % 2 == 0 && p->band < 10)
			p->band = 10;
		bool shares = p->relation == RELATION_HEAD || p->relation == RELATION_CHILD || p->relation == RELATION_GRANDCHILD;
		p->surname = shares && !h->collective ? surname : (uint32_t)rng_next(&r);
		p->given = (uint32_t)rng_next(&r);
		p->id = seat_id(p->seat, p->band, p->relation == RELATION_SPOUSE ? rng_chance(&r, 150) : rng_chance(&r, 550));
		p->type = hukou_type(h, &r);
		p->state = rng_chance(&r, 7) ? STATE_DEAD : rng_chance(&r, 10) ? STATE_MOVED : STATE_NORMAL;
		p->registered = h->registered && rng_chance(&r, p->state == STATE_NORMAL ? 965 : 300);
	}
}

void world_block(const struct world *w, uint64_t number, struct block *ret)
{
	unsigned sizes[HOUSES];
	ret->number = number;
	ret->house_count = 0;
	ret->people_count = block_sizes(w->seed, number, sizes);
	make_houses(w, ret, sizes);
	for (unsigned i = 0; i < ret->house_count; i++)
		make_people(w, ret, &ret->houses[i]);
	if (number + 1 < w->blocks)
		return;
	/* The last block: people beyond the wanted number are not there. */
	ret->people_count = w->last_people;
	for (unsigned i = 0; i < ret->house_count; i++) {
		struct house *h = &ret->houses[i];
		if (h->first + h->count > w->last_people)
			h->count = h->first < w->last_people ? w->last_people - h->first : 0;
	}
}
