/* bidui-sign: a run signed, so that others can prove what came from what. */
#include "cli/cli.h"
#include "sign/sign.h"
#include "verify/prove.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_EXTRACTS = 1, OPT_KEY, OPT_NEW_KEY };
#define MAX_FOLDERS 16

static const struct cli_option cli_options[] = {
	{ "key", 'k', "FILE", "sign with this private key (PEM, Ed25519)", OPT_KEY },
	{ "extracts", 'e', "DIR", "read the extracts in this folder once more, for their SHA-256; may be given again", OPT_EXTRACTS },
	{ "new-key", 0, "FILE", "make a private key, and a public one in FILE.pub, and do nothing else", OPT_NEW_KEY },
	{ 0 },
};

struct options {
	const char *key, *new_key, *extracts[MAX_FOLDERS + 1];
	unsigned folders;
};

static void say_line(void *arg, const char *text)
{
	printf("%s: %s\n", (const char *)arg, text);
}

static int sign(const struct cli *cli, const struct options *o, char *run)
{
	struct verify_job job = { .folder = run, .extracts = o->folders ? o->extracts : NULL, .say = say_line, .arg = run };
	struct verify_result r;
	struct err err;
	if (prove_sign(&job, o->key, &r, &err) < 0)
		return cli_fail(cli, &err);
	if (r.problems) {
		printf("%s: %" PRIu64 " faults; it is not signed\n", run, r.problems);
		return STATUS_DATA;
	}
	if (!cli->quiet)
		printf("%s: signed\n", run);
	if (!cli->quiet && r.unproved)
		printf("%s: %u extracts are named by XXH3 alone, which is no proof against intent; give --extracts\n", run, r.unproved);
	return STATUS_OK;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-sign", .title = "a run signed, so that others can prove what came from what",
		.usage = "--key FILE [--extracts DIR]... RUN\n       bidui-sign --new-key FILE", .options = cli_options,
		.notes = "Exit status: 0 done; 64 wrong use; 65 the run is not as it was published, and not signed; 66 a key or folder is missing;\n"
			"73 an output cannot be made; 74 an I/O error; 78 a key that is none, or that others can read." };
	struct options o = { 0 };
	struct err err = { 0 };
	int c;
	while ((c = cli_next(&cli, argc, argv)) != CLI_END) {
		if (c == CLI_DONE || c == CLI_WRONG)
			return cli_status(c);
		if (c == OPT_EXTRACTS && o.folders < MAX_FOLDERS)
			o.extracts[o.folders++] = cli.arg;
		else if (c == OPT_KEY)
			o.key = cli.arg;
		else if (c == OPT_NEW_KEY)
			o.new_key = cli.arg;
	}
	if (o.new_key && !o.key && cli.index == argc)
		return sign_new_key(o.new_key, &err) < 0 ? cli_fail(&cli, &err) : STATUS_OK;
	if (!o.key || o.new_key || argc - cli.index != 1) {
		err_set(&err, STATUS_USAGE, "needs --key and the folder of a run; see --help");
		return cli_fail(&cli, &err);
	}
	return sign(&cli, &o, argv[cli.index]);
}
