/* example: the examples of a pack, run through the pipeline: rows written as extracts, ingested, joined, screened.
 *
 * Each example is a county of its own in a private folder, so that none can help another. Kinds that the rule needs are there in
 * each, if only as a header: an example without aid is one in which nobody has aid, not one without an extract.
 */
#ifndef BIDUI_EXAMPLE_EXAMPLE_H
#define BIDUI_EXAMPLE_EXAMPLE_H

#include "base/err.h"
#include "rule/pack.h"

struct example_answer {
	bool passed;
	struct buf expected, got; /* in words; buf_release them */
};

/* Run one example of rule; pack is loaded for the example's day. beside: the folder in which the private ones are made. -1
 * only when the pipeline stops; release *ret's texts in any case. */
int example_run(const struct pack *pack, const struct rule *rule, const struct example *x, const char *beside, struct example_answer *ret,
                struct err *err) __attribute__((warn_unused_result));

/* The rows as extracts KIND.csv in a folder (write.c). */
int example_write(const struct pack *pack, const struct rule *rule, const struct example *x, const char *folder, struct err *err)
	__attribute__((warn_unused_result));

#endif
