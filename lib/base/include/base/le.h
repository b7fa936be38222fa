/* le: fixed-width little-endian numbers in files, whatever the machine. */
#ifndef BIDUI_BASE_LE_H
#define BIDUI_BASE_LE_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define LE(bits, type)                                                                                       \
	static inline type le##bits##_get(const void *p)                                                     \
	{                                                                                                    \
		type v;                                                                                      \
		memcpy(&v, p, sizeof v);                                                                     \
		return le##bits##toh(v);                                                                     \
	}                                                                                                    \
	static inline void le##bits##_put(void *p, type v)                                                   \
	{                                                                                                    \
		v = htole##bits(v);                                                                          \
		memcpy(p, &v, sizeof v);                                                                     \
	}

LE(16, uint16_t)
LE(32, uint32_t)
LE(64, uint64_t)
#undef LE

#endif
