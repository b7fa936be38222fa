/* seen: numbers that came up, each once. Start with zeros. */
#ifndef BIDUI_VERIFY_SEEN_H
#define BIDUI_VERIFY_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen {
	uint64_t *slots;     /* 0: free */
	size_t count, cap;   /* cap: a power of two */
	uint64_t seed;       /* of where they stand: base/seed.h */
	bool zero;           /* the number 0 came up */
};

void seen_reserve(struct seen *s, size_t n);                          /* room for so many more */
bool seen_add(struct seen *s, uint64_t n);                           /* false: it was there */
uint64_t seen_add_all(struct seen *s, const struct seen *more);      /* how many of them were there */
void seen_release(struct seen *s);

#endif
