/* gen: invented extracts of any size, for benchmarks and properties.
 *
 * The same options give the same content on every machine: all draws come from a counter-based generator (rng.h), so any
 * department's file can be written by itself, without keeping people in memory and in another order than the household
 * register's. Memory does not grow with the number of persons. (Bytes of gzip files also depend on the version of zlib.)
 *
 * People, places and companies are invented; the county codes 500901 - 500999 were never issued. Shares follow a real county:
 * 5 % of persons in the registry, 12 % with a vehicle, and so on; all that the default rules ask for occurs and nearly occurs.
 */
#ifndef BIDUI_GEN_GEN_H
#define BIDUI_GEN_GEN_H

#include "base/err.h"
#include "schema/schema.h"

#include <stdbool.h>
#include <stdint.h>

#define GEN_PERSONS_MAX UINT64_C(45000000) /* what 99 county codes can number */
#define GEN_DIRTY_MAX 0.15                 /* above it the stops of extracts.md would be met */

struct gen_options {
	uint64_t persons;  /* in the household register: 1 - GEN_PERSONS_MAX */
	uint64_t seed;
	const char *out;   /* a folder, made if it is not there */
	double dirty;      /* share of rows that are damaged: 0 - GEN_DIRTY_MAX */
	bool mixed;        /* encodings, delimiters, line ends, gzip, banners, several files of a kind; else UTF-8 CSV with LF */
	bool slice;        /* only registry, hukou, civil, housing, death, property, vehicle, relocation, village */
	const struct schema *schema; /* names the headers */
};

struct gen_count {
	uint64_t files, rows; /* rows as written: damage adds and swallows some */
};

int gen_run(const struct gen_options *options, struct gen_count *ret, struct err *err) __attribute__((warn_unused_result));

#endif
