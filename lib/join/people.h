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
};

#define PEOPLE_KEY ((UINT64_C(1) << 47) - 1) /* of what stands in a slot; the flags are above it */

struct wanted_people {
	uint64_t *slots;        /* key and flags; 0: empty */
	uint32_t *groups;       /* group of each slot's person, or NONE */
	uint64_t cap, count;
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

static inline uint64_t people_key(const struct wanted_people *p, uint32_t slot) { return p->slots[slot] & PEOPLE_KEY; }
static inline unsigned people_flags(const struct wanted_people *p, uint32_t slot) { return (unsigned)(p->slots[slot] >> 47); }
static inline void people_mark(struct wanted_people *p, uint32_t slot, unsigned flags) { p->slots[slot] |= (uint64_t)flags << 47; }

#endif
