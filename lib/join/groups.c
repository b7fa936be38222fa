#include "groups.h"

#include "dossier/dossier.h"

static uint32_t root(struct groups *g, uint32_t i)
{
	while (g->parents[i] != i)
		i = g->parents[i] = g->parents[g->parents[i]];
	return i;
}

/* Whether a comes before b: by sort, then by order. */
static bool before(const struct groups *g, uint32_t a, uint32_t b)
{
	unsigned sa = g->marks[a] & GROUP_SORT, sb = g->marks[b] & GROUP_SORT;
	return sa != sb ? sa < sb : g->orders[a] < g->orders[b];
}

uint32_t groups_add(struct groups *g, enum group_sort sort, uint32_t order)
{
	if (g->count == g->cap) {
		g->cap = g->cap ? g->cap + g->cap / 2 : 1024;
		g->marks = mem_grow(g->marks, g->cap, 1);
		g->parents = mem_grow(g->parents, g->cap, sizeof *g->parents);
		g->orders = mem_grow(g->orders, g->cap, sizeof *g->orders);
	}
	g->marks[g->count] = (uint8_t)sort;
	g->parents[g->count] = g->count;
	g->orders[g->count] = order;
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
	g->parents[b] = a;
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
	return g->parents[i] == i && g->marks[i] & GROUP_PRINCIPAL;
}

static void rank(const struct groups *g, enum group_sort sort, struct ranks *r, uint32_t *total)
{
	uint32_t most = 0;
	for (uint32_t i = 0; i < g->count; i++)
		if ((g->marks[i] & GROUP_SORT) == sort && g->orders[i] > most)
			most = g->orders[i];
	r->words = most / 64 + 1;
	r->bits = mem_alloc(r->words * sizeof *r->bits);
	r->before = mem_alloc(r->words * sizeof *r->before);
	for (uint32_t i = 0; i < g->count; i++)
		if ((g->marks[i] & GROUP_SORT) == sort && stands(g, i))
			r->bits[g->orders[i] / 64] |= UINT64_C(1) << g->orders[i] % 64;
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
		g->parents[i] = root(g, i);
	for (uint32_t i = 0; i < g->count; i++) {
		uint32_t r = g->parents[i];
		bool own = (g->marks[r] & GROUP_PRINCIPAL) != 0;
		if (r != i) /* what a root was is overwritten below */
			g->orders[i] = own ? place(&ranks[g->marks[r] & GROUP_SORT], g->orders[r]) : NONE;
	}
	for (uint32_t i = 0; i < g->count; i++) {
		bool own = (g->marks[i] & GROUP_PRINCIPAL) != 0;
		g->parents[i] = g->parents[i] != i ? g->orders[i] : own ? place(&ranks[g->marks[i] & GROUP_SORT], g->orders[i]) : NONE;
	}
	for (unsigned s = 0; s < GROUP_SORTS; s++) {
		free(ranks[s].bits);
		free(ranks[s].before);
	}
	free(g->orders);
	g->orders = NULL;
}

void groups_release(struct groups *g)
{
	free(g->parents);
	free(g->orders);
	free(g->marks);
	*g = (struct groups){ 0 };
}
