#include "value/value.h"

#include "text/blank.h"

#define MIDDLE_DOT "\xC2\xB7" /* U+00B7 */

/* Bytes of another dot that stands for the middle one at p, or 0: U+2022 U+30FB U+FF0E U+2027 U+FF65. */
static size_t dot_at(const unsigned char *p, size_t n)
{
	static const unsigned char dots[][3] = {
		{ 0xE2, 0x80, 0xA2 }, { 0xE3, 0x83, 0xBB }, { 0xEF, 0xBC, 0x8E }, { 0xE2, 0x80, 0xA7 }, { 0xEF, 0xBD, 0xA5 },
	};
	if (p[0] == '.')
		return 1;
	for (size_t i = 0; n >= 3 && i < sizeof dots / sizeof *dots; i++)
		if (!memcmp(p, dots[i], 3))
			return 3;
	return 0;
}

/* The capital that a full-width letter at p stands for, or 0: EF BC A1-BA, EF BD 81-9A. */
static char wide_letter(const unsigned char *p, size_t n)
{
	if (n < 3 || p[0] != 0xEF)
		return 0;
	if (p[1] == 0xBC && p[2] >= 0xA1 && p[2] <= 0xBA)
		return (char)('A' + p[2] - 0xA1);
	if (p[1] == 0xBD && p[2] >= 0x81 && p[2] <= 0x9A)
		return (char)('A' + p[2] - 0x81);
	return 0;
}

void name_normalise(struct str text, struct buf *out)
{
	/* A '.' becomes two bytes. */
	buf_reserve(out, 2 * text.n);
	char *to = out->p + out->n;
	for (size_t i = 0, used; i < text.n; i += used) {
		const unsigned char *p = (const unsigned char *)text.p + i;
		size_t left = text.n - i;
		char wide;
		/* E4-E9: the common Chinese characters are none of the exceptions. */
		if (p[0] >= 0xE4 && p[0] <= 0xE9 && left >= 3) {
			memcpy(to, p, 3);
			to += 3;
			used = 3;
		} else if ((used = blank_at(text.p + i, left)) != 0) {
			continue;
		} else if ((used = dot_at(p, left)) != 0) {
			memcpy(to, MIDDLE_DOT, 2);
			to += 2;
		} else if ((wide = wide_letter(p, left)) != 0) {
			*to++ = wide;
			used = 3;
		} else {
			*to++ = (char)(p[0] >= 'a' && p[0] <= 'z' ? p[0] - 'a' + 'A' : p[0]);
			used = 1;
		}
	}
	out->n = (size_t)(to - out->p);
}
