/* bidui-screen: dossiers and a rule pack into findings. */
#include "screen/screen.h"
#include "stage/stage.h"

#include <stdlib.h>

enum { OPT_THREADS = 1 };

static const struct cli_option options[] = {
	STAGE_OPTIONS("FILE", "where the findings go"),
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
	struct cli cli = { .program = "bidui-screen", .title = "dossiers and a rule pack into findings",
		.usage = "--as-of DATE --out FILE [OPTION...] DOSSIERS", .options = options };
	struct stage stage;
	struct err err = { 0 };
	unsigned threads = 2;
	int status = STATUS_OK;
	stage_init(&stage);
	if (stage_read(&stage, &cli, argc, argv, take_option, &threads, &status) != CLI_END)
		return status;
	int r = cli.index + 1 < argc ? err_set(&err, STATUS_USAGE, "one file of dossiers at a time; see --help") : stage_load(&stage, &err);
	struct screen_job job = { .pack = stage.pack, .dossiers = argv[cli.index], .findings = stage.out, .threads = threads, .id = stage.id };
	if (r < 0 || screen_run(&job, &err) < 0)
		status = cli_fail(&cli, &err);
	stage_release(&stage);
	return status;
}
