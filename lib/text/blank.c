#include "text/blank.h"

const unsigned char blank_edges[256] = {
	['\t' ... '\r'] = EDGE_FIRST | EDGE_LAST, [' '] = EDGE_FIRST | EDGE_LAST, ['\''] = EDGE_FIRST,
	[0xC2] = EDGE_FIRST, [0xE2] = EDGE_FIRST, [0xE3] = EDGE_FIRST, [0xEF] = EDGE_FIRST,
	[0x80] = EDGE_LAST, [0x8B ... 0x8D] = EDGE_LAST, [0xA0] = EDGE_LAST, [0xBF] = EDGE_LAST,
};

size_t blank_wide_at(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	if (u[0] == 0xC2)
		return n >= 2 && u[1] == 0xA0 ? 2 : 0; /* U+00A0 */
	if (n < 3)
		return 0;
	if (u[0] == 0xE3)
		return u[1] == 0x80 && u[2] == 0x80 ? 3 : 0; /* U+3000 */
	if (u[0] == 0xE2)
		return u[1] == 0x80 && u[2] >= 0x8B && u[2] <= 0x8D ? 3 : 0; /* U+200B to U+200D */
	return u[0] == 0xEF && u[1] == 0xBB && u[2] == 0xBF ? 3 : 0; /* U+FEFF */
}

size_t blank_wide_before(const char *p, size_t n)
{
	if (n >= 2 && blank_wide_at(p + n - 2, 2) == 2)
		return 2;
	return n >= 3 && blank_wide_at(p + n - 3, 3) == 3 ? 3 : 0;
}

size_t text_unblank(struct str s, char *out)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n;) {
		size_t k = blank_at(s.p + i, s.n - i);
		if (k)
			i += k;
		else
			out[n++] = s.p[i++];
	}
	return n;
}
