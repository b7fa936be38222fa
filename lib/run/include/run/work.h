/* work: the first half of a run, for those who look into dossiers instead of publishing lists: ingest and join, in a private
 * folder (0700) that is gone when the caller is done, or when a signal ends the program. One at a time.
 *
 *     struct run_work w = { 0 };
 *     if (run_work(&w, &plan, schema, pack, NULL, &only, err) == 0) look_open(&look, pack, w.dossiers, &w.id, err);
 *     run_work_release(&w);
 */
#ifndef BIDUI_RUN_WORK_H
#define BIDUI_RUN_WORK_H

#include "io/output.h"
#include "join/join.h"
#include "run/run.h"

struct run_work {
	struct output_folder folder;
	char *dossiers;            /* path */
	struct frame_id id;
};

/* Of the plan: extracts, files and threads. `beside`: the folder to make it in; NULL: $TMPDIR, else /tmp. only: or NULL. */
int run_work(struct run_work *ret, const struct run_plan *plan, const struct schema *schema, const struct pack *pack, const char *beside,
             struct join_only *only, struct err *err) __attribute__((warn_unused_result));
void run_work_release(struct run_work *w); /* also after a failure */

#endif
