/* bidui-join: tables into dossiers. */
#include "base/mem.h"
#include "join/join.h"
#include "stage/stage.h"

#include <stdlib.h>

enum { OPT_PARTITIONS = 1, OPT_THREADS, OPT_MEMORY };

static const struct cli_option options[] = {
	STAGE_OPTIONS("FILE", "where the dossiers go"),
	{ "partitions", 0, "N", "shares in which dossiers are put together (default: by their number and the memory)", OPT_PARTITIONS },
	{ "threads", 't', "N", "threads (default 2)", OPT_THREADS },
	{ "memory", 'm', "SIZE", "memory that it may take, as 512M or 2G (default: what it needs to be fast)", OPT_MEMORY },
	{ 0 },
};

static int take_option(void *arg, int option, const char *text, struct err *err)
{
	struct join_job *job = arg;
	switch (option) {
	case OPT_MEMORY:
		return mem_size(str_of(text), &job->memory) == 0 ? 0 : err_set(err, STATUS_USAGE, "--memory: a size such as 512M or 2G, 64M at least");
	case OPT_THREADS:
		job->threads = (unsigned)atoi(text);
		return job->threads >= 1 && job->threads <= 64 ? 0 : err_set(err, STATUS_USAGE, "--threads: a number from 1 to 64");
	default:
		job->partitions = (unsigned)atoi(text);
		return job->partitions >= 1 && job->partitions <= 4096 ? 0 : err_set(err, STATUS_USAGE, "--partitions: a number from 1 to 4096");
	}
}

static int open_tables(const struct stage *s, char **paths, int n, struct join_job *job, struct table **tables, struct err *err)
{
	for (int i = 0; i < n; i++) {
		if (table_open(&tables[i], paths[i], s->schema, &s->id, err) < 0)
			return -1;
		job->table_count = (unsigned)i + 1;
		for (int k = 0; k < i; k++)
			if (tables[k]->kind == tables[i]->kind)
				return err_set(err, STATUS_USAGE, "%s: a second table of one kind; ingest its extracts together", paths[i]);
	}
	return 0;
}

static int join(struct stage *s, struct join_job *job, char **paths, int n, struct err *err)
{
	struct table **tables = mem_alloc(((size_t)n + 1) * sizeof *tables);
	if (job->memory)
		mem_frugal();
	int r = stage_load(s, err);
	job->pack = s->pack;
	job->tables = tables;
	job->path = s->out;
	job->id = s->id;
	if (r == 0)
		r = open_tables(s, paths, n, job, tables, err);
	if (r == 0)
		r = join_run(job, err);
	for (int i = 0; i < n; i++)
		table_close(tables[i]);
	free(tables);
	return r;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-join", .title = "tables into dossiers",
		.usage = "--as-of DATE --out FILE [OPTION...] TABLE...", .options = options };
	struct stage stage;
	struct err err = { 0 };
	struct join_job job = { .threads = 2 };
	int status = STATUS_OK;
	stage_init(&stage);
	if (stage_read(&stage, &cli, argc, argv, take_option, &job, &status) != CLI_END)
		return status;
	if (join(&stage, &job, argv + cli.index, argc - cli.index, &err) < 0)
		status = cli_fail(&cli, &err);
	stage_release(&stage);
	return status;
}
