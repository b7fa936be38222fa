/* screen: dossiers + rule pack -> findings, each unit asked by each rule once.
 *
 * Dossiers are independent of each other: threads take blocks of them in turn, and what they found is written in the order of the
 * blocks as they are done, so the file is the same whatever their number and never held. Figures are sums over dossiers
 * (figure/figure.h); they grow with the places there are, not with the dossiers.
 */
#ifndef BIDUI_SCREEN_SCREEN_H
#define BIDUI_SCREEN_SCREEN_H

#include "file/frame.h"
#include "rule/pack.h"

/* An earlier screening, to be carried on: findings of dossiers whose answers are the same are taken over as they are. What is written is
 * what screening everything would write, but for the order of findings. */
struct screen_kept {
	const struct pack *pack;         /* of the earlier day: that of the job with another D */
	const char *findings, *dues;     /* paths; made of the job's dossiers */
};

struct screen_job {
	const struct pack *pack;
	const char *dossiers, *findings; /* paths */
	unsigned threads;
	struct frame_id id;
	bool passing;                    /* the findings are gone with their folder before the process ends: they are not made durable */
	bool later;                      /* findings and dues are made durable by the caller: io/output.h, output_later */
	const char *dues;                /* path of what is needed to carry this screening on, or NULL: nobody will */
	const struct screen_kept *kept;  /* or NULL: everything is asked */
};

#define TAG_DUES FRAME_TAG('D', 'U', 'E', 'S')

/* Write the findings file: META, PLAC, FIND and FIGU blocks. On failure none is left behind. */
int screen_run(const struct screen_job *job, struct err *err) __attribute__((warn_unused_result));

/* Which rules are evaluated when these kinds are there, and what the others (or those in part) miss. */
struct coverage {
	uint64_t evaluated;          /* rules, a bit each */
	uint64_t missing[64];        /* kinds, by rule: of rules not evaluated what they need, of others what they would use */
};
void coverage_of(const struct pack *pack, uint64_t kinds, struct coverage *ret);

#endif
