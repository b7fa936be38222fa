/* rejects/ and invalid/: in order, of extracts that were read, and as many as were counted. */
#include "internal.h"

#include "base/lang.h"
#include "value/reason.h"

#include <stdio.h>
#include <stdlib.h>

const struct input *input_of(const struct check *c, struct str file)
{
	for (unsigned i = 0; i < c->input_count; i++)
		if (str_eq(str_of(c->inputs[i].file), file))
			return &c->inputs[i];
	return NULL;
}

static bool is_reason(struct str s)
{
	for (int r = REASON_NONE + 1; r < REASON_COUNT; r++)
		if (str_eq(s, str_of(reason_name((enum reason)r))))
			return true;
	return false;
}

static uint64_t line_number(struct str s)
{
	uint64_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || n > UINT32_MAX)
			return 0;
		n = 10 * n + (uint64_t)(s.p[i] - '0');
	}
	return n;
}

struct refused_check {
	struct check *c;
	const char *name, *kind;
	bool rejects;
	struct input *last;    /* of the line before */
	uint64_t last_line;
};

/* file, line, column, reason, and what it was. Two values of one line may be invalid. */
static void check_line(struct refused_check *r, const struct csv_lines *s)
{
	struct input *in = (struct input *)input_of(r->c, s->cells[0]);
	uint64_t line = line_number(s->cells[1]);
	if (s->count != 5) {
		wrong_at(r->c, r->name, s->line, N_("has not as many cells as the header"));
		return;
	}
	if (!in || strcmp(in->kind, r->kind) != 0) {
		wrong_at(r->c, r->name, s->line, N_("is of no extract of this kind that was read"));
		return;
	}
	if (!line || !is_reason(s->cells[3]))
		wrong_at(r->c, r->name, s->line, N_("has no line, or a reason that is none"));
	int order = r->last ? strcmp(r->last->file, in->file) : -1;
	if (order > 0 || (order == 0 && r->last_line > line) || (order == 0 && r->last_line == line && r->rejects))
		wrong_at(r->c, r->name, s->line, N_("is not in its place: by file and line"));
	r->last = in;
	r->last_line = line;
	*(r->rejects ? &in->rejected_seen : &in->invalid_seen) += 1;
}

void check_refused(struct check *c, const char *name, struct text *t, uint64_t rows)
{
	struct refused_check r = { .c = c, .name = name, .rejects = name[0] == 'r' };
	struct str header = r.rejects ? STR("file,line,column,reason,row\n") : STR("file,line,column,reason,value\n");
	struct csv_lines *s = NULL;
	enum csv_line got = CSV_LINES_END;
	uint64_t lines = 0;
	const char *begin = strchr(name, '/') + 1;
	size_t n = strlen(begin);
	r.kind = arena_printf(&c->arena, "%.*s", (int)(n > 4 ? n - 4 : 0), begin);
	if (!text_header(t, header))
		wrong(c, "%s:1: its header is another", name);
	else
		for (; (got = text_line(t, &s)) == CSV_LINE; lines++)
			check_line(&r, s);
	if (got == CSV_LINE_BROKEN)
		wrong(c, "%s:%llu: is no line of a CSV; nothing behind it was read", name, (unsigned long long)s->line);
	if (rows != lines)
		wrong(c, "%s: has another number of rows than the manifest says", name);
}

void check_refused_counts(struct check *c)
{
	for (unsigned i = 0; i < c->input_count; i++) {
		const struct input *in = &c->inputs[i];
		if (in->rejected != in->rejected_seen)
			wrong(c, "rejects/%s.csv: has %llu rows of %s, of which %llu were rejected", in->kind, (unsigned long long)in->rejected_seen,
			      in->file, (unsigned long long)in->rejected);
		if (in->invalid != in->invalid_seen)
			wrong(c, "invalid/%s.csv: has %llu values of %s, of which %llu were invalid", in->kind, (unsigned long long)in->invalid_seen,
			      in->file, (unsigned long long)in->invalid);
	}
}
