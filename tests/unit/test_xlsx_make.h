/* Workbooks made by hand: parts of XML in a zip. What a test does not give is that of a workbook with one sheet. */
#ifndef BIDUI_TEST_XLSX_MAKE_H
#define BIDUI_TEST_XLSX_MAKE_H

#include "scratch.h"
#include "xlsx/xlsx.h"

#include <fcntl.h>
#include <zip.h>

#define NS " xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define RELATIONS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELATION(id, type, target) "<Relationship Id=\"" id "\" Type=\"" RELATIONS "/" type "\" Target=\"" target "\"/>"

struct made {
	const char *sheet;     /* rows, inside <sheetData> */
	const char *strings;   /* inside <sst>; NULL: no such part */
	const char *formats;   /* inside <styleSheet>; NULL: no such part */
	const char *workbook;  /* the whole part */
	const char *relations; /* of the workbook, inside <Relationships> */
	struct str raw;        /* the whole part of the sheet, instead of `sheet` */
	const char *password;  /* encrypts the sheet with AES-256 */
	const char *extra, *extra_path;
};

static inline void made_part(zip_t *z, const char *path, struct str text, const char *password)
{
	zip_source_t *source = zip_source_buffer(z, text.n ? mem_dup(text) : NULL, text.n, 1);
	zip_int64_t i = zip_file_add(z, path, source, 0);
	assert_true(i >= 0);
	assert_int_equal(zip_set_file_compression(z, (zip_uint64_t)i, ZIP_CM_DEFLATE, 1), 0);
	if (password)
		assert_int_equal(zip_file_set_encryption(z, (zip_uint64_t)i, ZIP_EM_AES_256, password), 0);
}

static inline void made_wrapped(zip_t *z, const char *path, const char *before, const char *text, const char *after, const char *password)
{
	struct buf whole = { 0 };
	buf_printf(&whole, "%s", before);
	buf_puts(&whole, str_of(text));
	buf_printf(&whole, "%s", after);
	made_part(z, path, buf_str(&whole), password);
	buf_release(&whole);
}

static inline void made_write(const char *path, const struct made *m)
{
	int code;
	zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
	assert_non_null(z);
	made_part(z, "_rels/.rels", STR("<Relationships>" RELATION("rId1", "officeDocument", "xl/workbook.xml") "</Relationships>"), NULL);
	made_part(z, "xl/workbook.xml", str_of(m->workbook ? m->workbook :
	          "<workbook" NS " xmlns:r=\"" RELATIONS "\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"), NULL);
	made_wrapped(z, "xl/_rels/workbook.xml.rels", "<Relationships>", m->relations ? m->relations :
	             RELATION("rId1", "worksheet", "worksheets/sheet1.xml") RELATION("rId2", "styles", "styles.xml")
	             RELATION("rId3", "sharedStrings", "sharedStrings.xml"), "</Relationships>", NULL);
	made_wrapped(z, "xl/styles.xml", "<styleSheet" NS ">", m->formats ? m->formats : "", "</styleSheet>", NULL);
	made_wrapped(z, "xl/sharedStrings.xml", "<sst" NS ">", m->strings ? m->strings : "", "</sst>", NULL);
	if (m->raw.p)
		made_part(z, "xl/worksheets/sheet1.xml", m->raw, m->password);
	else
		made_wrapped(z, "xl/worksheets/sheet1.xml", "<worksheet" NS "><sheetData>", m->sheet ? m->sheet : "", "</sheetData></worksheet>",
		             m->password);
	if (m->extra)
		made_part(z, m->extra_path, str_of(m->extra), NULL);
	assert_int_equal(zip_close(z), 0);
}

/* The rows of a workbook as "NUMBER:cell|cell\n...", and "!STATUS TEXT" where reading stops. buf_release it. */
static inline struct buf made_read(const char *path)
{
	struct buf out = { 0 };
	struct xlsx *x = NULL;
	struct xlsx_row row;
	struct err err = { 0 };
	enum xlsx_got got = XLSX_ERROR;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	if (xlsx_open(&x, fd, "a.xlsx", path, &err) == 0) {
		while ((got = xlsx_next(x, &row, &err)) == XLSX_ROW) {
			buf_printf(&out, "%llu:", (unsigned long long)row.number);
			for (size_t i = 0; i < row.count; i++) {
				if (i)
					buf_putc(&out, '|');
				buf_puts(&out, row.cells[i]);
			}
			buf_putc(&out, '\n');
		}
	}
	if (got == XLSX_ERROR)
		buf_printf(&out, "!%d %s", err.status, err.text);
	xlsx_close(x);
	close(fd);
	buf_putc(&out, 0);
	return out;
}

#endif
