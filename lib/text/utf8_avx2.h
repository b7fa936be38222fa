/* utf8_avx2: the part of utf8_check that looks at 64 bytes at a time. */
#ifndef BIDUI_TEXT_UTF8_AVX2_H
#define BIDUI_TEXT_UTF8_AVX2_H

#include <stddef.h>

#define UTF8_AVX2_MIN 256 /* bytes below which it does not pay */

/* An offset up to which p[0 .. n) is well-formed and at which a character begins; less than 68 bytes before the first bad byte or
 * the end. Only where cpu_avx2() says yes. */
size_t utf8_check_avx2(const char *p, size_t n);

#endif
