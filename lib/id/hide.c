#include "id/hide.h"

#include <string.h>

#define SHOWN 6 /* the region: of a county, not of a person */

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static int two(const char *p)
{
	return 10 * (p[0] - '0') + p[1] - '0';
}

/* Whether the digits of a number of that many places (15: without the century) hold a day. */
static bool holds_day(const char *p, size_t places)
{
	const char *month = p + (places == 15 ? 8 : 10);
	bool century = places == 15 || two(p + 6) == 19 || two(p + 6) == 20;
	return century && two(month) >= 1 && two(month) <= 12 && two(month + 2) >= 1 && two(month + 2) <= 31;
}

/* How many places from p on look like a number: 15, 18 (the last may be an X), or 20 of a disabled person's certificate; else 0. */
static size_t looks_like_id(const char *p)
{
	size_t n = 0;
	while (digit(p[n]))
		n++;
	size_t places = n + (n == 17 && (p[n] == 'X' || p[n] == 'x'));
	if (places == 15)
		return holds_day(p, 15) ? places : 0;
	return (places == 18 || places == 20) && holds_day(p, 18) ? places : 0;
}

/* A name with a line end would make two lines of a message, one with an escape would paint a terminal. */
static void make_plain(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7F)
			*text = '?';
}

void id_hide(char *text)
{
	make_plain(text);
	for (char *p = text; *p;) {
		size_t places = looks_like_id(p);
		if (places)
			memset(p + SHOWN, '*', places - SHOWN);
		p += places;
		while (!places && digit(*p))
			p++;
		while (*p && !digit(*p))
			p++;
	}
}
