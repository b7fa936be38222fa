/* bidui-report: findings into lists, figures, summary. */
#include "report/report.h"
#include "stage/stage.h"

#include <stdlib.h>
#include <sys/stat.h>

enum { OPT_THREADS = 1, OPT_XLSX, OPT_SPLIT, OPT_VERDICTS };

static const struct cli_option options[] = {
	STAGE_OPTIONS("DIR", "the folder with rejects/ and invalid/, where the rest goes"),
	{ "threads", 't', "N", "threads (default 2)", OPT_THREADS },
	{ "xlsx", 0, NULL, "make workbooks too, for those who check and for departments", OPT_XLSX },
	{ "split", 0, "county|township|none", "a workbook for each of these (default: county)", OPT_SPLIT },
	{ "verdicts", 0, "DIR", "what was found on checking leads: DIR/ledger.db of bidui-track", OPT_VERDICTS },
	{ 0 },
};

static int take_option(void *arg, int option, const char *text, struct err *err)
{
	struct report_job *job = arg;
	int split;
	switch (option) {
	case OPT_XLSX:
		job->xlsx = true;
		return 0;
	case OPT_VERDICTS:
		job->state = text;
		return 0;
	case OPT_SPLIT:
		split = workbook_split_of(text);
		job->split = (enum workbook_split)split;
		return split >= 0 ? 0 : err_set(err, STATUS_USAGE, "--split: is county, township or none");
	default:
		job->threads = (unsigned)atoi(text);
		return job->threads >= 1 && job->threads <= 64 ? 0 : err_set(err, STATUS_USAGE, "--threads: a number from 1 to 64");
	}
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-report", .title = "findings into lists, figures, summary",
		.usage = "--as-of DATE --out DIR [OPTION...] FINDINGS", .options = options };
	struct stage stage;
	struct report_result result;
	struct report_job job = { .version = BIDUI_VERSION, .threads = 2 };
	struct err err = { 0 };
	int status = STATUS_OK;
	umask(077);
	stage_init(&stage);
	if (stage_read(&stage, &cli, argc, argv, take_option, &job, &status) != CLI_END)
		return status;
	int r = cli.index + 1 < argc ? err_set(&err, STATUS_USAGE, "one file of findings at a time; see --help") : stage_load(&stage, &err);
	job.pack = stage.pack;
	job.findings = argv[cli.index];
	job.folder = stage.out;
	job.id = stage.id;
	if (r < 0 || report_run(&job, &result, &err) < 0)
		status = cli_fail(&cli, &err);
	stage_release(&stage);
	return status;
}
