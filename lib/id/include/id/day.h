/* day: the calendar of this program: days since 1900-01-01, real days of 1900-01-01 to 2100-12-31 (0 to 73413).
 *
 * Beside the numbers, since a number holds its owner's birthday; value/value.h hands it on for dates. */
#ifndef BIDUI_ID_DAY_H
#define BIDUI_ID_DAY_H

#include <stdbool.h>
#include <stdint.h>

/* Days since 1900-01-01 of a real day of 1900-2100, or -1; and back. */
static inline int32_t day_of(int year, int month, int day);
void day_split(int32_t day, int *ret_year, int *ret_month, int *ret_day);

extern const uint16_t day_before_month[2][16]; /* in a common year and a leap year */

/* 2000 is one; 1900 and 2100 are the only years here that the hundreds rule takes out. */
static inline bool day_leap(int year)
{
	return year % 4 == 0 && year != 1900 && year != 2100;
}

/* Days from 1900-01-01 to year-01-01. */
static inline int32_t day_before_year(int year)
{
	return (year - 1900) * 365 + (year - 1901) / 4;
}

static inline int32_t day_of(int year, int month, int day)
{
	if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1)
		return -1;
	const uint16_t *before = day_before_month[day_leap(year)];
	if (day > before[month] - before[month - 1])
		return -1;
	return day_before_year(year) + before[month - 1] + day - 1;
}

/* Completed years at `at` of one born on `born` (days since 1900-01-01); for 29 February in other years on 1 March. */
int age_at(int32_t born, int32_t at);
/* The first day after `at` on which age_at says one more. */
int32_t next_birthday(int32_t born, int32_t at);

#endif
