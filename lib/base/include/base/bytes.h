/* bytes: numbers and texts put behind each other, and taken apart again without ever reading past the end.
 *
 *     struct reader r = { p, p + n };
 *     uint32_t count = take32(&r);
 *     struct str name = take_text(&r);       // borrows the bytes
 *     if (r.failed || r.p != r.end) ...      // broken; once failed, everything taken is 0 or empty
 */
#ifndef BIDUI_BASE_BYTES_H
#define BIDUI_BASE_BYTES_H

#include "base/le.h"
#include "base/mem.h"

#include <stdbool.h>

static inline void put32(struct buf *b, uint32_t v)
{
	uint8_t x[4];
	le32_put(x, v);
	buf_put(b, x, sizeof x);
}

static inline void put64(struct buf *b, uint64_t v)
{
	uint8_t x[8];
	le64_put(x, v);
	buf_put(b, x, sizeof x);
}

/* u32 bytes, the bytes */
static inline void put_text(struct buf *b, struct str s)
{
	put32(b, (uint32_t)s.n);
	buf_puts(b, s);
}

struct reader {
	const uint8_t *p, *end;
	bool failed;
};

static inline const uint8_t *take(struct reader *r, size_t n)
{
	if (r->failed || (size_t)(r->end - r->p) < n) {
		r->failed = true;
		return NULL;
	}
	r->p += n;
	return r->p - n;
}

static inline uint32_t take32(struct reader *r)
{
	const uint8_t *p = take(r, 4);
	return p ? le32_get(p) : 0;
}

static inline uint64_t take64(struct reader *r)
{
	const uint8_t *p = take(r, 8);
	return p ? le64_get(p) : 0;
}

static inline struct str take_text(struct reader *r)
{
	uint32_t n = take32(r);
	const uint8_t *p = take(r, n);
	return (struct str){ (const char *)p, p ? n : 0 };
}

#endif
