/* The run that OUT holds before this one takes its place. */
#ifndef BIDUI_RUN_LAST_H
#define BIDUI_RUN_LAST_H

#include "base/err.h"
#include "digest/digest.h"

#include <jansson.h>

struct last_run {
	json_t *manifest;        /* NULL: there is none, or it cannot be read as JSON */
	char sha256[SHA256_HEX]; /* of the bytes of manifest.json; empty: there is none */
};

/* 74 when it is there and cannot be read. */
int last_run_load(struct last_run *ret, const char *out, struct err *err) __attribute__((warn_unused_result));
void last_run_release(struct last_run *l);

#endif
