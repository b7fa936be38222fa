#include "groups.h"

#include "dossier/dossier.h"

static uint32_t root(struct groups *g, uint32_t i)
{
	while (g->items[i].parent != i)
		i = g->items[i].parent = g->items[g->items[i].parent].parent;
	return i;
}

/* Whether a comes before b: by sort, then by order. */
static bool before(const struct groups *g, uint32_t a, uint32_t b)
{
	unsigned sa = g->marks[a] & GROUP_SORT, sb = g->marks[b] & GROUP_SORT;
	return sa != sb ? sa < sb : g->items[a].order < g->items[b].order;
}

uint32_t groups_add(struct groups *g, enum group_sort sort, uint32_t order)
{
	struct group one = { g->count, order };
	if (g->count == g->cap) {
		g->cap = g->cap ? g->cap + g->cap / 2 : 1024;
		g->marks = mem_grow(g->marks, g->cap, 1);
		g->items = mem_grow(g->items, g->cap, sizeof *g->items);
	}
	g->marks[g->count] = (uint8_t)sort;
	g->items[g->count] = one;
	return g->count++;
}

/* The one that comes first stands for all. */
void groups_tie(struct groups *g, uint32_t a, uint32_t b)
{
	a = root(g, a);
	b = root(g, b);
	if (a == b)
		return;
	if (before(g, b, a)) {
		uint32_t t = a;
		a = b;
		b = t;
	}
	g->items[b].parent = a;
	g->marks[a] |= g->marks[b] & GROUP_PRINCIPAL;
}

/* Which orders of one sort stand for a dossier, a bit each, and how many there are before each word. */
struct ranks {
	uint64_t *bits;
	uint32_t *before;
	uint32_t words;
};

static bool stands(const struct groups *g, uint32_t i)
{
	return g->items[i].parent == i && g->marks[i] & GROUP_PRINCIPAL;
}

static void rank(const struct groups *g, enum group_sort sort, struct ranks *r, uint32_t *total)
{
	uint32_t most = 0;
	for (uint32_t i = 0; i < g->count; i++)
		if ((g->marks[i] & GROUP_SORT) == sort && g->items[i].order > most)
			most = g->items[i].order;
	r->words = most / 64 + 1;
	r->bits = mem_alloc(r->words * sizeof *r->bits);
	r->before = mem_alloc(r->words * sizeof *r->before);
	for (uint32_t i = 0; i < g->count; i++)
		if ((g->marks[i] & GROUP_SORT) == sort && stands(g, i))
			r->bits[g->items[i].order / 64] |= UINT64_C(1) << g->items[i].order % 64;
	for (uint32_t w = 0; w < r->words; w++) {
		r->before[w] = *total;
		*total += (uint32_t)__builtin_popcountll(r->bits[w]);
	}
}

static uint32_t place(const struct ranks *r, uint32_t order)
{
	uint64_t below = r->bits[order / 64] & ((UINT64_C(1) << order % 64) - 1);
	return r->before[order / 64] + (uint32_t)__builtin_popcountll(below);
}

void groups_number(struct groups *g)
{
	struct ranks ranks[GROUP_SORTS];
	for (unsigned s = 0; s < GROUP_SORTS; s++)
		rank(g, (enum group_sort)s, &ranks[s], &g->dossiers);
	for (uint32_t i = 0; i < g->count; i++) /* now the root of each is its parent */
		g->items[i].parent = root(g, i);
	for (uint32_t i = 0; i < g->count; i++) {
		uint32_t r = g->items[i].parent;
		bool own = (g->marks[r] & GROUP_PRINCIPAL) != 0;
		if (r != i) /* what a root was is overwritten below */
			g->items[i].order = own ? place(&ranks[g->marks[r] & GROUP_SORT], g->items[r].order) : NONE;
	}
	for (uint32_t i = 0; i < g->count; i++) {
		struct group *x = &g->items[i];
		bool own = (g->marks[i] & GROUP_PRINCIPAL) != 0;
		x->parent = x->parent != i ? x->order : own ? place(&ranks[g->marks[i] & GROUP_SORT], x->order) : NONE;
	}
	for (unsigned s = 0; s < GROUP_SORTS; s++) {
		free(ranks[s].bits);
		free(ranks[s].before);
	}
}

void groups_release(struct groups *g)
{
	free(g->items);
	free(g->marks);
	*g = (struct groups){ 0 };
}
