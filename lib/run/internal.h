/* What whole runs (run.c) and halves of them (work.c) share. */
#ifndef BIDUI_RUN_INTERNAL_H
#define BIDUI_RUN_INTERNAL_H

#include "durable.h"
#include "find.h"
#include "last.h"
#include "used.h"

#include "io/output.h"
#include "join/join.h"
#include "state/state.h"

struct runner {
	const struct run_plan *plan;
	struct run_progress *progress;
	struct run_result *result;
	struct found_files files;
	const struct schema *schema;
	const struct pack *pack;
	char *pack_path;
	int32_t as_of;
	struct frame_id id;
	struct output_folder staging, work;
	struct id_changes *changes;
	uint8_t changes_digest[16];
	struct state *state;       /* or NULL: every extract is read */
	char **tables;             /* by kind: path of its table, once there is one; by index */
	unsigned table_count;
	_Atomic bool damaged;      /* something in the state is; all has to be read */
	struct ingest_crew *crew;
	char started_at[32];
	enum workbook_split split;
	struct last_run last;
	struct durable durable;    /* of the state, not so yet */
	struct used used;          /* files between stages that no stage needs any more */
	json_t *notes;             /* for the manifest: totals and accepted limits */
};

struct kind_work {
	const struct kind *kind;
	struct run_file *files;
	struct ingest_count *counts;
	bool *kept;
	unsigned count;
	uint64_t bytes;
	bool failed;
	struct err err;
};

const char *path_in(char out[4096], const char *folder, const char *name, const char *ending);
/* What has to be read for a kind, and the names of what is made of it. Too large to be copied. */
struct kind_job {
	struct ingest_job ingest;
	struct ingest_file *files;
	char name[256], table[4096], rejects[4096], invalid[4096];
};
void kind_job_init(struct kind_job *j, struct runner *r, const struct kind_work *w);
void kind_job_release(struct kind_job *j);
/* Make the lists of a kind, and its table where the state has none of these very extracts; keep both for the next run. */
int keep_kind(struct runner *r, struct kind_work *w, struct err *err);
/* The path and the id of the table of a kind that has been read. */
const struct frame_id *runner_table_id(const struct runner *r);
/* A failure of what reads nothing but files of this program: when they were kept, they may be damaged. */
void note_damage(struct runner *r, const struct err *err);
void runner_release(struct runner *r); /* what runner_ingest has made */
/* Limits are of kinds that there are, sums of columns of amounts (78). */
int runner_expect_known(const struct runner *r, struct err *err);
/* After the ingest: totals and limits (65). */
int runner_expect(struct runner *r, struct err *err);
int runner_ingest(struct runner *r, struct err *err);
int runner_join(struct runner *r, const char *dossiers, struct join_only *only, struct err *err);
/* Join and screen as far as the last run's dossiers and findings do not do; *ret_findings: malloc'd path. The state keeps both. */
int carry_findings(struct runner *r, char **ret_findings, struct err *err);
/* STATE/registered, of the run whose manifest stands in the staging folder. */
int put_registered(struct runner *r, struct err *err);
/* rejects/ and invalid/ in the staging folder */
int runner_subfolders(struct runner *r, struct err *err);

#endif
