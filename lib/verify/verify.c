#include "internal.h"

#include "base/lang.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SAID_MAX 10 /* lines about one file */

void wrong(struct check *c, const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, say(fmt), ap);
	va_end(ap);
	c->result->problems++;
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

static bool read_all(struct check *c, int fd, const char *called, struct buf *ret)
{
	ssize_t got;
	do {
		buf_reserve(ret, 64u << 10);
		got = read(fd, ret->p + ret->n, 64u << 10);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			ret->n += (size_t)got;
	} while (got > 0);
	if (got < 0)
		err_errno(c->err, STATUS_IOERR, "%s: cannot be read; check the disk", called);
	return got == 0;
}

bool read_path(struct check *c, const char *path, const char *called, struct buf *ret)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	int known = fd < 0 ? -1 : fstat(fd, &st);
	bool ok = false;
	*ret = (struct buf){ 0 };
	if (fd < 0 && errno == ENOENT)
		wrong(c, "%s: is missing", called);
	else if (fd < 0 && errno == EACCES)
		wrong(c, "%s: cannot be opened: %s", called, strerror(errno));
	else if (known < 0 && errno != ELOOP && errno != ENXIO) /* of the machine, not of the run */
		err_errno(c->err, STATUS_IOERR, "%s: cannot be opened; check the disk", called);
	else if (known < 0 || !S_ISREG(st.st_mode))
		wrong(c, "%s: is no regular file", called);
	else
		ok = read_all(c, fd, called, ret);
	if (fd >= 0)
		close(fd);
	if (!ok)
		buf_release(ret);
	return ok;
}

bool read_file(struct check *c, const char *name, struct buf *ret)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", c->job->folder, name);
	return read_path(c, path, name, ret);
}

/* ---- what is in which file ----------------------------------------------------------------------------------------------------------- */

static int list_of_file(const char *name)
{
	struct str s = str_of(name);
	if (strncmp(name, "lists/", 6) != 0 || s.n < 10 || strcmp(name + s.n - 4, ".csv") != 0)
		return -1;
	return list_of_name((struct str){ name + 6, s.n - 10 });
}

static void check_content(struct check *c, const char *name, const struct buf *b, uint64_t rows)
{
	int list = list_of_file(name);
	json_error_t e;
	if (list >= 0)
		check_list(c, (enum list)list, name, buf_str(b), rows);
	else if (!strcmp(name, "lists/exempted.csv"))
		check_exempted(c, name, buf_str(b), rows);
	else if (!strncmp(name, "rejects/", 8) || !strncmp(name, "invalid/", 8))
		check_refused(c, name, buf_str(b), rows);
	else if (!strcmp(name, "summary.json") && !(c->summary = json_loadb(b->p, b->n, JSON_REJECT_DUPLICATES, &e)))
		wrong(c, "%s:%d: is no JSON", name, e.line);
}

/* figures.csv stands before lists in no manifest, but is compared with them: so it comes last. */
static void check_outputs(struct check *c)
{
	json_t *o;
	size_t i;
	struct buf figures = { 0 };
	uint64_t figure_rows = ANY_ROWS;
	name_lists(c);
	json_array_foreach(json_object_get(c->manifest, "outputs"), i, o)
	{
		const char *name = json_string_value(json_object_get(o, "file"));
		json_t *rows = json_object_get(o, "rows");
		struct buf b;
		c->said = 0;
		if (!name || !read_file(c, name, &b)) {
			if (c->err->status)
				return;
			continue;
		}
		c->result->files++;
		check_bytes(c, o, &b);
		uint64_t n = rows ? (uint64_t)json_integer_value(rows) : ANY_ROWS;
		if (!strcmp(name, "figures.csv")) {
			buf_release(&figures);
			figures = b;
			figure_rows = n;
			continue;
		}
		check_content(c, name, &b, n);
		buf_release(&b);
	}
	c->said = 0;
	check_ids(c);
	check_figures(c, buf_str(&figures), figure_rows);
	buf_release(&figures);
	check_refused_counts(c);
	check_summary(c);
}

static void release(struct check *c)
{
	json_decref(c->manifest);
	json_decref(c->summary);
	free(c->inputs);
	free(c->finding_ids);
	for (int l = 0; l < LIST_COUNT; l++)
		free(c->lists[l].homes);
	figures_release(&c->figures);
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
