#include "options.h"

#include "ledger/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPT_EXTRACTS = 1, OPT_AS_OF, OPT_OUT, OPT_PACK, OPT_SCHEMAS, OPT_THREADS, OPT_FAIL_ON, OPT_ON_FAILURE, OPT_XLSX, OPT_SPLIT, OPT_STATE, OPT_CHECK, OPT_VERDICTS, OPT_KEEP, OPT_ACCEPT,
       OPT_MEMORY };

static const struct cli_option options[] = {
	{ "extracts", 'e', "DIR", "the folder with the extracts", OPT_EXTRACTS },
	{ "as-of", 0, "DATE", "the day that findings are about, YYYY-MM-DD", OPT_AS_OF },
	{ "out", 'o', "DIR", "the folder that is published", OPT_OUT },
	{ "pack", 'p', "FILE", "the rule pack (default: chongqing-2017)", OPT_PACK },
	{ "schemas", 0, "DIR", "the folder with the kinds", OPT_SCHEMAS },
	{ "threads", 't', "N", "threads (default: as many as there are processors)", OPT_THREADS },
	{ "memory", 'm', "SIZE", "memory that the run may take, as 512M or 2G (default: what it needs to be fast)", OPT_MEMORY },
	{ "keep", 'k', "N", "keep N older runs beside DIR, as DIR.run-000001 and on (default: 0)", OPT_KEEP },
	{ "xlsx", 0, NULL, "make workbooks too, for those who check and for departments", OPT_XLSX },
	{ "split", 0, "county|township|none", "a workbook for each of these (default: county)", OPT_SPLIT },
	{ "state", 's', "DIR", "keep what was read for the next run, and read only what has changed", OPT_STATE },
	{ "check", 0, "HOW", "how an extract is known again: files (size and times, the default) or content", OPT_CHECK },
	{ "verdicts", 0, "DIR", "what was found on checking leads: DIR/ledger.db of bidui-track (default: that of --state)", OPT_VERDICTS },
	{ "accept", 0, NULL, "go on although a limit of the pipeline file is exceeded", OPT_ACCEPT },
	{ "fail-on", 0, "LIST[:SEVERITY],...", "exit with 1 when a list has a finding of at least that severity", OPT_FAIL_ON },
	{ "on-failure", 0, "COMMAND", "when the run fails, note it beside DIR and start this with sh (BIDUI_STATUS, BIDUI_MESSAGE, ...)", OPT_ON_FAILURE },
	{ 0 },
};

static int read_fail_on(const char *text, struct fail_on *f, struct err *err)
{
	while (*text) {
		size_t n = strcspn(text, ",");
		const char *colon = memchr(text, ':', n);
		struct str list = { text, colon ? (size_t)(colon - text) : n };
		int l = list_of_name(list);
		int least = colon ? level_of_name((struct str){ colon + 1, n - list.n - 1 }) : LEVEL_LOW;
		if (l < 0 || least < 0)
			return err_set(err, STATUS_USAGE, "--fail-on: is LIST or LIST:SEVERITY, with a list of the outputs and high, medium or low");
		f->least[l] = least;
		text += n + (text[n] == ',');
	}
	return 0;
}

static void set(char **to, const char *text)
{
	free(*to);
	*to = mem_dup(str_of(text));
}

static int read_number(const char *name, const char *text, unsigned low, unsigned high, unsigned *ret, struct err *err)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || n < low || n > high)
		return err_set(err, STATUS_USAGE, "--%s: a number from %u to %u", name, low, high);
	*ret = (unsigned)n;
	return 0;
}

static int take(struct run_plan *p, struct fail_on *f, int option, const char *arg, struct err *err)
{
	switch (option) {
	case OPT_EXTRACTS: set(&p->extracts, arg); return 0;
	case OPT_AS_OF: set(&p->as_of, arg); return 0;
	case OPT_OUT: set(&p->out, arg); return 0;
	case OPT_PACK: set(&p->pack, arg); return 0;
	case OPT_SCHEMAS: set(&p->schemas, arg); return 0;
	case OPT_ON_FAILURE: f->command = arg; return 0;
	case OPT_XLSX: p->xlsx = true; return 0;
	case OPT_SPLIT: set(&p->split, arg); return 0;
	case OPT_STATE: set(&p->state, arg); return 0;
	case OPT_CHECK:
		p->by_content = !strcmp(arg, "content");
		return p->by_content || !strcmp(arg, "files") ? 0 : err_set(err, STATUS_USAGE, "--check: is files or content");
	case OPT_MEMORY:
		return mem_size(str_of(arg), &p->memory) == 0 ? 0 : err_set(err, STATUS_USAGE, "--memory: a size such as 512M or 2G, 64M at least");
	case OPT_ACCEPT: p->accept = true; return 0;
	case OPT_VERDICTS: set(&p->verdicts, arg); return 0;
	case OPT_FAIL_ON: return read_fail_on(arg, f, err);
	case OPT_KEEP:
		p->keep_said = true;
		return read_number("keep", arg, 0, RUN_KEEP_MAX, &p->keep, err);
	default: return read_number("threads", arg, 1, 64, &p->threads, err);
	}
}

static void cut_slashes(char *path)
{
	for (size_t n = strlen(path); n > 1 && path[n - 1] == '/';)
		path[--n] = 0;
}

static int complete(struct run_plan *p, struct err *err)
{
	if ((!p->extracts && !p->file_count) || !p->as_of || !p->out)
		return err_set(err, STATUS_USAGE, "needs --extracts, --as-of and --out, or a pipeline file; see --help");
	cut_slashes(p->out);
	if (p->state)
		cut_slashes(p->state);
	if (p->state && !p->verdicts && ledger_there(p->state))
		set(&p->verdicts, p->state);
	if (!p->threads) {
		long n = sysconf(_SC_NPROCESSORS_ONLN);
		p->threads = n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
	}
	return 0;
}

int options_read(struct cli *cli, int argc, char **argv, struct run_plan *plan, struct fail_on *fail_on, struct err *err)
{
	int c;
	cli->options = options;
	for (int i = 0; i < LIST_COUNT; i++)
		fail_on->least[i] = LEVEL_COUNT;
	while ((c = cli_next(cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG)
			return c;
		if (take(plan, fail_on, c, cli->arg, err) < 0)
			return -2;
	}
	if (argc - cli->index > 1) {
		err_set(err, STATUS_USAGE, "one pipeline file at most; see --help");
		return -2;
	}
	if (cli->index < argc && run_plan_load(plan, argv[cli->index], err) < 0)
		return -2;
	return complete(plan, err) < 0 ? -2 : CLI_END;
}
