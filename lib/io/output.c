#include "io/output.h"

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
#define XXH_INLINE_ALL
#include <xxhash.h>

#define BUFFER (256u << 10)

struct output {
	int fd;
	char *path, *temporary;
	uint8_t *buf;
	size_t n;
	uint64_t bytes;
	XXH3_state_t *hash;
	struct sha256 *sha256; /* NULL: nobody asked */
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

static int sync_folder(const char *path, struct err *err)
{
	char *dir = mem_dup(folder_of(path));
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -1 : fsync(fd);
	if (r < 0)
		err_errno(err, STATUS_IOERR, "%s: the folder cannot be made durable; check the disk", dir);
	if (fd >= 0)
		close(fd);
	free(dir);
	return r;
}

static void output_free(struct output *o)
{
	if (o->hash)
		XXH3_freeState(o->hash);
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
	o->fd = open(o->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (o->fd < 0) {
		err_errno(err, STATUS_CANTCREAT, "%s: cannot be made", path);
		output_free(o);
		return -1;
	}
	o->buf = mem_alloc(BUFFER);
	o->hash = XXH3_createState();
	if (!o->hash) {
		output_abort(o);
		return err_set(err, STATUS_OSERR, "%s: no memory for its hash", path);
	}
	XXH3_128bits_reset(o->hash);
	*ret = o;
	return 0;
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
		XXH3_128bits_update(o->hash, p, n);
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
		XXH3_128bits_update(o->hash, parts[i].p, parts[i].n);
	o->bytes += n;
	return write_direct(o, parts, count, err);
}

int output_commit(struct output *o, struct err *err)
{
	if (flush(o, err) < 0)
		goto fail;
	if (fsync(o->fd) < 0) {
		err_errno(err, STATUS_IOERR, "%s: cannot be made durable; check the disk", o->path);
		goto fail;
	}
	int fd = o->fd;
	o->fd = -1;
	if (close(fd) < 0) {
		err_errno(err, STATUS_IOERR, "%s: closing failed; check the disk", o->path);
		goto fail;
	}
	if (rename(o->temporary, o->path) < 0) {
		err_errno(err, STATUS_CANTCREAT, "%s: cannot be made", o->path);
		goto fail;
	}
	int r = sync_folder(o->path, err);
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
	if (o->fd >= 0)
		close(o->fd);
	unlink(o->temporary);
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
	XXH3_freeState(o->hash);
	o->hash = NULL;
}

void output_hash(const struct output *o, uint8_t ret[16])
{
	XXH128_canonical_t c;
	XXH128_canonicalFromHash(&c, XXH3_128bits_digest(o->hash));
	memcpy(ret, c.digest, 16);
}

void output_also_sha256(struct output *o)
{
	o->sha256 = sha256_new();
}

void output_sha256(const struct output *o, uint8_t ret[SHA256_BYTES])
{
	sha256_get(o->sha256, ret);
}

int output_mkdir(const char *path, struct err *err)
{
	if (mkdir(path, 0700) < 0)
		return err_errno(err, STATUS_CANTCREAT, "%s: the folder cannot be made", path);
	return 0;
}

int output_folder_create(char **ret, const char *path, struct err *err)
{
	char *t = temporary_name(path);
	if (output_mkdir(t, err) < 0) {
		free(t);
		return -1;
	}
	*ret = t;
	return 0;
}

void output_folder_remove(const char *folder)
{
	DIR *d = opendir(folder);
	if (!d)
		return;
	for (struct dirent *e; (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0) == 0)
			continue;
		char *inner;
		if (asprintf(&inner, "%s/%s", folder, e->d_name) < 0)
			continue;
		output_folder_remove(inner);
		free(inner);
	}
	closedir(d);
	rmdir(folder);
}

/* renameat2 can exchange two folders at once: the old one is never missing. Where the file system cannot, the old one steps
 * aside first. */
static int exchange(const char *folder, const char *path, struct err *err)
{
	if (renameat2(AT_FDCWD, folder, AT_FDCWD, path, RENAME_EXCHANGE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return err_errno(err, STATUS_CANTCREAT, "%s: cannot be replaced", path);
	char *aside = temporary_name(path);
	int r = rename(path, aside);
	if (r == 0 && (r = rename(folder, path)) < 0)
		rename(aside, path);
	if (r < 0)
		err_errno(err, STATUS_CANTCREAT, "%s: cannot be replaced", path);
	else
		output_folder_remove(aside);
	free(aside);
	return r;
}

int output_folder_publish(const char *folder, const char *path, struct err *err)
{
	char *inside;
	if (asprintf(&inside, "%s/.", folder) < 0)
		return err_set(err, STATUS_OSERR, "%s: no memory for its name", path);
	int r = sync_folder(inside, err);
	free(inside);
	if (r < 0)
		return -1;
	struct stat st;
	if (lstat(path, &st) < 0) {
		if (renameat2(AT_FDCWD, folder, AT_FDCWD, path, RENAME_NOREPLACE) < 0 && rename(folder, path) < 0)
			return err_errno(err, STATUS_CANTCREAT, "%s: cannot be made", path);
	} else {
		if (!S_ISDIR(st.st_mode))
			return err_set(err, STATUS_CANTCREAT, "%s: is there and is no folder; move it away", path);
		if (exchange(folder, path, err) < 0)
			return -1;
		output_folder_remove(folder);
	}
	return sync_folder(path, err);
}

int lock_take(int *ret_fd, const char *path, struct err *err)
{
	struct str dir = folder_of(path);
	char *name;
	if (asprintf(&name, "%.*s.%s.lock", STR_ARG(dir), base_of(path)) < 0)
		return err_set(err, STATUS_OSERR, "%s: no memory for its lock", path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = fd < 0 ? -1 : flock(fd, LOCK_EX | LOCK_NB);
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
