/* workbook: the lists of a run as workbooks for the people who check them, and what was refused as workbooks to send back.
 *
 * What it takes away: a list that a spreadsheet spoils (numbers that lose their end, texts that run as formulas), a list without the
 * words that belong beside it (a lead is no breach; nobody is removed without a visit), and verdicts that cannot be matched again.
 *
 * It reads the folder of a run (docs/formats/outputs.md) and nothing else, so workbooks can be made in the run or afterwards:
 *
 *   lists/ *.csv -> one workbook for each county, township or for all: a cover, and a sheet for each list
 *   rejects/ *.csv, invalid/ *.csv -> one workbook for each department that has something to correct
 *   rates.csv, checked_rates.csv, yields.csv -> the figures on the cover, and the order of leads in a sheet
 *
 * Same bytes for the same folder. Files are named after regions and departments, never after people. Page: docs/workbooks.md.
 */
#ifndef BIDUI_WORKBOOK_WORKBOOK_H
#define BIDUI_WORKBOOK_WORKBOOK_H

#include "base/err.h"
#include "schema/schema.h"

#include <jansson.h>

enum workbook_split { WORKBOOK_COUNTY, WORKBOOK_TOWNSHIP, WORKBOOK_NONE, WORKBOOK_SPLITS };
/* By its name ("county", "township", "none"), or -1. */
int workbook_split_of(const char *name);

#define WORKBOOK_ROWS 100000 /* of a sheet; a list with more goes on in a further sheet of the same workbook */

#define WORKBOOK_LEADS 60000 /* of a workbook, which is in memory until it is written; a place with more has further workbooks, "NAME (2).xlsx" */

struct workbook_job {
	const char *run;            /* the folder of the run */
	const char *out;            /* the folder that the workbooks go into; has to be there, private, on a disk with room for them */
	enum workbook_split split;
	const struct schema *schema;
	const json_t *manifest;     /* of the run: as_of, pack, inputs */
	const json_t *summary;      /* of the run: not_evaluated */
	uint32_t sheet_rows;        /* 0: WORKBOOK_ROWS */
	uint32_t book_leads;        /* 0: WORKBOOK_LEADS */
};

/* Write them; *ret_names are their names (malloc'd, NULL-terminated; workbook_names_free), also those of a failure. Files are made with
 * the process's umask. Errors: 65 a CSV of the run that is broken, 66 one that is missing, 73 and 74; a build without libxlsxwriter: 78. */
int workbook_make(const struct workbook_job *job, char ***ret_names, struct err *err) __attribute__((warn_unused_result));
/* What the ledger says of leads over many runs, as one workbook: out/NAME, from the CSVs of ledger/sheets.h in the same folder. Of the job:
 * out, manifest (as_of), sheet_rows. Errors as above. */
int workbook_tables(const struct workbook_job *job, const char *name, struct err *err);
void workbook_names_free(char **names); /* NULL-safe */

#endif
