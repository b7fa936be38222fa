/* sheets: what the ledger says after its last run, for those who have to act on it.
 *
 *   problems.csv  问题清单  each lead that is not gone, and those that the last run has closed: state, days, who answers
 *   tasks.csv     任务清单  by department, township, list and due date: how many leads
 *   duties.csv    责任清单  by person who answers, department and township: how many leads, the next due date
 *   movement.csv            what the last run changed, by county, township and village
 *
 * The folder appears at once, by one rename, or stays as it was. CSV as the lists are (docs/formats/outputs.md), guard included.
 */
#ifndef BIDUI_LEDGER_SHEETS_H
#define BIDUI_LEDGER_SHEETS_H

#include "ledger/store.h"

/* What else is to stand in the folder: called when the CSVs stand in it, before it is published. */
typedef int sheets_fn(void *arg, const char *folder, struct err *err);

/* more: or NULL. owners: the path of an owners file (docs/formats/owners.md), or NULL: nobody answers yet. Errors: 66 there is none, 78 one that is
 * wrong, with its line; 73 out cannot be made. */
int ledger_sheets(struct ledger *l, const char *owners, const char *out, sheets_fn *more, void *arg, struct err *err) __attribute__((warn_unused_result));

#endif
