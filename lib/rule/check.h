/* check: turns names into places and finds type errors. Used by the pack loader only. */
#ifndef BIDUI_RULE_CHECK_H
#define BIDUI_RULE_CHECK_H

#include "rule/pack.h"

struct scope {
	enum item item;
	int kind;            /* of rows, or -1 */
	struct str alias;
	const struct scope *up;
};

struct checker {
	struct pack *pack;
	const char *file;
	bool evidence_known;     /* `evidence` may be used, of evidence_type */
	struct static_type evidence_type;
	bool nature_known;
	bool asks_unit;          /* set when something depends on the unit */
	unsigned depth;
	struct err *err;
};

/* Check e where the innermost item is scope. want: what it must be. */
int check_condition(struct checker *c, struct expr *e, const struct scope *scope) __attribute__((warn_unused_result));
int check_rows(struct checker *c, struct expr *e, const struct scope *scope) __attribute__((warn_unused_result));
int check_term(struct checker *c, struct term *t) __attribute__((warn_unused_result));

/* Which kinds must have rows for e to be true, or for its set not to be empty (see pack.h, seeds). */
uint64_t trigger_of(const struct pack *pack, const struct expr *e);

#endif
