#include "internal.h"

#include <stdlib.h>

static uint64_t spread(uint64_t key)
{
	key *= UINT64_C(0x9E3779B97F4A7C15);
	return key ^ key >> 32;
}

static void grow(struct people_map *m)
{
	free(m->slots);
	m->mask = m->mask ? 2 * m->mask + 1 : 1023;
	m->slots = mem_alloc((m->mask + 1) * sizeof *m->slots);
	for (uint32_t i = 0; i < m->count; i++) {
		uint64_t at = spread(m->items[i].key) & m->mask;
		while (m->slots[at])
			at = (at + 1) & m->mask;
		m->slots[at] = i + 1;
	}
}

uint32_t people_add(struct people_map *m, uint64_t key, uint8_t flags)
{
	if (2 * (uint64_t)m->count >= m->mask)
		grow(m);
	uint64_t at = spread(key) & m->mask;
	while (m->slots[at] && m->items[m->slots[at] - 1].key != key)
		at = (at + 1) & m->mask;
	if (!m->slots[at]) {
		struct wanted_person p = { .key = key, .household = NONE, .home = NONE, .parent = m->count };
		VEC_PUSH(m->items, m->count, m->cap, p);
		m->slots[at] = m->count;
	}
	m->items[m->slots[at] - 1].flags |= flags;
	return m->slots[at] - 1;
}

uint32_t people_find(const struct people_map *m, uint64_t key)
{
	if (!m->count)
		return NONE;
	for (uint64_t at = spread(key) & m->mask; m->slots[at]; at = (at + 1) & m->mask)
		if (m->items[m->slots[at] - 1].key == key)
			return m->slots[at] - 1;
	return NONE;
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
	*m = (struct people_map){ 0 };
}
