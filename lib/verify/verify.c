#include "internal.h"

#include "base/lanes.h"
#include "base/lang.h"
#include "base/turns.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SAID_MAX 10 /* lines about one file */

void wrong(struct check *c, const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, say(fmt), ap);
	va_end(ap);
	c->result->problems++;
	if (c->told)
		buf_put(c->told, text, strlen(text) + 1);
	else
		c->job->say(c->job->arg, text);
}

void wrong_at(struct check *c, const char *file, uint64_t line, const char *what)
{
	if (++c->said <= SAID_MAX)
		wrong(c, "%s:%llu: %s", file, (unsigned long long)line, say(what));
	else if (c->said == SAID_MAX + 1)
		wrong(c, "%s: and more lines are wrong", file);
	else
		c->result->problems++;
}

/* ---- files --------------------------------------------------------------------------------------------------------------------------- */

static bool open_output(struct check *c, const char *name, struct text **ret)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", c->job->folder, name);
	return text_open(c, path, name, ret);
}

bool read_file(struct check *c, const char *name, struct buf *ret)
{
	struct text *t;
	*ret = (struct buf){ 0 };
	if (!open_output(c, name, &t))
		return false;
	buf_puts(ret, text_whole(t));
	text_close(t);
	if (c->err->status)
		buf_release(ret);
	return !c->err->status;
}

/* ---- what is in which file ----------------------------------------------------------------------------------------------------------- */

static int list_of_file(const char *name)
{
	struct str s = str_of(name);
	if (strncmp(name, "lists/", 6) != 0 || s.n < 10 || strcmp(name + s.n - 4, ".csv") != 0)
		return -1;
	return list_of_name((struct str){ name + 6, s.n - 10 });
}

static void check_content(struct check *c, const char *name, struct text *t, uint64_t rows)
{
	int list = list_of_file(name);
	json_error_t e;
	if (list >= 0)
		check_list(c, (enum list)list, name, t, rows);
	else if (!strcmp(name, "lists/exempted.csv"))
		check_exempted(c, name, t, rows);
	else if (!strcmp(name, "figures.csv"))
		check_figures(c, t, rows);
	else if (!strncmp(name, "rejects/", 8) || !strncmp(name, "invalid/", 8))
		check_refused(c, name, t, rows);
	else if (!strcmp(name, "summary.json")) {
		struct str whole = text_whole(t);
		if (!(c->summary = json_loadb(whole.p, whole.n, JSON_REJECT_DUPLICATES, &e)))
			wrong(c, "%s:%d: is no JSON", name, e.line);
	}
}

/* What is wrong with its bytes is told before what is wrong with what they say. */
static void check_output(struct check *c, json_t *o)
{
	const char *name = json_string_value(json_object_get(o, "file"));
	json_t *rows = json_object_get(o, "rows");
	struct buf *told = c->told, content = { 0 };
	struct text *t;
	c->said = 0;
	if (!name || !open_output(c, name, &t))
		return;
	c->result->files++;
	c->told = &content;
	check_content(c, name, t, rows ? (uint64_t)json_integer_value(rows) : ANY_ROWS);
	c->told = told;
	check_bytes(c, o, t);
	text_close(t);
	buf_puts(told, buf_str(&content));
	buf_release(&content);
}

/* ---- any number of them at once ------------------------------------------------------------------------------------------------------- */

struct part {
	struct check c;
	struct verify_result result;
	struct buf told;
	struct err err;
};

/* A check of its own for one file, which looks at what the manifest says. */
static struct part *part_new(const struct check *c)
{
	struct part *p = mem_alloc(sizeof *p);
	p->c = (struct check){ .job = c->job, .result = &p->result, .err = &p->err, .told = &p->told, .manifest = c->manifest, .as_of = c->as_of,
		.masked = c->masked, .input_count = c->input_count };
	p->c.inputs = mem_alloc((c->input_count + 1) * sizeof *p->c.inputs);
	if (c->input_count)
		memcpy(p->c.inputs, c->inputs, c->input_count * sizeof *c->inputs);
	return p;
}

/* Tell what was wrong with it, and put what it adds up to to the rest. */
static void add_part(struct check *c, struct part *p)
{
	for (size_t i = 0; i < p->told.n; i += strlen(p->told.p + i) + 1)
		c->job->say(c->job->arg, p->told.p + i);
	c->result->problems += p->result.problems;
	c->result->files += p->result.files;
	for (unsigned i = 0; i < c->input_count; i++) {
		c->inputs[i].rejected_seen += p->c.inputs[i].rejected_seen;
		c->inputs[i].invalid_seen += p->c.inputs[i].invalid_seen;
	}
	if (p->c.summary) {
		json_decref(c->summary);
		c->summary = p->c.summary;
		p->c.summary = NULL;
	}
	add_lists(c, &p->c);
}

static void part_free(struct part *p)
{
	for (int l = 0; l < LIST_COUNT; l++)
		list_count_release(&p->c.lists[l]);
	seen_release(&p->c.finding_ids);
	json_decref(p->c.summary);
	free(p->c.inputs);
	arena_release(&p->c.arena);
	buf_release(&p->told);
	free(p);
}

struct outputs {
	const struct check *c;
	struct part **parts;     /* by output; NULL: it comes last */
	size_t count;
	_Atomic size_t next;
};

/* What is compared with the lists. */
static bool comes_last(json_t *o)
{
	const char *name = json_string_value(json_object_get(o, "file"));
	return name && (!strcmp(name, "figures.csv") || !strcmp(name, "lists/exempted.csv"));
}

static void *worker(void *arg)
{
	struct outputs *w = arg;
	size_t i;
	while ((i = w->next++) < w->count)
		if (w->parts[i])
			check_output(&w->parts[i]->c, json_array_get(json_object_get(w->c->manifest, "outputs"), i));
	return NULL;
}

/* Add them up in the order of the manifest; the first that could not be read ends it. */
static void add_parts(struct check *c, struct outputs *w)
{
	for (size_t i = 0; i < w->count && !c->err->status; i++) {
		struct part *p = w->parts[i];
		if (p && p->err.status)
			*c->err = p->err;
		else if (p)
			add_part(c, p);
	}
}

static void check_last(struct check *c, const char *called)
{
	json_t *o;
	size_t i;
	struct buf told = { 0 };
	json_array_foreach(json_object_get(c->manifest, "outputs"), i, o)
	{
		const char *name = json_string_value(json_object_get(o, "file"));
		if (c->err->status || !name || strcmp(name, called) != 0)
			continue;
		c->told = &told;
		check_output(c, o);
		c->told = NULL;
	}
	for (i = 0; i < told.n && !c->err->status; i += strlen(told.p + i) + 1)
		c->job->say(c->job->arg, told.p + i);
	buf_release(&told);
}

static void check_outputs(struct check *c)
{
	json_t *all = json_object_get(c->manifest, "outputs");
	struct outputs w = { .c = c, .count = json_array_size(all) };
	w.parts = mem_alloc((w.count + 1) * sizeof *w.parts);
	for (size_t i = 0; i < w.count; i++)
		if (!comes_last(json_array_get(all, i)))
			w.parts[i] = part_new(c);
	turns_run(lanes_count(c->job->threads), worker, &w);
	add_parts(c, &w);
	for (size_t i = 0; i < w.count; i++)
		if (w.parts[i])
			part_free(w.parts[i]);
	free(w.parts);
	check_last(c, "lists/exempted.csv");
	c->said = 0;
	if (!c->err->status)
		check_ids(c);
	check_last(c, "figures.csv");
	if (c->err->status)
		return;
	check_refused_counts(c);
	check_summary(c);
}

static void release(struct check *c)
{
	json_decref(c->manifest);
	json_decref(c->summary);
	free(c->inputs);
	seen_release(&c->finding_ids);
	for (int l = 0; l < LIST_COUNT; l++)
		list_count_release(&c->lists[l]);
	arena_release(&c->arena);
}

int verify_run(const struct verify_job *job, struct verify_result *ret, struct err *err)
{
	struct check c = { .job = job, .result = ret, .err = err };
	struct stat st;
	*ret = (struct verify_result){ 0 };
	err->status = STATUS_OK;
	if (stat(job->folder, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(err, STATUS_NOINPUT, "%s: is no folder of a run; give the one that was published", job->folder);
	if (check_manifest(&c)) {
		check_outputs(&c);
		if (!err->status)
			check_folder(&c);
		if (!err->status && job->extracts)
			check_extracts(&c);
	}
	ret->masked = c.masked;
	release(&c);
	return err->status ? -1 : 0;
}
