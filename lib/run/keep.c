/* A kind of which the state knows some extracts. */
#include "internal.h"

#include "ingest/parts.h"

#include <stdio.h>
#include <stdlib.h>

struct keeping {
	struct runner *r;
	struct kind_work *work;
	struct kind_job job;
	struct state_extract *extracts; /* of each file; borrows its texts */
	struct ingest_part *parts;
	uint64_t *numbers;
	char **names;
};

static void keeping_init(struct keeping *k, struct runner *r, struct kind_work *w)
{
	k->r = r;
	k->work = w;
	kind_job_init(&k->job, r, w);
	k->extracts = mem_alloc(w->count * sizeof *k->extracts);
	k->parts = mem_alloc(w->count * sizeof *k->parts);
	k->numbers = mem_alloc(w->count * sizeof *k->numbers);
	k->names = mem_alloc(w->count * sizeof *k->names);
}

static void keeping_release(struct keeping *k)
{
	for (unsigned i = 0; i < k->work->count; i++) {
		free((char *)k->parts[i].table_path);
		free((char *)k->parts[i].reading_path);
	}
	free(k->extracts);
	free(k->parts);
	free(k->numbers);
	free(k->names);
	kind_job_release(&k->job);
}

static void name_part(struct keeping *k, unsigned i, uint64_t number)
{
	k->numbers[i] = number;
	k->parts[i] = (struct ingest_part){ state_path(k->r->state, number, ".table"), state_path(k->r->state, number, ".reading") };
}

/* Read one extract into files of its own. */
static int read_extract(struct keeping *k, unsigned i, struct state_extract *e, struct err *err)
{
	struct ingest_job job = k->job.ingest;
	struct ingest_days days;
	struct ingest_count count;
	name_part(k, i, state_next(k->r->state));
	job.files = &k->job.files[i];
	job.file_count = 1;
	job.id = *state_id(k->r->state);
	job.table_path = k->parts[i].table_path;
	job.reading_path = k->parts[i].reading_path;
	job.rejects_path = job.invalid_path = NULL;
	job.days = &days;
	if (ingest_run(&job, &count, err) < 0)
		return -1;
	e->number = k->numbers[i];
	e->bytes = count.bytes;
	memcpy(e->hash, count.xxh3_128, sizeof e->hash);
	e->latest = days.latest;
	e->earliest = days.earliest;
	return 0;
}

/* An extract that is as it was is not read again. Its stamp counts if it is the same before and after. */
static int keep_extract(struct keeping *k, unsigned i, struct err *err)
{
	static const uint8_t none[16];
	struct runner *r = k->r;
	const struct ingest_file *f = &k->job.files[i];
	struct state_extract *e = &k->extracts[i];
	const uint8_t *changes = k->work->kind->role == ROLE_ID_CHANGES ? none : r->changes_digest;
	struct state_wanted wanted = { f->path, k->job.name, f->name, f->encoding ? f->encoding : "", f->delimiter, changes, r->as_of,
		r->plan->by_content };
	struct state_stamp before = state_stamp_now(f->path);
	const struct state_extract *kept = state_find(r->state, &wanted);
	if (kept) {
		*e = *kept;
		name_part(k, i, kept->number);
		k->work->kept[i] = true;
		atomic_fetch_add_explicit(&r->progress->ingest.bytes, e->bytes, memory_order_relaxed);
	} else if (read_extract(k, i, e, err) < 0) {
		return -1;
	}
	struct state_stamp after = state_stamp_now(f->path);
	e->stamp = memcmp(&before, &after, sizeof before) ? (struct state_stamp){ 0 } : after;
	memcpy(e->changes, changes, sizeof e->changes);
	e->kind = k->job.name;
	e->name = (char *)f->name;
	e->encoding = (char *)wanted.encoding;
	e->delimiter = f->delimiter;
	k->names[i] = e->name;
	return 0;
}

static int settle(struct keeping *k, struct err *err)
{
	struct runner *r = k->r;
	unsigned count = k->work->count;
	uint64_t number = state_find_kind(r->state, k->job.name, k->numbers, k->names, count), old = number;
	if (!number)
		number = state_next(r->state);
	char *table = state_path(r->state, number, ".table");
	r->tables[k->work->kind->index] = table;
	struct parts_job job = { r->schema, k->work->kind, k->job.files, k->parts, count, *state_id(r->state), table, k->job.rejects,
		k->job.invalid, r->plan->memory / 2 };
	bool damaged = false;
	if (!old && parts_settle(&job, &damaged, err) < 0) {
		if (damaged)
			r->damaged = true;
		return -1;
	}
	if (parts_list(&job, k->work->counts, err) < 0) {
		note_damage(r, err);
		return -1;
	}
	struct state_kind kind = { k->job.name, number, k->numbers, k->names, count };
	state_keep_kind(r->state, &kind);
	return 0;
}

int keep_kind(struct runner *r, struct kind_work *w, struct err *err)
{
	struct keeping k;
	keeping_init(&k, r, w);
	int got = 0;
	for (unsigned i = 0; got == 0 && i < w->count; i++)
		got = keep_extract(&k, i, err);
	if (got == 0)
		got = settle(&k, err);
	for (unsigned i = 0; got == 0 && i < w->count; i++)
		state_keep(r->state, &k.extracts[i]);
	keeping_release(&k);
	return got;
}
