#include "screen/finding.h"

#include "base/le.h"

/* u32 bytes behind it; u8 list, rule, unit, core, severity, confidence; u64 region, u32 persons; nine texts: u32 bytes, bytes. */
#define NUMBERS 18

static struct str *texts(struct finding *f, int i)
{
	struct str *all[] = { &f->nature, &f->unit_no, &f->head_name, &f->head_id, &f->status, &f->evidence_ids, &f->evidence_rows,
		&f->evidence_hash, &f->evidence };
	return i < 9 ? all[i] : NULL;
}

static void put32(struct buf *b, uint32_t v)
{
	uint8_t x[4];
	le32_put(x, v);
	buf_put(b, x, 4);
}

void finding_encode(struct buf *b, const struct finding *f)
{
	struct finding copy = *f;
	size_t begin = b->n;
	uint8_t x[8];
	put32(b, 0);
	buf_putc(b, (char)f->list);
	buf_putc(b, (char)f->rule);
	buf_putc(b, (char)f->unit);
	buf_putc(b, (char)f->core);
	buf_putc(b, (char)f->severity);
	buf_putc(b, (char)f->confidence);
	le64_put(x, (uint64_t)f->region);
	buf_put(b, x, 8);
	put32(b, f->persons);
	for (int i = 0; i < 9; i++) {
		struct str s = *texts(&copy, i);
		put32(b, (uint32_t)s.n);
		buf_puts(b, s);
	}
	le32_put(b->p + begin, (uint32_t)(b->n - begin - 4));
}

int finding_decode(struct finding *f, const struct pack *pack, const uint8_t **p, const uint8_t *end)
{
	if (end - *p < 4)
		return -1;
	size_t n = le32_get(*p);
	const uint8_t *x = *p + 4;
	if (n < NUMBERS || (size_t)(end - x) < n)
		return -1;
	const uint8_t *stop = x + n;
	if (x[0] >= LIST_COUNT || x[1] >= pack->rule_count || x[2] >= UNIT_COUNT || x[4] >= LEVEL_COUNT || x[5] >= LEVEL_COUNT)
		return -1;
	*f = (struct finding){ .list = x[0], .rule = x[1], .unit = x[2], .core = x[3], .severity = x[4], .confidence = x[5],
		.region = (int64_t)le64_get(x + 6), .persons = le32_get(x + 14) };
	x += NUMBERS;
	for (int i = 0; i < 9; i++) {
		if (stop - x < 4 || (size_t)(stop - x - 4) < le32_get(x))
			return -1;
		*texts(f, i) = (struct str){ (const char *)x + 4, le32_get(x) };
		x += 4 + le32_get(x);
	}
	*p = stop;
	return x == stop ? 0 : -1;
}
