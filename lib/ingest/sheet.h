/* sheet: the rows of a workbook's first sheet as records, as if they had come from a CSV file. */
#ifndef BIDUI_INGEST_SHEET_H
#define BIDUI_INGEST_SHEET_H

#include "csv/reader.h"
#include "io/source.h"

struct sheet;

/* Reads the source to its end, so that its digest is known, and then by its file. name and spool are borrowed, the source too. */
int sheet_open(struct sheet **ret, struct source *source, const char *name, const char *spool, struct err *err)
	__attribute__((warn_unused_result));
/* A record_next_fn. line: of the row in the sheet. raw: its cells' texts as CSV. blank: no cell but empty ones. fault: CSV_NUL, or
 * CSV_SIZE for a cell or row over CSV_LIMITS, which has no fields then. */
enum csv_got sheet_next(void *sheet, struct csv_record *ret, struct err *err) __attribute__((warn_unused_result));
void sheet_close(struct sheet *s); /* NULL-safe */

#endif
