/* dossier: all that the tables hold on a group of households and their people, rebuilt from their rows.
 *
 * Registry households (registers) and hukou households that share a person are one dossier, so that every unit is whole in just one of
 * them. Beside these *principal* people a dossier may hold *others*, only to be looked at: those of households that split off from
 * a principal one or that it split off from, and partners of registered people.
 *
 * On disk a dossier is its rows and little else (docs/formats/dossier.md). What the rows mean - who has which home, who is alive,
 * who makes a household - is worked out here, once, by dossier_build, with the pack's conditions on rows:
 *
 *   home(p)      p's first household row that is normal
 *   dead(p)      a household row says so and there is no home, or a death row counts
 *   household    the living with one home number in one county
 *   register     all registry rows of one number
 *
 * Everything in a dossier lives until the next dossier_reset.
 */
#ifndef BIDUI_DOSSIER_DOSSIER_H
#define BIDUI_DOSSIER_DOSSIER_H

#include "rule/pack.h"
#include "table/row.h"

#define NONE UINT32_MAX

struct set {
	uint32_t *items; /* indices, ascending, each once */
	uint32_t n;
};

struct dossier_row {
	struct row row;
	uint16_t kind;
	uint32_t persons[2]; /* NONE where the kind names fewer */
};

enum person_flag { PERSON_PRINCIPAL = 1, PERSON_MAYBE_REGISTERED = 2 };

struct person {
	uint64_t key;
	uint8_t flags;
	bool alive, registered;
	uint32_t home;           /* row, or NONE */
	uint32_t household;      /* or NONE: of the living with a home */
	struct str name;         /* the reference name; empty when there is none */
	struct set rows;         /* in the order of kinds, files, lines */
	struct set registers;
	uint64_t kinds;          /* a bit for each kind with a row; TRIGGER_TWICE for two household rows */
};

struct household {
	uint32_t county;         /* 6 digits, or NONE when the region is unknown */
	struct str number;
	int64_t region;          /* or VALUE_NULL */
	uint32_t head;           /* row: the first of a head, else the first */
	int64_t split_on;        /* or VALUE_NULL */
	struct str split_from;
	bool collective, registered, principal, rural, split;
	struct set people;
	uint32_t source;         /* the household it split from, or NONE */
	struct set branches;     /* those that split from it */
};

struct registry_household {
	struct str number;
	uint32_t head;           /* row */
	struct set rows, members;
	struct set family;       /* made when first asked for */
	bool family_made, principal;
	uint32_t refused;        /* rows of this number refused for their id */
};

struct household_note { /* a household that is not whole in this dossier, and what its other people would have said of it */
	uint32_t county;
	struct str number;
	int64_t region;
	bool collective, registered;
};

struct refused_note {
	struct str number;
	uint32_t count;
};

struct home_reader;

struct dossier {
	const struct pack *pack;
	int32_t due;                      /* the first day on which an answer given so far may be another (rule/pack.h); outlives
	                                   * dossier_reset. 0: nobody wants to know */
	struct home_reader *homes;        /* made by the first dossier_build; outlives dossier_reset */
	struct arena arena;
	struct dossier_row *rows;
	uint32_t row_count;
	struct person *persons;           /* by key */
	uint32_t person_count;
	struct household *households;     /* by county and number */
	uint32_t household_count;
	struct registry_household *registers; /* by number */
	uint32_t register_count;
	struct household_note *notes;
	uint32_t note_count;
	struct refused_note *refused;
	uint32_t refused_count;
	uint64_t kinds;
};

/* Make room for another dossier; pack stays. */
void dossier_reset(struct dossier *d);
void dossier_release(struct dossier *d);

/* Work out people and households from d->rows (in the order of kinds, files, lines), d->persons (keys and flags, by key;
 * owners of rows who are not among them are added as others), d->notes and d->refused. Never fails. */
void dossier_build(struct dossier *d);


/* What is known of a household: household_see (homes.h) puts its home rows in. */
struct household_facts {
	uint32_t people;
	uint32_t head;           /* row of the head, else the first */
	uint32_t split_row;      /* row that gives split_on, or NONE */
	int64_t region;
	uint32_t rural;          /* persons */
	bool has_head, collective, split;
};
static inline bool household_collective(const struct household_facts *h, const struct pack *p)
{
	return h->collective || h->people > p->people.collective_over;
}

/* The rows of a person of one kind. */
struct set person_rows(const struct dossier *d, const struct person *p, unsigned kind);

/* How well a row is borne out by the name, as enum level; person: one of the row's. */
enum level witness(const struct dossier *d, const struct dossier_row *r, uint32_t person);
/* Of several persons the best. */
enum level row_confidence(const struct dossier *d, const struct dossier_row *r);

uint32_t dossier_person(const struct dossier *d, uint64_t key); /* index or NONE */

/* 12 digits -> 6 digits; NONE for VALUE_NULL */
static inline uint32_t county_of(int64_t region)
{
	return region == VALUE_NULL ? NONE : (uint32_t)(region / 1000000);
}

/* On disk: bytes of one dossier, as the join writes them and the screen reads them. */
void dossier_encode_begin(struct buf *b, uint32_t persons, uint32_t rows, uint32_t notes, uint32_t refused);
void dossier_encode_person(struct buf *b, uint64_t key, uint8_t flags);
void dossier_encode_row(struct buf *b, const struct kind *k, struct row r);
void dossier_encode_note(struct buf *b, const struct household_note *note);
void dossier_encode_refused(struct buf *b, struct str number, uint32_t count);
void dossier_encode_end(struct buf *b, size_t begin); /* begin: b->n before dossier_encode_begin */

/* Take the next dossier from *p: sets it up (borrowing the bytes) and builds it. 0, or -1 when the bytes are broken. */
int dossier_decode(struct dossier *d, const uint8_t **p, const uint8_t *end);

#endif
