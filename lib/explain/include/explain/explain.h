/* explain: why a rule fires on a unit, or does not, told from the rule's own conditions and the rows that were seen.
 *
 *     struct explain x = { .unit_no = STR("500901-00012"), .units = EXPLAIN_ANY_UNIT, .rule_code = "M4", .lang = EXPLAIN_EN };
 *     if (explain_open(&x, &plan, data_dir, err) == 0 && explain_tell(&x, err) == 0)
 *             fwrite(x.out.p, 1, x.out.n, stdout);
 *     explain_close(&x);
 *
 * The unit's dossier is made as a run makes it (run/work.h, join_only) and asked with the screen's code (screen/look.h), so what is
 * told is what the lists have. A condition is walked as it was written: 'and', 'or' and 'not' are taken apart into clauses; each
 * has its answer, the values it looked at, and the items that made it so. What is told is bounded, whatever the dossier.
 * It is people's data: it goes to standard output and nowhere else.
 */
#ifndef BIDUI_EXPLAIN_EXPLAIN_H
#define BIDUI_EXPLAIN_EXPLAIN_H

#include "run/work.h"
#include "screen/look.h"

enum explain_lang { EXPLAIN_EN, EXPLAIN_ZH };
#define EXPLAIN_ANY_UNIT ((1u << UNIT_COUNT) - 1)

struct explain_unit {
	enum unit unit;
	uint32_t index;        /* in the dossier; of a village nothing */
};

struct explain {
	/* asked for */
	struct str unit_no;    /* as in a list's column of that name */
	unsigned units;        /* what it may be, a bit for each enum unit */
	const char *rule_code; /* NULL: the whole dossier */
	enum explain_lang lang;
	/* found */
	struct schema *schema;
	struct pack *pack;
	const struct rule *rule;
	struct run_work work;
	struct look *look;
	struct explain_unit target;
	struct buf out;        /* what has been told */
};

/* Make the dossier of the unit. 66 when there is no such unit, 64 when it may be several (a rule takes that of its own sort), when it is
 * a collective household, which no rule asks about, or when there is no such rule. Messages hold no unit_no: it may be an id. */
int explain_open(struct explain *x, const struct run_plan *plan, const char *data_dir, struct err *err)
	__attribute__((warn_unused_result));
void explain_close(struct explain *x); /* also after a failure */

/* The rule on the units of its sort that the target is, is in, or has (64 when there are none); or people, households, rows, and all
 * rules. Into x->out. */
int explain_tell(struct explain *x, struct err *err) __attribute__((warn_unused_result));

/* The program of both commands: `bidui explain UNIT`, and with rule `bidui rules explain RULE UNIT`. Returns the exit status. */
int explain_command(const char *program, bool rule, int argc, char **argv);

#endif
