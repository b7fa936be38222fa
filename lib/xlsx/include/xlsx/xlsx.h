/* xlsx: the rows of a sheet of a workbook (ECMA-376), of extracts the first, as UTF-8 texts.
 *
 * What it takes away: a spreadsheet's numbers, dates, formulas, rich and shared texts become the texts that extracts.md fixes
 * (Files, `.xlsx`); whatever a file claims, little memory is used; and every workbook that cannot be read says what to do.
 *
 *   - The first sheet is the first in workbook order, hidden or not, whatever its file is called.
 *   - A number in a date format is YYYY-MM-DD, its time dropped; one that is no day of the workbook's date system stays a number.
 *     Another number is its shortest decimal text. A formula is its stored value, or empty when none is stored.
 *   - Row numbers rise. A row that the sheet does not store is not given. The later of two cells in one place counts.
 *   - Memory: about 16 MiB at most, and twice XLSX_TEXT_MAX for a row. Shared texts above 8 MiB go to an unnamed file beside
 *     `spool`. Texts of a cell, or of a row in all, end after XLSX_TEXT_MAX bytes.
 *   - Stops (65): no zip directory, a wrong CRC, an encrypted member, an expansion over 200 : 1 of the whole file once 64 MiB have
 *     come out, XML that is malformed, declares a document type, nests over 64 deep, has a tag over 1 MiB or over 512 names, rows
 *     out of order, over 1 GiB of shared texts, a first sheet of another sort.
 *
 *     xlsx_open(&x, fd, "hukou.xlsx", spool, err);
 *     while ((got = xlsx_next(x, &row, err)) == XLSX_ROW) ...
 *     xlsx_close(x);
 *
 * An err names file and row, never a value.
 */
#ifndef BIDUI_XLSX_XLSX_H
#define BIDUI_XLSX_XLSX_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define XLSX_TEXT_MAX (4u << 20) /* bytes */

struct xlsx_row {
	uint64_t number;         /* from 1 */
	const struct str *cells; /* from the first column to the last cell that is not empty; what lies between is empty */
	size_t count;            /* 0: no cell but empty ones */
};

enum xlsx_got { XLSX_ROW, XLSX_END, XLSX_ERROR };

struct xlsx;

/* By its first bytes a zip, as every workbook is; or an OLE file, as old and encrypted workbooks are. 8 bytes do. */
bool xlsx_is_zip(struct str begin);
bool xlsx_is_ole(struct str begin);

/* fd stays the caller's, who must not read it by its offset meanwhile. name is for messages; name and spool are borrowed until
 * xlsx_close. Errors: 65; 71, 73 and 74 about memory, the spool and the disk. A build without libzip or expat: 65. */
int xlsx_open(struct xlsx **ret, int fd, const char *name, const char *spool, struct err *err) __attribute__((warn_unused_result));
/* The same for another sheet: place in workbook order, from 0. *ret is NULL when there is no such sheet; a chart or a dialog that is not
 * the first sheet has no rows. */
int xlsx_open_sheet(struct xlsx **ret, int fd, const char *name, const char *spool, unsigned place, struct err *err)
	__attribute__((warn_unused_result));
struct str xlsx_title(const struct xlsx *x); /* of the sheet; until xlsx_close */
/* The next stored row, which lives until the next call. After XLSX_END the sheet's checksum was right. */
enum xlsx_got xlsx_next(struct xlsx *x, struct xlsx_row *ret, struct err *err) __attribute__((warn_unused_result));
void xlsx_close(struct xlsx *x); /* NULL-safe */

/* Say why an OLE file cannot be read: an encrypted workbook, an old .xls, or either. Always -1. */
int xlsx_refuse_ole(int fd, const char *name, struct err *err);

#endif
