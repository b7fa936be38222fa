/* What things are called in SQL, and what may go wrong. */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>

static const struct dialect dialects[] = {
	{ "duckdb", "", false, 4096, "" },
	{ "postgres", " COLLATE \"C\"", true, 63, "SET client_min_messages = warning;\nSET jit = off;\n" },
};

const struct dialect *dialect_of_name(const char *name)
{
	for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
		if (strcmp(dialects[i].name, name) == 0)
			return &dialects[i];
	return NULL;
}

const char *dialect_names(void)
{
	return "duckdb or postgres";
}

static const char *format(struct sql *s, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	char *text = arena_alloc(&s->arena, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	return text;
}

const char *sql_fmt(struct sql *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *text = format(s, fmt, ap);
	va_end(ap);
	return text;
}

static const char *quoted(struct sql *s, struct str text, char mark)
{
	char *out = arena_alloc(&s->arena, 2 * text.n + 3), *p = out;
	*p++ = mark;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == mark)
			*p++ = mark;
		*p++ = text.p[i];
	}
	*p++ = mark;
	return out;
}

const char *sql_name(struct sql *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str text = str_of(format(s, fmt, ap));
	va_end(ap);
	if (text.n > s->dialect->name_max)
		sql_fail(s, NULL, "the name '%s' is longer than the %u bytes that %s takes", text.p, s->dialect->name_max, s->dialect->name);
	return quoted(s, text, '"');
}

const char *sql_text(struct sql *s, struct str text)
{
	if (memchr(text.p ? text.p : "", 0, text.n))
		sql_fail(s, NULL, "a text with a NUL in it cannot be said");
	return quoted(s, text, '\'');
}

const char *sql_date(struct sql *s, int64_t day)
{
	int year, month, of_month;
	day_split((int32_t)day, &year, &month, &of_month);
	return sql_fmt(s, "DATE '%04d-%02d-%02d'", year, month, of_month);
}

const char *sql_number(struct sql *s, int64_t hundredths)
{
	long long whole = hundredths / 100, rest = llabs(hundredths % 100);
	if (!rest)
		return sql_fmt(s, "%lld", whole);
	return sql_fmt(s, "%s%lld.%02lld", hundredths < 0 ? "-" : "", llabs(whole), rest);
}

const char *sql_column(struct sql *s, const char *alias, const struct column *c)
{
	return sql_fmt(s, "%s.%s", alias, sql_name(s, "%.*s", STR_ARG(c->name)));
}

const char *sql_rows(struct sql *s, const struct kind *k)
{
	return sql_name(s, "rows.%.*s", STR_ARG(k->name));
}

const char *sql_term(struct sql *s, const struct term *t)
{
	static const char *const items[] = { "", "person", "household", "register", "village", "row" };
	return sql_name(s, "term.%s.%.*s", items[t->item], STR_ARG(t->name));
}

void sql_fail(struct sql *s, const struct expr *e, const char *fmt, ...)
{
	if (s->failed)
		return;
	s->failed = true;
	va_list ap;
	va_start(ap, fmt);
	const char *text = format(s, fmt, ap);
	va_end(ap);
	if (e)
		err_set(s->err, STATUS_CONFIG, "pack %.*s:%u:%u: not in SQL: %s", STR_ARG(s->pack->name), e->line, e->column, text);
	else
		err_set(s->err, STATUS_CONFIG, "pack %.*s: not in SQL: %s", STR_ARG(s->pack->name), text);
}

void sql_say(struct sql *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_puts(s->out, str_of(format(s, fmt, ap)));
	va_end(ap);
}

void sql_analyze(struct sql *s, const char *table)
{
	if (s->dialect->indexes)
		sql_say(s, "ANALYZE %s;\n", table);
}

void sql_make(struct sql *s, const char *table, const char *select, const char *const *indexed)
{
	sql_say(s, "CREATE TEMP TABLE %s AS\n%s;\n", table, select);
	for (; s->dialect->indexes && indexed && *indexed; indexed++)
		sql_say(s, "CREATE INDEX ON %s (%s);\n", table, *indexed);
	sql_analyze(s, table);
}
