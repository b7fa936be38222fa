/* A workbook holds what the lists of a run hold, whatever stands in them. */
#include "scratch.h"

#include "workbook/workbook.h"
#include "xlsx/xlsx.h"

#include <fcntl.h>

static const char header[] = "finding_id,rule,core,severity,confidence,nature,unit,unit_no,region,county,township,village,head_name,head_id,"
	"persons,status,evidence_ids,evidence_rows,evidence_hash,evidence,title,check,department,days\n";
static const char *const lists[] = { "missed", "wrongly_exited", "non_eligible", "vetoed", "ledger", "villages", "quality" };

static void put_text(const char *dir, const char *name, const char *a, const char *b)
{
	struct buf t = { 0 };
	buf_puts(&t, str_of(a));
	buf_puts(&t, str_of(b));
	scratch_put(scratch_path(dir, name), t.p, t.n);
	buf_release(&t);
}

/* A run in which only `missed` has leads. */
static void make_run(const char *dir, const char *missed)
{
	static const char *const folders[] = { "lists", "rejects", "invalid", "out" };
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		assert_int_equal(mkdir(scratch_path(dir, folders[i]), 0700), 0);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		char name[64];
		snprintf(name, sizeof name, "lists/%s.csv", lists[i]);
		put_text(dir, name, header, i ? "" : missed);
	}
	put_text(dir, "rates.csv", "level,region,figure,numerator,denominator,value\nall,,lead_missed_rate,8,968,0.008264\n", "");
}

/* The names made, NULL-terminated, in `out`. */
static char **make_limited(const char *dir, enum workbook_split split, uint32_t sheet_rows, uint32_t book_leads)
{
	struct schema *schema;
	struct err err = { 0 };
	char **names;
	json_t *manifest = json_pack("{s:s, s:{s:s, s:s}, s:[]}", "as_of", "2017-11-26", "pack", "name", "p", "xxh3_128", "0", "inputs");
	json_t *summary = json_pack("{s:[]}", "not_evaluated");
	assert_int_equal(schema_load(&schema, SCHEMAS, NULL, &err), 0);
	struct workbook_job job = { dir, scratch_path(dir, "out"), split, schema, manifest, summary, sheet_rows, book_leads };
	if (workbook_make(&job, &names, &err) < 0)
		fail_msg("%s", err.text);
	json_decref(manifest);
	json_decref(summary);
	schema_free(schema);
	return names;
}

static char **make(const char *dir, enum workbook_split split, uint32_t sheet_rows)
{
	return make_limited(dir, split, sheet_rows, 0);
}

static unsigned count(char **names)
{
	unsigned n = 0;
	while (names[n])
		n++;
	return n;
}

struct sheet {
	char title[64];
	unsigned rows;
	char cells[8][32][64]; /* of the first rows */
};

/* The sheet at a place of a workbook; false when there is none. */
static bool read_sheet(const char *dir, const char *name, unsigned place, struct sheet *ret)
{
	char path[512];
	struct xlsx *x;
	struct xlsx_row row;
	struct err err = { 0 };
	snprintf(path, sizeof path, "out/%s", name);
	int fd = open(scratch_path(dir, path), O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(xlsx_open_sheet(&x, fd, name, dir, place, &err), 0);
	memset(ret, 0, sizeof *ret);
	if (!x) {
		close(fd);
		return false;
	}
	snprintf(ret->title, sizeof ret->title, "%.*s", STR_ARG(xlsx_title(x)));
	while (xlsx_next(x, &row, &err) == XLSX_ROW) {
		for (size_t c = 0; ret->rows < 8 && c < row.count && c < 32; c++)
			snprintf(ret->cells[ret->rows][c], 64, "%.*s", STR_ARG(row.cells[c]));
		ret->rows++;
	}
	xlsx_close(x);
	close(fd);
	return true;
}

static const char two_counties[] =
	"aaaaaaaaaaaaaaaa,M1,yes,medium,high,,hukou,500901-1,500901001001,云岭县,龙塘镇,甲村,李一,500901196503062037,3,,,h.csv:1,1111111111111111,证据,题,查,民政,15\n"
	"bbbbbbbbbbbbbbbb,M1,yes,high,low,,hukou,500901-2,500901001002,云岭县,龙塘镇,乙村,李二,500901196503062037,3,,,h.csv:2,2222222222222222,证据,题,查,民政,15\n"
	"cccccccccccccccc,M1,yes,high,high,,hukou,500902-3,500902001001,,,,李三,500901196503062037,3,,,h.csv:3,3333333333333333,证据,题,查,民政,15\n";

static void each_county_has_a_workbook_named_after_it(void **state)
{
	make_run(*state, two_counties);
	char **names = make(*state, WORKBOOK_COUNTY, 0);
	assert_int_equal(count(names), 2);
	assert_string_equal(names[0], "500901 云岭县.xlsx");
	assert_string_equal(names[1], "500902.xlsx");
	workbook_names_free(names);
}

static void what_weighs_more_comes_first_and_ids_are_texts(void **state)
{
	struct sheet s;
	make_run(*state, two_counties);
	char **names = make(*state, WORKBOOK_NONE, 0);
	assert_true(read_sheet(*state, names[0], 1, &s));
	assert_string_equal(s.title, "疑似漏评");
	assert_int_equal(s.rows, 5); /* a banner, the header, three leads */
	assert_string_equal(s.cells[2][6], "李二");
	assert_string_equal(s.cells[2][0], "高");
	assert_string_equal(s.cells[4][6], "李一");
	assert_string_equal(s.cells[4][7], "500901196503062037");
	assert_string_equal(s.cells[4][25], "aaaaaaaaaaaaaaaa");
	assert_string_equal(s.cells[4][26], "1111111111111111");
	workbook_names_free(names);
}

static void a_rule_that_proved_right_comes_before_one_that_did_not(void **state)
{
	struct sheet s;
	make_run(*state, "aaaaaaaaaaaaaaaa,M1,yes,high,high,,hukou,1,500901001001,,,,,,3,,,,1111111111111111,,,,,15\n"
	                 "bbbbbbbbbbbbbbbb,M4,yes,low,high,,hukou,2,500901001001,,,,,,3,,,,1111111111111111,,,,,15\n");
	put_text(*state, "yields.csv", "by,value,confirmed,checked,unchecked,share\nrule,M1,1,10,1,0.1\nrule,M4,9,10,1,0.9\n", "");
	put_text(*state, "checked_rates.csv", "level,region,rate,unit,numerator,denominator,value,checked,unchecked\n", "");
	char **names = make(*state, WORKBOOK_NONE, 0);
	assert_true(read_sheet(*state, names[0], 1, &s));
	assert_string_equal(s.cells[2][1], "M4");
	assert_string_equal(s.cells[3][1], "M1");
	workbook_names_free(names);
}

static void a_list_over_the_limit_goes_on_in_a_further_sheet(void **state)
{
	struct sheet s;
	make_run(*state, two_counties);
	char **names = make(*state, WORKBOOK_NONE, 2);
	assert_true(read_sheet(*state, names[0], 1, &s));
	assert_int_equal(s.rows, 4);
	assert_true(read_sheet(*state, names[0], 2, &s));
	assert_string_equal(s.title, "疑似漏评 (2)");
	assert_int_equal(s.rows, 3);
	assert_true(read_sheet(*state, names[0], 3, &s));
	assert_string_equal(s.title, "疑似错退");
	workbook_names_free(names);
}

static void leads_over_the_limit_go_on_in_a_further_workbook_with_the_same_cover(void **state)
{
	struct sheet s, first, second;
	make_run(*state, two_counties);
	char **names = make_limited(*state, WORKBOOK_NONE, 0, 2);
	assert_int_equal(count(names), 2);
	assert_string_equal(names[0], "全部.xlsx");
	assert_string_equal(names[1], "全部 (2).xlsx");
	assert_true(read_sheet(*state, names[0], 1, &s));
	assert_int_equal(s.rows, 4); /* two lines stand above the leads */
	assert_true(read_sheet(*state, names[1], 1, &s));
	assert_int_equal(s.rows, 3);
	assert_true(read_sheet(*state, names[0], 0, &first) && read_sheet(*state, names[1], 0, &second));
	assert_string_equal(first.cells[3][0], "共 2 册，本册为第 1 册；本页数字是各册合计。");
	assert_string_equal(second.cells[3][0], "共 2 册，本册为第 2 册；本页数字是各册合计。");
	workbook_names_free(names);
}

static void a_cell_is_shown_as_it_is_without_the_guard_of_lists(void **state)
{
	struct sheet s;
	make_run(*state, "aaaaaaaaaaaaaaaa,M1,yes,high,high,,hukou,'=1+1,500901001001,,,,'@SUM(A1),,3,,,,1111111111111111,_x0041_\x01,,,,15\n");
	char **names = make(*state, WORKBOOK_NONE, 0);
	assert_true(read_sheet(*state, names[0], 1, &s));
	assert_string_equal(s.cells[2][9], "=1+1");
	assert_string_equal(s.cells[2][6], "@SUM(A1)");
	assert_string_equal(s.cells[2][15], "_x0041_\x01");
	workbook_names_free(names);
}

static void a_place_cannot_lead_a_file_elsewhere(void **state)
{
	make_run(*state, "aaaaaaaaaaaaaaaa,M1,yes,high,high,,hukou,1,500901001001,../../x,,,,,3,,,,1111111111111111,,,,,15\n");
	char **names = make(*state, WORKBOOK_COUNTY, 0);
	assert_string_equal(names[0], "500901 ______x.xlsx");
	workbook_names_free(names);
}

static void a_run_without_leads_has_a_workbook_that_says_so(void **state)
{
	struct sheet s;
	make_run(*state, "");
	char **names = make(*state, WORKBOOK_COUNTY, 0);
	assert_int_equal(count(names), 1);
	assert_true(read_sheet(*state, names[0], 1, &s));
	assert_string_equal(s.cells[2][0], "无");
	workbook_names_free(names);
}

static void a_department_gets_all_its_refused_rows_in_one_workbook(void **state)
{
	struct sheet s;
	make_run(*state, "");
	put_text(*state, "rejects/civil.csv", "file,line,column,reason,row\n低保.csv,7,id,ID_CHECKSUM,\"张三,1\"\n", "");
	put_text(*state, "invalid/death.csv", "file,line,column,reason,value\n死亡.csv,9,died_on,DATE,昨天\n", "");
	char **names = make(*state, WORKBOOK_NONE, 0);
	assert_int_equal(count(names), 2);
	assert_string_equal(names[1], "退回更正 民政.xlsx");
	assert_true(read_sheet(*state, names[1], 0, &s));
	assert_string_equal(s.cells[2][3], "号码校验位不对");
	assert_string_equal(s.cells[2][4], "张三,1");
	assert_true(read_sheet(*state, names[1], 1, &s));
	assert_string_equal(s.cells[2][2], "死亡日期");
	assert_false(read_sheet(*state, names[1], 2, &s));
	workbook_names_free(names);
}

static void the_same_run_gives_the_same_bytes(void **state)
{
	make_run(*state, two_counties);
	workbook_names_free(make(*state, WORKBOOK_NONE, 0));
	struct buf first = scratch_get(scratch_path(*state, "out/全部.xlsx"));
	sleep(1);
	workbook_names_free(make(*state, WORKBOOK_NONE, 0));
	struct buf second = scratch_get(scratch_path(*state, "out/全部.xlsx"));
	assert_int_equal(first.n, second.n);
	assert_memory_equal(first.p, second.p, first.n);
	buf_release(&first);
	buf_release(&second);
}

#define A(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		A(each_county_has_a_workbook_named_after_it), A(what_weighs_more_comes_first_and_ids_are_texts),
		A(a_rule_that_proved_right_comes_before_one_that_did_not), A(a_list_over_the_limit_goes_on_in_a_further_sheet),
		A(leads_over_the_limit_go_on_in_a_further_workbook_with_the_same_cover),
		A(a_cell_is_shown_as_it_is_without_the_guard_of_lists), A(a_place_cannot_lead_a_file_elsewhere),
		A(a_run_without_leads_has_a_workbook_that_says_so), A(a_department_gets_all_its_refused_rows_in_one_workbook),
		A(the_same_run_gives_the_same_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
