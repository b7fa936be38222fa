#include "seen.h"

#include "base/mem.h"
#include "base/seed.h"

/* Where the number stands, or the free place for it. */
static uint64_t *place(const struct seen *s, uint64_t n)
{
	uint64_t h = n * s->seed;
	size_t i = ((h ^ h >> 32) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (s->cap - 1);
	while (s->slots[i] && s->slots[i] != n)
		i = (i + 1) & (s->cap - 1);
	return &s->slots[i];
}

static void grow(struct seen *s)
{
	struct seen larger = { .count = s->count, .cap = s->cap ? 2 * s->cap : 1024, .zero = s->zero, .seed = hash_seed() };
	larger.slots = mem_alloc(larger.cap * sizeof *larger.slots);
	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i])
			*place(&larger, s->slots[i]) = s->slots[i];
	free(s->slots);
	*s = larger;
}

bool seen_add(struct seen *s, uint64_t n)
{
	bool had = s->zero;
	if (!n) {
		s->zero = true;
		return !had;
	}
	if (2 * s->count >= s->cap)
		grow(s);
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
	for (size_t i = 0; i < more->cap; i++)
		again += more->slots[i] && !seen_add(s, more->slots[i]);
	return again;
}

void seen_release(struct seen *s)
{
	free(s->slots);
	*s = (struct seen){ 0 };
}
