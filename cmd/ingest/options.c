#include "options.h"

#include <stdlib.h>
#include <string.h>

enum {
	OPT_KIND = 1, OPT_AS_OF, OPT_TABLE, OPT_REJECTS, OPT_INVALID, OPT_CHANGES, OPT_SCHEMAS, OPT_RUN, OPT_ENCODING, OPT_DELIMITER, OPT_THREADS,
};

static const struct cli_option table[] = {
	{ "kind", 'k', "KIND", "what the extracts hold: hukou, civil, ...", OPT_KIND },
	{ "as-of", 0, "DATE", "the day that findings are about, YYYY-MM-DD", OPT_AS_OF },
	{ "table", 't', "FILE", "where the accepted rows go", OPT_TABLE },
	{ "rejects", 0, "FILE", "where the rows refused go, as CSV", OPT_REJECTS },
	{ "invalid", 0, "FILE", "where the values made null go, as CSV", OPT_INVALID },
	{ "changes", 0, "TABLE", "a table of the kind id_change: its old numbers are read as the new ones", OPT_CHANGES },
	{ "encoding", 0, "E", "UTF-8, GB18030, UTF-16LE or UTF-16BE; found out without it", OPT_ENCODING },
	{ "delimiter", 0, "D", "one of , ; | or tab; found out without it", OPT_DELIMITER },
	{ "threads", 0, "N", "threads (default 2)", OPT_THREADS },
	{ "schemas", 0, "DIR", "the folder with the kinds", OPT_SCHEMAS },
	{ "run", 0, "NAME", "the run that the table belongs to", OPT_RUN },
	{ 0 },
};

static int read_delimiter(const char *text, char *ret, struct err *err)
{
	if (!strcmp(text, "tab") || !strcmp(text, "\\t"))
		text = "\t";
	if (strlen(text) != 1 || !strchr(",;|\t", *text))
		return err_set(err, STATUS_USAGE, "--delimiter: one of , ; | or tab is needed");
	*ret = *text;
	return 0;
}

static int take(struct options *o, int option, const char *arg, struct err *err)
{
	switch (option) {
	case OPT_KIND: o->kind = arg; return 0;
	case OPT_TABLE: o->table = arg; return 0;
	case OPT_REJECTS: o->rejects = arg; return 0;
	case OPT_INVALID: o->invalid = arg; return 0;
	case OPT_CHANGES: o->changes = arg; return 0;
	case OPT_SCHEMAS: o->schemas = arg; return 0;
	case OPT_RUN: o->run = arg; return 0;
	case OPT_ENCODING: o->encoding = arg; return 0;
	case OPT_DELIMITER: return read_delimiter(arg, &o->delimiter, err);
	case OPT_THREADS:
		o->threads = (unsigned)atoi(arg);
		return o->threads >= 1 && o->threads <= 64 ? 0 : err_set(err, STATUS_USAGE, "--threads: a number from 1 to 64");
	case OPT_AS_OF:
		o->as_of_text = arg;
		return cli_day(arg, &o->as_of, err);
	default: return -1;
	}
}

static int test(const struct options *o, struct err *err)
{
	const struct {
		const char *value, *name;
	} needed[] = {
		{ o->kind, "kind" }, { o->as_of_text, "as-of" }, { o->table, "table" }, { o->rejects, "rejects" }, { o->invalid, "invalid" },
	};
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!needed[i].value)
			return err_set(err, STATUS_USAGE, "--%s is missing; see --help", needed[i].name);
	if (!o->extract_count)
		return err_set(err, STATUS_USAGE, "no extract is named; see --help");
	return 0;
}

int options_read(struct options *o, struct cli *cli, int argc, char **argv, int *ret_status)
{
	struct err err;
	int c;
	*o = (struct options){ .run = "", .threads = 2 };
	cli->options = table;
	while ((c = cli_next(cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG) {
			*ret_status = cli_status(c);
			return -1;
		}
		if (take(o, c, cli->arg, &err) < 0)
			goto wrong;
	}
	o->extracts = argv + cli->index;
	o->extract_count = argc - cli->index;
	if (test(o, &err) == 0)
		return 0;
wrong:
	*ret_status = cli_fail(cli, &err);
	return -1;
}
