/* extract: an open extract whose header is known; gives its rows. */
#ifndef BIDUI_INGEST_EXTRACT_H
#define BIDUI_INGEST_EXTRACT_H

#include "csv/reader.h"
#include "detect.h"
#include "sheet.h"

struct extract {
	const char *name;
	struct replay replay;
	struct layout layout;
	struct decoder *decoder;
	struct csv_reader *reader;
	struct sheet *sheet; /* of a workbook, instead of decoder and reader; else NULL */
	int *columns;      /* field of each column of the kind, or NO_FIELD */
	size_t width;      /* fields of the header */
	uint64_t line;     /* behind the last record: where the file broke, when it breaks */
};

/* Temporary files are made beside `spool`, which is borrowed. Errors: 65 as extracts.md says, 73, 74. */
int extract_open(struct extract *e, const struct ingest_file *file, const struct kind *kind, const char *spool, struct err *err)
	__attribute__((warn_unused_result));
/* The next record behind the header, blank or not. */
enum csv_got extract_next(struct extract *e, struct csv_record *ret, struct err *err) __attribute__((warn_unused_result));
/* Whether a field behind those of the header holds something. */
bool extract_too_wide(const struct extract *e, const struct csv_record *record);
void extract_close(struct extract *e); /* also of a zeroed one */

#endif
