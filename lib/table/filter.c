#include "filter.h"

#include "base/mem.h"

#include <stdlib.h>

#define FIRST_BITS 20

static uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= UINT64_C(0xD6E8FEB86659FD93);
	x ^= x >> 32;
	x *= UINT64_C(0xD6E8FEB86659FD93);
	return x ^ x >> 32;
}

static unsigned bits_of(int level)
{
	return FIRST_BITS + 3 * (unsigned)level;
}

void filter_prefetch(const struct filter *f, uint64_t key)
{
	uint64_t h = mix(key);
	for (int i = 0; i <= f->level && f->words[i]; i++)
		__builtin_prefetch(&f->words[i][h >> (70 - bits_of(i))]);
}

bool filter_add(struct filter *f, uint64_t key)
{
	uint64_t h = mix(key);
	uint64_t mask = UINT64_C(1) << (h & 63) | UINT64_C(1) << (h >> 6 & 63);
	bool seen = false;
	for (int i = 0; i < f->level && !seen; i++)
		seen = (f->words[i][h >> (70 - bits_of(i))] & mask) == mask;
	if (!f->words[f->level])
		f->words[f->level] = mem_alloc(UINT64_C(1) << (bits_of(f->level) - 3));
	uint64_t *word = &f->words[f->level][h >> (70 - bits_of(f->level))];
	seen = seen || (*word & mask) == mask;
	*word |= mask;
	if (++f->keys[f->level] == UINT64_C(1) << (bits_of(f->level) - 3) && f->level + 1 < FILTER_LEVELS)
		f->level++;
	return seen;
}

void filter_release(struct filter *f)
{
	for (int i = 0; i < FILTER_LEVELS; i++)
		free(f->words[i]);
	*f = (struct filter){ 0 };
}
