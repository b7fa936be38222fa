/* The two commands are one program but for a rule's code in front. */
#include "explain/explain.h"

#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPT_EXTRACTS = 1, OPT_AS_OF, OPT_PACK, OPT_SCHEMAS, OPT_UNIT, OPT_LANG };

static const struct cli_option options[] = {
	{ "extracts", 'e', "DIR", "the folder with the extracts", OPT_EXTRACTS },
	{ "as-of", 0, "DATE", "the day that findings are about, YYYY-MM-DD", OPT_AS_OF },
	{ "pack", 'p', "FILE", "the rule pack (default: chongqing-2017)", OPT_PACK },
	{ "schemas", 0, "DIR", "the folder with the kinds", OPT_SCHEMAS },
	{ "unit", 'u', "SORT", "what UNIT is: registry, hukou, person or village (default: what there is)", OPT_UNIT },
	{ "lang", 'l', "en|zh", "the language (default: that of the environment)", OPT_LANG },
	{ 0 },
};

static const char notes[] =
	"UNIT is written as in the lists' column unit_no: an id, the number of a registry household, a hukou household\n"
	"(500901-00012), or a village (12 digits). Nothing is published: the dossier is made in a private folder of TMPDIR\n"
	"that is removed. What is shown is people's data: it goes to standard output and nowhere else.\n"
	"Exit status: 0 done; 64 wrong use, or a unit that may be several; 65 an extract is unusable; 66 no such unit, or an\n"
	"input is missing; 78 a wrong pack or schema.";

static enum explain_lang default_lang(void)
{
	const char *all = getenv("LC_ALL"), *lang = getenv("LANG");
	const char *first = all && *all ? all : lang ? lang : "";
	return strncmp(first, "zh", 2) == 0 ? EXPLAIN_ZH : EXPLAIN_EN;
}

static int take_unit(struct explain *x, const char *arg, struct err *err)
{
	for (int u = 0; u < UNIT_COUNT; u++)
		if (!strcmp(arg, unit_name((enum unit)u))) {
			x->units = 1u << u;
			return 0;
		}
	return err_set(err, STATUS_USAGE, "--unit: registry, hukou, person or village");
}

static int take_lang(struct explain *x, const char *arg, struct err *err)
{
	x->lang = !strcmp(arg, "zh") ? EXPLAIN_ZH : EXPLAIN_EN;
	return !strcmp(arg, "zh") || !strcmp(arg, "en") ? 0 : err_set(err, STATUS_USAGE, "--lang: en or zh");
}

static void set(char **to, const char *text)
{
	free(*to);
	*to = mem_dup(str_of(text));
}

static int take(struct explain *x, struct run_plan *p, int option, const char *arg, struct err *err)
{
	switch (option) {
	case OPT_EXTRACTS: set(&p->extracts, arg); return 0;
	case OPT_AS_OF: set(&p->as_of, arg); return 0;
	case OPT_PACK: set(&p->pack, arg); return 0;
	case OPT_SCHEMAS: set(&p->schemas, arg); return 0;
	case OPT_UNIT: return take_unit(x, arg, err);
	default: return take_lang(x, arg, err);
	}
}

/* [RULE] UNIT [PIPELINE] */
static int take_arguments(struct explain *x, struct run_plan *p, bool rule, int n, char **args, struct err *err)
{
	if (n < 1 + rule || n > 2 + rule)
		return err_set(err, STATUS_USAGE, "needs %sone unit, and perhaps a pipeline file; see --help", rule ? "the code of a rule, " : "");
	if (rule)
		x->rule_code = *args++;
	x->unit_no = str_of(*args++);
	if (x->unit_no.n && x->unit_no.p[0] == '\'') /* the lists' guard against formulas */
		x->unit_no = str_of(x->unit_no.p + 1);
	if (n == 2 + rule && access(*args, R_OK) < 0) /* it may be a second unit: not to be repeated */
		return err_set(err, STATUS_NOINPUT, "what stands behind the unit is no pipeline file that can be read");
	if (n == 2 + rule && run_plan_load(p, *args, err) < 0)
		return -1;
	if ((!p->extracts && !p->file_count) || !p->as_of)
		return err_set(err, STATUS_USAGE, "needs --extracts and --as-of, or a pipeline file; see --help");
	long threads = sysconf(_SC_NPROCESSORS_ONLN);
	p->threads = p->threads ? p->threads : threads < 1 ? 1 : threads > 64 ? 64 : (unsigned)threads;
	return 0;
}

static int tell(struct explain *x, const struct run_plan *plan, struct err *err)
{
	if (explain_open(x, plan, cli_data_dir(), err) < 0 || explain_tell(x, err) < 0)
		return -1;
	if (fwrite(x->out.p, 1, x->out.n, stdout) != x->out.n || fflush(stdout) != 0)
		return err_set(err, STATUS_IOERR, "standard output: writing failed");
	return 0;
}

int explain_command(const char *program, bool rule, int argc, char **argv)
{
	struct cli cli = { .program = program, .title = rule ? "one rule on one unit, clause by clause" : "a whole dossier: people, rows, and every rule",
		.usage = rule ? "[OPTION...] RULE UNIT --extracts DIR --as-of DATE\n       bidui rules explain [OPTION...] RULE UNIT PIPELINE.yaml"
		              : "[OPTION...] UNIT --extracts DIR --as-of DATE\n       bidui-explain [OPTION...] UNIT PIPELINE.yaml",
		.options = options, .notes = notes };
	struct explain x = { .units = EXPLAIN_ANY_UNIT, .lang = default_lang() };
	struct run_plan plan = { 0 };
	struct err err = { 0 };
	int c, r = 0;
	umask(077);
	while (r == 0 && (c = cli_next(&cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG) {
			run_plan_release(&plan);
			return cli_status(c);
		}
		r = take(&x, &plan, c, cli.arg, &err);
	}
	if (r == 0)
		r = take_arguments(&x, &plan, rule, argc - cli.index, argv + cli.index, &err);
	if (r == 0)
		r = tell(&x, &plan, &err);
	explain_close(&x);
	run_plan_release(&plan);
	return r < 0 ? cli_fail(&cli, &err) : STATUS_OK;
}
