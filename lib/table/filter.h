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
#define FILTER_AHEAD 16 /* keys to fetch the memory of before the first of them is added */

struct filter {
	uint64_t *words[FILTER_LEVELS];
	uint8_t bits[FILTER_LEVELS]; /* log2 of the bits of a level */
	uint64_t room;               /* keys that the level still takes */
	int level;
};

void filter_init(struct filter *f, uint64_t expected);
/* Have the memory that filter_add will look at for this key fetched. */
void filter_prefetch(const struct filter *f, uint64_t key);
/* Add the key; whether it may have been there before. */
bool filter_add(struct filter *f, uint64_t key);
void filter_release(struct filter *f);

#endif
