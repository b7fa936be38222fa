/* bidui-join: tables into dossiers. */
#include "base/mem.h"
#include "cli/cli.h"
#include "join/join.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPT_AS_OF = 1, OPT_OUT, OPT_PACK, OPT_SCHEMAS, OPT_PARTITIONS, OPT_RUN };

static const struct cli_option options[] = {
	{ "as-of", 0, "DATE", "the day that findings are about, YYYY-MM-DD", OPT_AS_OF },
	{ "out", 'o', "FILE", "where the dossiers go", OPT_OUT },
	{ "pack", 'p', "FILE", "the rule pack: it says who may be wanted", OPT_PACK },
	{ "partitions", 0, "N", "passes over the tables, each with a share of the dossiers (default: by their size)", OPT_PARTITIONS },
	{ "schemas", 0, "DIR", "the folder with the kinds", OPT_SCHEMAS },
	{ "run", 0, "NAME", "the run that the files belong to", OPT_RUN },
	{ 0 },
};

struct job {
	const char *out, *pack, *schemas, *run;
	int as_of, partitions;
	bool dated;
};

static int take(struct job *j, int option, const char *arg, struct err *err)
{
	switch (option) {
	case OPT_OUT: j->out = arg; return 0;
	case OPT_PACK: j->pack = arg; return 0;
	case OPT_SCHEMAS: j->schemas = arg; return 0;
	case OPT_RUN: j->run = arg; return 0;
	case OPT_PARTITIONS:
		j->partitions = atoi(arg);
		return j->partitions >= 1 && j->partitions <= 4096 ? 0 : err_set(err, STATUS_USAGE, "--partitions: a number from 1 to 4096");
	default:
		j->dated = true;
		return cli_day(arg, &j->as_of, err);
	}
}

static int join(const struct job *j, char **paths, int n, struct err *err)
{
	struct schema *schema = NULL;
	struct pack *pack = NULL;
	struct table **tables = mem_alloc(((size_t)n + 1) * sizeof *tables);
	struct join_job job = { .tables = tables, .partitions = (unsigned)j->partitions, .path = j->out };
	int r = schema_load(&schema, j->schemas, NULL, err);
	if (r == 0)
		r = pack_load(&pack, j->pack, schema, j->as_of, err);
	if (r == 0)
		frame_id_make(&job.id, schema->hash, j->as_of, j->run);
	job.pack = pack;
	for (int i = 0; r == 0 && i < n; i++) {
		r = table_open(&tables[i], paths[i], schema, &job.id, err);
		for (int k = 0; r == 0 && k < i; k++)
			if (tables[k]->kind == tables[i]->kind)
				r = err_set(err, STATUS_USAGE, "%s: a second table of one kind; ingest its extracts together", paths[i]);
		job.table_count = (unsigned)i + 1;
	}
	if (r == 0)
		r = join_run(&job, err);
	for (int i = 0; i < n; i++)
		table_close(tables[i]);
	free(tables);
	pack_free(pack);
	schema_free(schema);
	return r;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-join", .title = "tables into dossiers",
		.usage = "--as-of DATE --out FILE [OPTION...] TABLE...", .options = options };
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
	if (!job.dated || !job.out || cli.index == argc) {
		err_set(&err, STATUS_USAGE, "needs --as-of, --out and tables; see --help");
		return cli_fail(&cli, &err);
	}
	return join(&job, argv + cli.index, argc - cli.index, &err) < 0 ? cli_fail(&cli, &err) : STATUS_OK;
}
