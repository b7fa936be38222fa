#include "csv/write.h"

typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* Whether one of 16 bytes is a comma, a quote or a line end. */
static bool special_16(const char *p)
{
	bytes16 v;
	uint64_t halves[2];
	memcpy(&v, p, sizeof v);
	bytes16 hit = (bytes16)((v == ',') | (v == '"') | (v == '\n') | (v == '\r'));
	memcpy(halves, &hit, sizeof halves);
	return (halves[0] | halves[1]) != 0;
}

static bool needs_quotes(struct str s)
{
	size_t i = 0;
	for (; i + 16 <= s.n; i += 16)
		if (special_16(s.p + i))
			return true;
	if (i < s.n && s.n >= 16)
		return special_16(s.p + s.n - 16);
	for (; i < s.n; i++)
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

static bool is_number(struct str s)
{
	size_t i = 1, digits = 0;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		digits++;
	if (!digits)
		return false;
	if (i < s.n && s.p[i] == '.') {
		for (digits = 0, i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			digits++;
		if (!digits)
			return false;
	}
	return i == s.n;
}

bool csv_is_formula(struct str cell)
{
	return cell.n && memchr("=+-@\t\r", cell.p[0], 6) && !((cell.p[0] == '+' || cell.p[0] == '-') && is_number(cell));
}

void csv_put_guarded(struct buf *out, struct str cell)
{
	if (!csv_is_formula(cell)) {
		csv_put(out, cell);
		return;
	}
	struct buf guarded = { 0 };
	buf_putc(&guarded, '\'');
	buf_puts(&guarded, cell);
	csv_put(out, buf_str(&guarded));
	buf_release(&guarded);
}
