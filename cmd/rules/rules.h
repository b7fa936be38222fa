/* rules: one function a subcommand; each takes its own options and returns the exit status. */
#ifndef BIDUI_CMD_RULES_H
#define BIDUI_CMD_RULES_H

#include "cli/cli.h"
#include "rule/pack.h"

int rules_check(int argc, char **argv);
int rules_print(int argc, char **argv);

/* What every subcommand asks for: a pack, the kinds that it speaks of, a day, a language. */
enum { USE_PACK = 600, USE_SCHEMAS, USE_SCHEMA, USE_AS_OF, USE_LANG };
#define USE_OPTIONS                                                                                                                \
	{ "schemas", 0, "DIR", "the folder with the kinds", USE_SCHEMAS },                                                         \
	{ "schema", 's', "FILE", "a kind of your own, beside these; may be given several times", USE_SCHEMA },                     \
	{ "as-of", 0, "DATE", "the day for which parameters are taken, YYYY-MM-DD", USE_AS_OF },                                   \
	{ "lang", 'l', "en|zh", "the language (default: that of the environment)", USE_LANG }

struct use {
	char schemas_path[4096], default_pack[4096];
	char *own[33];          /* schema files, NULL-terminated */
	unsigned own_count;
	int as_of;
	struct schema *schema;  /* once use_read said CLI_END */
};

/* Read the options: CLI_END when the schemas are loaded and the arguments stand at cli->index; else *ret_status is the program's. */
int use_read(struct use *u, struct cli *cli, int argc, char **argv, int *ret_status);
void use_release(struct use *u);

#endif
