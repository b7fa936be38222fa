#include "internal.h"

#include "join/join.h"
#include "screen/look.h"

#include <stdlib.h>

struct look {
	struct frame *frame;
	struct frame_scan scan;
	struct context context;
	struct screener screener;
	struct buf block;              /* the dossiers at hand */
	const uint8_t *at, *end;       /* in block */
};

int look_open(struct look **ret, const struct pack *pack, const char *dossiers, const struct frame_id *id, struct err *err)
{
	struct look *l = mem_alloc(sizeof *l);
	l->context.shared.pack = pack;
	int r = frame_open(&l->frame, dossiers, FRAME_DOSSIER, id, err);
	if (r == 0)
		r = context_take(&l->context, l->frame, err);
	l->scan = (struct frame_scan){ .frame = l->frame };
	screener_init(&l->screener, &l->context.shared);
	if (r < 0) {
		look_free(l);
		return -1;
	}
	*ret = l;
	return 0;
}

void look_free(struct look *l)
{
	if (!l)
		return;
	screener_release(&l->screener);
	frame_scan_release(&l->scan);
	context_release(&l->context);
	frame_close(l->frame);
	buf_release(&l->block);
	free(l);
}

/* Blocks until one of dossiers comes. */
static enum iter next_block(struct look *l, struct err *err)
{
	struct frame_block b;
	enum iter got;
	while ((got = frame_next(&l->scan, &b, err)) == ITER_ROW && b.tag != TAG_DOSSIERS)
		;
	if (got != ITER_ROW)
		return got;
	l->block.n = 0;
	buf_put(&l->block, b.p, b.n);
	l->at = (const uint8_t *)l->block.p;
	l->end = l->at + l->block.n;
	return ITER_ROW;
}

enum iter look_next(struct look *l, struct err *err)
{
	enum iter got = l->at == l->end ? next_block(l, err) : ITER_ROW;
	if (got != ITER_ROW)
		return got;
	if (dossier_decode(&l->screener.dossier, &l->at, l->end) < 0) {
		err_set(err, STATUS_DATA, "%s: a dossier is broken; make it again", l->frame->path);
		return ITER_ERROR;
	}
	eval_dossier(&l->screener.eval);
	return ITER_ROW;
}

struct dossier *look_dossier(struct look *l) { return &l->screener.dossier; }
struct eval *look_eval(struct look *l) { return &l->screener.eval; }
const struct coverage *look_coverage(const struct look *l) { return &l->context.shared.coverage; }

bool look_kind(const struct look *l, unsigned kind)
{
	return l->context.shared.file_counts[kind] > 0;
}

bool look_village(struct look *l, int64_t region)
{
	for (uint32_t i = 0; i < l->context.villages.count; i++)
		if (l->context.villages.items[i].region == region) {
			l->screener.eval.village = &l->context.villages.items[i];
			return true;
		}
	return false;
}

bool look_ask(struct look *l, const struct rule *r, enum item item, uint32_t index, struct finding *ret)
{
	l->screener.out.n = 0;
	eval_unit(&l->screener.eval, item, index);
	return l->context.shared.coverage.evaluated >> r->index & 1 && ask(&l->screener, r, item, index, ret);
}

void look_row(struct look *l, uint32_t row, struct buf *b) { row_in_words(&l->screener, row, b); }
void look_place(struct look *l, uint32_t row, struct buf *b) { row_place(&l->screener, row, b); }
