#ifndef BIDUI_VERIFY_INTERNAL_H
#define BIDUI_VERIFY_INTERNAL_H

#include "csv/lines.h"
#include "figure/figure.h"
#include "report/list.h"
#include "rule/pack.h"
#include "verify/verify.h"

#include <jansson.h>

#define ANY_ROWS UINT64_MAX

/* An extract as the manifest has it, and what its rejects and invalid values were found to be. */
struct input {
	const char *kind, *file; /* the manifest's */
	uint64_t rejected, invalid;
	uint64_t rejected_seen, invalid_seen;
};

enum counted { COUNT_FINDINGS, COUNT_CORE, COUNT_HOUSEHOLDS, COUNTED };

/* Findings of a rule in a list. */
struct rule_count {
	struct str code;         /* in the arena */
	uint64_t findings;
	uint64_t exempted;       /* of these: in lists/exempted.csv */
	unsigned names[COUNTED]; /* its figures */
};

struct list_count {
	uint64_t findings, exempted;
	struct home {
		uint64_t unit;   /* hash of what it is called */
		int64_t region;
	} *homes;                /* of its findings on households */
	size_t home_count, home_cap;
	struct row_sum sum;
	struct rule_count rules[64];
	unsigned rule_count;
	unsigned names[COUNTED]; /* of the whole list */
};

struct check {
	const struct verify_job *job;
	struct verify_result *result;
	struct err *err;          /* set when the world is broken: then nothing more is looked at */
	json_t *manifest, *summary;
	int32_t as_of;
	bool masked;
	struct input *inputs;
	unsigned input_count, input_cap;
	struct list_count lists[LIST_COUNT];
	struct figures figures;   /* what the lists make of them */
	uint64_t figure_total;    /* all of these counts together */
	struct places places;     /* none */
	uint64_t *finding_ids;    /* of all lists */
	size_t id_count, id_cap;
	unsigned said;            /* about the file that is being read */
	struct arena arena;       /* one run */
};

/* Tell what is wrong. at_line tells it of a line of a file, and after some lines only that there are more. */
void wrong(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void wrong_at(struct check *c, const char *file, uint64_t line, const char *what);

/* A whole file of the run; false when it is not there or cannot be read, which has been told. buf_release it. */
bool read_file(struct check *c, const char *name, struct buf *ret);
bool read_path(struct check *c, const char *path, const char *called, struct buf *ret);

bool check_manifest(struct check *c);   /* manifest.c: read and understood; false when nothing can be made of it */
void check_folder(struct check *c);     /* files.c: no file that the manifest does not name */
void check_extracts(struct check *c);
/* The SHA-256 of an input as it lies in the folders of extracts; false when it is not the one that was read, which has been told. */
bool extract_sha256(struct check *c, json_t *in, char ret[SHA256_HEX]);
void check_bytes(struct check *c, json_t *output, const struct buf *b);

void check_list(struct check *c, enum list list, const char *name, struct str text, uint64_t rows); /* lists.c */
void check_exempted(struct check *c, const char *name, struct str text, uint64_t rows);
void name_lists(struct check *c);       /* before the first list */
void check_ids(struct check *c);        /* once all lists were read */
void check_refused(struct check *c, const char *name, struct str text, uint64_t rows); /* refused.c: a file of rejects/ or invalid/ */
void check_refused_counts(struct check *c);
void check_figures(struct check *c, struct str text, uint64_t rows); /* totals.c */
void check_summary(struct check *c);
const struct input *input_of(const struct check *c, struct str file);

#endif
