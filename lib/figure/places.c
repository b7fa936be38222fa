/* The places that a list of places names: kept in the order of their codes, found by code, and their bytes. */
#include "figure/figure.h"

#include "base/bytes.h"

#include <stdlib.h>

void places_add(struct places *p, const struct place *place)
{
	struct place copy = *place;
	copy.county = arena_dup(&p->arena, place->county);
	copy.township = arena_dup(&p->arena, place->township);
	copy.village = arena_dup(&p->arena, place->village);
	VEC_PUSH(p->items, p->count, p->cap, copy);
}

/* Stable, so that of one code the first added comes first. */
static void merge_sort(struct place *v, struct place *spare, size_t n)
{
	if (n < 2)
		return;
	size_t half = n / 2, i = 0, k = half, out = 0;
	merge_sort(v, spare, half);
	merge_sort(v + half, spare, n - half);
	while (i < half || k < n)
		spare[out++] = k == n || (i < half && v[i].code <= v[k].code) ? v[i++] : v[k++];
	memcpy(v, spare, n * sizeof *v);
}

void places_sort(struct places *p)
{
	struct place *spare = mem_alloc((p->count + 1) * sizeof *spare);
	size_t kept = 0;
	merge_sort(p->items, spare, p->count);
	free(spare);
	for (size_t i = 0; i < p->count; i++)
		if (i == 0 || p->items[i].code != p->items[i - 1].code)
			p->items[kept++] = p->items[i];
	p->count = kept;
}

const struct place *places_find(const struct places *p, int64_t code)
{
	size_t low = 0, high = p->count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (p->items[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	return low < p->count && p->items[low].code == code ? &p->items[low] : NULL;
}

void places_encode(const struct places *p, struct buf *b)
{
	put32(b, (uint32_t)p->count);
	for (size_t i = 0; i < p->count; i++) {
		put64(b, (uint64_t)p->items[i].code);
		put32(b, (uint32_t)(p->items[i].poor + 1));
		put_text(b, p->items[i].county);
		put_text(b, p->items[i].township);
		put_text(b, p->items[i].village);
	}
}

int places_decode(struct places *p, const uint8_t *bytes, size_t n)
{
	struct reader r = { bytes, bytes + n, false };
	uint32_t count = take32(&r);
	for (uint32_t i = 0; i < count && !r.failed; i++) {
		struct place one = { .code = (int64_t)take64(&r), .poor = (int8_t)((int)take32(&r) - 1) };
		one.county = take_text(&r);
		one.township = take_text(&r);
		one.village = take_text(&r);
		if (!r.failed)
			places_add(p, &one);
	}
	places_sort(p);
	return r.failed || r.p != r.end ? -1 : 0;
}

void places_release(struct places *p)
{
	free(p->items);
	arena_release(&p->arena);
	*p = (struct places){ 0 };
}
