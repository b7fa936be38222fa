/* Workbooks made by hand: each cell type, each gap, each way in which a file is broken or hostile. */
#include "test_xlsx_make.h"

static void reads(void **state, struct made m, const char *expected)
{
	const char *path = scratch_path(*state, "a");
	made_write(path, &m);
	struct buf got = made_read(path);
	assert_string_equal(got.p, expected);
	buf_release(&got);
}

/* Reading stops with 65, and the message says so. */
static void stops_at(const char *path, const char *say)
{
	struct buf got = made_read(path);
	const char *stop = strstr(got.p, "!65 a.xlsx:");
	if (!stop || !strstr(stop, say))
		fail_msg("no stop that says '%s' but: %.300s", say, got.p);
	buf_release(&got);
}

static void stops(void **state, struct made m, const char *say)
{
	const char *path = scratch_path(*state, "a");
	made_write(path, &m);
	stops_at(path, say);
}

/* One cell A1. */
static void cell(void **state, const char *xml, const char *formats, const char *text)
{
	char sheet[2048], expected[512];
	snprintf(sheet, sizeof sheet, "<row r=\"1\">%s</row>", xml);
	snprintf(expected, sizeof expected, "1:%s\n", text);
	reads(state, (struct made){ .sheet = sheet, .formats = formats }, expected);
}

static void number(void **state, const char *stored, const char *text)
{
	char xml[256];
	snprintf(xml, sizeof xml, "<c r=\"A1\"><v>%s</v></c>", stored);
	cell(state, xml, NULL, text);
}

static void a_number_is_its_shortest_decimal_text(void **state)
{
	static const char *const pairs[][2] = {
		{ "2014", "2014" }, { "2014.0", "2014" }, { "0", "0" }, { "-0", "0" }, { "0.10", "0.1" }, { "007", "7" }, { ".5", "0.5" },
		{ "5.00901196001011E+17", "500901196001011000" }, { "1E-7", "0.0000001" }, { "-12.50", "-12.5" },
		{ "0.30000000000000004", "0.30000000000000004" }, { "0.1000000000000000055", "0.1" }, { "1234.4999999999998", "1234.4999999999998" },
		{ "9007199254740993", "9007199254740992" }, { "500901001201", "500901001201" }, { "1e3", "1000" }, { "+5", "5" },
		{ "5.684341886080802E-14", "0.00000000000005684341886080802" }, { "5.6843418860808015E-14", "0.00000000000005684341886080802" }, { "1.2345678901234567E+20", "123456789012345670000" },
		{ "1E999", "1E999" }, { "abc", "abc" }, { "1.2.3", "1.2.3" }, { "E5", "E5" }, { "1E", "1E" }, { " 12 ", "12" },
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		number(state, pairs[i][0], pairs[i][1]);
}

/* Styles 0 General, 1 date by number (14), 2 by code, 3 a number in red, 4 a date of China by number (31). */
#define FORMATS "<numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>" \
	"<numFmt numFmtId=\"177\" formatCode=\"[Red]0.00&quot;day&quot;\\d_d\"/></numFmts>" \
	"<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/>" \
	"<xf numFmtId=\"177\"/><xf numFmtId=\"31\"/></cellXfs><dxfs><dxf><numFmt numFmtId=\"177\" formatCode=\"yyyy\"/></dxf></dxfs>"

static void a_number_in_a_date_format_is_that_day(void **state)
{
	static const char *const triples[][3] = {
		{ "1", "41640", "2014-01-01" }, { "2", "41640.75", "2014-01-01" }, { "4", "4.1640E4", "2014-01-01" }, { "0", "41640", "41640" },
		{ "3", "41640", "41640" }, { "1", "1", "1900-01-01" }, { "1", "59", "1900-02-28" }, { "1", "60", "60" }, { "1", "61", "1900-03-01" },
		{ "1", "36585", "2000-02-29" }, { "1", "2958465", "9999-12-31" }, { "1", "2958466", "2958466" }, { "1", "0.5", "0.5" },
		{ "1", "-3", "-3" }, { "99", "41640", "41640" }, { "1", "", "" },
	};
	for (size_t i = 0; i < sizeof triples / sizeof *triples; i++) {
		char xml[256];
		snprintf(xml, sizeof xml, "<c r=\"A1\" s=\"%s\"><f>1+1</f><v>%s</v></c>", triples[i][0], triples[i][1]);
		cell(state, xml, FORMATS, triples[i][2]);
	}
	cell(state, "<c r=\"A1\" s=\"1\" t=\"str\"><v>41640</v></c>", FORMATS, "41640");
	cell(state, "<c r=\"A1\" t=\"d\"><v>2014-01-01T10:00:00</v></c>", FORMATS, "2014-01-01");
}

static void days_of_1904_are_counted_from_there(void **state)
{
	struct made m = { .formats = FORMATS,
		.workbook = "<workbook xmlns:r=\"" RELATIONS "\"><workbookPr date1904=\"true\"/><sheets><sheet r:id=\"rId1\"/></sheets></workbook>",
		.sheet = "<row r=\"1\"><c s=\"1\"><v>41603</v></c><c s=\"1\"><v>0</v></c><c s=\"1\"><v>59</v></c><c s=\"1\"><v>-1</v></c></row>" };
	reads(state, m, "1:2017-11-26|1904-01-01|1904-02-29|-1\n");
}

static void other_cells_are_their_texts(void **state)
{
	cell(state, "<c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c><c t=\"e\"><v>#N/A</v></c><c t=\"str\"><f>A2</f><v> 甲 </v></c>", NULL,
	     "TRUE|FALSE|#N/A| 甲 ");
	cell(state, "<c t=\"inlineStr\"><is><t>甲</t><phoneticPr/><rPh><t>JIA</t></rPh></is></c><c t=\"inlineStr\"><is><r><rPr><b/></rPr><t>云</t></r>"
	     "<r><t>&lt;石&#x20;</t></r></is></c>", NULL, "甲|云<石 ");
	cell(state, "<c t=\"str\"><v>a_x000D_b_x005F_x000D_c_x4e91_d_xD83D__xDE00_e_xD83D_f_x00_</v></c>", NULL,
	     "a\rb_x000D_c云d😀e_xD83D_f_x00_");
	cell(state, "<c><f>A2+1</f></c><c><v>1</v><v>2</v></c><c><extLst><ext><v>3</v></ext></extLst></c><c><v>4</v></c>", NULL, "|2||4");
}

static void shared_texts_are_looked_up(void **state)
{
	struct made m = { .strings = "<si><t>农业</t></si><si/><si><r><t>非</t></r><r><t>农业</t></r><rPh><t>x</t></rPh></si>",
		.sheet = "<row r=\"1\"><c t=\"s\"><v>2</v></c><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>0</v></c><c t=\"s\"/></row>" };
	reads(state, m, "1:非农业|农业||农业\n");
	m.sheet = "<row r=\"7\"><c t=\"s\"><v>3</v></c></row>";
	stops(state, m, "a.xlsx:7: xl/worksheets/sheet1.xml names a shared text that is not there");
	m.sheet = "<row r=\"7\"><c t=\"s\"><v>-1</v></c></row>";
	stops(state, m, "names a shared text that is not there");
}

static void gaps_are_empty_and_rows_keep_their_numbers(void **state)
{
	struct made m = { .sheet = "<row r=\"2\"><c r=\"B2\"><v>1</v></c><c><v>2</v></c><c r=\"AA2\" s=\"1\"/></row><row><c><v>3</v></c></row>"
		"<row r=\"9\"><c r=\"A9\" s=\"1\"/><c r=\"B9\" t=\"inlineStr\"><is><t></t></is></c></row><row r=\"10\"/>"
		"<row r=\"12\"><c r=\"C12\"><v>5</v></c><c r=\"A12\"><v>4</v></c><c r=\"C12\"><v>6</v></c></row>" };
	reads(state, m, "2:|1|2\n3:3\n9:\n10:\n12:4||6\n");
	reads(state, (struct made){ .sheet = "" }, "");
}

static void the_first_sheet_in_workbook_order_counts(void **state)
{
	struct made m = { .sheet = "<row r=\"1\"><c><v>1</v></c></row>",
		.workbook = "<x:workbook xmlns:x=\"m\" xmlns:rel=\"r\"><x:sheets><x:sheet sheetId=\"9\" state=\"hidden\" rel:id=\"b\"/><x:sheet rel:id=\"a\"/>"
		"</x:sheets></x:workbook>",
		.relations = RELATION("a", "worksheet", "worksheets/sheet1.xml") RELATION("b", "worksheet", "/xl/./worksheets/../other.xml"),
		.extra_path = "xl/Other.xml", .extra = "<x:worksheet xmlns:x=\"m\"><x:sheetData><x:row r=\"3\"><x:c r=\"B3\" t=\"inlineStr\"><x:is><x:t>乙</x:t>"
		"</x:is></x:c></x:row></x:sheetData></x:worksheet>" };
	reads(state, m, "3:|乙\n");
	m.relations = RELATION("b", "chartsheet", "worksheets/sheet1.xml");
	stops(state, m, "the first sheet is a chart");
	m.relations = "";
	stops(state, m, "does not say where its first sheet is");
	m.workbook = "<workbook><sheets/></workbook>";
	stops(state, m, "has no sheet");
}

static void broken_sheets_stop(void **state)
{
	stops(state, (struct made){ .sheet = "<row r=\"5\"/><row r=\"5\"/>" }, "a.xlsx:5: xl/worksheets/sheet1.xml has rows out of order");
	stops(state, (struct made){ .sheet = "<row r=\"x\"/>" }, "has rows out of order");
	stops(state, (struct made){ .sheet = "<row r=\"1\"><c r=\"XFE1\"/></row>" }, "has a cell in no column");
	stops(state, (struct made){ .sheet = "<row r=\"1\"><c r=\"1\"/></row>" }, "has a cell in no column");
	stops(state, (struct made){ .sheet = "<row r=\"2\"><c></row>" }, "a.xlsx:2: xl/worksheets/sheet1.xml is damaged");
	stops(state, (struct made){ .raw = STR("<worksheet><sheetData><row>") }, "is damaged");
	stops(state, (struct made){ .raw = STR("") }, "is damaged");
	stops(state, (struct made){ .sheet = "\xFF" }, "is damaged");
	stops(state, (struct made){ .password = "geheim" }, "the zip is encrypted");
	stops(state, (struct made){ .relations = RELATION("rId1", "worksheet", "worksheets/sheet2.xml") }, "lacks its part xl/worksheets/sheet2.xml");
}

static struct buf repeated(const char *before, const char *piece, size_t n, const char *after)
{
	struct buf b = { 0 };
	buf_puts(&b, str_of(before));
	for (size_t i = 0; i < n; i++)
		buf_puts(&b, str_of(piece));
	buf_puts(&b, str_of(after));
	return b;
}

static void hostile(void **state, struct buf sheet, const char *say)
{
	stops(state, (struct made){ .raw = buf_str(&sheet) }, say);
	buf_release(&sheet);
}

static void hostile_xml_stops(void **state)
{
	stops(state, (struct made){ .raw = STR("<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet>&b;</worksheet>") }, "declares a document type");
	hostile(state, repeated("<worksheet>", "<a>", 70000, ""), "is nested too deep");
	hostile(state, repeated("<worksheet a=\"", "                ", 200000, "\"/>"), "has a tag or a remark that is too long");
	hostile(state, repeated("<worksheet><!--", "                ", 200000, "--></worksheet>"), "has a tag or a remark that is too long");
	struct buf names = { 0 };
	buf_puts(&names, STR("<worksheet>"));
	for (int i = 0; i < 1000; i++)
		buf_printf(&names, "<a%d b%d=\"\"/>", i, i);
	buf_puts(&names, STR("</worksheet>"));
	hostile(state, names, "has more names");
}

/* Blanks behind the rows, which are read for the checksum only. */
static void an_expansion_over_200_to_1_stops(void **state)
{
	hostile(state, repeated("<worksheet><sheetData/>", "                        ", 2800000, "</worksheet>"), "expands over 200 : 1");
}

static void texts_of_a_row_end_after_their_limit(void **state)
{
	struct buf sheet = repeated("<worksheet><sheetData><row><c t=\"str\"><v>", "甲乙丙丁", 500000, "</v></c>");
	for (int i = 0; i < 10; i++)
		buf_puts(&sheet, STR("<c><v>12345</v></c>"));
	buf_puts(&sheet, STR("</row></sheetData></worksheet>"));
	const char *path = scratch_path(*state, "a");
	made_write(path, &(struct made){ .raw = buf_str(&sheet) });
	struct buf got = made_read(path);
	assert_in_range(strlen(got.p), XLSX_TEXT_MAX, XLSX_TEXT_MAX + 20);
	buf_release(&got);
	buf_release(&sheet);
}

static void what_is_no_workbook_says_what_it_is(void **state)
{
	const char *path = scratch_path(*state, "a");
	static const char *const others[][2] = { { "xl/workbook.bin", ".xlsb" }, { "content.xml", ".ods" }, { "a.txt", "a zip without a workbook" } };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		int code;
		zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
		made_part(z, others[i][0], STR("x"), NULL);
		assert_int_equal(zip_close(z), 0);
		stops_at(path, others[i][1]);
	}
}

/* A workbook cut anywhere, or with a byte changed, is read or stops: nothing else. Its members are stored, so that XML is hit too. */
static void damaged_workbooks_stop_or_are_read(void **state)
{
	const char *path = scratch_path(*state, "a"), *damaged = scratch_path(*state, "b");
	made_write(path, &(struct made){ .formats = FORMATS, .strings = "<si><t>农业</t></si>",
		.sheet = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>41640</v></c></row>" });
	struct buf whole = scratch_get(path);
	unsigned seed = 1;
	for (size_t n = 0; n < whole.n; n += 37) {
		scratch_put(damaged, whole.p, n);
		stops_at(damaged, "");
	}
	for (int i = 0; i < 500; i++) {
		size_t at = (size_t)rand_r(&seed) % whole.n;
		char was = whole.p[at];
		whole.p[at] = (char)rand_r(&seed);
		scratch_put(damaged, whole.p, whole.n);
		struct buf got = made_read(damaged);
		whole.p[at] = was;
		buf_release(&got);
	}
	buf_release(&whole);
}

/* The same without checksums in the way: the XML of the sheet is changed before it is packed. */
static void damaged_sheets_stop_or_are_read(void **state)
{
	const char *path = scratch_path(*state, "a");
	char sheet[] = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>4.1E4</v></c>"
		"<c r=\"C1\" t=\"inlineStr\"><is><r><t>a_x0041_</t></r></is></c></row></sheetData></worksheet>";
	unsigned seed = 1;
	for (int i = 0; i < 150; i++) {
		size_t at = (size_t)rand_r(&seed) % (sizeof sheet - 1), from = (size_t)rand_r(&seed) % (sizeof sheet - 1);
		char was = sheet[at];
		sheet[at] = sheet[from];
		made_write(path, &(struct made){ .raw = { sheet, sizeof sheet - 1 }, .strings = "<si><t>b</t></si>", .formats = FORMATS });
		struct buf got = made_read(path);
		buf_release(&got);
		if (i % 5)
			sheet[at] = was;
	}
}

static void many_shared_texts_go_to_a_file_and_come_back(void **state)
{
	enum { TEXTS = 400000, EVERY = 997 };
	struct buf strings = { 0 }, sheet = { 0 }, expected = { 0 };
	for (int i = 0; i < TEXTS; i++)
		buf_printf(&strings, "<si><t>%d 这是第一个不同的住址这是第二个%d</t></si>", i, i * 7);
	for (int i = 0, k = 0; i < TEXTS / EVERY; i++, k = (k + 7919 * EVERY) % TEXTS) {
		buf_printf(&sheet, "<row><c t=\"s\"><v>%d</v></c></row>", k);
		buf_printf(&expected, "%d:%d 这是第一个不同的住址这是第二个%d\n", i + 1, k, k * 7);
	}
	buf_putc(&strings, 0);
	buf_putc(&sheet, 0);
	buf_putc(&expected, 0);
	reads(state, (struct made){ .strings = strings.p, .sheet = sheet.p }, expected.p);
	assert_int_equal(scratch_count(*state), 1);
	buf_release(&strings);
	buf_release(&sheet);
	buf_release(&expected);
}

/* An OLE file with one entry in the first sector of its directory, and `name` in the second. */
static void ole(void **state, const char *name, const char *say)
{
	enum { SECTOR = 512 };
	static unsigned char file[5 * SECTOR];
	const char *path = scratch_path(*state, "ole");
	struct err err = { 0 };
	memset(file, 0, sizeof file);
	memcpy(file, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
	file[30] = 9;                                 /* sectors of 512 bytes */
	file[48] = 1;                                 /* the directory begins in sector 1, its table is sector 0 */
	memcpy(file + SECTOR + 4, "\3\0\0\0", 4);     /* after sector 1 comes sector 3, the last */
	memcpy(file + SECTOR + 12, "\xFE\xFF\xFF\xFF", 4);
	unsigned char *entry = file + 4 * SECTOR + 128;
	for (size_t i = 0; name[i]; i++)
		entry[2 * i] = (unsigned char)name[i];
	entry[64] = (unsigned char)(2 * strlen(name) + 2);
	scratch_put(path, file, sizeof file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(xlsx_is_ole((struct str){ (char *)file, 8 }));
	assert_int_equal(xlsx_refuse_ole(fd, "a.xls", &err), -1);
	assert_int_equal(err.status, STATUS_DATA);
	if (!strstr(err.text, say))
		fail_msg("%s", err.text);
	close(fd);
}

static void encrypted_and_old_workbooks_are_told_apart(void **state)
{
	ole(state, "EncryptedPackage", "a.xls:1: is an encrypted workbook");
	ole(state, "Workbook", "a.xls:1: is a workbook of the old format");
	ole(state, "Book", "a.xls:1: is a workbook of the old format");
	ole(state, "WordDocument", "a.xls:1: is an OLE file");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_number_is_its_shortest_decimal_text), TEST(a_number_in_a_date_format_is_that_day), TEST(days_of_1904_are_counted_from_there),
		TEST(other_cells_are_their_texts), TEST(shared_texts_are_looked_up), TEST(gaps_are_empty_and_rows_keep_their_numbers),
		TEST(the_first_sheet_in_workbook_order_counts), TEST(broken_sheets_stop), TEST(hostile_xml_stops),
		TEST(an_expansion_over_200_to_1_stops), TEST(texts_of_a_row_end_after_their_limit), TEST(what_is_no_workbook_says_what_it_is),
		TEST(damaged_workbooks_stop_or_are_read), TEST(damaged_sheets_stop_or_are_read),
		TEST(many_shared_texts_go_to_a_file_and_come_back), TEST(encrypted_and_old_workbooks_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
