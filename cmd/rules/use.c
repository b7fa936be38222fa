#include "rules.h"

#include "base/lang.h"

#include <stdio.h>

static int take(struct use *u, int option, const char *arg, struct err *err)
{
	switch (option) {
	case USE_SCHEMAS: snprintf(u->schemas_path, sizeof u->schemas_path, "%s", arg); return 0;
	case USE_PACK: snprintf(u->pack_path, sizeof u->pack_path, "%s", arg); return 0;
	case USE_AS_OF: return cli_day(arg, &u->as_of, err);
	case USE_LANG: return lang_use(arg) == 0 ? 0 : err_set(err, STATUS_USAGE, "--lang: en or zh");
	default:
		if (u->own_count + 1 == sizeof u->own / sizeof *u->own)
			return err_set(err, STATUS_USAGE, "--own-schema: at most 32 of them");
		u->own[u->own_count++] = (char *)arg;
		return 0;
	}
}

int use_read(struct use *u, struct cli *cli, int argc, char **argv, int *ret_status)
{
	struct err err = { 0 };
	int c, r = 0;
	*u = (struct use){ .as_of = PACK_ANY_DAY };
	snprintf(u->schemas_path, sizeof u->schemas_path, "%s/schemas", cli_data_dir());
	snprintf(u->pack_path, sizeof u->pack_path, "%s/rules/chongqing-2017.yaml", cli_data_dir());
	lang_from_environment();
	while (r == 0 && (c = cli_next(cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG) {
			*ret_status = cli_status(c);
			return c;
		}
		r = take(u, c, cli->arg, &err);
	}
	if (r == 0 && cli->index < argc)
		snprintf(u->pack_path, sizeof u->pack_path, "%s", argv[cli->index]);
	if (r == 0 && schema_load(&u->schema, u->schemas_path, u->own, &err) == 0)
		return CLI_END;
	*ret_status = cli_fail(cli, &err);
	return CLI_WRONG;
}

int use_flush(const struct cli *cli, int status)
{
	struct err err;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	err_set(&err, STATUS_IOERR, "standard output: writing failed");
	return cli_fail(cli, &err);
}

void use_release(struct use *u)
{
	schema_free(u->schema);
}
