#include "run/expect.h"

#include "base/lang.h"
#include "base/mem.h"
#include "ingest/sum.h"
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

bool total_says(const struct total *t)
{
	return t->has_rows || t->has_bytes || t->sum_count;
}

static int take_sum(const struct yaml *y, struct fy_node *node, struct str column, struct total_sum *ret, struct err *err)
{
	struct str text;
	if (yaml_str(y, node, &text, err) < 0)
		return -1;
	if (column.n >= sizeof ret->column || !text.n || money_parse(text, &ret->sum))
		return yaml_fail(y, node, err, "here belongs the sum of a column, like 1234.50");
	snprintf(ret->column, sizeof ret->column, "%.*s", STR_ARG(column));
	return 0;
}

static int take_sums(const struct yaml *y, struct fy_node *map, struct total *ret, struct err *err)
{
	struct fy_node *sums = yaml_get(map, "sums"), *key, *value;
	struct str column;
	void *at = NULL;
	unsigned n;
	if (!sums)
		return 0;
	if (yaml_map(y, sums, TOTAL_SUMS, &n, err) < 0)
		return -1;
	while (yaml_next(sums, &at, &key, &column, &value))
		if (take_sum(y, value, column, &ret->sums[ret->sum_count++], err) < 0)
			return -1;
	return 0;
}

int total_take(const struct yaml *y, struct fy_node *node, struct total *ret, struct err *err)
{
	static const char *const keys[] = { "rows", "bytes", "sums", NULL };
	*ret = (struct total){ 0 };
	if (yaml_keys(y, node, keys, err) < 0 || take_count(y, node, "rows", &ret->rows, &ret->has_rows, err) < 0)
		return -1;
	if (take_count(y, node, "bytes", &ret->bytes, &ret->has_bytes, err) < 0)
		return -1;
	return take_sums(y, node, ret, err);
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

static int check_sums(const struct runner *r, const struct run_file *f, const struct ingest_count *n, json_t *told, struct err *err)
{
	const struct total *t = &f->total;
	const struct ingest_file file = { f->path, f->name, f->encoding, f->delimiter };
	struct column_sum sums[TOTAL_SUMS];
	char spool[4096];
	if (!t->sum_count)
		return 0;
	for (unsigned i = 0; i < t->sum_count; i++)
		sums[i].column = (unsigned)kind_column(f->kind, str_of(t->sums[i].column));
	if (extract_sums(&file, f->kind, n, path_in(spool, r->work.path, "sums", ""), sums, t->sum_count, err) < 0)
		return -1;
	for (unsigned i = 0; i < t->sum_count; i++) {
		struct buf has = { 0 }, says = { 0 };
		int got = 0;
		value_print(TYPE_MONEY, sums[i].sum, &has);
		value_print(TYPE_MONEY, t->sums[i].sum, &says);
		if (sums[i].sum != t->sums[i].sum)
			got = err_set(err, STATUS_DATA, say("%s: its column %s adds up to %.*s, its sender's total says %.*s; ask for the file again"), f->name,
			              t->sums[i].column, (int)has.n, has.p, (int)says.n, says.p);
		else
			json_object_set_new(told, t->sums[i].column, json_stringn(has.p, has.n));
		buf_release(&has);
		buf_release(&says);
		if (got < 0)
			return -1;
	}
	return 0;
}

static int check_total(const struct runner *r, const struct run_file *f, const struct ingest_count *n, json_t *notes, struct err *err)
{
	const struct total *t = &f->total;
	json_t *one, *sums;
	if (!total_says(t))
		return 0;
	if (t->has_bytes && t->bytes != n->bytes)
		return err_set(err, STATUS_DATA, say("%s: has %llu bytes, its sender's total says %llu; ask for the file again"), f->name,
		               (unsigned long long)n->bytes, (unsigned long long)t->bytes);
	if (t->has_rows && t->rows != n->rows_read)
		return err_set(err, STATUS_DATA, say("%s: has %llu rows, its sender's total says %llu; ask for the file again"), f->name,
		               (unsigned long long)n->rows_read, (unsigned long long)t->rows);
	sums = json_object();
	if (check_sums(r, f, n, sums, err) < 0) {
		json_decref(sums);
		return -1;
	}
	one = json_pack("{s:s}", "file", f->name);
	if (t->has_rows)
		json_object_set_new(one, "rows", json_integer((json_int_t)t->rows));
	if (t->has_bytes)
		json_object_set_new(one, "bytes", json_integer((json_int_t)t->bytes));
	if (t->sum_count)
		json_object_set(one, "sums", sums);
	json_decref(sums);
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

/* Sums are of columns that hold amounts. */
static int know_sums(const struct run_file *f, struct err *err)
{
	for (unsigned i = 0; i < f->total.sum_count; i++) {
		int c = kind_column(f->kind, str_of(f->total.sums[i].column));
		if (c < 0 || f->kind->columns[c].type != TYPE_MONEY)
			return err_set(err, STATUS_CONFIG, say("%s: its total has the sum of '%s', which is no column of amounts of the kind %.*s; see its schema"), f->name,
			               f->total.sums[i].column, STR_ARG(f->kind->name));
	}
	return 0;
}

int runner_expect_known(const struct runner *r, struct err *err)
{
	for (size_t i = 0; i < r->files.count; i++)
		if (know_sums(&r->files.items[i], err) < 0)
			return -1;
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
		got = check_total(r, &r->files.items[i], &r->result->counts[i], totals, err);
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
