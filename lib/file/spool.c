#include "file/spool.h"

#include "base/str.h"
#include "digest/xxh3.h"
#include "io/at.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct extent {
	uint64_t at, hash;      /* in the file */
	uint32_t bytes;
};

struct partition {
	struct extent *extents; /* in their order; behind them what is held */
	size_t count, cap;
	char *held;             /* SPOOL_CHUNK, or NULL */
	uint32_t held_bytes;
	uint64_t bytes;         /* of all */
};

struct spool {
	char *beside;
	int fd;                 /* -1 until something has to go to disk */
	struct partition *partitions;
	unsigned count;
	uint64_t end;           /* bytes on disk */
};

void spool_open(struct spool **ret, const char *beside, unsigned partitions)
{
	struct spool *s = mem_alloc(sizeof *s);
	*s = (struct spool){ .beside = mem_dup(str_of(beside)), .fd = -1, .count = partitions };
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
	return err_errno(err, STATUS_CANTCREAT, "%s: a file to put rows aside cannot be made; free some space", s->beside);
}

/* What is held goes to disk, and its memory is free again. */
static int to_disk(struct spool *s, struct partition *p, struct err *err)
{
	struct extent one = { s->end, xxh3_64(p->held, p->held_bytes), p->held_bytes };
	if (s->fd < 0 && open_file(s, err) < 0)
		return -1;
	if (put_at(s->fd, p->held, p->held_bytes, s->end) < 0)
		return err_errno(err, STATUS_IOERR, "putting rows aside failed; free some space");
	VEC_PUSH(p->extents, p->count, p->cap, one);
	s->end += p->held_bytes;
	p->held_bytes = 0;
	return 0;
}

int spool_put(struct spool *s, unsigned partition, const void *bytes, size_t n, struct err *err)
{
	struct partition *p = &s->partitions[partition];
	const char *from = bytes;
	p->bytes += n;
	if (!p->held)
		p->held = mem_take(SPOOL_CHUNK);
	while (n) {
		size_t part = SPOOL_CHUNK - p->held_bytes;
		if (!part && to_disk(s, p, err) < 0)
			return -1;
		if (!part)
			continue;
		part = part < n ? part : n;
		memcpy(p->held + p->held_bytes, from, part);
		p->held_bytes += (uint32_t)part;
		from += part;
		n -= part;
	}
	return 0;
}

static int read_extent(const struct spool *s, const struct extent *e, char *to, struct err *err)
{
	if (get_at(s->fd, to, e->bytes, e->at) != (ssize_t)e->bytes)
		return err_errno(err, STATUS_IOERR, "reading rows that were put aside failed; check the disk");
	if (xxh3_64(to, e->bytes) != e->hash)
		return err_set(err, STATUS_IOERR, "rows that were put aside have come back changed; check the disk and the memory");
	return 0;
}

int spool_read(struct spool *s, unsigned partition, struct buf *to, struct err *err)
{
	struct partition *p = &s->partitions[partition];
	int r = 0;
	to->n = 0;
	buf_reserve(to, p->bytes + 1);
	for (size_t i = 0; r == 0 && i < p->count; i++) {
		r = read_extent(s, &p->extents[i], to->p + to->n, err);
		to->n += p->extents[i].bytes;
	}
	buf_put(to, p->held, p->held_bytes);
	free(p->held);
	free(p->extents);
	*p = (struct partition){ 0 };
	return r;
}

void spool_close(struct spool *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->count; i++) {
		free(s->partitions[i].held);
		free(s->partitions[i].extents);
	}
	if (s->fd >= 0)
		close(s->fd);
	free(s->partitions);
	free(s->beside);
	free(s);
}
