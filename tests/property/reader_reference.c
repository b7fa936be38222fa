#include "reader_reference.h"

#include <assert.h>

/* Bytes of the line end at p[i], or 0. */
static size_t line_end_at(const struct reference *r, size_t i)
{
	if (i < r->n && r->p[i] == '\n')
		return 1;
	if (i + 1 < r->n && r->p[i] == '\r' && r->p[i + 1] == '\n')
		return 2;
	return i < r->n && r->p[i] == '\r' && r->bare_cr;
}

/* The first line end at or behind i; r->n without one. */
static size_t next_line_end(const struct reference *r, size_t i)
{
	while (i < r->n && !line_end_at(r, i))
		i++;
	return i;
}

static uint64_t line_ends_within(const struct reference *r, size_t from, size_t to)
{
	uint64_t count = 0;
	for (size_t i = from; i < to;) {
		size_t k = line_end_at(r, i);
		count += k > 0 && i + k <= to;
		i += k ? k : 1;
	}
	return count;
}

static bool is_tail(unsigned char c)
{
	return c >= 0x80 && c <= 0xBF;
}

/* Bytes of the well-formed character at u (RFC 3629, the table of section 4), or 0. */
static size_t character(const unsigned char *u, size_t n)
{
	if (u[0] <= 0x7F)
		return 1;
	if (n >= 2 && u[0] >= 0xC2 && u[0] <= 0xDF && is_tail(u[1]))
		return 2;
	if (n >= 3 && u[0] >= 0xE0 && u[0] <= 0xEF && is_tail(u[1]) && is_tail(u[2]) && !(u[0] == 0xE0 && u[1] < 0xA0) &&
	    !(u[0] == 0xED && u[1] > 0x9F))
		return 3;
	if (n >= 4 && u[0] >= 0xF0 && u[0] <= 0xF4 && is_tail(u[1]) && is_tail(u[2]) && is_tail(u[3]) &&
	    !(u[0] == 0xF0 && u[1] < 0x90) && !(u[0] == 0xF4 && u[1] > 0x8F))
		return 4;
	return 0;
}

static enum csv_fault text_fault(const struct reference *r, size_t from, size_t to)
{
	enum csv_fault fault = CSV_SOUND;
	for (size_t i = from; i < to;) {
		if (r->p[i] == 0)
			return CSV_NUL;
		size_t k = character((const unsigned char *)r->p + i, to - i);
		if (!k)
			fault = CSV_ENCODING;
		i += k ? k : 1;
	}
	return fault;
}

/* A record as the rules of quoting cut it, before limits.hold is thought of. */
struct cut {
	size_t end;      /* where its line end begins */
	size_t seen;     /* behind the last byte that had to be looked at; over r->n when it had to be seen that there is none */
	bool broken;     /* a quote broke ... */
	size_t broken_at; /* ... at this byte */
	bool too_long;   /* an unquoted field */
	bool quoted;     /* it has a quoted field */
	size_t count;    /* fields */
};

static void see(struct cut *c, size_t i)
{
	if (i + 1 > c->seen)
		c->seen = i + 1;
}

/* The same where it matters whether a line ends: what a CR is, the byte behind it says. */
static void see_line_end(struct cut *c, const struct reference *r, size_t i)
{
	see(c, i < r->n && r->p[i] == '\r' ? i + 1 : i);
}

static void end_field(struct reference *r, struct cut *c)
{
	assert(c->count < sizeof r->ends / sizeof *r->ends);
	r->ends[c->count++] = r->bytes.n;
}

/* The field whose opening quote is p[i]; returns the byte behind its closing one. */
static size_t quoted_field(struct reference *r, struct cut *c, size_t i)
{
	size_t first = i + 1;
	c->quoted = true;
	for (i = first;; i++) {
		if (i == r->n)
			see(c, i);
		if (i == r->n || i - first > r->rules.limits.field) {
			c->broken = true;
			c->broken_at = i == r->n ? i : i - 1;
			return i;
		}
		see(c, i);
		if (r->p[i] == '"') {
			see(c, i + 1);
			if (i + 1 == r->n || r->p[i + 1] != '"') {
				end_field(r, c);
				return i + 1;
			}
			i++;
		} else if (i - first == r->rules.limits.field) {
			c->broken = true;
			c->broken_at = i;
			return i;
		}
		buf_putc(&r->bytes, r->p[i]);
	}
}

static size_t unquoted_field(struct reference *r, struct cut *c, size_t i)
{
	size_t first = i;
	for (; i < r->n && r->p[i] != r->rules.delimiter && !line_end_at(r, i); i++) {
		see_line_end(c, r, i);
		buf_putc(&r->bytes, r->p[i]);
	}
	c->too_long = c->too_long || i - first > r->rules.limits.field;
	end_field(r, c);
	return i;
}

static struct cut cut_record(struct reference *r)
{
	struct cut c = { 0 };
	size_t i = r->at;
	r->bytes.n = 0;
	for (;; i++) {
		i = i < r->n && r->p[i] == '"' ? quoted_field(r, &c, i) : unquoted_field(r, &c, i);
		if (c.broken)
			return c;
		see_line_end(&c, r, i);
		if (i < r->n && r->p[i] == r->rules.delimiter)
			continue;
		if (i == r->n || line_end_at(r, i))
			break;
		c.broken = true; /* text behind a closing quote */
		c.broken_at = i;
		return c;
	}
	c.end = i;
	return c;
}

/* The record that is not decided within limits.hold, as csv/reader.h says. */
static enum csv_fault cut_long(const struct reference *r, struct cut *c)
{
	if (!c->broken)
		return CSV_SIZE;
	bool first = !line_ends_within(r, r->at, c->broken_at);
	size_t from = c->broken_at;
	if (from > r->at && from < r->n && r->p[from] == '\n' && r->p[from - 1] == '\r')
		from--;
	c->end = next_line_end(r, from);
	return first ? CSV_QUOTE : CSV_SIZE;
}

static bool is_blank(struct str s)
{
	static const char *const blanks[] = { " ", "\t", "\n", "\v", "\f", "\r", "\u00A0", "\u3000", "\u200B", "\u200C", "\u200D", "\uFEFF" };
	while (s.n) {
		size_t k = 0;
		for (size_t b = 0; b < sizeof blanks / sizeof *blanks && !k; b++)
			if (s.n >= strlen(blanks[b]) && !memcmp(s.p, blanks[b], strlen(blanks[b])))
				k = strlen(blanks[b]);
		if (!k)
			return false;
		s.p += k;
		s.n -= k;
	}
	return true;
}

void reference_open(struct reference *r, const struct csv_rules *rules, struct str text)
{
	*r = (struct reference){ .p = text.p, .n = text.n, .line = 1, .rules = *rules };
	size_t i = 0;
	while (i < r->n && r->p[i] != '\n' && r->p[i] != '\r')
		i++;
	r->bare_cr = i < r->n && i < rules->limits.hold && r->p[i] == '\r' && !(i + 1 < r->n && r->p[i + 1] == '\n');
	if (text.n >= 3 && !memcmp(text.p, "\xEF\xBB\xBF", 3))
		r->at = 3;
}

bool reference_next(struct reference *r, struct csv_record *ret)
{
	if (r->at == r->n)
		return false;
	struct cut c = cut_record(r);
	if (c.broken) {
		c.end = next_line_end(r, r->at);
		see_line_end(&c, r, c.end);
	}
	size_t hold = r->rules.limits.hold;
	bool held = (c.seen < r->n ? c.seen : r->n) - r->at <= hold;
	enum csv_fault fault = c.broken ? CSV_QUOTE : CSV_SOUND;
	if (!held)
		fault = cut_long(r, &c);
	else if (!c.broken && (c.too_long || c.end - r->at > r->rules.limits.record))
		fault = CSV_SIZE;
	size_t next = c.end + line_end_at(r, c.end);
	enum csv_fault text = text_fault(r, r->at, c.end);
	if (text)
		fault = text;
	bool sound = held && !c.broken && !c.too_long && c.end - r->at <= r->rules.limits.record;
	bool blank = held && !c.broken && !text && c.count == 1 && !c.quoted &&
		is_blank((struct str){ r->p + r->at, c.end - r->at });
	if (blank)
		fault = CSV_SOUND;
	size_t shown = c.end - r->at < hold || held ? c.end - r->at : hold;
	*ret = (struct csv_record){ .line = r->line, .raw = { r->p + r->at, shown }, .fault = fault };
	uint64_t ends = line_ends_within(r, r->at, next);
	ret->next_line = r->line + (ends ? ends : 1);
	if (line_end_at(r, c.end) == 0 && ends)
		ret->next_line++; /* the last line has no end */
	for (size_t f = 0, from = 0; f < c.count; from = r->ends[f++])
		r->fields[f] = (struct str){ r->bytes.n ? r->bytes.p + from : "", r->ends[f] - from };
	ret->fields = r->fields;
	ret->field_count = sound || blank ? c.count : 0;
	ret->blank = blank;
	r->at = next;
	r->line = ret->next_line;
	return true;
}

void reference_release(struct reference *r)
{
	buf_release(&r->bytes);
}
