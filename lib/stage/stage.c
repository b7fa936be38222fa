#include "stage/stage.h"

#include <stdio.h>

void stage_init(struct stage *s)
{
	*s = (struct stage){ .run = "" };
	snprintf(s->schemas_path, sizeof s->schemas_path, "%s/schemas", cli_data_dir());
	snprintf(s->pack_path, sizeof s->pack_path, "%s/rules/chongqing-2017.yaml", cli_data_dir());
}

int stage_option(struct stage *s, int option, const char *arg, struct err *err)
{
	switch (option) {
	case STAGE_OUT: s->out = arg; return 0;
	case STAGE_RUN: s->run = arg; return 0;
	case STAGE_PACK: snprintf(s->pack_path, sizeof s->pack_path, "%s", arg); return 0;
	case STAGE_SCHEMAS: snprintf(s->schemas_path, sizeof s->schemas_path, "%s", arg); return 0;
	case STAGE_AS_OF:
		s->dated = true;
		return cli_day(arg, &s->as_of, err);
	default: return 1;
	}
}

int stage_read(struct stage *s, struct cli *cli, int argc, char **argv, int (*own)(void *arg, int option, const char *text, struct err *err),
               void *arg, int *ret_status)
{
	struct err err = { 0 };
	int c, r = 0;
	while (r == 0 && (c = cli_next(cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG) {
			*ret_status = cli_status(c);
			return c;
		}
		r = stage_option(s, c, cli->arg, &err);
		if (r > 0)
			r = own(arg, c, cli->arg, &err);
	}
	if (r == 0 && (!s->dated || !s->out || cli->index == argc))
		r = err_set(&err, STATUS_USAGE, "needs --as-of, --out and what to read; see --help");
	if (r == 0)
		return CLI_END;
	*ret_status = cli_fail(cli, &err);
	return CLI_WRONG;
}

int stage_load(struct stage *s, struct err *err)
{
	if (schema_load(&s->schema, s->schemas_path, NULL, err) < 0 || pack_load(&s->pack, s->pack_path, s->schema, s->as_of, err) < 0)
		return -1;
	frame_id_make(&s->id, s->schema->hash, s->as_of, s->run);
	return 0;
}

void stage_release(struct stage *s)
{
	pack_free(s->pack);
	schema_free(s->schema);
	s->pack = NULL;
	s->schema = NULL;
}
