/* The parsers of the simple types: extracts.md, Types. */
#include "value/value.h"

#include "text/blank.h"

#include <stdbool.h>
#include <strings.h>

/* What is left of a text while it is read from the left. */
struct rest {
	const char *p, *end;
};

static struct rest rest_of(struct str s)
{
	return (struct rest){ s.p, s.p + s.n };
}

/* Read min to max digits into *ret. */
static bool take_number(struct rest *r, int min, int max, int *ret)
{
	int v = 0, n = 0;
	while (n < max && r->p < r->end && *r->p >= '0' && *r->p <= '9') {
		v = 10 * v + (*r->p++ - '0');
		n++;
	}
	*ret = v;
	return n >= min;
}

static bool take(struct rest *r, struct str word)
{
	if ((size_t)(r->end - r->p) < word.n || memcmp(r->p, word.p, word.n))
		return false;
	r->p += word.n;
	return true;
}

/* Skip blanks; how many there were. */
static int take_blanks(struct rest *r)
{
	int n = 0;
	for (size_t k; r->p < r->end && (k = blank_at(r->p, (size_t)(r->end - r->p))) != 0; n++)
		r->p += k;
	return n;
}

/* Blanks or T, then H:MM[:SS[.f]]; or nothing at all. */
static bool take_time_to_end(struct rest r)
{
	int ignored;
	if (r.p == r.end)
		return true;
	if (!take(&r, STR("T")) && !take_blanks(&r))
		return false;
	if (!take_number(&r, 1, 2, &ignored) || !take(&r, STR(":")) || !take_number(&r, 2, 2, &ignored))
		return false;
	if (take(&r, STR(":"))) {
		if (!take_number(&r, 2, 2, &ignored))
			return false;
		if (take(&r, STR("."))) {
			if (!take_number(&r, 1, 1, &ignored))
				return false;
			while (take_number(&r, 1, 1, &ignored))
				;
		}
	}
	return r.p == r.end;
}

/* Year, month and day in any of the writings; no test of the day. */
static bool take_day(struct rest *r, int *y, int *m, int *d)
{
	if (!take_number(r, 4, 4, y) || r->p == r->end)
		return false;
	if (take(r, STR("年")))
		return take_number(r, 1, 2, m) && take(r, STR("月")) && take_number(r, 1, 2, d) && take(r, STR("日"));
	struct str between = { r->p, 1 };
	if (*between.p == '-' || *between.p == '/' || *between.p == '.') {
		r->p++;
		return take_number(r, 1, 2, m) && take(r, between) && take_number(r, 1, 2, d);
	}
	return take_number(r, 2, 2, m) && take_number(r, 2, 2, d);
}

int date_parse(struct str text, int64_t *ret)
{
	struct rest r = rest_of(text);
	int y, m, d;
	if (!take_day(&r, &y, &m, &d) || !take_time_to_end(r))
		return DATE;
	int32_t day = day_of(y, m, d);
	if (day < 0)
		return DATE;
	*ret = day;
	return 0;
}

/* YYYY, YYYY年, YYYY.0, YYYYMM, YYYY年M月. */
static bool take_year_to_end(struct rest r, int *y)
{
	int month = 1;
	if (!take_number(&r, 4, 4, y))
		return false;
	if (take(&r, STR("年"))) {
		if (r.p < r.end && (!take_number(&r, 1, 2, &month) || !take(&r, STR("月"))))
			return false;
	} else if (r.p < r.end && !take(&r, STR(".0")) && !take_number(&r, 2, 2, &month)) {
		return false;
	}
	return r.p == r.end && month >= 1 && month <= 12;
}

int year_parse(struct str text, int64_t *ret)
{
	int year;
	int64_t day;
	if (!take_year_to_end(rest_of(text), &year)) {
		int month, day_of_month;
		if (date_parse(text, &day))
			return YEAR;
		day_split((int32_t)day, &year, &month, &day_of_month);
	}
	if (year < 1900 || year > 2100)
		return YEAR;
	*ret = year;
	return 0;
}

#define MONEY_MOST (INT64_C(1000000000000000) * 100) /* 10^15, in hundredths */

/* The whole part, with or without commas between groups of three. False when it is malformed or over the limit. */
static bool take_whole(struct rest *r, int64_t *ret)
{
	int64_t v = 0;
	int digits = 0, groups = 0;
	for (; r->p < r->end; r->p++) {
		if (*r->p == ',') {
			if (groups ? digits != 3 : digits < 1 || digits > 3)
				return false;
			groups++;
			digits = 0;
			continue;
		}
		if (*r->p < '0' || *r->p > '9')
			break;
		v = 10 * v + (*r->p - '0');
		if (v > MONEY_MOST / 100)
			return false;
		digits++;
	}
	*ret = v;
	return groups ? digits == 3 : digits > 0;
}

int money_parse(struct str text, int64_t *ret)
{
	struct rest r = rest_of(text);
	bool negative = take(&r, STR("-"));
	int64_t v;
	int tenth = 0, hundredth = 0, next = 0, ignored;
	if (!take_whole(&r, &v))
		return MONEY;
	if (take(&r, STR("."))) {
		if (!take_number(&r, 1, 1, &tenth))
			return MONEY;
		if (take_number(&r, 1, 1, &hundredth) && take_number(&r, 1, 1, &next))
			while (take_number(&r, 1, 1, &ignored))
				;
	}
	take_blanks(&r);
	take(&r, STR("元"));
	if (r.p != r.end)
		return MONEY;
	v = 100 * v + 10 * tenth + hundredth + (next >= 5);
	if (v > MONEY_MOST)
		return MONEY;
	*ret = negative ? -v : v;
	return 0;
}

int bool_parse(struct str text, int64_t *ret)
{
	static const struct {
		struct str text;
		bool value;
	} words[] = {
		{ STR("是"), true }, { STR("有"), true }, { STR("y"), true }, { STR("yes"), true }, { STR("true"), true },
		{ STR("1"), true }, { STR("已改造"), true }, { STR("参保"), true }, { STR("已参保"), true },
		{ STR("否"), false }, { STR("无"), false }, { STR("n"), false }, { STR("no"), false }, { STR("false"), false },
		{ STR("0"), false }, { STR("未改造"), false }, { STR("未参保"), false },
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (text.n != words[i].text.n || strncasecmp(text.p, words[i].text.p, text.n))
			continue;
		*ret = words[i].value;
		return 0;
	}
	return BOOL;
}

int region_parse(struct str text, int64_t *ret)
{
	if (text.n != 6 && text.n != 9 && text.n != 12)
		return REGION;
	int64_t v = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return REGION;
		v = 10 * v + (text.p[i] - '0');
	}
	for (size_t n = text.n; n < 12; n += 3)
		v *= 1000;
	*ret = v;
	return 0;
}

/* The letter in the low five bits of ASCII and full-width letters alike: A is 1. */
int grade_parse(struct str text, int64_t *ret)
{
	struct rest r = rest_of(text);
	bool wide = take(&r, STR("\xEF\xBC")) || take(&r, STR("\xEF\xBD"));
	if (r.p == r.end)
		return GRADE;
	unsigned char c = (unsigned char)*r.p++;
	int grade = (c & 0x1F) - 1;
	bool letter = wide ? (text.p[1] == '\xBC' ? c >= 0xA1 : c >= 0x81 && c < 0xA1) : c >= 'A' && c <= 'z';
	take(&r, STR("级"));
	if (!letter || grade < 0 || grade > 3 || r.p != r.end)
		return GRADE;
	*ret = grade;
	return 0;
}
