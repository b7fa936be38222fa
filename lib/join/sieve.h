/* sieve: which keys are in a set, in a few bits a key: 'no' is certain, 'yes' is mostly right. A blocked Bloom filter. */
#ifndef BIDUI_JOIN_SIEVE_H
#define BIDUI_JOIN_SIEVE_H

#include "base/mem.h"

#include <stdbool.h>

struct sieve {
	uint64_t *words;        /* NULL: nothing is in it */
	unsigned shift;
};

static inline uint64_t sieve_hash(uint64_t key)
{
	key *= UINT64_C(0x9E3779B97F4A7C15);
	key ^= key >> 32;
	return key * UINT64_C(0xD6E8FEB86659FD93);
}

/* For about so many keys, with `bits` or more for each. */
static inline void sieve_make(struct sieve *s, uint64_t keys, unsigned bits)
{
	unsigned log = 10;
	while (log < 36 && UINT64_C(1) << log < keys * bits)
		log++;
	s->words = mem_alloc((UINT64_C(1) << log) / 8);
	s->shift = 64 - (log - 6);
}

static inline uint64_t sieve_mask(uint64_t h)
{
	return UINT64_C(1) << (h & 63) | UINT64_C(1) << (h >> 6 & 63) | UINT64_C(1) << (h >> 12 & 63);
}

static inline void sieve_fetch(const struct sieve *s, uint64_t h)
{
	__builtin_prefetch(&s->words[h >> s->shift]);
}

/* h: sieve_hash of the key. Whether it may have been there. */
static inline bool sieve_add(struct sieve *s, uint64_t h)
{
	uint64_t *word = &s->words[h >> s->shift], mask = sieve_mask(h);
	bool seen = (*word & mask) == mask;
	*word |= mask;
	return seen;
}

static inline bool sieve_has(const struct sieve *s, uint64_t h)
{
	uint64_t mask = sieve_mask(h);
	return s->words && (s->words[h >> s->shift] & mask) == mask;
}

static inline uint64_t sieve_bytes(const struct sieve *s) { return s->words ? UINT64_C(8) << (64 - s->shift) : 0; }

static inline void sieve_release(struct sieve *s)
{
	free(s->words);
	*s = (struct sieve){ 0 };
}

#endif
