/* day: the calendar of this program: days since 1900-01-01, real days of 1900-01-01 to 2100-12-31 (0 to 73413).
 *
 * Beside the numbers, since a number holds its owner's birthday; value/value.h hands it on for dates. */
#ifndef BIDUI_ID_DAY_H
#define BIDUI_ID_DAY_H

#include <stdint.h>

/* Days since 1900-01-01 of a real day of 1900-2100, or -1; and back. */
int32_t day_of(int year, int month, int day);
void day_split(int32_t day, int *ret_year, int *ret_month, int *ret_day);

/* Completed years at `at` of one born on `born` (days since 1900-01-01); for 29 February in other years on 1 March. */
int age_at(int32_t born, int32_t at);

#endif
