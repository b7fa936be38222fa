#ifndef BIDUI_CMD_RUN_OPTIONS_H
#define BIDUI_CMD_RUN_OPTIONS_H

#include "cli/cli.h"
#include "run/run.h"

/* --fail-on LIST[:SEVERITY]: the least severity that counts, by list; LEVEL_COUNT: none does. */
struct fail_on {
	int least[LIST_COUNT];
	const char *command;   /* --on-failure: for a run that fails, or NULL */
};

/* Fill the plan from the command line. CLI_END when the run can start, else what cli_status() takes, or -2 with err. */
int options_read(struct cli *cli, int argc, char **argv, struct run_plan *plan, struct fail_on *fail_on, struct err *err);

#endif
