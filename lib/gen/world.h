/* world: the invented counties, derived block by block.
 *
 *   county   500901 + n, 400 villages, 20 to a township (the last 4 of a township are neighbourhoods)
 *   village  50 blocks
 *   block    8 houses with 1 - 6 people each, or one collective of 13 - 40; 48 seats in all
 *
 * world_block() derives a block from its number alone. Every seat has a number of its own in the county, and an id follows from
 * the seat: sequence = seat modulo 500 and the sex, day of birth = a band of 2048 days for the age and a day in it for
 * seat / 500. So no two people share an id unless an event wants it, and seats left empty give ids that nobody has.
 */
#ifndef BIDUI_GEN_WORLD_H
#define BIDUI_GEN_WORLD_H

#include "rng.h"

#include <stdint.h>

enum {
	HOUSES = 8, SEATS = 6, BLOCK_SEATS = HOUSES * SEATS,
	VILLAGE_BLOCKS = 50, COUNTY_VILLAGES = 400, TOWNSHIP_VILLAGES = 20,
	COUNTY_BLOCKS = VILLAGE_BLOCKS * COUNTY_VILLAGES,
	COUNTIES = 99,
	BAND_DAYS = 2048, /* 5.6 years */
};

/* The day that the invented events are arranged around: 2017-11-26, in days since 1900-01-01. */
#define AS_OF 43063

enum { RELATION_HEAD, RELATION_SPOUSE, RELATION_CHILD, RELATION_PARENT, RELATION_GRANDCHILD, RELATION_OTHER };
enum { HUKOU_RURAL, HUKOU_URBAN, HUKOU_RESIDENT, HUKOU_COLLECTIVE };
enum { STATE_NORMAL, STATE_DEAD, STATE_MOVED };
enum { POOR, EXITED, RELAPSED };

struct person {
	uint64_t seat;         /* in the whole world: block * BLOCK_SEATS + seat in it */
	uint64_t id;           /* id.h */
	uint32_t surname, given; /* names.h */
	uint8_t relation, type, state;
	uint8_t band;          /* of age */
	bool registered;       /* a member of its house's registry household */
};

/* What is arranged between two houses of a pair (0 and 1, 2 and 3 ...). */
enum event {
	EVENT_NONE,
	EVENT_OLD_SPLIT,  /* the even house is an old registered couple split off from the odd one */
	EVENT_DIVORCE,    /* the head of the odd house was the spouse of the even one's, same address */
	EVENT_TWICE,      /* the odd house's head is also in the even house's registry household */
	EVENT_RELOCATED,  /* the even house was relocated and went straight into the registry */
	EVENT_AWAY,       /* all of the even house live in another county */
	EVENT_CADRE,      /* the even house's head is a village cadre */
	EVENT_COUNT
};

struct house {
	uint64_t no;           /* block * HOUSES + place in it: the household number */
	unsigned first, count; /* its people in the block */
	uint64_t village;      /* in the whole world */
	uint64_t address;      /* houses with the same one live together */
	bool collective, registered, relocation, converted;
	uint8_t status;        /* of the registry household */
	uint8_t event;
	int entered_year, exited_year;
	int32_t split_on;      /* 0: not split off */
	uint64_t split_from;
};

struct block {
	uint64_t number;
	struct house houses[HOUSES];
	unsigned house_count;
	struct person people[BLOCK_SEATS];
	unsigned people_count;
};

struct world {
	uint64_t seed, persons;
	uint64_t blocks;      /* the last one holds what is left */
	unsigned last_people;
};

void world_init(struct world *w, uint64_t seed, uint64_t persons);
uint64_t world_villages(const struct world *w);
void world_block(const struct world *w, uint64_t number, struct block *ret);

/* The 12 digits of a village's region. */
uint64_t village_code(uint64_t village);
bool village_is_urban(uint64_t village); /* a neighbourhood */
/* The id of a seat; band 0 is the youngest. */
uint64_t seat_id(uint64_t seat, unsigned band, bool male);
/* A seat of the house that nobody has, or UINT64_MAX. */
uint64_t spare_seat(const struct block *b, const struct house *h);

#endif
