/* value: the types of extracts.md: raw text to a normalised value of fixed width, and back to text.
 *
 * Every type but text and name is stored as a number in `width` bytes (little-endian) with one number kept for null:
 *
 *   type    stored as                                                        null
 *   id      u64: id.h                                                        0
 *   cert    u64: id.h with category and level                                0
 *   date    i32: days since 1900-01-01                                       INT32_MIN
 *   year    u16                                                              0
 *   money   i64: hundredths (yuan, kW, ...)                                  INT64_MIN
 *   bool    u8: 0, 1                                                         255
 *   region  u64: the 12 digits as a number                                   UINT64_MAX
 *   grade   u8: 0 = A .. 3 = D                                               255
 *   enum    u8: index among the enumeration's values (schema/schema.h)       255
 *   text, name: bytes; null is the empty text
 *
 * In memory any of the numbers is carried as int64_t (id and region fit), with VALUE_NULL for null.
 */
#ifndef BIDUI_VALUE_VALUE_H
#define BIDUI_VALUE_VALUE_H

#include "base/le.h"
#include "base/mem.h"
#include "base/str.h"
#include "id/day.h"
#include "value/reason.h"

#include <assert.h>
#include <stdint.h>

enum type {
	TYPE_TEXT, TYPE_NAME, TYPE_ID, TYPE_CERT, TYPE_DATE, TYPE_YEAR, TYPE_MONEY, TYPE_BOOL, TYPE_REGION, TYPE_GRADE, TYPE_ENUM,
	TYPE_COUNT
};

#define VALUE_NULL INT64_MIN

/* "id", "date", ...: the names used in schema files. type_of_name returns TYPE_COUNT for an unknown name. */
const char *type_name(enum type type);
enum type type_of_name(struct str name);

/* Bytes of the stored form; 0 for text and name. */
unsigned type_width(enum type type);

/* Here, and not in value.c, for those who know the type of a column: nothing of the two functions below is left but a load. */
static const uint8_t type_widths[TYPE_COUNT] = {
	[TYPE_ID] = 8, [TYPE_CERT] = 8, [TYPE_DATE] = 4, [TYPE_YEAR] = 2, [TYPE_MONEY] = 8, [TYPE_BOOL] = 1, [TYPE_REGION] = 8,
	[TYPE_GRADE] = 1, [TYPE_ENUM] = 1,
};
/* The stored number that stands for null. */
static const uint64_t type_nulls[TYPE_COUNT] = {
	[TYPE_DATE] = (uint32_t)INT32_MIN, [TYPE_MONEY] = (uint64_t)INT64_MIN, [TYPE_BOOL] = 255, [TYPE_REGION] = UINT64_MAX,
	[TYPE_GRADE] = 255, [TYPE_ENUM] = 255,
};

/* Store and load the number of a type (VALUE_NULL <-> the type's null). ids keep their flags; an id is loaded as int64_t with
 * ID_WEAK as the sign bit: cast to uint64_t before id_key(). An id's null is VALUE_NULL too. */
static inline void value_store(enum type type, void *p, int64_t v)
{
	uint64_t u = v == VALUE_NULL ? type_nulls[type] : (uint64_t)v;
	switch (type_widths[type]) {
	case 1: *(uint8_t *)p = (uint8_t)u; return;
	case 2: le16_put(p, (uint16_t)u); return;
	case 4: le32_put(p, (uint32_t)u); return;
	case 8: le64_put(p, u); return;
	default: assert(!"a text has no number");
	}
}
static inline int64_t value_load(enum type type, const void *p)
{
	uint64_t u = 0;
	switch (type_widths[type]) {
	case 1: u = *(const uint8_t *)p; break;
	case 2: u = le16_get(p); break;
	case 4: u = le32_get(p); break;
	case 8: u = le64_get(p); break;
	default: assert(!"a text has no number");
	}
	if (u == type_nulls[type])
		return VALUE_NULL;
	return type == TYPE_DATE ? (int32_t)u : (int64_t)u;
}

/* Dates are counted as id/day.h says. */

/* The parsers of the simple types. text is trimmed and not empty. 0 and *ret, or the reason. (ids: id.h; enumerations:
 * schema.h.) */
int date_parse(struct str text, int64_t *ret);
int year_parse(struct str text, int64_t *ret);
int money_parse(struct str text, int64_t *ret);
int bool_parse(struct str text, int64_t *ret);
int region_parse(struct str text, int64_t *ret);
int grade_parse(struct str text, int64_t *ret);

/* The normalised name of a trimmed text, appended to out. */
void name_normalise(struct str text, struct buf *out);

/* The normalised text of a number, as in evidence_hash: 2017-01-05, 2014, 1234.50, true, 500901001201, C, 18 or 20 places.
 * Enumerations: schema.h. Never called with VALUE_NULL. */
void value_print(enum type type, int64_t v, struct buf *out);

#endif
