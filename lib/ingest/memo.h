/* memo: what the short texts of a column were read as, since most columns hold few different ones again and again.
 *
 * A direct-mapped cache per column: a text is looked for in one place only, and takes the place of what stood there. What a text
 * is read as depends on nothing but the column and the job, so a hit is always right.
 */
#ifndef BIDUI_INGEST_MEMO_H
#define BIDUI_INGEST_MEMO_H

#include "base/str.h"
#include "value/reason.h"

#include <stdint.h>

#define MEMO_TEXT 24   /* bytes; a longer text is not remembered */
#define MEMO_PLACES 64 /* of a column */

/* A text of up to MEMO_TEXT bytes as three words that overlap: equal when and only when n and the bytes are. */
struct memo_key {
	uint64_t first, middle, last;
	uint32_t n; /* bytes; 0: none */
};

struct memo {
	struct memo_place {
		struct memo_key key;
		uint32_t reason; /* enum reason */
		int64_t value;
	} places[MEMO_PLACES];
};

static inline uint64_t memo_word(const char *p)
{
	uint64_t w;
	memcpy(&w, p, sizeof w);
	return w;
}

/* text: 1 to MEMO_TEXT bytes. */
static inline struct memo_key memo_key(struct str text)
{
	struct memo_key k = { .n = (uint32_t)text.n };
	uint32_t low, high;
	if (text.n >= 8) {
		k.first = memo_word(text.p);
		k.middle = memo_word(text.p + (text.n - 8) / 2);
		k.last = memo_word(text.p + text.n - 8);
	} else if (text.n >= 4) {
		memcpy(&low, text.p, 4);
		memcpy(&high, text.p + text.n - 4, 4);
		k.first = (uint64_t)high << 32 | low;
	} else {
		const unsigned char *u = (const unsigned char *)text.p;
		k.first = u[0] | (unsigned)u[text.n / 2] << 8 | (unsigned)u[text.n - 1] << 16;
	}
	return k;
}

/* The place where key is or may be put. */
static inline struct memo_place *memo_at(struct memo *m, const struct memo_key *k)
{
	uint64_t h = (k->first ^ k->n) * UINT64_C(0x9E3779B97F4A7C15) + (k->middle + k->last) * UINT64_C(0xD6E8FEB86659FD93);
	return &m->places[h >> 58];
}

static inline bool memo_holds(const struct memo_place *p, const struct memo_key *k)
{
	return p->key.n == k->n && p->key.first == k->first && p->key.middle == k->middle && p->key.last == k->last;
}

#endif
