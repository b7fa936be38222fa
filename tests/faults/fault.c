/* fault: run a program and let one of its system calls fail, or let it die just before one.
 *
 * fault [-n N] [-c NAME] [-a ACTION] [-f] [-k NAME,...] [-l FILE] [-o SHIM] -- PROGRAM [ARGUMENT...]
 *
 *   -l FILE    write a line for each call there: its number, name, and what it is about
 *   -n N       act on the Nth call (from 1)
 *   -c NAME    if that is none of this name, on the next one that is: a call more or less before it does not matter
 *   -a ACTION  an errno by its number (the call does not happen), `short` (half of the bytes), KILL, TERM, INT or HUP (before the call)
 *   -f         act on all calls from the Nth on
 *   -k NAMES   of those from the Nth on, only these
 *   -o SHIM    the preloaded shim.so: calls are counted from its mark on, so not those of the dynamic loader
 *
 * Calls are those of TRACED below, in all threads and children, but not what is done to standard output and error. It ends as the program did, by the same signal or status; 125 when it
 * cannot work itself. Written for x86-64: seccomp stops the program at these calls only, so that a sweep costs little more than the runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define MARK 1023 /* a system call that does not exist: shim.c */

/* What each call is about: a path in an argument, a file by its number in the first, neither. bytes: the third argument counts them. */
static const struct traced {
	long nr;
	const char *name;
	signed char path; /* its argument, -1: the first is a file number, -2: nothing */
	bool bytes;
} traced[] = {
	{ SYS_open, "open", 0, false }, { SYS_openat, "openat", 1, false }, { SYS_creat, "creat", 0, false }, { SYS_close, "close", -1, false },
	{ SYS_read, "read", -1, true }, { SYS_pread64, "pread64", -1, true }, { SYS_readv, "readv", -1, false }, { SYS_preadv, "preadv", -1, false },
	{ SYS_write, "write", -1, true }, { SYS_pwrite64, "pwrite64", -1, true }, { SYS_writev, "writev", -1, false },
	{ SYS_pwritev, "pwritev", -1, false }, { SYS_lseek, "lseek", -1, false }, { SYS_fsync, "fsync", -1, false },
	{ SYS_fdatasync, "fdatasync", -1, false }, { SYS_sync_file_range, "sync_file_range", -1, false }, { SYS_ftruncate, "ftruncate", -1, false },
	{ SYS_truncate, "truncate", 0, false }, { SYS_fallocate, "fallocate", -1, false }, { SYS_rename, "rename", 0, false },
	{ SYS_renameat, "renameat", 1, false }, { SYS_renameat2, "renameat2", 1, false }, { SYS_link, "link", 0, false },
	{ SYS_linkat, "linkat", 1, false }, { SYS_symlink, "symlink", 0, false }, { SYS_symlinkat, "symlinkat", 0, false },
	{ SYS_mkdir, "mkdir", 0, false }, { SYS_mkdirat, "mkdirat", 1, false }, { SYS_rmdir, "rmdir", 0, false }, { SYS_unlink, "unlink", 0, false },
	{ SYS_unlinkat, "unlinkat", 1, false }, { SYS_chmod, "chmod", 0, false }, { SYS_fchmod, "fchmod", -1, false },
	{ SYS_fchmodat, "fchmodat", 1, false }, { SYS_utimensat, "utimensat", 1, false }, { SYS_stat, "stat", 0, false }, { SYS_lstat, "lstat", 0, false },
	{ SYS_fstat, "fstat", -1, false }, { SYS_newfstatat, "newfstatat", 1, false }, { SYS_statx, "statx", 1, false },
	{ SYS_access, "access", 0, false }, { SYS_faccessat2, "faccessat2", 1, false }, { SYS_readlink, "readlink", 0, false },
	{ SYS_getdents64, "getdents64", -1, false }, { SYS_flock, "flock", -1, false }, { SYS_fcntl, "fcntl", -1, false }, { SYS_dup, "dup", -1, false },
	{ SYS_memfd_create, "memfd_create", 0, false }, { SYS_copy_file_range, "copy_file_range", -1, false }, { SYS_sendfile, "sendfile", -1, false },
	{ SYS_mmap, "mmap", -2, false }, { SYS_clone, "clone", -2, false }, { SYS_clone3, "clone3", -2, false }, { SYS_getrandom, "getrandom", -2, false },
};
#define TRACED (sizeof traced / sizeof *traced)

static struct {
	long at;
	int errno_value; /* 0: none */
	int signal;      /* 0: none */
	bool halve, on, marked;
	const char *name, *only; /* or NULL: any */
	FILE *log;
} plan;
static long calls;
static bool acted;
static pid_t leader;

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "fault: %s: %s\n", what, strerror(errno));
	exit(125);
}

/* ---- the program ------------------------------------------------------------------------------------------------------------------- */

/* Stop at the calls of the table, let all others go. */
static void stop_at_calls(void)
{
	struct sock_filter f[2 * TRACED + 4];
	unsigned short n = 0;
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i <= TRACED; i++) {
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(i < TRACED ? traced[i].nr : MARK), 0, 1);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	}
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { n, f };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		give_up("seccomp");
}

static _Noreturn void become(char **argv, const char *shim)
{
	if (shim)
		setenv("LD_PRELOAD", shim, 1);
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
		give_up("ptrace");
	raise(SIGSTOP);
	stop_at_calls();
	execv(argv[0], argv);
	give_up(argv[0]);
}

/* ---- a call ------------------------------------------------------------------------------------------------------------------------- */

static unsigned long long argument(const struct user_regs_struct *r, int i)
{
	const unsigned long long a[] = { r->rdi, r->rsi, r->rdx, r->r10 };
	return a[i];
}

/* The path, or what the file number stands for; empty where that cannot be told. */
static void describe(pid_t pid, const struct traced *t, const struct user_regs_struct *r, char out[512])
{
	char link[64];
	out[0] = 0;
	if (t->path >= 0) {
		for (size_t n = 0; n < 511; n++) { /* a byte at a time: the next page may not be there */
			struct iovec to = { out + n, 1 }, from = { (char *)argument(r, t->path) + n, 1 };
			out[n + 1] = 0;
			if (process_vm_readv(pid, &to, 1, &from, 1, 0) != 1) {
				out[n] = 0;
				return;
			}
			if (!out[n])
				return;
		}
	} else if (t->path == -1) {
		snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)pid, (int)r->rdi);
		ssize_t n = readlink(link, out, 511);
		out[n < 0 ? 0 : n] = 0;
	}
}

static bool among(const char *names, const char *name)
{
	size_t n = strlen(name);
	for (const char *p = names; p && *p; p += strcspn(p, ",") + (p[strcspn(p, ",")] == ','))
		if (strcspn(p, ",") == n && strncmp(p, name, n) == 0)
			return true;
	return !names;
}

static void act(pid_t pid, const struct traced *t, struct user_regs_struct *r)
{
	if (plan.signal) {
		kill(leader, plan.signal);
		return;
	}
	if (plan.halve) {
		if (!t->bytes || r->rdx < 2)
			return;
		r->rdx /= 2;
	} else {
		r->orig_rax = (unsigned long long)-1; /* the call does not happen, and its result is what stands in rax */
		r->rax = (unsigned long long)-(long long)plan.errno_value;
	}
	ptrace(PTRACE_SETREGS, pid, 0, r);
}

static void at_call(pid_t pid)
{
	struct user_regs_struct r;
	if (ptrace(PTRACE_GETREGS, pid, 0, &r) < 0)
		return;
	if (r.orig_rax == MARK) {
		plan.marked = true;
		return;
	}
	const struct traced *t = traced;
	while (t < traced + TRACED && (unsigned long long)t->nr != r.orig_rax)
		t++;
	if (t == traced + TRACED || !plan.marked || (t->path == -1 && (r.rdi == 1 || r.rdi == 2)))
		return;
	calls++;
	if (plan.log) {
		char what[512];
		describe(pid, t, &r, what);
		fprintf(plan.log, "%ld\t%s\t%s\t%lld\n", calls, t->name, what, t->path == -1 ? (long long)r.rdi : -1);
	}
	if (!plan.at || calls < plan.at || (acted ? !plan.on || !among(plan.only, t->name) : !among(plan.name, t->name)))
		return;
	acted = true;
	act(pid, t, &r);
}

/* ---- all of them ------------------------------------------------------------------------------------------------------------------- */

/* Go on with a stopped thread; a signal that is the program's own is handed on. */
static void go_on(pid_t pid, int status)
{
	int event = status >> 16, signal = WSTOPSIG(status);
	if (event == PTRACE_EVENT_SECCOMP)
		at_call(pid);
	bool ours = event || signal == SIGSTOP || signal == SIGTRAP;
	ptrace(PTRACE_CONT, pid, 0, ours ? 0 : signal);
}

static int watch(void)
{
	int status, last = 0;
	pid_t pid;
	waitpid(leader, &status, 0);
	if (ptrace(PTRACE_SETOPTIONS, leader, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
	           PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC) < 0)
		give_up("ptrace");
	ptrace(PTRACE_CONT, leader, 0, 0);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid > 0 && WIFSTOPPED(status))
			go_on(pid, status);
		else if (pid == leader)
			last = status;
	}
	return last;
}

static void read_action(const char *a)
{
	static const struct {
		const char *name;
		int signal;
	} signals[] = { { "KILL", SIGKILL }, { "TERM", SIGTERM }, { "INT", SIGINT }, { "HUP", SIGHUP } };
	plan.halve = !strcmp(a, "short");
	plan.errno_value = atoi(a);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (!strcmp(a, signals[i].name))
			plan.signal = signals[i].signal;
}

int main(int argc, char **argv)
{
	const char *shim = NULL;
	int c;
	while ((c = getopt(argc, argv, "+n:c:a:fk:l:o:")) != -1) {
		switch (c) {
		case 'n': plan.at = atol(optarg); break;
		case 'c': plan.name = optarg; break;
		case 'a': read_action(optarg); break;
		case 'f': plan.on = true; break;
		case 'k': plan.only = optarg; break;
		case 'o': shim = optarg; break;
		case 'l':
			if (!(plan.log = fopen(optarg, "we")))
				give_up(optarg);
			break;
		default: return 125;
		}
	}
	plan.marked = !shim;
	if (optind == argc)
		return 125;
	leader = fork();
	if (leader == 0)
		become(argv + optind, shim);
	int status = watch();
	if (plan.log)
		fclose(plan.log);
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	return WEXITSTATUS(status);
}
