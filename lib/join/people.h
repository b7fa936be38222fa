/* people: a set of persons by key, each with flags and a group; built once, then asked tens of millions of times.
 *
 * A person has a slot, which does not move any more once nobody is added.
 */
#ifndef BIDUI_JOIN_PEOPLE_H
#define BIDUI_JOIN_PEOPLE_H

#include "dossier/dossier.h"
#include "sieve.h"

enum wanted_flag {
	WANTED_PRINCIPAL = 1,   /* a seed, or of a seed's household */
	WANTED_REGISTERED = 2,
	WANTED_HARD = 4,        /* several household rows or a death row: who and where is worked out from all of them */
	WANTED_PARTNER = 8,     /* named beside a registered person */
	WANTED_ALIVE = 16,      /* of hard ones */
	WANTED_PLACED = 32,     /* in their own dossier and no other */
};

struct wanted_person {          /* 12 bytes: what is asked of one lies in one place of memory */
	uint32_t low;           /* bits of the key; all 0: an empty slot */
	uint16_t high;
	uint16_t flags;
	uint32_t group;         /* or NONE; with WANTED_PLACED the number of the only dossier */
};

struct wanted_people {
	struct wanted_person *slots;
	uint64_t cap, count;
	uint64_t seed;          /* of the hash: base/seed.h */
	struct sieve sieve;     /* in front of the slots, made by people_settle */
};

void people_reserve(struct wanted_people *p, uint64_t count); /* room for so many without growing */
/* The person's slot, good until the next people_add. */
uint32_t people_add(struct wanted_people *p, uint64_t key, unsigned flags);
/* Nobody is added any more: slots stay, and may be looked for from any thread. */
void people_settle(struct wanted_people *p);
uint32_t people_look(const struct wanted_people *p, uint64_t key);  /* slot, or NONE; also before people_settle */
uint32_t people_find(const struct wanted_people *p, uint64_t key);  /* the same, after it */
/* The slots of n keys, their memory fetched together. */
void people_find_all(const struct wanted_people *p, const uint64_t *keys, uint32_t n, uint32_t *ret);
void people_release(struct wanted_people *p);

static inline uint64_t people_key(const struct wanted_people *p, uint32_t slot)
{
	return (uint64_t)p->slots[slot].high << 32 | p->slots[slot].low;
}
static inline unsigned people_flags(const struct wanted_people *p, uint32_t slot) { return p->slots[slot].flags; }
static inline void people_mark(struct wanted_people *p, uint32_t slot, unsigned flags) { p->slots[slot].flags |= (uint16_t)flags; }

#endif
