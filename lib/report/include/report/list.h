/* list: what a list looks like, for those who write one and those who read it again. Page: docs/formats/outputs.md.
 *
 *     finding_name(&name, rule, unit, unit_no);
 *     row_sum_add(&sum, finding_sum(&name));    // of a list: the same in any order
 */
#ifndef BIDUI_REPORT_LIST_H
#define BIDUI_REPORT_LIST_H

#include "base/mem.h"
#include "file/frame.h"

/* A line's cells, as LIST_HEADER names them. */
enum list_cell {
	CELL_FINDING_ID, CELL_RULE, CELL_CORE, CELL_SEVERITY, CELL_CONFIDENCE, CELL_NATURE, CELL_UNIT, CELL_UNIT_NO, CELL_REGION,
	CELL_COUNTY, CELL_TOWNSHIP, CELL_VILLAGE, CELL_HEAD_NAME, CELL_HEAD_ID, CELL_PERSONS, CELL_STATUS, CELL_EVIDENCE_IDS,
	CELL_EVIDENCE_ROWS, CELL_EVIDENCE_HASH, CELL_EVIDENCE, CELL_TITLE, CELL_CHECK, CELL_DEPARTMENT, CELL_DAYS, LIST_CELLS
};
#define LIST_HEADER                                                                                                                \
	"finding_id,rule,core,severity,confidence,nature,unit,unit_no,region,county,township,village,head_name,head_id,persons,"   \
	"status,evidence_ids,evidence_rows,evidence_hash,evidence,title,check,department,days"

/* What a finding is called every night: its rule, unit and unit_no (before the guard), appended to b. Its XXH3-64 is the finding_id. */
void finding_name(struct buf *b, struct str rule, struct str unit, struct str unit_no);
void finding_id(const struct buf *name, char ret[17]);   /* 16 hex digits and NUL */
struct row_sum finding_sum(const struct buf *name);      /* XXH3-128 of the same, to be added up */

#endif
