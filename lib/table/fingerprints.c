#include "fingerprints.h"

#include "io/at.h"
#include "io/output.h"

#include <stdlib.h>
#include <unistd.h>

#define AHEAD (32u << 10) /* of them in memory */

void fingerprints_init(struct fingerprints *f, const char *path)
{
	*f = (struct fingerprints){ .path = mem_dup(str_of(path)), .fd = -1 };
}

static int spill(struct fingerprints *f, struct err *err)
{
	if (f->fd < 0 && (f->fd = output_spool(f->path, err)) < 0)
		return -1;
	if (put_at(f->fd, f->ahead, f->ahead_count * sizeof *f->ahead, f->spooled * sizeof *f->ahead) < 0)
		return err_errno(err, STATUS_IOERR, "%s: writing a temporary file failed; make room", f->path);
	f->spooled += f->ahead_count;
	f->ahead_count = 0;
	return 0;
}

int fingerprints_put(struct fingerprints *f, const uint64_t *v, uint32_t n, struct err *err)
{
	if (!f->ahead)
		f->ahead = mem_grow(NULL, AHEAD, sizeof *f->ahead);
	while (n) {
		uint32_t take = AHEAD - f->ahead_count < n ? AHEAD - f->ahead_count : n;
		memcpy(f->ahead + f->ahead_count, v, take * sizeof *v);
		f->ahead_count += take;
		v += take;
		n -= take;
		if (f->ahead_count == AHEAD && spill(f, err) < 0)
			return -1;
	}
	return 0;
}

static ssize_t get_spooled(const struct fingerprints *f, uint64_t first, uint64_t *to, uint32_t n, struct err *err)
{
	if (f->spooled - first < n)
		n = (uint32_t)(f->spooled - first);
	if (get_at(f->fd, to, n * sizeof *to, first * sizeof *to) != (ssize_t)(n * sizeof *to))
		return err_errno(err, STATUS_IOERR, "%s: reading a temporary file failed; check the disk", f->path);
	return n;
}

ssize_t fingerprints_get(const struct fingerprints *f, uint64_t first, uint64_t *to, uint32_t n, struct err *err)
{
	if (first < f->spooled)
		return get_spooled(f, first, to, n, err);
	uint64_t from = first - f->spooled;
	if (from >= f->ahead_count)
		return 0;
	if (f->ahead_count - from < n)
		n = (uint32_t)(f->ahead_count - from);
	memcpy(to, f->ahead + from, n * sizeof *to);
	return n;
}

void fingerprints_release(struct fingerprints *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->ahead);
	free(f->path);
	*f = (struct fingerprints){ .fd = -1 };
}
