#include "io/source.h"

#include "base/mem.h"
#include "digest/xxh3.h"

#include <errno.h>
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (256u << 10)
#define DIRECT (16u << 10) /* bytes from which on they are read to where they are wanted */
#define EXPANSION_LIMIT 200
#define EXPANSION_FROM (UINT64_C(64) << 20)

enum gzip_at { AT_MEMBER, AT_BETWEEN, AT_PADDING };

struct source {
	int fd;
	off_t at;            /* bytes of the file read */
	uint64_t out;        /* bytes of content given out */
	bool gzip, raw_end;
	enum gzip_at where;
	unsigned member;     /* of the gzip, from 1 */
	struct inflate_state *z; /* of a gzip */
	struct xxh3 *hash;
	uint8_t *raw;
	size_t raw_n, raw_used;
};

/* Read the next bytes of the file itself: how many, 0 at its end, -1. */
static ssize_t read_raw(struct source *s, uint8_t *to, size_t n, struct err *err)
{
	ssize_t got;
	do
		got = pread(s->fd, to, n, s->at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_errno(err, STATUS_IOERR, "reading failed; check the disk");
	s->raw_end = got == 0;
	xxh3_add(s->hash, to, (size_t)got);
	s->at += got;
	return got;
}

/* Read the next block of the file itself. */
static int fill(struct source *s, struct err *err)
{
	ssize_t n = read_raw(s, s->raw, BLOCK, err);
	s->raw_used = 0;
	s->raw_n = n > 0 ? (size_t)n : 0;
	return n < 0 ? -1 : 0;
}

static int start(struct source *s, struct err *err)
{
	if (fill(s, err) < 0)
		return -1;
	s->gzip = s->raw_n >= 2 && s->raw[0] == 0x1F && s->raw[1] == 0x8B;
	if (s->gzip) {
		s->z = mem_alloc(sizeof *s->z);
		isal_inflate_init(s->z);
		s->z->crc_flag = ISAL_GZIP; /* it reads the header, and checks CRC and length */
	}
	s->member = 1;
	return 0;
}

int source_open(struct source **ret, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_errno(err, errno == ENOENT ? STATUS_NOINPUT : STATUS_IOERR, "cannot be opened");
	struct stat st;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err, STATUS_DATA, "is no regular file; put the extract itself there");
	}
	struct source *s = mem_alloc(sizeof *s);
	s->fd = fd;
	s->raw = mem_alloc(BLOCK);
	s->hash = xxh3_new();
	if (!s->hash) {
		source_close(s);
		return err_set(err, STATUS_OSERR, "no memory for its hash");
	}
	if (start(s, err) < 0) {
		source_close(s);
		return -1;
	}
	*ret = s;
	return 0;
}

static ssize_t read_plain(struct source *s, uint8_t *buf, size_t n, struct err *err)
{
	size_t got = 0;
	while (got < n && !s->raw_end) {
		if (s->raw_used == s->raw_n && n - got >= DIRECT) {
			ssize_t direct = read_raw(s, buf + got, n - got, err);
			if (direct < 0)
				return -1;
			got += (size_t)direct;
			continue;
		}
		if (s->raw_used == s->raw_n && got >= DIRECT)
			break; /* the next call begins where a block does, and reads it to where it is wanted */
		if (s->raw_used == s->raw_n && fill(s, err) < 0)
			return -1;
		size_t take = s->raw_n - s->raw_used < n - got ? s->raw_n - s->raw_used : n - got;
		memcpy(buf + got, s->raw + s->raw_used, take);
		s->raw_used += take;
		got += take;
	}
	return (ssize_t)got;
}

static int broken(struct source *s, const char *how, struct err *err)
{
	return err_set(err, STATUS_DATA, "gzip member %u %s; ask the sender for the file again", s->member, how);
}

/* Behind a member: another one, zero padding, or the end. */
static int between(struct source *s, struct err *err)
{
	while (s->raw_used < s->raw_n && s->raw[s->raw_used] == 0) {
		s->where = AT_PADDING;
		s->raw_used++;
	}
	if (s->raw_used == s->raw_n)
		return 0;
	if (s->where == AT_PADDING || s->raw[s->raw_used] != 0x1F)
		return broken(s, "is followed by other bytes", err);
	isal_inflate_reset(s->z);
	s->z->crc_flag = ISAL_GZIP;
	s->where = AT_MEMBER;
	s->member++;
	return 0;
}

static int expanded_too_far(const struct source *s)
{
	return s->out > EXPANSION_FROM && s->out / EXPANSION_LIMIT >= (uint64_t)s->at && s->out > (uint64_t)s->at * EXPANSION_LIMIT;
}

/* Go on inflating the member: how many bytes came out, up to n. None at the end of the file: it is cut. */
static ssize_t inflate_member(struct source *s, uint8_t *to, size_t n, struct err *err)
{
	struct inflate_state *z = s->z;
	unsigned room = n > UINT32_MAX ? UINT32_MAX : (unsigned)n;
	z->next_in = s->raw + s->raw_used;
	z->avail_in = (uint32_t)(s->raw_n - s->raw_used);
	z->next_out = to;
	z->avail_out = room;
	int rc = isal_inflate(z);
	ssize_t made = room - z->avail_out;
	s->raw_used = s->raw_n - z->avail_in;
	s->out += (uint64_t)made;
	if (rc != ISAL_DECOMP_OK)
		return broken(s, "is damaged (bad data or CRC)", err);
	if (expanded_too_far(s))
		return broken(s, "expands over 200 : 1", err);
	if (z->block_state == ISAL_BLOCK_FINISH)
		s->where = AT_BETWEEN;
	else if (!made && s->raw_end)
		return broken(s, "is cut short", err);
	return made;
}

static ssize_t read_gzip(struct source *s, uint8_t *buf, size_t n, struct err *err)
{
	size_t got = 0;
	while (got < n) {
		if (s->raw_used == s->raw_n && !s->raw_end && fill(s, err) < 0)
			return -1;
		if (s->where == AT_MEMBER) {
			ssize_t made = inflate_member(s, buf + got, n - got, err);
			if (made < 0)
				return -1;
			got += (size_t)made;
		} else if (s->raw_end) {
			break;
		} else if (between(s, err) < 0) {
			return -1;
		}
	}
	return (ssize_t)got;
}

ssize_t source_read(struct source *s, void *buf, size_t n, struct err *err)
{
	return s->gzip ? read_gzip(s, buf, n, err) : read_plain(s, buf, n, err);
}

void source_digest(const struct source *s, uint64_t *ret_bytes, uint8_t ret_hash[16])
{
	xxh3_128(s->hash, ret_hash);
	*ret_bytes = (uint64_t)s->at;
}

int source_fd(const struct source *s)
{
	return s->fd;
}

uint64_t source_position(const struct source *s)
{
	return (uint64_t)s->at;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	xxh3_free(s->hash);
	close(s->fd);
	free(s->z);
	free(s->raw);
	free(s);
}
