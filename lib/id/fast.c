/* A number without a fault, eight digits to a register: digits, province, day and check digit are looked at together. */
#include "id/id.h"

#include "id/day.h"
#include "province.h"

#include <endian.h>
#include <string.h>

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

bool id_parse_clean(const char *p, int32_t as_of, uint64_t *ret)
{
	uint64_t a = load_8(p), b = load_8(p + 8), birth = load_8(p + 6);
	unsigned last = (unsigned char)p[16] - '0', check = (unsigned char)p[17];
	if (not_digits(a) | not_digits(b) | (last > 9))
		return false;
	a &= ALL(0x0F);
	b &= ALL(0x0F);
	unsigned sum = dot_4(a, WEIGHTS(7, 10, 8, 2)) + dot_4(a >> 8, WEIGHTS(9, 5, 4, 1)) +
		dot_4(b, WEIGHTS(6, 7, 10, 8)) + dot_4(b >> 8, WEIGHTS(3, 9, 5, 4)) + 2 * last;
	if ((unsigned char)"10X98765432"[sum % 11] != check)
		return false;
	uint64_t region = pairs(a), day_pairs = pairs(birth & ALL(0x0F));
	if (!id_is_province(pair(region, 0)))
		return false;
	int32_t day = day_of((int)(100 * pair(day_pairs, 0) + pair(day_pairs, 1)), (int)pair(day_pairs, 2), (int)pair(day_pairs, 3));
	if (day < 0 || day > as_of)
		return false;
	unsigned sequence = 100 * (unsigned)(b >> 48 & 0xF) + 10 * (unsigned)(b >> 56) + last;
	uint64_t weak = sequence % 100 == 0 && check == '0' ? ID_WEAK : 0;
	*ret = id_pack(10000 * pair(region, 0) + 100 * pair(region, 1) + pair(region, 2), day, sequence) | weak;
	return true;
}
