/* register: who people are: the registry of poor households, the household register, deaths, marriages, places. */
#include "rows.h"

#include "id/id.h"
#include "names.h"

#include <stdio.h>

enum { STREAM_R = 910, STREAM_GHOST };

static const char *const relations[] = { "户主", "配偶", "子", "父亲", "孙子", "其他" };
static const char *const relations_her[] = { "户主", "妻", "女", "之母", "孙女", "其他亲属" };

static void cell_relation(struct sheet *s, const struct person *p)
{
	cell_word(s, (id_male(p->id) ? relations : relations_her)[p->relation]);
}

static void cell_status(struct sheet *s, struct rng *r, unsigned status)
{
	static const char *const words[] = { "未脱贫", "已脱贫", "返贫" };
	static const char *const exited[] = { "脱贫", "稳定脱贫", "已脱贫（享受政策）" };
	cell_word(s, status == EXITED && rng_chance(r, 60) ? exited[rng_below(r, 3)] : words[status]);
}

/* Yuan a person and year, in hundredths: around the poverty lines for the poor and a few of those who left. */
static int64_t income(const struct house *h, struct rng *r)
{
	if (h->event == EVENT_RELOCATED)
		return rng_between(r, 280000, 450000);
	if (h->status != EXITED)
		return rng_between(r, 150000, 310000);
	return rng_chance(r, 40) ? rng_between(r, 260000, 300000) : rng_between(r, 310000, 1200000);
}

static int income_year(const struct house *h, struct rng *r)
{
	unsigned draw = rng_below(r, 100);
	if (h->status == POOR)
		return 2016;
	return draw < 10 ? 0 : draw < 20 ? 2017 : h->exited_year;
}

/* A row of the house's registry household; rng is the household's, so all its rows say the same. */
static void registry_row(struct sheet *s, const struct view *v, const struct house *h, const struct person *p, bool conflict)
{
	static const char *const categories[] = { "一般贫困户", "低保贫困户", "五保贫困户", "" };
	static const uint8_t usual[] = { 68, 22, 8, 2 }, relocated[] = { 94, 6, 0, 0 };
	struct rng r = rng_of(v->world->seed, STREAM_R, h->no);
	struct person named = *p;
	if (conflict && p->seat % 3 == 0)
		named.given ^= 1 << 12;
	cell_number(s, 500000000000 + h->no);
	cell_number(s, 500000000000000 + p->seat);
	cell_name(s, &named);
	cell_id(s, p->id);
	cell_relation(s, p);
	cell_pick(s, &r, h->event == EVENT_RELOCATED ? relocated : usual, categories);
	cell_status(s, &r, conflict && p->seat % 3 == 1 ? (h->status + 1u) % 3 : h->status);
	cell_year(s, h->entered_year);
	cell_year(s, h->exited_year);
	cell_money(s, income(h, &r));
	cell_year(s, income_year(h, &r));
	cell_word(s, h->relocation ? "是" : "否");
	cell_number(s, village_code(h->village));
	cell_address(s, h);
	sheet_row(s);
}

/* A member whom the household register does not know. */
static void registry_ghost(struct sheet *s, const struct view *v)
{
	uint64_t seat = spare_seat(v->block, v->house);
	struct rng r = house_rng(v, STREAM_GHOST);
	if (seat == UINT64_MAX || !rng_chance(&r, 25))
		return;
	struct person ghost = *v->person;
	ghost.seat = seat;
	ghost.relation = RELATION_OTHER;
	ghost.given = (uint32_t)rng_next(&r);
	ghost.id = seat_id(seat, ghost.band + 1u, rng_chance(&r, 500));
	registry_row(s, v, v->house, &ghost, false);
}

void rows_registry(struct sheet *s, struct view *v)
{
	const struct house *h = v->house;
	if (v->person->registered)
		registry_row(s, v, h, v->person, rng_chance(&v->rng, 25));
	if (h->registered && v->person->relation == RELATION_HEAD)
		registry_ghost(s, v);
	if (h->event != EVENT_TWICE || h->no % 2 == 0 || v->person->relation != RELATION_HEAD)
		return;
	struct person guest = *v->person;
	guest.relation = RELATION_OTHER;
	registry_row(s, v, &v->block->houses[h->no % HOUSES - 1], &guest, false);
}

static void hukou_row(struct sheet *s, const struct view *v, uint64_t no, unsigned state)
{
	static const char *const types[] = { "农业家庭户", "非农业家庭户", "居民家庭户", "集体户" };
	static const char *const states[] = { "正常", "死亡", "迁出" };
	const struct house *h = v->house;
	struct rng r = house_rng(v, STREAM_R);
	cell_number(s, 100000000 + no);
	cell_name(s, v->person);
	cell_id(s, v->person->id);
	cell_relation(s, v->person);
	cell_word(s, types[v->person->type]);
	cell_date(s, h->converted ? AS_OF + 30 - rng_between(&r, 0, 3650) : 0);
	cell_date(s, h->split_on);
	if (h->split_on)
		cell_number(s, 100000000 + h->split_from);
	else
		cell_text(s, "", 0);
	cell_word(s, state == STATE_NORMAL && no % 20 == 0 ? "" : states[state]);
	cell_number(s, village_code(h->village));
	cell_address(s, h);
	sheet_row(s);
}

void rows_hukou(struct sheet *s, struct view *v)
{
	hukou_row(s, v, v->house->no, v->person->state);
	if (rng_chance(&v->rng, v->person->state == STATE_MOVED ? 300 : 2)) /* moved to the neighbours', or counted twice */
		hukou_row(s, v, v->house->no ^ 1, STATE_NORMAL);
}

void rows_death(struct sheet *s, struct view *v)
{
	if (!rng_chance(&v->rng, v->person->state == STATE_DEAD ? 850 : 3))
		return;
	cell_person(s, v);
	cell_witness(s, v);
	cell_day_within(s, &v->rng, 5);
	sheet_row(s);
}

static void marriage_row(struct sheet *s, uint64_t a, uint64_t b, const char *event, int32_t day)
{
	cell_id(s, id_male(a) ? a : b);
	cell_id(s, id_male(a) ? b : a);
	cell_word(s, event);
	cell_date(s, day);
	sheet_row(s);
}

void rows_marriage(struct sheet *s, struct view *v)
{
	const struct house *h = v->house;
	uint64_t head = v->block->people[h->first].id;
	if (v->person->relation == RELATION_SPOUSE && rng_chance(&v->rng, 60))
		marriage_row(s, v->person->id, head, "结婚", AS_OF - rng_between(&v->rng, 0, 9000));
	if (h->event != EVENT_DIVORCE || h->no % 2 == 0 || v->person->relation != RELATION_HEAD)
		return;
	uint64_t other = v->block->people[v->block->houses[h->no % HOUSES - 1].first].id;
	int32_t day = AS_OF - rng_between(&v->rng, 100, 1500);
	marriage_row(s, v->person->id, other, "离婚", day);
	if (rng_chance(&v->rng, 150))
		marriage_row(s, v->person->id, other, "结婚", day + 90);
}

void rows_residence(struct sheet *s, struct view *v)
{
	bool away = v->house->event == EVENT_AWAY && v->house->no % 2 == 0;
	if (!rng_chance(&v->rng, away ? 960 : 14))
		return;
	cell_person(s, v);
	cell_witness(s, v);
	uint64_t there = rng_chance(&v->rng, 900) ? UINT64_C(440306000000) : village_code(v->house->village);
	cell_number(s, there);
	cell_date(s, AS_OF - (away && rng_chance(&v->rng, 900) ? rng_between(&v->rng, 365, 2000) : rng_between(&v->rng, 0, 400)));
	sheet_row(s);
}

void rows_id_change(struct sheet *s, struct view *v)
{
	uint64_t old;
	if (!old_id(v, &old))
		return;
	cell_id(s, old);
	cell_id(s, v->person->id);
	cell_date(s, AS_OF - rng_between(&v->rng, 0, 3000));
	sheet_row(s);
}

void place_village(struct sheet *s, uint64_t village, struct rng *r)
{
	char name[NAME_BYTES];
	cell_number(s, village_code(village));
	cell_text(s, name, name_of_county(village, name));
	cell_text(s, name, name_of_township(village, name));
	cell_text(s, name, name_of_village(village, name));
	cell_word(s, rng_chance(r, 50) ? "" : rng_chance(r, 300) ? "是" : "否");
	sheet_row(s);
}
