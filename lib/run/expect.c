#include "run/expect.h"

#include "base/mem.h"
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- what is said -------------------------------------------------------------------------------------------------------------------- */

static int take_count(const struct yaml *y, struct fy_node *map, const char *key, uint64_t *ret, bool *ret_has, struct err *err)
{
	struct fy_node *n = yaml_get(map, key);
	long v;
	*ret_has = n != NULL;
	if (!n)
		return 0;
	if (yaml_int(y, n, 0, INT64_C(1000000000000000), &v, err) < 0)
		return -1;
	*ret = (uint64_t)v;
	return 0;
}

int total_take(const struct yaml *y, struct fy_node *node, struct total *ret, struct err *err)
{
	static const char *const keys[] = { "rows", "bytes", NULL };
	*ret = (struct total){ 0 };
	if (yaml_keys(y, node, keys, err) < 0 || take_count(y, node, "rows", &ret->rows, &ret->has_rows, err) < 0)
		return -1;
	return take_count(y, node, "bytes", &ret->bytes, &ret->has_bytes, err);
}

int total_load(const char *path, struct total *ret, struct err *err)
{
	char name[4096];
	struct yaml *y;
	*ret = (struct total){ 0 };
	if (snprintf(name, sizeof name, "%s.total", path) >= (int)sizeof name)
		return 0;
	if (access(name, F_OK) < 0) /* none, or no name that a file could have */
		return errno == ENOENT || errno == ENAMETOOLONG ? 0 : err_errno(err, STATUS_IOERR, "%s: cannot be looked up; look at the disk and whose "
		                                                                                    "the folder is", name);
	if (yaml_load(&y, name, err) < 0)
		return -1;
	int r = total_take(y, yaml_root(y), ret, err);
	yaml_free(y);
	return r;
}

/* "10%" or "0.5%". */
static int take_percent(const struct yaml *y, struct fy_node *map, const char *key, double *ret, struct err *err)
{
	struct fy_node *n = yaml_get(map, key);
	struct str s;
	char text[32], *end;
	*ret = -1;
	if (!n)
		return 0;
	if (yaml_str(y, n, &s, err) < 0)
		return -1;
	snprintf(text, sizeof text, "%.*s", s.n < sizeof text ? (int)s.n : 0, s.p);
	*ret = strtod(text, &end);
	if (text[0] >= '0' && text[0] <= '9' && !strcmp(end, "%") && *ret <= 10000)
		return 0;
	return yaml_fail(y, n, err, "here belongs a share, like 10%% or 0.5%%");
}

int limit_take(const struct yaml *y, struct str kind, struct fy_node *node, struct limit *ret, struct err *err)
{
	static const char *const keys[] = { "rejected", "change", NULL };
	*ret = (struct limit){ NULL, -1, -1 };
	if (yaml_keys(y, node, keys, err) < 0 || take_percent(y, node, "rejected", &ret->rejected, err) < 0 ||
	    take_percent(y, node, "change", &ret->change, err) < 0)
		return -1;
	ret->kind = mem_dup(kind);
	return 0;
}

/* ---- what came ----------------------------------------------------------------------------------------------------------------------- */

static int check_total(const struct run_file *f, const struct ingest_count *n, json_t *notes, struct err *err)
{
	const struct total *t = &f->total;
	json_t *one;
	if (!t->has_rows && !t->has_bytes)
		return 0;
	if (t->has_bytes && t->bytes != n->bytes)
		return err_set(err, STATUS_DATA, "%s: has %llu bytes, its sender's total says %llu; ask for the file again", f->name,
		               (unsigned long long)n->bytes, (unsigned long long)t->bytes);
	if (t->has_rows && t->rows != n->rows_read)
		return err_set(err, STATUS_DATA, "%s: has %llu rows, its sender's total says %llu; ask for the file again", f->name,
		               (unsigned long long)n->rows_read, (unsigned long long)t->rows);
	one = json_pack("{s:s}", "file", f->name);
	if (t->has_rows)
		json_object_set_new(one, "rows", json_integer((json_int_t)t->rows));
	if (t->has_bytes)
		json_object_set_new(one, "bytes", json_integer((json_int_t)t->bytes));
	json_array_append_new(notes, one);
	return 0;
}

/* Rows of a kind in this run. */
static void count_kind(const struct runner *r, const struct kind *k, uint64_t *ret_rows, uint64_t *ret_rejected)
{
	*ret_rows = *ret_rejected = 0;
	for (size_t i = 0; i < r->files.count; i++) {
		if (r->files.items[i].kind != k)
			continue;
		*ret_rows += r->result->counts[i].rows_read;
		*ret_rejected += r->result->counts[i].rejected;
	}
}

/* And in the last one; false where there is nothing to compare with. */
static bool count_last(const struct runner *r, const char *kind, uint64_t *ret)
{
	json_t *in;
	size_t i;
	*ret = 0;
	json_array_foreach(json_object_get(r->last.manifest, "inputs"), i, in)
	{
		const char *of = json_string_value(json_object_get(in, "kind"));
		if (of && !strcmp(of, kind))
			*ret += (uint64_t)json_integer_value(json_object_get(in, "rows_read"));
	}
	return *ret > 0;
}

/* A run that was told to accept goes on, and says so in its manifest. */
static int exceed(const struct runner *r, const struct limit *l, const char *what, const char *text, json_t *accepted, struct err *err)
{
	if (!r->plan->accept)
		return err_set(err, STATUS_DATA, "%s: %s; ask the sender for a whole extract, or run with --accept", l->kind, text);
	json_array_append_new(accepted, json_pack("{s:s, s:s, s:s}", "kind", l->kind, "limit", what, "why", text));
	return 0;
}

static int check_limit(const struct runner *r, const struct limit *l, json_t *accepted, struct err *err)
{
	const struct kind *k = schema_kind(r->schema, str_of(l->kind));
	uint64_t rows, rejected, last;
	char text[256];
	count_kind(r, k, &rows, &rejected);
	if (l->rejected >= 0 && (double)rejected * 100 > l->rejected * (double)rows) {
		snprintf(text, sizeof text, "%llu of %llu rows are refused, over the limit of %g %%", (unsigned long long)rejected,
		         (unsigned long long)rows, l->rejected);
		if (exceed(r, l, "rejected", text, accepted, err) < 0)
			return -1;
	}
	if (l->change < 0 || !count_last(r, l->kind, &last))
		return 0;
	uint64_t change = rows > last ? rows - last : last - rows;
	if ((double)change * 100 <= l->change * (double)last)
		return 0;
	snprintf(text, sizeof text, "has %llu rows, %llu in the last run, over the limit of %g %%", (unsigned long long)rows,
	         (unsigned long long)last, l->change);
	return exceed(r, l, "change", text, accepted, err);
}

int runner_expect_known(const struct runner *r, struct err *err)
{
	for (size_t i = 0; i < r->plan->limit_count; i++)
		if (!schema_kind(r->schema, str_of(r->plan->limits[i].kind)))
			return err_set(err, STATUS_CONFIG, "limits: there is no kind '%s'; see the schemas", r->plan->limits[i].kind);
	return 0;
}

int runner_expect(struct runner *r, struct err *err)
{
	json_t *totals = json_array(), *accepted = json_array();
	int got = 0;
	for (size_t i = 0; got == 0 && i < r->files.count; i++)
		got = check_total(&r->files.items[i], &r->result->counts[i], totals, err);
	for (size_t i = 0; got == 0 && i < r->plan->limit_count; i++)
		got = check_limit(r, &r->plan->limits[i], accepted, err);
	json_decref(r->notes);
	r->notes = json_object();
	if (json_array_size(totals))
		json_object_set(r->notes, "totals", totals);
	if (json_array_size(accepted))
		json_object_set(r->notes, "accepted", accepted);
	json_decref(totals);
	json_decref(accepted);
	return got;
}
