#include "internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>


void names_add(struct names *n, const char *name)
{
	VEC_PUSH(n->items, n->count, n->cap, mem_dup(str_of(name)));
}

void workbook_names_free(char **names)
{
	for (char **n = names; n && *n; n++)
		free(*n);
	free(names);
}

void put_safe(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n && i < 120; i++) {
		bool bad = (unsigned char)s.p[i] < 0x20 || strchr("/\\:*?\"<>|'.", s.p[i]);
		buf_putc(b, bad ? '_' : s.p[i]);
	}
	while (b->n && ((unsigned char)b->p[b->n - 1] & 0xC0) == 0x80 && s.n > 120) /* a character that was cut */
		b->n--;
}

/* "500901 云岭县.xlsx" */
static void name_of(struct buf *b, enum workbook_split split, const struct cover *c)
{
	const struct part *p = c->part;
	b->n = 0;
	if (split == WORKBOOK_NONE)
		buf_puts(b, STR("全部"));
	else if (!p->number)
		buf_puts(b, STR("区划不明"));
	else
		buf_number(b, p->number - 1, split == WORKBOOK_COUNTY ? 6 : 9);
	if (p->place.n) {
		buf_putc(b, ' ');
		put_safe(b, p->place);
	}
	if (c->volume > 1)
		buf_printf(b, " (%u)", c->volume);
	buf_puts(b, STR(".xlsx"));
	buf_putc(b, 0);
}

static int open_list(const struct workbook_job *job, unsigned list, struct err *err)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/lists/%s.csv", job->run, sheet_kinds[list].file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_errno(err, STATUS_IOERR, "%s: cannot be read", path) : fd;
}

static int put_lists_of(struct book *b, const struct workbook_job *job, const struct index *x, const struct cover *c, struct err *err)
{
	size_t at = c->from;
	for (unsigned list = 0; list < SHEET_LISTS; list++) {
		size_t n = 0;
		while (at + n < c->to && c->leads[at + n].list == list)
			n++;
		if (list == SHEET_EXEMPTED && !x->exempted)
			continue;
		int fd = open_list(job, list, err);
		if (fd < 0)
			return -1;
		int got = put_list(b, job, x, list, c->leads + at, n, fd, err);
		close(fd);
		if (got < 0)
			return -1;
		at += n;
	}
	return 0;
}

static int make_book(const struct workbook_job *job, const struct index *x, const struct cover *c, struct names *names, struct err *err)
{
	struct buf name = { 0 };
	struct book b;
	name_of(&name, job->split, c);
	int got = book_open(&b, job, name.p, "疑点核查工作簿", err);
	if (got == 0) {
		lxw_worksheet *cover = book_sheet(&b, "封面", 1);
		names_add(names, name.p);
		got = cover ? put_lists_of(&b, job, x, c, err) : 0;
		if (got == 0 && cover)
			got = put_cover(&b, cover, job, x, c, err);
		if (got == 0)
			got = book_close(&b, err);
		else
			book_drop(&b);
	}
	buf_release(&name);
	return got;
}

static int make_volumes(const struct workbook_job *job, const struct index *x, struct cover *c, struct names *names, struct err *err)
{
	size_t most = job->book_leads ? job->book_leads : WORKBOOK_LEADS;
	c->volumes = c->count ? (unsigned)((c->count - 1) / most + 1) : 1;
	for (c->volume = 1; c->volume <= c->volumes; c->volume++) {
		c->from = (c->volume - 1) * most;
		c->to = c->volume < c->volumes ? c->from + most : c->count;
		if (make_book(job, x, c, names, err) < 0)
			return -1;
	}
	return 0;
}

/* Without a single lead there is still a workbook, which says so. */
static int make_books(const struct workbook_job *job, const struct index *x, struct names *names, struct err *err)
{
	struct part nothing = { 0 };
	if (!x->count)
		return make_volumes(job, x, &(struct cover){ &nothing, NULL, 0 }, names, err);
	int got = 0;
	for (size_t i = 0, n, p = 0; got == 0 && i < x->count; i += n, p++) {
		for (n = 0; i + n < x->count && x->leads[i + n].part == x->leads[i].part; n++)
			;
		got = make_volumes(job, x, &(struct cover){ &x->parts[p], x->leads + i, n }, names, err);
	}
	return got;
}

int workbook_make(const struct workbook_job *job, char ***ret_names, struct err *err)
{
	struct index x;
	struct names names = { 0 };
	int got = index_make(&x, job, err);
	if (got == 0)
		got = make_books(job, &x, &names, err);
	if (got == 0)
		got = put_returns(job, &names, err);
	index_release(&x);
	VEC_PUSH(names.items, names.count, names.cap, NULL);
	*ret_names = names.items;
	return got;
}
