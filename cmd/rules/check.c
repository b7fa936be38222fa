/* bidui rules check: all that is wrong with packs, each fault at its place, with its line and a caret. */
#include "rules.h"

#include "base/lang.h"

#include <stdio.h>
#include <stdlib.h>

static const struct cli_option options[] = { USE_OPTIONS, { 0 } };

struct checked {
	const char *path;
	struct pack *pack;
};

/* The file once more, for the lines that are shown. */
static struct str read_whole(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rbe");
	size_t n = 0;
	do {
		buf_reserve(b, 1 << 16);
		b->n += n = f ? fread(b->p + b->n, 1, 1 << 16, f) : 0;
	} while (n && b->n < YAML_FILE_MAX);
	if (f)
		fclose(f);
	return buf_str(b);
}

static size_t print_faults(const char *path, const struct faults *f)
{
	struct buf bytes = { 0 }, out = { 0 };
	struct str whole = read_whole(path, &bytes);
	for (size_t i = 0; i < f->n; i++)
		fault_print(&f->items[i], path, whole, &out);
	fwrite(buf_str(&out).p, 1, out.n, stdout);
	buf_release(&out);
	buf_release(&bytes);
	return f->n;
}

/* No fault of the packs alone: a file that is no YAML is one fault too. */
static int check_one(const struct use *u, struct checked *c, size_t *faults_found, struct err *err)
{
	struct faults f;
	if (pack_check(&c->pack, c->path, u->schema, u->as_of, &f, err) < 0) {
		if (err->status != STATUS_CONFIG)
			return -1;
		f = (struct faults){ 0 };
		fault_add(&f, false, err->line, err->column, str_of(err->text + err->after));
	}
	*faults_found += print_faults(c->path, &f);
	faults_release(&f);
	return 0;
}

/* Two packs for one region, with days on which both hold: which of them is the rule? */
static size_t print_overlaps(const struct checked *c, size_t n)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++) {
			const struct pack *a = c[i].pack, *b = c[k].pack;
			if (!a || !b || !str_eq(a->name, b->name) || !str_eq(a->region, b->region) || a->valid_from > b->valid_to || b->valid_from > a->valid_to)
				continue;
			printf("%s: %s: ", c[i].path, say("error"));
			printf(say("its days overlap those of %s, a pack of the same name for the same region"), c[k].path);
			putchar('\n');
			found++;
		}
	return found;
}

static int check_all(const struct use *u, struct checked *c, size_t n, const struct cli *cli)
{
	struct err err = { 0 };
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		if (check_one(u, &c[i], &found, &err) < 0)
			return cli_fail(cli, &err);
	found += print_overlaps(c, n);
	for (size_t i = 0; i < n && !found && !cli->quiet; i++) {
		printf("%s: ", c[i].path);
		printf(say("%u rules, %u terms, %u parameters: nothing to object to"), c[i].pack->rule_count, c[i].pack->term_count,
		       c[i].pack->parameter_count);
		putchar('\n');
	}
	return use_flush(cli, found ? STATUS_CONFIG : STATUS_OK);
}

int rules_check(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-rules", .title = "all that is wrong with rule packs, each at its place",
		.usage = "check [OPTION...] [PACK...]", .options = options, .notes = "Without a PACK the default one is checked. Exit status 78 when there is a fault." };
	struct use use;
	int status = STATUS_OK;
	if (use_read(&use, &cli, argc, argv, &status) != CLI_END)
		return status;
	size_t n = cli.index < argc ? (size_t)(argc - cli.index) : 1;
	struct checked *all = mem_alloc(n * sizeof *all);
	for (size_t i = 0; i < n; i++)
		all[i].path = cli.index < argc ? argv[cli.index + (int)i] : use.pack_path;
	status = check_all(&use, all, n, &cli);
	for (size_t i = 0; i < n; i++)
		pack_free(all[i].pack);
	free(all);
	use_release(&use);
	return status;
}
