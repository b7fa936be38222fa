/* filter: which keys may have been seen before, in about a byte a key; never says no wrongly.
 *
 * A chain of blocked Bloom filters: the first as large as the keys expected ask for, each next one up to four times the one before,
 * so that a small table stays small and a large one is not copied. A key sets four bits of one 64-bit word: one cache miss a filter.
 * About one in a hundred keys is suspected wrongly, as long as the memory that is allowed is a byte a key; with less more are.
 */
#ifndef BIDUI_TABLE_FILTER_H
#define BIDUI_TABLE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#define FILTER_LEVELS 8 /* the last one takes all that comes */
#define FILTER_GROUP 32 /* keys */

struct filter {
	uint64_t *words[FILTER_LEVELS];
	uint8_t bits[FILTER_LEVELS]; /* log2 of the bits of a level */
	uint64_t room;               /* keys that the level still takes */
	uint64_t most;               /* bytes of all levels together */
	int level;
};

/* A group of keys whose memory is on its way. */
struct filter_group {
	uint64_t h[FILTER_GROUP];
	unsigned n;
};

/* most: bytes, or 0 for as many as are good; at least FILTER_LEAST are taken. */
#define FILTER_LEAST (UINT64_C(1) << 17)
void filter_init(struct filter *f, uint64_t expected, uint64_t most);
/* Fetch the memory of up to FILTER_GROUP keys of keys[0 .. n); of each only the bits in mask count. */
void filter_fetch(const struct filter *f, const uint64_t *keys, uint32_t n, uint64_t mask, struct filter_group *ret);
/* Add them. Bit i: key i may have been there before. */
uint64_t filter_add(struct filter *f, const struct filter_group *g);
void filter_release(struct filter *f);

static inline uint64_t filter_mix(uint64_t x)
{
	x ^= x >> 32;
	x *= UINT64_C(0xD6E8FEB86659FD93);
	x ^= x >> 32;
	x *= UINT64_C(0xD6E8FEB86659FD93);
	return x ^ x >> 32;
}

static inline uint64_t *filter_word(const struct filter *f, int level, uint64_t h)
{
	return &f->words[level][h >> (70 - f->bits[level])];
}

/* The word is chosen by the highest bits of a mixed key, the bits in it by the lowest 24. */
static inline uint64_t filter_mask(uint64_t h)
{
	return UINT64_C(1) << (h & 63) | UINT64_C(1) << (h >> 6 & 63) | UINT64_C(1) << (h >> 12 & 63) | UINT64_C(1) << (h >> 18 & 63);
}

/* Whether a key may have been added. */
static inline bool filter_has(const struct filter *f, uint64_t key)
{
	uint64_t h = filter_mix(key), mask = filter_mask(h);
	bool seen = false;
	for (int i = 0; i <= f->level && !seen; i++)
		seen = (*filter_word(f, i, h) & mask) == mask;
	return seen;
}

#endif
