/* A number without a fault, eight digits to a register, or sixteen: digits, province, day and check digit are looked at together. */
#include "id/id.h"

#include "base/cpu.h"
#include "id/day.h"
#include "province.h"

#include <endian.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define ALL(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t load_8(const char *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return le64toh(v);
}

/* Not 0 when a byte is no digit: a digit keeps its high half, 3, when 6 is added. */
static inline uint64_t not_digits(uint64_t v)
{
	return ((v & ALL(0xF0)) ^ ALL(0x30)) | (((v + ALL(0x06)) & ALL(0xF0)) ^ ALL(0x30));
}

/* Eight digits (0 to 9 each) -> four numbers of two digits, 16 bits each, the first lowest. */
static inline uint64_t pairs(uint64_t digits)
{
	return (digits * 10 + (digits >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
}

static inline unsigned pair(uint64_t pairs, int i)
{
	return pairs >> 16 * i & 0xFF;
}

/* The sum of four bytes at even places, each times its weight: the weights stand backwards in w, so that the sum comes out on top. */
static inline unsigned dot_4(uint64_t bytes, uint64_t w)
{
	return (unsigned)((bytes & UINT64_C(0x00FF00FF00FF00FF)) * w >> 48);
}

#define WEIGHTS(a, b, c, d) ((uint64_t)(d) | (uint64_t)(c) << 16 | (uint64_t)(b) << 32 | (uint64_t)(a) << 48)

/* Whether the weighted sum of the first 17 digits asks for this check digit. */
static inline bool is_checked(unsigned sum, unsigned check)
{
	return (unsigned char)"10X98765432"[sum % 11] == check;
}

static inline uint64_t weak_of(unsigned sequence, unsigned check)
{
	return sequence % 100 == 0 && check == '0' ? ID_WEAK : 0;
}

static inline bool parse_portable(const char *p, int32_t as_of, uint64_t *ret)
{
	uint64_t a = load_8(p), b = load_8(p + 8), birth = load_8(p + 6);
	unsigned last = (unsigned char)p[16] - '0', check = (unsigned char)p[17];
	if (not_digits(a) | not_digits(b) | (last > 9))
		return false;
	a &= ALL(0x0F);
	b &= ALL(0x0F);
	unsigned sum = dot_4(a, WEIGHTS(7, 10, 8, 2)) + dot_4(a >> 8, WEIGHTS(9, 5, 4, 1)) +
		dot_4(b, WEIGHTS(6, 7, 10, 8)) + dot_4(b >> 8, WEIGHTS(3, 9, 5, 4)) + 2 * last;
	if (!is_checked(sum, check))
		return false;
	uint64_t region = pairs(a), day_pairs = pairs(birth & ALL(0x0F));
	if (!id_is_province(pair(region, 0)))
		return false;
	int32_t day = day_of((int)(100 * pair(day_pairs, 0) + pair(day_pairs, 1)), (int)pair(day_pairs, 2), (int)pair(day_pairs, 3));
	if (day < 0 || day > as_of)
		return false;
	unsigned sequence = 100 * (unsigned)(b >> 48 & 0xF) + 10 * (unsigned)(b >> 56) + last;
	*ret = id_pack(10000 * pair(region, 0) + 100 * pair(region, 1) + pair(region, 2), day, sequence) | weak_of(sequence, check);
	return true;
}

static void each_portable(const char *const texts[], unsigned n, int32_t as_of, uint64_t ret[])
{
	for (unsigned i = 0; i < n; i++)
		if (!parse_portable(texts[i], as_of, &ret[i]))
			ret[i] = 0;
}

#ifdef __x86_64__
#define AVX2 __attribute__((target("avx2")))

/* The sum of four numbers. */
AVX2 static inline unsigned sum_4(__m128i v)
{
	v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4E));
	return (unsigned)_mm_cvtsi128_si32(_mm_add_epi32(v, _mm_shuffle_epi32(v, 0xB1)));
}

AVX2 static inline bool parse_avx2(const char *p, int32_t as_of, uint64_t *ret)
{
	const __m128i weights = _mm_setr_epi8(7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4);
	const __m128i tens = _mm_set1_epi16(1 << 8 | 10); /* 10 and 1 in turn */
	/* From the pairs of digits rr rr rr yy yy mm dd ss: rr rr, rr -, yy yy, ss - side by side, and their weights. */
	const __m128i order = _mm_setr_epi8(0, 1, 2, 3, 4, 5, -1, -1, 6, 7, 8, 9, 14, 15, -1, -1);
	const __m128i hundreds = _mm_setr_epi16(10000, 100, 1, 0, 100, 1, 10, 0);
	__m128i digits = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), _mm_set1_epi8('0'));
	unsigned last = (unsigned char)p[16] - '0', check = (unsigned char)p[17];
	if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits)) != 0xFFFF || last > 9)
		return false;
	if (!is_checked(sum_4(_mm_madd_epi16(_mm_maddubs_epi16(digits, weights), _mm_set1_epi16(1))) + 2 * last, check))
		return false;
	__m128i two = _mm_maddubs_epi16(digits, tens), numbers = _mm_madd_epi16(_mm_shuffle_epi8(two, order), hundreds);
	uint64_t region = (uint64_t)_mm_cvtsi128_si64(numbers), year = (uint64_t)_mm_extract_epi64(numbers, 1);
	if (!(id_provinces[p[0] - '0'] >> (p[1] - '0') & 1))
		return false;
	int32_t day = day_of((int)(uint32_t)year, _mm_extract_epi16(two, 5), _mm_extract_epi16(two, 6));
	if (day < 0 || day > as_of)
		return false;
	unsigned sequence = (unsigned)(year >> 32) + last;
	*ret = id_pack((uint32_t)region + (uint32_t)(region >> 32), day, sequence) | weak_of(sequence, check);
	return true;
}

AVX2 static void each_avx2(const char *const texts[], unsigned n, int32_t as_of, uint64_t ret[])
{
	for (unsigned i = 0; i < n; i++)
		if (!parse_avx2(texts[i], as_of, &ret[i]))
			ret[i] = 0;
}
#else
#define each_avx2 each_portable
#endif

void id_parse_each(const char *const texts[], unsigned n, int32_t as_of, uint64_t ret[])
{
	(cpu_avx2() ? each_avx2 : each_portable)(texts, n, as_of, ret);
}

bool id_parse_clean(const char *p, int32_t as_of, uint64_t *ret)
{
	uint64_t stored;
	id_parse_each(&p, 1, as_of, &stored);
	if (stored)
		*ret = stored;
	return stored != 0;
}
