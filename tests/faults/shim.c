/* shim: preloaded into a program under test. It tells fault.c where the program itself begins, and lets memory run out.
 *
 *   FAULT_MEMORY=N    the Nth call for memory (from 1) gets none
 *   FAULT_MEMORY=N+   nor does any after it
 *   FAULT_COUNT=FILE  at a proper end, write there how many calls there were
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MARK 1023 /* fault.c */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

static atomic_long calls;
static long fail_at;
static bool fail_on, counting;

__attribute__((constructor)) static void begin(void)
{
	const char *m = getenv("FAULT_MEMORY");
	if (m) {
		fail_at = atol(m);
		fail_on = strchr(m, '+') != NULL;
	}
	counting = true;
	syscall(MARK);
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("FAULT_COUNT");
	char text[24];
	counting = false;
	if (!path)
		return;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int n = snprintf(text, sizeof text, "%ld\n", (long)calls);
	if (fd < 0 || write(fd, text, (size_t)n) != n)
		abort();
	close(fd);
}

static bool fails(void)
{
	if (!counting)
		return false;
	long n = ++calls;
	bool bad = fail_at && (n == fail_at || (fail_on && n > fail_at));
	if (bad)
		errno = ENOMEM;
	return bad;
}

void *malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}

int posix_memalign(void **ret, size_t alignment, size_t n)
{
	void *p = fails() ? NULL : __libc_memalign(alignment, n);
	if (!p)
		return ENOMEM;
	*ret = p;
	return 0;
}

void *aligned_alloc(size_t alignment, size_t n)
{
	return fails() ? NULL : __libc_memalign(alignment, n);
}
