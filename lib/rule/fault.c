#include "rule/fault.h"

#include "base/lang.h"

#define MAX_LINE 400 /* bytes of a line that is shown */

void fault_add(struct faults *f, bool advice, unsigned line, unsigned column, struct str text)
{
	struct fault one = { line, column, advice, arena_dup(&f->arena, text) };
	VEC_PUSH(f->items, f->n, f->cap, one);
	f->errors += !advice;
}

static int by_place(const void *pa, const void *pb)
{
	const struct fault *a = pa, *b = pb;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return str_cmp(a->text, b->text);
}

void faults_sort(struct faults *f)
{
	size_t kept = 0;
	sort(f->items, f->n, sizeof *f->items, by_place);
	for (size_t i = 0; i < f->n; i++)
		if (!kept || by_place(&f->items[kept - 1], &f->items[i]) != 0)
			f->items[kept++] = f->items[i];
	f->n = kept;
	f->errors = 0;
	for (size_t i = 0; i < f->n; i++)
		f->errors += !f->items[i].advice;
}

void faults_release(struct faults *f)
{
	arena_release(&f->arena);
	free(f->items);
	*f = (struct faults){ 0 };
}

static struct str line_of(struct str bytes, unsigned line)
{
	const char *p = bytes.p, *end = bytes.p + bytes.n;
	for (unsigned i = 1; p && i < line; i++) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : NULL;
	}
	if (!p || p >= end)
		return (struct str){ "", 0 };
	const char *stop = memchr(p, '\n', (size_t)(end - p));
	size_t n = (size_t)((stop ? stop : end) - p);
	if (n && p[n - 1] == '\r')
		n--;
	while (n > MAX_LINE || (n == MAX_LINE && ((unsigned char)p[n] & 0xC0) == 0x80))
		n = n > MAX_LINE ? MAX_LINE : n - 1;
	return (struct str){ p, n };
}

/* Blanks as wide as the characters before the column: a Chinese one takes two places, as the ideographic space does. */
static void put_caret(struct buf *out, struct str line, unsigned column)
{
	unsigned at = 1;
	for (size_t i = 0; i < line.n && at < column; at++) {
		unsigned char c = (unsigned char)line.p[i++];
		while (i < line.n && ((unsigned char)line.p[i] & 0xC0) == 0x80)
			i++;
		buf_puts(out, c == '\t' ? STR("\t") : c >= 0xE2 ? STR("　") : STR(" "));
	}
	buf_puts(out, STR("^\n"));
}

void fault_print(const struct fault *f, const char *path, struct str bytes, struct buf *out)
{
	const char *sort_of = f->advice ? say("advice") : say("error");
	if (!f->line) {
		buf_printf(out, "%s: %s: %.*s\n", path, sort_of, STR_ARG(f->text));
		return;
	}
	struct str line = line_of(bytes, f->line);
	buf_printf(out, "%s:%u:%u: %s: %.*s\n", path, f->line, f->column, sort_of, STR_ARG(f->text));
	buf_printf(out, "    %.*s\n    ", STR_ARG(line));
	put_caret(out, line, f->column);
}
