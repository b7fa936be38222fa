/* assets: what people own and who pays them. */
#include "rows.h"

#include "names.h"

#include <stdio.h>

/* Those who moved the old ones out own something in more than half of the cases; registered people rarely do. */
static uint32_t share(const struct view *v, uint32_t usual, uint32_t registered)
{
	if (v->house->event == EVENT_OLD_SPLIT && v->house->no % 2)
		return 4 * usual;
	return v->house->registered ? registered : usual;
}

void rows_property(struct sheet *s, struct view *v)
{
	static const char *const uses[] = { "商品房", "成套住宅", "门面", "办公", "宅基地", "安置房", "车库" };
	static const uint8_t weights[] = { 45, 12, 5, 2, 23, 8, 5 };
	if (!rng_chance(&v->rng, share(v, 84, 14)))
		return;
	cell_person_or_old(s, v);
	cell_witness(s, v);
	cell_pick(s, &v->rng, weights, uses);
	cell_money(s, rng_between(&v->rng, 2500, 24000));
	cell_day_within(s, &v->rng, 10);
	sheet_row(s);
}

void rows_vehicle(struct sheet *s, struct view *v)
{
	static const char *const types[] = { "小型轿车", "小型普通客车", "重型货车", "普通二轮摩托车", "正三轮摩托车", "挂车" };
	static const uint8_t weights[] = { 40, 16, 4, 33, 5, 2 };
	static const char *const states[] = { "正常", "注销", "转出", "" };
	static const uint8_t state_weights[] = { 86, 7, 4, 3 };
	if (!rng_chance(&v->rng, share(v, 126, 14)))
		return;
	char plate[32];
	int n = snprintf(plate, sizeof plate, "渝X%05llu", (unsigned long long)(rng_mix(v->person->seat) % 100000));
	cell_person_or_old(s, v);
	cell_witness(s, v);
	cell_text(s, plate, (size_t)n);
	cell_pick(s, &v->rng, weights, types);
	cell_day_within(s, &v->rng, 8);
	cell_pick(s, &v->rng, state_weights, states);
	sheet_row(s);
}

void rows_business(struct sheet *s, struct view *v)
{
	static const char *const roles[] = { "法定代表人", "股东", "个体工商户", "监事" };
	static const uint8_t role_weights[] = { 30, 25, 38, 7 };
	static const char *const states[] = { "存续", "在业", "注销", "吊销", "" };
	static const uint8_t state_weights[] = { 55, 20, 15, 6, 4 };
	if (!rng_chance(&v->rng, share(v, 15, 6)))
		return;
	char company[CELL_BYTES];
	size_t n = name_of_village(v->house->village, company);
	n += name_of_person(v->person->surname, v->person->given, company + n);
	cell_person(s, v);
	cell_witness(s, v);
	const char *tail = rng_chance(&v->rng, 200) ? "种植专业合作社" : "商贸有限公司";
	memcpy(company + n, tail, strlen(tail));
	cell_text(s, company, rng_chance(&v->rng, 20) ? 0 : n + strlen(tail));
	cell_pick(s, &v->rng, role_weights, roles);
	cell_money(s, rng_between(&v->rng, 1, 500) * 100);
	cell_pick(s, &v->rng, state_weights, states);
	cell_day_within(s, &v->rng, 9);
	sheet_row(s);
}

void rows_payroll(struct sheet *s, struct view *v)
{
	static const char *const posts[] = { "公务员", "事业单位", "国企", "村干部", "公益性岗位" };
	static const uint8_t usual[] = { 22, 45, 18, 8, 7 }, cadre[] = { 0, 0, 0, 95, 5 };
	static const char *const states[] = { "在职", "退休", "离职", "" };
	static const uint8_t state_weights[] = { 74, 17, 5, 4 };
	bool is_cadre = v->house->event == EVENT_CADRE && v->house->no % 2 == 0 && v->person->relation == RELATION_HEAD;
	if (v->person->band < 3 || !rng_chance(&v->rng, is_cadre ? 950 : share(v, 24, 6)))
		return;
	char employer[NAME_BYTES];
	cell_person(s, v);
	cell_witness(s, v);
	cell_text(s, employer, name_of_township(v->house->village, employer));
	cell_pick(s, &v->rng, is_cadre ? cadre : usual, posts);
	cell_pick(s, &v->rng, state_weights, states);
	sheet_row(s);
}

void rows_machine(struct sheet *s, struct view *v)
{
	static const char *const types[] = { "大型拖拉机", "挖掘机", "微耕机", "手扶拖拉机", "" };
	static const uint8_t weights[] = { 12, 5, 55, 25, 3 };
	if (!rng_chance(&v->rng, share(v, 5, 5)))
		return;
	cell_person(s, v);
	cell_witness(s, v);
	cell_pick(s, &v->rng, weights, types);
	cell_money(s, rng_between(&v->rng, 300, 6000));
	cell_day_within(s, &v->rng, 8);
	sheet_row(s);
}
