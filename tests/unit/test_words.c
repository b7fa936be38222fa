/* Every expression of the default pack, said in each language, is read again as the same expression. */
#include "scratch.h"

#include "check.h"
#include "rule/print.h"

static struct schema *schema;
static struct pack *pack;

static int load_all(void **state)
{
	struct err err;
	(void)state;
	return schema_load(&schema, SCHEMAS, NULL, &err) == 0 && pack_load(&pack, DEFAULT_PACK, schema, 43000, &err) == 0 ? 0 : -1;
}

static int free_all(void **state)
{
	(void)state;
	pack_free(pack);
	schema_free(schema);
	return 0;
}

static struct buf printed(const struct expr *e, const struct scope *scope, enum lang lang)
{
	struct buf b = { 0 };
	expr_print(&b, pack, e, scope, lang);
	return b;
}

/* What is known inside of a rule besides the unit. */
struct known {
	const struct rule *rule;
	bool evidence, nature;
};

static void read_again(const struct expr *e, struct scope scope, struct known known, enum lang lang)
{
	struct faults faults = { 0 };
	struct err err = { 0 };
	struct expr *again;
	struct buf first = printed(e, &scope, LANG_EN), said = printed(e, &scope, lang);
	struct yaml_mark *marks = mem_alloc((said.n + 1) * sizeof *marks);
	struct checker c = { .pack = pack, .faults = &faults, .evidence_known = known.evidence, .nature_known = known.nature };
	if (known.evidence)
		c.evidence_type = known.rule->evidence->type;
	if (expr_parse(&again, &pack->arena, "said", marks, buf_str(&said), &err) < 0)
		fail_msg("%.*s: %s", (int)said.n, said.p, err.text);
	int r = e->type.type == VT_BOOL ? check_condition(&c, again, &scope) : e->type.type == VT_SET && e->type.item == ITEM_ROW ? check_rows(&c, again, &scope) : 1;
	if (r < 0)
		fail_msg("%.*s: %.*s", (int)said.n, said.p, (int)faults.items[0].text.n, faults.items[0].text.p);
	struct buf second = { 0 };
	if (r == 0)
		expr_print(&second, pack, again, &scope, LANG_EN);
	if (r == 0 && !str_eq(buf_str(&first), buf_str(&second)))
		fail_msg("%.*s became %.*s", (int)first.n, first.p, (int)second.n, second.p);
	free(marks);
	buf_release(&first);
	buf_release(&said);
	buf_release(&second);
	faults_release(&faults);
}

static void read_choices(const struct choice *c, unsigned n, const struct rule *r, enum lang lang)
{
	for (unsigned i = 0; i < n; i++)
		if (c[i].when)
			read_again(c[i].when, rule_scope(r), (struct known){ r, r->evidence != NULL, false }, lang);
}

static void read_rule(const struct rule *r, enum lang lang)
{
	struct known nothing = { r, false, false };
	read_again(r->when, rule_scope(r), nothing, lang);
	if (r->evidence)
		read_again(r->evidence, rule_scope(r), nothing, lang);
	read_choices(r->natures, r->nature_count, r, lang);
	read_choices(r->severities, r->severity_count, r, lang);
	for (unsigned i = 0; i < r->veto_count; i++)
		read_again(r->vetoes[i].rows, rule_scope(r), nothing, lang);
}

static void in_language(enum lang lang)
{
	for (unsigned i = 0; i < pack->rule_count; i++)
		read_rule(&pack->rules[i], lang);
	for (unsigned i = 0; i < pack->term_count; i++)
		read_again(pack->terms[i].expr, term_scope(&pack->terms[i]), (struct known){ 0 }, lang);
}

static void the_pack_printed_in_english_means_the_same(void **state)
{
	(void)state;
	in_language(LANG_EN);
}

static void the_pack_printed_in_chinese_means_the_same(void **state)
{
	(void)state;
	in_language(LANG_ZH);
}

static void chinese_is_printed_in_the_words_of_headers(void **state)
{
	struct scope scope = { ITEM_REGISTER, -1, STR("unit"), NULL };
	struct str text = STR("任一（家庭成员．房产，用途＝商品房 且 登记日期≥2014-01-01）");
	struct yaml_mark marks[200] = { 0 };
	struct faults faults = { 0 };
	struct checker c = { .pack = pack, .faults = &faults };
	struct err err = { 0 };
	struct expr *e;
	(void)state;
	assert_int_equal(expr_parse(&e, &pack->arena, "said", marks, text, &err), 0);
	assert_int_equal(check_condition(&c, e, &scope), 0);
	struct buf en = printed(e, &scope, LANG_EN), zh = printed(e, &scope, LANG_ZH);
	buf_putc(&en, 0);
	buf_putc(&zh, 0);
	assert_string_equal(en.p, "any(family.property, use = commodity and acquired_on >= 2014-01-01)");
	assert_string_equal(zh.p, "任一(家庭成员.不动产, 用途 = 商品房 且 登记日期 >= 2014-01-01)");
	buf_release(&en);
	buf_release(&zh);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pack_printed_in_english_means_the_same),
		cmocka_unit_test(the_pack_printed_in_chinese_means_the_same),
		cmocka_unit_test(chinese_is_printed_in_the_words_of_headers),
	};
	return cmocka_run_group_tests(tests, load_all, free_all);
}
