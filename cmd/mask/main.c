/* bidui-mask: a copy of a run's lists for wider circulation. */
#include "cli/cli.h"
#include "mask/mask.h"

#include <stdio.h>

enum { OPT_KEY = 1, OPT_OUT, OPT_NEW_KEY };

static const struct cli_option cli_options[] = {
	{ "key", 'k', "FILE", "the installation's key", OPT_KEY },
	{ "out", 'o', "DIR", "the folder of the copy", OPT_OUT },
	{ "new-key", 0, "FILE", "make a key, and do nothing else", OPT_NEW_KEY },
	{ 0 },
};

static void say_line(void *arg, const char *text)
{
	printf("%s: %s\n", (const char *)arg, text);
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-mask", .title = "a copy of a run's lists for wider circulation",
		.usage = "--key FILE --out DIR RUN\n       bidui-mask --new-key FILE", .options = cli_options,
		.notes = "Numbers become 500901********1234, names 张**; finding_id, household numbers and evidence_hash are keyed.\n\n"
			"Exit status: 0 done; 64 wrong use; 65 the run is not as it was published; 66 a key or folder is missing;\n"
			"73 an output cannot be made; 74 an I/O error; 78 a key that is none, or that others can read." };
	struct mask_job job = { .version = BIDUI_VERSION, .say = say_line };
	const char *new_key = NULL;
	struct err err = { 0 };
	int c;
	while ((c = cli_next(&cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG)
			return cli_status(c);
		*(c == OPT_KEY ? &job.key : c == OPT_OUT ? &job.out : &new_key) = cli.arg;
	}
	if (new_key && !job.key && !job.out && cli.index == argc)
		return mask_new_key(new_key, &err) < 0 ? cli_fail(&cli, &err) : STATUS_OK;
	if (!job.key || !job.out || new_key || argc - cli.index != 1) {
		err_set(&err, STATUS_USAGE, "needs --key, --out and the folder of a run; see --help");
		return cli_fail(&cli, &err);
	}
	job.run = argv[cli.index];
	job.arg = argv[cli.index];
	return mask_run(&job, &err) < 0 ? cli_fail(&cli, &err) : STATUS_OK;
}
