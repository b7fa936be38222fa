#include "earlier.h"

#include "base/le.h"

void dues_put(struct buf *b, struct due_entry e)
{
	put32(b, e.dossier);
	put32(b, (uint32_t)e.due);
	put32(b, e.findings);
	put32(b, e.at);
}

void dues_set_at(struct buf *b, size_t i, uint32_t at)
{
	le32_put(b->p + i * DUE_BYTES + 12, at);
}

struct due_entry dues_take(struct reader *r)
{
	struct due_entry e = { .dossier = take32(r) };
	e.due = (int32_t)take32(r);
	e.findings = take32(r);
	e.at = take32(r);
	return e;
}

int earlier_broken(const struct earlier *e, struct err *err)
{
	return err_set(err, STATUS_DATA, "%s: does not belong to its dossiers and findings; make it again", e->dues->path);
}

int earlier_open(struct earlier *ret, const struct screen_kept *kept, const struct shared *shared, const struct frame_id *id, struct err *err)
{
	ret->shared = *shared;
	ret->shared.pack = kept->pack;
	if (frame_open(&ret->findings, kept->findings, FRAME_FINDING, id, err) < 0 || frame_open(&ret->dues, kept->dues, FRAME_DUES, id, err) < 0)
		return -1;
	ret->findings_scan = (struct frame_scan){ .frame = ret->findings };
	ret->dues_scan = (struct frame_scan){ .frame = ret->dues };
	return 0;
}

void earlier_close(struct earlier *e)
{
	frame_scan_release(&e->findings_scan);
	frame_scan_release(&e->dues_scan);
	frame_close(e->findings);
	frame_close(e->dues);
}

int block_take(struct frame_scan *scan, uint32_t tag, struct buf *ret, struct err *err)
{
	struct frame_block b;
	enum iter got;
	while ((got = frame_next(scan, &b, err)) == ITER_ROW && b.tag != tag)
		;
	if (got != ITER_ROW)
		return got == ITER_END ? 0 : -1;
	struct buf spare = *ret;
	*ret = scan->buf;
	ret->n = b.n;
	scan->buf = spare;
	return 1;
}

int earlier_next(struct earlier *e, struct buf *dues, struct buf *findings, struct err *err)
{
	size_t n = 0;
	findings->n = 0;
	int got = block_take(&e->dues_scan, TAG_DUES, dues, err);
	if (got <= 0)
		return got < 0 ? -1 : earlier_broken(e, err);
	for (struct reader r = { (const uint8_t *)dues->p, (const uint8_t *)dues->p + dues->n, false }; r.p < r.end && !r.failed;)
		n += dues_take(&r).findings;
	if (!n)
		return 1;
	got = block_take(&e->findings_scan, TAG_FINDINGS, findings, err);
	return got < 0 ? -1 : got == 1 && findings->n == n ? 1 : earlier_broken(e, err);
}

int earlier_figures(const struct earlier *e, struct figures *to, struct err *err)
{
	struct frame_scan scan = { .frame = e->findings, .skip = TAG_FINDINGS };
	struct frame_block b;
	enum iter got;
	int r = 0;
	while (r == 0 && (got = frame_next(&scan, &b, err)) != ITER_END)
		if (got == ITER_ERROR)
			r = -1;
		else if (b.tag == TAG_FIGURES && figures_decode(to, b.p, b.n) < 0)
			r = err_set(err, STATUS_DATA, "%s: its figures are broken; make it again", e->findings->path);
	frame_scan_release(&scan);
	return r;
}

#define LEAST (22 + 9 * 4) /* bytes of a finding: docs/formats/finding.md */

int findings_count(const uint8_t *p, size_t n)
{
	int count = 0;
	while (n >= LEAST && le32_get(p) >= LEAST - 4 && 4 + (size_t)le32_get(p) <= n) {
		size_t m = 4 + (size_t)le32_get(p);
		p += m;
		n -= m;
		count++;
	}
	return n ? -1 : count;
}
