/* scan: where the record at the start of some bytes ends, and its fields. Pure: memory in, offsets out. */
#ifndef BIDUI_CSV_SCAN_H
#define BIDUI_CSV_SCAN_H

#include "csv/reader.h"

#define SCAN_PADDING 64 /* bytes behind the text that may be read, whatever they are */

struct scan {
	struct csv_rules rules;
	bool avx2;           /* look at it by AVX2: cpu_avx2() */
	bool bare_cr;        /* a CR that no LF follows ends a line too */
	/* of the record found */
	size_t end;          /* bytes without its line end */
	size_t next;         /* bytes with it */
	uint64_t lines;      /* it spans */
	enum csv_fault fault; /* CSV_SOUND, CSV_QUOTE, CSV_SIZE */
	bool quoted;         /* it has a field with an opening quote: fields is then not filled */
	struct str *fields;  /* grows; free() it */
	size_t field_count, field_cap;
};

/* The record at p[0 .. n), n > 0. With `whole` the text ends there. False when more is needed to tell. */
bool scan_record(struct scan *s, const char *p, size_t n, bool whole);

/* Bytes of the line end at p[at]: 0 when there is none, -1 when the byte behind is needed to tell. at < n. */
int scan_line_end(const struct scan *s, const char *p, size_t n, size_t at, bool whole);

#endif
