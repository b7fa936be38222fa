/* check: turns names into places and finds type errors. Used by the pack loader only. */
#ifndef BIDUI_RULE_CHECK_H
#define BIDUI_RULE_CHECK_H

#include "rule/fault.h"
#include "rule/pack.h"

struct checker {
	struct pack *pack;
	struct faults *faults;   /* what is wrong goes there */
	bool evidence_known;     /* `evidence` may be used, of evidence_type; */
	bool evidence_broken;    /* or it is at fault itself, and that has been said */
	struct static_type evidence_type;
	bool nature_known;
	bool asks_unit;          /* set when something depends on the unit */
	unsigned depth;
};

/* Check e where the innermost item is scope: 0, or -1 when faults were found (all that can be told apart). */
int check_condition(struct checker *c, struct expr *e, const struct scope *scope) __attribute__((warn_unused_result));
int check_rows(struct checker *c, struct expr *e, const struct scope *scope) __attribute__((warn_unused_result));
int check_term(struct checker *c, struct term *t) __attribute__((warn_unused_result));

/* Which kinds must have rows for e to be true, or for its set not to be empty (see pack.h, seeds). */
uint64_t trigger_of(const struct pack *pack, const struct expr *e);

/* Advise against what can never be true in a checked expression, and in what it holds. */
void advise_never(struct checker *c, const struct expr *e);

#endif
