/* Which files there are, of which kind, and which are passed over. */
#include "find.h"

#include "id/hide.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* As it may be told. */
static char *shown(const char *name)
{
	char *s = mem_dup(str_of(name));
	id_hide(s);
	return s;
}

static void add(struct found_files *f, const char *path, const struct kind *kind, const struct planned_file *as)
{
	struct stat st;
	struct run_file one = { mem_dup(str_of(path)), shown(base_name(path)), kind, NULL, 0,
		stat(path, &st) == 0 ? (uint64_t)st.st_size : 0 };
	if (as && as->encoding)
		one.encoding = mem_dup(str_of(as->encoding));
	if (as && as->delimiter)
		one.delimiter = str_eq(str_of(as->delimiter), STR("tab")) ? '\t' : *as->delimiter;
	if (as)
		one.total = as->total;
	VEC_PUSH(f->items, f->count, f->cap, one);
}

/* FILE.total beside FILE belongs to it. */
static bool is_total(const char *path)
{
	size_t n = strlen(path), m = strlen(".total");
	char of[4096];
	if (n <= m || n - m >= sizeof of || strcmp(path + n - m, ".total") != 0)
		return false;
	snprintf(of, sizeof of, "%.*s", (int)(n - m), path);
	return access(of, F_OK) == 0;
}

/* The pipeline file goes before a file of the sender. */
static int find_totals(struct found_files *f, struct err *err)
{
	for (size_t i = 0; i < f->count; i++) {
		struct run_file *one = &f->items[i];
		if (!total_says(&one->total) && total_load(one->path, &one->total, err) < 0)
			return -1;
	}
	return 0;
}

static void pass_over(struct found_files *f, const char *name)
{
	VEC_PUSH(f->ignored, f->ignored_count, f->ignored_cap, shown(name));
}

static int look_at(struct found_files *f, const struct schema *schema, const char *folder, const char *name, struct err *err)
{
	char path[4096];
	struct stat st;
	const struct kind *kind = NULL;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		pass_over(f, name);
		return 0;
	}
	if (schema_kind_of_file(schema, name, &kind, err) < 0)
		return -1;
	if (kind)
		add(f, path, kind, NULL);
	else if (!is_total(path))
		pass_over(f, name);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int look_in(struct found_files *f, const struct schema *schema, const char *folder, struct err *err)
{
	DIR *d = opendir(folder);
	char **names = NULL;
	size_t n = 0, cap = 0;
	int r = 0;
	if (!d)
		return err_errno(err, errno == ENOENT || errno == ENOTDIR ? STATUS_NOINPUT : STATUS_IOERR, "%s: the folder of extracts cannot be read", folder);
	for (struct dirent *e; errno = 0, (e = readdir(d));)
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			VEC_PUSH(names, n, cap, mem_dup(str_of(e->d_name)));
	if (errno)
		r = err_errno(err, STATUS_IOERR, "%s: the folder of extracts cannot be read to its end", folder);
	closedir(d);
	sort(names, n, sizeof *names, by_text);
	for (size_t i = 0; i < n; i++) {
		if (r == 0)
			r = look_at(f, schema, folder, names[i], err);
		free(names[i]);
	}
	free(names);
	return r;
}

static int add_planned(struct found_files *f, const struct schema *schema, const struct planned_file *p, struct err *err)
{
	const struct kind *kind = NULL;
	if (p->kind && !(kind = schema_kind(schema, str_of(p->kind))))
		return err_set(err, STATUS_CONFIG, "%s: there is no kind '%s'; see the schemas", base_name(p->path), p->kind);
	if (!kind && schema_kind_of_file(schema, base_name(p->path), &kind, err) < 0)
		return -1;
	if (!kind)
		return err_set(err, STATUS_CONFIG, "%s: its name does not say its kind; give one in the pipeline file", base_name(p->path));
	add(f, p->path, kind, p);
	return 0;
}

static int by_kind_and_name(const void *pa, const void *pb)
{
	const struct run_file *a = pa, *b = pb;
	if (a->kind != b->kind)
		return a->kind->index < b->kind->index ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int by_name(const void *pa, const void *pb)
{
	return strcmp(((const struct run_file *)pa)->name, ((const struct run_file *)pb)->name);
}

/* Lists name a file without its folder, so two of one name could not be told apart. */
static int check_names(struct found_files *f, struct err *err)
{
	sort(f->items, f->count, sizeof *f->items, by_name);
	for (size_t i = 1; i < f->count; i++)
		if (!strcmp(f->items[i].name, f->items[i - 1].name))
			return err_set(err, STATUS_CONFIG, "%s: two files have this name; rename one", f->items[i].name);
	return 0;
}

int find_files(struct found_files *f, const struct run_plan *plan, const struct schema *schema, struct err *err)
{
	if (plan->extracts && look_in(f, schema, plan->extracts, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->file_count; i++)
		if (add_planned(f, schema, &plan->files[i], err) < 0)
			return -1;
	if (check_names(f, err) < 0)
		return -1;
	sort(f->items, f->count, sizeof *f->items, by_kind_and_name);
	for (unsigned k = 0; k < schema->kind_count; k++) {
		bool there = !schema->kinds[k].required;
		for (size_t i = 0; i < f->count && !there; i++)
			there = f->items[i].kind->index == k;
		if (!there)
			return err_set(err, STATUS_NOINPUT, "%s: there is no extract of the kind %.*s (%.*s); add it", plan->extracts ? plan->extracts : "pipeline",
			               STR_ARG(schema->kinds[k].name), STR_ARG(schema->kinds[k].title_zh));
	}
	VEC_PUSH(f->ignored, f->ignored_count, f->ignored_cap, NULL);
	return find_totals(f, err);
}

void found_files_release(struct found_files *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].path);
		free(f->items[i].name);
		free(f->items[i].encoding);
	}
	for (size_t i = 0; i < f->ignored_count; i++)
		free(f->ignored[i]);
	free(f->items);
	free(f->ignored);
	*f = (struct found_files){ 0 };
}
