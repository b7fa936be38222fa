/* mask: a copy of a run's lists for wider circulation, in which nobody is named.
 *
 *   gone      rejects, invalid values, workbooks, evidence in words (it repeats rows), names and hashes of extracts
 *   masked    numbers of persons 500901********1234, names 张**
 *   keyed     finding_id, household numbers and evidence_hash: HMAC-SHA256 with the installation's key, 16 hex digits. The same every
 *             night, so a copy can be followed, and told to the lists by who has the key; by nobody else, for without the key all ids
 *             there are could be tried against a hash
 *   kept      rule, severity and the like, region and its names, status, persons, evidence_rows (file:line: only who has the extract
 *             can look), figures and summary
 *
 * It is a pseudonym, not anonymity: who knows a village can guess from surname, size of the household and four digits. What follows
 * for whom a copy may go to is in docs/operations.md. Lines stand in the order of what is left, since the old order would tell more.
 */
#ifndef BIDUI_MASK_MASK_H
#define BIDUI_MASK_MASK_H

#include "base/err.h"

struct mask_job {
	const char *run, *out, *key; /* folders, and the file of the key */
	const char *version;
	void (*say)(void *arg, const char *text); /* what is wrong with the run, as in verify.h */
	void *arg;
};

/* 65 when the run is not as it was published: then nothing is written. OUT appears at once. */
int mask_run(const struct mask_job *job, struct err *err) __attribute__((warn_unused_result));
/* A file with a new key of 32 random bytes, 0600. It must not be there (73). */
int mask_new_key(const char *path, struct err *err) __attribute__((warn_unused_result));

#endif
