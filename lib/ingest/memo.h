/* memo: what the short texts of a column were read as, since most columns hold few different ones again and again.
 *
 * A cache per column: a text is looked for in two places only, and takes the place of what stood there longest. What a text
 * is read as depends on nothing but the column and the job, so a hit is always right.
 */
#ifndef BIDUI_INGEST_MEMO_H
#define BIDUI_INGEST_MEMO_H

#include "base/str.h"
#include "value/reason.h"

#include <stdint.h>

#define MEMO_TEXT 32    /* bytes; a longer text is not remembered */
#define MEMO_SHORT 16   /* bytes: those that most texts keep within are looked for with one register */
#define MEMO_PLACES 256 /* of a column */

typedef uint64_t memo_words __attribute__((vector_size(16)));

/* A text of up to MEMO_TEXT bytes, filled up with zeros: equal when and only when n and the bytes are. */
struct memo_key {
	memo_words first, last;
	uint32_t n; /* bytes; 0: none */
};

struct memo {
	struct memo_place {
		struct memo_key key;
		uint32_t reason; /* enum reason */
		int64_t value;
	} places[MEMO_PLACES];
};

static inline memo_words memo_load(const void *p)
{
	memo_words w;
	memcpy(&w, p, sizeof w);
	return w;
}

/* n bytes of ones and then zeros stand from [MEMO_TEXT - n] on. */
static const unsigned char memo_ones[2 * MEMO_TEXT] = { [0 ... MEMO_TEXT - 1] = 0xFF };

/* text: up to MEMO_TEXT bytes, and as many readable at p. */
static inline struct memo_key memo_key(const char *p, size_t n)
{
	const unsigned char *mask = memo_ones + MEMO_TEXT - n;
	return (struct memo_key){ memo_load(p) & memo_load(mask), memo_load(p + 16) & memo_load(mask + 16), (uint32_t)n };
}

/* The same of up to MEMO_SHORT bytes. */
static inline struct memo_key memo_short_key(const char *p, size_t n)
{
	return (struct memo_key){ .first = memo_load(p) & memo_load(memo_ones + MEMO_TEXT - n), .n = (uint32_t)n };
}

/* The first of the two places, side by side, where key is or may be put. */
static inline struct memo_place *memo_at(struct memo *m, const struct memo_key *k)
{
	memo_words w = k->first ^ (k->last << 23 | k->last >> 41);
	uint64_t h = w[0] ^ (w[1] << 31 | w[1] >> 33);
	return &m->places[(h ^ h >> 32) * UINT64_C(0x9E3779B97F4A7C15) >> 57 << 1];
}

static inline bool memo_holds(const struct memo_place *p, const struct memo_key *k)
{
	memo_words other = (p->key.first ^ k->first) | (p->key.last ^ k->last);
	return !(other[0] | other[1] | (p->key.n ^ k->n));
}

/* The same, for a short one: what it is equal to is as short. */
static inline bool memo_holds_short(const struct memo_place *p, const struct memo_key *k)
{
	memo_words other = p->key.first ^ k->first;
	return !(other[0] | other[1] | (p->key.n ^ k->n));
}

/* The place that holds the key, or NULL. */
static inline struct memo_place *memo_find(struct memo *m, const struct memo_key *k)
{
	struct memo_place *p = memo_at(m, k);
	return memo_holds(p, k) ? p : memo_holds(p + 1, k) ? p + 1 : NULL;
}

static inline struct memo_place *memo_find_short(struct memo *m, const struct memo_key *k)
{
	struct memo_place *p = memo_at(m, k);
	return memo_holds_short(p, k) ? p : memo_holds_short(p + 1, k) ? p + 1 : NULL;
}

/* Remember; of the two the one that came later stays. */
static inline void memo_put(struct memo *m, const struct memo_place *new)
{
	struct memo_place *p = memo_at(m, &new->key);
	p[1] = p[0];
	p[0] = *new;
}

#endif
