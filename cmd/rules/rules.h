/* rules: one function a subcommand; each takes its own options and returns the exit status. */
#ifndef BIDUI_CMD_RULES_H
#define BIDUI_CMD_RULES_H

#include "cli/cli.h"
#include "rule/pack.h"

int rules_check(int argc, char **argv);
int rules_print(int argc, char **argv);
int rules_test(int argc, char **argv);
int rules_explain(int argc, char **argv);
int rules_sql(int argc, char **argv);

/* What every subcommand asks for: a pack, the kinds that it speaks of, a day, a language. */
enum { USE_PACK = 600, USE_SCHEMAS, USE_SCHEMA, USE_AS_OF, USE_LANG };
#define USE_OPTIONS                                                                                                                \
	{ "schemas", 0, "DIR", "the folder with the kinds", USE_SCHEMAS },                                                         \
	{ "pack", 'p', "FILE", "the rule pack (default: chongqing-2017)", USE_PACK },                                              \
	{ "own-schema", 's', "FILE", "a kind of one's own, beside these; as often as there are", USE_SCHEMA },                     \
	{ "as-of", 0, "DATE", "the day for which parameters are taken, YYYY-MM-DD", USE_AS_OF },                                   \
	{ "lang", 'l', "en|zh", "the language (default: that of the environment)", USE_LANG }

struct use {
	char schemas_path[4096], pack_path[4096];
	char *own[33];          /* schema files, NULL-terminated */
	unsigned own_count;
	int as_of;
	struct schema *schema;  /* once use_read said CLI_END */
};

/* Read the options: CLI_END when the schemas are loaded; else *ret_status is the program's. The arguments behind them stand at cli->index;
 * the first of them is a pack too. */
int use_read(struct use *u, struct cli *cli, int argc, char **argv, int *ret_status);
void use_release(struct use *u);

/* The end of a program that has printed: its status. */
int use_flush(const struct cli *cli, int status);

#endif
