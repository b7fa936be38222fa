/* A table whose rows stand in others. */
#include "writer.h"

#include "base/bytes.h"

#include <string.h>

#define TAG_PARTS FRAME_TAG('P', 'A', 'R', 'T')

static uint64_t rows_of(const struct table *t)
{
	return t->rows + t->duplicate_count;
}

int table_put_part(struct table_writer *w, const struct table *part, struct err *err)
{
	if (rows_of(part) > UINT32_MAX - 1 - w->rows)
		return err_set(err, STATUS_OSERR, "kind %.*s: has over 4 billion rows; split it", STR_ARG(w->kind->name));
	for (size_t i = 0; i < part->block_count; i++) {
		const struct table_block *b = &part->blocks[i];
		struct put_block put = { b->at + FRAME_BLOCK, b->bytes, b->rows, b->frame->fd };
		VEC_PUSH(w->put, w->put_count, w->put_cap, put);
	}
	for (size_t i = 0; i < part->duplicate_count; i++)
		VEC_PUSH(w->known, w->known_count, w->known_cap, w->rows + part->duplicates[i]);
	VEC_PUSH(w->parts, w->part_count, w->part_cap, part);
	row_sum_add(&w->sum, part->frame->sum);
	buf_puts(&w->refused, buf_str(&part->refused_bytes));
	w->refused_count += (uint32_t)part->refused_count;
	w->rows += (uint32_t)rows_of(part);
	return 0;
}

static int see_part(struct table_writer *w, const struct table *part, struct err *err)
{
	struct table_scan s;
	struct row row;
	uint32_t ordinal, n = 0;
	uint64_t keys[FILTER_GROUP]; /* as fingerprints: the rows of a person are all read again */
	enum iter got = ITER_END;
	int r = 0;
	table_scan_init(&s, part);
	s.next_duplicate = part->duplicate_count; /* step over none: what is equal within a part is so in the table */
	while (r == 0 && (got = table_next(&s, &row, &ordinal, err)) == ITER_ROW) {
		keys[n++] = row_key(w->kind, row);
		if (n == FILTER_GROUP) {
			r = see_rows(w, keys, n, err);
			n = 0;
		}
	}
	if (r == 0)
		r = see_rows(w, keys, n, err);
	table_scan_release(&s);
	return r < 0 || got == ITER_ERROR ? -1 : 0;
}

int see_parts(struct table_writer *w, struct err *err)
{
	filter_release(&w->seen);
	filter_init(&w->seen, w->rows, w->memory / 2);
	for (unsigned i = 0; i < w->part_count; i++)
		if (see_part(w, w->parts[i], err) < 0)
			return -1;
	return 0;
}

int put_part_names(struct table_writer *w, struct err *err)
{
	struct buf b = { 0 };
	for (unsigned i = 0; i < w->part_count; i++) {
		const struct frame *f = w->parts[i]->frame;
		const char *slash = strrchr(f->path, '/');
		put_text(&b, str_of(slash ? slash + 1 : f->path));
		put64(&b, f->rows);
		put64(&b, f->sum.low);
		put64(&b, f->sum.high);
	}
	int r = frame_put(w->frame, TAG_PARTS, b.p, b.n, w->part_count, err);
	buf_release(&b);
	return r;
}
