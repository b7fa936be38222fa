/* prove: the manifest of a run, signed: who has the public key can tell that the lists came from these extracts and this pack.
 *
 * The signature is of manifest.json, which has the SHA-256 of the outputs, the pack, the schemas and the manifest before it. That of the
 * extracts costs more than all else that a run does with them, so a run has only their XXH3, which is no proof against intent; proving
 * reads them once more, sees that they are the ones, and puts their SHA-256 into the manifest before it is signed.
 */
#ifndef BIDUI_VERIFY_PROVE_H
#define BIDUI_VERIFY_PROVE_H

#include "verify/verify.h"

/* Check the run as verify_run does, complete its manifest from job->extracts where that is not NULL, and write manifest.sig. Nothing is
 * written when ret->problems. */
int prove_sign(const struct verify_job *job, const char *key, struct verify_result *ret, struct err *err) __attribute__((warn_unused_result));
/* After verify_run: whether manifest.sig is the signature of this manifest; what is wrong is told and counted in ret. */
int prove_check(const struct verify_job *job, const char *key, struct verify_result *ret, struct err *err) __attribute__((warn_unused_result));

#endif
