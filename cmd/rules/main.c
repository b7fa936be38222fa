/* bidui-rules: what one does with a rule pack besides running it. */
#include "rules.h"

#include "base/err.h"
#include "base/private.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *what;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "check", "all that is wrong with a pack, each at its place", rules_check },
	{ "print", "the pack as pages that an office can read and sign", rules_print },
	{ "test", "the examples of a pack, run through the pipeline", rules_test },
	{ "explain", "one rule on one unit, clause by clause", rules_explain },
	{ "sql", "the pack as SQL over the tables that bidui show prints", rules_sql },
};

static int help(FILE *to)
{
	fprintf(to, "bidui-rules: rule packs, checked, printed and explained\n\nUsage: bidui rules COMMAND [ARGUMENT...]\n\nCommands:\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].what);
	fprintf(to, "\n'bidui rules COMMAND --help' says more. The language: docs/rules.md.\n");
	return to == stdout ? STATUS_OK : STATUS_USAGE;
}

int main(int argc, char **argv)
{
	process_private();
	if (argc < 2)
		return help(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(stdout);
	if (!strcmp(argv[1], "--version")) {
		printf("bidui-rules %s\n", BIDUI_VERSION);
		return STATUS_OK;
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "bidui-rules: there is no command '%s'; see bidui rules --help\n", argv[1]);
	return STATUS_USAGE;
}
