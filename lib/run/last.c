#include "last.h"

#include "base/mem.h"
#include "internal.h"

#include <errno.h>
#include <stdio.h>

#define MANIFEST_MAX (64u << 20) /* bytes: nothing larger was ever written */

int last_run_load(struct last_run *ret, const char *out, struct err *err)
{
	char path[4096];
	struct buf b = { 0 };
	uint8_t hash[SHA256_BYTES];
	json_error_t e;
	*ret = (struct last_run){ 0 };
	FILE *f = fopen(path_in(path, out, "manifest.json", ""), "re");
	if (!f)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_errno(err, STATUS_IOERR, "%s: cannot be read", path);
	for (size_t n = 1; n && b.n < MANIFEST_MAX; b.n += n) {
		buf_reserve(&b, 1u << 16);
		n = fread(b.p + b.n, 1, 1u << 16, f);
	}
	int r = ferror(f) ? err_set(err, STATUS_IOERR, "%s: cannot be read; check the disk", path) : 0;
	fclose(f);
	if (r == 0) {
		sha256_of(b.p, b.n, hash);
		hex_put(hash, sizeof hash, ret->sha256);
		ret->manifest = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &e);
	}
	buf_release(&b);
	return r;
}

void last_run_release(struct last_run *l)
{
	json_decref(l->manifest);
	*l = (struct last_run){ 0 };
}
