#include "explain/explain.h"

#include "internal.h"

#include <stdio.h>

/* ---- opening ----------------------------------------------------------------------------------------------------------------------------- */

static int find_rule(struct explain *x, struct err *err)
{
	for (unsigned i = 0; x->rule_code && i < x->pack->rule_count; i++)
		if (str_eq(x->pack->rules[i].code, str_of(x->rule_code)))
			x->rule = &x->pack->rules[i];
	if (x->rule_code && !x->rule)
		return err_set(err, STATUS_USAGE, "there is no such rule in the pack; give its code first, as in the lists' column rule");
	return 0;
}

/* Several readings of one name are decided by the rule, if it asks about one of them. */
static int choose_unit(struct explain *x, unsigned found, struct err *err)
{
	if (!found)
		return err_set(err, STATUS_NOINPUT, "the unit is in no extract; write it as in the lists' column unit_no");
	if (x->rule && found >> x->rule->unit & 1)
		found = 1u << x->rule->unit;
	if (found & (found - 1))
		return err_set(err, STATUS_USAGE, "several units are called so; say which sort is meant with --unit");
	x->target.unit = (enum unit)__builtin_ctz(found);
	return 0;
}

/* Read dossiers until the one with the target is at hand. */
static int find_dossier(struct explain *x, struct err *err)
{
	enum iter got;
	int64_t region;
	if (x->target.unit == UNIT_VILLAGE)
		return region_parse(x->unit_no, &region) == 0 && look_village(x->look, region) ? 0 : err_set(err, STATUS_SOFTWARE, "the village is not in the dossiers");
	while ((got = look_next(x->look, err)) == ITER_ROW)
		if (find_target(x))
			return 0;
	if (got == ITER_ERROR)
		return -1;
	return err_set(err, STATUS_USAGE, "this is a collective household, which no rule asks about; ask about one of its people");
}

int explain_open(struct explain *x, const struct run_plan *plan, const char *data_dir, struct err *err)
{
	char schemas[4096], pack[4096];
	struct join_only only = { x->unit_no, x->units, 0 };
	int64_t day;
	snprintf(schemas, sizeof schemas, "%s/schemas", data_dir);
	snprintf(pack, sizeof pack, "%s/rules/chongqing-2017.yaml", data_dir);
	if (strlen(plan->as_of) != 10 || plan->as_of[4] != '-' || date_parse(str_of(plan->as_of), &day) != 0)
		return err_set(err, STATUS_USAGE, "as-of date: must be a real day, YYYY-MM-DD");
	if (schema_load(&x->schema, plan->schemas ? plan->schemas : schemas, plan->own_schemas, err) < 0 ||
	    pack_load(&x->pack, plan->pack ? plan->pack : pack, x->schema, (int32_t)day, err) < 0 || find_rule(x, err) < 0)
		return -1;
	if (run_work(&x->work, plan, x->schema, x->pack, NULL, &only, err) < 0 || choose_unit(x, only.found, err) < 0)
		return -1;
	if (look_open(&x->look, x->pack, x->work.dossiers, &x->work.id, err) < 0)
		return -1;
	return find_dossier(x, err);
}

void explain_close(struct explain *x)
{
	look_free(x->look);
	run_work_release(&x->work);
	pack_free(x->pack);
	schema_free(x->schema);
	buf_release(&x->out);
}

/* ---- one rule ---------------------------------------------------------------------------------------------------------------------------- */

static void put_kinds(struct explain *x, uint64_t kinds)
{
	bool first = true;
	for (unsigned i = 0; i < x->schema->kind_count; i++) {
		const struct kind *k = &x->schema->kinds[i];
		if (!(kinds >> i & 1))
			continue;
		buf_printf(&x->out, "%s%.*s", first ? "" : ", ", STR_ARG(x->lang == EXPLAIN_ZH ? k->title_zh : k->name));
		first = false;
	}
}

static void put_finding(struct explain *x, const struct finding *f)
{
	struct buf *b = &x->out;
	buf_printf(b, "    %s: %s %s, %s %s, %s %s, %s %s", in_words(x, SAY_FINDING), in_words(x, SAY_LIST), list_name(f->list), in_words(x, SAY_CORE), in_words(x, f->core ? SAY_YES : SAY_NO),
	           in_words(x, SAY_SEVERITY), level_name(f->severity), in_words(x, SAY_CONFIDENCE), level_name(f->confidence));
	if (f->nature.n)
		buf_printf(b, ", %s %.*s", in_words(x, SAY_NATURE), STR_ARG(f->nature));
	buf_printf(b, "\n");
	if (f->evidence.n)
		buf_printf(b, "    %s: %.*s\n", in_words(x, SAY_EVIDENCE), STR_ARG(f->evidence));
}

static void put_weight(struct explain *x, enum phrase p, const struct expr *e)
{
	buf_printf(&x->out, "    %s\n", in_words(x, p));
	trace_condition(x, e, 3, false);
}

/* Why the finding is in its list and weighs what it does. */
static void put_weights(struct explain *x, const struct rule *r, const struct finding *f)
{
	for (unsigned i = 0; f->list == LIST_VETOED && i < r->veto_count; i++) {
		if (!eval_set(look_eval(x->look), r->vetoes[i].rows).n)
			continue;
		buf_printf(&x->out, "    %s: %.*s: ", in_words(x, SAY_VETO), STR_ARG(r->vetoes[i].nature));
		put_text(x, r->vetoes[i].rows);
		buf_putc(&x->out, '\n');
		break;
	}
	if (r->core_when)
		put_weight(x, SAY_CORE, r->core);
	if (r->doubt.when && eval_condition(look_eval(x->look), r->doubt.when) == TRI_TRUE)
		put_weight(x, SAY_DOUBT, r->doubt.when);
}

void tell_rule(struct explain *x, const struct rule *r, struct explain_unit u, bool brief)
{
	const struct coverage *c = look_coverage(x->look);
	bool evaluated = c->evaluated >> r->index & 1;
	struct finding f; /* its texts live until the next question */
	bool fires = look_ask(x->look, r, item_of(u.unit), u.index, &f);
	buf_printf(&x->out, "  %.*s %s", STR_ARG(r->code), in_words(x, fires ? SAY_FIRES : evaluated ? SAY_NOT : SAY_NOT_EVALUATED));
	if (!evaluated) {
		buf_printf(&x->out, " (%s ", in_words(x, SAY_NO_EXTRACT));
		put_kinds(x, c->missing[r->index]);
		buf_putc(&x->out, ')');
	}
	buf_puts(&x->out, STR(": "));
	put_unit(x, u);
	buf_printf(&x->out, ": %.*s\n", STR_ARG(x->lang == EXPLAIN_ZH ? r->title_zh : r->title_en));
	if (evaluated)
		trace_condition(x, r->when, 2, brief);
	if (fires)
		put_finding(x, &f);
	if (fires && !brief)
		put_weights(x, r, &f);
}

int explain_tell(struct explain *x, struct err *err)
{
	struct explain_unit units[MAX_UNITS];
	if (!x->rule) {
		tell_dossier(x);
		return 0;
	}
	unsigned n = units_of(x, x->rule->unit, units);
	if (!n)
		return err_set(err, STATUS_USAGE, "rule %.*s asks about a %s, and the unit is none, is in none and has none",
		               STR_ARG(x->rule->code), say_unit(x, x->rule->unit));
	for (unsigned i = 0; i < n; i++)
		tell_rule(x, x->rule, units[i], false);
	return 0;
}
