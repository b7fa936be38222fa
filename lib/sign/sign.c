#include "sign/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int no_memory(struct err *err)
{
	ERR_clear_error();
	return err_set(err, STATUS_OSERR, "OpenSSL cannot work with the key; give the machine more memory");
}

/* ---- keys ---------------------------------------------------------------------------------------------------------------------------- */

static FILE *create(const char *path, mode_t mode, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		err_errno(err, STATUS_CANTCREAT, "%s: cannot be made; a key that is there is never written over", path);
	if (!f && fd >= 0)
		close(fd);
	return f;
}

static int finish(FILE *f, const char *path, bool written, struct err *err)
{
	written = written && fflush(f) == 0 && fsync(fileno(f)) == 0;
	if (fclose(f) == 0 && written)
		return 0;
	unlink(path);
	return err_set(err, STATUS_IOERR, "%s: writing failed; make room on the disk", path);
}

static int write_pair(EVP_PKEY *key, const char *path, const char *public_path, struct err *err)
{
	FILE *f = create(path, 0600, err);
	if (!f || finish(f, path, PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), err) < 0)
		return -1;
	FILE *p = create(public_path, 0600, err);
	if (p && finish(p, public_path, PEM_write_PUBKEY(p, key), err) == 0)
		return 0;
	unlink(path);
	return -1;
}

int sign_new_key(const char *path, struct err *err)
{
	char public_path[4096];
	if (snprintf(public_path, sizeof public_path, "%s.pub", path) >= (int)sizeof public_path)
		return err_set(err, STATUS_USAGE, "the name of the key is too long");
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	int r = key ? write_pair(key, path, public_path, err) : no_memory(err);
	EVP_PKEY_free(key);
	return r;
}

static int is_private(FILE *f, const char *path, struct err *err)
{
	struct stat st;
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 077))
		return 0;
	return err_set(err, STATUS_CONFIG, "%s: others can read it, or it is no file; chmod 600, and think of a new key", path);
}

/* The public key is looked for first: an auditor has nothing else. */
static int load(EVP_PKEY **ret, const char *path, bool to_sign, struct err *err)
{
	FILE *f = fopen(path, "re");
	if (!f)
		return err_errno(err, errno == ENOENT ? STATUS_NOINPUT : STATUS_IOERR, "%s: the key cannot be read", path);
	EVP_PKEY *key = to_sign ? NULL : PEM_read_PUBKEY(f, NULL, NULL, NULL);
	rewind(f);
	if (!key && (!to_sign || is_private(f, path, err) == 0))
		key = PEM_read_PrivateKey(f, NULL, NULL, (void *)"");
	else if (!key) {
		fclose(f);
		return -1;
	}
	fclose(f);
	ERR_clear_error();
	if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) {
		*ret = key;
		return 0;
	}
	EVP_PKEY_free(key);
	return err_set(err, STATUS_CONFIG, "%s: is no Ed25519 key in PEM; make one with bidui sign --new-key", path);
}

/* ---- signatures ---------------------------------------------------------------------------------------------------------------------- */

int sign_bytes(const char *key_path, struct str bytes, uint8_t ret[SIGNATURE_BYTES], struct err *err)
{
	EVP_PKEY *key;
	size_t n = SIGNATURE_BYTES;
	if (load(&key, key_path, true, err) < 0)
		return -1;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool done = c && EVP_DigestSignInit(c, NULL, NULL, NULL, key) == 1 &&
	            EVP_DigestSign(c, ret, &n, (const unsigned char *)bytes.p, bytes.n) == 1 && n == SIGNATURE_BYTES;
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	return done ? 0 : no_memory(err);
}

int sign_check(const char *key_path, struct str bytes, struct str signature, bool *ret_good, struct err *err)
{
	EVP_PKEY *key;
	if (load(&key, key_path, false, err) < 0)
		return -1;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool ready = c && EVP_DigestVerifyInit(c, NULL, NULL, NULL, key) == 1;
	if (ready)
		*ret_good = signature.n == SIGNATURE_BYTES && EVP_DigestVerify(c, (const unsigned char *)signature.p, signature.n,
		                                                                (const unsigned char *)bytes.p, bytes.n) == 1;
	ERR_clear_error();
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	return ready ? 0 : no_memory(err);
}
