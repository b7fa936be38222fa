/* people: a set of persons by key, each with flags and a group; collected, then asked tens of millions of times.
 *
 * While people are collected they stand in a table that grows (struct people_found), or, when each comes but once, wherever the caller
 * puts them. Settled (struct wanted_people) a person takes 9 bytes and has a slot, which does not move.
 *
 * A settled person lies in a bucket by the first bits of their key, scattered; the rest of it stands beside them, so nothing of a key
 * is lost. How keys are scattered differs from run to run, so nobody can make them collide; no output depends on it.
 */
#ifndef BIDUI_JOIN_PEOPLE_H
#define BIDUI_JOIN_PEOPLE_H

#include "dossier/dossier.h"
#include "id/id.h"
#include "sieve.h"

enum wanted_flag {
	WANTED_PRINCIPAL = 1,   /* a seed, or of a seed's household */
	WANTED_REGISTERED = 2,
	WANTED_HARD = 4,        /* several household rows or a death row: who and where is worked out from all of them */
	WANTED_PARTNER = 8,     /* named beside a registered person */
	WANTED_ALIVE = 16,      /* of hard ones */
	WANTED_PLACED = 32,     /* in their own dossier and no other */
};

/* A way to scatter keys of ID_KEY_BITS bits, which can be undone. */
struct scatter {
	uint64_t a, b, a_back, b_back;
};
void scatter_make(struct scatter *s, uint64_t seed);
static inline uint64_t scatter_key(const struct scatter *s, uint64_t key) /* of as many bits */
{
	uint64_t h = key * s->a & ID_KEY_MASK;
	return (h ^ h >> 24) * s->b & ID_KEY_MASK;
}

/* ---- collected ----------------------------------------------------------------------------------------------------------------------------- */

struct found_person {
	uint32_t low;           /* bits of the key; all 0: nobody */
	uint16_t high;
	uint16_t flags;
	uint32_t group;         /* or NONE */
};

static inline uint64_t found_key(const struct found_person *p) { return (uint64_t)p->high << 32 | p->low; }
static inline struct found_person found_person(uint64_t key, unsigned flags, uint32_t group)
{
	return (struct found_person){ (uint32_t)key, (uint16_t)(key >> 32), (uint16_t)flags, group };
}

struct people_found {
	struct found_person *slots;
	uint64_t cap, count;
	struct scatter scatter; /* set before anybody is added */
};

void found_reserve(struct people_found *f, uint64_t count); /* room for so many without growing */
/* The person, added when new; good until the next found_add. */
struct found_person *found_add(struct people_found *f, uint64_t key, unsigned flags);
void found_fetch(const struct people_found *f, uint64_t key); /* early: the memory of what will be asked */
/* Each of them, their memory fetched early. */
void found_add_all(struct people_found *f, const uint64_t *keys, size_t n, unsigned flags);
struct found_person *found_look(const struct people_found *f, uint64_t key); /* or NULL */
void found_release(struct people_found *f);

/* ---- settled ------------------------------------------------------------------------------------------------------------------------------- */

struct wanted_person {
	uint32_t rest;          /* of the scattered key, behind the bits of the bucket */
	uint32_t group;         /* or NONE; with WANTED_PLACED the number of the only dossier */
	uint8_t flags;
} __attribute__((packed));

struct wanted_people {
	struct wanted_person *slots;
	uint32_t *buckets;      /* the first slot of each, and the end */
	uint64_t count;
	unsigned bits;          /* of a bucket's number */
	struct scatter scatter;
	struct sieve sieve;     /* in front of the slots */
};

/* Settle so many people. They come part by part: those whose scattered keys begin with the bits 0, with 1 ... of part_bits. Some of the
 * places may be empty. sieve_bits: a person, or up to twice as many. */
#define PEOPLE_PART_BITS 6
#define PEOPLE_PARTS (1u << PEOPLE_PART_BITS)
void people_begin(struct wanted_people *p, const struct scatter *s, uint64_t count, unsigned sieve_bits);
void people_take(struct wanted_people *p, const struct found_person *some, size_t n, unsigned part, unsigned part_bits);

static inline unsigned people_part(const struct scatter *s, uint64_t key)
{
	return (unsigned)(scatter_key(s, key) >> (ID_KEY_BITS - PEOPLE_PART_BITS));
}

uint32_t people_find(const struct wanted_people *p, uint64_t key);  /* slot, or NONE */
/* The slots of n keys, their memory fetched together. */
void people_find_all(const struct wanted_people *p, const uint64_t *keys, uint32_t n, uint32_t *ret);
uint64_t people_key(const struct wanted_people *p, uint32_t slot);  /* by a search: not for every row */
uint64_t people_bytes(const struct wanted_people *p);               /* of memory, about */
void people_release(struct wanted_people *p);

/* Everybody in the buckets [first .. end), with their keys; people_buckets of them are all. */
struct people_walk {
	uint32_t slot, bucket, end; /* end: the slot behind the last */
};
static inline uint32_t people_buckets(const struct wanted_people *p) { return p->count ? UINT32_C(1) << p->bits : 0; }
struct people_walk people_walk(const struct wanted_people *p, uint32_t first, uint32_t end);
bool people_next(const struct wanted_people *p, struct people_walk *w, uint32_t *slot, uint64_t *key);

static inline unsigned people_flags(const struct wanted_people *p, uint32_t slot) { return p->slots[slot].flags; }
static inline void people_mark(struct wanted_people *p, uint32_t slot, unsigned flags) { p->slots[slot].flags |= (uint8_t)flags; }

#endif
