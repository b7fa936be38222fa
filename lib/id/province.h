/* province: the first two digits of a number. */
#ifndef BIDUI_ID_PROVINCE_H
#define BIDUI_ID_PROVINCE_H

#include <stdbool.h>
#include <stdint.h>

extern const uint16_t id_provinces[16]; /* by the first digit: bit i, the second one may be i */

static inline bool id_is_province(unsigned code) /* of two digits */
{
	return id_provinces[code / 10] >> code % 10 & 1;
}

#endif
