#include "run/run.h"

#include "internal.h"
#include "io/output.h"
#include "older.h"
#include "screen/screen.h"
#include "verify/verify.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

const char *path_in(char out[4096], const char *folder, const char *name, const char *ending)
{
	if (snprintf(out, 4096, "%s/%s%s", folder, name, ending) >= 4096)
		out[0] = 0; /* too long a path opens nothing */
	return out;
}

/* ---- ingest, kind by kind ----------------------------------------------------------------------------------------------------------- */

struct ingest_pool {
	struct runner *r;
	struct kind_work *kinds;
	unsigned count;
	unsigned *order;           /* the largest first: the last thread is then done soonest */
	_Atomic unsigned next, done;
};

void kind_job_init(struct kind_job *j, struct runner *r, const struct kind_work *w)
{
	char folder[4096];
	j->files = mem_alloc(w->count * sizeof *j->files);
	for (unsigned i = 0; i < w->count; i++)
		j->files[i] = (struct ingest_file){ w->files[i].path, w->files[i].name, w->files[i].encoding, w->files[i].delimiter };
	snprintf(j->name, sizeof j->name, "%.*s", STR_ARG(w->kind->name));
	path_in(j->table, r->work.path, j->name, ".table");
	path_in(j->rejects, path_in(folder, r->staging.path, "rejects", ""), j->name, ".csv");
	path_in(j->invalid, path_in(folder, r->staging.path, "invalid", ""), j->name, ".csv");
	j->ingest = (struct ingest_job){
		.schema = r->schema, .kind = w->kind, .files = j->files, .file_count = w->count, .as_of = r->as_of, .table_path = j->table,
		.rejects_path = j->rejects, .invalid_path = j->invalid, .id = r->id,
		.changes = w->kind->role == ROLE_ID_CHANGES ? NULL : r->changes, .progress = &r->progress->ingest, .crew = r->crew,
		.passing = !r->state, .memory = r->plan->memory / 2,
	};
}

void kind_job_release(struct kind_job *j)
{
	free(j->files);
}

static int read_kind(struct runner *r, struct kind_work *w, struct err *err)
{
	struct kind_job job;
	kind_job_init(&job, r, w);
	int got = ingest_run(&job.ingest, w->counts, err);
	if (got == 0)
		r->tables[w->kind->index] = mem_dup(str_of(job.table));
	kind_job_release(&job);
	return got;
}

static int ingest_kind(struct runner *r, struct kind_work *w, struct err *err)
{
	return r->state ? keep_kind(r, w, err) : read_kind(r, w, err);
}

const struct frame_id *runner_table_id(const struct runner *r)
{
	return r->state ? state_id(r->state) : &r->id;
}

/* Kind after kind, and then with whatever kind the others are at. */
static void *ingest_worker(void *arg)
{
	struct ingest_pool *p = arg;
	unsigned i;
	while ((i = p->next++) < p->count) {
		struct kind_work *w = &p->kinds[p->order[i]];
		w->failed = ingest_kind(p->r, w, &w->err) < 0;
		if (++p->done == p->count)
			ingest_crew_close(p->r->crew);
	}
	ingest_help(p->r->crew);
	return NULL;
}

/* A thread that reads no kind of its own. */
static void *ingest_helper(void *arg)
{
	struct ingest_pool *p = arg;
	ingest_help(p->r->crew);
	return NULL;
}

/* Where memory is short, one kind at a time. */
static void run_pool(struct ingest_pool *p, unsigned threads)
{
	void *(*work)(void *) = p->r->plan->memory ? ingest_helper : ingest_worker;
	pthread_t ids[64];
	unsigned started = 0;
	if (!p->count)
		ingest_crew_close(p->r->crew);
	while (started + 1 < threads && started < 63 && pthread_create(&ids[started], NULL, work, p) == 0)
		started++;
	ingest_worker(p);
	for (unsigned i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
}

/* Every kind is read to its end, so that the same extracts always stop at the same one: the first in the order of kinds. */
static int first_failure(struct ingest_pool *p, struct err *err)
{
	const struct kind_work *worst = NULL;
	for (unsigned i = 0; i < p->count; i++) {
		const struct kind_work *w = &p->kinds[i];
		if (w->failed && (!worst || err_goes_before(w->err.status, worst->err.status)))
			worst = w;
	}
	if (worst)
		*err = worst->err;
	return worst ? -1 : 0;
}

static unsigned split_by_kind(struct runner *r, struct kind_work *kinds)
{
	unsigned n = 0;
	for (size_t i = 0; i < r->files.count; i++) {
		struct run_file *f = &r->files.items[i];
		if (n && kinds[n - 1].kind == f->kind)
			kinds[n - 1].count++;
		else
			kinds[n++] = (struct kind_work){ .kind = f->kind, .files = f, .counts = &r->result->counts[i],
				.kept = &r->result->kept[i], .count = 1 };
		kinds[n - 1].bytes += f->bytes;
		r->progress->bytes += f->bytes;
	}
	return n;
}

void note_damage(struct runner *r, const struct err *err)
{
	if (r->state && (err->status == STATUS_DATA || err->status == STATUS_NOINPUT))
		r->damaged = true;
}

/* Whether it was the table that failed, and not what its rows say. */
static void check_table(struct runner *r, const struct kind *k)
{
	struct table *t;
	struct table_scan s;
	struct row row;
	uint32_t ordinal;
	struct err err;
	enum iter got;
	if (table_open(&t, r->tables[k->index], r->schema, runner_table_id(r), &err) < 0) {
		note_damage(r, &err);
		return;
	}
	table_scan_init(&s, t);
	while ((got = table_next(&s, &row, &ordinal, &err)) == ITER_ROW)
		;
	if (got == ITER_ERROR)
		note_damage(r, &err);
	table_scan_release(&s);
	table_close(t);
}

/* Old numbers are needed before any other kind is read. */
static int ingest_changes(struct runner *r, struct kind_work *kinds, unsigned n, struct err *err)
{
	for (unsigned i = 0; i < n; i++) {
		const struct kind *k = kinds[i].kind;
		if (k->role != ROLE_ID_CHANGES)
			continue;
		if (ingest_kind(r, &kinds[i], err) < 0)
			return -1;
		if (id_changes_load(&r->changes, r->tables[k->index], r->schema, runner_table_id(r), err) == 0)
			break;
		check_table(r, k);
		return -1;
	}
	id_changes_digest(r->changes, r->changes_digest);
	return 0;
}

int runner_ingest(struct runner *r, struct err *err)
{
	struct kind_work *kinds = mem_alloc((r->files.count + 1) * sizeof *kinds);
	unsigned n = split_by_kind(r, kinds), *order = mem_alloc((n + 1) * sizeof *order), m = 0;
	r->progress->step = STEP_INGEST;
	r->table_count = r->schema->kind_count;
	r->tables = mem_alloc((r->table_count + 1) * sizeof *r->tables);
	r->crew = ingest_crew_new(r->plan->threads);
	int got = ingest_changes(r, kinds, n, err);
	for (unsigned i = 0; i < n; i++)
		if (kinds[i].kind->role != ROLE_ID_CHANGES)
			order[m++] = i;
	for (unsigned i = 1; i < m; i++) /* a handful: insertion sort */
		for (unsigned k = i; k && kinds[order[k]].bytes > kinds[order[k - 1]].bytes; k--) {
			unsigned t = order[k];
			order[k] = order[k - 1];
			order[k - 1] = t;
		}
	struct ingest_pool pool = { r, kinds, m, order, 0, 0 };
	if (got == 0) {
		run_pool(&pool, r->plan->threads);
		pool.count = n;
		got = first_failure(&pool, err);
	}
	ingest_crew_free(r->crew);
	r->crew = NULL;
	free(order);
	free(kinds);
	return got;
}

/* ---- the other stages ---------------------------------------------------------------------------------------------------------------- */

int runner_join(struct runner *r, const char *dossiers, struct join_only *only, struct err *err)
{
	struct table *tables[64];
	struct join_job job = { .pack = r->pack, .tables = tables, .threads = r->plan->threads,
		.memory = r->plan->memory, .path = dossiers, .id = *runner_table_id(r), .passing = !r->state, .only = only };
	int got = 0;
	r->progress->step = STEP_JOIN;
	if (r->plan->memory)
		mem_frugal();
	for (size_t i = 0; got == 0 && i < r->files.count; i++) {
		const struct kind *k = r->files.items[i].kind;
		if (i && r->files.items[i - 1].kind == k)
			continue;
		got = table_open(&tables[job.table_count], r->tables[k->index], r->schema, runner_table_id(r), err);
		job.table_count += got == 0;
	}
	if (got == 0)
		got = join_run(&job, err);
	if (got < 0)
		note_damage(r, err);
	for (unsigned i = 0; i < job.table_count; i++)
		table_close(tables[i]);
	for (unsigned i = 0; got == 0 && !r->state && i < r->table_count; i++)
		used_add(&r->used, r->tables[i]);
	used_remove(&r->used);
	return got;
}

/* Join and screen; *ret_findings: malloc'd path, of files with the id of runner_table_id. */
static int make_findings(struct runner *r, char **ret_findings, struct err *err)
{
	char dossiers[4096], findings[4096];
	path_in(dossiers, r->work.path, "dossiers", "");
	path_in(findings, r->work.path, "findings", "");
	if (runner_join(r, dossiers, NULL, err) < 0)
		return -1;
	r->progress->step = STEP_SCREEN;
	if (r->plan->memory)
		mem_frugal();
	struct screen_job screen = { .pack = r->pack, .dossiers = dossiers, .findings = findings, .threads = r->plan->threads, .id = r->id,
		.passing = true };
	if (screen_run(&screen, err) < 0)
		return -1;
	used_add(&r->used, dossiers);
	used_remove(&r->used);
	*ret_findings = mem_dup(str_of(findings));
	return 0;
}

static int later_stages(struct runner *r, const char *version, struct err *err)
{
	char *findings = NULL;
	if ((r->state ? carry_findings(r, &findings, err) : make_findings(r, &findings, err)) < 0)
		return -1;
	r->progress->step = STEP_REPORT;
	struct report_job report = { r->pack, findings, r->staging.path, r->started_at, r->files.ignored, *runner_table_id(r), version,
		r->plan->threads, r->plan->xlsx, r->split, r->plan->verdicts, *r->last.sha256 ? r->last.sha256 : NULL, r->notes };
	int got = report_run(&report, &r->result->report, err);
	if (got < 0)
		note_damage(r, err);
	used_add(&r->used, r->state ? NULL : findings);
	used_remove(&r->used);
	free(findings);
	return got;
}

int runner_subfolders(struct runner *r, struct err *err)
{
	char path[4096];
	if (output_mkdir(path_in(path, r->staging.path, "rejects", ""), err) < 0)
		return -1;
	return output_mkdir(path_in(path, r->staging.path, "invalid", ""), err);
}

static int make_folders(struct runner *r, struct err *err)
{
	if (output_folder_create(&r->staging, r->plan->out, err) < 0 || output_folder_create(&r->work, r->plan->out, err) < 0)
		return -1;
	return runner_subfolders(r, err);
}

/* Keep the first thing that is wrong. */
static void keep_first(void *arg, const char *text)
{
	char *first = arg;
	if (!*first)
		snprintf(first, 512, "%s", text);
}

/* Nothing is published that the next verify would find fault with. */
static int check_own(struct runner *r, struct err *err)
{
	char first[512] = "";
	struct verify_result found;
	struct verify_job job = { .folder = r->staging.path, .quick = true, .threads = r->plan->memory ? 1 : r->plan->threads, .say = keep_first, .arg = first };
	if (verify_run(&job, &found, err) < 0)
		return -1;
	if (!found.problems)
		return 0;
	return err_set(err, STATUS_SOFTWARE, "%s: the new run does not agree with itself: %s; nothing is published: look at the disk, keep the "
	               "extracts and report it", r->plan->out, first);
}

/* All stages, up to a staging folder that can be published. */
static int make_all(struct runner *r, const char *version, struct err *err)
{
	int got = make_folders(r, err);
	if (got == 0)
		got = runner_ingest(r, err);
	if (got == 0)
		got = runner_expect(r, err);
	return got < 0 ? -1 : later_stages(r, version, err);
}

void runner_release(struct runner *r)
{
	for (unsigned i = 0; i < r->table_count; i++)
		free(r->tables[i]);
	free(r->tables);
	id_changes_free(r->changes);
	r->tables = NULL;
	r->table_count = 0;
	r->changes = NULL;
}

/* The state was damaged: nothing of it is used, and nothing that was made of it. */
static int make_all_anew(struct runner *r, const char *version, struct err *err)
{
	state_forget(r->state, err);
	if (durable_wait(&r->durable, err) < 0)
		return -1;
	output_folder_remove(&r->staging);
	output_folder_remove(&r->work);
	runner_release(r);
	r->damaged = false;
	memset(r->result->counts, 0, r->files.count * sizeof *r->result->counts);
	memset(r->result->kept, 0, r->files.count * sizeof *r->result->kept);
	return make_all(r, version, err);
}

static int publish_folder(struct runner *r, struct err *err)
{
	const struct run_plan *p = r->plan;
	char *keep_as = NULL;
	if (p->keep && older_next(&keep_as, p->out, err) < 0)
		return -1;
	int got = output_folder_publish(&r->staging, p->out, keep_as, err);
	if (got == 0 && p->keep)
		older_purge(&r->result->older, p->out, p->keep);
	free(keep_as);
	return got;
}

static int publish(struct runner *r, struct err *err)
{
	if (durable_wait(&r->durable, err) < 0)
		return -1;
	if (r->state && (put_registered(r, err) < 0 || state_prepare(r->state, err) < 0))
		return -1;
	if (publish_folder(r, err) < 0)
		return -1;
	return r->state ? state_commit(r->state, err) : 0;
}

static int run_locked(struct runner *r, const char *version, struct err *err)
{
	if (older_recover(r->plan->out, r->plan->keep, err) < 0)
		return -1;
	if (r->plan->memory)
		mem_frugal();
	if (r->plan->state && state_open(&r->state, r->plan->state, r->schema, version, err) < 0)
		return -1;
	int got = last_run_load(&r->last, r->plan->out, err);
	if (got == 0)
		got = make_all(r, version, err);
	if (got < 0 && r->damaged)
		got = make_all_anew(r, version, err);
	if (got == 0)
		got = check_own(r, err);
	if (got == 0)
		got = publish(r, err);
	used_wait(&r->used);
	struct err ignored;
	if (r->durable.running && durable_wait(&r->durable, &ignored) < 0)
		got = -1; /* as it is already: nothing was published */
	output_folder_remove(&r->staging);
	output_folder_remove(&r->work);
	if (r->state && state_fault(r->state))
		r->result->notice = mem_dup(str_of(state_fault(r->state)));
	state_close(r->state);
	return got;
}

static int prepare(struct runner *r, const char *data_dir, struct err *err)
{
	char schemas[4096], pack[4096];
	const struct run_plan *p = r->plan;
	path_in(schemas, data_dir, "schemas", "");
	path_in(pack, data_dir, "rules/chongqing-2017.yaml", "");
	if (schema_load(&r->result->schema, p->schemas ? p->schemas : schemas, p->own_schemas, err) < 0)
		return -1;
	r->schema = r->result->schema;
	r->pack_path = mem_dup(str_of(p->pack ? p->pack : pack));
	if (pack_load(&r->result->pack, r->pack_path, r->schema, r->as_of, err) < 0)
		return -1;
	r->pack = r->result->pack;
	frame_id_make(&r->id, r->schema->hash, r->as_of, "");
	if (find_files(&r->files, p, r->schema, err) < 0 || runner_expect_known(r, err) < 0)
		return -1;
	r->result->counts = mem_alloc((r->files.count + 1) * sizeof *r->result->counts);
	r->result->kept = mem_alloc((r->files.count + 1) * sizeof *r->result->kept);
	return 0;
}

int run(const struct run_plan *plan, const char *data_dir, const char *version, struct run_progress *progress, struct run_result *ret,
        struct err *err)
{
	struct runner r = { .plan = plan, .progress = progress, .result = ret };
	struct tm tm;
	time_t now = time(NULL);
	int64_t day;
	int lock;
	gmtime_r(&now, &tm);
	strftime(r.started_at, sizeof r.started_at, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (strlen(plan->as_of) != 10 || plan->as_of[4] != '-' || date_parse(str_of(plan->as_of), &day) != 0)
		return err_set(err, STATUS_USAGE, "as-of date: must be a real day, YYYY-MM-DD");
	r.as_of = (int32_t)day;
	int split = plan->split ? workbook_split_of(plan->split) : WORKBOOK_COUNTY;
	if (split < 0)
		return err_set(err, STATUS_USAGE, "split: is county, township or none");
	r.split = (enum workbook_split)split;
	int got = prepare(&r, data_dir, err);
	if (got == 0)
		got = lock_take(&lock, plan->out, err);
	if (got == 0) {
		got = run_locked(&r, version, err);
		lock_release(lock);
	}
	last_run_release(&r.last);
	json_decref(r.notes);
	runner_release(&r);
	free(r.pack_path);
	ret->files = r.files.items;
	ret->file_count = r.files.count;
	r.files.items = NULL;
	r.files.count = 0;
	found_files_release(&r.files);
	progress->step = STEP_DONE;
	return got;
}

void run_result_release(struct run_result *r)
{
	struct found_files f = { .items = r->files, .count = r->file_count };
	found_files_release(&f);
	free(r->counts);
	free(r->kept);
	free(r->notice);
	older_release(&r->older);
	pack_free(r->pack);
	schema_free(r->schema);
	*r = (struct run_result){ 0 };
}
