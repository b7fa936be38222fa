/* Verdicts: what a filled workbook brings into the ledger, and what the ledger brings into the next run. */
#include "test_xlsx_make.h"
#include "verdict/verdict.h"

#define LEAD "0000000000000001"
#define OTHER "0000000000000002"
#define MARK "00000000000000aa"
#define MARK_NOW "00000000000000bb"
#define TEXT(column, row, text) "<c r=\"" column #row "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define ROW(n, id, mark, result, reason, by, on) "<row r=\"" #n "\">" TEXT("A", n, id) TEXT("B", n, mark) TEXT("C", n, result) TEXT("D", n, reason) \
	TEXT("E", n, by) TEXT("F", n, on) TEXT("G", n, "") TEXT("H", n, "") "</row>"
#define HEADER "<row r=\"1\">" TEXT("A", 1, "线索编号") TEXT("B", 1, "证据指纹") TEXT("C", 1, "核查结果") TEXT("D", 1, "核查说明") \
	TEXT("E", 1, "核查人") TEXT("F", 1, "核查日期") TEXT("G", 1, "审核人") TEXT("H", 1, "审核意见") "</row>"
#define CONFIRMED(n, id, on) ROW(n, id, MARK, "属实", "", "王五", on)
#define REFUTED(n, id, on) ROW(n, id, MARK, "不属实", "已改造", "王五", on)

static struct ledger *opened(const char *folder)
{
	struct ledger *l = NULL;
	struct err err = { 0 };
	if (ledger_open(&l, folder, &err) < 0)
		fail_msg("%s", err.text);
	return l;
}

static void add_lead(struct ledger *l, const char *id, const char *mark)
{
	struct buf sql = { 0 };
	struct err err = { 0 };
	buf_printf(&sql, "INSERT INTO lead VALUES ('%s', 'open', 1, '2017-11-26', '2017-11-26', '2017-12-11', NULL, NULL, NULL, 'missed', 'M1', 'yes',"
	           " 'high', 'high', '', 'hukou', '500901-%s', '500901001201', 3, '', '%s', '', 15, 0);"
	           "INSERT INTO line VALUES ('%s', '', '', '', '', '', '', '', '', '', '')", id, id, mark, id);
	buf_putc(&sql, 0);
	assert_int_equal(ledger_exec(l, sql.p, &err), 0);
	buf_release(&sql);
}

/* A ledger with two leads whose evidence is MARK. */
static struct ledger *two_leads(const char *folder)
{
	struct ledger *l = opened(folder);
	struct err err = { 0 };
	assert_int_equal(ledger_begin(l, &err), 0);
	add_lead(l, LEAD, MARK);
	add_lead(l, OTHER, MARK);
	assert_int_equal(ledger_commit(l, &err), 0);
	return l;
}

static void keep(void *arg, const char *text)
{
	buf_printf(arg, "%s\n", text);
}

/* The status of an import of one workbook of that name; what it told goes to ret_told (NULL: nothing may be told), what it counted to ret. */
static int imports_named(struct ledger *l, const char *folder, const char *name, const char *rows, bool replace, struct verdict_imported *ret,
                         struct buf *ret_told)
{
	const char *path = scratch_path(folder, name);
	char *files[] = { (char *)path };
	struct buf sheet = { 0 }, told = { 0 };
	struct err err = { 0 };
	buf_printf(&sheet, "%s%s", HEADER, rows);
	buf_putc(&sheet, 0);
	made_write(path, &(struct made){ .sheet = sheet.p });
	struct verdict_import job = { files, 1, 365, replace, "2018-06-01", keep, ret_told ? ret_told : &told };
	int got = verdict_import(l, &job, ret, &err);
	assert_int_equal(told.n, 0);
	buf_release(&sheet);
	buf_release(&told);
	if (got < 0) { /* as the program does: what was not committed is undone */
		struct err ignored = { 0 };
		assert_int_equal(ledger_exec(l, "ROLLBACK", &ignored), 0);
	}
	return got < 0 ? (int)err.status : 0;
}

static int imports(struct ledger *l, const char *folder, const char *rows, bool replace, struct verdict_imported *ret, struct buf *ret_told)
{
	return imports_named(l, folder, "b.xlsx", rows, replace, ret, ret_told);
}

static char *ask(struct ledger *l, const char *sql)
{
	static char text[256];
	sqlite3_stmt *s = NULL;
	struct err err = { 0 };
	assert_int_equal(ledger_prepare(l, &s, sql, &err), 0);
	bool row = ledger_step(l, s, &err) == ITER_ROW;
	snprintf(text, sizeof text, "%.*s", STR_ARG(row ? ledger_text(s, 0) : STR("none")));
	sqlite3_finalize(s);
	return text;
}

#define VERDICT_OF(id) "SELECT result || ' ' || checked_on || ' ' || ifnull(exempt_until, '-') FROM verdict WHERE finding_id = '" id "'"

static void a_refuted_lead_is_exempted_for_as_many_days_from_its_check_and_a_confirmed_one_is_not(void **state)
{
	struct ledger *l = two_leads(*state);
	struct verdict_imported n;
	assert_int_equal(imports(l, *state, CONFIRMED(2, LEAD, "2017-12-05") REFUTED(3, OTHER, "2017年12月5日"), false, &n, NULL), 0);
	assert_int_equal(n.confirmed, 1);
	assert_int_equal(n.refuted, 1);
	assert_string_equal(ask(l, VERDICT_OF(LEAD)), "confirmed 2017-12-05 -");
	assert_string_equal(ask(l, VERDICT_OF(OTHER)), "refuted 2017-12-05 2018-12-05");
	ledger_close(l);
}

/* Each row beside a good one: neither is imported. */
static void a_row_that_is_half_filled_in_is_told_and_nothing_is_imported(void **state)
{
	static const char *const wrong[] = {
		ROW(3, OTHER, MARK, "不属实", "", "王五", "2017-12-05"),        /* why not */
		ROW(3, OTHER, MARK, "属实", "", "", "2017-12-05"),              /* who says so */
		ROW(3, OTHER, MARK, "属实", "", "王五", ""),                    /* when */
		ROW(3, OTHER, MARK, "属实", "", "王五", "2018-06-02"),          /* after today */
		ROW(3, OTHER, MARK, "属实", "", "王五", "十二月"),
		ROW(3, OTHER, MARK, "", "看过", "", ""),                        /* no result */
		ROW(3, OTHER, MARK, "是", "", "王五", "2017-12-05"),
		ROW(3, "1", MARK, "属实", "", "王五", "2017-12-05"),            /* a spreadsheet took it for a number */
		ROW(3, "00000000000000ff", MARK, "属实", "", "王五", "2017-12-05"), /* no lead of this ledger */
	};
	struct ledger *l = two_leads(*state);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct buf rows = { 0 }, told = { 0 };
		struct verdict_imported n;
		buf_printf(&rows, "%s%s", CONFIRMED(2, LEAD, "2017-12-05"), wrong[i]);
		buf_putc(&rows, 0);
		assert_int_equal(imports(l, *state, rows.p, false, &n, &told), STATUS_DATA);
		assert_int_equal(n.problems, 1);
		buf_putc(&told, 0);
		assert_ptr_equal(strstr(told.p, "b.xlsx:a:3: "), told.p);
		assert_null(strstr(told.p, "王五"));
		assert_string_equal(ask(l, "SELECT count(*) FROM verdict"), "0");
		buf_release(&rows);
		buf_release(&told);
	}
	ledger_close(l);
}

static void a_number_in_the_name_of_a_workbook_is_not_told_and_a_line_end_makes_no_second_line(void **state)
{
	struct ledger *l = two_leads(*state);
	struct verdict_imported n;
	struct buf told = { 0 };
	assert_int_equal(imports_named(l, *state, "王五\n500901198001011234.xlsx", CONFIRMED(2, LEAD, "后天"), false, &n, &told), STATUS_DATA);
	buf_putc(&told, 0);
	assert_null(strstr(told.p, "19800101"));
	assert_ptr_equal(strchr(told.p, '\n'), told.p + told.n - 2);
	buf_release(&told);
	ledger_close(l);
}

static void a_row_without_a_verdict_is_none(void **state)
{
	struct ledger *l = two_leads(*state);
	struct verdict_imported n;
	assert_int_equal(imports(l, *state, ROW(2, LEAD, MARK, "", "", "", "") ROW(3, OTHER, MARK, "待核实", "门锁着", "", ""), false, &n, NULL), 0);
	assert_int_equal(n.pending, 1);
	assert_string_equal(ask(l, "SELECT count(*) FROM verdict"), "0");
	ledger_close(l);
}

static void the_same_verdict_again_is_counted_and_a_contrary_one_wants_to_be_asked_for(void **state)
{
	struct ledger *l = two_leads(*state);
	struct verdict_imported n;
	struct buf told = { 0 };
	assert_int_equal(imports(l, *state, REFUTED(2, LEAD, "2017-12-05"), false, &n, NULL), 0);
	assert_int_equal(imports(l, *state, REFUTED(2, LEAD, "2017-12-05"), false, &n, NULL), 0);
	assert_int_equal(n.again, 1);
	assert_int_equal(imports(l, *state, CONFIRMED(2, LEAD, "2017-12-06"), false, &n, &told), STATUS_DATA);
	assert_string_equal(ask(l, VERDICT_OF(LEAD)), "refuted 2017-12-05 2018-12-05");
	assert_int_equal(imports(l, *state, CONFIRMED(2, LEAD, "2017-12-06"), true, &n, NULL), 0);
	assert_string_equal(ask(l, VERDICT_OF(LEAD)), "confirmed 2017-12-06 -");
	buf_release(&told);
	ledger_close(l);
}

/* --replace is for what the ledger has, never for two workbooks that were filled in at the same time. */
static void two_results_in_one_import_are_refused_even_where_they_may_replace(void **state)
{
	struct ledger *l = two_leads(*state);
	struct verdict_imported n;
	struct buf told = { 0 };
	assert_int_equal(imports(l, *state, CONFIRMED(2, LEAD, "2017-12-05") REFUTED(3, LEAD, "2017-12-05"), true, &n, &told), STATUS_DATA);
	assert_string_equal(ask(l, "SELECT count(*) FROM verdict"), "0");
	buf_release(&told);
	ledger_close(l);
}

/* Nor does it matter that one of them says what the ledger says, or that one check is older than the other's exemption. */
static void two_results_in_one_import_are_refused_in_any_order_and_of_any_days(void **state)
{
	static const char *const rows[] = {
		REFUTED(2, LEAD, "2017-05-05") CONFIRMED(3, LEAD, "2018-05-06"), CONFIRMED(2, LEAD, "2018-05-06") REFUTED(3, LEAD, "2017-05-05"),
	};
	for (int known = 0; known < 2; known++) {
		struct ledger *l = two_leads(*state);
		struct verdict_imported n;
		struct buf told = { 0 };
		if (known)
			assert_int_equal(imports(l, *state, REFUTED(2, LEAD, "2017-05-05"), false, &n, NULL), 0);
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(imports(l, *state, rows[i], true, &n, &told), STATUS_DATA);
		assert_string_equal(ask(l, "SELECT count(*) FROM verdict WHERE result = 'confirmed'"), "0");
		buf_release(&told);
		ledger_close(l);
		unlink(scratch_path(*state, "ledger.db"));
	}
}

static void after_its_exemption_has_ended_a_lead_may_get_another_verdict(void **state)
{
	struct ledger *l = two_leads(*state);
	struct verdict_imported n;
	assert_int_equal(imports(l, *state, REFUTED(2, LEAD, "2017-05-05"), false, &n, NULL), 0);
	assert_int_equal(imports(l, *state, CONFIRMED(2, LEAD, "2018-05-06"), false, &n, NULL), 0);
	assert_string_equal(ask(l, VERDICT_OF(LEAD)), "confirmed 2018-05-06 -");
	ledger_close(l);
}

static void a_verdict_on_evidence_that_has_changed_since_is_kept_and_counted(void **state)
{
	struct ledger *l = two_leads(*state);
	struct verdict_imported n;
	struct err err = { 0 };
	assert_int_equal(ledger_exec(l, "UPDATE lead SET evidence_hash = '" MARK_NOW "' WHERE finding_id = '" LEAD "'", &err), 0);
	assert_int_equal(imports(l, *state, REFUTED(2, LEAD, "2017-12-05") REFUTED(3, OTHER, "2017-12-05"), false, &n, NULL), 0);
	assert_int_equal(n.refuted, 2);
	assert_int_equal(n.stale, 1);
	ledger_close(l);
}

/* ---- into the next run ------------------------------------------------------------------------------------------------------------------- */

#define LIST_HEADER "finding_id,rule,core,severity,confidence,nature,unit,unit_no,region,persons,status,evidence_ids,evidence_hash\n"
#define LINE(id, mark) id ",M1,yes,high,high,,hukou,500901-" id ",500901001201,3,,,"  mark "\n"

static void put_text(const char *folder, const char *name, const char *text)
{
	scratch_put(scratch_path(folder, name), text, strlen(text));
}

/* The folder of a run that found both leads, the first with the evidence `mark`. */
static void make_run(const char *folder, const char *mark)
{
	static const char *const empty[] = { "wrongly_exited", "non_eligible", "vetoed", "ledger", "villages", "quality" };
	char name[64];
	struct buf b = { 0 };
	mkdir(scratch_path(folder, "lists"), 0700);
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
		snprintf(name, sizeof name, "lists/%s.csv", empty[i]);
		put_text(folder, name, LIST_HEADER);
	}
	buf_printf(&b, LIST_HEADER "%s,M1,yes,high,high,,hukou,500901-" LEAD ",500901001201,3,,,%s\n" LINE(OTHER, MARK), LEAD, mark);
	buf_putc(&b, 0);
	put_text(folder, "lists/missed.csv", b.p);
	put_text(folder, "rates.csv", "level,region,figure,numerator,denominator,value\nall,,lead_missed_rate,2,100,0.020000\n");
	buf_release(&b);
}

static void count(void *arg, struct str list, struct str rule, struct str severity)
{
	assert_true(str_eq(list, STR("missed")) && str_eq(rule, STR("M1")) && str_eq(severity, STR("high")));
	++*(int *)arg;
}

/* How many leads are exempted on that day, and what a file of the run then says. */
static int exempted_on(struct ledger *l, const char *folder, const char *day)
{
	struct err err = { 0 };
	int n = 0;
	if (verdict_apply(l, folder, day, count, &n, &err) < 0)
		fail_msg("%s", err.text);
	return n;
}

static bool says(const char *folder, const char *name, const char *text)
{
	struct buf b = scratch_get(scratch_path(folder, name));
	bool found = memmem(b.p, b.n, text, strlen(text)) != NULL;
	buf_release(&b);
	return found;
}

/* LEAD was refuted on 2017-12-05, OTHER confirmed. */
static struct ledger *two_verdicts(const char *folder)
{
	struct ledger *l = two_leads(folder);
	struct verdict_imported n;
	assert_int_equal(imports(l, folder, REFUTED(2, LEAD, "2017-12-05") CONFIRMED(3, OTHER, "2017-12-05"), false, &n, NULL), 0);
	return l;
}

static void an_exempted_lead_moves_to_its_own_list_with_the_name_of_the_one_it_left(void **state)
{
	struct ledger *l = two_verdicts(*state);
	make_run(*state, MARK);
	assert_int_equal(exempted_on(l, *state, "2017-12-06"), 1);
	assert_true(says(*state, "lists/missed.csv", LIST_HEADER LINE(OTHER, MARK)));
	assert_false(says(*state, "lists/missed.csv", LEAD));
	assert_true(says(*state, "lists/exempted.csv", LEAD ",M1,yes,high,high,,hukou,500901-" LEAD ",500901001201,3,,," MARK ",missed\n"));
	ledger_close(l);
}

static void it_is_exempted_on_the_last_day_and_not_on_the_next(void **state)
{
	struct ledger *l = two_verdicts(*state);
	make_run(*state, MARK);
	assert_int_equal(exempted_on(l, *state, "2018-12-05"), 1);
	make_run(*state, MARK);
	assert_int_equal(exempted_on(l, *state, "2018-12-06"), 0);
	assert_true(says(*state, "lists/missed.csv", LINE(LEAD, MARK)));
	ledger_close(l);
}

static void new_evidence_is_not_exempted(void **state)
{
	struct ledger *l = two_verdicts(*state);
	make_run(*state, MARK_NOW);
	assert_int_equal(exempted_on(l, *state, "2017-12-06"), 0);
	assert_true(says(*state, "lists/missed.csv", LINE(LEAD, MARK_NOW)));
	assert_true(says(*state, "yields.csv", "rule,M1,1,2,1,0.500000\n")); /* the new evidence is unchecked */
	ledger_close(l);
}

/* One of two is confirmed; of 100 households it is one. */
static void yields_and_rates_count_what_was_checked(void **state)
{
	struct ledger *l = two_verdicts(*state);
	make_run(*state, MARK);
	exempted_on(l, *state, "2017-12-06");
	assert_true(says(*state, "yields.csv", "all,,1,2,0,0.500000\n"));
	assert_true(says(*state, "yields.csv", "township,500901001,1,2,0,0.500000\n"));
	assert_true(says(*state, "checked_rates.csv", "all,,missed_rate,households,1,100,0.010000,2,0\n"));
	ledger_close(l);
}

static void where_nothing_was_checked_a_rate_has_no_value(void **state)
{
	struct ledger *l = two_leads(*state);
	make_run(*state, MARK);
	assert_int_equal(exempted_on(l, *state, "2017-12-06"), 0);
	assert_true(says(*state, "checked_rates.csv", "all,,missed_rate,households,0,100,,0,2\n"));
	assert_true(says(*state, "yields.csv", "rule,M1,0,0,2,\n"));
	ledger_close(l);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
	const struct CMUnitTest tests[] = {
		TEST(a_refuted_lead_is_exempted_for_as_many_days_from_its_check_and_a_confirmed_one_is_not),
		TEST(a_row_that_is_half_filled_in_is_told_and_nothing_is_imported),
		TEST(a_number_in_the_name_of_a_workbook_is_not_told_and_a_line_end_makes_no_second_line),
		TEST(a_row_without_a_verdict_is_none),
		TEST(the_same_verdict_again_is_counted_and_a_contrary_one_wants_to_be_asked_for),
		TEST(two_results_in_one_import_are_refused_even_where_they_may_replace),
		TEST(two_results_in_one_import_are_refused_in_any_order_and_of_any_days),
		TEST(after_its_exemption_has_ended_a_lead_may_get_another_verdict),
		TEST(a_verdict_on_evidence_that_has_changed_since_is_kept_and_counted),
		TEST(an_exempted_lead_moves_to_its_own_list_with_the_name_of_the_one_it_left),
		TEST(it_is_exempted_on_the_last_day_and_not_on_the_next),
		TEST(new_evidence_is_not_exempted),
		TEST(yields_and_rates_count_what_was_checked),
		TEST(where_nothing_was_checked_a_rate_has_no_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
