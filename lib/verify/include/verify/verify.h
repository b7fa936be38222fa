/* verify: the files of a run, read again: whether they are what the manifest says, and whether they agree with each other.
 *
 *   manifest   whole (its own hash), its keys and numbers; read = accepted + rejected + duplicate; files add up to kinds, kinds to what
 *              the join did with them
 *   files      each output there, with its size, hashes and rows; no other file
 *   lists      well formed, in order, each finding_id that of its rule and unit, no finding twice, evidence in files that were read
 *   rejects    and invalid: in order, of files that were read, as many as were counted
 *   figures    and summary: as many findings, core ones and households as the lists have, by region
 *   extracts   where a folder is given: their sizes and hashes
 *
 * What is wrong is told line by line and is no error; only a broken disk is. A message names file and line, never what stands there.
 *
 *     verify_run(&job, &problems, err);
 */
#ifndef BIDUI_VERIFY_VERIFY_H
#define BIDUI_VERIFY_VERIFY_H

#include "base/err.h"
#include "base/str.h"
#include "digest/digest.h"

#include <stdbool.h>
#include <stdint.h>

struct verify_job {
	const char *folder;            /* of the run */
	const char *const *extracts;   /* folders to look for its inputs in; NULL-terminated, or NULL: inputs are not read */
	bool quick;                    /* SHA-256 of the outputs is not worked out again: for a run that has just done so */
	unsigned threads;              /* that read lists; 0 counts as 1 */
	void (*say)(void *arg, const char *text); /* what is wrong, a line without its end */
	void *arg;
};

struct verify_result {
	uint64_t problems;
	unsigned files, inputs;                 /* looked at: of the run, and of its extracts */
	unsigned unproved;                      /* inputs that the manifest has no SHA-256 of */
	bool masked;
	char manifest_sha256[SHA256_HEX];       /* of manifest.json as it is; empty when it cannot be read */
	char previous[SHA256_HEX];              /* what it says of the one before; empty: none */
};

int verify_run(const struct verify_job *job, struct verify_result *ret, struct err *err) __attribute__((warn_unused_result));

#endif
