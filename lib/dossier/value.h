/* value: what an expression is worth while it is evaluated. Shared by eval.c and attributes.c. */
#ifndef BIDUI_DOSSIER_VALUE_H
#define BIDUI_DOSSIER_VALUE_H

#include "dossier/eval.h"

static const struct value value_nothing = { .n = VALUE_NULL };

static inline struct value of_number(int64_t n) { return (struct value){ .n = n }; }
static inline struct value of_set(struct set s) { return (struct value){ .set = s }; }

/* An answer that is about to be given may be another from this day on. */
static inline void due_on(struct eval *v, int64_t day)
{
	if (day < v->d->due)
		v->d->due = (int32_t)day;
}

/* A set of the item, or of nothing for NONE. */
static inline struct set set_of_one(struct eval *v, uint32_t index)
{
	if (index == NONE)
		return (struct set){ 0 };
	uint32_t *p = arena_alloc(&v->arena, sizeof *p);
	*p = index;
	return (struct set){ p, 1 };
}

/* A column of a row of the dossier: a text, or anything else as a number. */
int64_t column_number(const struct eval *v, uint32_t row, unsigned index);
struct str column_text(const struct eval *v, uint32_t row, unsigned index);

/* What the item of a frame has beside columns, terms and kinds. Which of these to ask is the attribute's type: a number (or truth), a
 * text (p NULL: null), a set, or a set of one at most (NONE: nothing). */
int64_t attribute_number(struct eval *v, const struct frame_item *f, enum attribute a);
struct str attribute_text(struct eval *v, const struct frame_item *f, enum attribute a);
struct set attribute_set(struct eval *v, const struct frame_item *f, enum attribute a);
uint32_t attribute_one(struct eval *v, const struct frame_item *f, enum attribute a);

#endif
