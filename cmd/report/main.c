/* bidui-report: findings into lists, figures, summary. */
#include "cli/cli.h"
#include "report/report.h"
#include "schema/schema.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPT_AS_OF = 1, OPT_OUT, OPT_PACK, OPT_SCHEMAS, OPT_RUN };

static const struct cli_option options[] = {
	{ "as-of", 0, "DATE", "the day that findings are about, YYYY-MM-DD", OPT_AS_OF },
	{ "out", 'o', "DIR", "the folder with rejects/ and invalid/, where the rest goes", OPT_OUT },
	{ "pack", 'p', "FILE", "the rule pack that the findings were made with", OPT_PACK },
	{ "schemas", 0, "DIR", "the folder with the kinds", OPT_SCHEMAS },
	{ "run", 0, "NAME", "the run that the files belong to", OPT_RUN },
	{ 0 },
};

struct job {
	const char *out, *pack, *schemas, *run;
	int as_of;
	bool dated;
};

static int take(struct job *j, int option, const char *arg, struct err *err)
{
	switch (option) {
	case OPT_OUT: j->out = arg; return 0;
	case OPT_PACK: j->pack = arg; return 0;
	case OPT_SCHEMAS: j->schemas = arg; return 0;
	case OPT_RUN: j->run = arg; return 0;
	default:
		j->dated = true;
		return cli_day(arg, &j->as_of, err);
	}
}

static int report(const struct job *j, const char *findings, struct err *err)
{
	struct schema *schema = NULL;
	struct pack *pack = NULL;
	struct report_result result;
	struct report_job job = { .findings = findings, .folder = j->out, .version = BIDUI_VERSION };
	int r = schema_load(&schema, j->schemas, NULL, err);
	if (r == 0)
		r = pack_load(&pack, j->pack, schema, j->as_of, err);
	if (r == 0) {
		frame_id_make(&job.id, schema->hash, j->as_of, j->run);
		job.pack = pack;
		r = report_run(&job, &result, err);
	}
	pack_free(pack);
	schema_free(schema);
	return r;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-report", .title = "findings into lists, figures, summary",
		.usage = "--as-of DATE --out DIR [OPTION...] FINDINGS", .options = options };
	struct err err = { 0 };
	char schemas[4096], pack[4096];
	snprintf(schemas, sizeof schemas, "%s/schemas", cli_data_dir());
	snprintf(pack, sizeof pack, "%s/rules/chongqing-2017.yaml", cli_data_dir());
	struct job job = { .schemas = schemas, .pack = pack, .run = "" };
	int c;
	while ((c = cli_next(&cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG)
			return cli_status(c);
		if (take(&job, c, cli.arg, &err) < 0)
			return cli_fail(&cli, &err);
	}
	if (!job.dated || !job.out || cli.index + 1 != argc) {
		err_set(&err, STATUS_USAGE, "needs --as-of, --out and one file of findings; see --help");
		return cli_fail(&cli, &err);
	}
	return report(&job, argv[cli.index], &err) < 0 ? cli_fail(&cli, &err) : STATUS_OK;
}
