/* bidui rules test: the examples of a pack, each run through the pipeline. */
#include "rules.h"

#include "example/example.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct cli_option options[] = { USE_OPTIONS, { 0 } };

struct test {
	struct cli *cli;
	struct use use;
	struct pack *loaded;   /* for the day of the example before */
	const char *beside;
	unsigned passed, failed;
};

/* D is a constant of a loaded pack, so an example of another day needs it loaded anew. */
static int pack_of_day(struct test *t, int32_t as_of, struct err *err)
{
	if (t->loaded && t->loaded->as_of == as_of)
		return 0;
	pack_free(t->loaded);
	t->loaded = NULL;
	return pack_load(&t->loaded, t->use.pack_path, t->use.schema, as_of, err);
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
		printf("not ok  %-4.*s %.*s (%s:%u): expected %.*s; got %.*s\n", STR_ARG(asked->code), STR_ARG(asked->examples[i].title), base_name(t->use.pack_path),
		       asked->examples[i].line, STR_ARG(buf_str(&a.expected)), STR_ARG(buf_str(&a.got)));
	else if (r < 0)
		err_in(err, "%s:%u", base_name(t->use.pack_path), x->line);
	*(a.passed ? &t->passed : &t->failed) += 1;
	buf_release(&a.expected);
	buf_release(&a.got);
	return r;
}

static int run_all(struct test *t, struct err *err)
{
	struct pack *pack = NULL;
	int r = pack_load(&pack, t->use.pack_path, t->use.schema, PACK_ANY_DAY, err);
	for (unsigned i = 0; r == 0 && i < pack->rule_count; i++)
		for (unsigned k = 0; r == 0 && k < pack->rules[i].example_count; k++)
			r = run_example(t, i, k, &pack->rules[i].examples[k], err);
	pack_free(pack);
	pack_free(t->loaded);
	return r;
}

int rules_test(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-rules", .title = "the examples of a rule pack, run through the pipeline", .usage = "test [OPTION...] [PACK]",
		.options = options,
		.notes = "A line an example: 'ok' or 'not ok' with its place, what was expected and what came; at the end N passed, N failed.\n"
			"Exit status: 0 all passed; 1 one did not; 64 wrong use; 66 the pack is missing; 78 a wrong pack or schema." };
	struct test t = { .cli = &cli, .beside = folder() };
	struct err err = { 0 };
	int status = STATUS_OK;
	umask(077);
	if (use_read(&t.use, &cli, argc, argv, &status) != CLI_END)
		return status;
	int r = cli.index + 1 < argc ? err_set(&err, STATUS_USAGE, "one pack at a time; see --help") : run_all(&t, &err);
	if (r == 0)
		printf("%u passed, %u failed\n", t.passed, t.failed);
	status = r < 0 ? cli_fail(&cli, &err) : use_flush(&cli, t.failed ? STATUS_FOUND : STATUS_OK);
	use_release(&t.use);
	return status;
}
