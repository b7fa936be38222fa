#include "text/decode.h"

#include "base/mem.h"
#include "gb18030.h"
#include "text/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <strings.h>

#define BLOCK (256u << 10) /* bytes read at once */

static const char *const names[ENCODING_COUNT] = { "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE" };

const char *encoding_name(enum encoding e)
{
	return names[e];
}

int encoding_of_name(const char *name)
{
	for (int e = 0; e < ENCODING_COUNT; e++)
		if (!strcasecmp(name, names[e]))
			return e;
	return -1;
}

int encoding_of_mark(struct str begin)
{
	if (begin.n >= 3 && !memcmp(begin.p, "\xEF\xBB\xBF", 3))
		return ENCODING_UTF8;
	if (begin.n >= 2 && !memcmp(begin.p, "\xFF\xFE", 2))
		return ENCODING_UTF16LE;
	if (begin.n >= 2 && !memcmp(begin.p, "\xFE\xFF", 2))
		return ENCODING_UTF16BE;
	return -1;
}

struct decoder {
	enum encoding encoding;
	decode_read_fn *read;
	void *arg;
	struct gb18030 *gb18030; /* of GB18030 only */
	uint8_t *in;             /* what was read and not yet decoded: in[at .. n) */
	size_t at, n;
	bool end;                /* read() said so */
};

int decoder_open(struct decoder **ret, enum encoding e, decode_read_fn *read, void *arg, struct err *err)
{
	struct gb18030 *gb18030 = NULL;
	if (e == ENCODING_GB18030 && gb18030_open(&gb18030, err) < 0)
		return -1;
	struct decoder *d = mem_alloc(sizeof *d);
	*d = (struct decoder){ e, read, arg, gb18030 };
	if (e != ENCODING_UTF8)
		d->in = mem_alloc(BLOCK);
	*ret = d;
	return 0;
}

void decoder_close(struct decoder *d)
{
	if (!d)
		return;
	gb18030_close(d->gb18030);
	free(d->in);
	free(d);
}

static unsigned unit_at(const uint8_t *p, bool big)
{
	return big ? (unsigned)p[0] << 8 | p[1] : (unsigned)p[1] << 8 | p[0];
}

/* UTF-16: bytes written; *ret_used the bytes read. A pair or unit cut by the end is left unless last. */
static size_t utf16_decode(const uint8_t *in, size_t n, bool big, bool last, char *out, size_t *ret_used)
{
	size_t i = 0, o = 0;
	while (n - i >= 2) {
		unsigned c = unit_at(in + i, big), used = 2;
		if (c >= 0xD800 && c < 0xDC00) {
			if (n - i < 4 && !last)
				break;
			unsigned low = n - i < 4 ? 0 : unit_at(in + i + 2, big);
			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
				used = 4;
			}
		}
		if (c >= 0xD800 && c < 0xE000) {
			out[o++] = DECODE_BAD;
			out[o++] = DECODE_BAD;
		} else {
			o += utf8_put(c, out + o);
		}
		i += used;
	}
	if (last && n - i == 1) {
		out[o++] = DECODE_BAD;
		i++;
	}
	*ret_used = i;
	return o;
}

/* Read until there is a block, behind what is left of the last one. */
static int fill(struct decoder *d, struct err *err)
{
	memmove(d->in, d->in + d->at, d->n - d->at);
	d->n -= d->at;
	d->at = 0;
	ssize_t got = d->read(d->arg, d->in + d->n, BLOCK - d->n, err);
	if (got < 0)
		return -1;
	d->end = got == 0;
	d->n += (size_t)got;
	return 0;
}

ssize_t decoder_read(void *decoder, void *buf, size_t n, struct err *err)
{
	struct decoder *d = decoder;
	if (d->encoding == ENCODING_UTF8)
		return d->read(d->arg, buf, n, err);
	assert(n >= DECODE_ROOM);
	for (;;) {
		/* What is left may be one cut character of up to three bytes: it needs more, or the end. */
		if (d->n - d->at < 4 && !d->end && fill(d, err) < 0)
			return -1;
		size_t in = d->n - d->at, used;
		if (in > n / GB18030_GROWS - 4)
			in = n / GB18030_GROWS - 4;
		bool last = d->end && in == d->n - d->at;
		size_t out = d->encoding == ENCODING_GB18030
			? gb18030_decode(d->gb18030, d->in + d->at, in, last, buf, &used)
			: utf16_decode(d->in + d->at, in, d->encoding == ENCODING_UTF16BE, last, buf, &used);
		d->at += used;
		if (out || last)
			return (ssize_t)out;
	}
}

void decoder_convert(struct decoder *d, struct str piece, struct buf *out)
{
	size_t used;
	buf_reserve(out, GB18030_GROWS * piece.n + 4);
	out->n += gb18030_decode(d->gb18030, (const uint8_t *)piece.p, piece.n, true, out->p + out->n, &used);
}

size_t decoder_whole(struct decoder *d, struct str piece)
{
	UNSET char out[GB18030_GROWS * 4096 + 4];
	size_t at = 0, used;
	do {
		size_t n = piece.n - at < 4096 ? piece.n - at : 4096;
		(void)gb18030_decode(d->gb18030, (const uint8_t *)piece.p + at, n, false, out, &used);
		at += used;
	} while (used);
	return at;
}

int encoding_count_bad(enum encoding e, struct str bytes, bool cut, size_t *ret, struct err *err)
{
	if (e == ENCODING_UTF8) {
		*ret = utf8_count_bad(bytes, cut);
		return 0;
	}
	struct gb18030 *g;
	if (gb18030_open(&g, err) < 0)
		return -1;
	UNSET char out[GB18030_GROWS * 4096];
	size_t bad = 0;
	for (size_t i = 0, used; i < bytes.n; i += used) {
		size_t in = bytes.n - i < 4096 ? bytes.n - i : 4096;
		bool end = in == bytes.n - i;
		size_t n = gb18030_decode(g, (const uint8_t *)bytes.p + i, in, end && !cut, out, &used);
		for (size_t k = 0; k < n; k++)
			bad += out[k] == DECODE_BAD;
		if (!used)
			break; /* a character that the end cuts */
	}
	gb18030_close(g);
	*ret = bad;
	return 0;
}
