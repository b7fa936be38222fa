/* A file and a folder as they are made, sealed and published, and what a killed run left: one file, a little over 500 lines, since both are
 * cleaned up after in the same ways. */
#include "io/output.h"

#include "base/leave.h"
#include "digest/xxh3.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define BUFFER (256u << 10)
#define EARLY (8u << 20) /* bytes that are sent to the disk while others are made, so that the last fsync need not wait for all */

struct output {
	int fd;              /* -1: sealed */
	struct leave *leave;
	char *path, *temporary;
	uint8_t *buf;
	size_t n;
	uint64_t bytes;
	uint64_t written, sent; /* bytes: to the file; of them on their way to the disk */
	struct xxh3 *hash;
	struct sha256 *sha256; /* NULL: nobody asked */
	bool passing, later;
};

/* "DIR/" of a path, "./" where there is none. */
static struct str folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (struct str){ path, (size_t)(slash - path) + 1 } : STR("./");
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* A path of this kind is never used twice by this process: a counter; and never by another: the pid, and O_EXCL. */
static char *temporary_name(const char *path)
{
	static _Atomic unsigned counter;
	struct str dir = folder_of(path);
	char *t;
	if (asprintf(&t, "%.*s.%s.%ld-%u.tmp", STR_ARG(dir), base_of(path), (long)getpid(), counter++) < 0)
		return mem_dup(STR(""));
	return t;
}

static bool is_temporary_of(const char *name, const char *base)
{
	size_t n = strlen(base);
	long pid;
	unsigned count;
	int end = 0;
	if (name[0] != '.' || strncmp(name + 1, base, n) != 0 || name[1 + n] != '.')
		return false;
	return sscanf(name + n + 2, "%ld-%u.tmp%n", &pid, &count, &end) == 2 && end && !name[n + 2 + (size_t)end];
}

/* What a process that was killed left of an earlier try to make path. A temporary is locked as long as its maker lives. */
static void sweep(const char *path)
{
	if (leave_covers(path))
		return; /* in a folder that we have just made */
	char *folder = mem_dup(folder_of(path));
	DIR *d = opendir(folder);
	free(folder);
	for (struct dirent *e; d && (e = readdir(d));) {
		if (!is_temporary_of(e->d_name, base_of(path)))
			continue;
		int fd = openat(dirfd(d), e->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && unlinkat(dirfd(d), e->d_name, 0) < 0) {
			leave_empty_folder(fd);
			unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
		}
		close(fd);
	}
	if (d)
		closedir(d);
}

static int sync_named(const char *dir, struct err *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -1 : fsync(fd);
	if (r < 0)
		err_errno(err, STATUS_IOERR, "%s: the folder cannot be made durable; check the disk", dir);
	if (fd >= 0)
		close(fd);
	return r;
}

/* The folder that path is in. */
static int sync_folder(const char *path, struct err *err)
{
	char *dir = mem_dup(folder_of(path));
	int r = sync_named(dir, err);
	free(dir);
	return r;
}

static void output_free(struct output *o)
{
	leave_end(o->leave);
	xxh3_free(o->hash);
	sha256_free(o->sha256);
	free(o->buf);
	free(o->path);
	free(o->temporary);
	free(o);
}

int output_create(struct output **ret, const char *path, struct err *err)
{
	struct output *o = mem_alloc(sizeof *o);
	o->path = mem_dup(str_of(path));
	o->temporary = temporary_name(path);
	o->buf = mem_alloc(BUFFER);
	o->hash = xxh3_new();
	sweep(path);
	o->leave = leave_begin(o->temporary);
	o->fd = open(o->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	leave_release();
	if (o->fd < 0) {
		err_errno(err, STATUS_CANTCREAT, "%s: cannot be made", path);
		output_free(o);
		return -1;
	}
	flock(o->fd, LOCK_EX | LOCK_NB); /* for sweep; where it cannot be locked, it is not swept */
	if (!o->hash) {
		output_abort(o);
		return err_set(err, STATUS_OSERR, "%s: no memory for its hash", path);
	}
	*ret = o;
	return 0;
}

/* What goes wrong with it is told by fsync. */
static void note_written(struct output *o, size_t n)
{
	o->written += n;
	if (o->passing || o->written - o->sent < EARLY)
		return;
	sync_file_range(o->fd, (off_t)o->sent, (off_t)(o->written - o->sent), SYNC_FILE_RANGE_WRITE);
	o->sent = o->written;
}

static int write_all(struct output *o, const uint8_t *p, size_t n, struct err *err)
{
	while (n) {
		ssize_t w = write(o->fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return err_errno(err, STATUS_IOERR, "%s: writing failed; make room on the disk and run again", o->path);
		p += w;
		n -= (size_t)w;
		note_written(o, (size_t)w);
	}
	return 0;
}

static int flush(struct output *o, struct err *err)
{
	int r = write_all(o, o->buf, o->n, err);
	o->n = 0;
	return r;
}

int output_write(struct output *o, const void *p, size_t n, struct err *err)
{
	if (o->hash)
		xxh3_add(o->hash, p, n);
	if (o->sha256)
		sha256_add(o->sha256, p, n);
	o->bytes += n;
	if (n > BUFFER - o->n && flush(o, err) < 0)
		return -1;
	if (n > BUFFER)
		return write_all(o, p, n, err);
	if (n)
		memcpy(o->buf + o->n, p, n);
	o->n += n;
	return 0;
}

#define DIRECT (64u << 10) /* bytes from which on they are not copied together */

/* What is buffered and then the parts, in as few writes as the system takes. */
static int write_direct(struct output *o, const struct str *parts, unsigned count, struct err *err)
{
	struct iovec v[1 + OUTPUT_PARTS] = { { o->buf, o->n } }, *at = v;
	for (unsigned i = 0; i < count; i++)
		v[1 + i] = (struct iovec){ (void *)(uintptr_t)parts[i].p, parts[i].n };
	o->n = 0;
	while (at < v + 1 + count) {
		if (!at->iov_len) {
			at++;
			continue;
		}
		ssize_t w = writev(o->fd, at, (int)(v + 1 + count - at));
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return err_errno(err, STATUS_IOERR, "%s: writing failed; make room on the disk and run again", o->path);
		note_written(o, (size_t)w);
		for (size_t left = (size_t)w; left;) {
			size_t n = left < at->iov_len ? left : at->iov_len;
			at->iov_base = (char *)at->iov_base + n;
			at->iov_len -= n;
			left -= n;
			at += !at->iov_len;
		}
	}
	return 0;
}

int output_write_parts(struct output *o, const struct str *parts, unsigned count, struct err *err)
{
	size_t n = 0;
	for (unsigned i = 0; i < count; i++)
		n += parts[i].n;
	if (n < DIRECT) {
		for (unsigned i = 0; i < count; i++)
			if (output_write(o, parts[i].p, parts[i].n, err) < 0)
				return -1;
		return 0;
	}
	for (unsigned i = 0; o->hash && i < count; i++)
		xxh3_add(o->hash, parts[i].p, parts[i].n);
	o->bytes += n;
	return write_direct(o, parts, count, err);
}

int output_seal(struct output *o, struct err *err)
{
	if (flush(o, err) < 0)
		return -1;
	if (!o->passing && !o->later && fsync(o->fd) < 0)
		return err_errno(err, STATUS_IOERR, "%s: cannot be made durable; check the disk", o->path);
	int fd = o->fd;
	o->fd = -1;
	if (close(fd) < 0)
		return err_errno(err, STATUS_IOERR, "%s: closing failed; check the disk", o->path);
	return 0;
}

int output_commit(struct output *o, struct err *err)
{
	if (o->fd >= 0 && output_seal(o, err) < 0)
		goto fail;
	if (rename(o->temporary, o->path) < 0) {
		err_errno(err, STATUS_CANTCREAT, "%s: cannot be made", o->path);
		goto fail;
	}
	int r = o->passing || o->later ? 0 : sync_folder(o->path, err);
	output_free(o);
	return r;
fail:
	output_abort(o);
	return -1;
}

void output_abort(struct output *o)
{
	if (!o)
		return;
	unlink(o->temporary);
	if (o->fd >= 0)
		close(o->fd);
	output_free(o);
}

int output_view(struct output *o, int *ret_fd, char **ret_path, struct err *err)
{
	*ret_fd = o->fd;
	*ret_path = o->path;
	return flush(o, err);
}

uint64_t output_bytes(const struct output *o)
{
	return o->bytes;
}

void output_unhashed(struct output *o)
{
	xxh3_free(o->hash);
	o->hash = NULL;
}

void output_passing(struct output *o)
{
	o->passing = true;
}

void output_later(struct output *o)
{
	o->later = true;
}

int output_sync(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? -1 : fsync(fd);
	if (r < 0)
		err_errno(err, STATUS_IOERR, "%s: cannot be made durable; check the disk", path);
	if (fd >= 0)
		close(fd);
	return r < 0 ? -1 : sync_folder(path, err);
}

void output_hash(const struct output *o, uint8_t ret[16])
{
	xxh3_128(o->hash, ret);
}

void output_also_sha256(struct output *o)
{
	o->sha256 = sha256_new();
}

void output_sha256(const struct output *o, uint8_t ret[SHA256_BYTES])
{
	sha256_get(o->sha256, ret);
}

int output_spool(const char *path, struct err *err)
{
	char *folder = mem_dup(folder_of(path)), *name = temporary_name(path);
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
		struct leave *l = leave_begin(name);
		fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd >= 0)
			unlink(name);
		leave_release();
		leave_end(l);
	}
	if (fd < 0)
		err_errno(err, STATUS_CANTCREAT, "%s: no room beside it for a temporary file", path);
	free(folder);
	free(name);
	return fd;
}

int output_mkdir(const char *path, struct err *err)
{
	if (mkdir(path, 0700) < 0)
		return err_errno(err, STATUS_CANTCREAT, "%s: the folder cannot be made", path);
	return 0;
}

/* ---- folders ----------------------------------------------------------------------------------------------------------------------- */

int output_folder_create(struct output_folder *ret, const char *path, struct err *err)
{
	sweep(path);
	*ret = (struct output_folder){ .path = temporary_name(path), .lock = -1 };
	ret->leave = leave_begin(ret->path);
	int r = output_mkdir(ret->path, err);
	leave_release();
	if (r < 0) {
		leave_end(ret->leave);
		free(ret->path);
		*ret = (struct output_folder){ 0 };
		return -1;
	}
	ret->lock = open(ret->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ret->lock >= 0)
		flock(ret->lock, LOCK_EX | LOCK_NB);
	return 0;
}

static void folder_end(struct output_folder *f)
{
	leave_end(f->leave);
	if (f->lock >= 0)
		close(f->lock);
	free(f->path);
	*f = (struct output_folder){ 0 };
}

void output_folder_remove(struct output_folder *f)
{
	if (!f->path)
		return;
	if (!f->stays)
		leave_remove_folder(f->path);
	folder_end(f);
}

char *output_old_name(const char *path, uint64_t inode)
{
	struct str dir = folder_of(path);
	struct buf b = { 0 };
	buf_printf(&b, "%.*s.%s.%llu.old", STR_ARG(dir), base_of(path), (unsigned long long)inode);
	buf_putc(&b, 0);
	return b.p;
}

/* The new one steps in, the old one to where it was. renameat2 can exchange two folders at once: the old one is never missing. Where
 * the file system cannot, it steps aside first. */
static int exchange(const char *folder, const char *path, const char *aside, struct err *err)
{
	if (renameat2(AT_FDCWD, folder, AT_FDCWD, path, RENAME_EXCHANGE) == 0)
		return 0;
	int r = errno == EINVAL || errno == ENOSYS ? rename(path, aside) : -1;
	if (r == 0 && (r = rename(folder, path)) < 0)
		rename(aside, path);
	else if (r == 0)
		r = rename(aside, folder);
	return r < 0 ? err_errno(err, STATUS_CANTCREAT, "%s: cannot be replaced", path) : 0;
}

/* Give it the name by which a later run tells whether it was published. */
static int mark(struct output_folder *f, const char *path, struct err *err)
{
	struct stat st;
	if (stat(f->path, &st) < 0)
		return err_errno(err, STATUS_IOERR, "%s: cannot be seen", f->path);
	char *marked = output_old_name(path, st.st_ino);
	struct leave *leave = leave_begin(marked);
	int r = rename(f->path, marked);
	leave_release();
	if (r < 0) {
		err_errno(err, STATUS_CANTCREAT, "%s: cannot be made", path);
		leave_end(leave);
		free(marked);
		return -1;
	}
	leave_end(f->leave);
	free(f->path);
	f->leave = leave;
	f->path = marked;
	return 0;
}

/* Where nothing stood. Undone when it cannot be made durable. */
static int appear(struct output_folder *f, const char *path, struct err *err)
{
	if (renameat2(AT_FDCWD, f->path, AT_FDCWD, path, RENAME_NOREPLACE) < 0 && rename(f->path, path) < 0)
		return err_errno(err, STATUS_CANTCREAT, "%s: cannot be made", path);
	if (sync_folder(path, err) < 0) {
		rename(path, f->path);
		return -1;
	}
	folder_end(f);
	return 0;
}

/* All or nothing: each step is undone when a later one fails. */
static int replace(struct output_folder *f, const char *path, const char *keep_as, struct err *err)
{
	struct err ignored;
	char *dir = mem_dup(folder_of(path)), *aside = output_old_name(path, 0);
	leave_hold();
	bool exchanged = exchange(f->path, path, aside, err) == 0, kept = exchanged && keep_as;
	int r = exchanged ? 0 : -1;
	if (kept && rename(f->path, keep_as) < 0) {
		r = err_errno(err, STATUS_CANTCREAT, "%s: cannot be made", keep_as);
		kept = false;
	} else if (r == 0) {
		r = sync_named(dir, err);
	}
	if (r < 0 && kept)
		rename(keep_as, f->path);
	if (r < 0 && exchanged && exchange(f->path, path, aside, &ignored) < 0) {
		leave_end(f->leave); /* the old one is no temporary: it stays beside the new one, which is whole */
		f->leave = NULL;
		f->stays = true;
	}
	leave_release();
	free(dir);
	free(aside);
	return r;
}

int output_folder_publish(struct output_folder *f, const char *path, const char *keep_as, struct err *err)
{
	struct stat st;
	if (sync_named(f->path, err) < 0)
		return -1;
	if (lstat(path, &st) < 0)
		return appear(f, path, err);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, STATUS_CANTCREAT, "%s: is there and is no folder; move it away", path);
	if ((keep_as && mark(f, path, err) < 0) || replace(f, path, keep_as, err) < 0)
		return -1;
	output_folder_remove(f); /* what stood there before, unless it is kept */
	return 0;
}

int lock_take(int *ret_fd, const char *path, struct err *err)
{
	struct str dir = folder_of(path);
	char *name;
	if (asprintf(&name, "%.*s.%s.lock", STR_ARG(dir), base_of(path)) < 0)
		return err_set(err, STATUS_OSERR, "%s: no memory for its lock", path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;
	do
		r = fd < 0 ? -1 : flock(fd, LOCK_EX | LOCK_NB);
	while (r < 0 && fd >= 0 && errno == EINTR);
	if (fd < 0)
		err_errno(err, STATUS_CANTCREAT, "%s: the lock cannot be made", name);
	else if (r < 0 && errno == EWOULDBLOCK)
		err_set(err, STATUS_LOCKED, "%s: another run writes to %s; wait until it is done", name, path);
	else if (r < 0)
		err_errno(err, STATUS_IOERR, "%s: cannot be locked", name);
	if (r < 0 && fd >= 0)
		close(fd);
	free(name);
	if (r == 0)
		*ret_fd = fd;
	return r;
}

void lock_release(int fd)
{
	close(fd);
}

void hex128(const uint8_t hash[16], char out[33])
{
	hex_put(hash, 16, out);
}
