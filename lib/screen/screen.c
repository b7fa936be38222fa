/* A dossier screened, a block of dossiers, and blocks by any number of threads, each new or taken over from the night before: one file, a little
 * over 500 lines, since all of it works on the same asker. */
#include "internal.h"

#include "base/bytes.h"
#include "base/turns.h"
#include "dossier/homes.h"
#include "earlier.h"
#include "id/day.h"
#include "join/join.h"
#include "table/table.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- which rules are evaluated ------------------------------------------------------------------------------------------------------ */

void coverage_of(const struct pack *pack, uint64_t kinds, struct coverage *ret)
{
	*ret = (struct coverage){ 0 };
	for (unsigned i = 0; i < pack->rule_count; i++) {
		const struct rule *r = &pack->rules[i];
		bool some = !r->any_of || (r->any_of & kinds);
		uint64_t lacking = r->needs & ~kinds;
		if (!some)
			lacking |= r->any_of;
		if (lacking) {
			ret->missing[i] = lacking;
			continue;
		}
		ret->evaluated |= UINT64_C(1) << i;
		ret->missing[i] = (r->uses | r->any_of) & ~kinds;
	}
}

/* ---- one dossier -------------------------------------------------------------------------------------------------------------------- */

/* A rule none of whose kinds has a row in the dossier cannot fire in it; nor one on a person or a household none of whose
 * own rows is of its kinds. */
static bool may_fire(const struct asked *a, uint64_t dossier, uint64_t unit)
{
	return (a->trigger == TRIGGER_ALWAYS || a->trigger & dossier) && (a->own == TRIGGER_ALWAYS || a->own & unit);
}

/* kinds: those that the unit itself has rows of. */
static void screen_unit(struct screener *s, enum unit unit, enum item item, uint32_t index, uint64_t kinds)
{
	const struct asked_all *all = &s->asked[unit];
	struct finding f;
	unsigned lists = 0;
	bool set = false;
	if (all->any != TRIGGER_ALWAYS && !(all->any & kinds))
		return;
	for (unsigned i = 0; i < all->count; i++) {
		if (!may_fire(&all->rules[i], s->dossier.kinds, kinds))
			continue;
		if (!set)
			eval_unit(&s->eval, item, index);
		set = true;
		if (all->rules[i].rule->common & s->eval.common_not)
			continue;
		if (ask(s, all->rules[i].rule, item, index, &f))
			count_finding(s, &f, item, index, &lists);
	}
}

static void prepare_rules(struct screener *s)
{
	const struct pack *p = s->shared->pack;
	for (unsigned i = 0; i < p->rule_count; i++) {
		const struct rule *r = &p->rules[i];
		struct asked_all *all = &s->asked[r->unit];
		if (s->shared->coverage.evaluated >> i & 1) {
			all->rules[all->count++] = (struct asked){ r, r->trigger, r->own };
			all->any |= r->own;
		}
	}
}

static uint64_t kinds_of(const struct dossier *d, struct set people)
{
	uint64_t kinds = 0;
	for (uint32_t i = 0; i < people.n; i++)
		kinds |= d->persons[people.items[i]].kinds;
	return kinds;
}

/* Of the members and those who live with them. */
static uint64_t kinds_of_register(const struct dossier *d, struct set members, const uint64_t *households)
{
	uint64_t kinds = kinds_of(d, members);
	for (uint32_t i = 0; i < members.n; i++) {
		uint32_t home = d->persons[members.items[i]].household;
		kinds |= home == NONE ? 0 : households[home];
	}
	return kinds;
}

static void screen_dossier(struct screener *s)
{
	struct dossier *d = &s->dossier;
	eval_dossier(&s->eval);
	s->register_marks = arena_alloc(&d->arena, d->register_count + 1);
	s->household_marks = arena_alloc(&d->arena, d->household_count + 1);
	uint64_t *kinds = arena_alloc(&d->arena, (d->household_count + 1) * sizeof *kinds);
	for (uint32_t i = 0; i < d->household_count; i++)
		kinds[i] = kinds_of(d, d->households[i].people);
	for (uint32_t i = 0; i < d->register_count; i++)
		if (d->registers[i].principal)
			screen_unit(s, UNIT_REGISTER, ITEM_REGISTER, i, kinds_of_register(d, d->registers[i].members, kinds));
	for (uint32_t i = 0; i < d->household_count; i++)
		if (d->households[i].principal && !d->households[i].collective)
			screen_unit(s, UNIT_HOUSEHOLD, ITEM_HOUSEHOLD, i, kinds[i]);
	for (uint32_t i = 0; i < d->person_count; i++)
		if (d->persons[i].flags & PERSON_PRINCIPAL)
			screen_unit(s, UNIT_PERSON, ITEM_PERSON, i, d->persons[i].kinds);
	count_dossier(s);
	home_reader_due(d->homes, d);
}

void screener_init(struct screener *s, const struct shared *shared)
{
	*s = (struct screener){ .shared = shared, .dossier = { .pack = shared->pack } };
	eval_init(&s->eval, &s->dossier);
	s->eval.evaluated = shared->coverage.evaluated;
	prepare_rules(s);
	count_init(s);
}

void screener_release(struct screener *s)
{
	eval_release(&s->eval);
	dossier_release(&s->dossier);
	figures_release(&s->figures);
	count_release(s);
	struct buf *all[] = { &s->bytes, &s->sorted, &s->words, &s->places, &s->ids, &s->out };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_release(all[i]);
}

/* ---- threads ------------------------------------------------------------------------------------------------------------------------ */

/* Blocks of dossiers are given out in their order, and what was found in them is written in the same (base/turns.h). */
struct work {
	const struct shared *shared;
	const struct frame *frame;
	struct earlier *earlier;   /* or NULL */
	pthread_mutex_t lock;      /* of the scans and given */
	struct frame_scan scan;
	uint64_t given;
	struct turns turns;        /* of all below */
	struct frame_writer *out, *dues;
	uint64_t rows;
	struct row_sum sum;
	struct seen { uint64_t rows; struct row_sum sum; } seen; /* rows of the dossiers that were asked */
	struct figures figures, less; /* less: of what the earlier screening said of dossiers that were asked again */
};

/* A block of dossiers, and what the earlier screening has of it. */
struct piece {
	struct buf dossiers, dues, findings;
	uint64_t order;
};

/* One thread: it asks as of today, and where something has come due as of the earlier day too, to take off what was counted then. */
struct asker {
	struct screener now, then;
	struct piece piece;
	struct buf dues;           /* of the piece: docs/formats/dues.md */
	struct seen seen;          /* likewise */
	struct span {
		int64_t region;    /* of the first finding */
		uint32_t from, n;  /* bytes */
		uint32_t dossier;  /* number in the piece */
	} *spans;                  /* of the piece: dossiers in which something was found */
	size_t span_count, span_cap;
	struct buf sorted;
};

/* The next block of dossiers: 1, 0 at the end, -1 on an error. */
static int next_piece(struct work *w, struct piece *p, struct err *err)
{
	pthread_mutex_lock(&w->lock);
	int r = block_take(&w->scan, TAG_DOSSIERS, &p->dossiers, err);
	if (r > 0 && w->earlier)
		r = earlier_next(w->earlier, &p->dues, &p->findings, err);
	p->order = w->given;
	w->given += r > 0;
	pthread_mutex_unlock(&w->lock);
	return r;
}

static int broken(const struct work *w, struct err *err)
{
	return err_set(err, STATUS_DATA, "%s: a dossier is broken; make it again", w->frame->path);
}

static void see_rows(const struct dossier *d, struct seen *seen)
{
	for (uint32_t i = 0; i < d->row_count; i++)
		row_sum_add(&seen->sum, row_values_hash(&d->pack->schema->kinds[d->rows[i].kind], d->rows[i].row));
	seen->rows += d->row_count;
}

/* What was found in the dossier at hand stands in out from here on. */
static void note_found(struct asker *a, size_t from)
{
	const struct buf *out = &a->now.out;
	uint32_t dossier = (uint32_t)(a->dues.n / DUE_BYTES);
	if (out->n == from)
		return;
	struct span one = { finding_region((const uint8_t *)out->p + from), (uint32_t)from, (uint32_t)(out->n - from), dossier };
	VEC_PUSH(a->spans, a->span_count, a->span_cap, one);
}

static int by_region(const void *pa, const void *pb)
{
	const struct span *a = pa, *b = pb;
	if (a->region != b->region)
		return a->region < b->region ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

/* Dossiers come in no order of places, and the report wants the findings of a place together. */
static void order_found(struct asker *a)
{
	struct buf *out = &a->now.out, spare = a->sorted;
	sort(a->spans, a->span_count, sizeof *a->spans, by_region);
	spare.n = 0;
	buf_reserve(&spare, out->n);
	for (size_t i = 0; i < a->span_count; i++) {
		const struct span *one = &a->spans[i];
		dues_set_at(&a->dues, one->dossier, (uint32_t)spare.n);
		buf_put(&spare, out->p + one->from, one->n);
	}
	a->sorted = *out;
	*out = spare;
	a->span_count = 0;
}

/* Ask everything about the dossier at p: the size of what was found is noted, and when it has to be asked again. */
static int ask_now(struct asker *a, const uint8_t *p, const uint8_t *end)
{
	struct screener *s = &a->now;
	const uint8_t *next = p;
	size_t before = s->out.n;
	s->dossier.due = DUE_NEVER;
	if (dossier_decode(&s->dossier, &next, end) < 0)
		return -1;
	see_rows(&s->dossier, &a->seen);
	screen_dossier(s);
	note_found(a, before);
	dues_put(&a->dues, (struct due_entry){ (uint32_t)(next - p), s->dossier.due, (uint32_t)(s->out.n - before), 0 });
	return 0;
}

static int ask_then(struct asker *a, const uint8_t *p, const uint8_t *end)
{
	struct screener *s = &a->then;
	if (dossier_decode(&s->dossier, &p, end) < 0)
		return -1;
	screen_dossier(s);
	s->out.n = 0;
	s->found = 0;
	return 0;
}

/* What was found in a dossier is taken over as it is. */
static int take_over(struct asker *a, struct due_entry e)
{
	const struct buf *old = &a->piece.findings;
	size_t before = a->now.out.n;
	if (e.at > old->n || e.findings > old->n - e.at)
		return -1;
	struct str findings = { e.findings ? old->p + e.at : "", e.findings };
	int count = findings_count((const uint8_t *)findings.p, findings.n);
	if (count < 0)
		return -1;
	buf_puts(&a->now.out, findings);
	a->now.found += (uint32_t)count;
	note_found(a, before);
	dues_put(&a->dues, e);
	return 0;
}

static int screen_piece(struct asker *a, const struct work *w, struct err *err)
{
	const uint8_t *p = (const uint8_t *)a->piece.dossiers.p, *end = p + a->piece.dossiers.n;
	struct reader dues = { (const uint8_t *)a->piece.dues.p, (const uint8_t *)a->piece.dues.p + a->piece.dues.n, false };
	int32_t today = w->shared->pack->as_of;
	a->dues.n = 0;
	a->seen = (struct seen){ 0 };
	a->span_count = 0;
	for (size_t n; p < end; p += n) {
		n = end - p >= 4 ? 4 + (size_t)le32_get(p) : SIZE_MAX;
		if (n > (size_t)(end - p))
			return broken(w, err);
		if (!w->earlier) {
			if (ask_now(a, p, end) < 0)
				return broken(w, err);
			continue;
		}
		struct due_entry e = dues_take(&dues);
		if (dues.failed || e.dossier != n)
			return earlier_broken(w->earlier, err);
		if (e.due > today ? take_over(a, e) < 0 : ask_then(a, p, end) < 0 || ask_now(a, p, end) < 0)
			return earlier_broken(w->earlier, err);
	}
	order_found(a);
	return !w->earlier || dues.p == dues.end ? 0 : earlier_broken(w->earlier, err);
}

static struct row_sum finding_hashes(const char *p, size_t n)
{
	struct row_sum sum = { 0 };
	for (size_t i = 0; i < n;) {
		size_t m = 4 + le32_get(p + i);
		row_sum_add(&sum, row_hash("", 0, p + i, m));
		i += m;
	}
	return sum;
}

/* Write what was found, and add up what was counted. */
static int put_found(struct work *w, struct screener *s, struct row_sum sum, struct err *err)
{
	int r = s->found ? frame_put(w->out, TAG_FINDINGS, s->out.p, s->out.n, s->found, err) : 0;
	w->rows += s->found;
	row_sum_add(&w->sum, sum);
	count_hand_over(s, &w->figures);
	s->out.n = 0;
	s->found = 0;
	return r;
}

static int put_piece(struct work *w, struct asker *a, struct row_sum sum, struct err *err)
{
	int r = put_found(w, &a->now, sum, err);
	if (r == 0 && w->dues)
		r = frame_put(w->dues, TAG_DUES, a->dues.p, a->dues.n, (uint32_t)(a->dues.n / DUE_BYTES), err);
	if (w->earlier)
		count_hand_over(&a->then, &w->less);
	w->seen.rows += a->seen.rows;
	row_sum_add(&w->seen.sum, a->seen.sum);
	return r;
}

static void asker_release(struct asker *a, const struct work *w)
{
	screener_release(&a->now);
	if (w->earlier)
		screener_release(&a->then);
	buf_release(&a->piece.dossiers);
	buf_release(&a->piece.dues);
	buf_release(&a->piece.findings);
	buf_release(&a->dues);
	buf_release(&a->sorted);
	free(a->spans);
}

static void *worker(void *arg)
{
	struct work *w = arg;
	struct asker *a = mem_alloc(sizeof *a);
	struct err err;
	int r;
	screener_init(&a->now, w->shared);
	if (w->earlier)
		screener_init(&a->then, &w->earlier->shared);
	while ((r = next_piece(w, &a->piece, &err)) > 0) {
		r = screen_piece(a, w, &err);
		if (r < 0)
			break;
		struct row_sum sum = finding_hashes(a->now.out.p, a->now.out.n);
		if (!turns_wait(&w->turns, a->piece.order))
			break;
		turns_done(&w->turns, put_piece(w, a, sum, &err), &err);
	}
	if (r < 0)
		turns_fail(&w->turns, &err);
	asker_release(a, w);
	free(a);
	return NULL;
}

static int run_threads(struct work *w, unsigned threads, struct err *err)
{
	pthread_mutex_init(&w->lock, NULL);
	turns_init(&w->turns);
	turns_run(threads, worker, w);
	bool failed = w->turns.failed;
	if (failed)
		*err = w->turns.err;
	turns_release(&w->turns);
	pthread_mutex_destroy(&w->lock);
	return failed ? -1 : 0;
}

/* ---- the findings file --------------------------------------------------------------------------------------------------------------- */

static void ask_villages(struct screener *s, const struct villages *v)
{
	for (uint32_t i = 0; i < v->count; i++) {
		s->eval.village = &v->items[i];
		s->dossier.kinds = UINT64_MAX; /* villages are of everybody */
		screen_unit(s, UNIT_VILLAGE, ITEM_VILLAGE, i, UINT64_MAX);
	}
}

/* All of them are asked each time. */
static int screen_villages(struct context *c, struct work *w, struct err *err)
{
	struct screener s;
	screener_init(&s, &c->shared);
	ask_villages(&s, &c->villages);
	int r = put_found(w, &s, finding_hashes(s.out.p, s.out.n), err);
	screener_release(&s);
	if (!w->earlier)
		return r;
	screener_init(&s, &w->earlier->shared);
	ask_villages(&s, &c->villages);
	count_hand_over(&s, &w->less);
	screener_release(&s);
	return r;
}

static int put_context(struct context *c, struct frame_writer *out, struct err *err)
{
	struct buf b = { 0 };
	char as_of[32];
	int year, month, day;
	day_split(c->shared.pack->as_of, &year, &month, &day);
	snprintf(as_of, sizeof as_of, "%04d-%02d-%02d", year, month, day);
	json_object_set_new(c->meta, "as_of", json_string(as_of)); /* dossiers may be of an earlier day */
	char *meta = json_dumps(c->meta, JSON_COMPACT | JSON_SORT_KEYS);
	int r = frame_put(out, TAG_META, meta, strlen(meta), 0, err);
	free(meta);
	places_encode(&c->shared.places, &b);
	if (r == 0)
		r = frame_put(out, TAG_PLACES, b.p, b.n, 0, err);
	buf_release(&b);
	return r;
}

/* Each row of the dossiers was screened once: a row lost and another taken twice leave the number as it was, not the sum. Where an
 * earlier screening is carried on, it has looked. */
static int check_accounts(const struct work *w, struct err *err)
{
	if (w->earlier || (w->seen.rows == w->frame->rows && row_sum_equal(w->seen.sum, w->frame->sum)))
		return 0;
	return err_set(err, STATUS_DATA, "%s: its rows are not those that were joined (their number or sum is another); make it again", w->frame->path);
}

/* What is counted in all: of everybody by the join, of dossiers and villages here. The earlier counts hold all of that already, spread. */
static int add_figures(struct context *c, struct work *w, struct err *err)
{
	if (w->earlier)
		figures_take_off(&w->figures, &w->less);
	figures_spread(&w->figures, &c->shared.places);
	if (w->earlier)
		return earlier_figures(w->earlier, &w->figures, err);
	figures_merge(&w->figures, &c->figures);
	return 0;
}

static int screen_all(struct context *c, struct work *w, unsigned threads, struct err *err)
{
	if (put_context(c, w->out, err) < 0 || run_threads(w, threads, err) < 0 || check_accounts(w, err) < 0 || screen_villages(c, w, err) < 0 ||
	    add_figures(c, w, err) < 0 || figures_put(&w->figures, w->out, err) < 0)
		return -1;
	frame_rows(w->out, w->rows, w->sum);
	if (w->dues)
		frame_rows(w->dues, 0, (struct row_sum){ 0 });
	return 0;
}

static int open_work(const struct screen_job *job, struct context *c, struct work *w, struct earlier *e, struct frame **f, struct err *err)
{
	if (frame_open(f, job->dossiers, FRAME_DOSSIER, &job->id, err) < 0 || context_take(c, *f, err) < 0)
		return -1;
	w->frame = *f;
	w->scan = (struct frame_scan){ .frame = *f };
	if (job->kept) {
		if (earlier_open(e, job->kept, &c->shared, &job->id, err) < 0)
			return -1;
		w->earlier = e;
	}
	if (frame_create(&w->out, job->findings, FRAME_FINDING, &job->id, err) < 0)
		return -1;
	if (job->passing)
		frame_passing(w->out);
	if (job->dues && frame_create(&w->dues, job->dues, FRAME_DUES, &job->id, err) < 0)
		return -1;
	if (job->later)
		frame_later(w->out);
	if (job->later && w->dues)
		frame_later(w->dues);
	return 0;
}

static int commit(struct work *w, struct err *err)
{
	struct frame_writer *out = w->out, *dues = w->dues;
	w->out = w->dues = NULL;
	if (frame_commit(out, err) < 0) {
		frame_abort(dues);
		return -1;
	}
	return dues ? frame_commit(dues, err) : 0;
}

int screen_run(const struct screen_job *job, struct err *err)
{
	struct context c = { .shared = { .pack = job->pack } };
	struct earlier earlier = { 0 };
	struct frame *f = NULL;
	struct work w = { .shared = &c.shared };
	int r = open_work(job, &c, &w, &earlier, &f, err);
	if (r == 0)
		r = screen_all(&c, &w, job->threads, err);
	if (r == 0)
		r = commit(&w, err);
	frame_abort(w.out);
	frame_abort(w.dues);
	figures_release(&w.figures);
	figures_release(&w.less);
	frame_scan_release(&w.scan);
	earlier_close(&earlier);
	context_release(&c);
	frame_close(f);
	return r;
}
