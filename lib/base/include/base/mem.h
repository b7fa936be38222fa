/* mem: the few lifetimes of this program's memory.
 *
 * An arena gives memory that lives until arena_reset (one dossier, one block) or arena_release (one run). A buffer is a
 * growing run of bytes. When memory runs out the process stops at once with status 71: nothing of this program can go on
 * without it, and nothing half-made is ever visible (see io/output.h).
 */
#ifndef BIDUI_BASE_MEM_H
#define BIDUI_BASE_MEM_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Of a local that is filled before it is read, where it would show that all locals are zeroed (meson.build). */
#define UNSET __attribute__((uninitialized))

void *mem_alloc(size_t n);                       /* zeroed; never NULL */
void *mem_take(size_t n);                        /* not zeroed; never NULL: for libraries that let one choose */
void *mem_grow(void *p, size_t count, size_t size); /* realloc of count * size bytes, checked for overflow; never NULL */
char *mem_dup(struct str s);                     /* a NUL-terminated copy; free() it */

void mem_keep(void);                             /* from now on what is freed is kept for what comes: a new page costs more than its use */
void mem_frugal(void);                           /* what was freed, and from now on is, goes back to the system: where memory is short */
/* "512M", "2G": bytes, from 64 MiB to 1 TiB. 0, or -1. */
int mem_size(struct str text, uint64_t *ret);

struct arena_chunk;
struct arena {
	struct arena_chunk *chunks; /* newest first */
	size_t total;               /* bytes held */
};

void *arena_alloc(struct arena *a, size_t n); /* zeroed, aligned to 16; lives until reset or release */
struct str arena_dup(struct arena *a, struct str s);
const char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_reset(struct arena *a);   /* everything given is gone; the newest chunk is kept for the next round */
void arena_release(struct arena *a);

struct buf {
	char *p;
	size_t n, cap;
};

void buf_grow(struct buf *b, size_t more); /* what buf_reserve does when there is no room */

/* Room for more bytes behind n. */
static inline void buf_reserve(struct buf *b, size_t more)
{
	if (b->cap - b->n < more)
		buf_grow(b, more);
}

static inline void buf_put(struct buf *b, const void *p, size_t n)
{
	buf_reserve(b, n);
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

static inline void buf_puts(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.n);
}

static inline void buf_putc(struct buf *b, char c)
{
	buf_reserve(b, 1);
	b->p[b->n++] = c;
}

void buf_number(struct buf *b, uint64_t n, unsigned digits); /* with zeros in front up to so many digits, at most 20 */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_release(struct buf *b);
static inline struct str buf_str(const struct buf *b) { return (struct str){ b->p ? b->p : "", b->n }; }

/* qsort that takes an empty array, NULL or not; a few items, which dossiers mostly have, are put in order without its memory. */
void sort(void *items, size_t n, size_t size, int (*cmp)(const void *, const void *));

/* bsearch that takes an empty array, NULL or not. */
static inline void *search(const void *key, const void *items, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	return n ? bsearch(key, items, n, size, cmp) : NULL;
}

/* Push v on a growing array: T *items; size_t n, cap. */
#define VEC_PUSH(items, n, cap, v)                                                                   \
	do {                                                                                         \
		if ((n) == (cap)) {                                                                  \
			(cap) = (cap) ? 2 * (cap) : 16;                                              \
			(items) = mem_grow((items), (cap), sizeof *(items));                         \
		}                                                                                    \
		(items)[(n)++] = (v);                                                                \
	} while (0)

#endif
