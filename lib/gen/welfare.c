/* welfare: what people need and what helps them: aid, disability, houses, relocation, school, health. */
#include "rows.h"

#include "id/id.h"

#include <stdio.h>

enum { STREAM_AID = 920, STREAM_MOVED };

static bool urban(const struct person *p)
{
	return p->type == HUKOU_URBAN;
}

static bool spared(const struct view *v) /* from need, so that the rules on its absence have something to find */
{
	return (v->house->event == EVENT_RELOCATED || v->house->event == EVENT_CADRE) && v->house->no % 10;
}

void rows_civil(struct sheet *s, struct view *v)
{
	static const char *const aids[] = { "农村低保", "城市低保", "分散供养特困", "集中供养特困", "散居五保" };
	static const uint8_t rural_weights[] = { 78, 2, 10, 6, 4 }, urban_weights[] = { 30, 55, 8, 7, 0 };
	static const char *const states[] = { "在享", "停发", "", "注销" };
	static const uint8_t state_weights[] = { 88, 5, 4, 3 };
	struct rng house = house_rng(v, STREAM_AID);
	bool whole_house = rng_chance(&house, v->house->registered ? 120 : 9);
	if (spared(v) || !rng_chance(&v->rng, whole_house ? 950 : v->house->collective ? 30 : 7))
		return;
	cell_person(s, v);
	cell_witness(s, v);
	cell_pick(s, &v->rng, urban(v->person) ? urban_weights : rural_weights, aids);
	cell_pick(s, &v->rng, state_weights, states);
	cell_day_within(s, &v->rng, 9);
	cell_money(s, rng_between(&v->rng, 120, 650) * 100);
	cell_number(s, village_code(v->house->village));
	sheet_row(s);
}

void rows_disability(struct sheet *s, struct view *v)
{
	if (spared(v) || !rng_chance(&v->rng, v->house->registered ? 60 : 23))
		return;
	char cert[24];
	id_print(v->person->id, cert);
	size_t n = ID_TEXT;
	cert[n++] = (char)('1' + rng_below(&v->rng, 7));
	cert[n++] = (char)('1' + rng_below(&v->rng, 4));
	if (rng_chance(&v->rng, 40)) { /* reissued once */
		cert[n++] = 'B';
		cert[n++] = '1';
	}
	cell_text(s, cert, n);
	cell_witness(s, v);
	sheet_row(s);
}

static void housing_row(struct sheet *s, struct view *v)
{
	static const char *const grades[] = { "A", "B", "C", "D", "C级", "D级" };
	static const uint8_t grade_weights[] = { 18, 27, 25, 22, 4, 4 };
	static const char *const objects[] = { "建档立卡贫困户", "低保户", "分散供养特困人员", "贫困残疾人家庭", "其他", "" };
	static const uint8_t registered[] = { 86, 5, 3, 2, 3, 1 }, others[] = { 3, 20, 9, 8, 55, 5 };
	struct rng *r = &v->rng;
	unsigned renovated = rng_below(r, 100);
	cell_person(s, v);
	cell_witness(s, v);
	cell_pick(s, r, grade_weights, grades);
	cell_word(s, renovated < 5 ? "" : renovated < 50 ? "是" : "否");
	if (renovated < 50 || rng_chance(r, 20))
		cell_day_within(s, r, 4);
	else
		cell_text(s, "", 0);
	cell_pick(s, r, v->house->registered ? registered : others, objects);
	cell_day_within(s, r, 4);
	if (rng_chance(r, 970))
		cell_number(s, village_code(v->house->village));
	else
		cell_text(s, "", 0);
	sheet_row(s);
}

void rows_housing(struct sheet *s, struct view *v)
{
	uint32_t permille = v->house->collective ? 5 : v->house->registered ? 320 : 36;
	if (v->person->relation != RELATION_HEAD)
		permille = 2;
	if (spared(v) || !rng_chance(&v->rng, permille))
		return;
	housing_row(s, v);
	if (rng_chance(&v->rng, 80)) /* surveyed again */
		housing_row(s, v);
}

void rows_relocation(struct sheet *s, struct view *v)
{
	if (v->person->relation != RELATION_HEAD || !rng_chance(&v->rng, v->house->relocation ? 880 : 6))
		return;
	int year = v->house->registered ? v->house->entered_year : 2016;
	cell_person(s, v);
	cell_witness(s, v);
	cell_year(s, rng_chance(&v->rng, 20) ? 0 : year + rng_between(&v->rng, -1, 1));
	sheet_row(s);
}

void rows_education(struct sheet *s, struct view *v)
{
	static const char *const young[] = { "在校", "在读", "辍学", "失学" }, *const old[] = { "在校", "毕业", "已毕业", "辍学" };
	static const uint8_t usual[] = { 90, 9, 1, 0 }, poor[] = { 88, 8, 3, 1 }, grown[] = { 35, 40, 20, 5 };
	if (v->person->band < 1 || v->person->band > 3 || !rng_chance(&v->rng, 450))
		return;
	cell_person(s, v);
	cell_witness(s, v);
	if (v->person->band == 3)
		cell_pick(s, &v->rng, grown, old);
	else
		cell_pick(s, &v->rng, v->house->registered ? poor : usual, young);
	sheet_row(s);
}

void rows_insurance(struct sheet *s, struct view *v)
{
	if (!rng_chance(&v->rng, v->house->registered ? 300 : 38))
		return;
	cell_person(s, v);
	cell_witness(s, v);
	cell_word(s, rng_chance(&v->rng, 25) ? "否" : rng_chance(&v->rng, 300) ? "参保" : "是");
	sheet_row(s);
}

static void medical_row(struct sheet *s, struct view *v)
{
	unsigned draw = rng_below(&v->rng, 100);
	cell_person(s, v);
	cell_witness(s, v);
	cell_year(s, rng_between(&v->rng, 2015, 2017));
	int low = draw < 85 ? 20 : draw < 95 ? 5000 : 19000, high = draw < 85 ? 5000 : draw < 95 ? 20500 : 80000;
	cell_money(s, rng_between(&v->rng, low * 100, high * 100));
	sheet_row(s);
}

void rows_medical(struct sheet *s, struct view *v)
{
	if (spared(v) || !rng_chance(&v->rng, 24))
		return;
	medical_row(s, v);
	if (rng_chance(&v->rng, 250))
		medical_row(s, v);
}
