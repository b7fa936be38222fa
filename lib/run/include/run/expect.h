/* expect: what is expected of extracts beyond their format: the sender's control total, and limits of the pipeline file.
 * Pages: docs/formats/total.md, docs/formats/pipeline.md. */
#ifndef BIDUI_RUN_EXPECT_H
#define BIDUI_RUN_EXPECT_H

#include "base/err.h"
#include "yaml/yaml.h"

#include <stdint.h>

#define TOTAL_SUMS 8

/* What the sender says of an extract. */
struct total {
	uint64_t rows, bytes;
	bool has_rows, has_bytes;
	struct total_sum {
		char column[64];
		int64_t sum; /* hundredths */
	} sums[TOTAL_SUMS];
	unsigned sum_count;
};

bool total_says(const struct total *t); /* anything */

/* Read the keys of a node; 78. */
int total_take(const struct yaml *y, struct fy_node *node, struct total *ret, struct err *err) __attribute__((warn_unused_result));
/* Read PATH.total if it is there; else *ret says nothing. 78. */
int total_load(const char *path, struct total *ret, struct err *err) __attribute__((warn_unused_result));

/* Over which a run stops; in per cent, below 0: there is none. */
struct limit {
	char *kind;
	double rejected;    /* of the rows read */
	double change;      /* more or fewer rows than in the last run */
};

int limit_take(const struct yaml *y, struct str kind, struct fy_node *node, struct limit *ret, struct err *err)
	__attribute__((warn_unused_result));

#endif
