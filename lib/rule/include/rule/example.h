/* example: invented people and their rows, and what a rule of the pack says of them.
 *
 *   examples:
 *     - {title: on aid, not registered, rows: {hukou: [A, B], civil: [A]}, fires: yes}
 *     - {title: B is registered, rows: {hukou: [A, B], registry: [B], civil: [A]}, fires: no}
 *
 * Numbers are made from region 500901 (never issued), birthday, sequence and sex. What the rows do not say is in the pack's
 * `examples`. They are read by the loader and run by lib/example. Everything lives in the pack's arena.
 */
#ifndef BIDUI_RULE_EXAMPLE_H
#define BIDUI_RULE_EXAMPLE_H

#include "schema/schema.h"

#include <stdbool.h>
#include <stdint.h>

struct example_person {
	struct str label;      /* what the rows call them */
	struct str name;
	int32_t born;
	bool male;
};

struct example_row {
	const struct kind *kind;
	unsigned persons[2];   /* whom it names: indices in people */
	unsigned times;        /* so many rows, each of somebody else in a household of their own */
	struct str *cells;     /* by column, as an office writes them; p NULL: filled in from the person, or empty */
};

struct example {
	struct str title;
	unsigned line;         /* in the pack file */
	int32_t as_of;
	const struct example_person *people;
	unsigned person_count;
	struct example_row *rows;
	unsigned row_count;
	bool fires;
	struct {
		int list, severity, confidence, core; /* enum list, enum level, bool; -1: not said */
		struct str nature;                    /* p NULL: not said */
	} expect;
};

/* What all examples of a pack have in common. */
struct example_defaults {
	int32_t as_of;
	struct example_person *people;
	unsigned person_count;
	struct str **cells;    /* [kind][column]; NULL where a kind has none */
};

#endif
