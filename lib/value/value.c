/* The types as stored: widths, nulls, and back to text. */
#include "value/value.h"

#include "id/id.h"

static const char *const names[TYPE_COUNT] = {
	[TYPE_TEXT] = "text", [TYPE_NAME] = "name", [TYPE_ID] = "id", [TYPE_CERT] = "cert", [TYPE_DATE] = "date", [TYPE_YEAR] = "year",
	[TYPE_MONEY] = "money", [TYPE_BOOL] = "bool", [TYPE_REGION] = "region", [TYPE_GRADE] = "grade", [TYPE_ENUM] = "enum",
};

const char *type_name(enum type type)
{
	return names[type];
}

enum type type_of_name(struct str name)
{
	int t = 0;
	while (t < TYPE_COUNT && !str_eq(name, str_of(names[t])))
		t++;
	return (enum type)t;
}

unsigned type_width(enum type type)
{
	return type_widths[type];
}

static void print_id(enum type type, uint64_t stored, struct buf *out)
{
	char places[ID_TEXT];
	id_print(stored, places);
	buf_put(out, places, sizeof places);
	if (type == TYPE_CERT)
		buf_printf(out, "%u%u", id_category(stored), id_level(stored));
}

static void print_day(int32_t day, struct buf *out)
{
	int y, m, d;
	day_split(day, &y, &m, &d);
	buf_number(out, (uint64_t)y, 4);
	buf_putc(out, '-');
	buf_number(out, (uint64_t)m, 2);
	buf_putc(out, '-');
	buf_number(out, (uint64_t)d, 2);
}

static void print_money(int64_t hundredths, struct buf *out)
{
	uint64_t u = hundredths < 0 ? -(uint64_t)hundredths : (uint64_t)hundredths;
	if (hundredths < 0)
		buf_putc(out, '-');
	buf_number(out, u / 100, 1);
	buf_putc(out, '.');
	buf_number(out, u % 100, 2);
}

void value_print(enum type type, int64_t v, struct buf *out)
{
	switch (type) {
	case TYPE_ID:
	case TYPE_CERT: print_id(type, (uint64_t)v, out); return;
	case TYPE_DATE: print_day((int32_t)v, out); return;
	case TYPE_YEAR: buf_number(out, (uint64_t)v, 4); return;
	case TYPE_MONEY: print_money(v, out); return;
	case TYPE_BOOL: buf_puts(out, v ? STR("true") : STR("false")); return;
	case TYPE_REGION: buf_number(out, (uint64_t)v, 12); return;
	case TYPE_GRADE: buf_putc(out, (char)('A' + v)); return;
	default: assert(!"texts and enumerations are printed by their owners");
	}
}
