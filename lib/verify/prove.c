#include "verify/prove.h"

#include "base/lang.h"
#include "internal.h"
#include "io/output.h"
#include "report/seal.h"
#include "sign/sign.h"

#include <stdio.h>

#define MANIFEST "manifest.json"
#define SIGNATURE "manifest.sig"

static int put(const char *folder, const char *name, struct str bytes, struct err *err)
{
	char path[4096];
	struct output *o;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (output_create(&o, path, err) < 0)
		return -1;
	if (output_write(o, bytes.p, bytes.n, err) < 0) {
		output_abort(o);
		return -1;
	}
	return output_commit(o, err);
}

/* The manifest with the SHA-256 of its inputs; unchanged where it has them. */
static int complete(struct check *c, struct buf *manifest)
{
	json_t *m = json_loadb(manifest->p, manifest->n, JSON_REJECT_DUPLICATES, NULL), *in;
	size_t i;
	bool more = false;
	json_array_foreach(json_object_get(m, "inputs"), i, in)
	{
		char hex[SHA256_HEX];
		if (json_object_get(in, "sha256"))
			continue;
		if (!extract_sha256(c, in, hex))
			break;
		json_object_set_new(in, "sha256", json_string(hex));
		c->result->unproved--;
		more = true;
	}
	int r = c->err->status ? -1 : 0;
	if (r == 0 && more && !c->result->problems) {
		manifest->n = 0;
		manifest_print(m, manifest);
		r = put(c->job->folder, MANIFEST, buf_str(manifest), c->err);
	}
	json_decref(m);
	return r;
}

static bool read_manifest(struct check *c, struct buf *ret)
{
	uint8_t hash[SHA256_BYTES];
	char hex[SHA256_HEX];
	if (!read_file(c, MANIFEST, ret))
		return false;
	sha256_of(ret->p, ret->n, hash);
	hex_put(hash, sizeof hash, hex);
	if (!strcmp(hex, c->result->manifest_sha256))
		return true;
	wrong(c, "manifest.json: has changed while it was read");
	buf_release(ret);
	return false;
}

int prove_sign(const struct verify_job *job, const char *key, struct verify_result *ret, struct err *err)
{
	uint8_t signature[SIGNATURE_BYTES];
	struct buf manifest = { 0 };
	if (verify_run(job, ret, err) < 0)
		return -1;
	struct check c = { .job = job, .result = ret, .err = err };
	if (ret->problems || !read_manifest(&c, &manifest))
		return err->status ? -1 : 0;
	int r = job->extracts ? complete(&c, &manifest) : 0;
	if (r == 0 && !ret->problems)
		r = sign_bytes(key, buf_str(&manifest), signature, err);
	if (r == 0 && !ret->problems)
		r = put(job->folder, SIGNATURE, (struct str){ (const char *)signature, sizeof signature }, err);
	buf_release(&manifest);
	return r;
}

int prove_check(const struct verify_job *job, const char *key, struct verify_result *ret, struct err *err)
{
	struct check c = { .job = job, .result = ret, .err = err };
	struct buf manifest = { 0 }, signature = { 0 };
	bool good = false;
	int r = 0;
	err->status = STATUS_OK;
	if (read_manifest(&c, &manifest) && read_file(&c, SIGNATURE, &signature)) {
		r = sign_check(key, buf_str(&manifest), buf_str(&signature), &good, err);
		if (r == 0 && !good)
			wrong(&c, "manifest.sig: is not this key's signature of manifest.json");
	}
	buf_release(&manifest);
	buf_release(&signature);
	return r < 0 || err->status ? -1 : 0;
}
