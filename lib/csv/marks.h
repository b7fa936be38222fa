/* marks: which of 64 bytes are delimiters, line ends or quotes: by AVX2, or eight bytes at a time. */
#ifndef BIDUI_CSV_MARKS_H
#define BIDUI_CSV_MARKS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define CHUNK 64 /* bytes looked at together: one bit each */

/* Bit i: p[i] is such a byte. */
struct marks {
	uint64_t delimiters, lf, cr, quotes;
};

/* Eight bytes at a time, without a branch: bit 7 of each byte that equals c. */
static inline uint64_t equal_8(uint64_t v, unsigned char c)
{
	const uint64_t low = UINT64_C(0x7F7F7F7F7F7F7F7F);
	v ^= UINT64_C(0x0101010101010101) * c;
	return ~(((v & low) + low) | v | low);
}

/* Bits 7 of eight bytes -> eight bits, the first byte's lowest. */
static inline uint64_t gather_8(uint64_t v)
{
	return (v >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline __attribute__((unused)) struct marks marks_portable(const char *p, char delimiter)
{
	struct marks m = { 0 };
	for (int i = 0; i < CHUNK; i += 8) {
		uint64_t v;
		memcpy(&v, p + i, sizeof v);
		v = le64toh(v);
		m.delimiters |= gather_8(equal_8(v, (unsigned char)delimiter)) << i;
		m.lf |= gather_8(equal_8(v, '\n')) << i;
		m.cr |= gather_8(equal_8(v, '\r')) << i;
		m.quotes |= gather_8(equal_8(v, '"')) << i;
	}
	return m;
}

#ifdef __x86_64__
#define MARKS_TARGET __attribute__((target("avx2,bmi,popcnt")))

MARKS_TARGET static inline uint64_t equal_64(__m256i a, __m256i b, char c)
{
	__m256i v = _mm256_set1_epi8(c);
	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, v)) |
	       (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, v)) << 32;
}

MARKS_TARGET static inline __attribute__((unused)) struct marks marks_avx2(const char *p, char delimiter)
{
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p), b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
	return (struct marks){ equal_64(a, b, delimiter), equal_64(a, b, '\n'), equal_64(a, b, '\r'), equal_64(a, b, '"') };
}

#endif

#endif
