#include "base/mem.h"

#include "base/leave.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static _Noreturn void out_of_memory(void)
{
	leave_now(STATUS_OSERR, LEAVE_NO_MEMORY);
}

#define HUGE_PAGE (UINT64_C(2) << 20)

/* Tables that are looked up at random cost a page walk a look-up; with huge pages they do not. */
static void *alloc_huge(size_t n)
{
	void *p;
	if (posix_memalign(&p, HUGE_PAGE, n) != 0)
		out_of_memory();
	madvise(p, n, MADV_HUGEPAGE);
	return memset(p, 0, n);
}

void *mem_alloc(size_t n)
{
	if (n >= HUGE_PAGE)
		return alloc_huge(n);
	void *p = calloc(1, n ? n : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *mem_take(size_t n)
{
	void *p = malloc(n ? n : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *mem_grow(void *p, size_t count, size_t size)
{
	size_t n;
	if (__builtin_mul_overflow(count, size, &n))
		out_of_memory();
	p = realloc(p, n ? n : 1);
	if (!p)
		out_of_memory();
	return p;
}

char *mem_dup(struct str s)
{
	char *p = mem_alloc(s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

/* On a virtual machine a page that is touched for the first time costs the system up to 17 us, as much as 100,000 instructions. Together with
 * pages of 2 MiB (cmd/bidui) this takes a third of the time off a run of a million persons. One arena, for threads to use again what others
 * have freed. */
void mem_keep(void)
{
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 128 << 20);
	mallopt(M_TOP_PAD, 2 << 20);
	mallopt(M_ARENA_MAX, 1);
}

/* What is large is a mapping of its own, which never leaves a hole behind; one arena for all threads. */
void mem_frugal(void)
{
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 4 << 20);
	mallopt(M_TOP_PAD, 0);
	mallopt(M_ARENA_MAX, 1);
	malloc_trim(0);
}

int mem_size(struct str text, uint64_t *ret)
{
	uint64_t n = 0;
	size_t i = 0;
	while (i < text.n && i < 7 && text.p[i] >= '0' && text.p[i] <= '9')
		n = 10 * n + (uint64_t)(text.p[i++] - '0');
	if (i + 1 != text.n || (text.p[i] != 'M' && text.p[i] != 'G'))
		return -1;
	*ret = n << (text.p[i] == 'M' ? 20 : 30);
	return *ret >= UINT64_C(64) << 20 && *ret <= UINT64_C(1) << 40 ? 0 : -1;
}

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	_Alignas(16) char bytes[];
};

#define CHUNK (64u << 10)

void *arena_alloc(struct arena *a, size_t n)
{
	struct arena_chunk *c = a->chunks;
	n = (n + 15) & ~(size_t)15;
	if (!c || c->size - c->used < n) {
		size_t size = n > CHUNK ? n : CHUNK;
		c = mem_grow(NULL, 1, sizeof *c + size);
		*c = (struct arena_chunk){ a->chunks, 0, size };
		a->chunks = c;
		a->total += size;
	}
	void *p = c->bytes + c->used;
	c->used += n;
	return memset(p, 0, n);
}

struct str arena_dup(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

const char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void arena_reset(struct arena *a)
{
	struct arena_chunk *keep = a->chunks;
	if (!keep)
		return;
	for (struct arena_chunk *c = keep->next, *next; c; c = next) {
		next = c->next;
		a->total -= c->size;
		free(c);
	}
	keep->next = NULL;
	keep->used = 0;
}

void arena_release(struct arena *a)
{
	arena_reset(a);
	free(a->chunks);
	*a = (struct arena){ 0 };
}

void buf_grow(struct buf *b, size_t more)
{
	size_t need = b->n + more;
	size_t cap = b->cap ? b->cap : 256;
	while (cap < need)
		cap *= 2;
	b->p = mem_grow(b->p, cap, 1);
	b->cap = cap;
}

void buf_number(struct buf *b, uint64_t n, unsigned digits)
{
	char text[20];
	unsigned at = sizeof text;
	do {
		text[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n || (at > 0 && sizeof text - at < digits));
	buf_put(b, text + at, sizeof text - at);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	buf_reserve(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

/* ---- order ---------------------------------------------------------------------------------------------------------------------------- */

#define FEW 12
#define SMALL 128 /* bytes of an item */

void sort(void *items, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	char *p = items, one[SMALL];
	if (n < 2)
		return;
	if (n > FEW || size > SMALL) {
		qsort(items, n, size, cmp);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		size_t to = i;
		while (to && cmp(p + (to - 1) * size, p + i * size) > 0)
			to--;
		if (to == i)
			continue;
		memcpy(one, p + i * size, size);
		memmove(p + (to + 1) * size, p + to * size, (i - to) * size);
		memcpy(p + to * size, one, size);
	}
}
