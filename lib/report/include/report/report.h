/* report: findings -> lists, figures, summary and manifest, as outputs.md says.
 *
 * The folder must be there, with rejects/ and invalid/ in it (written by the ingest); the report adds lists/, figures.csv,
 * rates.csv, summary.json and manifest.json, and workbooks/ where they are asked for. It knows no rule: titles, departments and days come from the pack. Of a finding 24 bytes are kept, of
 * the counts those of one place: texts are read again, a batch at a time, when their lines are due. Any number of threads write lines;
 * the files are the same.
 */
#ifndef BIDUI_REPORT_REPORT_H
#define BIDUI_REPORT_REPORT_H

#include "file/frame.h"
#include "rule/pack.h"
#include "workbook/workbook.h"

#include <jansson.h>

struct report_job {
	const struct pack *pack;
	const char *findings;         /* path */
	const char *folder;
	const char *started_at;       /* ISO 8601, for the manifest */
	char *const *ignored;         /* names of files that were passed over; NULL-terminated, or NULL */
	struct frame_id id;
	const char *version;
	unsigned threads;
	bool xlsx;                    /* make workbooks/ too, split so */
	enum workbook_split split;
	const char *state;            /* the folder of a ledger whose verdicts are known to the run, or NULL */
	const char *previous;         /* SHA-256 of the manifest before this one, as hex digits; or NULL */
	json_t *notes;                /* further keys of the manifest; borrowed, or NULL */
};

/* What came out, for the table at the end and --fail-on. */
struct report_result {
	uint64_t findings[LIST_COUNT];
	uint64_t by_level[LIST_COUNT][LEVEL_COUNT];
	uint64_t by_rule[LIST_COUNT][64];
	uint64_t exempted;            /* of verdicts; in no list above */
};

int report_run(const struct report_job *job, struct report_result *ret, struct err *err) __attribute__((warn_unused_result));

#endif
