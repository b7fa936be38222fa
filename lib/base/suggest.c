#include "base/suggest.h"

#include <stdint.h>

#define MAX_LETTERS 40

/* Characters, so that one Chinese character is one letter; more than MAX_LETTERS are no typing error to find. */
static unsigned letters(struct str s, uint32_t *out)
{
	unsigned n = 0;
	for (size_t i = 0; i < s.n; n++) {
		uint32_t c = (unsigned char)s.p[i++];
		while (i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80)
			c = c << 8 | (unsigned char)s.p[i++];
		if (n == MAX_LETTERS)
			return n + 1;
		out[n] = c;
	}
	return n;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Damerau and Levenshtein's, of neighbours that may be swapped once. */
static unsigned distance(const uint32_t *a, unsigned n, const uint32_t *b, unsigned m)
{
	unsigned rows[3][MAX_LETTERS + 1];
	for (unsigned k = 0; k <= m; k++)
		rows[0][k] = k;
	for (unsigned i = 1; i <= n; i++) {
		unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
		now[0] = i;
		for (unsigned k = 1; k <= m; k++) {
			now[k] = least(least(last[k] + 1, now[k - 1] + 1), last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				now[k] = least(now[k], before[k - 2] + 1);
		}
	}
	return rows[n % 3][m];
}

void suggest(struct suggestion *s, struct str candidate)
{
	uint32_t a[MAX_LETTERS], b[MAX_LETTERS];
	unsigned n = letters(s->wanted, a), m = letters(candidate, b);
	if (!n || !m || n > MAX_LETTERS || m > MAX_LETTERS)
		return;
	unsigned d = distance(a, n, b, m), near = n < 3 ? 1 : n / 3;
	if (d > near || d >= n || (s->best.n && d >= s->distance))
		return;
	s->best = candidate;
	s->distance = d;
}
