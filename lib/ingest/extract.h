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
	struct csv_reader *reader; /* of a text that is read record by record */
	struct sheet *sheet;       /* of a workbook; then neither decoder nor reader */
	bool as_records;   /* asked for: extract_next, whatever it is */
	int *columns;      /* field of each column of the kind, or NO_FIELD */
	size_t width;      /* fields of the header */
	uint64_t line;     /* behind the last record or text given out: where the file broke, when it breaks */
	struct buf ahead;  /* text behind the header that has been read already */
	size_t given;      /* bytes of it */
};

/* Temporary files are made beside `spool`, which is borrowed. Errors: 65 as extracts.md says, 73, 74. */
int extract_open(struct extract *e, const struct ingest_file *file, const struct kind *kind, const char *spool, struct err *err)
	__attribute__((warn_unused_result));
/* The same; the rows are asked for as records, also of a text. */
int extract_open_records(struct extract *e, const struct ingest_file *file, const struct kind *kind, const char *spool, struct err *err)
	__attribute__((warn_unused_result));
/* Whether the rows are asked for as text (in which every LF, and nothing else, ends a line), or else as records. */
bool extract_is_text(const struct extract *e);
/* Append up to about n bytes of the text behind the header to `to`: GB18030 as it stands, anything else as UTF-8. 0 at its end. The
 * caller moves e->line on. */
ssize_t extract_text(struct extract *e, struct buf *to, size_t n, struct err *err) __attribute__((warn_unused_result));
/* The next record behind the header, blank or not. */
enum csv_got extract_next(struct extract *e, struct csv_record *ret, struct err *err) __attribute__((warn_unused_result));
/* Whether a field behind those of a header of this width holds something. */
bool extract_too_wide(size_t width, const struct csv_record *record);
void extract_close(struct extract *e); /* also of a zeroed one */

#endif
