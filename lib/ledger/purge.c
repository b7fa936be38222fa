#include "ledger/purge.h"

#include "base/lang.h"
#include "base/mem.h"
#include "internal.h"

static int check_sound(struct ledger *l, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r = ledger_prepare(l, &s, "PRAGMA integrity_check(1)", err);
	if (r == 0 && ledger_step(l, s, err) != ITER_ROW)
		r = -1;
	else if (r == 0 && !str_eq(ledger_text(s, 0), STR("ok")))
		r = err_set(err, STATUS_DATA, say("%s: is damaged; put a copy of it back, or move it away and begin anew"), l->path);
	sqlite3_finalize(s);
	return r;
}

/* A day too early would be a mistake of whoever asks, or of their clock. */
static int check_day(struct ledger *l, const char *as_of, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r = ledger_prepare(l, &s, "SELECT as_of FROM run WHERE as_of > ?1 ORDER BY number DESC LIMIT 1", err);
	enum iter got = ITER_ERROR;
	if (r == 0) {
		ledger_bind(s, 1, str_of(as_of));
		got = ledger_step(l, s, err);
	}
	if (got == ITER_ROW)
		err_set(err, STATUS_USAGE, say("--as-of %s: the ledger stands at %.*s already; nothing was forgotten"), as_of, STR_ARG(ledger_text(s, 0)));
	sqlite3_finalize(s);
	return got == ITER_END ? 0 : -1;
}

/* ?1 as-of, ?2 days */
static int forget(struct ledger *l, const char *sql, const char *as_of, int days, uint64_t *ret, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r = ledger_prepare(l, &s, sql, err);
	if (r == 0) {
		ledger_bind(s, 1, str_of(as_of));
		sqlite3_bind_int(s, 2, days);
		r = ledger_run(l, s, err);
	}
	if (r == 0)
		*ret = (uint64_t)sqlite3_changes64(l->db);
	sqlite3_finalize(s);
	return r;
}

static int count_leads(struct ledger *l, uint64_t *ret, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r = ledger_prepare(l, &s, "SELECT count(*) FROM lead", err);
	if (r == 0 && (r = ledger_step(l, s, err) == ITER_ROW ? 0 : -1) == 0)
		*ret = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return r;
}

static int purge(struct ledger *l, const struct retention *keep, struct purge_result *ret, struct err *err)
{
	if (check_sound(l, err) < 0 || check_day(l, keep->as_of, err) < 0)
		return -1;
	if (forget(l, "DELETE FROM lead WHERE state = 'gone' AND gone_on < date(?1, -?2 || ' days')", keep->as_of, keep->gone_days, &ret->leads, err) < 0)
		return -1;
	if (forget(l, "DELETE FROM run WHERE as_of < date(?1, -?2 || ' days') AND number < (SELECT max(number) FROM run)"
	              " AND number NOT IN (SELECT run FROM lead WHERE state <> 'gone')", keep->as_of, keep->run_days, &ret->runs, err) < 0)
		return -1;
	return count_leads(l, &ret->kept, err);
}

int ledger_purge(struct ledger *l, const struct retention *keep, struct purge_result *ret, struct err *err)
{
	*ret = (struct purge_result){ 0 };
	if (ledger_begin(l, err) < 0)
		return -1;
	int r = purge(l, keep, ret, err);
	if (r == 0)
		r = ledger_commit(l, err);
	if (r < 0)
		sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}
