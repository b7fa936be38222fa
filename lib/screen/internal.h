#ifndef BIDUI_SCREEN_INTERNAL_H
#define BIDUI_SCREEN_INTERNAL_H

#include "dossier/eval.h"
#include "figure/figure.h"
#include "screen/finding.h"
#include "screen/screen.h"

#include <jansson.h>

/* A person counted under one figure in one region. */
struct tally {
	uint64_t what;              /* figure << 32 | person */
	int64_t region;
};

enum figure_fixed {
	FIGURE_THIN, FIGURE_FOLLOW_UP, FIGURE_MISSED, FIGURE_MISSED_PERSONS, FIGURE_ACTIVE, FIGURE_ACTIVE_PERSONS, FIGURE_ACTIVE_CORE,
	FIGURE_ACTIVE_CORE_PERSONS, FIGURE_EXITED, FIGURE_EXITED_PERSONS, FIGURE_EXITED_CORE, FIGURE_EXITED_CORE_PERSONS,
	FIGURE_CONVERTED, FIGURE_COMPREHENSIVE, FIGURE_COMPREHENSIVE_NET, FIGURE_REGISTERED_RURAL, FIGURE_FIXED
};

/* The numbers of the names of figures, so that counting compares no text. Of a list: by rule, and behind the last the whole list. */
struct figure_numbers {
	uint16_t fixed[FIGURE_FIXED];
	uint16_t findings[LIST_COUNT][64], core[LIST_COUNT][64], households[LIST_COUNT][64], persons[LIST_COUNT][64];
	struct {
		uint16_t households, persons, converted;
	} *status; /* unknown first, then in the order of the values */
	uint16_t *unsafe;           /* number + 1, by object, grade and whether registered; 0: not named yet */
};

/* What evidence has in common: of a kind "民政（社会救助）：", of its columns "\x1Fid=" and "身份证号 ". */
struct kind_words {
	struct str begin;
	struct {
		struct str name, word;
	} *columns;
};
struct kind_words *evidence_words(struct arena *a, const struct schema *schema); /* by kind */

/* What is the same for all dossiers. */
struct shared {
	const struct pack *pack;
	struct places places;
	struct coverage coverage;
	const struct column *register_region, *register_status, *home_region; /* NULL where there is none */
	struct kind_words *words;
	struct arena arena;         /* of words */
	char ***files;              /* [kind][file]: names of the extracts */
	uint32_t *file_counts;
};

struct villages {
	struct village_facts *items;
	uint32_t count;
};

/* What a dossier file holds beside dossiers (context.c). Start with shared.pack set, all else zero. */
struct context {
	struct shared shared;
	struct figures figures;
	struct villages villages;
	json_t *meta;
};
int context_take(struct context *c, const struct frame *f, struct err *err);
void context_release(struct context *c);

/* The rules that are evaluated and asked of one sort of unit, in the order of the pack. */
struct asked_all {
	unsigned count;
	uint64_t any;              /* of own of all: a unit that has no rows of these kinds is asked nothing */
	struct asked {
		const struct rule *rule;
		uint64_t trigger, own;
	} rules[64];
};

/* One thread's work. */
struct screener {
	const struct shared *shared;
	struct asked_all asked[UNIT_COUNT];
	struct dossier dossier;
	struct eval eval;
	struct figures figures;
	struct figure_numbers numbers;
	struct tally *tallies;
	size_t tally_count, tally_cap;
	struct figure_row *place;   /* of place_region, in figures, or NULL; at the level of villages alone, whatever it names: figures_spread */
	int64_t place_region;
	/* of the finding at hand (evidence.c): what its rows say, as it is hashed, the same sorted, and for people; where they stand; whose they are */
	struct buf bytes, sorted, words, places, ids;
	char hash[16];
	uint64_t id_of;             /* the key whose 18 places are in id, or 0 */
	char id[18];
	struct buf out;             /* encoded findings of the block */
	uint32_t found;
	/* of the dossier at hand, by unit: which lists and rules have named it as core */
	uint8_t *register_marks, *household_marks;
};

void screener_init(struct screener *s, const struct shared *shared);
void screener_release(struct screener *s);

enum mark { MARK_CORE_MISSED = 1, MARK_CORE_EXITED = 2, MARK_CORE_NON_ELIGIBLE = 4, MARK_EXITED = 8, MARK_CONVERTED = 16 };

/* Ask one rule about the unit that s->eval is set to; true when it fired and was written to s->out (ret_* then hold it). */
bool ask(struct screener *s, const struct rule *r, enum item item, uint32_t index, struct finding *ret);

void put_id(struct screener *s, uint64_t stored, struct buf *b); /* 18 places */

/* Evidence (evidence.c): the rows of a finding as the lists show them. */
void evidence_of(struct screener *s, struct set rows, struct finding *f);
void row_in_words(struct screener *s, uint32_t row, struct buf *b);  /* "民政（社会救助）：… ［civil.csv:12］" */
void row_place(struct screener *s, uint32_t row, struct buf *b);     /* "civil.csv:12" */
int64_t evidence_region(struct screener *s, struct set rows);       /* of the first row by file and line that has one */
struct str evidence_name(struct screener *s, struct set rows);      /* likewise */

/* Figures (count.c). */
void count_init(struct screener *s);
void count_release(struct screener *s);
/* lists: those that have a finding of this unit already, a bit each. */
void count_finding(struct screener *s, const struct finding *f, enum item item, uint32_t index, unsigned *lists);
void count_dossier(struct screener *s);
void count_hand_over(struct screener *s, struct figures *to);      /* add all counts to those of others and begin anew */
int64_t person_region(const struct screener *s, uint32_t person, bool with_register); /* of home(p), else of p's first register */
int64_t register_region(const struct screener *s, uint32_t reg);
int64_t head_number(const struct dossier *d, uint32_t reg, const struct column *c); /* VALUE_NULL when c is NULL */
uint32_t first_register(const struct dossier *d, uint32_t person); /* or NONE */

#endif
