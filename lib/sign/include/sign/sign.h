/* sign: Ed25519 signatures of bytes, with keys in PEM files, by OpenSSL.
 *
 * The private key is a file that only its user may read; who has the public one can tell whether bytes are as they were signed. A
 * signature is 64 bytes as they are, so that OpenSSL alone can check it:
 *
 *     openssl pkeyutl -verify -pubin -inkey KEY.pub -rawin -in manifest.json -sigfile manifest.sig
 *
 * Errors: 66 a key that is not there, 78 one that is none or that others can read, 73 one that cannot be made.
 */
#ifndef BIDUI_SIGN_SIGN_H
#define BIDUI_SIGN_SIGN_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define SIGNATURE_BYTES 64

/* Make a pair: the private key in path, the public one in path.pub. Neither may be there. */
int sign_new_key(const char *path, struct err *err) __attribute__((warn_unused_result));
int sign_bytes(const char *key_path, struct str bytes, uint8_t ret[SIGNATURE_BYTES], struct err *err) __attribute__((warn_unused_result));
/* *ret_good: whether the signature is that of the bytes. The key may be the public one or the private one. */
int sign_check(const char *key_path, struct str bytes, struct str signature, bool *ret_good, struct err *err)
	__attribute__((warn_unused_result));

#endif
