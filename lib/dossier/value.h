/* value: what an expression is worth while it is evaluated. Shared by eval.c and attributes.c. */
#ifndef BIDUI_DOSSIER_VALUE_H
#define BIDUI_DOSSIER_VALUE_H

#include "dossier/eval.h"

static const struct value value_nothing = { .n = VALUE_NULL };

static inline struct value of_truth(enum tri t) { return (struct value){ .n = t }; }
static inline struct value of_bool(bool b) { return of_truth(b ? TRI_TRUE : TRI_FALSE); }
static inline struct value of_number(int64_t n) { return (struct value){ .n = n }; }
static inline struct value of_text(struct str s) { return s.n ? (struct value){ .s = s } : value_nothing; }
static inline struct value of_set(struct set s) { return (struct value){ .set = s }; }

static inline struct value of_one(struct eval *v, uint32_t index)
{
	if (index == NONE)
		return of_set((struct set){ 0 });
	uint32_t *p = arena_alloc(&v->arena, sizeof *p);
	*p = index;
	return of_set((struct set){ p, 1 });
}

/* A column of a row of the dossier. */
struct value row_column(const struct eval *v, uint32_t row, unsigned index);
/* What the item of a frame has beside columns, terms and kinds. */
struct value attribute_of(struct eval *v, const struct frame_item *f, enum attribute a);

#endif
