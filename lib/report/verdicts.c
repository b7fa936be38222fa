/* What people found on checking leads: exempted ones leave the lists, and yields and checked rates stand beside the others. */
#include "internal.h"

#include "verdict/verdict.h"

#include <stdio.h>

static void take_out(void *report, struct str list, struct str rule, struct str severity)
{
	struct report *r = report;
	int l = list_of_name(list), s = level_of_name(severity);
	for (unsigned i = 0; i < r->pack->rule_count; i++)
		if (str_eq(r->pack->rules[i].code, rule))
			r->result->by_rule[l][i]--;
	r->result->findings[l]--;
	r->result->by_level[l][s]--;
	r->result->exempted++;
	r->exempted[l]++;
}

/* The notes of the lists are of what they were before. */
static void forget_lists(struct report *r)
{
	for (size_t i = json_array_size(r->outputs); i-- > 0;) {
		const char *file = json_string_value(json_object_get(json_array_get(r->outputs, i), "file"));
		if (file && !strncmp(file, "lists/", 6))
			json_array_remove(r->outputs, i);
	}
}

static int note_all(struct report *r, struct err *err)
{
	static const char *const further[] = { "lists/exempted.csv", "yields.csv", "checked_rates.csv" };
	char name[64];
	int got = 0;
	forget_lists(r);
	for (int l = 0; got == 0 && l < LIST_COUNT; l++) {
		snprintf(name, sizeof name, "lists/%s.csv", list_name((enum list)l));
		got = note_output(r, name, true, err);
	}
	for (size_t i = 0; got == 0 && i < sizeof further / sizeof *further; i++)
		got = note_output(r, further[i], true, err);
	return got;
}

int put_verdicts(struct report *r, struct err *err)
{
	struct ledger *l = NULL;
	if (!r->job->state)
		return 0;
	const char *as_of = json_string_value(json_object_get(r->meta, "as_of"));
	int got = ledger_open_old(&l, r->job->state, err);
	if (got == 0)
		got = verdict_apply(l, r->job->folder, as_of ? as_of : "", take_out, r, err);
	ledger_close(l);
	return got == 0 ? note_all(r, err) : -1;
}
