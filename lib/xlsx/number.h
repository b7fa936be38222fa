/* number: a number as a cell stores it (an XML double) -> the text that extracts.md wants. Locales do not matter. */
#ifndef BIDUI_XLSX_NUMBER_H
#define BIDUI_XLSX_NUMBER_H

#include "base/mem.h"

#include <stdbool.h>

/* Append the shortest decimal text that reads back as the same double, without an exponent: 2014.0 is 2014, 5E+2 is 500. What is no
 * finite number is appended as it stands. */
void number_put(struct str stored, struct buf *out);

/* Append the day of a serial number as YYYY-MM-DD, its time dropped. False, and nothing appended, when it is no day: below 1 (0 since
 * 1904), the 29 February 1900 that Excel invented (60), after 9999. */
bool number_put_date(struct str stored, bool since_1904, struct buf *out);

#endif
