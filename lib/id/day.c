#include "id/day.h"

const uint16_t day_before_month[2][16] = {
	{ 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 },
	{ 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366 },
};

void day_split(int32_t day, int *ret_year, int *ret_month, int *ret_day)
{
	int year = 1900 + day / 366; /* never late, early by less than a year */
	while (day_before_year(year + 1) <= day)
		year++;
	const uint16_t *before = day_before_month[day_leap(year)];
	int rest = day - day_before_year(year), month = 1 + rest / 32;
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

int32_t next_birthday(int32_t born, int32_t at)
{
	int y, m, d;
	day_split(born, &y, &m, &d);
	y += age_at(born, at) + 1;
	int32_t day = day_of(y, m, d);
	return day < 0 ? day_before_year(y) + 59 : day; /* 1 March of a common year; for 2101 and on a day that never comes here */
}
