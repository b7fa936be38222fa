/* The lists: batches of findings, in the order of the index, are read, put in order, made lines by any thread, and written in turn: in each
 * list the lines of a batch behind those of the one before. */
#include "internal.h"

#include "base/turns.h"
#include "csv/write.h"

#include <stdatomic.h>
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
	struct buf out[LIST_COUNT];
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
	for (int l = 0; l < LIST_COUNT; l++)
		buf_release(&p->out[l]);
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

/* At the end of its list. */
static void put_line(struct printer *p, const struct finding *f)
{
	struct buf *b = &p->out[f->list];
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
#define AHEAD 8  /* findings whose bytes are fetched while others are looked at */

struct piece {
	const struct place_of *place;
	struct finding finding;
};

/* Findings from the index, and their bytes. */
struct batch {
	uint64_t order;
	bool first, last;
	const struct place_of *places;
	size_t count, cap;
	struct piece *pieces;
	struct piece **sorted;
	struct place_of *offsets;      /* key: the offset; at: number of the piece */
	struct buf bytes;
};

struct list_out {
	struct turns turns;            /* of all below */
	struct output *out;
	uint64_t rows;
	json_t *note;
};

struct list_work {
	struct report *r;
	pthread_mutex_t lock;          /* of the next two */
	size_t next;                   /* in the index */
	uint64_t given;
	struct list_out lists[LIST_COUNT];
	atomic_bool figures_taken;
	json_t *figures;               /* NULL: figures_err */
	struct err figures_err;
};

/* The next batch: whole keys, as many as fit; there is one at least, if an empty one. False when all are given out. */
static bool take_batch(struct list_work *w, struct batch *b)
{
	const struct index *x = &w->r->index;
	uint64_t bytes = 0, most = batch_bytes(w->r);
	pthread_mutex_lock(&w->lock);
	size_t i = w->next;
	bool more = i < x->count || !w->given;
	b->order = w->given++;
	b->places = x->items + i;
	b->first = b->order == 0;
	while (i < x->count && (bytes < most || (bytes < 2 * most && x->items[i].key == x->items[i - 1].key)))
		bytes += x->items[i++].bytes;
	b->count = i - w->next;
	b->last = i == x->count;
	w->next = i;
	pthread_mutex_unlock(&w->lock);
	return more;
}

static int by_line(const void *pa, const void *pb)
{
	const struct piece *a = *(struct piece *const *)pa, *b = *(struct piece *const *)pb;
	if (a->place->key != b->place->key)
		return a->place->key < b->place->key ? -1 : 1;
	int c = str_cmp(a->finding.unit_no, b->finding.unit_no);
	if (!c)
		c = str_cmp(a->finding.evidence_rows, b->finding.evidence_rows);
	return c ? c : (a->place->at > b->place->at) - (a->place->at < b->place->at);
}

static void make_room(struct batch *b)
{
	if (b->count > b->cap) {
		b->cap = b->count;
		b->pieces = mem_grow(b->pieces, b->cap, sizeof *b->pieces);
		b->sorted = mem_grow(b->sorted, b->cap, sizeof *b->sorted);
		b->offsets = mem_grow(b->offsets, b->cap, sizeof *b->offsets);
	}
	for (size_t i = 0; i < b->count; i++) {
		b->pieces[i].place = &b->places[i];
		b->sorted[i] = &b->pieces[i];
		b->offsets[i] = (struct place_of){ b->places[i].at, i, b->places[i].bytes };
	}
	sort_keys(b->offsets, b->count);
}

/* Read the findings, those that lie together in one go: each is then to be found in bytes at the `at` of its offset. */
static int read_runs(const struct report *r, struct batch *b, size_t *starts, struct err *err)
{
	const struct place_of *o = b->offsets;
	b->bytes.n = 0;
	for (size_t i = 0, j; i < b->count; i = j) {
		uint64_t from = o[i].key, to = from;
		for (j = i; j < b->count && o[j].key <= to + GAP; j++) {
			starts[o[j].at] = b->bytes.n + (size_t)(o[j].key - from);
			to = o[j].key + o[j].bytes;
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
	size_t *starts = mem_alloc((b->count + 1) * sizeof *starts);
	int got = read_runs(r, b, starts, err);
	for (size_t i = 0; got == 0 && i < b->count; i++) {
		const uint8_t *p = (const uint8_t *)b->bytes.p + starts[i];
		if (i + AHEAD < b->count)
			__builtin_prefetch(b->bytes.p + starts[i + AHEAD]);
		if (finding_decode(&b->pieces[i].finding, r->pack, &p, p + b->places[i].bytes) < 0)
			got = err_set(err, STATUS_DATA, "%s: a finding is broken; make it again", r->frame->path);
	}
	free(starts);
	for (size_t i = 0, j; got == 0 && i < b->count; i = j) {
		for (j = i + 1; j < b->count && b->places[j].key == b->places[i].key; j++)
			;
		sort(b->sorted + i, j - i, sizeof *b->sorted, by_line);
	}
	return got;
}

static int begin_list(struct list_work *w, const char *name, struct list_out *l, struct err *err)
{
	if (put_begin(w->r, name, &l->out, err) < 0)
		return -1;
	return output_write(l->out, header, sizeof header - 1, err);
}

/* The lines that a batch has of a list. */
static int put_lines(struct list_work *w, const struct batch *b, enum list list, const struct buf *lines, uint64_t rows, struct err *err)
{
	struct list_out *l = &w->lists[list];
	char name[64];
	snprintf(name, sizeof name, "lists/%s.csv", list_name(list));
	if (b->first && begin_list(w, name, l, err) < 0)
		return -1;
	if (output_write(l->out, lines->p, lines->n, err) < 0)
		return -1;
	l->rows += rows;
	if (!b->last)
		return 0;
	l->note = put_end(name, l->out, l->rows, err);
	l->out = NULL;
	return l->note ? 0 : -1;
}

/* Whoever comes to a list in which somebody failed goes away; those with batches before are through it. */
static void put_batch(struct list_work *w, const struct batch *b, struct printer *p)
{
	uint64_t rows[LIST_COUNT] = { 0 };
	struct err err;
	for (int l = 0; l < LIST_COUNT; l++)
		p->out[l].n = 0;
	for (size_t i = 0; i < b->count; i++) {
		put_line(p, &b->sorted[i]->finding);
		rows[b->sorted[i]->finding.list]++;
	}
	for (int l = 0; l < LIST_COUNT; l++) {
		struct turns *turns = &w->lists[l].turns;
		if (!turns_wait(turns, b->order))
			return;
		turns_done(turns, put_lines(w, b, (enum list)l, &p->out[l], rows[l], &err), &err);
	}
}

static void batch_release(struct batch *b)
{
	buf_release(&b->bytes);
	free(b->pieces);
	free(b->sorted);
	free(b->offsets);
}

static void *worker(void *arg)
{
	struct list_work *w = arg;
	struct batch b = { 0 };
	struct printer p;
	struct err err;
	if (!atomic_exchange(&w->figures_taken, true))
		w->figures = put_figures(w->r, &w->figures_err);
	printer_init(&p, w->r);
	while (take_batch(w, &b)) {
		if (read_batch(w->r, &b, &err) == 0)
			put_batch(w, &b, &p);
		else
			turns_fail(&w->lists[0].turns, &err);
	}
	printer_release(&p);
	batch_release(&b);
	return NULL;
}

/* The notes of all lists, in their order; or -1 with what went wrong first. */
static int finish(struct list_work *w, struct err *err)
{
	struct report *r = w->r;
	int got = 0;
	for (int i = 0; i < LIST_COUNT; i++) {
		struct list_out *l = &w->lists[i];
		if (l->turns.failed && got == 0) {
			*err = l->turns.err;
			got = -1;
		}
		if (l->note)
			json_array_append_new(r->outputs, l->note);
		output_abort(l->out);
		turns_release(&l->turns);
	}
	if (got == 0 && !w->figures) {
		*err = w->figures_err;
		got = -1;
	}
	return got;
}

int put_lists(struct report *r, json_t **ret_figures, struct err *err)
{
	struct list_work w = { .r = r };
	if (index_sort(r, err) < 0)
		return -1;
	pthread_mutex_init(&w.lock, NULL);
	for (int l = 0; l < LIST_COUNT; l++)
		turns_init(&w.lists[l].turns);
	turns_run(r->job->threads, worker, &w);
	pthread_mutex_destroy(&w.lock);
	int got = finish(&w, err);
	if (got == 0)
		*ret_figures = w.figures;
	else
		json_decref(w.figures);
	return got;
}
