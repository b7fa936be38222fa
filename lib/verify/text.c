/* A file of the run, read from front to back piece by piece and hashed on the way: what it holds is never all in memory. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define PIECE (64u << 10)

struct text {
	struct check *c;
	const char *called;
	int fd;
	bool ended;
	uint64_t bytes;          /* read so far */
	uint64_t size;           /* of the file when it was opened */
	XXH3_state_t *xxh3;
	struct sha256 *sha256;   /* NULL: not wanted */
	struct buf held;
	struct csv_lines lines;  /* of what is held */
};

bool text_open(struct check *c, const char *path, const char *called, struct text **ret)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	int known = fd < 0 ? -1 : fstat(fd, &st);
	if (fd >= 0 && known == 0 && S_ISREG(st.st_mode)) {
		*ret = mem_alloc(sizeof **ret);
		**ret = (struct text){ .c = c, .called = called, .fd = fd, .size = (uint64_t)st.st_size, .xxh3 = XXH3_createState(), .lines = { .more = true } };
		(*ret)->sha256 = c->job->quick ? NULL : sha256_new();
		XXH3_128bits_reset((*ret)->xxh3);
		return true;
	}
	if (fd < 0 && errno == ENOENT)
		wrong(c, "%s: is missing", called);
	else if (fd < 0 && errno == EACCES)
		wrong(c, "%s: cannot be opened: %s", called, strerror(errno));
	else if (known < 0 && errno != ELOOP && errno != ENXIO) /* of the machine, not of the run */
		err_errno(c->err, STATUS_IOERR, "%s: cannot be opened; check the disk", called);
	else
		wrong(c, "%s: is no regular file", called);
	if (fd >= 0)
		close(fd);
	return false;
}

void text_close(struct text *t)
{
	close(t->fd);
	XXH3_freeState(t->xxh3);
	sha256_free(t->sha256);
	csv_lines_release(&t->lines);
	buf_release(&t->held);
	free(t);
}

/* More bytes behind those held; false when there are none, or they cannot be read. */
static bool read_more(struct text *t)
{
	ssize_t got;
	buf_reserve(&t->held, PIECE);
	do
		got = t->ended ? 0 : read(t->fd, t->held.p + t->held.n, t->held.cap - t->held.n);
	while (got < 0 && errno == EINTR);
	t->ended |= got <= 0;
	if (got < 0)
		err_errno(t->c->err, STATUS_IOERR, "%s: cannot be read; check the disk", t->called);
	if (got <= 0)
		return false;
	XXH3_128bits_update(t->xxh3, t->held.p + t->held.n, (size_t)got);
	if (t->sha256)
		sha256_add(t->sha256, t->held.p + t->held.n, (size_t)got);
	t->held.n += (size_t)got;
	t->bytes += (uint64_t)got;
	return true;
}

uint64_t text_size(const struct text *t)
{
	return t->size;
}

struct str text_whole(struct text *t)
{
	while (read_more(t))
		;
	return buf_str(&t->held);
}

enum csv_line text_line(struct text *t, struct csv_lines **ret)
{
	struct csv_lines *s = *ret = &t->lines;
	enum csv_line got;
	while ((got = csv_line_next(s)) == CSV_LINES_MORE) {
		t->held.n -= s->at;
		if (s->at && t->held.n)
			memmove(t->held.p, t->held.p + s->at, t->held.n);
		s->more = read_more(t);
		s->text = buf_str(&t->held);
		s->at = 0;
	}
	return got;
}

/* Whether the file begins with this line; taken if so. */
bool text_header(struct text *t, struct str header)
{
	struct csv_lines *s;
	while (t->held.n < header.n && read_more(t))
		;
	t->lines.text = buf_str(&t->held);
	return t->held.n >= header.n && memcmp(t->held.p, header.p, header.n) == 0 && text_line(t, &s) == CSV_LINE;
}

void text_hashes(struct text *t, uint64_t *ret_bytes, uint8_t xxh3[16], uint8_t sha256[SHA256_BYTES])
{
	XXH128_canonical_t h;
	do
		t->held.n = 0;
	while (read_more(t));
	XXH128_canonicalFromHash(&h, XXH3_128bits_digest(t->xxh3));
	memcpy(xxh3, h.digest, sizeof h.digest);
	if (t->sha256)
		sha256_get(t->sha256, sha256);
	*ret_bytes = t->bytes;
}
