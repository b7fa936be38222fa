/* bidui-report: findings into lists, figures, summary. */
#include "report/report.h"
#include "stage/stage.h"

#include <stdlib.h>

enum { OPT_THREADS = 1 };

static const struct cli_option options[] = {
	STAGE_OPTIONS("DIR", "the folder with rejects/ and invalid/, where the rest goes"),
	{ "threads", 't', "N", "threads (default 2)", OPT_THREADS },
	{ 0 },
};

static int take_option(void *arg, int option, const char *text, struct err *err)
{
	unsigned *threads = arg;
	(void)option;
	*threads = (unsigned)atoi(text);
	return *threads >= 1 && *threads <= 64 ? 0 : err_set(err, STATUS_USAGE, "--threads: a number from 1 to 64");
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-report", .title = "findings into lists, figures, summary",
		.usage = "--as-of DATE --out DIR [OPTION...] FINDINGS", .options = options };
	struct stage stage;
	struct report_result result;
	struct err err = { 0 };
	unsigned threads = 2;
	int status = STATUS_OK;
	stage_init(&stage);
	if (stage_read(&stage, &cli, argc, argv, take_option, &threads, &status) != CLI_END)
		return status;
	int r = cli.index + 1 < argc ? err_set(&err, STATUS_USAGE, "one file of findings at a time; see --help") : stage_load(&stage, &err);
	struct report_job job = { .pack = stage.pack, .findings = argv[cli.index], .folder = stage.out, .id = stage.id, .version = BIDUI_VERSION,
		.threads = threads };
	if (r < 0 || report_run(&job, &result, &err) < 0)
		status = cli_fail(&cli, &err);
	stage_release(&stage);
	return status;
}
