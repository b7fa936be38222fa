#include "verdict/verdict.h"

#include "base/lang.h"
#include "base/mem.h"
#include "id/hide.h"
#include "value/value.h"
#include "xlsx/xlsx.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum field { ID, MARK, RESULT, REASON, CHECKED_BY, CHECKED_ON, REVIEWED_BY, REVIEW, FIELDS };
static const char *const headings[FIELDS] = { "线索编号", "证据指纹", "核查结果", "核查说明", "核查人", "核查日期", "审核人", "审核意见" };
#define HEADER_WITHIN 10 /* rows: the header is one of the first */

/* A filled row; texts are trimmed and live until the next row. */
struct filled {
	struct str field[FIELDS];
	bool confirmed;
	char checked_on[16];
};

struct importer {
	struct ledger *ledger;
	const struct verdict_import *job;
	struct verdict_imported *count;
	sqlite3_stmt *lead, *known, *put, *seen;
	const char *file;         /* of the sheet at hand, without folders */
	struct str sheet;
	uint64_t row;
	int place[FIELDS];        /* of each column; -1 before the header */
};

static void tell(struct importer *im, struct str id, const char *what)
{
	char place[512], text[1024];
	snprintf(place, sizeof place, "%s:%.*s", im->file, STR_ARG(im->sheet));
	id_hide(place); /* somebody may have named a file or a sheet so */
	snprintf(text, sizeof text, "%s:%llu: %.*s%s%s", place, (unsigned long long)im->row, (int)(id.n < 40 ? id.n : 40), id.p, id.n ? ": " : "", what);
	im->count->problems++;
	im->job->problem(im->job->arg, text);
}

/* ---- one row --------------------------------------------------------------------------------------------------------------------------- */

static struct str trim(struct str s)
{
	while (s.n && strchr(" \t\r\n", s.p[0]))
		s = (struct str){ s.p + 1, s.n - 1 };
	while (s.n && strchr(" \t\r\n", s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool is_hash(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789abcdef", s.p[i]))
			return false;
	return s.n == 16;
}

static bool read_day(const struct importer *im, struct filled *f)
{
	int64_t day;
	struct buf b = { 0 };
	if (date_parse(f->field[CHECKED_ON], &day) != 0)
		return false;
	value_print(TYPE_DATE, day, &b);
	snprintf(f->checked_on, sizeof f->checked_on, "%.*s", (int)b.n, b.p);
	buf_release(&b);
	return strcmp(f->checked_on, im->job->today) <= 0;
}

/* Why a row cannot be taken, or NULL. */
static const char *wrong_with(const struct importer *im, struct filled *f)
{
	const struct str *x = f->field;
	if (!is_hash(x[ID]) || (x[MARK].n && !is_hash(x[MARK])))
		return say("线索编号 or 证据指纹 is not what the workbook had; copy them from it again");
	if (!x[RESULT].n)
		return say("is filled in but for 核查结果; choose one, or clear the row");
	f->confirmed = str_eq(x[RESULT], STR("属实"));
	if (!f->confirmed && !str_eq(x[RESULT], STR("不属实")) && !str_eq(x[RESULT], STR("待核实")))
		return say("核查结果 is none of 属实, 不属实, 待核实; choose one");
	if (x[REVIEW].n && !x[REVIEWED_BY].n)
		return say("has 审核意见 but no 审核人; fill it in");
	if (str_eq(x[RESULT], STR("待核实")))
		return NULL;
	if (!x[CHECKED_BY].n || !x[CHECKED_ON].n)
		return say("lacks 核查人 or 核查日期; fill them in");
	if (!f->confirmed && !x[REASON].n)
		return say("is 不属实 without 核查说明; say why");
	return read_day(im, f) ? NULL : say("核查日期 is no day up to today; write it as 2017-12-01");
}

/* ---- into the ledger ------------------------------------------------------------------------------------------------------------------- */

enum known { KNOWN_NOT, KNOWN_SAME, KNOWN_OTHER, KNOWN_OTHER_HERE, KNOWN_FAILED };

/* What is known of the same lead and evidence: from before, or (OTHER_HERE) from these very workbooks, which must agree whatever the days
 * and the order. An exemption of before that had ended before the new check says nothing. */
static enum known look_up(struct importer *im, const struct filled *f, struct err *err)
{
	sqlite3_stmt *s = im->known;
	enum known known = KNOWN_NOT;
	ledger_bind(s, 1, f->field[ID]);
	ledger_bind(s, 2, f->field[MARK]);
	enum iter got = ledger_step(im->ledger, s, err);
	if (got == ITER_ROW) {
		struct str until = ledger_text(s, 1);
		bool same = str_eq(ledger_text(s, 0), f->confirmed ? STR("confirmed") : STR("refuted"));
		bool here = sqlite3_column_int(s, 2);
		bool over = !here && until.n && str_cmp(str_of(f->checked_on), until) > 0;
		known = over ? KNOWN_NOT : same ? KNOWN_SAME : here ? KNOWN_OTHER_HERE : KNOWN_OTHER;
	}
	sqlite3_reset(s);
	return got == ITER_ERROR ? KNOWN_FAILED : known;
}

static int note_seen(struct importer *im, const struct filled *f, struct err *err)
{
	ledger_bind(im->seen, 1, f->field[ID]);
	ledger_bind(im->seen, 2, f->field[MARK]);
	return ledger_run(im->ledger, im->seen, err);
}

static int put_verdict(struct importer *im, const struct filled *f, struct err *err)
{
	char days[32];
	snprintf(days, sizeof days, "+%u days", im->job->exempt_days);
	for (int i = 0; i < FIELDS; i++)
		ledger_bind(im->put, i + 1, i == RESULT ? f->confirmed ? STR("confirmed") : STR("refuted") : i == CHECKED_ON ? str_of(f->checked_on) : f->field[i]);
	ledger_bind(im->put, FIELDS + 1, str_of(days));
	if (ledger_run(im->ledger, im->put, err) < 0)
		return -1;
	*(f->confirmed ? &im->count->confirmed : &im->count->refuted) += 1;
	return note_seen(im, f, err);
}

/* 1 when the lead is known, and *ret_stale whether it has other evidence by now; 0 when it is not. */
static int find_lead(struct importer *im, const struct filled *f, bool *ret_stale, struct err *err)
{
	ledger_bind(im->lead, 1, f->field[ID]);
	enum iter got = ledger_step(im->ledger, im->lead, err);
	if (got == ITER_ROW)
		*ret_stale = !str_eq(ledger_text(im->lead, 0), f->field[MARK]);
	sqlite3_reset(im->lead);
	return got == ITER_ERROR ? -1 : got == ITER_ROW;
}

static int take_verdict(struct importer *im, const struct filled *f, struct err *err)
{
	bool stale = false;
	int there = find_lead(im, f, &stale, err);
	if (there < 0)
		return -1;
	if (!there) {
		tell(im, f->field[ID], say("is no lead of this ledger; import it where its run was tracked"));
		return 0;
	}
	switch (look_up(im, f, err)) {
	case KNOWN_FAILED: return -1;
	case KNOWN_SAME:
		im->count->again++;
		return note_seen(im, f, err);
	case KNOWN_OTHER_HERE:
		tell(im, f->field[ID], say("has another result elsewhere in these workbooks; agree on one"));
		return 0;
	case KNOWN_OTHER:
		if (!im->job->replace) {
			tell(im, f->field[ID], say("has another result in the ledger; agree on one, and use --replace for the new one"));
			return 0;
		}
		break;
	case KNOWN_NOT: break;
	}
	im->count->stale += stale;
	return put_verdict(im, f, err);
}

static int take_row(struct importer *im, const struct xlsx_row *row, struct err *err)
{
	struct filled f = { 0 };
	bool any = false;
	im->row = row->number;
	for (int i = 0; i < FIELDS; i++) {
		size_t at = (size_t)im->place[i];
		f.field[i] = at < row->count ? trim(row->cells[at]) : STR("");
		any |= i > MARK && f.field[i].n;
	}
	if (!any)
		return 0;
	const char *wrong = wrong_with(im, &f);
	if (wrong) {
		tell(im, is_hash(f.field[ID]) ? f.field[ID] : STR(""), wrong);
		return 0;
	}
	if (str_eq(f.field[RESULT], STR("待核实"))) {
		im->count->pending++;
		return 0;
	}
	return take_verdict(im, &f, err);
}

/* ---- sheets and files ------------------------------------------------------------------------------------------------------------------ */

/* Whether the row is the header: it has all the columns, in any order. */
static bool is_header(struct importer *im, const struct xlsx_row *row)
{
	for (int i = 0; i < FIELDS; i++) {
		im->place[i] = -1;
		for (size_t c = 0; c < row->count && im->place[i] < 0; c++)
			if (str_eq(trim(row->cells[c]), str_of(headings[i])))
				im->place[i] = (int)c;
		if (im->place[i] < 0)
			return false;
	}
	return true;
}

/* 1 when the sheet had the columns of verdicts. */
static int take_sheet(struct importer *im, struct xlsx *x, struct err *err)
{
	struct xlsx_row row;
	enum xlsx_got got;
	bool header = false;
	while ((got = xlsx_next(x, &row, err)) == XLSX_ROW) {
		if (header && take_row(im, &row, err) < 0)
			return -1;
		if (!header && row.number > HEADER_WITHIN)
			return 0;
		header = header || is_header(im, &row);
	}
	return got == XLSX_ERROR ? -1 : header;
}

static int take_sheets(struct importer *im, int fd, struct err *err)
{
	bool any = false;
	for (unsigned place = 0;; place++) {
		struct xlsx *x;
		if (xlsx_open_sheet(&x, fd, im->file, im->ledger->path, place, err) < 0)
			return -1;
		if (!x)
			break;
		im->sheet = xlsx_title(x);
		int got = take_sheet(im, x, err);
		xlsx_close(x);
		if (got < 0)
			return -1;
		any |= got > 0;
	}
	return any ? 0 : err_set(err, STATUS_DATA, say("%s: no sheet has the columns of verdicts; name a workbook that a run has made"), im->file);
}

static int take_file(struct importer *im, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char begin[8] = "";
	im->file = slash ? slash + 1 : path;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno == ENOENT ? STATUS_NOINPUT : STATUS_IOERR, say("%s: cannot be read"), path);
	ssize_t n = pread(fd, begin, sizeof begin, 0);
	struct str first = { begin, n > 0 ? (size_t)n : 0 };
	int got;
	if (xlsx_is_zip(first))
		got = take_sheets(im, fd, err);
	else if (xlsx_is_ole(first))
		got = xlsx_refuse_ole(fd, im->file, err);
	else
		got = err_set(err, STATUS_DATA, say("%s: is no workbook; save it as .xlsx"), im->file);
	close(fd);
	return got;
}

static int prepare(struct importer *im, struct err *err)
{
	struct ledger *l = im->ledger;
	if (ledger_exec(l, "CREATE TEMP TABLE imported (finding_id TEXT, evidence_hash TEXT, PRIMARY KEY (finding_id, evidence_hash))", err) < 0 ||
	    ledger_prepare(l, &im->lead, "SELECT evidence_hash FROM lead WHERE finding_id = ?1", err) < 0 ||
	    ledger_prepare(l, &im->known, "SELECT result, exempt_until, EXISTS (SELECT 1 FROM temp.imported i WHERE i.finding_id = ?1 AND"
	                   " i.evidence_hash = ?2) FROM verdict WHERE finding_id = ?1 AND evidence_hash = ?2", err) < 0 ||
	    ledger_prepare(l, &im->seen, "INSERT OR IGNORE INTO temp.imported VALUES (?1, ?2)", err) < 0)
		return -1;
	return ledger_prepare(l, &im->put,
		"INSERT OR REPLACE INTO verdict (finding_id, evidence_hash, result, reason, checked_by, checked_on, reviewed_by, review, exempt_until,"
		" rule, confidence, nature, severity, township)"
		" SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, CASE WHEN ?3 = 'refuted' THEN date(?6, ?9) END, rule, confidence, nature, severity,"
		" substr(region, 1, 9) FROM lead WHERE finding_id = ?1", err);
}

static int import_all(struct importer *im, struct err *err)
{
	int got = prepare(im, err);
	for (unsigned i = 0; got == 0 && i < im->job->file_count; i++)
		got = take_file(im, im->job->files[i], err);
	sqlite3_finalize(im->lead);
	sqlite3_finalize(im->known);
	sqlite3_finalize(im->seen);
	sqlite3_finalize(im->put);
	if (got == 0 && im->count->problems)
		got = err_set(err, STATUS_DATA, say("%llu rows cannot be taken; nothing was imported"), (unsigned long long)im->count->problems);
	return got == 0 ? ledger_exec(im->ledger, "DROP TABLE temp.imported", err) : -1;
}

int verdict_import(struct ledger *l, const struct verdict_import *job, struct verdict_imported *ret, struct err *err)
{
	struct importer im = { .ledger = l, .job = job, .count = ret };
	*ret = (struct verdict_imported){ 0 };
	if (ledger_begin(l, err) < 0)
		return -1;
	return import_all(&im, err) < 0 ? -1 : ledger_commit(l, err);
}
