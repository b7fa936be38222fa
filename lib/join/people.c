#include "internal.h"

#include <stdlib.h>

static uint64_t spread(uint64_t key)
{
	key *= UINT64_C(0x9E3779B97F4A7C15);
	return key ^ key >> 32;
}

static uint64_t slot_of(const struct people_map *m, uint64_t key)
{
	uint64_t at = spread(key) & m->mask;
	while (m->slots[at].index && m->slots[at].key != key)
		at = (at + 1) & m->mask;
	return at;
}

/* Eight bits a slot and two slots a person: one in sixteen strangers passes. */
static void set_bit(struct people_map *m, uint64_t key)
{
	uint64_t bit = spread(key) >> m->filter_shift;
	m->filter[bit / 64] |= UINT64_C(1) << bit % 64;
}

static void resize(struct people_map *m, uint64_t mask)
{
	free(m->slots);
	free(m->filter);
	m->mask = mask;
	m->slots = mem_alloc((m->mask + 1) * sizeof *m->slots);
	m->filter = mem_alloc(m->mask + 1);
	m->filter_shift = (unsigned)__builtin_clzll(8 * (m->mask + 1) - 1);
	for (uint32_t i = 0; i < m->count; i++) {
		m->slots[slot_of(m, m->items[i].key)] = (struct people_slot){ m->items[i].key, i + 1 };
		set_bit(m, m->items[i].key);
	}
}

void people_reserve(struct people_map *m, uint64_t count)
{
	uint64_t mask = m->mask ? m->mask : 1023;
	while (mask <= 2 * count)
		mask = 2 * mask + 1;
	if (mask != m->mask)
		resize(m, mask);
}

uint32_t people_add(struct people_map *m, uint64_t key, uint8_t flags)
{
	if (2 * (uint64_t)m->count >= m->mask)
		resize(m, m->mask ? 2 * m->mask + 1 : 1023);
	struct people_slot *s = &m->slots[slot_of(m, key)];
	if (!s->index) {
		struct wanted_person p = { .key = key, .household = NONE, .home = NONE, .parent = m->count };
		VEC_PUSH(m->items, m->count, m->cap, p);
		*s = (struct people_slot){ key, m->count };
		set_bit(m, key);
	}
	m->items[s->index - 1].flags |= flags;
	return s->index - 1;
}

void people_prefetch(const struct people_map *m, uint64_t key)
{
	if (!m->count)
		return;
	uint64_t h = spread(key), bit = h >> m->filter_shift;
	__builtin_prefetch(&m->filter[bit / 64]);
	__builtin_prefetch(&m->slots[h & m->mask]);
}

uint32_t people_find(const struct people_map *m, uint64_t key)
{
	if (!m->count)
		return NONE;
	uint64_t bit = spread(key) >> m->filter_shift;
	if (!(m->filter[bit / 64] >> bit % 64 & 1))
		return NONE;
	const struct people_slot *s = &m->slots[slot_of(m, key)];
	return s->index ? s->index - 1 : NONE;
}

uint32_t people_root(struct people_map *m, uint32_t i)
{
	while (m->items[i].parent != i)
		i = m->items[i].parent = m->items[m->items[i].parent].parent;
	return i;
}

/* The lower index becomes the root: who stands for a dossier does not depend on the order of the joins. */
void people_join(struct people_map *m, uint32_t a, uint32_t b)
{
	a = people_root(m, a);
	b = people_root(m, b);
	if (a < b)
		m->items[b].parent = a;
	else
		m->items[a].parent = b;
}

void people_release(struct people_map *m)
{
	free(m->items);
	free(m->slots);
	free(m->filter);
	*m = (struct people_map){ 0 };
}
