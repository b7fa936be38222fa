#include "gb18030.h"

#include "base/mem.h"
#include "text/decode.h"
#include "text/utf8.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

/* Two-byte characters: lead 0x81-0xFE, trail 0x40-0xFE. */
#define LEADS 126
#define TRAILS 191

struct gb18030 {
	iconv_t iconv;
	/* UTF-8 of each, first byte lowest, unused bytes 0; 0 for no character. */
	uint32_t two[LEADS * TRAILS];
};

/* One character by iconv: its UTF-8 in out, its length, or 0. */
static size_t convert(iconv_t iconv_at, const uint8_t *in, size_t n, char out[4])
{
	char *from = (char *)(uintptr_t)in, *to = out;
	size_t left = n, room = 4;
	iconv(iconv_at, NULL, NULL, NULL, NULL);
	if (iconv(iconv_at, &from, &left, &to, &room) == (size_t)-1 || left)
		return 0;
	return 4 - room;
}

int gb18030_open(struct gb18030 **ret, struct err *err)
{
	iconv_t at = iconv_open("UTF-8", "GB18030");
	if (at == (iconv_t)-1)
		return err_errno(err, STATUS_OSERR, "the C library's converter from GB18030 is missing; install its gconv modules");
	struct gb18030 *g = mem_alloc(sizeof *g);
	g->iconv = at;
	for (unsigned lead = 0; lead < LEADS; lead++)
		for (unsigned trail = 0; trail < TRAILS; trail++) {
			uint8_t in[2] = { (uint8_t)(0x81 + lead), (uint8_t)(0x40 + trail) };
			char out[4] = { 0 };
			if (convert(at, in, 2, out))
				memcpy(&g->two[lead * TRAILS + trail], out, 4);
		}
	*ret = g;
	return 0;
}

void gb18030_close(struct gb18030 *g)
{
	if (!g)
		return;
	iconv_close(g->iconv);
	free(g);
}

static bool is_lead(uint8_t c)
{
	return c >= 0x81 && c <= 0xFE;
}

static bool is_digit(uint8_t c)
{
	return c >= 0x30 && c <= 0x39;
}

/* The four-byte character at in: its UTF-8 length, 0 when there is none, -1 when the end cuts what may become one. */
static int four(struct gb18030 *g, const uint8_t *in, size_t n, char out[4])
{
	if (n > 2 && !is_lead(in[2]))
		return 0;
	if (n > 3 && !is_digit(in[3]))
		return 0;
	return n < 4 ? -1 : (int)convert(g->iconv, in, 4, out);
}

/* The character of two or four bytes at in, a lead byte: the bytes read (0: bad, -1: cut) and its UTF-8 at out. */
static int wide(struct gb18030 *g, const uint8_t *in, size_t n, char *out, size_t *ret_out)
{
	if (n < 2)
		return -1;
	if (is_digit(in[1])) {
		int k = four(g, in, n, out);
		*ret_out = k > 0 ? (size_t)k : 0;
		return k > 0 ? 4 : k;
	}
	uint32_t u = in[1] < 0x40 || in[1] == 0xFF ? 0 : g->two[(in[0] - 0x81) * TRAILS + (in[1] - 0x40)];
	if (!u)
		return 0;
	memcpy(out, &u, 4); /* the room behind is ours: two bytes came in */
	uint8_t first = (uint8_t)out[0];
	*ret_out = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	return 2;
}

size_t gb18030_decode(struct gb18030 *g, const uint8_t *in, size_t n, bool last, char *out, size_t *ret_used)
{
	size_t i = 0, o = 0;
	while (i < n) {
		if (in[i] < 0x80) {
			uint64_t eight;
			if (n - i >= 8 && (memcpy(&eight, in + i, 8), !(eight & UINT64_C(0x8080808080808080)))) {
				memcpy(out + o, &eight, 8);
				i += 8;
				o += 8;
			} else {
				out[o++] = (char)in[i++];
			}
			continue;
		}
		size_t wrote = 0;
		int k = is_lead(in[i]) ? wide(g, in + i, n - i, out + o, &wrote) : 0;
		if (k < 0 && !last)
			break;
		if (k > 0) {
			i += (size_t)k;
			o += wrote;
		} else {
			out[o++] = DECODE_BAD;
			i++;
		}
	}
	*ret_used = i;
	return o;
}
