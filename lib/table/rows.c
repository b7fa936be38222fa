#include "table/rows.h"

#include "base/bytes.h"
#include "id/id.h"
#include "writer.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define FIRST_ROWS 256

/* row_hash(), without a call. */
static struct row_sum hash_parts(const uint8_t *fixed, size_t n, const uint8_t *texts, size_t texts_size)
{
	XXH128_hash_t h = XXH3_128bits_withSeed(texts, texts_size, XXH3_64bits(fixed, n));
	return (struct row_sum){ h.low64, h.high64 };
}

/* ID_WEAK is how an id was written, no value: it is taken off. */
static struct row_sum hash_of_weak(const struct kind *k, struct row r, size_t texts_size)
{
	UNSET uint8_t fixed[ROW_STRIDE_MAX];
	size_t n = k->stride - ROW_FIXED;
	memcpy(fixed, r.fixed + ROW_FIXED, n);
	for (unsigned i = 0; i < k->id_offset_count; i++)
		fixed[k->id_offsets[i] - ROW_FIXED + 7] &= 0x7F;
	return hash_parts(fixed, n, r.texts, texts_size);
}

/* Nearly always no id is weak. */
static inline struct row_sum hash_of(const struct kind *k, struct row r, size_t texts_size)
{
	uint8_t weak = 0;
	for (unsigned i = 0; i < k->id_offset_count; i++)
		weak |= r.fixed[k->id_offsets[i] + 7];
	return weak & 0x80 ? hash_of_weak(k, r, texts_size) : hash_parts(r.fixed + ROW_FIXED, k->stride - ROW_FIXED, r.texts, texts_size);
}

struct row_sum row_values_hash(const struct kind *k, struct row r)
{
	return hash_of(k, r, row_texts_size(k, r));
}

uint64_t row_key(const struct kind *k, struct row r)
{
	if (k->ids[0] >= 0)
		return id_key(le64_get(r.fixed + k->columns[k->ids[0]].offset));
	return row_values_hash(k, r).low;
}

static void make_room(struct table_rows *b)
{
	b->cap = b->cap ? 2 * b->cap : FIRST_ROWS;
	b->starts = mem_grow(b->starts, (size_t)b->cap + 1, sizeof *b->starts);
	b->fingerprints = mem_grow(b->fingerprints, b->cap, sizeof *b->fingerprints);
	buf_reserve(&b->fixed, (size_t)b->cap * b->kind->stride - b->fixed.n);
}

void table_rows_begin(struct table_rows *b, const struct kind *kind)
{
	b->kind = kind;
	b->rows = b->refused_count = 0;
	b->sealed = false;
	b->refused.n = 0;
	b->sum = (struct row_sum){ 0 };
	b->fixed.n = b->texts.n = 0;
	if (!b->cap)
		make_room(b);
	buf_reserve(&b->fixed, (size_t)b->cap * kind->stride);
	b->starts[0] = 0;
}

uint8_t *table_rows_room(struct table_rows *b, uint32_t n)
{
	while (b->cap - b->rows < n)
		make_room(b);
	return (uint8_t *)b->fixed.p + b->fixed.n;
}

void table_rows_keep_many(struct table_rows *b, uint32_t n)
{
	const struct kind *k = b->kind;
	const struct table_rows rows = *b; /* a copy: no store can change it */
	struct row r = { (uint8_t *)rows.fixed.p + rows.fixed.n, NULL };
	bool has_id = k->ids[0] >= 0;
	unsigned id = has_id ? k->columns[k->ids[0]].offset : 0, stride = k->stride;
	unsigned __int128 sum = 0;
	for (uint32_t i = rows.rows; i < rows.rows + n; i++, r.fixed += stride) {
		r.texts = (uint8_t *)rows.texts.p + rows.starts[i];
		struct row_sum hash = hash_of(k, r, rows.starts[i + 1] - rows.starts[i]);
		sum += (unsigned __int128)hash.high << 64 | hash.low;
		rows.fingerprints[i] = has_id ? id_key(le64_get(r.fixed + id)) | (hash.high & ~ID_KEY_MASK) : hash.low;
	}
	row_sum_add(&b->sum, (struct row_sum){ (uint64_t)sum, (uint64_t)(sum >> 64) });
	b->fixed.n += (size_t)n * stride;
	b->rows += n;
}

void table_rows_keep(struct table_rows *b)
{
	b->starts[b->rows + 1] = (uint32_t)b->texts.n;
	table_rows_keep_many(b, 1);
}

void table_rows_parts(const struct table_rows *b, uint8_t head[4], struct str parts[ROWS_PARTS])
{
	le32_put(head, (uint32_t)b->texts.n);
	parts[0] = (struct str){ (const char *)head, 4 };
	parts[1] = buf_str(&b->fixed);
	parts[2] = (struct str){ (const char *)b->starts, b->rows * sizeof *b->starts };
	parts[3] = buf_str(&b->texts);
}

void table_rows_seal(struct table_rows *b)
{
	uint8_t head[4];
	struct str parts[ROWS_PARTS];
	if (b->sealed)
		return;
	b->sealed = true;
	for (uint32_t i = 0; i < b->rows; i++)
		b->starts[i] = htole32(b->starts[i]); /* as they stand in the block */
	table_rows_parts(b, head, parts);
	b->checksum = frame_checksum(parts, ROWS_PARTS);
}

void table_rows_refuse(struct table_rows *b, struct str household_no, struct str name, int64_t region, struct str cleaned_id)
{
	uint8_t number[8];
	value_store(TYPE_REGION, number, region);
	put_text(&b->refused, household_no);
	put_text(&b->refused, name);
	put_text(&b->refused, cleaned_id);
	buf_put(&b->refused, number, 8);
	b->refused_count++;
}

void table_rows_release(struct table_rows *b)
{
	buf_release(&b->refused);
	buf_release(&b->fixed);
	buf_release(&b->texts);
	free(b->starts);
	free(b->fingerprints);
	*b = (struct table_rows){ 0 };
}
