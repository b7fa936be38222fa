/* eval: the value of a checked expression about an item of a dossier.
 *
 *     struct eval v; eval_init(&v, &dossier);
 *     eval_unit(&v, ITEM_REGISTER, i);             // who is asked about
 *     if (eval_condition(&v, rule->when) == TRI_TRUE) ...
 *
 * Total: every expression has a value, and time is bounded by the size of the dossier and of the expression. Sets of persons' terms are
 * remembered while a dossier lasts; the rest lasts until the next eval_unit.
 */
#ifndef BIDUI_DOSSIER_EVAL_H
#define BIDUI_DOSSIER_EVAL_H

#include "dossier/dossier.h"

enum tri { TRI_FALSE, TRI_TRUE, TRI_UNKNOWN };

struct frame_item {
	enum item item;
	uint32_t index;
	const struct frame_item *up;
};

/* A number (VALUE_NULL: null; truth: TRI_*), a text (p NULL: null) or a set, as the expression's type says. */
struct value {
	int64_t n;
	struct str s;
	struct set set;
};

struct village_facts {
	int64_t region;
	uint64_t all, split; /* households */
};

struct eval {
	struct dossier *d;
	struct arena arena;      /* until the next unit */
	struct set **remembered; /* [term][person], in the dossier's arena; NULL: nothing yet */
	bool may_remember;       /* from eval_dossier on */
	struct frame_item unit;
	struct set evidence;
	int nature;              /* index among the rule's natures, or -1 */
	const struct village_facts *village;
	uint64_t evaluated;      /* rules that are evaluated at all, a bit each */
	/* of the unit: what rules have in common and is not true, what is, and what is not known yet; which rules fire, and which were asked */
	uint64_t common_not, common_true, rules_asked, rules_fire;
	uint8_t **truths;        /* [term][item]: 1 + TRI of terms that are a truth; as remembered */
	uint64_t *member_marks;  /* a bit a person: members of the unit; made when first asked for */
	bool members_marked;
};

void eval_init(struct eval *v, struct dossier *d);
void eval_release(struct eval *v);
void eval_dossier(struct eval *v);                              /* d holds another dossier */
void eval_unit(struct eval *v, enum item item, uint32_t index);
/* A part of an expression, where its items stand around it; a set or text lives until the next unit. */
struct value eval_at(struct eval *v, const struct expr *e, const struct frame_item *f);
enum tri eval_condition(struct eval *v, const struct expr *e);
bool eval_rule(struct eval *v, const struct rule *r);           /* whether its `when` is true of the unit */
struct set eval_set(struct eval *v, const struct expr *e);      /* lives until the next unit */
struct set eval_term(struct eval *v, const struct term *t, uint32_t person); /* a term that is a set */

/* A condition on one row outside of any dossier. */
enum tri eval_row(struct eval *v, const struct expr *e, const struct kind *k, struct row r);
/* The same with the person around it; row is an index in the dossier. */
enum tri eval_row_of(struct eval *v, const struct expr *e, uint32_t row, uint32_t person);

/* Everything of a and b, each once; lives until the next unit. */
struct set eval_union(struct eval *v, struct set a, struct set b);

struct set family_of(struct dossier *d, uint32_t reg);

#endif
