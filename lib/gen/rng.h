/* rng: random numbers that can be drawn for the n-th thing of a stream without drawing for those before it (splitmix64). */
#ifndef BIDUI_GEN_RNG_H
#define BIDUI_GEN_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static inline struct rng rng_of(uint64_t seed, uint64_t stream, uint64_t index)
{
	return (struct rng){ rng_mix(seed ^ rng_mix(stream ^ rng_mix(index + UINT64_C(0x9E3779B97F4A7C15)))) };
}

static inline uint64_t rng_next(struct rng *r)
{
	return rng_mix(r->state += UINT64_C(0x9E3779B97F4A7C15));
}

/* 0 to n - 1. */
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

/* True in `permille` of a thousand cases. */
static inline bool rng_chance(struct rng *r, uint32_t permille)
{
	return rng_below(r, 1000) < permille;
}

/* low to high. */
static inline int rng_between(struct rng *r, int low, int high)
{
	return low + (int)rng_below(r, (uint32_t)(high - low + 1));
}

/* An index of a list of weights that sum up to 100. */
static inline unsigned rng_pick(struct rng *r, const uint8_t *weights)
{
	unsigned i = 0;
	for (uint32_t at = rng_below(r, 100); at >= weights[i]; i++)
		at -= weights[i];
	return i;
}

#endif
