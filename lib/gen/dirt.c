#include "dirt.h"

#include "sheet.h"

#include <stdio.h>

static void set(struct cell *c, const char *p, size_t n)
{
	c->n = n < CELL_BYTES ? n : CELL_BYTES;
	memcpy(c->p, p, c->n);
}

static void set_word(struct cell *c, const char *z)
{
	set(c, z, strlen(z));
}

/* The n-th cell whose column has one of the types, or NULL. Enumerations with `other` take any spelling: not damaged. */
static struct cell *cell_of(struct sheet *s, unsigned types)
{
	unsigned start = rng_below(&s->dirt.rng, s->cell_count);
	for (unsigned k = 0; k < s->cell_count; k++) {
		unsigned i = (start + k) % s->cell_count;
		const struct column *c = s->columns[i];
		if (types >> c->type & 1 && s->cells[i].n && !(c->type == TYPE_ENUM && c->enumeration->other >= 0))
			return &s->cells[i];
	}
	return NULL;
}

#define IDS (1u << TYPE_ID | 1u << TYPE_CERT)
#define TEXTS (1u << TYPE_TEXT | 1u << TYPE_NAME)
#define DATES (1u << TYPE_DATE)
#define CODES (1u << TYPE_ENUM | 1u << TYPE_BOOL | 1u << TYPE_GRADE | 1u << TYPE_YEAR | 1u << TYPE_REGION)

static void write_row(struct sheet *s)
{
	sheet_write_cells(s, false);
	sheet_line_end(s);
}

static void widen_digits(struct cell *c)
{
	char wide[CELL_BYTES];
	size_t n = 0;
	for (size_t i = 0; i < c->n && n + 3 <= sizeof wide; i++) {
		if (c->p[i] >= '0' && c->p[i] <= '9') {
			char three[4] = "０";
			three[2] = (char)(three[2] + c->p[i] - '0');
			memcpy(wide + n, three, 3);
			n += 3;
		} else {
			wide[n++] = c->p[i];
		}
	}
	set(c, wide, n);
}

/* As people type it: 500901 19700101 0019. Behind the bytes of an id there is room in a cell. */
static void put_blanks_in(struct cell *c, char blank)
{
	memmove(c->p + 7, c->p + 6, c->n - 6);
	c->p[6] = blank;
	memmove(c->p + 16, c->p + 15, c->n - 14);
	c->p[15] = blank;
	c->n += 2;
}

/* One of the ways in which a number of 18 places or more is spoilt, or only looks so. */
static void damage_id(struct cell *c, struct rng *r)
{
	char text[32];
	switch (rng_below(r, 15)) {
	case 0: c->p[16] = (char)('0' + (c->p[16] - '0' + 1) % 10); break;        /* ID_CHECKSUM */
	case 1: memcpy(c->p + 15, "000", 3); break;                               /* ID_EXCEL, and now and then valid */
	case 2: snprintf(text, sizeof text, "%c.%.5sE+17", c->p[0], c->p + 1); set_word(c, text); break;
	case 3: widen_digits(c); break;                                           /* still the same number */
	case 4: put_blanks_in(c, ' '); break;                                     /* the same */
	case 5: put_blanks_in(c, '-'); break;                                     /* the same */
	case 6: c->n = 0; break;                                                  /* ID_EMPTY */
	case 7: memcpy(c->p, "999999", 6); break;                                 /* ID_PLACEHOLDER */
	case 8: c->n -= 1; break;                                                 /* ID_LENGTH */
	case 9: c->p[9] = 'O'; break;                                             /* ID_CHARSET */
	case 10: memcpy(c->p, "99", 2); break;                                    /* ID_REGION */
	case 11: memcpy(c->p + 10, "0230", 4); break;                             /* ID_DATE */
	case 12:                                                                  /* 15 places: the same number, but weak */
		if (c->n == 18 && memcmp(c->p + 6, "19", 2) == 0) {
			memmove(c->p + 6, c->p + 8, 9);
			c->n = 15;
		}
		break;
	case 13:                                                                  /* a look-alike of X */
		if (c->n == 18 && c->p[17] == 'X') {
			c->n = 17;
			memcpy(c->p + c->n, "Х", 2);
			c->n += 2;
		}
		break;
	default: memmove(c->p + 1, c->p, c->n++); c->p[0] = '\''; break;          /* Excel's mark: the same */
	}
}

static void damage_date(struct cell *c, struct rng *r)
{
	char text[40];
	int y = 0, m = 0, d = 0;
	char copy[16] = "";
	memcpy(copy, c->p, c->n < 15 ? c->n : 15);
	if (sscanf(copy, "%d-%d-%d", &y, &m, &d) != 3)
		return;
	switch (rng_below(r, 7)) {
	case 0: snprintf(text, sizeof text, "%d/%d/%d", y, m, d); break;
	case 1: snprintf(text, sizeof text, "%d.%d.%d 0:00:00", y, m, d); break;
	case 2: snprintf(text, sizeof text, "%d年%d月%d日", y, m, d); break;
	case 3: snprintf(text, sizeof text, "%04d%02d%02d", y, m, d); break;
	case 4: snprintf(text, sizeof text, "%d-13-%02d", y, d); break;            /* DATE */
	case 5: snprintf(text, sizeof text, "%d-%02d/%02d", y, m, d); break;       /* DATE */
	default: snprintf(text, sizeof text, "%04d-%02d-%02dT08:30:00.0", y, m, d); break;
	}
	set_word(c, text);
}

/* A quote that opens and never closes, stands inside an unquoted field, or closes with text behind it. None of them stands
 * before a delimiter or a line end, where it would close another row's: then a stray quote would take many rows with it. */
static void write_stray_quote(struct sheet *s, struct cell *c)
{
	char text[CELL_BYTES + 4];
	static const char *const shapes[] = { "\"%.*s", "%.*s\"号", "\"%.*s\"x" };
	int room = CELL_BYTES - 4;
	int n = snprintf(text, sizeof text, shapes[rng_below(&s->dirt.rng, 3)], c->n < (size_t)room ? (int)c->n : room, c->p);
	set(c, text, (size_t)n);
	sheet_write_cells(s, true);
	sheet_line_end(s);
}

static void write_wrong_width(struct sheet *s)
{
	if (rng_chance(&s->dirt.rng, 500)) { /* trailing cells are missing: empty */
		s->cell_count -= s->cell_count > 4 ? 2 : 0;
		write_row(s);
		return;
	}
	sheet_write_cells(s, false);
	sheet_write_text(s, &s->format.delimiter, 1);
	if (rng_chance(&s->dirt.rng, 700)) /* else an empty field too many, which counts for nothing */
		sheet_write_text(s, "1", 1);
	sheet_line_end(s);
}

static void write_bad_bytes(struct sheet *s)
{
	sheet_write_cells(s, false);
	if (s->dirt.bad_bytes_left && s->rows > 12000u / 10 * (11 - s->dirt.bad_bytes_left)) {
		s->dirt.bad_bytes_left--;
		sheet_write_bad_byte(s);
	}
	sheet_line_end(s);
}

/* A text that holds what a reader may stumble over: properly quoted, so it is no damage at all. */
static void write_proper_quotes(struct sheet *s, struct cell *c)
{
	static const char *const tails[] = { ",号", "\n二行", "\"引\"", ";", "|", "\t" };
	const char *tail = tails[rng_below(&s->dirt.rng, 6)];
	if (c->n + strlen(tail) <= CELL_BYTES) {
		memcpy(c->p + c->n, tail, strlen(tail));
		c->n += strlen(tail);
	}
	write_row(s);
}

/* The row, and once more with another text in it: two statements about one person. */
static void write_conflict(struct sheet *s, struct cell *c)
{
	write_row(s);
	set_word(c, rng_chance(&s->dirt.rng, 500) ? "" : "查无");
	write_row(s);
	s->rows++;
}

void dirt_row(struct sheet *s)
{
	struct rng *r = &s->dirt.rng;
	struct cell *id = cell_of(s, IDS), *text = cell_of(s, TEXTS), *date = cell_of(s, DATES), *code = cell_of(s, CODES);
	unsigned draw = rng_below(r, 100);
	if (draw < 40 && id && id->n >= 18)
		damage_id(id, r);
	else if (draw < 52 && date)
		damage_date(date, r);
	else if (draw < 60 && code)
		set_word(code, "不详");
	else if (draw < 66 && text) {
		write_proper_quotes(s, text);
		return;
	} else if (draw < 70 && text && text->n) {
		write_stray_quote(s, text);
		return;
	} else if (draw < 76) {
		write_wrong_width(s);
		return;
	} else if (draw < 79 && text && text->n < CELL_BYTES) {
		text->p[text->n++] = 0;
	} else if (draw < 83) {
		write_bad_bytes(s);
		return;
	} else if (draw < 90) {
		write_row(s); /* twice */
		s->rows++;
	} else if (draw < 94) {
		sheet_line_end(s);
	} else if (text) {
		write_conflict(s, text);
		return;
	}
	write_row(s);
}
