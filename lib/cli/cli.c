#include "cli/cli.h"

#include "base/leave.h"
#include "base/mem.h"
#include "base/private.h"
#include "id/hide.h"
#include "value/value.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_OPTIONS 40
enum { OPT_HELP = 1002, OPT_VERSION, OPT_QUIET };

static const struct cli_option common[] = {
	{ "quiet", 'q', NULL, "say nothing but errors", OPT_QUIET },
	{ "help", 'h', NULL, "show this help and exit", OPT_HELP },
	{ "version", 0, NULL, "show the version and exit", OPT_VERSION },
	{ 0 },
};

static void help_table(const struct cli_option *o)
{
	for (; o->name; o++) {
		char left[80];
		snprintf(left, sizeof left, "%s--%s%s%s", o->letter ? "" : "    ", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
		if (o->letter)
			printf("  -%c, %-26s %s\n", o->letter, left, o->help);
		else
			printf("  %-30s %s\n", left, o->help);
	}
}

static void help(const struct cli *cli)
{
	printf("%s: %s\n\nUsage: %s %s\n\nOptions:\n", cli->program, cli->title, cli->program, cli->usage);
	help_table(cli->options);
	help_table(common);
	if (cli->notes)
		printf("\n%s\n", cli->notes);
}

static int add(const struct cli_option *o, struct option *longs, char *shorts, int n)
{
	for (; o->name && n < MAX_OPTIONS; o++, n++) {
		longs[n] = (struct option){ o->name, o->arg ? required_argument : no_argument, NULL, o->value };
		if (!o->letter)
			continue;
		size_t at = strlen(shorts);
		shorts[at++] = (char)o->letter;
		if (o->arg)
			shorts[at++] = ':';
	}
	return n;
}

static int value_of(const struct cli_option *o, int letter)
{
	for (; o->name; o++)
		if (o->letter == letter)
			return o->value;
	return 0;
}

int cli_next(struct cli *cli, int argc, char **argv)
{
	struct option longs[MAX_OPTIONS + 1] = { 0 };
	char shorts[2 * MAX_OPTIONS + 2] = "";
	process_private();
	mem_keep();
	leave_on_signals();
	json_set_alloc_funcs(mem_take, free);
	add(common, longs, shorts, add(cli->options, longs, shorts, 0));
	int c = getopt_long(argc, argv, shorts, longs, NULL);
	cli->index = optind;
	if (c == -1)
		return CLI_END;
	if (c == '?') {
		fprintf(stderr, "Try '%s --help'.\n", cli->program);
		return CLI_WRONG;
	}
	if (c < 256 && value_of(cli->options, c))
		c = value_of(cli->options, c);
	else if (c < 256 && value_of(common, c))
		c = value_of(common, c);
	cli->arg = optarg;
	if (c == OPT_HELP) {
		help(cli);
		return CLI_DONE;
	}
	if (c == OPT_VERSION) {
		printf("%s %s\n", cli->program, BIDUI_VERSION);
		return CLI_DONE;
	}
	if (c == OPT_QUIET) {
		cli->quiet = true;
		return cli_next(cli, argc, argv);
	}
	return c;
}

int cli_status(int got)
{
	return got == CLI_DONE ? STATUS_OK : STATUS_USAGE;
}

int cli_fail(const struct cli *cli, const struct err *err)
{
	char text[sizeof err->text];
	memcpy(text, err->text, sizeof text);
	id_hide(text); /* somebody may have named a file so */
	fprintf(stderr, "%s: %s\n", cli->program, text);
	return err->status;
}

bool cli_color(int fd)
{
	const char *no = getenv("NO_COLOR");
	return isatty(fd) && !(no && *no);
}

bool cli_progress(const struct cli *cli)
{
	return !cli->quiet && isatty(2);
}

int cli_day(const char *text, int *ret, struct err *err)
{
	int64_t day;
	bool shape = strlen(text) == 10 && text[4] == '-' && text[7] == '-';
	if (!shape || date_parse(str_of(text), &day) != 0)
		return err_set(err, STATUS_USAGE, "as-of date: must be a real day, YYYY-MM-DD");
	*ret = (int)day;
	return 0;
}

const char *cli_data_dir(void)
{
	static char found[4096];
	const char *given = getenv("BIDUI_DATA");
	if (given && *given)
		return given;
	static const char *const beside[] = { "../pipelines", "../../../pipelines", "../../pipelines", "../share/bidui", "../../share/bidui", NULL };
	char self[2048];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	for (const char *const *b = beside; n > 0 && *b; b++) {
		self[n] = 0;
		char *slash = strrchr(self, '/');
		if (slash)
			slash[1] = 0;
		snprintf(found, sizeof found, "%s%s", self, *b);
		char probe[4200];
		snprintf(probe, sizeof probe, "%s/schemas/types.yaml", found);
		if (access(probe, R_OK) == 0)
			return found;
	}
	return access(BIDUI_DATADIR "/schemas/types.yaml", R_OK) == 0 ? BIDUI_DATADIR : BIDUI_SOURCE_DATA;
}
