/* xxh3: XXH3 of much at a time, by the widest registers that the processor has (base/cpu.h), the same values without them.
 *
 * The library chooses the code; `XXH_INLINE_ALL`, which is best for a few bytes, knows only what every processor has.
 *
 *     struct xxh3 *x = xxh3_new();
 *     xxh3_add(x, p, n); ...
 *     xxh3_128(x, hash);           // of all so far
 *     xxh3_free(x);
 */
#ifndef BIDUI_DIGEST_XXH3_H
#define BIDUI_DIGEST_XXH3_H

#include "base/str.h"

#include <stdint.h>

struct xxh3;
struct xxh3 *xxh3_new(void); /* NULL: no memory */
void xxh3_add(struct xxh3 *x, const void *p, size_t n);
void xxh3_128(const struct xxh3 *x, uint8_t ret[16]); /* canonical, big-endian as in outputs */
void xxh3_free(struct xxh3 *x);                       /* NULL-safe */

/* XXH3-64 of n bytes, and of parts as if they stood one behind the other. */
uint64_t xxh3_64(const void *p, size_t n);
uint64_t xxh3_64_parts(const struct str *parts, unsigned count);

#endif
