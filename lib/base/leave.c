#include "base/leave.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A path is never freed, so that a handler may read it at any time; its place is used again. */
struct leave {
	struct leave *next;
	_Atomic int state;
	char path[PATH_MAX];
};

enum { FREE, TAKEN, THERE };

static struct leave *_Atomic all;
static _Atomic bool ending;
static _Atomic unsigned holding; /* threads between leave_hold and leave_release */
static _Thread_local sigset_t held;
static _Thread_local unsigned mine; /* whether this thread is one of them */

static _Noreturn void wait_for_the_end(void)
{
	for (;;)
		pause();
}

void leave_hold(void)
{
	sigset_t every;
	sigfillset(&every);
	pthread_sigmask(SIG_BLOCK, &every, &held);
	mine = 1;
	holding++;
	if (!ending)
		return;
	holding--;
	wait_for_the_end();
}

void leave_release(void)
{
	holding--;
	mine = 0;
	pthread_sigmask(SIG_SETMASK, &held, NULL);
}

static struct leave *place(void)
{
	for (struct leave *l = all; l; l = l->next) {
		int is = FREE;
		if (atomic_compare_exchange_strong(&l->state, &is, TAKEN))
			return l;
	}
	struct leave *l = calloc(1, sizeof *l);
	if (!l)
		leave_now(STATUS_OSERR, LEAVE_NO_MEMORY);
	l->state = TAKEN;
	l->next = all;
	while (!atomic_compare_exchange_weak(&all, &l->next, l))
		;
	return l;
}

struct leave *leave_begin(const char *path)
{
	struct leave *l = place();
	size_t n = strnlen(path, PATH_MAX - 1); /* what is longer cannot be made */
	memcpy(l->path, path, n);
	l->path[n] = 0;
	leave_hold();
	l->state = THERE;
	return l;
}

bool leave_covers(const char *path)
{
	for (struct leave *l = all; l; l = l->next) {
		size_t n = strlen(l->path);
		if (l->state == THERE && strncmp(path, l->path, n) == 0 && path[n] == '/')
			return true;
	}
	return false;
}

void leave_end(struct leave *l)
{
	if (l)
		l->state = FREE;
}

/* ---- removing --------------------------------------------------------------------------------------------------------------------- */

#define DEPTH 8    /* no folder of ours is deeper */
#define TRIES 1000 /* another thread may still be renaming in there */

static void remove_in(int folder, unsigned depth)
{
	_Alignas(struct dirent64) char entries[2048];
	ssize_t n;
	while ((n = getdents64(folder, entries, sizeof entries)) > 0 || (n < 0 && errno == EINTR))
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *e = (const struct dirent64 *)(entries + at);
			at += e->d_reclen;
			if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || unlinkat(folder, e->d_name, 0) == 0 || depth == DEPTH)
				continue;
			int inner = openat(folder, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			if (inner < 0)
				continue;
			remove_in(inner, depth + 1);
			close(inner);
			unlinkat(folder, e->d_name, AT_REMOVEDIR);
		}
}

static bool remove_once(const char *path)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return errno == ENOENT;
	remove_in(folder, 0);
	close(folder);
	return rmdir(path) == 0 || errno == ENOENT;
}

void leave_empty_folder(int fd)
{
	remove_in(fd, 0);
}

void leave_remove_folder(const char *path)
{
	remove_once(path);
}

/* By the first thread that ends; the others wait for it to be done. */
static void remove_all(void)
{
	if (atomic_exchange(&ending, true))
		wait_for_the_end();
	while (holding > mine)
		sched_yield();
	for (struct leave *l = all; l; l = l->next)
		for (int i = 0; l->state == THERE && i < TRIES && unlink(l->path) < 0 && !remove_once(l->path); i++)
			sched_yield();
}

/* ---- signals ------------------------------------------------------------------------------------------------------------------------ */

static void ended(int s)
{
	remove_all();
	signal(s, SIG_DFL);
	raise(s); /* comes when this handler returns */
}

static void broke(int s)
{
	(void)s;
	leave_now(STATUS_SOFTWARE, "bidui: internal error; keep the extracts as they are and report it\n");
}

static void handle(int s, void (*handler)(int), int flags)
{
	struct sigaction old, now = { .sa_handler = handler, .sa_flags = flags };
	sigfillset(&now.sa_mask);
	if (sigaction(s, NULL, &old) == 0 && !(old.sa_flags & SA_SIGINFO) && old.sa_handler == SIG_DFL)
		sigaction(s, &now, NULL);
}

void leave_on_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP }, breaks[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	static char stack[64 << 10]; /* a stack that has run over takes no handler */
	stack_t other = { .ss_sp = stack, .ss_size = sizeof stack };
	sigaltstack(&other, NULL);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		handle(ends[i], ended, SA_RESTART);
	for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++)
		handle(breaks[i], broke, SA_RESETHAND | SA_ONSTACK);
}

_Noreturn void leave_now(enum status status, const char *text)
{
	sigset_t every;
	sigfillset(&every);
	pthread_sigmask(SIG_BLOCK, &every, NULL); /* a handler would wait for us */
	remove_all();
	ssize_t ignored = write(2, text, strlen(text));
	(void)ignored;
	_exit(status);
}
