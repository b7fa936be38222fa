#include "rows.h"

#include "id/id.h"
#include "names.h"

#include <stdio.h>

enum { STREAM_OLD_ID = 900 };

void cell_name(struct sheet *s, const struct person *p)
{
	char name[NAME_BYTES];
	cell_text(s, name, name_of_person(p->surname, p->given, name));
}

void cell_witness(struct sheet *s, struct view *v)
{
	unsigned draw = rng_below(&v->rng, 1000);
	struct person other = *v->person;
	if (draw < 30) {
		cell_text(s, "", 0);
		return;
	}
	if (draw < 60) { /* the id is somebody else's, or was mistyped into somebody's */
		other.surname += 16 * (1 + rng_below(&v->rng, 40));
		other.given = (uint32_t)rng_next(&v->rng);
	}
	cell_name(s, &other);
}

/* For those born before 2000: 15 places, without the century and the check digit. */
static void cell_fifteen(struct sheet *s, uint64_t id)
{
	char text[ID_TEXT];
	id_print(id, text);
	if (text[6] != '1') {
		cell_text(s, text, ID_TEXT);
		return;
	}
	memmove(text + 6, text + 8, 9);
	cell_text(s, text, 15);
}

void cell_person(struct sheet *s, struct view *v)
{
	if (rng_chance(&v->rng, 3))
		cell_fifteen(s, v->person->id);
	else
		cell_id(s, v->person->id);
}

struct rng house_rng(const struct view *v, uint64_t stream)
{
	return rng_of(v->world->seed, stream, v->house->no);
}

bool old_id(const struct view *v, uint64_t *ret)
{
	uint64_t seat = spare_seat(v->block, v->house);
	struct rng r = house_rng(v, STREAM_OLD_ID);
	if (v->person->relation != RELATION_HEAD || seat == UINT64_MAX || !rng_chance(&r, 4))
		return false;
	*ret = seat_id(seat, v->person->band, id_male(v->person->id));
	return true;
}

void cell_person_or_old(struct sheet *s, struct view *v)
{
	uint64_t old;
	if (old_id(v, &old))
		cell_id(s, old);
	else
		cell_person(s, v);
}

void cell_address(struct sheet *s, const struct house *h)
{
	char text[CELL_BYTES];
	size_t n = name_of_village(h->village, text);
	int group = (int)(h->address / HOUSES % VILLAGE_BLOCKS / 6) + 1, number = (int)(h->address % (HOUSES * 6)) + 1;
	n += (size_t)snprintf(text + n, sizeof text - n, "%d组%d号", group, number);
	cell_text(s, text, n);
}

void cell_pick(struct sheet *s, struct rng *r, const uint8_t *weights, const char *const *words)
{
	cell_word(s, words[rng_pick(r, weights)]);
}

void cell_day_within(struct sheet *s, struct rng *r, int years)
{
	unsigned draw = rng_below(r, 1000);
	int ago = rng_between(r, 0, 365 * years);
	cell_date(s, draw < 25 ? 0 : draw < 45 ? AS_OF + 1 + ago % 60 : draw < 55 ? AS_OF : AS_OF - ago);
}
