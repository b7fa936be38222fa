#include "run.h"

#include "marks.h"

/* Append where the bytes behind the ends of a chunk stand. Eight at a time are written, whatever they are: CHUNK of room. Inlined, it is
 * made for the processor of who calls it. */
static inline __attribute__((always_inline)) uint32_t *put_ends(uint32_t *to, uint32_t first, uint64_t ends)
{
	uint32_t *end = to + __builtin_popcountll(ends);
	do {
		for (unsigned k = 0; k < 8; k++) {
			to[k] = first + (ends ? (uint32_t)__builtin_ctzll(ends) : CHUNK);
			ends &= ends - 1;
		}
		to += 8;
	} while (ends);
	return end;
}

#define TARGET
#define NAME fields_portable
#define MARKS marks_portable
#include "fields.h"

#ifdef __x86_64__
#define TARGET MARKS_TARGET
#define NAME fields_avx2
#define MARKS marks_avx2
#include "fields.h"
#else
#define fields_avx2 fields_portable
#endif

size_t run_begins(unsigned width)
{
	return CSV_RUN * (size_t)width + 1 + 2 * CHUNK;
}

unsigned run_find(const char *p, size_t n, const struct csv_rules *rules, bool avx2, unsigned width, uint32_t *begins)
{
	const struct csv_limits *l = &rules->limits;
	size_t most = l->field < l->record ? l->field : l->record;
	if (most >= l->hold)
		most = l->hold - 1;
	return (avx2 ? fields_avx2 : fields_portable)(p, n < UINT32_MAX ? n : UINT32_MAX, rules->delimiter, most, width, begins);
}
