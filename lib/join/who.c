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

/* The rows that are asked about, and their keys; how many. */
static uint32_t collect(struct who *w, const struct table_scan *s, unsigned offset, const uint64_t *wanted)
{
	const uint8_t *at = s->fixed + offset;
	uint32_t first = s->ordinal - s->row, n = 0;
	for (uint32_t i = 0; i < s->rows; i++, at += s->table->kind->stride) {
		uint32_t ordinal = first + i;
		w->keys[n] = id_key(le64_get(at));
		w->rows[n] = i;
		n += !wanted || wanted[ordinal / 64] >> ordinal % 64 & 1;
	}
	return n;
}

/* Those not found among the seeds are looked for among the others. */
static void find_rest(struct who *w, const struct wanted_people *others, uint32_t n)
{
	uint32_t rest = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (w->slots[w->rows[i]] != NONE)
			continue;
		w->keys[rest] = w->keys[i];
		w->rows[rest++] = w->rows[i];
	}
	people_find_all(others, w->keys, rest, w->found);
	for (uint32_t i = 0; i < rest; i++)
		if (w->found[i] != NONE)
			w->slots[w->rows[i]] = w->found[i] | LOOK;
}

void who_find(struct who *w, const struct join *j, const struct table_scan *s, int column, const uint64_t *wanted, bool others)
{
	make_room(w, s->rows);
	uint32_t n = collect(w, s, s->table->kind->columns[column].offset, wanted);
	people_find_all(&j->people, w->keys, n, w->found);
	if (wanted)
		memset(w->slots, 0xFF, s->rows * sizeof *w->slots);
	for (uint32_t i = 0; i < n; i++)
		w->slots[w->rows[i]] = w->found[i];
	if (others)
		find_rest(w, &j->others, n);
	w->block = s->next_block;
}

void who_release(struct who *w)
{
	free(w->keys);
	free(w->slots);
	free(w->rows);
	free(w->found);
	*w = (struct who){ 0 };
}
