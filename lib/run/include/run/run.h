/* run: a pipeline from extracts to a published folder.
 *
 * It sorts the files of a folder into kinds (or takes them from a pipeline file), ingests each kind, joins, screens and reports,
 * all in a private folder beside OUT that appears by one rename. A run that fails leaves OUT as it was.
 *
 * The stages hand each other the same files as when they are run singly; they only share one process here.
 */
#ifndef BIDUI_RUN_RUN_H
#define BIDUI_RUN_RUN_H

#include "ingest/ingest.h"
#include "report/report.h"
#include "run/expect.h"

struct run_file {
	char *path, *name;       /* name: without folders */
	const struct kind *kind;
	char *encoding;          /* or NULL */
	char delimiter;
	uint64_t bytes;
	struct total total;      /* what its sender says of it */
};

#define RUN_KEEP_MAX 100000

/* What is to be done; filled from options or from a pipeline file. Texts are malloc'd. */
struct run_plan {
	char *extracts;          /* folder, or NULL */
	char *as_of;             /* YYYY-MM-DD */
	char *out;
	char *pack, *schemas;    /* paths, or NULL: the default ones */
	char **own_schemas;      /* NULL-terminated, or NULL: a user's own kinds */
	struct planned_file {
		char *path, *kind, *encoding, *delimiter; /* kind: by the name when NULL */
		struct total total;
	} *files;
	size_t file_count, file_cap;
	unsigned threads;
	uint64_t memory;         /* bytes that a run may take in all; 0: not said */
	bool xlsx;               /* workbooks too */
	char *split;             /* county, township, none; NULL: county */
	char *state;             /* folder in which a run keeps its tables for the next one, or NULL */
	bool by_content;         /* an extract is known again by its bytes, and not by what the file system says */
	struct limit *limits;
	size_t limit_count, limit_cap;
	bool accept;             /* go on although a limit is exceeded */
	char *verdicts;          /* folder of a ledger whose verdicts are used, or NULL */
	unsigned keep;           /* older runs to stay beside out, as out.run-000001 and on */
	bool keep_said;          /* else the pipeline file may say it */
};

void run_plan_release(struct run_plan *p);
/* Read a pipeline file; paths in it are relative to its folder. What is set already stays. 78 with file:line:column. */
int run_plan_load(struct run_plan *p, const char *path, struct err *err) __attribute__((warn_unused_result));

enum run_step { STEP_START, STEP_INGEST, STEP_JOIN, STEP_SCREEN, STEP_REPORT, STEP_DONE };

/* What a progress line may read from another thread while the run goes on. */
struct run_progress {
	struct ingest_progress ingest;
	_Atomic uint64_t bytes;  /* of all extracts */
	_Atomic int step;        /* enum run_step */
};

/* Runs before that were removed, since more than plan.keep were there. */
struct older {
	struct older_run {
		char *path;
		bool gone;       /* else it could not be removed, or not wholly */
	} *items;
	size_t count, cap;
};

struct run_result {
	struct run_file *files;       /* in the order of kinds, then of names */
	struct ingest_count *counts;  /* by file */
	bool *kept;                   /* by file: it was not read, for it had not changed */
	size_t file_count;
	char *notice;                 /* why what the last run kept was not used, in a line; or NULL */
	struct report_result report;
	struct older older;
	struct schema *schema;
	struct pack *pack;
};

/* Do it. data_dir holds schemas/ and rules/. ret is filled on success; run_result_release it in any case. */
int run(const struct run_plan *plan, const char *data_dir, const char *version, struct run_progress *progress, struct run_result *ret,
        struct err *err) __attribute__((warn_unused_result));
void run_result_release(struct run_result *r);

#endif
