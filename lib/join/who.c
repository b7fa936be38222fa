#include "internal.h"

static void make_room(struct who *w, uint32_t rows)
{
	if (rows <= w->cap)
		return;
	w->cap = rows + rows / 4;
	w->keys = mem_grow(w->keys, w->cap, sizeof *w->keys);
	w->slots = mem_grow(w->slots, w->cap, sizeof *w->slots);
	w->rows = mem_grow(w->rows, w->cap, sizeof *w->rows);
	w->found = mem_grow(w->found, w->cap, sizeof *w->found);
}

/* Those not found among the seeds are looked for among the others. */
static void find_rest(struct who *w, const struct wanted_people *others, uint32_t n)
{
	uint32_t rest = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (w->slots[i] != NONE)
			continue;
		w->keys[rest] = w->keys[i];
		w->rows[rest++] = i;
	}
	people_find_all(others, w->keys, rest, w->found);
	for (uint32_t i = 0; i < rest; i++)
		if (w->found[i] != NONE)
			w->slots[w->rows[i]] = w->found[i] | LOOK;
}

/* Of a duplicate nothing is asked. */
static void leave_duplicates(struct who *w, const struct table_scan *s)
{
	const uint32_t *duplicates, n = table_duplicates_here(s, &duplicates);
	for (uint32_t i = 0; i < n; i++)
		w->slots[duplicates[i] - s->ordinal] = NONE;
}

void who_find(struct who *w, const struct join *j, const struct table_scan *s, int column, bool others)
{
	const struct kind *k = s->table->kind;
	const uint8_t *at = s->fixed + k->columns[column].offset;
	make_room(w, s->rows);
	for (uint32_t i = 0; i < s->rows; i++, at += k->stride)
		w->keys[i] = id_key(le64_get(at));
	people_find_all(&j->people, w->keys, s->rows, w->slots);
	if (others)
		find_rest(w, &j->others, s->rows);
	leave_duplicates(w, s);
}

void who_find_rows(struct who *w, const struct join *j, const struct table_scan *s, int column, const uint64_t *rows, uint32_t *slots)
{
	const struct kind *k = s->table->kind;
	const uint8_t *at = s->fixed + k->columns[column].offset;
	uint32_t n = 0;
	make_room(w, s->rows);
	if (!slots)
		slots = memset(w->slots, 0xFF, s->rows * sizeof *w->slots);
	for (uint32_t i = 0; i < s->rows; i++, at += k->stride) {
		uint32_t ordinal = s->ordinal + i;
		w->keys[n] = id_key(le64_get(at));
		w->rows[n] = i;
		n += slots[i] == NONE && rows[ordinal / 64] >> ordinal % 64 & 1;
	}
	people_find_all(&j->people, w->keys, n, w->found);
	for (uint32_t i = 0; i < n; i++)
		slots[w->rows[i]] = w->found[i];
}

void who_release(struct who *w)
{
	free(w->keys);
	free(w->slots);
	free(w->rows);
	free(w->found);
	*w = (struct who){ 0 };
}
