/* long: the end of a record that is too long to be held, byte by byte and in pieces. */
#ifndef BIDUI_CSV_LONG_H
#define BIDUI_CSV_LONG_H

#include "csv/reader.h"

struct long_record {
	char delimiter;
	bool bare_cr;
	size_t field_limit;
	enum { LONG_FIELD_START, LONG_UNQUOTED, LONG_QUOTED, LONG_QUOTE, LONG_BROKEN } state;
	size_t quoted;       /* bytes behind the opening quote */
	bool cr;             /* the last byte was a CR: the next one says what it was */
	bool broken_at_once; /* a quote broke on the first line */
	uint64_t line_ends;  /* within the record */
	size_t size;         /* bytes of the record so far, and at last without its line end */
};

/* Take up to n bytes that follow; *ret_used belong to the record, its line end included. Whether it ends there. */
bool long_record_feed(struct long_record *l, const char *p, size_t n, size_t *ret_used);
/* The text ends. */
void long_record_finish(struct long_record *l);

#endif
