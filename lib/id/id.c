/* Steps 2 to 6 of extracts.md, id, and the certificates of disability. */
#include "id/id.h"

#include "id/day.h"
#include "province.h"
#include "value/reason.h"

#include <stdbool.h>

#define PLACES_MAX 23 /* one more than the longest that means anything */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool are_digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_digit(p[i]))
			return false;
	return true;
}

static int number(const char *p, int n)
{
	int v = 0;
	for (int i = 0; i < n; i++)
		v = 10 * v + (p[i] - '0');
	return v;
}

char id_check_digit(const char digits[17])
{
	static const uint8_t weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	unsigned sum = 0;
	for (int i = 0; i < 17; i++)
		sum += (unsigned)(digits[i] - '0') * weights[i];
	return "10X98765432"[sum % 11];
}

const uint16_t id_provinces[16] = { 0, 0x3E, 0x0E, 0xFE, 0x7E, 0x1F, 0x3E, 0x02, 0x0E };

/* Steps 3 to 6 on 18 places. */
static int parse_18(const char *p, int32_t as_of, uint64_t *ret)
{
	if (!are_digits(p, 17) || !(is_digit(p[17]) || p[17] == 'X'))
		return ID_CHARSET;
	if (!id_is_province((unsigned)number(p, 2)))
		return ID_REGION;
	int32_t day = day_of(number(p + 6, 4), number(p + 10, 2), number(p + 12, 2));
	if (day < 0 || day > as_of)
		return ID_DATE;
	bool zeros = p[15] == '0' && p[16] == '0' && p[17] == '0';
	if (id_check_digit(p) != p[17])
		return zeros ? ID_EXCEL : ID_CHECKSUM;
	*ret = id_pack((uint32_t)number(p, 6), day, (uint32_t)number(p + 14, 3)) | (zeros ? ID_WEAK : 0);
	return 0;
}

/* The places of a cleaned text: a character that is not ASCII is one place, '?'. Cut at PLACES_MAX. */
static size_t places_of(struct str s, char out[PLACES_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < PLACES_MAX; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x80)
			out[n++] = (char)c;
		else if (c >= 0xC0)
			out[n++] = '?';
	}
	return n;
}

/* The places of a certificate without its trailing B and digit; whether its last two are a category and a level. */
static bool cert_form(const char *p, size_t n)
{
	if (n == 22 && p[20] == 'B' && is_digit(p[21]))
		n = 20;
	return n == 20 && p[18] >= '1' && p[18] <= '7' && p[19] >= '1' && p[19] <= '4';
}

static int parse_places(const char *p, size_t n, int32_t as_of, uint64_t *ret)
{
	if (!n)
		return ID_EMPTY;
	if (n >= 6 && !memcmp(p, "999999", 6))
		return ID_PLACEHOLDER;
	if (n == ID_TEXT)
		return parse_18(p, as_of, ret);
	if (n == 15 && are_digits(p, 15)) {
		char whole[ID_TEXT];
		memcpy(whole, p, 6);
		memcpy(whole + 6, "19", 2);
		memcpy(whole + 8, p + 6, 9);
		whole[17] = id_check_digit(whole);
		int reason = parse_18(whole, as_of, ret);
		if (!reason)
			*ret |= ID_WEAK;
		return reason;
	}
	if (cert_form(p, n) && !parse_18(p, as_of, ret))
		return 0;
	return ID_LENGTH;
}

int id_parse(struct str cleaned, int32_t as_of, uint64_t *ret)
{
	/* 18 bytes that are digits are 18 places: nearly every number. */
	if (cleaned.n == ID_TEXT && memcmp(cleaned.p, "999999", 6)) {
		int reason = parse_18(cleaned.p, as_of, ret);
		if (reason != ID_CHARSET)
			return reason;
	}
	char places[PLACES_MAX];
	size_t n = places_of(cleaned, places);
	return parse_places(places, n, as_of, ret);
}

int cert_parse(struct str cleaned, int32_t as_of, uint64_t *ret)
{
	char places[PLACES_MAX];
	size_t n = places_of(cleaned, places);
	if (!cert_form(places, n))
		return CERT;
	uint64_t id;
	int reason = parse_places(places, ID_TEXT, as_of, &id);
	if (reason)
		return reason;
	*ret = id | (uint64_t)(places[18] - '0') << ID_CATEGORY_SHIFT | (uint64_t)(places[19] - '0') << ID_LEVEL_SHIFT;
	return 0;
}

int32_t id_text_day(struct str cleaned)
{
	char places[PLACES_MAX];
	size_t n = places_of(cleaned, places);
	if (n == 15 && are_digits(places + 6, 6))
		return day_of(1900 + number(places + 6, 2), number(places + 8, 2), number(places + 10, 2));
	if (n < 14 || !are_digits(places + 6, 8))
		return -1;
	return day_of(number(places + 6, 4), number(places + 10, 2), number(places + 12, 2));
}

static void print(char *out, int width, unsigned v)
{
	for (int i = width; i-- > 0; v /= 10)
		out[i] = (char)('0' + v % 10);
}

void id_print(uint64_t stored, char out[ID_TEXT])
{
	int y, m, d;
	day_split(id_birthday(stored), &y, &m, &d);
	print(out, 6, (unsigned)(id_key(stored) >> 27));
	print(out + 6, 4, (unsigned)y);
	print(out + 10, 2, (unsigned)m);
	print(out + 12, 2, (unsigned)d);
	print(out + 14, 3, (unsigned)(stored & 1023));
	out[17] = id_check_digit(out);
}
