#include "internal.h"

#include "join/join.h"

#include <jansson.h>
#include <pthread.h>
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

/* A rule none of whose kinds has a row in the dossier cannot fire in it. */
static bool may_fire(const struct screener *s, const struct rule *r, enum unit unit)
{
	return r->unit == unit && s->shared->coverage.evaluated >> r->index & 1 &&
	       (r->trigger == TRIGGER_ALWAYS || r->trigger & s->dossier.kinds);
}

static void screen_unit(struct screener *s, enum unit unit, enum item item, uint32_t index)
{
	const struct pack *p = s->shared->pack;
	struct finding f;
	unsigned lists = 0;
	eval_unit(&s->eval, item, index);
	for (unsigned i = 0; i < p->rule_count; i++)
		if (may_fire(s, &p->rules[i], unit) && ask(s, &p->rules[i], item, index, &f))
			count_finding(s, &f, item, index, &lists);
}

static void screen_dossier(struct screener *s)
{
	struct dossier *d = &s->dossier;
	eval_dossier(&s->eval);
	s->register_marks = arena_alloc(&d->arena, d->register_count + 1);
	s->household_marks = arena_alloc(&d->arena, d->household_count + 1);
	for (uint32_t i = 0; i < d->register_count; i++)
		if (d->registers[i].principal)
			screen_unit(s, UNIT_REGISTER, ITEM_REGISTER, i);
	for (uint32_t i = 0; i < d->household_count; i++)
		if (d->households[i].principal && !d->households[i].collective)
			screen_unit(s, UNIT_HOUSEHOLD, ITEM_HOUSEHOLD, i);
	for (uint32_t i = 0; i < d->person_count; i++)
		if (d->persons[i].flags & PERSON_PRINCIPAL)
			screen_unit(s, UNIT_PERSON, ITEM_PERSON, i);
	count_dossier(s);
}

void screener_init(struct screener *s, const struct shared *shared)
{
	*s = (struct screener){ .shared = shared, .dossier = { .pack = shared->pack } };
	eval_init(&s->eval, &s->dossier);
	s->eval.evaluated = shared->coverage.evaluated;
	count_init(s);
}

void screener_release(struct screener *s)
{
	eval_release(&s->eval);
	dossier_release(&s->dossier);
	figures_release(&s->figures);
	count_release(s);
	buf_release(&s->out);
}

/* ---- threads ------------------------------------------------------------------------------------------------------------------------ */

struct found {
	uint64_t block;
	char *bytes;
	size_t n;
	uint32_t count;
};

struct work {
	const struct shared *shared;
	const struct frame *frame;
	pthread_mutex_t lock;
	struct frame_scan scan;
	bool failed;
	struct err err;
	struct found *found;      /* in the order in which threads were done */
	size_t count, cap;
	struct figures figures;
};

/* Give out the next block of dossiers: 1, 0 at the end, -1 on an error (w->err). Under the lock. */
static int next_block(struct work *w, struct buf *bytes, uint64_t *ret_number)
{
	struct frame_block b;
	enum iter got;
	if (w->failed)
		return -1;
	while ((got = frame_next(&w->scan, &b, &w->err)) == ITER_ROW && b.tag != TAG_DOSSIERS)
		;
	if (got == ITER_ERROR)
		return -1;
	if (got == ITER_END)
		return 0;
	bytes->n = 0;
	buf_put(bytes, b.p, b.n);
	*ret_number = b.number;
	return 1;
}

static int screen_block(struct screener *s, const struct work *w, const struct buf *bytes, struct err *err)
{
	const uint8_t *p = (const uint8_t *)bytes->p, *end = p + bytes->n;
	while (p < end) {
		if (dossier_decode(&s->dossier, &p, end) < 0)
			return err_set(err, STATUS_DATA, "%s: a dossier is broken; make it again", w->frame->path);
		screen_dossier(s);
	}
	return 0;
}

static void hand_in(struct work *w, struct screener *s, uint64_t number)
{
	struct found f = { number, s->out.p, s->out.n, s->found };
	VEC_PUSH(w->found, w->count, w->cap, f);
	s->out = (struct buf){ 0 };
	s->found = 0;
}

static void *worker(void *arg)
{
	struct work *w = arg;
	struct screener s;
	struct buf bytes = { 0 };
	uint64_t number;
	struct err err;
	screener_init(&s, w->shared);
	pthread_mutex_lock(&w->lock);
	int more;
	while ((more = next_block(w, &bytes, &number)) > 0) {
		pthread_mutex_unlock(&w->lock);
		int r = screen_block(&s, w, &bytes, &err);
		pthread_mutex_lock(&w->lock);
		if (r < 0 && !w->failed)
			w->err = err;
		w->failed |= r < 0;
		hand_in(w, &s, number);
	}
	w->failed |= more < 0;
	figures_merge(&w->figures, &s.figures);
	pthread_mutex_unlock(&w->lock);
	screener_release(&s);
	buf_release(&bytes);
	return NULL;
}

static int run_threads(struct work *w, unsigned threads, struct err *err)
{
	pthread_t ids[64];
	unsigned started = 0;
	threads = threads < 1 ? 1 : threads > 64 ? 64 : threads;
	pthread_mutex_init(&w->lock, NULL);
	while (started + 1 < threads && pthread_create(&ids[started], NULL, worker, w) == 0)
		started++;
	worker(w);
	for (unsigned i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	pthread_mutex_destroy(&w->lock);
	if (w->failed)
		*err = w->err;
	return w->failed ? -1 : 0;
}

/* ---- the findings file --------------------------------------------------------------------------------------------------------------- */

static void screen_villages(struct context *c, struct work *w)
{
	struct screener s;
	screener_init(&s, &c->shared);
	for (uint32_t i = 0; i < c->villages.count; i++) {
		s.eval.village = &c->villages.items[i];
		s.dossier.kinds = UINT64_MAX; /* villages are of everybody */
		screen_unit(&s, UNIT_VILLAGE, ITEM_VILLAGE, i);
	}
	figures_merge(&w->figures, &s.figures);
	hand_in(w, &s, UINT64_MAX);
	screener_release(&s);
}

static int by_block(const void *pa, const void *pb)
{
	const struct found *a = pa, *b = pb;
	return (a->block > b->block) - (a->block < b->block);
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

static int put_findings(struct context *c, struct work *w, struct frame_writer *out, struct err *err)
{
	uint64_t rows = 0;
	struct row_sum sum = { 0 };
	struct buf b = { 0 };
	char *meta = json_dumps(c->meta, JSON_COMPACT | JSON_SORT_KEYS);
	int r = frame_put(out, TAG_META, meta, strlen(meta), 0, err);
	free(meta);
	figures_encode(&w->figures, &b);
	if (r == 0)
		r = frame_put(out, TAG_FIGURES, b.p, b.n, 0, err);
	b.n = 0;
	places_encode(&c->shared.places, &b);
	if (r == 0)
		r = frame_put(out, TAG_PLACES, b.p, b.n, 0, err);
	buf_release(&b);
	sort(w->found, w->count, sizeof *w->found, by_block);
	for (size_t i = 0; r == 0 && i < w->count; i++) {
		if (!w->found[i].count)
			continue;
		r = frame_put(out, TAG_FINDINGS, w->found[i].bytes, w->found[i].n, w->found[i].count, err);
		rows += w->found[i].count;
		row_sum_add(&sum, finding_hashes(w->found[i].bytes, w->found[i].n));
	}
	frame_rows(out, rows, sum);
	return r;
}

int screen_run(const struct screen_job *job, struct err *err)
{
	struct context c = { .shared = { .pack = job->pack } };
	struct frame *f = NULL;
	struct frame_writer *out = NULL;
	struct work w = { .shared = &c.shared };
	int r = frame_open(&f, job->dossiers, FRAME_DOSSIER, &job->id, err);
	if (r == 0)
		r = context_take(&c, f, err);
	w.frame = f;
	w.scan = (struct frame_scan){ .frame = f };
	if (r == 0)
		r = run_threads(&w, job->threads, err);
	if (r == 0) {
		figures_merge(&w.figures, &c.figures);
		screen_villages(&c, &w);
		r = frame_create(&out, job->findings, FRAME_FINDING, &job->id, err);
	}
	if (r == 0)
		r = put_findings(&c, &w, out, err);
	if (r == 0)
		r = frame_commit(out, err);
	else
		frame_abort(out);
	for (size_t i = 0; i < w.count; i++)
		free(w.found[i].bytes);
	free(w.found);
	figures_release(&w.figures);
	frame_scan_release(&w.scan);
	context_release(&c);
	frame_close(f);
	return r;
}
