#ifndef BIDUI_EXPLAIN_INTERNAL_H
#define BIDUI_EXPLAIN_INTERNAL_H

#include "explain/explain.h"

/* ---- words (say.c) ---- */

enum phrase {
	SAY_YES, SAY_NO, SAY_UNKNOWN, SAY_EMPTY, SAY_FIRES, SAY_NOT, SAY_NOT_EVALUATED, SAY_NO_EXTRACT, SAY_NONE, SAY_NONE_OF, SAY_ALL,
	SAY_SOME, SAY_NO_ROW, SAY_NO_FILE, SAY_MORE, SAY_CUT, SAY_FINDING, SAY_VETO, SAY_DOUBT, SAY_EVIDENCE, SAY_PEOPLE, SAY_HOUSEHOLDS,
	SAY_REGISTERS, SAY_ROWS, SAY_RULES, SAY_ALIVE, SAY_DEAD, SAY_YEARS, SAY_MALE, SAY_FEMALE, SAY_REGISTERED, SAY_NO_HOME,
	SAY_PERSONS, SAY_OTHERS, SAY_COLLECTIVE, SAY_SPLIT, SAY_LIST, SAY_CORE, SAY_SEVERITY, SAY_CONFIDENCE, SAY_NATURE, SAY_COUNT
};
const char *in_words(const struct explain *x, enum phrase p);
const char *say_unit(const struct explain *x, enum unit unit);
const char *say_tri(const struct explain *x, enum tri t);

void put_item(struct explain *x, enum item item, uint32_t index, bool whole);   /* whole: a row as the lists have it, else its place */
void put_unit(struct explain *x, struct explain_unit u);                       /* sort and unit_no */
void put_text(struct explain *x, const struct expr *e);                        /* as written, on one line, cut when long */
void put_value(struct explain *x, const struct expr *e, const struct frame_item *f);
void put_values(struct explain *x, const struct expr *e, const struct frame_item *f); /* " (income 2951.99, ...)", or nothing */

/* ---- clauses (trace.c), empty sets (empty.c) ---- */

struct trace {
	struct explain *x;
	unsigned left;      /* lines that may still be told */
	unsigned depth;     /* terms and rules gone into */
	bool brief;         /* of clauses that are true no more than that */
	bool cut;
};

/* Begin a line; false when there have been enough: then nothing more is to be told. */
bool trace_line(struct trace *t, unsigned indent);
void trace_end(struct trace *t);
/* The clauses of a condition about the unit that was asked last, with its evidence and nature; brief: fewer lines, and nothing more about
 * what is true. */
void trace_condition(struct explain *x, const struct expr *e, unsigned indent, bool brief);
void trace_clause(struct trace *t, const struct expr *e, const struct frame_item *f, unsigned indent);
/* The parts of a condition that are not true of the item. */
void trace_unmet(struct trace *t, const struct expr *e, const struct frame_item *f, unsigned indent);
/* Why a set has nothing in it. */
void trace_empty(struct trace *t, const struct expr *e, const struct frame_item *f, unsigned indent);
void trace_items(struct trace *t, enum item item, struct set s, unsigned indent);

enum { MAX_ITEMS = 4, MAX_DEPTH = 4, RULE_LINES = 60, BRIEF_LINES = 16, MAX_UNITS = 24, MAX_TOLD = 200 };

/* ---- units (units.c) ---- */

/* Where the target is in the dossier at hand; false when it is not in it. */
bool find_target(struct explain *x);
/* The units of a sort that the target is, is in, or has; at most MAX_UNITS. */
unsigned units_of(struct explain *x, enum unit unit, struct explain_unit ret[MAX_UNITS]);
enum item item_of(enum unit unit);
/* People, households, rows, and all rules (dossier.c). */
void tell_dossier(struct explain *x);
/* Heading, clauses, and the finding. */
void tell_rule(struct explain *x, const struct rule *r, struct explain_unit u, bool brief);

#endif
