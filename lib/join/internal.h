/* What the steps of the join share. Everything here lives as long as one join_run. */
#ifndef BIDUI_JOIN_INTERNAL_H
#define BIDUI_JOIN_INTERNAL_H

#include "dossier/homes.h"
#include "id/id.h"
#include "join/join.h"

/* ---- wanted persons (people.c) ---- */

enum wanted_flag {
	WANTED_PRINCIPAL = 1,   /* a seed, or of a seed's household */
	WANTED_REGISTERED = 2,
	WANTED_HARD = 4,        /* several household rows or a death row: who and where is worked out from all of them */
	WANTED_PARTNER = 8,     /* only named beside a registered person */
	WANTED_ALIVE = 16,      /* of hard ones */
};

struct wanted_person {
	uint64_t key;
	uint32_t household;     /* index in homes, or NONE */
	uint32_t home;          /* of hard ones: ordinal of the home row, or NONE */
	uint32_t parent;        /* union-find: people of one dossier */
	uint8_t flags;
};

struct people_map {
	struct wanted_person *items;
	uint32_t count, cap;
	struct people_slot {
		uint64_t key;
		uint32_t index;         /* of the person + 1; 0: empty */
	} *slots;
	uint64_t mask;
	uint64_t *filter;       /* a bit for some hash of each key: most of those not wanted are told at once */
	unsigned filter_shift;
};

void people_reserve(struct people_map *m, uint64_t count); /* room for so many without growing */
uint32_t people_add(struct people_map *m, uint64_t key, uint8_t flags); /* the person's index */
uint32_t people_find(const struct people_map *m, uint64_t key);         /* or NONE */
void people_prefetch(const struct people_map *m, uint64_t key);
uint32_t people_root(struct people_map *m, uint32_t i);
void people_join(struct people_map *m, uint32_t a, uint32_t b);
void people_release(struct people_map *m);

/* ---- households (homes.c) ---- */

/* A household number in its county; two of them are the same when all 96 bits are. The seed differs from run to run, so nobody can
 * make numbers collide; no output depends on it. */
struct household_key {
	uint64_t a;
	uint32_t b;
};

struct home {
	struct household_key key, from; /* from: the household it split from; a and b 0 when there is none */
	struct household_facts facts;
	bool registered, principal, related;
	uint32_t first;         /* a wanted person of it, or NONE */
};

struct homes {
	struct home *items;
	uint32_t count, cap;
	uint32_t *slots;
	uint64_t mask, seed;
	uint32_t *of_row;       /* by ordinal: the household whose living person's home row it is, or NONE */
	uint32_t rows;
};

struct household_key household_key(const struct homes *h, uint32_t county, struct str number);
uint32_t homes_find(const struct homes *h, struct household_key key);
void homes_reserve(struct homes *h, uint64_t count);
uint32_t homes_add(struct homes *h, struct household_key key);
void homes_release(struct homes *h);

/* ---- the join ---- */

/* Somebody who is in a dossier only to be looked at: the household (or person) and a principal person of that dossier. */
struct request {
	uint32_t what;          /* household, or person */
	uint32_t by;            /* person */
};

struct join {
	const struct join_job *job;
	const struct pack *pack;
	struct table *homes_table, *register_table, *deaths_table, *places_table;
	struct people_map people;
	struct homes homes;
	struct request *requests;
	size_t request_count, request_cap;
	struct figures figures;
	struct places places;
	struct dossier scratch;  /* of one hard person at a time */
	struct home_reader *reader;
	bool all;                /* the pack asks about everybody */
	struct {
		uint32_t person, member, home; /* the person, somebody of the registry household, the hukou household; or NONE */
		uint32_t roots[3];             /* their dossiers */
		unsigned root_count;
	} only;                  /* of a join of one unit */
};

/* A household that shares a book but is no family ties nobody. */
static inline bool is_family(const struct join *j, const struct home *h)
{
	return !household_collective(&h->facts, j->pack);
}

/* A join of one unit (only.c): the steps between those of every join. */
void only_person(struct join *j);                     /* before households are known */
void only_household(struct join *j);                  /* when they are, before their people are taken */
void only_dossiers(struct join *j);                   /* when people are tied */
static inline bool only_wants(const struct join *j, uint32_t dossier)
{
	bool wanted = !j->job->only;
	for (unsigned i = 0; i < j->only.root_count; i++)
		wanted |= j->only.roots[i] == dossier;
	return wanted;
}
static inline void only_found(const struct join *j, enum unit unit)
{
	j->job->only->found |= 1u << unit;
}

int join_seeds(struct join *j, struct err *err);      /* seeds.c: steps 1 */
int join_homes(struct join *j, struct err *err);      /* homes.c: step 2 */
int join_persons(struct join *j, struct err *err);    /* homes.c: step 3 */
int join_dossiers(struct join *j, struct frame_writer *w, struct err *err); /* gather.c: step 4 */

/* The keys that a row of the kind names: 0, 1 or 2. */
static inline int row_keys(const struct kind *k, struct row r, uint64_t ret[2])
{
	int n = 0;
	for (int i = 0; i < 2 && k->ids[i] >= 0; i++)
		ret[n++] = id_key((uint64_t)row_number(r, &k->columns[k->ids[i]]));
	return n;
}

/* Have the memory for the person of a row some places ahead fetched. */
static inline void fetch_ahead(const struct join *j, const struct table_scan *s)
{
	const struct kind *k = s->table->kind;
	const uint8_t *fixed = table_ahead(s, 12);
	if (fixed)
		people_prefetch(&j->people, id_key((uint64_t)value_load(k->columns[k->ids[0]].type, fixed + k->columns[k->ids[0]].offset)));
}

#endif
