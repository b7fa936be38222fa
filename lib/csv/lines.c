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
	if (q == end || !needed)
		return false;
	s->at = (size_t)(q - s->text.p) + 1;
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

static bool take_plain(struct csv_lines *s, struct str *ret)
{
	const char *begin = s->text.p + s->at, *end = s->text.p + s->text.n, *p = begin;
	while (p < end && *p != ',' && *p != '\n' && *p != '"' && *p != '\r')
		p++;
	if (p == end || *p == '"' || *p == '\r')
		return false;
	*ret = (struct str){ begin, (size_t)(p - begin) };
	s->at += ret->n;
	return true;
}

enum csv_line csv_line_next(struct csv_lines *s)
{
	arena_reset(&s->arena);
	s->count = 0;
	s->line = s->next_line ? s->next_line : 1;
	s->next_line = s->line;
	if (s->at == s->text.n)
		return CSV_LINES_END;
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

void csv_lines_release(struct csv_lines *s)
{
	arena_release(&s->arena);
	*s = (struct csv_lines){ 0 };
}
