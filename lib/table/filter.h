/* filter: which keys may have been seen before, in about a byte a key; never says no wrongly.
 *
 * A chain of blocked Bloom filters: the first as large as the keys expected ask for, each next one up to four times the one before,
 * so that a small table stays small and a large one is not copied. A key sets four bits of one 64-bit word: one cache miss a filter.
 * About one in a hundred keys is suspected wrongly, as long as the memory that is allowed is a byte a key; with less more are.
 */
#ifndef BIDUI_TABLE_FILTER_H
#define BIDUI_TABLE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#define FILTER_LEVELS 8 /* the last one takes all that comes */
#define FILTER_GROUP 32 /* keys */

struct filter {
	uint64_t *words[FILTER_LEVELS];
	uint8_t bits[FILTER_LEVELS]; /* log2 of the bits of a level */
	uint64_t room;               /* keys that the level still takes */
	uint64_t most;               /* bytes of all levels together */
	int level;
};

/* A group of keys whose memory is on its way. */
struct filter_group {
	uint64_t h[FILTER_GROUP];
	unsigned n;
};

/* most: bytes, or 0 for as many as are good; at least FILTER_LEAST are taken. */
#define FILTER_LEAST (UINT64_C(1) << 17)
void filter_init(struct filter *f, uint64_t expected, uint64_t most);
/* Fetch the memory of up to FILTER_GROUP keys of keys[0 .. n). */
void filter_fetch(const struct filter *f, const uint64_t *keys, uint32_t n, struct filter_group *ret);
/* Add them. Bit i: key i may have been there before. */
uint64_t filter_add(struct filter *f, const struct filter_group *g);
bool filter_has(const struct filter *f, uint64_t key); /* whether it may have been added */
void filter_release(struct filter *f);

#endif
