/* Where those live who have more than one household row or a death row, and whether they live: worked out from all their rows, as
 * a dossier of their own. */
#include "internal.h"

/* A row of one, in the buffer and the spool; the encoded row follows. */
struct hard_row {
	uint64_t person;
	uint32_t kind, ordinal, bytes, unused;
};

struct hard_place {           /* a row of one share */
	const struct hard_row *row;
};

void hard_take(struct buf *rows, const struct kind *k, struct row r, uint64_t person, uint32_t ordinal)
{
	struct hard_row one = { .person = person, .kind = k->index, .ordinal = ordinal };
	size_t begin = rows->n;
	buf_put(rows, &one, sizeof one);
	dossier_encode_row(rows, k, r);
	while (rows->n % sizeof one.person)
		buf_putc(rows, 0);
	one.bytes = (uint32_t)(rows->n - begin - sizeof one);
	memcpy(rows->p + begin, &one, sizeof one);
}

static const struct hard_row *row_behind(const struct hard_row *r)
{
	return (const struct hard_row *)((const char *)(r + 1) + r->bytes);
}

int hard_put(struct join *j, struct buf *rows, struct err *err)
{
	int rc = 0;
	const struct hard_row *r = (const struct hard_row *)rows->p;
	for (; rc == 0 && (const char *)r < rows->p + rows->n; r = row_behind(r))
		rc = spool_put(j->hard_rows, people_part(&j->people.scatter, r->person), r, sizeof *r + r->bytes, err);
	rows->n = 0;
	return rc;
}

static int by_person(const void *pa, const void *pb)
{
	const struct hard_row *a = ((const struct hard_place *)pa)->row, *b = ((const struct hard_place *)pb)->row;
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

static int gather(struct join *j, const struct table *t, struct err *err)
{
	struct buf rows = { 0 };
	struct who who = { 0 };
	struct table_scan s;
	enum iter got;
	if (!t)
		return 0;
	table_scan_init(&s, t);
	while ((got = table_next_block(&s, err)) == ITER_ROW) {
		who_find(&who, j, &s, t->kind->ids[0], false);
		for (uint32_t i = 0; i < s.rows; i++)
			if (who.slots[i] != NONE && people_flags(&j->people, who.slots[i]) & WANTED_HARD)
				hard_take(&rows, t->kind, table_row(&s, i), row_key(t->kind, table_row(&s, i)), s.ordinal + i);
		if (hard_put(j, &rows, err) < 0)
			break;
	}
	table_scan_release(&s);
	who_release(&who);
	buf_release(&rows);
	return got == ITER_END ? 0 : -1;
}

/* The rows of one person. */
static void settle(struct join *j, struct dossier *d, const struct hard_place *p, size_t n)
{
	dossier_reset(d);
	d->rows = arena_alloc(&d->arena, n * sizeof *d->rows);
	d->row_count = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		const struct kind *k = &j->pack->schema->kinds[p[i].row->kind];
		const uint8_t *at = (const uint8_t *)(p[i].row + 1) + 6;
		d->rows[i] = (struct dossier_row){ { at, at + k->stride }, (uint16_t)k->index, { NONE, NONE } };
	}
	dossier_build(d);
	if (!d->persons[0].alive)
		return;
	people_mark(&j->people, people_find(&j->people, p->row->person), WANTED_ALIVE);
	if (d->persons[0].home != NONE)
		VEC_PUSH(j->hard_homes.items, j->hard_homes.count, j->hard_homes.cap, p[d->persons[0].home].row->ordinal);
}

static void settle_share(struct join *j, struct dossier *d, const struct buf *rows)
{
	VEC(struct hard_place) places = { 0 };
	const struct hard_row *r = (const struct hard_row *)rows->p;
	for (; (const char *)r < rows->p + rows->n; r = row_behind(r)) {
		struct hard_place one = { r };
		VEC_PUSH(places.items, places.count, places.cap, one);
	}
	struct hard_place *p = places.items;
	sort(p, places.count, sizeof *p, by_person);
	for (size_t i = 0, k; i < places.count; i = k) {
		for (k = i + 1; k < places.count && p[k].row->person == p[i].row->person; k++)
			;
		settle(j, d, p + i, k - i);
	}
	free(p);
}

int hard_settle(struct join *j, struct err *err)
{
	struct dossier d = { .pack = j->pack, .due = DUE_NEVER };
	struct buf rows = { 0 };
	int rc = gather(j, j->register_table, err);
	if (rc == 0)
		rc = gather(j, j->deaths_table, err);
	for (unsigned part = 0; rc == 0 && part < PEOPLE_PARTS; part++) {
		rc = spool_read(j->hard_rows, part, &rows, err);
		if (rc == 0)
			settle_share(j, &d, &rows);
	}
	buf_release(&rows);
	dossier_release(&d);
	spool_close(j->hard_rows);
	j->hard_rows = NULL;
	sort(j->hard_homes.items, j->hard_homes.count, sizeof *j->hard_homes.items, by_ordinal);
	return rc;
}

bool is_home(const struct join *j, unsigned says, uint32_t ordinal, unsigned flags)
{
	if (flags & WANTED_HARD)
		return search(&ordinal, j->hard_homes.items, j->hard_homes.count, sizeof ordinal, by_ordinal) != NULL;
	return says & HOME_HERE;
}
