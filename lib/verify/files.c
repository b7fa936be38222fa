/* Bytes: sizes and hashes of what was written and of what was read, and files that nobody names. */
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* Compare with what the manifest says under a key. */
static bool is_said(json_t *of, const char *key, const uint8_t *hash, size_t n)
{
	const char *text = json_string_value(json_object_get(of, key));
	uint8_t said[SHA256_BYTES];
	return text && hex_get(str_of(text), said, n) == 0 && memcmp(said, hash, n) == 0;
}

static bool is_size(json_t *of, uint64_t bytes)
{
	json_t *n = json_object_get(of, "bytes");
	return json_is_integer(n) && json_integer_value(n) >= 0 && (uint64_t)json_integer_value(n) == bytes;
}

void check_bytes(struct check *c, json_t *o, struct text *t)
{
	const char *name = json_string_value(json_object_get(o, "file"));
	uint8_t xxh3[16], sha256[SHA256_BYTES];
	uint64_t bytes;
	text_hashes(t, &bytes, xxh3, sha256);
	if (!is_size(o, bytes))
		wrong(c, "%s: has another size than the manifest says", name);
	if (!is_said(o, "xxh3_128", xxh3, sizeof xxh3))
		wrong(c, "%s: is not the file of the manifest (XXH3)", name);
	if (!c->job->quick && !is_said(o, "sha256", sha256, sizeof sha256))
		wrong(c, "%s: is not the file of the manifest (SHA-256)", name);
}

/* ---- files that nobody names --------------------------------------------------------------------------------------------------------- */

static bool is_named(const struct check *c, const char *name)
{
	json_t *o;
	size_t i;
	if (!strcmp(name, "manifest.json") || !strcmp(name, "manifest.sig"))
		return true;
	json_array_foreach(json_object_get(c->manifest, "outputs"), i, o)
	{
		const char *said = json_string_value(json_object_get(o, "file"));
		if (said && !strcmp(said, name))
			return true;
	}
	return false;
}

#define DEEPEST 8 /* folders in each other */

static void look_in(struct check *c, const char *inner, unsigned depth)
{
	char path[4096], name[4096];
	struct stat st;
	snprintf(path, sizeof path, "%s/%s", c->job->folder, inner);
	DIR *d = opendir(path);
	if (!d && errno == EACCES)
		wrong(c, "%s: the folder cannot be read", *inner ? inner : ".");
	else if (!d)
		err_errno(c->err, STATUS_IOERR, "%s: the folder cannot be read; check the disk", *inner ? inner : ".");
	if (!d)
		return;
	for (struct dirent *e; errno = 0, (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(name, sizeof name, "%s%s%s", inner, *inner ? "/" : "", e->d_name);
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			err_errno(c->err, STATUS_IOERR, "%s: cannot be seen; check the disk", name);
		else if (S_ISDIR(st.st_mode) && depth < DEEPEST)
			look_in(c, name, depth + 1);
		else if (!is_named(c, name))
			wrong(c, "%s: the manifest does not name it", name);
	}
	if (errno)
		err_errno(c->err, STATUS_IOERR, "%s: the folder cannot be read to its end; check the disk", *inner ? inner : ".");
	closedir(d);
}

void check_folder(struct check *c)
{
	look_in(c, "", 0);
}

/* ---- extracts ------------------------------------------------------------------------------------------------------------------------ */

#define PIECE (256u << 10)

/* The hashes of a file as it is, whatever it holds. */
static int digest_file(struct check *c, const char *path, const char *called, bool sha, uint64_t *ret_bytes, uint8_t xxh3[16],
                       uint8_t sha256[SHA256_BYTES])
{
	XXH3_state_t state;
	XXH128_canonical_t h;
	FILE *f = fopen(path, "re");
	if (!f)
		return err_errno(c->err, STATUS_IOERR, "%s: cannot be read; check the disk", called);
	struct sha256 *s = sha ? sha256_new() : NULL;
	char *piece = mem_alloc(PIECE);
	XXH3_INITSTATE(&state);
	XXH3_128bits_reset(&state);
	*ret_bytes = 0;
	for (size_t n; (n = fread(piece, 1, PIECE, f)) > 0; *ret_bytes += n) {
		XXH3_128bits_update(&state, piece, n);
		if (s)
			sha256_add(s, piece, n);
	}
	int r = ferror(f) ? err_set(c->err, STATUS_IOERR, "%s: cannot be read; check the disk", called) : 0;
	fclose(f);
	free(piece);
	XXH128_canonicalFromHash(&h, XXH3_128bits_digest(&state));
	memcpy(xxh3, h.digest, sizeof h.digest);
	if (s)
		sha256_get(s, sha256);
	sha256_free(s);
	return r;
}

/* In the first folder that has it. */
static bool find(const struct check *c, const char *name, char path[4096])
{
	struct stat st;
	for (const char *const *folder = c->job->extracts; *folder; folder++) {
		snprintf(path, 4096, "%s/%s", *folder, name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			return true;
	}
	return false;
}

/* Whether an input is among the extracts, and the one that was read; sha256 is worked out when asked for. */
static bool check_extract(struct check *c, json_t *in, bool sha, uint8_t sha256[SHA256_BYTES])
{
	const char *name = json_string_value(json_object_get(in, "file"));
	char path[4096];
	uint64_t bytes = 0;
	uint8_t xxh3[16];
	if (!name || strchr(name, '/'))
		return false;
	if (!find(c, name, path)) {
		wrong(c, "%s: is not among the extracts", name);
		return false;
	}
	if (digest_file(c, path, name, sha, &bytes, xxh3, sha256) < 0)
		return false;
	c->result->inputs++;
	bool same = is_size(in, bytes) && is_said(in, "xxh3_128", xxh3, sizeof xxh3) &&
	            (!json_object_get(in, "sha256") || is_said(in, "sha256", sha256, SHA256_BYTES));
	if (!same)
		wrong(c, "%s: is not the extract that was read", name);
	return same;
}

bool extract_sha256(struct check *c, json_t *in, char ret[SHA256_HEX])
{
	uint8_t sha256[SHA256_BYTES];
	if (!check_extract(c, in, true, sha256))
		return false;
	hex_put(sha256, sizeof sha256, ret);
	return true;
}

void check_extracts(struct check *c)
{
	json_t *in;
	size_t i;
	uint8_t sha256[SHA256_BYTES];
	json_array_foreach(json_object_get(c->manifest, "inputs"), i, in)
		if (!c->err->status)
			check_extract(c, in, json_object_get(in, "sha256") != NULL, sha256);
}
