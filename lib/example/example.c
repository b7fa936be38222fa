#include "example/example.h"

#include "io/output.h"
#include "run/work.h"
#include "screen/finding.h"
#include "screen/screen.h"

#include <stdio.h>
#include <stdlib.h>

static const char *yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

static void say_expected(const struct example *x, struct buf *b)
{
	buf_puts(b, x->fires ? STR("a finding") : STR("none"));
	if (x->expect.list >= 0)
		buf_printf(b, ", list %s", list_name((enum list)x->expect.list));
	if (x->expect.core >= 0)
		buf_printf(b, ", core %s", yes_no(x->expect.core));
	if (x->expect.severity >= 0)
		buf_printf(b, ", severity %s", level_name((enum level)x->expect.severity));
	if (x->expect.confidence >= 0)
		buf_printf(b, ", confidence %s", level_name((enum level)x->expect.confidence));
	if (x->expect.nature.p)
		buf_printf(b, ", nature %.*s", STR_ARG(x->expect.nature));
}

static void say_got(const struct finding *f, struct buf *b)
{
	buf_printf(b, "%sa finding, list %s, core %s, severity %s, confidence %s", b->n ? "; " : "", list_name(f->list), yes_no(f->core),
	           level_name(f->severity), level_name(f->confidence));
	if (f->nature.n)
		buf_printf(b, ", nature %.*s", STR_ARG(f->nature));
}

static bool as_expected(const struct example *x, const struct finding *f)
{
	const struct {
		int want, got;
	} pairs[] = { { x->expect.list, f->list }, { x->expect.core, f->core }, { x->expect.severity, f->severity },
		{ x->expect.confidence, f->confidence } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (pairs[i].want >= 0 && pairs[i].want != pairs[i].got)
			return false;
	return !x->expect.nature.p || str_eq(x->expect.nature, f->nature);
}

/* Findings of the rule: one that is as expected is enough, and none when none is. */
static int judge(const struct pack *pack, const struct rule *rule, const struct example *x, struct frame *f, struct example_answer *ret,
                 struct err *err)
{
	struct frame_scan s = { .frame = f };
	struct frame_block b;
	struct finding one;
	enum iter got = ITER_END;
	int r = 0;
	ret->passed = !x->fires;
	while (r == 0 && (got = frame_next(&s, &b, err)) == ITER_ROW) {
		const uint8_t *p = b.p, *end = b.p + b.n;
		while (r == 0 && b.tag == TAG_FINDINGS && p < end) {
			r = finding_decode(&one, pack, &p, end);
			if (r < 0 || one.rule != rule->index)
				continue;
			ret->passed = x->fires && (ret->passed || as_expected(x, &one));
			say_got(&one, &ret->got);
		}
	}
	frame_scan_release(&s);
	if (r < 0)
		return err_set(err, STATUS_SOFTWARE, "findings: one is broken");
	if (!ret->got.n)
		buf_puts(&ret->got, STR("none"));
	return got == ITER_ERROR ? -1 : 0;
}

static int screen_and_judge(const struct pack *pack, const struct rule *rule, const struct example *x, const struct run_work *w,
                            struct example_answer *ret, struct err *err)
{
	char findings[4096];
	struct frame *f = NULL;
	snprintf(findings, sizeof findings, "%s/findings", w->folder.path);
	struct screen_job screen = { .pack = pack, .dossiers = w->dossiers, .findings = findings, .threads = 1, .id = w->id };
	int r = screen_run(&screen, err);
	if (r == 0)
		r = frame_open(&f, findings, FRAME_FINDING, &w->id, err);
	if (r == 0)
		r = judge(pack, rule, x, f, ret, err);
	frame_close(f);
	return r;
}

int example_run(const struct pack *pack, const struct rule *rule, const struct example *x, const char *beside, struct example_answer *ret,
                struct err *err)
{
	struct run_work w = { 0 };
	struct output_folder folder = { 0 };
	char path[4096];
	*ret = (struct example_answer){ 0 };
	say_expected(x, &ret->expected);
	snprintf(path, sizeof path, "%s/bidui-example", beside);
	int r = output_folder_create(&folder, path, err);
	if (r == 0)
		r = example_write(pack, rule, x, folder.path, err);
	struct run_plan plan = { .extracts = folder.path, .threads = 1 };
	if (r == 0)
		r = run_work(&w, &plan, pack->schema, pack, beside, NULL, err);
	if (r == 0)
		r = screen_and_judge(pack, rule, x, &w, ret, err);
	run_work_release(&w);
	output_folder_remove(&folder);
	return r;
}
