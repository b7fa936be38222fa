#include "ledger/track.h"

#include "base/lang.h"
#include "base/mem.h"
#include "internal.h"
#include "run.h"

#include <stdio.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

const char *const lead_states[LEAD_STATES] = { N_("new"), N_("open"), N_("changed"), N_("gone"), N_("reopened") };

struct tracking {
	struct ledger *ledger;
	struct tracked_run run;
	int64_t number;            /* of the run in the ledger */
	uint64_t rows;
	sqlite3_stmt *lead, *line, *missing;
};

/* ?1 - ?14 columns of a list, ?15 list, ?16 run, ?17 as-of, ?18 hash of the line. A lead of this very run stays as it is, so that a list that names one twice
 * does not pass for two nights: check_rows counts. */
static const char put_lead[] =
	"INSERT INTO lead (finding_id, rule, core, severity, confidence, nature, unit, unit_no, region, persons, status, evidence_hash,"
	" department, days, list, line, run, state, first_seen, last_seen, due)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?18, ?16, 'new', ?17, ?17, date(?17, ?14 || ' days'))"
	" ON CONFLICT (finding_id) DO UPDATE SET"
	" state = CASE WHEN state = 'gone' THEN 'reopened' WHEN evidence_hash <> ?12 THEN 'changed' ELSE 'open' END,"
	" changed_on = CASE WHEN evidence_hash <> ?12 THEN ?17 ELSE changed_on END,"
	" reopened_on = CASE WHEN state = 'gone' THEN ?17 ELSE reopened_on END,"
	" gone_on = NULL, last_seen = ?17, run = ?16, rule = ?2, core = ?3, severity = ?4, confidence = ?5, nature = ?6, unit = ?7,"
	" unit_no = ?8, region = ?9, persons = ?10, status = ?11, evidence_hash = ?12, department = ?13, days = ?14, list = ?15, line = ?18"
	" WHERE run < ?16";

/* ?1 the finding, ?2 - ?11 further columns of its list, ?12 their hash. Where `lead`, which comes after it, knows the hash, nothing of
 * `line` is even read: on a quiet night that is most of the ledger. */
static const char put_line[] =
	"INSERT INTO line (finding_id, county, township, village, head_name, head_id, evidence_ids, evidence_rows, evidence, title, \"check\")"
	" SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 WHERE NOT EXISTS (SELECT 1 FROM lead WHERE finding_id = ?1 AND line = ?12)"
	" ON CONFLICT (finding_id) DO UPDATE SET county = ?2, township = ?3, village = ?4, head_name = ?5, head_id = ?6, evidence_ids = ?7,"
	" evidence_rows = ?8, evidence = ?9, title = ?10, \"check\" = ?11";

/* Whether the rule of a lead lacks a kind in run ?1 that it had in the run that last said something of the lead. */
#define ASKED_WITH_LESS \
	"EXISTS (SELECT 1 FROM missing m WHERE m.run = ?1 AND m.rule = lead.rule AND NOT EXISTS" \
	" (SELECT 1 FROM missing b WHERE b.run = lead.run AND b.rule = m.rule AND b.kind = m.kind))"

static const char close_unasked[] =
	"UPDATE lead SET state = 'open' WHERE run < ?1 AND state IN ('new', 'changed', 'reopened') AND " ASKED_WITH_LESS;
static const char close_gone[] =
	"UPDATE lead SET state = 'gone', gone_on = ?2, run = ?1 WHERE run < ?1 AND state <> 'gone' AND NOT " ASKED_WITH_LESS;

static int64_t hash_line(const struct str *cells)
{
	uint64_t h = 0;
	for (int c = 0; c < LINE_COLUMNS; c++)
		h = XXH3_64bits_withSeed(cells[c].p, cells[c].n, h);
	return (int64_t)h;
}

static int take_lead(void *arg, struct str list, const struct str *cells, struct err *err)
{
	struct tracking *t = arg;
	for (int c = 0; c < LEAD_COLUMNS; c++)
		ledger_bind(t->lead, c + 1, cells[c]);
	ledger_bind(t->lead, 15, list);
	ledger_bind(t->line, 1, cells[0]);
	for (int c = 0; c < LINE_COLUMNS; c++)
		ledger_bind(t->line, c + 2, cells[LEAD_COLUMNS + c]);
	int64_t hash = hash_line(cells + LEAD_COLUMNS);
	sqlite3_bind_int64(t->line, 12, hash);
	sqlite3_bind_int64(t->lead, 18, hash);
	t->rows++;
	return ledger_run(t->ledger, t->line, err) < 0 ? -1 : ledger_run(t->ledger, t->lead, err);
}

static int take_missing(void *arg, struct str rule, struct str kind, struct err *err)
{
	struct tracking *t = arg;
	ledger_bind(t->missing, 2, rule);
	ledger_bind(t->missing, 3, kind);
	return ledger_run(t->ledger, t->missing, err);
}

/* A statement whose ?1 is the run and ?2, where it has one, its as-of date. */
static int run_once(struct tracking *t, const char *sql, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r = ledger_prepare(t->ledger, &s, sql, err);
	if (r == 0) {
		sqlite3_bind_int64(s, 1, t->number);
		if (sqlite3_bind_parameter_count(s) > 1)
			ledger_bind(s, 2, str_of(t->run.as_of));
		r = ledger_run(t->ledger, s, err);
	}
	sqlite3_finalize(s);
	return r;
}

/* ---- runs ---------------------------------------------------------------------------------------------------------------------------- */

/* 1: this run is the last one; its number is set. */
static int compare_with_last(struct tracking *t, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r = ledger_prepare(t->ledger, &s, "SELECT number, as_of, lists FROM run ORDER BY number DESC LIMIT 1", err);
	enum iter got = r < 0 ? ITER_ERROR : ledger_step(t->ledger, s, err);
	if (got == ITER_ROW) {
		struct str as_of = ledger_text(s, 1);
		t->number = sqlite3_column_int64(s, 0);
		if (str_cmp(str_of(t->run.as_of), as_of) < 0)
			r = err_set(err, STATUS_DATA, say("%s: is of %s, but the ledger stands at %.*s; runs are tracked in the order of their days"),
			            t->run.folder, t->run.as_of, STR_ARG(as_of));
		else
			r = str_eq(str_of(t->run.as_of), as_of) && str_eq(str_of(t->run.lists), ledger_text(s, 2));
	}
	sqlite3_finalize(s);
	return got == ITER_ERROR ? -1 : r;
}

static int put_run(struct tracking *t, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r = ledger_prepare(t->ledger, &s, "INSERT INTO run (number, as_of, lists, pack, leads) VALUES (?1, ?2, ?3, ?4, 0)", err);
	if (r == 0) {
		sqlite3_bind_int64(s, 1, ++t->number);
		ledger_bind(s, 2, str_of(t->run.as_of));
		ledger_bind(s, 3, str_of(t->run.lists));
		ledger_bind(s, 4, str_of(t->run.pack));
		r = ledger_run(t->ledger, s, err);
	}
	sqlite3_finalize(s);
	return r;
}

/* ---- leads --------------------------------------------------------------------------------------------------------------------------- */

static int take_leads(struct tracking *t, struct err *err)
{
	int r = ledger_prepare(t->ledger, &t->missing, "INSERT OR IGNORE INTO missing VALUES (?1, ?2, ?3)", err);
	if (r == 0)
		r = ledger_prepare(t->ledger, &t->lead, put_lead, err);
	if (r == 0)
		r = ledger_prepare(t->ledger, &t->line, put_line, err);
	if (r < 0)
		return -1;
	sqlite3_bind_int64(t->missing, 1, t->number);
	sqlite3_bind_int64(t->lead, 16, t->number);
	ledger_bind(t->lead, 17, str_of(t->run.as_of));
	if (tracked_run_missing(&t->run, take_missing, t, err) < 0 || tracked_run_leads(&t->run, take_lead, t, err) < 0)
		return -1;
	return run_once(t, close_unasked, err) < 0 || run_once(t, close_gone, err) < 0 ? -1 : 0;
}

/* ---- what came of it ----------------------------------------------------------------------------------------------------------------- */

static int count_states(struct tracking *t, struct track_result *ret, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r = ledger_prepare(t->ledger, &s, "SELECT state, run = ?1, state <> 'gone' AND due < ?2, count(*) FROM lead WHERE run = ?1 OR state <> 'gone'"
	                                      " GROUP BY 1, 2, 3", err);
	enum iter got = ITER_END;
	if (r == 0) {
		sqlite3_bind_int64(s, 1, t->number);
		ledger_bind(s, 2, str_of(t->run.as_of));
	}
	while (r == 0 && (got = ledger_step(t->ledger, s, err)) == ITER_ROW) {
		uint64_t n = (uint64_t)sqlite3_column_int64(s, 3);
		for (int k = 0; k < LEAD_STATES; k++)
			if (sqlite3_column_int(s, 1) && str_eq(ledger_text(s, 0), str_of(lead_states[k])))
				ret->states[k] += n;
		ret->unasked += sqlite3_column_int(s, 1) ? 0 : n;
		ret->overdue += sqlite3_column_int(s, 2) ? n : 0;
	}
	sqlite3_finalize(s);
	return r < 0 || got == ITER_ERROR ? -1 : 0;
}

/* A lead stands in one list once; else the lists are no lists of ours. */
static int check_rows(struct tracking *t, const struct track_result *ret, struct err *err)
{
	uint64_t leads = 0;
	for (int k = 0; k < LEAD_STATES; k++)
		leads += k == LEAD_GONE ? 0 : ret->states[k];
	if (leads != t->rows)
		return err_set(err, STATUS_DATA, say("%s: its lists name a lead twice; make the run again"), t->run.folder);
	return run_once(t, "UPDATE run SET leads = (SELECT count(*) FROM lead WHERE run = ?1 AND state <> 'gone') WHERE number = ?1", err);
}

static int track(struct tracking *t, struct track_result *ret, struct err *err)
{
	int same = compare_with_last(t, err);
	if (same < 0)
		return -1;
	ret->again = same;
	if (!same && (put_run(t, err) < 0 || take_leads(t, err) < 0))
		return -1;
	if (count_states(t, ret, err) < 0)
		return -1;
	if (same)
		return 0;
	if (check_rows(t, ret, err) < 0 || ledger_count_movement(t->ledger, t->number, err) < 0)
		return -1;
	char manifest[4096];
	snprintf(manifest, sizeof manifest, "%s/manifest.json", t->run.folder);
	return ledger_take_registered(t->ledger, t->number, manifest, &ret->registered, err);
}

int ledger_track(struct ledger *l, const char *folder, struct track_result *ret, struct err *err)
{
	struct tracking t = { .ledger = l };
	*ret = (struct track_result){ 0 };
	int r = tracked_run_open(&t.run, folder, err);
	if (r == 0 && (r = ledger_begin(l, err)) == 0) {
		r = track(&t, ret, err);
		sqlite3_finalize(t.lead);
		sqlite3_finalize(t.line);
		sqlite3_finalize(t.missing);
		if (r == 0)
			r = ledger_commit(l, err);
		if (r < 0)
			sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	}
	if (r == 0)
		snprintf(ret->as_of, sizeof ret->as_of, "%s", t.run.as_of);
	tracked_run_release(&t.run);
	return r;
}
