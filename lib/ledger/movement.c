/* Movement figures: what a run has changed, by county, township and village. A night in which nothing changed has none. */
#include "internal.h"

#include "base/mem.h"

#include <stdio.h>

/* A level's region is the first `digits` places; one whose own places, from `own` on, are all zeros is left out, as in figures.csv. */
static const struct level {
	const char *name;
	int own, digits;
} levels[] = { { "all", 1, 0 }, { "county", 1, 6 }, { "township", 7, 9 }, { "village", 10, 12 } };

/* ?1 run, ?2 level, ?3 own, ?4 digits */
#define OF_LEVEL "(?4 = 0 OR ltrim(substr(region, ?3, ?4 - ?3 + 1), '0') <> '')"
static const char count_leads[] =
	"INSERT INTO movement SELECT ?1, ?2, substr(region, 1, ?4), 'leads.' || state, count(*) FROM lead"
	" WHERE run = ?1 AND state <> 'open' AND " OF_LEVEL " GROUP BY 3, 4";
static const char count_lists[] =
	"INSERT INTO movement SELECT ?1, ?2, substr(region, 1, ?4), 'leads.' || state || '.' || list, count(*) FROM lead"
	" WHERE run = ?1 AND state <> 'open' AND " OF_LEVEL " GROUP BY 3, 4";

static const char count_moved[] =
	"INSERT INTO movement SELECT ?1, ?2, substr(region, 1, ?4), figure, count(*) FROM %s WHERE " OF_LEVEL " GROUP BY 3, 4";

static int count(struct ledger *l, int64_t run, const char *sql, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r = ledger_prepare(l, &s, sql, err);
	for (size_t i = 0; r == 0 && i < sizeof levels / sizeof *levels; i++) {
		sqlite3_bind_int64(s, 1, run);
		ledger_bind(s, 2, str_of(levels[i].name));
		sqlite3_bind_int(s, 3, levels[i].own);
		sqlite3_bind_int(s, 4, levels[i].digits);
		r = ledger_run(l, s, err);
	}
	sqlite3_finalize(s);
	return r;
}

int ledger_count_movement(struct ledger *l, int64_t run, struct err *err)
{
	return count(l, run, count_leads, err) < 0 || count(l, run, count_lists, err) < 0 ? -1 : 0;
}

int ledger_count_moved(struct ledger *l, int64_t run, const char *table, struct err *err)
{
	char sql[512];
	snprintf(sql, sizeof sql, count_moved, table);
	return count(l, run, sql, err);
}
