/* filter: which keys may have been seen before, in about two bytes a key; never says no wrongly.
 *
 * A chain of blocked Bloom filters: the first as large as the keys expected ask for, each next one up to eight times the one before,
 * so that a small table stays small and a large one is not copied. A key sets four bits of one 64-bit word: one cache miss a filter.
 * About one in a hundred keys is suspected wrongly, and fewer where the number of keys was known.
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
	int level;
};

void filter_init(struct filter *f, uint64_t expected);
/* Add n keys, n up to FILTER_GROUP, whose memory is fetched together. Bit i: key i may have been there before. */
uint64_t filter_add(struct filter *f, const uint64_t *keys, unsigned n);
void filter_release(struct filter *f);

#endif
