/* bidui-workbooks: workbooks of a run that was made without them, or split otherwise. */
#include "cli/cli.h"
#include "io/output.h"
#include "workbook/workbook.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { OPT_OUT = 1, OPT_SPLIT, OPT_SCHEMAS };

static const struct cli_option options[] = {
	{ "out", 'o', "DIR", "the folder that is published, with the workbooks in it", OPT_OUT },
	{ "split", 0, "county|township|none", "a workbook for each of these (default: county)", OPT_SPLIT },
	{ "schemas", 0, "DIR", "the folder with the kinds", OPT_SCHEMAS },
	{ 0 },
};

struct wanted {
	const char *run, *out, *schemas;
	int split;
};

static json_t *load(const char *run, const char *name, struct err *err)
{
	char path[4096];
	json_error_t e;
	snprintf(path, sizeof path, "%s/%s", run, name);
	json_t *j = json_load_file(path, JSON_REJECT_DUPLICATES, &e);
	if (!j)
		err_set(err, e.line < 0 ? STATUS_NOINPUT : STATUS_DATA, "%s: cannot be read: %s; name the folder that a run published", path, e.text);
	return j;
}

static int make(const struct wanted *w, const struct schema *schema, const char *folder, struct err *err)
{
	char **names = NULL;
	json_t *manifest = load(w->run, "manifest.json", err), *summary = manifest ? load(w->run, "summary.json", err) : NULL;
	struct workbook_job job = { .run = w->run, .out = folder, .split = (enum workbook_split)w->split, .schema = schema, .manifest = manifest,
		.summary = summary };
	int got = summary ? workbook_make(&job, &names, err) : -1;
	workbook_names_free(names);
	json_decref(manifest);
	json_decref(summary);
	return got;
}

static int publish(const struct wanted *w, struct err *err)
{
	struct output_folder folder = { 0 };
	struct schema *schema;
	if (schema_load(&schema, w->schemas, NULL, err) < 0)
		return -1;
	int got = output_folder_create(&folder, w->out, err);
	if (got == 0)
		got = make(w, schema, folder.path, err);
	if (got == 0)
		got = output_folder_publish(&folder, w->out, NULL, err);
	output_folder_remove(&folder);
	schema_free(schema);
	return got;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-workbooks", .title = "the lists of a run as workbooks", .usage = "--out DIR [OPTION...] RUN",
		.options = options, .notes = "RUN is a folder that 'bidui run' published. 'bidui run --xlsx' makes the same workbooks in it." };
	char schemas[4096];
	struct wanted w = { .schemas = schemas };
	struct err err = { 0 };
	int c;
	umask(077);
	snprintf(schemas, sizeof schemas, "%s/schemas", cli_data_dir());
	while ((c = cli_next(&cli, argc, argv)) != CLI_END)
		switch (c) {
		case OPT_OUT: w.out = cli.arg; break;
		case OPT_SPLIT: w.split = workbook_split_of(cli.arg); break;
		case OPT_SCHEMAS: w.schemas = cli.arg; break;
		default: return cli_status(c);
		}
	w.run = argv[cli.index];
	if (w.split < 0)
		err_set(&err, STATUS_USAGE, "--split: is county, township or none");
	else if (!w.out || argc - cli.index != 1)
		err_set(&err, STATUS_USAGE, "needs --out and one folder of a run; see --help");
	else if (publish(&w, &err) == 0)
		return STATUS_OK;
	return cli_fail(&cli, &err);
}
