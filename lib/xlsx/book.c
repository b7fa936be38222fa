#include "book.h"

#include "base/mem.h"
#include "part.h"
#include "remedy.h"

#include <stdlib.h>

/* What is known while the parts that point at each other are read. */
struct finding {
	struct book *book;
	struct part *part;
	const char *from;      /* path of the part whose relations are read */
	char *workbook;        /* path, or NULL */
	unsigned sheets;       /* seen so far */
	char *sheet_id;        /* relation of the wanted sheet, or NULL */
	bool other_sort;       /* of the wanted sheet: a chart, a dialog */
};

/* A path of a package from the target of a relation of the part `from`: absolute, or beside it; "." and ".." are resolved. */
static char *resolve(const char *from, const char *target)
{
	struct buf joined = { 0 }, path = { 0 };
	const char *slash = strrchr(from, '/');
	if (*target != '/' && slash)
		buf_put(&joined, from, (size_t)(slash - from) + 1);
	buf_put(&joined, target, strlen(target) + 1);
	for (const char *p = joined.p; *p;) {
		size_t n = strcspn(p, "/");
		if (n == 2 && !memcmp(p, "..", 2)) {
			while (path.n && path.p[--path.n] != '/')
				;
		} else if (n && !(n == 1 && *p == '.')) {
			if (path.n)
				buf_putc(&path, '/');
			buf_put(&path, p, n);
		}
		p += n + (p[n] == '/');
	}
	char *ret = mem_dup(buf_str(&path));
	buf_release(&joined);
	buf_release(&path);
	return ret;
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && !strcmp(s + n - m, end);
}

/* Set *ret, the first time only. */
static void keep(char **ret, const struct finding *f, const char *target)
{
	if (!*ret)
		*ret = resolve(f->from, target);
}

/* The types of relations end alike in both flavours of the standard, transitional and strict. */
static void on_relation(void *finding, unsigned depth, const char *name, const char **attributes)
{
	struct finding *f = finding;
	if (depth != 1 || strcmp(name, "Relationship"))
		return;
	const char *type = part_attribute(attributes, "Type"), *target = part_attribute(attributes, "Target");
	const char *id = part_attribute(attributes, "Id"), *mode = part_attribute(attributes, "TargetMode");
	if (!type || !target || (mode && !strcmp(mode, "External")))
		return;
	if (ends_in(type, "/officeDocument"))
		keep(&f->workbook, f, target);
	else if (ends_in(type, "/styles"))
		keep(&f->book->styles, f, target);
	else if (ends_in(type, "/sharedStrings"))
		keep(&f->book->strings, f, target);
	if (id && f->sheet_id && !strcmp(id, f->sheet_id)) {
		f->other_sort = !ends_in(type, "/worksheet");
		keep(&f->book->sheet, f, target);
	}
}

static void on_workbook(void *finding, unsigned depth, const char *name, const char **attributes)
{
	struct finding *f = finding;
	if (depth == 1 && !strcmp(name, "workbookPr")) {
		const char *value = part_attribute(attributes, "date1904");
		f->book->since_1904 = value && (!strcmp(value, "1") || !strcmp(value, "true"));
	} else if (depth == 2 && !strcmp(name, "sheet") && f->sheets++ == f->book->wanted) {
		const char *id = part_attribute(attributes, "id"), *title = part_attribute(attributes, "name");
		f->sheet_id = mem_dup(str_of(id ? id : ""));
		f->book->title = mem_dup(str_of(title ? title : ""));
	}
}

static void on_close(void *finding, unsigned depth, const char *name)
{
	(void)finding, (void)depth, (void)name;
}

/* Read the relations of the part at `from`; "" for those of the package. */
static int read_relations(struct finding *f, struct package *package, const char *from, struct err *err)
{
	static const struct part_events events = { on_relation, on_close, NULL };
	const char *slash = strrchr(from, '/'), *base = slash ? slash + 1 : from;
	struct buf path = { 0 };
	buf_put(&path, from, (size_t)(base - from));
	buf_printf(&path, "_rels/%s.rels", base);
	buf_putc(&path, 0);
	f->from = from;
	int rc = part_read(package, path.p, &events, f, &f->part, err);
	buf_release(&path);
	return rc;
}

static int refuse_package(const struct package *package, struct err *err)
{
	const char *what = "a zip without a workbook; unpack it, or rename it";
	if (package_has(package, "xl/workbook.bin"))
		what = "a binary workbook (.xlsb); " SAVE_AGAIN;
	else if (package_has(package, "content.xml"))
		what = "an OpenDocument file (.ods); " SAVE_AGAIN;
	return err_set(err, STATUS_DATA, "%s:1: is %s", package->name, what);
}

static int find(struct finding *f, struct package *package, struct err *err)
{
	static const struct part_events events = { on_workbook, on_close, NULL };
	if (package_has(package, "_rels/.rels") && read_relations(f, package, "", err) < 0)
		return -1;
	if (!f->workbook)
		f->workbook = mem_dup(STR("xl/workbook.xml"));
	if (!package_has(package, f->workbook) || ends_in(f->workbook, ".bin"))
		return refuse_package(package, err);
	if (part_read(package, f->workbook, &events, f, &f->part, err) < 0)
		return -1;
	if (!f->sheet_id && f->book->wanted)
		return 0;
	if (!f->sheet_id)
		return err_set(err, STATUS_DATA, "%s:1: the workbook has no sheet; " SEND_AGAIN, package->name);
	if (read_relations(f, package, f->workbook, err) < 0)
		return -1;
	if (f->other_sort && f->book->wanted) {
		free(f->book->sheet);
		f->book->sheet = NULL;
		return 0;
	}
	if (!f->book->sheet)
		return err_set(err, STATUS_DATA, "%s:1: the workbook does not say where its first sheet is; " SAVE_AGAIN, package->name);
	if (f->other_sort)
		return err_set(err, STATUS_DATA, "%s:1: the first sheet is a chart or a dialog; move the sheet with the rows to the front",
		               package->name);
	return 0;
}

int book_read(struct book *b, struct package *package, struct err *err)
{
	struct finding f = { .book = b };
	int rc = find(&f, package, err);
	free(f.workbook);
	free(f.sheet_id);
	if (rc < 0)
		book_release(b);
	return rc;
}

void book_release(struct book *b)
{
	free(b->sheet);
	free(b->title);
	free(b->styles);
	free(b->strings);
	*b = (struct book){ 0 };
}
