/* summary.json and manifest.json. Keys stand in the order of outputs.md. */
#include "internal.h"

#include "io/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static int put_json(struct report *r, const char *name, json_t *j, struct err *err)
{
	struct buf b = { 0 };
	char *text = json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
	buf_puts(&b, str_of(text));
	buf_putc(&b, '\n');
	free(text);
	int got = put_file(r, name, &b, UINT64_MAX, err);
	buf_release(&b);
	return got;
}

static void set_new(json_t *object, struct str key, json_t *value)
{
	char *k = mem_dup(key);
	json_object_set_new(object, k, value);
	free(k);
}

static json_t *kind_list(const struct pack *p, uint64_t kinds)
{
	json_t *a = json_array();
	for (unsigned i = 0; i < p->schema->kind_count; i++)
		if (kinds >> i & 1)
			json_array_append_new(a, json_stringn(p->schema->kinds[i].name.p, p->schema->kinds[i].name.n));
	return a;
}

static void add_coverage(const struct report *r, json_t *not_evaluated, json_t *partial)
{
	for (unsigned i = 0; i < r->pack->rule_count; i++) {
		const struct rule *rule = &r->pack->rules[i];
		bool evaluated = r->coverage.evaluated >> i & 1;
		if (evaluated && !r->coverage.missing[i])
			continue;
		json_array_append_new(evaluated ? partial : not_evaluated,
			json_pack("{s:s%, s:o}", "rule", rule->code.p, rule->code.n, "missing", kind_list(r->pack, r->coverage.missing[i])));
	}
}

/* Parameters whose value, or that of a year, nobody has confirmed: the reader of the figures should know. */
static json_t *unconfirmed(const struct pack *p)
{
	json_t *a = json_array();
	for (unsigned i = 0; i < p->parameter_count; i++) {
		if (p->parameters[i].unconfirmed)
			json_array_append_new(a, json_pack("{s:s%}", "parameter", p->parameters[i].name.p, p->parameters[i].name.n));
		for (unsigned k = 0; k < p->parameters[i].year_count; k++)
			if (p->parameters[i].years[k].unconfirmed)
				json_array_append_new(a, json_pack("{s:s%, s:i}", "parameter", p->parameters[i].name.p,
					p->parameters[i].name.n, "year", p->parameters[i].years[k].year));
	}
	return a;
}

int put_summary(struct report *r, struct err *err)
{
	json_t *lists = json_object(), *rules = json_object(), *not_evaluated = json_array(), *partial = json_array();
	for (int l = 0; l < LIST_COUNT; l++) {
		json_object_set_new(lists, list_name((enum list)l), json_integer((json_int_t)r->result->findings[l]));
		json_t *of = json_object();
		for (unsigned i = 0; i < r->pack->rule_count; i++)
			if (r->result->by_rule[l][i])
				set_new(of, r->pack->rules[i].code, json_integer((json_int_t)r->result->by_rule[l][i]));
		json_object_set_new(rules, list_name((enum list)l), of);
	}
	add_coverage(r, not_evaluated, partial);
	json_t *j = json_pack("{s:O, s:o, s:o, s:o, s:o, s:O, s:o, s:s}", "as_of", json_object_get(r->meta, "as_of"), "lists", lists,
		"rules", rules, "not_evaluated", not_evaluated, "partial", partial, "rates", r->rates, "unconfirmed", unconfirmed(r->pack),
		"note", "疑点不等于违规");
	r->summary = j;
	return put_json(r, "summary.json", j, err);
}

/* ---- manifest ------------------------------------------------------------------------------------------------------------------------ */

static json_t *inputs(const struct report *r)
{
	json_t *all = json_array();
	json_t *kinds = json_object_get(r->meta, "kinds");
	for (unsigned i = 0; i < r->pack->schema->kind_count; i++) {
		const struct kind *k = &r->pack->schema->kinds[i];
		char *name = mem_dup(k->name);
		json_t *files = json_object_get(json_object_get(kinds, name), "files"), *f;
		size_t at;
		json_array_foreach(files, at, f)
		{
			json_t *one = json_pack("{s:s}", "kind", name);
			static const char *const keys[] = { "file", "bytes", "xxh3_128", "encoding", "delimiter", "rows_read", "accepted",
				"rejected", "duplicate", "blank" };
			for (size_t c = 0; c < sizeof keys / sizeof *keys; c++)
				if (json_object_get(f, keys[c]))
					json_object_set(one, keys[c], json_object_get(f, keys[c]));
			json_array_append_new(all, one);
		}
		free(name);
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

static int note_output(struct report *r, const char *name, bool csv, struct err *err)
{
	char path[4096];
	struct buf b = { 0 };
	snprintf(path, sizeof path, "%s/%s", r->job->folder, name);
	FILE *f = fopen(path, "re");
	if (!f)
		return err_errno(err, STATUS_IOERR, "%s: cannot be read back", path);
	size_t n;
	do {
		buf_reserve(&b, 1u << 20);
		n = fread(b.p + b.n, 1, 1u << 20, f);
		b.n += n;
	} while (n);
	bool bad = ferror(f);
	fclose(f);
	if (bad) {
		buf_release(&b);
		return err_set(err, STATUS_IOERR, "%s: cannot be read back", path);
	}
	XXH128_canonical_t h;
	char hex[33];
	XXH128_canonicalFromHash(&h, XXH3_128bits(b.p, b.n));
	hex128(h.digest, hex);
	json_t *one = json_pack("{s:s, s:I, s:s}", "file", name, "bytes", (json_int_t)b.n, "xxh3_128", hex);
	if (csv)
		json_object_set_new(one, "rows", json_integer((json_int_t)csv_rows(&b)));
	json_array_append_new(r->outputs, one);
	buf_release(&b);
	return 0;
}

/* What the ingest wrote, in the order of kinds. */
static int note_folder(struct report *r, const char *folder, struct err *err)
{
	json_t *kinds = json_object_get(r->meta, "kinds");
	for (unsigned i = 0; i < r->pack->schema->kind_count; i++) {
		char name[512];
		char *kind = mem_dup(r->pack->schema->kinds[i].name);
		bool there = json_object_get(kinds, kind) != NULL;
		snprintf(name, sizeof name, "%s/%s.csv", folder, kind);
		free(kind);
		if (there && note_output(r, name, true, err) < 0)
			return -1;
	}
	return 0;
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
	char hex[33], now[32];
	tell_time(now);
	hex128(r->pack->hash, hex);
	json_t *ignored = json_array();
	for (char *const *i = r->job->ignored; i && *i; i++)
		json_array_append_new(ignored, json_string(*i));
	r->manifest = json_pack("{s:s, s:s, s:O, s:{s:s%, s:s}, s:s, s:s, s:o, s:o, s:O}", "program", "bidui", "version", r->job->version,
		"as_of", json_object_get(r->meta, "as_of"), "pack", "name", r->pack->name.p, r->pack->name.n, "xxh3_128", hex,
		"started_at", r->job->started_at ? r->job->started_at : now, "finished_at", now, "inputs", inputs(r), "ignored", ignored,
		"outputs", r->outputs);
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
	json_object_set_new(r->manifest, "finished_at", json_string(tell_time(now)));
	if (note_folder(r, "rejects", err) < 0 || note_folder(r, "invalid", err) < 0)
		return -1;
	return put_json(r, "manifest.json", r->manifest, err);
}
