#include "internal.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static uint64_t doubt(struct str name, const void *more, size_t n)
{
	return XXH3_64bits_withSeed(name.p, name.n, XXH3_64bits(more, n));
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static int by_number(const void *pa, const void *pb)
{
	const struct refused_note *a = pa, *b = pb;
	return str_cmp(a->number, b->number);
}

static void note_names(struct doubts *d, const struct refused_row *r)
{
	if (!r->name.n)
		return;
	if (r->region != VALUE_NULL)
		VEC_PUSH(d->hashes, d->hash_count, d->hash_cap, doubt(r->name, &r->region, sizeof r->region));
	if (r->cleaned_id.n >= 15)
		VEC_PUSH(d->hashes, d->hash_count, d->hash_cap, doubt(r->name, r->cleaned_id.p, 15));
}

void doubts_find(struct doubts *d, const struct table *t)
{
	d->notes = mem_alloc((t->refused_count + 1) * sizeof *d->notes);
	for (size_t i = 0; i < t->refused_count; i++) {
		d->notes[i] = (struct refused_note){ t->refused[i].household_no, 1 };
		note_names(d, &t->refused[i]);
	}
	sort(d->notes, t->refused_count, sizeof *d->notes, by_number);
	for (size_t i = 0; i < t->refused_count; i++) {
		struct refused_note *last = d->note_count ? &d->notes[d->note_count - 1] : NULL;
		if (last && str_eq(last->number, d->notes[i].number))
			last->count++;
		else
			d->notes[d->note_count++] = d->notes[i];
	}
	sort(d->hashes, d->hash_count, sizeof *d->hashes, by_hash);
}

bool doubts_about(const struct doubts *d, const struct kind *k, struct row home, uint64_t key)
{
	char id[ID_TEXT];
	if (!d->hash_count || k->name_column < 0)
		return false;
	struct str name = row_text(k, home, &k->columns[k->name_column]);
	int c = kind_column(k, STR("region"));
	int64_t region = c < 0 ? VALUE_NULL : row_number(home, &k->columns[c]);
	if (!name.n)
		return false;
	uint64_t h = doubt(name, &region, sizeof region);
	if (region != VALUE_NULL && bsearch(&h, d->hashes, d->hash_count, sizeof h, by_hash))
		return true;
	id_print(key, id);
	h = doubt(name, id, 15);
	return bsearch(&h, d->hashes, d->hash_count, sizeof h, by_hash) != NULL;
}

const struct refused_note *doubts_note(const struct doubts *d, struct str number)
{
	struct refused_note probe = { number, 0 };
	return d->note_count ? bsearch(&probe, d->notes, d->note_count, sizeof probe, by_number) : NULL;
}

void doubts_release(struct doubts *d)
{
	free(d->notes);
	free(d->hashes);
	*d = (struct doubts){ 0 };
}
