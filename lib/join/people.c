#include "people.h"

#include "base/seed.h"

#define BATCH 32 /* keys */
#define LEAST 1024 /* slots */

static uint64_t hash_of(const struct wanted_people *p, uint64_t key)
{
	return sieve_hash(key * p->seed);
}

static uint64_t home_of(const struct wanted_people *p, uint64_t hash)
{
	return (hash >> 32) * p->cap >> 32;
}

static bool is_empty(const struct wanted_people *p, uint64_t at)
{
	return !p->slots[at].low && !p->slots[at].high;
}

static uint32_t slot_of(const struct wanted_people *p, uint64_t key)
{
	uint64_t at = home_of(p, hash_of(p, key));
	while (!is_empty(p, at) && people_key(p, (uint32_t)at) != key)
		if (++at == p->cap)
			at = 0;
	return (uint32_t)at;
}

static void resize(struct wanted_people *p, uint64_t cap)
{
	struct wanted_people old = *p;
	p->cap = cap;
	p->seed = hash_seed();
	p->slots = mem_alloc(cap * sizeof *p->slots);
	for (uint64_t i = 0; i < old.cap; i++)
		if (!is_empty(&old, i))
			p->slots[slot_of(p, people_key(&old, (uint32_t)i))] = old.slots[i];
	free(old.slots);
}

void people_reserve(struct wanted_people *p, uint64_t count)
{
	uint64_t cap = count + count / 2 + LEAST;
	if (cap > p->cap)
		resize(p, cap);
}

uint32_t people_add(struct wanted_people *p, uint64_t key, unsigned flags)
{
	if (4 * (p->count + 1) > 3 * p->cap)
		resize(p, p->cap + p->cap / 2 + LEAST);
	uint32_t at = slot_of(p, key);
	if (is_empty(p, at)) {
		p->slots[at] = (struct wanted_person){ (uint32_t)key, (uint16_t)(key >> 32), 0, NONE };
		p->count++;
	}
	people_mark(p, at, flags);
	return at;
}

void people_settle(struct wanted_people *p)
{
	sieve_release(&p->sieve);
	sieve_make(&p->sieve, p->count, 12);
	for (uint64_t i = 0; i < p->cap; i++)
		if (!is_empty(p, i))
			sieve_add(&p->sieve, hash_of(p, people_key(p, (uint32_t)i)));
}

uint32_t people_look(const struct wanted_people *p, uint64_t key)
{
	if (!p->cap)
		return NONE;
	uint32_t at = slot_of(p, key);
	return is_empty(p, at) ? NONE : at;
}

uint32_t people_find(const struct wanted_people *p, uint64_t key)
{
	return sieve_has(&p->sieve, hash_of(p, key)) ? people_look(p, key) : NONE;
}

static void find_batch(const struct wanted_people *p, const uint64_t *keys, uint32_t n, uint32_t *ret)
{
	uint64_t h[BATCH];
	uint32_t in[BATCH], count = 0;
	for (uint32_t i = 0; i < n; i++) {
		h[i] = hash_of(p, keys[i]);
		sieve_fetch(&p->sieve, h[i]);
	}
	for (uint32_t i = 0; i < n; i++) {
		ret[i] = NONE;
		if (!sieve_has(&p->sieve, h[i]))
			continue;
		__builtin_prefetch(&p->slots[home_of(p, h[i])]);
		in[count++] = i;
	}
	for (uint32_t k = 0; k < count; k++) {
		uint32_t at = slot_of(p, keys[in[k]]);
		ret[in[k]] = is_empty(p, at) ? NONE : at;
	}
}

void people_find_all(const struct wanted_people *p, const uint64_t *keys, uint32_t n, uint32_t *ret)
{
	for (uint32_t from = 0; from < n; from += BATCH)
		if (p->count)
			find_batch(p, keys + from, n - from < BATCH ? n - from : BATCH, ret + from);
		else
			memset(ret + from, 0xFF, (n - from < BATCH ? n - from : BATCH) * sizeof *ret);
}

void people_release(struct wanted_people *p)
{
	free(p->slots);
	sieve_release(&p->sieve);
	*p = (struct wanted_people){ 0 };
}
