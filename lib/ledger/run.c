#include "run.h"

#include "rows.h"

#include "base/lang.h"
#include "base/mem.h"
#include "io/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

const char *const tracked_columns[LIST_COLUMNS] = {
	"finding_id", "rule", "core", "severity", "confidence", "nature", "unit", "unit_no", "region", "persons", "status", "evidence_hash",
	"department", "days",
	"county", "township", "village", "head_name", "head_id", "evidence_ids", "evidence_rows", "evidence", "title", "check",
};

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

struct list {
	struct str name;
	lead_fn *fn;
	void *arg;
};

static int take_line(void *arg, const struct str *cells, struct err *err)
{
	struct list *l = arg;
	return l->fn(l->arg, l->name, cells, err);
}

int tracked_run_leads(const struct tracked_run *r, lead_fn *fn, void *arg, struct err *err)
{
	json_t *output;
	size_t i;
	json_array_foreach(json_object_get(r->manifest, "outputs"), i, output)
	{
		char path[4096];
		struct list l = { list_of(text_at(output, "file")), fn, arg };
		struct rows_job job = { .path = path, .columns = tracked_columns, .count = LIST_COLUMNS, .hash = text_at(output, "xxh3_128"), .fn = take_line, .arg = &l };
		snprintf(path, sizeof path, "%s/%s", r->folder, text_at(output, "file"));
		if (l.name.n && rows_read(&job, err) < 0)
			return -1;
	}
	return 0;
}
