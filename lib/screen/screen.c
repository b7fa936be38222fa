#include "internal.h"

#include "base/turns.h"
#include "join/join.h"
#include "table/table.h"

#include <jansson.h>
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

static void screen_dossier(struct screener *s)
{
	struct dossier *d = &s->dossier;
	eval_dossier(&s->eval);
	s->register_marks = arena_alloc(&d->arena, d->register_count + 1);
	s->household_marks = arena_alloc(&d->arena, d->household_count + 1);
	for (uint32_t i = 0; i < d->register_count; i++)
		if (d->registers[i].principal)
			screen_unit(s, UNIT_REGISTER, ITEM_REGISTER, i, UINT64_MAX);
	for (uint32_t i = 0; i < d->household_count; i++)
		if (d->households[i].principal && !d->households[i].collective)
			screen_unit(s, UNIT_HOUSEHOLD, ITEM_HOUSEHOLD, i, kinds_of(d, d->households[i].people));
	for (uint32_t i = 0; i < d->person_count; i++)
		if (d->persons[i].flags & PERSON_PRINCIPAL)
			screen_unit(s, UNIT_PERSON, ITEM_PERSON, i, d->persons[i].kinds);
	count_dossier(s);
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
	pthread_mutex_t lock;      /* of scan and given */
	struct frame_scan scan;
	uint64_t given;
	struct turns turns;        /* of all below */
	struct frame_writer *out;
	uint64_t rows;
	struct row_sum sum;
	struct seen { uint64_t rows; struct row_sum sum; } seen; /* rows of the dossiers */
	struct figures figures;
};

/* The next block of dossiers, in *bytes, and its place among them: 1, 0 at the end, -1 on an error. */
static int next_block(struct work *w, struct buf *bytes, uint64_t *ret_order, struct err *err)
{
	struct frame_block b;
	enum iter got;
	pthread_mutex_lock(&w->lock);
	while ((got = frame_next(&w->scan, &b, err)) == ITER_ROW && b.tag != TAG_DOSSIERS)
		;
	if (got == ITER_ROW) {
		struct buf spare = *bytes;
		*bytes = w->scan.buf;
		bytes->n = b.n;
		w->scan.buf = spare;
		*ret_order = w->given++;
	}
	pthread_mutex_unlock(&w->lock);
	return got == ITER_ROW ? 1 : got == ITER_END ? 0 : -1;
}

static void see_rows(const struct dossier *d, struct seen *seen)
{
	for (uint32_t i = 0; i < d->row_count; i++)
		row_sum_add(&seen->sum, row_values_hash(&d->pack->schema->kinds[d->rows[i].kind], d->rows[i].row));
	seen->rows += d->row_count;
}

static int screen_block(struct screener *s, const struct work *w, const struct buf *bytes, struct seen *seen, struct err *err)
{
	const uint8_t *p = (const uint8_t *)bytes->p, *end = p + bytes->n;
	while (p < end) {
		if (dossier_decode(&s->dossier, &p, end) < 0)
			return err_set(err, STATUS_DATA, "%s: a dossier is broken; make it again", w->frame->path);
		see_rows(&s->dossier, seen);
		screen_dossier(s);
	}
	return 0;
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
static int put_found(struct work *w, struct screener *s, const struct seen *seen, struct row_sum sum, struct err *err)
{
	int r = s->found ? frame_put(w->out, TAG_FINDINGS, s->out.p, s->out.n, s->found, err) : 0;
	w->rows += s->found;
	row_sum_add(&w->sum, sum);
	row_sum_add(&w->seen.sum, seen->sum);
	w->seen.rows += seen->rows;
	count_hand_over(s, &w->figures);
	s->out.n = 0;
	s->found = 0;
	return r;
}

static void *worker(void *arg)
{
	struct work *w = arg;
	struct screener s;
	struct buf bytes = { 0 };
	uint64_t order;
	struct err err;
	int r;
	screener_init(&s, w->shared);
	while ((r = next_block(w, &bytes, &order, &err)) > 0) {
		struct seen seen = { 0 };
		r = screen_block(&s, w, &bytes, &seen, &err);
		if (r < 0)
			break;
		struct row_sum sum = finding_hashes(s.out.p, s.out.n);
		if (!turns_wait(&w->turns, order))
			break;
		turns_done(&w->turns, put_found(w, &s, &seen, sum, &err), &err);
	}
	if (r < 0)
		turns_fail(&w->turns, &err);
	screener_release(&s);
	buf_release(&bytes);
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

static int screen_villages(struct context *c, struct work *w, struct err *err)
{
	struct screener s;
	screener_init(&s, &c->shared);
	for (uint32_t i = 0; i < c->villages.count; i++) {
		s.eval.village = &c->villages.items[i];
		s.dossier.kinds = UINT64_MAX; /* villages are of everybody */
		screen_unit(&s, UNIT_VILLAGE, ITEM_VILLAGE, i, UINT64_MAX);
	}
	int r = put_found(w, &s, &(struct seen){ 0 }, finding_hashes(s.out.p, s.out.n), err);
	screener_release(&s);
	return r;
}

static int put_context(struct context *c, struct frame_writer *out, struct err *err)
{
	struct buf b = { 0 };
	char *meta = json_dumps(c->meta, JSON_COMPACT | JSON_SORT_KEYS);
	int r = frame_put(out, TAG_META, meta, strlen(meta), 0, err);
	free(meta);
	places_encode(&c->shared.places, &b);
	if (r == 0)
		r = frame_put(out, TAG_PLACES, b.p, b.n, 0, err);
	buf_release(&b);
	return r;
}

/* Each row of the dossiers was screened once: a row lost and another taken twice leave the number as it was, not the sum. */
static int check_accounts(const struct work *w, struct err *err)
{
	if (w->seen.rows == w->frame->rows && row_sum_equal(w->seen.sum, w->frame->sum))
		return 0;
	return err_set(err, STATUS_DATA, "%s: its rows are not those that were joined (their number or sum is another); make it again", w->frame->path);
}

static int screen_all(struct context *c, struct work *w, unsigned threads, struct err *err)
{
	if (put_context(c, w->out, err) < 0 || run_threads(w, threads, err) < 0 || check_accounts(w, err) < 0)
		return -1;
	if (screen_villages(c, w, err) < 0)
		return -1;
	figures_spread(&w->figures, &c->shared.places);
	figures_merge(&w->figures, &c->figures);
	if (figures_put(&w->figures, w->out, err) < 0)
		return -1;
	frame_rows(w->out, w->rows, w->sum);
	return 0;
}

int screen_run(const struct screen_job *job, struct err *err)
{
	struct context c = { .shared = { .pack = job->pack } };
	struct frame *f = NULL;
	struct work w = { .shared = &c.shared };
	int r = frame_open(&f, job->dossiers, FRAME_DOSSIER, &job->id, err);
	if (r == 0)
		r = context_take(&c, f, err);
	w.frame = f;
	w.scan = (struct frame_scan){ .frame = f };
	if (r == 0)
		r = frame_create(&w.out, job->findings, FRAME_FINDING, &job->id, err);
	if (r == 0 && job->passing)
		frame_passing(w.out);
	if (r == 0)
		r = screen_all(&c, &w, job->threads, err);
	if (r == 0)
		r = frame_commit(w.out, err);
	else
		frame_abort(w.out);
	figures_release(&w.figures);
	frame_scan_release(&w.scan);
	context_release(&c);
	frame_close(f);
	return r;
}
