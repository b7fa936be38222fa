/* bidui: finds the program for a command and becomes it. */
#include "base/cpu.h"
#include "base/err.h"
#include "base/private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name, *what;
} commands[] = {
	{ "run", "a pipeline from extracts to a published folder of lists" },
	{ "ingest", "extracts of one kind into a table" },
	{ "join", "tables into dossiers" },
	{ "screen", "dossiers and a rule pack into findings" },
	{ "report", "findings into lists, figures, summary" },
	{ "verdicts", "filled workbooks into the ledger" },
	{ "workbooks", "the lists of a run as workbooks for those who check" },
	{ "track", "a published run into the ledger of all runs" },
	{ "purge", "forget what the ledger no longer has to know" },
	{ "show", "any file between stages as CSV or NDJSON" },
	{ "explain", "a whole dossier, and why each rule fires on it or does not" },
	{ "rules", "a rule pack checked, printed, tested on its examples, explained, as SQL" },
	{ "verify", "the files of a run, checked again" },
	{ "sign", "a run signed, so that others can prove what came from what" },
	{ "mask", "a copy of the lists for wider circulation" },
	{ "id", "check ID numbers, a line each" },
	{ "gen", "invented extracts of any size" },
};

static int help(FILE *to)
{
	fprintf(to, "bidui: reconcile departmental extracts on citizens' ID numbers\n\nUsage: bidui COMMAND [ARGUMENT...]\n\nCommands:\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].what);
	fprintf(to, "\n'bidui COMMAND --help' says more. Findings are leads to check, never decisions (疑点不等于违规).\n");
	return to == stdout ? STATUS_OK : STATUS_USAGE;
}

/* Beside this program (installed), or in the build folder's cmd/NAME/. */
static int become(const char *name, char **argv)
{
	static const char *const places[] = { "%s/bidui-%s", "%s/cmd/%s/bidui-%s" };
	char self[2048], path[4096], program[64];
	snprintf(program, sizeof program, "bidui-%s", name);
	argv[0] = program; /* what its messages begin with */
	setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 0); /* base/mem.c, mem_keep, says why */
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n > 0) {
		self[n] = 0;
		*strrchr(self, '/') = 0;
		for (int i = 0; i < 2; i++) {
			snprintf(path, sizeof path, places[i], self, name, name);
			execv(path, argv);
		}
	}
	execvp(program, argv);
	fprintf(stderr, "bidui: %s: the program cannot be started: %s; install it or build it\n", program, strerror(errno));
	return STATUS_SOFTWARE;
}

int main(int argc, char **argv)
{
	process_private();
	if (argc < 2)
		return help(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help(stdout);
	if (!strcmp(argv[1], "--version")) {
		printf("bidui %s (%s)\n", BIDUI_VERSION, cpu_name());
		return STATUS_OK;
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (!strcmp(argv[1], commands[i].name))
			return become(commands[i].name, argv + 1);
	fprintf(stderr, "bidui: there is no command '%s'; see bidui --help\n", argv[1]);
	return STATUS_USAGE;
}
