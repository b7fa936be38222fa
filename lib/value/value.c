/* The types as stored: widths, nulls, and back to text. */
#include "value/value.h"

#include "base/le.h"
#include "id/id.h"

#include <assert.h>

static const struct {
	const char *name;
	uint8_t width;
	uint64_t null; /* the stored number that stands for it */
} types[TYPE_COUNT] = {
	[TYPE_TEXT] = { "text", 0, 0 },
	[TYPE_NAME] = { "name", 0, 0 },
	[TYPE_ID] = { "id", 8, 0 },
	[TYPE_CERT] = { "cert", 8, 0 },
	[TYPE_DATE] = { "date", 4, (uint32_t)INT32_MIN },
	[TYPE_YEAR] = { "year", 2, 0 },
	[TYPE_MONEY] = { "money", 8, (uint64_t)INT64_MIN },
	[TYPE_BOOL] = { "bool", 1, 255 },
	[TYPE_REGION] = { "region", 8, UINT64_MAX },
	[TYPE_GRADE] = { "grade", 1, 255 },
	[TYPE_ENUM] = { "enum", 1, 255 },
};

const char *type_name(enum type type)
{
	return types[type].name;
}

enum type type_of_name(struct str name)
{
	int t = 0;
	while (t < TYPE_COUNT && !str_eq(name, str_of(types[t].name)))
		t++;
	return (enum type)t;
}

unsigned type_width(enum type type)
{
	return types[type].width;
}

void value_store(enum type type, void *p, int64_t v)
{
	uint64_t u = v == VALUE_NULL ? types[type].null : (uint64_t)v;
	switch (types[type].width) {
	case 1: *(uint8_t *)p = (uint8_t)u; return;
	case 2: le16_put(p, (uint16_t)u); return;
	case 4: le32_put(p, (uint32_t)u); return;
	case 8: le64_put(p, u); return;
	default: assert(!"a text has no number");
	}
}

int64_t value_load(enum type type, const void *p)
{
	uint64_t u;
	switch (types[type].width) {
	case 1: u = *(const uint8_t *)p; break;
	case 2: u = le16_get(p); break;
	case 4: u = le32_get(p); break;
	case 8: u = le64_get(p); break;
	default: assert(!"a text has no number");
	}
	if (u == types[type].null)
		return VALUE_NULL;
	return type == TYPE_DATE ? (int32_t)u : (int64_t)u;
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
	buf_printf(out, "%04d-%02d-%02d", y, m, d);
}

static void print_money(int64_t hundredths, struct buf *out)
{
	uint64_t u = hundredths < 0 ? -(uint64_t)hundredths : (uint64_t)hundredths;
	buf_printf(out, "%s%llu.%02llu", hundredths < 0 ? "-" : "", (unsigned long long)(u / 100), (unsigned long long)(u % 100));
}

void value_print(enum type type, int64_t v, struct buf *out)
{
	switch (type) {
	case TYPE_ID:
	case TYPE_CERT: print_id(type, (uint64_t)v, out); return;
	case TYPE_DATE: print_day((int32_t)v, out); return;
	case TYPE_YEAR: buf_printf(out, "%04d", (int)v); return;
	case TYPE_MONEY: print_money(v, out); return;
	case TYPE_BOOL: buf_puts(out, v ? STR("true") : STR("false")); return;
	case TYPE_REGION: buf_printf(out, "%012lld", (long long)v); return;
	case TYPE_GRADE: buf_putc(out, (char)('A' + v)); return;
	default: assert(!"texts and enumerations are printed by their owners");
	}
}
