/* bidui-run: a pipeline from extracts to a published folder. */
#include "hook.h"
#include "options.h"
#include "show.h"

#include <stdio.h>

static int fail_on_met(const struct run_result *r, const struct fail_on *f)
{
	for (int l = 0; l < LIST_COUNT; l++)
		for (int s = f->least[l]; s < LEVEL_COUNT; s++)
			if (r->report.by_level[l][s])
				return 1;
	return 0;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-run", .title = "a pipeline from extracts to a published folder of lists",
		.usage = "--extracts DIR --as-of DATE --out DIR [OPTION...]\n       bidui-run [OPTION...] PIPELINE.yaml",
		.notes = "Exit status: 0 done; 1 done and --fail-on met; 64 wrong use; 65 an extract is unusable; 66 an input is missing;\n"
			"70 internal error; 71 resource limit; 73 output cannot be made; 74 I/O error; 75 another run holds the lock;\n"
			"78 a wrong pipeline, schema or rule file, or a file of unknown kind. A run that fails leaves DIR as it was." };
	struct run_plan plan = { 0 };
	struct run_result result = { 0 };
	struct run_progress progress = { 0 };
	struct fail_on fail_on = { 0 };
	struct err err = { 0 };
	int c = options_read(&cli, argc, argv, &plan, &fail_on, &err);
	if (c == CLI_DONE || c == CLI_WRONG) {
		run_plan_release(&plan);
		return cli_status(c);
	}
	int got = c == CLI_END ? 0 : -1;
	if (got == 0) {
		if (cli_progress(&cli))
			progress_start(&progress);
		got = run(&plan, cli_data_dir(), BIDUI_VERSION, &progress, &result, &err);
		progress_stop();
	}
	if (result.notice && got == 0) /* a run that fails says one thing */
		fprintf(stderr, "bidui-run: %s\n", result.notice);
	int status = got < 0 ? cli_fail(&cli, &err) : fail_on_met(&result, &fail_on) ? STATUS_FOUND : STATUS_OK;
	if (got < 0 && fail_on.command)
		hook_failed(cli.program, fail_on.command, &plan, &err);
	else if (got == 0)
		hook_done(&plan);
	if (got == 0 && !cli.quiet)
		show_result(&result, plan.out, cli_color(1));
	for (size_t i = 0; i < result.older.count; i++)
		if (!result.older.items[i].gone)
			fprintf(stderr, "bidui-run: %s: an old run cannot be removed; remove it by hand\n", result.older.items[i].path);
	run_result_release(&result);
	run_plan_release(&plan);
	return status;
}
