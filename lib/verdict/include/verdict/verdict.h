/* verdict: what people found on checking leads, from filled workbooks into the ledger, and from there into the next run.
 *
 * What it takes away: verdicts that nobody can match again, that contradict each other, that are half filled in; a lead that was refuted
 * and comes back every night; rates that pass off unchecked leads for facts.
 *
 *   - A verdict is of a lead (finding_id) and the evidence it had (evidence_hash). Other evidence: another question.
 *   - A refuted lead is exempted while its evidence is the same, up to a day. It goes into lists/exempted.csv, never away.
 *   - An import is whole or nothing.
 *
 * Table `verdict` of the ledger: docs/formats/ledger.md. Messages name file, sheet, row and finding_id, never a person.
 */
#ifndef BIDUI_VERDICT_VERDICT_H
#define BIDUI_VERDICT_VERDICT_H

#include "ledger/store.h"

#include <stdbool.h>
#include <stdint.h>

struct verdict_import {
	char *const *files;      /* paths of workbooks */
	unsigned file_count;
	unsigned exempt_days;    /* from the day of the check */
	bool replace;            /* a verdict that contradicts one in the ledger takes its place */
	const char *today;       /* YYYY-MM-DD: no check is later */
	void (*problem)(void *arg, const char *text); /* is told each thing that is wrong, in one line */
	void *arg;
};

struct verdict_imported {
	uint64_t confirmed, refuted; /* new or replaced */
	uint64_t again;              /* in the ledger before, with the same result */
	uint64_t pending;            /* 待核实: no verdict yet */
	uint64_t stale;              /* of confirmed and refuted: the lead has other evidence by now */
	uint64_t problems;
};

/* In one transaction. 65 with problems told: nothing was imported. 66 a file that is not there. */
int verdict_import(struct ledger *l, const struct verdict_import *job, struct verdict_imported *ret, struct err *err)
	__attribute__((warn_unused_result));

/* A lead that was exempted: what a run's counts have too much. Borrowed. */
typedef void verdict_exempted_fn(void *arg, struct str list, struct str rule, struct str severity);

/* Bring what is known into the folder of a run that is being made: exempted leads move from lists/ *.csv into lists/exempted.csv (with a
 * last column, list); yields.csv and checked_rates.csv (docs/formats/outputs.md) are written from lists/ and rates.csv. The lists keep
 * their order. */
int verdict_apply(struct ledger *l, const char *folder, const char *as_of, verdict_exempted_fn *fn, void *arg, struct err *err)
	__attribute__((warn_unused_result));

#endif
