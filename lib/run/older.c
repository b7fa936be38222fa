#include "older.h"

#include "base/leave.h"
#include "io/output.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DIGITS 6

/* Where out is, and its name. */
struct beside {
	char *folder;
	const char *name;
};

static struct beside beside(const char *out)
{
	const char *slash = strrchr(out, '/');
	return (struct beside){ mem_dup(slash ? (struct str){ out, (size_t)(slash - out) + 1 } : STR("./")), slash ? slash + 1 : out };
}

/* The names of output_old_name are ".NAME.number.old", ours "NAME.run-number". */
struct pattern {
	const char *before, *middle, *after;
};

static const struct pattern older_names = { "", ".run-", "" }, old_names = { ".", ".", ".old" };

static const char *skip(const char *text, const char *start)
{
	size_t n = strlen(start);
	return text && strncmp(text, start, n) == 0 ? text + n : NULL;
}

static bool has_number(const char *entry, const struct pattern *p, const char *name, uint64_t *ret)
{
	const char *digits = skip(skip(skip(entry, p->before), name), p->middle);
	if (!digits)
		return false;
	size_t count = strspn(digits, "0123456789");
	if (!count || count > 20 || strcmp(digits + count, p->after) != 0)
		return false;
	*ret = strtoull(digits, NULL, 10);
	return true;
}

struct numbers {
	uint64_t *items;
	size_t n, cap;
};

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* The numbers of entries beside out, in order. */
static int look(struct numbers *ret, const char *out, const struct pattern *pattern, struct err *err)
{
	struct beside at = beside(out);
	DIR *d = opendir(at.folder);
	uint64_t number;
	if (!d)
		err_errno(err, STATUS_CANTCREAT, "%s: the folder above cannot be read", out);
	for (struct dirent *e; d && (e = readdir(d));)
		if (has_number(e->d_name, pattern, at.name, &number))
			VEC_PUSH(ret->items, ret->n, ret->cap, number);
	if (d)
		closedir(d);
	free(at.folder);
	sort(ret->items, ret->n, sizeof *ret->items, by_number);
	return d ? 0 : -1;
}

static char *older_name(const char *out, uint64_t number)
{
	struct buf b = { 0 };
	buf_printf(&b, "%s%s", out, older_names.middle);
	buf_number(&b, number, DIGITS);
	buf_putc(&b, 0);
	return b.p;
}

int older_next(char **ret, const char *out, struct err *err)
{
	struct numbers all = { 0 };
	int r = look(&all, out, &older_names, err);
	if (r == 0)
		*ret = older_name(out, all.n ? all.items[all.n - 1] + 1 : 1);
	free(all.items);
	return r;
}

void older_purge(struct older *k, const char *out, unsigned keep)
{
	struct numbers all = { 0 };
	struct stat st;
	struct err ignored;
	if (look(&all, out, &older_names, &ignored) < 0)
		return; /* the next run will */
	for (size_t i = 0; i + keep < all.n; i++) {
		char *name = older_name(out, all.items[i]);
		leave_remove_folder(name);
		bool gone = lstat(name, &st) < 0;
		VEC_PUSH(k->items, k->count, k->cap, ((struct older_run){ name, gone }));
	}
	free(all.items);
}

static int put(const char *old, const char *as, struct err *err)
{
	return rename(old, as) < 0 ? err_errno(err, STATUS_CANTCREAT, "%s: cannot be made of what a run that was killed left", as) : 0;
}

/* One that has a name of output_old_name(out, inode). */
static int recover_one(const char *old, uint64_t inode, const char *out, unsigned keep, struct err *err)
{
	struct stat st;
	if (inode == 0 && lstat(out, &st) < 0)
		return put(old, out, err);
	if (lstat(old, &st) < 0)
		return err_errno(err, STATUS_IOERR, "%s: cannot be seen", old);
	if (!keep || st.st_ino == inode) {
		leave_remove_folder(old);
		return 0;
	}
	char *name;
	if (older_next(&name, out, err) < 0)
		return -1;
	int r = put(old, name, err);
	free(name);
	return r;
}

int older_recover(const char *out, unsigned keep, struct err *err)
{
	struct numbers inodes = { 0 };
	int r = look(&inodes, out, &old_names, err);
	for (size_t i = 0; r == 0 && i < inodes.n; i++) {
		char *old = output_old_name(out, inodes.items[i]);
		r = recover_one(old, inodes.items[i], out, keep, err);
		free(old);
	}
	free(inodes.items);
	return r;
}

void older_release(struct older *k)
{
	for (size_t i = 0; i < k->count; i++)
		free(k->items[i].path);
	free(k->items);
	*k = (struct older){ 0 };
}
