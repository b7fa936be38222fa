#include "file/spool.h"

#include "base/str.h"
#include "digest/xxh3.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define LEAST_EXTENT (64u << 10) /* bytes worth a write */

struct extent {
	uint64_t at, bytes, hash;
};

struct partition {
	struct buf held;        /* put last */
	struct extent *extents; /* put before, on disk */
	size_t count, cap;
	uint64_t bytes;
};

struct spool {
	char *beside;
	int fd;                 /* -1 until something has to go to disk */
	struct partition *partitions;
	unsigned count;
	uint64_t limit, held, end; /* bytes: to be held, held, on disk */
};

void spool_open(struct spool **ret, const char *beside, unsigned partitions, uint64_t limit)
{
	struct spool *s = mem_alloc(sizeof *s);
	*s = (struct spool){ .beside = mem_dup(str_of(beside)), .fd = -1, .count = partitions, .limit = limit };
	s->partitions = mem_alloc(partitions * sizeof *s->partitions);
	*ret = s;
}

/* A file without a name, or one that loses it at once where the system knows no such file. */
static int open_file(struct spool *s, struct err *err)
{
	char path[4096];
	const char *slash = strrchr(s->beside, '/');
	int n = slash ? (int)(slash - s->beside) : 1;
	snprintf(path, sizeof path, "%.*s", n ? n : 1, slash ? s->beside : ".");
	s->fd = open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd >= 0)
		return 0;
	size_t end = strlen(path);
	snprintf(path + end, sizeof path - end, "/.bidui-XXXXXX");
	s->fd = mkostemp(path, O_CLOEXEC); /* 0600 */
	if (s->fd >= 0 && unlink(path) == 0)
		return 0;
	return err_errno(err, STATUS_CANTCREAT, "%s: a file to put rows aside cannot be made; free some space or give more memory", s->beside);
}

static int write_all(int fd, const char *p, size_t n, uint64_t at, struct err *err)
{
	while (n) {
		ssize_t put = pwrite(fd, p, n, (off_t)at);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return err_errno(err, STATUS_IOERR, "putting rows aside failed; free some space or give more memory");
		p += put;
		at += (uint64_t)put;
		n -= (size_t)put;
	}
	return 0;
}

static int flush(struct spool *s, struct partition *p, struct err *err)
{
	struct extent e = { s->end, p->held.n, xxh3_64(p->held.p, p->held.n) };
	if ((s->fd < 0 && open_file(s, err) < 0) || write_all(s->fd, p->held.p, p->held.n, e.at, err) < 0)
		return -1;
	VEC_PUSH(p->extents, p->count, p->cap, e);
	s->end += e.bytes;
	s->held -= e.bytes;
	if (p->held.cap > 2 * LEAST_EXTENT)
		buf_release(&p->held);
	p->held.n = 0;
	return 0;
}

/* Over the limit: what is worth a write goes. */
static int make_room(struct spool *s, struct err *err)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->partitions[i].held.n >= LEAST_EXTENT && flush(s, &s->partitions[i], err) < 0)
			return -1;
	return 0;
}

int spool_put(struct spool *s, unsigned partition, const void *bytes, size_t n, struct err *err)
{
	struct partition *p = &s->partitions[partition];
	buf_put(&p->held, bytes, n);
	p->bytes += n;
	s->held += n;
	if (s->held <= s->limit || p->held.n < LEAST_EXTENT)
		return 0;
	return s->fd < 0 ? make_room(s, err) : flush(s, p, err);
}

uint64_t spool_size(const struct spool *s, unsigned partition)
{
	return s->partitions[partition].bytes;
}

static int read_extent(const struct spool *s, const struct extent *e, struct buf *to, struct err *err)
{
	size_t begin = to->n, n = 0;
	while (n < e->bytes) {
		ssize_t got = pread(s->fd, to->p + begin + n, e->bytes - n, (off_t)(e->at + n));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_errno(err, STATUS_IOERR, "reading rows that were put aside failed; check the disk");
		n += (size_t)got;
	}
	to->n += n;
	if (xxh3_64(to->p + begin, n) != e->hash)
		return err_set(err, STATUS_IOERR, "rows that were put aside have come back changed; check the disk and the memory");
	return 0;
}

int spool_read(struct spool *s, unsigned partition, struct buf *to, struct err *err)
{
	struct partition *p = &s->partitions[partition];
	if (!p->count) { /* all of it is here */
		buf_release(to);
		*to = p->held;
		p->held = (struct buf){ 0 };
		return 0;
	}
	to->n = 0;
	buf_reserve(to, p->bytes + 1);
	for (size_t i = 0; i < p->count; i++)
		if (read_extent(s, &p->extents[i], to, err) < 0)
			return -1;
	buf_put(to, p->held.p, p->held.n);
	buf_release(&p->held);
	return 0;
}

void spool_close(struct spool *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->count; i++) {
		buf_release(&s->partitions[i].held);
		free(s->partitions[i].extents);
	}
	if (s->fd >= 0)
		close(s->fd);
	free(s->partitions);
	free(s->beside);
	free(s);
}
