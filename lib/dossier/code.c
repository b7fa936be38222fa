#include "base/bytes.h"
#include "dossier/dossier.h"

/* The bytes of one dossier:
 *   u32 bytes behind this number, u32 persons, u32 rows, u32 notes, u32 refused
 *   person   u64 key, u8 flags
 *   row      u16 kind, u32 bytes of the texts part, the fixed part, the texts part
 *   note     u32 county, u8 flags (1 collective, 2 registered), u64 region, u32 bytes, number
 *   refused  u32 count, u32 bytes, number
 */

void dossier_encode_begin(struct buf *b, uint32_t persons, uint32_t rows, uint32_t notes, uint32_t refused)
{
	put32(b, 0);
	put32(b, persons);
	put32(b, rows);
	put32(b, notes);
	put32(b, refused);
}

void dossier_encode_end(struct buf *b, size_t begin)
{
	le32_put(b->p + begin, (uint32_t)(b->n - begin - 4));
}

void dossier_encode_person(struct buf *b, uint64_t key, uint8_t flags)
{
	uint8_t x[9];
	le64_put(x, key);
	x[8] = flags;
	buf_put(b, x, 9);
}

void dossier_encode_row(struct buf *b, const struct kind *k, struct row r)
{
	uint8_t x[6];
	size_t n = row_texts_size(k, r);
	le16_put(x, (uint16_t)k->index);
	le32_put(x + 2, (uint32_t)n);
	buf_put(b, x, 6);
	buf_put(b, r.fixed, k->stride);
	buf_put(b, r.texts, n);
}

void dossier_encode_note(struct buf *b, const struct household_note *note)
{
	put32(b, note->county);
	buf_putc(b, (char)((note->collective ? 1 : 0) | (note->registered ? 2 : 0)));
	put64(b, (uint64_t)note->region);
	put_text(b, note->number);
}

void dossier_encode_refused(struct buf *b, struct str number, uint32_t count)
{
	put32(b, count);
	put_text(b, number);
}

static void take_person(struct reader *r, struct person *p)
{
	const uint8_t *x = take(r, 9);
	if (x)
		*p = (struct person){ .key = le64_get(x), .flags = x[8] };
}

/* Whether the texts part of a row is whole: its texts fill it. */
static bool texts_fill(const struct kind *k, const uint8_t *texts, size_t n)
{
	struct reader r = { texts, texts + n, false };
	const uint8_t *sizes = take(&r, k->text_count);
	for (unsigned i = 0; sizes && i < k->text_count; i++)
		take(&r, sizes[i] == ROW_LONG ? take32(&r) : sizes[i]);
	return !r.failed && r.p == r.end;
}

/* Bytes can hold more than a value can be, and who prints or counts one relies on what it can be. By type; of the others any number will do. */
static const struct {
	int64_t low, high;
} bounds[TYPE_COUNT] = {
	[TYPE_DATE] = { -693595, 2958463 }, /* 0001-01-01, 9999-12-31 */
	[TYPE_YEAR] = { 0, 9999 },
	[TYPE_MONEY] = { -1000000000000000000, 1000000000000000000 },
	[TYPE_BOOL] = { 0, 1 },
	[TYPE_REGION] = { 0, 999999999999 },
};

static bool can_be(const struct column *c, int64_t v)
{
	if (c->enumeration)
		return v >= 0 && v < c->enumeration->count;
	return !bounds[c->type].high || (v >= bounds[c->type].low && v <= bounds[c->type].high);
}

static bool values_sound(const struct kind *k, struct row row)
{
	for (unsigned i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		if (c->type == TYPE_TEXT || c->type == TYPE_NAME)
			continue;
		int64_t v = row_number(row, c);
		if (v != VALUE_NULL && !can_be(c, v))
			return false;
	}
	return true;
}

static void take_row(struct reader *r, const struct schema *schema, struct dossier_row *row)
{
	const uint8_t *x = take(r, 6);
	if (!x)
		return;
	uint16_t kind = le16_get(x);
	uint32_t texts = le32_get(x + 2);
	if (kind >= schema->kind_count) {
		r->failed = true;
		return;
	}
	const struct kind *k = &schema->kinds[kind];
	const uint8_t *fixed = take(r, k->stride), *heap = take(r, texts);
	*row = (struct dossier_row){ { fixed, heap }, kind, { NONE, NONE } };
	r->failed |= !heap || !texts_fill(k, heap, texts) || !values_sound(k, row->row);
}

/* No count can be larger than the bytes that are there. */
static uint32_t take_count(struct reader *r, size_t least)
{
	uint32_t n = take32(r);
	if (n > (size_t)(r->end - r->p) / least)
		r->failed = true;
	return r->failed ? 0 : n;
}

int dossier_decode(struct dossier *d, const uint8_t **p, const uint8_t *end)
{
	struct reader outer = { *p, end, false };
	uint32_t bytes = take32(&outer);
	const uint8_t *body = take(&outer, bytes);
	if (!body)
		return -1;
	struct reader r = { body, body + bytes, false };
	dossier_reset(d);
	d->person_count = take_count(&r, 9);
	d->row_count = take_count(&r, 6);
	d->note_count = take_count(&r, 17);
	d->refused_count = take_count(&r, 8);
	d->persons = arena_alloc(&d->arena, d->person_count * sizeof *d->persons);
	d->rows = arena_alloc(&d->arena, d->row_count * sizeof *d->rows);
	d->notes = arena_alloc(&d->arena, d->note_count * sizeof *d->notes);
	d->refused = arena_alloc(&d->arena, d->refused_count * sizeof *d->refused);
	for (uint32_t i = 0; i < d->person_count; i++)
		take_person(&r, &d->persons[i]);
	for (uint32_t i = 0; i < d->row_count; i++)
		take_row(&r, d->pack->schema, &d->rows[i]);
	for (uint32_t i = 0; i < d->note_count; i++) {
		struct household_note *n = &d->notes[i];
		n->county = take32(&r);
		const uint8_t *flags = take(&r, 1);
		n->collective = flags && *flags & 1;
		n->registered = flags && *flags & 2;
		n->region = (int64_t)take64(&r);
		n->number = take_text(&r);
		r.failed |= (n->county != NONE && n->county > 999999) ||
		            (n->region != VALUE_NULL && (n->region < 0 || n->region > bounds[TYPE_REGION].high));
	}
	for (uint32_t i = 0; i < d->refused_count; i++) {
		d->refused[i].count = take32(&r);
		d->refused[i].number = take_text(&r);
	}
	if (r.failed || r.p != r.end)
		return -1;
	*p = outer.p;
	dossier_build(d);
	return 0;
}
