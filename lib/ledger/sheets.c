#include "ledger/sheets.h"

#include "base/mem.h"
#include "csv/write.h"
#include "internal.h"
#include "io/output.h"
#include "rule/pack.h"

#include <stdio.h>
#include <stdlib.h>

/* Leads that somebody has to see to: not gone, and not exempted by a verdict. `lead l`, `line n` and `rank k` are there. */
#define FROM_LEADS " FROM lead l JOIN line n USING (finding_id) JOIN temp.rank k ON k.list = l.list"
#define FROM_DUTIES FROM_LEADS " LEFT JOIN temp.duty d ON d.department = l.department AND d.region = l.region"
#define STANDING " WHERE l.state <> 'gone' AND l.list <> 'exempted'"
#define LAST_RUN "(SELECT max(number) FROM run)"
#define OVERDUE "l.due < (SELECT as_of FROM run WHERE number = " LAST_RUN ")"
#define YES_NO(condition) "CASE WHEN " condition " THEN 'yes' ELSE 'no' END"

static const struct sheet {
	const char *file, *sql;
} sheets[] = {
	{ "problems.csv",
	  "SELECT finding_id, l.state, l.list, l.rule, n.title, l.core, l.severity, l.confidence, l.nature, l.unit, l.unit_no, l.region, n.county,"
	  " n.township, n.village, n.head_name, n.head_id, l.persons, l.status, n.evidence_ids, n.evidence_rows, n.evidence, n.\"check\","
	  " l.department, coalesce(d.person, '') AS person, coalesce(d.phone, '') AS phone, l.first_seen, l.last_seen, l.changed_on,"
	  " l.reopened_on, l.gone_on, l.due, " YES_NO("l.state <> 'gone' AND " OVERDUE) " AS overdue"
	  FROM_DUTIES " WHERE (l.state <> 'gone' OR l.run = " LAST_RUN ") AND l.list <> 'exempted'"
	  " ORDER BY k.rank, l.region, l.rule, l.unit_no, finding_id" },
	{ "tasks.csv",
	  "SELECT l.department, substr(l.region, 1, 9) AS region, max(n.county) AS county, max(n.township) AS township, l.list, l.due,"
	  " " YES_NO(OVERDUE) " AS overdue, count(*) AS leads, sum(l.severity = 'high') AS high, sum(l.state = 'new') AS new,"
	  " sum(l.state = 'changed') AS changed, sum(l.state = 'reopened') AS reopened"
	  FROM_LEADS STANDING " GROUP BY 1, 2, k.rank, l.list, l.due ORDER BY 1, 2, k.rank, l.due" },
	{ "duties.csv",
	  "SELECT coalesce(d.person, '') AS person, coalesce(d.phone, '') AS phone, l.department, substr(l.region, 1, 9) AS region,"
	  " max(n.county) AS county, max(n.township) AS township, count(*) AS leads, sum(l.severity = 'high') AS high,"
	  " sum(" OVERDUE ") AS overdue, min(l.due) AS next_due"
	  FROM_DUTIES STANDING " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4" },
	{ "movement.csv",
	  "SELECT level, region, figure, value FROM movement WHERE run = " LAST_RUN
	  " ORDER BY CASE level WHEN 'all' THEN 0 WHEN 'county' THEN 1 WHEN 'township' THEN 2 ELSE 3 END, region, figure" },
};

/* ---- what the questions need beside the ledger ------------------------------------------------------------------------------------------ */

/* The order of lists, missed first; one that this program does not know comes last. */
static int rank_lists(struct ledger *l, struct err *err)
{
	sqlite3_stmt *s = NULL;
	if (ledger_exec(l, "CREATE TEMP TABLE rank (list TEXT PRIMARY KEY, rank INTEGER)", err) < 0 ||
	    ledger_prepare(l, &s, "INSERT INTO temp.rank VALUES (?1, ?2)", err) < 0)
		return -1;
	int r = 0;
	for (int i = 0; r == 0 && i < LIST_COUNT; i++) {
		ledger_bind(s, 1, str_of(list_name((enum list)i)));
		sqlite3_bind_int(s, 2, i);
		r = ledger_run(l, s, err);
	}
	sqlite3_finalize(s);
	return r < 0 ? -1 : ledger_exec(l, "INSERT OR IGNORE INTO temp.rank SELECT DISTINCT list, 1000 FROM lead", err);
}

/* Who answers where: the longest region that is named for a place, and of two with the same the one that names the department. */
static int give_out(struct ledger *l, const char *owners, struct err *err)
{
	if (ledger_owners(l, owners, err) < 0)
		return -1;
	return ledger_exec(l,
		"CREATE TEMP TABLE duty (department TEXT, region TEXT, person TEXT, phone TEXT, PRIMARY KEY (department, region)) WITHOUT ROWID;"
		"WITH place AS (SELECT DISTINCT department, region FROM lead)"
		" INSERT INTO temp.duty SELECT p.department, p.region, o.person, o.phone FROM place p JOIN temp.owner o ON (o.region, o.department) ="
		" (SELECT b.region, b.department FROM temp.owner b WHERE b.department IN ('', p.department) AND b.region IN ('', substr(p.region, 1, 2),"
		" substr(p.region, 1, 4), substr(p.region, 1, 6), substr(p.region, 1, 9), p.region)"
		" ORDER BY length(b.region) DESC, b.department <> '' DESC LIMIT 1)", err);
}

/* ---- CSV ------------------------------------------------------------------------------------------------------------------------------- */

static void put_header(sqlite3_stmt *s, struct buf *b)
{
	for (int c = 0; c < sqlite3_column_count(s); c++) {
		if (c)
			buf_putc(b, ',');
		csv_put(b, str_of(sqlite3_column_name(s, c)));
	}
	buf_putc(b, '\n');
}

static void put_row(sqlite3_stmt *s, struct buf *b)
{
	for (int c = 0; c < sqlite3_column_count(s); c++) {
		if (c)
			buf_putc(b, ',');
		csv_put_guarded(b, ledger_text(s, c));
	}
	buf_putc(b, '\n');
}

static int put_rows(struct ledger *l, sqlite3_stmt *s, struct output *o, struct err *err)
{
	struct buf b = { 0 };
	enum iter got = ITER_ROW;
	int r = 0;
	put_header(s, &b);
	while (r == 0 && got == ITER_ROW) {
		r = output_write(o, b.p, b.n, err);
		b.n = 0;
		if (r == 0 && (got = ledger_step(l, s, err)) == ITER_ROW)
			put_row(s, &b);
	}
	buf_release(&b);
	return r < 0 || got == ITER_ERROR ? -1 : 0;
}

static int put_sheet(struct ledger *l, const struct sheet *sheet, const char *folder, struct err *err)
{
	char path[4096];
	struct output *o = NULL;
	sqlite3_stmt *s = NULL;
	snprintf(path, sizeof path, "%s/%s", folder, sheet->file);
	if (output_create(&o, path, err) < 0)
		return -1;
	output_unhashed(o);
	int r = ledger_prepare(l, &s, sheet->sql, err);
	if (r == 0)
		r = put_rows(l, s, o, err);
	sqlite3_finalize(s);
	if (r == 0)
		return output_commit(o, err);
	output_abort(o);
	return -1;
}

static int put_sheets(struct ledger *l, const char *folder, struct err *err)
{
	for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
		if (put_sheet(l, &sheets[i], folder, err) < 0)
			return -1;
	return 0;
}

/* The transaction lets all sheets say the same; what it makes are temporary tables, in memory. */
int ledger_sheets(struct ledger *l, const char *owners, const char *out, sheets_fn *more, void *arg, struct err *err)
{
	struct output_folder folder = { 0 };
	if (ledger_begin(l, err) < 0)
		return -1;
	int r = rank_lists(l, err);
	if (r == 0)
		r = give_out(l, owners, err);
	if (r == 0)
		r = output_folder_create(&folder, out, err);
	if (r == 0)
		r = put_sheets(l, folder.path, err);
	sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	if (r == 0 && more)
		r = more(arg, folder.path, err);
	if (r == 0)
		r = output_folder_publish(&folder, out, NULL, err);
	output_folder_remove(&folder);
	return r;
}
