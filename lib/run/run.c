#include "run/run.h"

#include "internal.h"
#include "io/output.h"
#include "screen/screen.h"
#include "verify/verify.h"

#include <dirent.h>
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

struct kind_work {
	const struct kind *kind;
	struct run_file *files;
	struct ingest_count *counts;
	unsigned count;
	uint64_t bytes;
	bool failed;
	struct err err;
};

struct ingest_pool {
	struct runner *r;
	struct kind_work *kinds;
	unsigned count;
	unsigned *order;           /* the largest first: the last thread is then done soonest */
	_Atomic unsigned next, done;
};

static int ingest_kind(struct runner *r, struct kind_work *w, struct err *err)
{
	char table[4096], rejects[4096], invalid[4096], kind[256];
	struct ingest_file *files = mem_alloc(w->count * sizeof *files);
	for (unsigned i = 0; i < w->count; i++)
		files[i] = (struct ingest_file){ w->files[i].path, w->files[i].name, w->files[i].encoding, w->files[i].delimiter };
	snprintf(kind, sizeof kind, "%.*s", STR_ARG(w->kind->name));
	char rejects_dir[4096], invalid_dir[4096];
	path_in(rejects_dir, r->staging, "rejects", "");
	path_in(invalid_dir, r->staging, "invalid", "");
	struct ingest_job job = {
		.schema = r->schema, .kind = w->kind, .files = files, .file_count = w->count, .as_of = r->as_of,
		.table_path = path_in(table, r->work, kind, ".table"), .rejects_path = path_in(rejects, rejects_dir, kind, ".csv"),
		.invalid_path = path_in(invalid, invalid_dir, kind, ".csv"), .id = r->id,
		.changes = w->kind->role == ROLE_ID_CHANGES ? NULL : r->changes, .progress = &r->progress->ingest, .crew = r->crew,
	};
	int got = ingest_run(&job, w->counts, err);
	free(files);
	return got;
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

static void run_pool(struct ingest_pool *p, unsigned threads)
{
	pthread_t ids[64];
	unsigned started = 0;
	if (!p->count)
		ingest_crew_close(p->r->crew);
	while (started + 1 < threads && started < 63 && pthread_create(&ids[started], NULL, ingest_worker, p) == 0)
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
			kinds[n++] = (struct kind_work){ .kind = f->kind, .files = f, .counts = &r->result->counts[i], .count = 1 };
		kinds[n - 1].bytes += f->bytes;
		r->progress->bytes += f->bytes;
	}
	return n;
}

/* Old numbers are needed before any other kind is read. */
static int ingest_changes(struct runner *r, struct kind_work *kinds, unsigned n, struct err *err)
{
	for (unsigned i = 0; i < n; i++) {
		char path[4096], kind[256];
		if (kinds[i].kind->role != ROLE_ID_CHANGES)
			continue;
		if (ingest_kind(r, &kinds[i], err) < 0)
			return -1;
		snprintf(kind, sizeof kind, "%.*s", STR_ARG(kinds[i].kind->name));
		return id_changes_load(&r->changes, path_in(path, r->work, kind, ".table"), r->schema, &r->id, err);
	}
	return 0;
}

int runner_ingest(struct runner *r, struct err *err)
{
	struct kind_work *kinds = mem_alloc((r->files.count + 1) * sizeof *kinds);
	unsigned n = split_by_kind(r, kinds), *order = mem_alloc((n + 1) * sizeof *order), m = 0;
	r->progress->step = STEP_INGEST;
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
	struct join_job job = { .pack = r->pack, .tables = tables, .threads = r->plan->threads, .path = dossiers, .id = r->id, .only = only };
	int got = 0;
	r->progress->step = STEP_JOIN;
	for (size_t i = 0; got == 0 && i < r->files.count; i++) {
		const struct kind *k = r->files.items[i].kind;
		char path[4096], kind[256];
		if (i && r->files.items[i - 1].kind == k)
			continue;
		snprintf(kind, sizeof kind, "%.*s", STR_ARG(k->name));
		got = table_open(&tables[job.table_count], path_in(path, r->work, kind, ".table"), r->schema, &r->id, err);
		job.table_count += got == 0;
	}
	if (got == 0)
		got = join_run(&job, err);
	for (unsigned i = 0; i < job.table_count; i++)
		table_close(tables[i]);
	return got;
}

static int later_stages(struct runner *r, const char *version, struct err *err)
{
	char dossiers[4096], findings[4096];
	path_in(dossiers, r->work, "dossiers", "");
	path_in(findings, r->work, "findings", "");
	if (runner_join(r, dossiers, NULL, err) < 0)
		return -1;
	r->progress->step = STEP_SCREEN;
	struct screen_job screen = { r->pack, dossiers, findings, r->plan->threads, r->id };
	if (screen_run(&screen, err) < 0)
		return -1;
	r->progress->step = STEP_REPORT;
	struct report_job report = { r->pack, findings, r->staging, r->started_at, r->files.ignored, r->id, version, r->plan->threads,
		r->plan->xlsx, r->split, *r->last.sha256 ? r->last.sha256 : NULL };
	return report_run(&report, &r->result->report, err);
}

/* What a run that was killed left beside OUT; nobody else can be writing there, for we hold the lock. */
static void sweep(const char *out)
{
	const char *slash = strrchr(out, '/');
	char *dir = slash ? mem_dup((struct str){ out, (size_t)(slash - out) + 1 }) : mem_dup(STR("./"));
	char prefix[300];
	snprintf(prefix, sizeof prefix, ".%s.", slash ? slash + 1 : out);
	DIR *d = opendir(dir);
	for (struct dirent *e; d && (e = readdir(d));) {
		size_t n = strlen(e->d_name);
		if (strncmp(e->d_name, prefix, strlen(prefix)) != 0 || n < 4 || strcmp(e->d_name + n - 4, ".tmp") != 0)
			continue;
		char path[4096];
		snprintf(path, sizeof path, "%s%s", dir, e->d_name);
		if (unlink(path) < 0)
			output_folder_remove(path);
	}
	if (d)
		closedir(d);
	free(dir);
}

int runner_subfolders(struct runner *r, struct err *err)
{
	char path[4096];
	if (output_mkdir(path_in(path, r->staging, "rejects", ""), err) < 0)
		return -1;
	return output_mkdir(path_in(path, r->staging, "invalid", ""), err);
}

static int make_folders(struct runner *r, struct err *err)
{
	if (output_folder_create(&r->staging, r->plan->out, err) < 0 || output_folder_create(&r->work, r->plan->out, err) < 0)
		return -1;
	return runner_subfolders(r, err);
}

static void remove_folder(char **folder)
{
	if (*folder)
		output_folder_remove(*folder);
	free(*folder);
	*folder = NULL;
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
	struct verify_job job = { .folder = r->staging, .quick = true, .say = keep_first, .arg = first };
	if (verify_run(&job, &found, err) < 0)
		return -1;
	if (!found.problems)
		return 0;
	return err_set(err, STATUS_SOFTWARE, "%s: the new run does not agree with itself: %s; nothing is published: look at the disk, keep the "
	               "extracts and report it", r->plan->out, first);
}

static int run_locked(struct runner *r, const char *version, struct err *err)
{
	sweep(r->plan->out);
	int got = last_run_load(&r->last, r->plan->out, err);
	if (got == 0)
		got = make_folders(r, err);
	if (got == 0)
		got = runner_ingest(r, err);
	if (got == 0)
		got = later_stages(r, version, err);
	if (got == 0)
		got = check_own(r, err);
	if (got == 0)
		got = output_folder_publish(r->staging, r->plan->out, err);
	if (got == 0) {
		free(r->staging);
		r->staging = NULL;
	}
	remove_folder(&r->staging);
	remove_folder(&r->work);
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
	if (pack_load(&r->result->pack, p->pack ? p->pack : pack, r->schema, r->as_of, err) < 0)
		return -1;
	r->pack = r->result->pack;
	frame_id_make(&r->id, r->schema->hash, r->as_of, "");
	if (find_files(&r->files, p, r->schema, err) < 0)
		return -1;
	r->result->counts = mem_alloc((r->files.count + 1) * sizeof *r->result->counts);
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
	id_changes_free(r.changes);
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
	pack_free(r->pack);
	schema_free(r->schema);
	*r = (struct run_result){ 0 };
}
