#include "internal.h"

#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

void note(struct book *b, lxw_error e)
{
	if (b->error == LXW_NO_ERROR)
		b->error = e;
}

static lxw_format *format(struct book *b, bool bold, double size, lxw_color_t ink, lxw_color_t paper)
{
	lxw_format *f = workbook_add_format(b->w);
	format_set_font_name(f, "微软雅黑");
	format_set_font_size(f, size);
	format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
	if (bold)
		format_set_bold(f);
	if (ink)
		format_set_font_color(f, ink);
	if (paper)
		format_set_bg_color(f, paper);
	return f;
}

/* A cell of a table: bordered, its text broken into lines. */
static lxw_format *cell(struct book *b, bool bold, lxw_color_t ink, lxw_color_t paper)
{
	lxw_format *f = format(b, bold, 10, ink, paper);
	format_set_border(f, LXW_BORDER_THIN);
	format_set_border_color(f, 0xBFBFBF);
	format_set_text_wrap(f);
	return f;
}

static void make_formats(struct book *b)
{
	enum { BLUE = 0x1F4E78, RED = 0x9C0006, YELLOW = 0xFFF9DB, GREY = 0x7F7F7F };
	b->f.title = format(b, true, 16, BLUE, 0);
	b->f.warning = format(b, true, 12, RED, 0);
	b->f.section = format(b, true, 12, BLUE, 0);
	b->f.note = format(b, false, 10, GREY, 0);
	b->f.header = cell(b, true, 0xFFFFFF, BLUE);
	b->f.entry_header = cell(b, true, 0x000000, 0xFFD966);
	format_set_align(b->f.header, LXW_ALIGN_VERTICAL_CENTER);
	format_set_align(b->f.entry_header, LXW_ALIGN_VERTICAL_CENTER);
	b->f.text = cell(b, false, 0, 0);
	format_set_num_format(b->f.text, "@");
	b->f.grey = cell(b, false, GREY, 0);
	format_set_num_format(b->f.grey, "@");
	b->f.number = cell(b, false, 0, 0);
	format_set_num_format(b->f.number, "#,##0");
	format_set_align(b->f.number, LXW_ALIGN_RIGHT);
	b->f.share = cell(b, false, 0, 0);
	format_set_num_format(b->f.share, "0.00%");
	format_set_align(b->f.share, LXW_ALIGN_RIGHT);
	b->f.plain_number = cell(b, false, 0, 0);
	format_set_align(b->f.plain_number, LXW_ALIGN_RIGHT);
	b->f.points = cell(b, false, 0, 0);
	format_set_num_format(b->f.points, "0.00");
	format_set_align(b->f.points, LXW_ALIGN_RIGHT);
	b->f.entry = format(b, false, 10, 0, 0);
	format_set_text_wrap(b->f.entry);
	b->f.entry_date = format(b, false, 10, 0, 0);
	format_set_num_format(b->f.entry_date, "yyyy-mm-dd");
	b->f.entry_look = workbook_add_format(b->w);
	format_set_bg_color(b->f.entry_look, YELLOW);
	format_set_border(b->f.entry_look, LXW_BORDER_THIN);
	format_set_border_color(b->f.entry_look, 0xBFBFBF);
	b->f.severity[0] = cell(b, false, 0x375623, 0xE2EFDA);
	b->f.severity[1] = cell(b, true, 0x7F6000, 0xFFEB9C);
	b->f.severity[2] = cell(b, true, RED, 0xFFC7CE);
}

/* The day of the run stands for the time of making, so that the bytes do not depend on the clock. */
static time_t made_on(const struct workbook_job *job)
{
	struct tm tm = { 0 };
	const char *day = json_string_value(json_object_get(job->manifest, "as_of"));
	return day && strptime(day, "%Y-%m-%d", &tm) ? timegm(&tm) : 0;
}

int book_open(struct book *b, const struct workbook_job *job, const char *name, const char *title, struct err *err)
{
	lxw_workbook_options options = { .constant_memory = LXW_FALSE, .tmpdir = (char *)job->out };
	lxw_doc_properties properties = { .title = (char *)title, .subject = "疑点不等于违规", .author = "bidui", .created = made_on(job) };
	*b = (struct book){ 0 };
	if (asprintf(&b->path, "%s/%s", job->out, name) < 0)
		return err_set(err, STATUS_OSERR, "%s: no memory for its name", name);
	bool listens = trouble_begin(&b->trouble) == 0;
	b->w = listens ? workbook_new_opt(b->path, &options) : NULL;
	if (!b->w) {
		if (listens)
			trouble_end(&b->trouble);
		free(b->path);
		return err_set(err, STATUS_OSERR, "%s: no memory for a workbook", name);
	}
	workbook_set_properties(b->w, &properties);
	make_formats(b);
	return 0;
}

static void release(struct book *b)
{
	free(b->path);
	buf_release(&b->scratch);
	*b = (struct book){ 0 };
}

void book_drop(struct book *b)
{
	lxw_workbook_free(b->w);
	trouble_end(&b->trouble);
	release(b);
}

static int make_durable(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0) {
		err_errno(err, STATUS_IOERR, "%s: cannot be made durable; check the disk", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

int book_close(struct book *b, struct err *err)
{
	errno = 0;
	lxw_error e = workbook_close(b->w);
	int why = errno, r = 0;
	trouble_end(&b->trouble);
	if (b->trouble.why)
		r = err_set(err, STATUS_CANTCREAT, "%s: cannot be made: %s; check the folder and the disk", b->path, strerror(b->trouble.why));
	else if (b->error != LXW_NO_ERROR)
		r = err_set(err, STATUS_SOFTWARE, "%s: the workbook cannot be made: %s", b->path, lxw_strerror(b->error));
	else if (e != LXW_NO_ERROR)
		r = err_set(err, STATUS_CANTCREAT, "%s: cannot be made: %s; check the folder and the disk", b->path, why ? strerror(why) : lxw_strerror(e));
	else if (b->trouble.said)
		r = err_set(err, STATUS_OSERR, "%s: no memory for a workbook", b->path);
	else
		r = make_durable(b->path, err);
	if (r < 0)
		unlink(b->path);
	release(b);
	return r;
}

lxw_worksheet *book_sheet(struct book *b, const char *title, unsigned further)
{
	char name[128];
	if (further > 1)
		snprintf(name, sizeof name, "%s (%u)", title, further);
	else
		snprintf(name, sizeof name, "%s", title);
	lxw_worksheet *s = workbook_add_worksheet(b->w, name);
	if (!s) {
		note(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return NULL;
	}
	worksheet_set_landscape(s);
	worksheet_set_paper(s, 9); /* A4 */
	worksheet_fit_to_pages(s, 1, 0);
	worksheet_set_margins(s, 0.4, 0.4, 0.5, 0.6);
	worksheet_set_footer(s, "&L疑点不等于违规&C&A&R第 &P 页，共 &N 页");
	return s;
}

/* Always as a text: what begins with "=" is shown, never run. */
void put(struct book *b, lxw_worksheet *s, lxw_row_t row, lxw_col_t col, struct str text, lxw_format *f)
{
	put_z(b, s, row, col, cell_text(&b->scratch, text), f);
}

void put_z(struct book *b, lxw_worksheet *s, lxw_row_t row, lxw_col_t col, const char *text, lxw_format *f)
{
	note(b, *text ? worksheet_write_string(s, row, col, text, f) : worksheet_write_blank(s, row, col, f));
}

void put_number(struct book *b, lxw_worksheet *s, lxw_row_t row, lxw_col_t col, double n, lxw_format *f)
{
	note(b, worksheet_write_number(s, row, col, n, f));
}
