#ifndef BIDUI_VERIFY_INTERNAL_H
#define BIDUI_VERIFY_INTERNAL_H

#include "csv/lines.h"
#include "figure/figure.h"
#include "report/list.h"
#include "rule/pack.h"
#include "seen.h"
#include "verify/verify.h"

#include <jansson.h>

#define ANY_ROWS UINT64_MAX

/* An extract as the manifest has it, and what its rejects and invalid values were found to be. */
struct input {
	const char *kind, *file; /* the manifest's */
	size_t file_n;
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
	struct figures *figures; /* what its lines make of them; NULL: it has none */
	uint64_t figure_total;   /* all of these counts together */
	struct seen homes;       /* hashes of what the households of its findings are called */
	struct row_sum sum;
	struct rule_count rules[64];
	unsigned rule_count;
	unsigned names[COUNTED]; /* of the whole list */
};

/* Of the run; and of one of its files, which any thread may look at: what came of it is then added to that of the run (add_part). */
struct check {
	const struct verify_job *job;
	struct verify_result *result;
	struct err *err;          /* set when the world is broken: then nothing more is looked at */
	struct buf *told;         /* of a file: what is wrong with it, each with a NUL behind it, to be told in turn; NULL: it is told at once */
	json_t *manifest, *summary;
	int32_t as_of;
	bool masked;
	struct input *inputs;
	unsigned input_count, input_cap;
	unsigned last_input;      /* in which a row was found last */
	struct list_count lists[LIST_COUNT];
	struct places places;     /* none */
	struct seen finding_ids;  /* of all lists */
	uint64_t again;           /* findings that are there twice */
	unsigned said;            /* about the file that is being read */
	struct arena arena;       /* one run */
};

/* Tell what is wrong. at_line tells it of a line of a file, and after some lines only that there are more. */
void wrong(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void wrong_at(struct check *c, const char *file, uint64_t line, const char *what);

/* A whole file of the run; false when it is not there or cannot be read, which has been told. buf_release it. */
bool read_file(struct check *c, const char *name, struct buf *ret);

/* A file of the run, read from front to back (text.c). False: as read_file. When reading fails later on, c->err says so, and the file
 * seems to end. */
struct text;
bool text_open(struct check *c, const char *path, const char *called, struct text **ret);
void text_close(struct text *t);
bool text_header(struct text *t, struct str header);                 /* whether it begins with this line, which is then taken */
enum csv_line text_line(struct text *t, struct csv_lines **ret);     /* the next one, in *ret */
uint64_t text_size(const struct text *t);                            /* bytes, as the file system has it */
struct str text_whole(struct text *t);                               /* instead: all of it at once; lives until text_close */
/* Of all its bytes, at the end; sha256 only when it is not quick. */
void text_hashes(struct text *t, uint64_t *ret_bytes, uint8_t xxh3[16], uint8_t sha256[SHA256_BYTES]);

bool check_manifest(struct check *c);   /* manifest.c: read and understood; false when nothing can be made of it */
void check_folder(struct check *c);     /* files.c: no file that the manifest does not name */
void check_extracts(struct check *c);
/* The SHA-256 of an input as it lies in the folders of extracts; false when it is not the one that was read, which has been told. */
bool extract_sha256(struct check *c, json_t *in, char ret[SHA256_HEX]);
void check_bytes(struct check *c, json_t *output, struct text *t);

void check_list(struct check *c, enum list list, const char *name, struct text *t, uint64_t rows); /* lists.c */
void check_exempted(struct check *c, const char *name, struct text *t, uint64_t rows); /* after all lists */
void add_lists(struct check *c, struct check *part); /* what the lists of one file add up to, which part has no more */
void check_ids(struct check *c);        /* once all lists were read */
void list_count_release(struct list_count *n);
void check_refused(struct check *c, const char *name, struct text *t, uint64_t rows); /* refused.c: a file of rejects/ or invalid/ */
void check_refused_counts(struct check *c);
void check_figures(struct check *c, struct text *t, uint64_t rows); /* totals.c */
void check_summary(struct check *c);
const struct input *input_of(const struct check *c, struct str file);

#endif
