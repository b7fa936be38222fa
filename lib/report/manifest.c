/* manifest.json: what was read, with which rules, and what was written, so that all of it can be checked again. */
#include "internal.h"

#include "io/output.h"
#include "report/seal.h"

#include <stdio.h>
#include <time.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* A file that somebody else has written. */
static void note_file(struct report *r, const char *name, struct str bytes, uint64_t rows)
{
	XXH128_canonical_t xxh3;
	uint8_t sha256[SHA256_BYTES];
	char hex[33], sha256_hex[SHA256_HEX];
	XXH128_canonicalFromHash(&xxh3, XXH3_128bits(bytes.p, bytes.n));
	sha256_of(bytes.p, bytes.n, sha256);
	hex_put(xxh3.digest, sizeof xxh3.digest, hex);
	hex_put(sha256, sizeof sha256, sha256_hex);
	json_t *one = json_pack("{s:s, s:I, s:s, s:s}", "file", name, "bytes", (json_int_t)bytes.n, "xxh3_128", hex, "sha256", sha256_hex);
	if (rows != NO_ROWS)
		json_object_set_new(one, "rows", json_integer((json_int_t)rows));
	json_array_append_new(r->outputs, one);
}

/* ---- what was read ------------------------------------------------------------------------------------------------------------------- */

static json_t *files_of(const struct report *r, const struct kind *k, json_t **ret_kind)
{
	char *name = mem_dup(k->name);
	*ret_kind = json_object_get(json_object_get(r->meta, "kinds"), name);
	free(name);
	return json_object_get(*ret_kind, "files");
}

static json_t *inputs(const struct report *r)
{
	static const char *const keys[] = { "file", "bytes", "xxh3_128", "sha256", "encoding", "delimiter", "rows_read", "accepted", "rejected",
		"duplicate", "blank", "invalid", "total" };
	json_t *all = json_array(), *kind, *f;
	size_t at;
	for (unsigned i = 0; i < r->pack->schema->kind_count; i++) {
		const struct kind *k = &r->pack->schema->kinds[i];
		json_t *files = files_of(r, k, &kind);
		json_array_foreach(files, at, f)
		{
			json_t *one = json_pack("{s:s%}", "kind", k->name.p, k->name.n);
			for (size_t c = 0; c < sizeof keys / sizeof *keys; c++)
				if (json_object_get(f, keys[c]))
					json_object_set(one, keys[c], json_object_get(f, keys[c]));
			json_array_append_new(all, one);
		}
	}
	return all;
}

/* The files of a kind added up, and what the join did with its rows; a kind that names nobody does not get to the join. */
static json_t *account(const struct kind *k, json_t *files, json_t *kind)
{
	static const char *const counts[] = { "rows_read", "accepted", "rejected", "duplicate", "blank", "invalid" };
	static const char *const joined[] = { "kept", "looked_at", "not_wanted" };
	json_t *one = json_pack("{s:s%}", "kind", k->name.p, k->name.n), *f;
	size_t at;
	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		json_int_t n = 0;
		json_array_foreach(files, at, f)
			n += json_integer_value(json_object_get(f, counts[c]));
		json_object_set_new(one, counts[c], json_integer(n));
	}
	if (json_object_get(kind, "sum"))
		json_object_set(one, "sum", json_object_get(kind, "sum"));
	for (size_t c = 0; c < sizeof joined / sizeof *joined && k->ids[0] >= 0; c++)
		json_object_set(one, joined[c], json_object_get(kind, joined[c]));
	return one;
}

static json_t *accounts(const struct report *r)
{
	json_t *all = json_array(), *kind;
	for (unsigned i = 0; i < r->pack->schema->kind_count; i++) {
		const struct kind *k = &r->pack->schema->kinds[i];
		json_t *files = files_of(r, k, &kind);
		if (kind)
			json_array_append_new(all, account(k, files, kind));
	}
	return all;
}

/* ---- what was written ---------------------------------------------------------------------------------------------------------------- */

static json_t *lists(const struct report *r)
{
	json_t *all = json_object();
	for (int l = 0; l < LIST_COUNT; l++) {
		char hex[ROW_SUM_HEX];
		row_sum_print(r->list_sums[l], hex);
		json_object_set_new(all, list_name((enum list)l),
			json_pack("{s:I, s:s}", "findings", (json_int_t)(r->result->findings[l] + r->exempted[l]), "sum", hex));
	}
	return all;
}

/* Rows of a CSV that the ingest wrote, its header not counted: line ends outside of quotes. */
static uint64_t csv_rows(const struct buf *b)
{
	uint64_t lines = 0;
	bool quoted = false;
	for (size_t i = 0; i < b->n; i++) {
		quoted ^= b->p[i] == '"';
		lines += b->p[i] == '\n' && !quoted;
	}
	return lines ? lines - 1 : 0;
}

int note_output(struct report *r, const char *name, bool csv, struct err *err)
{
	char path[4096];
	struct buf b = { 0 };
	snprintf(path, sizeof path, "%s/%s", r->job->folder, name);
	FILE *f = fopen(path, "re");
	if (!f)
		return err_errno(err, STATUS_IOERR, "%s: cannot be read back", path);
	size_t n;
	do {
		buf_reserve(&b, 64u << 10);
		n = fread(b.p + b.n, 1, 64u << 10, f);
		b.n += n;
	} while (n);
	bool bad = ferror(f);
	fclose(f);
	if (!bad)
		note_file(r, name, buf_str(&b), csv ? csv_rows(&b) : NO_ROWS);
	buf_release(&b);
	return bad ? err_set(err, STATUS_IOERR, "%s: cannot be read back", path) : 0;
}

/* What the ingest wrote, in the order of kinds. */
static int note_folder(struct report *r, const char *folder, struct err *err)
{
	json_t *kind;
	for (unsigned i = 0; i < r->pack->schema->kind_count; i++) {
		char name[512];
		files_of(r, &r->pack->schema->kinds[i], &kind);
		snprintf(name, sizeof name, "%s/%.*s.csv", folder, STR_ARG(r->pack->schema->kinds[i].name));
		if (kind && note_output(r, name, true, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the file ------------------------------------------------------------------------------------------------------------------------ */

static json_t *hashes(struct str name, const uint8_t xxh3_128[16], const uint8_t sha256[SHA256_BYTES])
{
	char hex[33], sha256_hex[SHA256_HEX];
	json_t *j = json_object();
	hex_put(xxh3_128, 16, hex);
	hex_put(sha256, SHA256_BYTES, sha256_hex);
	if (name.n)
		json_object_set_new(j, "name", json_stringn(name.p, name.n));
	json_object_set_new(j, "xxh3_128", json_string(hex));
	json_object_set_new(j, "sha256", json_string(sha256_hex));
	return j;
}

static json_t *ignored(const struct report *r)
{
	json_t *all = json_array();
	for (char *const *i = r->job->ignored; i && *i; i++)
		json_array_append_new(all, json_string(*i));
	return all;
}

static const char *tell_time(char now[32])
{
	time_t t = time(NULL);
	struct tm tm;
	gmtime_r(&t, &tm);
	strftime(now, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return now;
}

void begin_manifest(struct report *r)
{
	char now[32];
	const struct pack *p = r->pack;
	const struct report_job *job = r->job;
	tell_time(now);
	r->manifest = json_pack("{s:s, s:s, s:O, s:o, s:o, s:s, s:s, s:s?, s:o, s:o, s:o, s:o, s:O}", "program", "bidui", "version",
		job->version, "as_of", json_object_get(r->meta, "as_of"), "pack", hashes(p->name, p->hash, p->sha256), "schemas",
		hashes(STR(""), p->schema->hash, p->schema->sha256), "started_at", job->started_at ? job->started_at : now, "finished_at", now,
		"previous", job->previous, "inputs", inputs(r), "ignored", ignored(r), "kinds", accounts(r), "lists", lists(r), "outputs",
		r->outputs);
	if (job->notes)
		json_object_update(r->manifest, job->notes);
}

int put_workbooks(struct report *r, struct err *err)
{
	char folder[4096], name[4096], **names = NULL;
	if (!r->job->xlsx)
		return 0;
	snprintf(folder, sizeof folder, "%s/workbooks", r->job->folder);
	if (make_folder(r, "workbooks", err) < 0)
		return -1;
	struct workbook_job job = { .run = r->job->folder, .out = folder, .split = r->job->split, .schema = r->pack->schema,
		.manifest = r->manifest, .summary = r->summary };
	int got = workbook_make(&job, &names, err);
	for (char **n = names; got == 0 && n && *n; n++) {
		snprintf(name, sizeof name, "workbooks/%s", *n);
		got = note_output(r, name, false, err);
	}
	workbook_names_free(names);
	return got;
}

int put_manifest(struct report *r, struct err *err)
{
	char now[32];
	if (note_folder(r, "rejects", err) < 0 || note_folder(r, "invalid", err) < 0)
		return -1;
	json_object_set_new(r->manifest, "finished_at", json_string(tell_time(now)));
	struct buf b = { 0 };
	manifest_print(r->manifest, &b);
	int got = put_file(r, "manifest.json", &b, NO_ROWS, err);
	buf_release(&b);
	return got;
}
