/* Workbooks written by libxlsxwriter, with shared and with inline strings, are read as they were meant. */
#include "test_xlsx_make.h"

#include <xlsxwriter.h>

static void write_cells(lxw_workbook *book, bool inline_strings)
{
	lxw_worksheet *sheet = workbook_add_worksheet(book, "名单");
	lxw_format *day = workbook_add_format(book), *bold = workbook_add_format(book), *month = workbook_add_format(book);
	lxw_datetime date = { .year = 2017, .month = 11, .day = 26 };
	format_set_num_format(day, "yyyy\"年\"m\"月\"d\"日\";@");
	format_set_num_format(month, "[$-804]e-mm-dd");
	format_set_bold(bold);
	if (inline_strings)
		worksheet_write_string(sheet, 0, 0, "2017年7月参保（全县）", bold);
	else
		worksheet_merge_range(sheet, 0, 0, 0, 3, "2017年7月参保（全县）", bold);
	worksheet_write_string(sheet, 2, 0, "证件号码", NULL);
	worksheet_write_string(sheet, 2, 1, " 姓名 ", NULL);
	worksheet_write_string(sheet, 2, 3, "是否参保", NULL);
	worksheet_write_number(sheet, 3, 0, 500901196001011000., NULL);
	worksheet_write_datetime(sheet, 3, 1, &date, day);
	worksheet_write_datetime(sheet, 3, 2, &date, month);
	worksheet_write_boolean(sheet, 3, 3, 1, NULL);
	worksheet_write_formula_num(sheet, 4, 0, "=1/8", NULL, 0.125);
	worksheet_write_formula_str(sheet, 4, 1, "=\"a\"&\"<b>\"", NULL, "a<b>");
	worksheet_write_number(sheet, 4, 2, 2014, NULL);
	worksheet_write_blank(sheet, 4, 3, bold);
	worksheet_write_string(sheet, 5, 0, "a\x01 𠮷", NULL);
	worksheet_write_string(workbook_add_worksheet(book, "说明"), 0, 0, "another sheet", NULL);
	assert_int_equal(workbook_close(book), LXW_NO_ERROR);
}

static void is_read(void **state, bool inline_strings)
{
	const char *path = scratch_path(*state, "a.xlsx");
	lxw_workbook_options options = { .constant_memory = inline_strings, .tmpdir = *state };
	write_cells(workbook_new_opt(path, &options), inline_strings);
	struct buf got = made_read(path);
	assert_string_equal(got.p, "1:2017年7月参保（全县）\n3:证件号码| 姓名 ||是否参保\n4:500901196001011000|2017-11-26|2017-11-26|TRUE\n"
	                    "5:0.125|a<b>|2014\n6:a\x01 𠮷\n");
	buf_release(&got);
}

static void shared_strings_of_libxlsxwriter_are_read(void **state)
{
	is_read(state, false);
}

static void inline_strings_of_libxlsxwriter_are_read(void **state)
{
	is_read(state, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(shared_strings_of_libxlsxwriter_are_read, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(inline_strings_of_libxlsxwriter_are_read, scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
