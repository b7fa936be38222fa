/* stage: what the programs of single stages have in common: which day, which schemas, which pack, which run.
 *
 *     static const struct cli_option options[] = { STAGE_OPTIONS, { "out", 'o', ... , OPT_OUT }, { 0 } };
 *     struct stage s;
 *     stage_init(&s);
 *     ... if (!stage_option(&s, c, arg, &err)) one of the program's own
 *     stage_load(&s, err);                // s.schema, s.pack, s.id
 *     stage_release(&s);
 */
#ifndef BIDUI_STAGE_STAGE_H
#define BIDUI_STAGE_STAGE_H

#include "cli/cli.h"
#include "file/frame.h"
#include "rule/pack.h"

enum { STAGE_AS_OF = 500, STAGE_PACK, STAGE_SCHEMAS, STAGE_RUN, STAGE_OUT };

#define STAGE_OPTIONS(out_arg, out_help)                                                                                           \
	{ "as-of", 0, "DATE", "the day that findings are about, YYYY-MM-DD", STAGE_AS_OF },                                        \
	{ "out", 'o', out_arg, out_help, STAGE_OUT },                                                                              \
	{ "pack", 'p', "FILE", "the rule pack (default: chongqing-2017)", STAGE_PACK },                                            \
	{ "schemas", 0, "DIR", "the folder with the kinds", STAGE_SCHEMAS },                                                       \
	{ "run", 0, "NAME", "the run that the files belong to", STAGE_RUN }

struct stage {
	char pack_path[4096], schemas_path[4096]; /* the default ones, until options say others */
	const char *run, *out;
	int as_of;                                /* days since 1900-01-01 */
	bool dated;
	struct schema *schema;
	struct pack *pack;
	struct frame_id id;
};

void stage_init(struct stage *s);
/* Take an option of STAGE_OPTIONS: 0, or -1 with err; 1 when it is none of them. */
int stage_option(struct stage *s, int option, const char *arg, struct err *err) __attribute__((warn_unused_result));
/* Read the command line of a program that has --as-of, --out and at least one argument. own takes the options that are the
 * program's, and may be NULL. CLI_END when the stage can start; else the program ends with *ret_status. */
int stage_read(struct stage *s, struct cli *cli, int argc, char **argv, int (*own)(void *arg, int option, const char *text, struct err *err),
               void *arg, int *ret_status);
int stage_load(struct stage *s, struct err *err) __attribute__((warn_unused_result));
void stage_release(struct stage *s);

#endif
