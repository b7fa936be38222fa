/* summary.json. Keys stand in the order of outputs.md. */
#include "internal.h"

#include <stdlib.h>

static int put_json(struct report *r, const char *name, json_t *j, struct err *err)
{
	struct buf b = { 0 };
	char *text = json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
	buf_puts(&b, str_of(text));
	buf_putc(&b, '\n');
	free(text);
	int got = put_file(r, name, &b, NO_ROWS, err);
	buf_release(&b);
	return got;
}

static void set_new(json_t *object, struct str key, json_t *value)
{
	char *k = mem_dup(key);
	json_object_set_new(object, k, value);
	free(k);
}

static json_t *kind_list(const struct pack *p, uint64_t kinds)
{
	json_t *a = json_array();
	for (unsigned i = 0; i < p->schema->kind_count; i++)
		if (kinds >> i & 1)
			json_array_append_new(a, json_stringn(p->schema->kinds[i].name.p, p->schema->kinds[i].name.n));
	return a;
}

static void add_coverage(const struct report *r, json_t *not_evaluated, json_t *partial)
{
	for (unsigned i = 0; i < r->pack->rule_count; i++) {
		const struct rule *rule = &r->pack->rules[i];
		bool evaluated = r->coverage.evaluated >> i & 1;
		if (evaluated && !r->coverage.missing[i])
			continue;
		json_array_append_new(evaluated ? partial : not_evaluated,
			json_pack("{s:s%, s:o}", "rule", rule->code.p, rule->code.n, "missing", kind_list(r->pack, r->coverage.missing[i])));
	}
}

/* Parameters whose value, or that of a year, nobody has confirmed: the reader of the figures should know. */
static json_t *unconfirmed(const struct pack *p)
{
	json_t *a = json_array();
	for (unsigned i = 0; i < p->parameter_count; i++) {
		if (p->parameters[i].unconfirmed)
			json_array_append_new(a, json_pack("{s:s%}", "parameter", p->parameters[i].name.p, p->parameters[i].name.n));
		for (unsigned k = 0; k < p->parameters[i].year_count; k++)
			if (p->parameters[i].years[k].unconfirmed)
				json_array_append_new(a, json_pack("{s:s%, s:i}", "parameter", p->parameters[i].name.p,
					p->parameters[i].name.n, "year", p->parameters[i].years[k].year));
	}
	return a;
}

int put_summary(struct report *r, struct err *err)
{
	json_t *lists = json_object(), *rules = json_object(), *not_evaluated = json_array(), *partial = json_array();
	for (int l = 0; l < LIST_COUNT; l++) {
		json_object_set_new(lists, list_name((enum list)l), json_integer((json_int_t)r->result->findings[l]));
		json_t *of = json_object();
		for (unsigned i = 0; i < r->pack->rule_count; i++)
			if (r->result->by_rule[l][i])
				set_new(of, r->pack->rules[i].code, json_integer((json_int_t)r->result->by_rule[l][i]));
		json_object_set_new(rules, list_name((enum list)l), of);
	}
	add_coverage(r, not_evaluated, partial);
	json_t *j = json_pack("{s:O, s:o, s:o, s:o, s:o, s:O, s:o, s:s}", "as_of", json_object_get(r->meta, "as_of"), "lists", lists,
		"rules", rules, "not_evaluated", not_evaluated, "partial", partial, "rates", r->rates, "unconfirmed", unconfirmed(r->pack),
		"note", "疑点不等于违规");
	if (r->job->state)
		json_object_set_new(j, "exempted", json_integer((json_int_t)r->result->exempted));
	r->summary = j;
	return put_json(r, "summary.json", j, err);
}
