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

/* What must be there for e to be true, or for its set not to be empty (trigger.c). */
struct trigger {
	uint64_t kinds;          /* of the seeds, a bit each; or TRIGGER_ALWAYS; also TRIGGER_TWICE */
	struct seed *seeds;      /* in the pack's arena */
	unsigned seed_count;
	bool direct;             /* e is a set of those very rows */
};
struct trigger trigger_of(struct pack *pack, const struct expr *e);

/* Kinds of which the person, the people of the household, or the members of the registry household and those who live with them, must have
 * a row for e to be true, or for its set not to be empty (own.c). */
uint64_t own_of_person(const struct pack *pack, const struct expr *e);
uint64_t own_of_household(const struct pack *pack, const struct expr *e);
uint64_t own_of_register(const struct pack *pack, const struct expr *e);

void find_common(struct pack *pack); /* of all rules (common.c) */

/* Advise against what can never be true in a checked expression, and in what it holds. */
void advise_never(struct checker *c, const struct expr *e);

#endif
