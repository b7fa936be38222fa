/* row: an accepted row of a table, as stored in tables and dossiers.
 *
 *   fixed part (kind->stride bytes, little-endian)
 *       0  u32  line in the extract, first line is 1
 *       4  u16  index of the file among the kind's files, in byte order of names
 *       6  ...  the numbers of the columns, at column->offset (value.h says how)
 *   texts
 *       u8 sizes[kind->text_count]  bytes of each text, or ROW_LONG
 *       the texts; a ROW_LONG one is its bytes as u32, then the bytes
 *
 * A struct row borrows both parts from the block or dossier it was read from.
 */
#ifndef BIDUI_TABLE_ROW_H
#define BIDUI_TABLE_ROW_H

#include "base/le.h"
#include "base/mem.h"
#include "schema/schema.h"

#define ROW_FIXED 6 /* bytes before the first column's number */
#define ROW_LONG 255 /* bytes and more of a text: its size stands in front of it */

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

/* The text at p, behind those before it. */
static inline struct str row_text_at(const uint8_t *p, uint8_t size)
{
	if (size == ROW_LONG)
		return (struct str){ (const char *)p + 4, le32_get(p) };
	return (struct str){ (const char *)p, size };
}

/* Behind the texts in the first n places. */
static inline const uint8_t *row_texts_end(const struct kind *k, struct row r, unsigned n)
{
	const uint8_t *p = r.texts + k->text_count;
	for (unsigned i = 0; i < n; i++) {
		struct str text = row_text_at(p, r.texts[i]);
		p = (const uint8_t *)text.p + text.n;
	}
	return p;
}

static inline struct str row_text(const struct kind *k, struct row r, const struct column *c)
{
	return row_text_at(row_texts_end(k, r, c->slot), r.texts[c->slot]);
}

/* Bytes of the texts part: sizes and texts. */
static inline size_t row_texts_size(const struct kind *k, struct row r)
{
	return (size_t)(row_texts_end(k, r, k->text_count) - r.texts);
}

/* Append the next text of a row whose texts part begins at `start` of b, where k->text_count sizes have room already. */
static inline void row_put_text(struct buf *b, size_t start, unsigned slot, struct str text)
{
	uint8_t size[4];
	bool is_long = text.n >= ROW_LONG;
	b->p[start + slot] = (char)(is_long ? ROW_LONG : text.n);
	le32_put(size, (uint32_t)text.n);
	buf_put(b, size, is_long ? sizeof size : 0);
	buf_puts(b, text);
}

#endif
