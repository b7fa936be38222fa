/* What the steps of the join share. Everything here lives as long as one join_run. */
#ifndef BIDUI_JOIN_INTERNAL_H
#define BIDUI_JOIN_INTERNAL_H

#include "base/lanes.h"
#include "dossier/homes.h"
#include "file/spool.h"
#include "groups.h"
#include "id/id.h"
#include "join/join.h"
#include "people.h"

#define PIECE_BLOCKS 16          /* blocks of a table that are one piece of work */
#define LOOK (1u << 31)          /* of a slot of people: among those only looked at */

/* A household number in its county; two of them are the same when all 96 bits are. The seed differs from run to run, so nobody can
 * make numbers collide; no output depends on it. */
struct household_key {
	uint64_t a;
	uint32_t b;             /* 0: no household */
} __attribute__((packed, aligned(4)));

struct join;
uint64_t join_room(const struct join *j);              /* bytes that may be used now, beside what is kept until the end (join.c) */
/* 0, or -1: what is kept is more than the memory, when so much of the work that keeps more is done. */
int join_enough(const struct join *j, uint64_t done, uint64_t all, struct err *err);
struct household_key household_key(const struct join *j, uint32_t county, struct str number);
static inline bool same_household(struct household_key x, struct household_key y) { return x.a == y.a && x.b == y.b; }

/* Extracts mostly keep a household together: then it is the one of the row before. Zeroed: of none. */
struct last_household {
	char number[64];
	size_t n;
	uint32_t county;
	struct household_key key;
};
struct household_key household_again(const struct join *j, struct last_household *last, uint32_t county, struct str number);

/* ---- what is counted of everybody (counts.c) ---- */

struct region_count {
	int64_t region;
	uint64_t households, rural_households, population; /* population: persons with a rural home */
	uint64_t families, split;                          /* families: households that are not collective */
};

struct region_counts {
	struct region_count *items;
	size_t count, cap, last;
	uint32_t *slots;        /* item + 1 */
	size_t mask;
	uint64_t seed;          /* of the hash: base/seed.h */
};

void count_household(struct region_counts *c, const struct household_facts *f, bool collective);
void counts_merge(struct region_counts *into, const struct region_counts *from);
void counts_release(struct region_counts *c);
int put_counts(struct join *j, struct frame_writer *w, struct err *err);

/* ---- households (households.c) ---- */

/* The home row of a living person. */
struct resident {
	struct household_key home, from; /* from: the household it says it split from */
	uint64_t key;
	int64_t region;
	uint32_t ordinal;
	uint32_t slot;          /* in people, or NONE */
	uint8_t flags;          /* of the person, enum wanted_flag */
	bool head, collective, rural, split, dated; /* dated: says when it split */
};

/* A household from which somebody split, or that did, and what it is to the other: needed once, when all are known. */
struct relative {
	struct household_key home, from;
	uint32_t group;         /* or NONE: nobody wants it so far, and its people wait */
	uint32_t first;         /* ordinal of its first home row */
	uint32_t people;        /* that wait, from `waiting` on */
	uint32_t waiting;
	bool principal;
};

struct waiting {
	uint64_t key;
	uint32_t ordinal;
};

/* Two households of `relatives` one of which split from the other. */
struct kinship {
	uint32_t branch, source;
};

/* A collective household, which is whole in no dossier. */
struct collective {
	int64_t region;
	bool registered;
};

struct noted_row {
	uint32_t ordinal, collective;
};

/* Somebody who is in a dossier only to be looked at. */
struct request {
	uint64_t what;          /* person */
	uint32_t by;            /* group of the one who is registered */
};

struct link {
	uint32_t group, dossier; /* people of the group are looked at from the dossier */
};

/* Where a person is: in a dossier of their own, and in others to be looked at. */
struct place_in {
	uint32_t dossier;
	uint8_t flags;           /* enum person_flag */
};

#define VEC(type) struct { type *items; size_t count, cap; }

struct places_of {
	struct place_in *items;
	size_t count, cap;
};

/* The home row of somebody wanted, and who it is: with LOOK the group whose places are theirs, else a slot in people. */
struct home_row {
	uint32_t ordinal, who;
};

/* ---- the join ---- */

struct join {
	const struct join_job *job;
	const struct pack *pack;
	struct table *homes_table, *register_table, *deaths_table, *places_table;
	uint64_t seed;
	struct home_reader *reader;
	bool all;                /* the pack asks about everybody */
	struct people_found found;      /* people, while they are looked for */
	struct wanted_people people;    /* seeds: people of registers, owners of rows that rules ask for, hard cases */
	struct spool *found_others;     /* struct found_person by people_part: others, while they are looked for */
	uint64_t found_other_count;
	struct wanted_people others;    /* those who live with them */
	struct groups groups;
	struct spool *hard_rows; /* of hard people, by people_part */
	VEC(struct request) requests;
	VEC(uint32_t) hard_homes; /* ordinals of the home rows of hard people who live */
	/* of the survey */
	struct sieve sources, principals; /* households: that a wanted one names; wanted ones */
	struct sieve scattered, noticed; /* whose rows do not stand together; these and sources */
	size_t scattered_count;
	bool all_scattered;
	uint64_t *seed_rows;     /* a bit an ordinal of the household table: a seed's row */
	/* of the households */
	struct spool *home_rows; /* struct home_row by piece of the household table: of whom it is that is wanted */
	struct { uint32_t first, end; uint64_t piece; } last_piece; /* of home_rows; ordinals */
	struct region_counts counts;
	VEC(struct relative) relatives;
	VEC(struct waiting) waiting;
	VEC(struct kinship) kinships;
	VEC(struct link) links;
	VEC(struct collective) collectives;
	VEC(struct noted_row) noted;
	struct places places;
	struct {
		uint64_t person;     /* key, or 0 */
		uint32_t member;     /* group, or NONE */
		struct household_key home;
		uint32_t home_group; /* or NONE */
		uint32_t dossiers[3];
		unsigned dossier_count;
	} only;                  /* of a join of one unit */
};

/* Of a key; fewer where memory is short: a wrong yes costs time, nothing else. */
static inline unsigned sieve_bits(const struct join *j, unsigned bits) { return j->job->memory ? bits / 2 : bits; }

static inline size_t bitmap_words(const struct join *j)
{
	return (j->homes_table->rows + j->homes_table->duplicate_count) / 64 + 1;
}

static inline void mark_row(uint64_t *bitmap, uint32_t ordinal)
{
	bitmap[ordinal / 64] |= UINT64_C(1) << ordinal % 64;
}

/* A join of one unit (only.c): the steps between those of every join. */
void only_person(struct join *j);                     /* before people are settled */
void only_household(struct join *j);                  /* before households are */
void only_dossiers(struct join *j);                   /* when dossiers have their numbers */
static inline bool only_wants(const struct join *j, uint32_t dossier)
{
	bool wanted = !j->job->only;
	for (unsigned i = 0; i < j->only.dossier_count; i++)
		wanted |= j->only.dossiers[i] == dossier;
	return wanted;
}
static inline void only_found(const struct join *j, enum unit unit)
{
	j->job->only->found |= 1u << unit;
}

/* Whether a row of the household table, which says `says` (enum home_says), is the home row of a living person; flags: of the person, 0 when
 * nobody's. */
bool is_home(const struct join *j, unsigned says, uint32_t ordinal, unsigned flags);

int join_seeds(struct join *j, struct err *err);      /* seeds.c: step 1 */
int join_survey(struct join *j, struct err *err);     /* survey.c: step 2 */
bool is_scattered(const struct join *j, uint64_t home); /* home: household_key.a */
int join_households(struct join *j, struct err *err); /* households.c: step 3 */
/* The home row of somebody wanted. */
int want_row(struct join *j, uint32_t ordinal, uint32_t who, struct err *err);
/* The person of a home row, who is no seed, is wanted all the same. */
int want_other(struct join *j, uint64_t key, uint32_t ordinal, uint32_t group, unsigned flags, struct err *err);
int join_relatives(struct join *j, struct err *err);  /* relatives.c: its end */
int number_dossiers(struct join *j, struct err *err); /* relatives.c: everybody's place is known from here on */
void place_people(struct join *j);                    /* relatives.c: groups of people are not asked for any more */
/* Add to *ret where a person is, each dossier once. slot: in people, or with LOOK in others. */
void places_of_person(const struct join *j, uint32_t slot, struct places_of *ret);
void places_of_group(const struct join *j, uint32_t group, struct places_of *ret); /* of one of the others in it */
int join_dossiers(struct join *j, struct frame_writer *w, struct err *err); /* rows.c: step 4 */

/* ---- rows refused for their id (doubts.c) ---- */

/* What they say of others: registry numbers, and names with a region or a number's beginning. */
struct doubts {
	struct refused_note *notes;   /* by number */
	uint32_t note_count;
	uint64_t *hashes;             /* sorted */
	size_t hash_count, hash_cap;
};

void doubts_find(struct doubts *d, const struct table *t);
bool doubts_about(const struct doubts *d, const struct kind *k, struct row home, uint64_t key); /* the person whose home row it is */
const struct refused_note *doubts_note(const struct doubts *d, struct str number); /* or NULL */
void doubts_release(struct doubts *d);

/* ---- dossiers (dossiers.c) ---- */

/* What lies in a share of the spool, one behind the other: u32 dossier, u32 bytes, u32 note, and the bytes of an encoded row or of a
 * person. */
enum { NOTE_PERSON, NOTE_ROW, NOTE_HOME, NOTE_COLLECTIVE }; /* the home row of somebody living; from here on: of a collective household */
#define RECORD 12 /* bytes before the row */

struct spooled {
	struct spool *spool;
	unsigned shares;
	uint32_t dossiers;       /* of a share: dossier / dossiers */
	uint64_t rows;           /* that were put in */
	struct row_sum sum;      /* of their hashes */
};

int put_dossiers(struct join *j, const struct spooled *from, struct frame_writer *w, struct err *err);

/* ---- hard people (hard.c) ---- */

void hard_take(struct buf *rows, const struct kind *k, struct row r, uint64_t person, uint32_t ordinal); /* add a row of one */
int hard_put(struct join *j, struct buf *rows, struct err *err); /* put them aside; empties rows */
int hard_settle(struct join *j, struct err *err);

/* ---- rows ---- */

/* The first key that a row of the kind names. */
static inline uint64_t row_key(const struct kind *k, struct row r)
{
	return id_key(le64_get(r.fixed + k->columns[k->ids[0]].offset));
}

/* All keys that it names, none of them 0: 0, 1 or 2. */
static inline int row_keys(const struct kind *k, struct row r, uint64_t ret[2])
{
	int n = 0;
	for (int i = 0; i < 2 && k->ids[i] >= 0; i++)
		if ((ret[n] = id_key(le64_get(r.fixed + k->columns[k->ids[i]].offset))))
			n++;
	return n;
}

/* Who is named by the rows of the block in which a scan stands: asked at once, since they lie anywhere in memory. */
struct who {
	uint64_t *keys;
	uint32_t *slots;         /* of each row of the block: in people, or with LOOK in others, or NONE */
	uint32_t *rows, *found;
	uint32_t cap;
};

/* The scan stands in a block (table_next_block). others: not only among seeds. */
void who_find(struct who *w, const struct join *j, const struct table_scan *s, int column, bool others);
/* Only of these ordinals (a bit each), among seeds. slots: of the rows of the block, and only who is NONE there is looked for; NULL: w->slots,
 * and nobody is known. */
void who_find_rows(struct who *w, const struct join *j, const struct table_scan *s, int column, const uint64_t *rows, uint32_t *slots);
void who_release(struct who *w);

/* The block of the household table in which a scan stands, as households: rows that follow each other and are of one. */
struct home_block {
	struct who who;
	uint32_t *rows, count;   /* places in the block, without duplicates */
	struct {
		struct household_key home;
		uint32_t first;  /* in `rows`; those of the next one follow */
	} *runs;                 /* and one behind the last */
	uint32_t run_count, cap;
};

/* seeds: the ordinals of their rows, a bit each, or NULL: not known. */
void home_block_see(struct home_block *b, const struct join *j, const struct table_scan *s, const uint64_t *seeds);
void home_block_release(struct home_block *b);

/* A pass over a table, some blocks at a time. */
static inline uint64_t pieces_of(const struct table *t) { return (t->block_count + PIECE_BLOCKS - 1) / PIECE_BLOCKS; }
static inline void scan_piece(struct table_scan *s, const struct table *t, uint64_t piece)
{
	size_t first = piece * PIECE_BLOCKS, end = first + PIECE_BLOCKS;
	struct buf kept = s->frame.buf;
	table_scan_blocks(s, t, first, end < t->block_count ? end : t->block_count);
	s->frame.buf = kept;
}

#endif
