#include "seen.h"

#include "base/mem.h"
#include "base/seed.h"

#define AHEAD 16 /* numbers whose places are fetched while others are looked at */

static size_t home_of(const struct seen *s, uint64_t n)
{
	uint64_t h = n * s->seed;
	return ((h ^ h >> 32) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (s->cap - 1);
}

/* Where the number stands, or the free place for it. */
static uint64_t *place(const struct seen *s, uint64_t n)
{
	size_t i = home_of(s, n);
	while (s->slots[i] && s->slots[i] != n)
		i = (i + 1) & (s->cap - 1);
	return &s->slots[i];
}

static void grow(struct seen *s, size_t cap)
{
	struct seen larger = { .count = s->count, .cap = cap, .zero = s->zero, .seed = hash_seed() };
	larger.slots = mem_alloc(larger.cap * sizeof *larger.slots);
	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i])
			*place(&larger, s->slots[i]) = s->slots[i];
	free(s->slots);
	*s = larger;
}

void seen_reserve(struct seen *s, size_t n)
{
	size_t cap = s->cap ? s->cap : 1024;
	while (cap < 2 * (s->count + n))
		cap *= 2;
	if (cap > s->cap)
		grow(s, cap);
}

bool seen_add(struct seen *s, uint64_t n)
{
	bool had = s->zero;
	if (!n) {
		s->zero = true;
		return !had;
	}
	if (2 * s->count >= s->cap)
		grow(s, s->cap ? 2 * s->cap : 1024);
	uint64_t *at = place(s, n);
	if (*at)
		return false;
	*at = n;
	s->count++;
	return true;
}

uint64_t seen_add_all(struct seen *s, const struct seen *more)
{
	uint64_t again = more->zero && !seen_add(s, 0);
	seen_reserve(s, more->count);
	for (size_t i = 0; i < more->cap; i++) {
		if (i + AHEAD < more->cap)
			__builtin_prefetch(&s->slots[home_of(s, more->slots[i + AHEAD])]);
		again += more->slots[i] && !seen_add(s, more->slots[i]);
	}
	return again;
}

void seen_release(struct seen *s)
{
	free(s->slots);
	*s = (struct seen){ 0 };
}
