/* The pipeline file: docs/formats/pipeline.md. */
#include "run/run.h"

#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_FILES 100000
#define MAX_SCHEMAS 200

struct loader {
	struct run_plan *plan;
	struct yaml *yaml;
	struct str folder; /* of the file, with its slash */
	struct err *err;
};

/* What the command line has said already stays. Paths are relative to the pipeline's folder. */
static int set_text(struct loader *l, struct fy_node *n, char **to, bool path)
{
	struct str text;
	if (yaml_str(l->yaml, n, &text, l->err) < 0)
		return -1;
	if (!text.n)
		return yaml_fail(l->yaml, n, l->err, "a text is needed here");
	if (*to)
		return 0;
	if (!path || text.p[0] == '/') {
		*to = mem_dup(text);
		return 0;
	}
	if (asprintf(to, "%.*s%.*s", STR_ARG(l->folder), STR_ARG(text)) < 0)
		return err_set(l->err, STATUS_OSERR, "%s: no memory for a path", yaml_path(l->yaml));
	return 0;
}

static int set_optional(struct loader *l, struct fy_node *map, const char *key, char **to, bool path)
{
	struct fy_node *n = yaml_get(map, key);
	return n ? set_text(l, n, to, path) : 0;
}

static int set_file(struct loader *l, struct fy_node *n)
{
	static const char *const keys[] = { "path", "kind", "encoding", "delimiter", "total", NULL };
	struct planned_file f = { 0 };
	struct fy_node *path, *total;
	int r = yaml_keys(l->yaml, n, keys, l->err);
	if (r == 0)
		r = yaml_need(l->yaml, n, "path", &path, l->err);
	if (r == 0)
		r = set_text(l, path, &f.path, true);
	if (r == 0 && (set_optional(l, n, "kind", &f.kind, false) < 0 || set_optional(l, n, "encoding", &f.encoding, false) < 0 ||
	               set_optional(l, n, "delimiter", &f.delimiter, false) < 0))
		r = -1;
	if (r == 0 && (total = yaml_get(n, "total")))
		r = total_take(l->yaml, total, &f.total, l->err);
	VEC_PUSH(l->plan->files, l->plan->file_count, l->plan->file_cap, f);
	return r;
}

static int set_files(struct loader *l, struct fy_node *list)
{
	struct fy_node *item;
	void *iter = NULL;
	unsigned n;
	if (yaml_list(l->yaml, list, MAX_FILES, &n, l->err) < 0)
		return -1;
	while ((item = fy_node_sequence_iterate(list, &iter)))
		if (set_file(l, item) < 0)
			return -1;
	return 0;
}

static int set_own_schemas(struct loader *l, struct fy_node *list)
{
	struct fy_node *item;
	void *iter = NULL;
	unsigned n, i = 0;
	if (yaml_list(l->yaml, list, MAX_SCHEMAS, &n, l->err) < 0)
		return -1;
	l->plan->own_schemas = mem_alloc(((size_t)n + 1) * sizeof(char *));
	while ((item = fy_node_sequence_iterate(list, &iter)))
		if (set_text(l, item, &l->plan->own_schemas[i++], true) < 0)
			return -1;
	return 0;
}

/* said: the command line has said it already. */
static int set_number(struct loader *l, const char *key, long low, long high, bool said, unsigned *to)
{
	struct fy_node *n = yaml_get(yaml_root(l->yaml), key);
	long number;
	if (!n)
		return 0;
	if (yaml_int(l->yaml, n, low, high, &number, l->err) < 0)
		return -1;
	if (!said)
		*to = (unsigned)number;
	return 0;
}

static int set_memory(struct loader *l, struct fy_node *n)
{
	struct str text;
	uint64_t size;
	if (!n)
		return 0;
	if (yaml_str(l->yaml, n, &text, l->err) < 0)
		return -1;
	if (mem_size(text, &size) < 0)
		return yaml_fail(l->yaml, n, l->err, "a size such as 512M or 2G, 64M at least");
	if (!l->plan->memory)
		l->plan->memory = size;
	return 0;
}

/* The command line can only ask for them. */
static int set_xlsx(struct loader *l, struct fy_node *n)
{
	bool xlsx;
	if (yaml_bool(l->yaml, n, &xlsx, l->err) < 0)
		return -1;
	l->plan->xlsx |= xlsx;
	return 0;
}

/* How an extract is known again. What the command line has said, that its content is asked, stays. */
static int set_check(struct loader *l, struct fy_node *n)
{
	struct str text;
	if (!n)
		return 0;
	if (yaml_str(l->yaml, n, &text, l->err) < 0)
		return -1;
	if (!str_eq(text, STR("content")) && !str_eq(text, STR("files")))
		return yaml_fail(l->yaml, n, l->err, "is 'files' or 'content'");
	l->plan->by_content = l->plan->by_content || str_eq(text, STR("content"));
	return 0;
}

static int set_limits(struct loader *l, struct fy_node *map)
{
	struct fy_node *key, *value;
	struct str kind;
	void *iter = NULL;
	unsigned n;
	if (yaml_map(l->yaml, map, MAX_SCHEMAS, &n, l->err) < 0)
		return -1;
	while (yaml_next(map, &iter, &key, &kind, &value)) {
		struct limit one;
		if (limit_take(l->yaml, kind, value, &one, l->err) < 0)
			return -1;
		VEC_PUSH(l->plan->limits, l->plan->limit_count, l->plan->limit_cap, one);
	}
	return 0;
}

static int load(struct loader *l)
{
	static const char *const keys[] = { "extracts", "files", "as_of", "out", "pack", "schemas", "own_schemas", "threads", "memory", "xlsx", "split",
		"state", "check", "verdicts", "keep", "limits", NULL };
	struct run_plan *p = l->plan;
	struct fy_node *root = yaml_root(l->yaml), *files, *own, *xlsx, *limits;
	if (yaml_keys(l->yaml, root, keys, l->err) < 0 || set_optional(l, root, "extracts", &p->extracts, true) < 0 ||
	    set_optional(l, root, "as_of", &p->as_of, false) < 0 || set_optional(l, root, "out", &p->out, true) < 0 ||
	    set_optional(l, root, "pack", &p->pack, true) < 0 || set_optional(l, root, "schemas", &p->schemas, true) < 0)
		return -1;
	if ((files = yaml_get(root, "files")) && set_files(l, files) < 0)
		return -1;
	if ((own = yaml_get(root, "own_schemas")) && set_own_schemas(l, own) < 0)
		return -1;
	if (set_optional(l, root, "split", &p->split, false) < 0 || set_optional(l, root, "verdicts", &p->verdicts, true) < 0 || ((xlsx = yaml_get(root, "xlsx")) && set_xlsx(l, xlsx) < 0))
		return -1;
	if (set_optional(l, root, "state", &p->state, true) < 0 || set_check(l, yaml_get(root, "check")) < 0)
		return -1;
	if ((limits = yaml_get(root, "limits")) && set_limits(l, limits) < 0)
		return -1;
	if (set_number(l, "threads", 1, 64, p->threads, &p->threads) < 0 || set_memory(l, yaml_get(root, "memory")) < 0)
		return -1;
	return set_number(l, "keep", 0, RUN_KEEP_MAX, p->keep_said, &p->keep);
}

int run_plan_load(struct run_plan *p, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct loader l = { .plan = p, .folder = slash ? (struct str){ path, (size_t)(slash - path) + 1 } : STR(""), .err = err };
	if (yaml_load(&l.yaml, path, err) < 0)
		return -1;
	int r = load(&l);
	yaml_free(l.yaml);
	return r;
}

void run_plan_release(struct run_plan *p)
{
	for (size_t i = 0; i < p->file_count; i++) {
		free(p->files[i].path);
		free(p->files[i].kind);
		free(p->files[i].encoding);
		free(p->files[i].delimiter);
	}
	for (char **s = p->own_schemas; s && *s; s++)
		free(*s);
	for (size_t i = 0; i < p->limit_count; i++)
		free(p->limits[i].kind);
	free(p->limits);
	free(p->own_schemas);
	free(p->files);
	free(p->extracts);
	free(p->as_of);
	free(p->out);
	free(p->pack);
	free(p->schemas);
	free(p->split);
	free(p->state);
	free(p->verdicts);
	*p = (struct run_plan){ 0 };
}
