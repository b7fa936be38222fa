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

#define SINGLE_BYTES (256u << 10) /* of rows that come one by one, in a block */

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
	filter_init(&w->seen, 0, 0);
	fingerprints_init(&w->fingerprints, path);
	w->key_mask = kind->ids[0] < 0 ? UINT64_MAX : ID_KEY_MASK;
	table_rows_begin(&w->single, kind);
	*ret = w;
	return 0;
}

void table_expect(struct table_writer *w, uint64_t rows, uint64_t memory)
{
	w->memory = memory;
	if (w->rows)
		return;
	filter_release(&w->seen);
	filter_init(&w->seen, rows, memory / 2);
}

void table_passing(struct table_writer *w)
{
	frame_passing(w->frame);
}

static void suspect(struct table_writer *w, uint64_t key, uint32_t ordinal)
{
	size_t cap = w->suspect_cap;
	VEC_PUSH(w->suspects, w->suspect_count, w->suspect_cap, key);
	if (w->suspect_cap != cap)
		w->suspected = mem_grow(w->suspected, w->suspect_cap, sizeof *w->suspected);
	w->suspected[w->suspect_count - 1] = ordinal;
}

int see_rows(struct table_writer *w, const uint64_t *fingerprints, uint32_t n, struct err *err)
{
	struct filter_group group, next;
	filter_fetch(&w->seen, fingerprints, n, w->key_mask, &next);
	for (uint32_t from = 0; from < n; from += FILTER_GROUP) {
		group = next; /* while it is added, the next one is on its way */
		if (n - from > FILTER_GROUP)
			filter_fetch(&w->seen, fingerprints + from + FILTER_GROUP, n - from - FILTER_GROUP, w->key_mask, &next);
		for (uint64_t seen = filter_add(&w->seen, &group); seen; seen &= seen - 1) {
			uint32_t at = from + (uint32_t)__builtin_ctzll(seen);
			suspect(w, fingerprints[at] & w->key_mask, w->rows_seen + at);
		}
	}
	w->rows_seen += n;
	return fingerprints_put(&w->fingerprints, fingerprints, n, err);
}

void table_suspected(const struct table_writer *w, const uint32_t **ret, size_t *ret_count)
{
	*ret = w->suspected;
	*ret_count = w->suspect_count;
}

/* Write the rows as a block. */
static int put_block(struct table_writer *w, struct table_rows *b, struct err *err)
{
	uint8_t head[4];
	struct str parts[ROWS_PARTS];
	struct put_block put = { .rows = b->rows, .fd = -1 };
	table_rows_seal(b);
	table_rows_parts(b, head, parts);
	for (unsigned i = 0; i < ROWS_PARTS; i++)
		put.bytes += parts[i].n;
	if (frame_put_parts(w->frame, TAG_ROWS, parts, ROWS_PARTS, b->checksum, b->rows, &put.at, err) < 0)
		return -1;
	VEC_PUSH(w->put, w->put_count, w->put_cap, put);
	w->rows += b->rows;
	return 0;
}

static int take_rows(struct table_writer *w, struct table_rows *b, struct err *err)
{
	if (b->rows > UINT32_MAX - 1 - w->rows)
		return err_set(err, STATUS_OSERR, "kind %.*s: has over 4 billion rows; split it", STR_ARG(w->kind->name));
	if (see_rows(w, b->fingerprints, b->rows, err) < 0)
		return -1;
	row_sum_add(&w->sum, b->sum);
	buf_puts(&w->refused, buf_str(&b->refused));
	w->refused_count += b->refused_count;
	return b->rows ? put_block(w, b, err) : 0;
}

int put_single_rows(struct table_writer *w, struct err *err)
{
	int r = take_rows(w, &w->single, err);
	table_rows_begin(&w->single, w->kind);
	return r;
}

int table_put_rows(struct table_writer *w, struct table_rows *b, struct err *err)
{
	if (put_single_rows(w, err) < 0)
		return -1;
	return take_rows(w, b, err);
}

int table_put(struct table_writer *w, const uint8_t *fixed, const uint8_t *texts, size_t texts_size, struct err *err)
{
	struct table_rows *b = &w->single;
	memcpy(table_rows_next(b), fixed, w->kind->stride);
	buf_put(&b->texts, texts, texts_size);
	table_rows_keep(b);
	return b->fixed.n + b->texts.n < SINGLE_BYTES ? 0 : put_single_rows(w, err);
}

void table_refuse(struct table_writer *w, struct str household_no, struct str name, int64_t region, struct str cleaned_id)
{
	table_rows_refuse(&w->single, household_no, name, region, cleaned_id);
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
	fingerprints_release(&w->fingerprints);
	buf_release(&w->refused);
	table_rows_release(&w->single);
	free(w->put);
	free(w->suspects);
	free(w->suspected);
	free(w->duplicates);
	free(w->repeated);
	free(w->parts);
	free(w->known);
	free(w);
}
