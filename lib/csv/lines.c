#include "csv/lines.h"

/* One cell behind an opening quote, up to its closing one. False: there is none, or the quotes are not needed. */
static bool take_quoted(struct csv_lines *s, struct str *ret)
{
	const char *begin = s->text.p + s->at + 1, *end = s->text.p + s->text.n, *q = begin;
	size_t doubled = 0;
	bool needed = false;
	for (; q < end; q++) {
		if (*q == '"' && q + 1 < end && q[1] == '"') {
			doubled++;
			q++;
		} else if (*q == '"') {
			break;
		}
		s->next_line += *q == '\n';
		needed |= *q == ',' || *q == '"' || *q == '\n' || *q == '\r';
	}
	if (q == end || (s->more && q + 1 == end)) { /* the other half of a doubled one may follow */
		s->at = s->text.n;
		return false;
	}
	s->at = (size_t)(q - s->text.p) + 1;
	if (!needed)
		return false;
	*ret = (struct str){ begin, (size_t)(q - begin) };
	if (!doubled)
		return true;
	char *out = arena_alloc(&s->arena, ret->n);
	size_t n = 0;
	for (size_t i = 0; i < ret->n; i++) {
		out[n++] = begin[i];
		i += begin[i] == '"';
	}
	*ret = (struct str){ out, n };
	return true;
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* The first comma, quote or line end from p on, or end. */
static const char *find_special(const char *p, const char *end)
{
	for (; end - p >= 16; p += 16) {
		bytes16 v;
		uint64_t halves[2];
		memcpy(&v, p, sizeof v);
		bytes16 hit = (bytes16)((v == ',') | (v == '"') | (v == '\n') | (v == '\r'));
		memcpy(halves, &hit, sizeof halves);
		if (halves[0] | halves[1])
			return p + (halves[0] ? __builtin_ctzll(halves[0]) / 8 : 8 + __builtin_ctzll(halves[1]) / 8);
	}
	while (p < end && *p != ',' && *p != '\n' && *p != '"' && *p != '\r')
		p++;
	return p;
}

static bool take_plain(struct csv_lines *s, struct str *ret)
{
	const char *begin = s->text.p + s->at, *end = s->text.p + s->text.n, *p = find_special(begin, end);
	s->at += (size_t)(p - begin);
	*ret = (struct str){ begin, (size_t)(p - begin) };
	return p < end && *p != '"' && *p != '\r';
}

static enum csv_line take_line(struct csv_lines *s)
{
	for (char after = ','; after == ','; s->count++, s->at++) {
		if (s->count == CSV_LINE_CELLS || s->at == s->text.n)
			return CSV_LINE_BROKEN;
		bool quoted = s->text.p[s->at] == '"';
		if (!(quoted ? take_quoted : take_plain)(s, &s->cells[s->count]) || s->at == s->text.n)
			return CSV_LINE_BROKEN;
		after = s->text.p[s->at];
		if (after != ',' && after != '\n')
			return CSV_LINE_BROKEN;
	}
	s->next_line++;
	return CSV_LINE;
}

enum csv_line csv_line_next(struct csv_lines *s)
{
	size_t begin = s->at;
	arena_reset(&s->arena);
	s->count = 0;
	s->line = s->next_line ? s->next_line : 1;
	s->next_line = s->line;
	if (s->at == s->text.n)
		return s->more ? CSV_LINES_MORE : CSV_LINES_END;
	enum csv_line got = take_line(s);
	if (got == CSV_LINE_BROKEN && s->more && s->at == s->text.n) { /* where the text ends nothing can be said yet */
		s->at = begin;
		s->next_line = s->line;
		return CSV_LINES_MORE;
	}
	return got;
}

void csv_lines_release(struct csv_lines *s)
{
	arena_release(&s->arena);
	*s = (struct csv_lines){ 0 };
}
