/* digest: SHA-256, HMAC with it, and bytes as hex digits.
 *
 * XXH3 finds damage and costs nothing; these find intent. They need OpenSSL's memory, and without it the process stops (71) as it does
 * where its own is short (base/mem.h): so none of them can fail.
 *
 *     struct sha256 *s = sha256_new();
 *     sha256_add(s, p, n); ...
 *     sha256_get(s, hash);         // of all so far
 *     sha256_free(s);
 */
#ifndef BIDUI_DIGEST_DIGEST_H
#define BIDUI_DIGEST_DIGEST_H

#include "base/str.h"

#include <stdint.h>

#define SHA256_BYTES 32
#define SHA256_HEX (2 * SHA256_BYTES + 1)

struct sha256;
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *s, const void *p, size_t n);
void sha256_get(const struct sha256 *s, uint8_t ret[SHA256_BYTES]);
void sha256_free(struct sha256 *s); /* NULL-safe */

void sha256_of(const void *p, size_t n, uint8_t ret[SHA256_BYTES]);
void hmac_sha256(struct str key, struct str text, uint8_t ret[SHA256_BYTES]);

/* n bytes as 2n lower-case hex digits and NUL. */
void hex_put(const uint8_t *bytes, size_t n, char *out);
/* 2n hex digits of either case into n bytes; -1 when the text is anything else. */
int hex_get(struct str text, uint8_t *ret, size_t n);

#endif
