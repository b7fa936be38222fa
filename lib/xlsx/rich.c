#include "rich.h"

#include "xlsx/xlsx.h"

#define ESCAPE 7 /* bytes of _xHHHH_ */

void text_put(struct buf *b, const char *p, size_t n)
{
	size_t room = b->n < XLSX_TEXT_MAX ? XLSX_TEXT_MAX - b->n : 0;
	buf_put(b, p, n < room ? n : room);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The UTF-16 unit that an escape at p stands for; -1 when there is none. */
static int escape_at(const char *p, size_t n)
{
	if (n < ESCAPE || p[0] != '_' || p[1] != 'x' || p[6] != '_')
		return -1;
	int unit = 0;
	for (int i = 2; i < 6; i++) {
		if (hex(p[i]) < 0)
			return -1;
		unit = unit << 4 | hex(p[i]);
	}
	return unit;
}

static size_t put_utf8(unsigned c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3F));
	out[0] = (char)((0xF00 >> n) | c);
	return n;
}

size_t text_unescape(char *p, size_t n)
{
	const char *first = memmem(p, n, "_x", 2);
	if (!first)
		return n;
	size_t in = (size_t)(first - p), out = in;
	while (in < n) {
		int unit = escape_at(p + in, n - in), low = -1;
		if ((unit & 0xFC00) == 0xD800)
			low = escape_at(p + in + ESCAPE, n - in - ESCAPE);
		if (unit < 0 || ((unit & 0xF800) == 0xD800 && (low & 0xFC00) != 0xDC00) || low == 0) {
			p[out++] = p[in++];
			continue;
		}
		unsigned c = (unsigned)unit;
		if (low > 0) {
			c = 0x10000 + ((c & 0x3FF) << 10) + ((unsigned)low & 0x3FF);
			in += ESCAPE;
		}
		in += ESCAPE;
		out += put_utf8(c, p + out);
	}
	return out;
}

void rich_reset(struct rich *r)
{
	r->text.n = 0;
	r->phonetic = 0;
	r->in_text = false;
}

void rich_open(struct rich *r, const char *name)
{
	if (!strcmp(name, "rPh"))
		r->phonetic++;
	else if (!strcmp(name, "t") && !r->phonetic) {
		r->in_text = true;
		r->from = r->text.n;
	}
}

void rich_close(struct rich *r, const char *name)
{
	if (!strcmp(name, "rPh"))
		r->phonetic -= r->phonetic > 0;
	else if (!strcmp(name, "t") && r->in_text) {
		r->in_text = false;
		if (r->text.n > r->from)
			r->text.n = r->from + text_unescape(r->text.p + r->from, r->text.n - r->from);
	}
}

void rich_put(struct rich *r, const char *p, size_t n)
{
	if (r->in_text)
		text_put(&r->text, p, n);
}
