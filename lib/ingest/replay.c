#include "replay.h"

static ssize_t read_source(struct replay *r, void *buf, size_t n, struct err *err)
{
	ssize_t got = source_read(r->source, buf, n, err);
	r->failed |= got < 0;
	return got;
}

int replay_want(struct replay *r, size_t n, struct err *err)
{
	while (r->seen.n < n && !r->end) {
		buf_reserve(&r->seen, n - r->seen.n);
		ssize_t got = read_source(r, r->seen.p + r->seen.n, n - r->seen.n, err);
		if (got < 0)
			return -1;
		r->seen.n += (size_t)got;
		r->end = got == 0;
	}
	return 0;
}

void replay_rewind(struct replay *r, bool rehearsal)
{
	r->at = 0;
	r->rehearsal = rehearsal;
}

ssize_t replay_read(void *replay, void *buf, size_t n, struct err *err)
{
	struct replay *r = replay;
	size_t left = r->seen.n - r->at;
	if (!left && r->rehearsal) {
		size_t want = r->seen.n + n < REPLAY_MAX ? r->seen.n + n : REPLAY_MAX;
		if (replay_want(r, want, err) < 0)
			return -1;
		left = r->seen.n - r->at;
	} else if (!left) {
		return r->end ? 0 : read_source(r, buf, n, err);
	}
	if (n > left)
		n = left;
	if (n)
		memcpy(buf, r->seen.p + r->at, n);
	r->at += n;
	if (!r->rehearsal && r->at == r->seen.n) {
		/* Nobody comes back: the memory is better used for rows. */
		buf_release(&r->seen);
		r->at = 0;
	}
	return (ssize_t)n;
}
