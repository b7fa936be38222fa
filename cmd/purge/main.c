/* bidui-purge: forgets what the ledger no longer has to know. */
#include "base/lang.h"
#include "cli/cli.h"
#include "ledger/purge.h"
#include "ledger/store.h"
#include "state/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <stdlib.h>
#include <unistd.h>

enum { OPT_STATE = 1, OPT_AS_OF, OPT_GONE, OPT_RUNS, OPT_TABLES };

static const struct cli_option options[] = {
	{ "state", 's', "DIR", "what is kept from run to run", OPT_STATE },
	{ "as-of", 0, "DATE", "the day that is counted back from, YYYY-MM-DD", OPT_AS_OF },
	{ "gone", 0, "DAYS", "forget leads that have been gone for longer (default: 365)", OPT_GONE },
	{ "runs", 0, "DAYS", "forget runs and their figures that are older (default: 1095)", OPT_RUNS },
	{ "tables", 0, NULL, "forget what was read, too: the next run reads everything", OPT_TABLES },
	{ 0 },
};

struct request {
	const char *state;
	struct retention keep;
	bool tables;
};

static int take_days(const char *text, const char *option, int *ret, struct err *err)
{
	char *end;
	long days = strtol(text, &end, 10);
	if (*end || *text < '0' || *text > '9' || days > 36500)
		return err_set(err, STATUS_USAGE, say("--%s: a number of days up to 36500"), option);
	*ret = (int)days;
	return 0;
}

static int take(struct request *r, int option, const char *arg, struct err *err)
{
	int day;
	switch (option) {
	case OPT_STATE: r->state = arg; return 0;
	case OPT_AS_OF: r->keep.as_of = arg; return cli_day(arg, &day, err);
	case OPT_TABLES: r->tables = true; return 0;
	case OPT_GONE: return take_days(arg, "gone", &r->keep.gone_days, err);
	default: return take_days(arg, "runs", &r->keep.run_days, err);
	}
}

/* The registry of the last run goes with its tables. */
static int forget_tables(const char *state, struct err *err)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/registered", state);
	if (state_purge(state, err) < 0)
		return -1;
	if (unlink(path) < 0 && errno != ENOENT)
		return err_errno(err, STATUS_IOERR, say("%s: cannot be removed"), path);
	return 0;
}

static int purge(const struct request *r, struct purge_result *ret, struct err *err)
{
	struct ledger *l = NULL;
	bool there = access(r->state, F_OK) == 0;
	if (r->tables && there && forget_tables(r->state, err) < 0)
		return -1;
	if (r->tables && there && !ledger_there(r->state))
		return 0;
	int got = ledger_open_old(&l, r->state, err);
	if (got == 0)
		got = ledger_purge(l, &r->keep, ret, err);
	ledger_close(l);
	return got;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-purge", .title = "forgets what the ledger no longer has to know", .usage = "--state DIR --as-of DATE [OPTION...]",
		.options = options,
		.notes = "What the ledger forgets is overwritten with zeros, tables are removed. Leads that are not gone are never forgotten, nor is the last run.\n"
			"Exit status: 0 done; 64 wrong use, or a day before the last run; 65 the ledger is damaged; 66 there is none; 73 it cannot be opened, or others may read it;\n"
			"74 I/O error; 75 another process writes to it. A failure leaves the ledger as it was." };
	struct request request = { .keep = { NULL, 365, 1095 } };
	struct purge_result result = { 0 };
	struct err err = { 0 };
	int r = 0;
	umask(077);
	lang_from_environment();
	for (int c; r == 0 && (c = cli_next(&cli, argc, argv)) != CLI_END;) {
		if (c == CLI_DONE || c == CLI_WRONG)
			return cli_status(c);
		r = take(&request, c, cli.arg, &err);
	}
	if (r == 0 && (!request.state || !request.keep.as_of || cli.index < argc))
		r = err_set(&err, STATUS_USAGE, say("needs --state and --as-of, and nothing else; see --help"));
	if (r == 0)
		r = purge(&request, &result, &err);
	if (r < 0)
		return cli_fail(&cli, &err);
	if (!cli.quiet)
		printf(say("forgotten as of %s: %" PRIu64 " leads, %" PRIu64 " runs; %" PRIu64 " leads are kept\n"), request.keep.as_of, result.leads,
		       result.runs, result.kept);
	return STATUS_OK;
}
