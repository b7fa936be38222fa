/* scratch: a folder of one test, and files in it. The folder and all in it are gone when the test has ended.
 *
 *     cmocka_unit_test_setup_teardown(a_sentence, scratch_make, scratch_remove)
 *     const char *path = scratch_path(*state, "a");   // lives until eight more paths were asked for
 */
#ifndef BIDUI_TEST_SCRATCH_H
#define BIDUI_TEST_SCRATCH_H

#include "base/mem.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka.h needs those above before it */
#include <cmocka.h>

static inline int scratch_make(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = mem_alloc(256);
	snprintf(dir, 256, "%s/bidui-unit-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	*state = dir;
	return mkdtemp(dir) ? 0 : -1;
}

/* Entries of a folder, those that begin with a dot too; -1 when it is not there. */
static inline int scratch_count(const char *dir)
{
	DIR *d = opendir(dir);
	int n = -2;
	while (d && readdir(d))
		n++;
	if (!d)
		return -1;
	closedir(d);
	return n;
}

static inline void scratch_clear(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	while (d && (e = readdir(d))) {
		char *path;
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		assert_true(asprintf(&path, "%s/%s", dir, e->d_name) > 0);
		if (unlink(path) < 0)
			scratch_clear(path);
		free(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

static inline int scratch_remove(void **state)
{
	scratch_clear(*state);
	free(*state);
	return 0;
}

static inline const char *scratch_path(const char *dir, const char *name)
{
	static char paths[8][1024];
	static unsigned next;
	char *path = paths[next++ % 8];
	snprintf(path, 1024, "%s/%s", dir, name);
	return path;
}

static inline void scratch_put(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* The bytes of a file; buf_release them. */
static inline struct buf scratch_get(const char *path)
{
	struct buf b = { 0 };
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	for (size_t n = 1; n; b.n += n) {
		buf_reserve(&b, 1 << 12);
		n = fread(b.p + b.n, 1, 1 << 12, f);
	}
	fclose(f);
	return b;
}

static inline void scratch_holds(const char *path, const char *text)
{
	struct buf b = scratch_get(path);
	assert_int_equal(b.n, strlen(text));
	assert_memory_equal(b.p, text, b.n);
	buf_release(&b);
}

#endif
