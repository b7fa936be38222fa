#include "long.h"

static void broken(struct long_record *l)
{
	l->state = LONG_BROKEN;
	if (!l->line_ends)
		l->broken_at_once = true;
}

/* A line end. Whether the record ends with it. */
static bool line_end(struct long_record *l)
{
	if (l->state != LONG_QUOTED)
		return true;
	l->line_ends++;
	return false;
}

/* A byte that is no part of a line end. */
static void take(struct long_record *l, char c)
{
	switch (l->state) {
	case LONG_FIELD_START:
	case LONG_UNQUOTED:
		if (c == '"' && l->state == LONG_FIELD_START) {
			l->state = LONG_QUOTED;
			l->quoted = 0;
		} else {
			l->state = c == l->delimiter ? LONG_FIELD_START : LONG_UNQUOTED;
		}
		break;
	case LONG_QUOTED:
		if (c == '"')
			l->state = LONG_QUOTE;
		break;
	case LONG_QUOTE: /* a quote inside quotes: what follows says which */
		if (c == '"')
			l->state = LONG_QUOTED;
		else if (c == l->delimiter)
			l->state = LONG_FIELD_START;
		else
			broken(l);
		break;
	case LONG_BROKEN:
		break;
	}
}

/* Count a byte between quotes. A quote may stand right behind the last byte allowed, if it turns out to be the closing one. */
static void count_quoted(struct long_record *l, char c)
{
	if (l->state != LONG_QUOTED && !(l->state == LONG_QUOTE && c == '"'))
		return;
	if (l->quoted == l->field_limit && (l->state == LONG_QUOTE || c != '"'))
		broken(l);
	else if (l->quoted > l->field_limit)
		broken(l);
	l->quoted++;
}

static size_t feed(struct long_record *l, const char *p, size_t n, size_t *ret_line_end)
{
	*ret_line_end = 0;
	for (size_t i = 0; i < n; i++) {
		char c = p[i];
		if (l->cr) {
			l->cr = false;
			if (c == '\n') {
				count_quoted(l, c);
				if (!line_end(l))
					continue;
				*ret_line_end = 2;
				return i + 1;
			}
			if (!l->bare_cr) {
				take(l, '\r');
			} else if (line_end(l)) {
				*ret_line_end = 1;
				return i;
			}
		}
		count_quoted(l, c);
		if (c == '\r') {
			l->cr = true;
		} else if (c != '\n') {
			take(l, c);
		} else if (line_end(l)) {
			*ret_line_end = 1;
			return i + 1;
		}
	}
	return n;
}

bool long_record_feed(struct long_record *l, const char *p, size_t n, size_t *ret_used)
{
	size_t line_end_bytes;
	*ret_used = feed(l, p, n, &line_end_bytes);
	l->size += *ret_used - line_end_bytes;
	return line_end_bytes;
}

void long_record_finish(struct long_record *l)
{
	if (l->cr && !l->bare_cr)
		take(l, '\r');
	else if (l->cr && line_end(l))
		l->size--;
	if (l->state == LONG_QUOTED)
		broken(l);
}
