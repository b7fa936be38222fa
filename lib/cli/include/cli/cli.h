/* cli: one option table for all programs, --help, --version, --quiet and NO_COLOR done once.
 *
 *     static const struct cli_option options[] = {
 *             { "out", 'o', "FILE", "where the table goes", OPT_OUT },
 *             { 0 }
 *     };
 *     struct cli cli = { "bidui-ingest", "extracts of one kind into a table", "[OPTION...] EXTRACT...", options };
 *     while ((c = cli_next(&cli, argc, argv)) != CLI_END)
 *             switch (c) { case OPT_OUT: out = cli.arg; break; default: return cli_status(c); }
 *     // arguments are argv[cli.index] .. argv[argc - 1]
 */
#ifndef BIDUI_CLI_CLI_H
#define BIDUI_CLI_CLI_H

#include "base/err.h"

#include <stdbool.h>

enum { CLI_END = -1, CLI_DONE = 1000, CLI_WRONG = 1001 };

struct cli_option {
	const char *name;
	int letter;      /* one letter, or 0 */
	const char *arg; /* "FILE", or NULL for a flag */
	const char *help;
	int value;       /* what cli_next returns: 1 - 999 */
};

struct cli {
	const char *program, *title, *usage;
	const struct cli_option *options;
	const char *arg;  /* of the option just returned */
	int index;        /* of the first argument behind the options, once CLI_END came */
	bool quiet;
	const char *notes; /* printed at the end of --help, or NULL */
};

/* The next option's value; CLI_END; CLI_DONE after --help or --version; CLI_WRONG after a message. --quiet sets cli->quiet. Every
 * program begins with it, so it also makes the process private (base/private.h). */
int cli_next(struct cli *cli, int argc, char **argv);
/* The exit status for CLI_DONE and CLI_WRONG. */
int cli_status(int got);
/* Print "PROGRAM: text" on standard error and return the exit status. */
int cli_fail(const struct cli *cli, const struct err *err);

bool cli_color(int fd);    /* a terminal, and NO_COLOR is not set */
bool cli_progress(const struct cli *cli); /* standard error is a terminal, and not --quiet */

/* "YYYY-MM-DD" into days since 1900-01-01; 64 when it is no day. */
int cli_day(const char *text, int *ret, struct err *err);

/* The folder with schemas and rules: $BIDUI_DATA, beside the program (../pipelines of the build), or where it was installed. */
const char *cli_data_dir(void);

#endif
