#include "text/utf8.h"

#include "base/cpu.h"
#include "utf8_avx2.h"

#include <stdint.h>

static bool tail(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* Whether `second` may stand behind the lead byte: the place where overlong forms, surrogates and too large numbers show. */
static bool second_fits(unsigned char lead, unsigned char second)
{
	switch (lead) {
	case 0xE0: return second >= 0xA0 && second <= 0xBF;
	case 0xED: return second >= 0x80 && second <= 0x9F;
	case 0xF0: return second >= 0x90 && second <= 0xBF;
	case 0xF4: return second >= 0x80 && second <= 0x8F;
	default: return tail(second);
	}
}

int utf8_at(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	if (u[0] < 0x80)
		return 1;
	if (u[0] < 0xC2 || u[0] > 0xF4)
		return 0;
	size_t len = u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
	if (n > 1 && !second_fits(u[0], u[1]))
		return 0;
	for (size_t i = 2; i < len && i < n; i++)
		if (!tail(u[i]))
			return 0;
	return n < len ? -1 : (int)len;
}

/* utf8_check from p[i], where a character begins. */
static size_t check_from(const char *p, size_t i, size_t n)
{
	while (i < n) {
		const unsigned char *u = (const unsigned char *)p + i;
		if (u[0] < 0x80) {
			uint64_t eight;
			if (n - i >= 8 && (memcpy(&eight, u, 8), !(eight & UINT64_C(0x8080808080808080))))
				i += 8;
			else
				i++;
			continue;
		}
		/* The common Chinese character, without a call: E1-EC or EE, EF and two tails. */
		if (u[0] > 0xE0 && u[0] < 0xF0 && u[0] != 0xED && n - i >= 3 && tail(u[1]) && tail(u[2])) {
			i += 3;
			continue;
		}
		int k = utf8_at(p + i, n - i);
		if (k <= 0)
			break;
		i += (size_t)k;
	}
	return i;
}

size_t utf8_check(const char *p, size_t n)
{
	return check_from(p, n >= UTF8_AVX2_MIN && cpu_avx2() ? utf8_check_avx2(p, n) : 0, n);
}

size_t utf8_count_bad(struct str s, bool cut)
{
	size_t bad = 0;
	for (size_t i = 0;;) {
		i += utf8_check(s.p + i, s.n - i);
		if (i == s.n)
			return bad;
		if (cut && utf8_at(s.p + i, s.n - i) < 0)
			return bad;
		bad++;
		i++;
	}
}

void utf8_mend(struct str s, struct buf *out)
{
	for (size_t i = 0;;) {
		size_t good = utf8_check(s.p + i, s.n - i);
		buf_put(out, s.p + i, good);
		i += good;
		if (i == s.n)
			return;
		buf_puts(out, STR("\xEF\xBF\xBD"));
		i++;
	}
}

unsigned utf8_put(unsigned c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}
