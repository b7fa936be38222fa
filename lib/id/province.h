/* province: the first two digits of a number. */
#ifndef BIDUI_ID_PROVINCE_H
#define BIDUI_ID_PROVINCE_H

#include <stdbool.h>
#include <stdint.h>

bool id_is_province(unsigned code); /* of two digits */

#endif
