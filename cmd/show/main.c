/* bidui-show: any file between stages as CSV or NDJSON. */
#include "cli/cli.h"
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPT_FORMAT = 1, OPT_HEAD, OPT_COLUMNS, OPT_PACK, OPT_SCHEMAS, OPT_REFUSED };

static const struct cli_option options[] = {
	{ "format", 'f', "csv|ndjson", "CSV with a header (default), or a JSON object a line", OPT_FORMAT },
	{ "head", 'n', "N", "only the first N lines", OPT_HEAD },
	{ "columns", 'c', "A,B,...", "only these columns, in this order", OPT_COLUMNS },
	{ "pack", 'p', "FILE", "the rule pack, to name the rules of a findings file", OPT_PACK },
	{ "refused", 0, NULL, "of the registry's table: the rows that were refused for their id", OPT_REFUSED },
	{ "schemas", 0, "DIR", "the folder with the kinds", OPT_SCHEMAS },
	{ 0 },
};

static int take(struct lines *l, struct show_job *job, int option, const char *arg, struct err *err)
{
	char *end;
	switch (option) {
	case OPT_COLUMNS: l->wanted = arg; return 0;
	case OPT_PACK: job->pack = arg; return 0;
	case OPT_SCHEMAS: job->schemas = arg; return 0;
	case OPT_REFUSED: job->refused = true; return 0;
	case OPT_HEAD:
		l->most = strtoull(arg, &end, 10);
		return *arg && !*end ? 0 : err_set(err, STATUS_USAGE, "--head: a number is needed");
	default:
		l->json = !strcmp(arg, "ndjson");
		return l->json || !strcmp(arg, "csv") ? 0 : err_set(err, STATUS_USAGE, "--format: csv or ndjson");
	}
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-show", .title = "a file between stages as CSV or NDJSON", .usage = "[OPTION...] FILE", .options = options,
		.notes = "Tables show a line a row, dossiers a line a row of each dossier, findings a line a finding.\n"
			"What is shown is people's data: it goes to standard output and nowhere else." };
	struct err err = { 0 };
	char schemas[4096], pack[4096];
	snprintf(schemas, sizeof schemas, "%s/schemas", cli_data_dir());
	snprintf(pack, sizeof pack, "%s/rules/chongqing-2017.yaml", cli_data_dir());
	struct show_job job = { .schemas = schemas, .pack = pack };
	struct lines lines = { .most = UINT64_MAX };
	int c;
	while ((c = cli_next(&cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG)
			return cli_status(c);
		if (take(&lines, &job, c, cli.arg, &err) < 0)
			return cli_fail(&cli, &err);
	}
	if (cli.index + 1 != argc) {
		err_set(&err, STATUS_USAGE, "needs one file; see --help");
		return cli_fail(&cli, &err);
	}
	job.path = argv[cli.index];
	int r = show(&job, &lines, &err);
	if (r == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		r = err_set(&err, STATUS_IOERR, "standard output: writing failed");
	lines_release(&lines);
	return r < 0 ? cli_fail(&cli, &err) : STATUS_OK;
}
