/* The lists: batches of findings, in the order of the index, are read, put in order, made lines by any thread, and written in turn. */
#include "internal.h"

#include "base/turns.h"
#include "csv/write.h"

#include <stdio.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static const char header[] = LIST_HEADER "\n";

/* ---- lines ------------------------------------------------------------------------------------------------------------------------- */

static void put_next(struct buf *b, struct str s)
{
	buf_putc(b, ',');
	if (s.n)
		csv_put_guarded(b, s);
}

/* What lines have in common is made once: by rule, and while the region stays. */
struct printer {
	const struct report *r;
	struct buf *codes, *tails;     /* by rule: ",M1,", and from title to the end of the line */
	struct buf region;             /* ",region,county,township,village" of region_of */
	int64_t region_of;
	struct buf id;                 /* what a finding's id is made of */
	struct buf out;
};

static void prepare_rule(struct printer *p, const struct rule *rule)
{
	struct buf *code = &p->codes[rule->index], *tail = &p->tails[rule->index];
	put_next(code, rule->code);
	put_next(tail, rule->title_zh);
	put_next(tail, rule->check);
	put_next(tail, rule->department);
	buf_printf(tail, ",%d\n", rule->days);
}

static void printer_init(struct printer *p, const struct report *r)
{
	*p = (struct printer){ .r = r, .region_of = INT64_MAX };
	p->codes = mem_alloc((r->pack->rule_count + 1) * sizeof *p->codes);
	p->tails = mem_alloc((r->pack->rule_count + 1) * sizeof *p->tails);
	for (unsigned i = 0; i < r->pack->rule_count; i++)
		prepare_rule(p, &r->pack->rules[i]);
}

static void printer_release(struct printer *p)
{
	for (unsigned i = 0; i < p->r->pack->rule_count; i++) {
		buf_release(&p->codes[i]);
		buf_release(&p->tails[i]);
	}
	free(p->codes);
	free(p->tails);
	buf_release(&p->region);
	buf_release(&p->id);
	buf_release(&p->out);
}

static void set_region(struct printer *p, int64_t region)
{
	const struct place *place = region == VALUE_NULL ? NULL : places_find(&p->r->places, region);
	const struct place none = { 0 };
	if (region == p->region_of)
		return;
	if (!place)
		place = &none;
	p->region_of = region;
	p->region.n = 0;
	buf_putc(&p->region, ',');
	if (region != VALUE_NULL)
		buf_number(&p->region, (uint64_t)region, 12);
	put_next(&p->region, place->county);
	put_next(&p->region, place->township);
	put_next(&p->region, place->village);
}

static void put_hex(struct buf *b, uint64_t h)
{
	char text[16];
	for (int i = 16; i-- > 0; h >>= 4)
		text[i] = "0123456789abcdef"[h & 15];
	buf_put(b, text, sizeof text);
}

static void put_id(struct printer *p, const struct finding *f, struct buf *b)
{
	p->id.n = 0;
	finding_name(&p->id, p->r->pack->rules[f->rule].code, str_of(unit_name(f->unit)), f->unit_no);
	put_hex(b, XXH3_64bits(p->id.p, p->id.n));
}

static void put_line(struct printer *p, const struct finding *f)
{
	struct buf *b = &p->out;
	put_id(p, f, b);
	buf_puts(b, buf_str(&p->codes[f->rule]));
	buf_puts(b, f->core ? STR(",yes,") : STR(",no,"));
	buf_puts(b, str_of(level_name(f->severity)));
	put_next(b, str_of(level_name(f->confidence)));
	put_next(b, f->nature);
	put_next(b, str_of(unit_name(f->unit)));
	put_next(b, f->unit_no);
	set_region(p, f->region);
	buf_puts(b, buf_str(&p->region));
	put_next(b, f->head_name);
	put_next(b, f->head_id);
	buf_putc(b, ',');
	buf_number(b, f->persons, 1);
	put_next(b, f->status);
	put_next(b, f->evidence_ids);
	put_next(b, f->evidence_rows);
	put_next(b, f->evidence_hash);
	put_next(b, f->evidence);
	buf_puts(b, buf_str(&p->tails[f->rule]));
}

/* ---- batches ----------------------------------------------------------------------------------------------------------------------- */

#define GAP 4096 /* bytes of other findings that are read along rather than read around */

struct piece {
	const struct place_of *place;
	struct finding finding;
};

/* Findings of one list from the index, and their bytes. */
struct batch {
	uint64_t order;
	unsigned list;
	bool first, last;              /* of its list */
	const struct place_of *places;
	size_t count, cap;
	struct piece *pieces;
	struct piece **sorted;
	struct buf bytes;
};

struct list_work {
	struct report *r;
	pthread_mutex_t lock;          /* of the next three */
	size_t next;                   /* in the index */
	uint64_t given;
	unsigned list;                 /* of the next batch */
	struct turns turns;            /* of the next two */
	struct output *out;
	uint64_t rows;
};

/* The next batch: whole keys, as many as fit, of one list; every list has one, if an empty one. False when all are given out. */
static bool take_batch(struct list_work *w, struct batch *b)
{
	const struct index *x = &w->r->index;
	uint64_t bytes = 0;
	pthread_mutex_lock(&w->lock);
	size_t i = w->next;
	bool more = w->list < LIST_COUNT;
	b->order = w->given++;
	b->list = w->list;
	b->places = x->items + i;
	b->first = i == 0 || list_of(&x->items[i - 1]) != w->list;
	while (i < x->count && list_of(&x->items[i]) == w->list &&
	       (bytes < BATCH || (bytes < 2 * BATCH && x->items[i].key == x->items[i - 1].key)))
		bytes += x->items[i++].bytes;
	b->count = i - w->next;
	b->last = i == x->count || list_of(&x->items[i]) != w->list;
	w->next = i;
	w->list += b->last;
	pthread_mutex_unlock(&w->lock);
	return more;
}

static int by_offset(const void *pa, const void *pb)
{
	const struct piece *a = *(struct piece *const *)pa, *b = *(struct piece *const *)pb;
	return (a->place->at > b->place->at) - (a->place->at < b->place->at);
}

static int by_line(const void *pa, const void *pb)
{
	const struct piece *a = *(struct piece *const *)pa, *b = *(struct piece *const *)pb;
	if (a->place->key != b->place->key)
		return a->place->key < b->place->key ? -1 : 1;
	int c = str_cmp(a->finding.unit_no, b->finding.unit_no);
	if (!c)
		c = str_cmp(a->finding.evidence_rows, b->finding.evidence_rows);
	return c ? c : by_offset(pa, pb);
}

static void make_room(struct batch *b)
{
	if (b->count > b->cap) {
		b->cap = b->count;
		b->pieces = mem_grow(b->pieces, b->cap, sizeof *b->pieces);
		b->sorted = mem_grow(b->sorted, b->cap, sizeof *b->sorted);
	}
	for (size_t i = 0; i < b->count; i++) {
		b->pieces[i].place = &b->places[i];
		b->sorted[i] = &b->pieces[i];
	}
}

static const struct place_of *nth(const struct batch *b, size_t i)
{
	return b->sorted[i]->place;
}

/* Read the findings, those that lie together in one go: bytes[0 .. n), *ret: of each, in the order of `sorted`, where it begins. */
static int read_runs(const struct report *r, struct batch *b, size_t *starts, struct err *err)
{
	b->bytes.n = 0;
	for (size_t i = 0, j; i < b->count; i = j) {
		uint64_t from = nth(b, i)->at, to = from;
		for (j = i; j < b->count && nth(b, j)->at <= to + GAP; j++) {
			starts[j] = b->bytes.n + (size_t)(nth(b, j)->at - from);
			to = nth(b, j)->at + nth(b, j)->bytes;
		}
		buf_reserve(&b->bytes, (size_t)(to - from));
		if (frame_read(r->frame, b->bytes.p + b->bytes.n, (size_t)(to - from), from, err) < 0)
			return -1;
		b->bytes.n += (size_t)(to - from);
	}
	return 0;
}

static int read_batch(const struct report *r, struct batch *b, struct err *err)
{
	make_room(b);
	sort(b->sorted, b->count, sizeof *b->sorted, by_offset);
	size_t *starts = mem_alloc((b->count + 1) * sizeof *starts);
	int got = read_runs(r, b, starts, err);
	for (size_t i = 0; got == 0 && i < b->count; i++) {
		const uint8_t *p = (const uint8_t *)b->bytes.p + starts[i];
		if (finding_decode(&b->sorted[i]->finding, r->pack, &p, p + nth(b, i)->bytes) < 0)
			got = err_set(err, STATUS_DATA, "%s: a finding is broken; make it again", r->frame->path);
	}
	free(starts);
	for (size_t i = 0; i < b->count; i++)
		b->sorted[i] = &b->pieces[i];
	for (size_t i = 0, j; got == 0 && i < b->count; i = j) {
		for (j = i + 1; j < b->count && b->places[j].key == b->places[i].key; j++)
			;
		sort(b->sorted + i, j - i, sizeof *b->sorted, by_line);
	}
	return got;
}

static int put_batch(struct list_work *w, const struct batch *b, const struct buf *lines, struct err *err)
{
	char name[64];
	snprintf(name, sizeof name, "lists/%s.csv", list_name((enum list)b->list));
	if (b->first) {
		w->rows = 0;
		if (put_begin(w->r, name, &w->out, err) < 0 || output_write(w->out, header, sizeof header - 1, err) < 0)
			return -1;
	}
	if (output_write(w->out, lines->p, lines->n, err) < 0)
		return -1;
	w->rows += b->count;
	if (!b->last)
		return 0;
	json_t *note = put_end(name, w->out, w->rows, err);
	w->out = NULL;
	if (note)
		json_array_append_new(w->r->outputs, note);
	return note ? 0 : -1;
}

static void *worker(void *arg)
{
	struct list_work *w = arg;
	struct batch b = { 0 };
	struct printer p;
	struct err err;
	printer_init(&p, w->r);
	while (take_batch(w, &b)) {
		if (read_batch(w->r, &b, &err) < 0) {
			turns_fail(&w->turns, &err);
			break;
		}
		p.out.n = 0;
		for (size_t i = 0; i < b.count; i++)
			put_line(&p, &b.sorted[i]->finding);
		if (!turns_wait(&w->turns, b.order))
			break;
		turns_done(&w->turns, put_batch(w, &b, &p.out, &err), &err);
	}
	printer_release(&p);
	buf_release(&b.bytes);
	free(b.pieces);
	free(b.sorted);
	return NULL;
}

int put_lists(struct report *r, struct err *err)
{
	struct list_work w = { .r = r };
	if (index_sort(r, err) < 0)
		return -1;
	pthread_mutex_init(&w.lock, NULL);
	turns_init(&w.turns);
	turns_run(r->job->threads, worker, &w);
	bool failed = w.turns.failed;
	if (failed)
		*err = w.turns.err;
	output_abort(w.out);
	turns_release(&w.turns);
	pthread_mutex_destroy(&w.lock);
	return failed ? -1 : 0;
}
