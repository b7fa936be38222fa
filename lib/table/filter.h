/* filter: which keys may have been seen before, in about two bytes a key; never says no wrongly.
 *
 * A chain of blocked Bloom filters, each eight times the one before, so that a small table stays small and a large one is not
 * copied. A key sets two bits of one 64-bit word: one cache miss a filter. At most one in ten keys is suspected wrongly.
 */
#ifndef BIDUI_TABLE_FILTER_H
#define BIDUI_TABLE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#define FILTER_LEVELS 5 /* 2^20 .. 2^32 bits: more keys than a table can hold */

struct filter {
	uint64_t *words[FILTER_LEVELS];
	uint64_t keys[FILTER_LEVELS];
	int level;
};

/* Have the memory that filter_add will look at for this key fetched. */
void filter_prefetch(const struct filter *f, uint64_t key);
/* Add the key; whether it may have been there before. */
bool filter_add(struct filter *f, uint64_t key);
void filter_release(struct filter *f);

#endif
