#include "scan.h"

#include "base/mem.h"
#include "marks.h"

int scan_line_end(const struct scan *s, const char *p, size_t n, size_t at, bool whole)
{
	if (p[at] == '\n')
		return 1;
	if (p[at] != '\r')
		return 0;
	if (at + 1 == n)
		return whole ? s->bare_cr : -1;
	return p[at + 1] == '\n' ? 2 : s->bare_cr;
}

static void ends(struct scan *s, size_t end, size_t line_end)
{
	s->end = end;
	s->next = end + line_end;
}

static void test_sizes(struct scan *s)
{
	if (s->end <= s->rules.limits.field)
		return;
	bool over = s->end > s->rules.limits.record;
	for (size_t i = 0; i < s->field_count && !over; i++)
		over = s->fields[i].n > s->rules.limits.field;
	if (over)
		s->fault = CSV_SIZE;
}

enum found { FOUND, FOUND_QUOTE, FOUND_NOTHING };

/* Room for the fields that end in a chunk, and one more. */
static void make_room(struct scan *s)
{
	s->field_cap = 2 * s->field_count + CHUNK + 1;
	s->fields = mem_grow(s->fields, s->field_cap, sizeof *s->fields);
}

#define TARGET
#define NAME scan_plain_portable
#define MARKS marks_portable
#include "plain.h"

#ifdef __x86_64__
#define TARGET MARKS_TARGET
#define NAME scan_plain_avx2
#define MARKS marks_avx2
#include "plain.h"
#else
#define scan_plain_avx2 scan_plain_portable
#endif

#define NEEDS_MORE SIZE_MAX
#define BROKEN (SIZE_MAX - 1)

/* Where the quote stands that closes the field whose first byte behind the opening one is p[from]; NEEDS_MORE, or BROKEN. */
static size_t closing_quote(const struct scan *s, const char *p, size_t n, size_t from, bool whole)
{
	size_t limit = s->rules.limits.field, stop = n - from > limit ? from + limit + 1 : n;
	for (size_t at = from; at < stop;) {
		const char *q = memchr(p + at, '"', stop - at);
		if (!q)
			break;
		at = (size_t)(q - p);
		if (at + 1 == n)
			return whole ? at : NEEDS_MORE;
		if (q[1] != '"')
			return at;
		at += 2;
	}
	return n - from > limit || whole ? BROKEN : NEEDS_MORE;
}

/* The end of the unquoted field that begins at p[at]: a delimiter, a line end or n. NEEDS_MORE for a CR at n. */
static size_t unquoted_end(const struct scan *s, const char *p, size_t n, size_t at, bool whole)
{
	for (; at < n; at++) {
		if (p[at] == s->rules.delimiter)
			break;
		int k = scan_line_end(s, p, n, at, whole);
		if (k < 0)
			return NEEDS_MORE;
		if (k > 0)
			break;
	}
	return at;
}

/* Where the field at p[at] ends, quotes included; sets s->fault for one that is too long. */
static size_t field_end(struct scan *s, const char *p, size_t n, size_t at, bool whole)
{
	if (at < n && p[at] == '"') {
		size_t q = closing_quote(s, p, n, at + 1, whole);
		return q == NEEDS_MORE || q == BROKEN ? q : q + 1;
	}
	size_t end = unquoted_end(s, p, n, at, whole);
	if (end != NEEDS_MORE && end - at > s->rules.limits.field)
		s->fault = CSV_SIZE;
	return end;
}

/* The record is its first line. */
static bool first_line(struct scan *s, const char *p, size_t n, bool whole)
{
	s->fault = CSV_QUOTE;
	s->lines = 1;
	for (size_t at = 0; at < n; at++) {
		int k = scan_line_end(s, p, n, at, whole);
		if (k < 0)
			return false;
		if (k > 0) {
			ends(s, at, (size_t)k);
			return true;
		}
	}
	ends(s, n, 0);
	return whole;
}

static uint64_t count_lines(const struct scan *s, const char *p, size_t end, size_t next, bool whole)
{
	uint64_t lines = 1; /* its last line may lack its end */
	for (size_t at = 0; at < end;) {
		int k = scan_line_end(s, p, next, at, whole || end < next);
		lines += k > 0;
		at += k > 0 ? (size_t)k : 1;
	}
	return lines;
}

/* Any record, field by field. False when more is needed. */
static bool scan_quoted(struct scan *s, const char *p, size_t n, bool whole)
{
	s->quoted = true;
	for (size_t at = 0;; at++) {
		at = field_end(s, p, n, at, whole);
		if (at == BROKEN)
			return first_line(s, p, n, whole);
		if (at == NEEDS_MORE || (at == n && !whole))
			return false;
		if (at < n && p[at] == s->rules.delimiter)
			continue;
		int k = at == n ? 0 : scan_line_end(s, p, n, at, whole);
		if (k < 0)
			return false;
		if (k == 0 && at < n)
			return first_line(s, p, n, whole); /* text behind a closing quote */
		ends(s, at, (size_t)k);
		s->lines = count_lines(s, p, s->end, s->next, whole);
		if (s->end > s->rules.limits.record)
			s->fault = CSV_SIZE;
		return true;
	}
}

bool scan_record(struct scan *s, const char *p, size_t n, bool whole)
{
	s->fault = CSV_SOUND;
	s->quoted = false;
	switch ((s->avx2 ? scan_plain_avx2 : scan_plain_portable)(s, p, n, whole)) {
	case FOUND:
		test_sizes(s);
		return true;
	case FOUND_QUOTE:
		return scan_quoted(s, p, n, whole);
	default:
		return false;
	}
}
