#include "table/table.h"

#include "base/bytes.h"
#include "id/id.h"
#include "writer.h"

#include <stdlib.h>

#define TAG_ROWS FRAME_TAG('R', 'O', 'W', 'S')
#define TAG_DUPLICATES FRAME_TAG('D', 'U', 'P', 'L')
#define TAG_REPEATED FRAME_TAG('R', 'E', 'P', 'T')
#define TAG_REFUSED FRAME_TAG('R', 'E', 'F', 'U')
#define TAG_META FRAME_TAG('M', 'E', 'T', 'A')

#define BLOCK_BYTES (1u << 20)

int table_create(struct table_writer **ret, const char *path, const struct kind *kind, const struct frame_id *id, struct err *err)
{
	if (kind->stride > ROW_STRIDE_MAX)
		return err_set(err, STATUS_CONFIG, "kind %.*s: has too many columns; drop some from its schema", STR_ARG(kind->name));
	struct table_writer *w = mem_alloc(sizeof *w);
	w->kind = kind;
	if (frame_create(&w->frame, path, FRAME_TABLE, id, err) < 0) {
		free(w);
		return -1;
	}
	filter_init(&w->seen, 0);
	*ret = w;
	return 0;
}

void table_expect(struct table_writer *w, uint64_t rows)
{
	if (w->rows)
		return;
	filter_release(&w->seen);
	filter_init(&w->seen, rows);
}

/* A block's payload: u32 heap bytes, the fixed parts, u32 offsets of each row's texts, the texts. */
int put_block(struct table_writer *w, struct err *err)
{
	if (!w->block_rows)
		return 0;
	uint8_t heap[4];
	le32_put(heap, (uint32_t)w->heap.n);
	struct str parts[] = { { (const char *)heap, 4 }, buf_str(&w->fixed), buf_str(&w->offsets), buf_str(&w->heap) };
	struct put_block put = { 0, 4 + w->fixed.n + w->offsets.n + w->heap.n, w->block_rows, -1 };
	int r = frame_put_parts(w->frame, TAG_ROWS, parts, 4, w->block_rows, &put.at, err);
	VEC_PUSH(w->put, w->put_count, w->put_cap, put);
	w->fixed.n = w->offsets.n = w->heap.n = 0;
	w->block_rows = 0;
	return r;
}

void see_keys(struct table_writer *w, const uint64_t *keys, uint32_t n)
{
	for (uint32_t from = 0; from < n; from += FILTER_GROUP) {
		unsigned group = n - from < FILTER_GROUP ? n - from : FILTER_GROUP;
		for (uint64_t seen = filter_add(&w->seen, keys + from, group); seen; seen &= seen - 1)
			VEC_PUSH(w->suspects, w->suspect_count, w->suspect_cap, keys[from + (uint32_t)__builtin_ctzll(seen)]);
	}
}

/* How many of the rows from `from` on the block takes until it is closed: with the row that fills it. */
static uint32_t rows_that_fit(const struct table_writer *w, const struct table_rows *b, uint32_t from)
{
	uint32_t low = 1, high = b->rows - from;
	size_t held = w->fixed.n + w->heap.n;
	while (low < high) {
		uint32_t n = low + (high - low) / 2;
		size_t texts = b->starts[from + n] - b->starts[from];
		if (held + (size_t)n * w->kind->stride + texts >= BLOCK_BYTES)
			high = n;
		else
			low = n + 1;
	}
	return low;
}

/* Copy n rows into the block. */
static void take_rows(struct table_writer *w, const struct table_rows *b, uint32_t from, uint32_t n)
{
	size_t texts = b->starts[from + n] - b->starts[from];
	buf_put(&w->fixed, b->fixed.p + (size_t)from * w->kind->stride, (size_t)n * w->kind->stride);
	buf_reserve(&w->offsets, 4 * (size_t)n);
	char *to = w->offsets.p + w->offsets.n;
	uint32_t moved = (uint32_t)w->heap.n - b->starts[from];
	for (uint32_t i = 0; i < n; i++)
		le32_put(to + 4 * (size_t)i, b->starts[from + i] + moved);
	w->offsets.n += 4 * (size_t)n;
	buf_put(&w->heap, b->texts.p + b->starts[from], texts);
	w->block_rows += n;
}

static void take_refused(struct table_writer *w, const struct table_rows *b)
{
	buf_puts(&w->refused, buf_str(&b->refused));
	w->refused_count += b->refused_count;
}

int table_put_rows(struct table_writer *w, const struct table_rows *b, struct err *err)
{
	if (b->rows > UINT32_MAX - 1 - w->rows)
		return err_set(err, STATUS_OSERR, "kind %.*s: has over 4 billion rows; split it", STR_ARG(w->kind->name));
	see_keys(w, b->keys, b->rows);
	row_sum_add(&w->sum, b->sum);
	take_refused(w, b);
	for (uint32_t i = 0, n; i < b->rows; i += n) {
		n = rows_that_fit(w, b, i);
		take_rows(w, b, i, n);
		w->rows += n;
		if (w->fixed.n + w->heap.n >= BLOCK_BYTES && put_block(w, err) < 0)
			return -1;
	}
	return 0;
}

int table_put(struct table_writer *w, const uint8_t *fixed, const uint8_t *texts, size_t texts_size, struct err *err)
{
	struct table_rows *b = &w->single;
	table_rows_begin(b, w->kind);
	memcpy(table_rows_next(b), fixed, w->kind->stride);
	buf_put(&b->texts, texts, texts_size);
	table_rows_keep(b);
	return table_put_rows(w, b, err);
}

void table_refuse(struct table_writer *w, struct str household_no, struct str name, int64_t region, struct str cleaned_id)
{
	struct table_rows *b = &w->single;
	table_rows_begin(b, w->kind);
	table_rows_refuse(b, household_no, name, region, cleaned_id);
	take_refused(w, b);
}

static int put_numbers(struct table_writer *w, struct err *err)
{
	struct buf b = { 0 };
	uint8_t x[8];
	for (size_t i = 0; i < w->duplicate_count; i++) {
		le32_put(x, w->duplicates[i]);
		buf_put(&b, x, 4);
	}
	int r = frame_put(w->frame, TAG_DUPLICATES, b.p, b.n, (uint32_t)w->duplicate_count, err);
	b.n = 0;
	for (size_t i = 0; i < w->repeated_count; i++) {
		le64_put(x, w->repeated[i]);
		buf_put(&b, x, 8);
	}
	if (r == 0)
		r = frame_put(w->frame, TAG_REPEATED, b.p, b.n, (uint32_t)w->repeated_count, err);
	buf_release(&b);
	return r;
}

int table_commit(struct table_writer *w, json_t *meta, struct err *err)
{
	const uint32_t *ignored;
	size_t n;
	char *text = json_dumps(meta, JSON_COMPACT | JSON_SORT_KEYS);
	int r = table_duplicates(w, &ignored, &n, err);
	if (r == 0 && w->part_count)
		r = put_part_names(w, err);
	if (r == 0)
		r = put_numbers(w, err);
	if (r == 0)
		r = frame_put(w->frame, TAG_REFUSED, w->refused.p, w->refused.n, w->refused_count, err);
	if (r == 0)
		r = frame_put(w->frame, TAG_META, text, strlen(text), 0, err);
	free(text);
	if (r == 0) {
		frame_rows(w->frame, w->rows - w->duplicate_count, w->sum);
		r = frame_commit(w->frame, err);
		w->frame = NULL;
	}
	table_abort(w);
	return r;
}

void table_abort(struct table_writer *w)
{
	if (!w)
		return;
	frame_abort(w->frame);
	filter_release(&w->seen);
	buf_release(&w->fixed);
	buf_release(&w->offsets);
	buf_release(&w->heap);
	buf_release(&w->refused);
	table_rows_release(&w->single);
	free(w->put);
	free(w->suspects);
	free(w->duplicates);
	free(w->repeated);
	free(w->parts);
	free(w->known);
	free(w);
}
