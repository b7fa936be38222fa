/* Any bytes as a rule pack: read, checked, printed in both languages; no crash, no hang, memory and depth bounded.
 *
 * With clang's -fsanitize=fuzzer this is a fuzzer (run.sh). Built with -DREPLAY it reads the files it is given, once each: the normal
 * tests replay the corpus and every pack of the repository so. */
#include "base/lang.h"
#include "rule/pack.h"
#include "replay.h"
#include "rule/print.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct schema *schema;

static void print_all(const struct pack *p, enum lang lang)
{
	struct buf b = { 0 };
	for (unsigned i = 0; i < p->rule_count; i++) {
		struct scope scope = rule_scope(&p->rules[i]);
		expr_print(&b, p, p->rules[i].when, &scope, lang);
	}
	for (unsigned i = 0; i < p->term_count; i++) {
		struct scope scope = term_scope(&p->terms[i]);
		expr_print(&b, p, p->terms[i].expr, &scope, lang);
	}
	buf_release(&b);
}

static void show_faults(const struct faults *f, struct str bytes)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < f->n; i++)
		fault_print(&f->items[i], "pack", bytes, &b);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err err;
	struct pack *pack;
	struct faults faults = { 0 };
	char path[64];
	int fd = memfd_create("pack", MFD_CLOEXEC);
	if (!schema && schema_load(&schema, SCHEMAS, NULL, &err) < 0)
		abort();
	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (pack_check(&pack, path, schema, 43000, &faults, &err) == 0) {
		show_faults(&faults, (struct str){ (const char *)data, n });
		faults_release(&faults);
	}
	if (pack) {
		print_all(pack, LANG_EN);
		print_all(pack, LANG_ZH);
		pack_free(pack);
	}
	close(fd);
	return 0;
}
