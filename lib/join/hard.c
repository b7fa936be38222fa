/* Where those live who have more than one household row or a death row, and whether they live: worked out from all their rows, as
 * a dossier of their own. */
#include "internal.h"

void hard_take(struct hard_rows *h, const struct kind *k, struct row r, uint64_t person, uint32_t ordinal)
{
	struct piece_row one = { person, k->index, ordinal, h->bytes.n };
	VEC_PUSH(h->rows.items, h->rows.count, h->rows.cap, one);
	dossier_encode_row(&h->bytes, k, r);
}

void hard_append(struct hard_rows *into, struct hard_rows *from)
{
	for (size_t i = 0; i < from->rows.count; i++) {
		struct piece_row one = from->rows.items[i];
		one.at += into->bytes.n;
		VEC_PUSH(into->rows.items, into->rows.count, into->rows.cap, one);
	}
	buf_put(&into->bytes, from->bytes.p, from->bytes.n);
	from->rows.count = 0;
	from->bytes.n = 0;
}

void hard_release(struct hard_rows *h)
{
	free(h->rows.items);
	buf_release(&h->bytes);
	*h = (struct hard_rows){ 0 };
}

static int by_person(const void *pa, const void *pb)
{
	const struct piece_row *a = pa, *b = pb;
	if (a->person != b->person)
		return a->person < b->person ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static int by_ordinal(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static int gather(struct join *j, const struct table *t, struct hard_rows *h, struct err *err)
{
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	enum iter got;
	if (!t)
		return 0;
	table_scan_init(&s, t);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW) {
		uint64_t key = row_key(t->kind, r);
		uint32_t p = people_find(&j->people, key);
		if (p != NONE && people_flags(&j->people, p) & WANTED_HARD)
			hard_take(h, t->kind, r, key, ordinal);
	}
	table_scan_release(&s);
	return got == ITER_END ? 0 : -1;
}

/* The rows of one person. */
static void settle(struct join *j, struct dossier *d, const struct piece_row *p, size_t n, const struct buf *bytes)
{
	dossier_reset(d);
	d->rows = arena_alloc(&d->arena, n * sizeof *d->rows);
	d->row_count = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		const struct kind *k = &j->pack->schema->kinds[p[i].kind];
		const uint8_t *at = (const uint8_t *)bytes->p + p[i].at + 6;
		d->rows[i] = (struct dossier_row){ { at, at + k->stride }, (uint16_t)k->index, { NONE, NONE } };
	}
	dossier_build(d);
	if (!d->persons[0].alive)
		return;
	people_mark(&j->people, people_find(&j->people, p->person), WANTED_ALIVE);
	if (d->persons[0].home != NONE)
		VEC_PUSH(j->hard_homes.items, j->hard_homes.count, j->hard_homes.cap, p[d->persons[0].home].ordinal);
}

int hard_settle(struct join *j, struct hard_rows *h, struct err *err)
{
	struct dossier d = { .pack = j->pack };
	if (gather(j, j->register_table, h, err) < 0 || gather(j, j->deaths_table, h, err) < 0)
		return -1;
	struct piece_row *p = h->rows.items;
	sort(p, h->rows.count, sizeof *p, by_person);
	for (size_t i = 0, k; i < h->rows.count; i = k) {
		for (k = i + 1; k < h->rows.count && p[k].person == p[i].person; k++)
			;
		settle(j, &d, p + i, k - i, &h->bytes);
	}
	dossier_release(&d);
	sort(j->hard_homes.items, j->hard_homes.count, sizeof *j->hard_homes.items, by_ordinal);
	return 0;
}

bool is_home(const struct join *j, struct home_reader *reader, struct row r, uint32_t ordinal, unsigned flags)
{
	if (flags & WANTED_HARD)
		return search(&ordinal, j->hard_homes.items, j->hard_homes.count, sizeof ordinal, by_ordinal) != NULL;
	return row_says(&reader->home, reader, r);
}
