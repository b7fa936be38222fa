/* sum: what a column of an extract adds up to, for the control total of its sender, who can only add up what he has written.
 *
 * So it is the sum of what is written, and not of what is taken: of every row that can be cut into fields, also of one that is then
 * refused or a duplicate. An empty field and one that is no amount add nothing, and nothing is added of a row whose fields cannot be
 * told (a broken quote, a wrong encoding, more fields than the header, too long). Page: docs/formats/total.md.
 *
 * The extract is read once more, when its rows have been taken: only where a sum is asked for, and not at all otherwise.
 */
#ifndef BIDUI_INGEST_SUM_H
#define BIDUI_INGEST_SUM_H

#include "ingest/ingest.h"

struct column_sum {
	unsigned column; /* of the kind: of TYPE_MONEY */
	int64_t sum;     /* hundredths */
};

/* Fill in the sum of each. count: of the ingest that has read the file. spool: beside it temporary files are made. 65: as of ingest_run,
 * a column that the extract does not have, a sum over 9 * 10^16, or an extract that is not the one that was read. */
int extract_sums(const struct ingest_file *file, const struct kind *kind, const struct ingest_count *count, const char *spool,
                 struct column_sum *sums, unsigned n, struct err *err) __attribute__((warn_unused_result));

#endif
