/* bidui-gen: invented extracts of any size. */
#include "cli/cli.h"
#include "gen/gen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { OPT_PERSONS = 1, OPT_SEED, OPT_OUT, OPT_DIRTY, OPT_FORMATS, OPT_KINDS };

static const struct cli_option options[] = {
	{ "persons", 'n', "N", "people in the household register, 1 to 45,000,000", OPT_PERSONS },
	{ "seed", 's', "S", "another seed, other people (0)", OPT_SEED },
	{ "out", 'o', "DIR", "the folder for the extracts", OPT_OUT },
	{ "dirty", 0, "SHARE", "damage this share of the rows, 0 to 0.15 (0)", OPT_DIRTY },
	{ "formats", 0, "plain|mixed", "UTF-8 CSV, or what departments send (plain)", OPT_FORMATS },
	{ "kinds", 0, "all|slice", "all kinds, or the nine of the first slice (all)", OPT_KINDS },
	{ 0 },
};

static int wrong(struct err *err, const char *option, const char *allowed)
{
	return err_set(err, STATUS_USAGE, "--%s: %s", option, allowed);
}

static int read_number(const char *text, const char *option, uint64_t *ret, struct err *err)
{
	char *end;
	errno = 0;
	unsigned long long v = strtoull(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9')
		return wrong(err, option, "a whole number is needed");
	*ret = v;
	return 0;
}

/* One of two words. */
static int read_choice(const char *text, const char *option, const char *no, const char *yes, bool *ret, struct err *err)
{
	if (strcmp(text, no) && strcmp(text, yes))
		return err_set(err, STATUS_USAGE, "--%s: %s or %s", option, no, yes);
	*ret = strcmp(text, yes) == 0;
	return 0;
}

static int take(int option, const char *arg, struct gen_options *o, struct err *err)
{
	char *end;
	switch (option) {
	case OPT_PERSONS: return read_number(arg, "persons", &o->persons, err);
	case OPT_SEED: return read_number(arg, "seed", &o->seed, err);
	case OPT_OUT: o->out = arg; return 0;
	case OPT_FORMATS: return read_choice(arg, "formats", "plain", "mixed", &o->mixed, err);
	case OPT_KINDS: return read_choice(arg, "kinds", "all", "slice", &o->slice, err);
	case OPT_DIRTY:
		o->dirty = strtod(arg, &end);
		return *end || end == arg ? wrong(err, "dirty", "a share like 0.01 is needed") : 0;
	default: return 0;
	}
}

static int load_schema(struct schema **ret, struct err *err)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/schemas", cli_data_dir());
	return schema_load(ret, path, NULL, err);
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-gen", .title = "invented extracts of any size",
		           .usage = "--persons N --out DIR [OPTION...]", .options = options,
		           .notes = "The same options give the same content everywhere. All people are invented;\n"
		                    "county codes 500901 - 500999 were never issued. As-of date: 2017-11-26." };
	struct gen_options o = { 0 };
	struct gen_count count;
	struct schema *schema = NULL;
	struct err err = { 0 };
	for (int c; (c = cli_next(&cli, argc, argv)) != CLI_END;) {
		if (c == CLI_DONE || c == CLI_WRONG)
			return cli_status(c);
		if (take(c, cli.arg, &o, &err) < 0)
			return cli_fail(&cli, &err);
	}
	if (!o.out || !o.persons || cli.index < argc) {
		err_set(&err, STATUS_USAGE, "--persons and --out are needed, and nothing else; see --help");
		return cli_fail(&cli, &err);
	}
	if (load_schema(&schema, &err) < 0)
		return cli_fail(&cli, &err);
	o.schema = schema;
	int got = gen_run(&o, &count, &err);
	schema_free(schema);
	if (got < 0)
		return cli_fail(&cli, &err);
	if (!cli.quiet)
		printf("%llu rows in %llu files: %s\n", (unsigned long long)count.rows, (unsigned long long)count.files, o.out);
	return STATUS_OK;
}
