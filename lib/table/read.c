#include "base/bytes.h"
#include "table/table.h"

#include <stdlib.h>

#define TAG_ROWS FRAME_TAG('R', 'O', 'W', 'S')
#define TAG_DUPLICATES FRAME_TAG('D', 'U', 'P', 'L')
#define TAG_REPEATED FRAME_TAG('R', 'E', 'P', 'T')
#define TAG_REFUSED FRAME_TAG('R', 'E', 'F', 'U')
#define TAG_META FRAME_TAG('M', 'E', 'T', 'A')
#define TAG_PARTS FRAME_TAG('P', 'A', 'R', 'T')

static int wrong(const struct table *t, const char *what, struct err *err)
{
	return err_set(err, STATUS_DATA, "%s: %s; make it again", t->frame->path, what);
}

static int take_duplicates(struct table *t, const struct frame_block *b, struct err *err)
{
	if (t->duplicates || b->n != 4 * (size_t)b->rows)
		return wrong(t, "its list of duplicates is broken", err);
	t->duplicates = mem_alloc(b->n + 4);
	t->duplicate_count = b->rows;
	for (size_t i = 0; i < b->rows; i++)
		t->duplicates[i] = le32_get(b->p + 4 * i);
	return 0;
}

static int take_repeated(struct table *t, const struct frame_block *b, struct err *err)
{
	if (t->repeated || b->n != 8 * (size_t)b->rows)
		return wrong(t, "its list of repeated keys is broken", err);
	t->repeated = mem_alloc(b->n + 8);
	t->repeated_count = b->rows;
	for (size_t i = 0; i < b->rows; i++)
		t->repeated[i] = le64_get(b->p + 8 * i);
	return 0;
}

static int take_refused(struct table *t, const struct frame_block *b, struct err *err)
{
	buf_put(&t->refused_bytes, b->p, b->n);
	const uint8_t *bytes = (const uint8_t *)buf_str(&t->refused_bytes).p;
	struct reader in = { bytes, bytes + b->n, false };
	if (t->refused || b->rows > b->n / 20) /* three texts and a region at least */
		return wrong(t, "its refused rows are broken", err);
	t->refused = mem_grow(NULL, (size_t)b->rows + 1, sizeof *t->refused);
	for (uint32_t i = 0; i < b->rows; i++) {
		struct refused_row *r = &t->refused[i];
		r->household_no = take_text(&in);
		r->name = take_text(&in);
		r->cleaned_id = take_text(&in);
		const uint8_t *region = take(&in, 8);
		r->region = region ? value_load(TYPE_REGION, region) : VALUE_NULL;
	}
	if (in.failed || in.p != in.end)
		return wrong(t, "its refused rows are broken", err);
	t->refused_count = b->rows;
	return 0;
}

static int take_meta(struct table *t, const struct schema *schema, const struct frame_block *b, struct err *err)
{
	json_error_t e;
	if (t->meta)
		return wrong(t, "says twice what it is", err);
	t->meta = json_loadb((const char *)b->p, b->n, JSON_REJECT_DUPLICATES, &e);
	const char *kind = json_string_value(json_object_get(t->meta, "kind"));
	t->kind = kind ? schema_kind(schema, str_of(kind)) : NULL;
	if (!t->kind)
		return wrong(t, "its kind is not known", err);
	return 0;
}

static int take_rows(struct table *t, const struct frame_block *b, struct err *err)
{
	const struct table_block *last = t->block_count ? &t->blocks[t->block_count - 1] : NULL;
	uint32_t first = last ? last->first + last->rows : 0;
	if (b->rows > UINT32_MAX - 1 - first)
		return wrong(t, "has over 4 billion rows", err);
	struct table_block block = { t->frame, b->at, b->number, b->n, b->rows, first, 0 };
	VEC_PUSH(t->blocks, t->block_count, t->block_cap, block);
	return 0;
}

/* Where a table is whose name stands in t, which lies beside it. */
static char *beside(const struct table *t, struct str name)
{
	const char *slash = strrchr(t->frame->path, '/');
	struct buf path = { 0 };
	buf_put(&path, t->frame->path, slash ? (size_t)(slash - t->frame->path) + 1 : 0);
	buf_puts(&path, name);
	buf_putc(&path, 0);
	return path.p;
}

/* The blocks of the part that was opened last become those of t. */
static int take_rows_of(struct table *t, const struct table *part, struct err *err)
{
	const struct table_block *last = t->block_count ? &t->blocks[t->block_count - 1] : NULL;
	uint64_t first = last ? last->first + (uint64_t)last->rows : 0;
	for (size_t i = 0; i < part->block_count; i++) {
		struct table_block block = part->blocks[i];
		if (first > UINT32_MAX - 1 - block.rows)
			return wrong(t, "has over 4 billion rows", err);
		block.first = (uint32_t)first;
		block.file = (uint16_t)(t->part_count - 1);
		VEC_PUSH(t->blocks, t->block_count, t->block_cap, block);
		first += block.rows;
	}
	return 0;
}

static int open_table(struct table **ret, const char *path, const struct schema *schema, const struct frame_id *id, bool may_have_parts,
                      struct err *err);

static int take_part(struct table *t, const struct schema *schema, struct reader *in, struct err *err)
{
	struct str name = take_text(in);
	uint64_t rows = take64(in);
	struct row_sum sum = { .low = take64(in) };
	sum.high = take64(in);
	if (in->failed || !name.n || memchr(name.p, '/', name.n) || memchr(name.p, 0, name.n))
		return wrong(t, "its list of parts is broken", err);
	char *path = beside(t, name);
	struct table *part = NULL;
	int r = open_table(&part, path, schema, &t->frame->id, false, err);
	free(path);
	if (r < 0)
		return -1;
	t->parts[t->part_count++] = part;
	if (part->rows != rows || part->frame->sum.low != sum.low || part->frame->sum.high != sum.high)
		return wrong(part, "is not the part that its table was made of", err);
	return take_rows_of(t, part, err);
}

static int take_parts(struct table *t, const struct schema *schema, const struct frame_block *b, struct err *err)
{
	struct reader in = { b->p, b->p + b->n, false };
	if (t->parts || t->block_count || b->rows > UINT16_MAX)
		return wrong(t, "its list of parts is broken", err);
	t->parts = mem_grow(NULL, (size_t)b->rows + 1, sizeof *t->parts);
	for (uint32_t i = 0; i < b->rows; i++)
		if (take_part(t, schema, &in, err) < 0)
			return -1;
	return in.p == in.end ? 0 : wrong(t, "its list of parts is broken", err);
}

static int take_block(struct table *t, const struct schema *schema, const struct frame_block *b, bool may_have_parts, struct err *err)
{
	if (b->tag == TAG_PARTS && !may_have_parts)
		return wrong(t, "is a part and has parts", err);
	switch (b->tag) {
	case TAG_ROWS: return take_rows(t, b, err);
	case TAG_DUPLICATES: return take_duplicates(t, b, err);
	case TAG_REPEATED: return take_repeated(t, b, err);
	case TAG_REFUSED: return take_refused(t, b, err);
	case TAG_META: return take_meta(t, schema, b, err);
	case TAG_PARTS: return take_parts(t, schema, b, err);
	default: return wrong(t, "has a block of an unknown sort", err);
	}
}

static int open_table(struct table **ret, const char *path, const struct schema *schema, const struct frame_id *id, bool may_have_parts,
                      struct err *err)
{
	struct table *t = mem_alloc(sizeof *t);
	if (frame_open(&t->frame, path, FRAME_TABLE, id, err) < 0) {
		free(t);
		return -1;
	}
	t->rows = t->frame->rows;
	struct frame_scan scan = { .frame = t->frame, .skip = TAG_ROWS };
	struct frame_block b;
	enum iter got;
	int r = 0;
	while (r == 0 && (got = frame_next(&scan, &b, err)) != ITER_END)
		r = got == ITER_ROW ? take_block(t, schema, &b, may_have_parts, err) : -1;
	frame_scan_release(&scan);
	if (r == 0 && (!t->kind || !t->duplicates || !t->repeated || !t->refused))
		r = wrong(t, "a part of it is missing", err);
	for (unsigned i = 0; r == 0 && i < t->part_count; i++)
		if (t->parts[i]->kind != t->kind)
			r = wrong(t->parts[i], "is of another kind than its table", err);
	if (r < 0) {
		table_close(t);
		return -1;
	}
	*ret = t;
	return 0;
}

int table_open(struct table **ret, const char *path, const struct schema *schema, const struct frame_id *id, struct err *err)
{
	return open_table(ret, path, schema, id, true, err);
}

void table_close(struct table *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < t->part_count; i++)
		table_close(t->parts[i]);
	free(t->parts);
	json_decref(t->meta);
	free(t->blocks);
	free(t->duplicates);
	free(t->repeated);
	free(t->refused);
	buf_release(&t->refused_bytes);
	frame_close(t->frame);
	free(t);
}

void table_scan_init(struct table_scan *s, const struct table *t)
{
	table_scan_blocks(s, t, 0, t->block_count);
}

/* The place in t->duplicates of the first one that is not before this ordinal. */
static size_t duplicate_from(const struct table *t, uint32_t ordinal)
{
	size_t low = 0, high = t->duplicate_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->duplicates[middle] < ordinal)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void table_scan_blocks(struct table_scan *s, const struct table *t, size_t first_block, size_t end_block)
{
	*s = (struct table_scan){ .table = t, .frame = { .frame = t->frame }, .next_block = first_block, .end_block = end_block };
	if (first_block == end_block)
		return;
	const struct table_block *b = &t->blocks[first_block];
	s->ordinal = b->first;
	s->next_duplicate = duplicate_from(t, b->first);
}

/* Rows of a part say of themselves that they are in file 0. */
static void set_file(struct table_scan *s, uint16_t file)
{
	uint8_t *fixed = (uint8_t *)s->frame.buf.p + (s->fixed - (const uint8_t *)s->frame.buf.p);
	size_t stride = s->table->kind->stride;
	for (uint32_t i = 0; file && i < s->rows; i++)
		le16_put(fixed + i * stride + 4, file);
}

/* Lay the parts of a block out; a block that does not hold what it says is damage that its checksum agreed to. */
static int open_block(struct table_scan *s, const struct frame_block *b, struct err *err)
{
	size_t stride = s->table->kind->stride;
	size_t need = 4 + (size_t)b->rows * (stride + 4);
	if (b->n < need || b->n - need != le32_get(b->p))
		return wrong(s->table, "a block of rows is broken", err);
	s->fixed = b->p + 4;
	s->offsets = s->fixed + b->rows * stride;
	s->heap = s->offsets + 4 * (size_t)b->rows;
	s->row = 0;
	s->rows = b->rows;
	return 0;
}

/* ITER_END behind the last. */
static enum iter next_block(struct table_scan *s, struct err *err)
{
	if (s->next_block == s->end_block)
		return ITER_END;
	const struct table_block *block = &s->table->blocks[s->next_block++];
	struct frame_block b;
	s->frame.frame = block->frame;
	s->frame.at = block->at;
	s->frame.number = block->number;
	if (frame_next(&s->frame, &b, err) != ITER_ROW || open_block(s, &b, err) < 0)
		return ITER_ERROR;
	set_file(s, block->file);
	s->ordinal = block->first;
	return ITER_ROW;
}

static bool is_duplicate(struct table_scan *s)
{
	const struct table *t = s->table;
	if (s->next_duplicate == t->duplicate_count || t->duplicates[s->next_duplicate] != s->ordinal)
		return false;
	s->next_duplicate++;
	return true;
}

enum iter table_next(struct table_scan *s, struct row *ret, uint32_t *ret_ordinal, struct err *err)
{
	for (;;) {
		while (s->row < s->rows) {
			uint32_t i = s->row++;
			bool skip = is_duplicate(s);
			*ret_ordinal = s->ordinal++;
			if (skip)
				continue;
			*ret = table_row(s, i);
			return ITER_ROW;
		}
		enum iter got = next_block(s, err);
		if (got != ITER_ROW)
			return got;
	}
}

enum iter table_next_block(struct table_scan *s, struct err *err)
{
	enum iter got = next_block(s, err);
	if (got != ITER_ROW)
		return got;
	const struct table *t = s->table;
	s->first_duplicate = s->next_duplicate;
	while (s->next_duplicate < t->duplicate_count && t->duplicates[s->next_duplicate] - s->ordinal < s->rows)
		s->next_duplicate++;
	return ITER_ROW;
}

void table_scan_release(struct table_scan *s)
{
	frame_scan_release(&s->frame);
}
