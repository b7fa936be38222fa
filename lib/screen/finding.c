#include "screen/finding.h"

#include "base/bytes.h"

/* u32 bytes behind it; u8 list, rule, unit, core, severity, confidence; u64 region, u32 persons; nine texts: u32 bytes, bytes. */
void finding_encode(struct buf *b, const struct finding *f)
{
	const struct str all[] = { f->nature, f->unit_no, f->head_name, f->head_id, f->status, f->evidence_ids, f->evidence_rows,
		f->evidence_hash, f->evidence };
	const char head[] = { (char)f->list, (char)f->rule, (char)f->unit, (char)f->core, (char)f->severity, (char)f->confidence };
	size_t begin = b->n;
	put32(b, 0);
	buf_put(b, head, sizeof head);
	put64(b, (uint64_t)f->region);
	put32(b, f->persons);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		put_text(b, all[i]);
	le32_put(b->p + begin, (uint32_t)(b->n - begin - 4));
}

int64_t finding_region(const uint8_t *p)
{
	return (int64_t)le64_get(p + 10);
}

int finding_decode(struct finding *f, const struct pack *pack, const uint8_t **p, const uint8_t *end)
{
	struct reader outer = { *p, end, false };
	uint32_t n = take32(&outer);
	const uint8_t *body = take(&outer, n);
	struct reader r = { body, body ? body + n : NULL, !body };
	const uint8_t *x = take(&r, 6);
	if (!x || x[0] >= LIST_COUNT || x[1] >= pack->rule_count || x[2] >= UNIT_COUNT || x[4] >= LEVEL_COUNT || x[5] >= LEVEL_COUNT)
		return -1;
	*f = (struct finding){ .list = x[0], .rule = x[1], .unit = x[2], .core = x[3], .severity = x[4], .confidence = x[5] };
	f->region = (int64_t)take64(&r);
	f->persons = take32(&r);
	struct str *all[] = { &f->nature, &f->unit_no, &f->head_name, &f->head_id, &f->status, &f->evidence_ids, &f->evidence_rows,
		&f->evidence_hash, &f->evidence };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		*all[i] = take_text(&r);
	*p = outer.p;
	return r.failed || r.p != r.end ? -1 : 0;
}
