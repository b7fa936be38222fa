#include "book.h"

#include "base/le.h"

#include <string.h>
#include <zlib.h>

static void put16(struct buf *b, unsigned v)
{
	uint8_t x[2];
	le16_put(x, (uint16_t)v);
	buf_put(b, x, 2);
}

static void put_32(struct buf *b, size_t v)
{
	uint8_t x[4];
	le32_put(x, (uint32_t)v);
	buf_put(b, x, 4);
}

/* What a member's two headers share. */
static void put_member(struct buf *b, struct str name, struct str body)
{
	put16(b, 20); /* version needed */
	put16(b, 0);  /* flags */
	put16(b, 0);  /* stored */
	put_32(b, 0x00210000); /* 1980-01-01 */
	put_32(b, crc32(0, (const uint8_t *)body.p, (unsigned)body.n));
	put_32(b, body.n);
	put_32(b, body.n);
	put16(b, (unsigned)name.n);
	put16(b, 0);
}

static void zip_part(struct buf *zip, struct buf *directory, struct str name, struct str body)
{
	size_t at = zip->n;
	put_32(zip, 0x04034b50);
	put_member(zip, name, body);
	buf_puts(zip, name);
	buf_puts(zip, body);
	put_32(directory, 0x02014b50);
	put16(directory, 20);
	put_member(directory, name, body);
	put16(directory, 0); /* comment */
	put16(directory, 0); /* disk */
	put16(directory, 0);
	put_32(directory, 0);
	put_32(directory, at);
	buf_puts(directory, name);
}

void book_zip(struct buf *zip, struct str rest)
{
	struct buf directory = { 0 };
	unsigned count = 0;
	while (rest.n && rest.p[0] == 1) {
		const char *line = memchr(rest.p, '\n', rest.n);
		if (!line)
			break;
		struct str name = { rest.p + 1, (size_t)(line - rest.p) - 1 };
		rest = (struct str){ line + 1, rest.n - (size_t)(line + 1 - rest.p) };
		const char *next = memmem(rest.p, rest.n, "\n\001", 2);
		struct str body = { rest.p, next ? (size_t)(next - rest.p) : rest.n };
		zip_part(zip, &directory, name, body);
		rest = next ? (struct str){ next + 1, rest.n - body.n - 1 } : (struct str){ 0 };
		count++;
	}
	size_t at = zip->n;
	buf_put(zip, directory.p, directory.n);
	put_32(zip, 0x06054b50);
	put_32(zip, 0);
	put16(zip, count);
	put16(zip, count);
	put_32(zip, directory.n);
	put_32(zip, at);
	put16(zip, 0);
	buf_release(&directory);
}
