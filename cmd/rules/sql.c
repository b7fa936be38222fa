/* bidui rules sql: the pack as SQL. */
#include "rules.h"

#include "cli/cli.h"
#include "sql/sql.h"

#include <stdio.h>

enum { OPT_DIALECT = 1, OPT_AS_OF, OPT_PART, OPT_PACK, OPT_SCHEMAS, OPT_SCHEMA };
#define MAX_OWN 64

static const struct cli_option options[] = {
	{ "dialect", 'd', "duckdb|postgres", "for which database", OPT_DIALECT },
	{ "as-of", 0, "DATE", "the day that findings are about, YYYY-MM-DD", OPT_AS_OF },
	{ "part", 0, "tables|findings", "only the tables to be loaded, or only what comes after (default: both)", OPT_PART },
	{ "pack", 'p', "FILE", "the rule pack (default: chongqing-2017)", OPT_PACK },
	{ "schemas", 0, "DIR", "the folder with the kinds", OPT_SCHEMAS },
	{ "own-schema", 's', "FILE", "a kind of one's own, beside those of the folder; as often as there are", OPT_SCHEMA },
	{ 0 },
};

struct job {
	const struct dialect *dialect;
	const char *pack, *schemas;
	char *own[MAX_OWN + 1];
	unsigned own_count, parts;
	int as_of;
};

static int read_part(struct job *j, const char *arg, struct err *err)
{
	j->parts = !strcmp(arg, "tables") ? SQL_TABLES : !strcmp(arg, "findings") ? SQL_FINDINGS : 0;
	return j->parts ? 0 : err_set(err, STATUS_USAGE, "--part: tables or findings");
}

static int take(struct job *j, int option, const char *arg, struct err *err)
{
	switch (option) {
	case OPT_DIALECT:
		j->dialect = dialect_of_name(arg);
		return j->dialect ? 0 : err_set(err, STATUS_USAGE, "--dialect: there is no '%s'; %s", arg, dialect_names());
	case OPT_AS_OF: return cli_day(arg, &j->as_of, err);
	case OPT_PART: return read_part(j, arg, err);
	case OPT_PACK: j->pack = arg; return 0;
	case OPT_SCHEMAS: j->schemas = arg; return 0;
	default:
		if (j->own_count == MAX_OWN)
			return err_set(err, STATUS_USAGE, "--own-schema: at most %d", MAX_OWN);
		j->own[j->own_count++] = (char *)arg;
		return 0;
	}
}

static int print(const struct job *j, struct err *err)
{
	struct schema *schema = NULL;
	struct pack *pack = NULL;
	struct buf out = { 0 };
	int r = schema_load(&schema, j->schemas, j->own, err);
	if (r == 0)
		r = pack_load(&pack, j->pack, schema, j->as_of, err);
	if (r == 0)
		r = sql_print(pack, j->dialect, j->parts, &out, err);
	if (r == 0 && (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0))
		r = err_set(err, STATUS_IOERR, "standard output: writing failed");
	buf_release(&out);
	pack_free(pack);
	schema_free(schema);
	return r;
}

int rules_sql(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-rules", .title = "sql: a rule pack as SQL", .usage = "sql --dialect duckdb|postgres --as-of DATE [OPTION...]",
		.options = options, .notes = "Between the two parts come the rows, as 'bidui show' prints them: docs/sql.md.\n"
			"What the dialect cannot say is an error; no rule is left out." };
	struct err err = { 0 };
	char schemas[4096], pack[4096];
	snprintf(schemas, sizeof schemas, "%s/schemas", cli_data_dir());
	snprintf(pack, sizeof pack, "%s/rules/chongqing-2017.yaml", cli_data_dir());
	struct job job = { .schemas = schemas, .pack = pack, .parts = SQL_TABLES | SQL_FINDINGS, .as_of = -1 };
	int c;
	while ((c = cli_next(&cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG)
			return cli_status(c);
		if (take(&job, c, cli.arg, &err) < 0)
			return cli_fail(&cli, &err);
	}
	if (!job.dialect || job.as_of < 0 || cli.index != argc) {
		err_set(&err, STATUS_USAGE, "sql: needs --dialect and --as-of, and no more; see --help");
		return cli_fail(&cli, &err);
	}
	return print(&job, &err) < 0 ? cli_fail(&cli, &err) : STATUS_OK;
}
