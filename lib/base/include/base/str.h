/* str: a borrowed slice of bytes, which may hold NUL and need not end in one.
 *
 * It never owns: whoever made the bytes says how long they live. A function whose name ends in _dup copies.
 */
#ifndef BIDUI_BASE_STR_H
#define BIDUI_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).n, (s).p

static inline struct str str_of(const char *z)
{
	return (struct str){ z, strlen(z) };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The order of bytes; a prefix comes first. Less than, equal to or greater than 0. */
static inline int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

/* Whether needle stands somewhere in s. */
static inline bool str_has(struct str s, struct str needle)
{
	return !needle.n || (s.n && memmem(s.p, s.n, needle.p, needle.n) != NULL);
}

#endif
