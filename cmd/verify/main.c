/* bidui-verify: the files of a run, checked again. */
#include "base/mem.h"
#include "cli/cli.h"
#include "verify/prove.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { OPT_EXTRACTS = 1, OPT_KEY };
#define MAX_FOLDERS 16

static const struct cli_option cli_options[] = {
	{ "extracts", 'e', "DIR", "also check the extracts that were read, in this folder; may be given again", OPT_EXTRACTS },
	{ "key", 'k', "FILE", "also check that manifest.json is signed with this key (PEM, Ed25519, public)", OPT_KEY },
	{ 0 },
};

struct options {
	const char *extracts[MAX_FOLDERS + 1];
	unsigned folders;
	const char *key;
};

static void say_line(void *arg, const char *text)
{
	printf("%s: %s\n", (const char *)arg, text);
}

/* What was looked at, and what is not proved by it. */
static void show(const char *folder, const struct verify_result *r, bool signed_too)
{
	if (r->problems) {
		printf("%s: %" PRIu64 " faults\n", folder, r->problems);
		return;
	}
	printf("%s: %u files are whole and agree", folder, r->files);
	if (r->inputs)
		printf("; %u extracts are those that were read", r->inputs);
	if (signed_too)
		printf("; signed with this key");
	if (signed_too && r->unproved)
		printf(", but the manifest has no SHA-256 of %u extracts: bidui sign --extracts", r->unproved);
	printf("\n");
}

/* Each run but the first names the manifest of the one before. */
static void check_chain(const char *folder, const struct verify_result *before, struct verify_result *r)
{
	if (!strcmp(before->manifest_sha256, r->previous))
		return;
	printf("%s: manifest.json: the run before it was another\n", folder);
	r->problems++;
}

static int verify_all(const struct cli *cli, const struct options *o, char **runs, int count)
{
	struct verify_result before = { 0 }, r;
	struct err err;
	int status = STATUS_OK;
	for (int i = 0; i < count; i++, before = r) {
		struct verify_job job = { .folder = runs[i], .extracts = o->folders ? o->extracts : NULL, .say = say_line, .arg = runs[i] };
		if (verify_run(&job, &r, &err) < 0 || (o->key && prove_check(&job, o->key, &r, &err) < 0))
			return cli_fail(cli, &err);
		if (i)
			check_chain(runs[i], &before, &r);
		if (!cli->quiet || r.problems)
			show(runs[i], &r, o->key != NULL);
		if (r.problems)
			status = STATUS_DATA;
	}
	return status;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-verify", .title = "the files of a run, checked again", .usage = "[OPTION...] RUN...",
		.options = cli_options,
		.notes = "What is wrong is printed line by line. Several runs are taken for a chain, each the run before the next.\n\n"
			"Exit status: 0 all is as it was published; 65 something is not; 66 a folder is missing; 74 an I/O error." };
	struct options o = { 0 };
	int c;
	while ((c = cli_next(&cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG)
			return cli_status(c);
		if (c == OPT_EXTRACTS && o.folders < MAX_FOLDERS)
			o.extracts[o.folders++] = cli.arg;
		else if (c == OPT_KEY)
			o.key = cli.arg;
	}
	if (cli.index == argc)
		return cli_fail(&cli, &(struct err){ STATUS_USAGE, "give the folder of a run; see --help", 0, 0, 0 });
	return verify_all(&cli, &o, argv + cli.index, argc - cli.index);
}
