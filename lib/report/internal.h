#ifndef BIDUI_REPORT_INTERNAL_H
#define BIDUI_REPORT_INTERNAL_H

#include "digest/digest.h"
#include "figure/figure.h"
#include "io/output.h"
#include "report/list.h"
#include "report/report.h"
#include "screen/finding.h"
#include "screen/screen.h"

#include <jansson.h>

/* Where a finding stands in the findings file, and where it belongs: its texts stay on disk until its line is written. */
struct place_of {
	uint64_t key;                  /* region, list, rule by the order of codes: what comes first in its list has the least */
	uint64_t at;                   /* offset in the file */
	uint32_t bytes;
};

#define LIST_BITS 3
#define RULE_BITS 6
static inline unsigned list_of(const struct place_of *p) { return p->key >> RULE_BITS & ((1u << LIST_BITS) - 1); }

struct index {
	struct place_of *items;
	size_t count, cap;
};

/* Blocks of the findings file, by their headers; what they hold is read later, by any thread. */
struct blocks {
	struct frame_block *items;
	size_t count, cap;
};

struct report {
	const struct report_job *job;
	const struct pack *pack;
	struct frame *frame;           /* the findings */
	struct blocks findings, counts;
	struct index index;
	uint8_t rule_order[64];        /* of a rule, by its code */
	struct report_result *result;
	struct places places;
	json_t *meta, *rates;          /* rates: those of `all` */
	uint64_t kinds;                /* present */
	struct coverage coverage;
	struct row_sum sum;            /* of the findings, as in the end mark */
	struct row_sum list_sums[LIST_COUNT]; /* of what they are called, as they came */
	json_t *outputs;               /* of the manifest: {file, bytes, xxh3_128, sha256, rows} */
	uint64_t exempted[LIST_COUNT]; /* findings of lists that stand in lists/exempted.csv */
	json_t *manifest, *summary;    /* as far as they are made */
};

#define NO_ROWS UINT64_MAX

/* Write a whole file of the folder and note it for the manifest. rows: lines without the header, or NO_ROWS. */
int put_file(struct report *r, const char *name, const struct buf *b, uint64_t rows, struct err *err);
/* The same in pieces: begin, output_write ..., end. Ends with a note that belongs to the caller, or NULL on an error. */
int put_begin(const struct report *r, const char *name, struct output **ret, struct err *err);
json_t *put_end(const char *name, struct output *o, uint64_t rows, struct err *err);

/* All findings into the index, on all threads (index.c). */
int index_fill(struct report *r, struct err *err);
/* In the order of places, but for unit_no and evidence_rows; of findings of one list, region and rule that are too many to be
 * held at once, in these too. */
int index_sort(struct report *r, struct err *err);
void sort_keys(struct place_of *v, size_t n);                 /* by key alone */
size_t batch_bytes(const struct report *r);                   /* of findings that are worked on at once; more where a key has more */

int put_lists(struct report *r, json_t **ret_figures, struct err *err); /* lists.c; figures.csv and rates.csv beside them: their notes */

/* figures.csv and rates.csv, made from the counts as they come (rates.c). The notes for the manifest, or NULL. */
json_t *put_figures(struct report *r, struct err *err);

int put_summary(struct report *r, struct err *err);           /* summary.c */
int put_verdicts(struct report *r, struct err *err);          /* verdicts.c; where a ledger is given */
int note_output(struct report *r, const char *name, bool csv, struct err *err); /* a file that is there, for the manifest */
void begin_manifest(struct report *r);                        /* manifest.c: all but what is written after it */
int put_workbooks(struct report *r, struct err *err);
int put_manifest(struct report *r, struct err *err);

int make_folder(const struct report *r, const char *name, struct err *err); /* in the folder of the report, unless it is there */

#endif
