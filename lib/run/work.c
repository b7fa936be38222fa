#include "run/work.h"

#include "internal.h"
#include "io/output.h"

#include <stdio.h>
#include <stdlib.h>

static int make_folder(struct run_work *w, const char *beside, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	char path[4096];
	path_in(path, beside ? beside : tmp && *tmp ? tmp : "/tmp", "bidui", "");
	if (output_folder_create(&w->folder, path, err) < 0)
		return -1;
	w->dossiers = mem_dup(str_of(path_in(path, w->folder.path, "dossiers", "")));
	return 0;
}

int run_work(struct run_work *ret, const struct run_plan *plan, const struct schema *schema, const struct pack *pack, const char *beside,
             struct join_only *only, struct err *err)
{
	struct run_progress progress = { 0 };
	struct run_result result = { 0 };
	struct runner r = { .plan = plan, .progress = &progress, .result = &result, .schema = schema, .pack = pack, .as_of = pack->as_of };
	frame_id_make(&r.id, schema->hash, r.as_of, "");
	int got = find_files(&r.files, plan, schema, err);
	if (got == 0)
		got = make_folder(ret, beside, err);
	if (got == 0) {
		result.counts = mem_alloc((r.files.count + 1) * sizeof *result.counts);
		result.kept = mem_alloc((r.files.count + 1) * sizeof *result.kept);
		r.staging = r.work = ret->folder;
		got = runner_subfolders(&r, err);
	}
	if (got == 0)
		got = runner_ingest(&r, err);
	if (got == 0)
		got = runner_join(&r, ret->dossiers, only, err);
	ret->id = r.id;
	used_wait(&r.used);
	free(result.counts);
	free(result.kept);
	runner_release(&r);
	found_files_release(&r.files);
	return got;
}

void run_work_release(struct run_work *w)
{
	output_folder_remove(&w->folder);
	free(w->dossiers);
	*w = (struct run_work){ 0 };
}
