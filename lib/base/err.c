#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void put(struct err *err, const char *fmt, va_list ap)
{
	vsnprintf(err->text, sizeof err->text, fmt, ap);
	err->line = err->column = err->after = 0;
}

int err_set(struct err *err, enum status status, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	put(err, fmt, ap);
	va_end(ap);
	err->status = status;
	return -1;
}

int err_at(struct err *err, enum status status, const char *file, unsigned line, unsigned column, const char *text)
{
	int n = snprintf(err->text, sizeof err->text, "%s:%u:%u: ", file, line, column);
	err->after = n < (int)sizeof err->text ? (unsigned)n : 0;
	snprintf(err->text + err->after, sizeof err->text - err->after, "%s", text);
	err->line = line;
	err->column = column;
	err->status = status;
	return -1;
}

int err_errno(struct err *err, enum status status, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	va_start(ap, fmt);
	put(err, fmt, ap);
	va_end(ap);
	size_t n = strlen(err->text);
	snprintf(err->text + n, sizeof err->text - n, ": %s", strerror(saved));
	err->status = status;
	return -1;
}

int err_in(struct err *err, const char *fmt, ...)
{
	char inner[sizeof err->text];
	memcpy(inner, err->text, sizeof inner);
	va_list ap;
	va_start(ap, fmt);
	put(err, fmt, ap);
	va_end(ap);
	size_t n = strlen(err->text);
	if (n + 2 < sizeof err->text) {
		memcpy(err->text + n, ": ", 3);
		n += 2;
		size_t m = strnlen(inner, sizeof inner);
		if (m > sizeof err->text - n - 1)
			m = sizeof err->text - n - 1;
		memcpy(err->text + n, inner, m);
		err->text[n + m] = 0;
	}
	return -1;
}

static int rank(enum status s)
{
	switch (s) {
	case STATUS_USAGE: return 0;
	case STATUS_CONFIG: return 1;
	case STATUS_NOINPUT: return 2;
	case STATUS_DATA: return 3;
	default: return 4;
	}
}

int err_goes_before(enum status a, enum status b)
{
	return rank(a) < rank(b);
}
