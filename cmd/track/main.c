/* bidui-track: a published run into the ledger of all runs. */
#include "base/lang.h"
#include "cli/cli.h"
#include "ledger/sheets.h"
#include "ledger/track.h"
#include "workbook/workbook.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

enum { OPT_STATE = 1, OPT_OUT, OPT_OWNERS, OPT_XLSX };

struct request {
	const char *state, *run, *out, *owners;
	bool xlsx;
};

static const struct cli_option options[] = {
	{ "state", 's', "DIR", "what is kept from run to run; DIR/ledger.db is made where it is missing", OPT_STATE },
	{ "out", 'o', "DIR", "publish the sheets for those who act: problems, tasks, duties, movement", OPT_OUT },
	{ "owners", 0, "FILE", "who answers where for what: a CSV with region, department, person, phone", OPT_OWNERS },
	{ "xlsx", 0, NULL, "and the same as a workbook, ledger.xlsx", OPT_XLSX },
	{ 0 },
};

static int take(struct request *r, int option, const char *arg)
{
	switch (option) {
	case OPT_STATE: r->state = arg; return 0;
	case OPT_OUT: r->out = arg; return 0;
	case OPT_OWNERS: r->owners = arg; return 0;
	case OPT_XLSX: r->xlsx = true; return 0;
	default: return -1;
	}
}

static void show(const struct track_result *t)
{
	printf(say("leads as of %s%s:"), t->as_of, t->again ? say(" (tracked before, nothing changed)") : "");
	for (int k = 0; k < LEAD_STATES; k++)
		printf("%s %s %" PRIu64, k ? "," : "", say(lead_states[k]), t->states[k]);
	printf(say("; overdue %" PRIu64 "\n"), t->overdue);
	if (t->unasked)
		printf(say("%" PRIu64 " leads stay open, since their rules lacked a kind that they had before\n"), t->unasked);
}

/* The workbook is of the day of the run. */
static int put_workbook(void *as_of, const char *folder, struct err *err)
{
	json_t *manifest = json_pack("{s:s}", "as_of", (const char *)as_of);
	struct workbook_job job = { .out = folder, .manifest = manifest };
	int r = workbook_tables(&job, "ledger.xlsx", err);
	json_decref(manifest);
	return r;
}

static int track(const struct request *r, struct track_result *ret, struct err *err)
{
	struct ledger *l = NULL;
	int got = ledger_open(&l, r->state, err);
	if (got == 0)
		got = ledger_track(l, r->run, ret, err);
	if (got == 0 && r->out)
		got = ledger_sheets(l, r->owners, r->out, r->xlsx ? put_workbook : NULL, ret->as_of, err);
	ledger_close(l);
	return got;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-track", .title = "a published run into the ledger of all runs",
		.usage = "--state DIR [OPTION...] RUN", .options = options,
		.notes = "RUN is a folder that bidui run has published. The same run twice changes nothing; a run of an earlier day than the last is refused.\n"
			"A failure leaves the ledger as it was; once a run is tracked, the same command again only publishes.\n"
			"Exit status: 0 done; 64 wrong use; 65 the run or the ledger is unusable; 66 there is no such run or owners file;\n"
			"73 an output cannot be made, or others may read the ledger; 74 I/O error; 75 another process writes to it; 78 a wrong owners file." };
	struct request request = { 0 };
	struct track_result result = { 0 };
	struct err err = { 0 };
	umask(077);
	lang_from_environment();
	for (int c; (c = cli_next(&cli, argc, argv)) != CLI_END;) {
		if (take(&request, c, cli.arg) < 0)
			return cli_status(c);
	}
	request.run = cli.index + 1 == argc ? argv[cli.index] : NULL;
	int r = !request.state || !request.run ? err_set(&err, STATUS_USAGE, say("needs --state and one run; see --help")) : track(&request, &result, &err);
	if (r < 0)
		return cli_fail(&cli, &err);
	if (!cli.quiet)
		show(&result);
	return STATUS_OK;
}
