/* The algorithm of Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2020): three tables, by the high and
 * low half of a byte and the high half of the next one, say which errors a pair of bytes may be part of; an error is what all three
 * agree on. Where longer characters go on is checked by what stands two and three bytes before.
 */
#include "utf8_avx2.h"

#include <stdint.h>

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* Errors of a pair of bytes, one bit each. */
enum {
	TOO_SHORT = 1 << 0,  /* a lead, and no tail behind it */
	TOO_LONG = 1 << 1,   /* ASCII, and a tail behind it */
	OVERLONG_3 = 1 << 2,
	TOO_LARGE = 1 << 3,
	SURROGATE = 1 << 4,
	OVERLONG_2 = 1 << 5,
	TOO_LARGE_1000 = 1 << 6,
	OVERLONG_4 = 1 << 6,
	TWO_TAILS = 1 << 7,  /* right when the two bytes before ask for it */
	CARRY = TOO_SHORT | TOO_LONG | TWO_TAILS,
};

#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)

AVX2 static inline __m256i look_up(__m256i table, __m256i half)
{
	return _mm256_shuffle_epi8(table, half);
}

AVX2 static inline __m256i high_half(__m256i v)
{
	return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0F));
}

/* v moved on by k bytes, with the last k bytes of what stood before. */
#define BEFORE(v, before, k) _mm256_alignr_epi8(v, _mm256_permute2x128_si256(before, v, 0x21), 16 - (k))

AVX2 static inline __m256i errors_of(__m256i v, __m256i before)
{
	const char L = (char)TOO_LONG, S = (char)TOO_SHORT, T = (char)TWO_TAILS;
	const __m256i first_high = TWICE(L, L, L, L, L, L, L, L, T, T, T, T, (char)(TOO_SHORT | OVERLONG_2), S,
		(char)(TOO_SHORT | OVERLONG_3 | SURROGATE), (char)(TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4));
	const char F = (char)(CARRY | TOO_LARGE | TOO_LARGE_1000), C = (char)CARRY;
	const __m256i first_low = TWICE((char)(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4), (char)(CARRY | OVERLONG_2), C, C,
		(char)(CARRY | TOO_LARGE), F, F, F, F, F, F, F, F, (char)(CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE), F, F);
	const char A = (char)(TOO_LONG | OVERLONG_2 | TWO_TAILS);
	const __m256i second_high = TWICE(S, S, S, S, S, S, S, S, (char)(A | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4),
		(char)(A | OVERLONG_3 | TOO_LARGE), (char)(A | SURROGATE | TOO_LARGE), (char)(A | SURROGATE | TOO_LARGE), S, S, S, S);
	__m256i one = BEFORE(v, before, 1), two = BEFORE(v, before, 2), three = BEFORE(v, before, 3);
	__m256i pair = _mm256_and_si256(_mm256_and_si256(look_up(first_high, high_half(one)),
		look_up(first_low, _mm256_and_si256(one, _mm256_set1_epi8(0x0F)))), look_up(second_high, high_half(v)));
	/* Bit 7 where the byte two before is E0 or more, or the one three before F0 or more: two tails are right there, and needed. */
	__m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8((char)(0xE0 - 0x80)));
	__m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8((char)(0xF0 - 0x80)));
	__m256i needed = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
	return _mm256_xor_si256(needed, pair);
}

/* The last character that begins at or before p[n]. */
static size_t character_start(const char *p, size_t n)
{
	for (int k = 0; k < 3 && n && ((unsigned char)p[n] & 0xC0) == 0x80; k++)
		n--;
	return n;
}

AVX2 size_t utf8_check_avx2(const char *p, size_t n)
{
	__m256i before = _mm256_setzero_si256();
	size_t i = 0;
	for (; i + 64 <= n; i += 64) {
		__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + i + 32));
		if (!_mm256_movemask_epi8(_mm256_or_si256(a, b)) && !_mm256_movemask_epi8(before)) {
			before = b;
			continue;
		}
		__m256i errors = _mm256_or_si256(errors_of(a, before), errors_of(b, a));
		if (!_mm256_testz_si256(errors, errors))
			break;
		before = b;
	}
	/* What stands before p[i] is sound but for a character that p[i] may cut. */
	return i ? character_start(p, i - 1) : 0;
}
#else
size_t utf8_check_avx2(const char *p, size_t n)
{
	(void)p;
	(void)n;
	return 0;
}
#endif
