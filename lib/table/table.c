#include "table/table.h"

#include "base/bytes.h"
#include "filter.h"
#include "id/id.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define TAG_ROWS FRAME_TAG('R', 'O', 'W', 'S')
#define TAG_DUPLICATES FRAME_TAG('D', 'U', 'P', 'L')
#define TAG_REPEATED FRAME_TAG('R', 'E', 'P', 'T')
#define TAG_REFUSED FRAME_TAG('R', 'E', 'F', 'U')
#define TAG_META FRAME_TAG('M', 'E', 'T', 'A')

#define BLOCK_BYTES (1u << 20)
#define MAX_STRIDE 512
#define WAITING 16

struct table_writer {
	struct frame_writer *frame;
	const struct kind *kind;
	struct buf fixed, offsets, heap;
	uint32_t rows, block_rows;
	struct row_sum sum;
	struct filter seen;
	uint64_t waiting[WAITING]; /* keys whose memory is being fetched: a ring, by row */
	uint64_t *suspects;      /* keys that may have been seen before */
	size_t suspect_count, suspect_cap;
	bool settled;            /* duplicates and repeated are known */
	uint32_t *duplicates;
	size_t duplicate_count, duplicate_cap;
	uint64_t *repeated;
	size_t repeated_count, repeated_cap;
	struct buf refused;
	uint32_t refused_count;
};

struct row_sum row_values_hash(const struct kind *k, struct row r)
{
	uint8_t fixed[MAX_STRIDE];
	size_t n = k->stride - ROW_FIXED;
	memcpy(fixed, r.fixed + ROW_FIXED, n);
	for (unsigned i = 0; i < k->column_count; i++)
		if (k->columns[i].type == TYPE_ID || k->columns[i].type == TYPE_CERT)
			fixed[k->columns[i].offset - ROW_FIXED + 7] &= 0x7F; /* ID_WEAK is how it was written, no value */
	return row_hash(fixed, n, r.texts, row_texts_size(k, r));
}

/* What two equal rows have in common and few others: the person, or all values where no person is named. */
static uint64_t row_key(const struct kind *k, struct row r)
{
	if (k->ids[0] >= 0)
		return id_key((uint64_t)row_number(r, &k->columns[k->ids[0]]));
	return row_values_hash(k, r).low;
}

int table_create(struct table_writer **ret, const char *path, const struct kind *kind, const struct frame_id *id, struct err *err)
{
	if (kind->stride > MAX_STRIDE)
		return err_set(err, STATUS_CONFIG, "kind %.*s: has too many columns; drop some from its schema", STR_ARG(kind->name));
	struct table_writer *w = mem_alloc(sizeof *w);
	w->kind = kind;
	if (frame_create(&w->frame, path, FRAME_TABLE, id, err) < 0) {
		free(w);
		return -1;
	}
	*ret = w;
	return 0;
}

/* A block's payload: u32 heap bytes, the fixed parts, u32 offsets of each row's texts, the texts. */
static int put_block(struct table_writer *w, struct err *err)
{
	if (!w->block_rows)
		return 0;
	struct buf b = { 0 };
	uint8_t heap[4];
	le32_put(heap, (uint32_t)w->heap.n);
	buf_reserve(&b, 4 + w->fixed.n + w->offsets.n + w->heap.n);
	buf_put(&b, heap, 4);
	buf_puts(&b, buf_str(&w->fixed));
	buf_puts(&b, buf_str(&w->offsets));
	buf_puts(&b, buf_str(&w->heap));
	int r = frame_put(w->frame, TAG_ROWS, b.p, b.n, w->block_rows, err);
	buf_release(&b);
	w->fixed.n = w->offsets.n = w->heap.n = 0;
	w->block_rows = 0;
	return r;
}

static void settle_key(struct table_writer *w, uint64_t key)
{
	if (filter_add(&w->seen, key))
		VEC_PUSH(w->suspects, w->suspect_count, w->suspect_cap, key);
}

/* A key is looked up some rows later, when the memory for it has come. */
static void see_key(struct table_writer *w, uint64_t key)
{
	uint64_t *slot = &w->waiting[w->rows % WAITING];
	if (w->rows >= WAITING)
		settle_key(w, *slot);
	*slot = key;
	filter_prefetch(&w->seen, key);
}

int table_put(struct table_writer *w, const uint8_t *fixed, const uint8_t *texts, size_t texts_size, struct err *err)
{
	if (w->rows == UINT32_MAX - 1)
		return err_set(err, STATUS_OSERR, "kind %.*s: has over 4 billion rows; split it", STR_ARG(w->kind->name));
	struct row r = { fixed, texts };
	see_key(w, row_key(w->kind, r));
	row_sum_add(&w->sum, row_values_hash(w->kind, r));
	uint8_t at[4];
	le32_put(at, (uint32_t)w->heap.n);
	buf_put(&w->fixed, fixed, w->kind->stride);
	buf_put(&w->offsets, at, 4);
	buf_put(&w->heap, texts, texts_size);
	w->rows++;
	w->block_rows++;
	if (w->fixed.n + w->heap.n >= BLOCK_BYTES)
		return put_block(w, err);
	return 0;
}

void table_refuse(struct table_writer *w, struct str household_no, struct str name, int64_t region, struct str cleaned_id)
{
	uint8_t number[8];
	value_store(TYPE_REGION, number, region);
	put_text(&w->refused, household_no);
	put_text(&w->refused, name);
	put_text(&w->refused, cleaned_id);
	buf_put(&w->refused, number, 8);
	w->refused_count++;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

struct candidate {
	uint64_t key;
	struct row_sum hash;
	uint32_t ordinal;
};

static int by_hash(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->hash.high != b->hash.high)
		return a->hash.high < b->hash.high ? -1 : 1;
	if (a->hash.low != b->hash.low)
		return a->hash.low < b->hash.low ? -1 : 1;
	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static int by_ordinal(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void settle(struct table_writer *w, struct candidate *c, size_t n)
{
	sort(c, n, sizeof *c, by_hash);
	for (size_t i = 0, j; i < n; i = j) {
		size_t kept = 0;
		for (j = i; j < n && c[j].key == c[i].key; j++) {
			bool again = j > i && c[j].hash.high == c[j - 1].hash.high && c[j].hash.low == c[j - 1].hash.low;
			kept += !again;
			if (!again)
				continue;
			VEC_PUSH(w->duplicates, w->duplicate_count, w->duplicate_cap, c[j].ordinal);
			row_sum_take(&w->sum, c[j].hash);
		}
		if (kept > 1)
			VEC_PUSH(w->repeated, w->repeated_count, w->repeated_cap, c[i].key);
	}
	sort(w->duplicates, w->duplicate_count, sizeof *w->duplicates, by_ordinal);
}

static size_t unique(uint64_t *v, size_t n)
{
	size_t kept = 0;
	sort(v, n, sizeof *v, by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || v[i] != v[i - 1])
			v[kept++] = v[i];
	return kept;
}

/* The suspects, sorted, behind a bit for a hash of each: a pass over all rows asks mostly about others. */
struct suspects {
	const uint64_t *keys;
	size_t count;
	uint64_t *bits;
	unsigned shift;
};

static struct suspects suspects_of(const uint64_t *keys, size_t n)
{
	struct suspects s = { keys, n, NULL, 50 }; /* 2^14 bits and more: 16 a key */
	while (s.shift > 30 && UINT64_C(1) << (64 - s.shift) < 16 * (uint64_t)n)
		s.shift--;
	s.bits = mem_alloc(UINT64_C(1) << (64 - s.shift - 3));
	for (size_t i = 0; i < n; i++) {
		uint64_t bit = keys[i] * UINT64_C(0x9E3779B97F4A7C15) >> s.shift;
		s.bits[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	return s;
}

static bool suspected(const struct suspects *s, uint64_t key)
{
	uint64_t bit = key * UINT64_C(0x9E3779B97F4A7C15) >> s->shift;
	return s->bits[bit / 64] >> bit % 64 & 1 && bsearch(&key, s->keys, s->count, sizeof key, by_number);
}

/* Second pass over the rows put, for those whose key may stand there twice. */
static int gather(struct table_writer *w, struct candidate **ret, size_t *ret_n, struct err *err)
{
	struct frame view;
	if (frame_view(w->frame, &view, err) < 0)
		return -1;
	struct table fake = { .frame = &view, .kind = w->kind };
	struct table_scan scan;
	table_scan_init(&scan, &fake);
	struct suspects set = suspects_of(w->suspects, w->suspect_count);
	struct candidate *c = NULL;
	size_t n = 0, cap = 0;
	struct row r;
	uint32_t ordinal;
	enum iter got;
	while ((got = table_next(&scan, &r, &ordinal, err)) == ITER_ROW) {
		uint64_t key = row_key(w->kind, r);
		if (suspected(&set, key)) {
			struct candidate one = { key, row_values_hash(w->kind, r), ordinal };
			VEC_PUSH(c, n, cap, one);
		}
	}
	table_scan_release(&scan);
	free(set.bits);
	*ret = c;
	*ret_n = n;
	return got == ITER_END ? 0 : -1;
}

int table_duplicates(struct table_writer *w, const uint32_t **ret, size_t *ret_count, struct err *err)
{
	int r = 0;
	if (!w->settled) {
		r = put_block(w, err);
		for (uint32_t i = w->rows < WAITING ? 0 : w->rows - WAITING; i < w->rows; i++)
			settle_key(w, w->waiting[i % WAITING]);
		filter_release(&w->seen);
		w->suspect_count = unique(w->suspects, w->suspect_count);
		if (r == 0 && w->suspect_count) {
			struct candidate *c = NULL;
			size_t n = 0;
			r = gather(w, &c, &n, err);
			if (r == 0)
				settle(w, c, n);
			free(c);
		}
		w->settled = true;
	}
	*ret = w->duplicates;
	*ret_count = w->duplicate_count;
	return r;
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
	free(w->suspects);
	free(w->duplicates);
	free(w->repeated);
	free(w);
}
