/* row: the fields of a record -> the numbers and texts of a table row, or the reason why there is none. */
#ifndef BIDUI_INGEST_ROW_H
#define BIDUI_INGEST_ROW_H

#include "id/id.h"
#include "ingest/ingest.h"
#include "memo.h"

#define ROW_COLUMNS_MAX 64 /* of a kind: one bit each */

/* A value that was made null. */
struct invalid_value {
	unsigned column;
	enum reason reason;
	struct str value;   /* trimmed; borrowed from the record */
};

/* What is missing in a row; bit i: column i. */
struct row_marks {
	uint64_t nulls;   /* no value, invalid ones too */
	uint64_t empty;   /* no text; an enumeration may give that a value */
	uint64_t invalid;
};

/* What a row needs to know of a column, side by side. */
struct row_plan {
	enum { PLAN_TEXT, PLAN_NAME, PLAN_ID, PLAN_CERT, PLAN_PLAIN } sort;
	uint8_t width;        /* of a number, as stored */
	bool bold;
	uint16_t offset;      /* of a number */
	uint16_t slot;        /* of a text, among the row's */
	uint64_t null;        /* the stored number that stands for it */
	/* what no text is read as */
	int64_t empty_value;
	enum reason empty_reason;
};

/* A text of a run, from its first byte on. */
struct text_place {
	uint32_t at, n;
};

/* Of one thread. Reused from row to row: nothing is allocated once its buffers have grown. */
struct row_builder {
	const struct kind *kind;
	int32_t as_of;
	const struct id_changes *changes; /* or NULL */
	struct invalid_value *invalid;    /* in the order of columns */
	unsigned invalid_count;
	struct row_marks marks;
	struct row_plan *plan;            /* of each column */
	uint8_t *order;                   /* columns: texts and names, then ids, then what the memos know */
	unsigned texts, ids, plains;      /* how many of each; none when a certificate is among them */
	struct memo *memos;               /* of each column */
	struct text_place *places;        /* of the texts of a run, row by row */
	uint64_t null_when_empty;         /* bit i: no text in column i is no value */
	struct buf name;
	struct ingest_days days;          /* of all rows */
	bool room;                        /* of the record: csv/reader.h */
	char cleaned[ID_CLEAN_SIZE];      /* the last id or certificate that was refused, after step 1 and id_change */
	size_t cleaned_n;
};

int row_builder_init(struct row_builder *b, const struct ingest_job *job, struct err *err) __attribute__((warn_unused_result));
void row_builder_release(struct row_builder *b);

/* columns[i] is the field of column i, or -1; a field that the record lacks is empty. b->room is the caller's to set. Returns 0: the numbers stand in fixed
 * (kind->stride bytes), the texts behind those of texts, as in table/row.h; or the reason of the first column at fault,
 * *ret_column, and something may stand in both. */
enum reason row_build(struct row_builder *b, const struct str *fields, size_t count, const int *columns, uint8_t *fixed,
                      struct buf *texts, unsigned *ret_column);

/* ---- for who builds rows column by column, from records with CSV_ROOM ---------------------------------------------------------------- */

/* An id that was read. */
static inline void row_note_taken(struct row_builder *b, uint64_t stored)
{
	int32_t day = id_birthday(stored);
	if (day > b->days.latest)
		b->days.latest = day;
}
/* What is stored for a number. */
static inline uint64_t row_stored(const struct row_plan *p, int64_t v)
{
	return v == VALUE_NULL ? p->null : (uint64_t)v;
}
/* The number of a column with PLAN_PLAIN, for a trimmed text that is not empty. */
enum reason row_read_plain(struct row_builder *b, unsigned column, struct str text, int64_t *ret);
/* Append a trimmed text or name that is not empty to the row whose texts part begins at `start`. */
void row_append_text(struct row_builder *b, const struct row_plan *p, struct str text, struct buf *texts, size_t start);

/* Whether a name is its own normalised form, since it consists of common Chinese characters: E4 to E9 begin three bytes. */
static inline bool name_is_normal(struct str name)
{
	size_t i = 0;
	for (; i + 2 < name.n; i += 3)
		if ((unsigned char)(name.p[i] - '\xE4') > 0xE9 - 0xE4)
			return false;
	return i == name.n;
}

/* The trimmed text of a column, whatever its type. */
struct str row_field(const struct str *fields, size_t count, const int *columns, unsigned column);

#endif
