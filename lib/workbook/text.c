#include "internal.h"

#include <ctype.h>

#define CELL_MAX 32767 /* characters, as UTF-16 counts them */

/* Bytes of the UTF-8 character at p, by its first byte; the lists are UTF-8. */
static size_t step(unsigned char c)
{
	return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* XML 1.0 has no sign for NUL, U+FFFE and U+FFFF; other controls are escaped by libxlsxwriter. */
static bool unspeakable(const char *p, size_t n)
{
	return !*p || (n == 3 && !memcmp(p, "\xEF\xBF", 2) && ((unsigned char)p[2] & 0xFE) == 0xBE);
}

/* "_x0041_" is how a workbook says "A"; a text that has it says its "_" so. */
static bool looks_escaped(const char *p, size_t n)
{
	return n >= 7 && p[1] == 'x' && p[6] == '_' && isxdigit((unsigned char)p[2]) && isxdigit((unsigned char)p[3]) && isxdigit((unsigned char)p[4]) &&
	       isxdigit((unsigned char)p[5]);
}

const char *cell_text(struct buf *b, struct str s)
{
	size_t units = 0;
	b->n = 0;
	for (size_t i = 0, n; i < s.n; i += n) {
		n = step((unsigned char)s.p[i]);
		if (n > s.n - i)
			n = s.n - i;
		units += n == 4 ? 2 : 1;
		if (units > CELL_MAX - 1) {
			buf_puts(b, STR("…"));
			break;
		}
		if (unspeakable(s.p + i, n))
			buf_puts(b, STR("\xEF\xBF\xBD"));
		else if (s.p[i] == '_' && looks_escaped(s.p + i, s.n - i))
			buf_puts(b, STR("_x005F_"));
		else
			buf_put(b, s.p + i, n);
	}
	buf_putc(b, 0);
	return b->p;
}

struct str unguarded(struct str s)
{
	bool guard = s.n > 1 && s.p[0] == '\'' && memchr("=+-@\t\r", s.p[1], 6);
	return guard ? (struct str){ s.p + 1, s.n - 1 } : s;
}

unsigned cell_lines(struct str s, double width)
{
	double used = 0;
	unsigned lines = 1;
	for (size_t i = 0; i < s.n; i += step((unsigned char)s.p[i])) {
		double n = (unsigned char)s.p[i] < 0x80 ? 1 : 2;
		if (s.p[i] == '\n' || used + n > 1.1 * width) {
			lines++;
			used = 0;
		}
		used += s.p[i] == '\n' ? 0 : n;
	}
	return lines;
}

double cell_height(unsigned lines)
{
	double points = 15.0 * lines + 1;
	return points < 409 ? points : 409;
}
