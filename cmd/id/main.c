/* bidui-id: numbers on standard input, one a line -> `raw TAB id TAB reason`. For asking what the rules say of a number. */
#include "base/mem.h"
#include "cli/cli.h"
#include "id/day.h"
#include "id/id.h"
#include "text/blank.h"
#include "value/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { OPT_AS_OF = 1, OPT_CERT };

static const struct cli_option options[] = {
	{ "as-of", 0, "DATE", "nobody is born later, YYYY-MM-DD; today without it", OPT_AS_OF },
	{ "cert", 0, NULL, "the numbers are of certificates of disability", OPT_CERT },
	{ 0 },
};

static int32_t today(void)
{
	time_t now = time(NULL);
	struct tm tm;
	localtime_r(&now, &tm);
	return day_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static void put_line(struct str raw, enum type type, int32_t as_of, struct buf *out)
{
	char cleaned[ID_CLEAN_SIZE];
	size_t n;
	uint64_t stored = 0;
	int reason = id_clean(text_trim(raw), cleaned, sizeof cleaned, &n);
	struct str text = { cleaned, n };
	if (!reason)
		reason = type == TYPE_CERT ? cert_parse(text, as_of, &stored) : id_parse(text, as_of, &stored);
	buf_puts(out, raw);
	buf_putc(out, '\t');
	if (!reason)
		value_print(type, (int64_t)stored, out);
	buf_printf(out, "\t%s\n", reason_name((enum reason)reason));
}

static int run(enum type type, int32_t as_of, struct err *err)
{
	char *line = NULL;
	size_t size = 0;
	struct buf out = { 0 };
	ssize_t n;
	bool failed = false;
	while (!failed && (n = getline(&line, &size, stdin)) >= 0) {
		n -= n > 0 && line[n - 1] == '\n';
		put_line((struct str){ line, (size_t)n }, type, as_of, &out);
		failed = fwrite(out.p, 1, out.n, stdout) != out.n;
		out.n = 0;
	}
	free(line);
	buf_release(&out);
	if (failed || fflush(stdout) != 0 || ferror(stdin))
		return err_errno(err, STATUS_IOERR, "reading standard input or writing standard output failed");
	return 0;
}

int main(int argc, char **argv)
{
	struct cli cli = { "bidui-id", "numbers on standard input, one a line: RAW TAB ID TAB REASON", "[OPTION...]", options };
	struct err err;
	enum type type = TYPE_ID;
	int as_of = today(), c;
	while ((c = cli_next(&cli, argc, argv)) != CLI_END) {
		if (c == OPT_CERT)
			type = TYPE_CERT;
		else if (c != OPT_AS_OF)
			return cli_status(c);
		else if (cli_day(cli.arg, &as_of, &err) < 0)
			return cli_fail(&cli, &err);
	}
	if (cli.index < argc)
		err_set(&err, STATUS_USAGE, "reads numbers from standard input; see --help");
	if (cli.index < argc || run(type, as_of, &err) < 0)
		return cli_fail(&cli, &err);
	return 0;
}
