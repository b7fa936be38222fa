/* book: which parts of a package hold the wanted sheet, the styles and the shared texts, and the date system. */
#ifndef BIDUI_XLSX_BOOK_H
#define BIDUI_XLSX_BOOK_H

#include "package.h"

struct book {
	unsigned wanted;         /* which sheet in workbook order, from 0; set before book_read */
	char *sheet;             /* its path; NULL where there is none, or, but for the first, where it holds no cells */
	char *title;             /* its title; NULL where there is no such sheet */
	char *styles, *strings;  /* or NULL: a workbook may do without */
	bool since_1904;
};

int book_read(struct book *b, struct package *package, struct err *err) __attribute__((warn_unused_result));
void book_release(struct book *b); /* also of a zeroed one */

#endif
