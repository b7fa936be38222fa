#include "styles.h"

#include "base/mem.h"
#include "part.h"
#include "remedy.h"

#include <stdlib.h>

#define FORMATS 65536    /* numbers of formats that are told apart; Excel's end at 4,095 */
#define STYLES_MAX 65536 /* Excel's end at 65,490 */

enum shows { SHOWS_DEFAULT, SHOWS_DATE, SHOWS_NUMBER };

struct reading {
	struct part *part;
	uint8_t *formats;       /* enum shows of each number: what the workbook itself says */
	uint32_t *styles;       /* number of each style's format */
	size_t count, cap;
	enum { ELSEWHERE, IN_FORMATS, IN_STYLES } where;
};

bool format_is_date(struct str code)
{
	for (size_t i = 0; i < code.n; i++) {
		const char *end = NULL;
		switch (code.p[i]) {
		case '"':
		case '[':
			end = memchr(code.p + i + 1, code.p[i] == '[' ? ']' : '"', code.n - i - 1);
			if (!end)
				return false;
			i = (size_t)(end - code.p);
			break;
		case '\\': /* the next character stands for itself */
		case '_':  /* the width of the next character */
		case '*':  /* the next character fills the cell */
			i++;
			break;
		default:
			if (strchr("yYmMdDhHsS", code.p[i]) && code.p[i])
				return true;
		}
	}
	return false;
}

/* The formats that need no code: dates and times of every language, and those of Chinese, Japanese and Korean. */
static bool is_date_by_number(uint32_t format)
{
	return (format >= 14 && format <= 22) || (format >= 27 && format <= 36) || (format >= 45 && format <= 47) ||
	       (format >= 50 && format <= 58);
}

static uint32_t number_of(const char *text)
{
	char *end;
	unsigned long n = text ? strtoul(text, &end, 10) : 0;
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void on_open(void *reading, unsigned depth, const char *name, const char **attributes)
{
	struct reading *r = reading;
	if (depth == 1) {
		r->where = !strcmp(name, "numFmts") ? IN_FORMATS : !strcmp(name, "cellXfs") ? IN_STYLES : ELSEWHERE;
	} else if (depth == 2 && r->where == IN_FORMATS && !strcmp(name, "numFmt")) {
		uint32_t format = number_of(part_attribute(attributes, "numFmtId"));
		const char *code = part_attribute(attributes, "formatCode");
		if (format < FORMATS && code)
			r->formats[format] = format_is_date(str_of(code)) ? SHOWS_DATE : SHOWS_NUMBER;
	} else if (depth == 2 && r->where == IN_STYLES && !strcmp(name, "xf")) {
		if (r->count == STYLES_MAX)
			part_refuse(r->part, "has more styles than a workbook may have; " SAVE_AGAIN);
		else
			VEC_PUSH(r->styles, r->count, r->cap, number_of(part_attribute(attributes, "numFmtId")));
	}
}

static void on_close(void *reading, unsigned depth, const char *name)
{
	(void)reading, (void)depth, (void)name;
}

int styles_read(struct styles *s, struct package *package, const char *path, struct err *err)
{
	static const struct part_events events = { on_open, on_close, NULL };
	struct reading r = { .formats = mem_alloc(FORMATS) };
	int rc = part_read(package, path, &events, &r, &r.part, err);
	if (rc == 0) {
		s->dates = mem_alloc(r.count * sizeof *s->dates);
		s->count = r.count;
	}
	for (size_t i = 0; rc == 0 && i < r.count; i++) {
		uint8_t shows = r.styles[i] < FORMATS ? r.formats[r.styles[i]] : SHOWS_DEFAULT;
		s->dates[i] = shows == SHOWS_DATE || (shows == SHOWS_DEFAULT && is_date_by_number(r.styles[i]));
	}
	free(r.formats);
	free(r.styles);
	return rc;
}

void styles_release(struct styles *s)
{
	free(s->dates);
	*s = (struct styles){ 0 };
}

bool styles_is_date(const struct styles *s, const char *style)
{
	uint32_t i = number_of(style);
	return i < s->count && s->dates[i];
}
