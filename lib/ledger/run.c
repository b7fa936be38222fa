#include "run.h"

#include "base/lang.h"
#include "base/mem.h"
#include "csv/reader.h"
#include "io/output.h"
#include "io/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

const char *const list_columns[LIST_COLUMNS] = {
	"finding_id", "rule", "core", "severity", "confidence", "nature", "unit", "unit_no", "region", "persons", "status", "evidence_hash",
	"department", "days",
	"county", "township", "village", "head_name", "head_id", "evidence_ids", "evidence_rows", "evidence", "title", "check",
};

/* A list's fields are written by the report, without a limit: evidence of a hundred rows is long. */
#define LIST_LIMITS ((struct csv_limits){ 4u << 20, 8u << 20, 16u << 20 })

static int broken(const struct tracked_run *r, const char *file, struct err *err)
{
	return err_set(err, STATUS_DATA, say("%s/%s: is not what the run wrote; make the run again"), r->folder, file);
}

/* ---- manifest and summary ------------------------------------------------------------------------------------------------------------ */

static int load_json(const struct tracked_run *r, const char *file, json_t **ret, struct err *err)
{
	char path[4096];
	json_error_t e;
	snprintf(path, sizeof path, "%s/%s", r->folder, file);
	if (access(path, R_OK) < 0)
		return err_errno(err, STATUS_NOINPUT, say("%s: is no folder that a run has published"), r->folder);
	*ret = json_load_file(path, JSON_REJECT_DUPLICATES, &e);
	return *ret ? 0 : broken(r, file, err);
}

/* The name of a list, "missed" of lists/missed.csv; empty for another output. */
static struct str list_of(const char *file)
{
	size_t n = strlen(file);
	if (n <= 10 || strncmp(file, "lists/", 6) != 0 || strcmp(file + n - 4, ".csv") != 0 || strchr(file + 6, '/'))
		return STR("");
	return (struct str){ file + 6, n - 10 };
}

static const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

static unsigned hash_lists(struct tracked_run *r)
{
	XXH128_canonical_t canonical;
	struct buf b = { 0 };
	json_t *output;
	size_t i;
	unsigned lists = 0;
	json_array_foreach(json_object_get(r->manifest, "outputs"), i, output)
	{
		const char *file = text_at(output, "file");
		bool list = list_of(file).n > 0;
		if (list || !strcmp(file, "summary.json"))
			buf_printf(&b, "%s %s\n", file, text_at(output, "xxh3_128"));
		lists += list;
	}
	XXH128_canonicalFromHash(&canonical, XXH3_128bits(b.p, b.n));
	hex128(canonical.digest, r->lists);
	buf_release(&b);
	return lists;
}

int tracked_run_open(struct tracked_run *r, const char *folder, struct err *err)
{
	*r = (struct tracked_run){ .folder = mem_dup(str_of(folder)) };
	for (size_t n = strlen(r->folder); n > 1 && r->folder[n - 1] == '/';)
		r->folder[--n] = 0;
	if (load_json(r, "manifest.json", &r->manifest, err) < 0 || load_json(r, "summary.json", &r->summary, err) < 0)
		return -1;
	r->as_of = text_at(r->manifest, "as_of");
	r->pack = text_at(json_object_get(r->manifest, "pack"), "xxh3_128");
	if (strlen(r->as_of) != 10 || strcmp(r->as_of, text_at(r->summary, "as_of")) != 0 || !hash_lists(r))
		return broken(r, "manifest.json", err);
	return 0;
}

void tracked_run_release(struct tracked_run *r)
{
	json_decref(r->manifest);
	json_decref(r->summary);
	free(r->folder);
	*r = (struct tracked_run){ 0 };
}

int tracked_run_missing(const struct tracked_run *r, missing_fn *fn, void *arg, struct err *err)
{
	static const char *const parts[] = { "not_evaluated", "partial" };
	json_t *rule, *kind;
	size_t i, k;
	for (int p = 0; p < 2; p++)
		json_array_foreach(json_object_get(r->summary, parts[p]), i, rule)
			json_array_foreach(json_object_get(rule, "missing"), k, kind)
				if (fn(arg, str_of(text_at(rule, "rule")), str_of(json_string_value(kind) ? json_string_value(kind) : ""), err) < 0)
					return -1;
	return 0;
}

/* ---- lists --------------------------------------------------------------------------------------------------------------------------- */

struct list_reader {
	const struct tracked_run *run;
	const char *file;          /* in the folder */
	struct str list;
	int at[LIST_COLUMNS];      /* of each column, its field */
	uint64_t rows;
	lead_fn *fn;
	void *arg;
};

static ssize_t read_source(void *source, void *buf, size_t n, struct err *err)
{
	return source_read(source, buf, n, err);
}

/* Columns are found by name: a list may have further ones. */
static int find_columns(struct list_reader *l, const struct csv_record *header, struct err *err)
{
	for (int c = 0; c < LIST_COLUMNS; c++) {
		l->at[c] = -1;
		for (size_t f = 0; f < header->field_count; f++)
			if (str_eq(header->fields[f], str_of(list_columns[c])))
				l->at[c] = (int)f;
		if (l->at[c] < 0)
			return err_set(err, STATUS_DATA, say("%s/%s: lacks the column %s; make the run again"), l->run->folder, l->file, list_columns[c]);
	}
	return 0;
}

static struct str without_guard(struct str s)
{
	if (s.n > 1 && s.p[0] == '\'' && memchr("=+-@\t\r", s.p[1], 6))
		return (struct str){ s.p + 1, s.n - 1 };
	return s;
}

static int take_record(struct list_reader *l, const struct csv_record *record, struct err *err)
{
	struct str cells[LIST_COLUMNS];
	for (int c = 0; c < LIST_COLUMNS; c++) {
		if ((size_t)l->at[c] >= record->field_count)
			return broken(l->run, l->file, err);
		cells[c] = without_guard(record->fields[l->at[c]]);
	}
	l->rows++;
	return l->fn(l->arg, l->list, cells, err);
}

static int read_records(struct list_reader *l, struct csv_reader *reader, struct err *err)
{
	struct csv_record record;
	enum csv_got got;
	bool header = true;
	while ((got = csv_next(reader, &record, err)) == CSV_RECORD) {
		int r = record.fault != CSV_SOUND ? broken(l->run, l->file, err) : header ? find_columns(l, &record, err) : take_record(l, &record, err);
		if (r < 0)
			return -1;
		header = false;
	}
	if (got == CSV_ERROR)
		return -1;
	return header ? broken(l->run, l->file, err) : 0;
}

/* The file is what the manifest says: its bytes' hash, and its rows. */
static int check(struct list_reader *l, const struct source *source, const json_t *output, struct err *err)
{
	uint64_t bytes;
	uint8_t hash[16];
	char hex[33];
	source_digest(source, &bytes, hash);
	hex128(hash, hex);
	bool same = !strcmp(hex, text_at(output, "xxh3_128")) && (json_int_t)l->rows == json_integer_value(json_object_get(output, "rows"));
	return same ? 0 : broken(l->run, l->file, err);
}

static int read_list(struct list_reader *l, const json_t *output, struct err *err)
{
	struct source *source = NULL;
	struct csv_reader *reader = NULL;
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", l->run->folder, l->file);
	int r = source_open(&source, path, err);
	if (r < 0)
		return err_in(err, "%s", path);
	r = csv_reader_open(&reader, &(struct csv_rules){ ',', LIST_LIMITS }, read_source, source, err);
	if (r == 0)
		r = read_records(l, reader, err);
	if (r == 0)
		r = check(l, source, output, err);
	csv_reader_close(reader);
	source_close(source);
	return r;
}

int tracked_run_leads(const struct tracked_run *r, lead_fn *fn, void *arg, struct err *err)
{
	json_t *output;
	size_t i;
	json_array_foreach(json_object_get(r->manifest, "outputs"), i, output)
	{
		const char *file = text_at(output, "file");
		struct list_reader l = { .run = r, .file = file, .list = list_of(file), .fn = fn, .arg = arg };
		if (l.list.n && read_list(&l, output, err) < 0)
			return -1;
	}
	return 0;
}
