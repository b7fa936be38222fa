/* book: which parts of a package hold the first sheet, the styles and the shared texts, and the date system. */
#ifndef BIDUI_XLSX_BOOK_H
#define BIDUI_XLSX_BOOK_H

#include "package.h"

struct book {
	char *sheet;             /* path of the first sheet in workbook order */
	char *styles, *strings;  /* or NULL: a workbook may do without */
	bool since_1904;
};

int book_read(struct book *b, struct package *package, struct err *err) __attribute__((warn_unused_result));
void book_release(struct book *b); /* also of a zeroed one */

#endif
