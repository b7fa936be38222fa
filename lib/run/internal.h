/* What whole runs (run.c) and halves of them (work.c) share. */
#ifndef BIDUI_RUN_INTERNAL_H
#define BIDUI_RUN_INTERNAL_H

#include "find.h"
#include "last.h"

#include "join/join.h"

struct runner {
	const struct run_plan *plan;
	struct run_progress *progress;
	struct run_result *result;
	struct found_files files;
	const struct schema *schema;
	const struct pack *pack;
	int32_t as_of;
	struct frame_id id;
	char *staging, *work;      /* folders; NULL when they are gone */
	struct id_changes *changes;
	struct ingest_crew *crew;
	char started_at[32];
	enum workbook_split split;
	struct last_run last;
};

const char *path_in(char out[4096], const char *folder, const char *name, const char *ending);
int runner_ingest(struct runner *r, struct err *err);
int runner_join(struct runner *r, const char *dossiers, struct join_only *only, struct err *err);
/* rejects/ and invalid/ in the staging folder */
int runner_subfolders(struct runner *r, struct err *err);

#endif
