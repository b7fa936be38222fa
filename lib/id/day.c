#include "id/day.h"

#include <stdbool.h>

static const uint16_t before_month[2][13] = {
	{ 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 },
	{ 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366 },
};

/* 2000 is one; 1900 and 2100 are the only years here that the hundreds rule takes out. */
static bool leap(int year)
{
	return year % 4 == 0 && year != 1900 && year != 2100;
}

/* Days from 1900-01-01 to year-01-01. */
static int32_t before_year(int year)
{
	return (year - 1900) * 365 + (year - 1901) / 4;
}

int32_t day_of(int year, int month, int day)
{
	if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1)
		return -1;
	const uint16_t *before = before_month[leap(year)];
	if (day > before[month] - before[month - 1])
		return -1;
	return before_year(year) + before[month - 1] + day - 1;
}

void day_split(int32_t day, int *ret_year, int *ret_month, int *ret_day)
{
	int year = 1900 + day / 366; /* never late, early by less than a year */
	while (before_year(year + 1) <= day)
		year++;
	const uint16_t *before = before_month[leap(year)];
	int rest = day - before_year(year), month = 1 + rest / 32;
	if (rest >= before[month])
		month++;
	*ret_year = year;
	*ret_month = month;
	*ret_day = rest - before[month - 1] + 1;
}

int age_at(int32_t born, int32_t at)
{
	int by, bm, bd, y, m, d;
	day_split(born, &by, &bm, &bd);
	day_split(at, &y, &m, &d);
	/* 28 February is before 29 February: who was born on the 29th completes the year on 1 March by the same comparison. */
	return y - by - (m < bm || (m == bm && d < bd));
}
