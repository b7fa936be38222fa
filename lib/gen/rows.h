/* rows: what each department knows about a person of the world. */
#ifndef BIDUI_GEN_ROWS_H
#define BIDUI_GEN_ROWS_H

#include "sheet.h"
#include "world.h"

/* Where a row is derived from. rng belongs to this person and kind alone. */
struct view {
	const struct world *world;
	const struct block *block;
	const struct house *house;
	const struct person *person;
	struct rng rng;
};

struct department {
	const char *kind;
	const char *columns;    /* names, with blanks between, in the order in which rows() fills the cells */
	bool in_slice;
	unsigned parts;         /* files in mixed formats */
	void (*rows)(struct sheet *s, struct view *v);                    /* of a person; NULL: */
	void (*place)(struct sheet *s, uint64_t village, struct rng *r);  /* of a village */
};

extern const struct department departments[]; /* ends with a NULL kind */

/* cells.c: what several departments write alike. */
void cell_name(struct sheet *s, const struct person *p);   /* as the household register has it */
void cell_witness(struct sheet *s, struct view *v);        /* mostly so; now and then missing or another's */
void cell_person(struct sheet *s, struct view *v);         /* the id; now and then with 15 places */
void cell_person_or_old(struct sheet *s, struct view *v);  /* the id that the person had before it was changed */
void cell_address(struct sheet *s, const struct house *h);
/* One of the words, by weights that sum up to 100. */
void cell_pick(struct sheet *s, struct rng *r, const uint8_t *weights, const char *const *words);
/* A day up to `years` years before AS_OF or a little after it; sometimes empty. */
void cell_day_within(struct sheet *s, struct rng *r, int years);
/* Whether the person's number was changed, and the old one. */
bool old_id(const struct view *v, uint64_t *ret);
struct rng house_rng(const struct view *v, uint64_t stream);

/* register.c */
void rows_registry(struct sheet *s, struct view *v);
void rows_hukou(struct sheet *s, struct view *v);
void rows_death(struct sheet *s, struct view *v);
void rows_marriage(struct sheet *s, struct view *v);
void rows_residence(struct sheet *s, struct view *v);
void rows_id_change(struct sheet *s, struct view *v);
void place_village(struct sheet *s, uint64_t village, struct rng *r);
/* welfare.c */
void rows_civil(struct sheet *s, struct view *v);
void rows_disability(struct sheet *s, struct view *v);
void rows_housing(struct sheet *s, struct view *v);
void rows_relocation(struct sheet *s, struct view *v);
void rows_education(struct sheet *s, struct view *v);
void rows_insurance(struct sheet *s, struct view *v);
void rows_medical(struct sheet *s, struct view *v);
/* assets.c */
void rows_property(struct sheet *s, struct view *v);
void rows_vehicle(struct sheet *s, struct view *v);
void rows_business(struct sheet *s, struct view *v);
void rows_payroll(struct sheet *s, struct view *v);
void rows_machine(struct sheet *s, struct view *v);

#endif
