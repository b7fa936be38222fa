/* reader_reference: extracts.md (Files: line end, rows, quoting) read off the page, byte by byte, on a whole text in memory. Slow,
 * and nothing of it is shared with lib/csv; the property test holds the two against each other. */
#ifndef BIDUI_TESTS_READER_REFERENCE_H
#define BIDUI_TESTS_READER_REFERENCE_H

#include "base/mem.h"
#include "csv/reader.h"

#define REFERENCE_FIELDS 4096 /* of a record, at most */

struct reference {
	const char *p;        /* the text */
	size_t n, at;
	uint64_t line;        /* of p[at] */
	struct csv_rules rules;
	bool bare_cr;
	/* of the last record */
	struct buf bytes;     /* of its fields */
	struct str fields[REFERENCE_FIELDS];
	size_t ends[REFERENCE_FIELDS];    /* in bytes */
};

void reference_open(struct reference *r, const struct csv_rules *rules, struct str text);
/* False at the end. */
bool reference_next(struct reference *r, struct csv_record *ret);
void reference_release(struct reference *r);

#endif
