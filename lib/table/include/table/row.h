/* row: an accepted row of a table, as stored in tables and dossiers.
 *
 *   fixed part (kind->stride bytes, little-endian)
 *       0  u32  line in the extract, first line is 1
 *       4  u16  index of the file among the kind's files, in byte order of names
 *       6  ...  the numbers of the columns, at column->offset (value.h says how)
 *   texts
 *       u32 ends[kind->text_count]  end of each text, counted from the first text's first byte
 *       the bytes of the texts
 *
 * A struct row borrows both parts from the block or dossier it was read from.
 */
#ifndef BIDUI_TABLE_ROW_H
#define BIDUI_TABLE_ROW_H

#include "base/le.h"
#include "schema/schema.h"

#define ROW_FIXED 6 /* bytes before the first column's number */

struct row {
	const uint8_t *fixed;
	const uint8_t *texts;
};

static inline uint32_t row_line(struct row r) { return le32_get(r.fixed); }
static inline uint16_t row_file(struct row r) { return le16_get(r.fixed + 4); }

static inline int64_t row_number(struct row r, const struct column *c)
{
	return value_load(c->type, r.fixed + c->offset);
}

static inline struct str row_text(const struct kind *k, struct row r, const struct column *c)
{
	uint32_t from = c->slot ? le32_get(r.texts + 4 * (c->slot - 1)) : 0;
	uint32_t to = le32_get(r.texts + 4 * c->slot);
	return (struct str){ (const char *)r.texts + 4 * k->text_count + from, to - from };
}

/* Bytes of the texts part: ends and bytes. */
static inline size_t row_texts_size(const struct kind *k, struct row r)
{
	return 4 * k->text_count + (k->text_count ? le32_get(r.texts + 4 * (k->text_count - 1)) : 0);
}

#endif
