/* Steps 0 and 1 of extracts.md, id: a text as offices write numbers -> its places. */
#include "id/id.h"

#include "text/blank.h"
#include "value/reason.h"

#include <stdbool.h>
#include <stdint.h>

/* The ASCII that a full-width character at p stands for: step 0. 0 when it is none. All are EF BC xx or EF BD xx. */
static char full_width(const unsigned char *p, size_t n)
{
	if (n < 3 || p[0] != 0xEF)
		return 0;
	unsigned c = p[1] == 0xBC ? p[2] : p[1] == 0xBD ? p[2] + 0x40u : 0;
	if (c < 0x80)
		return 0;
	c -= 0x60; /* U+FF01 is '!' */
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '+' || c == '-')
		return (char)c;
	return 0;
}

/* Bytes of the look-alike of X at p, or 0: U+00D7, U+0425, U+0445, U+2179, U+2169. */
static size_t looks_like_x(const unsigned char *p, size_t n)
{
	if (n >= 2 && ((p[0] == 0xC3 && p[1] == 0x97) || (p[0] == 0xD0 && p[1] == 0xA5) || (p[0] == 0xD1 && p[1] == 0x85)))
		return 2;
	return n >= 3 && p[0] == 0xE2 && p[1] == 0x85 && (p[2] == 0xB9 || p[2] == 0xA9) ? 3 : 0;
}

/* digits[.digits]E[+]digits: the state behind each character of step 0. */
enum notation { AT_START, IN_DIGITS, AT_POINT, IN_FRACTION, AT_E, AT_PLUS, IN_EXPONENT, NOT_SCIENTIFIC };

static enum notation notation_next(enum notation s, char c)
{
	bool digit = c >= '0' && c <= '9', e = c == 'E' || c == 'e';
	switch (s) {
	case AT_START: return digit ? IN_DIGITS : NOT_SCIENTIFIC;
	case IN_DIGITS: return digit ? IN_DIGITS : c == '.' ? AT_POINT : e ? AT_E : NOT_SCIENTIFIC;
	case AT_POINT: return digit ? IN_FRACTION : NOT_SCIENTIFIC;
	case IN_FRACTION: return digit ? IN_FRACTION : e ? AT_E : NOT_SCIENTIFIC;
	case AT_E: return digit ? IN_EXPONENT : c == '+' ? AT_PLUS : NOT_SCIENTIFIC;
	case AT_PLUS:
	case IN_EXPONENT: return digit ? IN_EXPONENT : NOT_SCIENTIFIC;
	default: return NOT_SCIENTIFIC;
	}
}

/* A clean number needs nothing of the above. */
static bool is_plain(struct str s)
{
	if (s.n != ID_TEXT)
		return false;
	for (int i = 0; i < ID_TEXT - 1; i++)
		if ((unsigned char)(s.p[i] - '0') > 9)
			return false;
	char last = s.p[ID_TEXT - 1];
	return (last >= '0' && last <= '9') || last == 'X';
}

int id_clean(struct str text, char *out, size_t size, size_t *ret_n)
{
	if (is_plain(text)) {
		memcpy(out, text.p, ID_TEXT);
		*ret_n = ID_TEXT;
		return 0;
	}
	enum notation notation = AT_START;
	size_t n = 0;
	for (size_t i = 0, used; i < text.n; i += used) {
		const unsigned char *p = (const unsigned char *)text.p + i;
		size_t left = text.n - i, blank;
		char wide = p[0] < 0x80 ? 0 : full_width(p, left), c = wide ? wide : (char)p[0];
		notation = notation_next(notation, c);
		used = wide ? 3 : 1;
		if (!wide && (blank = blank_at(text.p + i, left)) != 0) {
			used = blank;
			continue;
		}
		if (c == '-')
			continue;
		size_t x = p[0] < 0x80 || wide ? 0 : looks_like_x(p, left);
		if (x) {
			used = x;
			c = 'X';
		}
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (n < size)
			out[n++] = c;
	}
	*ret_n = n;
	return notation == IN_EXPONENT ? ID_SCIENTIFIC : 0;
}
