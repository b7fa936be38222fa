#include "file/spool.h"

#include "base/str.h"
#include "digest/xxh3.h"
#include "io/at.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define CHUNK SPOOL_LEAST /* bytes: what is taken from memory, and worth a write */

/* Bytes of a partition, in memory or on disk. */
struct extent {
	char *held;             /* or NULL: on disk */
	uint64_t at, hash;      /* there */
	uint32_t bytes;
};

struct partition {
	struct extent *extents; /* in their order; only the last is not full */
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

static int to_disk(struct spool *s, struct extent *e, struct err *err)
{
	if (s->fd < 0 && open_file(s, err) < 0)
		return -1;
	if (put_at(s->fd, e->held, e->bytes, s->end) < 0)
		return err_errno(err, STATUS_IOERR, "putting rows aside failed; free some space or give more memory");
	e->at = s->end;
	e->hash = xxh3_64(e->held, e->bytes);
	e->held = NULL;
	s->end += e->bytes;
	return 0;
}

/* A chunk at the end of the partition: a new one, or when the memory is used up that of the last one, which goes to disk. */
static int add_chunk(struct spool *s, struct partition *p, struct err *err)
{
	struct extent *last = p->count ? &p->extents[p->count - 1] : NULL, one = { .held = last ? last->held : NULL };
	if (last && s->held + CHUNK > s->limit) {
		if (to_disk(s, last, err) < 0)
			return -1;
	} else {
		one.held = mem_take(CHUNK);
		s->held += CHUNK;
	}
	VEC_PUSH(p->extents, p->count, p->cap, one);
	return 0;
}

int spool_put(struct spool *s, unsigned partition, const void *bytes, size_t n, struct err *err)
{
	struct partition *p = &s->partitions[partition];
	const char *from = bytes;
	p->bytes += n;
	while (n) {
		struct extent *last = p->count ? &p->extents[p->count - 1] : NULL;
		size_t part = last && last->held ? CHUNK - last->bytes : 0;
		if (!part) {
			if (add_chunk(s, p, err) < 0)
				return -1;
			continue;
		}
		part = part < n ? part : n;
		memcpy(last->held + last->bytes, from, part);
		last->bytes += (uint32_t)part;
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
		struct extent *e = &p->extents[i];
		if (e->held)
			memcpy(to->p + to->n, e->held, e->bytes);
		else
			r = read_extent(s, e, to->p + to->n, err);
		free(e->held);
		e->held = NULL;
		to->n += e->bytes;
	}
	free(p->extents);
	*p = (struct partition){ 0 };
	return r;
}

void spool_close(struct spool *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->count; i++) {
		for (size_t k = 0; k < s->partitions[i].count; k++)
			free(s->partitions[i].extents[k].held);
		free(s->partitions[i].extents);
	}
	if (s->fd >= 0)
		close(s->fd);
	free(s->partitions);
	free(s->beside);
	free(s);
}
