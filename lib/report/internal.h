#ifndef BIDUI_REPORT_INTERNAL_H
#define BIDUI_REPORT_INTERNAL_H

#include "figure/figure.h"
#include "report/report.h"
#include "screen/finding.h"
#include "screen/screen.h"

#include <jansson.h>

struct report {
	const struct report_job *job;
	const struct pack *pack;
	struct finding *findings;
	size_t count, cap;
	struct buf *blocks;            /* the bytes that findings borrow */
	size_t block_count, block_cap;
	struct figures figures;
	struct places places;
	json_t *meta;
	uint64_t kinds;                /* present */
	struct coverage coverage;
	json_t *outputs;               /* of the manifest: {file, bytes, xxh3_128, rows} */
};

/* Write a whole file of the folder and note it for the manifest. rows: lines without the header; JSON files have none. */
int put_file(struct report *r, const char *name, const struct buf *b, uint64_t rows, struct err *err);

int put_lists(struct report *r, struct err *err);             /* lists.c */
int put_figures(struct report *r, json_t *rates, struct err *err); /* rates.c: figures.csv; rates gets those of `all` */
int put_summary(struct report *r, json_t *rates, struct err *err); /* json.c */
int put_manifest(struct report *r, struct err *err);

#endif
