/* bidui-verdicts: filled workbooks into the ledger. */
#include "base/lang.h"
#include "cli/cli.h"
#include "verdict/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { OPT_STATE = 1, OPT_DAYS, OPT_REPLACE };

static const struct cli_option options[] = {
	{ "state", 's', "DIR", "what is kept from run to run; the leads of DIR/ledger.db (bidui-track) are asked", OPT_STATE },
	{ "exempt-days", 0, "N", "how long a refuted lead is exempted from the day of its check (default: 365)", OPT_DAYS },
	{ "replace", 0, NULL, "let a verdict that contradicts one in the ledger take its place", OPT_REPLACE },
	{ 0 },
};

static void tell(void *cli, const char *text)
{
	fprintf(stderr, "%s: %s\n", ((struct cli *)cli)->program, text);
}

static void show(const struct verdict_imported *r)
{
	printf(say("confirmed %" PRIu64 ", refuted %" PRIu64 ", imported before %" PRIu64 ", pending %" PRIu64 "\n"), r->confirmed, r->refuted, r->again,
	       r->pending);
	if (r->stale)
		printf(say("%" PRIu64 " of them are about evidence that has changed since: these leads stay in the lists\n"), r->stale);
}

static int import(const char *state, const struct verdict_import *job, struct verdict_imported *ret, struct err *err)
{
	struct ledger *l = NULL;
	int got = ledger_open_old(&l, state, err);
	if (got == 0)
		got = verdict_import(l, job, ret, err);
	ledger_close(l);
	return got;
}

/* Where the clock is asked: a check cannot lie ahead. Wherever people are, their day is at most one ahead of UTC's. */
static const char *latest_today(char out[16])
{
	time_t t = time(NULL) + 14 * 3600;
	struct tm tm;
	strftime(out, 16, "%Y-%m-%d", gmtime_r(&t, &tm));
	return out;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-verdicts", .title = "filled workbooks into the ledger", .usage = "import --state DIR [OPTION...] WORKBOOK...",
		.options = options,
		.notes = "WORKBOOK is one that 'bidui run --xlsx' or 'bidui workbooks' has made, filled in. All of them are imported or none: each row that\n"
			"cannot be taken is told with sheet and row." };
	char today[16];
	struct verdict_import job = { .exempt_days = 365, .today = latest_today(today), .problem = tell, .arg = &cli };
	struct verdict_imported result = { 0 };
	struct err err = { 0 };
	const char *state = NULL;
	int c, r = 0;
	umask(077);
	lang_from_environment();
	while ((c = cli_next(&cli, argc, argv)) != CLI_END)
		switch (c) {
		case OPT_STATE: state = cli.arg; break;
		case OPT_DAYS: job.exempt_days = (unsigned)strtoul(cli.arg, NULL, 10); break;
		case OPT_REPLACE: job.replace = true; break;
		default: return cli_status(c);
		}
	job.files = argv + cli.index + 1;
	if (!state || argc - cli.index < 2 || strcmp(argv[cli.index], "import") != 0)
		r = err_set(&err, STATUS_USAGE, say("needs 'import', --state and one workbook or more; see --help"));
	else if (job.exempt_days < 1 || job.exempt_days > 3650)
		r = err_set(&err, STATUS_USAGE, say("--exempt-days: a number from 1 to 3650"));
	job.file_count = (unsigned)(argc - cli.index > 1 ? argc - cli.index - 1 : 0);
	if (r < 0 || import(state, &job, &result, &err) < 0)
		return cli_fail(&cli, &err);
	if (!cli.quiet)
		show(&result);
	return STATUS_OK;
}
