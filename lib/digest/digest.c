#include "digest/digest.h"

#include "base/leave.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

/* Nothing but memory is missing when OpenSSL cannot hash. */
static void need(int ok)
{
	if (!ok)
		leave_now(STATUS_OSERR, "bidui: OpenSSL: SHA-256 cannot be worked out; give the machine more memory\n");
}

struct sha256 *sha256_new(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	need(c && EVP_DigestInit_ex(c, EVP_sha256(), NULL));
	return (struct sha256 *)c;
}

void sha256_add(struct sha256 *s, const void *p, size_t n)
{
	need(EVP_DigestUpdate((EVP_MD_CTX *)s, p, n));
}

void sha256_get(const struct sha256 *s, uint8_t ret[SHA256_BYTES])
{
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	need(copy && EVP_MD_CTX_copy_ex(copy, (const EVP_MD_CTX *)s) && EVP_DigestFinal_ex(copy, ret, NULL));
	EVP_MD_CTX_free(copy);
}

void sha256_free(struct sha256 *s)
{
	EVP_MD_CTX_free((EVP_MD_CTX *)s);
}

void sha256_of(const void *p, size_t n, uint8_t ret[SHA256_BYTES])
{
	need(EVP_Digest(p, n, ret, NULL, EVP_sha256(), NULL));
}

void hmac_sha256(struct str key, struct str text, uint8_t ret[SHA256_BYTES])
{
	need(HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)text.p, text.n, ret, NULL) != NULL);
}

void hex_put(const uint8_t *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = 0;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

int hex_get(struct str text, uint8_t *ret, size_t n)
{
	if (text.n != 2 * n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int high = digit(text.p[2 * i]), low = digit(text.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return -1;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}
