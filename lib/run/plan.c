/* The pipeline file: docs/formats/pipeline.md. */
#include "run/run.h"

#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_FILE (1u << 20)

struct loader {
	struct run_plan *plan;
	const char *file;
	struct str folder; /* of the file, with its slash */
	struct err *err;
};

static int fail(struct loader *l, struct fy_node *n, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int fail(struct loader *l, struct fy_node *n, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	struct fy_token *t = n && fy_node_is_scalar(n) ? fy_node_get_scalar_token(n) : NULL;
	const struct fy_mark *m = t ? fy_token_start_mark(t) : NULL;
	return err_set(l->err, STATUS_CONFIG, "%s:%d:%d: %s", l->file, m ? m->line + 1 : 1, m ? m->column + 1 : 1, text);
}

static int set_text(struct loader *l, struct fy_node *n, char **to, bool path)
{
	size_t len;
	const char *p = n && fy_node_is_scalar(n) ? fy_node_get_scalar(n, &len) : NULL;
	if (!p || !len)
		return fail(l, n, "a text is needed here");
	if (*to)
		return 0; /* said on the command line */
	if (path && *p != '/') {
		if (asprintf(to, "%.*s%.*s", STR_ARG(l->folder), (int)len, p) < 0)
			return err_set(l->err, STATUS_OSERR, "%s: no memory for a path", l->file);
		return 0;
	}
	*to = mem_dup((struct str){ p, len });
	return 0;
}

static int set_file(struct loader *l, struct fy_node *n)
{
	struct planned_file f = { 0 };
	struct fy_node_pair *pair;
	void *it = NULL;
	int r = 0;
	if (!fy_node_is_mapping(n))
		return fail(l, n, "a file is {path: ..., kind: ..., encoding: ..., delimiter: ...}");
	while (r == 0 && (pair = fy_node_mapping_iterate(n, &it))) {
		size_t len;
		const char *key = fy_node_get_scalar(fy_node_pair_key(pair), &len);
		struct str k = { key ? key : "", key ? len : 0 };
		char **to = str_eq(k, STR("path")) ? &f.path : str_eq(k, STR("kind")) ? &f.kind : str_eq(k, STR("encoding")) ? &f.encoding
		            : str_eq(k, STR("delimiter")) ? &f.delimiter : NULL;
		r = to ? set_text(l, fy_node_pair_value(pair), to, to == &f.path)
		       : fail(l, fy_node_pair_key(pair), "a file has path, kind, encoding, delimiter; nothing else");
	}
	if (r == 0 && !f.path)
		r = fail(l, n, "a file needs a path");
	VEC_PUSH(l->plan->files, l->plan->file_count, l->plan->file_cap, f);
	return r;
}

static int set_list(struct loader *l, struct fy_node *n)
{
	struct fy_node *item;
	void *it = NULL;
	if (!fy_node_is_sequence(n))
		return fail(l, n, "a list of files is needed here");
	while ((item = fy_node_sequence_iterate(n, &it)))
		if (set_file(l, item) < 0)
			return -1;
	return 0;
}

static int set_own_schemas(struct loader *l, struct fy_node *n)
{
	struct fy_node *item;
	void *it = NULL;
	size_t i = 0;
	if (!fy_node_is_sequence(n))
		return fail(l, n, "a list of schema files is needed here");
	l->plan->own_schemas = mem_alloc(((size_t)fy_node_sequence_item_count(n) + 1) * sizeof(char *));
	while ((item = fy_node_sequence_iterate(n, &it)))
		if (set_text(l, item, &l->plan->own_schemas[i++], true) < 0)
			return -1;
	return 0;
}

static int set_threads(struct loader *l, struct fy_node *n)
{
	char *text = NULL;
	if (set_text(l, n, &text, false) < 0)
		return -1;
	int threads = atoi(text);
	free(text);
	if (threads < 1 || threads > 64)
		return fail(l, n, "threads is a number from 1 to 64");
	if (!l->plan->threads)
		l->plan->threads = (unsigned)threads;
	return 0;
}

static int set_key(struct loader *l, struct fy_node *key, struct fy_node *value)
{
	struct run_plan *p = l->plan;
	size_t len = 0;
	const char *text = fy_node_is_scalar(key) ? fy_node_get_scalar(key, &len) : NULL;
	struct str k = { text ? text : "", len };
	const struct {
		const char *name;
		char **to;
		bool path;
	} texts[] = { { "extracts", &p->extracts, true }, { "as_of", &p->as_of, false }, { "out", &p->out, true },
		{ "pack", &p->pack, true }, { "schemas", &p->schemas, true } };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (str_eq(k, str_of(texts[i].name)))
			return set_text(l, value, texts[i].to, texts[i].path);
	if (str_eq(k, STR("files")))
		return set_list(l, value);
	if (str_eq(k, STR("own_schemas")))
		return set_own_schemas(l, value);
	if (str_eq(k, STR("threads")))
		return set_threads(l, value);
	return fail(l, key, "a pipeline has extracts, files, as_of, out, pack, schemas, own_schemas, threads; nothing else");
}

int run_plan_load(struct run_plan *p, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct loader l = { p, path, slash ? (struct str){ path, (size_t)(slash - path) + 1 } : STR(""), err };
	char text[MAX_FILE];
	FILE *f = fopen(path, "re");
	if (!f)
		return err_errno(err, STATUS_NOINPUT, "%s: the pipeline cannot be opened", path);
	size_t n = fread(text, 1, sizeof text, f);
	bool bad = ferror(f), more = n == sizeof text;
	fclose(f);
	if (bad || more)
		return err_set(err, bad ? STATUS_IOERR : STATUS_CONFIG, "%s: %s", path, bad ? "reading failed" : "is over 1 MiB, which is no pipeline");
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_RESOLVE_DOCUMENT };
	struct fy_document *doc = fy_document_build_from_string(&cfg, text, n);
	struct fy_node *root = doc ? fy_document_root(doc) : NULL;
	struct fy_node_pair *pair;
	void *it = NULL;
	int r = root && fy_node_is_mapping(root) ? 0 : fail(&l, NULL, "is no YAML mapping; see pipelines/nightly.yaml");
	while (r == 0 && (pair = fy_node_mapping_iterate(root, &it)))
		r = set_key(&l, fy_node_pair_key(pair), fy_node_pair_value(pair));
	if (doc)
		fy_document_destroy(doc);
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
	free(p->own_schemas);
	free(p->files);
	free(p->extracts);
	free(p->as_of);
	free(p->out);
	free(p->pack);
	free(p->schemas);
	*p = (struct run_plan){ 0 };
}
