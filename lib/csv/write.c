#include "csv/write.h"

static bool needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r')
			return true;
	return false;
}

void csv_put(struct buf *out, struct str cell)
{
	if (!needs_quotes(cell)) {
		buf_puts(out, cell);
		return;
	}
	buf_putc(out, '"');
	for (const char *q; (q = memchr(cell.p, '"', cell.n)) != NULL;) {
		size_t n = (size_t)(q - cell.p) + 1;
		buf_put(out, cell.p, n);
		buf_putc(out, '"');
		cell.p += n;
		cell.n -= n;
	}
	buf_puts(out, cell);
	buf_putc(out, '"');
}
