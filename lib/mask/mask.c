#include "mask/mask.h"

#include "internal.h"
#include "io/output.h"
#include "report/seal.h"
#include "verify/verify.h"

#include <stdio.h>

struct copy {
	const struct mask_job *job;
	struct masker masker;
	struct output_folder staging;
	json_t *manifest, *outputs, *lists;
	char manifest_sha256[SHA256_HEX];
};

static int read_whole(const char *folder, const char *name, struct buf *ret, struct err *err)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "re");
	*ret = (struct buf){ 0 };
	if (!f)
		return err_errno(err, STATUS_IOERR, "%s: cannot be read", path);
	for (size_t n = 1; n; ret->n += n) {
		buf_reserve(ret, 64u << 10);
		n = fread(ret->p + ret->n, 1, 64u << 10, f);
	}
	int r = ferror(f) ? err_set(err, STATUS_IOERR, "%s: cannot be read; check the disk", path) : 0;
	fclose(f);
	return r;
}

/* Write a file of the copy; rows: UINT64_MAX where it has none. */
static int put(struct copy *c, const char *name, const struct buf *b, uint64_t rows, bool note, struct err *err)
{
	char path[4096], hex[33], sha256_hex[SHA256_HEX];
	uint8_t hash[16], sha256[SHA256_BYTES];
	struct output *o;
	snprintf(path, sizeof path, "%s/%s", c->staging.path, name);
	if (output_create(&o, path, err) < 0)
		return -1;
	output_also_sha256(o);
	if (output_write(o, b->p, b->n, err) < 0) {
		output_abort(o);
		return -1;
	}
	output_hash(o, hash);
	output_sha256(o, sha256);
	hex_put(hash, sizeof hash, hex);
	hex_put(sha256, sizeof sha256, sha256_hex);
	json_t *one = json_pack("{s:s, s:I, s:s, s:s}", "file", name, "bytes", (json_int_t)b->n, "xxh3_128", hex, "sha256", sha256_hex);
	if (rows != UINT64_MAX)
		json_object_set_new(one, "rows", json_integer((json_int_t)rows));
	if (note)
		json_array_append(c->outputs, one);
	json_decref(one);
	return output_commit(o, err);
}

static int copy_list(struct copy *c, const char *name, struct err *err)
{
	struct buf from = { 0 }, to = { 0 };
	uint64_t rows = 0;
	int r = read_whole(c->job->run, name, &from, err);
	if (r == 0 && mask_list(&c->masker, buf_str(&from), &to, &rows) < 0)
		r = err_set(err, STATUS_DATA, "%s: is no list", name);
	if (r == 0)
		r = put(c, name, &to, rows, true, err);
	buf_release(&from);
	buf_release(&to);
	return r;
}

/* Counts and rates name nobody. */
static int copy_plain(struct copy *c, const char *name, json_t *rows, struct err *err)
{
	struct buf b;
	int r = read_whole(c->job->run, name, &b, err);
	if (r == 0)
		r = put(c, name, &b, rows ? (uint64_t)json_integer_value(rows) : UINT64_MAX, true, err);
	buf_release(&b);
	return r;
}

static bool is_plain(const char *name)
{
	return !strcmp(name, "figures.csv") || !strcmp(name, "rates.csv") || !strcmp(name, "summary.json");
}

/* Only what is known to name nobody, or can be masked; whatever else a run may write stays at home. */
static int copy_outputs(struct copy *c, struct err *err)
{
	json_t *o;
	size_t i;
	int r = 0;
	json_array_foreach(json_object_get(c->manifest, "outputs"), i, o)
	{
		const char *name = json_string_value(json_object_get(o, "file"));
		if (r == 0 && name && !strncmp(name, "lists/", 6))
			r = copy_list(c, name, err);
		else if (r == 0 && name && is_plain(name))
			r = copy_plain(c, name, json_object_get(o, "rows"), err);
	}
	return r;
}

/* How many findings each list has; no sums of what they are called. */
static void count_lists(struct copy *c)
{
	const char *name;
	json_t *list;
	json_object_foreach(json_object_get(c->manifest, "lists"), name, list)
		json_object_set_new(c->lists, name, json_pack("{s:O}", "findings", json_object_get(list, "findings")));
}

/* Which run it is of can be told by who has the key. */
static int put_manifest(struct copy *c, struct err *err)
{
	json_t *m = json_pack("{s:s, s:s, s:O, s:b, s:O, s:O, s:s%, s:n, s:O, s:O}", "program", "bidui", "version", c->job->version, "as_of",
		json_object_get(c->manifest, "as_of"), "masked", 1, "pack", json_object_get(c->manifest, "pack"), "schemas",
		json_object_get(c->manifest, "schemas"), "of", keyed(&c->masker, "manifest", str_of(c->manifest_sha256)).p, (size_t)16,
		"previous", "lists", c->lists, "outputs", c->outputs);
	struct buf b = { 0 };
	manifest_print(m, &b);
	int r = put(c, "manifest.json", &b, UINT64_MAX, false, err);
	json_decref(m);
	buf_release(&b);
	return r;
}

static int make(struct copy *c, struct err *err)
{
	char lists[4096];
	struct buf manifest = { 0 };
	int r = read_whole(c->job->run, "manifest.json", &manifest, err);
	c->manifest = r == 0 ? json_loadb(manifest.p, manifest.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
	buf_release(&manifest);
	if (r < 0 || output_folder_create(&c->staging, c->job->out, err) < 0)
		return -1;
	snprintf(lists, sizeof lists, "%s/lists", c->staging.path);
	r = output_mkdir(lists, err);
	if (r == 0)
		r = copy_outputs(c, err);
	count_lists(c);
	return r == 0 ? put_manifest(c, err) : -1;
}

/* The copy has to hold what verify asks of it. */
static int check(const struct mask_job *job, const char *folder, char sha256[SHA256_HEX], struct err *err)
{
	struct verify_job v = { .folder = folder, .say = job->say, .arg = job->arg };
	struct verify_result found;
	if (verify_run(&v, &found, err) < 0)
		return -1;
	memcpy(sha256, found.manifest_sha256, SHA256_HEX);
	return found.problems ? err_set(err, STATUS_DATA, "%s: is not as it was published; nothing is copied", job->run) : 0;
}

int mask_run(const struct mask_job *job, struct err *err)
{
	struct copy c = { .job = job, .outputs = json_array(), .lists = json_object() };
	char ignored[SHA256_HEX];
	int r = key_load(&c.masker, job->key, err);
	if (r == 0)
		r = check(job, job->run, c.manifest_sha256, err);
	if (r == 0)
		r = make(&c, err);
	if (r == 0)
		r = check(job, c.staging.path, ignored, err);
	if (r == 0)
		r = output_folder_publish(&c.staging, job->out, NULL, err);
	output_folder_remove(&c.staging);
	json_decref(c.manifest);
	json_decref(c.outputs);
	json_decref(c.lists);
	buf_release(&c.masker.text);
	arena_release(&c.masker.arena);
	memset(&c.masker.key, 0, sizeof c.masker.key);
	return r;
}
