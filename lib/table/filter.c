#include "filter.h"

#include "base/mem.h"

#include <stdlib.h>

#define LEAST_BITS 20 /* log2 of the bits of a level */
#define MOST_BITS 32
#define BITS_A_KEY 7

/* Make the memory of a level. It is asked for from the system, zeroed and only as far as it is touched. */
static void begin_level(struct filter *f, int level, unsigned bits)
{
	f->level = level;
	f->bits[level] = (uint8_t)bits;
	f->words[level] = mem_alloc(UINT64_C(1) << (bits - 3));
	f->most -= UINT64_C(1) << (bits - 3);
	f->room = level + 1 == FILTER_LEVELS || f->most < UINT64_C(1) << (LEAST_BITS - 3) ? UINT64_MAX : (UINT64_C(1) << bits) / BITS_A_KEY;
}

/* The bits of a level that are wanted, or the most that the memory is there for. */
static unsigned bits_there(const struct filter *f, unsigned bits)
{
	while (bits > LEAST_BITS && (bits > MOST_BITS || UINT64_C(1) << (bits - 3) > f->most))
		bits--;
	return bits;
}

void filter_init(struct filter *f, uint64_t expected, uint64_t most)
{
	unsigned bits = LEAST_BITS;
	while (bits < MOST_BITS && (UINT64_C(1) << bits) / BITS_A_KEY < expected)
		bits++;
	*f = (struct filter){ .most = !most ? UINT64_MAX : most < FILTER_LEAST ? FILTER_LEAST : most };
	begin_level(f, 0, bits_there(f, bits));
}

/* h: of the key, mixed. */
static inline bool add_one(struct filter *f, uint64_t h)
{
	uint64_t mask = filter_mask(h);
	bool seen = false;
	for (int i = 0; i < f->level && !seen; i++)
		seen = (*filter_word(f, i, h) & mask) == mask;
	uint64_t *word = filter_word(f, f->level, h);
	seen = seen || (*word & mask) == mask;
	*word |= mask;
	if (--f->room == 0)
		begin_level(f, f->level + 1, bits_there(f, f->bits[f->level] + 2u));
	return seen;
}

void filter_fetch(const struct filter *f, const uint64_t *keys, uint32_t n, uint64_t mask, struct filter_group *ret)
{
	ret->n = n < FILTER_GROUP ? n : FILTER_GROUP;
	for (unsigned i = 0; i < ret->n; i++) {
		ret->h[i] = filter_mix(keys[i] & mask);
		for (int k = 0; k <= f->level; k++)
			__builtin_prefetch(filter_word(f, k, ret->h[i]), 1);
	}
}

uint64_t filter_add(struct filter *f, const struct filter_group *g)
{
	uint64_t seen = 0;
	for (unsigned i = 0; i < g->n; i++)
		seen |= (uint64_t)add_one(f, g->h[i]) << i;
	return seen;
}

void filter_release(struct filter *f)
{
	for (int i = 0; i < FILTER_LEVELS; i++)
		free(f->words[i]);
	*f = (struct filter){ 0 };
}
