/* utf8: which bytes are well-formed UTF-8 (RFC 3629), and what becomes of the others.
 *
 * Surrogates, overlong forms and what is over U+10FFFF are not well-formed. A byte that begins no character is bad by itself:
 * it swallows nothing but itself, so an ASCII byte behind it keeps its meaning (extracts.md, ROW_ENCODING).
 */
#ifndef BIDUI_TEXT_UTF8_H
#define BIDUI_TEXT_UTF8_H

#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>

/* Bytes of the character at p (n > 0 bytes stand there): 1 to 4; 0 when p[0] is bad; -1 when the bytes begin a character that
 * the end cuts. */
int utf8_at(const char *p, size_t n);

/* Offset of the first byte that is bad or whose character is cut by the end; n when there is none. */
size_t utf8_check(const char *p, size_t n);

/* Bad bytes in s. With `cut`, a character that only the end cuts does not count. */
size_t utf8_count_bad(struct str s, bool cut);

/* Append s to out with U+FFFD for each bad byte. */
void utf8_mend(struct str s, struct buf *out);

/* Write code point c (no surrogate, up to 0x10FFFF) to out: 1 to 4 bytes, returned. */
unsigned utf8_put(unsigned c, char out[4]);

#endif
