#include "people.h"

#define BATCH 32 /* keys */
#define LEAST 1024 /* slots */

static uint64_t home_of(const struct wanted_people *p, uint64_t key)
{
	return (sieve_hash(key) >> 32) * p->cap >> 32;
}

static uint32_t slot_of(const struct wanted_people *p, uint64_t key)
{
	uint64_t at = home_of(p, key);
	while (p->slots[at] && (p->slots[at] & PEOPLE_KEY) != key)
		if (++at == p->cap)
			at = 0;
	return (uint32_t)at;
}

static void resize(struct wanted_people *p, uint64_t cap)
{
	struct wanted_people old = *p;
	p->cap = cap;
	p->slots = mem_alloc(cap * sizeof *p->slots);
	p->groups = mem_alloc(cap * sizeof *p->groups);
	for (uint64_t i = 0; i < old.cap; i++) {
		if (!old.slots[i])
			continue;
		uint32_t at = slot_of(p, old.slots[i] & PEOPLE_KEY);
		p->slots[at] = old.slots[i];
		p->groups[at] = old.groups[i];
	}
	free(old.slots);
	free(old.groups);
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
	if (!p->slots[at]) {
		p->slots[at] = key;
		p->groups[at] = NONE;
		p->count++;
	}
	p->slots[at] |= (uint64_t)flags << 47;
	return at;
}

void people_settle(struct wanted_people *p)
{
	sieve_release(&p->sieve);
	sieve_make(&p->sieve, p->count, 12);
	for (uint64_t i = 0; i < p->cap; i++)
		if (p->slots[i])
			sieve_add(&p->sieve, sieve_hash(p->slots[i] & PEOPLE_KEY));
}

uint32_t people_look(const struct wanted_people *p, uint64_t key)
{
	if (!p->cap)
		return NONE;
	uint32_t at = slot_of(p, key);
	return p->slots[at] ? at : NONE;
}

uint32_t people_find(const struct wanted_people *p, uint64_t key)
{
	return sieve_has(&p->sieve, sieve_hash(key)) ? people_look(p, key) : NONE;
}

static void find_batch(const struct wanted_people *p, const uint64_t *keys, uint32_t n, uint32_t *ret)
{
	uint64_t h[BATCH];
	uint32_t in[BATCH], count = 0;
	for (uint32_t i = 0; i < n; i++) {
		h[i] = sieve_hash(keys[i]);
		sieve_fetch(&p->sieve, h[i]);
	}
	for (uint32_t i = 0; i < n; i++) {
		ret[i] = NONE;
		if (!sieve_has(&p->sieve, h[i]))
			continue;
		__builtin_prefetch(&p->slots[home_of(p, keys[i])]);
		in[count++] = i;
	}
	for (uint32_t k = 0; k < count; k++) {
		uint32_t at = slot_of(p, keys[in[k]]);
		ret[in[k]] = p->slots[at] ? at : NONE;
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
	free(p->groups);
	sieve_release(&p->sieve);
	*p = (struct wanted_people){ 0 };
}
