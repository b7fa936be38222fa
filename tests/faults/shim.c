/* shim: preloaded into a program under test. It tells fault.c where the program itself begins, and lets memory run out.
 *
 *   FAULT_MEMORY=N    the Nth call for memory (from 1) gets none
 *   FAULT_MEMORY=N+   nor does any after it
 *   FAULT_STACKS=FILE at a proper end, write there for each call a number of 8 bytes: equal for calls with the same callers
 */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MARK 1023 /* fault.c */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

#define MOST_CALLS (1L << 22)
#define MOST_CALLERS 64

static atomic_long calls;
static long fail_at;
static bool fail_on, counting;
static uint64_t *stacks; /* [MOST_CALLS], or NULL: they are not asked for */

__attribute__((constructor)) static void begin(void)
{
	const char *m = getenv("FAULT_MEMORY");
	void *callers[1];
	if (m) {
		fail_at = atol(m);
		fail_on = strchr(m, '+') != NULL;
	}
	if (getenv("FAULT_STACKS")) {
		backtrace(callers, 1); /* the first time it loads a library, and calls for memory */
		stacks = mmap(NULL, MOST_CALLS * sizeof *stacks, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (stacks == MAP_FAILED)
			abort();
	}
	counting = true;
	syscall(MARK);
}

__attribute__((destructor)) static void end(void)
{
	size_t n = (size_t)calls * sizeof *stacks;
	counting = false;
	if (!stacks)
		return;
	int fd = open(getenv("FAULT_STACKS"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, stacks, n) != (ssize_t)n)
		abort();
	close(fd);
}

static uint64_t who_calls(void)
{
	void *callers[MOST_CALLERS];
	uint64_t hash = 14695981039346656037u; /* FNV-1a, by words */
	for (int i = 0, n = backtrace(callers, MOST_CALLERS); i < n; i++)
		hash = (hash ^ (uint64_t)callers[i]) * 1099511628211u;
	return hash;
}

static bool fails(void)
{
	if (!counting)
		return false;
	long n = ++calls;
	if (stacks && n > MOST_CALLS)
		abort();
	if (stacks)
		stacks[n - 1] = who_calls();
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
