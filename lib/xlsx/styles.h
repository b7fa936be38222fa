/* styles: which cell styles of a workbook show a number as a date. */
#ifndef BIDUI_XLSX_STYLES_H
#define BIDUI_XLSX_STYLES_H

#include "base/str.h"
#include "package.h"

#include <stddef.h>

struct styles {
	bool *dates;   /* by style, the s of a cell */
	size_t count;
};

int styles_read(struct styles *s, struct package *package, const char *path, struct err *err) __attribute__((warn_unused_result));
void styles_release(struct styles *s); /* also of a zeroed one */

/* Whether a style, as a cell names it (NULL: 0), shows dates. One that is not there does not. */
bool styles_is_date(const struct styles *s, const char *style);

/* Whether a format code holds y, m, d, h or s outside of quotes, brackets and escapes; `General` does not. */
bool format_is_date(struct str code);

#endif
