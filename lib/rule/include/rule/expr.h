/* expr: a condition of a rule pack, parsed and checked: a typed tree without loops or side effects.
 *
 * An expression is asked about an *item* (a unit, a person, a row ...). Filters, paths and quantifiers ask their inner expression
 * about each item of a set; the items on the way stand in a chain of frames, innermost first, and a name means the nearest
 * one that has it. After the check every name is a place: how many frames up, and which column, attribute or term there.
 *
 *   any(people.unsafe_house, object = dibao)
 *       people        the unit is a hukou household: a set of persons
 *       .unsafe_house a term on persons: a set of housing rows
 *       object        a column of each such row
 *
 * Truth is three-valued: a comparison with null is unknown, a filter keeps what is true, a rule fires when its condition is true.
 * Grammar: docs/rules.md.
 */
#ifndef BIDUI_RULE_EXPR_H
#define BIDUI_RULE_EXPR_H

#include "base/err.h"
#include "base/mem.h"
#include "schema/schema.h"
#include "yaml/yaml.h"

#include <stdbool.h>
#include <stdint.h>

/* What a frame can hold. A row item has a kind; ITEM_ROW with kind -1 is of several kinds. */
enum item { ITEM_NONE, ITEM_PERSON, ITEM_HOUSEHOLD, ITEM_REGISTER, ITEM_VILLAGE, ITEM_ROW };

enum value_type { VT_BOOL, VT_NUMBER, VT_DATE, VT_TEXT, VT_ENUM, VT_REGION, VT_CERT, VT_SET };

struct static_type {
	enum value_type type;
	enum item item;                        /* of VT_SET */
	const struct enumeration *enumeration; /* of VT_ENUM */
	int kind;                              /* of a set of rows: index in schema->kinds, or -1 */
	bool single;                           /* a set of at most one item: its attributes are values */
};

/* What the items have beside the columns of rows. One table (check.c) says which item has which, with what type. */
enum attribute {
	A_ID, A_AGE, A_MALE, A_ALIVE, A_REGISTERED, A_MEMBER, A_MAYBE_REGISTERED, A_NAME, A_HOME, A_HOUSEHOLD, A_REGISTERS,
	A_PEOPLE, A_REGION, A_NUMBER, A_SPLIT_ON, A_SPLIT_FROM, A_COLLECTIVE, A_SOURCE, A_BRANCHES,
	A_MEMBERS, A_FAMILY, A_HEAD, A_ROWS, A_REFUSED,
	A_ALL, A_SPLIT,
	A_WITNESS, A_WEAK, A_PERSONS, A_PARTNER,
};

enum op {
	/* as parsed, gone after the check */
	E_NAME, E_DOT, E_CALL, E_AS, E_LIST, E_RANGE,
	/* values; numbers are hundredths */
	E_NUMBER, E_DATE, E_TEXT, E_BOOL, E_ENUM, E_NULL,
	E_COLUMN,    /* depth, index: a column of the row there */
	E_HEAD,      /* depth, index: a column of the head row of the registry household there */
	E_ATTRIBUTE, /* depth, index: enum attribute */
	E_KIND,      /* depth, index: the person's rows of the kind */
	E_TERM,      /* depth, term: asked about the item there alone */
	E_SELF,      /* depth: the item there, as a set of one */
	E_EVIDENCE, E_NATURE,
	E_FIRES,     /* index: rule */
	E_LOOKUP,    /* parameter by year or county: a = year or NULL, b = region or NULL */
	/* sets */
	E_PATH,      /* a = set, b = asked about each item: a set, or a value when a is single */
	E_FILTER,    /* a = set, b = condition */
	E_UNION, E_LATEST,
	E_ANY, E_ALL, E_NOT_ANY, E_COUNT, E_SUM, E_MIN, E_MAX, /* a = set, b = condition or value, or NULL */
	/* truth and numbers */
	E_AND, E_OR, E_NOT, E_EQ, E_NE, E_LT, E_LE, E_GT, E_GE, E_IN, E_IS_NULL, E_IS_TRUE, E_IS_FALSE,
	E_ADD, E_SUBTRACT, E_MULTIPLY, E_NEGATE,
	E_FUNCTION,  /* index: enum function; a, b = arguments */
};

enum function { F_YEAR, F_COUNTY, F_TOWNSHIP, F_IN_VILLAGE, F_SQUEEZE, F_LEVEL, F_CATEGORY, F_CONTAINS };

struct term;
struct parameter;

/* What is looked at each time that it is asked comes first, to be in one place. */
struct expr {
	enum op op;
	unsigned depth, index;
	unsigned arg_count;
	unsigned common;            /* number + 1 of what rules have in common (rule/common.c); 0: none */
	bool moves;                 /* a day that goes with the as-of date: D, D - 365 */
	struct static_type type;
	struct expr *a, *b;
	int64_t number;
	const struct term *term;
	struct expr **args;         /* of E_CALL, E_LIST; of E_IN: the values and ranges */
	uint64_t own;               /* of E_PATH from persons: kinds of which a person must have a row for anything to come of them */
	const struct parameter *parameter; /* of E_LOOKUP; of E_NUMBER and E_DATE that came by name */
	struct str text;            /* of E_NAME, E_DOT, E_CALL, E_AS, E_TEXT; after the check, of what has an a that is a set: its
	                             * alias ("set as x"); of E_DATE "D" for the as-of date */
	unsigned line, column;      /* in the pack file, from 1; for messages */
};

/* Where an expression stands: the items around it, innermost first, and the names that they have. */
struct scope {
	enum item item;
	int kind;            /* of rows, or -1 */
	struct str alias;
	const struct scope *up;
};

/* Parse text; nodes live in the arena. marks: where each byte of the text stands in its file, and behind its last. 78 with
 * file:line:column. */
int expr_parse(struct expr **ret, struct arena *arena, const char *file, const struct yaml_mark *marks, struct str text,
               struct err *err) __attribute__((warn_unused_result));

#endif
