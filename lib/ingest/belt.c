#include "belt.h"

#include "crew.h"

#include <pthread.h>
#include <stdlib.h>

#define RECORDS_AT_ONCE 4096 /* of an extract that is read record by record */

/* What a thread needs for its work. */
struct worker {
	struct row_builder row;
	struct csv_reader *reader; /* told of one chunk after the other */
	char delimiter;            /* of the reader */
	struct decoder *decoder;   /* from GB18030, once it was needed */
};

struct belt {
	const struct ingest_job *job;
	struct feed *feed;
	belt_put_fn *put;
	void *arg;
	/* under the lock */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct slot {
		struct chunk chunk;
		enum { FREE, TAKEN, READY } state;
	} *slots;                  /* of chunk n: n % slot_count */
	unsigned slot_count;
	uint64_t taken, put_in;    /* chunks */
	bool feeding, putting;     /* a thread is at it */
	bool no_more;              /* chunks: the feed has ended, or something failed */
	bool failed;
	struct err err;
	struct ingest_days days;   /* of the workers that have left */
	/* of the thread that is putting */
	struct worker putter;
	struct batch again;        /* rows that are read again */
	struct csv_reader *rest;   /* a text that no chunk shows to its end; NULL while there is none */
};

static int worker_init(struct worker *w, const struct ingest_job *job, struct err *err)
{
	*w = (struct worker){ 0 };
	return row_builder_init(&w->row, job, err);
}

static void worker_release(struct worker *w)
{
	row_builder_release(&w->row);
	csv_reader_close(w->reader);
	decoder_close(w->decoder);
}

/* ---- reading a chunk: any thread -------------------------------------------------------------------------------------------------------- */

static int decode(struct worker *w, struct chunk *c, struct err *err)
{
	c->text = buf_str(&c->raw);
	if (c->reading->encoding != ENCODING_GB18030)
		return 0;
	if (!w->decoder && decoder_open(&w->decoder, ENCODING_GB18030, NULL, NULL, err) < 0)
		return -1;
	c->decoded.n = 0;
	decoder_convert(w->decoder, c->text, &c->decoded);
	buf_reserve(&c->decoded, CHUNK_ROOM);
	c->text = buf_str(&c->decoded);
	return 0;
}

static int open_reader(struct worker *w, const struct csv_rules *rules, struct err *err)
{
	if (w->reader && w->delimiter == rules->delimiter)
		return 0;
	csv_reader_close(w->reader);
	w->reader = NULL;
	w->delimiter = rules->delimiter;
	return csv_reader_open_part(&w->reader, rules, err);
}

static int read_chunk(struct worker *w, struct chunk *c, struct err *err)
{
	struct csv_record record;
	struct csv_run run;
	enum csv_got got = CSV_RECORD;
	batch_begin(&c->batch, w->row.kind);
	if (decode(w, c, err) < 0 || open_reader(w, &c->reading->rules, err) < 0)
		return -1;
	csv_reader_tell(w->reader, c->text.p, c->text.n, c->line, c->last);
	while (got == CSV_RECORD) {
		int rc = 0;
		if (csv_next_run(w->reader, c->reading->width, &run))
			rc = batch_take_run(&c->batch, &w->row, c->reading, &run, err);
		else if ((got = csv_next(w->reader, &record, err)) == CSV_RECORD)
			rc = batch_take(&c->batch, &w->row, c->reading, &record, err);
		if (rc < 0)
			return -1;
	}
	table_rows_seal(&c->batch.rows);
	c->rest = csv_reader_rest(w->reader, &c->rest_line);
	return got == CSV_ERROR ? -1 : 0;
}

/* ---- putting chunks in: one thread at a time ------------------------------------------------------------------------------------------- */

/* Read on from the rest as far as it goes. */
static int read_rest(struct belt *b, struct chunk *c, struct err *err)
{
	struct csv_record record;
	enum csv_got got;
	batch_begin(&b->again, b->job->kind);
	while ((got = csv_next(b->rest, &record, err)) == CSV_RECORD)
		if (batch_take(&b->again, &b->putter.row, c->reading, &record, err) < 0)
			return -1;
	if (got == CSV_ERROR)
		return -1;
	if (got == CSV_END || csv_reader_at_start(b->rest)) {
		csv_reader_close(b->rest);
		b->rest = NULL;
	}
	return b->put(b->arg, c->reading, &b->again, c->last, err);
}

static int put_text(struct belt *b, struct chunk *c, struct err *err)
{
	if (b->rest) {
		csv_reader_add(b->rest, c->text.p, c->text.n, c->last);
		return read_rest(b, c, err);
	}
	if (c->failed) {
		*err = c->err;
		return -1;
	}
	if (b->put(b->arg, c->reading, &c->batch, c->last, err) < 0)
		return -1;
	if (!c->rest.n)
		return 0;
	if (csv_reader_open_part(&b->rest, &c->reading->rules, err) < 0)
		return -1;
	csv_reader_restart(b->rest, c->rest_line);
	csv_reader_add(b->rest, c->rest.p, c->rest.n, false);
	return 0;
}

static void end_extract(struct belt *b, struct chunk *c)
{
	struct source *source = c->extract->replay.source;
	source_digest(source, &c->reading->count->bytes, c->reading->count->xxh3_128);
	if (b->job->progress)
		atomic_fetch_add_explicit(&b->job->progress->bytes, source_position(source), memory_order_relaxed);
}

/* An extract that is read record by record. */
static int put_extract(struct belt *b, struct chunk *c, struct err *err)
{
	struct csv_record record;
	enum csv_got got = CSV_RECORD;
	while (got == CSV_RECORD) {
		batch_begin(&b->again, b->job->kind);
		for (int i = 0; i < RECORDS_AT_ONCE && (got = extract_next(c->extract, &record, err)) == CSV_RECORD; i++)
			if (batch_take(&b->again, &b->putter.row, c->reading, &record, err) < 0)
				return -1;
		if (got == CSV_ERROR)
			return -1;
		if (got == CSV_END)
			end_extract(b, c);
		if (b->put(b->arg, c->reading, &b->again, got == CSV_END, err) < 0)
			return -1;
	}
	extract_close(c->extract);
	free(c->extract);
	c->extract = NULL;
	return 0;
}

static int put_chunk(struct belt *b, struct chunk *c, struct err *err)
{
	switch (c->sort) {
	case CHUNK_TEXT: return put_text(b, c, err);
	case CHUNK_EXTRACT: return put_extract(b, c, err);
	default:
		*err = c->err;
		return -1;
	}
}

/* ---- the threads ------------------------------------------------------------------------------------------------------------------------ */

static void fail(struct belt *b, const struct err *err)
{
	if (!b->failed)
		b->err = *err;
	b->failed = b->no_more = true;
}

/* Put the next chunk in. The lock is held before and after. */
static void put_next(struct belt *b, struct slot *s)
{
	struct err err;
	b->putting = true;
	pthread_mutex_unlock(&b->lock);
	int rc = put_chunk(b, &s->chunk, &err);
	pthread_mutex_lock(&b->lock);
	b->putting = false;
	s->state = FREE;
	b->put_in++;
	if (rc < 0)
		fail(b, &err);
	pthread_cond_broadcast(&b->changed);
}

/* Take the next chunk from the feed and read it. The lock is held before and after. */
static void take_next(struct belt *b, struct worker *w, struct slot *s)
{
	b->feeding = true;
	pthread_mutex_unlock(&b->lock);
	bool got = feed_next(b->feed, &s->chunk);
	pthread_mutex_lock(&b->lock);
	b->feeding = false;
	if (!got) {
		b->no_more = true;
		pthread_cond_broadcast(&b->changed);
		return;
	}
	b->taken++;
	s->state = TAKEN;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	if (s->chunk.sort == CHUNK_TEXT)
		s->chunk.failed = read_chunk(w, &s->chunk, &s->chunk.err) < 0;
	pthread_mutex_lock(&b->lock);
	s->state = READY;
	pthread_cond_broadcast(&b->changed);
}

/* Work until there is nothing to take; the owner stays until all is put in. */
static void work(struct belt *b, struct worker *w, bool owner)
{
	pthread_mutex_lock(&b->lock);
	while (!b->failed) {
		struct slot *first = &b->slots[b->put_in % b->slot_count], *next = &b->slots[b->taken % b->slot_count];
		if (!b->putting && b->put_in < b->taken && first->state == READY)
			put_next(b, first);
		else if (!b->no_more && !b->feeding && next->state == FREE)
			take_next(b, w, next);
		else if (b->no_more && (!owner || (b->put_in == b->taken && !b->putting)))
			break;
		else
			pthread_cond_wait(&b->changed, &b->lock);
	}
	pthread_mutex_unlock(&b->lock);
}

static void note_days(struct belt *b, const struct worker *w)
{
	const struct ingest_days *d = &w->row.days;
	pthread_mutex_lock(&b->lock);
	if (d->latest > b->days.latest)
		b->days.latest = d->latest;
	if (d->earliest < b->days.earliest)
		b->days.earliest = d->earliest;
	pthread_mutex_unlock(&b->lock);
}

static void help(void *arg)
{
	struct belt *b = arg;
	struct worker w;
	struct err err;
	if (worker_init(&w, b->job, &err) == 0) {
		work(b, &w, false);
		note_days(b, &w);
	}
	worker_release(&w);
}

static void belt_release(struct belt *b)
{
	for (unsigned i = 0; i < b->slot_count; i++)
		chunk_release(&b->slots[i].chunk);
	free(b->slots);
	csv_reader_close(b->rest);
	batch_release(&b->again);
	worker_release(&b->putter);
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->changed);
}

int belt_run(const struct ingest_job *job, struct feed *feed, belt_put_fn *put, void *arg, struct ingest_days *ret_days, struct err *err)
{
	struct belt b = { .job = job, .feed = feed, .put = put, .arg = arg, .days = INGEST_NO_DAYS };
	struct worker own;
	struct crew_job here = { .help = help, .arg = &b };
	unsigned threads = crew_threads(job->crew);
	pthread_mutex_init(&b.lock, NULL);
	pthread_cond_init(&b.changed, NULL);
	b.slot_count = threads > 1 ? 2 * threads + 1 : 1;
	b.slots = mem_alloc(b.slot_count * sizeof *b.slots);
	int rc = worker_init(&own, job, err) < 0 || worker_init(&b.putter, job, err) < 0 ? -1 : 0;
	if (rc == 0) {
		crew_begin(job->crew, &here);
		work(&b, &own, true);
		crew_end(job->crew, &here);
		note_days(&b, &own);
		note_days(&b, &b.putter);
		*ret_days = b.days;
		if (b.failed)
			*err = b.err;
		rc = b.failed ? -1 : 0;
	}
	worker_release(&own);
	belt_release(&b);
	return rc;
}
