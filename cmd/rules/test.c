/* bidui rules test: the examples of a pack, each run through the pipeline. */
#include "rules.h"

#include "cli/cli.h"
#include "example/example.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPT_PACK = 1, OPT_SCHEMAS, OPT_OWN_SCHEMA };

static const struct cli_option options[] = {
	{ "pack", 'p', "FILE", "the rule pack (default: chongqing-2017)", OPT_PACK },
	{ "schemas", 0, "DIR", "the folder with the kinds", OPT_SCHEMAS },
	{ "own-schema", 0, "FILE", "a kind of one's own; as often as there are", OPT_OWN_SCHEMA },
	{ 0 },
};

struct test {
	struct cli *cli;
	char pack[4096], schemas[4096];
	char *own[64];
	unsigned own_count;
	const struct schema *schema;
	struct pack *loaded;   /* for the day of the example before */
	const char *beside;
	unsigned passed, failed;
};

static int take(struct test *t, int option, const char *arg, struct err *err)
{
	switch (option) {
	case OPT_PACK: snprintf(t->pack, sizeof t->pack, "%s", arg); return 0;
	case OPT_SCHEMAS: snprintf(t->schemas, sizeof t->schemas, "%s", arg); return 0;
	default:
		if (t->own_count + 1 == sizeof t->own / sizeof *t->own)
			return err_set(err, STATUS_USAGE, "--own-schema: at most 63");
		t->own[t->own_count++] = (char *)arg;
		return 0;
	}
}

/* D is a constant of a loaded pack, so an example of another day needs it loaded anew. */
static int pack_of_day(struct test *t, int32_t as_of, struct err *err)
{
	if (t->loaded && t->loaded->as_of == as_of)
		return 0;
	pack_free(t->loaded);
	t->loaded = NULL;
	return pack_load(&t->loaded, t->pack, t->schema, as_of, err);
}

/* Where the files cost least: they are invented, small, and flushed one by one. */
static const char *folder(void)
{
	const char *tmp = getenv("TMPDIR");
	if (tmp && *tmp)
		return tmp;
	return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static int run_example(struct test *t, unsigned rule, unsigned i, const struct example *x, struct err *err)
{
	struct example_answer a = { 0 };
	int r = pack_of_day(t, x->as_of, err);
	const struct rule *asked = r == 0 ? &t->loaded->rules[rule] : NULL;
	if (r == 0)
		r = example_run(t->loaded, asked, &asked->examples[i], t->beside, &a, err);
	if (r == 0 && a.passed && !t->cli->quiet)
		printf("ok      %-4.*s %.*s\n", STR_ARG(asked->code), STR_ARG(asked->examples[i].title));
	if (r == 0 && !a.passed)
		printf("not ok  %-4.*s %.*s (%s:%u): expected %.*s; got %.*s\n", STR_ARG(asked->code), STR_ARG(asked->examples[i].title), base_name(t->pack),
		       asked->examples[i].line, STR_ARG(buf_str(&a.expected)), STR_ARG(buf_str(&a.got)));
	else if (r < 0)
		err_in(err, "%s:%u", base_name(t->pack), x->line);
	*(a.passed ? &t->passed : &t->failed) += 1;
	buf_release(&a.expected);
	buf_release(&a.got);
	return r;
}

static int run_all(struct test *t, struct err *err)
{
	struct schema *schema = NULL;
	struct pack *pack = NULL;
	int r = schema_load(&schema, t->schemas, t->own_count ? t->own : NULL, err);
	t->schema = schema;
	if (r == 0)
		r = pack_load(&pack, t->pack, schema, 0, err);
	for (unsigned i = 0; r == 0 && i < pack->rule_count; i++)
		for (unsigned k = 0; r == 0 && k < pack->rules[i].example_count; k++)
			r = run_example(t, i, k, &pack->rules[i].examples[k], err);
	pack_free(pack);
	pack_free(t->loaded);
	schema_free(schema);
	return r;
}

int rules_test(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-rules test", .title = "the examples of a rule pack, run through the pipeline", .usage = "[OPTION...]",
		.options = options,
		.notes = "A line an example: 'ok' or 'not ok' with its place, what was expected and what came; at the end N passed, N failed.\n"
			"Exit status: 0 all passed; 1 one did not; 64 wrong use; 66 the pack is missing; 78 a wrong pack or schema." };
	struct test t = { .cli = &cli, .beside = folder() };
	struct err err = { 0 };
	int c;
	umask(077);
	snprintf(t.pack, sizeof t.pack, "%s/rules/chongqing-2017.yaml", cli_data_dir());
	snprintf(t.schemas, sizeof t.schemas, "%s/schemas", cli_data_dir());
	while ((c = cli_next(&cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG)
			return cli_status(c);
		if (take(&t, c, cli.arg, &err) < 0)
			return cli_fail(&cli, &err);
	}
	if (cli.index < argc) {
		err_set(&err, STATUS_USAGE, "takes options only; see --help");
		return cli_fail(&cli, &err);
	}
	if (run_all(&t, &err) < 0)
		return cli_fail(&cli, &err);
	printf("%u passed, %u failed\n", t.passed, t.failed);
	if (fflush(stdout) != 0) {
		err_errno(&err, STATUS_IOERR, "standard output: writing failed");
		return cli_fail(&cli, &err);
	}
	return t.failed ? STATUS_FOUND : STATUS_OK;
}
