/* The tables. Their page: docs/formats/ledger.md. */
#include "internal.h"

/* Texts that a list leaves empty are empty here; days are YYYY-MM-DD, NULL where there is none. */
static const char leads[] =
	"CREATE TABLE run ("
	" number INTEGER PRIMARY KEY,"           /* from 1, in the order of tracking */
	" as_of TEXT NOT NULL,"
	" lists TEXT NOT NULL,"                  /* what tells it from others: a hash of its lists' hashes */
	" pack TEXT NOT NULL,"
	" leads INTEGER NOT NULL) STRICT;"
	"CREATE TABLE missing ("                 /* rules that lacked a kind in a run, whether they were evaluated or not */
	" run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
	" rule TEXT NOT NULL,"
	" kind TEXT NOT NULL,"
	" PRIMARY KEY (run, rule, kind)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE lead ("                    /* what changes from run to run, so it is narrow */
	" finding_id TEXT PRIMARY KEY NOT NULL,"
	" state TEXT NOT NULL CHECK (state IN ('new', 'open', 'changed', 'gone', 'reopened')),"
	" run INTEGER NOT NULL,"                 /* the last one that said something of it */
	" first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, due TEXT NOT NULL,"
	" changed_on TEXT, gone_on TEXT, reopened_on TEXT,"
	" list TEXT NOT NULL, rule TEXT NOT NULL, core TEXT NOT NULL, severity TEXT NOT NULL, confidence TEXT NOT NULL,"
	" nature TEXT NOT NULL, unit TEXT NOT NULL, unit_no TEXT NOT NULL, region TEXT NOT NULL, persons INTEGER NOT NULL,"
	" status TEXT NOT NULL, evidence_hash TEXT NOT NULL, department TEXT NOT NULL, days INTEGER NOT NULL,"
	" line INTEGER NOT NULL) STRICT;"        /* a hash of what stands in `line` */
	"CREATE TABLE line ("                    /* what its list says of it beside, as it was last seen */
	" finding_id TEXT PRIMARY KEY NOT NULL REFERENCES lead ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,"
	" county TEXT NOT NULL, township TEXT NOT NULL, village TEXT NOT NULL, head_name TEXT NOT NULL, head_id TEXT NOT NULL,"
	" evidence_ids TEXT NOT NULL, evidence_rows TEXT NOT NULL, evidence TEXT NOT NULL, title TEXT NOT NULL,"
	" \"check\" TEXT NOT NULL) STRICT;"
	"CREATE TABLE movement ("                /* what changed from the run before to this one */
	" run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
	" level TEXT NOT NULL, region TEXT NOT NULL, figure TEXT NOT NULL, value INTEGER NOT NULL,"
	" PRIMARY KEY (run, level, region, figure)) STRICT, WITHOUT ROWID;";

/* Who was in the registry in the last run that knew it; the status and the region of a person are those of the household. */
static const char registered[] =
	"CREATE TABLE household (key TEXT PRIMARY KEY NOT NULL, status TEXT NOT NULL, region TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE person (key TEXT PRIMARY KEY NOT NULL, status TEXT NOT NULL, region TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/* Of lib/verdict: what was found on checking a lead, for the evidence that it had then. */
static const char verdicts[] =
	"CREATE TABLE verdict ("
	" finding_id TEXT NOT NULL REFERENCES lead ON DELETE CASCADE,"
	" evidence_hash TEXT NOT NULL,"          /* empty where a lead has no evidence rows */
	" result TEXT NOT NULL CHECK (result IN ('confirmed', 'refuted')),"
	" reason TEXT NOT NULL, checked_by TEXT NOT NULL, checked_on TEXT NOT NULL, reviewed_by TEXT NOT NULL, review TEXT NOT NULL,"
	" exempt_until TEXT,"                    /* of a refuted one: the last day on which the lead is exempted */
	" rule TEXT NOT NULL, confidence TEXT NOT NULL, nature TEXT NOT NULL, severity TEXT NOT NULL,"
	" township TEXT NOT NULL,"               /* 9 digits, or empty */
	" PRIMARY KEY (finding_id, evidence_hash)) STRICT, WITHOUT ROWID;";

const char *const ledger_steps[] = { leads, registered, verdicts, NULL };
