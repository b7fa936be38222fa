/* bidui rules print: the pack as pages that an office can read, mark and sign: one HTML file that needs nothing else. */
#include "rules.h"

#include "id/day.h"
#include "rule/print.h"

#include <stdio.h>

static const struct cli_option options[] = { USE_OPTIONS, { 0 } };

struct page {
	struct buf out;
	const struct pack *pack;
	enum lang lang;
};

static const char head[] =
	"<style>\n"
	"body { font: 11pt/1.5 'Noto Serif CJK SC', 'Source Han Serif SC', SimSun, serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #111 }\n"
	"h1 { font-size: 1.6em } h2 { font-size: 1.25em; margin-top: 2em; border-bottom: 2px solid #333 } h3 { font-size: 1.05em; margin: 1.6em 0 .4em }\n"
	"table { border-collapse: collapse; width: 100%; margin: .5em 0 } th, td { border: 1px solid #999; padding: .25em .5em; text-align: left; vertical-align: top }\n"
	"th { background: #f2f2f2; font-weight: normal; width: 9em } thead th { width: auto }\n"
	"code { font: .92em/1.5 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace }\n"
	".rule { break-inside: avoid } .sign td { height: 2.6em } .unsure { color: #a40000 } .note { color: #555 }\n"
	"@media print { body { margin: 0; max-width: none } h2 { break-before: page } }\n"
	"</style>\n";

static void text(struct page *p, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '<': buf_puts(&p->out, STR("&lt;")); break;
		case '>': buf_puts(&p->out, STR("&gt;")); break;
		case '&': buf_puts(&p->out, STR("&amp;")); break;
		case '"': buf_puts(&p->out, STR("&quot;")); break;
		default: buf_putc(&p->out, s.p[i]);
		}
}

static void html(struct page *p, const char *tags)
{
	buf_puts(&p->out, str_of(tags));
}

static struct str in_language(const struct page *p, struct str zh, struct str en)
{
	return (p->lang == LANG_ZH && zh.n) || !en.n ? zh : en;
}

static void row_begin(struct page *p, const char *label)
{
	html(p, "<tr><th>");
	text(p, str_of(label));
	html(p, "</th><td>");
}

static void row(struct page *p, const char *label, struct str value)
{
	if (!value.n)
		return;
	row_begin(p, label);
	text(p, value);
	html(p, "</td></tr>\n");
}

/* ---- expressions ------------------------------------------------------------------------------------------------------------------------ */

static void code(struct page *p, const struct expr *e, const struct scope *scope)
{
	struct buf b = { 0 };
	expr_print(&b, p->pack, e, scope, p->lang);
	html(p, "<code>");
	text(p, buf_str(&b));
	html(p, "</code>");
	buf_release(&b);
}

/* Each of the conditions that have to hold together on a line of its own. */
static void clauses(struct page *p, const struct expr *e, const struct scope *scope)
{
	if (e->op != E_AND) {
		if (e->op == E_OR)
			html(p, "(");
		code(p, e, scope);
		if (e->op == E_OR)
			html(p, ")");
		return;
	}
	clauses(p, e->a, scope);
	html(p, "<br>\n");
	text(p, p->lang == LANG_ZH ? STR("且 ") : STR("and "));
	clauses(p, e->b, scope);
}

static void row_code(struct page *p, const char *label, const struct expr *e, const struct scope *scope)
{
	if (!e)
		return;
	row_begin(p, label);
	clauses(p, e, scope);
	html(p, "</td></tr>\n");
}

static void row_choices(struct page *p, const char *label, const struct choice *c, unsigned n, const struct scope *scope)
{
	if (!n)
		return;
	row_begin(p, label);
	for (unsigned i = 0; i < n; i++) {
		html(p, i ? "<br>\n" : "");
		int level = level_of_name(c[i].name);
		text(p, level < 0 ? c[i].name : str_of(say(level_name((enum level)level))));
		if (c[i].when) {
			html(p, ": ");
			code(p, c[i].when, scope);
		} else if (n > 1) {
			html(p, ": ");
			text(p, str_of(say("otherwise")));
		}
	}
	html(p, "</td></tr>\n");
}

/* ---- parts ------------------------------------------------------------------------------------------------------------------------------- */

static void put_day(struct page *p, int64_t day)
{
	int y, m, d;
	day_split((int32_t)day, &y, &m, &d);
	buf_printf(&p->out, "%04d-%02d-%02d", y, m, d);
}

static void put_amount(struct page *p, enum value_type type, int64_t v)
{
	if (type == VT_DATE)
		put_day(p, v);
	else if (v % 100)
		buf_printf(&p->out, "%.2f", (double)v / 100);
	else
		buf_printf(&p->out, "%lld", (long long)(v / 100));
}

static void unsure(struct page *p)
{
	html(p, " <span class=unsure>");
	text(p, str_of(say("(unconfirmed)")));
	html(p, "</span>");
}

static void parameter_values(struct page *p, const struct parameter *q)
{
	if (!q->years) {
		put_amount(p, q->type, q->value);
		if (q->unconfirmed)
			unsure(p);
	}
	for (unsigned i = 0; i < q->year_count; i++) {
		const struct by_year *y = &q->years[i];
		html(p, i ? "<br>\n" : "");
		if (y->county)
			buf_printf(&p->out, "%06u ", y->county);
		if (y->year)
			buf_printf(&p->out, "%d: ", y->year);
		put_amount(p, q->type, y->value);
		if (y->unconfirmed)
			unsure(p);
	}
}

static void table_head(struct page *p, const char *const *labels)
{
	html(p, "<table><thead><tr>");
	for (; *labels; labels++) {
		html(p, "<th>");
		text(p, str_of(say(*labels)));
		html(p, "</th>");
	}
	html(p, "</tr></thead>\n");
}

static void parameters(struct page *p)
{
	static const char *const labels[] = { N_("parameter"), N_("value"), N_("unit"), N_("source"), NULL };
	html(p, "<h2>");
	text(p, str_of(say("Parameters")));
	html(p, "</h2>\n");
	table_head(p, labels);
	for (unsigned i = 0; i < p->pack->parameter_count; i++) {
		const struct parameter *q = &p->pack->parameters[i];
		html(p, "<tr><td>");
		text(p, in_language(p, q->title_zh, q->title_en.n ? q->title_en : q->name));
		html(p, "<br><code>");
		text(p, q->name);
		html(p, "</code></td><td>");
		parameter_values(p, q);
		html(p, "</td><td>");
		text(p, q->unit);
		html(p, "</td><td>");
		text(p, q->source);
		html(p, "</td></tr>\n");
	}
	html(p, "</table>\n");
}

static void terms(struct page *p)
{
	static const char *const labels[] = { N_("term"), N_("of"), N_("meaning"), NULL };
	static const char *const items[] = { [ITEM_PERSON] = N_("person"), [ITEM_HOUSEHOLD] = N_("household"), [ITEM_REGISTER] = N_("registry household"),
		[ITEM_VILLAGE] = N_("village") };
	html(p, "<h2>");
	text(p, str_of(say("Terms")));
	html(p, "</h2>\n");
	table_head(p, labels);
	for (unsigned i = 0; i < p->pack->term_count; i++) {
		const struct term *t = &p->pack->terms[i];
		const struct kind *k = t->item == ITEM_ROW ? &p->pack->schema->kinds[t->kind] : NULL;
		struct scope scope = term_scope(t);
		html(p, "<tr><td>");
		text(p, in_language(p, t->title_zh, t->title_en.n ? t->title_en : t->name));
		html(p, "<br><code>");
		text(p, t->name);
		html(p, "</code></td><td>");
		text(p, k ? in_language(p, k->title_zh, k->title_en) : str_of(say(items[t->item])));
		html(p, "</td><td>");
		clauses(p, t->expr, &scope);
		html(p, "</td></tr>\n");
	}
	html(p, "</table>\n");
}

static void row_kinds(struct page *p, const char *label, uint64_t kinds)
{
	if (!kinds)
		return;
	row_begin(p, label);
	bool first = true;
	for (unsigned i = 0; i < p->pack->schema->kind_count; i++) {
		const struct kind *k = &p->pack->schema->kinds[i];
		if (!(kinds >> i & 1))
			continue;
		html(p, first ? "" : p->lang == LANG_ZH ? "、" : ", ");
		text(p, in_language(p, k->title_zh, k->title_en));
		first = false;
	}
	html(p, "</td></tr>\n");
}

static void row_vetoes(struct page *p, const struct rule *r, const struct scope *scope)
{
	for (unsigned i = 0; i < r->veto_count; i++) {
		row_begin(p, say("what speaks against it"));
		text(p, r->vetoes[i].nature);
		html(p, ": ");
		clauses(p, r->vetoes[i].rows, scope);
		html(p, "</td></tr>\n");
	}
}

static void row_core(struct page *p, const struct rule *r, const struct scope *scope)
{
	if (r->core_when)
		row_code(p, say("counts in the rates when"), r->core, scope);
	else
		row(p, say("counts in the rates"), str_of(r->core ? say("always") : say("never")));
}

static void rule(struct page *p, const struct rule *r)
{
	static const char *const units[] = { [UNIT_REGISTER] = N_("registry household"), [UNIT_HOUSEHOLD] = N_("household"), [UNIT_PERSON] = N_("person"),
		[UNIT_VILLAGE] = N_("village") };
	struct scope scope = rule_scope(r);
	html(p, "<div class=rule><h3>");
	text(p, r->code);
	html(p, " ");
	text(p, in_language(p, r->title_zh, r->title_en));
	html(p, "</h3>\n<table>\n");
	row(p, say("policy"), r->basis);
	row(p, say("asked of each"), str_of(say(units[r->unit])));
	row_code(p, say("fires when"), r->when, &scope);
	row_code(p, say("evidence"), r->evidence, &scope);
	row_vetoes(p, r, &scope);
	row_code(p, say("in doubt when"), r->doubt.when, &scope);
	row_choices(p, say("nature"), r->natures, r->nature_count, &scope);
	row_choices(p, say("severity"), r->severities, r->severity_count, &scope);
	row_core(p, r, &scope);
	row_kinds(p, say("needs"), r->needs);
	row_kinds(p, say("needs one of"), r->any_of);
	row_kinds(p, say("also uses"), r->uses);
	row(p, say("check on the spot"), r->check);
	row_begin(p, say("who answers"));
	text(p, r->department);
	buf_printf(&p->out, say(", within %d days"), r->days);
	html(p, "</td></tr>\n");
	row_begin(p, say("agreed"));
	html(p, "&nbsp;</td></tr>\n</table></div>\n");
}

static void rules(struct page *p)
{
	for (int list = 0; list < LIST_COUNT; list++) {
		bool any = false;
		for (unsigned i = 0; i < p->pack->rule_count; i++) {
			if (p->pack->rules[i].list != (enum list)list)
				continue;
			if (!any) {
				struct str title = in_language(p, p->pack->list_titles[list].zh, p->pack->list_titles[list].en);
				html(p, "<h2>");
				text(p, title.n ? title : str_of(list_name((enum list)list)));
				html(p, "</h2>\n");
			}
			any = true;
			rule(p, &p->pack->rules[i]);
		}
	}
}

static void unseen(struct page *p)
{
	static const char *const labels[] = { N_("policy"), N_("clause"), N_("rules"), N_("why not, or not all of it"), NULL };
	if (!p->pack->unseen_count)
		return;
	html(p, "<h2>");
	text(p, str_of(say("What the policy asks, and what the data can see of it")));
	html(p, "</h2>\n");
	table_head(p, labels);
	for (unsigned i = 0; i < p->pack->unseen_count; i++) {
		const struct str cells[] = { p->pack->unseen[i].policy, p->pack->unseen[i].clause, p->pack->unseen[i].rules, p->pack->unseen[i].why };
		html(p, "<tr>");
		for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
			html(p, "<td>");
			text(p, cells[k]);
			html(p, "</td>");
		}
		html(p, "</tr>\n");
	}
	html(p, "</table>\n");
}

static void cover(struct page *p)
{
	static const char *const signs[] = { N_("drawn up by"), N_("examined by"), N_("approved by") };
	const struct pack *k = p->pack;
	html(p, "<h1>");
	text(p, in_language(p, k->title_zh, k->title_en));
	html(p, "</h1>\n<table>\n");
	row(p, say("pack"), k->name);
	row(p, say("region"), k->region);
	row_begin(p, say("valid"));
	if (k->valid_from != INT32_MIN)
		put_day(p, k->valid_from);
	html(p, " – ");
	if (k->valid_to != INT32_MAX)
		put_day(p, k->valid_to);
	html(p, "</td></tr>\n");
	row_begin(p, say("fingerprint of the file (XXH3-128)"));
	html(p, "<code>");
	for (size_t i = 0; i < sizeof k->hash; i++)
		buf_printf(&p->out, "%02x", k->hash[i]);
	html(p, "</code></td></tr>\n</table>\n<p>");
	text(p, str_of(say("A finding of these rules is a lead for a person to check on the spot, never a decision.")));
	html(p, " 疑点不等于违规。</p>\n<table class=sign>\n");
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		row_begin(p, say(signs[i]));
		html(p, "</td><th>");
		text(p, str_of(say("date")));
		html(p, "</th><td></td></tr>\n");
	}
	html(p, "</table>\n");
}

static void whole(struct page *p)
{
	html(p, p->lang == LANG_ZH ? "<!DOCTYPE html>\n<html lang=zh>\n" : "<!DOCTYPE html>\n<html lang=en>\n");
	html(p, "<meta charset=utf-8>\n<meta name=viewport content='width=device-width'>\n<title>");
	text(p, in_language(p, p->pack->title_zh, p->pack->title_en));
	html(p, "</title>\n");
	html(p, head);
	cover(p);
	rules(p);
	terms(p);
	parameters(p);
	unseen(p);
	html(p, "</html>\n");
}

int rules_print(int argc, char **argv)
{
	struct cli cli = { .program = "bidui-rules", .title = "a rule pack as pages that an office can read and sign (HTML)",
		.usage = "print [OPTION...] [PACK] > PAGES.html", .options = options };
	struct use use;
	struct err err = { 0 };
	struct pack *pack = NULL;
	int status = STATUS_OK;
	if (use_read(&use, &cli, argc, argv, &status) != CLI_END)
		return status;
	int r = cli.index + 1 < argc ? err_set(&err, STATUS_USAGE, "one pack at a time; see --help") : 0;
	if (r == 0)
		r = pack_load(&pack, use.pack_path, use.schema, use.as_of, &err);
	if (r == 0) {
		struct page page = { .pack = pack, .lang = lang_now() };
		whole(&page);
		fwrite(page.out.p, 1, page.out.n, stdout);
		buf_release(&page.out);
	}
	status = r < 0 ? cli_fail(&cli, &err) : use_flush(&cli, STATUS_OK);
	pack_free(pack);
	use_release(&use);
	return status;
}
